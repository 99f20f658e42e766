//! The real transport, with an ear at it: before each request others have their turn and it may meet trouble, and what came
//! of it is written down beside what the world was like.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use akua_http::transport::{
    BaseUrl, Call as Sending, Failure, HttpTransport, Sent as Handed, Transport, TransportConfig,
};
use akua_model::http::{Request, Response};
use akua_sim::{Kind, Simulator};
use serde_json::Value;

use super::evidence::{Attempt, Heard, What};
use super::scenario::Scenario;
use super::trouble;
use crate::chance::Chance;

/// What the rig and its transports share.
pub(super) struct Stage {
    pub(super) simulator: Simulator,
    pub(super) scenario: Scenario,
    pub(super) notes: Mutex<Notes>,
}

/// What is written down.
pub(super) struct Notes {
    pub(super) chance: Chance,
    pub(super) attempts: Vec<Attempt>,
    pub(super) events: Vec<String>,
    /// The tokens that were kept, as texts.
    pub(super) kept: Vec<String>,
    pub(super) secrets: Vec<String>,
}

impl Stage {
    /// How many versions of the target there are.
    pub(super) fn versions(&self) -> u64 {
        let (kind, id) = self.scenario.target();
        self.simulator.history(kind, id).unwrap().len() as u64
    }

    pub(super) fn note<T>(&self, note: impl FnOnce(&mut Notes) -> T) -> T {
        note(&mut self.notes.lock().unwrap())
    }
}

pub(super) struct Ear {
    inner: HttpTransport,
    stage: Arc<Stage>,
}

impl Ear {
    pub(super) fn new(stage: &Arc<Stage>) -> Self {
        let mut config = TransportConfig::new(BaseUrl::parse(&stage.simulator.url()).unwrap());
        config.read_timeout = Duration::from_secs(10);
        Self {
            inner: HttpTransport::new(&config).unwrap(),
            stage: Arc::clone(stage),
        }
    }

    /// What a request is for.
    fn what(request: &Request) -> What {
        let path = request.path();
        let launch = |launch| What::Launch(launch);
        use akua_sim::Launch;
        match request.method().as_str() {
            "DELETE" if path.contains("/workspaces/") => launch(Launch::DeleteWorkspace),
            "DELETE" => launch(Launch::DeleteCluster),
            "POST" if path.ends_with("suspend") => launch(Launch::SuspendCluster),
            "POST" if path.ends_with("resume") => launch(Launch::ResumeCluster),
            "POST" if path.ends_with("refresh") => launch(Launch::RefreshCapabilities),
            "POST" if path.ends_with("cancel") => launch(Launch::CancelOperation),
            _ if path.contains("/operations/") => What::Operation,
            _ if path.contains("/operations") => What::List,
            _ => What::Target,
        }
    }
}

impl Transport for Ear {
    fn send(&self, sending: &Sending<'_>) -> Result<Response, Failure> {
        let stage = &*self.stage;
        let what = Self::what(sending.request());
        let trouble = stage.note(|notes| {
            let event = stage
                .simulator
                .with_world(|world, now| trouble::meddle(&mut notes.chance, &stage.scenario, world, now));
            notes.events.extend(event);
            trouble::fault(&mut notes.chance, &stage.scenario, what)
        });
        let misled = trouble.as_ref().is_some_and(|(_, misled)| *misled);
        let before = stage.versions();
        let (last, fault) = stage.simulator.with_world(|world, now| {
            let last = world.log(now, 0).last().map_or(0, |entry| entry.seq);
            let fault = trouble.map(|(fault, _)| world.inject(trouble::next(fault)).unwrap());
            (last, fault)
        });
        let outcome = self.inner.send(sending);
        let arrived = stage.simulator.with_world(|world, now| {
            if let Some(fault) = fault {
                world.remove_fault(fault);
            }
            let log = world.log(now, last + 1);
            let first = log.iter().find(|entry| entry.copy_of.is_none());
            first.map(|entry| (entry.seq, entry.target.clone(), entry.fault))
        });
        let heard = heard(what, &outcome);
        let after = stage.versions();
        stage.note(|notes| {
            let (seq, path, fault) = match arrived {
                Some((seq, path, fault)) => (Some(seq), path, fault),
                None => (None, String::new(), None),
            };
            notes
                .events
                .push(format!("#{seq:?} {what:?} {path} fault {fault:?}: {heard:?}"));
            notes.attempts.push(Attempt {
                what,
                seq,
                versions: (before, after),
                tokens: notes.kept.len(),
                misled,
                heard,
            });
        });
        outcome
    }
}

fn heard(what: What, outcome: &Result<Response, Failure>) -> Heard {
    let answer = match outcome {
        Err(failure) if failure.sent() == Handed::NotSent => return Heard::NotSent,
        Err(failure) => match failure.answer() {
            Some(head) if (400..500).contains(&head.status) => return Heard::Refused(head.status),
            _ => return Heard::Lost,
        },
        Ok(answer) => answer,
    };
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    match (what, answer.status) {
        (_, 400..=499) => Heard::Refused(answer.status),
        (What::Launch(_), 202) if body["id"].is_string() => Heard::Good { done: false },
        (What::Launch(_), _) => Heard::Lost,
        (_, 200) if body.is_object() => Heard::Good {
            done: what == What::Operation && body["done"] == Value::Bool(true),
        },
        _ => Heard::Lost,
    }
}

/// Every operation that there is or was.
pub(super) fn operations(simulator: &Simulator) -> Vec<String> {
    simulator.with_world(|world, now| {
        let mut ids = world.ids(now, Kind::Operation);
        // What has vanished is not listed any more.
        ids.extend((1..64).map(|number| format!("op_{number}")));
        ids.retain(|id| world.history(now, Kind::Operation, id).is_ok());
        ids.sort();
        ids.dedup();
        ids
    })
}
