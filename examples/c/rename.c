/* Renames a cluster, whatever happens in between, and tells the truth about it:
 *
 *   AKUA_API_TOKEN=... ./rename clu_7h2k prod-eu
 */
#include <akua.h>
#include <stdio.h>

static int tell(const char* what, akua_error* error) {
  fprintf(stderr, "%s: %s\n", what, akua_error_message(error).data);
  if (akua_error_status(error) == AKUA_INDETERMINATE)
    fprintf(stderr, "to settle it later: %s\n", akua_error_resume_token(error).data);
  akua_error_free(error);
  return 1;
}

int main(int count, char** arguments) {
  akua_client_options* options = akua_client_options_new();
  akua_cluster_patch* patch = akua_cluster_patch_new();
  akua_client* client = NULL;
  akua_cluster* cluster = NULL;
  akua_cluster_edited* edited = NULL;
  akua_error* error = NULL;
  int failed = 0;

  if (count != 3) {
    fprintf(stderr, "usage: rename CLUSTER NAME\n");
    return 2;
  }
  akua_client_options_use_environment(options, NULL);
  if (akua_client_new(options, &client, &error) != AKUA_OK) {
    failed = tell("no client", error);
  } else if (akua_cluster_get(client, NULL, akua_str_of(arguments[1]), &cluster, &error) != AKUA_OK) {
    failed = tell("not read", error);
  } else if (akua_cluster_patch_set_name(patch, akua_str_of(arguments[2]), &error) != AKUA_OK) {
    failed = tell("no name", error);
  } else if (akua_cluster_edit_run(client, NULL, cluster, patch, &edited, &error) != AKUA_OK) {
    failed = tell("not renamed", error);
  } else {
    printf("in effect, etag %s\n", akua_cluster_edited_etag(edited).data);
  }
  akua_cluster_edited_free(edited);
  akua_cluster_free(cluster);
  akua_client_free(client);
  akua_cluster_patch_free(patch);
  akua_client_options_free(options);
  return failed;
}
