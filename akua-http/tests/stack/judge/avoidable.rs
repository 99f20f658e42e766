//! Whether "nobody could know" was true: an attempt had no answer, nothing that was heard is a proof under the contract
//! that the client was told of, and there was no more patience or nothing more to be learnt.

use std::time::Duration;

use akua_sim::Kind;

use super::{Case, is_write_only};
use crate::record::{Attempt, Heard, How, Report, Sent};

/// The statuses that definitely refuse.
const DEFINITE: [u16; 13] = [400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428, 429, 431];

/// Why it could not be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Excuse {
    /// The etag has moved on: it was overwritten, or it never landed.
    MovedOn,
    /// A repeat was refused, or the resource can't be read.
    Refused,
    /// Every attempt was used.
    OutOfAttempts,
    /// Time was over.
    OutOfTime,
    /// The caller ended it.
    CutShort,
}

/// The excuse for an Indeterminate, or what is wrong with it.
pub(super) fn excuse(case: &Case<'_>, report: &Report) -> Result<Excuse, String> {
    let scenario = &case.evidence.scenario;
    if scenario.calm && case.call.kind == Kind::Cluster && report.how == How::Edit && !report.cut_short {
        return Err("keys are checked first, etags never repeat, and the faults were over".to_owned());
    }
    let Some((_, epoch)) = case.call.writes().last() else {
        return Err("nothing was sent".to_owned());
    };
    let attempts = &case.call.attempts[report.attempts.clone()];
    let is_ours = |attempt: &&Attempt| attempt.write.as_ref() == Some(epoch);
    let sends: Vec<&Attempt> = attempts.iter().filter(is_ours).collect();
    let lost = sends.iter().position(|attempt| is_unknown(attempt));
    // A resumed write counts as lost from the beginning; where a hop repeats writes, every write does.
    let lost = match (report.how, lost) {
        (How::Edit, None) if !scenario.hop_replays => return Err("every attempt had its answer".to_owned()),
        (How::Edit, Some(lost)) if !scenario.hop_replays => lost,
        _ => 0,
    };
    let begun = case
        .call
        .writes()
        .find(|(_, sent)| *sent == epoch)
        .map(|(attempt, _)| attempt.began);
    let mut moved = Vec::new();
    for attempt in sends.iter().skip(lost) {
        let Heard::Answer {
            status, shown, named, ..
        } = &attempt.heard
        else {
            continue;
        };
        if shown.is_some() {
            return Err("it was acknowledged".to_owned());
        }
        if !matches!(status, 409 | 412) {
            continue;
        }
        let named = named.as_ref().filter(|named| **named != epoch.if_match);
        moved.extend(named.cloned());
        let age = begun.map_or(Duration::MAX, |begun| attempt.ended - begun);
        if proves(case, epoch, named.is_some(), age) {
            return Err("a refusal had proven that it has not landed and will not".to_owned());
        }
    }
    let last_write = attempts.iter().rposition(|attempt| attempt.write.is_some());
    let reads = &attempts[last_write.map_or(0, |index| index + 1)..];
    let claimed = &scenario.claimed;
    let mut moved_on = false;
    for read in reads {
        let Heard::Answer {
            shown: Some((etag, values)),
            ..
        } = &read.heard
        else {
            continue;
        };
        // An etag that comes back may also be that of an old version, shown by a stale read.
        let is_named = moved.contains(etag);
        let is_current = claimed.reads_linearizable || claimed.etag_never_repeats && is_named;
        let all = epoch
            .values
            .iter()
            .all(|(field, wanted)| values.get(field) == Some(wanted));
        if is_current && all && !epoch.values.keys().any(|field| is_write_only(field)) {
            return Err("a read had shown it".to_owned());
        }
        moved_on |= (is_current || is_named) && *etag != epoch.if_match;
    }
    patience(case, report, attempts, &sends, reads.len(), moved_on)
}

/// Whether a 409 to a key that is known as long as this proves that nothing has landed.
fn proves(case: &Case<'_>, epoch: &Sent, mismatch: bool, age: Duration) -> bool {
    let claimed = &case.evidence.scenario.claimed;
    // A little before the end, because the client reads its clock a little later.
    let remembered = age.saturating_mul(2) + Duration::from_millis(5) < claimed.key_retention;
    let keyed = claimed.key_checked_before_if_match && epoch.key.is_some() && remembered;
    keyed && (claimed.etag_never_repeats && mismatch || claimed.stores_rejections_per_key)
}

fn is_unknown(attempt: &Attempt) -> bool {
    match &attempt.heard {
        Heard::NotSent => false,
        Heard::Nothing => true,
        Heard::Answer { status, shown, .. } => shown.is_none() && !DEFINITE.contains(status),
    }
}

/// Why no more was tried.
fn patience(
    case: &Case<'_>,
    report: &Report,
    attempts: &[Attempt],
    sends: &[&Attempt],
    reads: usize,
    moved_on: bool,
) -> Result<Excuse, String> {
    let policy = &case.call.policy;
    if moved_on {
        return Ok(Excuse::MovedOn);
    }
    if report.cut_short {
        return Ok(Excuse::CutShort);
    }
    let refuses = |attempt: &Attempt| match &attempt.heard {
        Heard::Answer { status, .. } => DEFINITE.contains(status) && !matches!(status, 409 | 412 | 429),
        _ => false,
    };
    // After the refusal of a repeat one look is enough.
    if attempts.last().is_some_and(refuses) || sends.last().is_some_and(|attempt| refuses(attempt)) && reads > 0 {
        return Ok(Excuse::Refused);
    }
    let most = policy.attempts as usize;
    if sends.len() >= most || reads >= most {
        return Ok(Excuse::OutOfAttempts);
    }
    let asked = attempts.iter().rev().find_map(|attempt| match attempt.heard {
        Heard::Answer { retry_after_ms, .. } => retry_after_ms,
        _ => None,
    });
    let wait = Duration::from_millis(asked.unwrap_or(0)).max(policy.backoff_limit);
    if report.took + wait >= policy.soft_deadline() {
        return Ok(Excuse::OutOfTime);
    }
    Err(format!(
        "{} writes, {reads} reads, {:?}: it gave up early",
        sends.len(),
        report.took
    ))
}
