/* Calls when a thread or the program ends: in atexit, in a destructor of the program and of a library, in those of a
 * thread's own values. Each is after a call of the same thread, whose thread-local values may be gone by then.
 *
 * Built twice: with -DLIBRARY as a library of the program's, whose destructor calls as well. */
#define _POSIX_C_SOURCE 200809L
#include "akua.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void library_has(const akua_client* client);

static const akua_client* the_client;
static int told;

static void count(void* context, akua_str line) {
  (void)line;
  ++*(int*)context;
}

/* A read, a list, an edit with a wait, a setting that is refused; all as at any other time, and logged. */
static void call_from(const char* place) {
  akua_resource *cluster = NULL, *listed = NULL, *settled = NULL, *none = NULL;
  akua_list* list = NULL;
  akua_report *edited = NULL, *error = NULL;
  akua_patch* patch = akua_patch_new(AKUA_CLUSTER);
  const int before = told;
  bool fine = akua_log_set_sink(count, &told, NULL) == AKUA_OK;
  fine = fine && akua_resource_get(the_client, NULL, AKUA_CLUSTER, akua_str_of("clu_1"), &cluster, &error) == AKUA_OK;
  fine = fine && akua_list_new(the_client, NULL, AKUA_CLUSTER, &list, &error) == AKUA_OK;
  fine = fine && akua_list_next(list, &listed, &error) == AKUA_OK && listed != NULL;
  fine = fine && akua_patch_set_text(patch, AKUA_NAME, akua_str_of(place), &error) == AKUA_OK;
  fine = fine && akua_edit_run(the_client, NULL, cluster, patch, &edited, &error) == AKUA_OK;
  fine = fine && akua_edit_wait_settled(the_client, NULL, edited, &settled, &error) == AKUA_OK;
  if (fine) fine = akua_resource_get(the_client, NULL, AKUA_CLUSTER, akua_str_of("clu_99"), &none, &error) == AKUA_NOT_FOUND;
  if (!fine || told <= before) {
    fprintf(stderr, "%s: %s\n", place, fine ? "nothing was logged" : akua_report_message(error).data);
    _exit(1);
  }
  printf("%s\n", place);
  fflush(stdout);
  akua_report_free(error);
  akua_report_free(edited);
  akua_patch_free(patch);
  akua_list_free(list);
  akua_resource_free(cluster);
  akua_resource_free(listed);
  akua_resource_free(settled);
}

#ifdef LIBRARY
void library_has(const akua_client* client) {
  the_client = client;
  call_from("a library");
}

__attribute__((destructor)) static void library_ends(void) { call_from("a library's destructor"); }
#else
#include <pthread.h>

#include "../../examples/c/sim.h"

static void at_exit(void) { call_from("atexit"); }

__attribute__((destructor)) static void program_ends(void) { call_from("a destructor"); }

static void thread_ends(void* value) { call_from((const char*)value); }

static void* work(void* key) {
  call_from("a thread");
  pthread_setspecific(*(pthread_key_t*)key, "a thread's destructor");
  return NULL;
}

int main(int count, char** arguments) {
  akua_client_options* options = akua_client_options_new();
  akua_client* client = NULL;
  pthread_key_t key;
  pthread_t thread;
  sim it;
  if (count != 2 || atexit(at_exit) != 0) return 2;
  it = sim_start(arguments[1], 2);
  akua_client_options_set_text(options, AKUA_OPTION_BASE_URL, akua_str_of(it.url), NULL);
  akua_client_options_set_text(options, AKUA_OPTION_TOKEN, akua_str_of(it.token), NULL);
  if (akua_client_new(options, &client, NULL) != AKUA_OK) return 1;
  akua_client_options_free(options);
  the_client = client;
  library_has(client);
  call_from("main");
  pthread_key_create(&key, thread_ends);
  pthread_create(&thread, NULL, work, &key);
  pthread_join(thread, NULL);
  return 0;
}
#endif
