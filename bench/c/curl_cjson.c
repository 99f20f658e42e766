/* libcurl and cJSON as one would write it: an easy handle, a timeout for the whole call, and each field of
 * the answer looked up. */
#include "driver.h"

#include <cjson/cJSON.h>
#include <curl/curl.h>
#include <stdbool.h>
#include <string.h>

static CURL *curl;
static const char *operation;

/* The body of an answer. */
static struct {
    char *bytes;
    size_t length, room;
} answered;

static const char *base, *token, *context, *id, *if_match, *key, *name;

/* What is answered; nothing in it is checked but its types. */
typedef struct {
    char *id, *html_url, *name, *workspace_id, *state, *provider, *etag;
    bool reconciling;
    double created_at, updated_at;
} cluster;

static size_t append(char *bytes, size_t size, size_t count, void *unused) {
    (void)unused;
    size_t length = size * count;
    if (answered.length + length + 1 > answered.room) {
        size_t room = (answered.length + length + 1) * 2;
        char *grown = realloc(answered.bytes, room);
        if (grown == NULL) {
            return 0;
        }
        answered.bytes = grown;
        answered.room = room;
    }
    memcpy(answered.bytes + answered.length, bytes, length);
    answered.length += length;
    answered.bytes[answered.length] = '\0';
    return length;
}

static char *text(const cJSON *object, const char *field) {
    const char *value = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, field));
    return value == NULL ? NULL : strdup(value);
}

/* Reads one cluster; 0 unless a required field is missing. */
static int take(const cJSON *object) {
    cluster read = {
        .id = text(object, "id"),
        .html_url = text(object, "html_url"),
        .name = text(object, "name"),
        .workspace_id = text(object, "workspace_id"),
        .state = text(object, "state"),
        .provider = text(object, "provider"),
        .reconciling = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(object, "reconciling")),
        .created_at = cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(object, "created_at")),
        .updated_at = cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(object, "updated_at")),
        .etag = text(object, "etag"),
    };
    int missing = read.id == NULL || read.name == NULL || read.workspace_id == NULL || read.state == NULL ||
                  read.provider == NULL || read.etag == NULL;
    free(read.id);
    free(read.html_url);
    free(read.name);
    free(read.workspace_id);
    free(read.state);
    free(read.provider);
    free(read.etag);
    return missing;
}

static struct curl_slist *header(struct curl_slist *list, const char *label, const char *value) {
    char line[640];
    snprintf(line, sizeof line, "%s: %s", label, value);
    return curl_slist_append(list, line);
}

static int call(void) {
    bool page = strcmp(operation, "page") == 0, update = strcmp(operation, "update") == 0;
    char url[512], bearer[512];
    if (page) {
        snprintf(url, sizeof url, "%s/v1/clusters?limit=100", base);
    } else {
        snprintf(url, sizeof url, "%s/v1/clusters/%s", base, id);
    }
    snprintf(bearer, sizeof bearer, "Bearer %s", token);
    struct curl_slist *headers = header(NULL, "authorization", bearer);
    headers = header(headers, "akua-context", context);
    char *body = NULL;
    if (update) {
        headers = header(headers, "content-type", "application/json");
        headers = header(headers, "if-match", if_match);
        headers = header(headers, "idempotency-key", key);
        cJSON *patch = cJSON_CreateObject();
        cJSON_AddStringToObject(patch, "name", name);
        body = cJSON_PrintUnformatted(patch);
        cJSON_Delete(patch);
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, "PATCH");
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    }
    answered.length = 0;
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    long status = 0;
    int failed = curl_easy_perform(curl) != CURLE_OK;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    failed |= status != 200;
    curl_slist_free_all(headers);
    free(body);
    if (failed) {
        return 1;
    }
    cJSON *answer = cJSON_ParseWithLength(answered.bytes, answered.length);
    if (answer == NULL) {
        failed = 1;
    } else if (page) {
        const cJSON *item = NULL;
        cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(answer, "data")) {
            failed |= take(item);
        }
    } else {
        failed = take(answer);
    }
    cJSON_Delete(answer);
    return failed;
}

int main(int argc, char **argv) {
    operation = argc > 1 ? argv[1] : "update";
    base = workload("BENCH_URL");
    token = workload("BENCH_TOKEN");
    context = workload("BENCH_CONTEXT");
    id = workload("BENCH_ID");
    if_match = workload("BENCH_IF_MATCH");
    key = workload("BENCH_KEY");
    name = workload("BENCH_NAME");
    curl_global_init(CURL_GLOBAL_DEFAULT);
    curl = curl_easy_init();
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, append);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 30000L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    int failed = run(argc, argv, call);
    curl_easy_cleanup(curl);
    curl_global_cleanup();
    free(answered.bytes);
    return failed;
}
