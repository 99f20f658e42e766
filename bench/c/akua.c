/* Our own C library: every value is checked on every call, a deadline of 30 s and a
 * cancel handle are set, and each field of the answer is looked at. */
#include "driver.h"

#include <akua.h>
#include <string.h>

static akua_client *shared;
static akua_call_options *options;
static const char *id, *if_match, *key, *name;

static akua_str str(const char *text) { return (akua_str){.data = text, .len = strlen(text)}; }

static int failed(akua_error *error) {
    if (error == NULL) {
        return 0;
    }
    akua_str message = akua_error_message(error);
    fprintf(stderr, "%.*s\n", (int)message.len, message.data);
    akua_error_free(error);
    return 1;
}

static size_t seen;

static void look(akua_cluster *cluster) {
    seen += akua_cluster_id(cluster).len + akua_cluster_html_url(cluster).len + akua_cluster_name(cluster).len +
            akua_cluster_workspace_id(cluster).len + akua_cluster_state(cluster).len +
            akua_cluster_provider(cluster).len + akua_cluster_etag(cluster).len + akua_cluster_reconciling(cluster);
    akua_cluster_free(cluster);
}

static int update(void) {
    akua_cluster *cluster = NULL;
    akua_error *error = NULL;
    akua_cluster_patch *patch = akua_cluster_patch_new();
    akua_cluster_patch_set_name(patch, str(name), &error);
    if (error == NULL) {
        akua_cluster_update_with_key(shared, options, str(id), str(if_match),
                                     patch, str(key), &cluster, &error);
    }
    akua_cluster_patch_free(patch);
    if (error == NULL) {
        look(cluster);
    }
    return failed(error);
}

static int get(void) {
    akua_cluster *cluster = NULL;
    akua_error *error = NULL;
    if (akua_cluster_get(shared, options, str(id), &cluster, &error) == AKUA_OK) {
        look(cluster);
    }
    return failed(error);
}

static int page(void) {
    akua_cluster_list *clusters = NULL;
    akua_cluster *cluster = NULL;
    akua_error *error = NULL;
    if (akua_cluster_list_new(shared, options, &clusters, &error) == AKUA_OK) {
        while (akua_cluster_list_next(clusters, &cluster, &error) == AKUA_OK && cluster != NULL) {
            look(cluster);
        }
    }
    akua_cluster_list_free(clusters);
    return failed(error);
}

int main(int argc, char **argv) {
    const char *operation = argc > 1 ? argv[1] : "";
    int (*call)(void) = strcmp(operation, "update") == 0 ? update
                        : strcmp(operation, "get") == 0  ? get
                        : strcmp(operation, "page") == 0 ? page
                                                         : NULL;
    if (call == NULL) {
        fprintf(stderr, "no operation %s\n", operation);
        return 2;
    }
    id = workload("BENCH_ID");
    if_match = workload("BENCH_IF_MATCH");
    key = workload("BENCH_KEY");
    name = workload("BENCH_NAME");
    akua_error *error = NULL;
    akua_client_options *settings = akua_client_options_new();
    akua_client_options_set_base_url(settings, str(workload("BENCH_URL")), &error);
    akua_client_options_set_token(settings, str(workload("BENCH_TOKEN")), &error);
    akua_client_options_set_context(settings, str(workload("BENCH_CONTEXT")), &error);
    akua_client_options_set_timeout_ms(settings, 30000, &error);
    akua_cancel *stop = akua_cancel_new();
    options = akua_call_options_new();
    akua_call_options_set_cancel(options, stop, &error);
    akua_call_options_set_page_items(options, 100, &error);
    if (error == NULL) {
        akua_client_new(settings, &shared, &error);
    }
    akua_client_options_free(settings);
    int bad = failed(error) || run(argc, argv, call);
    akua_client_free(shared);
    akua_call_options_free(options);
    akua_cancel_free(stop);
    return bad;
}
