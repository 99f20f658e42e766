//! All that the judge of creates looks at.

use std::collections::BTreeMap;

use akua_sim::{Creation, Effect, Entry, Version};
use serde::{Deserialize, Serialize};

use super::scenario::Scenario;
use crate::life::claim::{LaunchClaim, WaitClaim};

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Create,
    /// Anything that only reads.
    Look,
}

/// One request of the client.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub what: What,
    /// Its number in the simulator's record; `None` if it did not arrive.
    pub seq: Option<u64>,
    /// How many tokens had been kept by then.
    pub tokens: usize,
    /// Whether no answer says what became of it.
    pub is_lost: bool,
}

/// One call that makes the cluster, or settles an earlier one.
#[derive(Clone, Debug)]
pub struct CreateCall {
    pub claim: LaunchClaim,
    pub candidates: Vec<String>,
    /// How many copies had made something at its end.
    pub made: usize,
    pub settles: bool,
    pub story: String,
}

/// One wait for its operation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WaitCall {
    pub operation: String,
    pub claim: WaitClaim,
    /// The cluster that is said to stand there.
    pub now: Option<String>,
}

/// All that is judged.
pub struct Evidence {
    pub scenario: Scenario,
    pub log: Vec<Entry>,
    /// Every resource of the kind that is made which there is or was, and every operation.
    pub resources: BTreeMap<String, Vec<Version>>,
    pub operations: BTreeMap<String, Vec<Version>>,
    pub attempts: Vec<Attempt>,
    pub creates: Vec<CreateCall>,
    pub waits: Vec<WaitCall>,
    pub secrets: Vec<String>,
    pub said: Vec<String>,
    pub events: Vec<String>,
}

impl Evidence {
    /// Every copy of ours that has made something, with what it made.
    pub fn made(&self) -> impl Iterator<Item = (&Entry, &Creation)> {
        self.log.iter().filter_map(|entry| match &entry.effect {
            Effect::Created(creation) => Some((entry, &**creation)),
            _ => None,
        })
    }
}

/// How many copies of a create of ours `log` says have made something.
pub(super) fn made(log: &[Entry]) -> usize {
    log.iter().filter(|entry| entry.effect.is_created()).count()
}
