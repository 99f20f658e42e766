/* Renames a cluster, whatever happens in between, and tells the truth about it:
 *
 *   AKUA_API_TOKEN=... ./rename clu_7h2k prod-eu
 */
#include <akua.h>
#include <stdio.h>

static int tell(const char* what, akua_report* error) {
  fprintf(stderr, "%s: %s\n", what, akua_report_message(error).data);
  if (akua_report_status(error) == AKUA_INDETERMINATE)
    fprintf(stderr, "to settle it later: %s\n", akua_report_text(error, AKUA_REPORT_RESUME_TOKEN).data);
  akua_report_free(error);
  return 1;
}

int main(int count, char** arguments) {
  akua_client_options* options = akua_client_options_new();
  akua_patch* patch = akua_patch_new(AKUA_CLUSTER);
  akua_client* client = NULL;
  akua_resource* cluster = NULL;
  akua_report* edited = NULL;
  akua_report* error = NULL;
  int failed = 0;

  if (count != 3) {
    fprintf(stderr, "usage: rename CLUSTER NAME\n");
    return 2;
  }
  akua_client_options_set_flag(options, AKUA_OPTION_USE_ENV, true, NULL);
  if (akua_client_new(options, &client, &error) != AKUA_OK) {
    failed = tell("no client", error);
  } else if (akua_resource_get(client, NULL, AKUA_CLUSTER, akua_str_of(arguments[1]), &cluster, &error) != AKUA_OK) {
    failed = tell("not read", error);
  } else if (akua_patch_set_text(patch, AKUA_NAME, akua_str_of(arguments[2]), &error) != AKUA_OK) {
    failed = tell("no name", error);
  } else if (akua_edit_run(client, NULL, cluster, patch, &edited, &error) != AKUA_OK) {
    failed = tell("not renamed", error);
  } else {
    printf("in effect, etag %s\n", akua_report_text(edited, AKUA_REPORT_ETAG).data);
  }
  akua_report_free(edited);
  akua_resource_free(cluster);
  akua_client_free(client);
  akua_patch_free(patch);
  akua_client_options_free(options);
  return failed;
}
