/* What an order of the conformance program says: its JSON, and the client and the options that it asks for. */
#ifndef ORDERS_H
#define ORDERS_H

#include "akua.h"

#include <cjson/cJSON.h>

static inline akua_str s(const char* text) { return akua_str_of(text); }

static inline akua_str text_of(const cJSON* object, const char* name) {
  return s(cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name)));
}

static inline bool has(const cJSON* object, const char* name) {
  const cJSON* item = cJSON_GetObjectItemCaseSensitive(object, name);
  return item != NULL && !cJSON_IsNull(item);
}

static inline uint64_t number_of(const cJSON* object, const char* name) {
  return (uint64_t)cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(object, name));
}

static inline bool flag_of(const cJSON* object, const char* name) {
  return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(object, name));
}

static inline akua_client* client_of(const cJSON* client, akua_report** error) {
  static const struct {
    const char* name;
    akua_option option;
  } numbers[] = {{"timeout_ms", AKUA_OPTION_TIMEOUT},
                 {"max_response_bytes", AKUA_OPTION_MAX_RESPONSE_BYTES},
                 {"attempts", AKUA_OPTION_RETRY_ATTEMPTS},
                 {"base_ms", AKUA_OPTION_RETRY_BASE},
                 {"cap_ms", AKUA_OPTION_RETRY_CAP},
                 {"clock_skew_ms", AKUA_OPTION_CONTRACT_CLOCK_SKEW},
                 {"key_retention_ms", AKUA_OPTION_CONTRACT_KEY_RETENTION},
                 {"action_keys_replay_ms", AKUA_OPTION_CONTRACT_ACTION_KEYS_REPLAY},
                 {"create_keys_replay_ms", AKUA_OPTION_CONTRACT_CREATE_KEYS_REPLAY},
                 {"operation_kept_ms", AKUA_OPTION_CONTRACT_OPERATION_KEPT}},
    flags[] = {{"etag_never_repeats", AKUA_OPTION_CONTRACT_ETAG_NEVER_REPEATS},
               {"key_checked_before_if_match", AKUA_OPTION_CONTRACT_KEY_CHECKED_BEFORE_IF_MATCH},
               {"stores_rejections_per_key", AKUA_OPTION_CONTRACT_STORES_REJECTIONS_PER_KEY},
               {"reads_linearizable", AKUA_OPTION_CONTRACT_READS_LINEARIZABLE},
               {"etag_covers_write_only", AKUA_OPTION_CONTRACT_ETAG_COVERS_WRITE_ONLY},
               {"hidden_retries", AKUA_OPTION_CONTRACT_HIDDEN_RETRIES},
               {"answers_show_written_version", AKUA_OPTION_CONTRACT_ANSWERS_SHOW_WRITTEN_VERSION},
               {"conflicts_name_current_etag", AKUA_OPTION_CONTRACT_CONFLICTS_NAME_CURRENT_ETAG},
               {"accept_moves_etag", AKUA_OPTION_CONTRACT_ACCEPT_MOVES_ETAG},
               {"not_found_means_gone", AKUA_OPTION_CONTRACT_NOT_FOUND_MEANS_GONE},
               {"ids_never_reused", AKUA_OPTION_CONTRACT_IDS_NEVER_REUSED},
               {"completed_is_final", AKUA_OPTION_CONTRACT_COMPLETED_IS_FINAL}};
  akua_client_options* o = akua_client_options_new();
  akua_client* made = NULL;
  const cJSON* from[3];
  size_t i, j;
  from[0] = client;
  from[1] = cJSON_GetObjectItemCaseSensitive(client, "contract");
  from[2] = cJSON_GetObjectItemCaseSensitive(client, "retry");
  akua_client_options_set_text(o, AKUA_OPTION_BASE_URL, text_of(client, "base_url"), error);
  akua_client_options_set_text(o, AKUA_OPTION_TOKEN, text_of(client, "token"), NULL);
  for (i = 0; i < 3; ++i) {
    for (j = 0; j < sizeof numbers / sizeof *numbers; ++j)
      if (has(from[i], numbers[j].name))
        akua_client_options_set_number(o, numbers[j].option, number_of(from[i], numbers[j].name), NULL);
    for (j = 0; j < sizeof flags / sizeof *flags; ++j)
      if (has(from[i], flags[j].name))
        akua_client_options_set_flag(o, flags[j].option, flag_of(from[i], flags[j].name), NULL);
  }
  if (*error == NULL && has(client, "context"))
    akua_client_options_set_text(o, AKUA_OPTION_CONTEXT, text_of(client, "context"), error);
  if (*error == NULL) akua_client_new(o, &made, error);
  akua_client_options_free(o);
  return made;
}

static inline akua_call_options* options_of(const cJSON* policy, akua_report** error) {
  akua_call_options* o = akua_call_options_new();
  if (has(policy, "on_conflict"))
    akua_call_options_set_text(o, AKUA_OPTION_ON_CONFLICT, text_of(policy, "on_conflict"), error);
  if (has(policy, "overwrite_unseen"))
    akua_call_options_set_flag(o, AKUA_OPTION_OVERWRITE_UNSEEN, flag_of(policy, "overwrite_unseen"), NULL);
  if (has(policy, "attempts"))
    akua_call_options_set_number(o, AKUA_OPTION_MAX_ATTEMPTS, number_of(policy, "attempts"), NULL);
  if (has(policy, "deadline_ms"))
    akua_call_options_set_number(o, AKUA_OPTION_TIMEOUT, number_of(policy, "deadline_ms"), NULL);
  return o;
}

#endif
