//! Every kind of resource, declared once. Types, patches, limits and the tables that other languages are made from come
//! from here: see `declare.rs` for what may be said of a property, and `docs/adding.md` for how to add one.
//!
//! ```
//! use akua_model::{ClusterPatch, Provider, WorkspacePatch};
//! let patch = ClusterPatch::builder().name("prod-eu").provider(Provider::ImportedByoc).build()?;
//! assert!(ClusterPatch::builder().build().is_err());
//! assert!(WorkspacePatch::builder().slug("ab").build().is_err());
//! # Ok::<(), akua_model::Error>(())
//! ```
//!
//! There is no way around the builder:
//!
//! ```compile_fail,E0599
//! let empty = akua_model::ClusterPatch::default();
//! ```

use std::fmt;

use serde::de::{self, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationErrors};

use crate::declare::{declare, limit, rust_type, type_name, value_type, written};
use crate::decode::{Key, decode, decode_usual};
use crate::edit::Target;
use crate::error::Error;
use crate::etag::Etag;
use crate::id::{ClusterId, OperationId, WorkerBootstrapId, WorkspaceId};
use crate::kind::ResourceKind;
use crate::limits::Limit;
use crate::newtype::open_enum;
use crate::page::Page;
use crate::property::{Presence, Property, Type, WrittenFlag};
use crate::raw::Json;
use crate::resource::{
    Assignment, Declared, Listed, Patch, Readable, Resource, Unknown, Versioned, read_into, sealed::Sealed,
};
use crate::secret::Secret;
use crate::timestamp::Timestamp;
use crate::validation::{check, unknown_property};
use crate::value::{Properties, Showing, Shown, Value};
use crate::with_kind;
use crate::writable::{Writable, check_field, check_missing, sets_nothing, take, take_text};

open_enum! {
    /// Where a cluster is in its life.
    ClusterState {
        /// Asked for, nothing runs yet.
        Pending = "pending",
        /// Its machines are being set up.
        Provisioning = "provisioning",
        /// It runs.
        Active = "active",
        /// It is stopped and can be resumed.
        Suspended = "suspended",
        /// It is being removed.
        Deleting = "deleting",
    }
}

open_enum! {
    /// Who runs the Kubernetes control plane of a cluster.
    Provider {
        /// A service that Akua manages.
        ManagedKaas = "managed_kaas",
        /// A cluster of the user's own, imported with its kubeconfig.
        ImportedByoc = "imported_byoc",
    }
}

declare! {
    /// A cluster as one answer showed it.
    ///
    /// `region_id` and `kubeconfig` can be written and are not in the answer. Serialised again, it gives the
    /// same properties with the same values, those that this version does not know included.
    kind Cluster, ClusterPatch, ClusterPatchBuilder, "cluster" in "/v1/clusters", id ClusterId, takes_idempotency_key true;

    /// The id, 1 to 54 code points.
    id: id(ClusterId), read;
    /// Its page for people. Documented on one page only, so it may be missing. Documented as at most 2048
    /// code points; a longer one is kept.
    html_url: text(0..=2048), read, undocumented;
    /// The name: 1 to 100 code points when it is written, of any length in answers.
    name: text(1..=100), both;
    /// The region to move to, 1 to 54 code points. Write-only: no answer shows it.
    region_id: text(1..=54), write;
    /// The workspace it belongs to.
    workspace_id: id(WorkspaceId), read;
    /// Where it is in its life.
    state: open(ClusterState), read;
    /// Who runs its control plane. Only a value that this version knows can be written.
    provider: open(Provider), both;
    /// The kubeconfig to import with, at least one code point. Write-only and a secret: no answer shows it.
    kubeconfig: secret(1..), write;
    /// Whether the server is still bringing it into the state that was asked for.
    reconciling: flag, read;
    /// When it was made.
    created_at: time, read;
    /// When it last changed.
    updated_at: time, read;
    /// The etag of this version.
    etag: etag, read;
}

open_enum! {
    /// How old what is known of a cluster's capabilities is.
    Freshness {
        /// Nothing is known yet.
        Missing = "missing",
        /// It is not older than it may be.
        Fresh = "fresh",
        /// It is older than it may be.
        Stale = "stale",
    }
}

open_enum! {
    /// What the last attempt to find out a cluster's capabilities came to.
    RefreshStatus {
        /// They were found out.
        Success = "SUCCESS",
        /// They were not; what is known is that of an earlier attempt.
        Failed = "FAILED",
        /// It is under way.
        Running = "RUNNING",
    }
}

declare! {
    /// How old what is known of a cluster's capabilities is, and what the last attempt to find them out came to.
    object CapabilitiesFreshness;

    /// Whether it is fresh.
    state: open(Freshness), read;
    /// How old it may be, in seconds, until it is stale.
    max_age_seconds: number, read;
    /// How old it is, in seconds; none if nothing is known yet.
    age_seconds: number, read, nullable;
    /// When it was found out; none if nothing is known yet.
    last_successful_at: time, read, nullable;
    /// What the last attempt came to; none if there was none.
    last_refresh_status: open(RefreshStatus), read, nullable;
    /// Why the last attempt failed; none if it did not.
    last_refresh_error: text, read, nullable;
}

declare! {
    /// What can be used in a cluster, as it was found out last: each cluster has it, and it is read by the cluster's id.
    ///
    /// There is no etag and nothing to change in it; `freshness` says how old it is, and a refresh of the capabilities, which is a
    /// call on clusters, finds it out anew. No answer says of which cluster it is: `cluster_id` is the one that was asked for, and
    /// is added. Serialised again, it gives that and the same properties with the same values, those that this version does not
    /// know included.
    kind ClusterCapabilities, "capabilities" at "/v1/clusters/{id}/capabilities", id cluster_id ClusterId, calls get;

    /// The cluster's id, 1 to 54 code points, by which the capabilities are read.
    cluster_id: id(ClusterId), read;
    /// The API groups that the cluster serves: a list of texts, which may be empty.
    api_groups: json, read;
    /// Its storage classes: a list with `name`, `provisioner`, `is_default`, `reclaim_policy` and `volume_binding_mode` of each.
    storage_classes: json, read;
    /// Its gateway classes: a list.
    gateway_classes: json, read;
    /// Its gateways: a list with `namespace`, `name`, `gateway_class_name`, `listeners` and more of each.
    gateways: json, read;
    /// The gateway that is used where none is named. No form of it is documented, and it may be missing.
    default_gateway: json, read, undocumented;
    /// Its ingress classes: a list.
    ingress_classes: json, read;
    /// Its nodes: a list with `name`, `ready`, `roles`, `version`, `cpu_capacity`, `memory_capacity` and more of each.
    nodes: json, read;
    /// How old all of this is. Documented on one page only, so it may be missing.
    freshness: object(CapabilitiesFreshness), read, undocumented;
}

open_enum! {
    /// Whether the number of machines of a cluster follows what it needs.
    AutoScaling {
        /// It does, up to the most that is allowed.
        Active = "active",
        /// It does not. The platform pauses it itself at the end of a subscription.
        Paused = "paused",
    }
}

declare! {
    /// The compute settings of a cluster as one answer showed them. Each cluster has them, under an etag of their own, which is
    /// not the cluster's.
    ///
    /// No answer says of which cluster they are: `cluster_id` is the one that was asked for, and is added. Serialised again,
    /// they give that and the same properties with the same values, those that this version does not know included.
    kind ClusterComputeSettings, ClusterComputeSettingsPatch, ClusterComputeSettingsPatchBuilder,
        "compute settings" at "/v1/clusters/{id}/compute_settings", id cluster_id ClusterId, takes_idempotency_key false;

    /// The cluster's id, 1 to 54 code points, by which the settings are read and changed.
    cluster_id: id(ClusterId), read;
    /// Whether the number of machines follows what the cluster needs. Only a value that this version knows can be written. On the
    /// wire it is written as `auto_scaling_enabled`: true for `active`, false for `paused`.
    auto_scaling: open(AutoScaling) written auto_scaling_enabled for "active", both;
    /// How many machines there are now.
    machines: number, read;
    /// How many machines there may be: 0 to 100 when it is written, any number in answers.
    max_machines: number(0..=100), both;
    /// When they last changed.
    updated_at: time, read;
    /// The etag of this version.
    etag: etag, read;
}

open_enum! {
    /// What a workspace is for. Documented on one page only.
    WorkspaceClass {
        /// An ordinary workspace.
        Standard = "standard",
        /// A workspace that serves others.
        Platform = "platform",
        /// A workspace to try things in.
        Sandbox = "sandbox",
    }
}

open_enum! {
    /// Who bills for a plan. Documented on one page only.
    BilledBy {
        /// Akua itself.
        Platform = "platform",
        /// A seller.
        Seller = "seller",
    }
}

declare! {
    /// The plan of a workspace.
    object WorkspacePlan;

    /// The tier; it may be missing.
    tier: text, read, undocumented;
    /// Who bills for it; it may be missing.
    billed_by: open(BilledBy), read, undocumented;
}

declare! {
    /// A workspace as one answer showed it.
    ///
    /// Serialised again, it gives the same properties with the same values, those that this version does not
    /// know included.
    kind Workspace, WorkspacePatch, WorkspacePatchBuilder, "workspace" in "/v1/workspaces", id WorkspaceId, takes_idempotency_key false;

    /// The id, 1 to 53 code points.
    id: id(WorkspaceId), read;
    /// The name: 1 to 100 code points when it is written, of any length in answers.
    name: text(1..=100), both;
    /// The part of its address that people choose: 3 to 39 code points when it is written, of any length in answers. No
    /// pattern is documented, so only the length is checked here.
    slug: text(3..=39), both;
    /// The plan.
    plan: object(WorkspacePlan), read;
    /// What it is for. Documented on one page only, so it may be missing.
    workspace_class: open(WorkspaceClass), read, undocumented;
    /// When it was made: an RFC 3339 text on one page of the documentation, Unix seconds on another.
    created_at: time, read;
    /// When it last changed.
    updated_at: time, read;
    /// The etag of this version.
    etag: etag, read;
}

open_enum! {
    /// How far an operation is.
    OperationState {
        /// It is under way, or waits for a person.
        Running = "RUNNING",
        /// It has done what it was to do.
        Succeeded = "SUCCEEDED",
        /// It has ended before that. Some of it may have been done.
        Failed = "FAILED",
        /// It was ended on request. Some of it may have been done.
        Cancelled = "CANCELLED",
    }
}

open_enum! {
    /// What an operation works on.
    OwnerType {
        /// An install.
        Install = "install",
        /// A change request of a repository.
        RepositoryChangeRequest = "repository_change_request",
        /// A repository.
        Repository = "repository",
        /// A workspace.
        Workspace = "workspace",
        /// A machine.
        Machine = "machine",
        /// A cluster.
        Cluster = "cluster",
        /// A package.
        Package = "package",
    }
}

declare! {
    /// Why an operation failed or was cancelled.
    object OperationFailure;

    /// The server's words.
    message: text, read;
}

declare! {
    /// What went wrong last in an operation, which may have been tried again since.
    object OperationLastFailure;

    /// The server's words.
    message: text, read;
    /// The step in which it went wrong; it may be missing.
    step_name: text, read, undocumented;
}

declare! {
    /// What the server does after it has accepted something that takes a while, as one answer showed it.
    ///
    /// There is nothing to change in it, and it has no etag. While it is under way what is shown may be some seconds old; once
    /// it is `done`, it never changes again.
    kind Operation, "operation" in "/v1/operations", id OperationId, calls list get, filters owner_type owner_id;

    /// The id, 1 to 53 code points.
    id: id(OperationId), read;
    /// How far it is.
    state: open(OperationState), read;
    /// Whether it has ended, however it did.
    done: flag, read;
    /// The id of what it works on. Of something that is being made, nobody says whether it is the id that it will have.
    owner_id: text, read;
    /// What that is.
    owner_type: open(OwnerType), read;
    /// The workspace it belongs to, if it belongs to one.
    workspace_id: id(WorkspaceId), read, nullable;
    /// The organization it belongs to, if it belongs to one.
    organization_id: text, read, nullable;
    /// The operation that has started it, if one has.
    parent_operation_id: id(OperationId), read, nullable;
    /// Its page for people.
    html_url: text, read;
    /// What it was asked to do. Its `type`, such as `cluster.create`, says what else is in it.
    metadata: json, read;
    /// What came of it, once it has succeeded.
    response: json, read, nullable;
    /// Why it failed or was cancelled.
    error: object(OperationFailure), read, nullable;
    /// What went wrong last. It may be there while the operation goes on, and goes when a repeat works.
    last_error: object(OperationLastFailure), read, nullable;
    /// When it began.
    started_at: time, read;
    /// When it ended.
    completed_at: time, read, nullable;
    /// Its steps: `name`, `status`, `execution_type` (`user` and `approval` wait for a person) and more of each. Lists leave
    /// them out.
    steps: json, read, undocumented;
}

crate::newtype::text_newtype! {
    /// The id of a region: 1 to 54 code points.
    RegionId, "id", |text| crate::id::id_problem(text, Limit::new(1, 54))
}

declare! {
    /// A region in which clusters run, as a list showed it.
    ///
    /// The API can list them, and what else a list shows of one is not documented: it is kept with the properties that this
    /// version does not know.
    kind Region, "region" in "/v1/regions", id RegionId, calls list;

    /// The id, 1 to 54 code points: the `region_id` of a cluster.
    id: id(RegionId), read;
    /// Its name. Documented for writes only, so it may be missing.
    name: text, read, undocumented;
}

declare! {
    /// What lets machines of one's own join a cluster as its workers, as one answer showed it. It stands below that cluster.
    ///
    /// What gives access is shown once, in the answer to the create: `token`, `command`, `cloud_init` and `artifacts`. It is there
    /// where that answer is read, and nowhere else: it is not in what this is serialised to, and a later read or list has it no
    /// more. What else an answer shows of one is not documented: it is kept with the properties that this version does not know.
    kind WorkerBootstrap, "worker bootstrap" below cluster_id in "/v1/clusters/{id}/worker_bootstraps", id full_id WorkerBootstrapId;

    /// The cluster's id and its own with a `/` between them, by which it is read and revoked. No answer says it: it is put
    /// together of the cluster that was asked for and `id`, and is added.
    full_id: id(WorkerBootstrapId), read;
    /// Its own id, 1 to 54 code points.
    id: text(1..=54), read;
    /// The etag of this version.
    etag: etag, read;
    /// A secret with which a machine joins. Only the answer to the create shows it.
    token: secret(0..), read, once;
    /// A secret: what to run on a machine that is to join. Only the answer to the create shows it.
    command: secret(0..), read, once;
    /// A secret: what to hand to cloud-init of a machine that is to join. Only the answer to the create shows it.
    cloud_init: secret(0..), read, once;
    /// A secret, whose form is not documented: its JSON, or the text if it is one. Only the answer to the create shows it.
    artifacts: secret(0..), read, once;
}

impl ResourceKind {
    /// Whether one can be read by its id: see [`Readable`].
    #[must_use]
    pub fn is_readable(self) -> bool {
        with_kind!(self, Readable _R => true, else => false)
    }

    /// Whether it can be changed: see [`Resource`].
    #[must_use]
    pub fn is_writable(self) -> bool {
        with_kind!(self, Resource _R => true, else => false)
    }

    /// The word for one of it in messages: see [`Declared::NOUN`].
    #[must_use]
    pub fn noun(self) -> &'static str {
        with_kind!(self, R => R::NOUN)
    }

    /// The property that is its id: see [`Declared::ID`].
    #[must_use]
    pub fn id_property(self) -> &'static str {
        with_kind!(self, R => R::ID)
    }

    /// Whether answers show the id: see [`Declared::ANSWERS_SHOW_ID`].
    #[must_use]
    pub fn answers_show_id(self) -> bool {
        with_kind!(self, R => R::ANSWERS_SHOW_ID)
    }

    /// What it stands below: see [`Declared::BELOW`].
    #[must_use]
    pub fn below(self) -> Option<&'static str> {
        with_kind!(self, R => R::BELOW)
    }

    /// Whether a list of it can be read: see [`Listed`].
    #[must_use]
    pub fn is_listed(self) -> bool {
        with_kind!(self, Listed _R => true, else => false)
    }

    /// The properties by which its list can be narrowed: see [`Listed::FILTERS`].
    #[must_use]
    pub fn filters(self) -> &'static [&'static str] {
        with_kind!(self, Listed R => R::FILTERS, else => &[])
    }

    /// The path of all of it; of what there is one of for each cluster, or what stands below one, with the cluster's id left open.
    #[must_use]
    pub fn path(self) -> &'static str {
        with_kind!(self, Listed R => R::COLLECTION, else => with_kind!(self, Readable R => R::ROUTE, else => ""))
    }

    /// The word for all of it in every language, such as `clusters`: the last part of its path.
    #[must_use]
    pub fn plural(self) -> &'static str {
        self.path().rsplit('/').next().unwrap_or_default()
    }

    /// Every property of this kind, in the order of the declaration.
    #[must_use]
    pub fn properties(self) -> &'static [Property] {
        with_kind!(self, R => R::PROPERTIES)
    }

    /// Every property of this kind that can be written, in the same order.
    #[must_use]
    pub fn fields(self) -> &'static [Property] {
        with_kind!(self, R => R::FIELDS)
    }
}

/// All properties that must never be shown.
pub(crate) fn secret_fields() -> impl Iterator<Item = &'static Property> {
    let fields = ResourceKind::ALL.iter().flat_map(|kind| kind.fields());
    fields.filter(|field| field.is_secret())
}

/// Reads the value of a property that answers of a kind are not known to have. Of two the last counts. A secret of any kind is
/// never part of an answer: should a server send one, it is not kept.
#[inline(never)]
fn read_unknown<'de, A: MapAccess<'de>>(unknown: &mut Unknown, name: &str, map: &mut A) -> Result<(), A::Error> {
    if secret_fields().any(|field| field.name == name) {
        map.next_value::<IgnoredAny>()?;
    } else {
        unknown.insert(name, map.next_value()?);
    }
    Ok(())
}
