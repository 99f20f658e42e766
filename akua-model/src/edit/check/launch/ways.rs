//! What can happen next in a state of the world.

use super::server::{Answer, Known, Request, Server};
use super::setting::Setting;
use super::state::State;
use super::steps::{Gate, Names, Reading, Step};
use super::world::World;
use crate::edit::check::client::Waits;
use crate::edit::check::domain::CLOCK;
use crate::edit::machine::Phase;

impl World {
    /// All ways on from `state`, in a fixed order.
    pub(super) fn ways(&self, state: &State, steps: &mut Vec<Step>) {
        if state.breach.is_some() {
            return;
        }
        let setting = &self.setting;
        let contract = &setting.truth.contract;
        let waits = match (&state.client, state.end) {
            (Some(client), None) => Waits::of(client.machine.phase),
            (Some(_), Some(_)) => {
                steps.push(Step::Crash);
                return;
            }
            (None, _) => {
                if !state.network.is_empty() {
                    self.others(state, steps);
                }
                return;
            }
        };
        match waits {
            Waits::Begin => steps.push(Step::Begin),
            Waits::Write if !state.sent => steps.extend([Step::Send, Step::NotSent, Step::Declined]),
            Waits::Write => {
                steps.push(Step::Lose);
                self.answers(state, steps);
            }
            Waits::Read => {
                if !state.server.gone {
                    steps.push(Step::Read(Reading::Current));
                }
                if !contract.reads_linearizable {
                    steps.extend((0..state.server.past.len()).map(|index| Step::Read(Reading::Stale(index))));
                }
                let early = !contract.reads_linearizable || self.may_hide(state);
                if state.server.gone || early {
                    steps.push(Step::Read(Reading::NotFound));
                }
                steps.extend([Reading::Unauthorized, Reading::Refused, Reading::Lost].map(Step::Read));
                steps.push(Step::Declined);
            }
            Waits::List => {
                steps.push(Step::List { found: false });
                if state.server.listed {
                    steps.push(Step::List { found: true });
                }
            }
            Waits::Patch | Waits::Nothing => {}
        }
        let begun = waits != Waits::Begin;
        if begun || setting.with_base {
            self.others(state, steps);
        }
        let was_sent = state.client.as_ref().is_some_and(|client| {
            let epoch = client.machine.epoch.as_ref();
            epoch.is_some_and(|epoch| epoch.sends > 1 || state.sent || client.machine.phase != Phase::Sending)
        });
        if state.crashes_left > 0 && begun && was_sent {
            steps.push(Step::Crash);
        }
    }

    /// Whether a 404 may be no more than a refusal to show.
    fn may_hide(&self, state: &State) -> bool {
        !self.setting.truth.contract.not_found_means_gone || !state.shown
    }

    fn answers(&self, state: &State, steps: &mut Vec<Step>) {
        let Some(request) = self.request(state).filter(|request| state.network.contains(request)) else {
            return;
        };
        let kind = self.setting.kind;
        let answer = |wrong, names| Step::Answer { wrong, names };
        let refusal = state.server.answer(&request, false, kind);
        if !matches!(refusal, Answer::Conflict(_)) {
            steps.push(answer(false, Names::Nothing));
        }
        // A 409 for another reason; where the etag does not fit either, it looks the same.
        let wrong = !matches!(refusal, Answer::Conflict(_));
        if kind.is_create() {
            steps.push(answer(true, Names::Nothing));
        } else if matches!(refusal, Answer::Conflict(_) | Answer::Accepted) {
            steps.push(answer(wrong, Names::Current));
            steps.push(answer(wrong, Names::Nothing));
            if !self.setting.truth.contract.conflicts_name_current_etag {
                steps.push(answer(wrong, Names::AnotherThings));
            }
        }
        steps.extend([Gate::Unauthorized, Gate::Refused, Gate::Throttled, Gate::Broken].map(Step::Stopped));
        if self.may_hide(state) {
            steps.push(Step::Stopped(Gate::NotFound));
        }
        if state.repeats_left > 0 {
            steps.push(Step::Repeat(request));
        }
    }

    /// What happens whatever the client does.
    fn others(&self, state: &State, steps: &mut Vec<Step>) {
        let Setting { kind, truth, .. } = &self.setting;
        let mut copies = state.network.clone();
        copies.dedup();
        let lands = |copy: &&Request| state.server.answer(copy, false, *kind) == Answer::Accepted;
        steps.extend(copies.iter().filter(lands).map(|copy| Step::Arrive(*copy)));
        if !state.server.running.is_empty() {
            steps.extend([true, false].map(|succeeds| Step::Finish { succeeds }));
        }
        if state.foreign_left > 0 {
            let chances = state.server.chances(*kind, truth, self.follows);
            steps.extend(chances.into_iter().map(Step::Foreign));
        }
        let clock = CLOCK[usize::from(state.clock)];
        let over = |known: &&Known| Server::is_over(known, clock, *kind, truth);
        steps.extend(
            state
                .server
                .keys
                .iter()
                .filter(over)
                .map(|known| Step::Forget(known.key)),
        );
        let last = if state.end.is_none() { 2 } else { 3 };
        if state.clock < last && (state.end.is_none() || !state.server.keys.is_empty()) {
            steps.push(Step::Tick);
        }
    }
}
