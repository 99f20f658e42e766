//! A path through the world as a story that a person can follow.

use std::fmt::Write;

use super::server::{Answer, Foreign, Is, Moment};
use super::setting::Kind;
use super::state::State;
use super::steps::{Gate, Names, Reading, Step};
use super::world::World;
use crate::edit::check::breach::Breach;
use crate::edit::check::domain::CLOCK;
use crate::edit::check::explore::Told;
use crate::edit::check::story::ended;
use crate::edit::event::Action;

impl Told for World {
    fn marks(&self) -> u64 {
        self.met()
    }

    fn breach(state: &State) -> Option<Breach> {
        state.breach
    }

    fn tell(&self, path: &[(State, Option<Step>)]) -> String {
        tell(self, path)
    }
}

/// Tells what happens step by step, and which promise is broken in the end.
fn tell(world: &World, path: &[(State, Option<Step>)]) -> String {
    let mut story = String::new();
    let first = &path[0].0;
    let past: Vec<_> = first
        .server
        .past
        .iter()
        .chain([&first.server.now])
        .map(moment)
        .collect();
    if !world.setting.kind.is_create() {
        writeln!(story, "   The server had {}.", past.join(", then ")).unwrap();
    }
    for (number, (state, step)) in path.iter().enumerate() {
        let Some(step) = *step else { continue };
        let mut after = state.clone();
        let said = world.apply(&mut after, step);
        writeln!(story, "{:2} {}", number + 1, happening(world, state, &after, step)).unwrap();
        if let Some((action, why)) = said {
            let why = if matches!(action, Action::Finish(_)) {
                String::new()
            } else {
                format!(" ({why:?})")
            };
            writeln!(story, "     -> {}{why}", words(world, &after, &action)).unwrap();
        }
    }
    if let Some(breach) = path.last().and_then(|(state, _)| state.breach) {
        writeln!(story, "   BROKEN: {}.", breach.words()).unwrap();
    }
    story
}

fn moment(moment: &Moment) -> String {
    let is = match moment.is {
        Is::Running => "running",
        Is::Suspended => "suspended",
        Is::Deleting => "deleting",
    };
    let reconciling = if moment.reconciling { ", reconciling" } else { "" };
    format!("e{} {{{is}{reconciling}}}", moment.etag)
}

pub(super) fn happening(world: &World, before: &State, after: &State, step: Step) -> String {
    let moved = if before.server.gone != after.server.gone && after.server.gone {
        "it is gone".to_owned()
    } else if before.server.now == after.server.now && before.server.gone == after.server.gone {
        "nothing of it shows".to_owned()
    } else {
        format!("the server has {}", moment(&after.server.now))
    };
    match step {
        Step::Begin => "The call begins.".to_owned(),
        Step::Tick => format!("It is {} ms after the start.", CLOCK[usize::from(after.clock)]),
        Step::Foreign(Foreign::Same) => format!("Somebody else does the same: {moved}."),
        Step::Foreign(Foreign::Begin) => format!("Somebody else begins the same: {moved}."),
        Step::Foreign(Foreign::Undo) => format!("Somebody undoes it: {moved}."),
        Step::Foreign(Foreign::Touch) => format!("Somebody else changes something: {moved}."),
        Step::Foreign(Foreign::Delete) => "Somebody deletes it.".to_owned(),
        Step::Foreign(Foreign::Recreate) => format!("There is another one under its id: {moved}."),
        Step::Foreign(Foreign::End) => "The operation ends.".to_owned(),
        Step::Finish { succeeds: true } => format!("The operation succeeds: {moved}."),
        Step::Finish { succeeds: false } => format!("The operation fails: {moved}."),
        Step::Declined => "What was asked for is not begun.".to_owned(),
        Step::NotSent => "The request can't be handed over.".to_owned(),
        Step::Send => "The request leaves.".to_owned(),
        Step::Arrive(_) => format!("A copy arrives unheard and is accepted: {moved}."),
        Step::Answer { wrong, names } => {
            let request = world.request(before);
            let answer = request.map(|request| before.server.answer(&request, wrong, world.setting.kind));
            let named = match names {
                Names::Nothing => "",
                Names::Current => " (the answer names the current etag)",
                Names::AnotherThings => " (the answer names the etag of something else)",
            };
            let how = match answer {
                Some(Answer::Accepted) => format!("accepted: {moved}"),
                Some(Answer::Again) => "known by its key, and answered as the first was".to_owned(),
                Some(Answer::Conflict(_)) if wrong => format!("refused for another reason{named}"),
                Some(Answer::Conflict(_)) => format!("refused, as the etag has moved{named}"),
                Some(Answer::TooLate) => "refused, as the operation has ended".to_owned(),
                Some(Answer::NotFound) | None => "answered 404".to_owned(),
            };
            format!("The request arrives and is {how}.")
        }
        Step::Stopped(Gate::NotFound) => {
            "The request is answered 404, for these credentials must not see it.".to_owned()
        }
        Step::Stopped(gate) => format!("The request is stopped on its way: {gate:?}."),
        Step::Lose => "No answer is heard.".to_owned(),
        Step::Repeat(_) => "A proxy repeats the request.".to_owned(),
        Step::Read(Reading::Current) => format!("A read shows {}.", moment(&before.server.now)),
        Step::Read(Reading::Stale(index)) => format!("A stale read shows {}.", moment(&before.server.past[index])),
        Step::Read(reading) => format!("A read ends: {reading:?}."),
        Step::List { found: true } if world.setting.kind.is_create() => "One like it is listed.".to_owned(),
        Step::List { found: false } if world.setting.kind.is_create() => "None like it is listed.".to_owned(),
        Step::List { found: true } => "An operation of that kind is listed.".to_owned(),
        Step::List { found: false } => "No operation is listed.".to_owned(),
        Step::Forget(key) => format!("The server forgets key {key}."),
        Step::Crash => "The process is killed, and another one begins.".to_owned(),
    }
}

fn words(world: &World, after: &State, action: &Action<u8, u8>) -> String {
    match action {
        Action::Ask(_) => "a patch, please".to_owned(),
        Action::Read(_) => "GET".to_owned(),
        Action::List(_) if world.setting.kind.is_create() => "GET the list".to_owned(),
        Action::List(_) => "GET operations".to_owned(),
        Action::Write { .. } => {
            let request = world.request(after);
            let guard = request.and_then(|request| request.guard);
            let key = request.and_then(|request| request.key);
            let guard = guard.map_or(String::new(), |guard| format!(" if-match e{guard}"));
            let key = key.map_or(String::new(), |key| format!(" key {key}"));
            let verb = match world.setting.kind {
                Kind::Suspend => "POST :suspend",
                Kind::Delete => "DELETE",
                Kind::Refresh => "POST :refresh",
                Kind::Cancel => "POST :cancel",
                Kind::Create | Kind::CreateBare => "POST",
                Kind::Import => "POST :import",
            };
            format!("{verb}{guard}{key}")
        }
        Action::Finish(end) => ended(end),
    }
}
