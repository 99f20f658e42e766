/* Any request, and what is answered to it, against a simulator. */
#define _POSIX_C_SOURCE 200809L
#include "checks.h"

#define SECRET "opens-nothing"

static size_t logged;

static void sink(void* context, akua_str line) {
  (void)context;
  ++logged;
  CHECK(!has(line, SECRET) && !has(line, "clu_1"));
}

static akua_request* request_of(const char* method, const char* path) {
  akua_request* request = NULL;
  akua_report* error = NULL;
  CHECK(akua_request_new(s(method), s(path), &request, &error) == AKUA_OK && request != NULL && error == NULL);
  return request;
}

static void set(akua_request* request, akua_request_key key, const char* text) {
  CHECK(akua_request_set_text(request, key, s(text), NULL) == AKUA_OK);
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

static void answered(const sim* it, const akua_client* client) {
  akua_request* request = request_of("GET", "/clusters");
  akua_request* copy = NULL;
  akua_answer* answer = NULL;
  akua_report* error = NULL;
  akua_str json;

  sim_tell(it, "{\"op\":\"clear_log\"}");
  copy = akua_request_clone(request);
  CHECK(copy != NULL && akua_request_add_query(copy, s("limit"), s("1"), NULL) == AKUA_OK);
  CHECK(akua_request_send(client, NULL, copy, &answer, &error) == AKUA_OK && answer != NULL && error == NULL);
  json = akua_answer_text(answer, AKUA_ANSWER_JSON);
  CHECK(akua_answer_http_status(answer) == 200 && has(json, "\"has_more\":true") && strlen(json.data) == json.len);
  CHECK(none(akua_answer_text(answer, AKUA_ANSWER_ETAG)) && akua_answer_text(answer, AKUA_ANSWER_JSON).data == json.data);
  CHECK(none(akua_answer_text(answer, 0)) && none(akua_answer_text(answer, -1)) && none(akua_answer_text(answer, 4)));
  akua_answer_free(answer);
  akua_request_free(copy);
  /* The copy went its own way. */
  CHECK(akua_request_send(client, NULL, request, &answer, NULL) == AKUA_OK);
  CHECK(has(akua_answer_text(answer, AKUA_ANSWER_JSON), "\"has_more\":false"));
  akua_answer_free(answer);
  akua_request_free(request);

  request = request_of("PATCH", "/clusters/clu_1");
  set(request, AKUA_REQUEST_IF_MATCH, "42");
  set(request, AKUA_REQUEST_IDEMPOTENCY_KEY, "once-1");
  set(request, AKUA_REQUEST_BODY, "{\"name\":\"first\"}");
  set(request, AKUA_REQUEST_BODY, " {\"name\" : \"by hand\"} ");
  sim_tell(it, "{\"op\":\"inject\",\"fault\":{\"answer\":{\"status\":200,\"headers\":{\"etag\":\"W/\\\"9\\\"\",\"x-request-id\":\"req_1\"}}}}");
  CHECK(akua_request_send(client, NULL, request, &answer, &error) == AKUA_OK && error == NULL);
  CHECK(has(akua_answer_text(answer, AKUA_ANSWER_JSON), "\"by hand\""));
  CHECK(is(akua_answer_text(answer, AKUA_ANSWER_ETAG), "W/\"9\"") && is(akua_answer_text(answer, AKUA_ANSWER_REQUEST_ID), "req_1"));
  akua_answer_free(answer);
  /* The same request again, on another version. */
  set(request, AKUA_REQUEST_IDEMPOTENCY_KEY, "once-2");
  CHECK(akua_request_send(client, NULL, request, &answer, &error) == AKUA_CONFLICT && answer == NULL);
  SAYS(error, {AKUA_REPORT_EFFECT, "not_applied"}, {AKUA_REPORT_CURRENT_ETAG, "43"}, {AKUA_REPORT_RESUME_TOKEN, NULL});
  akua_report_free(error);
  akua_request_free(request);
  CHECK(requests(it) == 4);
}

static void lost(const sim* it, const akua_client* client) {
  akua_request* request = request_of("PATCH", "/clusters/clu_1");
  akua_answer* answer = NULL;
  akua_report* error = NULL;
  akua_call_options* options = akua_call_options_new();

  set(request, AKUA_REQUEST_IF_MATCH, "43");
  set(request, AKUA_REQUEST_BODY, "{\"name\":\"" SECRET "\"}");
  sim_tell(it, "{\"op\":\"clear_log\"}");
  sim_tell(it, LOSE_THE_ANSWER);
  akua_log_set_sink(sink, NULL, NULL);
  CHECK(akua_request_send(client, NULL, request, &answer, &error) == AKUA_TRANSPORT && answer == NULL);
  CHECK(akua_report_flag(error, AKUA_REPORT_MAY_HAVE_TAKEN_EFFECT) && akua_report_number(error, AKUA_REPORT_ATTEMPTS) == 1);
  CHECK(!has(akua_report_message(error), SECRET) && has(akua_report_message(error), "compare"));
  SAYS(error, {AKUA_REPORT_EFFECT, "unknown"}, {AKUA_REPORT_RESUME_TOKEN, NULL});
  akua_report_free(error);
  /* A page in place of JSON. */
  sim_tell(it, "{\"op\":\"inject\",\"fault\":{\"answer\":{\"status\":200,\"body\":\"html\"}}}");
  CHECK(akua_request_send(client, NULL, request, &answer, &error) == AKUA_DECODE && answer == NULL);
  CHECK(akua_report_flag(error, AKUA_REPORT_MAY_HAVE_TAKEN_EFFECT));
  CHECK(is(item(error, AKUA_REPORT_PROBLEMS, 0, AKUA_REPORT_FIELD), "body"));
  akua_report_free(error);
  akua_log_set_sink(NULL, NULL, NULL);
  CHECK(logged > 0 && requests(it) == 2);
  /* Its time is up. */
  CHECK(akua_call_options_set_number(options, AKUA_OPTION_TIMEOUT, 200, NULL) == AKUA_OK);
  sim_tell(it, STALL_FOR_EVER);
  CHECK(akua_request_send(client, options, request, &answer, &error) == AKUA_TIMEOUT && answer == NULL);
  CHECK(akua_report_flag(error, AKUA_REPORT_MAY_HAVE_TAKEN_EFFECT));
  akua_report_free(error);
  sim_tell(it, "{\"op\":\"clear\"}");
  akua_call_options_free(options);
  akua_request_free(request);
}

/* By its place: which argument C looks at first is not said. */
static void field_is(akua_status status, akua_report** error, const char* field) {
  CHECK(status == AKUA_INVALID_INPUT && is(item(*error, AKUA_REPORT_PROBLEMS, 0, AKUA_REPORT_FIELD), field));
  SAYS(*error, {AKUA_REPORT_EFFECT, "not_sent"});
  CHECK(!has(akua_report_message(*error), SECRET));
  akua_report_free(*error);
  *error = NULL;
}

static void refused(const sim* it, const akua_client* client) {
  static const char* const bad[] = {"", "offers", "//evil/offers", "https://evil/offers", "/a//b", "/v1/offers", "/a/../b", "/a/%2e%2e", "/a?b", "/a#b", "/a\r\nb", "/a b", "/\xc3\xa9", "/a%"};
  const akua_str with_nul = {"/a\0b", 4};
  akua_request* request = NULL;
  akua_request* get = request_of("GET", "/offers");
  akua_request* post = request_of("POST", "/offers");
  akua_call_options* options = akua_call_options_new();
  akua_cancel* cancel = akua_cancel_new();
  akua_answer* answer = NULL;
  akua_report* error = NULL;
  size_t at;

  sim_tell(it, "{\"op\":\"clear_log\"}");
  for (at = 0; at <= sizeof bad / sizeof *bad; ++at) {
    const akua_str path = at < sizeof bad / sizeof *bad ? s(bad[at]) : with_nul;
    const akua_status status = akua_request_new(s("GET"), path, &request, &error);
    CHECK(request == NULL);
    field_is(status, &error, "path");
  }
  field_is(akua_request_new(s("HEAD"), s("/offers"), &request, &error), &error, "method");
  field_is(akua_request_add_query(get, s(""), s("1"), &error), &error, "query");
  field_is(akua_request_set_text(get, AKUA_REQUEST_BODY, s("{}"), &error), &error, "body");
  field_is(akua_request_set_text(post, AKUA_REQUEST_BODY, s("{" SECRET), &error), &error, "body");
  field_is(akua_request_set_text(post, AKUA_REQUEST_BODY, s(""), &error), &error, "body");
  field_is(akua_request_set_text(post, AKUA_REQUEST_IF_MATCH, s("*"), &error), &error, "if-match");
  field_is(akua_request_set_text(post, AKUA_REQUEST_IDEMPOTENCY_KEY, s("a\nb"), &error), &error, "idempotency-key");
  /* What is none, and what is another's. */
  CHECK(akua_request_new(s(NULL), s("/offers"), &request, &error) == AKUA_MISUSE && request == NULL);
  akua_report_free(error);
  CHECK(akua_request_set_text(post, 0, s("x"), &error) == AKUA_MISUSE && has(akua_report_message(error), "AKUA_REQUEST_"));
  akua_report_free(error);
  CHECK(akua_request_set_text(post, AKUA_REQUEST_BODY, s(NULL), &error) == AKUA_MISUSE);
  akua_report_free(error);
  CHECK(akua_request_send(client, NULL, NULL, &answer, &error) == AKUA_MISUSE && answer == NULL);
  akua_report_free(error);
  CHECK(akua_request_send(client, NULL, post, NULL, NULL) == AKUA_MISUSE);
  CHECK(akua_request_clone(NULL) == NULL && akua_answer_http_status(NULL) == 0 && none(akua_answer_text(NULL, AKUA_ANSWER_JSON)));
  akua_request_free(NULL);
  akua_answer_free(NULL);
  /* Ended before it began. */
  CHECK(akua_call_options_set_cancel(options, cancel, NULL) == AKUA_OK);
  akua_cancel_trigger(cancel);
  CHECK(akua_request_send(client, options, post, &answer, &error) == AKUA_CANCELLED && answer == NULL);
  SAYS(error, {AKUA_REPORT_EFFECT, "not_sent"});
  akua_report_free(error);
  CHECK(requests(it) == 0);
  akua_cancel_free(cancel);
  akua_call_options_free(options);
  akua_request_free(get);
  akua_request_free(post);
}

int main(int count, char** arguments) {
  sim it;
  akua_client* client;
  if (count != 2) return 2;
  it = sim_start(arguments[1], 2);
  client = client_of(&it);
  answered(&it, client);
  lost(&it, client);
  refused(&it, client);
  akua_client_free(client);
  sim_stop(&it);
  printf("%d checks\n", checks);
  return 0;
}
