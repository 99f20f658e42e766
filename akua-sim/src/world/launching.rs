//! Launches: what is asked of one before it is accepted, its key, and what its acceptance makes.
//!
//! How its operation goes on is not decided here.

use akua_model::{ResourceKind as Kind, limits};
use serde_json::{Map, Value, json};

use super::asked::{Asked, Key, Outcome};
use super::{World, unix};
use crate::auth::Scope;
use crate::change::Change;
use crate::contract::ReplayBody;
use crate::digest::sha256_hex;
use crate::fault::Fault;
use crate::keys::{Kept, Lookup};
use crate::launch::Launch;
use crate::log::{Acceptance, Effect};
use crate::operation::{Ends, Underway};
use crate::patch::length_problem;
use crate::refusal::{Refusal, json_answer};
use crate::resource::{Author, Moment, Resource};
use crate::route::Route;
use crate::wire::{Answer, WireRequest};

impl World {
    pub(super) fn launch(&mut self, asked: &Asked<'_>, scope: &Scope, request: &WireRequest) -> Outcome {
        let if_match = match asked.launch.is_guarded() {
            true => Some(self.if_match(request)?),
            false => None,
        };
        let key = self.launch_key(asked, scope, request)?;
        let first = self.contract.key_checked_before_if_match;
        if first && let Some(replay) = self.launch_replayed(asked, key.as_ref()) {
            return replay;
        }
        let outcome = self.compared_and_launched(asked, scope, if_match.as_deref(), key.as_ref());
        if let Some(key) = key
            && !self.forgets()
        {
            self.keep_launch(asked, key, &outcome);
        }
        outcome
    }

    /// Compares etag and state and accepts: one step, nothing comes between.
    fn compared_and_launched(
        &mut self,
        asked: &Asked<'_>,
        scope: &Scope,
        if_match: Option<&str>,
        key: Option<&Key>,
    ) -> Outcome {
        let (kind, id) = (asked.launch.kind(), asked.id);
        let instead = if_match.and_then(|etag| self.compared_with(kind, id, etag));
        let resource = self.visible(kind, id, scope)?;
        let current = instead.as_ref().unwrap_or(&resource.current().etag);
        if if_match.is_some_and(|etag| etag != current) {
            return Err(Refusal::aborted(current, &self.contract));
        }
        if !self.contract.key_checked_before_if_match
            && let Some(replay) = self.launch_replayed(asked, key)
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
        let version = self.marked(launch, id, author.clone());
        let unix = unix(&self.setup, self.now);
        let names = Underway::step_names(launch, self.contract.operation_steps);
        let mut underway = Underway::new(Some(launch), id, ends, names, unix);
        underway.before = before;
        underway.looks = self.contract.operation_looks;
        underway.vanishes = self.contract.operations_vanish;
        underway.unlisted = self.contract.operations_lag;
        let content = json!({
            "state": "RUNNING",
            "owner_type": kind.name(),
            "owner_id": id,
            "metadata": { "type": metadata_type, metadata_id: id },
            "steps": underway.steps(),
        });
        let content = content.as_object().cloned().unwrap_or_default();
        let operation = self.free_id(Kind::Operation);
        let at = Moment {
            at_ms: self.now,
            unix,
            author,
            contract: &self.contract,
        };
        let content = Change::of(Kind::Operation, content);
        self.store.insert(Kind::Operation, &operation, &workspace, content, at);
        self.operations.insert(operation.clone(), underway);
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
            Launch::DeleteWorkspace if !moves => return None,
            Launch::DeleteWorkspace => {}
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

    /// The key of a launch, where its endpoint promises something.
    fn launch_key(&self, asked: &Asked<'_>, scope: &Scope, request: &WireRequest) -> Result<Option<Key>, Refusal> {
        let Some(key) = request.header("idempotency-key") else {
            return Ok(None);
        };
        if let Some(problem) = length_problem(limits::IDEMPOTENCY_KEY, &key, &self.contract) {
            return Err(Refusal::invalid(400, &["headers", "idempotency-key"], &problem));
        }
        let launch = asked.launch.name();
        let key = Key {
            place: (scope.workspace.clone(), key),
            request: sha256_hex(&[launch.as_bytes(), asked.id.as_bytes(), &request.body]),
        };
        let counts = self.contract.keys_honoured && self.promise_ms(asked.launch) > 0;
        Ok(counts.then(|| self.understood(key)))
    }

    fn promise_ms(&self, launch: Launch) -> u64 {
        let seconds = self.contract.action_keys_replay.get(&launch);
        seconds.copied().unwrap_or(0).saturating_mul(1000)
    }

    /// What was answered under this key; `None` for a fresh one.
    fn launch_replayed(&mut self, asked: &Asked<'_>, key: Option<&Key>) -> Option<Outcome> {
        let key = key?;
        let promise = Some(self.promise_ms(asked.launch));
        match self.launch_keys.look_up(&key.place, &key.request, self.now, promise) {
            Lookup::Fresh => None,
            Lookup::Reused => Some(Err(Refusal::conflict(
                "This idempotency key was used for another request",
            ))),
            Lookup::Known(kept) => {
                let operation = kept.answer.id().unwrap_or_default();
                let operation = operation.as_str();
                if self.contract.replay_in_progress && self.is_running(operation) {
                    return Some(Err(Refusal::conflict("A request with this key is in progress")));
                }
                let answer = match (self.contract.replay_body, self.store.find(Kind::Operation, operation)) {
                    (ReplayBody::Current, Some(current)) => self.operation_shown(current),
                    _ => kept.answer,
                };
                Some(Ok((Effect::Replayed { of: kept.seq }, answer)))
            }
        }
    }

    /// Keeps an answer under its key: an acceptance always, a conflict where the contract says so.
    fn keep_launch(&mut self, asked: &Asked<'_>, key: Key, outcome: &Outcome) {
        let answer = match outcome {
            Ok((Effect::Replayed { .. }, _)) => return,
            Ok((_, answer)) => answer.clone(),
            Err(refusal) if self.contract.stores_rejections_per_key && refusal.status() == 409 => {
                let promise = Some(self.promise_ms(asked.launch));
                let known = self.launch_keys.look_up(&key.place, &key.request, self.now, promise);
                if !matches!(known, Lookup::Fresh) {
                    return;
                }
                refusal.answer(&self.contract)
            }
            Err(_) => return,
        };
        let kept = Kept {
            seq: asked.seq,
            request: key.request,
            answer,
            at_ms: self.now,
        };
        self.launch_keys.keep(key.place, kept);
    }

    /// A launch that is answered as if it had been accepted, with an operation that is nowhere.
    pub(super) fn launch_pretended(
        &mut self,
        seq: u64,
        request: &WireRequest,
        fault: Option<&Fault>,
    ) -> (Effect, Answer) {
        let route = Route::parse(Some(&request.method), request.path());
        if route.and_then(|route| route.launch(&request.method)).is_none() {
            return self.call(seq, request, fault);
        }
        let outcome = self.never_done(seq, |world| Ok(world.call(seq, request, fault)));
        outcome.unwrap_or_else(|refusal| (Effect::default(), refusal.answer(&self.contract)))
    }

    /// What a launch would be answered, with an operation that is nowhere. Nothing is left of it.
    pub(super) fn never_done(&mut self, seq: u64, launch: impl FnOnce(&mut Self) -> Outcome) -> Outcome {
        let before = (self.store.clone(), self.operations.clone(), self.launch_keys.clone());
        let (effect, mut answer) = launch(self)?;
        let Effect::Accepted(acceptance) = effect else {
            return Ok((effect, answer));
        };
        (self.store, self.operations, self.launch_keys) = before;
        if let (Value::Object(mut shown), true) = (answer.json(), acceptance.launch != Launch::CancelOperation) {
            shown.insert("id".to_owned(), format!("op_nowhere_{seq}").into());
            answer.body = Value::Object(shown).to_string().into_bytes();
        }
        Ok((Effect::default(), answer))
    }
}
