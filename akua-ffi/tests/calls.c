/* Every call of the C interface but edits (edits.c) against a simulator: what it does, what it gives, what it says when it
 * fails. */
#define _POSIX_C_SOURCE 200809L
#include "checks.h"

#include <pthread.h>

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
  CHECK(is(item(error, AKUA_REPORT_SERVER_ERRORS, 0, AKUA_REPORT_CODE), "7002"));
  CHECK(item(error, AKUA_REPORT_SERVER_ERRORS, 0, AKUA_REPORT_MESSAGE).len > 0 && none(item(error, AKUA_REPORT_SERVER_ERRORS, 1, AKUA_REPORT_MESSAGE)));
  CHECK(none(item(error, AKUA_REPORT_SERVER_ERRORS, 0, AKUA_REPORT_PATH)));
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
  CHECK(is(item(error, AKUA_REPORT_SERVER_ERRORS, 0, AKUA_REPORT_METADATA_NAME), "current_etag"));
  CHECK(is(item(error, AKUA_REPORT_SERVER_ERRORS, 0, AKUA_REPORT_METADATA_VALUE), "43"));
  CHECK(none(akua_report_item(error, AKUA_REPORT_SERVER_ERRORS, 0, AKUA_REPORT_METADATA_VALUE, 1)));
  CHECK(none(item(error, AKUA_REPORT_SERVER_ERRORS, 7, AKUA_REPORT_METADATA_NAME)));
  akua_report_free(error);

  CHECK(akua_resource_update(client, NULL, s("clu_1"), s("43"), patch, s("key-1"), &cluster, NULL) == AKUA_OK);
  akua_resource_free(cluster);
  CHECK(akua_resource_update(client, NULL, s("clu_1"), s("43"), patch, s("key-1"), &cluster, NULL) == AKUA_OK);
  CHECK(is(akua_resource_text(cluster, AKUA_ETAG, NULL), "44"));
  akua_resource_free(cluster);

  sim_tell(it, LOSE_THE_ANSWER);
  CHECK(akua_resource_update(client, NULL, s("clu_1"), s("44"), patch, s(NULL), &cluster, &error) == AKUA_TRANSPORT);
  CHECK(akua_report_flag(error, AKUA_REPORT_MAY_HAVE_TAKEN_EFFECT) && akua_report_flag(error, AKUA_REPORT_MAY_STILL_LAND));
  CHECK(is(akua_report_text(error, AKUA_REPORT_EFFECT), "unknown") && akua_report_number(error, AKUA_REPORT_HTTP_STATUS) == 0);
  akua_report_free(error);

  sim_tell(it, "{\"op\":\"inject\",\"fault\":{\"match\":{\"method\":\"PATCH\"},\"answer\":{\"remove\":[\"name\"]}}}");
  CHECK(akua_resource_update(client, NULL, s("clu_1"), s("45"), patch, s(NULL), &cluster, &error) == AKUA_DECODE);
  CHECK(akua_report_flag(error, AKUA_REPORT_MAY_HAVE_TAKEN_EFFECT) && is(akua_report_text(error, AKUA_REPORT_ETAG), "46"));
  CHECK(akua_report_count(error, AKUA_REPORT_PROBLEMS) == 1 && is(item(error, AKUA_REPORT_PROBLEMS, 0, AKUA_REPORT_FIELD), "name"));
  CHECK(item(error, AKUA_REPORT_PROBLEMS, 0, AKUA_REPORT_MESSAGE).len > 0);
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
  CHECK(akua_report_count(error, AKUA_REPORT_PROBLEMS) == 1 && is(item(error, AKUA_REPORT_PROBLEMS, 0, AKUA_REPORT_FIELD), "name"));
  akua_report_free(error);
  CHECK(akua_resource_update(client, NULL, s("clu_1"), s("*"), patch, s(NULL), &cluster, &error) == AKUA_INVALID_INPUT);
  CHECK(is(item(error, AKUA_REPORT_PROBLEMS, 0, AKUA_REPORT_FIELD), "if-match"));
  akua_report_free(error);
  CHECK(akua_resource_get(client, NULL, AKUA_CLUSTER, s("../x"), &cluster, NULL) == AKUA_INVALID_INPUT);
  CHECK(akua_resource_get(client, NULL, AKUA_CLUSTER, s(""), &cluster, NULL) == AKUA_INVALID_INPUT);
  CHECK(akua_resource_get(client, NULL, AKUA_CLUSTER, s(NULL), &cluster, &error) == AKUA_MISUSE);
  CHECK(is(item(error, AKUA_REPORT_PROBLEMS, 0, AKUA_REPORT_FIELD), "id") && has(akua_report_message(error), "NULL"));
  akua_report_free(error);
  CHECK(akua_resource_get(client, NULL, AKUA_CLUSTER, s(wrong_text), &cluster, &error) == AKUA_MISUSE);
  CHECK(has(akua_report_message(error), "UTF-8"));
  akua_report_free(error);
  CHECK(akua_patch_set_text(patch, AKUA_NAME, s("fine"), NULL) == AKUA_OK);
  CHECK(akua_patch_set_text(patch, AKUA_KUBECONFIG, s(""), NULL) == AKUA_OK);
  CHECK(akua_resource_update(client, NULL, s("clu_1"), s("1"), patch, s(NULL), &cluster, &error) == AKUA_INVALID_INPUT);
  CHECK(is(item(error, AKUA_REPORT_PROBLEMS, 0, AKUA_REPORT_FIELD), "kubeconfig"));
  akua_report_free(error);
  after = sim_control(it, "{\"op\":\"log\"}");
  CHECK(strcmp(before, after) == 0);
  free(before);
  free(after);
  akua_patch_free(empty);
  akua_patch_free(patch);
}

/* Of a kind that can only be listed. */
static void regions(const sim* it, const akua_client* client) {
  akua_resource* one = NULL;
  akua_report* error = NULL;
  akua_list* list = NULL;
  int found = 0;

  sim_tell(it, "{\"op\":\"seed\",\"kinds\":{\"region\":3}}");
  CHECK(akua_list_new(client, NULL, AKUA_REGION, &list, NULL) == AKUA_OK);
  while (akua_list_next(list, &one, &error) == AKUA_OK && one != NULL) {
    CHECK(akua_resource_kind(one) == AKUA_REGION && has(akua_resource_text(one, AKUA_ID, NULL), "reg_"));
    CHECK(has(akua_resource_text(one, AKUA_NAME, NULL), "region ") && has(akua_resource_json(one, 0, NULL), "reg_"));
    CHECK(akua_resource_text(one, AKUA_ETAG, &error).data == NULL && has(akua_report_message(error), "a region has not"));
    akua_report_free(error);
    akua_resource_free(one);
    ++found;
  }
  CHECK(found == 3 && error == NULL);
  akua_list_free(list);
  CHECK(akua_resource_get(client, NULL, AKUA_REGION, s("reg_1"), &one, &error) == AKUA_MISUSE && one == NULL);
  CHECK(has(akua_report_message(error), "a region, which can't be read by its id (list them)"));
  akua_report_free(error);
}

/* Of a kind that can only be read. */
static void operations(const sim* it, const akua_client* client) {
  akua_resource* one = NULL;
  akua_report* error = NULL;
  akua_edit* edit = NULL;
  akua_patch* patch = akua_patch_new(AKUA_OPERATION);
  akua_call_options* owner = akua_call_options_new();
  akua_list* list = NULL;
  char *before, *after;

  sim_tell(it, "{\"op\":\"seed\",\"resources\":[{\"kind\":\"operation\",\"id\":\"op_a\",\"set\":{\"owner_id\":\"clu_9\",\"state\":"
               "\"FAILED\",\"error\":{\"message\":\"no machines\"}}},{\"kind\":\"operation\",\"id\":\"op_b\"}]}");
  CHECK(akua_resource_get(client, NULL, AKUA_OPERATION, s("op_a"), &one, NULL) == AKUA_OK);
  CHECK(akua_resource_kind(one) == AKUA_OPERATION && akua_resource_flag(one, AKUA_DONE, NULL));
  CHECK(is(akua_resource_text(one, AKUA_STATE, NULL), "FAILED"));
  CHECK(is(akua_resource_text(one, AKUA_ERROR_MESSAGE, NULL), "no machines"));
  CHECK(has(akua_resource_json(one, AKUA_METADATA, NULL), "cluster.suspend"));
  CHECK(akua_resource_shown(one, AKUA_RESPONSE, NULL) == AKUA_SHOWN_ABSENT);
  CHECK(akua_resource_time(one, AKUA_COMPLETED_AT, NULL) > 0);
  CHECK(akua_resource_text(one, AKUA_ETAG, &error).data == NULL && has(akua_report_message(error), "an operation has not"));
  akua_report_free(error);
  akua_resource_free(one);

  CHECK(akua_call_options_set_text(owner, AKUA_OPTION_OWNER_TYPE, s("cluster"), NULL) == AKUA_OK);
  CHECK(akua_list_new(client, owner, AKUA_OPERATION, &list, NULL) == AKUA_OK);
  sim_tell(it, "{\"op\":\"clear_log\"}");
  before = sim_control(it, "{\"op\":\"log\"}");
  CHECK(akua_list_next(list, &one, &error) == AKUA_INVALID_INPUT && has(akua_report_message(error), "go together"));
  akua_report_free(error);
  akua_list_free(list);
  CHECK(akua_call_options_set_text(owner, AKUA_OPTION_OWNER_ID, s("clu_9"), NULL) == AKUA_OK);
  CHECK(akua_list_new(client, owner, AKUA_CLUSTER, &list, NULL) == AKUA_OK);
  CHECK(akua_list_next(list, &one, &error) == AKUA_INVALID_INPUT && has(akua_report_message(error), "clusters"));
  akua_report_free(error);
  akua_list_free(list);

  CHECK(akua_patch_set_text(patch, AKUA_STATE, s("CANCELLED"), &error) == AKUA_MISUSE);
  CHECK(has(akua_report_message(error), "is of an operation, which can only be read"));
  akua_report_free(error);
  CHECK(akua_resource_update(client, NULL, s("op_a"), s("1"), patch, s(NULL), &one, &error) == AKUA_MISUSE);
  CHECK(has(akua_report_message(error), "can only be read"));
  akua_report_free(error);
  CHECK(akua_edit_new_by_id(client, NULL, AKUA_OPERATION, s("op_a"), NULL, &edit, &error) == AKUA_MISUSE);
  CHECK(has(akua_report_message(error), "can only be read"));
  akua_report_free(error);
  after = sim_control(it, "{\"op\":\"log\"}");
  CHECK(strcmp(before, after) == 0);

  CHECK(akua_resource_get(client, NULL, AKUA_OPERATION, s("op_a"), &one, NULL) == AKUA_OK);
  CHECK(akua_edit_new(client, NULL, one, NULL, &edit, &error) == AKUA_MISUSE);
  akua_report_free(error);
  akua_resource_free(one);
  CHECK(akua_list_new(client, owner, AKUA_OPERATION, &list, NULL) == AKUA_OK);
  CHECK(akua_list_next(list, &one, NULL) == AKUA_OK && is(akua_resource_text(one, AKUA_ID, NULL), "op_a"));
  CHECK(akua_resource_shown(one, AKUA_STEPS, NULL) == AKUA_SHOWN_UNREADABLE);
  akua_resource_free(one);
  CHECK(akua_list_next(list, &one, NULL) == AKUA_OK && one == NULL);
  akua_list_free(list);
  free(before);
  free(after);
  akua_call_options_free(owner);
  akua_patch_free(patch);
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
  sim_tell(it, STALL_FOR_EVER);
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

/* Every setting with a value that it takes. */
typedef struct {
  akua_option option;
  const char* text;
  uint64_t number;
} value;

static const value of_a_client[] = {{AKUA_OPTION_TIMEOUT, NULL, 5000}, {AKUA_OPTION_CONNECT_TIMEOUT, NULL, 1000},
    {AKUA_OPTION_READ_TIMEOUT, NULL, 1000}, {AKUA_OPTION_MAX_RESPONSE_BYTES, NULL, 1 << 20}, {AKUA_OPTION_RETRY_ATTEMPTS, NULL, 1},
    {AKUA_OPTION_RETRY_BASE, NULL, 10}, {AKUA_OPTION_RETRY_CAP, NULL, 20}, {AKUA_OPTION_RETRY_BUDGET, NULL, 3},
    {AKUA_OPTION_CONTRACT_KEY_RETENTION, NULL, 3600000}, {AKUA_OPTION_CONTRACT_CLOCK_SKEW, NULL, 2500}};
static const value switches_of_a_client[] = {{AKUA_OPTION_CONTRACT_ETAG_NEVER_REPEATS, NULL, 1},
    {AKUA_OPTION_CONTRACT_KEY_CHECKED_BEFORE_IF_MATCH, NULL, 1}, {AKUA_OPTION_CONTRACT_STORES_REJECTIONS_PER_KEY, NULL, 0},
    {AKUA_OPTION_CONTRACT_READS_LINEARIZABLE, NULL, 1}, {AKUA_OPTION_CONTRACT_ETAG_COVERS_WRITE_ONLY, NULL, 1},
    {AKUA_OPTION_CONTRACT_HIDDEN_RETRIES, NULL, 0}, {AKUA_OPTION_CONTRACT_ANSWERS_SHOW_WRITTEN_VERSION, NULL, 1},
    {AKUA_OPTION_CONTRACT_CONFLICTS_NAME_CURRENT_ETAG, NULL, 0}};
static const value of_a_call[] = {{AKUA_OPTION_CONTEXT, "ws_1", 0},
    {AKUA_OPTION_TRACEPARENT, "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", 0}, {AKUA_OPTION_CURSOR, "x", 0},
    {AKUA_OPTION_MAX_ATTEMPTS, NULL, 2}, {AKUA_OPTION_MAX_VERSIONS, NULL, 2}, {AKUA_OPTION_SETTLE_RESERVE, NULL, 100},
    {AKUA_OPTION_BACKOFF, NULL, 10}, {AKUA_OPTION_BACKOFF_LIMIT, NULL, 20}};

#define EACH(at, table) for (at = 0; at < sizeof(table) / sizeof *(table); ++at)

static void setting(const sim* it) {
  akua_client_options* options = akua_client_options_new();
  akua_client* client = NULL;
  akua_report* error = NULL;
  akua_call_options* call = akua_call_options_new();
  akua_resource* cluster = NULL;
  size_t at;

  CHECK(akua_client_new(options, &client, &error) == AKUA_CONFIGURATION && client == NULL);
  CHECK(has(akua_report_message(error), "there is no token"));
  akua_report_free(error);
  CHECK(akua_client_options_set_text(options, AKUA_OPTION_TOKEN, s("two words"), NULL) == AKUA_OK);
  CHECK(akua_client_new(options, &client, &error) == AKUA_CONFIGURATION && !has(akua_report_message(error), "two words"));
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
  EACH(at, of_a_client)
    CHECK(akua_client_options_set_number(options, of_a_client[at].option, of_a_client[at].number, NULL) == AKUA_OK);
  EACH(at, switches_of_a_client)
    CHECK(akua_client_options_set_flag(options, switches_of_a_client[at].option, switches_of_a_client[at].number == 1, NULL) == AKUA_OK);
  CHECK(akua_client_new(options, &client, NULL) == AKUA_OK);
  CHECK(akua_resource_get(client, NULL, AKUA_CLUSTER, s("clu_1"), &cluster, &error) == AKUA_REJECTED);
  akua_report_free(error);
  CHECK(akua_call_options_set_text(call, AKUA_OPTION_TRACEPARENT, s("nonsense"), NULL) == AKUA_INVALID_INPUT);
  CHECK(akua_call_options_set_number(call, AKUA_OPTION_PAGE_SIZE, 0, NULL) == AKUA_INVALID_INPUT);
  CHECK(akua_call_options_set_flag(call, AKUA_OPTION_OVERWRITE_UNSEEN, true, NULL) == AKUA_OK);
  EACH(at, of_a_call) {
    const value* one = &of_a_call[at];
    CHECK((one->text != NULL ? akua_call_options_set_text(call, one->option, s(one->text), NULL)
                             : akua_call_options_set_number(call, one->option, one->number, NULL)) == AKUA_OK);
  }
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
  waiting(&it, client);
  operations(&it, client);
  regions(&it, client);
  cancelling(&it, client);
  logging(client);
  setting(&it);
  environment(&it);
  akua_client_free(client);
  sim_stop(&it);
  printf("%d checks\n", checks);
  return 0;
}
