//! Launches: what is asked of one before it is accepted, and what its acceptance makes.
//!
//! What its key is worth, and how its operation goes on, is not decided here.

use akua_model::ResourceKind as Kind;
use serde_json::{Map, Value};

use super::World;
use super::asked::{Asked, Job, Key, Outcome};
use super::keyed::Keyed;
use crate::auth::Scope;
use crate::change::Change;
use crate::launch::Launch;
use crate::log::{Acceptance, Effect};
use crate::operation::{Ends, Work};
use crate::refusal::{Refusal, json_answer};
use crate::resource::{Author, Resource};
use crate::wire::{Answer, WireRequest};

impl World {
    pub(super) fn launch(&mut self, asked: &Asked<'_>, scope: &Scope, request: &WireRequest) -> Outcome {
        let if_match = match asked.launch.is_guarded() {
            true => Some(self.if_match(request)?),
            false => None,
        };
        let keyed = self.keyed_launch(asked.seq, asked.launch, asked.id);
        let key = self.promised_key(&keyed, scope, request)?;
        let first = self.contract.key_checked_before_if_match;
        if first && let Some(replay) = self.answered_before(&keyed, key.as_ref()) {
            return replay;
        }
        let outcome = self.compared_and_launched(asked, scope, if_match.as_deref(), (&keyed, key.as_ref()));
        if let Some(key) = key
            && !self.forgets()
        {
            self.keep_promised(&keyed, key, &outcome);
        }
        outcome
    }

    /// Compares etag and state and accepts: one step, nothing comes between.
    fn compared_and_launched(
        &mut self,
        asked: &Asked<'_>,
        scope: &Scope,
        if_match: Option<&str>,
        (keyed, key): (&Keyed<'_>, Option<&Key>),
    ) -> Outcome {
        let (kind, id) = (asked.launch.kind(), asked.id);
        let instead = if_match.and_then(|etag| self.compared_with(kind, id, etag));
        let resource = self.visible(kind, id, scope)?;
        let current = instead.as_ref().unwrap_or(&resource.current().etag);
        if if_match.is_some_and(|etag| etag != current) {
            return Err(Refusal::aborted(current, &self.contract));
        }
        if !self.contract.key_checked_before_if_match
            && let Some(replay) = self.answered_before(keyed, key)
        {
            return replay;
        }
        if asked.launch == Launch::CancelOperation {
            return self.cancelled(asked);
        }
        self.is_possible(asked.launch, id)?;
        let author = Author::Request { seq: asked.seq };
        let ends = asked
            .ends
            .clone()
            .unwrap_or_else(|| self.contract.operation_ends.clone());
        if let Some(outcome) = self.launched_otherwise(asked, &ends) {
            return outcome;
        }
        let started = self.started(asked.launch, id, author, ends);
        self.accepted(started.ok_or_else(Refusal::not_found)?)
    }

    /// Whether what is asked for can begin now.
    fn is_possible(&self, launch: Launch, id: &str) -> Result<(), Refusal> {
        let kind = launch.kind();
        let noun = kind.name();
        let state = self.store.find(kind, id).and_then(|resource| resource.text("state"));
        if self.contract.one_operation_at_a_time && self.operations.values().any(|known| known.works_on(kind, id)) {
            return Err(Refusal::conflict(&format!(
                "Another operation of this {noun} is under way"
            )));
        }
        if let Some(needed) = launch.needed_state().filter(|needed| state != Some(*needed)) {
            return Err(Refusal::conflict(&format!("The {noun} is not {needed}")));
        }
        Ok(())
    }

    fn cancelled(&mut self, asked: &Asked<'_>) -> Outcome {
        let id = asked.id;
        if !self.ask_to_cancel(id) {
            return Err(Refusal::unprocessable("The operation has ended"));
        }
        self.accepted(Acceptance {
            launch: asked.launch,
            id: id.to_owned(),
            operation: id.to_owned(),
            version: None,
            etag: None,
        })
    }

    /// The answer to an accepted launch: its operation as it is.
    pub(super) fn accepted(&self, acceptance: Acceptance) -> Outcome {
        let operation = self.store.find(Kind::Operation, &acceptance.operation);
        let answer = self.operation_shown(operation.ok_or_else(Refusal::not_found)?);
        Ok((Effect::Accepted(Box::new(acceptance)), answer))
    }

    fn operation_shown(&self, operation: &Resource) -> Answer {
        let shown = operation.rendered(operation.current(), &self.contract);
        json_answer(202, &Value::Object(shown))
    }

    /// Starts an operation, without asking whether it may. `None`: what it is about is not there.
    pub(super) fn started(&mut self, launch: Launch, id: &str, author: Author, ends: Ends) -> Option<Acceptance> {
        let (kind, (metadata_type, metadata_id)) = (launch.kind(), launch.operation()?);
        let target = self.store.find(kind, id)?;
        let (workspace, before) = (target.workspace.clone(), target.text("state").map(str::to_owned));
        let cluster = target
            .text("cluster_id")
            .map(|cluster| ("cluster_id".to_owned(), cluster.into()));
        let version = self.marked(launch, id, author.clone());
        let operation = self.begun(Job {
            work: Work::Launch(launch),
            id,
            workspace: &workspace,
            metadata: [
                ("type".to_owned(), metadata_type.into()),
                (metadata_id.to_owned(), id.into()),
            ]
            .into_iter()
            .chain(cluster)
            .collect(),
            before,
            ends,
            author,
        });
        let etag = self.store.find(kind, id).map(|target| target.current().etag.clone());
        Some(Acceptance {
            launch,
            id: id.to_owned(),
            operation,
            version,
            etag,
        })
    }

    /// The version that the acceptance makes of what it is about, if it makes one.
    fn marked(&mut self, launch: Launch, id: &str, author: Author) -> Option<u64> {
        let kind = launch.kind();
        let moves = self.contract.accept_moves_etag;
        let mut set = Map::new();
        match launch {
            Launch::RefreshCapabilities | Launch::CancelOperation => return None,
            // Nothing is seen of it but the etag.
            Launch::DeleteWorkspace | Launch::RevokeWorkerBootstrap if !moves => return None,
            Launch::DeleteWorkspace | Launch::RevokeWorkerBootstrap => {}
            Launch::SuspendCluster | Launch::ResumeCluster | Launch::DeleteCluster => {
                set.insert("reconciling".to_owned(), true.into());
            }
        }
        if launch == Launch::DeleteCluster {
            set.insert("state".to_owned(), "deleting".into());
        }
        let before = self.store.find(kind, id)?.current().etag.clone();
        self.commit(kind, id, Change::of(kind, set), author)?;
        let resource = self.store.find_mut(kind, id)?;
        if !moves {
            resource.restamp(before);
        }
        Some(resource.current().version)
    }
}
