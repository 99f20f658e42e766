//! What is written down of each request: what it was for, what came of it, and what the world was like around it.

use akua_http::transport::{Failure, Sent as Handed};
use akua_model::http::{Request, Response};
use akua_sim::{Fault, Kind, Simulator};
use serde_json::Value;

use super::evidence::{Attempt, Heard, What};
use super::scenario::Scenario;
use super::trouble;
use crate::ear::{self, Arrived, Scene};

/// What the rig and its transports share.
pub(super) type Stage = ear::Stage<Scenario, Attempt>;

impl Stage {
    /// How many versions of the target there are.
    pub(super) fn versions(&self) -> u64 {
        let (kind, id) = self.scenario.target();
        self.simulator.history(kind, id).unwrap().len() as u64
    }
}

impl Scene for Stage {
    /// What it is for, whether what it shows is not what is there, and how many versions of the target there were.
    type Before = (What, bool, u64);

    fn simulator(&self) -> &Simulator {
        &self.simulator
    }

    fn before(&self, request: &Request) -> (Self::Before, Option<Fault>) {
        let what = what(request);
        let trouble = self.note(|notes| {
            let event = self
                .simulator
                .with_world(|world, now| trouble::meddle(&mut notes.chance, &self.scenario, world, now));
            notes.events.extend(event);
            trouble::fault(&mut notes.chance, &self.scenario, what)
        });
        let misled = trouble.as_ref().is_some_and(|(_, misled)| *misled);
        let fault = trouble.map(|(fault, _)| fault);
        ((what, misled, self.versions()), fault)
    }

    fn after(
        &self,
        (what, misled, before): Self::Before,
        arrived: Option<Arrived>,
        outcome: &Result<Response, Failure>,
    ) {
        let heard = heard(what, outcome);
        let after = self.versions();
        self.note(|notes| {
            let (seq, path, fault) = match arrived {
                Some(arrived) => (Some(arrived.seq), arrived.target, arrived.fault),
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
pub(crate) fn operations(simulator: &Simulator) -> Vec<String> {
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
