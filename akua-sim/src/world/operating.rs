//! Operations under way: what moves them, and what their end does to what they work on.
//!
//! Nothing here waits: a look of a client or a word of the control protocol ends a step.

use akua_model::ResourceKind as Kind;
use serde_json::{Map, Value, json};

use super::asked::Job;
use super::{World, unix};
use crate::ControlError;
use crate::change::Change;
use crate::launch::Launch;
use crate::operation::{Ends, Fate, Leaves, Underway, Until, Work};
use crate::resource::{Author, Moment, Version};
use crate::script::Act;

impl World {
    /// Lets somebody else start or end something now, which is always accepted. The operation's id.
    ///
    /// # Errors
    ///
    /// What it is about is not there, or has ended.
    pub fn act_for_another_now(&mut self, now: u64, act: &Act) -> Result<String, ControlError> {
        self.advance(now);
        let started = self.act_for_another(act);
        self.end_polls();
        let noun = act.launch.kind().name();
        started.ok_or_else(|| ControlError::new(format!("there is no {noun} `{}` to do this to", act.id)))
    }

    pub(super) fn act_for_another(&mut self, act: &Act) -> Option<String> {
        if act.launch == Launch::CancelOperation {
            return self.ask_to_cancel(&act.id).then(|| act.id.clone());
        }
        let ends = self.contract.operation_ends.clone();
        let acceptance = self.started(act.launch, &act.id, Author::Foreign {}, ends)?;
        Some(acceptance.operation)
    }

    /// An operation begins. Its id.
    pub(super) fn begun(&mut self, job: Job<'_>) -> String {
        let kind = job.work.kind();
        // No operation belongs to a bootstrap: it is its cluster's.
        let cluster = self
            .store
            .find(kind, job.id)
            .and_then(|target| target.text("cluster_id"));
        let (owner, owner_id) = cluster.map_or((kind, job.id), |cluster| (Kind::Cluster, cluster));
        let (owner, owner_id) = (owner.name(), owner_id.to_owned());
        let unix = unix(&self.setup, self.now);
        let names = Underway::step_names(job.work, self.contract.operation_steps);
        let mut underway = Underway::new(Some(job.work), job.id, job.ends, names, unix);
        underway.before = job.before;
        underway.looks = self.contract.operation_looks;
        underway.vanishes = self.contract.operations_vanish;
        underway.unlisted = self.contract.operations_lag;
        let mut metadata = job.metadata;
        if let Some(key) = self.key_echoed(&job.author) {
            metadata.insert("idempotency_key".to_owned(), key.into());
        }
        let content = json!({
            "state": "RUNNING",
            "owner_type": owner,
            "owner_id": owner_id,
            "metadata": metadata,
            "steps": underway.steps(),
        });
        let content = content.as_object().cloned().unwrap_or_default();
        let operation = self.free_id(Kind::Operation);
        let at = Moment {
            at_ms: self.now,
            unix,
            author: job.author,
            contract: &self.contract,
        };
        let content = Change::of(Kind::Operation, content);
        self.store
            .insert(Kind::Operation, &operation, job.workspace, content, at);
        self.operations.insert(operation.clone(), underway);
        operation
    }

    /// The key of the request that starts an operation, where operations show it.
    fn key_echoed(&self, author: &Author) -> Option<String> {
        let Author::Request { seq } = author else { return None };
        let entry = self.log.binary_search_by_key(seq, |entry| entry.seq).ok();
        let entry = entry.filter(|_| self.contract.operations_echo_key)?;
        self.log.get(entry)?.idempotency_key.clone()
    }

    /// Lets an operation go on, whatever it waits for. `ends`: how it ends from now on, if not as it was to. The version of
    /// it that is current then.
    ///
    /// # Errors
    ///
    /// It is not there, or has ended.
    pub fn advance_operation(
        &mut self,
        now: u64,
        id: &str,
        to: Until,
        ends: Option<Ends>,
    ) -> Result<Version, ControlError> {
        self.advance(now);
        let Some(underway) = self.underway(id) else {
            return Err(ControlError::new(format!(
                "there is no operation `{id}` that is under way"
            )));
        };
        if let Some(ends) = ends {
            underway.ends = ends;
        }
        self.end_step(id);
        while to == Until::End && self.is_running(id) {
            self.end_step(id);
        }
        self.end_polls();
        let operation = self.store.ever(Kind::Operation, id);
        operation
            .map(|operation| operation.current().clone())
            .ok_or_else(|| ControlError::new(format!("there is no operation `{id}`")))
    }

    /// An operation that is under way, one that was seeded included.
    fn underway(&mut self, id: &str) -> Option<&mut Underway> {
        if !self.is_running(id) {
            return None;
        }
        if !self.operations.contains_key(id) {
            let seeded = self.store.find(Kind::Operation, id)?;
            let steps = seeded.current().fields.get("steps").and_then(Value::as_array);
            let mut names: Vec<String> = steps
                .into_iter()
                .flatten()
                .filter_map(|step| Some(step.get("name")?.as_str()?.to_owned()))
                .collect();
            if names.is_empty() {
                names.push("work".to_owned());
            }
            let unix = unix(&self.setup, self.now);
            let mut underway = Underway::new(None, "", Ends::Succeed, names, unix);
            underway.looks = self.contract.operation_looks;
            self.operations.insert(id.to_owned(), underway);
        }
        self.operations.get_mut(id)
    }

    /// Asks for the end of an operation. False: it has ended, or is not there.
    pub(super) fn ask_to_cancel(&mut self, id: &str) -> bool {
        match self.underway(id) {
            Some(underway) => {
                underway.cancel_asked = true;
                true
            }
            None => false,
        }
    }

    /// Whether an operation is there and has not ended.
    pub(super) fn is_running(&self, id: &str) -> bool {
        let operation = self.store.find(Kind::Operation, id);
        operation.and_then(|operation| operation.text("state")) == Some("RUNNING")
    }

    /// Counts a look at an operation.
    pub(super) fn look(&mut self, id: &str) {
        if self.is_running(id) && self.operations.get_mut(id).is_some_and(Underway::look) {
            self.end_step(id);
        }
    }

    /// Looks at an operation until it has ended or doesn't go on by itself.
    pub(super) fn follow(&mut self, id: &str) {
        while self.is_running(id) && self.operations.get(id).is_some_and(Underway::goes_on) {
            self.look(id);
        }
    }

    /// Whether lists show it by now.
    pub(super) fn is_listed(&self, kind: Kind, id: &str) -> bool {
        match kind {
            Kind::Operation => self.operations.get(id).is_none_or(|known| known.unlisted == 0),
            _ => self.sight.lists(kind, id),
        }
    }

    /// Counts a list of this kind for everything that it did not show yet.
    pub(super) fn count_list(&mut self, kind: Kind) {
        if kind != Kind::Operation {
            return self.sight.count_list(kind);
        }
        for known in self.operations.values_mut() {
            known.unlisted = known.unlisted.saturating_sub(1);
        }
    }

    /// Ends the step that runs, and the operation if it was to end with it.
    fn end_step(&mut self, id: &str) {
        let unix = unix(&self.setup, self.now);
        let Some(underway) = self.operations.get_mut(id) else {
            return;
        };
        let fate = underway.end_step(unix);
        let steps = underway.steps();
        let mut set = Map::from_iter([("steps".to_owned(), steps)]);
        let mut vanishes = false;
        if let Some(fate) = fate {
            let underway = underway.clone();
            let fate = self.carried_through(&underway, fate);
            let (state, name, value) = match fate {
                Fate::Succeeded => ("SUCCEEDED", "response", response(&underway)),
                Fate::Failed { message, .. } => ("FAILED", "error", json!({ "message": message })),
                Fate::Cancelled => ("CANCELLED", "error", json!({ "message": "Cancelled on request" })),
            };
            set.insert("state".to_owned(), state.into());
            set.insert(name.to_owned(), value);
            vanishes = underway.vanishes;
        }
        self.commit(Kind::Operation, id, Change::of(Kind::Operation, set), Author::Server {});
        if vanishes {
            self.end_of(Kind::Operation, id);
        }
    }

    /// Does to what an operation works on what its end does. How it has really ended.
    fn carried_through(&mut self, underway: &Underway, fate: Fate) -> Fate {
        let (Some(work), id) = (underway.work, &underway.target) else {
            return fate;
        };
        let (kind, noun) = (work.kind(), work.kind().name());
        if work == Work::CreateCluster {
            self.sight.show(kind, id);
        }
        if self.store.find(kind, id).is_none() {
            let is_delete = matches!(work, Work::Launch(launch) if launch.removes());
            return match (&fate, is_delete) {
                (Fate::Succeeded, false) => Fate::Failed {
                    message: format!("The {noun} is gone"),
                    leaves: Leaves::AsItWas,
                },
                _ => fate,
            };
        }
        let leaves = match &fate {
            Fate::Succeeded => Leaves::AsWanted,
            Fate::Failed { leaves, .. } => *leaves,
            Fate::Cancelled => self.contract.cancelled_leaves,
        };
        let launch = match work {
            Work::Launch(launch) => launch,
            Work::CreateCluster => {
                self.set_up(kind, id, leaves);
                return fate;
            }
        };
        match launch {
            launch if launch.removes() && leaves == Leaves::AsWanted => self.end_of(kind, id),
            Launch::RefreshCapabilities => {
                let now = unix(&self.setup, self.now);
                self.capabilities.entry(id.clone()).or_default().end(&fate, now);
            }
            Launch::DeleteWorkspace | Launch::CancelOperation | Launch::RevokeWorkerBootstrap => {}
            Launch::SuspendCluster | Launch::ResumeCluster | Launch::DeleteCluster => {
                self.leave(underway, launch, leaves);
            }
        }
        fate
    }

    /// The cluster as the end of an operation leaves it.
    fn leave(&mut self, underway: &Underway, launch: Launch, leaves: Leaves) {
        let (kind, id) = (launch.kind(), &underway.target);
        let state = match leaves {
            Leaves::AsWanted => launch.wanted_state(),
            Leaves::HalfDone if !launch.is_delete() => Some("provisioning"),
            Leaves::HalfDone => None,
            // A suspension has not touched the state yet, and what somebody else made of it stays.
            Leaves::AsItWas => underway.before.as_deref().filter(|_| {
                let now = self.store.find(kind, id).and_then(|resource| resource.text("state"));
                launch.is_delete() && now == Some("deleting")
            }),
        };
        self.rest(kind, id, state);
    }

    /// The cluster as the end of the operation leaves it that was to set it up.
    fn set_up(&mut self, kind: Kind, id: &str, leaves: Leaves) {
        let state = match leaves {
            Leaves::AsItWas => return self.end_of(kind, id),
            Leaves::HalfDone => "provisioning",
            Leaves::AsWanted => "active",
        };
        if leaves == Leaves::HalfDone && !self.contract.half_done_listed {
            self.sight.unlist(kind, id);
        }
        // What somebody else made of the state stays.
        let now = self.store.find(kind, id).and_then(|resource| resource.text("state"));
        let state = Some(state).filter(|_| now == Some("pending"));
        self.rest(kind, id, state);
    }

    /// Gives a resource another state, and ends its reconciling unless something else goes on.
    fn rest(&mut self, kind: Kind, id: &str, state: Option<&str>) {
        let others = self.operations.values().any(|other| other.reconciles(kind, id));
        let settles = self
            .store
            .find(kind, id)
            .is_some_and(|resource| resource.settle_at.is_some());
        let mut set = Map::new();
        if !others && !settles {
            set.insert("reconciling".to_owned(), false.into());
        }
        if let Some(state) = state {
            set.insert("state".to_owned(), state.into());
        }
        self.commit(kind, id, Change::of(kind, set), Author::Server {});
    }

    /// Makes a resource's last version, by the server.
    fn end_of(&mut self, kind: Kind, id: &str) {
        let at = Moment {
            at_ms: self.now,
            unix: unix(&self.setup, self.now),
            author: Author::Server {},
            contract: &self.contract,
        };
        if let Some(resource) = self.store.find_mut(kind, id) {
            resource.delete(at);
        }
    }
}

/// What a successful operation answers.
fn response(underway: &Underway) -> Value {
    match underway.work.and_then(Work::id_name) {
        Some(name) => json!({ name: underway.target }),
        None => json!({}),
    }
}
