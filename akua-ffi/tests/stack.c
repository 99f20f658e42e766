/* Every call on a thread with no more stack than docs/c.md asks for, over TLS with a full handshake.
 *
 * stack KIB URL TOKEN CA-FILE */
#define _POSIX_C_SOURCE 200809L
#include "akua.h"

#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char pem[1 << 16];
static char** given;

static akua_str s(const char* text) { return akua_str_of(text); }

static void must(int line, akua_status status, akua_status wanted, const akua_report* error) {
  if (status == wanted) return;
  fprintf(stderr, "line %d: %d: %s\n", line, (int)status, error == NULL ? "" : akua_report_message(error).data);
  exit(1);
}

#define MUST(call) must(__LINE__, (call), AKUA_OK, error)

static void sink(void* context, akua_str line) {
  (void)context;
  (void)line;
}

static bool shown(void* context, const akua_resource* operation) {
  (void)context;
  return akua_resource_json(operation, 0, NULL).len > 0;
}

static void* work(void* unused) {
  akua_client_options* settings = akua_client_options_new();
  akua_client* client = NULL;
  akua_resource *cluster = NULL, *made = NULL;
  akua_list* list = NULL;
  akua_patch* patch = akua_patch_new(AKUA_CLUSTER);
  akua_edit* edit = NULL;
  akua_launch* launch = NULL;
  akua_secret* kubeconfig = NULL;
  akua_report *edited = NULL, *waited = NULL, *error = NULL;
  int32_t progress = 0;
  char token[4096] = "";

  MUST(akua_log_set_sink(sink, NULL, &error));
  MUST(akua_client_options_set_text(settings, AKUA_OPTION_BASE_URL, s(given[2]), &error));
  MUST(akua_client_options_set_text(settings, AKUA_OPTION_TOKEN, s(given[3]), &error));
  MUST(akua_client_options_set_text(settings, AKUA_OPTION_EXTRA_ROOT_CERTIFICATES, s(pem), &error));
  MUST(akua_client_new(settings, &client, &error));
  MUST(akua_resource_get(client, NULL, AKUA_CLUSTER, s("clu_1"), &cluster, &error));
  MUST(akua_list_new(client, NULL, AKUA_WORKSPACE, &list, &error));
  do {
    MUST(akua_list_next(list, &made, &error));
    akua_resource_free(made);
  } while (made != NULL);
  MUST(akua_patch_set_text(patch, AKUA_NAME, s("on a small stack"), &error));
  MUST(akua_edit_run(client, NULL, cluster, patch, &edited, &error));
  MUST(akua_edit_wait_settled(client, NULL, edited, &made, &error));
  if (akua_report_text(edited, AKUA_REPORT_EXPLAIN).len == 0 || akua_resource_json(made, 0, NULL).len == 0) exit(1);
  akua_resource_free(made);
  akua_report_free(edited);
  MUST(akua_patch_set_text(patch, AKUA_NAME, s("step by step"), &error));
  MUST(akua_edit_new_by_id(client, NULL, AKUA_CLUSTER, s("clu_1"), patch, &edit, &error));
  while (progress != AKUA_EDIT_DONE) {
    MUST(akua_edit_next(edit, &progress, &edited, &error));
    if (progress == AKUA_EDIT_READY) snprintf(token, sizeof token, "%s", akua_edit_resume_token(edit).data);
  }
  akua_report_free(edited);
  akua_edit_free(edit);
  must(__LINE__, akua_edit_resolve(client, NULL, AKUA_CLUSTER, s(token), AKUA_RESUME_LOOK, NULL, &edited, &error),
       AKUA_INDETERMINATE, error);
  akua_report_free(error);
  must(__LINE__, akua_resource_get(client, NULL, AKUA_CLUSTER, s("clu_99"), &made, &error), AKUA_NOT_FOUND, error);
  akua_report_free(error);
  must(__LINE__, akua_resource_update(client, NULL, s("clu_1"), s("1"), patch, s(NULL), &made, &error), AKUA_CONFLICT, error);
  akua_report_free(error);
  MUST(akua_launch_run_by_id(client, NULL, AKUA_LAUNCH_SUSPEND_CLUSTER, s("clu_1"), &edited, &error));
  MUST(akua_operation_wait(client, NULL, akua_report_text(edited, AKUA_REPORT_RESUME_TOKEN), 0, shown, NULL, &waited, &error));
  if (akua_report_operation(waited) == NULL || akua_report_text(edited, AKUA_REPORT_EXPLAIN).len == 0) exit(1);
  akua_report_free(waited);
  akua_report_free(edited);
  MUST(akua_launch_new_by_id(client, NULL, AKUA_LAUNCH_RESUME_CLUSTER, s("clu_1"), &launch, &error));
  MUST(akua_launch_next(launch, &progress, &edited, &error));
  snprintf(token, sizeof token, "%s", akua_launch_resume_token(launch).data);
  akua_launch_free(launch);
  MUST(akua_launch_resolve(client, NULL, s(token), AKUA_RESUME_FINISH, &edited, &error));
  akua_report_free(edited);
  MUST(akua_secret_get(client, NULL, AKUA_CLUSTER, s("clu_1"), AKUA_KUBECONFIG, &kubeconfig, &error));
  if (akua_secret_expose(kubeconfig).len == 0) exit(1);
  akua_secret_free(kubeconfig);
  must(__LINE__, akua_launch_once(client, NULL, AKUA_LAUNCH_SUSPEND_CLUSTER, s("clu_1"), s("1"), s(NULL), &made, &error),
       AKUA_CONFLICT, error);
  akua_report_free(error);
  akua_list_free(list);
  akua_patch_free(patch);
  akua_resource_free(cluster);
  akua_client_free(client);
  akua_client_options_free(settings);
  return unused;
}

int main(int count, char** arguments) {
  pthread_attr_t small;
  pthread_t thread;
  FILE* file;
  given = arguments;
  if (count != 5 || (file = fopen(arguments[4], "r")) == NULL) return 2;
  pem[fread(pem, 1, sizeof pem - 1, file)] = 0;
  fclose(file);
  pthread_attr_init(&small);
  if (pthread_attr_setstacksize(&small, (size_t)atol(arguments[1]) * 1024) != 0) return 2;
  if (pthread_create(&thread, &small, work, NULL) != 0) return 2;
  pthread_join(thread, NULL);
  printf("every call on a stack of %s KiB\n", arguments[1]);
  return 0;
}
