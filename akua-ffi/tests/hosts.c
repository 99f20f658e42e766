/* What programs around a library do: load it with dlopen and close it while threads have called it, let timers interrupt it,
 * leave SIGPIPE as it is, block signals, run in another locale.
 *
 * hosts AKUA-SIM LIBRARY */
#define _GNU_SOURCE
#include "checks.h"

#include <dlfcn.h>
#include <errno.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <sys/time.h>

static const char* library;
static sim it;

/* One call by a library of its own, from a thread that ends after the library was closed. */
static void* loads(void* go_on) {
  void* handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  akua_client_options* (*options_new)(void);
  akua_status (*set_text)(akua_client_options*, akua_option, akua_str, akua_report**);
  akua_status (*client_new)(const akua_client_options*, akua_client**, akua_report**);
  akua_status (*get)(const akua_client*, const akua_call_options*, akua_kind, akua_str, akua_resource**, akua_report**);
  void (*resource_free)(akua_resource*);
  void (*client_free)(akua_client*);
  void (*options_free)(akua_client_options*);
  akua_client* client = NULL;
  akua_resource* cluster = NULL;
  const akua_str url = {it.url, strlen(it.url)}, token = {it.token, strlen(it.token)}, id = {"clu_1", 5};
  akua_client_options* options;
  CHECK(handle != NULL);
  *(void**)&options_new = dlsym(handle, "akua_client_options_new");
  *(void**)&set_text = dlsym(handle, "akua_client_options_set_text");
  *(void**)&client_new = dlsym(handle, "akua_client_new");
  *(void**)&get = dlsym(handle, "akua_resource_get");
  *(void**)&resource_free = dlsym(handle, "akua_resource_free");
  *(void**)&client_free = dlsym(handle, "akua_client_free");
  *(void**)&options_free = dlsym(handle, "akua_client_options_free");
  options = options_new();
  CHECK(set_text(options, AKUA_OPTION_BASE_URL, url, NULL) == AKUA_OK);
  CHECK(set_text(options, AKUA_OPTION_TOKEN, token, NULL) == AKUA_OK);
  CHECK(client_new(options, &client, NULL) == AKUA_OK);
  CHECK(get(client, NULL, AKUA_CLUSTER, id, &cluster, NULL) == AKUA_OK);
  resource_free(cluster);
  client_free(client);
  options_free(options);
  CHECK(dlclose(handle) == 0);
  pthread_barrier_wait((pthread_barrier_t*)go_on);
  return NULL;
}

static void loading(void) {
  pthread_barrier_t go_on;
  pthread_t threads[4];
  int round, at;
  for (round = 0; round < 5; ++round) {
    pthread_barrier_init(&go_on, NULL, 4);
    for (at = 0; at < 4; ++at) CHECK(pthread_create(&threads[at], NULL, loads, &go_on) == 0);
    for (at = 0; at < 4; ++at) CHECK(pthread_join(threads[at], NULL) == 0);
    pthread_barrier_destroy(&go_on);
    /* It stays: a look-up of a name may still go on in it, and thread-local values know its code. */
    CHECK(dlopen(library, RTLD_NOW | RTLD_NOLOAD) != NULL);
  }
}

static volatile sig_atomic_t ticks;

static void tick(int number) {
  (void)number;
  ++ticks;
}

/* A timer that interrupts every system call it meets, as SA_RESTART is not set. */
static void interrupted(const akua_client* client) {
  struct sigaction action;
  const struct itimerval often = {{0, 500}, {0, 500}}, never = {{0, 0}, {0, 0}};
  akua_patch* patch = named("ticking");
  int at;
  memset(&action, 0, sizeof action);
  action.sa_handler = tick;
  sigaction(SIGALRM, &action, NULL);
  setitimer(ITIMER_REAL, &often, NULL);
  for (at = 0; at < 200 || ticks < 20; ++at) {
    akua_report *edited = NULL, *error = NULL;
    akua_client* fresh = client_of(&it);
    akua_resource_free(cluster_of(fresh, "clu_2"));
    if (akua_edit_run_by_id(client, NULL, s("clu_1"), patch, &edited, &error) != AKUA_OK)
      fprintf(stderr, "%s\n", akua_report_message(error).data);
    CHECK(edited != NULL);
    akua_report_free(edited);
    akua_client_free(fresh);
  }
  setitimer(ITIMER_REAL, &never, NULL);
  akua_patch_free(patch);
}

/* Connections that the server has closed meanwhile, with SIGPIPE as it is at the start of every program. */
static void closed(const akua_client* client) {
  int at;
  signal(SIGPIPE, SIG_DFL);
  for (at = 0; at < 50; ++at) {
    akua_resource* cluster = NULL;
    akua_report* error = NULL;
    sim_tell(&it, at % 2 == 0 ? "{\"op\":\"inject\",\"fault\":{\"delivery\":{\"send\":\"nothing\",\"end\":\"reset\"}}}"
                              : "{\"op\":\"inject\",\"fault\":{\"delivery\":{\"end\":\"fin\"}}}");
    CHECK(akua_resource_get(client, NULL, AKUA_CLUSTER, s("clu_1"), &cluster, &error) == AKUA_OK);
    akua_resource_free(cluster);
  }
  sim_tell(&it, "{\"op\":\"clear\"}");
}

/* Threads of the library's own take the mask of the thread that calls: a program that waits for its signals by sigwait gets
 * them. And numbers have points, whatever the locale. */
static void masked(void) {
  sigset_t all, pending;
  akua_client* client;
  akua_resource* cluster;
  setlocale(LC_ALL, "de_DE.UTF-8");
  sigfillset(&all);
  CHECK(pthread_sigmask(SIG_BLOCK, &all, NULL) == 0);
  client = client_of(&it);
  CHECK(kill(getpid(), SIGTERM) == 0);
  cluster = cluster_of(client, "clu_1");
  CHECK(has(akua_resource_json(cluster, 0, NULL), "\"id\":\"clu_1\""));
  CHECK(sigpending(&pending) == 0 && sigismember(&pending, SIGTERM) == 1);
  akua_resource_free(cluster);
  akua_client_free(client);
}

int main(int count, char** arguments) {
  akua_client* client;
  if (count != 3) return 2;
  library = arguments[2];
  it = sim_start(arguments[1], 2);
  loading();
  client = client_of(&it);
  interrupted(client);
  closed(client);
  masked();
  akua_client_free(client);
  sim_stop(&it);
  printf("%d checks, interrupted %d times\n", checks, (int)ticks);
  return 0;
}
