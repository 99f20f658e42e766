/* What there is one of for each cluster, against a simulator: read, changed and settled as any other resource; and what can
   only be read. */
#define _POSIX_C_SOURCE 200809L

#include "checks.h"

#define SETTINGS AKUA_CLUSTER_COMPUTE_SETTINGS
#define CAPABILITIES AKUA_CLUSTER_CAPABILITIES

static akua_resource* settings_of(const akua_client* client, const char* id) {
  akua_resource* settings = NULL;
  CHECK(akua_resource_get(client, NULL, SETTINGS, s(id), &settings, NULL) == AKUA_OK && settings != NULL);
  return settings;
}

static akua_patch* at_most(int64_t machines) {
  akua_patch* patch = akua_patch_new(SETTINGS);
  CHECK(akua_patch_set_number(patch, AKUA_MAX_MACHINES, machines, NULL) == AKUA_OK);
  return patch;
}

static void reading(const akua_client* client) {
  akua_resource* settings = settings_of(client, "clu_1");
  akua_resource* cluster = cluster_of(client, "clu_1");
  akua_resource* copy;
  akua_report* error = NULL;
  akua_list* list = NULL;

  CHECK(akua_resource_kind(settings) == SETTINGS);
  CHECK(is(akua_resource_text(settings, AKUA_CLUSTER_ID, NULL), "clu_1"));
  CHECK(is(akua_resource_text(settings, AKUA_AUTO_SCALING, NULL), "active"));
  CHECK(akua_resource_number(settings, AKUA_MAX_MACHINES, NULL) == 10 && akua_resource_number(settings, AKUA_MACHINES, NULL) == 0);
  CHECK(!is(akua_resource_text(settings, AKUA_ETAG, NULL), akua_resource_text(cluster, AKUA_ETAG, NULL).data));
  CHECK(has(akua_resource_json(settings, 0, NULL), "\"cluster_id\":\"clu_1\""));
  copy = akua_resource_clone(settings);
  CHECK(is(akua_resource_text(copy, AKUA_CLUSTER_ID, NULL), "clu_1"));

  /* It has no id of its own, and there is no list. */
  CHECK(none(akua_resource_text(settings, AKUA_ID, &error)) && has(akua_report_message(error), "cluster_id"));
  akua_report_free(error);
  CHECK(akua_list_new(client, NULL, SETTINGS, &list, &error) == AKUA_MISUSE && list == NULL);
  CHECK(has(akua_report_message(error), "compute settings, of which there is no list"));
  akua_report_free(error);
  akua_resource_free(copy);
  akua_resource_free(cluster);
  akua_resource_free(settings);
}

static void changing(const sim* it, const akua_client* client) {
  akua_resource* settings = settings_of(client, "clu_1");
  const akua_str seen = akua_resource_text(settings, AKUA_ETAG, NULL);
  akua_resource* changed = NULL;
  akua_patch* more = at_most(20);
  akua_patch* pause = akua_patch_new(SETTINGS);
  akua_report* done = NULL;
  akua_report* error = NULL;

  CHECK(akua_patch_set_text(pause, AKUA_AUTO_SCALING, s("paused"), NULL) == AKUA_OK);
  CHECK(akua_resource_update(client, NULL, s("clu_1"), seen, more, s(NULL), &changed, &error) == AKUA_OK);
  CHECK(akua_resource_number(changed, AKUA_MAX_MACHINES, NULL) == 20);
  akua_resource_free(changed);
  CHECK(akua_resource_update(client, NULL, s("clu_1"), seen, pause, s(NULL), &changed, &error) == AKUA_CONFLICT && changed == NULL);
  akua_report_free(error);
  CHECK(akua_resource_update(client, NULL, s("clu_1"), seen, pause, s("key"), &changed, &error) == AKUA_MISUSE && changed == NULL);
  CHECK(has(akua_report_message(error), "compute settings, which takes none"));
  akua_report_free(error);

  /* Another field was changed meanwhile, and then the same one. */
  CHECK(akua_edit_run(client, NULL, settings, pause, &done, &error) == AKUA_OK && error == NULL);
  SAYS(done, {AKUA_REPORT_OUTCOME, "applied"}, {AKUA_REPORT_PROOF, "acknowledged"});
  CHECK(is(akua_resource_text(akua_report_resource(done), AKUA_AUTO_SCALING, NULL), "paused"));
  CHECK(akua_resource_number(akua_report_resource(done), AKUA_MAX_MACHINES, NULL) == 20);
  akua_report_free(done);
  akua_patch_free(more);
  more = at_most(5);
  CHECK(akua_edit_run(client, NULL, settings, more, &done, &error) == AKUA_CONFLICT && done == NULL);
  CHECK(is(item(error, AKUA_REPORT_FIELDS, 0, AKUA_REPORT_FIELD), "max_machines"));
  CHECK(is(item(error, AKUA_REPORT_FIELDS, 0, AKUA_REPORT_THEIRS), "20"));
  akua_report_free(error);

  /* The answer is lost, and the change lands once. */
  sim_tell(it, LOSE_THE_ANSWER);
  CHECK(akua_edit_run_by_id(client, NULL, s("clu_1"), more, &done, &error) == AKUA_OK);
  SAYS(done, {AKUA_REPORT_PROOF, "observed"}, {AKUA_REPORT_EXPLAIN, ""});
  akua_report_free(done);
  akua_patch_free(pause);
  akua_patch_free(more);
  akua_resource_free(settings);
}

static void settling(const akua_client* client) {
  akua_patch* more = at_most(7);
  akua_edit* edit = NULL;
  akua_report* done = NULL;
  akua_report* error = NULL;
  akua_kind kind = 0;
  int32_t progress = 0;
  char token[4096];

  CHECK(akua_edit_new_by_id(client, NULL, SETTINGS, s("clu_2"), more, &edit, &error) == AKUA_OK);
  CHECK(akua_edit_next(edit, &progress, &done, &error) == AKUA_OK && progress == AKUA_EDIT_READY);
  CHECK(akua_edit_resume_token(edit).len < sizeof token);
  strcpy(token, akua_edit_resume_token(edit).data);
  akua_edit_free(edit);
  CHECK(akua_resume_token_kind(s(token), &kind, &error) == AKUA_OK && kind == SETTINGS);
  CHECK(akua_edit_resolve(client, NULL, AKUA_CLUSTER, s(token), AKUA_RESUME_FINISH, NULL, &done, &error) == AKUA_INVALID_INPUT && done == NULL);
  akua_report_free(error);
  CHECK(akua_edit_resolve(client, NULL, SETTINGS, s(token), AKUA_RESUME_FINISH, NULL, &done, &error) == AKUA_OK);
  CHECK(akua_resource_number(akua_report_resource(done), AKUA_MAX_MACHINES, NULL) == 7);
  akua_report_free(done);
  akua_patch_free(more);
}

static void refused(const sim* it, const akua_client* client) {
  static const int64_t bad[] = {-1, 101, INT64_MAX, INT64_MIN};
  akua_resource* settings = settings_of(client, "clu_1");
  akua_resource* changed = NULL;
  akua_report* done = NULL;
  akua_report* error = NULL;
  akua_patch* patch;
  size_t at;
  char* log;

  sim_tell(it, "{\"op\":\"clear_log\"}");
  for (at = 0; at < sizeof bad / sizeof *bad; ++at) {
    patch = at_most(bad[at]);
    CHECK(akua_resource_update(client, NULL, s("clu_1"), s("cs-1-1"), patch, s(NULL), &changed, &error) == AKUA_INVALID_INPUT);
    CHECK(is(item(error, AKUA_REPORT_PROBLEMS, 0, AKUA_REPORT_FIELD), "max_machines") && changed == NULL);
    akua_report_free(error);
    akua_patch_free(patch);
  }
  patch = akua_patch_new(SETTINGS);
  CHECK(akua_resource_update(client, NULL, s("clu_1"), s("cs-1-1"), patch, s(NULL), &changed, &error) == AKUA_INVALID_INPUT);
  akua_report_free(error);
  /* What can't be written, what is of another form, what another kind has. */
  CHECK(akua_patch_set_number(patch, AKUA_MACHINES, 1, &error) == AKUA_MISUSE);
  CHECK(has(akua_report_message(error), "auto_scaling, max_machines"));
  akua_report_free(error);
  CHECK(akua_patch_set_text(patch, AKUA_CLUSTER_ID, s("clu_2"), NULL) == AKUA_MISUSE);
  CHECK(akua_patch_set_flag(patch, AKUA_AUTO_SCALING, true, NULL) == AKUA_MISUSE);
  CHECK(akua_patch_set_text(patch, AKUA_MAX_MACHINES, s("5"), NULL) == AKUA_MISUSE);
  CHECK(akua_patch_set_text(patch, AKUA_NAME, s("prod"), NULL) == AKUA_MISUSE);
  CHECK(akua_patch_set_text(patch, AKUA_AUTO_SCALING, s("stopped"), NULL) == AKUA_OK);
  CHECK(akua_resource_update(client, NULL, s("clu_1"), s("cs-1-1"), patch, s(NULL), &changed, &error) == AKUA_INVALID_INPUT);
  CHECK(is(item(error, AKUA_REPORT_PROBLEMS, 0, AKUA_REPORT_FIELD), "auto_scaling"));
  akua_report_free(error);
  akua_patch_free(patch);
  patch = named("prod");
  CHECK(akua_edit_run(client, NULL, settings, patch, &done, &error) == AKUA_MISUSE && done == NULL);
  CHECK(has(akua_report_message(error), "a cluster") && has(akua_report_message(error), "compute settings"));
  akua_report_free(error);
  akua_patch_free(patch);
  log = sim_control(it, "{\"op\":\"log\"}");
  CHECK(strstr(log, "\"seq\":") == NULL);
  free(log);
  akua_resource_free(settings);
}

/* A call that its kind has not: it says why, and gives nothing. */
#define REFUSED(call, words)                                                   \
  do {                                                                         \
    CHECK((call) == AKUA_MISUSE && has(akua_report_message(error), words));    \
    akua_report_free(error);                                                   \
    error = NULL;                                                              \
  } while (0)

static akua_resource* capabilities_of(const akua_client* client, const char* id) {
  akua_resource* capabilities = NULL;
  CHECK(akua_resource_get(client, NULL, CAPABILITIES, s(id), &capabilities, NULL) == AKUA_OK && capabilities != NULL);
  return capabilities;
}

static void refreshing(const sim* it, const akua_client* client) {
  akua_resource *before = capabilities_of(client, "clu_1"), *after, *silent, *missing = NULL;
  akua_report *launched = NULL, *waited = NULL, *error = NULL;

  CHECK(akua_resource_kind(before) == CAPABILITIES && is(akua_resource_text(before, AKUA_CLUSTER_ID, NULL), "clu_1"));
  CHECK(is(akua_resource_text(before, AKUA_FRESHNESS_STATE, NULL), "missing"));
  CHECK(akua_resource_number(before, AKUA_FRESHNESS_MAX_AGE_SECONDS, NULL) == 300);
  CHECK(akua_resource_number(before, AKUA_FRESHNESS_AGE_SECONDS, NULL) == INT64_MIN);
  CHECK(akua_resource_time(before, AKUA_FRESHNESS_LAST_SUCCESSFUL_AT, NULL) == INT64_MIN);
  CHECK(akua_resource_shown(before, AKUA_FRESHNESS_LAST_REFRESH_STATUS, NULL) == AKUA_SHOWN_ABSENT);
  CHECK(is(akua_resource_json(before, AKUA_API_GROUPS, NULL), "[]"));
  CHECK(akua_resource_shown(before, AKUA_DEFAULT_GATEWAY, NULL) == AKUA_SHOWN_UNREADABLE);

  CHECK(akua_launch_run_by_id(client, NULL, AKUA_LAUNCH_REFRESH_CAPABILITIES, s("clu_1"), &launched, NULL) == AKUA_OK);
  CHECK(akua_operation_wait(client, NULL, akua_report_text(launched, AKUA_REPORT_OPERATION), AKUA_ASKED_NO, NULL, NULL, &waited,
                            NULL) == AKUA_OK);
  after = capabilities_of(client, "clu_1");
  CHECK(is(akua_resource_text(after, AKUA_FRESHNESS_STATE, NULL), "fresh"));
  CHECK(is(akua_resource_text(after, AKUA_FRESHNESS_LAST_REFRESH_STATUS, NULL), "SUCCESS"));
  CHECK(akua_resource_number(after, AKUA_FRESHNESS_AGE_SECONDS, NULL) >= 0);
  CHECK(akua_resource_time(after, AKUA_FRESHNESS_LAST_SUCCESSFUL_AT, NULL) > 0);
  CHECK(has(akua_resource_json(after, AKUA_STORAGE_CLASSES, NULL), "\"is_default\":true"));

  /* A server that does not say how old they are. */
  sim_tell(it, "{\"op\":\"contract\",\"set\":{\"freshness\":false}}");
  silent = capabilities_of(client, "clu_1");
  CHECK(akua_resource_shown(silent, AKUA_FRESHNESS, NULL) == AKUA_SHOWN_UNREADABLE);
  CHECK(akua_resource_shown(silent, AKUA_FRESHNESS_STATE, NULL) == AKUA_SHOWN_UNREADABLE);
  CHECK(none(akua_resource_text(silent, AKUA_FRESHNESS_STATE, NULL)));
  CHECK(akua_resource_get(client, NULL, CAPABILITIES, s("clu_9"), &missing, &error) == AKUA_NOT_FOUND && missing == NULL);
  akua_report_free(error);
  akua_report_free(waited);
  akua_report_free(launched);
  akua_resource_free(silent);
  akua_resource_free(after);
  akua_resource_free(before);
}

static void only_read(const sim* it, const akua_client* client) {
  akua_resource *seen = capabilities_of(client, "clu_1"), *given = NULL;
  akua_patch *patch = akua_patch_new(CAPABILITIES), *name = named("prod");
  akua_report *done = NULL, *error = NULL;
  akua_list* list = NULL;
  akua_edit* edit = NULL;
  akua_secret* secret = NULL;
  char* log;

  sim_tell(it, "{\"op\":\"clear_log\"}");
  REFUSED(akua_list_new(client, NULL, CAPABILITIES, &list, &error), "capabilities, of which there is no list");
  REFUSED(akua_patch_set_json(patch, AKUA_NODES, s("[]"), &error), "capabilities, which can only be read");
  REFUSED(akua_resource_update(client, NULL, s("clu_1"), s("42"), patch, s(NULL), &given, &error),
          "capabilities, which can only be read");
  REFUSED(akua_edit_run(client, NULL, seen, name, &done, &error), "capabilities, which can only be read");
  REFUSED(akua_edit_run_by_id(client, NULL, s("clu_1"), patch, &done, &error), "capabilities, which can only be read");
  REFUSED(akua_edit_new_by_id(client, NULL, CAPABILITIES, s("clu_1"), NULL, &edit, &error), "capabilities, which can only be read");
  REFUSED(akua_resource_wait_settled(client, NULL, CAPABILITIES, s("clu_1"), s(NULL), NULL, &given, &error),
          "capabilities, which is never reconciled");
  REFUSED(akua_secret_get(client, NULL, CAPABILITIES, s("clu_1"), AKUA_KUBECONFIG, &secret, &error), "is of capabilities");
  REFUSED(akua_launch_run(client, NULL, AKUA_LAUNCH_DELETE_CLUSTER, seen, &done, &error), "is of capabilities");
  CHECK(list == NULL && given == NULL && done == NULL && edit == NULL && secret == NULL);
  CHECK(none(akua_resource_text(seen, AKUA_ETAG, &error)) && has(akua_report_message(error), "capabilities has not"));
  akua_report_free(error);
  log = sim_control(it, "{\"op\":\"log\"}");
  CHECK(strstr(log, "\"seq\":") == NULL);
  free(log);
  akua_patch_free(name);
  akua_patch_free(patch);
  akua_resource_free(seen);
}

int main(int count, char** arguments) {
  sim it;
  akua_client* client;
  if (count != 2) return 2;
  it = sim_start(arguments[1], 3);
  client = client_of(&it);
  reading(client);
  changing(&it, client);
  settling(client);
  refused(&it, client);
  refreshing(&it, client);
  only_read(&it, client);
  akua_client_free(client);
  sim_stop(&it);
  printf("%d checks\n", checks);
  return 0;
}
