// The runner of C++: reads orders, makes the calls, writes reports (see conformance/README.md). It compares nothing.
#include "akua.hpp"

#include <iostream>
#include <nlohmann/json.hpp>

using json = nlohmann::json;
using namespace std::chrono_literals;

// What is not there stays out of a report.
static void put(json& object, const char* name, const akua::maybe_text& text) {
  if (text) object[name] = *text;
}

static void put_seconds(json& object, const char* name, std::int64_t seconds) {
  if (seconds != INT64_MIN) object[name] = std::to_string(seconds);
}

static json report(const akua::cluster& it) {
  json r = {{"id", it.id()},
            {"etag", it.etag()},
            {"name", it.name()},
            {"state", it.state()},
            {"provider", it.provider()},
            {"workspace_id", it.workspace_id()},
            {"json", it.json()},
            {"reconciling", it.reconciling()}};
  put(r, "html_url", it.html_url());
  put_seconds(r, "created_at", it.created_at());
  put_seconds(r, "updated_at", it.updated_at());
  return r;
}

static json report(const akua::workspace& it) {
  json r = {{"id", it.id()}, {"etag", it.etag()}, {"name", it.name()}, {"slug", it.slug()}, {"json", it.json()}};
  put(r, "plan_tier", it.plan_tier());
  put(r, "plan_billed_by", it.plan_billed_by());
  put(r, "workspace_class", it.workspace_class());
  put_seconds(r, "created_at", it.created_at());
  put_seconds(r, "updated_at", it.updated_at());
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
  const bool ignored = error.status() == akua::status::ignored;
  if (const auto end = error.outcome()) r["end"] = *end == "not_applied" ? akua::name(error.status()) : *end;
  put(r, "cause", error.cause());
  if (error.http_status() != 0) r["status"] = error.http_status();
  if (error.retry_after()) r["retry_after_ms"] = error.retry_after()->count();
  put(r, "request_id", error.request_id());
  put(r, "etag", ignored ? error.current_etag() : error.new_etag());
  put(r, "current_etag", error.current_etag());
  if (!ignored && error.cluster()) r["seen_etag"] = error.cluster()->etag();
  if (!ignored && error.workspace()) r["seen_etag"] = error.workspace()->etag();
  if (error.effect() == "unknown") r["may_still_land"] = error.may_still_land();
  put(r, "resume_token", error.resume_token());
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

static void set(akua::cluster_patch& patch, const std::string& name, const std::string& value) {
  if (name == "name") patch.name(value);
  if (name == "region_id") patch.region_id(value);
  if (name == "provider") patch.provider(value);
  if (name == "kubeconfig") patch.kubeconfig(value);
}

static void set(akua::workspace_patch& patch, const std::string& name, const std::string& value) {
  if (name == "name") patch.name(value);
  if (name == "slug") patch.slug(value);
}

template <class Patch>
static Patch patch_of(const json& values) {
  Patch patch;
  for (const auto& [name, value] : values.items()) set(patch, name, value.template get<std::string>());
  return patch;
}

static akua::maybe_text text(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  return std::string_view(found->template get_ref<const std::string&>());
}

template <class R, class Patch>
static json run(const akua::collection<R>& plain, const akua::collection<R>& with_policy, const json& call) {
  json r = json::object();
  const auto what = call.at("do").get<std::string>();
  const std::string id = call.value("id", "");
  if (what == "get") {
    const auto got = plain.get(id);
    r[got ? "resource" : "error"] = got ? report(*got) : report(got.error());
  } else if (what == "list") {
    r["items"] = json::array();
    for (const auto& item : plain.list()) {
      if (item)
        r["items"].push_back(report(*item));
      else
        r["error"] = report(item.error());
    }
  } else if (what == "update") {
    const auto patch = patch_of<Patch>(call.at("patch"));
    const auto etag = call.at("if_match").get<std::string>();
    auto updated = [&] {
      if constexpr (std::is_same_v<R, akua::cluster>)
        if (const auto key = text(call, "idempotency_key")) return plain.update(id, etag, patch, *key);
      return plain.update(id, etag, patch);
    }();
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
      if (const auto more = text(todo, "append")) return Patch().name(std::string(current.name()) + std::string(*more));
      if (todo.contains("patch")) return patch_of<Patch>(todo.at("patch"));
      return std::nullopt;
    };
    report_edited(r, seen ? with_policy.edit(*seen, closure) : with_policy.edit(id, closure));
  } else if (what == "resolve") {
    const auto mode = text(call, "mode");
    const auto how = mode == "look" ? akua::resume::look : mode == "finish" ? akua::resume::finish : akua::resume();
    report_edited(r, with_policy.resolve(*text(call, "resume_token"), how, text(call, "kubeconfig")));
  } else if constexpr (std::is_same_v<R, akua::cluster>) {
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
  if (retry.contains("attempts")) o.read_attempts(retry["attempts"].get<std::uint32_t>());
  if (retry.contains("base_ms") || retry.contains("cap_ms"))
    o.read_backoff(retry.contains("base_ms") ? ms(retry["base_ms"]) : 200ms,
                   retry.contains("cap_ms") ? ms(retry["cap_ms"]) : 5000ms);
  for (const auto& [name, value] : contract.items()) {
    if (name == "key_retention_ms") o.contract_key_retention(ms(value));
    if (name == "etag_never_repeats") o.contract_etag_never_repeats(value.get<bool>());
    if (name == "key_checked_before_if_match") o.contract_key_checked_before_if_match(value.get<bool>());
    if (name == "stores_rejections_per_key") o.contract_stores_rejections_per_key(value.get<bool>());
    if (name == "reads_linearizable") o.contract_reads_linearizable(value.get<bool>());
    if (name == "etag_covers_write_only") o.contract_etag_covers_write_only(value.get<bool>());
    if (name == "hidden_retries") o.contract_hidden_retries(value.get<bool>());
    if (name == "answers_show_written_version") o.contract_answers_show_written_version(value.get<bool>());
    if (name == "conflicts_name_current_etag") o.contract_conflicts_name_current_etag(value.get<bool>());
    if (name == "clock_skew_ms") o.contract_clock_skew(ms(value));
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
  if (given.contains("attempts")) o.attempts(given["attempts"].get<std::uint32_t>());
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
      if (call.contains("limit")) plain.page_items(call["limit"].get<std::uint64_t>());
      if (const auto cursor = text(call, "cursor")) plain.page_cursor(*cursor);
      const auto policed = policy(order.at("client"));
      if (policed.refused())
        r["error"] = report(*policed.refused());
      else
        r = call.value("kind", "") == "workspace"
                ? run<akua::workspace, akua::workspace_patch>(client->workspaces(plain), client->workspaces(policed),
                                                              call)
                : run<akua::cluster, akua::cluster_patch>(client->clusters(plain), client->clusters(policed), call);
    } else {
      r["error"] = report(client.error());
    }
    std::cout << r.dump() << std::endl;
  }
}
