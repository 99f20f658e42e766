/* Making a cluster and a workspace where answers get lost: the last two scenes of `make demo-life`, from C: make demo-making */
#define _POSIX_C_SOURCE 200809L
#include <akua.h>

#include "sim.h"

static const char* program;

static akua_str s(const char* text) { return akua_str_of(text); }

static void expect(bool shown, const char* what) {
  if (shown) return;
  fprintf(stderr, "the demo did not show what it should: expected %s\n", what);
  exit(1);
}

/* Ends the demo at a failure that no scene is about. */
static void must(akua_status status, akua_report* error) {
  if (status != AKUA_OK) fprintf(stderr, "%s\n", akua_report_message(error).data);
  expect(status == AKUA_OK, "a call without a failure");
}

static void say(const char* line) { printf("   %s\n", line); }

static akua_client* client_of(const sim* it, const char* token, const char* context) {
  akua_client_options* options = akua_client_options_new();
  akua_client* client = NULL;
  akua_report* error = NULL;
  must(akua_client_options_set_text(options, AKUA_OPTION_BASE_URL, s(it->url), &error), error);
  must(akua_client_options_set_text(options, AKUA_OPTION_TOKEN, s(token), &error), error);
  if (context != NULL) must(akua_client_options_set_text(options, AKUA_OPTION_CONTEXT, s(context), &error), error);
  must(akua_client_new(options, &client, &error), error);
  akua_client_options_free(options);
  return client;
}

/* How a create ended: its first line, or all its steps and candidates. */
static void tell(const akua_report* ended, bool whole) {
  const akua_str story = akua_report_text(ended, AKUA_REPORT_EXPLAIN);
  const char *line = story.data, *end;
  size_t i;
  for (; *line != '\0'; line = *end == '\0' ? end : end + 1) {
    end = strchr(line, '\n');
    if (end == NULL) end = line + strlen(line);
    printf("   %.*s\n", (int)(end - line), line);
    if (!whole) return;
  }
  for (i = 0; i < akua_report_count(ended, AKUA_REPORT_CANDIDATES); ++i)
    printf("     candidate: %s\n", akua_report_item(ended, AKUA_REPORT_CANDIDATES, i, AKUA_REPORT_OPERATION, 0).data);
}

static bool is_candidate(const akua_report* ended, akua_str id) {
  size_t i;
  for (i = 0; i < akua_report_count(ended, AKUA_REPORT_CANDIDATES); ++i)
    if (akua_str_equals(akua_report_item(ended, AKUA_REPORT_CANDIDATES, i, AKUA_REPORT_OPERATION, 0), id)) return true;
  return false;
}

/* How often `part` stands in the server's record; in `others`, how many of them are followed by something else than the first. */
static unsigned in_record(const sim* it, const char* part, size_t length, unsigned* others) {
  char* log = sim_control(it, "{\"op\":\"log\"}");
  const char *at = log, *first = NULL;
  unsigned count = 0;
  *others = 0;
  while ((at = strstr(at, part)) != NULL) {
    at += strlen(part);
    ++count;
    if (first == NULL) first = at;
    if (strncmp(first, at, length) != 0) ++*others;
  }
  free(log);
  return count;
}

static void sent_again(void) {
  sim it = sim_start(program, 3);
  akua_client* client = client_of(&it, it.token, NULL);
  akua_patch* of = akua_patch_new_for_launch(AKUA_LAUNCH_CREATE_CLUSTER);
  akua_report *launched = NULL, *waited = NULL, *error = NULL;
  akua_list* all = NULL;
  akua_resource* cluster = NULL;
  unsigned called = 0, sent, keys, none;

  printf("7. A create whose answer is lost\n");
  say("It is accepted, and nobody hears of it. The same bytes go out again under the same key:");
  sim_tell(&it,
           "{\"op\":\"inject\",\"fault\":{\"match\":{\"create\":\"create_cluster\"},"
           "\"delivery\":{\"send\":\"nothing\",\"end\":\"reset\"}}}");
  must(akua_patch_set_text(of, AKUA_NAME, s("prod-eu"), &error), error);
  must(akua_patch_set_text(of, AKUA_REGION_ID, s("reg_1"), &error), error);
  must(akua_launch_run_create(client, NULL, of, &launched, &error), error);
  tell(launched, true);
  must(akua_operation_wait(client, NULL, akua_report_text(launched, AKUA_REPORT_RESUME_TOKEN), AKUA_ASKED_BY_TOKEN, NULL, NULL, &waited, &error),
       error);
  say(akua_report_message(waited).data);
  must(akua_list_new(client, NULL, AKUA_CLUSTER, &all, &error), error);
  for (;;) {
    must(akua_list_next(all, &cluster, &error), error);
    if (cluster == NULL) break;
    called += akua_str_equals(akua_resource_text(cluster, AKUA_NAME, NULL), s("prod-eu")) ? 1 : 0;
    akua_resource_free(cluster);
  }
  akua_list_free(all);
  sent = in_record(&it, "\"create\":\"create_cluster\",\"created\":", 0, &none);
  (void)in_record(&it, "\"idempotency_key\":\"", 32, &keys);
  printf("   requests: %u, keys: %u, clusters called prod-eu: %u\n", sent, keys + 1, called);
  expect(sent == 2 && keys == 0 && called == 1, "one cluster of two requests under one key");
  akua_report_free(waited);
  akua_report_free(launched);
  akua_patch_free(of);
  akua_client_free(client);
  sim_stop(&it);
}

static void why(const akua_client* client, const akua_report* unknown) {
  akua_list* all = NULL;
  akua_resource* workspace = NULL;
  akua_report* error = NULL;
  must(akua_list_new(client, NULL, AKUA_WORKSPACE, &all, &error), error);
  for (;;) {
    must(akua_list_next(all, &workspace, &error), error);
    if (workspace == NULL) break;
    if (akua_str_equals(akua_resource_text(workspace, AKUA_NAME, NULL), s("Team Blue"))) {
      const akua_str id = akua_resource_text(workspace, AKUA_ID, NULL);
      const char* which = is_candidate(unknown, id) ? "may be no older than the request: a candidate" : "older than the request: none";
      printf("   %s: called Team Blue, %s\n", id.data, which);
    }
    akua_resource_free(workspace);
  }
  akua_list_free(all);
}

static void nobody_knows(void) {
  sim it = sim_start(program, 3);
  akua_client* client = client_of(&it, it.broad_token, "ws_1");
  akua_patch *taken = akua_patch_new_for_launch(AKUA_LAUNCH_CREATE_WORKSPACE), *of = akua_patch_new_for_launch(AKUA_LAUNCH_CREATE_WORKSPACE);
  akua_report *launched = NULL, *refused = NULL, *unknown = NULL, *still = NULL, *error = NULL;
  unsigned sent, none;

  printf("\n8. A create of which nobody can know\n");
  sim_tell(&it,
           "{\"op\":\"create\",\"create\":\"create_workspace\","
           "\"set\":{\"name\":\"Team Blue\",\"slug\":\"team-blue\"}}");
  sim_tell(&it, "{\"op\":\"write\",\"kind\":\"workspace\",\"id\":\"ws_2\",\"set\":{\"created_at\":1700000000}}");
  say("There has been a workspace Team Blue for long. Its slug is taken, which is a refusal: nothing was made:");
  must(akua_patch_set_text(taken, AKUA_NAME, s("Team Blue"), &error), error);
  must(akua_patch_set_text(taken, AKUA_SLUG, s("team-blue"), &error), error);
  expect(akua_launch_run_create(client, NULL, taken, &launched, &refused) == AKUA_REJECTED, "a refusal");
  tell(refused, true);

  say("Without a slug it is made, as a colleague makes another one, and nobody hears of it. No key would stop a second one,");
  say("so it is not sent again:");
  sim_tell(&it,
           "{\"op\":\"script\",\"script\":{\"when\":\"before\",\"match\":{\"create\":\"create_workspace\"},"
           "\"then\":{\"create\":{\"create\":\"create_workspace\",\"set\":{\"name\":\"Team Blue\"}}}}}");
  sim_tell(&it,
           "{\"op\":\"inject\",\"fault\":{\"match\":{\"create\":\"create_workspace\"},"
           "\"delivery\":{\"send\":\"nothing\",\"end\":\"reset\"}}}");
  must(akua_patch_set_text(of, AKUA_NAME, s("Team Blue"), &error), error);
  expect(akua_launch_run_create(client, NULL, of, &launched, &unknown) == AKUA_INDETERMINATE, "an end that is open");
  tell(unknown, true);
  why(client, unknown);
  say("Which of them is ours, if any, is for a person to say. Whoever takes up the token looks too, and sends nothing:");
  expect(akua_launch_resolve(client, NULL, akua_report_text(unknown, AKUA_REPORT_RESUME_TOKEN), AKUA_RESUME_FINISH, &launched, &still) ==
             AKUA_INDETERMINATE,
         "an end that is open still");
  tell(still, false);
  sent = in_record(&it, "\"create\":\"create_workspace\",\"created\":", 0, &none);
  printf("   requests: %u, of them refused: 1\n", sent);
  expect(akua_report_count(unknown, AKUA_REPORT_CANDIDATES) == 2 && akua_report_count(still, AKUA_REPORT_CANDIDATES) == 2 && sent == 2,
         "two candidates, and nothing sent twice");
  akua_report_free(still);
  akua_report_free(unknown);
  akua_report_free(refused);
  akua_patch_free(of);
  akua_patch_free(taken);
  akua_client_free(client);
  sim_stop(&it);
}

int main(int count, char** arguments) {
  program = count > 1 ? arguments[1] : "akua-sim";
  sent_again();
  nobody_knows();
  return 0;
}
