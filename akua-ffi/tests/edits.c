/* Edits, in one call, step by step, and settled later, against a simulator. */
#define _POSIX_C_SOURCE 200809L
#include "checks.h"

static void editing(const sim* it, const akua_client* client) {
  akua_resource *seen = cluster_of(client, "clu_2"), *settled = NULL;
  akua_patch* patch = named("edited");
  akua_report* edited = NULL;
  akua_report* other = NULL;
  akua_patch* theirs = akua_patch_new(AKUA_WORKSPACE);
  akua_report* error = NULL;
  akua_call_options* options = akua_call_options_new();

  CHECK(akua_edit_run(client, NULL, seen, patch, &edited, &error) == AKUA_OK && error == NULL);
  CHECK(is(akua_report_text(edited, AKUA_REPORT_OUTCOME), "applied") && is(akua_report_text(edited, AKUA_REPORT_PROOF), "acknowledged"));
  CHECK(is(akua_report_text(edited, AKUA_REPORT_ETAG), "1043") && akua_report_number(edited, AKUA_REPORT_REQUESTS) == 1);
  CHECK(is(akua_resource_text(akua_report_resource(edited), AKUA_NAME, NULL), "edited"));
  CHECK(has(akua_report_text(edited, AKUA_REPORT_EXPLAIN), "the server has applied it"));
  CHECK(akua_edit_wait_settled(client, NULL, edited, &settled, NULL) == AKUA_OK);
  CHECK(is(akua_resource_text(settled, AKUA_NAME, NULL), "edited"));
  akua_resource_free(settled);
  akua_report_free(edited);

  CHECK(akua_edit_run_by_id(client, NULL, s("clu_2"), patch, &edited, NULL) == AKUA_OK);
  CHECK(is(akua_report_text(edited, AKUA_REPORT_OUTCOME), "unchanged") && none(akua_report_text(edited, AKUA_REPORT_PROOF)));
  CHECK(akua_edit_wait_settled(client, NULL, edited, &settled, NULL) == AKUA_OK);
  akua_resource_free(settled);
  akua_report_free(edited);

  sim_tell(it, "{\"op\":\"inject\",\"fault\":{\"match\":{\"method\":\"PATCH\"},\"answer\":{\"remove\":[\"state\"]}}}");
  akua_patch_set_text(patch, AKUA_NAME, s("edited"), NULL);
  akua_patch_set_text(patch, AKUA_PROVIDER, s("imported_byoc"), NULL);
  CHECK(akua_edit_run_by_id(client, NULL, s("clu_2"), patch, &edited, NULL) == AKUA_OK);
  CHECK(akua_report_resource(edited) == NULL && is(akua_report_text(edited, AKUA_REPORT_ETAG), "1044"));
  CHECK(is(item(edited, AKUA_REPORT_PROBLEMS, 0, AKUA_REPORT_FIELD), "state"));
  CHECK(is(akua_report_text(edited, AKUA_REPORT_ETAG), "1044"));
  akua_report_free(edited);
  akua_patch_free(patch);
  patch = akua_patch_new(AKUA_CLUSTER);

  /* `seen` has the first etag, and its name has been changed since. */
  akua_patch_set_text(patch, AKUA_NAME, s("again"), NULL);
  CHECK(akua_edit_run(client, NULL, seen, patch, &edited, &error) == AKUA_CONFLICT && edited == NULL);
  CHECK(is(akua_report_text(error, AKUA_REPORT_OUTCOME), "not_applied") && akua_report_count(error, AKUA_REPORT_FIELDS) == 1);
  CHECK(is(item(error, AKUA_REPORT_FIELDS, 0, AKUA_REPORT_FIELD), "name") && is(item(error, AKUA_REPORT_FIELDS, 0, AKUA_REPORT_BASE), "cluster 2"));
  CHECK(is(item(error, AKUA_REPORT_FIELDS, 0, AKUA_REPORT_OURS), "again") && is(item(error, AKUA_REPORT_FIELDS, 0, AKUA_REPORT_THEIRS), "edited"));
  CHECK(is(item(error, AKUA_REPORT_FIELDS, 0, AKUA_REPORT_STATE), "conflicting") && none(item(error, AKUA_REPORT_FIELDS, 1, AKUA_REPORT_FIELD)));
  CHECK(has(akua_report_text(error, AKUA_REPORT_EXPLAIN), "somebody else") && akua_report_number(error, AKUA_REPORT_REQUESTS) == 2);
  /* To force ours: an edit of the version that the error lends. */
  CHECK(akua_edit_run(client, NULL, akua_report_resource(error), patch, &edited, NULL) == AKUA_OK);
  akua_report_free(edited);
  /* What is lent belongs to the error; freeing it is a mistake that changes nothing. */
  akua_resource_free((akua_resource*)akua_report_resource(error));
  CHECK(is(akua_resource_text(akua_report_resource(error), AKUA_NAME, NULL), "edited"));
  akua_report_free(error);

  CHECK(akua_call_options_set_text(options, AKUA_OPTION_ON_CONFLICT, s("fail"), NULL) == AKUA_OK);
  CHECK(akua_call_options_set_text(options, AKUA_OPTION_ON_CONFLICT, s("3"), &error) == AKUA_INVALID_INPUT);
  akua_report_free(error);
  sim_tell(it,
           "{\"op\":\"inject\",\"fault\":{\"match\":{\"method\":\"PATCH\"},\"times\":\"forever\","
           "\"delivery\":{\"send\":\"nothing\",\"end\":\"reset\"}}}");
  CHECK(akua_call_options_set_number(options, AKUA_OPTION_TIMEOUT, 1000, NULL) == AKUA_OK);
  CHECK(akua_patch_set_text(theirs, AKUA_NAME, s("may be"), NULL) == AKUA_OK);
  CHECK(akua_edit_run_by_id(client, options, s("ws_1"), theirs, &other, &error) == AKUA_OK ||
        akua_report_status(error) == AKUA_INDETERMINATE);
  akua_report_free(error);
  akua_report_free(other);
  sim_tell(it, "{\"op\":\"clear\"}");
  akua_patch_free(theirs);
  akua_call_options_free(options);
  akua_patch_free(patch);
  akua_resource_free(seen);
}

/* Whatever keeps a call from settling a token's write, nothing better is said of that write than was known before. */
static void a7_unsettled(const sim* it, const akua_client* client, const char* token) {
  akua_call_options* options = akua_call_options_new();
  akua_client* other = client_of(it);
  akua_report* edited = NULL;
  akua_report* workspace = NULL;
  akua_cancel* cancel = akua_cancel_new();
  akua_patch* wrong = akua_patch_new(AKUA_CLUSTER);
  akua_report* error = NULL;
  akua_kind kind;
  char damaged[4096];
  size_t number;

  snprintf(damaged, sizeof damaged, "%.60s", token);
  CHECK(akua_call_options_set_text(options, AKUA_OPTION_CONTEXT, s("ws_9"), NULL) == AKUA_OK);
  akua_cancel_trigger(cancel);
  CHECK(akua_patch_set_text(wrong, AKUA_KUBECONFIG, s(""), NULL) == AKUA_OK);
  for (number = 0; number < 12; ++number) {
    const int finish = AKUA_RESUME_FINISH;
    const akua_str none = s(NULL);
    akua_status status = AKUA_OK, wanted = AKUA_INVALID_INPUT;
    akua_call_options* own = akua_call_options_new();
    switch (number) {
      case 0: status = akua_edit_resolve(client, options, AKUA_CLUSTER, s(token), finish, NULL, &edited, &error); break;
      case 1: status = akua_edit_resolve(client, NULL, AKUA_CLUSTER, s(damaged), finish, NULL, &edited, &error); break;
      case 2: status = akua_edit_resolve(client, NULL, AKUA_CLUSTER, s(""), finish, NULL, &edited, &error); break;
      case 3: status = akua_edit_resolve(client, NULL, AKUA_CLUSTER, s(token), 9, NULL, &edited, &error); break;
      case 4: status = akua_edit_resolve(client, NULL, AKUA_CLUSTER, s(token), finish, wrong, &edited, &error); break;
      case 5: status = akua_edit_resolve(client, NULL, AKUA_WORKSPACE, s(token), finish, NULL, &workspace, &error); break;
      case 6: status = akua_resume_token_kind(s(damaged), &kind, &error); break;
      case 7:
        wanted = AKUA_MISUSE;
        status = akua_edit_resolve(NULL, NULL, AKUA_CLUSTER, s(token), finish, NULL, &edited, &error);
        break;
      case 8:
        wanted = AKUA_MISUSE;
        status = akua_edit_resolve(client, NULL, AKUA_CLUSTER, none, finish, NULL, &edited, &error);
        break;
      case 9:
        wanted = AKUA_MISUSE;
        status = akua_edit_resolve(client, NULL, AKUA_CLUSTER, s(token), finish, NULL, NULL, &error);
        break;
      case 10:
        wanted = AKUA_INDETERMINATE;
        CHECK(akua_call_options_set_cancel(own, cancel, NULL) == AKUA_OK);
        status = akua_edit_resolve(client, own, AKUA_CLUSTER, s(token), finish, NULL, &edited, &error);
        break;
      default:
        wanted = AKUA_INDETERMINATE;
        CHECK(akua_call_options_set_number(own, AKUA_OPTION_TIMEOUT, 1, NULL) == AKUA_OK);
        sim_tell(it, "{\"op\":\"inject\",\"fault\":{\"delivery\":{\"send\":\"nothing\",\"end\":\"stall\"}}}");
        status = akua_edit_resolve(client, own, AKUA_CLUSTER, s(token), AKUA_RESUME_LOOK, NULL, &edited, &error);
        sim_tell(it, "{\"op\":\"clear\"}");
        sim_tell(it, "{\"op\":\"release\"}");
    }
    if (status != wanted) fprintf(stderr, "case %d: %d\n", (int)number, (int)status);
    CHECK(status == wanted && edited == NULL && workspace == NULL);
    CHECK(akua_report_flag(error, AKUA_REPORT_MAY_HAVE_TAKEN_EFFECT) && akua_report_flag(error, AKUA_REPORT_MAY_STILL_LAND));
    CHECK(is(akua_report_text(error, AKUA_REPORT_EFFECT), "unknown"));
    if (wanted != AKUA_INDETERMINATE) {
      CHECK(has(akua_report_message(error), "it may have taken effect, and it may still"));
      CHECK(has(akua_report_text(error, AKUA_REPORT_HINT), "keep the resume token"));
    } else {
      CHECK(is(akua_report_text(error, AKUA_REPORT_RESUME_TOKEN), token));
    }
    akua_report_free(error);
    akua_call_options_free(own);
  }
  akua_patch_free(wrong);
  akua_client_free(other);
  akua_cancel_free(cancel);
  akua_call_options_free(options);
}

/* A write whose answer is lost and that nobody can repeat: the token settles it later. */
static void resolving(const sim* it, const akua_client* client) {
  akua_patch* patch = akua_patch_new(AKUA_CLUSTER);
  akua_report* edited = NULL;
  akua_report* error = NULL;
  akua_kind kind = 0;
  char token[4096];

  CHECK(akua_patch_set_text(patch, AKUA_REGION_ID, s("eu-north-1"), NULL) == AKUA_OK);
  sim_tell(it, LOSE_THE_ANSWER);
  CHECK(akua_edit_run_by_id(client, NULL, s("clu_3"), patch, &edited, &error) == AKUA_INDETERMINATE);
  CHECK(is(akua_report_text(error, AKUA_REPORT_OUTCOME), "indeterminate") && is(akua_report_text(error, AKUA_REPORT_CAUSE), "answer_lost"));
  CHECK(akua_report_flag(error, AKUA_REPORT_MAY_HAVE_TAKEN_EFFECT) && akua_report_flag(error, AKUA_REPORT_MAY_STILL_LAND));
  CHECK(is(item(error, AKUA_REPORT_FIELDS, 0, AKUA_REPORT_STATE), "unseen") || none(item(error, AKUA_REPORT_FIELDS, 0, AKUA_REPORT_STATE)));
  CHECK(none(item(error, AKUA_REPORT_FIELDS, 0, AKUA_REPORT_THEIRS)) && akua_report_text(error, AKUA_REPORT_DETAIL).len > 0);
  snprintf(token, sizeof token, "%s", akua_report_text(error, AKUA_REPORT_RESUME_TOKEN).data);
  akua_report_free(error);
  CHECK(akua_resume_token_kind(s(token), &kind, NULL) == AKUA_OK && kind == AKUA_CLUSTER);
  CHECK(akua_resume_token_kind(s("nonsense"), &kind, &error) == AKUA_INVALID_INPUT && kind == 0);
  akua_report_free(error);
  CHECK(akua_edit_resolve(client, NULL, AKUA_CLUSTER, s(token), 9, NULL, &edited, NULL) == AKUA_INVALID_INPUT);
  a7_unsettled(it, client, token);
  CHECK(akua_edit_resolve(client, NULL, AKUA_CLUSTER, s(token), AKUA_RESUME_LOOK, NULL, &edited, &error) == AKUA_INDETERMINATE);
  akua_report_free(error);
  akua_patch_free(patch);
}

/* Counts up from whatever is there, with another writer in between: the stepwise form, as a loop. */
static void stepwise(const sim* it, const akua_client* client) {
  akua_edit* edit = NULL;
  akua_report* edited = NULL;
  akua_patch* patch = akua_patch_new(AKUA_CLUSTER);
  akua_report* error = NULL;
  int32_t progress = 0;
  int asked = 0, ready = 0;

  CHECK(akua_edit_new_by_id(client, NULL, AKUA_CLUSTER, s("clu_4"), NULL, &edit, NULL) == AKUA_OK);
  CHECK(akua_edit_current(edit) == NULL && none(akua_edit_resume_token(edit)));
  CHECK(akua_edit_submit(edit, NULL, NULL) == AKUA_MISUSE);
  while (progress != AKUA_EDIT_DONE) {
    CHECK(akua_edit_next(edit, &progress, &edited, &error) == AKUA_OK);
    if (progress == AKUA_EDIT_NEEDS_PATCH) {
      char name[200];
      CHECK(akua_edit_next(edit, &progress, &edited, NULL) == AKUA_MISUSE);
      snprintf(name, sizeof name, "%s+", akua_resource_text(akua_edit_current(edit), AKUA_NAME, NULL).data);
      CHECK(akua_patch_set_text(patch, AKUA_NAME, s(name), NULL) == AKUA_OK);
      if (asked++ == 0) {
        sim_tell(it, "{\"op\":\"write\",\"kind\":\"cluster\",\"id\":\"clu_4\",\"set\":{\"name\":\"theirs\"}}");
      }
      CHECK(akua_edit_submit(edit, patch, NULL) == AKUA_OK);
      CHECK(akua_edit_current(edit) == NULL);
    } else if (progress == AKUA_EDIT_READY) {
      CHECK(has(akua_edit_resume_token(edit), "akua-resume-1."));
      ++ready;
    }
  }
  CHECK(asked == 2 && ready == 2 && is(akua_resource_text(akua_report_resource(edited), AKUA_NAME, NULL), "theirs+"));
  akua_report_free(edited);
  CHECK(akua_edit_next(edit, &progress, &edited, NULL) == AKUA_OK && progress == AKUA_EDIT_DONE);
  akua_report_free(edited);
  akua_edit_free(edit);

  CHECK(akua_edit_new_by_id(client, NULL, AKUA_CLUSTER, s("clu_4"), patch, &edit, NULL) == AKUA_OK);
  akua_patch_set_text(patch, AKUA_NAME, s("declined"), NULL);
  akua_edit_free(edit);
  CHECK(akua_edit_new_by_id(client, NULL, AKUA_CLUSTER, s("clu_4"), patch, &edit, NULL) == AKUA_OK);
  CHECK(akua_edit_next(edit, &progress, &edited, NULL) == AKUA_OK && progress == AKUA_EDIT_READY);
  CHECK(akua_edit_decline(edit, s("the disk is full"), NULL) == AKUA_OK);
  CHECK(akua_edit_next(edit, &progress, &edited, &error) == AKUA_NOT_SENT && edited == NULL);
  CHECK(is(akua_report_text(error, AKUA_REPORT_CAUSE), "declined") && has(akua_report_text(error, AKUA_REPORT_DETAIL), "the disk is full"));
  akua_report_free(error);
  akua_edit_free(edit);

  CHECK(akua_edit_new_by_id(client, NULL, AKUA_CLUSTER, s("clu_4"), NULL, &edit, NULL) == AKUA_OK);
  CHECK(akua_edit_next(edit, &progress, &edited, NULL) == AKUA_OK && progress == AKUA_EDIT_NEEDS_PATCH);
  CHECK(akua_edit_fail(edit, s("no idea"), NULL) == AKUA_OK);
  CHECK(akua_edit_next(edit, &progress, &edited, &error) == AKUA_NOT_SENT);
  CHECK(is(akua_report_text(error, AKUA_REPORT_CAUSE), "no_patch") && has(akua_report_message(error), "no idea"));
  akua_report_free(error);
  akua_edit_free(edit);
  akua_patch_free(patch);
}

/* A 200 is read: what the server has stored otherwise than it was wanted is told, and nothing stored is no success. */
static void a3_stored(const sim* it, const akua_client* client) {
  static const struct {
    const char* stores;
    akua_report_key list;
    const char *field, *theirs;
  } cases[] = {{"trimmed", AKUA_REPORT_ADJUSTED, "name", "ours"},
               {"some", AKUA_REPORT_NOT_TAKEN, "provider", "managed_kaas"}};
  akua_patch* patch = named(" ours ");
  akua_patch* blue = akua_patch_new(AKUA_WORKSPACE);
  akua_report* edited = NULL;
  akua_report* workspace = NULL;
  akua_report* error = NULL;
  char command[160];
  size_t at;

  CHECK(akua_patch_set_text(patch, AKUA_PROVIDER, s("imported_byoc"), NULL) == AKUA_OK);
  for (at = 0; at < 2; ++at) {
    const akua_report_key list = cases[at].list, other = cases[1 - at].list;
    sim_tell(it, "{\"op\":\"reset\"}");
    snprintf(command, sizeof command,
             "{\"op\":\"inject\",\"fault\":{\"match\":{\"method\":\"PATCH\"},\"stores\":\"%s\"}}", cases[at].stores);
    sim_tell(it, command);
    CHECK(akua_edit_run_by_id(client, NULL, s("clu_1"), patch, &edited, &error) == AKUA_OK);
    CHECK(is(akua_report_text(edited, AKUA_REPORT_OUTCOME), "applied") && akua_report_status(edited) == AKUA_OK);
    CHECK(akua_report_count(edited, list) == 1 && akua_report_count(edited, other) == 0);
    CHECK(is(item(edited, list, 0, AKUA_REPORT_FIELD), cases[at].field));
    CHECK(is(item(edited, list, 0, AKUA_REPORT_THEIRS), cases[at].theirs));
    CHECK(item(edited, list, 0, AKUA_REPORT_BASE).len > 0);
    CHECK(item(edited, list, 0, AKUA_REPORT_OURS).len > 0);
    CHECK(none(akua_report_item(edited, list, 0, AKUA_REPORT_FIELD, 1)));
    CHECK(none(item(edited, list, 1, AKUA_REPORT_FIELD)));
    CHECK(none(item(edited, list, 0, AKUA_REPORT_CODE)));
    CHECK(has(akua_report_text(edited, AKUA_REPORT_EXPLAIN), cases[at].field));
    akua_report_free(edited);
  }
  sim_tell(it, "{\"op\":\"reset\"}");
  CHECK(akua_edit_run_by_id(client, NULL, s("clu_1"), patch, &edited, &error) == AKUA_OK);
  CHECK(akua_report_count(edited, AKUA_REPORT_ADJUSTED) == 0 && akua_report_count(edited, AKUA_REPORT_NOT_TAKEN) == 0);
  akua_report_free(edited);

  sim_tell(it, "{\"op\":\"reset\"}");
  sim_tell(it, "{\"op\":\"contract\",\"set\":{\"stores\":\"none\"}}");
  CHECK(akua_edit_run_by_id(client, NULL, s("clu_1"), patch, &edited, &error) == AKUA_IGNORED && edited == NULL);
  CHECK(is(akua_report_text(error, AKUA_REPORT_OUTCOME), "not_applied") && is(akua_report_text(error, AKUA_REPORT_EFFECT), "not_applied"));
  CHECK(!akua_report_flag(error, AKUA_REPORT_MAY_HAVE_TAKEN_EFFECT) && !akua_report_flag(error, AKUA_REPORT_MAY_STILL_LAND));
  CHECK(akua_report_number(error, AKUA_REPORT_HTTP_STATUS) == 200 && is(akua_report_text(error, AKUA_REPORT_CURRENT_ETAG), "42"));
  CHECK(akua_report_count(error, AKUA_REPORT_FIELDS) == 2 && is(item(error, AKUA_REPORT_FIELDS, 0, AKUA_REPORT_FIELD), "name"));
  CHECK(is(akua_resource_text(akua_report_resource(error), AKUA_ETAG, NULL), "42") && has(akua_report_message(error), "changed nothing"));
  CHECK(is(akua_status_name(AKUA_IGNORED), "ignored"));
  akua_report_free(error);
  CHECK(akua_patch_set_text(blue, AKUA_NAME, s("Blue"), NULL) == AKUA_OK);
  CHECK(akua_edit_run_by_id(client, NULL, s("ws_1"), blue, &workspace, &error) == AKUA_IGNORED);
  CHECK(workspace == NULL && akua_report_resource(error) != NULL && akua_report_count(workspace, AKUA_REPORT_ADJUSTED) == 0);
  akua_report_free(error);
  sim_tell(it, "{\"op\":\"reset\"}");
  sim_tell(it, "{\"op\":\"contract\",\"set\":{\"stores\":\"lowercased\"}}");
  CHECK(akua_edit_run_by_id(client, NULL, s("ws_1"), blue, &workspace, &error) == AKUA_OK);
  CHECK(akua_report_count(workspace, AKUA_REPORT_ADJUSTED) == 1);
  CHECK(is(item(workspace, AKUA_REPORT_ADJUSTED, 0, AKUA_REPORT_FIELD), "name"));
  CHECK(is(item(workspace, AKUA_REPORT_ADJUSTED, 0, AKUA_REPORT_OURS), "Blue"));
  CHECK(is(item(workspace, AKUA_REPORT_ADJUSTED, 0, AKUA_REPORT_THEIRS), "blue"));
  CHECK(item(workspace, AKUA_REPORT_ADJUSTED, 0, AKUA_REPORT_BASE).len > 0);
  CHECK(is(item(workspace, AKUA_REPORT_ADJUSTED, 0, AKUA_REPORT_STATE), "conflicting"));
  akua_report_free(workspace);
  akua_patch_free(blue);
  akua_patch_free(patch);
  sim_tell(it, "{\"op\":\"contract\",\"set\":{\"stores\":\"as_sent\"}}");
  sim_tell(it, "{\"op\":\"reset\"}");
}

int main(int count, char** arguments) {
  sim it;
  akua_client* client;
  if (count != 2) return 2;
  it = sim_start(arguments[1], 5);
  client = client_of(&it);
  editing(&it, client);
  resolving(&it, client);
  stepwise(&it, client);
  a3_stored(&it, client);
  akua_client_free(client);
  sim_stop(&it);
  printf("%d checks\n", checks);
  return 0;
}
