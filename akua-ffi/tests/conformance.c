/* The runner of C: reads orders, makes the calls, writes reports (see conformance/README.md). It compares nothing. */
#include "reports.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What one order is about. */
typedef struct {
  const cJSON* call;
  const cJSON* settings; /* Of the client. */
  const cJSON* policy;
  akua_client* client;
  akua_call_options* options; /* Of the call that the order is about, and of no other. */
  akua_kind kind;
  cJSON* report;
} order;

static bool does(const order* it, const char* what) { return akua_str_equals(text_of(it->call, "do"), s(what)); }

/* The name under which the end of such a call is told. */
static const char* end_of(const order* it) {
  if (does(it, "wait_settled")) return "settled";
  if (does(it, "wait")) return "waited";
  return does(it, "edit") || does(it, "edit_with") || does(it, "resolve") ? "edited" : "launched";
}

/* Reports an error, if the call ended with one, and tells whether it did. */
static bool failed(order* it, akua_report* error) {
  cJSON* report;
  bool ended;
  if (error == NULL) return false;
  ended = akua_report_text(error, AKUA_REPORT_OUTCOME).data != NULL;
  report = told(error);
  if (ended && does(it, "wait") && akua_report_resource(error) != NULL)
    cJSON_AddItemToObject(report, "resource", resource_report(akua_report_resource(error)));
  cJSON_AddItemToObject(it->report, ended ? end_of(it) : "error", report);
  akua_report_free(error);
  return true;
}

/* Whatever is shown while a secret is read. */
static void note(void* shown, akua_str text) {
  if (text.data != NULL) cJSON_AddItemToArray((cJSON*)shown, cJSON_CreateString(text.data));
}

/* Whether the answer to such a call shows secrets. */
static bool shows_secrets(const order* it) {
  return it->kind == AKUA_WORKER_BOOTSTRAP && (does(it, "create") || does(it, "create_once"));
}

/* Reports the secrets that an answer has shown. */
static void secrets(order* it, const akua_resource* of) {
  cJSON* all;
  akua_property property;
  if (!shows_secrets(it) || of == NULL) return;
  all = cJSON_AddObjectToObject(it->report, "secrets");
  for (property = 1; akua_property_name(property).data != NULL; ++property) {
    akua_secret* secret = NULL;
    akua_report* error = NULL;
    if (akua_resource_secret(of, property, &secret, &error) == AKUA_OK)
      put(all, akua_property_name(property).data, akua_secret_expose(secret));
    akua_secret_free(secret);
    akua_report_free(error);
  }
}

/* Reports the resource that a call gave, or its error. */
static void got(order* it, akua_resource* resource, akua_report* error) {
  if (!failed(it, error)) {
    cJSON_AddItemToObject(it->report, "resource", resource_report(resource));
    secrets(it, resource);
  }
  akua_resource_free(resource);
}

/* Reports an edit, a launch or a wait that has ended well, or its error. */
static void ended(order* it, akua_report* done, akua_report* error) {
  cJSON* report;
  if (failed(it, error)) return;
  report = told(done);
  /* What is handed over with AKUA_OK says the same of itself. */
  if (akua_report_status(done) != AKUA_OK) put(report, "status", s("that of an error"));
  if (akua_report_resource(done) != NULL)
    cJSON_AddItemToObject(report, "resource", resource_report(akua_report_resource(done)));
  secrets(it, akua_report_resource(done));
  cJSON_AddItemToObject(it->report, end_of(it), report);
  akua_report_free(done);
}

static akua_patch* set(akua_patch* patch, const cJSON* values, akua_report** error) {
  const cJSON* value;
  cJSON_ArrayForEach(value, values) {
    const akua_property property = akua_property_named(s(value->string));
    if (*error != NULL) break;
    if (cJSON_IsString(value)) {
      akua_patch_set_text(patch, property, s(value->valuestring), error);
    } else if (cJSON_IsBool(value)) {
      akua_patch_set_flag(patch, property, cJSON_IsTrue(value), error);
    } else {
      char* json = cJSON_PrintUnformatted(value);
      akua_patch_set_json(patch, property, s(json), error);
      free(json);
    }
  }
  return patch;
}

static akua_patch* patch_of(const order* it, const cJSON* values, akua_report** error) {
  return set(akua_patch_new(it->kind), values, error);
}

static void get(order* it) {
  akua_report* error = NULL;
  akua_resource* resource = NULL;
  akua_resource_get(it->client, NULL, it->kind, text_of(it->call, "id"), &resource, &error);
  got(it, resource, error);
}

static void list(order* it) {
  akua_report* error = NULL;
  akua_list* all = NULL;
  akua_resource* resource = NULL;
  cJSON* items = cJSON_AddArrayToObject(it->report, "items");
  if (has(it->call, "limit"))
    akua_call_options_set_number(it->options, AKUA_OPTION_PAGE_SIZE, number_of(it->call, "limit"), &error);
  if (error == NULL && has(it->call, "cursor"))
    akua_call_options_set_text(it->options, AKUA_OPTION_CURSOR, text_of(it->call, "cursor"), &error);
  if (error == NULL && has(it->call, "owner_type"))
    akua_call_options_set_text(it->options, AKUA_OPTION_OWNER_TYPE, text_of(it->call, "owner_type"), &error);
  if (error == NULL && has(it->call, "owner_id"))
    akua_call_options_set_text(it->options, AKUA_OPTION_OWNER_ID, text_of(it->call, "owner_id"), &error);
  if (error == NULL && has(it->call, "cluster_id"))
    akua_call_options_set_text(it->options, AKUA_OPTION_CLUSTER_ID, text_of(it->call, "cluster_id"), &error);
  if (failed(it, error)) return;
  akua_list_new(it->client, it->options, it->kind, &all, &error);
  while (error == NULL && akua_list_next(all, &resource, &error) == AKUA_OK && resource != NULL) {
    cJSON_AddItemToArray(items, resource_report(resource));
    akua_resource_free(resource);
  }
  failed(it, error);
  akua_list_free(all);
}

static void update(order* it) {
  akua_report* error = NULL;
  akua_resource* resource = NULL;
  akua_patch* patch = patch_of(it, cJSON_GetObjectItemCaseSensitive(it->call, "patch"), &error);
  if (error == NULL)
    akua_resource_update(it->client, NULL, text_of(it->call, "id"), text_of(it->call, "if_match"), patch,
                         text_of(it->call, "idempotency_key"), &resource, &error);
  got(it, resource, error);
  akua_patch_free(patch);
}

/* Does what the closure is to do when it is called for the time `turn`. */
static void take_turn(const order* it, int turn, akua_edit* edit, akua_report** error) {
  const cJSON* todo = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(it->call, "closure"), turn);
  const akua_str current = akua_resource_text(akua_edit_current(edit), AKUA_NAME, NULL);
  const akua_str more = text_of(todo, "append");
  akua_patch* patch = NULL;
  if (todo == NULL || has(todo, "fail")) {
    const akua_str why = todo == NULL ? s("the closure was called too often") : text_of(todo, "fail");
    akua_edit_fail(edit, why, error);
    return;
  }
  if (more.data != NULL) {
    char* name = (char*)malloc(current.len + more.len);
    akua_str whole;
    memcpy(name, current.data, current.len);
    memcpy(name + current.len, more.data, more.len);
    whole.data = name;
    whole.len = current.len + more.len;
    patch = akua_patch_new(it->kind);
    akua_patch_set_text(patch, AKUA_NAME, whole, error);
    free(name);
  } else if (has(todo, "patch")) {
    patch = patch_of(it, cJSON_GetObjectItemCaseSensitive(todo, "patch"), error);
  }
  if (*error == NULL) akua_edit_submit(edit, patch, error);
  if (*error != NULL) { /* What can't be a patch is the closure's failure. */
    akua_edit_fail(edit, akua_report_message(*error), NULL);
    akua_report_free(*error);
    *error = NULL;
  }
  akua_patch_free(patch);
}

static void edit(order* it, bool asked) {
  akua_report* error = NULL;
  akua_resource* seen = NULL;
  akua_patch* patch = NULL;
  akua_edit* steps = NULL;
  akua_report* done = NULL;
  const akua_str id = text_of(it->call, "id");
  int32_t progress = 0;
  int turn = 0;
  cJSON* shown = cJSON_AddArrayToObject(it->report, "asked");
  if (flag_of(it->call, "seen")) akua_resource_get(it->client, NULL, it->kind, id, &seen, &error);
  if (error == NULL && !asked) patch = patch_of(it, cJSON_GetObjectItemCaseSensitive(it->call, "patch"), &error);
  if (error == NULL && !asked) { /* The one-call form. */
    if (seen != NULL)
      akua_edit_run(it->client, it->options, seen, patch, &done, &error);
    else
      akua_edit_run_by_id(it->client, it->options, id, patch, &done, &error);
  } else if (error == NULL) { /* The stepwise one. */
    if (seen != NULL)
      akua_edit_new(it->client, it->options, seen, NULL, &steps, &error);
    else
      akua_edit_new_by_id(it->client, it->options, it->kind, id, NULL, &steps, &error);
    while (error == NULL && progress != AKUA_EDIT_DONE) {
      akua_edit_next(steps, &progress, &done, &error);
      if (error == NULL && progress == AKUA_EDIT_NEEDS_PATCH) {
        const akua_str etag = akua_resource_text(akua_edit_current(steps), AKUA_ETAG, NULL);
        cJSON_AddItemToArray(shown, cJSON_CreateString(etag.data));
        take_turn(it, turn++, steps, &error);
      }
    }
  }
  ended(it, done, error);
  akua_edit_free(steps);
  akua_patch_free(patch);
  akua_resource_free(seen);
}

static int32_t mode_of(const order* it) {
  const akua_str mode = text_of(it->call, "mode");
  if (akua_str_equals(mode, s("look"))) return AKUA_RESUME_LOOK;
  return akua_str_equals(mode, s("finish")) ? AKUA_RESUME_FINISH : 0;
}

static void resolve(order* it) {
  akua_report* error = NULL;
  akua_report* done = NULL;
  akua_patch* secrets = NULL;
  const int32_t how = mode_of(it);
  if (has(it->call, "kubeconfig")) {
    secrets = akua_patch_new(it->kind);
    akua_patch_set_text(secrets, AKUA_KUBECONFIG, text_of(it->call, "kubeconfig"), &error);
  }
  if (error == NULL)
    akua_edit_resolve(it->client, it->options, it->kind, text_of(it->call, "resume_token"), how, secrets, &done,
                      &error);
  ended(it, done, error);
  akua_patch_free(secrets);
}

static void wait_settled(order* it) {
  akua_report* error = NULL;
  akua_resource* settled = NULL;
  akua_resource_wait_settled(it->client, NULL, it->kind, text_of(it->call, "id"), s(NULL), NULL, &settled, &error);
  if (!failed(it, error)) {
    cJSON* report = cJSON_AddObjectToObject(it->report, "settled");
    put(report, "kind", s("ok"));
    put(report, "effect", s("not_applied"));
    cJSON_AddBoolToObject(report, "may_have_taken_effect", false);
    put(report, "end", s("settled"));
    put(report, "etag", akua_resource_text(settled, AKUA_ETAG, NULL));
    put(report, "seen_etag", akua_resource_text(settled, AKUA_ETAG, NULL));
    put_number(report, "attempts", 0, true);
    put_number(report, "requests", 0, true);
  }
  akua_resource_free(settled);
}

static void kubeconfig(order* it) {
  static const akua_report_key texts[] = {AKUA_REPORT_MESSAGE, AKUA_REPORT_HINT, AKUA_REPORT_DETAIL, AKUA_REPORT_EXPLAIN};
  akua_report* error = NULL;
  akua_secret* secret = NULL;
  cJSON* shown = cJSON_AddArrayToObject(it->report, "shown");
  size_t i;
  akua_log_set_sink(note, shown, NULL);
  akua_secret_get(it->client, NULL, AKUA_CLUSTER, text_of(it->call, "id"), AKUA_KUBECONFIG, &secret, &error);
  akua_log_set_sink(NULL, NULL, NULL);
  for (i = 0; i < sizeof texts / sizeof *texts; ++i) note(shown, akua_report_text(error, texts[i]));
  put(it->report, "kubeconfig", akua_secret_expose(secret));
  akua_secret_free(secret);
  failed(it, error);
}

static void request(order* it) {
  static const akua_report_key texts[] = {AKUA_REPORT_MESSAGE, AKUA_REPORT_HINT, AKUA_REPORT_DETAIL, AKUA_REPORT_EXPLAIN};
  static const struct {
    const char* name;
    akua_request_key key;
  } parts[] = {{"body", AKUA_REQUEST_BODY},
               {"if_match", AKUA_REQUEST_IF_MATCH},
               {"idempotency_key", AKUA_REQUEST_IDEMPOTENCY_KEY}};
  akua_report* error = NULL;
  akua_request* made = NULL;
  akua_answer* answer = NULL;
  cJSON* shown = cJSON_AddArrayToObject(it->report, "shown");
  const cJSON* pair;
  size_t i;
  akua_log_set_sink(note, shown, NULL);
  if (has(it->call, "context"))
    akua_call_options_set_text(it->options, AKUA_OPTION_CONTEXT, text_of(it->call, "context"), &error);
  if (error == NULL) akua_request_new(text_of(it->call, "method"), text_of(it->call, "path"), &made, &error);
  cJSON_ArrayForEach(pair, cJSON_GetObjectItemCaseSensitive(it->call, "query")) {
    const char* name = cJSON_GetStringValue(cJSON_GetArrayItem(pair, 0));
    const char* value = cJSON_GetStringValue(cJSON_GetArrayItem(pair, 1));
    if (error == NULL) akua_request_add_query(made, s(name), s(value), &error);
  }
  for (i = 0; i < sizeof parts / sizeof *parts; ++i)
    if (error == NULL && has(it->call, parts[i].name))
      akua_request_set_text(made, parts[i].key, text_of(it->call, parts[i].name), &error);
  if (error == NULL) akua_request_send(it->client, it->options, made, &answer, &error);
  akua_log_set_sink(NULL, NULL, NULL);
  for (i = 0; i < sizeof texts / sizeof *texts; ++i) note(shown, akua_report_text(error, texts[i]));
  note(shown, akua_str_of("a request shows nothing by itself"));
  if (!failed(it, error)) {
    cJSON* report = cJSON_AddObjectToObject(it->report, "answered");
    put_number(report, "status", akua_answer_http_status(answer), true);
    put(report, "json", akua_answer_text(answer, AKUA_ANSWER_JSON));
    put(report, "etag", akua_answer_text(answer, AKUA_ANSWER_ETAG));
    put(report, "request_id", akua_answer_text(answer, AKUA_ANSWER_REQUEST_ID));
  }
  akua_answer_free(answer);
  akua_request_free(made);
}

static akua_launch_kind launch_of(const order* it) {
  const bool workspace = it->kind == akua_kind_named(s("workspace"));
  if (does(it, "suspend") || does(it, "suspend_once")) return AKUA_LAUNCH_SUSPEND_CLUSTER;
  if (does(it, "resume") || does(it, "resume_once")) return AKUA_LAUNCH_RESUME_CLUSTER;
  if (does(it, "delete") || does(it, "delete_once"))
    return workspace ? AKUA_LAUNCH_DELETE_WORKSPACE : AKUA_LAUNCH_DELETE_CLUSTER;
  if (does(it, "refresh_capabilities") || does(it, "refresh_capabilities_once"))
    return AKUA_LAUNCH_REFRESH_CAPABILITIES;
  if (does(it, "revoke") || does(it, "revoke_once")) return AKUA_LAUNCH_REVOKE_WORKER_BOOTSTRAP;
  if (does(it, "cancel_operation") || does(it, "cancel_operation_once")) return AKUA_LAUNCH_CANCEL_OPERATION;
  return 0;
}

static void launch(order* it) {
  akua_report* error = NULL;
  akua_report* done = NULL;
  akua_resource* seen = NULL;
  const akua_str id = text_of(it->call, "id");
  const akua_kind kind = does(it, "revoke") ? AKUA_WORKER_BOOTSTRAP : it->kind;
  if (flag_of(it->call, "seen")) akua_resource_get(it->client, NULL, kind, id, &seen, &error);
  if (seen != NULL)
    akua_launch_run(it->client, it->options, launch_of(it), seen, &done, &error);
  else if (error == NULL)
    akua_launch_run_by_id(it->client, it->options, launch_of(it), id, &done, &error);
  ended(it, done, error);
  akua_resource_free(seen);
}

static void launch_once(order* it) {
  akua_report* error = NULL;
  akua_resource* operation = NULL;
  akua_launch_once(it->client, NULL, launch_of(it), text_of(it->call, "id"), text_of(it->call, "if_match"),
                   text_of(it->call, "idempotency_key"), &operation, &error);
  got(it, operation, error);
}

/* What is to be made. */
static akua_patch* new_of(const order* it, akua_report** error) {
  const akua_launch_kind kind = does(it, "import") || does(it, "import_once") ? AKUA_LAUNCH_IMPORT_CLUSTER
                                : it->kind == AKUA_WORKSPACE                  ? AKUA_LAUNCH_CREATE_WORKSPACE
                                : it->kind == AKUA_WORKER_BOOTSTRAP           ? AKUA_LAUNCH_CREATE_WORKER_BOOTSTRAP
                                                                              : AKUA_LAUNCH_CREATE_CLUSTER;
  return set(akua_patch_new_for_launch(kind), cJSON_GetObjectItemCaseSensitive(it->call, "new"), error);
}

/* Notes what is shown meanwhile, where the answer shows secrets. */
static cJSON* noting(order* it) {
  cJSON* shown = shows_secrets(it) ? cJSON_AddArrayToObject(it->report, "shown") : NULL;
  if (shown != NULL) akua_log_set_sink(note, shown, NULL);
  return shown;
}

/* Notes what a report shows too, and ends the noting. */
static void noted(cJSON* shown, const akua_report* done, const akua_report* error) {
  static const akua_report_key texts[] = {AKUA_REPORT_MESSAGE, AKUA_REPORT_HINT, AKUA_REPORT_DETAIL, AKUA_REPORT_EXPLAIN};
  size_t i;
  if (shown == NULL) return;
  akua_log_set_sink(NULL, NULL, NULL);
  for (i = 0; i < sizeof texts / sizeof *texts; ++i) {
    note(shown, akua_report_text(done, texts[i]));
    note(shown, akua_report_text(error, texts[i]));
  }
  note(shown, s("a resource shows its JSON"));
}

static void create(order* it) {
  akua_report* error = NULL;
  akua_report* done = NULL;
  akua_patch* of = new_of(it, &error);
  cJSON* shown = noting(it);
  if (error == NULL) akua_launch_run_create(it->client, it->options, of, &done, &error);
  noted(shown, done, error);
  ended(it, done, error);
  akua_patch_free(of);
}

static void create_once(order* it) {
  akua_report* error = NULL;
  akua_resource* operation = NULL;
  akua_patch* of = new_of(it, &error);
  cJSON* shown = noting(it);
  if (error == NULL)
    akua_launch_once_create(it->client, NULL, of, text_of(it->call, "idempotency_key"), &operation, &error);
  noted(shown, NULL, error);
  got(it, operation, error);
  akua_patch_free(of);
}

static void resolve_launch(order* it) {
  akua_report* error = NULL;
  akua_report* done = NULL;
  akua_launch_resolve(it->client, it->options, text_of(it->call, "resume_token"), mode_of(it), &done, &error);
  ended(it, done, error);
}

static void wait_for(order* it) {
  akua_report* error = NULL;
  akua_report* done = NULL;
  const akua_str asked = text_of(it->call, "asked");
  const bool by_id = has(it->call, "operation");
  const int32_t how = akua_str_equals(asked, s("yes"))       ? AKUA_ASKED_YES
                      : akua_str_equals(asked, s("no"))      ? AKUA_ASKED_NO
                      : akua_str_equals(asked, s("unknown")) ? AKUA_ASKED_UNKNOWN
                                                             : AKUA_ASKED_BY_TOKEN;
  if (has(it->settings, "timeout_ms"))
    akua_call_options_set_number(it->options, AKUA_OPTION_TIMEOUT, number_of(it->settings, "timeout_ms"), NULL);
  akua_operation_wait(it->client, it->options, text_of(it->call, by_id ? "operation" : "resume_token"), how, NULL,
                      NULL, &done, &error);
  ended(it, done, error);
}

static void carry_out(order* it) {
  const char* what = text_of(it->call, "do").data;
  const size_t length = strlen(what);
  if (launch_of(it) != 0 && length > 5 && strcmp(what + length - 5, "_once") == 0)
    launch_once(it);
  else if (launch_of(it) != 0)
    launch(it);
  if (does(it, "get")) get(it);
  if (does(it, "list")) list(it);
  if (does(it, "update")) update(it);
  if (does(it, "edit")) edit(it, false);
  if (does(it, "edit_with")) edit(it, true);
  if (does(it, "resolve")) resolve(it);
  if (does(it, "create") || does(it, "import")) create(it);
  if (does(it, "create_once") || does(it, "import_once")) create_once(it);
  if (does(it, "resolve_launch")) resolve_launch(it);
  if (does(it, "wait")) wait_for(it);
  if (does(it, "wait_settled")) wait_settled(it);
  if (does(it, "kubeconfig")) kubeconfig(it);
  if (does(it, "request")) request(it);
}

int main(void) {
  static char line[1 << 22];
  while (fgets(line, sizeof line, stdin) != NULL) {
    cJSON* json = cJSON_Parse(line);
    const cJSON* client = cJSON_GetObjectItemCaseSensitive(json, "client");
    akua_report* error = NULL;
    order it;
    char* text;
    it.call = cJSON_GetObjectItemCaseSensitive(json, "call");
    it.settings = client;
    it.policy = cJSON_GetObjectItemCaseSensitive(client, "policy");
    it.report = cJSON_CreateObject();
    it.kind = akua_kind_named(has(it.call, "kind") ? text_of(it.call, "kind") : s("cluster"));
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
