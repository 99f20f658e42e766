// Any request, from C++, against a simulator.
#include "checks.hpp"

#include <sstream>

using akua::status;

// No stream takes an answer, which may hold a secret.
template <class S, class T, class = void>
struct streams : std::false_type {};
template <class S, class T>
struct streams<S, T, std::void_t<decltype(std::declval<S&>() << std::declval<const T&>())>> : std::true_type {};
static_assert(streams<std::ostringstream, std::string_view>::value && !streams<std::ostringstream, akua::answer>::value);

static bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

static void answered(const akua::client& client) {
  const auto page = client.request(akua::request("GET", "/clusters").query("limit", "1")).value();
  CHECK(page.http_status() == 200 && has(*page.json(), "\"has_more\":true") && !page.etag());
  const auto copy = page;
  CHECK(copy.json()->data() == page.json()->data());

  auto rename = akua::request("PATCH", "/clusters/clu_1");
  rename.if_match("42").idempotency_key("once-1").body("{\"name\":\"by hand\"}");
  const akua::request same = rename;
  CHECK(has(*client.request(rename).value().json(), "\"by hand\""));
  const auto refused = client.request(akua::request(same).idempotency_key("once-2"));
  CHECK(!refused && refused.error().status() == status::conflict && !refused.error().may_have_taken_effect());
  CHECK(refused.error().current_etag() == akua::maybe_text("43") && !refused.error().resume_token());

  const auto other = client.clusters().get("clu_2").value();
  const auto suspended = client.request(akua::request("POST", "/clusters/clu_2:suspend").if_match(other.etag()),
                                        akua::call_options().timeout(std::chrono::seconds(20)));
  CHECK(suspended && suspended->http_status() == 202 && has(*suspended->json(), "\"owner_id\":\"clu_2\""));
}

static void lost(const sim& it, const akua::client& client) {
  sim_tell(&it, "{\"op\":\"inject\",\"fault\":{\"delivery\":{\"send\":\"nothing\",\"end\":\"reset\"}}}");
  const auto gone = client.request(akua::request("POST", "/clusters/clu_1/capabilities:refresh"));
  CHECK(!gone && gone.error().status() == status::transport && gone.error().effect() == "unknown");
  CHECK(gone.error().attempts() == 1 && gone.error().may_have_taken_effect());
}

static void refused(const akua::client& client) {
  const auto wrong = [&](const akua::request& one, std::string_view field) {
    const auto ended = client.request(one);
    CHECK(!ended && ended.error().status() == status::invalid_input && ended.error().effect() == "not_sent");
    CHECK(ended.error().problems().at(0).field == field);
  };
  wrong(akua::request("get", "/offers"), "method");
  wrong(akua::request("GET", "/v1/offers"), "path");
  // What was refused first is told.
  wrong(akua::request("GET", "/a/../b").body("{}").query("", ""), "path");
  wrong(akua::request("GET", "/offers").query("", "1"), "query");
  wrong(akua::request("GET", "/offers").body("{}"), "body");
  wrong(akua::request("POST", "/offers").body("{"), "body");
  wrong(akua::request("POST", "/offers").if_match("*"), "if-match");
  wrong(akua::request("POST", "/offers").idempotency_key(""), "idempotency-key");
  CHECK(client.request(akua::request("GET", std::string_view("/a\0b", 4))).error().status() == status::invalid_input);

  akua::request one("GET", "/clusters/clu_1");
  akua::request two = std::move(one);
  CHECK(client.request(one).error().status() == status::misuse && client.request(two));
  one = two;
  CHECK(client.request(one) && client.request(two));
  akua::call_options options = akua::call_options(), taken = std::move(options);
  CHECK(client.request(two, options).error().status() == status::misuse);
  CHECK(!client.request(two, akua::call_options().context("")));
}

int main(int count, char** arguments) {
  if (count != 2) return 2;
  sim it = sim_start(arguments[1], 2);
  {
    const auto client = akua::client::make(akua::client_options().base_url(it.url).token(it.token)).value();
    answered(client);
    lost(it, client);
    refused(client);
  }
  sim_stop(&it);
  std::printf("%d checks\n", checks);
}
