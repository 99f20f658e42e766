//! What a scene stands on: an Akua with three clusters, clients on it, and the page it is told on.

#[path = "../../tests/edit_docs/page.rs"]
mod page;

use std::collections::BTreeSet;
use std::ops::{Deref, DerefMut};

use akua_http::{BoxError, Client};
use akua_model::Cluster;
use akua_model::edit::{Launched, WaitToken};
use akua_model::waiting::{WaitPolicy, Waited};
use akua_sim::{Kind, Op, Options, Until};
use serde_json::{Map, Value};

use self::page::Page;
pub(crate) use self::page::{Shown, expect};

/// One scene: plays, tells, and fails unless the ends are what they should be.
pub(crate) type Scene = fn(&mut Stage) -> Shown;

/// A scene in progress.
pub(crate) struct Stage(Page);

impl Deref for Stage {
    type Target = Page;

    fn deref(&self) -> &Page {
        &self.0
    }
}

impl DerefMut for Stage {
    fn deref_mut(&mut self) -> &mut Page {
        &mut self.0
    }
}

/// Plays one on a stage of its own; what it has told.
pub(crate) fn play(number: usize, title: &str, scene: Scene) -> Result<String, BoxError> {
    let mut stage = Stage(Page::new(Options::clusters(3))?);
    stage.text = format!("{number}. {title}\n");
    match scene(&mut stage) {
        Ok(()) => Ok(stage.0.text),
        Err(error) => Err(format!("{error}, in the scene\n\n{}", stage.text).into()),
    }
}

impl Stage {
    /// The first cluster, as `client` sees it now.
    pub(crate) fn cluster(&self, client: &Client) -> Result<Cluster, BoxError> {
        Ok(client.clusters().get(&CLUSTER.parse()?)?)
    }

    /// A client that sees every workspace.
    pub(crate) fn broad_client(&self) -> Result<Client, BoxError> {
        let (token, context) = (self.simulator.broad_token().to_owned(), "ws_1".parse()?);
        self.client_with(|builder| builder.token(token).context(context))
    }

    /// Waits for what was accepted, and tells how that ended.
    pub(crate) fn wait(&mut self, client: &Client, token: &WaitToken) -> Result<Waited, BoxError> {
        let waited = client.operations().wait(token, WaitPolicy::default())?;
        self.say(&waited);
        Ok(waited)
    }

    /// Operations go on only when they are told to.
    pub(crate) fn operations_wait_for_word(&self) -> Shown {
        let switch = Map::from_iter([("operation_looks".to_owned(), Value::Null)]);
        Ok(self.simulator.switch(&switch)?)
    }

    /// Ends a step of an operation, or the whole of it.
    pub(crate) fn advance(&self, operation: &str, to: Until) -> Shown {
        let (id, ends) = (operation.to_owned(), None);
        self.simulator.control(Op::AdvanceOperation { id, to, ends })?;
        Ok(())
    }

    /// How often a client's request was accepted, by the server's own record. A repeat that was answered with the operation
    /// of the first is none.
    pub(crate) fn accepted(&self) -> usize {
        let log = self.simulator.log();
        let accepted = |entry: &&akua_sim::Entry| matches!(entry.effect, akua_sim::Effect::Accepted(_));
        log.iter().filter(accepted).count()
    }

    /// How many requests to make something were sent, and under how many keys, by the server's own record.
    pub(crate) fn creates(&self) -> (usize, usize) {
        let log = self.simulator.log();
        let sent: Vec<_> = log.iter().filter(|entry| entry.create.is_some()).collect();
        let keys: BTreeSet<_> = sent.iter().filter_map(|entry| entry.idempotency_key.as_ref()).collect();
        (sent.len(), keys.len())
    }

    /// Whether the first cluster is there, whatever a client may see.
    pub(crate) fn is_there(&self) -> Result<bool, BoxError> {
        let history = self.simulator.history(Kind::Cluster, CLUSTER)?;
        Ok(history.last().is_some_and(|version| !version.deleted))
    }

    /// How a launch ended, and the story of it without its times.
    pub(crate) fn tell(&mut self, launched: &Launched) {
        self.say(launched);
        self.steps(&launched.trace);
        for candidate in &launched.candidates {
            self.say(format_args!("  candidate: {candidate}"));
        }
    }
}

/// The cluster of every scene: active, at etag 42.
pub(crate) const CLUSTER: &str = "clu_1";
