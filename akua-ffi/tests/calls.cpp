// Every call of the C++ header against a simulator. Built with exceptions and without, and linked from two translation
// units, so that the header is seen to be usable from both.
#include "checks.hpp"

#include <thread>

using namespace std::string_view_literals;
using akua::status;

std::string elsewhere(const akua::client& client);  // In the other translation unit.

static bool has(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

static akua::client client_of(const sim& it) {
  return *akua::client::make(akua::client_options().base_url(it.url).token(it.token).user_agent_suffix("cpp-tests/1"));
}

// Of a kind that can only be read there is nothing that changes one.
template <class C, class = void>
struct resolves : std::false_type {};
template <class C>
struct resolves<C, std::void_t<decltype(std::declval<const C&>().resolve("", akua::resume::look))>> : std::true_type {};
static_assert(resolves<akua::collection<akua::cluster>>::value && !resolves<akua::collection<akua::operation>>::value);

// Of one that can only be listed there is nothing that reads one.
template <class C, class = void>
struct gets : std::false_type {};
template <class C>
struct gets<C, std::void_t<decltype(std::declval<const C&>().get(""))>> : std::true_type {};
static_assert(gets<akua::collection<akua::operation>>::value && !gets<akua::collection<akua::region>>::value);

static void regions(const sim& it, const akua::client& client) {
  sim_tell(&it, "{\"op\":\"seed\",\"kinds\":{\"region\":2}}");
  int found = 0;
  for (const auto& one : client.regions().list())
    CHECK(one && has(one->id(), "reg_") && has(one->name().value(), "region ") && ++found);
  CHECK(found == 2);
  for (const auto& one : client.regions(akua::call_options().page_size(101)).list())
    CHECK(!one && one.error().status() == status::invalid_input);
}

static void operations(const sim& it, const akua::client& client) {
  sim_tell(&it, "{\"op\":\"seed\",\"resources\":[{\"kind\":\"operation\",\"id\":\"op_a\",\"set\":{\"owner_id\":\"clu_9\",\"state\":"
                "\"FAILED\",\"error\":{\"message\":\"no machines\"}}},{\"kind\":\"operation\",\"id\":\"op_b\"}]}");
  const auto failed = client.operations().get("op_a");
  CHECK(failed && failed->done() && failed->error_message() == "no machines"sv && failed->completed_at());
  const auto running = client.operations().get("op_b");
  CHECK(running && !running->completed_at() && !running->completed_at_text() && !running->error() && running->steps());
  int found = 0;
  for (const auto& one : client.operations(akua::call_options().owner_type("cluster").owner_id("clu_9")).list())
    CHECK(one && one->id() == "op_a" && !one->steps() && ++found == 1);
  for (const auto& one : client.operations(akua::call_options().owner_id("clu_9")).list())
    CHECK(!one && one.error().status() == status::invalid_input && ++found == 2);
  CHECK(found == 2);
}

static void reading(const akua::client& client) {
  const auto clusters = client.clusters();
  auto got = clusters.get("clu_1");
  CHECK(got && got->id() == "clu_1" && got->etag() == "42" && got->state() == "active");
  CHECK(got->workspace_id() == "ws_1" && got->provider() == "managed_kaas" && !got->reconciling());
  CHECK(got->created_at() > 0 && got->updated_at() > 0 && has(got->created_at_text(), "Z") &&
        has(got->updated_at_text(), "Z"));
  CHECK(got->html_url() && has(got->json(), "\"etag\":\"42\""));
  akua::cluster copy = *got;
  got = clusters.get("clu_2");
  CHECK(copy.id() == "clu_1" && got->id() == "clu_2" && elsewhere(client) == "clu_1");

  auto workspace = client.workspaces().get("ws_1");
  CHECK(workspace && workspace->id() == "ws_1" && !workspace->name().empty() && !workspace->slug().empty());
  CHECK(workspace->plan_tier() && workspace->plan_billed_by() == "platform"sv &&
        workspace->workspace_class() == "standard"sv);
  CHECK(workspace->created_at() > 0 && workspace->updated_at() > 0 && !workspace->json().empty());
  CHECK(!workspace->created_at_text().empty() && !workspace->updated_at_text().empty() && workspace->etag() == "8");

  auto missing = clusters.get("clu_99");
  CHECK(!missing && missing.error().status() == status::not_found && missing.error().http_status() == 404);
  const akua::error why = missing.error();
  CHECK(why.hint() && why.server_errors().size() == 1 && why.server_errors()[0].code == "7002"sv && why.request_id());
  CHECK(!why.outcome() && !why.resource<akua::cluster>() && !why.resource<akua::workspace>() && !why.retry_after() && why.requests() == 1);
  CHECK(akua::name(why.status()) == "not_found" && !akua::version().empty() && why.effect() == "not_applied");
}

#if __cplusplus >= 202002L
#include <ranges>
static_assert(std::ranges::input_range<akua::list<akua::cluster>>);
#endif

static void listing(const akua::client& client) {
  int seen = 0;
  for (const auto& item : client.clusters(akua::call_options().page_size(2)).list()) {
    CHECK(item && item->id() == "clu_" + std::to_string(++seen));
  }
  CHECK(seen == 5);
  int refused = 0;
  for (const auto& item : client.clusters(akua::call_options().page_size(101)).list()) {
    CHECK(!item && item.error().status() == status::invalid_input);
    ++refused;
  }
  CHECK(refused == 1);
  for (const auto& item : client.workspaces().list()) CHECK(item);
}

static void updating(const sim& it, const akua::client& client) {
  const auto clusters = client.clusters();
  akua::cluster_patch patch;
  patch.name("first");
  auto updated = clusters.update("clu_1", "42", patch);
  CHECK(updated && updated->name() == "first" && updated->etag() == "43");
  auto refused = clusters.update("clu_1", "42", patch);
  CHECK(!refused && refused.error().status() == status::conflict && refused.error().current_etag() == "43"sv);
  CHECK(!refused.error().may_have_taken_effect());
  CHECK(refused.error().server_errors()[0].metadata[0].second == "43");
  CHECK(clusters.update("clu_1", "43", patch, "key-2") &&
        clusters.update("clu_1", "43", patch, "key-2")->etag() == "44");
  sim_tell(&it,
           "{\"op\":\"inject\",\"fault\":{\"match\":{\"method\":\"PATCH\"},\"delivery\":{\"send\":\"nothing\",\"end\":"
           "\"reset\"}}}");
  auto lost = clusters.update("clu_1", "44", patch);
  CHECK(!lost && lost.error().status() == status::transport && lost.error().may_have_taken_effect() &&
        lost.error().may_still_land());
  CHECK(client.workspaces().update("ws_1", "8", akua::workspace_patch().name("Blue").slug("team-blue"))->slug() ==
        "team-blue");
  auto bad = clusters.update("clu_1", "*", akua::cluster_patch().name(""));
  CHECK(!bad && bad.error().status() == status::invalid_input && bad.error().problems().size() == 1);
  auto wrong_text = clusters.update("clu_1", "44", akua::cluster_patch().name("\xff").name("fine"));
  CHECK(!wrong_text && wrong_text.error().status() == status::misuse && has(wrong_text.error().message(), "UTF-8"));
  CHECK(clusters.get(std::string_view()).error().status() == status::invalid_input);
  CHECK(akua::client::make(akua::client_options()).error().status() == status::configuration);
  CHECK(akua::client::make(akua::client_options().proxy("socks5://x")).error().status() == status::configuration);
}

static void editing(const sim& it, const akua::client& client) {
  const auto clusters = client.clusters();
  const auto seen = *clusters.get("clu_2");
  auto edited = clusters.edit(seen, akua::cluster_patch().name("edited"));
  CHECK(edited && edited->outcome() == "applied" && edited->proof() == "acknowledged"sv && edited->requests() == 1);
  CHECK(edited->resource()->name() == "edited" && edited->etag() == edited->resource()->etag());
  CHECK(has(edited->explain(), "applied") && clusters.wait_settled(*edited) && clusters.wait_settled("clu_2"));
  auto again = clusters.edit("clu_2", akua::cluster_patch().name("edited"));
  CHECK(again && again->outcome() == "unchanged" && !again->proof());

  const akua::cluster_patch ours = akua::cluster_patch().name("ours");
  auto conflict = clusters.edit(seen, ours);
  CHECK(!conflict && conflict.error().status() == status::conflict && conflict.error().fields().size() == 1);
  const auto field = conflict.error().fields()[0];
  CHECK(field.name == "name" && field.base == "cluster 2"sv && field.ours == "ours"sv && field.theirs == "edited"sv);
  CHECK(field.state == "conflicting"sv && conflict.error().outcome() == "not_applied"sv && conflict.error().explain());
  CHECK(clusters.edit(*conflict.error().resource<akua::cluster>(), ours));

  // A function of the version: asked again after somebody else was faster.
  int asked = 0;
  std::string token;
  auto counted = clusters.edit(
      "clu_3"sv,
      [&](const akua::cluster& current) -> akua::change<akua::cluster> {
        if (asked++ == 0)
          sim_tell(&it, "{\"op\":\"write\",\"kind\":\"cluster\",\"id\":\"clu_3\",\"set\":{\"name\":\"theirs\"}}");
        return akua::cluster_patch().name(std::string(current.name()) + "+");
      },
      [&](std::string_view ready) {
        token = ready;
        return true;
      });
  CHECK(counted && asked == 2 && counted->resource()->name() == "theirs+" && has(token, "akua-resume-1."));
  auto nothing = clusters.edit("clu_3", [](const akua::cluster&) { return std::optional<akua::cluster_patch>(); });
  CHECK(nothing && nothing->outcome() == "unchanged");
  auto declined = clusters.edit("clu_3", ours, [](std::string_view) { return false; });
  CHECK(!declined && declined.error().status() == status::not_sent && declined.error().cause() == "declined"sv);
  auto refused =
      clusters.edit("clu_3", [](const akua::cluster&) { return std::optional(akua::cluster_patch().name("\xff")); });
  CHECK(!refused && refused.error().status() == status::not_sent && has(*refused.error().detail(), "UTF-8"));
  auto too_long = clusters.edit("clu_3", [](const akua::cluster&) -> akua::change<akua::cluster> {
    return akua::cluster_patch().name(std::string(101, 'x'));
  });
  CHECK(!too_long && too_long.error().cause() == "no_patch"sv && has(*too_long.error().detail(), "name"));
  auto gave_up = clusters.edit("clu_3", [](const akua::cluster&) { return akua::give_up{"no idea"}; });
  CHECK(!gave_up && gave_up.error().cause() == "no_patch"sv && has(*gave_up.error().detail(), "no idea"));

  sim_tell(&it,
           "{\"op\":\"inject\",\"fault\":{\"match\":{\"method\":\"PATCH\"},\"delivery\":{\"send\":\"nothing\",\"end\":"
           "\"reset\"}}}");
  auto open = clusters.edit("clu_4", akua::cluster_patch().region_id("eu-1"));
  CHECK(!open && open.error().status() == status::indeterminate && open.error().may_still_land() &&
        open.error().resume_token());
  const std::string kept(*open.error().resume_token());
  CHECK(*akua::resume_token_kind(kept) == "cluster" && !akua::resume_token_kind("x"));
  CHECK(clusters.resolve(kept, akua::resume::look).error().status() == status::indeterminate);
  CHECK(client.workspaces().resolve(kept, akua::resume::look).error().status() == status::invalid_input);
  auto renamed = client.workspaces().edit("ws_1", akua::workspace_patch().name("Green"));
  CHECK(renamed && renamed->resource()->name() == "Green");
}

static void a3_stored(const sim& it, const akua::client& client) {
  const auto clusters = client.clusters();
  sim_tell(&it, "{\"op\":\"inject\",\"fault\":{\"match\":{\"method\":\"PATCH\"},\"stores\":\"lowercased\"}}");
  auto loud = clusters.edit("clu_5", akua::cluster_patch().name("LOUD"));
  CHECK(loud && loud->adjusted().size() == 1 && loud->not_taken().empty());
  CHECK(loud->adjusted()[0].name == "name" && loud->adjusted()[0].ours == "LOUD"sv &&
        loud->adjusted()[0].theirs == "loud"sv);
  sim_tell(&it, "{\"op\":\"inject\",\"fault\":{\"match\":{\"method\":\"PATCH\"},\"stores\":\"some\"}}");
  auto some = clusters.edit("clu_5", akua::cluster_patch().name("some").provider("imported_byoc"));
  CHECK(some && some->adjusted().empty() && some->not_taken().size() == 1 && some->not_taken()[0].name == "provider");
  sim_tell(&it, "{\"op\":\"inject\",\"fault\":{\"match\":{\"method\":\"PATCH\"},\"stores\":\"none\"}}");
  auto none = clusters.edit("clu_5", akua::cluster_patch().name("none"));
  CHECK(!none && none.error().status() == status::ignored && !none.error().may_have_taken_effect());
  CHECK(none.error().fields().size() == 1 && none.error().resource<akua::cluster>()->name() == "some" &&
        akua::name(status::ignored) == "ignored");
}

static void ending(const sim& it, const akua::client& client) {
  const akua::cancel cancel;
  sim_tell(
      &it,
      "{\"op\":\"inject\",\"fault\":{\"times\":\"forever\",\"delivery\":{\"send\":\"nothing\",\"end\":\"stall\"}}}");
  std::thread other([cancel] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    cancel.trigger();
  });
  CHECK(client.clusters(akua::call_options().cancel(cancel)).get("clu_1").error().status() == status::cancelled);
  other.join();
  CHECK(cancel.is_triggered());
  CHECK(client.clusters(akua::call_options().timeout(std::chrono::milliseconds(50))).get("clu_1").error().status() ==
        status::timeout);
  sim_tell(&it, "{\"op\":\"clear\"}");

  int told = 0;
  auto sink = [&told](std::string_view line) noexcept { told += has(line, "attempt ended") ? 1 : 0; };
  akua::log_to(&sink);
  CHECK(client.clusters().get("clu_1") && told == 1);
  akua::log_to(nullptr);
  CHECK(client.clusters().get("clu_1") && told == 1);
}

#ifdef AKUA_EXCEPTIONS
static void throwing(const akua::client& client) {
  CHECK(client.clusters().get("clu_1").value().id() == "clu_1");
  try {
    const auto none = client.clusters().get("clu_99").value();
    CHECK(false);
  } catch (const akua::failure& failed) {
    CHECK(failed.why().status() == status::not_found && has(failed.what(), "clu_99"));
  }
  // An exception of the program's own goes through an edit, and nothing is left behind.
  try {
    static_cast<void>(
        client.clusters().edit("clu_1", [](const akua::cluster&) -> std::optional<akua::cluster_patch> { throw 7; }));
    CHECK(false);
  } catch (int seven) {
    CHECK(seven == 7);
  }
}
#endif

int main(int count, char** arguments) {
  if (count != 2) return 2;
  sim it = sim_start(arguments[1], 5);
  {
    const akua::client client = client_of(it);
    CHECK(client.base_url() == it.url);
    reading(client);
    operations(it, client);
    regions(it, client);
    listing(client);
    updating(it, client);
    editing(it, client);
    a3_stored(it, client);
    ending(it, client);
#ifdef AKUA_EXCEPTIONS
    throwing(client);
#endif
  }
  sim_stop(&it);
  std::printf("%d checks\n", checks);
}
