/* What the programs that test the C interface share: checks that are counted, texts, and things to try it with. */
#ifndef CHECKS_H
#define CHECKS_H

#include "akua.h"

#include "../../examples/c/sim.h"

static int checks;

#define CHECK(holds)                                                      \
  do {                                                                    \
    ++checks;                                                             \
    if (!(holds)) {                                                       \
      fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #holds); \
      exit(1);                                                            \
    }                                                                     \
  } while (0)

static inline akua_str s(const char* text) { return akua_str_of(text); }

static inline bool is(akua_str one, const char* other) {
  return one.data != NULL && akua_str_equals(one, s(other)) && strlen(one.data) == one.len;
}

static inline bool none(akua_str text) { return text.data == NULL && text.len == 0; }

static inline bool has(akua_str text, const char* part) { return text.data != NULL && strstr(text.data, part) != NULL; }

/* A text that a report has to say under a key: this one, or any (""), or none at all (NULL). */
typedef struct {
  akua_report_key key;
  const char* text;
} said;

static inline void report_says(const akua_report* report, const said* all, size_t count, int line) {
  size_t at;
  for (at = 0; at < count; ++at) {
    const akua_str text = akua_report_text(report, all[at].key);
    const bool fits = all[at].text == NULL ? none(text) : all[at].text[0] == 0 ? text.len > 0 : is(text, all[at].text);
    if (!fits) fprintf(stderr, "line %d: key %d says %s\n", line, (int)all[at].key, text.data == NULL ? "nothing" : text.data);
    CHECK(fits);
  }
}

#define SAYS(report, ...)                                                                        \
  do {                                                                                           \
    static const said all_of_it[] = {__VA_ARGS__};                                               \
    report_says(report, all_of_it, sizeof all_of_it / sizeof *all_of_it, __LINE__);              \
  } while (0)

/* A text of an item of a list. */
static inline akua_str item(const akua_report* report, akua_report_key list, size_t index, akua_report_key key) {
  return akua_report_item(report, list, index, key, 0);
}

static inline akua_client* client_of(const sim* it) {
  akua_client* client = NULL;
  akua_report* error = NULL;
  akua_client_options* options = akua_client_options_new();
  CHECK(options != NULL);
  CHECK(akua_client_options_set_text(options, AKUA_OPTION_BASE_URL, s(it->url), NULL) == AKUA_OK);
  CHECK(akua_client_options_set_text(options, AKUA_OPTION_TOKEN, s(it->token), NULL) == AKUA_OK);
  CHECK(akua_client_options_set_text(options, AKUA_OPTION_USER_AGENT_SUFFIX, s("c-tests/1"), &error) == AKUA_OK && error == NULL);
  CHECK(akua_client_new(options, &client, &error) == AKUA_OK && client != NULL && error == NULL);
  akua_client_options_free(options);
  CHECK(is(akua_client_base_url(client), it->url));
  return client;
}

static inline akua_resource* cluster_of(const akua_client* client, const char* id) {
  akua_resource* cluster = NULL;
  CHECK(akua_resource_get(client, NULL, AKUA_CLUSTER, s(id), &cluster, NULL) == AKUA_OK && cluster != NULL);
  return cluster;
}

static inline akua_patch* named(const char* name) {
  akua_patch* patch = akua_patch_new(AKUA_CLUSTER);
  CHECK(akua_patch_set_text(patch, AKUA_NAME, s(name), NULL) == AKUA_OK);
  return patch;
}

/* What the server does to the next PATCH. */
#define LOSE_THE_ANSWER \
  "{\"op\":\"inject\",\"fault\":{\"match\":{\"method\":\"PATCH\"},\"delivery\":{\"send\":\"nothing\",\"end\":\"reset\"}}}"
#define STALL_FOR_EVER \
  "{\"op\":\"inject\",\"fault\":{\"times\":\"forever\",\"delivery\":{\"send\":\"nothing\",\"end\":\"stall\"}}}"

#endif
