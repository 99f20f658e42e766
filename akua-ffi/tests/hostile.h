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

static void wrong(const char* what, akua_error* error) {
  fprintf(stderr, "%s, %s: %s\n", function_now, title_now, what);
  if (error != NULL) fprintf(stderr, "  %s\n", akua_error_message(error).data);
  exit(1);
}

static void now(const char* function, const char* title) {
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

static void judged(akua_status status, akua_error* error, enum verdict verdict) {
  seen();
  met(verdict);
  if (akua_status_name(status).data == NULL) wrong("a status without a name", error);
  if (verdict == MISUSE && status != AKUA_MISUSE) wrong("it was not refused", error);
  if (verdict == PANIC && status != AKUA_PANIC) wrong("the panic did not become a status", error);
  if (verdict != PANIC && status == AKUA_PANIC) wrong("it panicked", error);
  if (error != NULL && akua_error_status(error) != status) wrong("the error has another status", error);
  if (error != NULL && strlen(akua_error_message(error).data) != akua_error_message(error).len)
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

static void hostile_sink(void* context, akua_str line) {
  (void)context;
  (void)line;
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

/* A text that is valid for a parameter of this name. */
static akua_str text_for(const char* parameter) {
  static char token[4096];
  if (strcmp(parameter, "id") == 0) return akua_str_of("clu_1");
  if (strcmp(parameter, "if_match") == 0) return akua_str_of("42");
  if (strcmp(parameter, "provider") == 0) return akua_str_of("managed_kaas");
  if (strcmp(parameter, "url") == 0) return akua_str_of("http://127.0.0.1:1");
  if (strcmp(parameter, "slug") == 0) return akua_str_of("team-blue");
  if (strcmp(parameter, "traceparent") == 0)
    return akua_str_of("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  if (strcmp(parameter, "resume_token") == 0) {
    akua_cluster_edit* edit = NULL;
    akua_cluster_edited* edited = NULL;
    akua_cluster_patch* patch = akua_cluster_patch_new();
    int32_t progress = 0;
    static int turn;
    char name[32];
    snprintf(name, sizeof name, "by token %d",
             ++turn); /* Another one each time, so that there is something to write. */
    akua_cluster_patch_set_name(patch, akua_str_of(name), NULL);
    akua_cluster_edit_new_by_id(client, NULL, akua_str_of("clu_2"), patch, &edit, NULL);
    akua_cluster_edit_next(edit, &progress, &edited, NULL);
    snprintf(token, sizeof token, "%s", akua_cluster_edit_resume_token(edit).data);
    akua_cluster_edit_free(edit);
    akua_cluster_edited_free(edited);
    akua_cluster_patch_free(patch);
    return akua_str_of(token);
  }
  return akua_str_of("some text");
}

static akua_client_options* fresh_akua_client_options(void) {
  akua_client_options* options = akua_client_options_new();
  akua_client_options_set_base_url(options, akua_str_of(it.url), NULL);
  akua_client_options_set_token(options, akua_str_of(it.token), NULL);
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
  akua_call_options_set_timeout_ms(options, 2000, NULL);
  return options;
}

static akua_cancel* fresh_akua_cancel(void) { return akua_cancel_new(); }

static akua_cluster* fresh_akua_cluster(void) {
  akua_cluster* cluster = NULL;
  akua_cluster_get(client, NULL, akua_str_of("clu_1"), &cluster, NULL);
  return cluster;
}

static akua_workspace* fresh_akua_workspace(void) {
  akua_workspace* workspace = NULL;
  akua_workspace_get(client, NULL, akua_str_of("ws_1"), &workspace, NULL);
  return workspace;
}

static akua_cluster_patch* fresh_akua_cluster_patch(void) {
  akua_cluster_patch* patch = akua_cluster_patch_new();
  akua_cluster_patch_set_name(patch, akua_str_of("hostile"), NULL);
  return patch;
}

static akua_workspace_patch* fresh_akua_workspace_patch(void) {
  akua_workspace_patch* patch = akua_workspace_patch_new();
  akua_workspace_patch_set_name(patch, akua_str_of("hostile"), NULL);
  return patch;
}

static akua_cluster_list* fresh_akua_cluster_list(void) {
  akua_cluster_list* list = NULL;
  akua_cluster_list_new(client, NULL, &list, NULL);
  return list;
}

static akua_workspace_list* fresh_akua_workspace_list(void) {
  akua_workspace_list* list = NULL;
  akua_workspace_list_new(client, NULL, &list, NULL);
  return list;
}

/* Edits that wait for a patch, so that every call of them has something to do. */
static akua_cluster_edit* fresh_akua_cluster_edit(void) {
  akua_cluster_edit* edit = NULL;
  akua_cluster_edited* edited = NULL;
  int32_t progress = 0;
  akua_cluster_edit_new_by_id(client, NULL, akua_str_of("clu_1"), NULL, &edit, NULL);
  akua_cluster_edit_next(edit, &progress, &edited, NULL);
  return edit;
}

static akua_workspace_edit* fresh_akua_workspace_edit(void) {
  akua_workspace_edit* edit = NULL;
  akua_workspace_edited* edited = NULL;
  int32_t progress = 0;
  akua_workspace_edit_new_by_id(client, NULL, akua_str_of("ws_1"), NULL, &edit, NULL);
  akua_workspace_edit_next(edit, &progress, &edited, NULL);
  return edit;
}

static akua_cluster_edited* fresh_akua_cluster_edited(void) {
  akua_cluster_patch* patch = fresh_akua_cluster_patch();
  akua_cluster_edited* edited = NULL;
  akua_cluster_edit_run_by_id(client, NULL, akua_str_of("clu_1"), patch, &edited, NULL);
  akua_cluster_patch_free(patch);
  return edited;
}

static akua_workspace_edited* fresh_akua_workspace_edited(void) {
  akua_workspace_patch* patch = fresh_akua_workspace_patch();
  akua_workspace_edited* edited = NULL;
  akua_workspace_edit_run_by_id(client, NULL, akua_str_of("ws_1"), patch, &edited, NULL);
  akua_workspace_patch_free(patch);
  return edited;
}

static akua_error* fresh_akua_error(void) {
  akua_cluster* cluster = NULL;
  akua_error* error = NULL;
  akua_cluster_get(client, NULL, akua_str_of("clu_99"), &cluster, &error);
  return error;
}

/* Whatever was set, a call with it ends with a status. */
static void use_call_options(const akua_call_options* options) {
  akua_cluster* cluster = NULL;
  akua_cluster_edited* edited = NULL;
  akua_cluster_patch* patch = fresh_akua_cluster_patch();
  akua_error* error = NULL;
  judge(akua_cluster_get(client, options, akua_str_of("clu_1"), &cluster, &error), error, ANY);
  akua_error_free(error);
  judge(akua_cluster_edit_run_by_id(client, options, akua_str_of("clu_1"), patch, &edited, &error), error, ANY);
  akua_error_free(error);
  akua_cluster_free(cluster);
  akua_cluster_edited_free(edited);
  akua_cluster_patch_free(patch);
}

static void use_client_options(const akua_client_options* options) {
  akua_client *kept = client, *made = NULL;
  akua_error* error = NULL;
  judge(akua_client_new(options, &made, &error), error, ANY);
  akua_error_free(error);
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
