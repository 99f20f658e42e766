//! What an edit is about: a version that the caller has seen, or just an id.

use crate::resource::Resource;
use crate::{Cluster, ClusterId, Workspace, WorkspaceId};

/// What an edit is about: a version that the caller has seen, or just an id.
///
/// With a version, everything that the caller looked at is protected: prefer it. With an id, the current version is
/// read first, and only changes during the call are noticed.
///
/// ```
/// use akua_model::{Cluster, ClusterId, edit::Target};
/// let id: ClusterId = "clu_1".parse()?;
/// assert_eq!(Target::<Cluster>::from(&id), Target::Id(id));
/// # Ok::<(), akua_model::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Target<R: Resource> {
    /// The version that the caller has seen.
    Seen(Box<R>),
    /// The id of a resource that is to be read first.
    Id(R::Id),
}

impl From<Cluster> for Target<Cluster> {
    fn from(cluster: Cluster) -> Self {
        Self::Seen(Box::new(cluster))
    }
}

impl From<&Cluster> for Target<Cluster> {
    fn from(cluster: &Cluster) -> Self {
        cluster.clone().into()
    }
}

impl From<ClusterId> for Target<Cluster> {
    fn from(id: ClusterId) -> Self {
        Self::Id(id)
    }
}

impl From<&ClusterId> for Target<Cluster> {
    fn from(id: &ClusterId) -> Self {
        id.clone().into()
    }
}

impl From<Workspace> for Target<Workspace> {
    fn from(workspace: Workspace) -> Self {
        Self::Seen(Box::new(workspace))
    }
}

impl From<&Workspace> for Target<Workspace> {
    fn from(workspace: &Workspace) -> Self {
        workspace.clone().into()
    }
}

impl From<WorkspaceId> for Target<Workspace> {
    fn from(id: WorkspaceId) -> Self {
        Self::Id(id)
    }
}

impl From<&WorkspaceId> for Target<Workspace> {
    fn from(id: &WorkspaceId) -> Self {
        id.clone().into()
    }
}
