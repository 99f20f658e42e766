//! What a call reported, held against what happened until then and afterwards.

use std::ops::RangeInclusive;

use akua_model::edit::OnConflict;
use akua_sim::{Effect, Version};

use super::avoidable;
use super::case::{Case, Check, ReadBack, as_kept, is_write_only, value};
use super::tally::Tally;
use crate::record::{Attempt, Claim, Heard, How, Report, Values};

type Found = Vec<(Check, String)>;

pub(super) fn check(case: &Case<'_>, found: &mut Found, tally: &mut Tally) {
    tokens(case, found);
    for report in &case.call.reports {
        match &report.claim {
            Claim::Acknowledged {
                etag,
                adjusted,
                not_taken,
            } => {
                acknowledged(case, report, etag, found);
                let told = ReadBack {
                    adjusted: adjusted.clone(),
                    not_taken: not_taken.clone(),
                };
                lists(case, report, &told, found);
            }
            Claim::Observed { etag } => observed(case, report, etag.as_deref(), found),
            Claim::Unchanged { etag } => unchanged(case, report, etag.as_deref(), found),
            Claim::Conflict | Claim::Rejected | Claim::NotSent => nothing(case, report, Check::FalseNotApplied, found),
            Claim::Ignored => ignored(case, report, found),
            Claim::Indeterminate { may_still_land } => {
                let later = case.landings().find(|landing| landing.version.version > report.upto);
                if let (false, Some(later)) = (may_still_land, later) {
                    let text = format!(
                        "it has made version {} after version {}",
                        later.version.version, report.upto
                    );
                    found.push((Check::LandedLater, text));
                }
                if !case.evidence.setting.weighs_doubt {
                    continue;
                }
                match avoidable::excuse(case, report) {
                    Ok(excuse) => tally.excuse(excuse),
                    Err(text) => found.push((Check::Avoidable, text)),
                }
            }
        }
    }
}

/// Before the first byte of every epoch its token must be out.
fn tokens(case: &Case<'_>, found: &mut Found) {
    let mut epochs = Vec::new();
    for (attempt, sent) in case.call.writes() {
        if !epochs.contains(&sent) {
            epochs.push(sent);
        }
        if attempt.tokens < epochs.len() {
            let text = format!("{} tokens were out, and {} epochs", attempt.tokens, epochs.len());
            found.push((Check::Unguarded, text));
            break;
        }
    }
    let stays = case.call.policy.on_conflict == OnConflict::Fail;
    if stays && epochs.iter().any(|epoch| epoch.if_match != epochs[0].if_match) {
        found.push((Check::Unasked, "it was rebased, though it was to fail".to_owned()));
    }
}

/// The server said 200: it has written, or says again what it said when it had.
fn acknowledged(case: &Case<'_>, report: &Report, etag: &str, found: &mut Found) {
    let landed = case
        .landings
        .iter()
        .any(|landing| landing.version.version <= report.upto);
    // A write of which nothing that can be read would change is believed by id and etag alone.
    let is_unseen = case.call.attempts[report.attempts.clone()]
        .last()
        .and_then(answered_write)
        .is_some_and(|(sent, ..)| !case.changes_what_can_be_read(sent));
    if !landed && !is_unseen && case.accepted().next().is_none() {
        found.push((
            Check::FalseApplied,
            "acknowledged, and it has made no version".to_owned(),
        ));
    }
    let answered = case.call.attempts[report.attempts.clone()]
        .last()
        .and_then(|attempt| attempt.seq);
    let answered = answered.and_then(|seq| case.entry(seq));
    // What is told then is what the answer showed, and `lists` looks at that.
    let late = answered
        .and_then(|entry| case.fault_of(entry))
        .is_some_and(|fault| fault.stale_by.is_some());
    match answered.map(|entry| &entry.effect) {
        Some(Effect::Applied { etag: made, .. }) if made != etag && !late => {
            let text = format!("acknowledged with etag {etag}, but the version made has {made}");
            found.push((Check::FalseApplied, text));
        }
        Some(Effect::Replayed { of }) if !case.entries.iter().any(|entry| entry.seq == *of) => {
            let text = format!("acknowledged by the answer to another write, request {of}");
            found.push((Check::FalseApplied, text));
        }
        _ => {}
    }
}

/// What is told of fields that are not as wanted must be what the answer showed that acknowledged them, which must not
/// show the old values only; and an answer that shows the version made must show what was made of it.
fn lists(case: &Case<'_>, report: &Report, told: &ReadBack, found: &mut Found) {
    let Some((sent, seq, etag, shown)) = case.call.attempts[report.attempts.clone()]
        .last()
        .and_then(answered_write)
    else {
        return;
    };
    let Some(read) = case.read_back(sent, shown) else {
        let text = format!("acknowledged by an answer at etag {etag} that shows the old values: {shown:?}");
        found.push((Check::FalseApplied, text));
        return;
    };
    if read != *told {
        let text = format!("told {told:?}, but the answer at etag {etag} shows {read:?}");
        found.push((Check::FalseList, text));
    }
    let landing = case.landings.iter().find(|landing| Some(landing.entry.seq) == seq);
    let Some(landing) = landing.filter(|landing| landing.version.etag == *etag) else {
        return;
    };
    for (field, shown) in read.adjusted.iter().chain(&read.not_taken) {
        let made = value(landing.version, field);
        if made.as_ref() != Some(shown) {
            let text = format!(
                "{field} is told to be {shown:?}, and version {} holds {made:?}",
                landing.version.version
            );
            found.push((Check::FalseList, text));
        }
    }
}

type Answered<'a> = (&'a crate::record::Sent, Option<u64>, &'a String, &'a Values);

fn answered_write(attempt: &Attempt) -> Option<Answered<'_>> {
    match (&attempt.write, &attempt.heard) {
        (
            Some(sent),
            Heard::Answer {
                shown: Some((etag, shown)),
                ..
            },
        ) => Some((sent, attempt.seq, etag, shown)),
        _ => None,
    }
}

/// It was answered 200, and no value has changed by it, then or later.
fn ignored(case: &Case<'_>, report: &Report, found: &mut Found) {
    if let Some(landing) = case.landings().find(|landing| landing.changes()) {
        let text = format!(
            "it is said to be ignored at version {}, and request {} made version {}",
            report.upto, landing.entry.seq, landing.version.version
        );
        found.push((Check::FalseNotApplied, text));
    }
    let attempts = &case.call.attempts[report.attempts.clone()];
    if attempts.last().is_none_or(|attempt| answered_write(attempt).is_none()) {
        found.push((Check::FalseNotApplied, "ignored, and no 200 was heard".to_owned()));
    }
}

/// Every value must have been in effect between the start and the report.
fn observed(case: &Case<'_>, report: &Report, etag: Option<&str>, found: &mut Found) {
    let wanted = case.call.epochs().last().map(|sent| &sent.values);
    let Some(wanted) = wanted else {
        found.push((Check::FalseApplied, "observed, and nothing was sent".to_owned()));
        return;
    };
    if let Some(field) = wanted.keys().find(|field| is_write_only(field)) {
        found.push((Check::FalseApplied, format!("observed, and nobody can see {field}")));
    }
    if !in_effect(case, wanted, etag, case.call.from..=report.upto) {
        let text = format!(
            "observed, but between version {} and {} it was not so",
            case.call.from, report.upto
        );
        found.push((Check::FalseApplied, text));
    }
}

fn unchanged(case: &Case<'_>, report: &Report, etag: Option<&str>, found: &mut Found) {
    nothing(case, report, Check::FalseUnchanged, found);
    let untouched = case.entries.is_empty();
    let Some(want) = case.call.wants.last().filter(|_| !case.call.content) else {
        return;
    };
    // A stale read shows what was so once; after a refusal of its own write a call must not believe one.
    let from = if case.evidence.setting.linearizable || !untouched {
        case.call.from
    } else {
        1
    };
    let is_hidden = want.values.keys().any(|field| is_write_only(field));
    if is_hidden || !in_effect(case, &want.values, etag, from..=report.upto) {
        let text = format!(
            "unchanged, but between version {from} and {} it was not so",
            report.upto
        );
        found.push((Check::FalseUnchanged, text));
    }
}

/// Whether one of these versions, the one with this etag if it is told, held what was wanted.
fn in_effect(case: &Case<'_>, wanted: &Values, etag: Option<&str>, between: RangeInclusive<u64>) -> bool {
    let holds =
        |version: &Version, (field, wanted): (&String, &String)| value(version, field) == Some(as_kept(field, wanted));
    case.history.iter().any(|version| {
        between.contains(&version.version)
            && !version.deleted
            && etag.is_none_or(|etag| version.etag == etag)
            && wanted.iter().all(|wanted| holds(version, wanted))
    })
}

/// Nothing of it may have landed, then or later.
fn nothing(case: &Case<'_>, report: &Report, check: Check, found: &mut Found) {
    let how = if report.how == How::Edit {
        "the edit"
    } else {
        "settling"
    };
    if let Some(landing) = case.landings().next() {
        let text = format!(
            "{how} said {:?} at version {}, and request {} made version {}",
            report.claim, report.upto, landing.entry.seq, landing.version.version
        );
        found.push((check, text));
    } else if let Some(entry) = case.accepted().next() {
        let text = format!(
            "{how} said {:?}, and request {} was taken for a write",
            report.claim, entry.seq
        );
        found.push((check, text));
    }
}
