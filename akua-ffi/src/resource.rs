//! What clusters and workspaces have in common here, so that each call is written once.

use akua_http::{Client, Collection};
use akua_model::edit::Edited;
use akua_model::{Cluster, Resource, Workspace};

use crate::cluster::akua_cluster;
use crate::cluster_edit::akua_cluster_edited;
use crate::ends::Ended;
use crate::error::akua_error;
use crate::failure::Failure;
use crate::handle::{Handle, Owned};
use crate::workspace::akua_workspace;
use crate::workspace_edit::akua_workspace_edited;

/// A resource that C knows.
pub(crate) trait Exported: Resource + Send + Sync + 'static {
    /// The handle of one version.
    type Shown: Handle;
    /// The handle of an edit that is in effect.
    type Edited: Handle;

    fn shown(self) -> Self::Shown;
    fn edited(ended: Ended<Self>) -> Self::Edited;
    fn collection(client: &Client) -> Collection<Self>;
    /// Keeps the version that was read last in an error.
    fn keep(error: &mut akua_error, version: Owned<Self::Shown>);
}

impl Exported for Cluster {
    type Shown = akua_cluster;
    type Edited = akua_cluster_edited;

    fn shown(self) -> akua_cluster {
        akua_cluster::new(self)
    }

    fn edited(ended: Ended<Self>) -> akua_cluster_edited {
        akua_cluster_edited(ended)
    }

    fn collection(client: &Client) -> Collection<Self> {
        client.clusters()
    }

    fn keep(error: &mut akua_error, version: Owned<akua_cluster>) {
        error.cluster = Some(version);
    }
}

impl Exported for Workspace {
    type Shown = akua_workspace;
    type Edited = akua_workspace_edited;

    fn shown(self) -> akua_workspace {
        akua_workspace::new(self)
    }

    fn edited(ended: Ended<Self>) -> akua_workspace_edited {
        akua_workspace_edited(ended)
    }

    fn collection(client: &Client) -> Collection<Self> {
        client.workspaces()
    }

    fn keep(error: &mut akua_error, version: Owned<akua_workspace>) {
        error.workspace = Some(version);
    }
}

/// What an edit that has ended becomes: a handle if the change is in effect, an error if not.
pub(crate) fn ended<R: Exported>(edited: Edited<R>) -> Result<*mut R::Edited, Failure> {
    Ended::new(edited).map(|ended| Owned::new(R::edited(ended)).hand_over())
}
