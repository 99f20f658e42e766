// The main job in six scenes, against an Akua on this machine: make demo-c
#include <akua.hpp>
#include <iostream>

#include "../c/sim.h"

static void expect(bool shown, const char* what) {
  if (shown) return;
  std::cerr << "the demo did not show what it should: expected " << what << "\n";
  std::exit(1);
}

static void show(const akua::cluster& cluster) {
  std::cout << "   " << cluster.id() << ": \"" << cluster.name() << "\", " << cluster.state() << ", "
            << cluster.provider() << ", etag " << cluster.etag() << "\n";
}

static void reading(const akua::client& client) {
  std::cout << "1. Reading\n";
  show(client.clusters().get("clu_1").value());
  std::cout << "   all clusters:";
  for (const auto& cluster : client.clusters().list()) std::cout << " " << cluster.value().id();
  std::cout << "\n";
}

static void renaming(const akua::client& client) {
  std::cout << "\n2. Renaming a cluster under its etag\n";
  const auto cluster = client.clusters().get("clu_1").value();
  const auto patch = akua::cluster_patch().name("prod-eu");
  const auto renamed = client.clusters().update("clu_1", cluster.etag(), patch).value();
  std::cout << "   sent if-match " << cluster.etag() << "\n";
  show(renamed);
  expect(renamed.name() == "prod-eu" && renamed.etag() != cluster.etag(), "a new name and a new etag");
}

static void second_writer(const akua::client& client, const sim& it) {
  std::cout << "\n3. Somebody else is faster\n";
  const auto cluster = client.clusters().get("clu_1").value();
  sim_tell(&it, R"({"op":"write","kind":"cluster","id":"clu_1","set":{"name":"renamed-by-a-colleague"}})");
  std::cout << "   read etag " << cluster.etag() << "; meanwhile a colleague renames it\n";
  const auto refused = client.clusters().update("clu_1", cluster.etag(), akua::cluster_patch().name("prod-us"));
  expect(!refused && refused.error().status() == akua::status::conflict, "a conflict");
  std::cout << "   refused: " << refused.error().message() << "\n";
  const auto now = client.clusters().get("clu_1").value();
  show(now);
  expect(refused.error().current_etag() == now.etag() && !refused.error().may_have_taken_effect() &&
             now.name() == "renamed-by-a-colleague",
         "the etag that stands now, and the colleague's name");
}

static void moving(const akua::client& client) {
  std::cout << "\n4. Moving a cluster to another region, with an idempotency key sent twice\n";
  const auto clusters = client.clusters();
  const auto etag = std::string(clusters.get("clu_1").value().etag());
  const auto patch = akua::cluster_patch().region_id("eu-north-1");
  const auto first = clusters.update("clu_1", etag, patch, "move-clu_1-2026-11").value();
  const auto second = clusters.update("clu_1", etag, patch, "move-clu_1-2026-11").value();
  std::cout << "   first answer:  etag " << first.etag() << ", reconciling " << first.reconciling() << "\n"
            << "   second answer: etag " << second.etag() << " (the same: it was moved once)\n";
  expect(first.etag() == second.etag(), "one move for two requests");
}

static void slug(const akua::client& client) {
  std::cout << "\n5. Changing a workspace's slug\n";
  const auto workspaces = client.workspaces();
  const auto seen = workspaces.get("ws_1").value();
  const auto changed = workspaces.update("ws_1", seen.etag(), akua::workspace_patch().slug("team-blue")).value();
  std::cout << "   " << changed.id() << ": slug " << seen.slug() << " -> " << changed.slug() << ", etag " << seen.etag()
            << " -> " << changed.etag() << "\n";
  expect(changed.slug() == "team-blue", "the new slug");
}

static void bad_input(const akua::client& client, const sim& it) {
  std::cout << "\n6. Bad input is refused before anything is sent\n";
  const std::unique_ptr<char, void (*)(void*)> before(sim_control(&it, R"({"op":"log"})"), std::free);
  const auto clusters = client.clusters();
  std::string rockets;
  for (int i = 0; i < 101; ++i) rockets += "\xf0\x9f\x9a\x80";
  for (const auto& refused :
       {clusters.update("clu_1", "42", akua::cluster_patch().name(rockets)),
        clusters.update("clu_1", "*", akua::cluster_patch().name("never")), clusters.get("../clusters")}) {
    expect(!refused && refused.error().status() == akua::status::invalid_input, "bad input to be refused");
    std::cout << "   " << refused.error().message() << "\n";
  }
  const std::unique_ptr<char, void (*)(void*)> after(sim_control(&it, R"({"op":"log"})"), std::free);
  expect(std::string_view(before.get()) == after.get(), "nothing in the server's record");
}

int main(int count, char** arguments) {
  sim it = sim_start(count > 1 ? arguments[1] : "akua-sim", 3);
  const auto client = akua::client::make(akua::client_options().base_url(it.url).token(it.token)).value();
  std::cout << "C++: an Akua on this machine: " << client.base_url() << "\n\n" << std::boolalpha;
  reading(client);
  renaming(client);
  second_writer(client, it);
  moving(client);
  slug(client);
  bad_input(client, it);
  sim_stop(&it);
}
