// What can be read of a cluster beside itself, from C++, against a simulator.
#include "checks.hpp"

#include <sstream>

using akua::status;

// No stream takes a secret, and it is no text.
template <class S, class T, class = void>
struct streams : std::false_type {};
template <class S, class T>
struct streams<S, T, std::void_t<decltype(std::declval<S&>() << std::declval<const T&>())>> : std::true_type {};
static_assert(streams<std::ostringstream, std::string_view>::value && !streams<std::ostringstream, akua::secret>::value);
static_assert(!streams<std::wostringstream, akua::secret>::value && !streams<std::ostream, akua::secret>::value);
static_assert(!std::is_convertible_v<akua::secret, std::string_view> && !std::is_convertible_v<akua::secret, std::string>);
static_assert(!std::is_constructible_v<std::string, akua::secret> && !std::is_constructible_v<bool, akua::secret>);

// Of another kind there is none.
template <class C, class = void>
struct hands_out : std::false_type {};
template <class C>
struct hands_out<C, std::void_t<decltype(std::declval<const C&>().kubeconfig(""))>> : std::true_type {};
static_assert(hands_out<akua::collection<akua::cluster>>::value && !hands_out<akua::collection<akua::workspace>>::value);

static bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

static void kubeconfig(const sim& it, const akua::client& client) {
  const auto clusters = client.clusters();
  akua::secret secret = clusters.kubeconfig("clu_1").value();
  CHECK(has(secret.expose(), "opens-nothing-clu_1"));
  const akua::secret copy = secret;
  CHECK(copy.expose().data() == secret.expose().data());
  const akua::secret taken = std::move(secret);
  CHECK(secret.expose().empty() && taken.expose() == copy.expose());
  secret = taken;
  CHECK(secret.expose() == copy.expose());

  CHECK(clusters.kubeconfig("clu_99").error().status() == status::not_found);
  for (const char* id : {"", "..", "a/b", "a%2Fb", "clu_1:suspend"}) {
    const auto refused = clusters.kubeconfig(id);
    CHECK(!refused && refused.error().status() == status::invalid_input && refused.error().effect() == "not_sent");
    CHECK(refused.error().problems().at(0).field == "id");
  }
  CHECK(clusters.kubeconfig(std::string_view("a\0b", 3)).error().status() == status::invalid_input);
  akua::call_options options = akua::call_options(), gone = std::move(options);
  CHECK(client.clusters(options).kubeconfig("clu_1").error().status() == status::misuse);
  // Asked for once, whatever comes of it.
  sim_tell(&it, "{\"op\":\"inject\",\"fault\":{\"answer\":{\"status\":503}}}");
  const auto failed = clusters.kubeconfig("clu_1");
  CHECK(!failed && failed.error().status() == status::server && failed.error().attempts() == 1);
}

int main(int count, char** arguments) {
  if (count != 2) return 2;
  sim it = sim_start(arguments[1], 2);
  {
    kubeconfig(it, akua::client::make(akua::client_options().base_url(it.url).token(it.token)).value());
  }
  sim_stop(&it);
  std::printf("%d checks\n", checks);
}
