/* Suspend, resume, delete, refresh, cancel, and waiting for operations, against a simulator. */
#define _POSIX_C_SOURCE 200809L
#include "checks.h"

#define LOSE_ACCEPTANCES                                                                        \
  "{\"op\":\"inject\",\"fault\":{\"match\":{\"launch\":\"suspend_cluster\"},\"times\":\"forever\"," \
  "\"delivery\":{\"send\":\"nothing\",\"end\":\"reset\"}}}"
#define ENDS(how) "{\"op\":\"contract\",\"set\":{\"operation_ends\":" how "}}"

/* Back to the start, contract and all. */
static void anew(const sim* it) { sim_tell(it, "{\"op\":\"reset\"}"); }

static akua_call_options* within(uint64_t ms) {
  akua_call_options* options = akua_call_options_new();
  CHECK(akua_call_options_set_number(options, AKUA_OPTION_TIMEOUT, ms, NULL) == AKUA_OK);
  return options;
}

/* A launch by id that is accepted. */
static akua_report* accepted(const akua_client* client, akua_launch_kind kind, const char* id) {
  akua_report *launched = NULL, *error = NULL;
  const akua_status status = akua_launch_run_by_id(client, NULL, kind, s(id), &launched, &error);
  if (status != AKUA_OK) fprintf(stderr, "%s\n", akua_report_text(error, AKUA_REPORT_EXPLAIN).data);
  CHECK(status == AKUA_OK && launched != NULL && error == NULL && akua_report_status(launched) == AKUA_OK);
  SAYS(launched, {AKUA_REPORT_KIND, "ok"}, {AKUA_REPORT_EFFECT, "applied"}, {AKUA_REPORT_OUTCOME, "applied"},
       {AKUA_REPORT_END, "applied"}, {AKUA_REPORT_PROOF, "acknowledged"}, {AKUA_REPORT_OPERATION, ""},
       {AKUA_REPORT_RESUME_TOKEN, ""}, {AKUA_REPORT_EXPLAIN, ""}, {AKUA_REPORT_BLOCKED_ON, NULL});
  CHECK(akua_report_resource(launched) == NULL && akua_report_operation(launched) == NULL);
  return launched;
}

static akua_str token_of(const akua_report* report) { return akua_report_text(report, AKUA_REPORT_RESUME_TOKEN); }
static akua_str operation_of(const akua_report* report) { return akua_report_text(report, AKUA_REPORT_OPERATION); }

/* Waits, and gives the report of it, whatever it ended with. */
static akua_report* waited_for(const akua_client* client, akua_str awaited, int asked, akua_status wanted, int line) {
  akua_report *waited = NULL, *error = NULL;
  const akua_status status = akua_operation_wait(client, NULL, awaited, asked, NULL, NULL, &waited, &error);
  if (status != wanted) fprintf(stderr, "line %d: %d, %s\n", line, (int)status, akua_report_message(error).data);
  CHECK(status == wanted && (waited != NULL) == (status == AKUA_OK) && (error != NULL) == (status != AKUA_OK));
  return status == AKUA_OK ? waited : error;
}
#define WAITED(client, awaited, asked, wanted) waited_for(client, awaited, asked, wanted, __LINE__)

static void there_and_back(const sim* it, const akua_client* client) {
  akua_resource *seen = cluster_of(client, "clu_1"), *suspended;
  akua_report *launched = NULL, *waited, *error = NULL;
  akua_kind kind = 0;
  int32_t stage = 0;

  CHECK(akua_launch_run(client, NULL, AKUA_LAUNCH_SUSPEND_CLUSTER, seen, &launched, &error) == AKUA_OK && error == NULL);
  SAYS(launched, {AKUA_REPORT_OUTCOME, "applied"}, {AKUA_REPORT_PROOF, "acknowledged"}, {AKUA_REPORT_OPERATION, ""});
  CHECK(akua_report_number(launched, AKUA_REPORT_REQUESTS) == 1 && akua_report_number(launched, AKUA_REPORT_ATTEMPTS) == 1);
  CHECK(akua_report_count(launched, AKUA_REPORT_CANDIDATES) == 0);
  CHECK(akua_resume_token_stage(token_of(launched), &stage, NULL) == AKUA_OK && stage == AKUA_TOKEN_WAIT);
  CHECK(akua_resume_token_kind(token_of(launched), &kind, NULL) == AKUA_OK && kind == AKUA_CLUSTER);
  waited = WAITED(client, token_of(launched), AKUA_ASKED_BY_TOKEN, AKUA_OK);
  SAYS(waited, {AKUA_REPORT_KIND, "ok"}, {AKUA_REPORT_EFFECT, "not_applied"}, {AKUA_REPORT_OUTCOME, "succeeded"},
       {AKUA_REPORT_END, "succeeded"}, {AKUA_REPORT_OPERATION, ""}, {AKUA_REPORT_ASKED_HERE, NULL},
       {AKUA_REPORT_RESUME_TOKEN, NULL}, {AKUA_REPORT_SEEN_ETAG, ""});
  CHECK(akua_str_equals(operation_of(waited), operation_of(launched)));
  CHECK(is(akua_resource_text(akua_report_resource(waited), AKUA_STATE, NULL), "suspended"));
  CHECK(akua_resource_kind(akua_report_operation(waited)) == AKUA_OPERATION);
  CHECK(akua_resource_flag(akua_report_operation(waited), AKUA_DONE, NULL));
  CHECK(akua_str_equals(akua_resource_text(akua_report_operation(waited), AKUA_ID, NULL), operation_of(launched)));
  suspended = akua_resource_clone(akua_report_resource(waited));
  akua_report_free(waited);
  /* The same operation again, by its id: as often as one likes. */
  waited = WAITED(client, operation_of(launched), AKUA_ASKED_NO, AKUA_OK);
  akua_report_free(waited);
  akua_report_free(launched);

  /* The version from before is another one by now: nothing of this is done. */
  CHECK(akua_launch_run(client, NULL, AKUA_LAUNCH_DELETE_CLUSTER, seen, &launched, &error) == AKUA_CONFLICT);
  CHECK(launched == NULL && !akua_report_flag(error, AKUA_REPORT_MAY_HAVE_TAKEN_EFFECT));
  SAYS(error, {AKUA_REPORT_OUTCOME, "not_applied"}, {AKUA_REPORT_END, "conflict"}, {AKUA_REPORT_CURRENT_ETAG, ""},
       {AKUA_REPORT_OPERATION, NULL}, {AKUA_REPORT_RESUME_TOKEN, NULL});
  akua_report_free(error);

  /* What is suspended already can't be, as this server sees it; it is said in its words. */
  CHECK(akua_launch_run_by_id(client, NULL, AKUA_LAUNCH_SUSPEND_CLUSTER, s("clu_1"), &launched, &error) == AKUA_REJECTED);
  CHECK(launched == NULL && has(akua_report_message(error), "not active"));
  SAYS(error, {AKUA_REPORT_END, "rejected"}, {AKUA_REPORT_OPERATION, NULL}, {AKUA_REPORT_RESUME_TOKEN, NULL});
  akua_report_free(error);

  CHECK(akua_launch_run(client, NULL, AKUA_LAUNCH_RESUME_CLUSTER, suspended, &launched, &error) == AKUA_OK);
  sim_tell(it, "{\"op\":\"advance_operation\",\"id\":\"op_2\",\"to\":\"end\"}");
  sim_tell(it, "{\"op\":\"act\",\"launch\":\"suspend_cluster\",\"id\":\"clu_1\"}");
  sim_tell(it, "{\"op\":\"act\",\"launch\":\"refresh_capabilities\",\"id\":\"clu_1\"}");
  waited = WAITED(client, token_of(launched), AKUA_ASKED_BY_TOKEN, AKUA_OK);
  CHECK(akua_report_count(waited, AKUA_REPORT_LATER) == 2 && akua_report_count(waited, AKUA_REPORT_CANDIDATES) == 0);
  CHECK(is(item(waited, AKUA_REPORT_LATER, 0, AKUA_REPORT_OPERATION), "op_4"));
  CHECK(is(item(waited, AKUA_REPORT_LATER, 1, AKUA_REPORT_OPERATION), "op_3"));
  CHECK(none(item(waited, AKUA_REPORT_LATER, 2, AKUA_REPORT_OPERATION)) && none(item(waited, AKUA_REPORT_LATER, 0, AKUA_REPORT_FIELD)));
  CHECK(none(akua_report_item(waited, AKUA_REPORT_LATER, 0, AKUA_REPORT_OPERATION, 1)));
  CHECK(none(item(waited, AKUA_REPORT_FIELDS, 0, AKUA_REPORT_OPERATION)));
  akua_report_free(waited);
  akua_report_free(launched);
  akua_resource_free(suspended);
  akua_resource_free(seen);
}

static void of_every_kind(const sim* it, const akua_client* client) {
  akua_report *launched, *waited, *error = NULL;
  akua_resource *workspace = NULL, *operation = NULL;

  anew(it);
  launched = accepted(client, AKUA_LAUNCH_REFRESH_CAPABILITIES, "clu_2");
  waited = WAITED(client, token_of(launched), AKUA_ASKED_BY_TOKEN, AKUA_OK);
  akua_report_free(waited);
  akua_report_free(launched);
  launched = accepted(client, AKUA_LAUNCH_DELETE_CLUSTER, "clu_2");
  waited = WAITED(client, token_of(launched), AKUA_ASKED_BY_TOKEN, AKUA_OK);
  CHECK(akua_report_resource(waited) == NULL && has(akua_report_message(waited), "not found now"));
  akua_report_free(waited);
  akua_report_free(launched);
  /* Never seen, so that nobody knows whether it ever was. */
  CHECK(akua_launch_run_by_id(client, NULL, AKUA_LAUNCH_DELETE_CLUSTER, s("clu_2"), &launched, &error) != AKUA_OK);
  SAYS(error, {AKUA_REPORT_KIND, "not_found"}, {AKUA_REPORT_EFFECT, "not_applied"});
  akua_report_free(error);

  CHECK(akua_resource_get(client, NULL, AKUA_WORKSPACE, s("ws_1"), &workspace, NULL) == AKUA_OK);
  CHECK(akua_launch_run(client, NULL, AKUA_LAUNCH_DELETE_WORKSPACE, workspace, &launched, &error) == AKUA_OK);
  waited = WAITED(client, token_of(launched), AKUA_ASKED_BY_TOKEN, AKUA_OK);
  CHECK(akua_report_resource(waited) == NULL && akua_resource_flag(akua_report_operation(waited), AKUA_DONE, NULL));
  akua_report_free(waited);
  akua_report_free(launched);
  akua_resource_free(workspace);

  /* An operation, by its id and as it was seen. */
  anew(it);
  sim_tell(it, "{\"op\":\"contract\",\"set\":{\"operation_looks\":null}}");
  launched = accepted(client, AKUA_LAUNCH_SUSPEND_CLUSTER, "clu_1");
  CHECK(akua_resource_get(client, NULL, AKUA_OPERATION, operation_of(launched), &operation, NULL) == AKUA_OK);
  akua_report_free(launched);
  CHECK(akua_launch_run(client, NULL, AKUA_LAUNCH_CANCEL_OPERATION, operation, &launched, &error) == AKUA_OK);
  CHECK(akua_str_equals(operation_of(launched), akua_resource_text(operation, AKUA_ID, NULL)));
  sim_tell(it, "{\"op\":\"advance_operation\",\"id\":\"op_1\",\"to\":\"end\"}");
  waited = WAITED(client, token_of(launched), AKUA_ASKED_BY_TOKEN, AKUA_OPERATION_CANCELLED);
  SAYS(waited, {AKUA_REPORT_ASKED_HERE, "yes"}, {AKUA_REPORT_OUTCOME, "operation_cancelled"});
  akua_report_free(waited);
  waited = WAITED(client, operation_of(launched), AKUA_ASKED_BY_TOKEN, AKUA_OPERATION_CANCELLED);
  SAYS(waited, {AKUA_REPORT_ASKED_HERE, "no"});
  akua_report_free(waited);
  waited = WAITED(client, token_of(launched), AKUA_ASKED_UNKNOWN, AKUA_OPERATION_CANCELLED);
  SAYS(waited, {AKUA_REPORT_ASKED_HERE, "unknown"});
  akua_report_free(waited);
  waited = WAITED(client, operation_of(launched), AKUA_ASKED_YES, AKUA_OPERATION_CANCELLED);
  SAYS(waited, {AKUA_REPORT_ASKED_HERE, "yes"});
  akua_report_free(waited);
  waited = WAITED(client, token_of(launched), AKUA_ASKED_NO, AKUA_OPERATION_CANCELLED);
  SAYS(waited, {AKUA_REPORT_ASKED_HERE, "no"});
  akua_report_free(waited);
  akua_report_free(launched);
  /* What has ended is refused, in the server's words. */
  CHECK(akua_launch_run(client, NULL, AKUA_LAUNCH_CANCEL_OPERATION, operation, &launched, &error) == AKUA_REJECTED);
  CHECK(akua_report_number(error, AKUA_REPORT_HTTP_STATUS) == 422 && akua_report_count(error, AKUA_REPORT_SERVER_ERRORS) > 0);
  akua_report_free(error);
  akua_resource_free(operation);
}

static bool count_up(void* context, const akua_resource* operation) {
  CHECK(akua_resource_kind(operation) == AKUA_OPERATION && akua_resource_text(operation, AKUA_ID, NULL).len > 0);
  ++*(int*)context;
  return true;
}

static bool stop(void* context, const akua_resource* operation) {
  *(akua_resource**)context = akua_resource_clone(operation);
  return false;
}

/* Every end of a wait that is none of success. */
static void otherwise(const sim* it, const akua_client* client) {
  akua_report *launched, *waited = NULL, *error = NULL;
  akua_resource* kept = NULL;
  akua_call_options* options = within(300);
  akua_cancel* cancel = akua_cancel_new();
  int shown = 0;

  anew(it);
  sim_tell(it, ENDS("{\"fail\":{\"step\":1,\"message\":\"no machines\"}}"));
  launched = accepted(client, AKUA_LAUNCH_SUSPEND_CLUSTER, "clu_1");
  waited = WAITED(client, token_of(launched), AKUA_ASKED_BY_TOKEN, AKUA_OPERATION_FAILED);
  SAYS(waited, {AKUA_REPORT_KIND, "operation_failed"}, {AKUA_REPORT_DETAIL, "no machines"}, {AKUA_REPORT_HINT, ""},
       {AKUA_REPORT_RESUME_TOKEN, NULL});
  /* It failed, which is not what its launch was. */
  CHECK(akua_report_resource(waited) != NULL && akua_report_operation(waited) != NULL);
  CHECK(is(akua_resource_text(akua_report_operation(waited), AKUA_STATE, NULL), "FAILED"));
  akua_report_free(waited);
  akua_report_free(launched);

  anew(it);
  sim_tell(it, ENDS("{\"person\":{\"step\":1,\"as\":\"approval\"}}"));
  launched = accepted(client, AKUA_LAUNCH_SUSPEND_CLUSTER, "clu_1");
  waited = WAITED(client, token_of(launched), AKUA_ASKED_BY_TOKEN, AKUA_STILL_RUNNING);
  SAYS(waited, {AKUA_REPORT_OUTCOME, "still_running"}, {AKUA_REPORT_BLOCKED_ON, ""}, {AKUA_REPORT_RESUME_TOKEN, ""});
  CHECK(akua_str_equals(token_of(waited), token_of(launched)));
  akua_report_free(waited);
  akua_report_free(launched);

  /* The time is up, the program has had enough, a cancel: all of that is the wait's end and not the operation's. */
  anew(it);
  sim_tell(it, "{\"op\":\"contract\",\"set\":{\"operation_looks\":null}}");
  launched = accepted(client, AKUA_LAUNCH_SUSPEND_CLUSTER, "clu_1");
  CHECK(akua_operation_wait(client, options, token_of(launched), 0, count_up, &shown, &waited, &error) == AKUA_STILL_RUNNING);
  CHECK(waited == NULL && shown > 1 && akua_str_equals(token_of(error), token_of(launched)));
  SAYS(error, {AKUA_REPORT_BLOCKED_ON, NULL}, {AKUA_REPORT_OPERATION, "op_1"});
  akua_report_free(error);
  CHECK(akua_operation_wait(client, NULL, token_of(launched), 0, stop, &kept, &waited, &error) == AKUA_STILL_RUNNING);
  CHECK(is(akua_resource_text(kept, AKUA_ID, NULL), "op_1") && !akua_resource_flag(kept, AKUA_DONE, NULL));
  akua_resource_free(kept);
  akua_report_free(error);
  akua_cancel_trigger(cancel);
  CHECK(akua_call_options_set_cancel(options, cancel, NULL) == AKUA_OK);
  CHECK(akua_operation_wait(client, options, token_of(launched), 0, NULL, NULL, &waited, &error) == AKUA_STILL_RUNNING);
  akua_report_free(error);
  /* With an id there is no token to go on with. */
  CHECK(akua_operation_wait(client, options, operation_of(launched), 0, NULL, NULL, &waited, &error) == AKUA_STILL_RUNNING);
  SAYS(error, {AKUA_REPORT_RESUME_TOKEN, NULL}, {AKUA_REPORT_OPERATION, "op_1"});
  akua_report_free(error);
  /* One that has ended has, whatever the program says of it. */
  sim_tell(it, "{\"op\":\"advance_operation\",\"id\":\"op_1\",\"to\":\"end\"}");
  CHECK(akua_operation_wait(client, NULL, token_of(launched), 0, stop, &kept, &waited, &error) == AKUA_OK);
  CHECK(akua_resource_flag(kept, AKUA_DONE, NULL));
  akua_resource_free(kept);
  akua_report_free(waited);
  akua_report_free(launched);
  akua_cancel_free(cancel);
  akua_call_options_free(options);

  options = within(20000);
  sim_tell(it, "{\"op\":\"inject\",\"fault\":{\"match\":{\"kind\":\"operation\"},\"times\":\"forever\",\"carried_out\":\"no\","
               "\"answer\":{\"status\":403}}}");
  CHECK(akua_operation_wait(client, options, s("op_1"), 0, NULL, NULL, &waited, &error) == AKUA_LOST_TRACK && waited == NULL);
  SAYS(error, {AKUA_REPORT_OUTCOME, "lost_track"}, {AKUA_REPORT_OPERATION, "op_1"});
  CHECK(akua_report_operation(error) == NULL);
  akua_report_free(error);
  sim_tell(it, "{\"op\":\"clear\"}");
  akua_call_options_free(options);
}

/* A lost answer: the truth where it can be had, else a token that another client takes up. */
static void lost(const sim* it, const akua_client* client) {
  akua_client* other = client_of(it);
  akua_report *launched = NULL, *error = NULL, *settled = NULL, *waited;
  akua_call_options* options = within(1500);
  akua_kind kind = 0;
  int32_t stage = 0;

  anew(it);
  sim_tell(it, "{\"op\":\"inject\",\"fault\":{\"match\":{\"launch\":\"suspend_cluster\"},\"delivery\":{\"send\":\"nothing\",\"end\":\"reset\"}}}");
  CHECK(akua_launch_run_by_id(client, NULL, AKUA_LAUNCH_SUSPEND_CLUSTER, s("clu_1"), &launched, &error) == AKUA_OK ||
        akua_report_status(error) == AKUA_INDETERMINATE);
  akua_report_free(launched);
  akua_report_free(error);

  anew(it);
  sim_tell(it, LOSE_ACCEPTANCES);
  CHECK(akua_launch_run_by_id(client, options, AKUA_LAUNCH_SUSPEND_CLUSTER, s("clu_2"), &launched, &error) == AKUA_INDETERMINATE);
  CHECK(launched == NULL && akua_report_flag(error, AKUA_REPORT_MAY_HAVE_TAKEN_EFFECT));
  SAYS(error, {AKUA_REPORT_EFFECT, "unknown"}, {AKUA_REPORT_OUTCOME, "indeterminate"}, {AKUA_REPORT_RESUME_TOKEN, ""},
       {AKUA_REPORT_CAUSE, ""}, {AKUA_REPORT_OPERATION, NULL}, {AKUA_REPORT_HINT, ""});
  /* It is listed, and nobody says that it is ours. */
  CHECK(akua_report_count(error, AKUA_REPORT_CANDIDATES) == 1 && akua_report_count(error, AKUA_REPORT_LATER) == 0);
  CHECK(is(item(error, AKUA_REPORT_CANDIDATES, 0, AKUA_REPORT_OPERATION), "op_1"));
  CHECK(akua_resume_token_stage(token_of(error), &stage, NULL) == AKUA_OK && stage == AKUA_TOKEN_LAUNCH);
  CHECK(akua_resume_token_kind(token_of(error), &kind, NULL) == AKUA_OK && kind == AKUA_CLUSTER);
  sim_tell(it, "{\"op\":\"clear\"}");
  /* By a token of a launch there is nothing to wait for. */
  CHECK(akua_operation_wait(other, NULL, token_of(error), 0, NULL, NULL, &waited, &settled) == AKUA_INVALID_INPUT);
  CHECK(has(akua_report_message(settled), "that of a launch"));
  akua_report_free(settled);
  waited = WAITED(other, s("op_1"), AKUA_ASKED_NO, AKUA_OK);
  akua_report_free(waited);
  sim_tell(it, "{\"op\":\"clear_log\"}");
  CHECK(akua_launch_resolve(other, NULL, token_of(error), AKUA_RESUME_LOOK, &launched, &settled) == AKUA_INDETERMINATE);
  CHECK(akua_str_equals(token_of(settled), token_of(error)) && launched == NULL);
  akua_report_free(settled);
  {
    char* log = sim_control(it, "{\"op\":\"log\"}");
    CHECK(strstr(log, "\"GET\"") != NULL && strstr(log, "\"POST\"") == NULL);
    free(log);
  }
  CHECK(akua_launch_resolve(other, NULL, token_of(error), AKUA_RESUME_FINISH, &launched, &settled) == AKUA_OK);
  SAYS(launched, {AKUA_REPORT_OUTCOME, "applied"}, {AKUA_REPORT_PROOF, "observed"}, {AKUA_REPORT_OPERATION, NULL});
  {
    char* history = sim_control(it, "{\"op\":\"state\"}");
    CHECK(strstr(history, "op_1") != NULL && strstr(history, "op_2") == NULL);
    free(history);
  }
  akua_report_free(launched);
  akua_report_free(error);
  akua_call_options_free(options);
  akua_client_free(other);
}

static void stepwise(const sim* it, const akua_client* client) {
  akua_resource* seen;
  akua_launch* launch = NULL;
  akua_report *launched = NULL, *error = NULL;
  int32_t progress = 0, stage = 0;
  char token[4096];

  anew(it);
  seen = cluster_of(client, "clu_1");
  sim_tell(it, "{\"op\":\"clear_log\"}");
  CHECK(akua_launch_new(client, NULL, AKUA_LAUNCH_SUSPEND_CLUSTER, seen, &launch, &error) == AKUA_OK);
  CHECK(none(akua_launch_resume_token(launch)));
  CHECK(akua_launch_decline(launch, s("too early"), &error) == AKUA_MISUSE);
  akua_report_free(error);
  CHECK(akua_launch_next(launch, &progress, &launched, &error) == AKUA_OK && progress == AKUA_LAUNCH_READY && launched == NULL);
  snprintf(token, sizeof token, "%s", akua_launch_resume_token(launch).data);
  CHECK(akua_resume_token_stage(s(token), &stage, NULL) == AKUA_OK && stage == AKUA_TOKEN_LAUNCH);
  CHECK(strstr(token, it->token) == NULL);
  CHECK(akua_launch_decline(launch, s("the disk is full"), &error) == AKUA_OK);
  CHECK(akua_launch_next(launch, &progress, &launched, &error) == AKUA_NOT_SENT && progress == 0 && launched == NULL);
  CHECK(has(akua_report_message(error), "the disk is full"));
  SAYS(error, {AKUA_REPORT_EFFECT, "not_sent"}, {AKUA_REPORT_CAUSE, "declined"});
  akua_report_free(error);
  akua_launch_free(launch);
  {
    char* log = sim_control(it, "{\"op\":\"log\"}");
    CHECK(strstr(log, "clu_1") == NULL);
    free(log);
  }

  CHECK(akua_launch_new_by_id(client, NULL, AKUA_LAUNCH_RESUME_CLUSTER, s("clu_1"), &launch, &error) == AKUA_OK);
  akua_launch_free(launch);
  CHECK(akua_launch_new(client, NULL, AKUA_LAUNCH_SUSPEND_CLUSTER, seen, &launch, &error) == AKUA_OK);
  CHECK(akua_launch_next(launch, &progress, &launched, &error) == AKUA_OK && progress == AKUA_LAUNCH_READY);
  CHECK(akua_launch_next(launch, &progress, &launched, &error) == AKUA_OK && progress == AKUA_LAUNCH_DONE);
  CHECK(akua_str_equals(akua_launch_resume_token(launch), token_of(launched)));
  akua_report_free(launched);
  CHECK(akua_launch_next(launch, &progress, &launched, &error) == AKUA_OK && progress == AKUA_LAUNCH_DONE);
  akua_report_free(launched);
  akua_launch_free(launch);
  akua_launch_free(NULL);
  akua_resource_free(seen);
}

static void once(const sim* it, const akua_client* client) {
  akua_resource* operation = NULL;
  akua_report* error = NULL;
  anew(it);
  CHECK(akua_launch_once(client, NULL, AKUA_LAUNCH_SUSPEND_CLUSTER, s("clu_1"), s("42"), s("k-1"), &operation, &error) == AKUA_OK);
  CHECK(akua_resource_kind(operation) == AKUA_OPERATION && is(akua_resource_text(operation, AKUA_OWNER_ID, NULL), "clu_1"));
  akua_resource_free(operation);
  CHECK(akua_launch_once(client, NULL, AKUA_LAUNCH_DELETE_CLUSTER, s("clu_2"), s("7"), s(NULL), &operation, &error) == AKUA_CONFLICT);
  CHECK(operation == NULL && !akua_report_flag(error, AKUA_REPORT_MAY_HAVE_TAKEN_EFFECT) && none(akua_report_text(error, AKUA_REPORT_OUTCOME)));
  akua_report_free(error);
  CHECK(akua_launch_once(client, NULL, AKUA_LAUNCH_REFRESH_CAPABILITIES, s("clu_2"), s(NULL), s(NULL), &operation, &error) == AKUA_OK);
  akua_resource_free(operation);
  CHECK(akua_launch_once(client, NULL, AKUA_LAUNCH_CANCEL_OPERATION, s("op_1"), s(NULL), s("k-2"), &operation, &error) == AKUA_OK);
  akua_resource_free(operation);
  CHECK(akua_launch_once(client, NULL, AKUA_LAUNCH_RESUME_CLUSTER, s("clu_3"), s("42"), s(NULL), &operation, &error) == AKUA_CONFLICT);
  akua_report_free(error);
  CHECK(akua_launch_once(client, NULL, AKUA_LAUNCH_DELETE_WORKSPACE, s("ws_1"), s("9999"), s(NULL), &operation, &error) == AKUA_CONFLICT);
  akua_report_free(error);
  sim_tell(it, LOSE_ACCEPTANCES);
  CHECK(akua_launch_once(client, NULL, AKUA_LAUNCH_SUSPEND_CLUSTER, s("clu_3"), s("42"), s(NULL), &operation, &error) == AKUA_TRANSPORT);
  CHECK(akua_report_flag(error, AKUA_REPORT_MAY_HAVE_TAKEN_EFFECT) && operation == NULL);
  akua_report_free(error);
  sim_tell(it, "{\"op\":\"clear\"}");
}

/* What breaks a rule is refused in words, and nothing of it reaches the server. */
static void refused(const sim* it, const akua_client* client) {
  static const char* const bad[] = {"", ".", "..", "a/b", "a%2Fb", "a:b", "a\nb"};
  static const akua_launch_kind of[] = {AKUA_LAUNCH_SUSPEND_CLUSTER,      AKUA_LAUNCH_RESUME_CLUSTER,
                                        AKUA_LAUNCH_DELETE_CLUSTER,       AKUA_LAUNCH_DELETE_WORKSPACE,
                                        AKUA_LAUNCH_REFRESH_CAPABILITIES, AKUA_LAUNCH_CANCEL_OPERATION};
  akua_resource *cluster, *made = NULL, *workspace = NULL, *operation = NULL;
  akua_report *launched, *waited = NULL, *error = NULL;
  akua_launch* launch = NULL;
  akua_call_options* elsewhere = akua_call_options_new();
  akua_str with_nul = {"a\0b", 3};
  char wait_token[4096], launch_token[4096], edit_token[4096], *before, *after;
  const char *names[7], *tokens[3];
  size_t at, kind;
  int32_t progress = 0, stage = 9;
  akua_client* stranger;
  sim other = *it;

  anew(it);
  snprintf(other.url, sizeof other.url, "http://127.0.0.1:%d", it->port == 1 ? 2 : 1);
  stranger = client_of(&other);
  cluster = cluster_of(client, "clu_1");
  CHECK(akua_resource_get(client, NULL, AKUA_WORKSPACE, s("ws_1"), &workspace, NULL) == AKUA_OK);
  CHECK(akua_launch_new(client, NULL, AKUA_LAUNCH_SUSPEND_CLUSTER, cluster, &launch, NULL) == AKUA_OK);
  CHECK(akua_launch_next(launch, &progress, &launched, NULL) == AKUA_OK);
  snprintf(launch_token, sizeof launch_token, "%s", akua_launch_resume_token(launch).data);
  CHECK(akua_launch_next(launch, &progress, &launched, NULL) == AKUA_OK);
  snprintf(wait_token, sizeof wait_token, "%s", akua_launch_resume_token(launch).data);
  akua_launch_free(launch);
  akua_report_free(launched);
  {
    akua_edit* edit = NULL;
    akua_patch* patch = named("never");
    CHECK(akua_edit_new(client, NULL, cluster, patch, &edit, NULL) == AKUA_OK);
    CHECK(akua_edit_next(edit, &progress, &launched, NULL) == AKUA_OK && progress == AKUA_EDIT_READY);
    snprintf(edit_token, sizeof edit_token, "%s", akua_edit_resume_token(edit).data);
    akua_edit_free(edit);
    akua_patch_free(patch);
  }
  CHECK(akua_resource_get(client, NULL, AKUA_OPERATION, s("op_1"), &operation, NULL) == AKUA_OK);
  CHECK(akua_call_options_set_text(elsewhere, AKUA_OPTION_CONTEXT, s("ws_9"), NULL) == AKUA_OK);
  sim_tell(it, "{\"op\":\"clear_log\"}");
  before = sim_control(it, "{\"op\":\"log\"}");

  for (kind = 0; kind < sizeof of / sizeof *of; ++kind) {
    for (at = 0; at <= sizeof bad / sizeof *bad; ++at) {
      const akua_str id = at < sizeof bad / sizeof *bad ? s(bad[at]) : with_nul;
      const akua_str etag = kind < 4 ? s("42") : s(NULL);
      CHECK(akua_launch_run_by_id(client, NULL, of[kind], id, &launched, &error) == AKUA_INVALID_INPUT && launched == NULL);
      CHECK(is(item(error, AKUA_REPORT_PROBLEMS, 0, AKUA_REPORT_FIELD), "id"));
      SAYS(error, {AKUA_REPORT_EFFECT, "not_sent"});
      akua_report_free(error);
      CHECK(akua_launch_once(client, NULL, of[kind], id, etag, s(NULL), &made, &error) == AKUA_INVALID_INPUT && made == NULL);
      akua_report_free(error);
    }
  }
  for (at = 0; at < sizeof bad / sizeof *bad; ++at) {
    CHECK(akua_operation_wait(client, NULL, s(bad[at]), 0, NULL, NULL, &waited, &error) == AKUA_INVALID_INPUT && waited == NULL);
    akua_report_free(error);
  }
  CHECK(akua_operation_wait(client, NULL, with_nul, 0, NULL, NULL, &waited, &error) == AKUA_INVALID_INPUT);
  akua_report_free(error);

  /* The kind has to be one, and what was seen has to be of what it is about. */
#define REFUSED(call, one, other)                                                                  \
  do {                                                                                             \
    CHECK((call) == AKUA_MISUSE && launched == NULL && waited == NULL && launch == NULL);          \
    if (!has(akua_report_message(error), one) || !has(akua_report_message(error), other))          \
      fprintf(stderr, "%s\n", akua_report_message(error).data);                                    \
    CHECK(has(akua_report_message(error), one) && has(akua_report_message(error), other));         \
    CHECK(is(akua_report_text(error, AKUA_REPORT_EFFECT), "not_sent"));                            \
    akua_report_free(error);                                                                       \
  } while (0)
  launch = NULL;
  launched = NULL;
  REFUSED(akua_launch_run(client, NULL, AKUA_LAUNCH_SUSPEND_CLUSTER, workspace, &launched, &error), "a workspace", "a cluster");
  REFUSED(akua_launch_run(client, NULL, AKUA_LAUNCH_DELETE_WORKSPACE, operation, &launched, &error), "an operation", "a workspace");
  REFUSED(akua_launch_run(client, NULL, AKUA_LAUNCH_CANCEL_OPERATION, workspace, &launched, &error), "a workspace", "an operation");
  REFUSED(akua_launch_new(client, NULL, AKUA_LAUNCH_RESUME_CLUSTER, operation, &launch, &error), "an operation", "a cluster");
  REFUSED(akua_launch_run(client, NULL, 0, workspace, &launched, &error), "`kind` is 0", "no launch");
  REFUSED(akua_launch_run_by_id(client, NULL, 98, s("clu_1"), &launched, &error), "`kind` is 98", "no launch");
  REFUSED(akua_launch_new_by_id(client, NULL, -1, s("clu_1"), &launch, &error), "`kind` is -1", "no launch");
  REFUSED(akua_launch_once(client, NULL, 99, s("clu_1"), s("42"), s(NULL), &made, &error), "`kind` is 99", "no launch");
  REFUSED(akua_launch_run(client, NULL, 1, NULL, &launched, &error), "seen", "NULL");
  REFUSED(akua_launch_run_by_id(client, NULL, 1, s(NULL), &launched, &error), "id", "NULL");
  REFUSED(akua_launch_run_by_id(NULL, NULL, 1, s("clu_1"), &launched, &error), "client", "NULL");
  REFUSED(akua_launch_run_by_id(client, NULL, 1, s("clu_1"), NULL, &error), "launched", "NULL");
  REFUSED(akua_launch_once(client, NULL, AKUA_LAUNCH_SUSPEND_CLUSTER, s("clu_1"), s(NULL), s(NULL), &made, &error), "if_match", "guarded");
  REFUSED(akua_launch_once(client, NULL, AKUA_LAUNCH_CANCEL_OPERATION, s("op_1"), s("42"), s(NULL), &made, &error), "if_match", "no etag");
  REFUSED(akua_operation_wait(client, NULL, s("op_1"), 4, NULL, NULL, &waited, &error), "`asked` is 4", "AKUA_ASKED_");
  REFUSED(akua_operation_wait(client, NULL, s(NULL), 0, NULL, NULL, &waited, &error), "awaited", "NULL");
  REFUSED(akua_operation_wait(client, NULL, s("op_1"), 0, NULL, NULL, NULL, &error), "waited", "NULL");
  REFUSED(akua_launch_next(NULL, &progress, &launched, &error), "launch", "NULL");
#undef REFUSED

  /* Whatever keeps a call from settling a token's launch, nothing better is said of it than was known before. */
  names[0] = edit_token, names[1] = wait_token, names[2] = "", names[3] = "akua-resume-2.e30.00", names[4] = "akua-resume-9.e30.00";
  names[5] = launch_token, names[6] = launch_token;
  for (at = 0; at < 7; ++at) {
    const akua_call_options* options = at == 5 ? elsewhere : NULL;
    const int mode = at == 6 ? 9 : AKUA_RESUME_FINISH;
    CHECK(akua_launch_resolve(client, options, s(names[at]), mode, &launched, &error) == AKUA_INVALID_INPUT && launched == NULL);
    CHECK(akua_report_flag(error, AKUA_REPORT_MAY_HAVE_TAKEN_EFFECT) && akua_report_flag(error, AKUA_REPORT_MAY_STILL_LAND));
    SAYS(error, {AKUA_REPORT_EFFECT, "unknown"}, {AKUA_REPORT_HINT, ""});
    CHECK(has(akua_report_text(error, AKUA_REPORT_HINT), "keep the resume token"));
    akua_report_free(error);
  }
  /* A token of another service. */
  CHECK(akua_launch_resolve(stranger, NULL, s(launch_token), AKUA_RESUME_FINISH, &launched, &error) == AKUA_INVALID_INPUT);
  CHECK(has(akua_report_message(error), "for another service") && akua_report_flag(error, AKUA_REPORT_MAY_STILL_LAND));
  akua_report_free(error);
  CHECK(akua_operation_wait(stranger, NULL, s(wait_token), 0, NULL, NULL, &waited, &error) == AKUA_INVALID_INPUT);
  CHECK(has(akua_report_message(error), "for another service"));
  akua_report_free(error);
  CHECK(akua_launch_resolve(client, NULL, s(NULL), AKUA_RESUME_LOOK, &launched, &error) == AKUA_MISUSE);
  CHECK(akua_report_flag(error, AKUA_REPORT_MAY_STILL_LAND) && is(akua_report_text(error, AKUA_REPORT_EFFECT), "unknown"));
  akua_report_free(error);
  /* Each call takes its own tokens alone. */
  tokens[0] = edit_token, tokens[1] = launch_token, tokens[2] = wait_token;
  for (at = 0; at < 3; ++at) {
    CHECK(akua_resume_token_stage(s(tokens[at]), &stage, &error) == AKUA_OK && stage == (int32_t)at + 1);
    if (at < 2) {
      CHECK(akua_operation_wait(client, NULL, s(tokens[at]), 0, NULL, NULL, &waited, &error) == AKUA_INVALID_INPUT);
      akua_report_free(error);
    }
    if (at > 0) {
      CHECK(akua_edit_resolve(client, NULL, AKUA_CLUSTER, s(tokens[at]), AKUA_RESUME_LOOK, NULL, &launched, &error) == AKUA_INVALID_INPUT);
      akua_report_free(error);
    }
  }
  CHECK(akua_resume_token_stage(s("akua-resume-1"), &stage, &error) == AKUA_INVALID_INPUT && stage == 0);
  akua_report_free(error);
  CHECK(akua_operation_wait(client, elsewhere, s(wait_token), 0, NULL, NULL, &waited, &error) == AKUA_INVALID_INPUT);
  akua_report_free(error);
  after = sim_control(it, "{\"op\":\"log\"}");
  CHECK(strcmp(before, after) == 0);
  free(before);
  free(after);
  akua_call_options_free(elsewhere);
  akua_client_free(stranger);
  akua_resource_free(operation);
  akua_resource_free(workspace);
  akua_resource_free(cluster);
}

int main(int count, char** arguments) {
  sim it;
  akua_client* client;
  if (count != 2) return 2;
  it = sim_start(arguments[1], 4);
  client = client_of(&it);
  there_and_back(&it, client);
  of_every_kind(&it, client);
  otherwise(&it, client);
  lost(&it, client);
  stepwise(&it, client);
  once(&it, client);
  refused(&it, client);
  akua_client_free(client);
  sim_stop(&it);
  printf("%d checks\n", checks);
  return 0;
}
