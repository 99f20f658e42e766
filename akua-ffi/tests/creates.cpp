// Making clusters, from C++, against a simulator.
#include "checks.hpp"

using akua::status;
using namespace std::string_view_literals;

static bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

static std::size_t called(const akua::client& client, std::string_view name) {
  std::size_t count = 0;
  for (const auto& cluster : client.clusters().list()) count += static_cast<std::size_t>(cluster.value().name() == name);
  return count;
}

static void made(const akua::client& client) {
  const auto clusters = client.clusters();
  const auto launched =
      clusters.create(akua::new_cluster().name("prod-eu").region_id("reg_1").network_profile("linux_cilium"));
  CHECK(launched && launched->outcome() == "applied" && launched->operation_id() && launched->candidates().empty());
  const auto waited = client.operations().wait(*launched->resume_token());
  CHECK(waited && waited->now<akua::cluster>()->name() == "prod-eu");

  const auto one = akua::new_cluster().name("prod-once").region_id("reg_1");
  const auto once = clusters.create_once(one, "k-1"), again = clusters.create_once(one, "k-1");
  CHECK(once && again && once->id() == again->id() && called(client, "prod-once") == 1);
  CHECK(clusters.create_once(one).value().id() != once->id());
}

static void lost(const sim& it, const akua::client& client) {
  const auto clusters = client.clusters(akua::call_options().timeout(std::chrono::milliseconds(1500)));
  const auto one = akua::new_cluster().name("prod-us").region_id("reg_1");
  std::string kept;
  const auto not_kept = clusters.create(one, [](std::string_view) { return false; });
  CHECK(!not_kept && not_kept.error().status() == status::not_sent && called(client, "prod-us") == 0);
  sim_tell(&it,
           "{\"op\":\"inject\",\"fault\":{\"match\":{\"create\":\"create_cluster\"},\"times\":\"forever\","
           "\"delivery\":{\"send\":\"nothing\",\"end\":\"reset\"}}}");
  const auto unknown = clusters.create(one, [&](std::string_view token) {
    kept = token;
    return true;
  });
  CHECK(!unknown && unknown.error().status() == status::indeterminate && unknown.error().may_have_taken_effect());
  CHECK(unknown.error().resume_token() == std::string_view(kept) && unknown.error().candidates().size() == 1);
  CHECK(akua::resume_token_stage(kept).value() == akua::stage::launch);
  sim_tell(&it, "{\"op\":\"clear\"}");
  const auto settled = client.resolve_launch(kept, akua::resume::finish);
  CHECK(settled && settled->operation_id() && called(client, "prod-us") == 1);
}

static void refused(const akua::client& client) {
  const auto clusters = client.clusters();
  const auto missing = clusters.create(akua::new_cluster().name("prod"));
  CHECK(!missing && missing.error().status() == status::invalid_input && has(missing.error().message(), "`region_id` is missing"));
  CHECK(!clusters.create_once(akua::new_cluster()) && !clusters.create(akua::new_cluster().name("\xff").region_id("reg_1")));
  akua::new_cluster one = akua::new_cluster().name("prod").region_id("reg_1");
  const akua::new_cluster copy = one, elsewhere = std::move(one);
  CHECK(clusters.create(one).error().status() == status::misuse);  // NOLINT: what was moved from is told.
  CHECK(clusters.create_once(one).error().status() == status::misuse);
  akua::call_options gone;
  const akua::call_options moved = std::move(gone);
  CHECK(client.clusters(gone).create(copy).error().status() == status::misuse);
  CHECK(client.clusters(gone).create_once(copy).error().status() == status::misuse && called(client, "prod") == 0);
  CHECK(clusters.create(copy) && clusters.create(elsewhere) && called(client, "prod") == 2);
  int setters = 0;
  akua::new_cluster::each_setter([&](const char*, auto) { ++setters; });
  CHECK(setters == 3);
}

static void at_once(const akua::client& client) {
  const auto import = akua::cluster_import().name("edge").region_id("reg_1").kubeconfig("a-secret-kubeconfig");
  const auto done = client.clusters().import_cluster(import);
  CHECK(done && done->made() && !done->operation_id() && !done->resume_token() && done->outcome() == "applied");
  CHECK(client.clusters().get(*done->made()).value().name() == "edge");
  CHECK(client.clusters().import_cluster_once(import).value().name() == "edge" && called(client, "edge") == 2);
  const auto team = akua::new_workspace().name("Team Blue").slug("team-blue");
  const auto made = client.workspaces().create(team);
  // A token of one workspace may not see another one.
  CHECK(made && made->made()->substr(0, 3) == "ws_" && !made->operation_id());
  const auto taken = client.workspaces().create_once(team);
  CHECK(!taken && taken.error().status() == status::conflict && !taken.error().may_have_taken_effect());
}

static void bootstraps(const sim& it, const akua::client& client) {
  sim_tell(&it, "{\"op\":\"reset\"}");
  const auto of = akua::new_worker_bootstrap().cluster_id("clu_1").ttl_seconds(60);
  const auto done = client.worker_bootstraps().create(of);
  CHECK(done && done->made() == "clu_1/wbs_1");
  const auto made = done->resource<akua::worker_bootstrap>();
  CHECK(made && made->token()->expose() == "joins-nothing-wbs_1" && made->artifacts() && !has(made->json(), "joins-nothing"));
  CHECK(!done->resource<akua::cluster>());
  const auto bootstraps = client.worker_bootstraps(akua::call_options().cluster_id("clu_1"));
  int listed = 0;
  for (const auto& one : bootstraps.list()) listed += one && one->full_id() == "clu_1/wbs_1" && !one->token();
  CHECK(listed == 1);
  const auto once = client.worker_bootstraps().create_once(of);
  CHECK(once && once->command());
  CHECK(client.worker_bootstraps().revoke_once(once->full_id(), once->etag()));
  const auto revoked = client.worker_bootstraps().revoke(*made);
  CHECK(revoked && revoked->operation_id());
  const auto missing = client.worker_bootstraps().create(akua::new_worker_bootstrap());
  CHECK(!missing && has(missing.error().message(), "`cluster_id` is missing"));
}

int main(int count, char** arguments) {
  if (count != 2) return 2;
  sim it = sim_start(arguments[1], 4);
  {
    const auto client = akua::client::make(akua::client_options().base_url(it.url).token(it.token)).value();
    made(client);
    lost(it, client);
    refused(client);
    at_once(client);
    bootstraps(it, client);
  }
  sim_stop(&it);
  std::printf("%d checks\n", checks);
  return 0;
}
