/* Our own C library: every value is checked on every call, a deadline of 30 s and a
 * cancel handle are set, and each field of the answer is looked at. */
#include "driver.h"

#include <akua.h>
#include <string.h>

static akua_client *shared;
static akua_call_options *options;
static const char *id, *if_match, *key, *name;

static akua_str str(const char *text) { return (akua_str){.data = text, .len = strlen(text)}; }

static int failed(akua_report *error) {
    if (error == NULL) {
        return 0;
    }
    akua_str message = akua_report_message(error);
    fprintf(stderr, "%.*s\n", (int)message.len, message.data);
    akua_report_free(error);
    return 1;
}

static size_t seen;

static void look(akua_resource *cluster) {
    seen += akua_resource_text(cluster, AKUA_ID, NULL).len + akua_resource_text(cluster, AKUA_HTML_URL, NULL).len + akua_resource_text(cluster, AKUA_NAME, NULL).len +
            akua_resource_text(cluster, AKUA_WORKSPACE_ID, NULL).len + akua_resource_text(cluster, AKUA_STATE, NULL).len +
            akua_resource_text(cluster, AKUA_PROVIDER, NULL).len + akua_resource_text(cluster, AKUA_ETAG, NULL).len + akua_resource_flag(cluster, AKUA_RECONCILING, NULL);
    akua_resource_free(cluster);
}

static int update(void) {
    akua_resource *cluster = NULL;
    akua_report *error = NULL;
    akua_patch *patch = akua_patch_new(AKUA_CLUSTER);
    akua_patch_set_text(patch, AKUA_NAME, str(name), &error);
    if (error == NULL) {
        akua_resource_update(shared, options, str(id), str(if_match), patch, str(key), &cluster, &error);
    }
    akua_patch_free(patch);
    if (error == NULL) {
        look(cluster);
    }
    return failed(error);
}

static int get(void) {
    akua_resource *cluster = NULL;
    akua_report *error = NULL;
    if (akua_resource_get(shared, options, AKUA_CLUSTER, str(id), &cluster, &error) == AKUA_OK) {
        look(cluster);
    }
    return failed(error);
}

static int page(void) {
    akua_list *clusters = NULL;
    akua_resource *cluster = NULL;
    akua_report *error = NULL;
    if (akua_list_new(shared, options, AKUA_CLUSTER, &clusters, &error) == AKUA_OK) {
        while (akua_list_next(clusters, &cluster, &error) == AKUA_OK && cluster != NULL) {
            look(cluster);
        }
    }
    akua_list_free(clusters);
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
    akua_report *error = NULL;
    akua_client_options *settings = akua_client_options_new();
    akua_client_options_set_text(settings, AKUA_OPTION_BASE_URL, str(workload("BENCH_URL")), &error);
    akua_client_options_set_text(settings, AKUA_OPTION_TOKEN, str(workload("BENCH_TOKEN")), &error);
    akua_client_options_set_text(settings, AKUA_OPTION_CONTEXT, str(workload("BENCH_CONTEXT")), &error);
    akua_client_options_set_number(settings, AKUA_OPTION_TIMEOUT, 30000, &error);
    akua_cancel *stop = akua_cancel_new();
    options = akua_call_options_new();
    akua_call_options_set_cancel(options, stop, &error);
    akua_call_options_set_number(options, AKUA_OPTION_PAGE_SIZE, 100, &error);
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
