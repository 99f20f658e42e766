/* A test of one's own against the simulator: the answer to a write is lost, and what the program does about it is
 * right.
 *
 *   ./test_with_simulator akua-sim
 */
#define _POSIX_C_SOURCE 200809L
#include <akua.h>

#include "sim.h"

/* What is tested: takes a cluster out of service, and says whether it is certain that this was done. */
static bool retire(const akua_client* client, const char* id) {
  akua_patch* patch = akua_patch_new(AKUA_CLUSTER);
  akua_report* edited = NULL;
  akua_status status;

  akua_patch_set_text(patch, AKUA_NAME, akua_str_of("retired"), NULL);
  status = akua_edit_run_by_id(client, NULL, akua_str_of(id), patch, &edited, NULL);
  akua_report_free(edited);
  akua_patch_free(patch);
  return status == AKUA_OK;
}

static void expect(bool so, const char* what) {
  printf("%s: %s\n", so ? "as expected" : "NOT AS EXPECTED", what);
  if (!so) exit(1);
}

int main(int count, char** arguments) {
  sim it = sim_start(count > 1 ? arguments[1] : "akua-sim", 2);
  akua_client_options* options = akua_client_options_new();
  akua_client* client = NULL;
  char* state;

  akua_client_options_set_text(options, AKUA_OPTION_BASE_URL, akua_str_of(it.url), NULL);
  akua_client_options_set_text(options, AKUA_OPTION_TOKEN, akua_str_of(it.token), NULL);
  if (akua_client_new(options, &client, NULL) != AKUA_OK) return 2;

  /* The write lands, its answer is lost, and the connection with it. */
  sim_tell(&it,
           "{\"op\":\"inject\",\"fault\":{\"match\":{\"method\":\"PATCH\"},"
           "\"delivery\":{\"send\":\"nothing\",\"end\":\"reset\"}}}");
  expect(retire(client, "clu_1"), "a lost answer is settled");
  state = sim_control(&it, "{\"op\":\"history\",\"kind\":\"cluster\",\"id\":\"clu_1\"}");
  expect(strstr(state, "\"version\":2") != NULL && strstr(state, "\"version\":3") == NULL, "it was written once");
  free(state);

  /* The server is down for good before it has written. */
  sim_tell(&it,
           "{\"op\":\"inject\",\"fault\":{\"match\":{\"method\":\"PATCH\"},\"times\":\"forever\","
           "\"carried_out\":\"no\",\"answer\":{\"status\":503}}}");
  expect(!retire(client, "clu_2"), "nothing is claimed that is not certain");

  akua_client_free(client);
  akua_client_options_free(options);
  sim_stop(&it);
  return 0;
}
