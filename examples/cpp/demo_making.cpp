// Making a cluster and a workspace where answers get lost: the last two scenes of `make demo-life`, from C++: make demo-making
#include <akua.hpp>
#include <algorithm>
#include <iostream>

#include "../c/sim.h"

static void expect(bool shown, const char* what) {
  if (shown) return;
  std::cerr << "the demo did not show what it should: expected " << what << "\n";
  std::exit(1);
}

static void say(std::string_view line) { std::cout << "   " << line << "\n"; }

static std::string_view first_line(std::string_view story) { return story.substr(0, story.find('\n')); }

// How a create ended, with all its steps.
static void tell(std::string_view story, const std::vector<std::string_view>& candidates) {
  while (!story.empty()) {
    const auto line = first_line(story);
    say(line);
    story.remove_prefix(std::min(line.size() + 1, story.size()));
  }
  for (const auto candidate : candidates) std::cout << "     candidate: " << candidate << "\n";
}

static void lose(const sim& it, const std::string& create) {
  const auto fault = R"({"op":"inject","fault":{"match":{"create":")" + create + R"("},"delivery":{"send":"nothing","end":"reset"}}})";
  sim_tell(&it, fault.c_str());
}

// What stands in the server's record after each `part`, so many characters of it.
static std::vector<std::string> in_record(const sim& it, std::string_view part, std::size_t length) {
  const std::unique_ptr<char, void (*)(void*)> log(sim_control(&it, R"({"op":"log"})"), std::free);
  const std::string_view text(log.get());
  std::vector<std::string> found;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + part.size()))
    found.emplace_back(text.substr(at + part.size(), length));
  return found;
}

static void sent_again(const char* program) {
  std::cout << "7. A create whose answer is lost\n";
  sim it = sim_start(program, 3);
  {
    const auto client = akua::client::make(akua::client_options().base_url(it.url).token(it.token)).value();
    say("It is accepted, and nobody hears of it. The same bytes go out again under the same key:");
    lose(it, "create_cluster");
    const auto launched = client.clusters().create(akua::new_cluster().name("prod-eu").region_id("reg_1")).value();
    tell(launched.explain(), launched.candidates());
    const auto waited = client.operations().wait(*launched.resume_token()).value();
    const auto now = waited.now<akua::cluster>().value();
    std::cout << "   operation " << waited.operation_id() << ": succeeded; cluster " << now.id() << " is " << now.state() << " now\n";
    int called = 0;
    for (const auto& cluster : client.clusters().list()) called += cluster.value().name() == "prod-eu";
    const auto sent = in_record(it, R"("create":"create_cluster","created":)", 0).size();
    auto keys = in_record(it, R"("idempotency_key":")", 32);
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    std::cout << "   requests: " << sent << ", keys: " << keys.size() << ", clusters called prod-eu: " << called << "\n";
    expect(sent == 2 && keys.size() == 1 && called == 1 && now.name() == "prod-eu",
           "one cluster of two requests under one key");
  }
  sim_stop(&it);
}

static void nobody_knows(const char* program) {
  std::cout << "\n8. A create of which nobody can know\n";
  sim it = sim_start(program, 3);
  {
    const auto options = akua::client_options().base_url(it.url).token(it.broad_token).context("ws_1");
    const auto client = akua::client::make(options).value();
    const auto workspaces = client.workspaces();
    sim_tell(&it, R"({"op":"create","create":"create_workspace","set":{"name":"Team Blue","slug":"team-blue"}})");
    sim_tell(&it, R"({"op":"write","kind":"workspace","id":"ws_2","set":{"created_at":1700000000}})");
    say("There has been a workspace Team Blue for long. Its slug is taken, which is a refusal: nothing was made:");
    const auto refused = workspaces.create(akua::new_workspace().name("Team Blue").slug("team-blue"));
    expect(!refused && refused.error().status() == akua::status::rejected, "a refusal");
    tell(*refused.error().explain(), {});

    say("Without a slug it is made, as a colleague makes another one, and nobody hears of it. No key would stop a second one,");
    say("so it is not sent again:");
    sim_tell(&it, R"({"op":"script","script":{"when":"before","match":{"create":"create_workspace"},)"
                  R"("then":{"create":{"create":"create_workspace","set":{"name":"Team Blue"}}}}})");
    lose(it, "create_workspace");
    const auto made = workspaces.create(akua::new_workspace().name("Team Blue"));
    expect(!made && made.error().status() == akua::status::indeterminate, "an end that is open");
    const auto& unknown = made.error();
    const auto candidates = unknown.candidates();
    tell(*unknown.explain(), candidates);
    for (const auto& listed : workspaces.list()) {
      const auto& one = listed.value();
      if (one.name() != "Team Blue") continue;
      const bool is_one = std::find(candidates.begin(), candidates.end(), one.id()) != candidates.end();
      std::cout << "   " << one.id() << ": called " << one.name() << ", "
                << (is_one ? "may be no older than the request: a candidate" : "older than the request: none") << "\n";
    }
    say("Which of them is ours, if any, is for a person to say. Whoever takes up the token looks too, and sends nothing:");
    const auto still = client.resolve_launch(*unknown.resume_token(), akua::resume::finish);
    expect(!still && still.error().candidates() == candidates, "an end that is open still");
    say(first_line(*still.error().explain()));
    const auto sent = in_record(it, R"("create":"create_workspace","created":)", 0).size();
    std::cout << "   requests: " << sent << ", of them refused: 1\n";
    expect(candidates.size() == 2 && sent == 2, "two candidates, and nothing sent twice");
  }
  sim_stop(&it);
}

int main(int count, char** arguments) {
  const char* program = count > 1 ? arguments[1] : "akua-sim";
  sent_again(program);
  nobody_knows(program);
}
