//! Holds what was said of a wait against the simulator's record.

use std::ops::Range;

use akua_model::waiting::Asked;
use akua_sim::{Launch, Version};
use serde_json::Value;

use super::alarm::{Alarm, Check};
use super::claim::{NowClaim, WaitClaim};
use super::evidence::{Attempt, Evidence, Heard, WaitCall, What};
use super::scenario::Credentials;

pub(super) fn of_wait(evidence: &Evidence, wait: &WaitCall, alarms: &mut Vec<Alarm>) {
    let mut alarm = |check, text: String| alarms.push(Alarm::new(check, format!("{}: {text}", wait.operation)));
    if let Err(text) = fate(evidence, wait) {
        alarm(Check::FalseFate, text);
    }
    if let Err(text) = now(evidence, wait) {
        alarm(Check::FalseNow, text);
    }
    for later in &wait.later {
        let newer = number(later) > number(&wait.operation);
        if !newer || !evidence.operations.contains_key(later) {
            alarm(Check::FalseNow, format!("{later} was not started later"));
        }
    }
}

fn fate(evidence: &Evidence, wait: &WaitCall) -> Result<(), String> {
    let history = evidence.operations.get(&wait.operation).map_or(&[][..], Vec::as_slice);
    let until = usize::try_from(wait.versions.1).unwrap().min(history.len());
    let history = history.get(..until).unwrap_or_default();
    let state = history.last().and_then(|version| version.fields.get("state")?.as_str());
    let (real, attempts) = (state.unwrap_or("nowhere"), &wait.attempts);
    let is = |wanted: &str| match real == wanted {
        true => Ok(()),
        false => Err(format!("said to have {}, and was {real}", wait.claim.words())),
    };
    let heard = |status: u16, times: usize| match refused_with(evidence, attempts, status) >= times {
        true => Ok(()),
        false => Err(format!("lost track without {times} answers of {status}")),
    };
    match &wait.claim {
        WaitClaim::Succeeded => is("SUCCEEDED"),
        WaitClaim::Failed(text) => {
            is("FAILED")?;
            let words = history
                .last()
                .and_then(|version| version.fields.get("error")?.get("message")?.as_str());
            match text.as_deref() == words {
                true => Ok(()),
                false => Err(format!("said to have failed with {text:?}, and said {words:?}")),
            }
        }
        WaitClaim::Cancelled(asked) => {
            is("CANCELLED")?;
            match asked_here(evidence, &wait.operation, *asked) {
                true => Ok(()),
                false => Err(format!("whether it was cancelled here is not {asked:?}")),
            }
        }
        WaitClaim::Other(state) => Err(format!("there is no end like {state}")),
        WaitClaim::StillRunning { blocked_on } => {
            let ended = looks(evidence, wait).any(|look| look.heard == Heard::Good { done: true });
            if ended && evidence.scenario.claimed.completed_is_final {
                return Err("an answer had said that it is done".to_owned());
            }
            match blocked_on {
                Some(step) if !history.iter().any(|version| waits_for_a_person(version, step)) => {
                    Err(format!("nobody was waited for in {step}"))
                }
                _ => Ok(()),
            }
        }
        WaitClaim::LostTrack { status: 404 } => heard(404, wait.misses as usize),
        WaitClaim::LostTrack { status: 401 } => heard(401, 1),
        WaitClaim::LostTrack { .. } => {
            let refused = looks(evidence, wait).any(|look| matches!(look.heard, Heard::Refused(_)));
            refused
                .then_some(())
                .ok_or_else(|| "lost track without a refusal".to_owned())
        }
    }
}

fn now(evidence: &Evidence, wait: &WaitCall) -> Result<(), String> {
    let range = wait.attempts.clone();
    let attempts = evidence.attempts.get(range).unwrap_or_default();
    let read = attempts.iter().rev().find(|attempt| attempt.what == What::Target);
    let read_after = || {
        let last_look = attempts.iter().rposition(|attempt| attempt.what == What::Operation);
        let last_read = attempts.iter().rposition(|attempt| attempt.what == What::Target);
        last_read > last_look
    };
    let (Some(read), true) = (read, read_after()) else {
        return match wait.now {
            NowClaim::NotKnown => Ok(()),
            _ => Err("nothing was read after the end".to_owned()),
        };
    };
    let (from, until) = read.versions;
    let window = evidence.between(if read.misled { 1 } else { from }, until);
    match &wait.now {
        NowClaim::NotKnown => Ok(()),
        NowClaim::Is(seen) if window.iter().any(|version| seen.is(version)) => Ok(()),
        NowClaim::Is(seen) => Err(format!("said to be {seen:?}, and was not")),
        // It may be hidden from these credentials.
        NowClaim::NotFound => {
            let blind = evidence.scenario.credentials == Credentials::TurnBlind;
            let gone = window.iter().any(|version| version.deleted);
            let heard = read.heard == Heard::Refused(404);
            let so = heard && (gone || blind || read.misled);
            so.then_some(())
                .ok_or_else(|| "said to be gone, and was there".to_owned())
        }
    }
}

/// Whether a cancel of ours was accepted.
fn asked_here(evidence: &Evidence, operation: &str, asked: Asked) -> bool {
    let accepted = evidence.accepted(Launch::CancelOperation, operation).count() > 0;
    match asked {
        Asked::Yes => accepted,
        Asked::No => !accepted,
        Asked::Unknown => true,
    }
}

/// Whether an attempt was heard of, and what was.
fn refused_with(evidence: &Evidence, range: &Range<usize>, status: u16) -> usize {
    let attempts = evidence.attempts.get(range.clone()).unwrap_or_default();
    let looks = attempts.iter().filter(|attempt| attempt.what == What::Operation);
    looks.filter(|attempt| attempt.heard == Heard::Refused(status)).count()
}

fn looks<'a>(evidence: &'a Evidence, wait: &WaitCall) -> impl Iterator<Item = &'a Attempt> {
    let attempts = evidence.attempts.get(wait.attempts.clone()).unwrap_or_default();
    attempts.iter().filter(|attempt| attempt.what == What::Operation)
}

/// Whether this version of an operation has a person to do that step.
fn waits_for_a_person(version: &Version, step: &str) -> bool {
    let steps = version.fields.get("steps").and_then(Value::as_array);
    steps.into_iter().flatten().any(|shown| {
        let is = |name: &str, words: &[&str]| words.contains(&shown[name].as_str().unwrap_or_default());
        is("name", &[step]) && is("execution_type", &["user", "approval"]) && is("status", &["running", "pending"])
    })
}

/// The number in an operation's id.
fn number(id: &str) -> u64 {
    id.rsplit('_')
        .next()
        .and_then(|number| number.parse().ok())
        .unwrap_or(0)
}

/// Whether it was cancelled without having been asked for here.
#[must_use]
pub(super) fn cancelled_elsewhere(wait: &WaitCall) -> bool {
    wait.claim == WaitClaim::Cancelled(Asked::No)
}
