// Whatever was moved from and is used afterwards: a clear misuse, never OK, never a crash. Against a simulator, so that
// whatever would go out by mistake is seen.
#include "akua.hpp"

#include "../../examples/c/sim.h"

#include <functional>

using akua::status;

static int checks;

#define CHECK(holds)                                                                             \
  do {                                                                                           \
    ++checks;                                                                                    \
    if (!(holds)) {                                                                              \
      std::fprintf(stderr, "%s:%d: %s: not so: %s\n", __FILE__, __LINE__, what.c_str(), #holds); \
      std::exit(1);                                                                              \
    }                                                                                            \
  } while (0)

// Leaves `one` as whoever took its value leaves it.
template <class T>
static T taken(T& one) {
  return T(std::move(one));
}

// `one`, and a moved-from one of its kind.
template <class T>
static T leftover(T one) {
  const T elsewhere = taken(one);
  return one;
}

static akua::client_options settings(const sim& it) {
  return akua::client_options().base_url(it.url).token(it.token);
}

template <class T>
static std::optional<akua::error> why(const akua::result<T>& result) {
  return result ? std::nullopt : std::optional(result.error());
}

template <class R>
static std::optional<akua::error> first_of(akua::list<R> list) {
  std::optional<akua::error> found;
  int items = 0;
  for (const auto& item : list) {
    ++items;
    if (!item) found = item.error();
  }
  return items == 1 ? found : std::nullopt;
}

struct use {
  std::string name;
  std::function<std::optional<akua::error>()> make;
};

// All of the header's types that can be moved from, in every place that takes them or that they can be asked in.
static std::vector<use> uses(const sim& it, const akua::client& client) {
  const auto clusters = client.clusters();
  const auto workspaces = client.workspaces();
  const akua::cluster seen = *clusters.get("clu_1");
  const akua::workspace space = *workspaces.get("ws_1");
  const akua::edited<akua::cluster> done = *clusters.edit("clu_1", akua::cluster_patch().name("done"));
  const auto name = [] { return akua::cluster_patch().name("never"); };
  const auto slug = [] { return akua::workspace_patch().name("never"); };
  using patch = akua::cluster_patch;
  using change = akua::change<akua::cluster>;
  std::vector<use> all = {
      {"a patch, updated with", [=] { return why(clusters.update("clu_1", "43", leftover(name()))); }},
      {"a patch, updated with under a key", [=] { return why(clusters.update("clu_1", "43", leftover(name()), "k")); }},
      {"a patch, edited with", [=] { return why(clusters.edit("clu_1", leftover(name()))); }},
      {"a patch, edited with what was seen", [=] { return why(clusters.edit(seen, leftover(name()))); }},
      {"a patch with a bad value",
       [=] {
         akua::cluster_patch bad = name().name("\xff");
         const akua::cluster_patch elsewhere = std::move(bad);
         return why(clusters.edit("clu_1", bad));
       }},
      {"a patch that is set anew", [=] { return why(clusters.edit("clu_1", leftover(name()).name("again"))); }},
      {"a copy of a patch",
       [=] {
         const akua::cluster_patch left = leftover(name()), copy = left;
         return why(clusters.edit("clu_1", copy));
       }},
      {"a patch that is assigned from",
       [=] {
         akua::cluster_patch one = name(), other = name();
         one = std::move(other);
         return why(clusters.edit("clu_1", other));
       }},
      {"a patch that a function gives",
       [=] { return why(clusters.edit("clu_1", [&](const akua::cluster&) { return leftover(name()); })); }},
      {"a patch in an optional",
       [=] {
         return why(clusters.edit("clu_1", [&](const akua::cluster&) { return std::optional<patch>(leftover(name())); }));
       }},
      {"an optional patch",
       [=] {
         return why(clusters.edit("clu_1", [&](const akua::cluster&) { return leftover(std::optional<patch>(name())); }));
       }},
      {"a change", [=] { return why(clusters.edit("clu_1", [&](const akua::cluster&) { return leftover(change(name())); })); }},
      {"a patch that a function gives for what was seen",
       [=] { return why(clusters.edit(seen, [&](const akua::cluster&) { return leftover(name()); })); }},
      {"a patch, waited with",
       [=] {
         const akua::cluster_patch left = leftover(name());
         return why(clusters.wait_settled("clu_1", std::nullopt, &left));
       }},
      {"a workspace's patch, updated with", [=] { return why(workspaces.update("ws_1", "8", leftover(slug()))); }},
      {"a workspace's patch, edited with", [=] { return why(workspaces.edit(space, leftover(slug()))); }},
      {"a workspace's patch that a function gives",
       [=] { return why(workspaces.edit("ws_1", [&](const akua::workspace&) { return leftover(slug()); })); }},
      {"a cluster", [=] { return why(clusters.edit(leftover(seen), name())); }},
      {"a workspace", [=] { return why(workspaces.edit(leftover(space), slug())); }},
      {"an edited", [=] { return why(clusters.wait_settled(leftover(done))); }},
      {"a client", [=] { return why(leftover(client).clusters().get("clu_1")); }},
      {"a client, to list", [=] { return first_of(leftover(client).workspaces().list()); }},
      {"a client, to edit", [=] { return why(leftover(client).clusters().edit("clu_1", name())); }},
      {"a client, to resolve", [=] { return why(leftover(client).clusters().resolve("x", akua::resume::look)); }},
      {"a collection", [=] { return why(leftover(clusters).get("clu_1")); }},
      {"a collection, to list", [=] { return first_of(leftover(clusters).list()); }},
      {"a collection, to update", [=] { return why(leftover(clusters).update("clu_1", "43", name())); }},
      {"a collection, to edit", [=] { return why(leftover(workspaces).edit("ws_1", slug())); }},
      {"a list", [=] { return first_of(leftover(clusters.list())); }},
      {"a list that is assigned from",
       [=] {
         auto one = clusters.list(), other = clusters.list();
         one = std::move(other);
         return first_of(other);
       }},
      {"a list of nothing but an error",
       [=] { return first_of(leftover(client.clusters(akua::call_options().page_size(101)).list())); }},
      {"a list in use",
       [=] {
         auto list = clusters.list();
         auto at = list.begin();
         const auto elsewhere = std::move(list);
         if (at == list.end() || !*at) return std::optional<akua::error>();
         ++at;
         if (at == list.end() || *at) return std::optional<akua::error>();
         const akua::error found = at->error();
         ++at;
         return at == list.end() ? std::optional(found) : std::nullopt;
       }},
      {"options", [=] { return why(client.clusters(leftover(akua::call_options().context("ws_1"))).get("clu_1")); }},
      {"options, to list", [=] { return first_of(client.clusters(leftover(akua::call_options())).list()); }},
      {"options, to edit", [=] { return why(client.clusters(leftover(akua::call_options())).edit("clu_1", name())); }},
      {"options that are assigned from",
       [=] {
         akua::call_options one, other;
         one = std::move(other);
         return why(client.clusters(other).get("clu_1"));
       }},
      {"options that are set anew",
       [=] { return why(client.clusters(leftover(akua::call_options()).max_attempts(2)).update("clu_1", "43", name())); }},
      {"options, to resolve",
       [=] { return why(client.clusters(leftover(akua::call_options())).resolve("x", akua::resume::look)); }},
      {"options, to wait", [=] { return why(client.clusters(leftover(akua::call_options())).wait_settled("clu_1")); }},
      {"options, to wait for an edit",
       [=] { return why(client.clusters(leftover(akua::call_options())).wait_settled(done)); }},
      {"a client's options", [=] { return why(akua::client::make(leftover(settings(it)))); }},
      {"a client's options that are set anew", [=] { return why(akua::client::make(leftover(settings(it)).token("t"))); }},
      {"a request", [=] { return why(client.request(leftover(akua::request("DELETE", "/clusters/clu_1")))); }},
      {"a request that is set anew",
       [=] { return why(client.request(leftover(akua::request("POST", "/clusters/clu_1")).query("a", "b"))); }},
      {"options, to request",
       [=] { return why(client.request(akua::request("DELETE", "/clusters/clu_1"), leftover(akua::call_options()))); }},
      {"a client, to request", [=] { return why(leftover(client).request(akua::request("GET", "/clusters"))); }},
      {"a cancel", [=] { return why(client.clusters(akua::call_options().cancel(leftover(akua::cancel()))).get("clu_1")); }},
      {"an error", [=] { return std::optional(leftover(*why(clusters.get("clu_99")))); }},
      {"a result with an error",
       [=] {
         auto missing = clusters.get("clu_99");
         const auto elsewhere = std::move(missing);
         return why(missing);
       }},
  };
  return all;
}

int main(int count, char** arguments) {
  std::string what = "the start";
  if (count != 2) return 2;
  sim it = sim_start(arguments[1], 3);
  sim_tell(&it, "{\"op\":\"clear_log\"}");
  {
    const akua::client client = *akua::client::make(settings(it));
    const auto all = uses(it, client);
    CHECK(all.size() >= 40);
    for (const use& one : all) {
      what = one.name;
      const std::optional<akua::error> error = one.make();
      CHECK(error && error->status() == status::misuse);
      CHECK(!error->message().empty() && !error->effect().empty());
      CHECK(error->may_have_taken_effect() == (error->effect() == "unknown"));
      CHECK(error->server_errors().empty() && error->fields().empty() && !error->resource<akua::cluster>() && !error->resource<akua::workspace>());
      CHECK(error->requests() == 0 && !error->retry_after());
    }
    what = "what was never sent";
    CHECK(client.clusters().get("clu_1")->name() == "done" && client.workspaces().get("ws_1")->etag() == "8");

    // What an error that was moved from belonged to is not known any more.
    what = "an error";
    const akua::error left = leftover(client.clusters().get("clu_99").error());
    CHECK(left.may_have_taken_effect() && left.may_still_land() && left.effect() == "unknown");

    // Asked for nothing but a look, they give nothing.
    what = "looks";
    const akua::cluster none = leftover(*client.clusters().get("clu_1"));
    CHECK(none.id().empty() && none.etag().empty() && !none.html_url() && !none.reconciling() && none.json().empty());
    const auto edited = leftover(*client.clusters().edit("clu_1", akua::cluster_patch().name("done")));
    CHECK(edited.outcome().empty() && !edited.resource() && !edited.proof() && edited.requests() == 0);
    CHECK(leftover(client).base_url().empty());
    const akua::cancel cancel = leftover(akua::cancel());
    cancel.trigger();
    CHECK(!cancel.is_triggered());

    // And given a new value, they are as new.
    what = "assigned anew";
    akua::cluster_patch patch = leftover(akua::cluster_patch().name("x"));
    patch = akua::cluster_patch().name("anew");
    CHECK(client.clusters().edit("clu_1", patch)->resource()->name() == "anew");
    akua::call_options options = leftover(akua::call_options());
    options = akua::call_options().max_attempts(2);
    CHECK(client.clusters(options).get("clu_1"));
    auto list = leftover(client.clusters().list());
    list = client.clusters().list();
    int items = 0;
    for (const auto& item : list) items += item ? 1 : 100;
    CHECK(items == 3);

    // A token's write is spoken for by none of them.
    what = "resolve";
    for (const auto& refused : {client.clusters(leftover(akua::call_options())).resolve("x", akua::resume::look),
                                client.clusters(akua::call_options().context("\xff")).resolve("x", akua::resume::look),
                                client.clusters(akua::call_options().page_size(101)).resolve("x", akua::resume::look),
                                leftover(client).clusters().resolve("x", akua::resume::look)}) {
      CHECK(!refused && refused.error().may_have_taken_effect() && refused.error().may_still_land());
      CHECK(refused.error().effect() == "unknown" && refused.error().hint());
      CHECK(refused.error().hint()->find("keep the resume token") != std::string_view::npos);
    }
  }
  sim_stop(&it);
  std::printf("%d checks\n", checks);
}
