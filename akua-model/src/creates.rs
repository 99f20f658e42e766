//! What new resources are made of: see [`api`](crate::api) for what they become, and `declare.rs` for how it is written.

use validator::{Validate, ValidationErrors};

use crate::declare::{declare, limit, rust_type, type_name, value_type, written};
use crate::error::Error;
use crate::id::ClusterId;
use crate::limits::Limit;
use crate::newtype::open_enum;
use crate::property::{Presence, Property, Type};
use crate::resource::{Assignment, Patch, sealed::Sealed};
use crate::validation::{check, unknown_property};
use crate::value::Value;
use crate::writable::{Writable, check_field, check_missing, sets_nothing, take, take_text};

open_enum! {
    /// Which network a cluster has.
    NetworkProfile {
        /// Linux nodes, Cilium.
        LinuxCilium = "linux_cilium",
        /// Nodes with Linux and with Windows, Calico. Refused with 403 unless it is enabled for the workspace.
        MixedOsCalico = "mixed_os_calico",
    }
}

declare! {
    /// What a new cluster is made of.
    ///
    /// ```
    /// let new = akua_model::NewCluster::builder().name("prod-eu").region_id("reg_1").build()?;
    /// let error = akua_model::NewCluster::builder().name("prod-eu").build().unwrap_err();
    /// assert!(error.to_string().contains("`region_id` is missing"));
    /// # let _ = new;
    /// # Ok::<(), akua_model::Error>(())
    /// ```
    new NewCluster, NewClusterBuilder;

    /// The name: 1 to 100 code points. A later page says 2 to 32; the server's refusal tells.
    name: text(1..=100), write;
    /// The region it is made in, 1 to 54 code points. It has to be one of those that are listed.
    region_id: text(1..=54), write;
    /// Which network it has; `linux_cilium` if it is not set. It can't be changed later. Only a value that this version knows can
    /// be written.
    network_profile: open(NetworkProfile), write, optional;
}

declare! {
    /// A cluster of the user's own that is to be imported.
    ///
    /// ```
    /// let import = akua_model::ClusterImport::builder()
    ///     .name("edge")
    ///     .region_id("reg_1")
    ///     .kubeconfig("apiVersion: v1 …")
    ///     .build()?;
    /// assert!(!format!("{import:?}").contains("apiVersion"));
    /// # Ok::<(), akua_model::Error>(())
    /// ```
    new ClusterImport, ClusterImportBuilder;

    /// The name: 1 to 100 code points.
    name: text(1..=100), write;
    /// The region that it belongs to, 1 to 54 code points.
    region_id: text(1..=54), write;
    /// The kubeconfig to import with, at least one code point. A secret: it is never shown, and no token holds it.
    kubeconfig: secret(1..), write;
}

declare! {
    /// What a new workspace is made of.
    ///
    /// ```
    /// let new = akua_model::NewWorkspace::builder().name("Team Blue").slug("team-blue").build()?;
    /// # let _ = new;
    /// # Ok::<(), akua_model::Error>(())
    /// ```
    new NewWorkspace, NewWorkspaceBuilder;

    /// The name: 1 to 100 code points.
    name: text(1..=100), write;
    /// The short name in addresses, 3 to 39 code points, which no other workspace has; the server makes one up if it is not set.
    slug: text(3..=39), write, optional;
}

declare! {
    /// What a new worker bootstrap is made of.
    ///
    /// ```
    /// let new = akua_model::NewWorkerBootstrap::builder()
    ///     .cluster_id("clu_1".parse::<akua_model::ClusterId>()?)
    ///     .ttl_seconds(3600)
    ///     .build()?;
    /// # let _ = new;
    /// # Ok::<(), akua_model::Error>(())
    /// ```
    new NewWorkerBootstrap, NewWorkerBootstrapBuilder;

    /// The cluster whose worker a machine is to become: its id, 1 to 54 code points.
    cluster_id: id(ClusterId), write;
    /// For how long machines can join with it, in seconds: 60 to 86400. What it is if it is not set is not documented.
    ttl_seconds: number(60..=86400), write, optional;
}
