/* What there is one of for each cluster, against a simulator: read, changed and settled as any other resource. */
#define _POSIX_C_SOURCE 200809L

#include "checks.h"

#define SETTINGS AKUA_CLUSTER_COMPUTE_SETTINGS

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
  akua_client_free(client);
  sim_stop(&it);
  printf("%d checks\n", checks);
  return 0;
}
