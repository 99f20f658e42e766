//! The kinds of resources that are launched on under an etag.

use akua_http::{Client, Collection, Deletable};
use akua_model::edit::{LaunchKind, Launched, Target};
use akua_model::{Cluster, Resource, Workspace};

/// A kind of resource that is launched on under an etag.
pub trait Launches: Resource + Deletable {
    fn of(client: &Client) -> Collection<Self>;
    fn launch(collection: &Collection<Self>, kind: LaunchKind, target: Target<Self>) -> Launched;
}

impl Launches for Cluster {
    fn of(client: &Client) -> Collection<Self> {
        client.clusters()
    }

    fn launch(collection: &Collection<Self>, kind: LaunchKind, target: Target<Self>) -> Launched {
        match kind {
            LaunchKind::SuspendCluster => collection.suspend(target),
            LaunchKind::ResumeCluster => collection.resume(target),
            _ => collection.delete(target),
        }
        .unwrap()
    }
}

impl Launches for Workspace {
    fn of(client: &Client) -> Collection<Self> {
        client.workspaces()
    }

    fn launch(collection: &Collection<Self>, _: LaunchKind, target: Target<Self>) -> Launched {
        collection.delete(target).unwrap()
    }
}
