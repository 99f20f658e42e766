//! What a scene stands on: an Akua with one cluster and one workspace, clients on it, and the page it is told on.

use std::ops::{Deref, DerefMut};
use std::time::Duration;

use akua_http::{BoxError, Client};
use akua_model::edit::Edited;
use akua_model::{Cluster, ClusterId, Resource, Workspace, WorkspaceId};
use akua_sim::{Action, Author, Fault, Kind, Matcher, Op, Options, Script, Target, When, Write};
use serde_json::{Map, Value};

use crate::page::Page;
pub(crate) use crate::page::{Shown, expect};

/// The cluster of every scene: `prod`, at etag 42.
pub(crate) const CLUSTER: &str = "clu_prod";
/// The workspace of every scene: `Team`, with the slug `team`, at etag 8.
pub(crate) const WORKSPACE: &str = "ws_1";

/// A scene in progress.
pub(crate) struct Stage {
    page: Page,
}

impl Deref for Stage {
    type Target = Page;

    fn deref(&self) -> &Page {
        &self.page
    }
}

impl DerefMut for Stage {
    fn deref_mut(&mut self) -> &mut Page {
        &mut self.page
    }
}

impl Stage {
    /// A fresh Akua.
    pub(crate) fn new() -> Result<Self, BoxError> {
        let page = Page::new(Options::default())?;
        let named = |name: &str| Map::from_iter([("name".to_owned(), Value::from(name))]);
        page.simulator
            .with_world(|world, _| world.seed(Kind::Cluster, CLUSTER, None, named("prod")))?;
        Ok(Self { page })
    }

    /// The cluster as `client` sees it now.
    pub(crate) fn cluster(&self, client: &Client) -> Result<Cluster, BoxError> {
        Ok(client.clusters().get(&CLUSTER.parse::<ClusterId>()?)?)
    }

    /// The workspace as `client` sees it now.
    pub(crate) fn workspace(&self, client: &Client) -> Result<Workspace, BoxError> {
        Ok(client.workspaces().get(&WORKSPACE.parse::<WorkspaceId>()?)?)
    }

    /// What goes wrong with the next write.
    pub(crate) fn next_write(&self, fault: Fault) -> Shown {
        self.simulator.inject(fault.on(Matcher::method("PATCH")))?;
        Ok(())
    }

    /// What somebody else does right after the next write, before its answer is on its way.
    pub(crate) fn after_next_write(&self, action: Action) -> Shown {
        let script = Script::once(When::After, Matcher::method("PATCH"), action);
        Ok(self.simulator.script(script)?)
    }

    /// Somebody else changes a property of the cluster now.
    pub(crate) fn somebody_renames_the_cluster(&self, name: &str) -> Shown {
        self.simulator.write(Write::set(Kind::Cluster, CLUSTER, "name", name))?;
        Ok(())
    }

    /// From now on the server takes no notice of idempotency keys.
    pub(crate) fn forget_keys(&self) -> Shown {
        let switch = Map::from_iter([("keys_honoured".to_owned(), Value::from(false))]);
        Ok(self.simulator.switch(&switch)?)
    }

    /// Nothing goes wrong any more.
    pub(crate) fn all_is_well_again(&self) -> Shown {
        self.simulator.control(Op::Clear {})?;
        Ok(())
    }

    /// How many versions clients have made, by the server's own record.
    pub(crate) fn landed(&self, kind: Kind, id: &str) -> Result<usize, BoxError> {
        let history = self.simulator.history(kind, id)?;
        let ours = history
            .iter()
            .filter(|version| matches!(version.author, Author::Request { .. }));
        Ok(ours.count())
    }

    /// How an edit ended, and the story of it without its times.
    pub(crate) fn tell<R: Resource>(&mut self, edited: &Edited<R>) {
        self.say(&edited.outcome);
        self.steps(&edited.trace);
    }

    /// What was told, without the place where the simulator happens to listen.
    pub(crate) fn page(self) -> String {
        self.text
            .replace(&self.simulator.address().to_string(), "127.0.0.1:8080")
    }
}

/// Somebody else gives the workspace this name.
pub(crate) fn renaming_the_workspace(name: &str) -> Action {
    Action::Write(Write::set(Kind::Workspace, WORKSPACE, "name", name))
}

/// Somebody else deletes the cluster.
pub(crate) fn deleting_the_cluster() -> Action {
    Action::Delete(Target {
        kind: Kind::Cluster,
        id: CLUSTER.to_owned(),
    })
}

/// How long a client of these scenes waits for an answer, where the scene is about that.
pub(crate) const PATIENCE: Duration = Duration::from_millis(1000);
