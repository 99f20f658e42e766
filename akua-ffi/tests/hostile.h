/* What the generated calls of hostile.py are made with, and what may come out of them: a status that has a name, never
 * a panic that was not planted, an error object exactly with a failure, and nothing left behind. */
#define _POSIX_C_SOURCE 200809L
#include "akua.h"

#include "../../examples/c/sim.h"

static sim it;
static akua_client* client;
static const char *function_now = "", *title_now = "";
static long calls;

enum verdict { ANY, MISUSE, PANIC };

static void wrong(const char* what, akua_report* error) {
  fprintf(stderr, "%s, %s: %s\n", function_now, title_now, what);
  if (error != NULL) fprintf(stderr, "  %s\n", akua_report_message(error).data);
  exit(1);
}

/* Before and after each function that may leave nothing of what there was, all is as at the start. */
static void now(const char* function, const char* title) {
  static bool reset = true;
  const bool launches = strncmp(function, "akua_launch_", 12) == 0;
  if (launches || reset) sim_tell(&it, "{\"op\":\"reset\"}");
  reset = launches;
  function_now = function;
  title_now = title;
}

static void seen(void) { ++calls; }

#ifdef PLANTED
void akua_test_plant_panic(void);
bool akua_test_panic_waits(void);
#endif

/* Whether a planted panic has met the function: one that does not pass the guard would leave it waiting. */
static void met(enum verdict verdict) {
#ifdef PLANTED
  if (akua_test_panic_waits() && verdict == PANIC) wrong("the panic was not met", NULL);
#else
  (void)verdict;
#endif
}

/* The call comes first: it sets the error. */
#define judge(call, error, verdict)         \
  do {                                      \
    const akua_status status_now = (call);  \
    judged(status_now, (error), (verdict)); \
  } while (0)
#define given(call, verdict) gave((call), (verdict))
#define given_text(call, verdict) gave_text((call), (verdict))

static void judged(akua_status status, akua_report* error, enum verdict verdict) {
  seen();
  met(verdict);
  if (akua_status_name(status).data == NULL) wrong("a status without a name", error);
  if (verdict == MISUSE && status != AKUA_MISUSE) wrong("it was not refused", error);
  if (verdict == PANIC && status != AKUA_PANIC) wrong("the panic did not become a status", error);
  if (verdict != PANIC && status == AKUA_PANIC) wrong("it panicked", error);
  if (error != NULL && akua_report_status(error) != status) wrong("the error has another status", error);
  if (error != NULL && strlen(akua_report_message(error).data) != akua_report_message(error).len)
    wrong("a message that ends early", error);
}

static void gave(bool something, enum verdict verdict) {
  seen();
  met(verdict);
  if (verdict != ANY && something) wrong("something was given", NULL);
}

static void gave_text(akua_str text, enum verdict verdict) {
  gave(text.data != NULL, verdict);
  if (text.data == NULL && text.len != 0) wrong("a length without a text", NULL);
  if (text.data != NULL && strncmp(function_now, "akua_str_", 9) != 0 && text.data[text.len] != 0)
    wrong("a text without a NUL behind it", NULL);
}

/* What a getter says of why it gives nothing. */
static void explained(const akua_report* error, enum verdict verdict) {
  const akua_status status = akua_report_status(error);
  if (verdict == MISUSE && status != AKUA_MISUSE) wrong("it does not say why there is nothing", NULL);
  if (verdict == PANIC && status != AKUA_PANIC) wrong("the panic is not told", NULL);
  if (verdict == ANY && status != AKUA_OK && status != AKUA_MISUSE) wrong("another reason than misuse", NULL);
}

static void hostile_sink(void* context, akua_str line) {
  (void)context;
  (void)line;
}

static bool hostile_operation_sink(void* context, const akua_resource* operation) {
  (void)context;
  return akua_resource_flag(operation, AKUA_DONE, NULL);
}

/* Texts that are none: the first may be allowed where a text may be left out. */
static akua_str wrong_text(int which) {
  static const char not_utf8[] = "\xc3(", surrogate[] = "\xed\xa0\x80";
  akua_str text = {NULL, 0};
  if (which == 1) text.len = 5;
  if (which == 2) text.data = "x", text.len = SIZE_MAX;
  if (which == 3) text.data = "x", text.len = SIZE_MAX / 2;
  if (which == 4) text.data = not_utf8, text.len = 2;
  if (which == 5) text.data = surrogate, text.len = 3;
  return text;
}

static const size_t odd_texts = 14;

static akua_str odd_text(size_t which) {
  static char long_text[1 << 20];
  static const char with_nul[] = "a\0b";
  static const char* const texts[] = {
      "", ".", "..", "*", "a/b", "a%2Fb", "a\r\nx: y", " ", "a?b", "\xf0\x9f\x9a\x80", "\xe2\x80\xae", "http://"};
  akua_str text = {long_text, sizeof long_text};
  if (which < sizeof texts / sizeof *texts) return akua_str_of(texts[which]);
  if (which == sizeof texts / sizeof *texts) {
    text.data = with_nul;
    text.len = 3;
    return text;
  }
  memset(long_text, 'a', sizeof long_text);
  return text;
}

/* A launch that is about to be sent. */
static akua_launch* fresh_akua_launch(void) {
  akua_launch* launch = NULL;
  akua_report* launched = NULL;
  int32_t progress = 0;
  akua_launch_new_by_id(client, NULL, AKUA_LAUNCH_SUSPEND_CLUSTER, akua_str_of("clu_1"), &launch, NULL);
  akua_launch_next(launch, &progress, &launched, NULL);
  return launch;
}

/* A text that is valid for a parameter of this name. */
static akua_str text_for(const char* parameter) {
  static char token[4096];
  if (strcmp(parameter, "id") == 0) return akua_str_of("clu_1");
  if (strcmp(parameter, "if_match") == 0) return akua_str_of("42");
  if (strcmp(parameter, "json") == 0) return akua_str_of("\"some text\"");
  if (strcmp(parameter, "method") == 0) return akua_str_of("POST");
  if (strcmp(parameter, "path") == 0) return akua_str_of("/clusters/clu_1:suspend");
  if (strcmp(parameter, "awaited") == 0) {
    akua_report* launched = NULL;
    akua_launch_run_by_id(client, NULL, AKUA_LAUNCH_REFRESH_CAPABILITIES, akua_str_of("clu_3"), &launched, NULL);
    snprintf(token, sizeof token, "%s", akua_report_text(launched, AKUA_REPORT_RESUME_TOKEN).data);
    akua_report_free(launched);
    return akua_str_of(token);
  }
  if (strcmp(function_now, "akua_launch_resolve") == 0) {
    akua_launch* launch = fresh_akua_launch();
    snprintf(token, sizeof token, "%s", akua_launch_resume_token(launch).data);
    akua_launch_free(launch);
    return akua_str_of(token);
  }
  if (strcmp(parameter, "resume_token") == 0) {
    akua_edit* edit = NULL;
    akua_report* edited = NULL;
    akua_patch* patch = akua_patch_new(AKUA_CLUSTER);
    int32_t progress = 0;
    static int turn;
    char name[32];
    snprintf(name, sizeof name, "by token %d",
             ++turn); /* Another one each time, so that there is something to write. */
    akua_patch_set_text(patch, AKUA_NAME, akua_str_of(name), NULL);
    akua_edit_new_by_id(client, NULL, AKUA_CLUSTER, akua_str_of("clu_2"), patch, &edit, NULL);
    akua_edit_next(edit, &progress, &edited, NULL);
    snprintf(token, sizeof token, "%s", akua_edit_resume_token(edit).data);
    akua_edit_free(edit);
    akua_report_free(edited);
    akua_patch_free(patch);
    return akua_str_of(token);
  }
  return akua_str_of("some text");
}

static akua_client_options* fresh_akua_client_options(void) {
  akua_client_options* options = akua_client_options_new();
  akua_client_options_set_text(options, AKUA_OPTION_BASE_URL, akua_str_of(it.url), NULL);
  akua_client_options_set_text(options, AKUA_OPTION_TOKEN, akua_str_of(it.token), NULL);
  return options;
}

static akua_client* fresh_akua_client(void) {
  akua_client_options* options = fresh_akua_client_options();
  akua_client* made = NULL;
  akua_client_new(options, &made, NULL);
  akua_client_options_free(options);
  return made;
}

/* So short that the calls that wait don't hold everything up. */
static akua_call_options* fresh_akua_call_options(void) {
  akua_call_options* options = akua_call_options_new();
  akua_call_options_set_number(options, AKUA_OPTION_TIMEOUT, 500, NULL);
  return options;
}

static akua_secret* fresh_akua_secret(void) {
  akua_secret* secret = NULL;
  akua_secret_get(client, NULL, AKUA_CLUSTER, akua_str_of("clu_1"), AKUA_KUBECONFIG, &secret, NULL);
  return secret;
}

static akua_request* fresh_akua_request(void) {
  akua_request* request = NULL;
  akua_request_new(akua_str_of("PATCH"), akua_str_of("/clusters/clu_1"), &request, NULL);
  return request;
}

static akua_answer* fresh_akua_answer(void) {
  akua_request* request = NULL;
  akua_answer* answer = NULL;
  akua_request_new(akua_str_of("GET"), akua_str_of("/clusters/clu_1"), &request, NULL);
  akua_request_send(client, NULL, request, &answer, NULL);
  akua_request_free(request);
  return answer;
}

static akua_cancel* fresh_akua_cancel(void) { return akua_cancel_new(); }

static akua_resource* fresh_akua_resource(void) {
  akua_resource* resource = NULL;
  akua_resource_get(client, NULL, AKUA_CLUSTER, akua_str_of("clu_1"), &resource, NULL);
  return resource;
}

static akua_patch* fresh_akua_patch(void) {
  akua_patch* patch = akua_patch_new(AKUA_CLUSTER);
  akua_patch_set_text(patch, AKUA_NAME, akua_str_of("hostile"), NULL);
  return patch;
}

static akua_list* fresh_akua_list(void) {
  akua_list* list = NULL;
  akua_list_new(client, NULL, AKUA_CLUSTER, &list, NULL);
  return list;
}

/* An edit that waits for a patch, so that every call of it has something to do. */
static akua_edit* fresh_akua_edit(void) {
  akua_edit* edit = NULL;
  akua_report* edited = NULL;
  int32_t progress = 0;
  akua_edit_new_by_id(client, NULL, AKUA_CLUSTER, akua_str_of("clu_1"), NULL, &edit, NULL);
  akua_edit_next(edit, &progress, &edited, NULL);
  return edit;
}

/* Of an edit that is in effect and of a refusal, by turns. */
static akua_report* fresh_akua_report(void) {
  static int turn;
  akua_patch* patch = fresh_akua_patch();
  akua_resource* resource = NULL;
  akua_report* report = NULL;
  if (++turn % 2 == 0)
    akua_resource_get(client, NULL, AKUA_CLUSTER, akua_str_of("clu_99"), &resource, &report);
  else
    akua_edit_run_by_id(client, NULL, akua_str_of("clu_1"), patch, &report, NULL);
  akua_patch_free(patch);
  return report;
}

/* Whatever was set, a call with it ends with a status. */
static void use_call_options(const akua_call_options* options) {
  akua_resource* cluster = NULL;
  akua_report* edited = NULL;
  akua_patch* patch = fresh_akua_patch();
  akua_report* error = NULL;
  judge(akua_resource_get(client, options, AKUA_CLUSTER, akua_str_of("clu_1"), &cluster, &error), error, ANY);
  akua_report_free(error);
  judge(akua_edit_run_by_id(client, options, akua_str_of("clu_1"), patch, &edited, &error), error, ANY);
  akua_report_free(error);
  akua_resource_free(cluster);
  akua_report_free(edited);
  akua_patch_free(patch);
}

static void use_client_options(const akua_client_options* options) {
  akua_client *kept = client, *made = NULL;
  akua_report* error = NULL;
  judge(akua_client_new(options, &made, &error), error, ANY);
  akua_report_free(error);
  if (made == NULL) return;
  client = made;
  use_call_options(NULL);
  client = kept;
  akua_client_free(made);
}

static void free_other_cancel(void* handle) { akua_cancel_free((akua_cancel*)handle); }
static void free_other_options(void* handle) { akua_call_options_free((akua_call_options*)handle); }

static void begin(int count, char** arguments) {
  if (count != 2) exit(2);
  it = sim_start(arguments[1], 3);
  client = fresh_akua_client();
  (void)fresh_akua_call_options;
}

static int end(int functions) {
  akua_log_set_sink(NULL, NULL, NULL);
  akua_client_free(client);
  sim_stop(&it);
  printf("%d functions, %ld calls\n", functions, calls);
  return 0;
}
