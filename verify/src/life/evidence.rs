//! All that the judge of launches looks at.

use std::collections::BTreeMap;

use akua_model::waiting::Asked;
use akua_sim::{Effect, Entry, Launch, Version};

use super::claim::{LaunchClaim, NowClaim, WaitClaim};
use super::scenario::Scenario;

/// What a request was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Launch(Launch),
    /// A look at the cluster or the workspace.
    Target,
    /// A look at an operation, or a wait for it.
    Operation,
    /// A list of operations.
    List,
}

/// What came back.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    NotSent,
    /// No answer, or none that says what became of it.
    Lost,
    /// A status that is no success, and definite.
    Refused(u16),
    /// A success that can be read; of an operation, whether it is `done`.
    Good {
        done: bool,
    },
}

/// One request of the client, with what the world was like around it.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub what: What,
    /// Its number in the simulator's record; `None` if it did not arrive.
    pub seq: Option<u64>,
    /// How many versions of the target there were before it was sent, and after its answer.
    pub versions: (u64, u64),
    /// How many tokens had been kept by then.
    pub tokens: usize,
    /// Whether it was shown something older, or not shown what is there.
    pub misled: bool,
    pub heard: Heard,
}

/// One call of the client that launches something, or settles an earlier launch.
#[derive(Clone, Debug)]
pub struct LaunchCall {
    pub launch: Launch,
    pub id: String,
    /// Its requests.
    pub attempts: std::ops::Range<usize>,
    /// How many versions of the target there were at its beginning and at its end.
    pub versions: (u64, u64),
    /// How many copies of the launch had been accepted at its end.
    pub accepted: usize,
    pub claim: LaunchClaim,
    pub candidates: Vec<String>,
    /// Whether it settles a launch of an earlier call.
    pub settles: bool,
    pub story: String,
}

/// One wait.
#[derive(Clone, Debug)]
pub struct WaitCall {
    pub operation: String,
    pub attempts: std::ops::Range<usize>,
    /// How many versions of the target, and of the operation, there were at its end.
    pub versions: (u64, u64),
    pub asked: Asked,
    pub claim: WaitClaim,
    pub now: NowClaim,
    pub later: Vec<String>,
    /// How many looks in a row have to find nothing.
    pub misses: u32,
}

/// All of a seed.
pub struct Evidence {
    pub scenario: Scenario,
    pub log: Vec<Entry>,
    pub target: Vec<Version>,
    pub operations: BTreeMap<String, Vec<Version>>,
    pub attempts: Vec<Attempt>,
    pub launches: Vec<LaunchCall>,
    pub waits: Vec<WaitCall>,
    /// What nothing that was said may show.
    pub secrets: Vec<String>,
    /// All that was said to the caller, and kept for it.
    pub said: Vec<String>,
    /// What others did, and what went wrong.
    pub events: Vec<String>,
}

impl Evidence {
    #[must_use]
    pub fn entry(&self, seq: u64) -> Option<&Entry> {
        self.log.iter().find(|entry| entry.seq == seq)
    }

    /// Every copy of a launch that was accepted, with its operation.
    pub fn accepted<'a>(&'a self, launch: Launch, id: &'a str) -> impl Iterator<Item = (&'a Entry, &'a str)> {
        accepted(&self.log, launch, id)
    }

    /// How many versions of the target there were when the launch was sent for the first time.
    #[must_use]
    pub fn first_sent(&self, launch: Launch) -> Option<u64> {
        let mut sent = self
            .attempts
            .iter()
            .filter(|attempt| attempt.what == What::Launch(launch));
        sent.find(|attempt| attempt.heard != Heard::NotSent)
            .map(|attempt| attempt.versions.0)
    }

    /// The versions of the target that were current at some time between two counts.
    #[must_use]
    pub fn between(&self, from: u64, to: u64) -> &[Version] {
        let index = |count: u64| usize::try_from(count).unwrap().min(self.target.len());
        self.target
            .get(index(from).saturating_sub(1)..index(to))
            .unwrap_or_default()
    }
}

/// Every copy of a launch that `log` says was accepted, with its operation.
pub fn accepted<'a>(log: &'a [Entry], launch: Launch, id: &'a str) -> impl Iterator<Item = (&'a Entry, &'a str)> {
    log.iter().filter_map(move |entry| match &entry.effect {
        Effect::Accepted(acceptance) if acceptance.launch == launch && acceptance.id == id => {
            Some((entry, acceptance.operation.as_str()))
        }
        _ => None,
    })
}
