/* The runner of C: reads orders, makes the calls, writes reports (see conformance/README.md). It compares nothing. */
#include "akua.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What one order is about. */
typedef struct {
  const cJSON* call;
  const cJSON* policy;
  akua_client* client;
  akua_call_options* options; /* Of the call that the order is about, and of no other. */
  bool workspaces;
  cJSON* report;
} order;

static akua_str s(const char* text) { return akua_str_of(text); }

static akua_str text_of(const cJSON* object, const char* name) {
  return s(cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name)));
}

static bool has(const cJSON* object, const char* name) {
  const cJSON* item = cJSON_GetObjectItemCaseSensitive(object, name);
  return item != NULL && !cJSON_IsNull(item);
}

static uint64_t number_of(const cJSON* object, const char* name) {
  return (uint64_t)cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(object, name));
}

static bool flag_of(const cJSON* object, const char* name) {
  return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(object, name));
}

/* The number of a choice, 0 for a name that is none. */
static int32_t choice_of(const cJSON* object, const char* name, const char* one, int32_t first, const char* other,
                         int32_t second) {
  const akua_str text = text_of(object, name);
  return akua_str_equals(text, s(one)) ? first : akua_str_equals(text, s(other)) ? second : 0;
}

static void put(cJSON* object, const char* name, akua_str text) {
  if (text.data != NULL) cJSON_AddStringToObject(object, name, text.data);
}

static void put_seconds(cJSON* object, const char* name, int64_t seconds) {
  char digits[32];
  if (seconds == INT64_MIN) return;
  snprintf(digits, sizeof digits, "%lld", (long long)seconds);
  cJSON_AddStringToObject(object, name, digits);
}

static cJSON* cluster_report(const akua_cluster* it) {
  cJSON* report = cJSON_CreateObject();
  put(report, "id", akua_cluster_id(it));
  put(report, "etag", akua_cluster_etag(it));
  put(report, "name", akua_cluster_name(it));
  put(report, "html_url", akua_cluster_html_url(it));
  put(report, "workspace_id", akua_cluster_workspace_id(it));
  put(report, "state", akua_cluster_state(it));
  put(report, "provider", akua_cluster_provider(it));
  cJSON_AddBoolToObject(report, "reconciling", akua_cluster_reconciling(it));
  put_seconds(report, "created_at", akua_cluster_created_at(it));
  put_seconds(report, "updated_at", akua_cluster_updated_at(it));
  put(report, "json", akua_cluster_json(it));
  return report;
}

static cJSON* workspace_report(const akua_workspace* it) {
  cJSON* report = cJSON_CreateObject();
  put(report, "id", akua_workspace_id(it));
  put(report, "etag", akua_workspace_etag(it));
  put(report, "name", akua_workspace_name(it));
  put(report, "slug", akua_workspace_slug(it));
  put(report, "plan_tier", akua_workspace_plan_tier(it));
  put(report, "plan_billed_by", akua_workspace_plan_billed_by(it));
  put(report, "workspace_class", akua_workspace_workspace_class(it));
  put_seconds(report, "created_at", akua_workspace_created_at(it));
  put_seconds(report, "updated_at", akua_workspace_updated_at(it));
  put(report, "json", akua_workspace_json(it));
  return report;
}

static cJSON* server_errors(const akua_error* error) {
  cJSON* all = cJSON_CreateArray();
  size_t i, j;
  for (i = 0; i < akua_error_server_error_count(error); ++i) {
    cJSON *one = cJSON_CreateObject(), *path = cJSON_AddArrayToObject(one, "path");
    cJSON* metadata = cJSON_AddObjectToObject(one, "metadata");
    put(one, "code", akua_error_server_error_code(error, i));
    put(one, "message", akua_error_server_error_message(error, i));
    for (j = 0; j < akua_error_server_error_path_count(error, i); ++j)
      cJSON_AddItemToArray(path, cJSON_CreateString(akua_error_server_error_path(error, i, j).data));
    for (j = 0; j < akua_error_server_error_metadata_count(error, i); ++j)
      put(metadata, akua_error_server_error_metadata_name(error, i, j).data,
          akua_error_server_error_metadata_value(error, i, j));
    cJSON_AddItemToArray(all, one);
  }
  return all;
}

static cJSON* problems(const akua_error* error) {
  cJSON* all = cJSON_CreateArray();
  size_t i;
  for (i = 0; i < akua_error_problem_count(error); ++i) {
    cJSON* one = cJSON_CreateObject();
    put(one, "field", akua_error_problem_field(error, i));
    put(one, "message", akua_error_problem_message(error, i));
    cJSON_AddItemToArray(all, one);
  }
  return all;
}

static cJSON* fields(const akua_error* error) {
  cJSON* all = cJSON_CreateArray();
  size_t i;
  for (i = 0; i < akua_error_field_count(error); ++i) {
    cJSON* one = cJSON_CreateObject();
    put(one, "field", akua_error_field_name(error, i));
    put(one, "base", akua_error_field_base(error, i));
    put(one, "ours", akua_error_field_ours(error, i));
    put(one, "theirs", akua_error_field_theirs(error, i));
    put(one, "state", akua_error_field_state(error, i));
    cJSON_AddItemToArray(all, one);
  }
  return all;
}

static void put_number(cJSON* object, const char* name, int64_t number, bool there) {
  if (there) cJSON_AddNumberToObject(object, name, (double)number);
}

static akua_str seen_etag(const akua_error* error) {
  if (akua_error_cluster(error) != NULL) return akua_cluster_etag(akua_error_cluster(error));
  return akua_workspace_etag(akua_error_workspace(error));
}

/* All that an error tells, whether or not it is the end of an edit or a wait. */
static cJSON* told(const akua_error* error) {
  cJSON* report = cJSON_CreateObject();
  const akua_str outcome = akua_error_outcome(error);
  const bool ignored = akua_error_status(error) == AKUA_IGNORED, may_have = akua_error_may_have_taken_effect(error);
  put(report, "kind", akua_error_kind(error));
  put(report, "effect", akua_error_effect(error));
  cJSON_AddBoolToObject(report, "may_have_taken_effect", may_have);
  put(report, "end",
      akua_str_equals(outcome, s("not_applied")) ? akua_status_name(akua_error_status(error)) : outcome);
  put(report, "cause", akua_error_cause(error));
  put_number(report, "status", akua_error_http_status(error), akua_error_http_status(error) != 0);
  cJSON_AddItemToObject(report, "server_errors", server_errors(error));
  put_number(report, "retry_after_ms", akua_error_retry_after_ms(error), akua_error_retry_after_ms(error) >= 0);
  put(report, "request_id", akua_error_request_id(error));
  cJSON_AddItemToObject(report, "problems", problems(error));
  put(report, "etag", ignored ? akua_error_current_etag(error) : akua_error_new_etag(error));
  put(report, "current_etag", akua_error_current_etag(error));
  if (!ignored) put(report, "seen_etag", seen_etag(error));
  cJSON_AddItemToObject(report, "fields", fields(error));
  if (akua_str_equals(akua_error_effect(error), s("unknown")))
    cJSON_AddBoolToObject(report, "may_still_land", akua_error_may_still_land(error));
  put(report, "resume_token", akua_error_resume_token(error));
  put_number(report, "attempts", akua_error_attempts(error), true);
  put_number(report, "requests", akua_error_requests(error), true);
  return report;
}

/* Reports an error, if the call ended with one, and tells whether it did. */
static bool failed(order* it, akua_error* error) {
  bool ended, waited;
  if (error == NULL) return false;
  ended = akua_error_outcome(error).data != NULL;
  waited = akua_str_equals(text_of(it->call, "do"), s("wait_settled"));
  cJSON_AddItemToObject(it->report, !ended ? "error" : waited ? "settled" : "edited", told(error));
  akua_error_free(error);
  return true;
}

/* The fields of one of the two kinds that the server has stored otherwise than they were wanted. */
#define STORED(noun)                                                                                   \
  static cJSON* noun##_stored(const akua_##noun##_edited* edited, const char* result) {                \
    cJSON* all = cJSON_CreateArray();                                                                  \
    size_t i;                                                                                          \
    for (i = 0; i < akua_##noun##_edited_field_count(edited); ++i) {                                   \
      cJSON* one;                                                                                      \
      if (!akua_str_equals(akua_##noun##_edited_field_result(edited, i), s(result))) continue;         \
      one = cJSON_CreateObject();                                                                      \
      put(one, "field", akua_##noun##_edited_field_name(edited, i));                                   \
      put(one, "base", akua_##noun##_edited_field_base(edited, i));                                    \
      put(one, "ours", akua_##noun##_edited_field_ours(edited, i));                                    \
      put(one, "theirs", akua_##noun##_edited_field_theirs(edited, i));                                \
      put(one, "state", akua_##noun##_edited_field_state(edited, i));                                  \
      cJSON_AddItemToArray(all, one);                                                                  \
    }                                                                                                  \
    return all;                                                                                        \
  }
STORED(cluster)
STORED(workspace)

/* An edit of one of the two kinds that is in effect. */
#define EDITED(noun)                                                                                       \
  static void noun##_edited_report(order* it, akua_##noun##_edited* edited) {                              \
    cJSON* report = cJSON_AddObjectToObject(it->report, "edited");                                         \
    const akua_error* unreadable = akua_##noun##_edited_unreadable(edited);                                \
    const akua_str outcome = akua_##noun##_edited_outcome(edited);                                         \
    const int32_t status = akua_error_http_status(unreadable);                                             \
    put(report, "kind", unreadable == NULL ? s("ok") : akua_error_kind(unreadable));                       \
    put(report, "effect", outcome);                                                                        \
    cJSON_AddBoolToObject(report, "may_have_taken_effect", akua_str_equals(outcome, s("applied")));        \
    put(report, "end", outcome);                                                                           \
    put(report, "proof", akua_##noun##_edited_proof(edited));                                              \
    put_number(report, "status", status, status != 0);                                                     \
    put(report, "etag", akua_##noun##_edited_etag(edited));                                                \
    if (akua_##noun##_edited_##noun(edited) != NULL)                                                       \
      cJSON_AddItemToObject(report, "resource", noun##_report(akua_##noun##_edited_##noun(edited)));       \
    cJSON_AddItemToObject(report, "problems", problems(unreadable));                                       \
    cJSON_AddItemToObject(report, "adjusted", noun##_stored(edited, "adjusted"));                          \
    cJSON_AddItemToObject(report, "not_taken", noun##_stored(edited, "not_taken"));                        \
    put_number(report, "attempts", akua_##noun##_edited_attempts(edited), true);                           \
    put_number(report, "requests", akua_##noun##_edited_requests(edited), true);                           \
    akua_##noun##_edited_free(edited);                                                                     \
  }
EDITED(cluster)
EDITED(workspace)

static akua_cluster_patch* cluster_patch(const cJSON* values, akua_error** error) {
  akua_cluster_patch* patch = akua_cluster_patch_new();
  const cJSON* value;
  cJSON_ArrayForEach(value, values) {
    const akua_str text = s(value->valuestring);
    if (*error != NULL) break;
    if (strcmp(value->string, "name") == 0) akua_cluster_patch_set_name(patch, text, error);
    if (strcmp(value->string, "region_id") == 0) akua_cluster_patch_set_region_id(patch, text, error);
    if (strcmp(value->string, "provider") == 0) akua_cluster_patch_set_provider(patch, text, error);
    if (strcmp(value->string, "kubeconfig") == 0) akua_cluster_patch_set_kubeconfig(patch, text, error);
  }
  return patch;
}

static akua_workspace_patch* workspace_patch(const cJSON* values, akua_error** error) {
  akua_workspace_patch* patch = akua_workspace_patch_new();
  const cJSON* value;
  cJSON_ArrayForEach(value, values) {
    const akua_str text = s(value->valuestring);
    if (*error != NULL) break;
    if (strcmp(value->string, "name") == 0) akua_workspace_patch_set_name(patch, text, error);
    if (strcmp(value->string, "slug") == 0) akua_workspace_patch_set_slug(patch, text, error);
  }
  return patch;
}

static void get(order* it) {
  akua_error* error = NULL;
  akua_cluster* cluster = NULL;
  akua_workspace* workspace = NULL;
  const akua_str id = text_of(it->call, "id");
  if (it->workspaces)
    akua_workspace_get(it->client, NULL, id, &workspace, &error);
  else
    akua_cluster_get(it->client, NULL, id, &cluster, &error);
  if (!failed(it, error))
    cJSON_AddItemToObject(it->report, "resource",
                          it->workspaces ? workspace_report(workspace) : cluster_report(cluster));
  akua_cluster_free(cluster);
  akua_workspace_free(workspace);
}

static void list(order* it) {
  akua_error* error = NULL;
  akua_cluster_list* clusters = NULL;
  akua_workspace_list* workspaces = NULL;
  akua_cluster* cluster = NULL;
  akua_workspace* workspace = NULL;
  cJSON* items = cJSON_AddArrayToObject(it->report, "items");
  if (has(it->call, "limit")) akua_call_options_set_page_items(it->options, number_of(it->call, "limit"), &error);
  if (error == NULL && has(it->call, "cursor"))
    akua_call_options_set_page_cursor(it->options, text_of(it->call, "cursor"), &error);
  if (failed(it, error)) return;
  if (it->workspaces) {
    akua_workspace_list_new(it->client, it->options, &workspaces, &error);
    while (akua_workspace_list_next(workspaces, &workspace, &error) == AKUA_OK && workspace != NULL) {
      cJSON_AddItemToArray(items, workspace_report(workspace));
      akua_workspace_free(workspace);
    }
  } else {
    akua_cluster_list_new(it->client, it->options, &clusters, &error);
    while (akua_cluster_list_next(clusters, &cluster, &error) == AKUA_OK && cluster != NULL) {
      cJSON_AddItemToArray(items, cluster_report(cluster));
      akua_cluster_free(cluster);
    }
  }
  failed(it, error);
  akua_cluster_list_free(clusters);
  akua_workspace_list_free(workspaces);
}

static void update(order* it) {
  akua_error* error = NULL;
  akua_cluster* cluster = NULL;
  akua_workspace* workspace = NULL;
  akua_cluster_patch* of_cluster = NULL;
  akua_workspace_patch* of_workspace = NULL;
  const cJSON* patch = cJSON_GetObjectItemCaseSensitive(it->call, "patch");
  const akua_str id = text_of(it->call, "id"), etag = text_of(it->call, "if_match");
  const akua_str key = text_of(it->call, "idempotency_key");
  if (it->workspaces) {
    of_workspace = workspace_patch(patch, &error);
    if (error == NULL) akua_workspace_update(it->client, NULL, id, etag, of_workspace, &workspace, &error);
  } else {
    of_cluster = cluster_patch(patch, &error);
    if (error == NULL && key.data != NULL)
      akua_cluster_update_with_key(it->client, NULL, id, etag, of_cluster, key, &cluster, &error);
    else if (error == NULL)
      akua_cluster_update(it->client, NULL, id, etag, of_cluster, &cluster, &error);
  }
  if (!failed(it, error))
    cJSON_AddItemToObject(it->report, "resource",
                          it->workspaces ? workspace_report(workspace) : cluster_report(cluster));
  akua_cluster_free(cluster);
  akua_workspace_free(workspace);
  akua_cluster_patch_free(of_cluster);
  akua_workspace_patch_free(of_workspace);
}

/* What the closure is to do when it is called for the time `turn`; NULL if it is called too often. */
static const cJSON* turn_of(const order* it, int turn) {
  return cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(it->call, "closure"), turn);
}

static void take_cluster_turn(const order* it, int turn, akua_cluster_edit* edit, akua_error** error) {
  const cJSON* todo = turn_of(it, turn);
  const akua_str current = akua_cluster_name(akua_cluster_edit_current(edit)), more = text_of(todo, "append");
  akua_cluster_patch* patch = NULL;
  if (todo == NULL || has(todo, "fail")) {
    const akua_str why = todo == NULL ? s("the closure was called too often") : text_of(todo, "fail");
    akua_cluster_edit_fail(edit, why, error);
    return;
  }
  if (more.data != NULL) {
    char* name = (char*)malloc(current.len + more.len);
    akua_str whole;
    memcpy(name, current.data, current.len);
    memcpy(name + current.len, more.data, more.len);
    whole.data = name;
    whole.len = current.len + more.len;
    patch = akua_cluster_patch_new();
    akua_cluster_patch_set_name(patch, whole, error);
    free(name);
  } else if (has(todo, "patch")) {
    patch = cluster_patch(cJSON_GetObjectItemCaseSensitive(todo, "patch"), error);
  }
  if (*error == NULL) akua_cluster_edit_submit(edit, patch, error);
  if (*error != NULL) { /* What can't be a patch is the closure's failure. */
    akua_cluster_edit_fail(edit, akua_error_message(*error), NULL);
    akua_error_free(*error);
    *error = NULL;
  }
  akua_cluster_patch_free(patch);
}

static void take_workspace_turn(const order* it, int turn, akua_workspace_edit* edit, akua_error** error) {
  const cJSON* todo = turn_of(it, turn);
  const akua_str current = akua_workspace_name(akua_workspace_edit_current(edit)), more = text_of(todo, "append");
  akua_workspace_patch* patch = NULL;
  if (todo == NULL || has(todo, "fail")) {
    const akua_str why = todo == NULL ? s("the closure was called too often") : text_of(todo, "fail");
    akua_workspace_edit_fail(edit, why, error);
    return;
  }
  if (more.data != NULL) {
    char* name = (char*)malloc(current.len + more.len + 1);
    snprintf(name, current.len + more.len + 1, "%s%s", current.data, more.data);
    patch = akua_workspace_patch_new();
    akua_workspace_patch_set_name(patch, s(name), error);
    free(name);
  } else if (has(todo, "patch")) {
    patch = workspace_patch(cJSON_GetObjectItemCaseSensitive(todo, "patch"), error);
  }
  if (*error == NULL) akua_workspace_edit_submit(edit, patch, error);
  if (*error != NULL) {
    akua_workspace_edit_fail(edit, akua_error_message(*error), NULL);
    akua_error_free(*error);
    *error = NULL;
  }
  akua_workspace_patch_free(patch);
}

static void edit_cluster(order* it, bool asked) {
  akua_error* error = NULL;
  akua_cluster* seen = NULL;
  akua_cluster_patch* patch = NULL;
  akua_cluster_edit* edit = NULL;
  akua_cluster_edited* edited = NULL;
  const akua_str id = text_of(it->call, "id");
  int32_t progress = 0;
  int turn = 0;
  cJSON* shown = cJSON_AddArrayToObject(it->report, "asked");
  if (flag_of(it->call, "seen")) akua_cluster_get(it->client, NULL, id, &seen, &error);
  if (error == NULL && !asked) patch = cluster_patch(cJSON_GetObjectItemCaseSensitive(it->call, "patch"), &error);
  if (error == NULL && !asked) { /* The one-call form. */
    if (seen != NULL)
      akua_cluster_edit_run(it->client, it->options, seen, patch, &edited, &error);
    else
      akua_cluster_edit_run_by_id(it->client, it->options, id, patch, &edited, &error);
  } else if (error == NULL) { /* The stepwise one. */
    if (seen != NULL)
      akua_cluster_edit_new(it->client, it->options, seen, NULL, &edit, &error);
    else
      akua_cluster_edit_new_by_id(it->client, it->options, id, NULL, &edit, &error);
    while (error == NULL && progress != AKUA_EDIT_DONE) {
      akua_cluster_edit_next(edit, &progress, &edited, &error);
      if (error == NULL && progress == AKUA_EDIT_NEEDS_PATCH) {
        const akua_str etag = akua_cluster_etag(akua_cluster_edit_current(edit));
        cJSON_AddItemToArray(shown, cJSON_CreateString(etag.data));
        take_cluster_turn(it, turn++, edit, &error);
      }
    }
  }
  if (!failed(it, error)) cluster_edited_report(it, edited);
  akua_cluster_edit_free(edit);
  akua_cluster_patch_free(patch);
  akua_cluster_free(seen);
}

static void edit_workspace(order* it, bool asked) {
  akua_error* error = NULL;
  akua_workspace* seen = NULL;
  akua_workspace_patch* patch = NULL;
  akua_workspace_edit* edit = NULL;
  akua_workspace_edited* edited = NULL;
  const akua_str id = text_of(it->call, "id");
  int32_t progress = 0;
  int turn = 0;
  cJSON* shown = cJSON_AddArrayToObject(it->report, "asked");
  if (flag_of(it->call, "seen")) akua_workspace_get(it->client, NULL, id, &seen, &error);
  if (error == NULL && !asked) patch = workspace_patch(cJSON_GetObjectItemCaseSensitive(it->call, "patch"), &error);
  if (error == NULL && !asked) {
    if (seen != NULL)
      akua_workspace_edit_run(it->client, it->options, seen, patch, &edited, &error);
    else
      akua_workspace_edit_run_by_id(it->client, it->options, id, patch, &edited, &error);
  } else if (error == NULL) {
    if (seen != NULL)
      akua_workspace_edit_new(it->client, it->options, seen, NULL, &edit, &error);
    else
      akua_workspace_edit_new_by_id(it->client, it->options, id, NULL, &edit, &error);
    while (error == NULL && progress != AKUA_EDIT_DONE) {
      akua_workspace_edit_next(edit, &progress, &edited, &error);
      if (error == NULL && progress == AKUA_EDIT_NEEDS_PATCH) {
        const akua_str etag = akua_workspace_etag(akua_workspace_edit_current(edit));
        cJSON_AddItemToArray(shown, cJSON_CreateString(etag.data));
        take_workspace_turn(it, turn++, edit, &error);
      }
    }
  }
  if (!failed(it, error)) workspace_edited_report(it, edited);
  akua_workspace_edit_free(edit);
  akua_workspace_patch_free(patch);
  akua_workspace_free(seen);
}

static void resolve(order* it) {
  akua_error* error = NULL;
  akua_cluster_edited* cluster = NULL;
  akua_workspace_edited* workspace = NULL;
  const akua_str token = text_of(it->call, "resume_token");
  const int32_t mode = choice_of(it->call, "mode", "look", AKUA_RESUME_LOOK, "finish", AKUA_RESUME_FINISH);
  if (it->workspaces) {
    akua_workspace_resolve(it->client, it->options, token, mode, &workspace, &error);
    if (!failed(it, error)) workspace_edited_report(it, workspace);
  } else {
    akua_cluster_resolve(it->client, it->options, token, mode, text_of(it->call, "kubeconfig"), &cluster, &error);
    if (!failed(it, error)) cluster_edited_report(it, cluster);
  }
}

static void wait_settled(order* it) {
  akua_error* error = NULL;
  akua_cluster* cluster = NULL;
  const akua_str none = {NULL, 0};
  akua_cluster_wait_settled(it->client, NULL, text_of(it->call, "id"), none, NULL, &cluster, &error);
  if (!failed(it, error)) {
    cJSON* settled = cJSON_AddObjectToObject(it->report, "settled");
    put(settled, "kind", s("ok"));
    put(settled, "effect", s("not_applied"));
    cJSON_AddBoolToObject(settled, "may_have_taken_effect", false);
    put(settled, "end", s("settled"));
    put(settled, "etag", akua_cluster_etag(cluster));
    put(settled, "seen_etag", akua_cluster_etag(cluster));
    put_number(settled, "attempts", 0, true);
    put_number(settled, "requests", 0, true);
  }
  akua_cluster_free(cluster);
}

static akua_client* client_of(const cJSON* client, akua_error** error) {
  akua_client_options* o = akua_client_options_new();
  akua_client* made = NULL;
  const cJSON* contract = cJSON_GetObjectItemCaseSensitive(client, "contract");
  const cJSON* retry = cJSON_GetObjectItemCaseSensitive(client, "retry");
  akua_client_options_set_base_url(o, text_of(client, "base_url"), error);
  akua_client_options_set_token(o, text_of(client, "token"), NULL);
  if (has(client, "timeout_ms")) akua_client_options_set_timeout_ms(o, number_of(client, "timeout_ms"), NULL);
  if (has(client, "max_response_bytes"))
    akua_client_options_set_max_response_bytes(o, (size_t)number_of(client, "max_response_bytes"), NULL);
  if (has(retry, "attempts")) akua_client_options_set_read_attempts(o, (uint32_t)number_of(retry, "attempts"), NULL);
  if (has(retry, "base_ms") || has(retry, "cap_ms"))
    akua_client_options_set_read_backoff_ms(o, has(retry, "base_ms") ? number_of(retry, "base_ms") : 200,
                                            has(retry, "cap_ms") ? number_of(retry, "cap_ms") : 5000, NULL);
#define CONTRACT(name) \
  if (has(contract, #name)) akua_client_options_set_contract_##name(o, flag_of(contract, #name), NULL)
  CONTRACT(etag_never_repeats);
  CONTRACT(key_checked_before_if_match);
  CONTRACT(stores_rejections_per_key);
  CONTRACT(reads_linearizable);
  CONTRACT(etag_covers_write_only);
  CONTRACT(hidden_retries);
  CONTRACT(answers_show_written_version);
  CONTRACT(conflicts_name_current_etag);
  if (has(contract, "clock_skew_ms"))
    akua_client_options_set_contract_clock_skew_ms(o, number_of(contract, "clock_skew_ms"), NULL);
  if (has(contract, "key_retention_ms"))
    akua_client_options_set_contract_key_retention_ms(o, number_of(contract, "key_retention_ms"), NULL);
  if (*error == NULL && has(client, "context")) akua_client_options_set_context(o, text_of(client, "context"), error);
  if (*error == NULL) akua_client_new(o, &made, error);
  akua_client_options_free(o);
  return made;
}

static akua_call_options* options_of(const cJSON* policy, akua_error** error) {
  akua_call_options* o = akua_call_options_new();
  if (has(policy, "on_conflict"))
    akua_call_options_set_on_conflict(
        o, choice_of(policy, "on_conflict", "fail", AKUA_ON_CONFLICT_FAIL, "rebase", AKUA_ON_CONFLICT_REBASE), error);
  if (has(policy, "overwrite_unseen"))
    akua_call_options_set_overwrite_unseen(o, flag_of(policy, "overwrite_unseen"), NULL);
  if (has(policy, "attempts")) akua_call_options_set_attempts(o, (uint32_t)number_of(policy, "attempts"), NULL);
  if (has(policy, "deadline_ms")) akua_call_options_set_timeout_ms(o, number_of(policy, "deadline_ms"), NULL);
  return o;
}

static void carry_out(order* it) {
  const akua_str what = text_of(it->call, "do");
  if (akua_str_equals(what, s("get"))) get(it);
  if (akua_str_equals(what, s("list"))) list(it);
  if (akua_str_equals(what, s("update"))) update(it);
  if (akua_str_equals(what, s("edit"))) it->workspaces ? edit_workspace(it, false) : edit_cluster(it, false);
  if (akua_str_equals(what, s("edit_with"))) it->workspaces ? edit_workspace(it, true) : edit_cluster(it, true);
  if (akua_str_equals(what, s("resolve"))) resolve(it);
  if (akua_str_equals(what, s("wait_settled"))) wait_settled(it);
}

int main(void) {
  static char line[1 << 22];
  while (fgets(line, sizeof line, stdin) != NULL) {
    cJSON* json = cJSON_Parse(line);
    const cJSON* client = cJSON_GetObjectItemCaseSensitive(json, "client");
    akua_error* error = NULL;
    order it;
    char* text;
    it.call = cJSON_GetObjectItemCaseSensitive(json, "call");
    it.policy = cJSON_GetObjectItemCaseSensitive(client, "policy");
    it.report = cJSON_CreateObject();
    it.workspaces = akua_str_equals(text_of(it.call, "kind"), s("workspace"));
    it.client = client_of(client, &error);
    it.options = options_of(it.policy, error == NULL ? &error : NULL);
    if (!failed(&it, error)) carry_out(&it);
    akua_client_free(it.client);
    akua_call_options_free(it.options);
    text = cJSON_PrintUnformatted(it.report);
    printf("%s\n", text);
    fflush(stdout);
    free(text);
    cJSON_Delete(it.report);
    cJSON_Delete(json);
  }
  return 0;
}
