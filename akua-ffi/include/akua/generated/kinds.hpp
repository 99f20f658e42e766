// The types of `akua.hpp` for each kind of resource: made by `make generate` of akua-model/src/api.rs; do not edit.
// A part of akua.hpp.
#ifndef AKUA_KINDS_HPP
#define AKUA_KINDS_HPP

#include "../options.hpp"

namespace akua {

class cluster_patch;

// A cluster as one answer showed it.
class cluster : public detail::shown {
 public:
  static constexpr akua_kind kind = AKUA_CLUSTER;
  // Whether one can be read by its id.
  static constexpr bool readable = true;
  // Whether a list of it can be read.
  static constexpr bool listed = true;
  // Whether it can be changed, and so has a patch.
  static constexpr bool writable = true;
  using patch = cluster_patch;
  using detail::shown::shown;
  // The id, 1 to 54 code points.
  std::string_view id() const noexcept { return text(AKUA_ID); }
  // Its page for people. Documented on one page only, so it may be missing. Documented as at most 2048 code points; a
  // longer one is kept.
  maybe_text html_url() const noexcept { return maybe(AKUA_HTML_URL); }
  // The name: 1 to 100 code points when it is written, of any length in answers.
  std::string_view name() const noexcept { return text(AKUA_NAME); }
  // The workspace it belongs to.
  std::string_view workspace_id() const noexcept { return text(AKUA_WORKSPACE_ID); }
  // Where it is in its life.
  std::string_view state() const noexcept { return text(AKUA_STATE); }
  // Who runs its control plane. Only a value that this version knows can be written.
  std::string_view provider() const noexcept { return text(AKUA_PROVIDER); }
  // Whether the server is still bringing it into the state that was asked for.
  bool reconciling() const noexcept { return flag(AKUA_RECONCILING); }
  // When it was made.
  std::int64_t created_at() const noexcept { return time(AKUA_CREATED_AT); }
  std::string_view created_at_text() const noexcept { return text(AKUA_CREATED_AT); }
  // When it last changed.
  std::int64_t updated_at() const noexcept { return time(AKUA_UPDATED_AT); }
  std::string_view updated_at_text() const noexcept { return text(AKUA_UPDATED_AT); }
  // The etag of this version.
  std::string_view etag() const noexcept { return text(AKUA_ETAG); }
  // Calls `visit` with the name and the value of each of these.
  template <class Visit>
  void each_property(Visit&& visit) const {
    visit("id", id());
    visit("html_url", html_url());
    visit("name", name());
    visit("workspace_id", workspace_id());
    visit("state", state());
    visit("provider", provider());
    visit("reconciling", reconciling());
    visit("created_at", created_at());
    visit("updated_at", updated_at());
    visit("etag", etag());
  }
};

// A change of some properties of a cluster: what is not set stays as it is.
class cluster_patch : public detail::patch<cluster_patch, AKUA_CLUSTER> {
 public:
  // The name: 1 to 100 code points when it is written, of any length in answers.
  cluster_patch& name(std::string_view value) { return set_text(AKUA_NAME, value); }
  // The region to move to, 1 to 54 code points. Write-only: no answer shows it.
  cluster_patch& region_id(std::string_view value) { return set_text(AKUA_REGION_ID, value); }
  // Who runs its control plane. Only a value that this version knows can be written.
  cluster_patch& provider(std::string_view value) { return set_text(AKUA_PROVIDER, value); }
  // The kubeconfig to import with, at least one code point. Write-only and a secret: no answer shows it.
  cluster_patch& kubeconfig(std::string_view value) { return set_text(AKUA_KUBECONFIG, value); }
  // Calls `visit` with the name and the setter of each of these.
  template <class Visit>
  static void each_setter(Visit&& visit) {
    visit("name", &cluster_patch::name);
    visit("region_id", &cluster_patch::region_id);
    visit("provider", &cluster_patch::provider);
    visit("kubeconfig", &cluster_patch::kubeconfig);
  }
};

class workspace_patch;

// A workspace as one answer showed it.
class workspace : public detail::shown {
 public:
  static constexpr akua_kind kind = AKUA_WORKSPACE;
  // Whether one can be read by its id.
  static constexpr bool readable = true;
  // Whether a list of it can be read.
  static constexpr bool listed = true;
  // Whether it can be changed, and so has a patch.
  static constexpr bool writable = true;
  using patch = workspace_patch;
  using detail::shown::shown;
  // The id, 1 to 53 code points.
  std::string_view id() const noexcept { return text(AKUA_ID); }
  // The name: 1 to 100 code points when it is written, of any length in answers.
  std::string_view name() const noexcept { return text(AKUA_NAME); }
  // The part of its address that people choose: 3 to 39 code points when it is written, of any length in answers. No
  // pattern is documented, so only the length is checked here.
  std::string_view slug() const noexcept { return text(AKUA_SLUG); }
  // The plan.
  maybe_text plan() const noexcept { return maybe_json(AKUA_PLAN); }
  // The tier; it may be missing.
  maybe_text plan_tier() const noexcept { return maybe(AKUA_PLAN_TIER); }
  // Who bills for it; it may be missing.
  maybe_text plan_billed_by() const noexcept { return maybe(AKUA_PLAN_BILLED_BY); }
  // What it is for. Documented on one page only, so it may be missing.
  maybe_text workspace_class() const noexcept { return maybe(AKUA_WORKSPACE_CLASS); }
  // When it was made: an RFC 3339 text on one page of the documentation, Unix seconds on another.
  std::int64_t created_at() const noexcept { return time(AKUA_CREATED_AT); }
  std::string_view created_at_text() const noexcept { return text(AKUA_CREATED_AT); }
  // When it last changed.
  std::int64_t updated_at() const noexcept { return time(AKUA_UPDATED_AT); }
  std::string_view updated_at_text() const noexcept { return text(AKUA_UPDATED_AT); }
  // The etag of this version.
  std::string_view etag() const noexcept { return text(AKUA_ETAG); }
  // Calls `visit` with the name and the value of each of these.
  template <class Visit>
  void each_property(Visit&& visit) const {
    visit("id", id());
    visit("name", name());
    visit("slug", slug());
    visit("plan_tier", plan_tier());
    visit("plan_billed_by", plan_billed_by());
    visit("workspace_class", workspace_class());
    visit("created_at", created_at());
    visit("updated_at", updated_at());
    visit("etag", etag());
  }
};

// A change of some properties of a workspace: what is not set stays as it is.
class workspace_patch : public detail::patch<workspace_patch, AKUA_WORKSPACE> {
 public:
  // The name: 1 to 100 code points when it is written, of any length in answers.
  workspace_patch& name(std::string_view value) { return set_text(AKUA_NAME, value); }
  // The part of its address that people choose: 3 to 39 code points when it is written, of any length in answers. No
  // pattern is documented, so only the length is checked here.
  workspace_patch& slug(std::string_view value) { return set_text(AKUA_SLUG, value); }
  // Calls `visit` with the name and the setter of each of these.
  template <class Visit>
  static void each_setter(Visit&& visit) {
    visit("name", &workspace_patch::name);
    visit("slug", &workspace_patch::slug);
  }
};

// An operation as one answer showed it.
class operation : public detail::shown {
 public:
  static constexpr akua_kind kind = AKUA_OPERATION;
  // Whether one can be read by its id.
  static constexpr bool readable = true;
  // Whether a list of it can be read.
  static constexpr bool listed = true;
  // Whether it can be changed, and so has a patch.
  static constexpr bool writable = false;
  using detail::shown::shown;
  // The id, 1 to 53 code points.
  std::string_view id() const noexcept { return text(AKUA_ID); }
  // How far it is.
  std::string_view state() const noexcept { return text(AKUA_STATE); }
  // Whether it has ended, however it did.
  bool done() const noexcept { return flag(AKUA_DONE); }
  // The id of what it works on. Of something that is being made, nobody says whether it is the id that it will have.
  std::string_view owner_id() const noexcept { return text(AKUA_OWNER_ID); }
  // What that is.
  std::string_view owner_type() const noexcept { return text(AKUA_OWNER_TYPE); }
  // The workspace it belongs to, if it belongs to one.
  maybe_text workspace_id() const noexcept { return maybe(AKUA_WORKSPACE_ID); }
  // The organization it belongs to, if it belongs to one.
  maybe_text organization_id() const noexcept { return maybe(AKUA_ORGANIZATION_ID); }
  // The operation that has started it, if one has.
  maybe_text parent_operation_id() const noexcept { return maybe(AKUA_PARENT_OPERATION_ID); }
  // Its page for people.
  std::string_view html_url() const noexcept { return text(AKUA_HTML_URL); }
  // What it was asked to do. Its `type`, such as `cluster.create`, says what else is in it.
  maybe_text metadata() const noexcept { return maybe_json(AKUA_METADATA); }
  // What came of it, once it has succeeded.
  maybe_text response() const noexcept { return maybe_json(AKUA_RESPONSE); }
  // Why it failed or was cancelled.
  maybe_text error() const noexcept { return maybe_json(AKUA_ERROR); }
  // The server's words.
  maybe_text error_message() const noexcept { return maybe(AKUA_ERROR_MESSAGE); }
  // What went wrong last. It may be there while the operation goes on, and goes when a repeat works.
  maybe_text last_error() const noexcept { return maybe_json(AKUA_LAST_ERROR); }
  // The server's words.
  maybe_text last_error_message() const noexcept { return maybe(AKUA_LAST_ERROR_MESSAGE); }
  // The step in which it went wrong; it may be missing.
  maybe_text last_error_step_name() const noexcept { return maybe(AKUA_LAST_ERROR_STEP_NAME); }
  // When it began.
  std::int64_t started_at() const noexcept { return time(AKUA_STARTED_AT); }
  std::string_view started_at_text() const noexcept { return text(AKUA_STARTED_AT); }
  // When it ended.
  std::optional<std::int64_t> completed_at() const noexcept { return maybe_time(AKUA_COMPLETED_AT); }
  maybe_text completed_at_text() const noexcept { return maybe(AKUA_COMPLETED_AT); }
  // Its steps: `name`, `status`, `execution_type` (`user` and `approval` wait for a person) and more of each. Lists
  // leave them out.
  maybe_text steps() const noexcept { return maybe_json(AKUA_STEPS); }
  // Calls `visit` with the name and the value of each of these.
  template <class Visit>
  void each_property(Visit&& visit) const {
    visit("id", id());
    visit("state", state());
    visit("done", done());
    visit("owner_id", owner_id());
    visit("owner_type", owner_type());
    visit("workspace_id", workspace_id());
    visit("organization_id", organization_id());
    visit("parent_operation_id", parent_operation_id());
    visit("html_url", html_url());
    visit("metadata", metadata());
    visit("response", response());
    visit("error_message", error_message());
    visit("last_error_message", last_error_message());
    visit("last_error_step_name", last_error_step_name());
    visit("started_at", started_at());
    visit("completed_at", completed_at());
    visit("steps", steps());
  }
};

// A region as one answer showed it.
class region : public detail::shown {
 public:
  static constexpr akua_kind kind = AKUA_REGION;
  // Whether one can be read by its id.
  static constexpr bool readable = false;
  // Whether a list of it can be read.
  static constexpr bool listed = true;
  // Whether it can be changed, and so has a patch.
  static constexpr bool writable = false;
  using detail::shown::shown;
  // The id, 1 to 54 code points: the `region_id` of a cluster.
  std::string_view id() const noexcept { return text(AKUA_ID); }
  // Its name. Documented for writes only, so it may be missing.
  maybe_text name() const noexcept { return maybe(AKUA_NAME); }
  // Calls `visit` with the name and the value of each of these.
  template <class Visit>
  void each_property(Visit&& visit) const {
    visit("id", id());
    visit("name", name());
  }
};

class cluster_compute_settings_patch;

// Compute settings as one answer showed it.
class cluster_compute_settings : public detail::shown {
 public:
  static constexpr akua_kind kind = AKUA_CLUSTER_COMPUTE_SETTINGS;
  // Whether one can be read by its id.
  static constexpr bool readable = true;
  // Whether a list of it can be read.
  static constexpr bool listed = false;
  // Whether it can be changed, and so has a patch.
  static constexpr bool writable = true;
  using patch = cluster_compute_settings_patch;
  using detail::shown::shown;
  // The cluster's id, 1 to 54 code points, by which the settings are read and changed.
  std::string_view cluster_id() const noexcept { return text(AKUA_CLUSTER_ID); }
  // Whether the number of machines follows what the cluster needs. Only a value that this version knows can be
  // written. On the wire it is written as `auto_scaling_enabled`: true for `active`, false for `paused`.
  std::string_view auto_scaling() const noexcept { return text(AKUA_AUTO_SCALING); }
  // How many machines there are now.
  std::optional<std::int64_t> machines() const noexcept { return number(AKUA_MACHINES); }
  // How many machines there may be: 0 to 100 when it is written, any number in answers.
  std::optional<std::int64_t> max_machines() const noexcept { return number(AKUA_MAX_MACHINES); }
  // When they last changed.
  std::int64_t updated_at() const noexcept { return time(AKUA_UPDATED_AT); }
  std::string_view updated_at_text() const noexcept { return text(AKUA_UPDATED_AT); }
  // The etag of this version.
  std::string_view etag() const noexcept { return text(AKUA_ETAG); }
  // Calls `visit` with the name and the value of each of these.
  template <class Visit>
  void each_property(Visit&& visit) const {
    visit("cluster_id", cluster_id());
    visit("auto_scaling", auto_scaling());
    visit("machines", machines());
    visit("max_machines", max_machines());
    visit("updated_at", updated_at());
    visit("etag", etag());
  }
};

// A change of some properties of compute settings: what is not set stays as it is.
class cluster_compute_settings_patch : public detail::patch<cluster_compute_settings_patch, AKUA_CLUSTER_COMPUTE_SETTINGS> {
 public:
  // Whether the number of machines follows what the cluster needs. Only a value that this version knows can be
  // written. On the wire it is written as `auto_scaling_enabled`: true for `active`, false for `paused`.
  cluster_compute_settings_patch& auto_scaling(std::string_view value) { return set_text(AKUA_AUTO_SCALING, value); }
  // How many machines there may be: 0 to 100 when it is written, any number in answers.
  cluster_compute_settings_patch& max_machines(std::int64_t value) { return set_number(AKUA_MAX_MACHINES, value); }
  // Calls `visit` with the name and the setter of each of these.
  template <class Visit>
  static void each_setter(Visit&& visit) {
    visit("auto_scaling", &cluster_compute_settings_patch::auto_scaling);
    visit("max_machines", &cluster_compute_settings_patch::max_machines);
  }
};

// Capabilities as one answer showed it.
class cluster_capabilities : public detail::shown {
 public:
  static constexpr akua_kind kind = AKUA_CLUSTER_CAPABILITIES;
  // Whether one can be read by its id.
  static constexpr bool readable = true;
  // Whether a list of it can be read.
  static constexpr bool listed = false;
  // Whether it can be changed, and so has a patch.
  static constexpr bool writable = false;
  using detail::shown::shown;
  // The cluster's id, 1 to 54 code points, by which the capabilities are read.
  std::string_view cluster_id() const noexcept { return text(AKUA_CLUSTER_ID); }
  // The API groups that the cluster serves: a list of texts, which may be empty.
  maybe_text api_groups() const noexcept { return maybe_json(AKUA_API_GROUPS); }
  // Its storage classes: a list with `name`, `provisioner`, `is_default`, `reclaim_policy` and `volume_binding_mode`
  // of each.
  maybe_text storage_classes() const noexcept { return maybe_json(AKUA_STORAGE_CLASSES); }
  // Its gateway classes: a list.
  maybe_text gateway_classes() const noexcept { return maybe_json(AKUA_GATEWAY_CLASSES); }
  // Its gateways: a list with `namespace`, `name`, `gateway_class_name`, `listeners` and more of each.
  maybe_text gateways() const noexcept { return maybe_json(AKUA_GATEWAYS); }
  // The gateway that is used where none is named. No form of it is documented, and it may be missing.
  maybe_text default_gateway() const noexcept { return maybe_json(AKUA_DEFAULT_GATEWAY); }
  // Its ingress classes: a list.
  maybe_text ingress_classes() const noexcept { return maybe_json(AKUA_INGRESS_CLASSES); }
  // Its nodes: a list with `name`, `ready`, `roles`, `version`, `cpu_capacity`, `memory_capacity` and more of each.
  maybe_text nodes() const noexcept { return maybe_json(AKUA_NODES); }
  // How old all of this is. Documented on one page only, so it may be missing.
  maybe_text freshness() const noexcept { return maybe_json(AKUA_FRESHNESS); }
  // Whether it is fresh.
  maybe_text freshness_state() const noexcept { return maybe(AKUA_FRESHNESS_STATE); }
  // How old it may be, in seconds, until it is stale.
  std::optional<std::int64_t> freshness_max_age_seconds() const noexcept { return number(AKUA_FRESHNESS_MAX_AGE_SECONDS); }
  // How old it is, in seconds; none if nothing is known yet.
  std::optional<std::int64_t> freshness_age_seconds() const noexcept { return number(AKUA_FRESHNESS_AGE_SECONDS); }
  // When it was found out; none if nothing is known yet.
  std::optional<std::int64_t> freshness_last_successful_at() const noexcept { return maybe_time(AKUA_FRESHNESS_LAST_SUCCESSFUL_AT); }
  maybe_text freshness_last_successful_at_text() const noexcept { return maybe(AKUA_FRESHNESS_LAST_SUCCESSFUL_AT); }
  // What the last attempt came to; none if there was none.
  maybe_text freshness_last_refresh_status() const noexcept { return maybe(AKUA_FRESHNESS_LAST_REFRESH_STATUS); }
  // Why the last attempt failed; none if it did not.
  maybe_text freshness_last_refresh_error() const noexcept { return maybe(AKUA_FRESHNESS_LAST_REFRESH_ERROR); }
  // Calls `visit` with the name and the value of each of these.
  template <class Visit>
  void each_property(Visit&& visit) const {
    visit("cluster_id", cluster_id());
    visit("api_groups", api_groups());
    visit("storage_classes", storage_classes());
    visit("gateway_classes", gateway_classes());
    visit("gateways", gateways());
    visit("default_gateway", default_gateway());
    visit("ingress_classes", ingress_classes());
    visit("nodes", nodes());
    visit("freshness_state", freshness_state());
    visit("freshness_max_age_seconds", freshness_max_age_seconds());
    visit("freshness_age_seconds", freshness_age_seconds());
    visit("freshness_last_successful_at", freshness_last_successful_at());
    visit("freshness_last_refresh_status", freshness_last_refresh_status());
    visit("freshness_last_refresh_error", freshness_last_refresh_error());
  }
};

// A worker bootstrap as one answer showed it.
class worker_bootstrap : public detail::shown {
 public:
  static constexpr akua_kind kind = AKUA_WORKER_BOOTSTRAP;
  // Whether one can be read by its id.
  static constexpr bool readable = true;
  // Whether a list of it can be read.
  static constexpr bool listed = true;
  // Whether it can be changed, and so has a patch.
  static constexpr bool writable = false;
  using detail::shown::shown;
  // The cluster's id and its own with a `/` between them, by which it is read and revoked. No answer says it: it is
  // put together of the cluster that was asked for and `id`, and is added.
  std::string_view full_id() const noexcept { return text(AKUA_FULL_ID); }
  // Its own id, 1 to 54 code points.
  std::string_view id() const noexcept { return text(AKUA_ID); }
  // The etag of this version.
  std::string_view etag() const noexcept { return text(AKUA_ETAG); }
  // A secret with which a machine joins. Only the answer to the create shows it.
  std::optional<secret> token() const { return once(AKUA_TOKEN); }
  // A secret: what to run on a machine that is to join. Only the answer to the create shows it.
  std::optional<secret> command() const { return once(AKUA_COMMAND); }
  // A secret: what to hand to cloud-init of a machine that is to join. Only the answer to the create shows it.
  std::optional<secret> cloud_init() const { return once(AKUA_CLOUD_INIT); }
  // A secret, whose form is not documented: its JSON, or the text if it is one. Only the answer to the create shows
  // it.
  std::optional<secret> artifacts() const { return once(AKUA_ARTIFACTS); }
  // Calls `visit` with the name and the value of each of these.
  template <class Visit>
  void each_property(Visit&& visit) const {
    visit("full_id", full_id());
    visit("id", id());
    visit("etag", etag());
  }
};

// What a new cluster is made of. What has to be set and is not, or breaks a limit, is told by the call it is given to.
class new_cluster : public detail::patch<new_cluster, AKUA_LAUNCH_CREATE_CLUSTER, akua_patch_new_for_launch> {
 public:
  // The name: 1 to 100 code points. A later page says 2 to 32; the server's refusal tells.
  new_cluster& name(std::string_view value) { return set_text(AKUA_NAME, value); }
  // The region it is made in, 1 to 54 code points. It has to be one of those that are listed.
  new_cluster& region_id(std::string_view value) { return set_text(AKUA_REGION_ID, value); }
  // Which network it has; `linux_cilium` if it is not set. It can't be changed later. Only a value that this version
  // knows can be written.
  new_cluster& network_profile(std::string_view value) { return set_text(AKUA_NETWORK_PROFILE, value); }
  // Calls `visit` with the name and the setter of each of these.
  template <class Visit>
  static void each_setter(Visit&& visit) {
    visit("name", &new_cluster::name);
    visit("region_id", &new_cluster::region_id);
    visit("network_profile", &new_cluster::network_profile);
  }
};

// What a new cluster is made of. What has to be set and is not, or breaks a limit, is told by the call it is given to.
class cluster_import : public detail::patch<cluster_import, AKUA_LAUNCH_IMPORT_CLUSTER, akua_patch_new_for_launch> {
 public:
  // The name: 1 to 100 code points.
  cluster_import& name(std::string_view value) { return set_text(AKUA_NAME, value); }
  // The region that it belongs to, 1 to 54 code points.
  cluster_import& region_id(std::string_view value) { return set_text(AKUA_REGION_ID, value); }
  // The kubeconfig to import with, at least one code point. A secret: it is never shown, and no token holds it.
  cluster_import& kubeconfig(std::string_view value) { return set_text(AKUA_KUBECONFIG, value); }
  // Calls `visit` with the name and the setter of each of these.
  template <class Visit>
  static void each_setter(Visit&& visit) {
    visit("name", &cluster_import::name);
    visit("region_id", &cluster_import::region_id);
    visit("kubeconfig", &cluster_import::kubeconfig);
  }
};

// What a new workspace is made of. What has to be set and is not, or breaks a limit, is told by the call it is given to.
class new_workspace : public detail::patch<new_workspace, AKUA_LAUNCH_CREATE_WORKSPACE, akua_patch_new_for_launch> {
 public:
  // The name: 1 to 100 code points.
  new_workspace& name(std::string_view value) { return set_text(AKUA_NAME, value); }
  // The short name in addresses, 3 to 39 code points, which no other workspace has; the server makes one up if it is
  // not set.
  new_workspace& slug(std::string_view value) { return set_text(AKUA_SLUG, value); }
  // Calls `visit` with the name and the setter of each of these.
  template <class Visit>
  static void each_setter(Visit&& visit) {
    visit("name", &new_workspace::name);
    visit("slug", &new_workspace::slug);
  }
};

// What a new worker bootstrap is made of. What has to be set and is not, or breaks a limit, is told by the call it is given to.
class new_worker_bootstrap : public detail::patch<new_worker_bootstrap, AKUA_LAUNCH_CREATE_WORKER_BOOTSTRAP, akua_patch_new_for_launch> {
 public:
  // The cluster whose worker a machine is to become: its id, 1 to 54 code points.
  new_worker_bootstrap& cluster_id(std::string_view value) { return set_text(AKUA_CLUSTER_ID, value); }
  // For how long machines can join with it, in seconds: 60 to 86400. What it is if it is not set is not documented.
  new_worker_bootstrap& ttl_seconds(std::int64_t value) { return set_number(AKUA_TTL_SECONDS, value); }
  // Calls `visit` with the name and the setter of each of these.
  template <class Visit>
  static void each_setter(Visit&& visit) {
    visit("cluster_id", &new_worker_bootstrap::cluster_id);
    visit("ttl_seconds", &new_worker_bootstrap::ttl_seconds);
  }
};

// Calls `visit` with a null pointer of the type of each kind, for programs that are about all of them.
template <class Visit>
void each_kind(Visit&& visit) {
  visit(static_cast<const cluster*>(nullptr));
  visit(static_cast<const workspace*>(nullptr));
  visit(static_cast<const operation*>(nullptr));
  visit(static_cast<const region*>(nullptr));
  visit(static_cast<const cluster_compute_settings*>(nullptr));
  visit(static_cast<const cluster_capabilities*>(nullptr));
  visit(static_cast<const worker_bootstrap*>(nullptr));
}

namespace detail {
// The collections of a client, one for each kind.
template <class Client>
class kinds {
 public:
  auto clusters() const { return self().template collection<cluster>(); }
  auto clusters(call_options options) const { return self().template collection<cluster>(std::move(options)); }
  auto workspaces() const { return self().template collection<workspace>(); }
  auto workspaces(call_options options) const { return self().template collection<workspace>(std::move(options)); }
  auto operations() const { return self().template collection<operation>(); }
  auto operations(call_options options) const { return self().template collection<operation>(std::move(options)); }
  auto regions() const { return self().template collection<region>(); }
  auto regions(call_options options) const { return self().template collection<region>(std::move(options)); }
  auto compute_settings() const { return self().template collection<cluster_compute_settings>(); }
  auto compute_settings(call_options options) const { return self().template collection<cluster_compute_settings>(std::move(options)); }
  auto capabilities() const { return self().template collection<cluster_capabilities>(); }
  auto capabilities(call_options options) const { return self().template collection<cluster_capabilities>(std::move(options)); }
  auto worker_bootstraps() const { return self().template collection<worker_bootstrap>(); }
  auto worker_bootstraps(call_options options) const { return self().template collection<worker_bootstrap>(std::move(options)); }

 private:
  const Client& self() const noexcept { return static_cast<const Client&>(*this); }
};
}  // namespace detail

}  // namespace akua

#endif  // AKUA_KINDS_HPP
