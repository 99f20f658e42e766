//! What a scene stands on: an Akua with one cluster and one workspace, clients on it, and the page it is told on.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use akua_http::retry::Pace;
use akua_http::{BoxError, Client, ClientBuilder};
use akua_model::edit::Edited;
use akua_model::{Cluster, ClusterId, Resource, Workspace, WorkspaceId};
use akua_sim::{Action, Author, Fault, Kind, Matcher, Op, Options, Script, Simulator, Target, When, Write};
use serde_json::{Map, Value};

/// What a scene ends with: an error stops the demo.
pub(crate) type Shown = Result<(), BoxError>;

/// The cluster of every scene: `prod`, at etag 42.
pub(crate) const CLUSTER: &str = "clu_prod";
/// The workspace of every scene: `Team`, with the slug `team`, at etag 8.
pub(crate) const WORKSPACE: &str = "ws_1";

/// Keys that differ and waits that don't: every run tells the same.
#[derive(Default)]
struct SameDice(AtomicU64);

impl Pace for SameDice {
    fn entropy(&self) -> Result<u128, BoxError> {
        let roll = self.0.fetch_add(1, Ordering::Relaxed) + 1;
        Ok((199 << 64) | u128::from(roll))
    }
}

/// A scene in progress.
pub(crate) struct Stage {
    pub(crate) simulator: Simulator,
    page: String,
}

impl Stage {
    /// A fresh Akua.
    pub(crate) fn new() -> Result<Self, BoxError> {
        let simulator = Simulator::start(Options::default())?;
        let named = |name: &str| Map::from_iter([("name".to_owned(), Value::from(name))]);
        simulator.with_world(|world, _| world.seed(Kind::Cluster, CLUSTER, None, named("prod")))?;
        Ok(Self {
            simulator,
            page: String::new(),
        })
    }

    /// A client of its own, as another program would have.
    pub(crate) fn client(&self) -> Result<Client, BoxError> {
        self.client_with(|builder| builder)
    }

    /// One with other settings.
    pub(crate) fn client_with(&self, set: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Result<Client, BoxError> {
        let builder = Client::builder()
            .base_url(self.simulator.url())
            .token(self.simulator.token())
            .pace(SameDice::default());
        Ok(set(builder).build()?)
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

    /// A line of the scene.
    pub(crate) fn say(&mut self, line: impl fmt::Display) {
        for line in line.to_string().lines() {
            self.page.push_str("   ");
            self.page.push_str(line.trim_end());
            self.page.push('\n');
        }
    }

    /// How an edit ended, and the story of it without its times.
    pub(crate) fn tell<R: Resource>(&mut self, edited: &Edited<R>) {
        self.say(&edited.outcome);
        for step in edited.trace.steps() {
            self.say(format_args!("  {}: {} -> {}", step.heard, step.why, step.next));
        }
    }

    /// What was told, without the place where the simulator happens to listen.
    pub(crate) fn page(self) -> String {
        self.page
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

/// Fails unless it is as the scene claims.
pub(crate) fn expect(shown: bool, what: &str) -> Shown {
    if shown {
        Ok(())
    } else {
        Err(format!("expected {what}").into())
    }
}
