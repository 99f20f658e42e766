//! Which events the machine met in which state, counted from the public trace of every edit.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use akua_model::Etag;
use akua_model::edit::{Contract, Heard, Next, Trace, TraceStep, Why};
use akua_model::http::Method;

/// What the machine waits for, as the trace lets see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum State {
    Idle,
    Reading,
    Asking,
    Sending,
    SendingTainted,
    Refreshing,
    Looking,
}

/// What it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Event {
    Begin,
    Patch,
    NoPatch,
    Declined,
    /// Something that was not asked for.
    Misfit,
    ReadFound,
    ReadUnauthorized,
    ReadThrottled,
    ReadRefused,
    ReadLost,
    Acknowledged,
    /// A 200 that shows the old values.
    ChangedNothing,
    /// A 409 or 412 that names another etag, ours, or none.
    Mismatch,
    NamesOurs,
    Unnamed,
    WriteUnauthorized,
    WriteThrottled,
    WriteRefused,
    WriteNotSent,
    WriteLost,
}

/// Every pair that can be: each state with every event that it waits for, and with one that it does not.
pub(crate) fn all_pairs() -> BTreeSet<(State, Event)> {
    use Event as E;
    let reads = [
        E::ReadFound,
        E::ReadUnauthorized,
        E::ReadThrottled,
        E::ReadRefused,
        E::ReadLost,
    ];
    let writes = [
        E::Acknowledged,
        E::ChangedNothing,
        E::Mismatch,
        E::NamesOurs,
        E::Unnamed,
        E::WriteUnauthorized,
        E::WriteThrottled,
        E::WriteRefused,
        E::WriteNotSent,
        E::WriteLost,
    ];
    let mut pairs = BTreeSet::from([(State::Idle, E::Begin)]);
    let mut add = |state, events: &[Event]| pairs.extend(events.iter().map(|event| (state, *event)));
    add(State::Asking, &[E::Patch, E::NoPatch, E::Misfit]);
    for state in [State::Reading, State::Refreshing, State::Looking] {
        add(state, &reads);
        add(state, &[E::Declined, E::Misfit]);
    }
    for state in [State::Sending, State::SendingTainted] {
        add(state, &writes);
        add(state, &[E::Declined, E::Misfit]);
    }
    pairs
}

/// Every reason that a trace may give, without what varies, and every cause in which an edit ends without a proof.
const REASONS: [&str; 47] = [
    "NothingSeenYet",
    "SeemsUnchanged",
    "VersionPassedIn",
    "VersionRead",
    "PatchNeeded",
    "PatchSubmitted",
    "AlreadyAsWanted",
    "Resumed",
    "Acknowledged",
    "Ignored",
    "ChangedNothing",
    "Observed",
    "AnswerLost",
    "NotSent",
    "Throttled",
    "NewCredentials",
    "Refused",
    "RefusedAfterLostAnswer",
    "ConflictAfterLostAnswer",
    "Mismatch",
    "OtherEtagNamed",
    "UnnamedConflict",
    "NotAMismatch",
    "StaleRead",
    "MayBeStale",
    "ReadLost",
    "LookedInVain",
    "Rebase",
    "OverwriteUnseen",
    "Conflict",
    "GaveUp(ReadFailed)",
    "GaveUp(NotConnected)",
    "GaveUp(Deadline)",
    "GaveUp(OutOfAttempts)",
    "GaveUp(Throttled)",
    "GaveUp(Cancelled)",
    "GaveUp(Declined)",
    "GaveUp(NoPatch)",
    "GaveUp(UnusableEtag)",
    "Unknowable(may land, AnswerLost)",
    "Unknowable(can't land, AnswerLost)",
    "Unknowable(may land, Refused)",
    "Unknowable(may land, Unauthorized)",
    "Unknowable(may land, Throttled)",
    "Unknowable(can't land, ConflictAfterLostAnswer)",
    "Unknowable(may land, ChangedNothing)",
    "Unknowable(can't land, ChangedNothing)",
];

/// How often each event was met in each state, and for which reasons the machine went on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Coverage {
    met: BTreeMap<(State, Event), BTreeMap<String, u64>>,
}

impl Coverage {
    pub(crate) fn count(&mut self, trace: &Trace, belief: &Contract) {
        let (mut state, mut tainted) = (State::Idle, false);
        let mut if_match: Option<Etag> = None;
        for step in trace.steps() {
            let event = event(state, step, if_match.as_ref());
            let reasons = self.met.entry((state, event)).or_default();
            *reasons.entry(reason(step.why)).or_default() += 1;
            let is_write = matches!(state, State::Sending | State::SendingTainted);
            let answered = !matches!(event, Event::WriteNotSent | Event::Declined);
            tainted |= step.why == Why::Resumed;
            tainted |= is_write
                && (matches!(event, Event::WriteLost | Event::ChangedNothing) || (belief.hidden_retries && answered));
            if let Next::Write {
                attempt,
                if_match: sent,
                ..
            } = &step.next
            {
                tainted &= *attempt > 1 || step.why == Why::Resumed;
                if_match.clone_from(sent);
            }
            state = next(state, step, tainted);
        }
    }

    pub(crate) fn merge(&mut self, other: Self) {
        for (pair, reasons) in other.met {
            let ours = self.met.entry(pair).or_default();
            for (reason, count) in reasons {
                *ours.entry(reason).or_default() += count;
            }
        }
    }

    /// The pairs and reasons that should have been met and were not.
    pub(crate) fn missing(&self) -> Vec<String> {
        let pairs = all_pairs().into_iter().filter(|pair| !self.met.contains_key(pair));
        let mut missing: Vec<String> = pairs.map(|(state, event)| format!("{state:?} × {event:?}")).collect();
        let met: BTreeSet<&str> = self.met.values().flat_map(BTreeMap::keys).map(String::as_str).collect();
        missing.extend(
            REASONS
                .iter()
                .filter(|reason| !met.contains(*reason))
                .map(|reason| (*reason).to_owned()),
        );
        missing
    }

    /// The pairs that were met and are in no list: the list, or the reading of the trace, is wrong.
    pub(crate) fn unlisted(&self) -> Vec<String> {
        let all = all_pairs();
        let extra = self.met.keys().filter(|pair| !all.contains(pair));
        extra.map(|(state, event)| format!("{state:?} × {event:?}")).collect()
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for ((state, event), reasons) in &self.met {
            let total: u64 = reasons.values().sum();
            let told: Vec<String> = reasons
                .iter()
                .map(|(reason, count)| format!("{reason} {count}"))
                .collect();
            let (state, event) = (format!("{state:?}"), format!("{event:?}"));
            writeln!(f, "{state:>14} × {event:<17} {total:>9}: {}", told.join(", "))?;
        }
        Ok(())
    }
}

fn reason(why: Why) -> String {
    match why {
        Why::Unknowable { may_still_land, cause } => {
            format!(
                "Unknowable({}, {cause:?})",
                if may_still_land { "may land" } else { "can't land" }
            )
        }
        why => format!("{why:?}"),
    }
}

fn event(state: State, step: &TraceStep, if_match: Option<&Etag>) -> Event {
    let read = matches!(state, State::Reading | State::Refreshing | State::Looking);
    let write = matches!(state, State::Sending | State::SendingTainted);
    match &step.heard {
        Heard::Begin if state == State::Idle => Event::Begin,
        Heard::Patch { changes: true } if state == State::Asking => Event::Patch,
        Heard::Patch { changes: false } if state == State::Asking => Event::NoPatch,
        Heard::Declined => Event::Declined,
        Heard::Nothing {
            method: Method::Get, ..
        } if read => Event::ReadLost,
        Heard::Nothing {
            method: Method::Patch,
            not_sent,
        } if write => match not_sent {
            true => Event::WriteNotSent,
            false => Event::WriteLost,
        },
        Heard::Answer {
            method: Method::Get,
            status,
            ..
        } if read => match status {
            // What a 200 holds shows in what follows.
            200 => Event::ReadFound,
            401 => Event::ReadUnauthorized,
            429 => Event::ReadThrottled,
            400..=499 if *status != 408 => Event::ReadRefused,
            _ => Event::ReadLost,
        },
        Heard::Answer {
            method: Method::Patch,
            status,
            etag,
        } if write => match (status, etag) {
            (200, _) if step.why == Why::Acknowledged => Event::Acknowledged,
            (200, _) if matches!(step.why, Why::Ignored | Why::ChangedNothing) => Event::ChangedNothing,
            (409 | 412, Some(named)) if if_match.is_some_and(|ours| bare(ours) == bare(named)) => Event::NamesOurs,
            (409 | 412, Some(_)) => Event::Mismatch,
            (409 | 412, None) => Event::Unnamed,
            (401, _) => Event::WriteUnauthorized,
            (429, _) => Event::WriteThrottled,
            (400..=499, _) if *status != 408 => Event::WriteRefused,
            _ => Event::WriteLost,
        },
        _ => Event::Misfit,
    }
}

/// An etag without what HTTP may put around it.
fn bare(etag: &Etag) -> &str {
    etag.as_str().trim_start_matches("W/").trim_matches('"')
}

fn next(state: State, step: &TraceStep, tainted: bool) -> State {
    match (&step.next, step.why) {
        (Next::Ask, _) => State::Asking,
        (Next::Write { .. }, _) if tainted => State::SendingTainted,
        (Next::Write { .. }, _) => State::Sending,
        (Next::Read { .. }, Why::NothingSeenYet | Why::SeemsUnchanged) => State::Reading,
        (Next::Read { .. }, Why::Mismatch | Why::OtherEtagNamed | Why::UnnamedConflict) => State::Refreshing,
        (Next::Read { .. }, _) => match state {
            State::Reading | State::Refreshing | State::Looking => state,
            State::Idle | State::Asking | State::Sending | State::SendingTainted => State::Looking,
        },
        (_, _) => State::Idle,
    }
}
