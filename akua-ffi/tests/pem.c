/* A private key that is given wrongly, in every form, as every setting that takes PEM: nothing that a program is shown has
 * eight bytes of it. */
#include "pem_forms.h"

#include "akua.h"

static int checks;

#define CHECK(holds)                                                                  \
  do {                                                                                \
    ++checks;                                                                         \
    if (!(holds)) {                                                                   \
      fprintf(stderr, "%s:%d: %s: not so: %s\n", __FILE__, __LINE__, what, #holds);   \
      exit(1);                                                                        \
    }                                                                                 \
  } while (0)

static const pem_forms* all;

static void unseen(const char* what, akua_str text) {
  CHECK(!pem_seen(all, text.data == NULL ? "" : text.data, text.len));
}

static void logged(void* context, akua_str line) {
  (void)context;
  unseen("the log", line);
}

static akua_str bytes(pem_bytes form) {
  akua_str text;
  text.data = (const char*)form.data;
  text.len = form.len;
  return text;
}

/* Makes a client and says what became of it; every text of the error is looked at. */
static akua_status make(const char* what, akua_str root, akua_str chain, akua_str key, const char* says) {
  akua_client* client = NULL;
  akua_report* error = NULL;
  akua_status status = AKUA_OK;
  akua_client_options* options = akua_client_options_new();
  size_t at;
  if (status == AKUA_OK) status = akua_client_options_set_text(options, AKUA_OPTION_BASE_URL, akua_str_of("https://127.0.0.1:1"), &error);
  if (status == AKUA_OK) status = akua_client_options_set_text(options, AKUA_OPTION_TOKEN, akua_str_of("t"), &error);
  if (status == AKUA_OK && root.data != NULL) status = akua_client_options_set_text(options, AKUA_OPTION_EXTRA_ROOT_CERTIFICATES, root, &error);
  if (status == AKUA_OK && key.data != NULL) {
    status = akua_client_options_set_text(options, AKUA_OPTION_CLIENT_CERTIFICATE, chain, &error);
    if (status == AKUA_OK) status = akua_client_options_set_text(options, AKUA_OPTION_CLIENT_KEY, key, &error);
  }
  if (status == AKUA_OK) status = akua_client_new(options, &client, &error);
  CHECK((status == AKUA_OK) == (client != NULL) && (status == AKUA_OK) == (error == NULL));
  if (error != NULL) {
    CHECK(status == AKUA_CONFIGURATION || status == AKUA_MISUSE);
    unseen(what, akua_report_message(error));
    unseen(what, akua_report_text(error, AKUA_REPORT_HINT));
    unseen(what, akua_report_text(error, AKUA_REPORT_DETAIL));
    unseen(what, akua_report_text(error, AKUA_REPORT_EXPLAIN));
    for (at = 0; at < akua_report_count(error, AKUA_REPORT_PROBLEMS); ++at) {
      unseen(what, akua_report_item(error, AKUA_REPORT_PROBLEMS, at, AKUA_REPORT_FIELD, 0));
      unseen(what, akua_report_item(error, AKUA_REPORT_PROBLEMS, at, AKUA_REPORT_MESSAGE, 0));
    }
    if (says != NULL && status == AKUA_CONFIGURATION) CHECK(strstr(akua_report_message(error).data, says) != NULL);
  }
  akua_client_free(client);
  akua_client_options_free(options);
  akua_report_free(error);
  return status;
}

int main(int count, char** arguments) {
  const char* what = "the forms";
  const akua_str none = {NULL, 0};
  pem_forms forms;
  const cJSON* form;
  int number = 0;
  if (count != 2) return 2;
  forms = pem_read(arguments[1]);
  all = &forms;
  CHECK(pem_finds(&forms));
  CHECK(akua_log_set_sink(logged, NULL, NULL) == AKUA_OK);
  cJSON_ArrayForEach(form, cJSON_GetObjectItemCaseSensitive(forms.all, "forms")) {
    pem_bytes text = pem_form(form);
    const char* says = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(form, "key"));
    akua_status status;
    what = pem_text(form, "name");
    ++number;
    status = make(what, none, akua_str_of(forms.certificate), bytes(text), says);
    CHECK((status == AKUA_OK) == (says == NULL));
    make(what, none, bytes(text), akua_str_of(forms.private_key), NULL);
    make(what, none, bytes(text), bytes(text), NULL);
    make(what, bytes(text), none, none, NULL);
    free(text.data);
  }
  CHECK(number >= 70);
  CHECK(akua_log_set_sink(NULL, NULL, NULL) == AKUA_OK);
  cJSON_Delete(forms.all);
  printf("%d forms, %d checks\n", number, checks);
  return 0;
}
