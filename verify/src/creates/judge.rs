//! Holds what was said of a create and of its operation against the simulator's record.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value;

use super::evidence::{Attempt, CreateCall, Evidence, WaitCall, What};
use super::scenario::NAME;
use crate::life::claim::{LaunchClaim, WaitClaim};
pub use crate::life::judge::{Alarm, Check};

#[must_use]
pub fn judge(evidence: &Evidence) -> Vec<Alarm> {
    let mut alarms = Vec::new();
    for call in &evidence.creates {
        of_call(evidence, call, &mut alarms);
    }
    for wait in &evidence.waits {
        if let Err((check, text)) = of_wait(evidence, wait) {
            alarms.push(Alarm::new(check, format!("{}: {text}", wait.operation)));
        }
    }
    let requests: BTreeSet<u64> = evidence
        .made()
        .map(|(entry, _)| entry.copy_of.unwrap_or(entry.seq))
        .collect();
    if requests.len() > 1 {
        let text = format!("made by requests {requests:?}");
        alarms.push(Alarm::new(Check::ActedTwice, text));
    }
    let bare = |attempt: &&Attempt| attempt.what == What::Create && attempt.tokens == 0;
    if let Some(attempt) = evidence.attempts.iter().find(bare) {
        alarms.push(Alarm::new(Check::Unguarded, format!("request {:?}", attempt.seq)));
    }
    for secret in &evidence.secrets {
        if evidence.said.iter().any(|said| said.contains(secret)) {
            alarms.push(Alarm::new(Check::Leak, "a token is shown"));
        }
    }
    alarms
}

fn of_call(evidence: &Evidence, call: &CreateCall, alarms: &mut Vec<Alarm>) {
    let ours: Vec<&str> = evidence
        .made()
        .map(|(_, creation)| creation.operation.as_deref().unwrap_or(&creation.id))
        .collect();
    let mut alarm = |check, text: String| alarms.push(Alarm::new(check, format!("{}: {text}", call.claim.words())));
    match &call.claim {
        LaunchClaim::Accepted { operation } => {
            if !ours.contains(&operation.as_str()) {
                alarm(Check::FalseAccepted, format!("{operation} is none of {ours:?}"));
            }
        }
        LaunchClaim::Made { id } => {
            let made: Vec<&str> = evidence.made().map(|(_, creation)| creation.id.as_str()).collect();
            if !made.contains(&id.as_str()) {
                alarm(Check::FalseAccepted, format!("{id} is none of {made:?}"));
            }
        }
        // Of what is made nothing was seen before, and one like it may be anybody's.
        LaunchClaim::Observed(_) => alarm(Check::FalseObserved, "a create is never observed".to_owned()),
        LaunchClaim::Unchanged(_) => alarm(Check::FalseUnchanged, "a create is never unchanged".to_owned()),
        LaunchClaim::NotApplied(_) => {
            if !ours.is_empty() {
                alarm(Check::FalseNotApplied, format!("accepted as {ours:?}"));
            }
        }
        LaunchClaim::Indeterminate { may_still_land, .. } => {
            if !may_still_land && ours.len() > call.made {
                alarm(
                    Check::LandedLater,
                    format!("{} were made later", ours.len() - call.made),
                );
            }
        }
    }
    for candidate in &call.candidates {
        let history = evidence.resources.get(candidate).map_or(&[][..], Vec::as_slice);
        if !history
            .iter()
            .any(|version| version.fields.get("name") == Some(&NAME.into()))
        {
            alarm(Check::FalseSight, format!("{candidate} never had that name"));
        }
    }
}

fn of_wait(evidence: &Evidence, wait: &WaitCall) -> Result<(), (Check, String)> {
    let last = evidence
        .operations
        .get(&wait.operation)
        .and_then(|history| history.last());
    let shown = |name: &str| last.and_then(|version| version.fields.get(name));
    let state = shown("state").and_then(Value::as_str).unwrap_or("nowhere");
    let is = |wanted: &str| match state == wanted {
        true => Ok(()),
        false => Err((
            Check::FalseFate,
            format!("said to have {}, and was {state}", wait.claim.words()),
        )),
    };
    match &wait.claim {
        WaitClaim::Succeeded => is("SUCCEEDED")?,
        WaitClaim::Failed(text) => {
            is("FAILED")?;
            let words = shown("error").and_then(|error| error["message"].as_str());
            if text.as_deref() != words {
                return Err((Check::FalseFate, format!("failed with {text:?}, and said {words:?}")));
            }
        }
        WaitClaim::Cancelled(_) => is("CANCELLED")?,
        WaitClaim::Other(_) => return Err((Check::FalseFate, "there is no such end".to_owned())),
        WaitClaim::StillRunning { .. } | WaitClaim::LostTrack { .. } => {}
    }
    let made: Vec<&str> = evidence
        .made()
        .filter(|(_, creation)| creation.operation.as_deref() == Some(&wait.operation))
        .map(|(_, creation)| creation.id.as_str())
        .collect();
    match &wait.now {
        Some(now) if !made.contains(&now.as_str()) => Err((
            Check::FalseNow,
            format!("{now} was said to stand there, and {made:?} was made"),
        )),
        _ => Ok(()),
    }
}

/// An alarm with all that led to it.
pub struct Finding<'a>(pub &'a Alarm, pub &'a Evidence);

impl fmt::Display for Finding<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(alarm, evidence) = self;
        writeln!(f, "seed {}: {:?}: {}", evidence.scenario.seed, alarm.check, alarm.text)?;
        writeln!(f, "  {:?}", evidence.scenario)?;
        for event in &evidence.events {
            writeln!(f, "  {event}")?;
        }
        for call in &evidence.creates {
            writeln!(f, "  {call:?}")?;
        }
        for wait in &evidence.waits {
            writeln!(f, "  {wait:?}")?;
        }
        for entry in evidence.log.iter().filter(|entry| entry.create.is_some()) {
            let (seq, copy, status, effect) = (entry.seq, entry.copy_of, entry.status, &entry.effect);
            let key = &entry.idempotency_key;
            writeln!(f, "  #{seq} copy of {copy:?} key {key:?}: {status:?} {effect:?}")?;
        }
        Ok(())
    }
}
