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
static void must(akua_status status, akua_error* error) {
  if (status != AKUA_OK) fprintf(stderr, "%s\n", akua_error_message(error).data);
  expect(status == AKUA_OK, "a call without a failure");
}

static akua_cluster* read_cluster(const char* id) {
  akua_cluster* cluster = NULL;
  akua_error* error = NULL;
  must(akua_cluster_get(client, NULL, s(id), &cluster, &error), error);
  return cluster;
}

static void show(const akua_cluster* cluster) {
  printf("   %s: \"%s\", %s, %s, etag %s\n", akua_cluster_id(cluster).data, akua_cluster_name(cluster).data,
         akua_cluster_state(cluster).data, akua_cluster_provider(cluster).data, akua_cluster_etag(cluster).data);
}

static akua_cluster_patch* named(const char* name) {
  akua_cluster_patch* patch = akua_cluster_patch_new();
  must(akua_cluster_patch_set_name(patch, s(name), NULL), NULL);
  return patch;
}

static void reading(void) {
  akua_cluster* cluster = read_cluster("clu_1");
  akua_cluster_list* list = NULL;
  akua_error* error = NULL;

  printf("1. Reading\n");
  show(cluster);
  akua_cluster_free(cluster);
  must(akua_cluster_list_new(client, NULL, &list, &error), error);
  printf("   all clusters:");
  for (;;) {
    must(akua_cluster_list_next(list, &cluster, &error), error);
    if (cluster == NULL) break;
    printf(" %s", akua_cluster_id(cluster).data);
    akua_cluster_free(cluster);
  }
  printf("\n");
  akua_cluster_list_free(list);
}

static void renaming(void) {
  akua_cluster *cluster = read_cluster("clu_1"), *renamed = NULL;
  akua_cluster_patch* patch = named("prod-eu");
  akua_error* error = NULL;

  printf("\n2. Renaming a cluster under its etag\n");
  must(akua_cluster_update(client, NULL, s("clu_1"), akua_cluster_etag(cluster), patch, &renamed, &error), error);
  printf("   sent if-match %s\n", akua_cluster_etag(cluster).data);
  show(renamed);
  expect(!akua_str_equals(akua_cluster_etag(renamed), akua_cluster_etag(cluster)), "a new etag");
  akua_cluster_patch_free(patch);
  akua_cluster_free(renamed);
  akua_cluster_free(cluster);
}

static void second_writer(void) {
  akua_cluster *cluster = read_cluster("clu_1"), *renamed = NULL, *current;
  akua_cluster_patch* patch = named("prod-us");
  akua_error* error = NULL;
  akua_status status;

  printf("\n3. Somebody else is faster\n");
  sim_tell(&it,
           "{\"op\":\"write\",\"kind\":\"cluster\",\"id\":\"clu_1\",\"set\":{\"name\":\"renamed-by-a-colleague\"}}");
  printf("   read etag %s; meanwhile a colleague renames it\n", akua_cluster_etag(cluster).data);
  status = akua_cluster_update(client, NULL, s("clu_1"), akua_cluster_etag(cluster), patch, &renamed, &error);
  expect(status == AKUA_CONFLICT && !akua_error_may_have_taken_effect(error), "a conflict");
  printf("   refused: %s\n", akua_error_message(error).data);
  current = read_cluster("clu_1");
  show(current);
  expect(akua_str_equals(akua_error_current_etag(error), akua_cluster_etag(current)), "the etag that stands now");
  expect(akua_str_equals(akua_cluster_name(current), s("renamed-by-a-colleague")), "the colleague's name");
  akua_error_free(error);
  akua_cluster_free(current);
  akua_cluster_patch_free(patch);
  akua_cluster_free(cluster);
}

static void moving(void) {
  akua_cluster *cluster = read_cluster("clu_1"), *first = NULL, *second = NULL;
  akua_cluster_patch* patch = akua_cluster_patch_new();
  const akua_str etag = akua_cluster_etag(cluster), key = s("move-clu_1-2026-11");
  akua_error* error = NULL;

  printf("\n4. Moving a cluster to another region, with an idempotency key sent twice\n");
  must(akua_cluster_patch_set_region_id(patch, s("eu-north-1"), &error), error);
  must(akua_cluster_update_with_key(client, NULL, s("clu_1"), etag, patch, key, &first, &error), error);
  must(akua_cluster_update_with_key(client, NULL, s("clu_1"), etag, patch, key, &second, &error), error);
  printf("   first answer:  etag %s, reconciling %s\n", akua_cluster_etag(first).data,
         akua_cluster_reconciling(first) ? "true" : "false");
  printf("   second answer: etag %s (the same: it was moved once)\n", akua_cluster_etag(second).data);
  expect(akua_str_equals(akua_cluster_etag(first), akua_cluster_etag(second)), "one move for two requests");
  akua_cluster_free(second);
  akua_cluster_free(first);
  akua_cluster_patch_free(patch);
  akua_cluster_free(cluster);
}

static void slug(void) {
  akua_workspace *workspace = NULL, *changed = NULL;
  akua_workspace_patch* patch = akua_workspace_patch_new();
  akua_error* error = NULL;

  printf("\n5. Changing a workspace's slug\n");
  must(akua_workspace_get(client, NULL, s("ws_1"), &workspace, &error), error);
  must(akua_workspace_patch_set_slug(patch, s("team-blue"), &error), error);
  must(akua_workspace_update(client, NULL, s("ws_1"), akua_workspace_etag(workspace), patch, &changed, &error), error);
  printf("   %s: slug %s -> %s, etag %s -> %s\n", akua_workspace_id(changed).data, akua_workspace_slug(workspace).data,
         akua_workspace_slug(changed).data, akua_workspace_etag(workspace).data, akua_workspace_etag(changed).data);
  expect(akua_str_equals(akua_workspace_slug(changed), s("team-blue")), "the new slug");
  akua_workspace_free(changed);
  akua_workspace_patch_free(patch);
  akua_workspace_free(workspace);
}

static void bad_input(void) {
  static const char* const bad[][2] = {{"../clusters", "42"}, {"clu_1", "*"}, {"clu_1", ""}};
  char *before = sim_control(&it, "{\"op\":\"log\"}"), *after;
  akua_cluster_patch* patch = named("never");
  akua_cluster* cluster = NULL;
  akua_error* error = NULL;
  size_t i;

  printf("\n6. Bad input is refused before anything is sent\n");
  for (i = 0; i < sizeof bad / sizeof *bad; ++i) {
    expect(akua_cluster_update(client, NULL, s(bad[i][0]), s(bad[i][1]), patch, &cluster, &error) == AKUA_INVALID_INPUT,
           "bad input to be refused");
    printf("   %s\n", akua_error_message(error).data);
    akua_error_free(error);
  }
  after = sim_control(&it, "{\"op\":\"log\"}");
  expect(strcmp(before, after) == 0, "nothing in the server's record");
  free(after);
  free(before);
  akua_cluster_patch_free(patch);
}

int main(int count, char** arguments) {
  akua_client_options* options = akua_client_options_new();
  akua_error* error = NULL;

  it = sim_start(count > 1 ? arguments[1] : "akua-sim", 3);
  must(akua_client_options_set_base_url(options, s(it.url), &error), error);
  must(akua_client_options_set_token(options, s(it.token), &error), error);
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
