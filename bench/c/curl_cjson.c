/* libcurl and cJSON as one would write it: an easy handle a thread, a timeout for the whole call, and each field of
 * the answer looked up. */
#include "driver.h"

#include <cjson/cJSON.h>
#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    CURL *curl;
    const char *operation;
    char *answer;
    size_t length, room;
} session;

static const char *base, *token, *context, *id, *if_match, *key, *name;

/* What is answered; nothing in it is checked but its types. */
typedef struct {
    char *id, *html_url, *name, *workspace_id, *state, *provider, *etag;
    bool reconciling;
    double created_at, updated_at;
} cluster;

static size_t append(char *bytes, size_t size, size_t count, void *argument) {
    session *self = argument;
    size_t length = size * count;
    if (self->length + length + 1 > self->room) {
        size_t room = (self->length + length + 1) * 2;
        char *grown = realloc(self->answer, room);
        if (grown == NULL) {
            return 0;
        }
        self->answer = grown;
        self->room = room;
    }
    memcpy(self->answer + self->length, bytes, length);
    self->length += length;
    self->answer[self->length] = '\0';
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

static int call(void *argument) {
    session *self = argument;
    bool page = strcmp(self->operation, "page") == 0, update = strcmp(self->operation, "update") == 0;
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
        curl_easy_setopt(self->curl, CURLOPT_CUSTOMREQUEST, "PATCH");
        curl_easy_setopt(self->curl, CURLOPT_POSTFIELDS, body);
    }
    self->length = 0;
    curl_easy_setopt(self->curl, CURLOPT_URL, url);
    curl_easy_setopt(self->curl, CURLOPT_HTTPHEADER, headers);
    long status = 0;
    int failed = curl_easy_perform(self->curl) != CURLE_OK;
    curl_easy_getinfo(self->curl, CURLINFO_RESPONSE_CODE, &status);
    failed |= status != 200;
    curl_slist_free_all(headers);
    free(body);
    if (failed) {
        return 1;
    }
    cJSON *answer = cJSON_ParseWithLength(self->answer, self->length);
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

static void *open_session(const plan *plan) {
    session *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return NULL;
    }
    self->operation = plan->operation;
    self->curl = curl_easy_init();
    curl_easy_setopt(self->curl, CURLOPT_WRITEFUNCTION, append);
    curl_easy_setopt(self->curl, CURLOPT_WRITEDATA, self);
    curl_easy_setopt(self->curl, CURLOPT_TIMEOUT_MS, 30000L);
    curl_easy_setopt(self->curl, CURLOPT_NOSIGNAL, 1L);
    return self;
}

static void close_session(void *argument) {
    session *self = argument;
    curl_easy_cleanup(self->curl);
    free(self->answer);
    free(self);
}

int main(int argc, char **argv) {
    plan plan = plan_from_arguments(argc, argv);
    base = workload("BENCH_URL");
    token = workload("BENCH_TOKEN");
    context = workload("BENCH_CONTEXT");
    id = workload("BENCH_ID");
    if_match = workload("BENCH_IF_MATCH");
    key = workload("BENCH_KEY");
    name = workload("BENCH_NAME");
    curl_global_init(CURL_GLOBAL_DEFAULT);
    int failed = run(&plan, (client){.open = open_session, .call = call, .close = close_session});
    curl_global_cleanup();
    return failed;
}
