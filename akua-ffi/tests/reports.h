/* What the runner of C reports of resources and of how calls ended. */
#ifndef REPORTS_H
#define REPORTS_H

#include "orders.h"

#include <stdio.h>
#include <string.h>

static void put(cJSON* object, const char* name, akua_str text) {
  if (text.data != NULL) cJSON_AddStringToObject(object, name, text.data);
}

static void put_number(cJSON* object, const char* name, int64_t number, bool there) {
  if (there) cJSON_AddNumberToObject(object, name, (double)number);
}

/* Whether the value is an object that is told by its parts. */
static bool has_parts(const char* name) {
  const size_t length = strlen(name);
  akua_property property;
  for (property = 1; akua_property_name(property).data != NULL; ++property) {
    const char* other = akua_property_name(property).data;
    if (strncmp(other, name, length) == 0 && other[length] == '.') return true;
  }
  return false;
}

/* Every property that there is, as C sees it by its number: a kind that is added is reported too. */
static cJSON* resource_report(const akua_resource* it) {
  cJSON* report = cJSON_CreateObject();
  akua_property property;
  for (property = 1; akua_property_name(property).data != NULL; ++property) {
    char name[64], *at;
    akua_report* wrong = NULL;
    akua_str text;
    int64_t time;
    cJSON* flag = NULL;
    if (akua_resource_shown(it, property, &wrong) != AKUA_SHOWN) {
      akua_report_free(wrong);
      continue;
    }
    snprintf(name, sizeof name, "%s", akua_property_name(property).data);
    for (at = name; *at != 0; ++at)
      if (*at == '.') *at = '_';
    time = akua_resource_time(it, property, &wrong);
    if (wrong == NULL) {
      char digits[32];
      snprintf(digits, sizeof digits, "%lld", (long long)time);
      if (time != INT64_MIN) cJSON_AddStringToObject(report, name, digits);
      continue;
    }
    akua_report_free(wrong);
    text = akua_resource_text(it, property, &wrong);
    if (wrong == NULL) {
      put(report, name, text);
      continue;
    }
    akua_report_free(wrong);
    time = akua_resource_number(it, property, &wrong);
    text = akua_resource_json(it, property, NULL);
    if (wrong == NULL)
      put(report, name, text);
    else if (cJSON_IsBool(flag = cJSON_Parse(text.data)))
      cJSON_AddItemToObject(report, name, flag);
    else if (!has_parts(name))
      put(report, name, text);
    if (!cJSON_IsBool(flag)) cJSON_Delete(flag);
    akua_report_free(wrong);
  }
  put(report, "json", akua_resource_json(it, 0, NULL));
  return report;
}

static cJSON* server_errors(const akua_report* error) {
  const akua_report_key list = AKUA_REPORT_SERVER_ERRORS;
  cJSON* all = cJSON_CreateArray();
  size_t i, j;
  for (i = 0; i < akua_report_count(error, list); ++i) {
    cJSON *one = cJSON_CreateObject(), *path = cJSON_AddArrayToObject(one, "path");
    cJSON* metadata = cJSON_AddObjectToObject(one, "metadata");
    akua_str part;
    put(one, "code", akua_report_item(error, list, i, AKUA_REPORT_CODE, 0));
    put(one, "message", akua_report_item(error, list, i, AKUA_REPORT_MESSAGE, 0));
    for (j = 0; (part = akua_report_item(error, list, i, AKUA_REPORT_PATH, j)).data != NULL; ++j)
      cJSON_AddItemToArray(path, cJSON_CreateString(part.data));
    for (j = 0; (part = akua_report_item(error, list, i, AKUA_REPORT_METADATA_NAME, j)).data != NULL; ++j)
      put(metadata, part.data, akua_report_item(error, list, i, AKUA_REPORT_METADATA_VALUE, j));
    cJSON_AddItemToArray(all, one);
  }
  return all;
}

static cJSON* problems(const akua_report* error) {
  cJSON* all = cJSON_CreateArray();
  size_t i;
  for (i = 0; i < akua_report_count(error, AKUA_REPORT_PROBLEMS); ++i) {
    cJSON* one = cJSON_CreateObject();
    put(one, "field", akua_report_item(error, AKUA_REPORT_PROBLEMS, i, AKUA_REPORT_FIELD, 0));
    put(one, "message", akua_report_item(error, AKUA_REPORT_PROBLEMS, i, AKUA_REPORT_MESSAGE, 0));
    cJSON_AddItemToArray(all, one);
  }
  return all;
}

static cJSON* fields(const akua_report* report, akua_report_key list) {
  cJSON* all = cJSON_CreateArray();
  size_t i, j;
  for (i = 0; i < akua_report_count(report, list); ++i) {
    cJSON *one = cJSON_CreateObject(), *absent = cJSON_AddArrayToObject(one, "absent");
    akua_str part;
    put(one, "field", akua_report_item(report, list, i, AKUA_REPORT_FIELD, 0));
    put(one, "base", akua_report_item(report, list, i, AKUA_REPORT_BASE, 0));
    put(one, "ours", akua_report_item(report, list, i, AKUA_REPORT_OURS, 0));
    put(one, "theirs", akua_report_item(report, list, i, AKUA_REPORT_THEIRS, 0));
    put(one, "state", akua_report_item(report, list, i, AKUA_REPORT_STATE, 0));
    for (j = 0; (part = akua_report_item(report, list, i, AKUA_REPORT_ABSENT, j)).data != NULL; ++j)
      cJSON_AddItemToArray(absent, cJSON_CreateString(part.data));
    cJSON_AddItemToArray(all, one);
  }
  return all;
}

/* The operations that a launch may have started, or that were started later. */
static cJSON* operations(const akua_report* report, akua_report_key list) {
  cJSON* all = cJSON_CreateArray();
  size_t i;
  for (i = 0; i < akua_report_count(report, list); ++i)
    cJSON_AddItemToArray(all,
                         cJSON_CreateString(akua_report_item(report, list, i, AKUA_REPORT_OPERATION, 0).data));
  return all;
}

/* All that a report tells, whether it is an error, or of what has ended well. */
static cJSON* told(const akua_report* it) {
  cJSON* report = cJSON_CreateObject();
  const int64_t status = akua_report_number(it, AKUA_REPORT_HTTP_STATUS);
  const int64_t retry_after = akua_report_number(it, AKUA_REPORT_RETRY_AFTER);
  put(report, "kind", akua_report_text(it, AKUA_REPORT_KIND));
  put(report, "effect", akua_report_text(it, AKUA_REPORT_EFFECT));
  cJSON_AddBoolToObject(report, "may_have_taken_effect", akua_report_flag(it, AKUA_REPORT_MAY_HAVE_TAKEN_EFFECT));
  put(report, "end", akua_report_text(it, AKUA_REPORT_END));
  put(report, "proof", akua_report_text(it, AKUA_REPORT_PROOF));
  put(report, "cause", akua_report_text(it, AKUA_REPORT_CAUSE));
  put_number(report, "status", status, status != 0);
  cJSON_AddItemToObject(report, "server_errors", server_errors(it));
  put_number(report, "retry_after_ms", retry_after, retry_after >= 0);
  put(report, "request_id", akua_report_text(it, AKUA_REPORT_REQUEST_ID));
  cJSON_AddItemToObject(report, "problems", problems(it));
  put(report, "etag", akua_report_text(it, AKUA_REPORT_ETAG));
  put(report, "current_etag", akua_report_text(it, AKUA_REPORT_CURRENT_ETAG));
  put(report, "seen_etag", akua_report_text(it, AKUA_REPORT_SEEN_ETAG));
  cJSON_AddItemToObject(report, "fields", fields(it, AKUA_REPORT_FIELDS));
  cJSON_AddItemToObject(report, "adjusted", fields(it, AKUA_REPORT_ADJUSTED));
  cJSON_AddItemToObject(report, "not_taken", fields(it, AKUA_REPORT_NOT_TAKEN));
  if (akua_str_equals(akua_report_text(it, AKUA_REPORT_EFFECT), s("unknown")))
    cJSON_AddBoolToObject(report, "may_still_land", akua_report_flag(it, AKUA_REPORT_MAY_STILL_LAND));
  put(report, "resume_token", akua_report_text(it, AKUA_REPORT_RESUME_TOKEN));
  put(report, "operation", akua_report_text(it, AKUA_REPORT_OPERATION));
  cJSON_AddItemToObject(report, "candidates", operations(it, AKUA_REPORT_CANDIDATES));
  put(report, "made", akua_report_text(it, AKUA_REPORT_MADE));
  put(report, "blocked_on", akua_report_text(it, AKUA_REPORT_BLOCKED_ON));
  put(report, "asked_here", akua_report_text(it, AKUA_REPORT_ASKED_HERE));
  cJSON_AddItemToObject(report, "later", operations(it, AKUA_REPORT_LATER));
  put_number(report, "attempts", akua_report_number(it, AKUA_REPORT_ATTEMPTS), true);
  put_number(report, "requests", akua_report_number(it, AKUA_REPORT_REQUESTS), true);
  return report;
}

#endif
