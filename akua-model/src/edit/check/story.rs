//! A path through the world as a story that a person can follow.

use std::fmt::Write;

use super::domain::{CLOCK, FIELDS, NAME, NONE, Patch};
use super::model::World;
use super::server::{Foreign, Moment, Takes};
use super::state::State;
use super::steps::{Odd, Reading, Step};
use crate::edit::event::{Action, End, Reason};

/// Tells what happens step by step, and which promise is broken in the end.
pub(super) fn tell(world: &World, path: &[(State, Option<Step>)]) -> String {
    let mut story = String::new();
    let first = &path[0].0;
    writeln!(story, "   The server had {}.", past(first)).unwrap();
    let base = first.client.as_ref().and_then(|client| client.base());
    if base.is_some_and(|base| base.values[NAME].value().is_none()) && first.server.now.values[NAME] != NONE {
        writeln!(story, "   The version passed in leaves the name out.").unwrap();
    }
    for (number, (state, step)) in path.iter().enumerate() {
        let Some(step) = *step else { continue };
        let mut after = state.clone();
        let said = world.apply(&mut after, step);
        writeln!(story, "{:2} {}", number + 1, happening(state, &after, step)).unwrap();
        if let Some((action, why)) = said {
            let why = why.filter(|_| !matches!(action, Action::Finish(_)));
            let why = why.map_or(String::new(), |why| format!(" ({why:?})"));
            writeln!(story, "     -> {}{why}", words(world, &after, &action)).unwrap();
        }
    }
    if let Some(breach) = path.last().and_then(|(state, _)| state.breach) {
        writeln!(story, "   BROKEN: {}.", breach.words()).unwrap();
    }
    story
}

fn past(state: &State) -> String {
    let moments: Vec<_> = state
        .server
        .past
        .iter()
        .chain([&state.server.now])
        .map(moment)
        .collect();
    moments.join(", then ")
}

fn moment(moment: &Moment) -> String {
    let values: Vec<_> = FIELDS
        .iter()
        .zip(moment.values)
        .map(|(name, value)| format!("{name}: {}", word(value)))
        .collect();
    format!("e{} {{{}}}", moment.etag, values.join(", "))
}

fn word(value: u8) -> &'static str {
    ["old", "ours", "third", "none"][usize::from(value)]
}

fn patch(patch: &Patch) -> String {
    let values = FIELDS.iter().zip(patch);
    let values: Vec<_> = values
        .filter_map(|(name, value)| Some(format!("{name}: {}", word((*value)?))))
        .collect();
    values.join(", ")
}

pub(super) fn happening(before: &State, after: &State, step: Step) -> String {
    let server = |state: &State| {
        if state.server.gone {
            "nothing".to_owned()
        } else {
            moment(&state.server.now)
        }
    };
    let moved = if before.server == after.server || after.client.is_none() && before.server.now == after.server.now {
        "no effect".to_owned()
    } else {
        format!("the server has {}", server(after))
    };
    match step {
        Step::Begin => "The call begins.".to_owned(),
        Step::Tick => format!("It is {} ms after the start.", CLOCK[usize::from(after.clock)]),
        Step::Cancel => "The user cancels.".to_owned(),
        Step::Foreign(Foreign::Reconcile) => format!("The server reconciles: {moved}."),
        Step::Foreign(Foreign::Delete) => "Somebody deletes the resource.".to_owned(),
        Step::Foreign(Foreign::Restore(_)) => format!("A backup is restored: {moved}."),
        Step::Foreign(_) => format!("Somebody else writes: {moved}."),
        Step::Submit(Some(wanted)) => format!("The closure wants {{{}}}.", patch(&wanted)),
        Step::Submit(None) => "The closure wants no change.".to_owned(),
        Step::SubmitFailed => "The closure fails.".to_owned(),
        Step::Declined => "The driver declines.".to_owned(),
        Step::NotSent => "The request can't be handed over.".to_owned(),
        Step::Send => "The request leaves.".to_owned(),
        Step::Arrive { copy, slug_taken } => {
            let slug = if slug_taken {
                ", refused because the slug is taken"
            } else {
                ""
            };
            format!("A copy of write {} arrives unheard{slug}: {moved}.", copy.epoch)
        }
        Step::Answer {
            slug_taken,
            named,
            omits,
        } => {
            let slug = if slug_taken {
                ", refused because the slug is taken"
            } else {
                ""
            };
            let named = if named { " (the answer names an etag)" } else { "" };
            format!(
                "The request arrives and is answered{slug}: {moved}{named}{}.",
                omission(omits)
            )
        }
        Step::OddAnswer { odd, omits } => {
            let how = match odd {
                Odd::Taken(Takes::Nothing) => "answered 200, but not carried out".to_owned(),
                Odd::Taken(Takes::NothingButMoves) => "answered 200, but only the etag moves".to_owned(),
                Odd::Taken(Takes::AllButOne) => "answered 200, but one field is not taken".to_owned(),
                Odd::Taken(_) => "answered 200, but another value is stored".to_owned(),
                Odd::ShowsBefore => format!("answered with the version from before, {}", moment(&before.server.now)),
                Odd::ShowsPast(index) => {
                    format!("answered with an older version, {}", moment(&before.server.past[index]))
                }
                Odd::ShowsCurrent => "known by its key, and answered with the current version".to_owned(),
                Odd::NamesAnother { slug_taken: true } => {
                    "refused because the slug is taken; the answer names an etag of something else".to_owned()
                }
                Odd::NamesAnother { slug_taken: false } => {
                    "refused; the answer names an etag of something else".to_owned()
                }
                Odd::NamesOlder { .. } => "refused; the answer names the etag of an older version".to_owned(),
                Odd::NamesGuard { slug_taken: true } => {
                    "refused because the slug is taken; the answer names the etag that was sent".to_owned()
                }
                Odd::NamesGuard { slug_taken: false } => "refused; the answer names the etag that was sent".to_owned(),
            };
            format!("The request arrives and is {how}: {moved}{}.", omission(omits))
        }
        Step::Stopped(gate) => format!("The request is stopped on its way: {gate:?}."),
        Step::Lose => "No answer is heard.".to_owned(),
        Step::Repeat(_) => "A proxy repeats the request.".to_owned(),
        Step::Read(Reading::Current { omits }) => format!("A read shows {}{}.", server(before), omission(omits)),
        Step::Read(Reading::Stale { index, omits }) => {
            let past = moment(&before.server.past[index]);
            format!("A stale read shows {past}{}.", omission(omits))
        }
        Step::Read(reading) => format!("A read ends: {reading:?}."),
        Step::Forget(key) => format!("The server forgets key {key}."),
    }
}

fn omission(omits: bool) -> &'static str {
    if omits { " (the answer leaves the name out)" } else { "" }
}

fn words(world: &World, after: &State, action: &Action<u8, u8>) -> String {
    match action {
        Action::Ask(version) => format!("a patch, please, for e{}", version.etag),
        Action::Read(_) => "GET".to_owned(),
        Action::Write { .. } => {
            let Some(request) = world.request(after) else {
                return "PATCH".to_owned();
            };
            let key = request.key.map_or(String::new(), |key| format!(" key {key}"));
            format!(
                "PATCH {{{}}} if-match e{}{key}",
                patch(&request.patch),
                request.if_match
            )
        }
        Action::List(_) => "GET operations".to_owned(),
        Action::Finish(end) => ended(end),
    }
}

/// An end in words.
pub(super) fn ended(end: &End<u8, u8>) -> String {
    match end {
        End::Applied { proof, .. } => format!("APPLIED, {}", format!("{proof:?}").to_lowercase()),
        End::Launched { proof, .. } => format!("ACCEPTED, {}", format!("{proof:?}").to_lowercase()),
        End::Unchanged(_) => "UNCHANGED".to_owned(),
        End::NotApplied(reason) => match reason {
            Reason::Conflict {
                theirs: Some(theirs), ..
            } => format!("NOT APPLIED, conflict with e{}", theirs.etag),
            Reason::Conflict { theirs: None, .. } => "NOT APPLIED, conflict with what could not be read".to_owned(),
            Reason::Rejected => "NOT APPLIED, rejected".to_owned(),
            Reason::Ignored(_) => "NOT APPLIED, ignored".to_owned(),
            Reason::NotSent(cause) => format!("NOT APPLIED, not sent: {cause:?}"),
        },
        End::Indeterminate {
            may_still_land, cause, ..
        } => {
            let may = if *may_still_land {
                "may still land"
            } else {
                "can't land any more"
            };
            format!("INDETERMINATE, {may}, {cause:?}")
        }
    }
}
