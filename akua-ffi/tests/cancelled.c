/* pthread_cancel on threads in calls: it is held off until the call is over, deferred and asynchronous, and the thread is
 * left as it was. */
#define _GNU_SOURCE
#include "checks.h"

#include <pthread.h>

/* One thread in a call, and what has become of it. */
typedef struct {
  const akua_client* client;
  const akua_call_options* options;
  akua_list* list;
  akua_edit* edit;
  akua_patch* patch;
  akua_resource *resource, *made;
  akua_report *edited, *error;
  int32_t progress;
  int call, type;
  akua_status status;
  bool cleaned;
} task;

/* Every call that waits for the server. */
static akua_status called(task* one) {
  switch (one->call) {
    case 0: return akua_resource_get(one->client, one->options, AKUA_CLUSTER, s("clu_1"), &one->made, &one->error);
    case 1: return akua_resource_update(one->client, one->options, s("clu_1"), s("1"), one->patch, s(NULL), &one->made, &one->error);
    case 2: return akua_list_next(one->list, &one->made, &one->error);
    case 3: return akua_edit_run(one->client, one->options, one->resource, one->patch, &one->edited, &one->error);
    case 4: return akua_edit_run_by_id(one->client, one->options, s("clu_1"), one->patch, &one->edited, &one->error);
    case 5: return akua_edit_next(one->edit, &one->progress, &one->edited, &one->error);
    case 6: return akua_operation_wait(one->client, one->options, s("op_1"), 0, NULL, NULL, &one->edited, &one->error);
    case 7:
      return akua_launch_run_by_id(one->client, one->options, AKUA_LAUNCH_SUSPEND_CLUSTER, s("clu_1"), &one->edited,
                                   &one->error);
    default:
      return akua_resource_wait_settled(one->client, one->options, AKUA_CLUSTER, s("clu_1"), s(NULL), NULL, &one->made,
                                        &one->error);
  }
}

static void clean(void* it) { ((task*)it)->cleaned = true; }

static void* work(void* it) {
  task* one = (task*)it;
  pthread_setcanceltype(one->type, NULL);
  pthread_cleanup_push(clean, one);
  one->status = called(one);
  pthread_testcancel();
  pthread_cleanup_pop(0);
  return NULL;
}

/* Whether the server has got a request and keeps it. */
static bool asked(const sim* it) {
  char* log = sim_control(it, "{\"op\":\"log\"}");
  const bool found = strstr(log, "\"/v1/clusters") != NULL || strstr(log, "\"/v1/operations") != NULL;
  free(log);
  return found;
}

static int state_of_mine, type_of_mine;

static void sink(void* context, akua_str line) {
  (void)line;
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, (int*)context);
}

/* A cancel of this very thread strikes when the call is over. */
static bool shown(void* context, const akua_resource* operation) {
  (void)operation;
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, (int*)context);
  pthread_cancel(pthread_self());
  pthread_testcancel();
  return false;
}

static int inside_of_wait = -1;

static void* waits(void* it) {
  task* one = (task*)it;
  pthread_cleanup_push(clean, one);
  one->status = akua_operation_wait(one->client, NULL, s("op_w"), 0, shown, &inside_of_wait, &one->edited, &one->error);
  pthread_testcancel();
  pthread_cleanup_pop(0);
  return NULL;
}

int main(int count, char** arguments) {
  akua_client* client = NULL;
  akua_resource *seen = NULL, *again = NULL;
  akua_patch* patch = named("never");
  int call, type, state, inside = -1;
  sim it;

  if (count != 2) return 2;
  it = sim_start(arguments[1], 2);
  client = client_of(&it);
  seen = cluster_of(client, "clu_1");

  for (call = 0; call < 9; ++call) {
    for (type = 0; type < 2; ++type) {
      task one;
      pthread_t thread;
      void* ended = NULL;
      akua_cancel* cancel = akua_cancel_new();
      akua_call_options* options = akua_call_options_new();
      memset(&one, 0, sizeof one);
      CHECK(akua_call_options_set_cancel(options, cancel, NULL) == AKUA_OK);
      one.client = client;
      one.options = options;
      one.patch = patch;
      one.resource = seen;
      one.call = call;
      one.type = type == 0 ? PTHREAD_CANCEL_DEFERRED : PTHREAD_CANCEL_ASYNCHRONOUS;
      one.status = AKUA_PANIC;
      CHECK(akua_list_new(client, options, AKUA_CLUSTER, &one.list, NULL) == AKUA_OK);
      CHECK(akua_edit_new_by_id(client, options, AKUA_CLUSTER, s("clu_1"), NULL, &one.edit, NULL) == AKUA_OK);
      sim_tell(&it, "{\"op\":\"clear_log\"}");
      sim_tell(&it, STALL_FOR_EVER);
      CHECK(pthread_create(&thread, NULL, work, &one) == 0);
      while (!asked(&it)) usleep(1000);
      CHECK(pthread_cancel(thread) == 0);
      /* Still in its call: cancelling the thread is no way to end it, this is. */
      usleep(20 * 1000);
      CHECK(!one.cleaned && one.status == AKUA_PANIC);
      akua_cancel_trigger(cancel);
      CHECK(pthread_join(thread, &ended) == 0 && ended == PTHREAD_CANCELED && one.cleaned);
      /* An asynchronous one strikes as the call returns, when its outputs are set, but before its result is. */
      CHECK(type == 1 || (one.status != AKUA_OK && one.status != AKUA_PANIC));
      CHECK(one.error != NULL && akua_report_status(one.error) != AKUA_PANIC && one.made == NULL && one.edited == NULL);
      sim_tell(&it, "{\"op\":\"clear\"}");
      sim_tell(&it, "{\"op\":\"release\"}");
      akua_report_free(one.error);
      akua_list_free(one.list);
      akua_edit_free(one.edit);
      akua_call_options_free(options);
      akua_cancel_free(cancel);
    }
  }

  /* Each call leaves the thread as it found it, and the sink is called where nobody can be cancelled. */
  for (state = 0; state < 2; ++state) {
    for (type = 0; type < 2; ++type) {
      pthread_setcancelstate(state, NULL);
      pthread_setcanceltype(type, NULL);
      CHECK(akua_log_set_sink(sink, &inside, NULL) == AKUA_OK);
      CHECK(akua_resource_get(client, NULL, AKUA_CLUSTER, s("clu_1"), &again, NULL) == AKUA_OK);
      CHECK(akua_log_set_sink(NULL, NULL, NULL) == AKUA_OK);
      akua_resource_free(again);
      pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &state_of_mine);
      pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, &type_of_mine);
      CHECK(state_of_mine == state && type_of_mine == type && inside == PTHREAD_CANCEL_DISABLE);
    }
  }
  {
    task one;
    pthread_t thread;
    void* ended = NULL;
    memset(&one, 0, sizeof one);
    one.client = client;
    sim_tell(&it, "{\"op\":\"seed\",\"resources\":[{\"kind\":\"operation\",\"id\":\"op_w\",\"set\":{\"owner_id\":\"clu_1\"}}]}");
    CHECK(pthread_create(&thread, NULL, waits, &one) == 0);
    CHECK(pthread_join(thread, &ended) == 0 && ended == PTHREAD_CANCELED && one.cleaned);
    CHECK(one.status == AKUA_STILL_RUNNING && inside_of_wait == PTHREAD_CANCEL_DISABLE && one.edited == NULL);
    CHECK(akua_report_operation(one.error) != NULL);
    akua_report_free(one.error);
  }
  akua_patch_free(patch);
  akua_resource_free(seen);
  akua_client_free(client);
  sim_stop(&it);
  printf("%d checks\n", checks);
  return 0;
}
