// As pem.c, through the C++ header.
#include "pem_forms.h"

#include "akua.hpp"

static int checks;

#define CHECK(holds)                                                                               \
  do {                                                                                             \
    ++checks;                                                                                      \
    if (!(holds)) {                                                                                \
      std::fprintf(stderr, "%s:%d: %s: not so: %s\n", __FILE__, __LINE__, what.c_str(), #holds);   \
      std::exit(1);                                                                                \
    }                                                                                              \
  } while (0)

static bool make(const pem_forms& forms, const std::string& what, const akua::client_options& options,
                 const char* says) {
  const auto made = akua::client::make(options);
  if (made) return true;
  const akua::error& why = made.error();
  CHECK(why.status() == akua::status::configuration || why.status() == akua::status::misuse);
  for (const std::string_view text : {why.message(), why.hint().value_or(""), why.explain().value_or("")}) {
    CHECK(!pem_seen(&forms, std::string(text).c_str(), text.size()));
  }
  for (const auto& problem : why.problems()) {
    CHECK(!pem_seen(&forms, std::string(problem.message).c_str(), problem.message.size()));
  }
  if (says != nullptr && why.status() == akua::status::configuration) {
    CHECK(why.message().find(says) != std::string_view::npos);
  }
  return false;
}

int main(int count, char** arguments) {
  std::string what = "the forms";
  if (count != 2) return 2;
  const pem_forms forms = pem_read(arguments[1]);
  CHECK(pem_finds(&forms));
  const auto fresh = [] { return akua::client_options().base_url("https://127.0.0.1:1").token("t"); };
  int number = 0;
  const cJSON* form;
  cJSON_ArrayForEach(form, cJSON_GetObjectItemCaseSensitive(forms.all, "forms")) {
    const pem_bytes bytes = pem_form(form);
    const std::string text(reinterpret_cast<const char*>(bytes.data), bytes.len);
    const char* says = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(form, "key"));
    std::free(bytes.data);
    what = pem_text(form, "name");
    ++number;
    CHECK(make(forms, what, fresh().client_certificate(forms.certificate, text), says) == (says == nullptr));
    make(forms, what, fresh().client_certificate(text, forms.private_key), nullptr);
    make(forms, what, fresh().client_certificate(text, text), nullptr);
    make(forms, what, fresh().extra_root_certificates(text), nullptr);
  }
  CHECK(number >= 70);
  cJSON_Delete(forms.all);
  std::printf("%d forms, %d checks\n", number, checks);
  return 0;
}
