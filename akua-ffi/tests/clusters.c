/* What can be read of a cluster beside itself, against a simulator. */
#define _POSIX_C_SOURCE 200809L
#include "checks.h"

/* What the kubeconfigs of a simulator have in them. */
#define SECRET "opens-nothing"

static size_t logged;

static void sink(void* context, akua_str line) {
  (void)context;
  ++logged;
  CHECK(!has(line, SECRET));
}

/* Nothing that a report says has anything of a kubeconfig. */
static void shows_nothing(const akua_report* error) {
  static const akua_report_key texts[] = {AKUA_REPORT_MESSAGE, AKUA_REPORT_HINT, AKUA_REPORT_DETAIL, AKUA_REPORT_EXPLAIN};
  size_t at;
  for (at = 0; at < sizeof texts / sizeof *texts; ++at) CHECK(!has(akua_report_text(error, texts[at]), SECRET));
  for (at = 0; at < akua_report_count(error, AKUA_REPORT_PROBLEMS); ++at)
    CHECK(!has(item(error, AKUA_REPORT_PROBLEMS, at, AKUA_REPORT_MESSAGE), SECRET));
  for (at = 0; at < akua_report_count(error, AKUA_REPORT_SERVER_ERRORS); ++at)
    CHECK(!has(item(error, AKUA_REPORT_SERVER_ERRORS, at, AKUA_REPORT_MESSAGE), SECRET));
}

/* How many requests the simulator has heard since its log was cleared. */
static int requests(const sim* it) {
  char* log = sim_control(it, "{\"op\":\"log\"}");
  const char* at = log;
  int found = 0;
  while ((at = strstr(at, "\"seq\":")) != NULL) ++found, ++at;
  free(log);
  return found;
}

static void kubeconfig(const sim* it, const akua_client* client) {
  akua_secret* secret = NULL;
  akua_report* error = NULL;
  akua_str text;

  sim_tell(it, "{\"op\":\"clear_log\"}");
  CHECK(akua_secret_get(client, NULL, AKUA_CLUSTER, s("clu_1"), AKUA_KUBECONFIG, &secret, &error) == AKUA_OK && secret != NULL && error == NULL);
  text = akua_secret_expose(secret);
  CHECK(has(text, SECRET "-clu_1") && strlen(text.data) == text.len && akua_secret_expose(secret).data == text.data);
  CHECK(requests(it) == 1);
  akua_secret_free(secret);

  CHECK(akua_secret_get(client, NULL, AKUA_CLUSTER, s("clu_99"), AKUA_KUBECONFIG, &secret, &error) == AKUA_NOT_FOUND && secret == NULL);
  SAYS(error, {AKUA_REPORT_EFFECT, "not_applied"});
  akua_report_free(error);
  /* Asked for once, whatever comes of it. */
  sim_tell(it, "{\"op\":\"clear_log\"}");
  sim_tell(it, "{\"op\":\"inject\",\"fault\":{\"times\":\"forever\",\"delivery\":{\"send\":\"nothing\",\"end\":\"reset\"}}}");
  CHECK(akua_secret_get(client, NULL, AKUA_CLUSTER, s("clu_1"), AKUA_KUBECONFIG, &secret, &error) == AKUA_TRANSPORT && secret == NULL);
  CHECK(!akua_report_flag(error, AKUA_REPORT_MAY_HAVE_TAKEN_EFFECT) && akua_report_number(error, AKUA_REPORT_ATTEMPTS) == 1);
  shows_nothing(error);
  akua_report_free(error);
  sim_tell(it, "{\"op\":\"clear\"}");
  sim_tell(it, "{\"op\":\"inject\",\"fault\":{\"times\":\"forever\",\"answer\":{\"status\":503}}}");
  CHECK(akua_secret_get(client, NULL, AKUA_CLUSTER, s("clu_1"), AKUA_KUBECONFIG, &secret, &error) == AKUA_SERVER && secret == NULL);
  akua_report_free(error);
  CHECK(requests(it) == 2);
  sim_tell(it, "{\"op\":\"clear\"}");
}

static void refused(const sim* it, const akua_client* client) {
  static const char* const bad[] = {"", ".", "..", "a/b", "a\\b", "a%2Fb", "clu_1:suspend", "a\nb",
                                    "1234567890123456789012345678901234567890123456789012345"};
  const akua_str with_nul = {"a\0b", 3};
  akua_call_options* options = akua_call_options_new();
  akua_cancel* cancel = akua_cancel_new();
  akua_secret* secret = NULL;
  akua_report* error = NULL;
  size_t at;

  sim_tell(it, "{\"op\":\"clear_log\"}");
  for (at = 0; at <= sizeof bad / sizeof *bad; ++at) {
    const akua_str id = at < sizeof bad / sizeof *bad ? s(bad[at]) : with_nul;
    CHECK(akua_secret_get(client, NULL, AKUA_CLUSTER, id, AKUA_KUBECONFIG, &secret, &error) == AKUA_INVALID_INPUT && secret == NULL);
    CHECK(is(item(error, AKUA_REPORT_PROBLEMS, 0, AKUA_REPORT_FIELD), "id"));
    SAYS(error, {AKUA_REPORT_EFFECT, "not_sent"});
    akua_report_free(error);
  }
  CHECK(akua_secret_get(client, NULL, AKUA_CLUSTER, s(NULL), AKUA_KUBECONFIG, &secret, &error) == AKUA_MISUSE && secret == NULL);
  akua_report_free(error);
  CHECK(akua_secret_get(NULL, NULL, AKUA_CLUSTER, s("clu_1"), AKUA_KUBECONFIG, &secret, &error) == AKUA_MISUSE && secret == NULL);
  akua_report_free(error);
  CHECK(akua_secret_get(client, NULL, AKUA_CLUSTER, s("clu_1"), AKUA_KUBECONFIG, NULL, &error) == AKUA_MISUSE);
  akua_report_free(error);
  /* Of another kind, of none, and what is no secret. */
  CHECK(akua_secret_get(client, NULL, AKUA_WORKSPACE, s("ws_1"), AKUA_KUBECONFIG, &secret, &error) == AKUA_MISUSE && secret == NULL);
  CHECK(has(akua_report_message(error), "a workspace") && has(akua_report_message(error), "a cluster"));
  akua_report_free(error);
  CHECK(akua_secret_get(client, NULL, 0, s("clu_1"), AKUA_KUBECONFIG, &secret, &error) == AKUA_MISUSE && secret == NULL);
  akua_report_free(error);
  CHECK(akua_secret_get(client, NULL, AKUA_CLUSTER, s("clu_1"), AKUA_NAME, &secret, &error) == AKUA_MISUSE && secret == NULL);
  CHECK(has(akua_report_message(error), "`property`") && has(akua_report_message(error), "AKUA_KUBECONFIG"));
  akua_report_free(error);
  /* Ended before it began. */
  CHECK(akua_call_options_set_cancel(options, cancel, NULL) == AKUA_OK);
  akua_cancel_trigger(cancel);
  CHECK(akua_secret_get(client, options, AKUA_CLUSTER, s("clu_1"), AKUA_KUBECONFIG, &secret, &error) == AKUA_CANCELLED && secret == NULL);
  akua_report_free(error);
  CHECK(requests(it) == 0);

  /* What is none, and what is another's. */
  CHECK(none(akua_secret_expose(NULL)));
  akua_secret_free(NULL);
  CHECK(none(akua_secret_expose((const akua_secret*)(const void*)cancel)));
  akua_secret_free((akua_secret*)(void*)cancel);
  CHECK(akua_cancel_is_triggered(cancel));
  CHECK(akua_secret_get(client, NULL, AKUA_CLUSTER, s("clu_2"), AKUA_KUBECONFIG, &secret, NULL) == AKUA_OK);
  akua_resource_free((akua_resource*)(void*)secret);
  CHECK(none(akua_resource_json((const akua_resource*)(const void*)secret, 0, NULL)));
  CHECK(has(akua_secret_expose(secret), SECRET));
  akua_secret_free(secret);
  akua_cancel_free(cancel);
  akua_call_options_free(options);
}

int main(int count, char** arguments) {
  sim it;
  akua_client* client;
  if (count != 2) return 2;
  it = sim_start(arguments[1], 3);
  client = client_of(&it);
  CHECK(akua_log_set_sink(sink, NULL, NULL) == AKUA_OK);
  kubeconfig(&it, client);
  refused(&it, client);
  CHECK(akua_log_set_sink(NULL, NULL, NULL) == AKUA_OK && logged > 5);
  akua_client_free(client);
  sim_stop(&it);
  printf("%d checks\n", checks);
  return 0;
}
