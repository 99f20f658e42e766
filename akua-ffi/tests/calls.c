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
  akua_error* error = NULL;
  akua_client_options* options = akua_client_options_new();
  CHECK(options != NULL);
  CHECK(akua_client_options_set_base_url(options, s(it->url), NULL) == AKUA_OK);
  CHECK(akua_client_options_set_token(options, s(it->token), NULL) == AKUA_OK);
  CHECK(akua_client_options_set_user_agent_suffix(options, s("c-tests/1"), &error) == AKUA_OK && error == NULL);
  CHECK(akua_client_new(options, &client, &error) == AKUA_OK && client != NULL && error == NULL);
  akua_client_options_free(options);
  CHECK(is(akua_client_base_url(client), it->url));
  return client;
}

static akua_cluster* cluster_of(const akua_client* client, const char* id) {
  akua_cluster* cluster = NULL;
  CHECK(akua_cluster_get(client, NULL, s(id), &cluster, NULL) == AKUA_OK && cluster != NULL);
  return cluster;
}

static akua_cluster_patch* named(const char* name) {
  akua_cluster_patch* patch = akua_cluster_patch_new();
  CHECK(akua_cluster_patch_set_name(patch, s(name), NULL) == AKUA_OK);
  return patch;
}

static void copies(const akua_client* client) {
  akua_cluster_patch *patch = named("one"), *copy = akua_cluster_patch_clone(patch);
  akua_workspace_patch *other = akua_workspace_patch_clone(NULL), *fresh = akua_workspace_patch_new();
  akua_call_options *options = akua_call_options_new(), *same = akua_call_options_clone(options);
  akua_client_options *settings = akua_client_options_new(), *alike = akua_client_options_clone(settings);
  akua_cluster* cluster = NULL;

  CHECK(copy != NULL && other == NULL && same != NULL && alike != NULL);
  other = akua_workspace_patch_clone(fresh);
  CHECK(other != NULL && akua_cluster_patch_set_name(copy, s("two"), NULL) == AKUA_OK);
  CHECK(akua_cluster_update(client, same, s("clu_1"), s("42"), patch, &cluster, NULL) == AKUA_OK);
  CHECK(is(akua_cluster_name(cluster), "one"));
  akua_cluster_free(cluster);
  akua_cluster_patch_free(patch);
  akua_cluster_patch_free(copy);
  akua_workspace_patch_free(other);
  akua_workspace_patch_free(fresh);
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
  akua_cluster *cluster = cluster_of(client, "clu_1"), *copy;
  akua_workspace* workspace = NULL;
  akua_error* error = NULL;

  CHECK(is(akua_cluster_id(cluster), "clu_1"));
  CHECK(is(akua_cluster_etag(cluster), "42"));
  CHECK(is(akua_cluster_workspace_id(cluster), "ws_1"));
  CHECK(is(akua_cluster_state(cluster), "active"));
  CHECK(is(akua_cluster_provider(cluster), "managed_kaas"));
  CHECK(!akua_cluster_reconciling(cluster));
  CHECK(akua_cluster_created_at(cluster) > 0 && akua_cluster_updated_at(cluster) > 0);
  CHECK(has(akua_cluster_created_at_text(cluster), "Z") && has(akua_cluster_updated_at_text(cluster), "Z"));
  CHECK(has(akua_cluster_html_url(cluster), "http"));
  CHECK(has(akua_cluster_json(cluster), "\"etag\":\"42\""));
  copy = akua_cluster_clone(cluster);
  akua_cluster_free(cluster);
  CHECK(is(akua_cluster_id(copy), "clu_1") && akua_cluster_name(copy).len > 0);
  akua_cluster_free(copy);

  CHECK(akua_workspace_get(client, NULL, s("ws_1"), &workspace, &error) == AKUA_OK);
  CHECK(is(akua_workspace_id(workspace), "ws_1") && is(akua_workspace_etag(workspace), "8"));
  CHECK(akua_workspace_name(workspace).len > 0 && akua_workspace_slug(workspace).len > 0);
  CHECK(akua_workspace_plan_tier(workspace).len > 0);
  CHECK(is(akua_workspace_workspace_class(workspace), "standard"));
  CHECK(is(akua_workspace_plan_billed_by(workspace), "platform"));
  CHECK(akua_workspace_created_at(workspace) > 0 && akua_workspace_updated_at(workspace) > 0);
  CHECK(akua_workspace_created_at_text(workspace).len > 0 && akua_workspace_updated_at_text(workspace).len > 0);
  CHECK(has(akua_workspace_json(workspace), "\"plan\""));
  akua_workspace_free(workspace);

  CHECK(akua_cluster_get(client, NULL, s("clu_99"), &cluster, &error) == AKUA_NOT_FOUND && cluster == NULL);
  CHECK(akua_error_status(error) == AKUA_NOT_FOUND && akua_error_http_status(error) == 404);
  CHECK(has(akua_error_message(error), "GET /v1/clusters/clu_99") && akua_error_hint(error).len > 0);
  CHECK(akua_error_server_error_count(error) == 1);
  CHECK(is(akua_error_server_error_code(error, 0), "7002"));
  CHECK(akua_error_server_error_message(error, 0).len > 0 && none(akua_error_server_error_message(error, 1)));
  CHECK(akua_error_server_error_path_count(error, 0) == 0 && none(akua_error_server_error_path(error, 0, 0)));
  CHECK(akua_error_request_id(error).len > 0 && akua_error_requests(error) == 1);
  CHECK(!akua_error_may_have_taken_effect(error) && !akua_error_may_still_land(error));
  CHECK(is(akua_error_effect(error), "not_applied") && akua_error_retry_after_ms(error) == -1);
  CHECK(none(akua_error_outcome(error)) && none(akua_error_resume_token(error)));
  CHECK(akua_error_cluster(error) == NULL && akua_error_workspace(error) == NULL);
  akua_error_free(error);
  (void)it;
}

static void listing(const akua_client* client) {
  akua_call_options* options = akua_call_options_new();
  akua_cluster_list* clusters = NULL;
  akua_workspace_list* workspaces = NULL;
  akua_cluster* cluster = NULL;
  akua_workspace* workspace = NULL;
  int seen = 0;

  CHECK(akua_call_options_set_page_items(options, 2, NULL) == AKUA_OK);
  CHECK(akua_cluster_list_new(client, options, &clusters, NULL) == AKUA_OK);
  while (akua_cluster_list_next(clusters, &cluster, NULL) == AKUA_OK && cluster != NULL) {
    char id[16];
    snprintf(id, sizeof id, "clu_%d", ++seen);
    CHECK(is(akua_cluster_id(cluster), id));
    akua_cluster_free(cluster);
  }
  CHECK(seen == 5 && cluster == NULL);
  akua_cluster_list_free(clusters);
  CHECK(akua_workspace_list_new(client, NULL, &workspaces, NULL) == AKUA_OK);
  CHECK(akua_workspace_list_next(workspaces, &workspace, NULL) == AKUA_OK && workspace != NULL);
  akua_workspace_free(workspace);
  akua_workspace_list_free(workspaces);
  akua_call_options_free(options);
}

static void updating(const sim* it, const akua_client* client) {
  akua_cluster* cluster = NULL;
  akua_workspace* workspace = NULL;
  akua_error* error = NULL;
  akua_cluster_patch* patch = named("first");
  akua_workspace_patch* slug = akua_workspace_patch_new();

  CHECK(akua_cluster_update(client, NULL, s("clu_1"), s("42"), patch, &cluster, NULL) == AKUA_OK);
  CHECK(is(akua_cluster_name(cluster), "first") && is(akua_cluster_etag(cluster), "43"));
  akua_cluster_free(cluster);

  CHECK(akua_cluster_update(client, NULL, s("clu_1"), s("42"), patch, &cluster, &error) == AKUA_CONFLICT);
  CHECK(cluster == NULL && is(akua_error_current_etag(error), "43") && !akua_error_may_have_taken_effect(error));
  CHECK(akua_error_server_error_metadata_count(error, 0) == 1);
  CHECK(is(akua_error_server_error_metadata_name(error, 0, 0), "current_etag"));
  CHECK(is(akua_error_server_error_metadata_value(error, 0, 0), "43"));
  CHECK(none(akua_error_server_error_metadata_value(error, 0, 1)) &&
        akua_error_server_error_metadata_count(error, 7) == 0);
  akua_error_free(error);

  CHECK(akua_cluster_update_with_key(client, NULL, s("clu_1"), s("43"), patch, s("key-1"), &cluster, NULL) == AKUA_OK);
  akua_cluster_free(cluster);
  CHECK(akua_cluster_update_with_key(client, NULL, s("clu_1"), s("43"), patch, s("key-1"), &cluster, NULL) == AKUA_OK);
  CHECK(is(akua_cluster_etag(cluster), "44"));
  akua_cluster_free(cluster);

  sim_tell(it,
           "{\"op\":\"inject\",\"fault\":{\"match\":{\"method\":\"PATCH\"},"
           "\"delivery\":{\"send\":\"nothing\",\"end\":\"reset\"}}}");
  CHECK(akua_cluster_update(client, NULL, s("clu_1"), s("44"), patch, &cluster, &error) == AKUA_TRANSPORT);
  CHECK(akua_error_may_have_taken_effect(error) && akua_error_may_still_land(error));
  CHECK(is(akua_error_effect(error), "unknown") && akua_error_http_status(error) == 0);
  akua_error_free(error);

  sim_tell(it, "{\"op\":\"inject\",\"fault\":{\"match\":{\"method\":\"PATCH\"},\"answer\":{\"remove\":[\"name\"]}}}");
  CHECK(akua_cluster_update(client, NULL, s("clu_1"), s("45"), patch, &cluster, &error) == AKUA_DECODE);
  CHECK(akua_error_may_have_taken_effect(error) && is(akua_error_new_etag(error), "46"));
  CHECK(akua_error_problem_count(error) == 1 && is(akua_error_problem_field(error, 0), "name"));
  CHECK(akua_error_problem_message(error, 0).len > 0);
  akua_error_free(error);

  CHECK(akua_workspace_patch_set_slug(slug, s("team-blue"), NULL) == AKUA_OK);
  CHECK(akua_workspace_patch_set_name(slug, s("Team Blue"), NULL) == AKUA_OK);
  CHECK(akua_workspace_update(client, NULL, s("ws_1"), s("8"), slug, &workspace, NULL) == AKUA_OK);
  CHECK(is(akua_workspace_slug(workspace), "team-blue") && is(akua_workspace_name(workspace), "Team Blue"));
  akua_workspace_free(workspace);
  akua_workspace_patch_free(slug);
  akua_cluster_patch_free(patch);
}

/* Whatever a server or a proxy answers a write with: a status that says that nothing took effect says no more than the
 * error does. */
static void a16_every_status(const sim* it, const akua_client* client) {
  static const int sure[] = {400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428, 429, 431};
  int status;
  akua_cluster_patch* patch = named("whatever");
  for (status = 201; status <= 599; ++status) {
    char command[160];
    size_t at;
    bool certain = false;
    akua_cluster* cluster = NULL;
    akua_error* error = NULL;
    akua_status ended;
    for (at = 0; at < sizeof sure / sizeof *sure; ++at) certain = certain || sure[at] == status;
    snprintf(command, sizeof command,
             "{\"op\":\"inject\",\"fault\":{\"match\":{\"method\":\"PATCH\"},\"carried_out\":\"no\",\"answer\":{\"status\":%d}}}",
             status);
    sim_tell(it, command);
    ended = akua_cluster_update(client, NULL, s("clu_2"), s("42"), patch, &cluster, &error);
    CHECK(ended != AKUA_OK && cluster == NULL && akua_error_http_status(error) == status);
    CHECK(akua_error_may_have_taken_effect(error) == !certain && akua_error_may_still_land(error) == !certain);
    CHECK(is(akua_error_effect(error), certain ? "not_applied" : "unknown"));
    CHECK(has(akua_error_message(error), certain ? "changed nothing" : "may have taken effect"));
    CHECK(certain || (ended != AKUA_REJECTED && ended != AKUA_CONFLICT));
    akua_error_free(error);
  }
  akua_cluster_patch_free(patch);
  sim_tell(it, "{\"op\":\"clear\"}");
}

static void bad_input(const sim* it, const akua_client* client) {
  char *before, *after;
  akua_cluster* cluster = NULL;
  akua_error* error = NULL;
  akua_cluster_patch *empty = akua_cluster_patch_new(), *patch = named("");
  const char* wrong_text = "\xff";

  sim_tell(it, "{\"op\":\"clear_log\"}");
  before = sim_control(it, "{\"op\":\"log\"}");
  CHECK(akua_cluster_update(client, NULL, s("clu_1"), s("1"), empty, &cluster, &error) == AKUA_INVALID_INPUT);
  CHECK(has(akua_error_message(error), "sets no field") && is(akua_error_effect(error), "not_sent"));
  akua_error_free(error);
  CHECK(akua_cluster_update(client, NULL, s("clu_1"), s("1"), patch, &cluster, &error) == AKUA_INVALID_INPUT);
  CHECK(akua_error_problem_count(error) == 1 && is(akua_error_problem_field(error, 0), "name"));
  akua_error_free(error);
  CHECK(akua_cluster_update(client, NULL, s("clu_1"), s("*"), patch, &cluster, &error) == AKUA_INVALID_INPUT);
  CHECK(is(akua_error_problem_field(error, 0), "if-match"));
  akua_error_free(error);
  CHECK(akua_cluster_get(client, NULL, s("../x"), &cluster, NULL) == AKUA_INVALID_INPUT);
  CHECK(akua_cluster_get(client, NULL, s(""), &cluster, NULL) == AKUA_INVALID_INPUT);
  CHECK(akua_cluster_get(client, NULL, s(NULL), &cluster, &error) == AKUA_MISUSE);
  CHECK(is(akua_error_problem_field(error, 0), "id") && has(akua_error_message(error), "NULL"));
  akua_error_free(error);
  CHECK(akua_cluster_get(client, NULL, s(wrong_text), &cluster, &error) == AKUA_MISUSE);
  CHECK(has(akua_error_message(error), "UTF-8"));
  akua_error_free(error);
  CHECK(akua_cluster_patch_set_kubeconfig(patch, s(""), NULL) == AKUA_INVALID_INPUT);
  after = sim_control(it, "{\"op\":\"log\"}");
  CHECK(strcmp(before, after) == 0);
  free(before);
  free(after);
  akua_cluster_patch_free(empty);
  akua_cluster_patch_free(patch);
}

static void editing(const sim* it, const akua_client* client) {
  akua_cluster *seen = cluster_of(client, "clu_2"), *settled = NULL;
  akua_cluster_patch* patch = named("edited");
  akua_cluster_edited* edited = NULL;
  akua_workspace_edited* other = NULL;
  akua_workspace_patch* theirs = akua_workspace_patch_new();
  akua_error* error = NULL;
  akua_call_options* options = akua_call_options_new();

  CHECK(akua_cluster_edit_run(client, NULL, seen, patch, &edited, &error) == AKUA_OK && error == NULL);
  CHECK(is(akua_cluster_edited_outcome(edited), "applied") && is(akua_cluster_edited_proof(edited), "acknowledged"));
  CHECK(is(akua_cluster_edited_etag(edited), "1043") && akua_cluster_edited_requests(edited) == 1);
  CHECK(is(akua_cluster_name(akua_cluster_edited_cluster(edited)), "edited"));
  CHECK(has(akua_cluster_edited_explain(edited), "the server has applied it"));
  CHECK(akua_cluster_edited_wait_settled(client, NULL, edited, &settled, NULL) == AKUA_OK);
  CHECK(is(akua_cluster_name(settled), "edited"));
  akua_cluster_free(settled);
  akua_cluster_edited_free(edited);

  CHECK(akua_cluster_edit_run_by_id(client, NULL, s("clu_2"), patch, &edited, NULL) == AKUA_OK);
  CHECK(is(akua_cluster_edited_outcome(edited), "unchanged") && none(akua_cluster_edited_proof(edited)));
  CHECK(akua_cluster_edited_wait_settled(client, NULL, edited, &settled, NULL) == AKUA_OK);
  akua_cluster_free(settled);
  akua_cluster_edited_free(edited);

  sim_tell(it, "{\"op\":\"inject\",\"fault\":{\"match\":{\"method\":\"PATCH\"},\"answer\":{\"remove\":[\"state\"]}}}");
  akua_cluster_patch_set_name(patch, s("edited"), NULL);
  akua_cluster_patch_set_provider(patch, s("imported_byoc"), NULL);
  CHECK(akua_cluster_edit_run_by_id(client, NULL, s("clu_2"), patch, &edited, NULL) == AKUA_OK);
  CHECK(akua_cluster_edited_cluster(edited) == NULL && is(akua_cluster_edited_etag(edited), "1044"));
  CHECK(is(akua_error_problem_field(akua_cluster_edited_unreadable(edited), 0), "state"));
  CHECK(is(akua_error_new_etag(akua_cluster_edited_unreadable(edited)), "1044"));
  akua_cluster_edited_free(edited);
  akua_cluster_patch_free(patch);
  patch = akua_cluster_patch_new();

  /* `seen` has the first etag, and its name has been changed since. */
  akua_cluster_patch_set_name(patch, s("again"), NULL);
  CHECK(akua_cluster_edit_run(client, NULL, seen, patch, &edited, &error) == AKUA_CONFLICT && edited == NULL);
  CHECK(is(akua_error_outcome(error), "not_applied") && akua_error_field_count(error) == 1);
  CHECK(is(akua_error_field_name(error, 0), "name") && is(akua_error_field_base(error, 0), "cluster 2"));
  CHECK(is(akua_error_field_ours(error, 0), "again") && is(akua_error_field_theirs(error, 0), "edited"));
  CHECK(is(akua_error_field_state(error, 0), "conflicting") && none(akua_error_field_name(error, 1)));
  CHECK(has(akua_error_explain(error), "somebody else") && akua_error_requests(error) == 2);
  /* To force ours: an edit of the version that the error lends. */
  CHECK(akua_cluster_edit_run(client, NULL, akua_error_cluster(error), patch, &edited, NULL) == AKUA_OK);
  akua_cluster_edited_free(edited);
  /* What is lent belongs to the error; freeing it is a mistake that changes nothing. */
  akua_cluster_free((akua_cluster*)akua_error_cluster(error));
  CHECK(is(akua_cluster_name(akua_error_cluster(error)), "edited"));
  akua_error_free(error);

  CHECK(akua_call_options_set_on_conflict(options, AKUA_ON_CONFLICT_FAIL, NULL) == AKUA_OK);
  CHECK(akua_call_options_set_on_conflict(options, 3, &error) == AKUA_INVALID_INPUT);
  akua_error_free(error);
  sim_tell(it,
           "{\"op\":\"inject\",\"fault\":{\"match\":{\"method\":\"PATCH\"},\"times\":\"forever\","
           "\"delivery\":{\"send\":\"nothing\",\"end\":\"reset\"}}}");
  CHECK(akua_call_options_set_timeout_ms(options, 1000, NULL) == AKUA_OK);
  CHECK(akua_workspace_patch_set_name(theirs, s("may be"), NULL) == AKUA_OK);
  CHECK(akua_workspace_edit_run_by_id(client, options, s("ws_1"), theirs, &other, &error) == AKUA_OK ||
        akua_error_status(error) == AKUA_INDETERMINATE);
  akua_error_free(error);
  akua_workspace_edited_free(other);
  sim_tell(it, "{\"op\":\"clear\"}");
  akua_workspace_patch_free(theirs);
  akua_call_options_free(options);
  akua_cluster_patch_free(patch);
  akua_cluster_free(seen);
}

/* A write whose answer is lost and that nobody can repeat: the token settles it later. */
/* Whatever keeps a call from settling a token's write, nothing better is said of that write than was known before. */
static void a7_unsettled(const sim* it, const akua_client* client, const char* token) {
  akua_call_options* options = akua_call_options_new();
  akua_client* other = client_of(it);
  akua_cluster_edited* edited = NULL;
  akua_workspace_edited* workspace = NULL;
  akua_cancel* cancel = akua_cancel_new();
  akua_error* error = NULL;
  akua_str kind;
  char damaged[4096];
  size_t number;

  snprintf(damaged, sizeof damaged, "%.60s", token);
  CHECK(akua_call_options_set_context(options, s("ws_9"), NULL) == AKUA_OK);
  akua_cancel_trigger(cancel);
  for (number = 0; number < 12; ++number) {
    const int finish = AKUA_RESUME_FINISH;
    const akua_str none = s(NULL);
    akua_status status = AKUA_OK, wanted = AKUA_INVALID_INPUT;
    akua_call_options* own = akua_call_options_new();
    switch (number) {
      case 0: status = akua_cluster_resolve(client, options, s(token), finish, none, &edited, &error); break;
      case 1: status = akua_cluster_resolve(client, NULL, s(damaged), finish, none, &edited, &error); break;
      case 2: status = akua_cluster_resolve(client, NULL, s(""), finish, none, &edited, &error); break;
      case 3: status = akua_cluster_resolve(client, NULL, s(token), 9, none, &edited, &error); break;
      case 4: status = akua_cluster_resolve(client, NULL, s(token), finish, s(""), &edited, &error); break;
      case 5: status = akua_workspace_resolve(client, NULL, s(token), finish, &workspace, &error); break;
      case 6: status = akua_resume_token_kind(s(damaged), &kind, &error); break;
      case 7:
        wanted = AKUA_MISUSE;
        status = akua_cluster_resolve(NULL, NULL, s(token), finish, none, &edited, &error);
        break;
      case 8:
        wanted = AKUA_MISUSE;
        status = akua_cluster_resolve(client, NULL, none, finish, none, &edited, &error);
        break;
      case 9:
        wanted = AKUA_MISUSE;
        status = akua_cluster_resolve(client, NULL, s(token), finish, none, NULL, &error);
        break;
      case 10:
        wanted = AKUA_INDETERMINATE;
        CHECK(akua_call_options_set_cancel(own, cancel, NULL) == AKUA_OK);
        status = akua_cluster_resolve(client, own, s(token), finish, none, &edited, &error);
        break;
      default:
        wanted = AKUA_INDETERMINATE;
        CHECK(akua_call_options_set_timeout_ms(own, 1, NULL) == AKUA_OK);
        sim_tell(it, "{\"op\":\"inject\",\"fault\":{\"delivery\":{\"send\":\"nothing\",\"end\":\"stall\"}}}");
        status = akua_cluster_resolve(client, own, s(token), AKUA_RESUME_LOOK, none, &edited, &error);
        sim_tell(it, "{\"op\":\"clear\"}");
        sim_tell(it, "{\"op\":\"release\"}");
    }
    if (status != wanted) fprintf(stderr, "case %d: %d\n", (int)number, (int)status);
    CHECK(status == wanted && edited == NULL && workspace == NULL);
    CHECK(akua_error_may_have_taken_effect(error) && akua_error_may_still_land(error));
    CHECK(is(akua_error_effect(error), "unknown"));
    if (wanted != AKUA_INDETERMINATE) {
      CHECK(has(akua_error_message(error), "it may have taken effect, and it may still"));
      CHECK(has(akua_error_hint(error), "keep the resume token"));
    } else {
      CHECK(is(akua_error_resume_token(error), token));
    }
    akua_error_free(error);
    akua_call_options_free(own);
  }
  akua_client_free(other);
  akua_cancel_free(cancel);
  akua_call_options_free(options);
}

static void resolving(const sim* it, const akua_client* client) {
  akua_cluster_patch* patch = akua_cluster_patch_new();
  akua_cluster_edited* edited = NULL;
  akua_error* error = NULL;
  akua_str kind;
  char token[4096];

  CHECK(akua_cluster_patch_set_region_id(patch, s("eu-north-1"), NULL) == AKUA_OK);
  sim_tell(it,
           "{\"op\":\"inject\",\"fault\":{\"match\":{\"method\":\"PATCH\"},"
           "\"delivery\":{\"send\":\"nothing\",\"end\":\"reset\"}}}");
  CHECK(akua_cluster_edit_run_by_id(client, NULL, s("clu_3"), patch, &edited, &error) == AKUA_INDETERMINATE);
  CHECK(is(akua_error_outcome(error), "indeterminate") && is(akua_error_cause(error), "answer_lost"));
  CHECK(akua_error_may_have_taken_effect(error) && akua_error_may_still_land(error));
  CHECK(is(akua_error_field_state(error, 0), "unseen") || none(akua_error_field_state(error, 0)));
  CHECK(none(akua_error_field_theirs(error, 0)) && akua_error_detail(error).len > 0);
  snprintf(token, sizeof token, "%s", akua_error_resume_token(error).data);
  akua_error_free(error);
  CHECK(akua_resume_token_kind(s(token), &kind, NULL) == AKUA_OK && is(kind, "cluster"));
  CHECK(akua_resume_token_kind(s("nonsense"), &kind, &error) == AKUA_INVALID_INPUT && none(kind));
  akua_error_free(error);
  CHECK(akua_cluster_resolve(client, NULL, s(token), 9, s(NULL), &edited, NULL) == AKUA_INVALID_INPUT);
  a7_unsettled(it, client, token);
  CHECK(akua_cluster_resolve(client, NULL, s(token), AKUA_RESUME_LOOK, s(NULL), &edited, &error) == AKUA_INDETERMINATE);
  akua_error_free(error);
  akua_cluster_patch_free(patch);
}

/* Counts up from whatever is there, with another writer in between: the stepwise form, as a loop. */
static void stepwise(const sim* it, const akua_client* client) {
  akua_cluster_edit* edit = NULL;
  akua_cluster_edited* edited = NULL;
  akua_cluster_patch* patch = akua_cluster_patch_new();
  akua_error* error = NULL;
  int32_t progress = 0;
  int asked = 0, ready = 0;

  CHECK(akua_cluster_edit_new_by_id(client, NULL, s("clu_4"), NULL, &edit, NULL) == AKUA_OK);
  CHECK(akua_cluster_edit_current(edit) == NULL && none(akua_cluster_edit_resume_token(edit)));
  CHECK(akua_cluster_edit_submit(edit, NULL, NULL) == AKUA_MISUSE);
  while (progress != AKUA_EDIT_DONE) {
    CHECK(akua_cluster_edit_next(edit, &progress, &edited, &error) == AKUA_OK);
    if (progress == AKUA_EDIT_NEEDS_PATCH) {
      char name[200];
      CHECK(akua_cluster_edit_next(edit, &progress, &edited, NULL) == AKUA_MISUSE);
      snprintf(name, sizeof name, "%s+", akua_cluster_name(akua_cluster_edit_current(edit)).data);
      CHECK(akua_cluster_patch_set_name(patch, s(name), NULL) == AKUA_OK);
      if (asked++ == 0) {
        sim_tell(it, "{\"op\":\"write\",\"kind\":\"cluster\",\"id\":\"clu_4\",\"set\":{\"name\":\"theirs\"}}");
      }
      CHECK(akua_cluster_edit_submit(edit, patch, NULL) == AKUA_OK);
      CHECK(akua_cluster_edit_current(edit) == NULL);
    } else if (progress == AKUA_EDIT_READY) {
      CHECK(has(akua_cluster_edit_resume_token(edit), "akua-resume-1."));
      ++ready;
    }
  }
  CHECK(asked == 2 && ready == 2 && is(akua_cluster_name(akua_cluster_edited_cluster(edited)), "theirs+"));
  akua_cluster_edited_free(edited);
  CHECK(akua_cluster_edit_next(edit, &progress, &edited, NULL) == AKUA_OK && progress == AKUA_EDIT_DONE);
  akua_cluster_edited_free(edited);
  akua_cluster_edit_free(edit);

  CHECK(akua_cluster_edit_new_by_id(client, NULL, s("clu_4"), patch, &edit, NULL) == AKUA_OK);
  akua_cluster_patch_set_name(patch, s("declined"), NULL);
  akua_cluster_edit_free(edit);
  CHECK(akua_cluster_edit_new_by_id(client, NULL, s("clu_4"), patch, &edit, NULL) == AKUA_OK);
  CHECK(akua_cluster_edit_next(edit, &progress, &edited, NULL) == AKUA_OK && progress == AKUA_EDIT_READY);
  CHECK(akua_cluster_edit_decline(edit, s("the disk is full"), NULL) == AKUA_OK);
  CHECK(akua_cluster_edit_next(edit, &progress, &edited, &error) == AKUA_NOT_SENT && edited == NULL);
  CHECK(is(akua_error_cause(error), "declined") && has(akua_error_detail(error), "the disk is full"));
  akua_error_free(error);
  akua_cluster_edit_free(edit);

  CHECK(akua_cluster_edit_new_by_id(client, NULL, s("clu_4"), NULL, &edit, NULL) == AKUA_OK);
  CHECK(akua_cluster_edit_next(edit, &progress, &edited, NULL) == AKUA_OK && progress == AKUA_EDIT_NEEDS_PATCH);
  CHECK(akua_cluster_edit_fail(edit, s("no idea"), NULL) == AKUA_OK);
  CHECK(akua_cluster_edit_next(edit, &progress, &edited, &error) == AKUA_NOT_SENT);
  CHECK(is(akua_error_cause(error), "no_patch") && has(akua_error_message(error), "no idea"));
  akua_error_free(error);
  akua_cluster_edit_free(edit);
  akua_cluster_patch_free(patch);
}

/* A 200 is read: what the server has stored otherwise than it was wanted is told, and nothing stored is no success. */
static void a3_stored(const sim* it, const akua_client* client) {
  static const struct {
    const char *stores, *field, *result, *theirs;
  } cases[] = {{"trimmed", "name", "adjusted", "ours"}, {"some", "provider", "not_taken", "managed_kaas"}};
  akua_cluster_patch* patch = named(" ours ");
  akua_workspace_patch* blue = akua_workspace_patch_new();
  akua_cluster_edited* edited = NULL;
  akua_workspace_edited* workspace = NULL;
  akua_error* error = NULL;
  char command[160];
  size_t at;

  CHECK(akua_cluster_patch_set_provider(patch, s("imported_byoc"), NULL) == AKUA_OK);
  for (at = 0; at < 2; ++at) {
    sim_tell(it, "{\"op\":\"reset\"}");
    snprintf(command, sizeof command,
             "{\"op\":\"inject\",\"fault\":{\"match\":{\"method\":\"PATCH\"},\"stores\":\"%s\"}}", cases[at].stores);
    sim_tell(it, command);
    CHECK(akua_cluster_edit_run_by_id(client, NULL, s("clu_1"), patch, &edited, &error) == AKUA_OK);
    CHECK(is(akua_cluster_edited_outcome(edited), "applied") && akua_cluster_edited_field_count(edited) == 1);
    CHECK(is(akua_cluster_edited_field_name(edited, 0), cases[at].field));
    CHECK(is(akua_cluster_edited_field_result(edited, 0), cases[at].result));
    CHECK(is(akua_cluster_edited_field_theirs(edited, 0), cases[at].theirs));
    CHECK(akua_cluster_edited_field_base(edited, 0).len > 0 && akua_cluster_edited_field_ours(edited, 0).len > 0);
    CHECK(none(akua_cluster_edited_field_name(edited, 1)) && none(akua_cluster_edited_field_result(edited, 1)));
    CHECK(has(akua_cluster_edited_explain(edited), cases[at].field));
    akua_cluster_edited_free(edited);
  }
  sim_tell(it, "{\"op\":\"reset\"}");
  CHECK(akua_cluster_edit_run_by_id(client, NULL, s("clu_1"), patch, &edited, &error) == AKUA_OK);
  CHECK(akua_cluster_edited_field_count(edited) == 0 && akua_cluster_edited_field_count(NULL) == 0);
  akua_cluster_edited_free(edited);

  sim_tell(it, "{\"op\":\"reset\"}");
  sim_tell(it, "{\"op\":\"contract\",\"set\":{\"stores\":\"none\"}}");
  CHECK(akua_cluster_edit_run_by_id(client, NULL, s("clu_1"), patch, &edited, &error) == AKUA_IGNORED && edited == NULL);
  CHECK(is(akua_error_outcome(error), "not_applied") && is(akua_error_effect(error), "not_applied"));
  CHECK(!akua_error_may_have_taken_effect(error) && !akua_error_may_still_land(error));
  CHECK(akua_error_http_status(error) == 200 && is(akua_error_current_etag(error), "42"));
  CHECK(akua_error_field_count(error) == 2 && is(akua_error_field_name(error, 0), "name"));
  CHECK(is(akua_cluster_etag(akua_error_cluster(error)), "42") && has(akua_error_message(error), "changed nothing"));
  CHECK(is(akua_status_name(AKUA_IGNORED), "ignored"));
  akua_error_free(error);
  CHECK(akua_workspace_patch_set_name(blue, s("Blue"), NULL) == AKUA_OK);
  CHECK(akua_workspace_edit_run_by_id(client, NULL, s("ws_1"), blue, &workspace, &error) == AKUA_IGNORED);
  CHECK(workspace == NULL && akua_error_workspace(error) != NULL && akua_workspace_edited_field_count(workspace) == 0);
  akua_error_free(error);
  sim_tell(it, "{\"op\":\"reset\"}");
  sim_tell(it, "{\"op\":\"contract\",\"set\":{\"stores\":\"lowercased\"}}");
  CHECK(akua_workspace_edit_run_by_id(client, NULL, s("ws_1"), blue, &workspace, &error) == AKUA_OK);
  CHECK(akua_workspace_edited_field_count(workspace) == 1 && is(akua_workspace_edited_field_result(workspace, 0), "adjusted"));
  CHECK(is(akua_workspace_edited_field_name(workspace, 0), "name") && is(akua_workspace_edited_field_ours(workspace, 0), "Blue"));
  CHECK(is(akua_workspace_edited_field_theirs(workspace, 0), "blue") && akua_workspace_edited_field_base(workspace, 0).len > 0);
  CHECK(is(akua_workspace_edited_field_state(workspace, 0), "conflicting"));
  akua_workspace_edited_free(workspace);
  akua_workspace_patch_free(blue);
  akua_cluster_patch_free(patch);
  sim_tell(it, "{\"op\":\"contract\",\"set\":{\"stores\":\"as_sent\"}}");
  sim_tell(it, "{\"op\":\"reset\"}");
}

static void waiting(const sim* it, const akua_client* client) {
  akua_client_options* settings = akua_client_options_new();
  akua_client* strict = NULL;
  akua_call_options* options = akua_call_options_new();
  akua_cluster* cluster = NULL;
  akua_cluster_patch *patch = akua_cluster_patch_new(), *holding = named("somebody's");
  akua_error* error = NULL;

  sim_tell(it, "{\"op\":\"contract\",\"set\":{\"reconcile_ms\":null}}");
  akua_call_options_set_timeout_ms(options, 300, NULL);
  CHECK(akua_cluster_patch_set_region_id(patch, s("eu-2"), NULL) == AKUA_OK);
  CHECK(akua_cluster_update(client, NULL, s("clu_5"), s("4042"), patch, &cluster, NULL) == AKUA_OK);
  CHECK(akua_cluster_reconciling(cluster));
  akua_cluster_free(cluster);
  CHECK(akua_cluster_wait_settled(client, options, s("clu_5"), s("4042"), patch, &cluster, &error) == AKUA_TIMEOUT);
  CHECK(is(akua_error_outcome(error), "deadline_passed") && akua_cluster_reconciling(akua_error_cluster(error)));
  akua_error_free(error);
  /* A read may be stale: a version without these values need not be a later one. Where none is stale, it is. */
  CHECK(akua_cluster_wait_settled(client, options, s("clu_5"), s(NULL), holding, &cluster, &error) == AKUA_TIMEOUT);
  CHECK(is(akua_error_outcome(error), "deadline_passed") && akua_error_cluster(error) != NULL);
  CHECK(has(akua_error_message(error), "whether it is newer than ours is not known"));
  akua_error_free(error);
  CHECK(akua_client_options_set_base_url(settings, s(it->url), NULL) == AKUA_OK);
  CHECK(akua_client_options_set_token(settings, s(it->token), NULL) == AKUA_OK);
  CHECK(akua_client_options_set_contract_reads_linearizable(settings, true, NULL) == AKUA_OK);
  CHECK(akua_client_new(settings, &strict, NULL) == AKUA_OK);
  CHECK(akua_cluster_wait_settled(strict, options, s("clu_5"), s(NULL), holding, &cluster, &error) == AKUA_SUPERSEDED);
  akua_error_free(error);
  akua_client_free(strict);
  akua_client_options_free(settings);
  sim_tell(it, "{\"op\":\"settle\",\"id\":\"clu_5\"}");
  CHECK(akua_cluster_wait_settled(client, NULL, s("clu_5"), s("4042"), NULL, &cluster, NULL) == AKUA_OK);
  CHECK(!akua_cluster_reconciling(cluster));
  akua_cluster_free(cluster);
  CHECK(akua_cluster_wait_settled(client, NULL, s("clu_9"), s(NULL), NULL, &cluster, &error) == AKUA_NOT_FOUND);
  CHECK(is(akua_error_outcome(error), "gone") && akua_error_cluster(error) == NULL);
  akua_error_free(error);
  akua_cluster_patch_free(patch);
  akua_cluster_patch_free(holding);
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
  akua_cluster_patch* patch = named("cancelled");
  akua_cluster_edited* edited = NULL;
  akua_cluster* cluster = NULL;
  akua_error* error = NULL;
  pthread_t thread;

  CHECK(akua_call_options_set_cancel(options, cancel, NULL) == AKUA_OK && !akua_cancel_is_triggered(cancel));
  sim_tell(
      it,
      "{\"op\":\"inject\",\"fault\":{\"times\":\"forever\",\"delivery\":{\"send\":\"nothing\",\"end\":\"stall\"}}}");
  CHECK(pthread_create(&thread, NULL, trigger, cancel) == 0);
  CHECK(akua_cluster_get(client, options, s("clu_1"), &cluster, &error) == AKUA_CANCELLED);
  pthread_join(thread, NULL);
  akua_error_free(error);
  CHECK(akua_cancel_is_triggered(cancel));
  CHECK(akua_cluster_edit_run_by_id(client, options, s("clu_1"), patch, &edited, &error) == AKUA_NOT_SENT);
  CHECK(is(akua_error_cause(error), "cancelled"));
  akua_error_free(error);
  sim_tell(it, "{\"op\":\"clear\"}");
  sim_tell(it, "{\"op\":\"release\"}");
  akua_cluster_patch_free(patch);
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
  akua_cluster_free(cluster_of(client, "clu_1"));
  CHECK(told == 1);
  CHECK(akua_log_set_sink(NULL, NULL, NULL) == AKUA_OK);
  akua_cluster_free(cluster_of(client, "clu_1"));
  CHECK(told == 1);
}

static void setting(const sim* it) {
  akua_client_options* options = akua_client_options_new();
  akua_client* client = NULL;
  akua_error* error = NULL;
  akua_call_options* call = akua_call_options_new();
  akua_cluster* cluster = NULL;

  CHECK(akua_client_new(options, &client, &error) == AKUA_CONFIGURATION && client == NULL);
  CHECK(has(akua_error_message(error), "there is no token"));
  akua_error_free(error);
  CHECK(akua_client_options_set_token(options, s("two words"), NULL) == AKUA_OK);
  CHECK(akua_client_new(options, &client, &error) == AKUA_CONFIGURATION &&
        !has(akua_error_message(error), "two words"));
  akua_error_free(error);
  CHECK(akua_client_options_set_token(options, s(it->broad_token), NULL) == AKUA_OK);
  CHECK(akua_client_options_set_base_url(options, s("http://example.com"), NULL) == AKUA_OK);
  CHECK(akua_client_new(options, &client, NULL) == AKUA_CONFIGURATION);
  CHECK(akua_client_options_set_allow_insecure_http(options, true, NULL) == AKUA_OK);
  CHECK(akua_client_new(options, &client, NULL) == AKUA_OK);
  akua_client_free(client);
  CHECK(akua_client_options_set_base_url(options, s(it->url), NULL) == AKUA_OK);
  CHECK(akua_client_options_set_no_proxy(options, NULL) == AKUA_OK);
  CHECK(akua_client_options_set_proxy(options, s("socks5://x"), &error) == AKUA_CONFIGURATION);
  akua_error_free(error);
  CHECK(akua_client_options_add_root_certificates(options, s("no pem"), NULL) == AKUA_OK);
  CHECK(akua_client_new(options, &client, NULL) == AKUA_CONFIGURATION);
  akua_client_options_free(options);

  options = akua_client_options_new();
  CHECK(akua_client_options_set_token(options, s(it->broad_token), NULL) == AKUA_OK);
  CHECK(akua_client_options_set_base_url(options, s(it->url), NULL) == AKUA_OK);
  CHECK(akua_client_options_set_timeout_ms(options, 5000, NULL) == AKUA_OK);
  CHECK(akua_client_options_set_connect_timeout_ms(options, 1000, NULL) == AKUA_OK);
  CHECK(akua_client_options_set_read_timeout_ms(options, 1000, NULL) == AKUA_OK);
  CHECK(akua_client_options_set_max_response_bytes(options, 1 << 20, NULL) == AKUA_OK);
  CHECK(akua_client_options_set_read_attempts(options, 1, NULL) == AKUA_OK);
  CHECK(akua_client_options_set_read_backoff_ms(options, 10, 20, NULL) == AKUA_OK);
  CHECK(akua_client_options_set_retry_budget(options, 3, NULL) == AKUA_OK);
  CHECK(akua_client_options_set_contract_etag_never_repeats(options, true, NULL) == AKUA_OK);
  CHECK(akua_client_options_set_contract_key_checked_before_if_match(options, true, NULL) == AKUA_OK);
  CHECK(akua_client_options_set_contract_key_retention_ms(options, 3600000, NULL) == AKUA_OK);
  CHECK(akua_client_options_set_contract_stores_rejections_per_key(options, false, NULL) == AKUA_OK);
  CHECK(akua_client_options_set_contract_reads_linearizable(options, true, NULL) == AKUA_OK);
  CHECK(akua_client_options_set_contract_etag_covers_write_only(options, true, NULL) == AKUA_OK);
  CHECK(akua_client_options_set_contract_hidden_retries(options, false, NULL) == AKUA_OK);
  CHECK(akua_client_options_set_contract_clock_skew_ms(options, 2500, NULL) == AKUA_OK);
  CHECK(akua_client_options_set_contract_answers_show_written_version(options, true, NULL) == AKUA_OK);
  CHECK(akua_client_options_set_contract_conflicts_name_current_etag(options, false, NULL) == AKUA_OK);
  CHECK(akua_client_new(options, &client, NULL) == AKUA_OK);
  CHECK(akua_cluster_get(client, NULL, s("clu_1"), &cluster, &error) == AKUA_REJECTED);
  akua_error_free(error);
  CHECK(akua_call_options_set_context(call, s("ws_1"), NULL) == AKUA_OK);
  CHECK(akua_call_options_set_traceparent(call, s("nonsense"), NULL) == AKUA_INVALID_INPUT);
  CHECK(akua_call_options_set_traceparent(call, s("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"), NULL) ==
        AKUA_OK);
  CHECK(akua_call_options_set_page_items(call, 0, NULL) == AKUA_INVALID_INPUT);
  CHECK(akua_call_options_set_overwrite_unseen(call, true, NULL) == AKUA_OK);
  CHECK(akua_call_options_set_attempts(call, 2, NULL) == AKUA_OK);
  CHECK(akua_call_options_set_epochs(call, 2, NULL) == AKUA_OK);
  CHECK(akua_call_options_set_settle_reserve_ms(call, 100, NULL) == AKUA_OK);
  CHECK(akua_call_options_set_backoff_ms(call, 10, NULL) == AKUA_OK);
  CHECK(akua_call_options_set_backoff_limit_ms(call, 20, NULL) == AKUA_OK);
  CHECK(akua_call_options_set_page_cursor(call, s("x"), NULL) == AKUA_OK);
  CHECK(akua_cluster_get(client, call, s("clu_1"), &cluster, NULL) == AKUA_OK);
  akua_cluster_free(cluster);
  akua_call_options_free(call);
  akua_client_free(client);
  akua_client_options_free(options);
}

static void environment(const sim* it) {
  akua_client_options* options = akua_client_options_new();
  akua_client* client = NULL;
  setenv("AKUA_API_URL", it->url, 1);
  setenv("AKUA_API_TOKEN", it->token, 1);
  CHECK(akua_client_options_use_environment(options, NULL) == AKUA_OK);
  CHECK(akua_client_new(options, &client, NULL) == AKUA_OK);
  akua_cluster_free(cluster_of(client, "clu_1"));
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
