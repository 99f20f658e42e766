/* Kinds, properties, settings and facts by their numbers: what each gives, and that a wrong number is refused in words
 * that name both sides. Nothing of it reaches the server. */
#define _POSIX_C_SOURCE 200809L
#include "checks.h"

/* A misuse whose message has both words. */
static void refused(akua_report** error, const char* one, const char* other) {
  CHECK(akua_report_status(*error) == AKUA_MISUSE);
  if (!has(akua_report_message(*error), one) || !has(akua_report_message(*error), other))
    fprintf(stderr, "%s\n", akua_report_message(*error).data);
  CHECK(has(akua_report_message(*error), one) && has(akua_report_message(*error), other));
  CHECK(is(akua_report_text(*error, AKUA_REPORT_EFFECT), "not_sent"));
  CHECK(!akua_report_flag(*error, AKUA_REPORT_MAY_HAVE_TAKEN_EFFECT));
  akua_report_free(*error);
  *error = NULL;
}

static void names(void) {
  CHECK(is(akua_kind_name(AKUA_CLUSTER), "cluster") && is(akua_kind_name(AKUA_WORKSPACE), "workspace"));
  CHECK(akua_kind_named(s("workspace")) == AKUA_WORKSPACE && akua_kind_named(s("machine")) == 0);
  CHECK(akua_kind_name(0).data == NULL && akua_kind_named(s(NULL)) == 0);
  CHECK(is(akua_property_name(AKUA_NAME), "name") && is(akua_property_name(AKUA_PLAN_TIER), "plan.tier"));
  CHECK(akua_property_named(s("plan.tier")) == AKUA_PLAN_TIER && akua_property_named(s("plan_tier")) == 0);
  CHECK(akua_property_name(0).data == NULL && akua_property_name(9999).data == NULL);
}

static void looked_at(const akua_client* client) {
  akua_resource *cluster = NULL, *workspace = NULL, *copy;
  akua_report* error = NULL;
  CHECK(akua_resource_get(client, NULL, AKUA_CLUSTER, s("clu_1"), &cluster, NULL) == AKUA_OK);
  CHECK(akua_resource_get(client, NULL, AKUA_WORKSPACE, s("ws_1"), &workspace, NULL) == AKUA_OK);
  CHECK(akua_resource_kind(cluster) == AKUA_CLUSTER && akua_resource_kind(workspace) == AKUA_WORKSPACE);
  CHECK(akua_resource_kind(NULL) == 0);

  CHECK(is(akua_resource_json(cluster, AKUA_NAME, NULL), "\"cluster 1\""));
  CHECK(is(akua_resource_json(cluster, AKUA_RECONCILING, NULL), "false"));
  CHECK(has(akua_resource_json(workspace, AKUA_PLAN, NULL), "\"tier\""));
  CHECK(akua_resource_text(workspace, AKUA_PLAN_TIER, NULL).len > 0);
  CHECK(akua_resource_shown(cluster, AKUA_NAME, &error) == AKUA_SHOWN && error == NULL);
  /* What answers never show is nothing that is known, not nothing that is there. */
  CHECK(akua_resource_shown(cluster, AKUA_KUBECONFIG, &error) == AKUA_SHOWN_UNREADABLE && error == NULL);
  CHECK(akua_resource_text(cluster, AKUA_KUBECONFIG, &error).data == NULL && error == NULL);
  CHECK(akua_resource_json(cluster, AKUA_KUBECONFIG, &error).data == NULL && error == NULL);
  /* The same text each time, for as long as the resource. */
  CHECK(akua_resource_text(cluster, AKUA_NAME, NULL).data == akua_resource_text(cluster, AKUA_NAME, NULL).data);

  CHECK(akua_resource_text(cluster, AKUA_SLUG, &error).data == NULL);
  refused(&error, "AKUA_SLUG", "cluster");
  CHECK(akua_resource_text(workspace, AKUA_PROVIDER, &error).data == NULL);
  refused(&error, "AKUA_PROVIDER", "workspace");
  CHECK(akua_resource_text(cluster, AKUA_PLAN_TIER, &error).data == NULL);
  refused(&error, "AKUA_PLAN_TIER", "cluster");
  CHECK(akua_resource_text(cluster, AKUA_RECONCILING, &error).data == NULL);
  refused(&error, "AKUA_RECONCILING", "a flag and not a text");
  CHECK(!akua_resource_flag(cluster, AKUA_NAME, &error));
  refused(&error, "AKUA_NAME", "a text and not a flag");
  CHECK(akua_resource_number(cluster, AKUA_CREATED_AT, &error) == INT64_MIN);
  refused(&error, "AKUA_CREATED_AT", "a time and not a number");
  CHECK(akua_resource_time(cluster, AKUA_NAME, &error) == INT64_MIN);
  refused(&error, "AKUA_NAME", "a text and not a time");
  CHECK(akua_resource_text(workspace, AKUA_PLAN, &error).data == NULL);
  refused(&error, "AKUA_PLAN", "JSON and not a text");
  CHECK(akua_resource_shown(cluster, 9999, &error) == AKUA_SHOWN_UNREADABLE);
  refused(&error, "9999", "no property");
  CHECK(akua_resource_json(cluster, -1, &error).data == NULL);
  refused(&error, "-1", "no property");
  CHECK(akua_resource_text(NULL, AKUA_NAME, &error).data == NULL);
  refused(&error, "resource", "NULL");
  CHECK(akua_resource_text(cluster, AKUA_SLUG, NULL).data == NULL);

  copy = akua_resource_clone(workspace);
  akua_resource_free(workspace);
  CHECK(akua_resource_kind(copy) == AKUA_WORKSPACE && is(akua_resource_text(copy, AKUA_ID, NULL), "ws_1"));
  akua_resource_free(copy);
  akua_resource_free(cluster);
}

static void set(void) {
  akua_patch *patch = akua_patch_new(AKUA_CLUSTER), *other = akua_patch_new(AKUA_WORKSPACE);
  akua_report* error = NULL;
  const char* secret = "{\"never\": \"to be shown\"";

  CHECK(akua_patch_new(0) == NULL && akua_patch_new(9999) == NULL);
  CHECK(akua_patch_set_text(patch, AKUA_SLUG, s("x"), &error) == AKUA_MISUSE);
  refused(&error, "AKUA_SLUG", "cluster");
  CHECK(akua_patch_set_text(other, AKUA_KUBECONFIG, s("x"), &error) == AKUA_MISUSE);
  refused(&error, "AKUA_KUBECONFIG", "workspace");
  CHECK(akua_patch_set_flag(patch, AKUA_NAME, true, &error) == AKUA_MISUSE);
  refused(&error, "AKUA_NAME", "a text and not a flag");
  CHECK(akua_patch_set_number(patch, AKUA_NAME, 1, &error) == AKUA_MISUSE);
  refused(&error, "AKUA_NAME", "a text and not a number");
  CHECK(akua_patch_set_flag(patch, AKUA_RECONCILING, true, &error) == AKUA_MISUSE);
  refused(&error, "reconciling", "can't be written");
  CHECK(akua_patch_set_text(other, AKUA_PLAN_TIER, s("x"), &error) == AKUA_MISUSE);
  refused(&error, "plan.tier", "can't be written");
  /* A secret is nothing but a text: what is no JSON would have to be shown. */
  CHECK(akua_patch_set_json(patch, AKUA_KUBECONFIG, s(secret), &error) == AKUA_MISUSE);
  CHECK(!has(akua_report_message(error), "never"));
  akua_report_free(error);
  error = NULL;
  CHECK(akua_patch_set_json(patch, AKUA_KUBECONFIG, s("\"never\""), &error) == AKUA_MISUSE);
  CHECK(!has(akua_report_message(error), "never"));
  refused(&error, "AKUA_KUBECONFIG", "a text and not JSON");
  akua_patch_free(patch);
  akua_patch_free(other);
  akua_patch_free(NULL);
}

/* One of another kind where one of this kind has to be. */
static void mixed(const akua_client* client) {
  akua_patch *of_cluster = akua_patch_new(AKUA_CLUSTER), *of_workspace = akua_patch_new(AKUA_WORKSPACE);
  akua_resource *cluster = NULL, *made = NULL;
  akua_edit* edit = NULL;
  akua_list* list = NULL;
  akua_report *edited = NULL, *error = NULL;
  int32_t progress = 0;

  CHECK(akua_resource_get(client, NULL, AKUA_CLUSTER, s("clu_1"), &cluster, NULL) == AKUA_OK);
  CHECK(akua_patch_set_text(of_cluster, AKUA_NAME, s("x"), NULL) == AKUA_OK);
  CHECK(akua_patch_set_text(of_workspace, AKUA_NAME, s("x"), NULL) == AKUA_OK);
  CHECK(akua_edit_run(client, NULL, cluster, of_workspace, &edited, &error) == AKUA_MISUSE && edited == NULL);
  refused(&error, "of a workspace", "of a cluster");
  CHECK(akua_edit_new(client, NULL, cluster, of_workspace, &edit, &error) == AKUA_MISUSE && edit == NULL);
  refused(&error, "of a workspace", "of a cluster");
  CHECK(akua_edit_new_by_id(client, NULL, AKUA_WORKSPACE, s("ws_1"), of_cluster, &edit, &error) == AKUA_MISUSE);
  refused(&error, "of a cluster", "of a workspace");
  CHECK(akua_edit_new_by_id(client, NULL, 77, s("ws_1"), NULL, &edit, &error) == AKUA_MISUSE);
  refused(&error, "77", "no kind");
  CHECK(akua_resource_get(client, NULL, 77, s("ws_1"), &made, &error) == AKUA_MISUSE && made == NULL);
  refused(&error, "77", "no kind");
  CHECK(akua_list_new(client, NULL, 77, &list, &error) == AKUA_MISUSE && list == NULL);
  refused(&error, "77", "no kind");
  CHECK(akua_resource_update(client, NULL, s("ws_1"), s("8"), of_workspace, s("key"), &made, &error) == AKUA_MISUSE);
  refused(&error, "workspace", "takes none");
  CHECK(akua_resource_wait_settled(client, NULL, AKUA_WORKSPACE, s("ws_1"), s(NULL), NULL, &made, &error) == AKUA_MISUSE);
  refused(&error, "workspace", "is never reconciled");
  CHECK(akua_resource_wait_settled(client, NULL, AKUA_CLUSTER, s("clu_1"), s(NULL), of_workspace, &made, &error) ==
        AKUA_MISUSE);
  refused(&error, "of a workspace", "of a cluster");

  /* A step that was refused can be made up for. */
  CHECK(akua_edit_new(client, NULL, cluster, NULL, &edit, NULL) == AKUA_OK);
  CHECK(akua_edit_next(edit, &progress, &edited, NULL) == AKUA_OK && progress == AKUA_EDIT_NEEDS_PATCH);
  CHECK(akua_edit_submit(edit, of_workspace, &error) == AKUA_MISUSE);
  refused(&error, "of a workspace", "of a cluster");
  CHECK(akua_edit_submit(edit, of_cluster, NULL) == AKUA_OK);
  while (progress != AKUA_EDIT_DONE) CHECK(akua_edit_next(edit, &progress, &edited, NULL) == AKUA_OK);
  CHECK(akua_resource_kind(akua_report_resource(edited)) == AKUA_CLUSTER);
  CHECK(akua_edit_wait_settled(client, NULL, edited, &made, NULL) == AKUA_OK);
  akua_resource_free(made);
  akua_report_free(edited);
  akua_edit_free(edit);
  CHECK(akua_edit_run_by_id(client, NULL, s("ws_1"), of_workspace, &edited, NULL) == AKUA_OK);
  CHECK(akua_resource_kind(akua_report_resource(edited)) == AKUA_WORKSPACE);
  CHECK(akua_edit_wait_settled(client, NULL, edited, &made, &error) == AKUA_MISUSE && made == NULL);
  refused(&error, "edited", "of a cluster");
  akua_report_free(edited);

  /* What is wrong with the secrets of a token says nothing of its write. */
  CHECK(akua_edit_resolve(client, NULL, AKUA_WORKSPACE, s("x"), AKUA_RESUME_LOOK, of_cluster, &edited, &error) != AKUA_OK);
  CHECK(is(akua_report_text(error, AKUA_REPORT_EFFECT), "unknown") && akua_report_flag(error, AKUA_REPORT_MAY_STILL_LAND));
  akua_report_free(error);
  akua_patch_free(of_cluster);
  akua_patch_free(of_workspace);
  akua_resource_free(cluster);
}

/* By the JSON of its value any property but a secret is set, whatever form its values have. */
static void by_json(const akua_client* client) {
  akua_patch* patch = akua_patch_new(AKUA_CLUSTER);
  akua_resource *seen = NULL, *updated = NULL, *none = NULL;
  akua_report* error = NULL;
  CHECK(akua_resource_get(client, NULL, AKUA_CLUSTER, s("clu_1"), &seen, NULL) == AKUA_OK);
  CHECK(akua_patch_set_json(patch, AKUA_NAME, s("\"by \\u004aSON\""), NULL) == AKUA_OK);
  CHECK(akua_resource_update(client, NULL, s("clu_1"), akua_resource_text(seen, AKUA_ETAG, NULL), patch, s(NULL), &updated,
                             NULL) == AKUA_OK);
  CHECK(is(akua_resource_text(updated, AKUA_NAME, NULL), "by JSON"));
  CHECK(akua_patch_set_json(patch, AKUA_NAME, s("5"), NULL) == AKUA_OK);
  CHECK(akua_resource_update(client, NULL, s("clu_1"), akua_resource_text(updated, AKUA_ETAG, NULL), patch, s(NULL), &none,
                             &error) == AKUA_INVALID_INPUT && none == NULL);
  if (!has(akua_report_message(error), "expected a text")) fprintf(stderr, "%s\n", akua_report_message(error).data);
  CHECK(has(akua_report_message(error), "name") && has(akua_report_message(error), "expected a text"));
  akua_report_free(error);
  akua_resource_free(seen);
  akua_resource_free(updated);
  akua_patch_free(patch);
}

static void settings(void) {
  akua_client_options* client = akua_client_options_new();
  akua_call_options* call = akua_call_options_new();
  akua_report* error = NULL;
  CHECK(akua_call_options_set_text(call, AKUA_OPTION_TOKEN, s("never-shown"), &error) == AKUA_MISUSE);
  CHECK(!has(akua_report_message(error), "never-shown"));
  refused(&error, "a text of a client", "a text of a call");
  CHECK(akua_client_options_set_number(client, AKUA_OPTION_TOKEN, 1, &error) == AKUA_MISUSE);
  refused(&error, "a text of a client", "a number of a client");
  CHECK(akua_client_options_set_text(client, AKUA_OPTION_TIMEOUT, s("1"), &error) == AKUA_MISUSE);
  refused(&error, "a number of a client or a call", "a text of a client");
  CHECK(akua_client_options_set_number(client, AKUA_OPTION_MAX_ATTEMPTS, 1, &error) == AKUA_MISUSE);
  refused(&error, "a number of a call", "a number of a client");
  CHECK(akua_call_options_set_flag(call, AKUA_OPTION_CONTRACT_HIDDEN_RETRIES, true, &error) == AKUA_MISUSE);
  refused(&error, "a flag of a client", "a flag of a call");
  CHECK(akua_client_options_set_flag(client, 9999, true, &error) == AKUA_MISUSE);
  refused(&error, "9999", "no setting");
  CHECK(akua_client_options_set_flag(client, AKUA_OPTION_NO_PROXY, false, NULL) == AKUA_OK);
  akua_client_options_free(client);
  akua_call_options_free(call);
}

static void facts(const akua_client* client) {
  akua_resource* none = NULL;
  akua_report* error = NULL;
  CHECK(akua_resource_get(client, NULL, AKUA_CLUSTER, s("clu_99"), &none, &error) == AKUA_NOT_FOUND);
  CHECK(akua_report_number(error, AKUA_REPORT_HTTP_STATUS) == 404);
  /* Asked for as something else, or for what is none, there is nothing. */
  CHECK(akua_report_text(error, AKUA_REPORT_HTTP_STATUS).data == NULL && akua_report_text(error, 9999).data == NULL);
  CHECK(akua_report_number(error, AKUA_REPORT_KIND) == 0 && !akua_report_flag(error, AKUA_REPORT_KIND));
  CHECK(akua_report_count(error, AKUA_REPORT_KIND) == 0 && akua_report_count(error, -1) == 0);
  CHECK(akua_report_item(error, AKUA_REPORT_SERVER_ERRORS, 0, AKUA_REPORT_FIELD, 0).data == NULL);
  CHECK(akua_report_item(error, AKUA_REPORT_SERVER_ERRORS, SIZE_MAX, AKUA_REPORT_CODE, SIZE_MAX).data == NULL);
  CHECK(akua_report_message(NULL).data == NULL && akua_report_status(NULL) == AKUA_OK);
  akua_report_free(error);
}

int main(int count, char** arguments) {
  akua_client* client;
  char *before, *after;
  sim it;
  if (count != 2) return 2;
  it = sim_start(arguments[1], 2);
  client = client_of(&it);
  sim_tell(&it, "{\"op\":\"clear_log\"}");
  before = sim_control(&it, "{\"op\":\"log\"}");
  names();
  set();
  settings();
  after = sim_control(&it, "{\"op\":\"log\"}");
  CHECK(strcmp(before, after) == 0);
  free(before);
  free(after);
  looked_at(client);
  mixed(client);
  by_json(client);
  facts(client);
  akua_client_free(client);
  sim_stop(&it);
  printf("%d checks\n", checks);
  return 0;
}
