/* Mistakes on purpose, to see that they are found: `planted SIMULATOR leak`, or use-after-free, or none. */
#define _POSIX_C_SOURCE 200809L
#include "akua.h"

#include "../../examples/c/sim.h"

int main(int count, char** arguments) {
  akua_client_options* options = akua_client_options_new();
  akua_client* client = NULL;
  akua_resource* cluster = NULL;
  sim it;

  if (count != 3) return 2;
  it = sim_start(arguments[1], 1);
  akua_client_options_set_text(options, AKUA_OPTION_BASE_URL, akua_str_of(it.url), NULL);
  akua_client_options_set_text(options, AKUA_OPTION_TOKEN, akua_str_of(it.token), NULL);
  akua_client_new(options, &client, NULL);
  akua_client_options_free(options);
  if (akua_resource_get(client, NULL, AKUA_CLUSTER, akua_str_of("clu_1"), &cluster, NULL) != AKUA_OK) return 2;
  if (strcmp(arguments[2], "leak") == 0) {
    cluster = NULL;
  } else if (strcmp(arguments[2], "use-after-free") == 0) {
    const akua_str name = akua_resource_text(cluster, AKUA_NAME, NULL);
    akua_resource_free(cluster);
    cluster = NULL;
    printf("%c\n", name.data[0]);
  }
  akua_resource_free(cluster);
  akua_client_free(client);
  sim_stop(&it);
  return 0;
}
