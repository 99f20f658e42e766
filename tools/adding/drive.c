/* Drives what was added, from C: see tools/adding.sh. */
#include <akua.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static akua_client* client;

static akua_str s(const char* text) { return akua_str_of(text); }

static void expect(bool holds, const char* what) {
  if (holds) return;
  fprintf(stderr, "C: not so: %s\n", what);
  exit(1);
}

static void must(akua_status status, akua_report* error) {
  if (status != AKUA_OK) fprintf(stderr, "C: %s\n", akua_report_message(error).data);
  expect(status == AKUA_OK, "a call without a failure");
}

static akua_resource* get(akua_kind kind, const char* id) {
  akua_resource* resource = NULL;
  akua_report* error = NULL;
  must(akua_resource_get(client, NULL, kind, s(id), &resource, &error), error);
  return resource;
}

static void edit(const akua_resource* seen, const akua_patch* patch) {
  akua_report *edited = NULL, *error = NULL;
  must(akua_edit_run(client, NULL, seen, patch, &edited, &error), error);
  akua_report_free(edited);
}

static bool is(const akua_resource* resource, akua_property property, const char* text) {
  return akua_str_equals(akua_resource_text(resource, property, NULL), s(text));
}

int main(int argc, char** argv) {
  akua_client_options* options = akua_client_options_new();
  akua_report* error = NULL;
  akua_resource *seen, *made = NULL, *now, *each = NULL;
  akua_patch* patch = akua_patch_new(AKUA_CLUSTER);
  akua_list* list = NULL;
  int count = 0;

  expect(argc == 3, "the arguments URL and TOKEN");
  must(akua_client_options_set_text(options, AKUA_OPTION_BASE_URL, s(argv[1]), &error), error);
  must(akua_client_options_set_text(options, AKUA_OPTION_TOKEN, s(argv[2]), &error), error);
  must(akua_client_new(options, &client, &error), error);

  seen = get(AKUA_CLUSTER, "clu_1");
  must(akua_patch_set_text(patch, AKUA_BLURB, s("from C"), &error), error);
  edit(seen, patch);
  now = get(AKUA_CLUSTER, "clu_1");
  expect(is(now, AKUA_BLURB, "from C"), "the blurb");
  akua_resource_free(seen);
  akua_resource_free(now);
  akua_patch_free(patch);

  must(akua_list_new(client, NULL, AKUA_WIDGET, &list, &error), error);
  for (;;) {
    must(akua_list_next(list, &each, &error), error);
    if (each == NULL) break;
    akua_resource_free(each);
    ++count;
  }
  akua_list_free(list);
  expect(count == 2, "two widgets");

  seen = get(AKUA_WIDGET, "wid_1");
  patch = akua_patch_new(AKUA_WIDGET);
  must(akua_patch_set_number(patch, AKUA_AMOUNT, 11, &error), error);
  must(akua_resource_update(client, NULL, s("wid_1"), akua_resource_text(seen, AKUA_ETAG, NULL), patch, s(NULL), &made, &error),
       error);
  expect(akua_resource_number(made, AKUA_AMOUNT, NULL) == 11 && akua_resource_flag(made, AKUA_IN_USE, NULL), "the amount");
  must(akua_patch_set_text(patch, AKUA_LABEL, s("from C"), &error), error);
  edit(made, patch);
  now = get(AKUA_WIDGET, "wid_1");
  expect(is(now, AKUA_LABEL, "from C"), "the label");
  akua_resource_free(seen);
  akua_resource_free(made);
  akua_resource_free(now);
  akua_patch_free(patch);
  akua_client_free(client);
  akua_client_options_free(options);
  printf("C: blurb of a cluster and widgets were read, listed, updated and edited\n");
  return 0;
}
