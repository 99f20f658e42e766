//! What can happen next in a state of the world.

use super::client::Waits;
use super::domain::{CLOCK, Etags, LONG_AFTER};
use super::model::World;
use super::network::Request;
use super::properties;
use super::server::{Answer, Remembered, Server, odd_ways, shows_without_name};
use super::state::State;
use super::steps::{Gate, Odd, Reading, Step};

impl World {
    /// All ways on from `state`, in a fixed order.
    pub(super) fn ways(&self, state: &State, steps: &mut Vec<Step>) {
        if state.breach.is_some() {
            return;
        }
        let Some(client) = &state.client else {
            return self.after_the_end(state, steps);
        };
        let before = client.waits() == Waits::Begin;
        match client.waits() {
            Waits::Begin => steps.push(Step::Begin),
            Waits::Patch => {
                let patches = properties::patches(&self.setting);
                steps.extend(patches.map(|patch| Step::Submit((patch != [None; 3]).then_some(patch))));
                steps.push(Step::SubmitFailed);
            }
            Waits::Read => self.reading(state, steps),
            Waits::Write => self.writing(state, steps),
            // An edit looks at no operations.
            Waits::List | Waits::Nothing => {}
        }
        self.arrivals(state, steps);
        // Before the call, only what happens to a version that was passed in makes a difference.
        if state.foreign_left > 0 && (!before || self.setting.with_base) {
            steps.extend(state.server.chances(&self.setting).into_iter().map(Step::Foreign));
        }
        if !before {
            self.forgetting(state, steps);
            if self.setting.cancels && !state.cancelled {
                steps.push(Step::Cancel);
            }
        }
    }

    fn writing(&self, state: &State, steps: &mut Vec<Step>) {
        if !state.sent {
            steps.extend([Step::Send, Step::NotSent]);
            self.declining(steps);
            return;
        }
        steps.push(Step::Lose);
        let Some(request) = self.request(state).filter(|request| state.network.has(request)) else {
            return;
        };
        let refusal = state.server.refusal(&request, false, &self.setting.truth);
        let refused = matches!(refusal, Some(Answer::Conflict(_)));
        if !refused {
            steps.extend(self.setting.omissions().iter().map(|omits| Step::Answer {
                slug_taken: false,
                named: false,
                omits: *omits,
            }));
        }
        // A 409 for another reason; where the etag does not fit either, it looks the same.
        steps.extend([true, false].map(|named| Step::Answer {
            slug_taken: !refused,
            named,
            omits: false,
        }));
        if state.oddities_left > 0 {
            self.oddities(state, &request, refusal, steps);
        }
        let gates = [
            Gate::Unauthorized,
            Gate::Refused,
            Gate::Throttled { long: false },
            Gate::Throttled { long: true },
            Gate::Broken,
        ];
        steps.extend(gates.map(Step::Stopped));
        // Where refusals are remembered per key, all are.
        if !self.setting.truth.contract.stores_rejections_per_key {
            steps.push(Step::Stopped(Gate::Conflict));
        }
        if state.repeats_left > 0 {
            steps.push(Step::Repeat(request));
        }
    }

    fn oddities(&self, state: &State, request: &Request, refusal: Option<Answer>, steps: &mut Vec<Step>) {
        let truth = &self.setting.truth;
        let mut odd = Vec::new();
        match refusal {
            None => {
                let now = &state.server.now;
                odd.extend(odd_ways(request, now, truth).into_iter().map(Odd::Taken));
                if !truth.contract.answers_show_written_version {
                    odd.push(Odd::ShowsBefore);
                    odd.extend((0..state.server.past.len()).map(Odd::ShowsPast));
                }
                if !truth.contract.conflicts_name_current_etag {
                    let slug_taken = true;
                    odd.extend(self.odd_names(state, request, slug_taken));
                }
            }
            Some(Answer::Ok(_)) if !truth.contract.answers_show_written_version => odd.push(Odd::ShowsCurrent),
            Some(Answer::Conflict(_)) if !truth.contract.conflicts_name_current_etag => {
                let slug_taken = false;
                odd.extend(self.odd_names(state, request, slug_taken));
            }
            Some(_) => {}
        }
        steps.extend(odd.iter().map(|odd| Step::OddAnswer {
            odd: *odd,
            omits: false,
        }));
        let is_noticed = |odd: &&Odd| match odd {
            Odd::Taken(_) => shows_without_name(request, &state.server.now),
            Odd::ShowsBefore | Odd::ShowsPast(_) | Odd::ShowsCurrent => true,
            Odd::NamesAnother { .. } | Odd::NamesGuard { .. } | Odd::NamesOlder { .. } => false,
        };
        for omits in self.setting.omissions().iter().filter(|omits| **omits) {
            let omitting = odd.iter().filter(is_noticed);
            steps.extend(omitting.map(|odd| Step::OddAnswer {
                odd: *odd,
                omits: *omits,
            }));
        }
    }

    /// What else a 409 may name. That an older version is both named and then shown by a stale read is assumed away, unless
    /// the client has met that version before.
    fn odd_names(&self, state: &State, request: &Request, slug_taken: bool) -> Vec<Odd> {
        let mut odd = vec![Odd::NamesAnother { slug_taken }, Odd::NamesGuard { slug_taken }];
        let older = request.if_match.checked_sub(1);
        let has_met = older.is_some_and(|etag| state.client.as_ref().is_some_and(|client| client.has_met(etag)));
        if self.setting.truth.contract.reads_linearizable || has_met {
            odd.push(Odd::NamesOlder { slug_taken });
        }
        odd
    }

    fn reading(&self, state: &State, steps: &mut Vec<Step>) {
        for &omits in self.setting.omissions() {
            if !state.server.gone {
                steps.push(Step::Read(Reading::Current { omits }));
            }
            if !self.setting.truth.contract.reads_linearizable {
                let stale = |index| Step::Read(Reading::Stale { index, omits });
                steps.extend((0..state.server.past.len()).map(stale));
            }
        }
        let others = [
            Reading::Unusable,
            Reading::Unauthorized,
            Reading::Throttled,
            Reading::Refused,
            Reading::Lost,
        ];
        steps.extend(others.map(Step::Read));
        self.declining(steps);
    }

    /// Only our driver has a reason not to begin something.
    fn declining(&self, steps: &mut Vec<Step>) {
        if self.setting.strategy.is_none() {
            steps.push(Step::Declined);
        }
    }

    /// Copies that arrive without being heard of, as far as that changes anything: one that is refused without a
    /// trace may as well be still on its way.
    fn arrivals(&self, state: &State, steps: &mut Vec<Step>) {
        let truth = &self.setting.truth;
        for copy in state.network.kinds() {
            if state.server.refusal(&copy, false, truth).is_none() {
                steps.push(Step::Arrive {
                    copy,
                    slug_taken: false,
                });
            }
            if state.server.would_remember(&copy, truth) {
                steps.push(Step::Arrive { copy, slug_taken: true });
            }
        }
    }

    fn forgetting(&self, state: &State, steps: &mut Vec<Step>) {
        let clock = CLOCK[usize::from(state.clock)];
        let over = |known: &&Remembered| Server::is_over(known, clock, &self.setting.truth);
        steps.extend(
            state
                .server
                .keys
                .iter()
                .filter(over)
                .map(|known| Step::Forget(known.key)),
        );
        let in_call = state.end.is_none();
        let last = if in_call { LONG_AFTER - 1 } else { LONG_AFTER };
        if state.clock < last && (in_call || !state.server.keys.is_empty()) {
            steps.push(Step::Tick);
        }
    }

    fn after_the_end(&self, state: &State, steps: &mut Vec<Step>) {
        if state.network.is_empty() {
            return;
        }
        let truth = &self.setting.truth;
        self.arrivals(state, steps);
        let others_matter = truth.etags != Etags::Counted || !truth.contract.etag_covers_write_only;
        if state.foreign_left > 0 && others_matter {
            steps.extend(state.server.chances(&self.setting).into_iter().map(Step::Foreign));
        }
        self.forgetting(state, steps);
    }
}
