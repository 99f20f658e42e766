//! Whether an indeterminate end could have been avoided.
//!
//! It is excused if the answer to an attempt was lost, no answer proves anything under the contract that the client was
//! told of, and nothing was left to try or to read. It refuses an end that an answer had already decided.

use std::time::Duration;

use akua_sim::{Kind, ReplayBody, Stores};

use super::case::{Case, is_write_only};
use crate::record::{Attempt, Heard, How, Report, Sent};

/// The statuses that definitely refuse.
const DEFINITE: [u16; 13] = [400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428, 429, 431];

/// Why it could not be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Excuse {
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
    let setting = &case.evidence.setting;
    // Where an answer may show what another has written, other values than ours acknowledge nothing, trimmed or not.
    let server = &setting.server;
    // One that takes some of them only may show none of the changes: what it took was so before.
    let takes_all = setting
        .faults
        .iter()
        .all(|fault| !matches!(fault.stores, Some(Stores::Some | Stores::Touch)));
    let shows_ours = takes_all && server.stores == Stores::AsSent && server.replay_body == ReplayBody::Stored;
    let can_be_read = setting.claimed.answers_show_written_version || shows_ours;
    if setting.calm && can_be_read && case.call.kind == Kind::Cluster && report.how == How::Edit && !report.cut_short {
        return Err("keys are checked first, etags never repeat, and the faults were over".to_owned());
    }
    let Some((_, epoch)) = case.call.writes().last() else {
        return Err("nothing was sent".to_owned());
    };
    let attempts = &case.call.attempts[report.attempts.clone()];
    let is_ours = |attempt: &&Attempt| attempt.write.as_ref() == Some(epoch);
    let sends: Vec<&Attempt> = attempts.iter().filter(is_ours).collect();
    let lost = sends.iter().position(|attempt| is_unknown(case, epoch, attempt));
    if report.how == How::Edit && !setting.hop_replays && proves_ignored(case, epoch, &sends, lost) {
        return Err("an answer had proven that it was ignored".to_owned());
    }
    // A resumed write counts as lost from the beginning; where a hop repeats writes, every write does.
    let lost = match (report.how, lost) {
        (How::Edit, None) if !setting.hop_replays => return Err("every attempt had its answer".to_owned()),
        (How::Edit, Some(lost)) if !setting.hop_replays => lost,
        _ => 0,
    };
    let mut moved = Vec::new();
    for attempt in sends.iter().skip(lost) {
        let Heard::Answer {
            status, shown, named, ..
        } = &attempt.heard
        else {
            continue;
        };
        if shown.is_some() && case.acknowledges(epoch, &attempt.heard) {
            return Err("it was acknowledged".to_owned());
        }
        if !matches!(status, 409 | 412) {
            continue;
        }
        let named = named.as_ref().filter(|named| **named != epoch.if_match);
        moved.extend(named.cloned());
        let age = oldest(case, report, epoch, attempt);
        // That it names the current etag must be promised, or a read must show it that was not met before this epoch: it may
        // be an older one otherwise.
        let is_current = |named: &&String| {
            let shown = |read: &Attempt| read.began >= attempt.ended && shows(read, named);
            setting.claimed.conflicts_name_current_etag
                || (attempts.iter().any(shown) && !met_before(case, epoch, named))
        };
        if proves(case, epoch, named.filter(is_current).is_some(), age) {
            return Err("a refusal had proven that it has not landed and will not".to_owned());
        }
    }
    let last_write = attempts.iter().rposition(|attempt| attempt.write.is_some());
    let reads = &attempts[last_write.map_or(0, |index| index + 1)..];
    let claimed = &setting.claimed;
    // What earlier calls have heard of this write stands in its token.
    let known: Vec<&Attempt> = case.call.attempts[..report.attempts.start]
        .iter()
        .filter(is_ours)
        .collect();
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
        let was_named = known.iter().any(|earlier| names(earlier, etag));
        moved_on |= (is_current || is_named || was_named) && *etag != epoch.if_match;
    }
    moved_on |= report.how != How::Edit && had_moved(case, report, epoch);
    why_no_more(case, report, attempts, &sends, reads.len(), moved_on)
}

/// Whether this call and those before it have learnt that the etag has moved: the resume token tells.
fn had_moved(case: &Case<'_>, report: &Report, epoch: &Sent) -> bool {
    let claimed = &case.evidence.setting.claimed;
    let known = &case.call.attempts[..report.attempts.end];
    let sent = known.iter().position(|attempt| attempt.write.as_ref() == Some(epoch));
    let since = &known[sent.unwrap_or(known.len())..];
    let shows_another = |attempt: &Attempt| match &attempt.heard {
        Heard::Answer {
            shown: Some((etag, _)), ..
        } => claimed.reads_linearizable && attempt.write.is_none() && *etag != epoch.if_match,
        Heard::Answer { named: Some(named), .. } => {
            let confirmed = || {
                since
                    .iter()
                    .any(|read| read.began >= attempt.ended && shows(read, named))
            };
            *named != epoch.if_match && (claimed.conflicts_name_current_etag || confirmed())
        }
        _ => false,
    };
    since.iter().any(shows_another)
}

/// Whether this call had met an etag before it first sent this: in a read, or in the version passed in.
fn met_before(case: &Case<'_>, epoch: &Sent, etag: &str) -> bool {
    let first = case.call.writes().find(|(_, sent)| *sent == epoch);
    let earlier = |read: &&Attempt| first.as_ref().is_some_and(|(first, _)| read.ended <= first.began);
    let given = case.call.wants.first().and_then(|want| want.view.as_ref());
    given.is_some_and(|view| view.etag == etag)
        || case.call.attempts.iter().filter(earlier).any(|read| shows(read, etag))
}

/// The age that a key may have had at most, to a client that has read its clocks at any moment at which it may have:
/// before the epoch's first sending, but not before what it had heard last; and after this answer, but not after it sent
/// something else or reported.
fn oldest(case: &Case<'_>, report: &Report, epoch: &Sent, answered: &Attempt) -> Duration {
    let call = case.call;
    let Some((first, _)) = call.writes().find(|(_, sent)| *sent == epoch) else {
        return Duration::MAX;
    };
    let heard = call.attempts.iter().map(|attempt| attempt.ended);
    let begun = call.reports.iter().map(|report| report.began);
    let earliest = heard.chain(begun).filter(|moment| *moment <= first.began).max();
    let sent = call.attempts[report.attempts.clone()].iter().map(|next| next.began);
    let latest = sent.filter(|moment| *moment >= answered.ended).min();
    let latest = latest.unwrap_or(report.began + report.took);
    earliest.map_or(Duration::MAX, |earliest| latest.saturating_sub(earliest))
}

/// Whether a 409 to a key that is no older than this proves that nothing has landed.
fn proves(case: &Case<'_>, epoch: &Sent, mismatch: bool, age: Duration) -> bool {
    let claimed = &case.evidence.setting.claimed;
    // A clock that counts whole milliseconds may tell one more.
    let remembered = age.saturating_add(Duration::from_millis(1)) <= claimed.key_retention;
    let keyed = claimed.key_checked_before_if_match && epoch.key.is_some() && remembered;
    keyed && (claimed.etag_never_repeats && mismatch || claimed.stores_rejections_per_key)
}

fn is_unknown(case: &Case<'_>, epoch: &Sent, attempt: &Attempt) -> bool {
    match &attempt.heard {
        Heard::NotSent => false,
        Heard::Nothing => true,
        heard @ Heard::Answer { status, .. } => !case.acknowledges(epoch, heard) && !DEFINITE.contains(status),
    }
}

/// Whether a refusal names this etag as current.
fn names(attempt: &Attempt, etag: &str) -> bool {
    matches!(&attempt.heard, Heard::Answer { named: Some(named), .. } if named == etag)
}

/// Whether a read shows this etag.
fn shows(read: &Attempt, etag: &str) -> bool {
    match &read.heard {
        Heard::Answer {
            shown: Some((shown, _)),
            ..
        } => read.write.is_none() && shown == etag,
        _ => false,
    }
}

/// Whether the first answer of unknown effect was a 200 that shows the guarding etag and the old values, under a contract
/// in which that is the version that the write has left behind.
fn proves_ignored(case: &Case<'_>, epoch: &Sent, sends: &[&Attempt], lost: Option<usize>) -> bool {
    let claimed = &case.evidence.setting.claimed;
    let covers = claimed.etag_covers_write_only || !epoch.values.keys().any(|field| is_write_only(field));
    let Some(attempt) = lost.and_then(|lost| sends.get(lost)) else {
        return false;
    };
    match &attempt.heard {
        Heard::Answer {
            shown: Some((etag, _)), ..
        } => claimed.answers_show_written_version && covers && *etag == epoch.if_match,
        _ => false,
    }
}

/// Why no more was tried.
fn why_no_more(
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
    let most = policy.max_attempts as usize;
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
