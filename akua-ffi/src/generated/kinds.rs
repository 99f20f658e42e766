//! The numbers of kinds and properties: made by `make generate` of akua-model/src/api.rs and akua-ffi/abi/numbers.txt;
//! do not edit. A number stays for ever.

use akua_model::ResourceKind;

/// A kind of resource: one of the numbers below, such as `AKUA_CLUSTER`.
pub type akua_kind = i32;

/// A property of resources, whatever their kind: one of the numbers below, such as `AKUA_NAME`.
pub type akua_property = i32;

/// The kind of a cluster.
pub const AKUA_CLUSTER: akua_kind = 1;
/// The kind of a workspace.
pub const AKUA_WORKSPACE: akua_kind = 2;
/// The kind of an operation.
pub const AKUA_OPERATION: akua_kind = 3;
/// The kind of a region.
pub const AKUA_REGION: akua_kind = 4;
/// The kind of compute settings.
pub const AKUA_CLUSTER_COMPUTE_SETTINGS: akua_kind = 5;
/// The kind of capabilities.
pub const AKUA_CLUSTER_CAPABILITIES: akua_kind = 6;
/// The kind of a worker bootstrap.
pub const AKUA_WORKER_BOOTSTRAP: akua_kind = 7;
/// A text, of a cluster, a workspace, an operation, a region and a worker bootstrap; of a cluster: The id, 1 to 54
/// code points; of a workspace: The id, 1 to 53 code points; of an operation: The id, 1 to 53 code points; of a
/// region: The id, 1 to 54 code points: the `region_id` of a cluster; of a worker bootstrap: Its own id, 1 to 54 code
/// points.
pub const AKUA_ID: akua_property = 1;
/// A text, of a cluster and an operation; of a cluster: Its page for people. Documented on one page only, so it may
/// be missing. Documented as at most 2048 code points; a longer one is kept; of an operation: Its page for people.
pub const AKUA_HTML_URL: akua_property = 2;
/// A text, of a cluster, a workspace, a region, a new cluster, a new cluster and a new workspace; of a cluster: The
/// name: 1 to 100 code points when it is written, of any length in answers; of a workspace: The name: 1 to 100 code
/// points when it is written, of any length in answers; of a region: Its name. Documented for writes only, so it may
/// be missing; of a new cluster: The name: 1 to 100 code points. A later page says 2 to 32; the server's refusal
/// tells; of a new cluster: The name: 1 to 100 code points; of a new workspace: The name: 1 to 100 code points.
pub const AKUA_NAME: akua_property = 3;
/// A text, of a cluster, a new cluster and a new cluster; of a cluster: The region to move to, 1 to 54 code points.
/// Write-only: no answer shows it; of a new cluster: The region it is made in, 1 to 54 code points. It has to be one
/// of those that are listed; of a new cluster: The region that it belongs to, 1 to 54 code points.
pub const AKUA_REGION_ID: akua_property = 4;
/// A text, of a cluster and an operation; of a cluster: The workspace it belongs to; of an operation: The workspace
/// it belongs to, if it belongs to one.
pub const AKUA_WORKSPACE_ID: akua_property = 5;
/// A text, of a cluster and an operation; of a cluster: Where it is in its life; of an operation: How far it is.
pub const AKUA_STATE: akua_property = 6;
/// A text, of a cluster: Who runs its control plane. Only a value that this version knows can be written.
pub const AKUA_PROVIDER: akua_property = 7;
/// A secret, of a cluster and a new cluster; of a cluster: The kubeconfig to import with, at least one code point.
/// Write-only and a secret: no answer shows it; of a new cluster: The kubeconfig to import with, at least one code
/// point. A secret: it is never shown, and no token holds it.
pub const AKUA_KUBECONFIG: akua_property = 8;
/// A flag, of a cluster: Whether the server is still bringing it into the state that was asked for.
pub const AKUA_RECONCILING: akua_property = 9;
/// A time, of a cluster and a workspace; of a cluster: When it was made; of a workspace: When it was made: an RFC
/// 3339 text on one page of the documentation, Unix seconds on another.
pub const AKUA_CREATED_AT: akua_property = 10;
/// A time, of a cluster, a workspace and compute settings; of a cluster: When it last changed; of a workspace: When
/// it last changed; of compute settings: When they last changed.
pub const AKUA_UPDATED_AT: akua_property = 11;
/// A text, of a cluster, a workspace, compute settings and a worker bootstrap: The etag of this version.
pub const AKUA_ETAG: akua_property = 12;
/// A text, of a workspace and a new workspace; of a workspace: The part of its address that people choose: 3 to 39
/// code points when it is written, of any length in answers. No pattern is documented, so only the length is checked
/// here; of a new workspace: The short name in addresses, 3 to 39 code points, which no other workspace has; the
/// server makes one up if it is not set.
pub const AKUA_SLUG: akua_property = 13;
/// JSON, of a workspace: The plan.
pub const AKUA_PLAN: akua_property = 14;
/// A text, of a workspace: The tier; it may be missing.
pub const AKUA_PLAN_TIER: akua_property = 15;
/// A text, of a workspace: Who bills for it; it may be missing.
pub const AKUA_PLAN_BILLED_BY: akua_property = 16;
/// A text, of a workspace: What it is for. Documented on one page only, so it may be missing.
pub const AKUA_WORKSPACE_CLASS: akua_property = 17;
/// A flag, of an operation: Whether it has ended, however it did.
pub const AKUA_DONE: akua_property = 18;
/// A text, of an operation: The id of what it works on. Of something that is being made, nobody says whether it is
/// the id that it will have.
pub const AKUA_OWNER_ID: akua_property = 19;
/// A text, of an operation: What that is.
pub const AKUA_OWNER_TYPE: akua_property = 20;
/// A text, of an operation: The organization it belongs to, if it belongs to one.
pub const AKUA_ORGANIZATION_ID: akua_property = 21;
/// A text, of an operation: The operation that has started it, if one has.
pub const AKUA_PARENT_OPERATION_ID: akua_property = 22;
/// JSON, of an operation: What it was asked to do. Its `type`, such as `cluster.create`, says what else is in it.
pub const AKUA_METADATA: akua_property = 23;
/// JSON, of an operation: What came of it, once it has succeeded.
pub const AKUA_RESPONSE: akua_property = 24;
/// JSON, of an operation: Why it failed or was cancelled.
pub const AKUA_ERROR: akua_property = 25;
/// A text, of an operation: The server's words.
pub const AKUA_ERROR_MESSAGE: akua_property = 26;
/// JSON, of an operation: What went wrong last. It may be there while the operation goes on, and goes when a repeat
/// works.
pub const AKUA_LAST_ERROR: akua_property = 27;
/// A text, of an operation: The server's words.
pub const AKUA_LAST_ERROR_MESSAGE: akua_property = 28;
/// A text, of an operation: The step in which it went wrong; it may be missing.
pub const AKUA_LAST_ERROR_STEP_NAME: akua_property = 29;
/// A time, of an operation: When it began.
pub const AKUA_STARTED_AT: akua_property = 30;
/// A time, of an operation: When it ended.
pub const AKUA_COMPLETED_AT: akua_property = 31;
/// JSON, of an operation: Its steps: `name`, `status`, `execution_type` (`user` and `approval` wait for a person) and
/// more of each. Lists leave them out.
pub const AKUA_STEPS: akua_property = 32;
/// A text, of compute settings, capabilities and a new worker bootstrap; of compute settings: The cluster's id, 1 to
/// 54 code points, by which the settings are read and changed; of capabilities: The cluster's id, 1 to 54 code
/// points, by which the capabilities are read; of a new worker bootstrap: The cluster whose worker a machine is to
/// become: its id, 1 to 54 code points.
pub const AKUA_CLUSTER_ID: akua_property = 33;
/// A text, of compute settings: Whether the number of machines follows what the cluster needs. Only a value that this
/// version knows can be written. On the wire it is written as `auto_scaling_enabled`: true for `active`, false for
/// `paused`.
pub const AKUA_AUTO_SCALING: akua_property = 34;
/// A number, of compute settings: How many machines there are now.
pub const AKUA_MACHINES: akua_property = 35;
/// A number, of compute settings: How many machines there may be: 0 to 100 when it is written, any number in answers.
pub const AKUA_MAX_MACHINES: akua_property = 36;
/// JSON, of capabilities: The API groups that the cluster serves: a list of texts, which may be empty.
pub const AKUA_API_GROUPS: akua_property = 37;
/// JSON, of capabilities: Its storage classes: a list with `name`, `provisioner`, `is_default`, `reclaim_policy` and
/// `volume_binding_mode` of each.
pub const AKUA_STORAGE_CLASSES: akua_property = 38;
/// JSON, of capabilities: Its gateway classes: a list.
pub const AKUA_GATEWAY_CLASSES: akua_property = 39;
/// JSON, of capabilities: Its gateways: a list with `namespace`, `name`, `gateway_class_name`, `listeners` and more
/// of each.
pub const AKUA_GATEWAYS: akua_property = 40;
/// JSON, of capabilities: The gateway that is used where none is named. No form of it is documented, and it may be
/// missing.
pub const AKUA_DEFAULT_GATEWAY: akua_property = 41;
/// JSON, of capabilities: Its ingress classes: a list.
pub const AKUA_INGRESS_CLASSES: akua_property = 42;
/// JSON, of capabilities: Its nodes: a list with `name`, `ready`, `roles`, `version`, `cpu_capacity`,
/// `memory_capacity` and more of each.
pub const AKUA_NODES: akua_property = 43;
/// JSON, of capabilities: How old all of this is. Documented on one page only, so it may be missing.
pub const AKUA_FRESHNESS: akua_property = 44;
/// A text, of capabilities: Whether it is fresh.
pub const AKUA_FRESHNESS_STATE: akua_property = 45;
/// A number, of capabilities: How old it may be, in seconds, until it is stale.
pub const AKUA_FRESHNESS_MAX_AGE_SECONDS: akua_property = 46;
/// A number, of capabilities: How old it is, in seconds; none if nothing is known yet.
pub const AKUA_FRESHNESS_AGE_SECONDS: akua_property = 47;
/// A time, of capabilities: When it was found out; none if nothing is known yet.
pub const AKUA_FRESHNESS_LAST_SUCCESSFUL_AT: akua_property = 48;
/// A text, of capabilities: What the last attempt came to; none if there was none.
pub const AKUA_FRESHNESS_LAST_REFRESH_STATUS: akua_property = 49;
/// A text, of capabilities: Why the last attempt failed; none if it did not.
pub const AKUA_FRESHNESS_LAST_REFRESH_ERROR: akua_property = 50;
/// A text, of a new cluster: Which network it has; `linux_cilium` if it is not set. It can't be changed later. Only a
/// value that this version knows can be written.
pub const AKUA_NETWORK_PROFILE: akua_property = 51;
/// A text, of a worker bootstrap: The cluster's id and its own with a `/` between them, by which it is read and
/// revoked. No answer says it: it is put together of the cluster that was asked for and `id`, and is added.
pub const AKUA_FULL_ID: akua_property = 52;
/// A secret, of a worker bootstrap: A secret with which a machine joins. Only the answer to the create shows it.
pub const AKUA_TOKEN: akua_property = 53;
/// A secret, of a worker bootstrap: A secret: what to run on a machine that is to join. Only the answer to the create
/// shows it.
pub const AKUA_COMMAND: akua_property = 54;
/// A secret, of a worker bootstrap: A secret: what to hand to cloud-init of a machine that is to join. Only the
/// answer to the create shows it.
pub const AKUA_CLOUD_INIT: akua_property = 55;
/// A secret, of a worker bootstrap: A secret, whose form is not documented: its JSON, or the text if it is one. Only
/// the answer to the create shows it.
pub const AKUA_ARTIFACTS: akua_property = 56;
/// A number, of a new worker bootstrap: For how long machines can join with it, in seconds: 60 to 86400. What it is
/// if it is not set is not documented.
pub const AKUA_TTL_SECONDS: akua_property = 57;

/// Every kind with its number and its name, which ends with a NUL.
pub(crate) const KINDS: &[(akua_kind, ResourceKind, &str)] = &[
    (AKUA_CLUSTER, ResourceKind::Cluster, "cluster\0"),
    (AKUA_WORKSPACE, ResourceKind::Workspace, "workspace\0"),
    (AKUA_OPERATION, ResourceKind::Operation, "operation\0"),
    (AKUA_REGION, ResourceKind::Region, "region\0"),
    (
        AKUA_CLUSTER_COMPUTE_SETTINGS,
        ResourceKind::ClusterComputeSettings,
        "cluster_compute_settings\0",
    ),
    (
        AKUA_CLUSTER_CAPABILITIES,
        ResourceKind::ClusterCapabilities,
        "cluster_capabilities\0",
    ),
    (
        AKUA_WORKER_BOOTSTRAP,
        ResourceKind::WorkerBootstrap,
        "worker_bootstrap\0",
    ),
];

/// Every property with its number and its path, which ends with a NUL.
pub(crate) const PROPERTIES: &[(akua_property, &str)] = &[
    (AKUA_ID, "id\0"),
    (AKUA_HTML_URL, "html_url\0"),
    (AKUA_NAME, "name\0"),
    (AKUA_REGION_ID, "region_id\0"),
    (AKUA_WORKSPACE_ID, "workspace_id\0"),
    (AKUA_STATE, "state\0"),
    (AKUA_PROVIDER, "provider\0"),
    (AKUA_KUBECONFIG, "kubeconfig\0"),
    (AKUA_RECONCILING, "reconciling\0"),
    (AKUA_CREATED_AT, "created_at\0"),
    (AKUA_UPDATED_AT, "updated_at\0"),
    (AKUA_ETAG, "etag\0"),
    (AKUA_SLUG, "slug\0"),
    (AKUA_PLAN, "plan\0"),
    (AKUA_PLAN_TIER, "plan.tier\0"),
    (AKUA_PLAN_BILLED_BY, "plan.billed_by\0"),
    (AKUA_WORKSPACE_CLASS, "workspace_class\0"),
    (AKUA_DONE, "done\0"),
    (AKUA_OWNER_ID, "owner_id\0"),
    (AKUA_OWNER_TYPE, "owner_type\0"),
    (AKUA_ORGANIZATION_ID, "organization_id\0"),
    (AKUA_PARENT_OPERATION_ID, "parent_operation_id\0"),
    (AKUA_METADATA, "metadata\0"),
    (AKUA_RESPONSE, "response\0"),
    (AKUA_ERROR, "error\0"),
    (AKUA_ERROR_MESSAGE, "error.message\0"),
    (AKUA_LAST_ERROR, "last_error\0"),
    (AKUA_LAST_ERROR_MESSAGE, "last_error.message\0"),
    (AKUA_LAST_ERROR_STEP_NAME, "last_error.step_name\0"),
    (AKUA_STARTED_AT, "started_at\0"),
    (AKUA_COMPLETED_AT, "completed_at\0"),
    (AKUA_STEPS, "steps\0"),
    (AKUA_CLUSTER_ID, "cluster_id\0"),
    (AKUA_AUTO_SCALING, "auto_scaling\0"),
    (AKUA_MACHINES, "machines\0"),
    (AKUA_MAX_MACHINES, "max_machines\0"),
    (AKUA_API_GROUPS, "api_groups\0"),
    (AKUA_STORAGE_CLASSES, "storage_classes\0"),
    (AKUA_GATEWAY_CLASSES, "gateway_classes\0"),
    (AKUA_GATEWAYS, "gateways\0"),
    (AKUA_DEFAULT_GATEWAY, "default_gateway\0"),
    (AKUA_INGRESS_CLASSES, "ingress_classes\0"),
    (AKUA_NODES, "nodes\0"),
    (AKUA_FRESHNESS, "freshness\0"),
    (AKUA_FRESHNESS_STATE, "freshness.state\0"),
    (AKUA_FRESHNESS_MAX_AGE_SECONDS, "freshness.max_age_seconds\0"),
    (AKUA_FRESHNESS_AGE_SECONDS, "freshness.age_seconds\0"),
    (AKUA_FRESHNESS_LAST_SUCCESSFUL_AT, "freshness.last_successful_at\0"),
    (AKUA_FRESHNESS_LAST_REFRESH_STATUS, "freshness.last_refresh_status\0"),
    (AKUA_FRESHNESS_LAST_REFRESH_ERROR, "freshness.last_refresh_error\0"),
    (AKUA_NETWORK_PROFILE, "network_profile\0"),
    (AKUA_FULL_ID, "full_id\0"),
    (AKUA_TOKEN, "token\0"),
    (AKUA_COMMAND, "command\0"),
    (AKUA_CLOUD_INIT, "cloud_init\0"),
    (AKUA_ARTIFACTS, "artifacts\0"),
    (AKUA_TTL_SECONDS, "ttl_seconds\0"),
];
