// Suspend, resume, delete, refresh, cancel, and waiting for operations, from C++, against a simulator.
#include "checks.hpp"

using akua::status;
using namespace std::string_view_literals;

static bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

static akua::client client_of(const sim& it, const char* url) {
  return akua::client::make(akua::client_options().base_url(url).token(it.token)).value();
}

static void anew(const sim& it) { sim_tell(&it, "{\"op\":\"reset\"}"); }

static void there_and_back(const sim& it, const akua::client& client) {
  anew(it);
  const auto clusters = client.clusters();
  const auto operations = client.operations();
  const akua::cluster seen = clusters.get("clu_1").value();
  const auto suspended = clusters.suspend(seen);
  CHECK(suspended && suspended->outcome() == "applied" && suspended->proof() == "acknowledged"sv);
  CHECK(suspended->operation_id() == "op_1"sv && suspended->requests() == 1 && suspended->candidates().empty());
  CHECK(akua::resume_token_stage(*suspended->resume_token()).value() == akua::stage::wait);
  CHECK(akua::resume_token_kind(*suspended->resume_token()).value() == "cluster");
  int shown = 0;
  const auto waited = operations.wait(*suspended->resume_token(), akua::asked::by_token, [&](const akua::operation& one) {
    ++shown;
    return one.id() == "op_1" && !one.done();
  });
  CHECK(waited && shown > 0 && waited->operation_id() == "op_1" && waited->later().empty());
  CHECK(waited->now<akua::cluster>()->state() == "suspended" && !waited->now<akua::workspace>());
  CHECK(waited->shown()->done() && waited->shown()->state() == "SUCCEEDED");

  // On a version that is gone it is not done.
  const auto stale = clusters.remove(seen);
  CHECK(!stale && stale.error().status() == status::conflict && stale.error().current_etag());
  CHECK(!stale.error().may_have_taken_effect() && !stale.error().operation_id() && stale.error().candidates().empty());
  CHECK(clusters.resume("clu_1").value().operation_id() == "op_2"sv);
  CHECK(operations.wait("op_2"));
  const auto asked_anew = clusters.refresh_capabilities("clu_1");
  CHECK(asked_anew && operations.wait(*asked_anew->resume_token()));
  const auto deleted = clusters.remove(clusters.get("clu_1").value());
  CHECK(deleted && !operations.wait(*deleted->resume_token()).value().now<akua::cluster>());
  CHECK(client.workspaces().remove("ws_1"));
}

static void ends(const sim& it, const akua::client& client) {
  const auto clusters = client.clusters();
  const auto operations = client.operations();
  anew(it);
  sim_tell(&it, "{\"op\":\"contract\",\"set\":{\"operation_ends\":{\"fail\":{\"step\":1,\"message\":\"no machines\"}}}}");
  const auto failed = operations.wait(clusters.suspend("clu_1").value().operation_id().value());
  CHECK(!failed && failed.error().status() == status::operation_failed && failed.error().detail() == "no machines"sv);
  CHECK(failed.error().shown()->state() == "FAILED" && failed.error().resource<akua::cluster>());

  anew(it);
  sim_tell(&it, "{\"op\":\"contract\",\"set\":{\"operation_looks\":null}}");
  const auto launched = clusters.suspend("clu_1").value();
  // Enough for the program.
  const auto stopped =
      operations.wait(*launched.resume_token(), akua::asked::by_token, [](const akua::operation&) { return false; });
  CHECK(!stopped && stopped.error().status() == status::still_running);
  CHECK(stopped.error().resume_token() == launched.resume_token() && !stopped.error().blocked_on());
  const auto brief = client.operations(akua::call_options().timeout(std::chrono::milliseconds(200)));
  CHECK(brief.wait("op_1").error().status() == status::still_running);
#ifdef AKUA_EXCEPTIONS
  // What a function throws comes out once the library is through.
  int thrown = 0;
  try {
    const auto never = operations.wait("op_1", akua::asked::no, [](const akua::operation&) -> bool { throw 7; });
    CHECK(!never);
  } catch (int what) {
    thrown = what;
  }
  CHECK(thrown == 7);
  try {
    const auto never = clusters.remove("clu_2", [](std::string_view) -> bool { throw 8; });
    CHECK(!never);
  } catch (int what) {
    thrown = what;
  }
  CHECK(thrown == 8 && clusters.get("clu_2").value().state() == "active");
#endif
  const auto cancelled = operations.cancel(operations.get("op_1").value());
  CHECK(cancelled && cancelled->operation_id() == "op_1"sv);
  sim_tell(&it, "{\"op\":\"advance_operation\",\"id\":\"op_1\",\"to\":\"end\"}");
  const auto mine = operations.wait(*cancelled->resume_token());
  CHECK(!mine && mine.error().status() == status::operation_cancelled && mine.error().asked_here() == "yes"sv);
  CHECK(operations.wait("op_1").error().asked_here() == "no"sv);
  CHECK(operations.wait("op_1", akua::asked::unknown).error().asked_here() == "unknown"sv);
  CHECK(operations.cancel("op_1").error().status() == status::rejected);
}

static void tokens(const sim& it, const akua::client& client) {
  const auto clusters = client.clusters(akua::call_options().timeout(std::chrono::milliseconds(1500)));
  anew(it);
  std::string kept;
  const auto not_kept = clusters.suspend("clu_1", [](std::string_view) { return false; });
  CHECK(!not_kept && not_kept.error().status() == status::not_sent && not_kept.error().effect() == "not_applied");
  CHECK(has(not_kept.error().message(), "was not kept") && clusters.get("clu_1").value().etag() == "42");
  sim_tell(&it,
           "{\"op\":\"inject\",\"fault\":{\"match\":{\"launch\":\"suspend_cluster\"},\"times\":\"forever\","
           "\"delivery\":{\"send\":\"nothing\",\"end\":\"reset\"}}}");
  const auto keep = [&](std::string_view token) {
    kept = token;
    return true;
  };
  const auto lost = clusters.suspend("clu_1", keep);
  CHECK(!lost && lost.error().status() == status::indeterminate && lost.error().resume_token() == std::string_view(kept));
  CHECK(lost.error().may_have_taken_effect() && lost.error().candidates() == std::vector<std::string_view>{"op_1"});
  CHECK(akua::resume_token_stage(kept).value() == akua::stage::launch);
  sim_tell(&it, "{\"op\":\"clear\"}");
  sim_tell(&it, "{\"op\":\"advance_operation\",\"id\":\"op_1\",\"to\":\"end\"}");

  // What can't be settled leaves it as unknown as it was.
  const akua::client stranger = client_of(it, "http://127.0.0.1:1");
  akua::call_options other = akua::call_options().context("ws_9"), gone = akua::call_options();
  const akua::call_options elsewhere = std::move(gone);
  for (const auto& refused : {stranger.resolve_launch(kept, akua::resume::finish),
                              client.resolve_launch(kept, akua::resume::finish, other),
                              client.resolve_launch(kept, akua::resume::finish, gone),
                              client.resolve_launch("akua-resume-2", akua::resume::look),
                              client.workspaces(akua::call_options().page_size(101)).resolve_launch(kept, akua::resume::look)}) {
    CHECK(!refused && refused.error().may_have_taken_effect() && refused.error().may_still_land());
    CHECK(refused.error().effect() == "unknown" && has(refused.error().hint().value(), "keep the resume token"));
  }
  const auto settled = client.resolve_launch(kept, akua::resume::finish);
  CHECK(settled && settled->proof() == "observed"sv && !settled->operation_id());
}

static void once(const sim& it, const akua::client& client) {
  anew(it);
  const auto clusters = client.clusters();
  CHECK(clusters.suspend_once("clu_1", "42", "k-1")->owner_id() == "clu_1");
  CHECK(clusters.resume_once("clu_2", "7").error().status() == status::conflict);
  CHECK(clusters.remove_once("clu_2", "7").error().status() == status::conflict);
  CHECK(client.workspaces().remove_once("ws_1", "9999").error().status() == status::conflict);
  CHECK(clusters.refresh_capabilities_once("clu_2")->owner_type() == "cluster");
  CHECK(client.operations().cancel_once("op_1", "k-2"));
  CHECK(clusters.suspend_once("..", "42").error().status() == status::invalid_input);
}

// Whatever was moved from is no use, and nothing is sent of it.
static void moved_from(const sim& it, const akua::client& client) {
  anew(it);
  akua::cluster seen = client.clusters().get("clu_1").value();
  const akua::cluster elsewhere = std::move(seen);
  CHECK(client.clusters().suspend(seen).error().status() == status::misuse);
  akua::call_options options = akua::call_options(), taken = std::move(options);
  CHECK(client.clusters(options).suspend("clu_1").error().status() == status::misuse);
  CHECK(client.operations(options).wait("op_1").error().status() == status::misuse);
  CHECK(client.clusters(options).suspend_once("clu_1", "42").error().status() == status::misuse);
  CHECK(client.clusters().get("clu_1").value().etag() == "42");
  akua::launched launched = client.clusters().suspend("clu_1").value();
  const akua::launched kept = std::move(launched);
  CHECK(launched.outcome().empty() && !launched.operation_id() && launched.candidates().empty());
  akua::waited waited = client.operations().wait(*kept.resume_token()).value();
  const akua::waited last = std::move(waited);
  CHECK(!waited.shown() && !waited.now<akua::cluster>() && waited.later().empty() && waited.operation_id().empty());
  CHECK(last.shown());
}

int main(int count, char** arguments) {
  if (count != 2) return 2;
  sim it = sim_start(arguments[1], 3);
  {
    const akua::client client = client_of(it, it.url);
    there_and_back(it, client);
    ends(it, client);
    tokens(it, client);
    once(it, client);
    moved_from(it, client);
  }
  sim_stop(&it);
  std::printf("%d checks\n", checks);
}
