/* Making clusters, against a simulator. */
#define _POSIX_C_SOURCE 200809L
#include "checks.h"

#define LOSE_CREATES(times)                                                                                 \
  "{\"op\":\"inject\",\"fault\":{\"match\":{\"create\":\"create_cluster\"},\"times\":" times ","              \
  "\"delivery\":{\"send\":\"nothing\",\"end\":\"reset\"}}}"

static void anew(const sim* it) { sim_tell(it, "{\"op\":\"reset\"}"); }

static akua_patch* new_cluster(const char* name) {
  akua_patch* of = akua_patch_new_for_launch(AKUA_LAUNCH_CREATE_CLUSTER);
  CHECK(of != NULL && akua_patch_set_text(of, AKUA_NAME, s(name), NULL) == AKUA_OK);
  CHECK(akua_patch_set_text(of, AKUA_REGION_ID, s("reg_1"), NULL) == AKUA_OK);
  return of;
}

static akua_call_options* within(uint64_t ms) {
  akua_call_options* options = akua_call_options_new();
  CHECK(akua_call_options_set_number(options, AKUA_OPTION_TIMEOUT, ms, NULL) == AKUA_OK);
  return options;
}

static akua_str token_of(const akua_report* report) { return akua_report_text(report, AKUA_REPORT_RESUME_TOKEN); }

/* Waits for the operation of a create, and gives the report of what it has made. */
static akua_report* made_by(const akua_client* client, akua_str awaited) {
  akua_report *waited = NULL, *error = NULL;
  CHECK(akua_operation_wait(client, NULL, awaited, AKUA_ASKED_BY_TOKEN, NULL, NULL, &waited, &error) == AKUA_OK);
  CHECK(error == NULL && akua_resource_kind(akua_report_resource(waited)) == AKUA_CLUSTER);
  return waited;
}

static size_t called(const akua_client* client, const char* name) {
  akua_list* all = NULL;
  akua_resource* one = NULL;
  size_t count = 0;
  CHECK(akua_list_new(client, NULL, AKUA_CLUSTER, &all, NULL) == AKUA_OK);
  while (akua_list_next(all, &one, NULL) == AKUA_OK && one != NULL) {
    count += is(akua_resource_text(one, AKUA_NAME, NULL), name) ? 1 : 0;
    akua_resource_free(one);
  }
  akua_list_free(all);
  return count;
}

static void made(const sim* it, const akua_client* client) {
  akua_patch *of, *copy;
  akua_report *launched = NULL, *waited, *error = NULL;
  akua_kind kind = 0;
  int32_t stage = 0;

  anew(it);
  of = new_cluster("prod-eu");
  CHECK(akua_patch_set_text(of, AKUA_NETWORK_PROFILE, s("linux_cilium"), NULL) == AKUA_OK);
  copy = akua_patch_clone(of);
  akua_patch_free(of);
  CHECK(akua_launch_run_create(client, NULL, copy, &launched, &error) == AKUA_OK && error == NULL);
  SAYS(launched, {AKUA_REPORT_OUTCOME, "applied"}, {AKUA_REPORT_PROOF, "acknowledged"}, {AKUA_REPORT_OPERATION, "op_1"});
  CHECK(akua_report_number(launched, AKUA_REPORT_REQUESTS) == 1 && akua_report_resource(launched) == NULL);
  CHECK(akua_resume_token_stage(token_of(launched), &stage, NULL) == AKUA_OK && stage == AKUA_TOKEN_WAIT);
  CHECK(akua_resume_token_kind(token_of(launched), &kind, NULL) == AKUA_OK && kind == AKUA_CLUSTER);
  waited = made_by(client, token_of(launched));
  CHECK(is(akua_resource_text(akua_report_resource(waited), AKUA_NAME, NULL), "prod-eu"));
  akua_report_free(waited);
  akua_report_free(launched);
  /* The same patch makes another one. */
  CHECK(akua_launch_run_create(client, NULL, copy, &launched, &error) == AKUA_OK && called(client, "prod-eu") == 2);
  akua_report_free(launched);
  akua_patch_free(copy);
}

static void lost(const sim* it, const akua_client* client) {
  akua_patch* of = new_cluster("prod-us");
  akua_call_options* brief = within(1500);
  akua_report *launched = NULL, *waited, *error = NULL;

  anew(it);
  sim_tell(it, LOSE_CREATES("1"));
  CHECK(akua_launch_run_create(client, NULL, of, &launched, &error) == AKUA_OK);
  CHECK(akua_report_number(launched, AKUA_REPORT_ATTEMPTS) == 2 && called(client, "prod-us") == 1);
  akua_report_free(launched);

  /* Nobody knows: what is called so may be the new one, or the one that was made before. */
  sim_tell(it, LOSE_CREATES("\"forever\""));
  CHECK(akua_launch_run_create(client, brief, of, &launched, &error) == AKUA_INDETERMINATE && launched == NULL);
  SAYS(error, {AKUA_REPORT_OUTCOME, "indeterminate"}, {AKUA_REPORT_OPERATION, NULL}, {AKUA_REPORT_RESUME_TOKEN, ""});
  CHECK(akua_report_flag(error, AKUA_REPORT_MAY_STILL_LAND) && akua_report_count(error, AKUA_REPORT_CANDIDATES) == 2);
  CHECK(called(client, "prod-us") == 2);
  sim_tell(it, "{\"op\":\"clear\"}");
  /* Settled by the same bytes under the same key: no third one. The machine is the same one, so that the key's age is known. */
  CHECK(akua_launch_resolve(client, NULL, token_of(error), AKUA_RESUME_FINISH, &launched, NULL) == AKUA_OK);
  waited = made_by(client, token_of(launched));
  CHECK(is(akua_resource_text(akua_report_resource(waited), AKUA_NAME, NULL), "prod-us") && called(client, "prod-us") == 2);
  akua_report_free(waited);
  akua_report_free(launched);
  akua_report_free(error);
  akua_call_options_free(brief);
  akua_patch_free(of);
}

static void stepwise(const sim* it, const akua_client* client) {
  akua_patch* of = new_cluster("prod-step");
  akua_launch* launch = NULL;
  akua_report *launched = NULL, *waited, *error = NULL;
  int32_t progress = 0, stage = 0;

  anew(it);
  CHECK(akua_launch_new_create(client, NULL, of, &launch, &error) == AKUA_OK && launch != NULL);
  CHECK(none(akua_launch_resume_token(launch)) && called(client, "prod-step") == 0);
  CHECK(akua_launch_next(launch, &progress, &launched, &error) == AKUA_OK && progress == AKUA_LAUNCH_READY);
  CHECK(akua_resume_token_stage(akua_launch_resume_token(launch), &stage, NULL) == AKUA_OK && stage == AKUA_TOKEN_LAUNCH);
  CHECK(called(client, "prod-step") == 0);
  CHECK(akua_launch_next(launch, &progress, &launched, &error) == AKUA_OK && progress == AKUA_LAUNCH_DONE);
  CHECK(akua_str_equals(akua_launch_resume_token(launch), token_of(launched)));
  waited = made_by(client, akua_report_text(launched, AKUA_REPORT_OPERATION));
  akua_report_free(waited);
  akua_report_free(launched);
  akua_launch_free(launch);

  launched = NULL;
  CHECK(akua_launch_new_create(client, NULL, of, &launch, &error) == AKUA_OK);
  CHECK(akua_launch_next(launch, &progress, &launched, &error) == AKUA_OK && progress == AKUA_LAUNCH_READY);
  CHECK(akua_launch_decline(launch, s("the disk is full"), &error) == AKUA_OK);
  CHECK(akua_launch_next(launch, &progress, &launched, &error) == AKUA_NOT_SENT && launched == NULL);
  CHECK(has(akua_report_message(error), "the disk is full") && called(client, "prod-step") == 1);
  akua_report_free(error);
  akua_launch_free(launch);
  akua_patch_free(of);
}

static void once(const sim* it, const akua_client* client) {
  akua_patch* of = new_cluster("prod-once");
  akua_resource *operation = NULL, *again = NULL;
  akua_report* error = NULL;

  anew(it);
  CHECK(akua_launch_once_create(client, NULL, of, s("k-1"), &operation, &error) == AKUA_OK && error == NULL);
  CHECK(akua_launch_once_create(client, NULL, of, s("k-1"), &again, &error) == AKUA_OK && error == NULL);
  CHECK(akua_str_equals(akua_resource_text(operation, AKUA_ID, NULL), akua_resource_text(again, AKUA_ID, NULL)));
  akua_resource_free(again);
  CHECK(akua_launch_once_create(client, NULL, of, s(NULL), &again, &error) == AKUA_OK && called(client, "prod-once") == 2);
  akua_resource_free(again);
  again = NULL;
  sim_tell(it, LOSE_CREATES("1"));
  CHECK(akua_launch_once_create(client, NULL, of, s(NULL), &again, &error) == AKUA_TRANSPORT && again == NULL);
  CHECK(akua_report_flag(error, AKUA_REPORT_MAY_HAVE_TAKEN_EFFECT) && called(client, "prod-once") == 3);
  akua_report_free(error);
  akua_resource_free(operation);
  akua_patch_free(of);
}

/* Whether a token has "a-secret-kubeconfig" in it: what it holds is written in base64, at one of three places of a group. */
static bool shows_kubeconfig(akua_str token) {
  return has(token, "YS1zZWNyZXQta3ViZWNvbmZpZ") || has(token, "Etc2VjcmV0LWt1YmVjb25maW") || has(token, "hLXNlY3JldC1rdWJlY29uZmln");
}

/* What is there with the answer, without an operation. */
static void at_once(const sim* it, const akua_client* client) {
  akua_patch* of = akua_patch_new_for_launch(AKUA_LAUNCH_IMPORT_CLUSTER);
  akua_report *launched = NULL, *error = NULL;
  akua_resource* one = NULL;
  akua_str made;

  anew(it);
  CHECK(akua_patch_set_text(of, AKUA_NAME, s("edge"), NULL) == AKUA_OK);
  CHECK(akua_patch_set_text(of, AKUA_REGION_ID, s("reg_1"), NULL) == AKUA_OK);
  CHECK(akua_patch_set_text(of, AKUA_KUBECONFIG, s("a-secret-kubeconfig"), NULL) == AKUA_OK);
  CHECK(akua_launch_run_create(client, NULL, of, &launched, &error) == AKUA_OK && error == NULL);
  SAYS(launched, {AKUA_REPORT_OUTCOME, "applied"}, {AKUA_REPORT_PROOF, "acknowledged"}, {AKUA_REPORT_OPERATION, NULL},
       {AKUA_REPORT_RESUME_TOKEN, NULL});
  made = akua_report_text(launched, AKUA_REPORT_MADE);
  CHECK(akua_resource_get(client, NULL, AKUA_CLUSTER, made, &one, NULL) == AKUA_OK && called(client, "edge") == 1);
  CHECK(is(akua_resource_text(one, AKUA_NAME, NULL), "edge"));
  akua_resource_free(one);
  akua_report_free(launched);
  /* It is sent once, and nothing that is said shows the kubeconfig. */
  sim_tell(it, "{\"op\":\"inject\",\"fault\":{\"match\":{\"create\":\"import_cluster\"},"
               "\"delivery\":{\"send\":\"nothing\",\"end\":\"reset\"}}}");
  CHECK(akua_launch_run_create(client, NULL, of, &launched, &error) == AKUA_INDETERMINATE && called(client, "edge") == 2);
  CHECK(akua_report_count(error, AKUA_REPORT_CANDIDATES) == 2 && !shows_kubeconfig(token_of(error)));
  CHECK(!has(akua_report_message(error), "a-secret") && !has(akua_report_text(error, AKUA_REPORT_EXPLAIN), "a-secret"));
  akua_report_free(error);
  akua_patch_free(of);

  of = akua_patch_new_for_launch(AKUA_LAUNCH_CREATE_WORKSPACE);
  CHECK(akua_patch_set_text(of, AKUA_NAME, s("Team Blue"), NULL) == AKUA_OK);
  CHECK(akua_patch_set_text(of, AKUA_SLUG, s("team-blue"), NULL) == AKUA_OK);
  CHECK(akua_launch_once_create(client, NULL, of, s("k-1"), &one, &error) == AKUA_MISUSE);
  CHECK(has(akua_report_message(error), "idempotency_key"));
  akua_report_free(error);
  error = NULL;
  CHECK(akua_launch_once_create(client, NULL, of, s(NULL), &one, &error) == AKUA_OK && error == NULL);
  CHECK(is(akua_resource_text(one, AKUA_SLUG, NULL), "team-blue"));
  akua_resource_free(one);
  /* The slug is taken. */
  CHECK(akua_launch_run_create(client, NULL, of, &launched, &error) == AKUA_REJECTED && launched == NULL);
  CHECK(is(akua_report_text(error, AKUA_REPORT_OUTCOME), "not_applied"));
  akua_report_free(error);
  akua_patch_free(of);
}

/* A refusal of `status` whose message has this in it. */
static void is_refused(akua_status given, akua_status status, akua_report** error, const char* says) {
  if (given != status || !has(akua_report_message(*error), says)) fprintf(stderr, "%d: %s\n", given, akua_report_message(*error).data);
  CHECK(given == status && has(akua_report_message(*error), says));
  CHECK(!akua_report_flag(*error, AKUA_REPORT_MAY_HAVE_TAKEN_EFFECT));
  akua_report_free(*error);
  *error = NULL;
}

static void refused(const sim* it, const akua_client* client) {
  akua_patch *of = new_cluster("prod"), *change = named("prod"), *empty;
  akua_resource *seen, *operation = NULL;
  akua_report *launched = NULL, *error = NULL;
  akua_launch* launch = NULL;

  anew(it);
  seen = cluster_of(client, "clu_1");
  /* A create has neither an id nor a version. */
  is_refused(akua_launch_run(client, NULL, AKUA_LAUNCH_CREATE_CLUSTER, seen, &launched, &error), AKUA_MISUSE, &error,
             "akua_launch_run_create");
  is_refused(akua_launch_run_by_id(client, NULL, AKUA_LAUNCH_CREATE_CLUSTER, s("clu_1"), &launched, &error), AKUA_MISUSE,
             &error, "akua_launch_run_create");
  is_refused(akua_launch_new(client, NULL, AKUA_LAUNCH_CREATE_CLUSTER, seen, &launch, &error), AKUA_MISUSE, &error,
             "akua_launch_new_create");
  is_refused(akua_launch_once(client, NULL, AKUA_LAUNCH_CREATE_CLUSTER, s("clu_1"), s(NULL), s(NULL), &operation, &error),
             AKUA_MISUSE, &error, "akua_launch_once_create");
  /* What changes is not what something is made of, and the other way round. */
  is_refused(akua_launch_run_create(client, NULL, change, &launched, &error), AKUA_MISUSE, &error, "akua_patch_new_for_launch");
  is_refused(akua_launch_once_create(client, NULL, change, s(NULL), &operation, &error), AKUA_MISUSE, &error,
             "akua_patch_new_for_launch");
  is_refused(akua_edit_run(client, NULL, seen, of, &launched, &error), AKUA_MISUSE, &error, "akua_patch_new ");
  is_refused(akua_edit_run_by_id(client, NULL, s("clu_1"), of, &launched, &error), AKUA_MISUSE, &error, "akua_patch_new ");
  is_refused(akua_resource_update(client, NULL, s("clu_1"), s("42"), of, s(NULL), &operation, &error), AKUA_MISUSE, &error,
             "akua_patch_new ");
  is_refused(akua_launch_run_create(client, NULL, NULL, &launched, &error), AKUA_MISUSE, &error, "`of`");
  CHECK(akua_patch_new_for_launch(AKUA_LAUNCH_SUSPEND_CLUSTER) == NULL && akua_patch_new_for_launch(0) == NULL);
  /* Each has its own properties. */
  is_refused(akua_patch_set_text(of, AKUA_KUBECONFIG, s("x"), &error), AKUA_MISUSE, &error,
             "a new cluster has not (it has name, region_id, network_profile)");
  is_refused(akua_patch_set_text(change, AKUA_NETWORK_PROFILE, s("linux_cilium"), &error), AKUA_MISUSE, &error,
             "a cluster has not");
  is_refused(akua_patch_set_flag(of, AKUA_NAME, true, &error), AKUA_MISUSE, &error, "AKUA_NAME");
  /* What is missing or too long is told by the call, and nothing is sent. */
  empty = akua_patch_new_for_launch(AKUA_LAUNCH_CREATE_CLUSTER);
  is_refused(akua_launch_run_create(client, NULL, empty, &launched, &error), AKUA_INVALID_INPUT, &error, "`region_id` is missing");
  is_refused(akua_launch_new_create(client, NULL, empty, &launch, &error), AKUA_INVALID_INPUT, &error, "`name` is missing");
  CHECK(akua_patch_set_text(of, AKUA_NETWORK_PROFILE, s("flannel"), &error) == AKUA_OK);
  is_refused(akua_launch_run_create(client, NULL, of, &launched, &error), AKUA_INVALID_INPUT, &error, "network_profile");
  CHECK(launched == NULL && launch == NULL && operation == NULL && called(client, "prod") == 0);
  CHECK(is(akua_property_name(AKUA_NETWORK_PROFILE), "network_profile"));
  akua_resource_free(seen);
  akua_patch_free(empty);
  akua_patch_free(change);
  akua_patch_free(of);
}

/* What lets machines join: its secrets are in the answer that makes it, and only one function gives them. */
static void bootstraps(const sim* it, const akua_client* client) {
  static const akua_property secrets[] = {AKUA_TOKEN, AKUA_COMMAND, AKUA_CLOUD_INIT, AKUA_ARTIFACTS};
  akua_patch* of = akua_patch_new_for_launch(AKUA_LAUNCH_CREATE_WORKER_BOOTSTRAP);
  akua_report *launched = NULL, *error = NULL;
  const akua_resource* made;
  akua_resource *copy, *read = NULL, *once = NULL;
  akua_secret* secret = NULL;
  akua_list* list = NULL;
  akua_call_options* options = akua_call_options_new();
  size_t i;

  anew(it);
  CHECK(akua_patch_set_text(of, AKUA_CLUSTER_ID, s("../x"), &error) == AKUA_OK);
  is_refused(akua_launch_run_create(client, NULL, of, &launched, &error), AKUA_INVALID_INPUT, &error, "cluster_id");
  CHECK(akua_patch_set_text(of, AKUA_CLUSTER_ID, s("clu_1"), &error) == AKUA_OK);
  CHECK(akua_patch_set_number(of, AKUA_TTL_SECONDS, 59, &error) == AKUA_OK);
  is_refused(akua_launch_run_create(client, NULL, of, &launched, &error), AKUA_INVALID_INPUT, &error, "ttl_seconds");
  CHECK(akua_patch_set_number(of, AKUA_TTL_SECONDS, 60, &error) == AKUA_OK);
  CHECK(akua_launch_run_create(client, NULL, of, &launched, &error) == AKUA_OK && error == NULL);
  CHECK(is(akua_report_text(launched, AKUA_REPORT_MADE), "clu_1/wbs_1"));
  CHECK(!has(akua_report_text(launched, AKUA_REPORT_EXPLAIN), "joins-nothing"));
  made = akua_report_resource(launched);
  CHECK(akua_resource_kind(made) == AKUA_WORKER_BOOTSTRAP && is(akua_resource_text(made, AKUA_ID, NULL), "wbs_1"));
  copy = akua_resource_clone(made);
  akua_report_free(launched);
  for (i = 0; i < sizeof secrets / sizeof *secrets; ++i) {
    CHECK(akua_resource_text(copy, secrets[i], NULL).data == NULL && akua_resource_json(copy, secrets[i], NULL).data == NULL);
    CHECK(akua_resource_shown(copy, secrets[i], NULL) == AKUA_SHOWN_UNREADABLE);
    CHECK(akua_resource_secret(copy, secrets[i], &secret, &error) == AKUA_OK && secret != NULL);
    CHECK(has(akua_secret_expose(secret), "joins-nothing-wbs_1"));
    akua_secret_free(secret);
  }
  CHECK(!has(akua_resource_json(copy, 0, NULL), "joins-nothing"));
  is_refused(akua_resource_secret(copy, AKUA_ID, &secret, &error), AKUA_MISUSE, &error, "is no secret");
  is_refused(akua_resource_secret(copy, AKUA_NAME, &secret, &error), AKUA_MISUSE, &error, "AKUA_NAME");
  /* No later answer has them. */
  CHECK(akua_resource_get(client, NULL, AKUA_WORKER_BOOTSTRAP, s("clu_1/wbs_1"), &read, &error) == AKUA_OK);
  secret = NULL;
  CHECK(akua_resource_secret(read, AKUA_TOKEN, &secret, &error) == AKUA_OK && secret == NULL && error == NULL);
  /* A list is one of a cluster. */
  CHECK(akua_list_new(client, NULL, AKUA_WORKER_BOOTSTRAP, &list, &error) == AKUA_OK);
  {
    akua_resource* none = NULL;
    is_refused(akua_list_next(list, &none, &error), AKUA_INVALID_INPUT, &error, "cluster_id");
  }
  akua_list_free(list);
  list = NULL;
  CHECK(akua_call_options_set_text(options, AKUA_OPTION_CLUSTER_ID, s("clu_1"), &error) == AKUA_OK);
  CHECK(akua_list_new(client, options, AKUA_WORKER_BOOTSTRAP, &list, &error) == AKUA_OK);
  {
    akua_resource* one = NULL;
    CHECK(akua_list_next(list, &one, &error) == AKUA_OK && is(akua_resource_text(one, AKUA_FULL_ID, NULL), "clu_1/wbs_1"));
    akua_resource_free(one);
  }
  akua_list_free(list);
  CHECK(akua_launch_once_create(client, NULL, of, s("mine"), &once, &error) == AKUA_OK);
  CHECK(akua_resource_secret(once, AKUA_TOKEN, &secret, &error) == AKUA_OK && secret != NULL);
  akua_secret_free(secret);
  /* It is revoked in the version that was seen. */
  launched = NULL;
  CHECK(akua_launch_run(client, NULL, AKUA_LAUNCH_REVOKE_WORKER_BOOTSTRAP, once, &launched, &error) == AKUA_OK);
  CHECK(is(akua_report_text(launched, AKUA_REPORT_PROOF), "acknowledged"));
  akua_report_free(launched);
  launched = NULL;
  CHECK(akua_launch_run(client, NULL, AKUA_LAUNCH_REVOKE_WORKER_BOOTSTRAP, once, &launched, &error) == AKUA_CONFLICT);
  akua_report_free(error);
  akua_call_options_free(options);
  akua_resource_free(once);
  akua_resource_free(read);
  akua_resource_free(copy);
  akua_patch_free(of);
}

int main(int count, char** arguments) {
  sim it;
  akua_client* client;
  if (count != 2) return 2;
  it = sim_start(arguments[1], 4);
  client = client_of(&it);
  made(&it, client);
  lost(&it, client);
  stepwise(&it, client);
  once(&it, client);
  at_once(&it, client);
  refused(&it, client);
  bootstraps(&it, client);
  akua_client_free(client);
  sim_stop(&it);
  printf("%d checks\n", checks);
  return 0;
}
