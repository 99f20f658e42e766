//! What is written down of each request: what it was for, and whether any answer says what came of it.

use akua_http::transport::Failure;
use akua_model::http::{Request, Response};
use akua_sim::{Fault, Simulator};
use serde_json::Value;

use super::evidence::{Attempt, What};
use super::scenario::Scenario;
use super::trouble;
use crate::ear::{self, Arrived, Scene};

/// What the rig and its transports share.
pub(super) type Stage = ear::Stage<Scenario, Attempt>;

impl Scene for Stage {
    type Before = What;

    fn simulator(&self) -> &Simulator {
        &self.simulator
    }

    fn before(&self, request: &Request) -> (What, Option<Fault>) {
        let what = match (request.method().as_str(), request.path()) {
            ("POST", "/v1/clusters" | "/v1/clusters:import" | "/v1/workspaces") => What::Create,
            _ => What::Look,
        };
        let fault = self.note(|notes| {
            let others = |world: &mut _, now| trouble::meddle(&mut notes.chance, &self.scenario, world, now);
            let event = self.simulator.with_world(others);
            notes.events.extend(event);
            trouble::fault(&mut notes.chance, &self.scenario, what)
        });
        (what, fault)
    }

    fn after(&self, what: What, arrived: Option<Arrived>, outcome: &Result<Response, Failure>) {
        let (status, id) = match outcome {
            Ok(answer) => {
                let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
                (Some(answer.status), body["id"].is_string())
            }
            Err(failure) => (failure.answer().map(|head| head.status), false),
        };
        let is_told = id || status.is_some_and(|status| (400..500).contains(&status));
        let seq = arrived.map(|arrived| arrived.seq);
        self.note(|notes| {
            notes.events.push(format!("#{seq:?} {what:?}: {status:?}"));
            notes.attempts.push(Attempt {
                what,
                seq,
                tokens: notes.kept.len(),
                is_lost: !is_told,
            });
        });
    }
}
