// What there is one of for each cluster, from C++, against a simulator.
#include "checks.hpp"

using akua::status;
using settings = akua::cluster_compute_settings;
using settings_patch = akua::cluster_compute_settings_patch;

using capabilities = akua::cluster_capabilities;

static_assert(settings::readable && settings::writable && !settings::listed && akua::cluster::listed);
static_assert(capabilities::readable && !capabilities::writable && !capabilities::listed);

static bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

static void play(const sim& it, const akua::client& client) {
  const auto calls = client.compute_settings();
  const settings seen = calls.get("clu_1").value();
  CHECK(seen.cluster_id() == "clu_1" && seen.auto_scaling() == "active" && seen.max_machines() == 10);
  const settings changed = calls.update("clu_1", seen.etag(), settings_patch().max_machines(20)).value();
  CHECK(changed.cluster_id() == "clu_1" && changed.max_machines() == 20 && changed.etag() != seen.etag());

  // Somebody has changed something else, and then the same.
  const auto merged = calls.edit(seen, settings_patch().auto_scaling("paused")).value();
  CHECK(merged.outcome() == "applied" && merged.resource()->auto_scaling() == "paused");
  CHECK(merged.resource()->max_machines() == 20);
  const auto conflict = calls.edit(seen, settings_patch().max_machines(5));
  CHECK(!conflict && conflict.error().status() == status::conflict);
  CHECK(conflict.error().fields().at(0).name == "max_machines" && conflict.error().fields().at(0).theirs == "20");

  std::string token;
  const auto counted = calls.edit(
      "clu_1",
      [](const settings& current) -> akua::change<settings> {
        return settings_patch().max_machines(current.max_machines().value_or(0) + 1);
      },
      [&](std::string_view kept) {
        token = kept;
        return true;
      });
  CHECK(counted.value().resource()->max_machines() == 21);
  CHECK(akua::resume_token_kind(token).value() == "cluster_compute_settings");
  CHECK(calls.resolve(token, akua::resume::finish).value().outcome() == "applied");

  // The answer is lost, and the change lands once.
  sim_tell(&it, "{\"op\":\"inject\",\"fault\":{\"match\":{\"method\":\"PATCH\"},\"answer\":{\"status\":503}}}");
  CHECK(calls.edit("clu_1", settings_patch().max_machines(3)).value().proof() == akua::maybe_text("observed"));

  for (const auto& patch : {settings_patch().max_machines(101), settings_patch().max_machines(-1),
                            settings_patch().auto_scaling("stopped"), settings_patch()}) {
    const auto refused = calls.edit("clu_1", patch);
    CHECK(!refused && refused.error().status() == status::invalid_input && refused.error().effect() == "not_sent");
  }
  const auto keyed = calls.update("clu_1", seen.etag(), settings_patch().max_machines(1), "key");
  CHECK(!keyed && has(keyed.error().message(), "compute settings, which takes none"));
  CHECK(calls.get("clu_9").error().status() == status::not_found);
}

// What can only be read: what is known of it once it was refreshed.
static void refresh(const sim& it, const akua::client& client) {
  const auto calls = client.capabilities();
  const capabilities before = calls.get("clu_1").value();
  CHECK(before.cluster_id() == "clu_1" && before.nodes() == akua::maybe_text("[]") && !before.default_gateway());
  CHECK(before.freshness_state() == akua::maybe_text("missing") && before.freshness_max_age_seconds() == 300);
  CHECK(!before.freshness_age_seconds() && !before.freshness_last_successful_at() && !before.freshness_last_refresh_status());
  const auto launched = client.clusters().refresh_capabilities("clu_1").value();
  CHECK(client.operations().wait(*launched.operation_id()));
  const capabilities after = calls.get("clu_1").value();
  CHECK(after.freshness_state() == akua::maybe_text("fresh") && after.freshness_age_seconds() >= 0);
  CHECK(after.freshness_last_successful_at() > 0 && has(after.storage_classes().value(), "\"standard\""));

  sim_tell(&it, "{\"op\":\"contract\",\"set\":{\"freshness\":false}}");
  const capabilities silent = calls.get("clu_1").value();
  CHECK(!silent.freshness() && !silent.freshness_state() && !silent.freshness_max_age_seconds());
  CHECK(calls.get("clu_9").error().status() == status::not_found);
}

int main(int count, char** arguments) {
  if (count != 2) return 2;
  sim it = sim_start(arguments[1], 2);
  {
    const akua::client client = akua::client::make(akua::client_options().base_url(it.url).token(it.token)).value();
    play(it, client);
    refresh(it, client);
  }
  sim_stop(&it);
  std::printf("%d checks\n", checks);
}
