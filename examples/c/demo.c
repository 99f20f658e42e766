/* The main job in six scenes, against an Akua on this machine: make demo-c */
#define _POSIX_C_SOURCE 200809L
#include <akua.h>

#include "sim.h"

static sim it;
static akua_client* client;

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

static akua_resource* read_cluster(const char* id) {
  akua_resource* cluster = NULL;
  akua_report* error = NULL;
  must(akua_resource_get(client, NULL, AKUA_CLUSTER, s(id), &cluster, &error), error);
  return cluster;
}

static void show(const akua_resource* cluster) {
  printf("   %s: \"%s\", %s, %s, etag %s\n", akua_resource_text(cluster, AKUA_ID, NULL).data, akua_resource_text(cluster, AKUA_NAME, NULL).data,
         akua_resource_text(cluster, AKUA_STATE, NULL).data, akua_resource_text(cluster, AKUA_PROVIDER, NULL).data, akua_resource_text(cluster, AKUA_ETAG, NULL).data);
}

static akua_patch* named(const char* name) {
  akua_patch* patch = akua_patch_new(AKUA_CLUSTER);
  must(akua_patch_set_text(patch, AKUA_NAME, s(name), NULL), NULL);
  return patch;
}

static void reading(void) {
  akua_resource* cluster = read_cluster("clu_1");
  akua_list* list = NULL;
  akua_report* error = NULL;

  printf("1. Reading\n");
  show(cluster);
  akua_resource_free(cluster);
  must(akua_list_new(client, NULL, AKUA_CLUSTER, &list, &error), error);
  printf("   all clusters:");
  for (;;) {
    must(akua_list_next(list, &cluster, &error), error);
    if (cluster == NULL) break;
    printf(" %s", akua_resource_text(cluster, AKUA_ID, NULL).data);
    akua_resource_free(cluster);
  }
  printf("\n");
  akua_list_free(list);
}

static void renaming(void) {
  akua_resource *cluster = read_cluster("clu_1"), *renamed = NULL;
  akua_patch* patch = named("prod-eu");
  akua_report* error = NULL;

  printf("\n2. Renaming a cluster under its etag\n");
  must(akua_resource_update(client, NULL, s("clu_1"), akua_resource_text(cluster, AKUA_ETAG, NULL), patch, s(NULL), &renamed, &error), error);
  printf("   sent if-match %s\n", akua_resource_text(cluster, AKUA_ETAG, NULL).data);
  show(renamed);
  expect(!akua_str_equals(akua_resource_text(renamed, AKUA_ETAG, NULL), akua_resource_text(cluster, AKUA_ETAG, NULL)), "a new etag");
  akua_patch_free(patch);
  akua_resource_free(renamed);
  akua_resource_free(cluster);
}

static void second_writer(void) {
  akua_resource *cluster = read_cluster("clu_1"), *renamed = NULL, *current;
  akua_patch* patch = named("prod-us");
  akua_report* error = NULL;
  akua_status status;

  printf("\n3. Somebody else is faster\n");
  sim_tell(&it,
           "{\"op\":\"write\",\"kind\":\"cluster\",\"id\":\"clu_1\",\"set\":{\"name\":\"renamed-by-a-colleague\"}}");
  printf("   read etag %s; meanwhile a colleague renames it\n", akua_resource_text(cluster, AKUA_ETAG, NULL).data);
  status = akua_resource_update(client, NULL, s("clu_1"), akua_resource_text(cluster, AKUA_ETAG, NULL), patch, s(NULL), &renamed, &error);
  expect(status == AKUA_CONFLICT && !akua_report_flag(error, AKUA_REPORT_MAY_HAVE_TAKEN_EFFECT), "a conflict");
  printf("   refused: %s\n", akua_report_message(error).data);
  current = read_cluster("clu_1");
  show(current);
  expect(akua_str_equals(akua_report_text(error, AKUA_REPORT_CURRENT_ETAG), akua_resource_text(current, AKUA_ETAG, NULL)), "the etag that stands now");
  expect(akua_str_equals(akua_resource_text(current, AKUA_NAME, NULL), s("renamed-by-a-colleague")), "the colleague's name");
  akua_report_free(error);
  akua_resource_free(current);
  akua_patch_free(patch);
  akua_resource_free(cluster);
}

static void moving(void) {
  akua_resource *cluster = read_cluster("clu_1"), *first = NULL, *second = NULL;
  akua_patch* patch = akua_patch_new(AKUA_CLUSTER);
  const akua_str etag = akua_resource_text(cluster, AKUA_ETAG, NULL), key = s("move-clu_1-2026-11");
  akua_report* error = NULL;

  printf("\n4. Moving a cluster to another region, with an idempotency key sent twice\n");
  must(akua_patch_set_text(patch, AKUA_REGION_ID, s("eu-north-1"), &error), error);
  must(akua_resource_update(client, NULL, s("clu_1"), etag, patch, key, &first, &error), error);
  must(akua_resource_update(client, NULL, s("clu_1"), etag, patch, key, &second, &error), error);
  printf("   first answer:  etag %s, reconciling %s\n", akua_resource_text(first, AKUA_ETAG, NULL).data,
         akua_resource_flag(first, AKUA_RECONCILING, NULL) ? "true" : "false");
  printf("   second answer: etag %s (the same: it was moved once)\n", akua_resource_text(second, AKUA_ETAG, NULL).data);
  expect(akua_str_equals(akua_resource_text(first, AKUA_ETAG, NULL), akua_resource_text(second, AKUA_ETAG, NULL)), "one move for two requests");
  akua_resource_free(second);
  akua_resource_free(first);
  akua_patch_free(patch);
  akua_resource_free(cluster);
}

static void slug(void) {
  akua_resource *workspace = NULL, *changed = NULL;
  akua_patch* patch = akua_patch_new(AKUA_WORKSPACE);
  akua_report* error = NULL;

  printf("\n5. Changing a workspace's slug\n");
  must(akua_resource_get(client, NULL, AKUA_WORKSPACE, s("ws_1"), &workspace, &error), error);
  must(akua_patch_set_text(patch, AKUA_SLUG, s("team-blue"), &error), error);
  must(akua_resource_update(client, NULL, s("ws_1"), akua_resource_text(workspace, AKUA_ETAG, NULL), patch, s(NULL), &changed, &error), error);
  printf("   %s: slug %s -> %s, etag %s -> %s\n", akua_resource_text(changed, AKUA_ID, NULL).data, akua_resource_text(workspace, AKUA_SLUG, NULL).data,
         akua_resource_text(changed, AKUA_SLUG, NULL).data, akua_resource_text(workspace, AKUA_ETAG, NULL).data, akua_resource_text(changed, AKUA_ETAG, NULL).data);
  expect(akua_str_equals(akua_resource_text(changed, AKUA_SLUG, NULL), s("team-blue")), "the new slug");
  akua_resource_free(changed);
  akua_patch_free(patch);
  akua_resource_free(workspace);
}

static void bad_input(void) {
  static const char* const bad[][2] = {{"../clusters", "42"}, {"clu_1", "*"}, {"clu_1", ""}};
  char *before = sim_control(&it, "{\"op\":\"log\"}"), *after;
  akua_patch* patch = named("never");
  akua_resource* cluster = NULL;
  akua_report* error = NULL;
  size_t i;

  printf("\n6. Bad input is refused before anything is sent\n");
  for (i = 0; i < sizeof bad / sizeof *bad; ++i) {
    expect(akua_resource_update(client, NULL, s(bad[i][0]), s(bad[i][1]), patch, s(NULL), &cluster, &error) == AKUA_INVALID_INPUT,
           "bad input to be refused");
    printf("   %s\n", akua_report_message(error).data);
    akua_report_free(error);
  }
  after = sim_control(&it, "{\"op\":\"log\"}");
  expect(strcmp(before, after) == 0, "nothing in the server's record");
  free(after);
  free(before);
  akua_patch_free(patch);
}

int main(int count, char** arguments) {
  akua_client_options* options = akua_client_options_new();
  akua_report* error = NULL;

  it = sim_start(count > 1 ? arguments[1] : "akua-sim", 3);
  must(akua_client_options_set_text(options, AKUA_OPTION_BASE_URL, s(it.url), &error), error);
  must(akua_client_options_set_text(options, AKUA_OPTION_TOKEN, s(it.token), &error), error);
  must(akua_client_new(options, &client, &error), error);
  printf("C: an Akua on this machine: %s\n\n", it.url);
  reading();
  renaming();
  second_writer();
  moving();
  slug();
  bad_input();
  akua_client_free(client);
  akua_client_options_free(options);
  sim_stop(&it);
  return 0;
}
