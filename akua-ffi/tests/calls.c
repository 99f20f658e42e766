/* Every call of the C interface against a simulator: what it does, what it gives, what it says when it fails. */
#define _POSIX_C_SOURCE 200809L
#include "akua.h"

#include "../../examples/c/sim.h"

#include <pthread.h>

static int checks;

#define CHECK(holds)                                                      \
  do {                                                                    \
    ++checks;                                                             \
    if (!(holds)) {                                                       \
      fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #holds); \
      exit(1);                                                            \
    }                                                                     \
  } while (0)

static akua_str s(const char* text) { return akua_str_of(text); }

static bool is(akua_str one, const char* other) {
  return one.data != NULL && akua_str_equals(one, s(other)) && strlen(one.data) == one.len;
}

static bool none(akua_str text) { return text.data == NULL && text.len == 0; }

static bool has(akua_str text, const char* part) { return text.data != NULL && strstr(text.data, part) != NULL; }

static akua_client* client_of(const sim* it) {
  akua_client* client = NULL;
  akua_report* error = NULL;
  akua_client_options* options = akua_client_options_new();
  CHECK(options != NULL);
  CHECK(akua_client_options_set_text(options, AKUA_OPTION_BASE_URL, s(it->url), NULL) == AKUA_OK);
  CHECK(akua_client_options_set_text(options, AKUA_OPTION_TOKEN, s(it->token), NULL) == AKUA_OK);
  CHECK(akua_client_options_set_text(options, AKUA_OPTION_USER_AGENT_SUFFIX, s("c-tests/1"), &error) == AKUA_OK && error == NULL);
  CHECK(akua_client_new(options, &client, &error) == AKUA_OK && client != NULL && error == NULL);
  akua_client_options_free(options);
  CHECK(is(akua_client_base_url(client), it->url));
  return client;
}

static akua_resource* cluster_of(const akua_client* client, const char* id) {
  akua_resource* cluster = NULL;
  CHECK(akua_resource_get(client, NULL, AKUA_CLUSTER, s(id), &cluster, NULL) == AKUA_OK && cluster != NULL);
  return cluster;
}

static akua_patch* named(const char* name) {
  akua_patch* patch = akua_patch_new(AKUA_CLUSTER);
  CHECK(akua_patch_set_text(patch, AKUA_NAME, s(name), NULL) == AKUA_OK);
  return patch;
}

static void copies(const akua_client* client) {
  akua_patch *patch = named("one"), *copy = akua_patch_clone(patch);
  akua_patch *other = akua_patch_clone(NULL), *fresh = akua_patch_new(AKUA_WORKSPACE);
  akua_call_options *options = akua_call_options_new(), *same = akua_call_options_clone(options);
  akua_client_options *settings = akua_client_options_new(), *alike = akua_client_options_clone(settings);
  akua_resource* cluster = NULL;

  CHECK(copy != NULL && other == NULL && same != NULL && alike != NULL);
  other = akua_patch_clone(fresh);
  CHECK(other != NULL && akua_patch_set_text(copy, AKUA_NAME, s("two"), NULL) == AKUA_OK);
  CHECK(akua_resource_update(client, same, s("clu_1"), s("42"), patch, s(NULL), &cluster, NULL) == AKUA_OK);
  CHECK(is(akua_resource_text(cluster, AKUA_NAME, NULL), "one"));
  akua_resource_free(cluster);
  akua_patch_free(patch);
  akua_patch_free(copy);
  akua_patch_free(other);
  akua_patch_free(fresh);
  akua_call_options_free(options);
  akua_call_options_free(same);
  akua_client_options_free(settings);
  akua_client_options_free(alike);
}

static void versions(void) {
  CHECK(akua_abi_version() == AKUA_ABI_VERSION);
  CHECK(is(akua_version(), "0.1.0"));
  CHECK(is(akua_status_name(AKUA_OK), "ok"));
  CHECK(is(akua_status_name(AKUA_INDETERMINATE), "indeterminate"));
  CHECK(none(akua_status_name(12345)));
  CHECK(none(s(NULL)));
  CHECK(akua_str_equals(s("a"), s("a")) && !akua_str_equals(s("a"), s("b")) && akua_str_equals(s(NULL), s("")));
}

static void reading(const sim* it, const akua_client* client) {
  akua_resource *cluster = cluster_of(client, "clu_1"), *copy;
  akua_resource* workspace = NULL;
  akua_report* error = NULL;

  CHECK(is(akua_resource_text(cluster, AKUA_ID, NULL), "clu_1"));
  CHECK(is(akua_resource_text(cluster, AKUA_ETAG, NULL), "42"));
  CHECK(is(akua_resource_text(cluster, AKUA_WORKSPACE_ID, NULL), "ws_1"));
  CHECK(is(akua_resource_text(cluster, AKUA_STATE, NULL), "active"));
  CHECK(is(akua_resource_text(cluster, AKUA_PROVIDER, NULL), "managed_kaas"));
  CHECK(!akua_resource_flag(cluster, AKUA_RECONCILING, NULL));
  CHECK(akua_resource_time(cluster, AKUA_CREATED_AT, NULL) > 0 && akua_resource_time(cluster, AKUA_UPDATED_AT, NULL) > 0);
  CHECK(has(akua_resource_text(cluster, AKUA_CREATED_AT, NULL), "Z") && has(akua_resource_text(cluster, AKUA_UPDATED_AT, NULL), "Z"));
  CHECK(has(akua_resource_text(cluster, AKUA_HTML_URL, NULL), "http"));
  CHECK(has(akua_resource_json(cluster, 0, NULL), "\"etag\":\"42\""));
  copy = akua_resource_clone(cluster);
  akua_resource_free(cluster);
  CHECK(is(akua_resource_text(copy, AKUA_ID, NULL), "clu_1") && akua_resource_text(copy, AKUA_NAME, NULL).len > 0);
  akua_resource_free(copy);

  CHECK(akua_resource_get(client, NULL, AKUA_WORKSPACE, s("ws_1"), &workspace, &error) == AKUA_OK);
  CHECK(is(akua_resource_text(workspace, AKUA_ID, NULL), "ws_1") && is(akua_resource_text(workspace, AKUA_ETAG, NULL), "8"));
  CHECK(akua_resource_text(workspace, AKUA_NAME, NULL).len > 0 && akua_resource_text(workspace, AKUA_SLUG, NULL).len > 0);
  CHECK(akua_resource_text(workspace, AKUA_PLAN_TIER, NULL).len > 0);
  CHECK(is(akua_resource_text(workspace, AKUA_WORKSPACE_CLASS, NULL), "standard"));
  CHECK(is(akua_resource_text(workspace, AKUA_PLAN_BILLED_BY, NULL), "platform"));
  CHECK(akua_resource_time(workspace, AKUA_CREATED_AT, NULL) > 0 && akua_resource_time(workspace, AKUA_UPDATED_AT, NULL) > 0);
  CHECK(akua_resource_text(workspace, AKUA_CREATED_AT, NULL).len > 0 && akua_resource_text(workspace, AKUA_UPDATED_AT, NULL).len > 0);
  CHECK(has(akua_resource_json(workspace, 0, NULL), "\"plan\""));
  akua_resource_free(workspace);

  CHECK(akua_resource_get(client, NULL, AKUA_CLUSTER, s("clu_99"), &cluster, &error) == AKUA_NOT_FOUND && cluster == NULL);
  CHECK(akua_report_status(error) == AKUA_NOT_FOUND && akua_report_number(error, AKUA_REPORT_HTTP_STATUS) == 404);
  CHECK(has(akua_report_message(error), "GET /v1/clusters/clu_99") && akua_report_text(error, AKUA_REPORT_HINT).len > 0);
  CHECK(akua_report_count(error, AKUA_REPORT_SERVER_ERRORS) == 1);
  CHECK(is(akua_report_item(error, AKUA_REPORT_SERVER_ERRORS, 0, AKUA_REPORT_CODE, 0), "7002"));
  CHECK(akua_report_item(error, AKUA_REPORT_SERVER_ERRORS, 0, AKUA_REPORT_MESSAGE, 0).len > 0 && none(akua_report_item(error, AKUA_REPORT_SERVER_ERRORS, 1, AKUA_REPORT_MESSAGE, 0)));
  CHECK(none(akua_report_item(error, AKUA_REPORT_SERVER_ERRORS, 0, AKUA_REPORT_PATH, 0)));
  CHECK(akua_report_text(error, AKUA_REPORT_REQUEST_ID).len > 0 && akua_report_number(error, AKUA_REPORT_REQUESTS) == 1);
  CHECK(!akua_report_flag(error, AKUA_REPORT_MAY_HAVE_TAKEN_EFFECT) && !akua_report_flag(error, AKUA_REPORT_MAY_STILL_LAND));
  CHECK(is(akua_report_text(error, AKUA_REPORT_EFFECT), "not_applied") && akua_report_number(error, AKUA_REPORT_RETRY_AFTER) == -1);
  CHECK(none(akua_report_text(error, AKUA_REPORT_OUTCOME)) && none(akua_report_text(error, AKUA_REPORT_RESUME_TOKEN)));
  CHECK(akua_report_resource(error) == NULL && akua_report_resource(error) == NULL);
  akua_report_free(error);
  (void)it;
}

static void listing(const akua_client* client) {
  akua_call_options* options = akua_call_options_new();
  akua_list* clusters = NULL;
  akua_list* workspaces = NULL;
  akua_resource* cluster = NULL;
  akua_resource* workspace = NULL;
  int seen = 0;

  CHECK(akua_call_options_set_number(options, AKUA_OPTION_PAGE_SIZE, 2, NULL) == AKUA_OK);
  CHECK(akua_list_new(client, options, AKUA_CLUSTER, &clusters, NULL) == AKUA_OK);
  while (akua_list_next(clusters, &cluster, NULL) == AKUA_OK && cluster != NULL) {
    char id[16];
    snprintf(id, sizeof id, "clu_%d", ++seen);
    CHECK(is(akua_resource_text(cluster, AKUA_ID, NULL), id));
    akua_resource_free(cluster);
  }
  CHECK(seen == 5 && cluster == NULL);
  akua_list_free(clusters);
  CHECK(akua_list_new(client, NULL, AKUA_WORKSPACE, &workspaces, NULL) == AKUA_OK);
  CHECK(akua_list_next(workspaces, &workspace, NULL) == AKUA_OK && workspace != NULL);
  akua_resource_free(workspace);
  akua_list_free(workspaces);
  akua_call_options_free(options);
}

static void updating(const sim* it, const akua_client* client) {
  akua_resource* cluster = NULL;
  akua_resource* workspace = NULL;
  akua_report* error = NULL;
  akua_patch* patch = named("first");
  akua_patch* slug = akua_patch_new(AKUA_WORKSPACE);

  CHECK(akua_resource_update(client, NULL, s("clu_1"), s("42"), patch, s(NULL), &cluster, NULL) == AKUA_OK);
  CHECK(is(akua_resource_text(cluster, AKUA_NAME, NULL), "first") && is(akua_resource_text(cluster, AKUA_ETAG, NULL), "43"));
  akua_resource_free(cluster);

  CHECK(akua_resource_update(client, NULL, s("clu_1"), s("42"), patch, s(NULL), &cluster, &error) == AKUA_CONFLICT);
  CHECK(cluster == NULL && is(akua_report_text(error, AKUA_REPORT_CURRENT_ETAG), "43") && !akua_report_flag(error, AKUA_REPORT_MAY_HAVE_TAKEN_EFFECT));
  CHECK(none(akua_report_item(error, AKUA_REPORT_SERVER_ERRORS, 0, AKUA_REPORT_METADATA_NAME, 1)));
  CHECK(is(akua_report_item(error, AKUA_REPORT_SERVER_ERRORS, 0, AKUA_REPORT_METADATA_NAME, 0), "current_etag"));
  CHECK(is(akua_report_item(error, AKUA_REPORT_SERVER_ERRORS, 0, AKUA_REPORT_METADATA_VALUE, 0), "43"));
  CHECK(none(akua_report_item(error, AKUA_REPORT_SERVER_ERRORS, 0, AKUA_REPORT_METADATA_VALUE, 1)));
  CHECK(none(akua_report_item(error, AKUA_REPORT_SERVER_ERRORS, 7, AKUA_REPORT_METADATA_NAME, 0)));
  akua_report_free(error);

  CHECK(akua_resource_update(client, NULL, s("clu_1"), s("43"), patch, s("key-1"), &cluster, NULL) == AKUA_OK);
  akua_resource_free(cluster);
  CHECK(akua_resource_update(client, NULL, s("clu_1"), s("43"), patch, s("key-1"), &cluster, NULL) == AKUA_OK);
  CHECK(is(akua_resource_text(cluster, AKUA_ETAG, NULL), "44"));
  akua_resource_free(cluster);

  sim_tell(it,
           "{\"op\":\"inject\",\"fault\":{\"match\":{\"method\":\"PATCH\"},"
           "\"delivery\":{\"send\":\"nothing\",\"end\":\"reset\"}}}");
  CHECK(akua_resource_update(client, NULL, s("clu_1"), s("44"), patch, s(NULL), &cluster, &error) == AKUA_TRANSPORT);
  CHECK(akua_report_flag(error, AKUA_REPORT_MAY_HAVE_TAKEN_EFFECT) && akua_report_flag(error, AKUA_REPORT_MAY_STILL_LAND));
  CHECK(is(akua_report_text(error, AKUA_REPORT_EFFECT), "unknown") && akua_report_number(error, AKUA_REPORT_HTTP_STATUS) == 0);
  akua_report_free(error);

  sim_tell(it, "{\"op\":\"inject\",\"fault\":{\"match\":{\"method\":\"PATCH\"},\"answer\":{\"remove\":[\"name\"]}}}");
  CHECK(akua_resource_update(client, NULL, s("clu_1"), s("45"), patch, s(NULL), &cluster, &error) == AKUA_DECODE);
  CHECK(akua_report_flag(error, AKUA_REPORT_MAY_HAVE_TAKEN_EFFECT) && is(akua_report_text(error, AKUA_REPORT_ETAG), "46"));
  CHECK(akua_report_count(error, AKUA_REPORT_PROBLEMS) == 1 && is(akua_report_item(error, AKUA_REPORT_PROBLEMS, 0, AKUA_REPORT_FIELD, 0), "name"));
  CHECK(akua_report_item(error, AKUA_REPORT_PROBLEMS, 0, AKUA_REPORT_MESSAGE, 0).len > 0);
  akua_report_free(error);

  CHECK(akua_patch_set_text(slug, AKUA_SLUG, s("team-blue"), NULL) == AKUA_OK);
  CHECK(akua_patch_set_text(slug, AKUA_NAME, s("Team Blue"), NULL) == AKUA_OK);
  CHECK(akua_resource_update(client, NULL, s("ws_1"), s("8"), slug, s(NULL), &workspace, NULL) == AKUA_OK);
  CHECK(is(akua_resource_text(workspace, AKUA_SLUG, NULL), "team-blue") && is(akua_resource_text(workspace, AKUA_NAME, NULL), "Team Blue"));
  akua_resource_free(workspace);
  akua_patch_free(slug);
  akua_patch_free(patch);
}

/* Whatever a server or a proxy answers a write with: a status that says that nothing took effect says no more than the
 * error does. */
static void a16_every_status(const sim* it, const akua_client* client) {
  static const int sure[] = {400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428, 429, 431};
  int status;
  akua_patch* patch = named("whatever");
  for (status = 201; status <= 599; ++status) {
    char command[160];
    size_t at;
    bool certain = false;
    akua_resource* cluster = NULL;
    akua_report* error = NULL;
    akua_status ended;
    for (at = 0; at < sizeof sure / sizeof *sure; ++at) certain = certain || sure[at] == status;
    snprintf(command, sizeof command,
             "{\"op\":\"inject\",\"fault\":{\"match\":{\"method\":\"PATCH\"},\"carried_out\":\"no\",\"answer\":{\"status\":%d}}}",
             status);
    sim_tell(it, command);
    ended = akua_resource_update(client, NULL, s("clu_2"), s("42"), patch, s(NULL), &cluster, &error);
    CHECK(ended != AKUA_OK && cluster == NULL && akua_report_number(error, AKUA_REPORT_HTTP_STATUS) == status);
    CHECK(akua_report_flag(error, AKUA_REPORT_MAY_HAVE_TAKEN_EFFECT) == !certain && akua_report_flag(error, AKUA_REPORT_MAY_STILL_LAND) == !certain);
    CHECK(is(akua_report_text(error, AKUA_REPORT_EFFECT), certain ? "not_applied" : "unknown"));
    CHECK(has(akua_report_message(error), certain ? "changed nothing" : "may have taken effect"));
    CHECK(certain || (ended != AKUA_REJECTED && ended != AKUA_CONFLICT));
    akua_report_free(error);
  }
  akua_patch_free(patch);
  sim_tell(it, "{\"op\":\"clear\"}");
}

static void bad_input(const sim* it, const akua_client* client) {
  char *before, *after;
  akua_resource* cluster = NULL;
  akua_report* error = NULL;
  akua_patch *empty = akua_patch_new(AKUA_CLUSTER), *patch = named("");
  const char* wrong_text = "\xff";

  sim_tell(it, "{\"op\":\"clear_log\"}");
  before = sim_control(it, "{\"op\":\"log\"}");
  CHECK(akua_resource_update(client, NULL, s("clu_1"), s("1"), empty, s(NULL), &cluster, &error) == AKUA_INVALID_INPUT);
  CHECK(has(akua_report_message(error), "sets no field") && is(akua_report_text(error, AKUA_REPORT_EFFECT), "not_sent"));
  akua_report_free(error);
  CHECK(akua_resource_update(client, NULL, s("clu_1"), s("1"), patch, s(NULL), &cluster, &error) == AKUA_INVALID_INPUT);
  CHECK(akua_report_count(error, AKUA_REPORT_PROBLEMS) == 1 && is(akua_report_item(error, AKUA_REPORT_PROBLEMS, 0, AKUA_REPORT_FIELD, 0), "name"));
  akua_report_free(error);
  CHECK(akua_resource_update(client, NULL, s("clu_1"), s("*"), patch, s(NULL), &cluster, &error) == AKUA_INVALID_INPUT);
  CHECK(is(akua_report_item(error, AKUA_REPORT_PROBLEMS, 0, AKUA_REPORT_FIELD, 0), "if-match"));
  akua_report_free(error);
  CHECK(akua_resource_get(client, NULL, AKUA_CLUSTER, s("../x"), &cluster, NULL) == AKUA_INVALID_INPUT);
  CHECK(akua_resource_get(client, NULL, AKUA_CLUSTER, s(""), &cluster, NULL) == AKUA_INVALID_INPUT);
  CHECK(akua_resource_get(client, NULL, AKUA_CLUSTER, s(NULL), &cluster, &error) == AKUA_MISUSE);
  CHECK(is(akua_report_item(error, AKUA_REPORT_PROBLEMS, 0, AKUA_REPORT_FIELD, 0), "id") && has(akua_report_message(error), "NULL"));
  akua_report_free(error);
  CHECK(akua_resource_get(client, NULL, AKUA_CLUSTER, s(wrong_text), &cluster, &error) == AKUA_MISUSE);
  CHECK(has(akua_report_message(error), "UTF-8"));
  akua_report_free(error);
  CHECK(akua_patch_set_text(patch, AKUA_NAME, s("fine"), NULL) == AKUA_OK);
  CHECK(akua_patch_set_text(patch, AKUA_KUBECONFIG, s(""), NULL) == AKUA_OK);
  CHECK(akua_resource_update(client, NULL, s("clu_1"), s("1"), patch, s(NULL), &cluster, &error) == AKUA_INVALID_INPUT);
  CHECK(is(akua_report_item(error, AKUA_REPORT_PROBLEMS, 0, AKUA_REPORT_FIELD, 0), "kubeconfig"));
  akua_report_free(error);
  after = sim_control(it, "{\"op\":\"log\"}");
  CHECK(strcmp(before, after) == 0);
  free(before);
  free(after);
  akua_patch_free(empty);
  akua_patch_free(patch);
}

static void editing(const sim* it, const akua_client* client) {
  akua_resource *seen = cluster_of(client, "clu_2"), *settled = NULL;
  akua_patch* patch = named("edited");
  akua_report* edited = NULL;
  akua_report* other = NULL;
  akua_patch* theirs = akua_patch_new(AKUA_WORKSPACE);
  akua_report* error = NULL;
  akua_call_options* options = akua_call_options_new();

  CHECK(akua_edit_run(client, NULL, seen, patch, &edited, &error) == AKUA_OK && error == NULL);
  CHECK(is(akua_report_text(edited, AKUA_REPORT_OUTCOME), "applied") && is(akua_report_text(edited, AKUA_REPORT_PROOF), "acknowledged"));
  CHECK(is(akua_report_text(edited, AKUA_REPORT_ETAG), "1043") && akua_report_number(edited, AKUA_REPORT_REQUESTS) == 1);
  CHECK(is(akua_resource_text(akua_report_resource(edited), AKUA_NAME, NULL), "edited"));
  CHECK(has(akua_report_text(edited, AKUA_REPORT_EXPLAIN), "the server has applied it"));
  CHECK(akua_edit_wait_settled(client, NULL, edited, &settled, NULL) == AKUA_OK);
  CHECK(is(akua_resource_text(settled, AKUA_NAME, NULL), "edited"));
  akua_resource_free(settled);
  akua_report_free(edited);

  CHECK(akua_edit_run_by_id(client, NULL, s("clu_2"), patch, &edited, NULL) == AKUA_OK);
  CHECK(is(akua_report_text(edited, AKUA_REPORT_OUTCOME), "unchanged") && none(akua_report_text(edited, AKUA_REPORT_PROOF)));
  CHECK(akua_edit_wait_settled(client, NULL, edited, &settled, NULL) == AKUA_OK);
  akua_resource_free(settled);
  akua_report_free(edited);

  sim_tell(it, "{\"op\":\"inject\",\"fault\":{\"match\":{\"method\":\"PATCH\"},\"answer\":{\"remove\":[\"state\"]}}}");
  akua_patch_set_text(patch, AKUA_NAME, s("edited"), NULL);
  akua_patch_set_text(patch, AKUA_PROVIDER, s("imported_byoc"), NULL);
  CHECK(akua_edit_run_by_id(client, NULL, s("clu_2"), patch, &edited, NULL) == AKUA_OK);
  CHECK(akua_report_resource(edited) == NULL && is(akua_report_text(edited, AKUA_REPORT_ETAG), "1044"));
  CHECK(is(akua_report_item(edited, AKUA_REPORT_PROBLEMS, 0, AKUA_REPORT_FIELD, 0), "state"));
  CHECK(is(akua_report_text(edited, AKUA_REPORT_ETAG), "1044"));
  akua_report_free(edited);
  akua_patch_free(patch);
  patch = akua_patch_new(AKUA_CLUSTER);

  /* `seen` has the first etag, and its name has been changed since. */
  akua_patch_set_text(patch, AKUA_NAME, s("again"), NULL);
  CHECK(akua_edit_run(client, NULL, seen, patch, &edited, &error) == AKUA_CONFLICT && edited == NULL);
  CHECK(is(akua_report_text(error, AKUA_REPORT_OUTCOME), "not_applied") && akua_report_count(error, AKUA_REPORT_FIELDS) == 1);
  CHECK(is(akua_report_item(error, AKUA_REPORT_FIELDS, 0, AKUA_REPORT_FIELD, 0), "name") && is(akua_report_item(error, AKUA_REPORT_FIELDS, 0, AKUA_REPORT_BASE, 0), "cluster 2"));
  CHECK(is(akua_report_item(error, AKUA_REPORT_FIELDS, 0, AKUA_REPORT_OURS, 0), "again") && is(akua_report_item(error, AKUA_REPORT_FIELDS, 0, AKUA_REPORT_THEIRS, 0), "edited"));
  CHECK(is(akua_report_item(error, AKUA_REPORT_FIELDS, 0, AKUA_REPORT_STATE, 0), "conflicting") && none(akua_report_item(error, AKUA_REPORT_FIELDS, 1, AKUA_REPORT_FIELD, 0)));
  CHECK(has(akua_report_text(error, AKUA_REPORT_EXPLAIN), "somebody else") && akua_report_number(error, AKUA_REPORT_REQUESTS) == 2);
  /* To force ours: an edit of the version that the error lends. */
  CHECK(akua_edit_run(client, NULL, akua_report_resource(error), patch, &edited, NULL) == AKUA_OK);
  akua_report_free(edited);
  /* What is lent belongs to the error; freeing it is a mistake that changes nothing. */
  akua_resource_free((akua_resource*)akua_report_resource(error));
  CHECK(is(akua_resource_text(akua_report_resource(error), AKUA_NAME, NULL), "edited"));
  akua_report_free(error);

  CHECK(akua_call_options_set_text(options, AKUA_OPTION_ON_CONFLICT, s("fail"), NULL) == AKUA_OK);
  CHECK(akua_call_options_set_text(options, AKUA_OPTION_ON_CONFLICT, s("3"), &error) == AKUA_INVALID_INPUT);
  akua_report_free(error);
  sim_tell(it,
           "{\"op\":\"inject\",\"fault\":{\"match\":{\"method\":\"PATCH\"},\"times\":\"forever\","
           "\"delivery\":{\"send\":\"nothing\",\"end\":\"reset\"}}}");
  CHECK(akua_call_options_set_number(options, AKUA_OPTION_TIMEOUT, 1000, NULL) == AKUA_OK);
  CHECK(akua_patch_set_text(theirs, AKUA_NAME, s("may be"), NULL) == AKUA_OK);
  CHECK(akua_edit_run_by_id(client, options, s("ws_1"), theirs, &other, &error) == AKUA_OK ||
        akua_report_status(error) == AKUA_INDETERMINATE);
  akua_report_free(error);
  akua_report_free(other);
  sim_tell(it, "{\"op\":\"clear\"}");
  akua_patch_free(theirs);
  akua_call_options_free(options);
  akua_patch_free(patch);
  akua_resource_free(seen);
}

/* A write whose answer is lost and that nobody can repeat: the token settles it later. */
/* Whatever keeps a call from settling a token's write, nothing better is said of that write than was known before. */
static void a7_unsettled(const sim* it, const akua_client* client, const char* token) {
  akua_call_options* options = akua_call_options_new();
  akua_client* other = client_of(it);
  akua_report* edited = NULL;
  akua_report* workspace = NULL;
  akua_cancel* cancel = akua_cancel_new();
  akua_patch* wrong = akua_patch_new(AKUA_CLUSTER);
  akua_report* error = NULL;
  akua_kind kind;
  char damaged[4096];
  size_t number;

  snprintf(damaged, sizeof damaged, "%.60s", token);
  CHECK(akua_call_options_set_text(options, AKUA_OPTION_CONTEXT, s("ws_9"), NULL) == AKUA_OK);
  akua_cancel_trigger(cancel);
  CHECK(akua_patch_set_text(wrong, AKUA_KUBECONFIG, s(""), NULL) == AKUA_OK);
  for (number = 0; number < 12; ++number) {
    const int finish = AKUA_RESUME_FINISH;
    const akua_str none = s(NULL);
    akua_status status = AKUA_OK, wanted = AKUA_INVALID_INPUT;
    akua_call_options* own = akua_call_options_new();
    switch (number) {
      case 0: status = akua_edit_resolve(client, options, AKUA_CLUSTER, s(token), finish, NULL, &edited, &error); break;
      case 1: status = akua_edit_resolve(client, NULL, AKUA_CLUSTER, s(damaged), finish, NULL, &edited, &error); break;
      case 2: status = akua_edit_resolve(client, NULL, AKUA_CLUSTER, s(""), finish, NULL, &edited, &error); break;
      case 3: status = akua_edit_resolve(client, NULL, AKUA_CLUSTER, s(token), 9, NULL, &edited, &error); break;
      case 4: status = akua_edit_resolve(client, NULL, AKUA_CLUSTER, s(token), finish, wrong, &edited, &error); break;
      case 5: status = akua_edit_resolve(client, NULL, AKUA_WORKSPACE, s(token), finish, NULL, &workspace, &error); break;
      case 6: status = akua_resume_token_kind(s(damaged), &kind, &error); break;
      case 7:
        wanted = AKUA_MISUSE;
        status = akua_edit_resolve(NULL, NULL, AKUA_CLUSTER, s(token), finish, NULL, &edited, &error);
        break;
      case 8:
        wanted = AKUA_MISUSE;
        status = akua_edit_resolve(client, NULL, AKUA_CLUSTER, none, finish, NULL, &edited, &error);
        break;
      case 9:
        wanted = AKUA_MISUSE;
        status = akua_edit_resolve(client, NULL, AKUA_CLUSTER, s(token), finish, NULL, NULL, &error);
        break;
      case 10:
        wanted = AKUA_INDETERMINATE;
        CHECK(akua_call_options_set_cancel(own, cancel, NULL) == AKUA_OK);
        status = akua_edit_resolve(client, own, AKUA_CLUSTER, s(token), finish, NULL, &edited, &error);
        break;
      default:
        wanted = AKUA_INDETERMINATE;
        CHECK(akua_call_options_set_number(own, AKUA_OPTION_TIMEOUT, 1, NULL) == AKUA_OK);
        sim_tell(it, "{\"op\":\"inject\",\"fault\":{\"delivery\":{\"send\":\"nothing\",\"end\":\"stall\"}}}");
        status = akua_edit_resolve(client, own, AKUA_CLUSTER, s(token), AKUA_RESUME_LOOK, NULL, &edited, &error);
        sim_tell(it, "{\"op\":\"clear\"}");
        sim_tell(it, "{\"op\":\"release\"}");
    }
    if (status != wanted) fprintf(stderr, "case %d: %d\n", (int)number, (int)status);
    CHECK(status == wanted && edited == NULL && workspace == NULL);
    CHECK(akua_report_flag(error, AKUA_REPORT_MAY_HAVE_TAKEN_EFFECT) && akua_report_flag(error, AKUA_REPORT_MAY_STILL_LAND));
    CHECK(is(akua_report_text(error, AKUA_REPORT_EFFECT), "unknown"));
    if (wanted != AKUA_INDETERMINATE) {
      CHECK(has(akua_report_message(error), "it may have taken effect, and it may still"));
      CHECK(has(akua_report_text(error, AKUA_REPORT_HINT), "keep the resume token"));
    } else {
      CHECK(is(akua_report_text(error, AKUA_REPORT_RESUME_TOKEN), token));
    }
    akua_report_free(error);
    akua_call_options_free(own);
  }
  akua_patch_free(wrong);
  akua_client_free(other);
  akua_cancel_free(cancel);
  akua_call_options_free(options);
}

static void resolving(const sim* it, const akua_client* client) {
  akua_patch* patch = akua_patch_new(AKUA_CLUSTER);
  akua_report* edited = NULL;
  akua_report* error = NULL;
  akua_kind kind = 0;
  char token[4096];

  CHECK(akua_patch_set_text(patch, AKUA_REGION_ID, s("eu-north-1"), NULL) == AKUA_OK);
  sim_tell(it,
           "{\"op\":\"inject\",\"fault\":{\"match\":{\"method\":\"PATCH\"},"
           "\"delivery\":{\"send\":\"nothing\",\"end\":\"reset\"}}}");
  CHECK(akua_edit_run_by_id(client, NULL, s("clu_3"), patch, &edited, &error) == AKUA_INDETERMINATE);
  CHECK(is(akua_report_text(error, AKUA_REPORT_OUTCOME), "indeterminate") && is(akua_report_text(error, AKUA_REPORT_CAUSE), "answer_lost"));
  CHECK(akua_report_flag(error, AKUA_REPORT_MAY_HAVE_TAKEN_EFFECT) && akua_report_flag(error, AKUA_REPORT_MAY_STILL_LAND));
  CHECK(is(akua_report_item(error, AKUA_REPORT_FIELDS, 0, AKUA_REPORT_STATE, 0), "unseen") || none(akua_report_item(error, AKUA_REPORT_FIELDS, 0, AKUA_REPORT_STATE, 0)));
  CHECK(none(akua_report_item(error, AKUA_REPORT_FIELDS, 0, AKUA_REPORT_THEIRS, 0)) && akua_report_text(error, AKUA_REPORT_DETAIL).len > 0);
  snprintf(token, sizeof token, "%s", akua_report_text(error, AKUA_REPORT_RESUME_TOKEN).data);
  akua_report_free(error);
  CHECK(akua_resume_token_kind(s(token), &kind, NULL) == AKUA_OK && kind == AKUA_CLUSTER);
  CHECK(akua_resume_token_kind(s("nonsense"), &kind, &error) == AKUA_INVALID_INPUT && kind == 0);
  akua_report_free(error);
  CHECK(akua_edit_resolve(client, NULL, AKUA_CLUSTER, s(token), 9, NULL, &edited, NULL) == AKUA_INVALID_INPUT);
  a7_unsettled(it, client, token);
  CHECK(akua_edit_resolve(client, NULL, AKUA_CLUSTER, s(token), AKUA_RESUME_LOOK, NULL, &edited, &error) == AKUA_INDETERMINATE);
  akua_report_free(error);
  akua_patch_free(patch);
}

/* Counts up from whatever is there, with another writer in between: the stepwise form, as a loop. */
static void stepwise(const sim* it, const akua_client* client) {
  akua_edit* edit = NULL;
  akua_report* edited = NULL;
  akua_patch* patch = akua_patch_new(AKUA_CLUSTER);
  akua_report* error = NULL;
  int32_t progress = 0;
  int asked = 0, ready = 0;

  CHECK(akua_edit_new_by_id(client, NULL, AKUA_CLUSTER, s("clu_4"), NULL, &edit, NULL) == AKUA_OK);
  CHECK(akua_edit_current(edit) == NULL && none(akua_edit_resume_token(edit)));
  CHECK(akua_edit_submit(edit, NULL, NULL) == AKUA_MISUSE);
  while (progress != AKUA_EDIT_DONE) {
    CHECK(akua_edit_next(edit, &progress, &edited, &error) == AKUA_OK);
    if (progress == AKUA_EDIT_NEEDS_PATCH) {
      char name[200];
      CHECK(akua_edit_next(edit, &progress, &edited, NULL) == AKUA_MISUSE);
      snprintf(name, sizeof name, "%s+", akua_resource_text(akua_edit_current(edit), AKUA_NAME, NULL).data);
      CHECK(akua_patch_set_text(patch, AKUA_NAME, s(name), NULL) == AKUA_OK);
      if (asked++ == 0) {
        sim_tell(it, "{\"op\":\"write\",\"kind\":\"cluster\",\"id\":\"clu_4\",\"set\":{\"name\":\"theirs\"}}");
      }
      CHECK(akua_edit_submit(edit, patch, NULL) == AKUA_OK);
      CHECK(akua_edit_current(edit) == NULL);
    } else if (progress == AKUA_EDIT_READY) {
      CHECK(has(akua_edit_resume_token(edit), "akua-resume-1."));
      ++ready;
    }
  }
  CHECK(asked == 2 && ready == 2 && is(akua_resource_text(akua_report_resource(edited), AKUA_NAME, NULL), "theirs+"));
  akua_report_free(edited);
  CHECK(akua_edit_next(edit, &progress, &edited, NULL) == AKUA_OK && progress == AKUA_EDIT_DONE);
  akua_report_free(edited);
  akua_edit_free(edit);

  CHECK(akua_edit_new_by_id(client, NULL, AKUA_CLUSTER, s("clu_4"), patch, &edit, NULL) == AKUA_OK);
  akua_patch_set_text(patch, AKUA_NAME, s("declined"), NULL);
  akua_edit_free(edit);
  CHECK(akua_edit_new_by_id(client, NULL, AKUA_CLUSTER, s("clu_4"), patch, &edit, NULL) == AKUA_OK);
  CHECK(akua_edit_next(edit, &progress, &edited, NULL) == AKUA_OK && progress == AKUA_EDIT_READY);
  CHECK(akua_edit_decline(edit, s("the disk is full"), NULL) == AKUA_OK);
  CHECK(akua_edit_next(edit, &progress, &edited, &error) == AKUA_NOT_SENT && edited == NULL);
  CHECK(is(akua_report_text(error, AKUA_REPORT_CAUSE), "declined") && has(akua_report_text(error, AKUA_REPORT_DETAIL), "the disk is full"));
  akua_report_free(error);
  akua_edit_free(edit);

  CHECK(akua_edit_new_by_id(client, NULL, AKUA_CLUSTER, s("clu_4"), NULL, &edit, NULL) == AKUA_OK);
  CHECK(akua_edit_next(edit, &progress, &edited, NULL) == AKUA_OK && progress == AKUA_EDIT_NEEDS_PATCH);
  CHECK(akua_edit_fail(edit, s("no idea"), NULL) == AKUA_OK);
  CHECK(akua_edit_next(edit, &progress, &edited, &error) == AKUA_NOT_SENT);
  CHECK(is(akua_report_text(error, AKUA_REPORT_CAUSE), "no_patch") && has(akua_report_message(error), "no idea"));
  akua_report_free(error);
  akua_edit_free(edit);
  akua_patch_free(patch);
}

/* A 200 is read: what the server has stored otherwise than it was wanted is told, and nothing stored is no success. */
static void a3_stored(const sim* it, const akua_client* client) {
  static const struct {
    const char* stores;
    akua_report_key list;
    const char *field, *theirs;
  } cases[] = {{"trimmed", AKUA_REPORT_ADJUSTED, "name", "ours"},
               {"some", AKUA_REPORT_NOT_TAKEN, "provider", "managed_kaas"}};
  akua_patch* patch = named(" ours ");
  akua_patch* blue = akua_patch_new(AKUA_WORKSPACE);
  akua_report* edited = NULL;
  akua_report* workspace = NULL;
  akua_report* error = NULL;
  char command[160];
  size_t at;

  CHECK(akua_patch_set_text(patch, AKUA_PROVIDER, s("imported_byoc"), NULL) == AKUA_OK);
  for (at = 0; at < 2; ++at) {
    const akua_report_key list = cases[at].list, other = cases[1 - at].list;
    sim_tell(it, "{\"op\":\"reset\"}");
    snprintf(command, sizeof command,
             "{\"op\":\"inject\",\"fault\":{\"match\":{\"method\":\"PATCH\"},\"stores\":\"%s\"}}", cases[at].stores);
    sim_tell(it, command);
    CHECK(akua_edit_run_by_id(client, NULL, s("clu_1"), patch, &edited, &error) == AKUA_OK);
    CHECK(is(akua_report_text(edited, AKUA_REPORT_OUTCOME), "applied") && akua_report_status(edited) == AKUA_OK);
    CHECK(akua_report_count(edited, list) == 1 && akua_report_count(edited, other) == 0);
    CHECK(is(akua_report_item(edited, list, 0, AKUA_REPORT_FIELD, 0), cases[at].field));
    CHECK(is(akua_report_item(edited, list, 0, AKUA_REPORT_THEIRS, 0), cases[at].theirs));
    CHECK(akua_report_item(edited, list, 0, AKUA_REPORT_BASE, 0).len > 0);
    CHECK(akua_report_item(edited, list, 0, AKUA_REPORT_OURS, 0).len > 0);
    CHECK(none(akua_report_item(edited, list, 0, AKUA_REPORT_FIELD, 1)));
    CHECK(none(akua_report_item(edited, list, 1, AKUA_REPORT_FIELD, 0)));
    CHECK(none(akua_report_item(edited, list, 0, AKUA_REPORT_CODE, 0)));
    CHECK(has(akua_report_text(edited, AKUA_REPORT_EXPLAIN), cases[at].field));
    akua_report_free(edited);
  }
  sim_tell(it, "{\"op\":\"reset\"}");
  CHECK(akua_edit_run_by_id(client, NULL, s("clu_1"), patch, &edited, &error) == AKUA_OK);
  CHECK(akua_report_count(edited, AKUA_REPORT_ADJUSTED) == 0 && akua_report_count(edited, AKUA_REPORT_NOT_TAKEN) == 0);
  akua_report_free(edited);

  sim_tell(it, "{\"op\":\"reset\"}");
  sim_tell(it, "{\"op\":\"contract\",\"set\":{\"stores\":\"none\"}}");
  CHECK(akua_edit_run_by_id(client, NULL, s("clu_1"), patch, &edited, &error) == AKUA_IGNORED && edited == NULL);
  CHECK(is(akua_report_text(error, AKUA_REPORT_OUTCOME), "not_applied") && is(akua_report_text(error, AKUA_REPORT_EFFECT), "not_applied"));
  CHECK(!akua_report_flag(error, AKUA_REPORT_MAY_HAVE_TAKEN_EFFECT) && !akua_report_flag(error, AKUA_REPORT_MAY_STILL_LAND));
  CHECK(akua_report_number(error, AKUA_REPORT_HTTP_STATUS) == 200 && is(akua_report_text(error, AKUA_REPORT_CURRENT_ETAG), "42"));
  CHECK(akua_report_count(error, AKUA_REPORT_FIELDS) == 2 && is(akua_report_item(error, AKUA_REPORT_FIELDS, 0, AKUA_REPORT_FIELD, 0), "name"));
  CHECK(is(akua_resource_text(akua_report_resource(error), AKUA_ETAG, NULL), "42") && has(akua_report_message(error), "changed nothing"));
  CHECK(is(akua_status_name(AKUA_IGNORED), "ignored"));
  akua_report_free(error);
  CHECK(akua_patch_set_text(blue, AKUA_NAME, s("Blue"), NULL) == AKUA_OK);
  CHECK(akua_edit_run_by_id(client, NULL, s("ws_1"), blue, &workspace, &error) == AKUA_IGNORED);
  CHECK(workspace == NULL && akua_report_resource(error) != NULL && akua_report_count(workspace, AKUA_REPORT_ADJUSTED) == 0);
  akua_report_free(error);
  sim_tell(it, "{\"op\":\"reset\"}");
  sim_tell(it, "{\"op\":\"contract\",\"set\":{\"stores\":\"lowercased\"}}");
  CHECK(akua_edit_run_by_id(client, NULL, s("ws_1"), blue, &workspace, &error) == AKUA_OK);
  CHECK(akua_report_count(workspace, AKUA_REPORT_ADJUSTED) == 1);
  CHECK(is(akua_report_item(workspace, AKUA_REPORT_ADJUSTED, 0, AKUA_REPORT_FIELD, 0), "name"));
  CHECK(is(akua_report_item(workspace, AKUA_REPORT_ADJUSTED, 0, AKUA_REPORT_OURS, 0), "Blue"));
  CHECK(is(akua_report_item(workspace, AKUA_REPORT_ADJUSTED, 0, AKUA_REPORT_THEIRS, 0), "blue"));
  CHECK(akua_report_item(workspace, AKUA_REPORT_ADJUSTED, 0, AKUA_REPORT_BASE, 0).len > 0);
  CHECK(is(akua_report_item(workspace, AKUA_REPORT_ADJUSTED, 0, AKUA_REPORT_STATE, 0), "conflicting"));
  akua_report_free(workspace);
  akua_patch_free(blue);
  akua_patch_free(patch);
  sim_tell(it, "{\"op\":\"contract\",\"set\":{\"stores\":\"as_sent\"}}");
  sim_tell(it, "{\"op\":\"reset\"}");
}

static void waiting(const sim* it, const akua_client* client) {
  akua_client_options* settings = akua_client_options_new();
  akua_client* strict = NULL;
  akua_call_options* options = akua_call_options_new();
  akua_resource* cluster = NULL;
  akua_patch *patch = akua_patch_new(AKUA_CLUSTER), *holding = named("somebody's");
  akua_report* error = NULL;

  sim_tell(it, "{\"op\":\"contract\",\"set\":{\"reconcile_ms\":null}}");
  akua_call_options_set_number(options, AKUA_OPTION_TIMEOUT, 300, NULL);
  CHECK(akua_patch_set_text(patch, AKUA_REGION_ID, s("eu-2"), NULL) == AKUA_OK);
  CHECK(akua_resource_update(client, NULL, s("clu_5"), s("4042"), patch, s(NULL), &cluster, NULL) == AKUA_OK);
  CHECK(akua_resource_flag(cluster, AKUA_RECONCILING, NULL));
  akua_resource_free(cluster);
  CHECK(akua_resource_wait_settled(client, options, AKUA_CLUSTER, s("clu_5"), s("4042"), patch, &cluster, &error) == AKUA_TIMEOUT);
  CHECK(is(akua_report_text(error, AKUA_REPORT_OUTCOME), "deadline_passed") && akua_resource_flag(akua_report_resource(error), AKUA_RECONCILING, NULL));
  akua_report_free(error);
  /* A read may be stale: a version without these values need not be a later one. Where none is stale, it is. */
  CHECK(akua_resource_wait_settled(client, options, AKUA_CLUSTER, s("clu_5"), s(NULL), holding, &cluster, &error) == AKUA_TIMEOUT);
  CHECK(is(akua_report_text(error, AKUA_REPORT_OUTCOME), "deadline_passed") && akua_report_resource(error) != NULL);
  CHECK(has(akua_report_message(error), "whether it is newer than ours is not known"));
  akua_report_free(error);
  CHECK(akua_client_options_set_text(settings, AKUA_OPTION_BASE_URL, s(it->url), NULL) == AKUA_OK);
  CHECK(akua_client_options_set_text(settings, AKUA_OPTION_TOKEN, s(it->token), NULL) == AKUA_OK);
  CHECK(akua_client_options_set_flag(settings, AKUA_OPTION_CONTRACT_READS_LINEARIZABLE, true, NULL) == AKUA_OK);
  CHECK(akua_client_new(settings, &strict, NULL) == AKUA_OK);
  CHECK(akua_resource_wait_settled(strict, options, AKUA_CLUSTER, s("clu_5"), s(NULL), holding, &cluster, &error) == AKUA_SUPERSEDED);
  akua_report_free(error);
  akua_client_free(strict);
  akua_client_options_free(settings);
  sim_tell(it, "{\"op\":\"settle\",\"id\":\"clu_5\"}");
  CHECK(akua_resource_wait_settled(client, NULL, AKUA_CLUSTER, s("clu_5"), s("4042"), NULL, &cluster, NULL) == AKUA_OK);
  CHECK(!akua_resource_flag(cluster, AKUA_RECONCILING, NULL));
  akua_resource_free(cluster);
  CHECK(akua_resource_wait_settled(client, NULL, AKUA_CLUSTER, s("clu_9"), s(NULL), NULL, &cluster, &error) == AKUA_NOT_FOUND);
  CHECK(is(akua_report_text(error, AKUA_REPORT_OUTCOME), "gone") && akua_report_resource(error) == NULL);
  akua_report_free(error);
  akua_patch_free(patch);
  akua_patch_free(holding);
  akua_call_options_free(options);
}

static void* trigger(void* cancel) {
  struct timespec soon = {0, 50 * 1000 * 1000};
  nanosleep(&soon, NULL);
  akua_cancel_trigger((const akua_cancel*)cancel);
  return NULL;
}

static void cancelling(const sim* it, const akua_client* client) {
  akua_cancel* cancel = akua_cancel_new();
  akua_call_options* options = akua_call_options_new();
  akua_patch* patch = named("cancelled");
  akua_report* edited = NULL;
  akua_resource* cluster = NULL;
  akua_report* error = NULL;
  pthread_t thread;

  CHECK(akua_call_options_set_cancel(options, cancel, NULL) == AKUA_OK && !akua_cancel_is_triggered(cancel));
  sim_tell(
      it,
      "{\"op\":\"inject\",\"fault\":{\"times\":\"forever\",\"delivery\":{\"send\":\"nothing\",\"end\":\"stall\"}}}");
  CHECK(pthread_create(&thread, NULL, trigger, cancel) == 0);
  CHECK(akua_resource_get(client, options, AKUA_CLUSTER, s("clu_1"), &cluster, &error) == AKUA_CANCELLED);
  pthread_join(thread, NULL);
  akua_report_free(error);
  CHECK(akua_cancel_is_triggered(cancel));
  CHECK(akua_edit_run_by_id(client, options, s("clu_1"), patch, &edited, &error) == AKUA_NOT_SENT);
  CHECK(is(akua_report_text(error, AKUA_REPORT_CAUSE), "cancelled"));
  akua_report_free(error);
  sim_tell(it, "{\"op\":\"clear\"}");
  sim_tell(it, "{\"op\":\"release\"}");
  akua_patch_free(patch);
  akua_call_options_free(options);
  akua_cancel_free(cancel);
}

static void sink(void* context, akua_str line) {
  int* told = (int*)context;
  if (has(line, "GET /v1/clusters/{id}: attempt ended, attempt=1 status=200")) ++*told;
  CHECK(strstr(line.data, "clu_1") == NULL && strstr(line.data, "sk_akua") == NULL);
}

static void logging(const akua_client* client) {
  int told = 0;
  CHECK(akua_log_set_sink(sink, &told, NULL) == AKUA_OK);
  akua_resource_free(cluster_of(client, "clu_1"));
  CHECK(told == 1);
  CHECK(akua_log_set_sink(NULL, NULL, NULL) == AKUA_OK);
  akua_resource_free(cluster_of(client, "clu_1"));
  CHECK(told == 1);
}

static void setting(const sim* it) {
  akua_client_options* options = akua_client_options_new();
  akua_client* client = NULL;
  akua_report* error = NULL;
  akua_call_options* call = akua_call_options_new();
  akua_resource* cluster = NULL;

  CHECK(akua_client_new(options, &client, &error) == AKUA_CONFIGURATION && client == NULL);
  CHECK(has(akua_report_message(error), "there is no token"));
  akua_report_free(error);
  CHECK(akua_client_options_set_text(options, AKUA_OPTION_TOKEN, s("two words"), NULL) == AKUA_OK);
  CHECK(akua_client_new(options, &client, &error) == AKUA_CONFIGURATION &&
        !has(akua_report_message(error), "two words"));
  akua_report_free(error);
  CHECK(akua_client_options_set_text(options, AKUA_OPTION_TOKEN, s(it->broad_token), NULL) == AKUA_OK);
  CHECK(akua_client_options_set_text(options, AKUA_OPTION_BASE_URL, s("http://example.com"), NULL) == AKUA_OK);
  CHECK(akua_client_new(options, &client, NULL) == AKUA_CONFIGURATION);
  CHECK(akua_client_options_set_flag(options, AKUA_OPTION_ALLOW_INSECURE_HTTP, true, NULL) == AKUA_OK);
  CHECK(akua_client_new(options, &client, NULL) == AKUA_OK);
  akua_client_free(client);
  CHECK(akua_client_options_set_text(options, AKUA_OPTION_BASE_URL, s(it->url), NULL) == AKUA_OK);
  CHECK(akua_client_options_set_flag(options, AKUA_OPTION_NO_PROXY, true, NULL) == AKUA_OK);
  CHECK(akua_client_options_set_text(options, AKUA_OPTION_PROXY, s("socks5://x"), &error) == AKUA_CONFIGURATION);
  akua_report_free(error);
  CHECK(akua_client_options_set_text(options, AKUA_OPTION_EXTRA_ROOT_CERTIFICATES, s("no pem"), NULL) == AKUA_OK);
  CHECK(akua_client_new(options, &client, NULL) == AKUA_CONFIGURATION);
  akua_client_options_free(options);

  options = akua_client_options_new();
  CHECK(akua_client_options_set_text(options, AKUA_OPTION_TOKEN, s(it->broad_token), NULL) == AKUA_OK);
  CHECK(akua_client_options_set_text(options, AKUA_OPTION_BASE_URL, s(it->url), NULL) == AKUA_OK);
  CHECK(akua_client_options_set_number(options, AKUA_OPTION_TIMEOUT, 5000, NULL) == AKUA_OK);
  CHECK(akua_client_options_set_number(options, AKUA_OPTION_CONNECT_TIMEOUT, 1000, NULL) == AKUA_OK);
  CHECK(akua_client_options_set_number(options, AKUA_OPTION_READ_TIMEOUT, 1000, NULL) == AKUA_OK);
  CHECK(akua_client_options_set_number(options, AKUA_OPTION_MAX_RESPONSE_BYTES, 1 << 20, NULL) == AKUA_OK);
  CHECK(akua_client_options_set_number(options, AKUA_OPTION_RETRY_ATTEMPTS, 1, NULL) == AKUA_OK);
  CHECK(akua_client_options_set_number(options, AKUA_OPTION_RETRY_BASE, 10, NULL) == AKUA_OK);
  CHECK(akua_client_options_set_number(options, AKUA_OPTION_RETRY_CAP, 20, NULL) == AKUA_OK);
  CHECK(akua_client_options_set_number(options, AKUA_OPTION_RETRY_BUDGET, 3, NULL) == AKUA_OK);
  CHECK(akua_client_options_set_flag(options, AKUA_OPTION_CONTRACT_ETAG_NEVER_REPEATS, true, NULL) == AKUA_OK);
  CHECK(akua_client_options_set_flag(options, AKUA_OPTION_CONTRACT_KEY_CHECKED_BEFORE_IF_MATCH, true, NULL) == AKUA_OK);
  CHECK(akua_client_options_set_number(options, AKUA_OPTION_CONTRACT_KEY_RETENTION, 3600000, NULL) == AKUA_OK);
  CHECK(akua_client_options_set_flag(options, AKUA_OPTION_CONTRACT_STORES_REJECTIONS_PER_KEY, false, NULL) == AKUA_OK);
  CHECK(akua_client_options_set_flag(options, AKUA_OPTION_CONTRACT_READS_LINEARIZABLE, true, NULL) == AKUA_OK);
  CHECK(akua_client_options_set_flag(options, AKUA_OPTION_CONTRACT_ETAG_COVERS_WRITE_ONLY, true, NULL) == AKUA_OK);
  CHECK(akua_client_options_set_flag(options, AKUA_OPTION_CONTRACT_HIDDEN_RETRIES, false, NULL) == AKUA_OK);
  CHECK(akua_client_options_set_number(options, AKUA_OPTION_CONTRACT_CLOCK_SKEW, 2500, NULL) == AKUA_OK);
  CHECK(akua_client_options_set_flag(options, AKUA_OPTION_CONTRACT_ANSWERS_SHOW_WRITTEN_VERSION, true, NULL) == AKUA_OK);
  CHECK(akua_client_options_set_flag(options, AKUA_OPTION_CONTRACT_CONFLICTS_NAME_CURRENT_ETAG, false, NULL) == AKUA_OK);
  CHECK(akua_client_new(options, &client, NULL) == AKUA_OK);
  CHECK(akua_resource_get(client, NULL, AKUA_CLUSTER, s("clu_1"), &cluster, &error) == AKUA_REJECTED);
  akua_report_free(error);
  CHECK(akua_call_options_set_text(call, AKUA_OPTION_CONTEXT, s("ws_1"), NULL) == AKUA_OK);
  CHECK(akua_call_options_set_text(call, AKUA_OPTION_TRACEPARENT, s("nonsense"), NULL) == AKUA_INVALID_INPUT);
  CHECK(akua_call_options_set_text(call, AKUA_OPTION_TRACEPARENT, s("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"), NULL) ==
        AKUA_OK);
  CHECK(akua_call_options_set_number(call, AKUA_OPTION_PAGE_SIZE, 0, NULL) == AKUA_INVALID_INPUT);
  CHECK(akua_call_options_set_flag(call, AKUA_OPTION_OVERWRITE_UNSEEN, true, NULL) == AKUA_OK);
  CHECK(akua_call_options_set_number(call, AKUA_OPTION_MAX_ATTEMPTS, 2, NULL) == AKUA_OK);
  CHECK(akua_call_options_set_number(call, AKUA_OPTION_MAX_VERSIONS, 2, NULL) == AKUA_OK);
  CHECK(akua_call_options_set_number(call, AKUA_OPTION_SETTLE_RESERVE, 100, NULL) == AKUA_OK);
  CHECK(akua_call_options_set_number(call, AKUA_OPTION_BACKOFF, 10, NULL) == AKUA_OK);
  CHECK(akua_call_options_set_number(call, AKUA_OPTION_BACKOFF_LIMIT, 20, NULL) == AKUA_OK);
  CHECK(akua_call_options_set_text(call, AKUA_OPTION_CURSOR, s("x"), NULL) == AKUA_OK);
  CHECK(akua_resource_get(client, call, AKUA_CLUSTER, s("clu_1"), &cluster, NULL) == AKUA_OK);
  akua_resource_free(cluster);
  akua_call_options_free(call);
  akua_client_free(client);
  akua_client_options_free(options);
}

static void environment(const sim* it) {
  akua_client_options* options = akua_client_options_new();
  akua_client* client = NULL;
  setenv("AKUA_API_URL", it->url, 1);
  setenv("AKUA_API_TOKEN", it->token, 1);
  CHECK(akua_client_options_set_flag(options, AKUA_OPTION_USE_ENV, true, NULL) == AKUA_OK);
  CHECK(akua_client_new(options, &client, NULL) == AKUA_OK);
  akua_resource_free(cluster_of(client, "clu_1"));
  akua_client_free(client);
  akua_client_options_free(options);
}

int main(int count, char** arguments) {
  sim it;
  akua_client* client;
  if (count != 2) return 2;
  it = sim_start(arguments[1], 5);
  client = client_of(&it);
  versions();
  copies(client);
  sim_tell(&it, "{\"op\":\"reset\"}");
  reading(&it, client);
  listing(client);
  updating(&it, client);
  a16_every_status(&it, client);
  bad_input(&it, client);
  editing(&it, client);
  resolving(&it, client);
  stepwise(&it, client);
  waiting(&it, client);
  cancelling(&it, client);
  logging(client);
  setting(&it);
  a3_stored(&it, client);
  environment(&it);
  akua_client_free(client);
  sim_stop(&it);
  printf("%d checks\n", checks);
  return 0;
}
