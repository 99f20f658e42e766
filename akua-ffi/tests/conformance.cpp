// The runner of C++: reads orders, makes the calls, writes reports (see conformance/README.md). It compares nothing.
#include "akua.hpp"

#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

using json = nlohmann::json;
using namespace std::chrono_literals;

static akua::maybe_text text(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  return std::string_view(found->get_ref<const std::string&>());
}

// What is not there stays out of a report.
static void put(json& object, const char* name, const akua::maybe_text& text) {
  if (text) object[name] = *text;
}

// Values of properties; a number and a time are texts of digits.
static void put_property(json& r, const char* name, std::string_view text) { r[name] = text; }
static void put_property(json& r, const char* name, const akua::maybe_text& text) { put(r, name, text); }
static void put_property(json& r, const char* name, bool flag) { r[name] = flag; }
static void put_property(json& r, const char* name, std::int64_t seconds) {
  if (seconds != INT64_MIN) r[name] = std::to_string(seconds);
}
[[maybe_unused]] static void put_property(json& r, const char* name, const std::optional<std::int64_t>& number) {
  if (number) r[name] = std::to_string(*number);
}

// Every property of a kind, also of one that is added later.
template <class R, std::enable_if_t<std::is_base_of_v<akua::detail::shown, R>, int> = 0>
static json report(const R& it) {
  json r = json::object();
  it.each_property([&](const std::string& name, const auto& value) {
    put_property(r, name.c_str(), value);
  });
  r["json"] = it.json();
  return r;
}

static json problems(const akua::error& error) {
  json all = json::array();
  for (const auto& [field, message] : error.problems()) all.push_back({{"field", field}, {"message", message}});
  return all;
}

static json server_errors(const akua::error& error) {
  json all = json::array();
  for (const auto& one : error.server_errors()) {
    json entry = {{"message", one.message}, {"path", one.path}, {"metadata", json::object()}};
    put(entry, "code", one.code);
    for (const auto& [name, value] : one.metadata) entry["metadata"][std::string(name)] = value;
    all.push_back(entry);
  }
  return all;
}

static json fields(const std::vector<akua::field>& fields) {
  json all = json::array();
  for (const auto& one : fields) {
    json entry = {{"field", one.name}};
    put(entry, "base", one.base);
    put(entry, "ours", one.ours);
    put(entry, "theirs", one.theirs);
    put(entry, "state", one.state);
    entry["absent"] = one.absent;
    all.push_back(entry);
  }
  return all;
}

// All that an error tells, whether or not it is the end of an edit or a wait.
static json report(const akua::error& error) {
  json r = {{"kind", error.kind()},
            {"effect", error.effect()},
            {"may_have_taken_effect", error.may_have_taken_effect()},
            {"server_errors", server_errors(error)},
            {"problems", problems(error)},
            {"fields", fields(error.fields())},
            {"attempts", error.attempts()},
            {"requests", error.requests()}};
  put(r, "end", error.end());
  put(r, "cause", error.cause());
  if (error.http_status() != 0) r["status"] = error.http_status();
  if (error.retry_after()) r["retry_after_ms"] = error.retry_after()->count();
  put(r, "request_id", error.request_id());
  put(r, "etag", error.etag());
  put(r, "current_etag", error.current_etag());
  put(r, "seen_etag", error.seen_etag());
  if (error.effect() == "unknown") r["may_still_land"] = error.may_still_land();
  put(r, "resume_token", error.resume_token());
  put(r, "operation", error.operation_id());
  r["candidates"] = error.candidates();
  put(r, "blocked_on", error.blocked_on());
  put(r, "asked_here", error.asked_here());
  r["later"] = error.later();
  return r;
}

template <class R>
static void report_edited(json& r, const akua::result<akua::edited<R>>& edited) {
  if (!edited) {
    r[edited.error().outcome() ? "edited" : "error"] = report(edited.error());
    return;
  }
  json& e = r["edited"] = {{"kind", "ok"},
                           {"effect", edited->outcome()},
                           {"may_have_taken_effect", edited->outcome() == "applied"},
                           {"end", edited->outcome()},
                           {"etag", edited->etag()},
                           {"attempts", edited->attempts()},
                           {"requests", edited->requests()}};
  put(e, "proof", edited->proof());
  if (edited->resource()) e["resource"] = report(*edited->resource());
  if (const auto why = edited->unreadable()) {
    e["kind"] = why->kind();
    e["status"] = why->http_status();
    e["problems"] = problems(*why);
  }
  e["adjusted"] = fields(edited->adjusted());
  e["not_taken"] = fields(edited->not_taken());
}

static void report_launched(json& r, const akua::result<akua::launched>& launched) {
  if (!launched) {
    r[launched.error().outcome() ? "launched" : "error"] = report(launched.error());
    return;
  }
  json& l = r["launched"] = {{"kind", "ok"},
                             {"effect", launched->outcome()},
                             {"may_have_taken_effect", launched->outcome() == "applied"},
                             {"end", launched->outcome()},
                             {"candidates", launched->candidates()},
                             {"attempts", launched->attempts()},
                             {"requests", launched->requests()}};
  put(l, "proof", launched->proof());
  put(l, "operation", launched->operation_id());
  put(l, "made", launched->made());
  put(l, "resume_token", launched->resume_token());
  put(l, "seen_etag", launched->seen_etag());
}

// What stands there after a wait that has ended so.
static void put_now(json& w, const akua::error& ended) {
  if (const auto cluster = ended.resource<akua::cluster>()) w["resource"] = report(*cluster);
  if (const auto workspace = ended.resource<akua::workspace>()) w["resource"] = report(*workspace);
}

static json wait(const akua::collection<akua::operation>& operations, const json& call) {
  static const std::map<std::string, akua::asked> ways = {{"", akua::asked::by_token},
                                                          {"yes", akua::asked::yes},
                                                          {"no", akua::asked::no},
                                                          {"unknown", akua::asked::unknown}};
  const auto awaited = call.contains("operation") ? call.value("operation", "") : call.value("resume_token", "");
  const auto waited = operations.wait(awaited, ways.at(call.value("asked", "")));
  json r = json::object();
  if (!waited) {
    json& w = r[waited.error().outcome() ? "waited" : "error"] = report(waited.error());
    if (waited.error().outcome()) put_now(w, waited.error());
    return r;
  }
  json& w = r["waited"] = {{"kind", "ok"},
                           {"effect", "not_applied"},
                           {"may_have_taken_effect", false},
                           {"end", "succeeded"},
                           {"operation", waited->operation_id()},
                           {"later", waited->later()},
                           {"attempts", waited->attempts()},
                           {"requests", waited->requests()}};
  put(w, "seen_etag", waited->seen_etag());
  if (const auto cluster = waited->now<akua::cluster>()) w["resource"] = report(*cluster);
  if (const auto workspace = waited->now<akua::workspace>()) w["resource"] = report(*workspace);
  return r;
}

// Sets the property `name` of a patch by its setter.
template <class Patch>
static void set(Patch& patch, const std::string& name, const json& value) {
  Patch::each_setter([&](const char* known, auto setter) {
    if (name != known) return;
    if constexpr (std::is_invocable_v<decltype(setter), Patch&, std::string_view>)
      (patch.*setter)(value.is_string() ? std::string_view(value.get_ref<const std::string&>()) : value.dump());
    else if constexpr (std::is_same_v<decltype(setter), Patch& (Patch::*)(bool)>)
      (patch.*setter)(value.get<bool>());
    else
      (patch.*setter)(value.get<std::int64_t>());
  });
}

template <class Patch>
static Patch patch_of(const json& values) {
  Patch patch;
  for (const auto& [name, value] : values.items()) set(patch, name, value);
  return patch;
}

template <class R>
static json read(const akua::collection<R>& plain, const json& call) {
  json r = json::object();
  if (call.at("do") == "get") {
    if constexpr (R::readable) {
      const auto got = plain.get(call.value("id", ""));
      r[got ? "resource" : "error"] = got ? report(*got) : report(got.error());
    }
  } else if constexpr (R::listed) {
    r["items"] = json::array();
    for (const auto& item : plain.list()) {
      if (item)
        r["items"].push_back(report(*item));
      else
        r["error"] = report(item.error());
    }
  }
  return r;
}

template <class R>
static json write(const akua::collection<R>& plain, const akua::collection<R>& with_policy, const json& call) {
  using Patch = typename R::patch;
  json r = json::object();
  const auto what = call.at("do").get<std::string>();
  const std::string id = call.value("id", "");
  if (what == "update") {
    const auto patch = patch_of<Patch>(call.at("patch"));
    const auto etag = call.at("if_match").get<std::string>();
    const auto updated = plain.update(id, etag, patch, text(call, "idempotency_key"));
    r[updated ? "resource" : "error"] = updated ? report(*updated) : report(updated.error());
  } else if (what == "edit" || what == "edit_with") {
    std::optional<R> seen;
    if (call.value("seen", false)) {
      const auto got = plain.get(id);
      if (!got) return {{"error", report(got.error())}};
      seen = *got;
    }
    if (what == "edit") {
      const auto patch = patch_of<Patch>(call.at("patch"));
      report_edited(r, seen ? with_policy.edit(*seen, patch) : with_policy.edit(id, patch));
      return r;
    }
    std::size_t turn = 0;
    r["asked"] = json::array();
    const auto closure = [&](const R& current) -> akua::change<R> {
      r["asked"].push_back(current.etag());
      const json& turns = call.at("closure");
      if (turn >= turns.size()) return akua::give_up{"the closure was called too often"};
      const json& todo = turns[turn++];
      if (const auto why = text(todo, "fail")) return akua::give_up{std::string(*why)};
      if (const auto more = text(todo, "append")) {
        const akua_str name = akua_resource_text(current.handle(), AKUA_NAME, nullptr);
        return patch_of<Patch>({{"name", std::string(name.data, name.len) + std::string(*more)}});
      }
      if (todo.contains("patch")) return patch_of<Patch>(todo.at("patch"));
      return std::nullopt;
    };
    report_edited(r, seen ? with_policy.edit(*seen, closure) : with_policy.edit(id, closure));
  } else if (what == "resolve") {
    const auto mode = text(call, "mode");
    const auto how = mode == "look" ? akua::resume::look : mode == "finish" ? akua::resume::finish : akua::resume();
    const auto kubeconfig = text(call, "kubeconfig");
    const auto secrets = kubeconfig ? patch_of<Patch>({{"kubeconfig", *kubeconfig}}) : Patch();
    report_edited(r, with_policy.resolve(*text(call, "resume_token"), how, kubeconfig ? &secrets : nullptr));
  } else {
    const auto settled = plain.wait_settled(id);
    if (settled) {
      r["settled"] = {{"kind", "ok"},
                      {"effect", "not_applied"},
                      {"may_have_taken_effect", false},
                      {"end", "settled"},
                      {"etag", settled->etag()},
                      {"seen_etag", settled->etag()},
                      {"attempts", 0},
                      {"requests", 0}};
    } else if (settled.error().outcome()) {
      r["settled"] = report(settled.error());
    } else {
      r["error"] = report(settled.error());
    }
  }
  return r;
}

static json launch_once(const akua::client& client, const json& call) {
  const auto clusters = client.clusters();
  const auto what = call.at("do").get<std::string>();
  const auto id = call.value("id", ""), etag = call.value("if_match", "");
  const auto key = text(call, "idempotency_key");
  if (what == "revoke_once") {
    const auto made = client.worker_bootstraps().revoke_once(id, etag, key);
    return {{made ? "resource" : "error", made ? report(*made) : report(made.error())}};
  }
  if (what == "create_once" || what == "import_once") {
    const json& of = call.at("new");
    const auto got = [](const auto& made) -> json {
      return {{made ? "resource" : "error", made ? report(*made) : report(made.error())}};
    };
    if (call.value("kind", "") == "workspace") return got(client.workspaces().create_once(patch_of<akua::new_workspace>(of)));
    if (what == "import_once") return got(clusters.import_cluster_once(patch_of<akua::cluster_import>(of), key));
    return got(clusters.create_once(patch_of<akua::new_cluster>(of), key));
  }
  const auto made = what == "suspend_once"                 ? clusters.suspend_once(id, etag, key)
                    : what == "resume_once"                ? clusters.resume_once(id, etag, key)
                    : what == "refresh_capabilities_once"  ? clusters.refresh_capabilities_once(id, key)
                    : what == "cancel_operation_once"      ? client.operations().cancel_once(id, key)
                    : call.value("kind", "") == "workspace" ? client.workspaces().remove_once(id, etag, key)
                                                            : clusters.remove_once(id, etag, key);
  return {{made ? "resource" : "error", made ? report(*made) : report(made.error())}};
}

template <class R, class Launch>
static json launch(const akua::client& client, const json& call, Launch&& launch) {
  json r = json::object();
  const auto id = call.value("id", "");
  if (!call.value("seen", false)) {
    report_launched(r, launch(std::string_view(id)));
    return r;
  }
  const auto seen = client.template collection<R>().get(id);
  if (!seen) return {{"error", report(seen.error())}};
  report_launched(r, launch(*seen));
  return r;
}

static json launch(const akua::client& client, const akua::call_options& policed, const json& call) {
  const auto what = call.at("do").get<std::string>();
  const auto clusters = client.clusters(policed);
  if (what == "create" || what == "import") {
    json r = json::object();
    const json& of = call.at("new");
    if (what == "import")
      report_launched(r, clusters.import_cluster(patch_of<akua::cluster_import>(of)));
    else if (call.value("kind", "") == "workspace")
      report_launched(r, client.workspaces(policed).create(patch_of<akua::new_workspace>(of)));
    else
      report_launched(r, clusters.create(patch_of<akua::new_cluster>(of)));
    return r;
  }
  if (what == "revoke") {
    const auto bootstraps = client.worker_bootstraps(policed);
    return launch<akua::worker_bootstrap>(client, call, [&](const auto& target) { return bootstraps.revoke(target); });
  }
  if (what == "suspend")
    return launch<akua::cluster>(client, call, [&](const auto& target) { return clusters.suspend(target); });
  if (what == "resume")
    return launch<akua::cluster>(client, call, [&](const auto& target) { return clusters.resume(target); });
  if (what == "refresh_capabilities")
    return launch<akua::cluster>(client, call,
                                 [&](const auto& target) { return clusters.refresh_capabilities(target); });
  if (what == "cancel_operation") {
    const auto operations = client.operations(policed);
    return launch<akua::operation>(client, call, [&](const auto& target) { return operations.cancel(target); });
  }
  if (call.value("kind", "") == "workspace") {
    const auto workspaces = client.workspaces(policed);
    return launch<akua::workspace>(client, call, [&](const auto& target) { return workspaces.remove(target); });
  }
  return launch<akua::cluster>(client, call, [&](const auto& target) { return clusters.remove(target); });
}

// What lets machines join, whose answer shows secrets, and whatever is shown meanwhile.
static json bootstrap(const akua::client& client, const akua::call_options& policed, const json& call) {
  json r = {{"shown", {"a resource shows its JSON"}}};
  auto note = [&](std::string_view line) noexcept { r["shown"].push_back(line); };
  const auto told = [&](const akua::error& why) {
    note(why.message());
    for (const auto& text : {why.hint(), why.detail(), why.explain()}) note(text.value_or(std::string_view()));
  };
  const auto of = patch_of<akua::new_worker_bootstrap>(call.at("new"));
  std::optional<akua::worker_bootstrap> made;
  akua::log_to(&note);
  if (call.at("do") == "create") {
    const auto launched = client.worker_bootstraps(policed).create(of);
    report_launched(r, launched);
    if (launched) {
      note(launched->explain());
      made = launched->resource<akua::worker_bootstrap>();
      if (made) r["launched"]["resource"] = report(*made);
    } else {
      told(launched.error());
    }
  } else {
    const auto once = client.worker_bootstraps().create_once(of, text(call, "idempotency_key"));
    r[once ? "resource" : "error"] = once ? report(*once) : report(once.error());
    if (once)
      made = *once;
    else
      told(once.error());
  }
  akua::log_to(nullptr);
  if (!made) return r;
  const auto secret = [&](const char* name, const std::optional<akua::secret>& one) {
    if (one) r["secrets"][name] = one->expose();
  };
  secret("token", made->token());
  secret("command", made->command());
  secret("cloud_init", made->cloud_init());
  secret("artifacts", made->artifacts());
  return r;
}

// A kubeconfig, and whatever is shown while it is read.
static json kubeconfig(const akua::client& client, const json& call) {
  json r = {{"shown", json::array()}};
  auto note = [&](std::string_view line) noexcept { r["shown"].push_back(line); };
  akua::log_to(&note);
  const auto secret = client.clusters().kubeconfig(call.value("id", ""));
  akua::log_to(nullptr);
  if (secret) {
    r["kubeconfig"] = secret->expose();
    return r;
  }
  const akua::error& why = secret.error();
  note(why.message());
  for (const auto& text : {why.hint(), why.detail(), why.explain()}) note(text.value_or(std::string_view()));
  r["error"] = report(why);
  return r;
}

// Any request, and whatever is shown while it is sent.
static json request(const akua::client& client, const json& call) {
  json r = {{"shown", {"a request and an answer show nothing by themselves"}}};
  auto note = [&](std::string_view line) noexcept { r["shown"].push_back(line); };
  akua::log_to(&note);
  akua::request one(call.value("method", ""), call.value("path", ""));
  for (const auto& [name, value] : call.value("query", std::vector<std::pair<std::string, std::string>>()))
    one.query(name, value);
  if (const auto body = text(call, "body")) one.body(*body);
  if (const auto etag = text(call, "if_match")) one.if_match(*etag);
  if (const auto key = text(call, "idempotency_key")) one.idempotency_key(*key);
  const auto context = text(call, "context");
  const auto answer = context ? client.request(one, akua::call_options().context(*context)) : client.request(one);
  akua::log_to(nullptr);
  if (answer) {
    json& a = r["answered"] = {{"status", answer->http_status()}};
    put(a, "json", answer->json());
    put(a, "etag", answer->etag());
    put(a, "request_id", answer->request_id());
    return r;
  }
  const akua::error& why = answer.error();
  note(why.message());
  for (const auto& text : {why.hint(), why.detail(), why.explain()}) note(text.value_or(std::string_view()));
  r["error"] = report(why);
  return r;
}

// Launches, waits and requests, which are no calls of one kind alone.
static std::optional<json> operate(const akua::client& client, const akua::call_options& policed, const json& order) {
  static const std::set<std::string> launches = {"suspend", "resume", "delete", "refresh_capabilities",
                                                 "cancel_operation", "create", "import", "revoke"};
  const json& call = order.at("call");
  const auto what = call.at("do").get<std::string>();
  if (call.value("kind", "") == "worker_bootstrap" && (what == "create" || what == "create_once"))
    return bootstrap(client, policed, call);
  if (launches.count(what)) return launch(client, policed, call);
  if (what == "kubeconfig") return kubeconfig(client, call);
  if (what == "request") return request(client, call);
  if (what == "resolve_launch") {
    const auto mode = text(call, "mode");
    const auto how = mode == "look" ? akua::resume::look : akua::resume::finish;
    json r = json::object();
    report_launched(r, client.resolve_launch(*text(call, "resume_token"), how, policed));
    return r;
  }
  if (what == "wait") {
    akua::call_options options;
    const json& settings = order.at("client");
    if (settings.contains("timeout_ms"))
      options.timeout(std::chrono::milliseconds(settings["timeout_ms"].get<std::int64_t>()));
    return wait(client.operations(options), call);
  }
  if (what.size() > 5 && what.compare(what.size() - 5, 5, "_once") == 0) return launch_once(client, call);
  return std::nullopt;
}

static akua::client_options settings(const json& client) {
  const json none = json::object();
  const json& contract = client.contains("contract") ? client["contract"] : none;
  const json& retry = client.contains("retry") ? client["retry"] : none;
  const auto ms = [](const json& value) { return std::chrono::milliseconds(value.get<std::int64_t>()); };
  akua::client_options o;
  o.base_url(*text(client, "base_url")).token(*text(client, "token"));
  if (const auto context = text(client, "context")) o.context(*context);
  if (client.contains("timeout_ms")) o.timeout(ms(client["timeout_ms"]));
  if (client.contains("max_response_bytes")) o.max_response_bytes(client["max_response_bytes"].get<std::size_t>());
  if (retry.contains("attempts")) o.retry_attempts(retry["attempts"].get<std::uint32_t>());
  if (retry.contains("base_ms")) o.retry_base(ms(retry["base_ms"]));
  if (retry.contains("cap_ms")) o.retry_cap(ms(retry["cap_ms"]));
  static const std::map<std::string, akua_option> switches = {
      {"key_retention_ms", AKUA_OPTION_CONTRACT_KEY_RETENTION},
      {"clock_skew_ms", AKUA_OPTION_CONTRACT_CLOCK_SKEW},
      {"etag_never_repeats", AKUA_OPTION_CONTRACT_ETAG_NEVER_REPEATS},
      {"key_checked_before_if_match", AKUA_OPTION_CONTRACT_KEY_CHECKED_BEFORE_IF_MATCH},
      {"stores_rejections_per_key", AKUA_OPTION_CONTRACT_STORES_REJECTIONS_PER_KEY},
      {"reads_linearizable", AKUA_OPTION_CONTRACT_READS_LINEARIZABLE},
      {"etag_covers_write_only", AKUA_OPTION_CONTRACT_ETAG_COVERS_WRITE_ONLY},
      {"hidden_retries", AKUA_OPTION_CONTRACT_HIDDEN_RETRIES},
      {"answers_show_written_version", AKUA_OPTION_CONTRACT_ANSWERS_SHOW_WRITTEN_VERSION},
      {"conflicts_name_current_etag", AKUA_OPTION_CONTRACT_CONFLICTS_NAME_CURRENT_ETAG},
      {"accept_moves_etag", AKUA_OPTION_CONTRACT_ACCEPT_MOVES_ETAG},
      {"action_keys_replay_ms", AKUA_OPTION_CONTRACT_ACTION_KEYS_REPLAY},
      {"create_keys_replay_ms", AKUA_OPTION_CONTRACT_CREATE_KEYS_REPLAY},
      {"not_found_means_gone", AKUA_OPTION_CONTRACT_NOT_FOUND_MEANS_GONE},
      {"ids_never_reused", AKUA_OPTION_CONTRACT_IDS_NEVER_REUSED},
      {"completed_is_final", AKUA_OPTION_CONTRACT_COMPLETED_IS_FINAL},
      {"operation_kept_ms", AKUA_OPTION_CONTRACT_OPERATION_KEPT}};
  for (const auto& [name, value] : contract.items()) {
    if (value.is_boolean())
      o.contract(switches.at(name), value.get<bool>());
    else
      o.contract(switches.at(name), ms(value));
  }
  return o;
}

static akua::call_options policy(const json& client) {
  akua::call_options o;
  if (!client.contains("policy")) return o;
  const json& given = client["policy"];
  if (const auto name = text(given, "on_conflict"))
    o.on_conflict(name == "fail"     ? akua::on_conflict::fail
                  : name == "rebase" ? akua::on_conflict::rebase
                                     : akua::on_conflict());
  if (given.contains("overwrite_unseen")) o.overwrite_unseen(given["overwrite_unseen"].get<bool>());
  if (given.contains("attempts")) o.max_attempts(given["attempts"].get<std::uint32_t>());
  if (given.contains("deadline_ms")) o.timeout(std::chrono::milliseconds(given["deadline_ms"].get<std::int64_t>()));
  return o;
}

int main() {
  std::string line;
  while (std::getline(std::cin, line)) {
    const json order = json::parse(line);
    const json& call = order.at("call");
    json r;
    if (const auto client = akua::client::make(settings(order.at("client")))) {
      akua::call_options plain;
      if (call.contains("limit")) plain.page_size(call["limit"].get<std::uint64_t>());
      if (const auto cursor = text(call, "cursor")) plain.cursor(*cursor);
      if (const auto type = text(call, "owner_type")) plain.owner_type(*type);
      if (const auto owner = text(call, "owner_id")) plain.owner_id(*owner);
      if (const auto cluster = text(call, "cluster_id")) plain.cluster_id(*cluster);
      const auto policed = policy(order.at("client"));
      if (policed.refused())
        r["error"] = report(*policed.refused());
      else if (const auto operated = operate(*client, policed, order))
        r = *operated;
      else
        akua::each_kind([&](const auto* of) {
          using R = std::remove_cv_t<std::remove_pointer_t<decltype(of)>>;
          if (akua_kind_named(akua_str_of(call.value("kind", "cluster").c_str())) != R::kind) return;
          const auto what = call.at("do").get<std::string>();
          if (what == "get" || what == "list")
            r = read<R>(client->collection<R>(plain), call);
          else if constexpr (R::writable)
            r = write<R>(client->collection<R>(plain), client->collection<R>(policed), call);
        });
    } else {
      r["error"] = report(client.error());
    }
    std::cout << r.dump() << std::endl;
  }
}
