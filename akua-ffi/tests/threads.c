/* Threads and signals: 64 threads on one client, a handle that several threads want at once, an edit that wanders from
 * thread to thread, a call that a signal handler ends. */
#define _POSIX_C_SOURCE 200809L
#include "checks.h"

#include <pthread.h>
#include <signal.h>

#define THREADS 64

typedef struct {
  akua_client* client;
  akua_call_options* options;
  akua_resource* cluster;
  akua_edit* edit;
  int number;
  akua_status status;
} task;

/* Reads, lists, and adds its sign to the name of a cluster that all others change too, until it is there. */
static void* work(void* it) {
  task* mine = (task*)it;
  akua_resource* cluster = NULL;
  akua_list* list = NULL;
  akua_patch* patch = akua_patch_new(AKUA_CLUSTER);
  akua_report* edited = NULL;
  char id[16], name[16];

  CHECK(akua_resource_get(mine->client, mine->options, AKUA_CLUSTER, s("clu_1"), &cluster, NULL) == AKUA_OK);
  akua_resource_free(cluster);
  CHECK(akua_list_new(mine->client, mine->options, AKUA_CLUSTER, &list, NULL) == AKUA_OK);
  CHECK(akua_list_next(list, &cluster, NULL) == AKUA_OK && cluster != NULL);
  akua_resource_free(cluster);
  akua_list_free(list);
  /* Four threads share a cluster: whoever loses stops with a conflict, and nothing else may happen. */
  snprintf(id, sizeof id, "clu_%d", 1 + mine->number / 4);
  snprintf(name, sizeof name, "by thread %d", mine->number);
  CHECK(akua_patch_set_text(patch, AKUA_NAME, s(name), NULL) == AKUA_OK);
  mine->status = akua_edit_run_by_id(mine->client, mine->options, s(id), patch, &edited, NULL);
  CHECK(mine->status == AKUA_OK || mine->status == AKUA_CONFLICT);
  /* One value that all threads look at. */
  CHECK(akua_str_equals(akua_resource_text(mine->cluster, AKUA_ID, NULL), s("clu_1")));
  CHECK(akua_resource_json(mine->cluster, 0, NULL).len > 0);
  akua_report_free(edited);
  akua_patch_free(patch);
  return NULL;
}

/* Sets what all others take: done, or refused because somebody takes it at this moment. */
static void* meddle(void* it) {
  task* mine = (task*)it;
  int i;
  for (i = 0; i < 1000; ++i) {
    const akua_status status = akua_call_options_set_number(mine->options, AKUA_OPTION_TIMEOUT, 30000, NULL);
    CHECK(status == AKUA_OK || status == AKUA_MISUSE);
  }
  return NULL;
}

/* All of them want the next step of one edit: each gets a step, or is refused. */
static void* step(void* it) {
  task* mine = (task*)it;
  akua_report* edited = NULL;
  int32_t progress = 0;
  mine->status = akua_edit_next(mine->edit, &progress, &edited, NULL);
  CHECK(mine->status == AKUA_OK || mine->status == AKUA_MISUSE);
  akua_report_free(edited);
  return NULL;
}

static akua_cancel* to_trigger;

static void on_alarm(int number) {
  (void)number;
  akua_cancel_trigger(to_trigger);
}

int main(int count, char** arguments) {
  static task tasks[THREADS + 1];
  static pthread_t threads[THREADS + 1];
  akua_call_options* options = akua_call_options_new();
  akua_patch* patch = akua_patch_new(AKUA_CLUSTER);
  akua_report* edited = NULL;
  akua_client* client = NULL;
  akua_resource* cluster = NULL;
  akua_edit* edit = NULL;
  akua_report* error = NULL;
  struct sigaction action;
  int32_t progress = 0;
  int i, in_effect = 0;
  sim it;

  if (count != 2) return 2;
  it = sim_start(arguments[1], THREADS / 4);
  client = client_of(&it);
  CHECK(akua_resource_get(client, NULL, AKUA_CLUSTER, s("clu_1"), &cluster, NULL) == AKUA_OK);

  for (i = 0; i <= THREADS; ++i) {
    const task one = {client, options, cluster, NULL, i, 0};
    tasks[i] = one;
    CHECK(pthread_create(&threads[i], NULL, i < THREADS ? work : meddle, &tasks[i]) == 0);
  }
  for (i = 0; i <= THREADS; ++i) {
    pthread_join(threads[i], NULL);
    in_effect += i < THREADS && tasks[i].status == AKUA_OK;
  }
  CHECK(in_effect >= THREADS / 4);

  CHECK(akua_patch_set_text(patch, AKUA_NAME, s("wandering"), NULL) == AKUA_OK);
  CHECK(akua_edit_new_by_id(client, NULL, AKUA_CLUSTER, s("clu_1"), patch, &edit, NULL) == AKUA_OK);
  for (i = 0; i < THREADS; ++i) {
    tasks[i].edit = edit;
    CHECK(pthread_create(&threads[i], NULL, step, &tasks[i]) == 0);
  }
  for (i = 0; i < THREADS; ++i) pthread_join(threads[i], NULL);
  while (progress != AKUA_EDIT_DONE) CHECK(akua_edit_next(edit, &progress, &edited, NULL) == AKUA_OK);
  akua_report_free(edited);
  akua_edit_free(edit);

  to_trigger = akua_cancel_new();
  memset(&action, 0, sizeof action);
  action.sa_handler = on_alarm;
  sigaction(SIGALRM, &action, NULL);
  sim_tell(&it, "{\"op\":\"inject\",\"fault\":{\"delivery\":{\"send\":\"nothing\",\"end\":\"stall\"}}}");
  CHECK(akua_call_options_set_cancel(options, to_trigger, NULL) == AKUA_OK);
  akua_resource_free(cluster);
  alarm(1);
  CHECK(akua_resource_get(client, options, AKUA_CLUSTER, s("clu_1"), &cluster, &error) == AKUA_CANCELLED);
  akua_report_free(error);
  akua_cancel_free(to_trigger);

  akua_patch_free(patch);
  akua_call_options_free(options);
  akua_client_free(client);
  sim_stop(&it);
  printf("%d threads, %d edits in effect\n", THREADS, in_effect);
  return 0;
}
