//! Holds what was said of launches and waits against the simulator's record.

use std::collections::BTreeSet;
use std::fmt;

use akua_sim::{Author, Launch, Version};

pub use super::alarm::{Alarm, Check};
use super::claim::{LaunchClaim, Seen};
use super::evidence::{Attempt, Evidence, LaunchCall, What};
use super::judge_waits;

#[must_use]
pub fn judge(evidence: &Evidence) -> Vec<Alarm> {
    let mut alarms = Vec::new();
    for call in &evidence.launches {
        of_call(evidence, call, &mut alarms);
    }
    acted_twice(evidence, &mut alarms);
    guarded(evidence, &mut alarms);
    for wait in &evidence.waits {
        judge_waits::of_wait(evidence, wait, &mut alarms);
    }
    for secret in &evidence.secrets {
        if evidence.said.iter().any(|said| said.contains(secret)) {
            alarms.push(Alarm::new(Check::Leak, "a token is shown"));
        }
    }
    alarms
}

fn of_call(evidence: &Evidence, call: &LaunchCall, alarms: &mut Vec<Alarm>) {
    let ours: Vec<&str> = evidence
        .accepted(call.launch, &call.id)
        .map(|(_, operation)| operation)
        .collect();
    let first_sent = evidence.first_sent(call.launch);
    let mut alarm = |check, text: String| alarms.push(Alarm::new(check, format!("{}: {text}", call.claim.words())));
    let during = evidence.between(call.versions.0, call.versions.1);
    let before_its_end = evidence.between(1, call.versions.1);
    let was_shown = |seen: &Seen| before_its_end.iter().any(|version| seen.is(version));
    match &call.claim {
        LaunchClaim::Accepted { operation } => {
            if !ours.contains(&operation.as_str()) {
                alarm(Check::FalseAccepted, format!("{operation} is none of {ours:?}"));
            }
        }
        // None of these launches is answered with what it is about.
        LaunchClaim::Made { id } => alarm(Check::FalseAccepted, format!("{id} was made")),
        LaunchClaim::Observed(seen) => {
            let since = evidence.between(first_sent.unwrap_or(u64::MAX), call.versions.1);
            if !since.iter().any(|version| was_so(call.launch, seen.as_ref(), version)) {
                alarm(
                    Check::FalseObserved,
                    format!("{seen:?} was not so since version {first_sent:?}"),
                );
            }
        }
        LaunchClaim::Unchanged(seen) => {
            if !ours.is_empty() {
                alarm(Check::FalseUnchanged, format!("accepted as {ours:?}"));
            }
            if !during.iter().any(|version| was_so(call.launch, seen.as_ref(), version)) {
                alarm(Check::FalseUnchanged, format!("{seen:?} was not so"));
            }
        }
        LaunchClaim::NotApplied(theirs) => {
            if !ours.is_empty() {
                alarm(Check::FalseNotApplied, format!("accepted as {ours:?}"));
            }
            if theirs.as_ref().is_some_and(|theirs| !was_shown(theirs)) {
                alarm(Check::FalseSight, format!("{theirs:?} never was"));
            }
        }
        LaunchClaim::Indeterminate { may_still_land, seen } => {
            if !may_still_land && ours.len() > call.accepted {
                let later = ours.len() - call.accepted;
                alarm(Check::LandedLater, format!("{later} were accepted later"));
            }
            if seen.as_ref().is_some_and(|seen| !was_shown(seen)) {
                alarm(Check::FalseSight, format!("{seen:?} never was"));
            }
        }
    }
    let strange = |id: &&String| !evidence.operations.contains_key(*id);
    if let Some(strange) = call.candidates.iter().find(strange) {
        alarm(Check::FalseSight, format!("there is no operation {strange}"));
    }
}

/// Whether what is launched was so in this version; what is said to have been seen has to be this very one.
fn was_so(launch: Launch, seen: Option<&Seen>, version: &Version) -> bool {
    let state = version.fields.get("state").and_then(|state| state.as_str());
    let settled = version.fields.get("reconciling").and_then(|shown| shown.as_bool()) == Some(false);
    let Some(seen) = seen else { return version.deleted };
    let is_so = match launch {
        Launch::SuspendCluster => state == Some("suspended") && settled,
        Launch::ResumeCluster => state == Some("active") && settled,
        Launch::DeleteCluster | Launch::DeleteWorkspace => state == Some("deleting"),
        Launch::RefreshCapabilities | Launch::CancelOperation | Launch::RevokeWorkerBootstrap => false,
    };
    is_so && seen.is(version)
}

/// A guarded launch was accepted in two requests of the client, or one request was done twice. What something on the way has
/// doubled is not the client's doing.
fn acted_twice(evidence: &Evidence, alarms: &mut Vec<Alarm>) {
    let launch = evidence.scenario.launch();
    if matches!(launch, Launch::RefreshCapabilities | Launch::CancelOperation) {
        return;
    }
    let (_, id) = evidence.scenario.target();
    let accepted = evidence.accepted(launch, id);
    let requests: BTreeSet<u64> = accepted.map(|(entry, _)| entry.copy_of.unwrap_or(entry.seq)).collect();
    if requests.len() > 1 {
        alarms.push(Alarm::new(
            Check::ActedTwice,
            format!("accepted of requests {requests:?}"),
        ));
    }
    let mut authors = BTreeSet::new();
    for (operation, versions) in &evidence.operations {
        let author = versions.first().map(|first| &first.author);
        if let Some(Author::Request { seq }) = author
            && !authors.insert(*seq)
        {
            let text = format!("{operation} is the second one of request {seq}");
            alarms.push(Alarm::new(Check::ActedTwice, text));
        }
    }
}

/// Before each first sending of a launch its token is kept.
fn guarded(evidence: &Evidence, alarms: &mut Vec<Alarm>) {
    let bare = |attempt: &&Attempt| matches!(attempt.what, What::Launch(_)) && attempt.tokens == 0;
    if let Some(attempt) = evidence.attempts.iter().find(bare) {
        alarms.push(Alarm::new(Check::Unguarded, format!("request {:?}", attempt.seq)));
    }
}

/// An alarm with all that led to it.
pub struct Finding<'a>(pub &'a Alarm, pub &'a Evidence);

impl fmt::Display for Finding<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(alarm, evidence) = self;
        let scenario = &evidence.scenario;
        writeln!(f, "seed {}: {:?}: {}", scenario.seed, alarm.check, alarm.text)?;
        writeln!(f, "  {scenario:?}")?;
        for event in &evidence.events {
            writeln!(f, "  {event}")?;
        }
        for call in &evidence.launches {
            writeln!(
                f,
                "  {:?} on {} at versions {:?}: {}",
                call.launch, call.id, call.versions, call.story
            )?;
        }
        for wait in &evidence.waits {
            writeln!(f, "  {wait:?}")?;
        }
        for version in &evidence.target {
            let shown = |name: &str| version.fields.get(name).map(ToString::to_string).unwrap_or_default();
            let (state, reconciling) = (shown("state"), shown("reconciling"));
            let (number, etag, author, deleted) = (version.version, &version.etag, &version.author, version.deleted);
            writeln!(
                f,
                "  version {number} etag {etag} {state} reconciling {reconciling} gone {deleted} by {author:?}"
            )?;
        }
        for entry in evidence.log.iter().filter(|entry| entry.launch.is_some()) {
            let (seq, copy, status, effect) = (entry.seq, entry.copy_of, entry.status, &entry.effect);
            writeln!(
                f,
                "  #{seq} copy of {copy:?} if-match {:?}: {status:?} {effect:?}",
                entry.if_match
            )?;
        }
        Ok(())
    }
}
