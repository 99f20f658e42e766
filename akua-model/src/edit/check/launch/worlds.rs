//! The worlds of launches: see [`worlds`](crate::edit::check::worlds).

use std::hash::Hash;

use ahash::AHasher;
use stateright::Model;

use super::setting::{Kind, Setting};
use super::state::State;
use super::steps::{Gate, Reading, Step};
use super::story::happening;
use super::sweep::{contracts, letters};
use super::world::World;
use crate::edit::check::breach::Ended;
use crate::edit::check::domain::LONG;
use crate::edit::check::setting::{bare, claiming, documented, policy};
use crate::edit::check::worlds::{self, Followed, Judged, MORE, Means};
use crate::edit::contract::Contract;
use crate::edit::event::{Event, Version};

/// Judges every indeterminate end with the contracts that are in use; with `all` with every contract. Where requests are
/// repeated on the way, others write only in the former: the worlds are too many, and where keys are kept as well, the machine
/// says less than could be known. Somebody else's doing is not told from ours after the refusal of a repeat.
pub(crate) fn nobody_could_have_known(all: bool) {
    can_be_told();
    let settings = Kind::ALL.into_iter().flat_map(|kind| {
        let mut claimed: Vec<Contract> = if all {
            contracts(kind).collect()
        } else {
            vec![documented(), bare(), Contract::weakest()]
        };
        if !all && kind == Kind::Delete {
            claimed.push(claiming(documented(), |contract| {
                (contract.ids_never_reused, contract.action_keys_replay) = (false, LONG);
            }));
        }
        claimed.into_iter().flat_map(move |contract| {
            let foreign: &[u8] = if all && contract.hidden_retries { &[0] } else { &[0, 1] };
            foreign.iter().map(move |foreign| Setting {
                foreign: *foreign,
                policy: policy(2, 1),
                ..Setting::new(kind, contract)
            })
        })
    });
    worlds::explain(settings.map(|setting| {
        let name = format!("{}: {}", setting.kind.words(), letters(&setting.belief));
        (name, judge(setting))
    }));
}

/// A client that believes less than is true says "nobody could know" where somebody could: so this can fail.
fn can_be_told() {
    let wary = claiming(documented(), |contract| contract.hidden_retries = true);
    let setting = Setting {
        belief: wary,
        policy: policy(2, 1),
        foreign: 0,
        ..Setting::new(Kind::Suspend, documented())
    };
    assert!(judge(setting).knowable.is_some());
}

fn judge(mut setting: Setting) -> Judged {
    setting.foreign += MORE;
    worlds::judge(World::followed(setting), None)
}

impl Followed for World {
    type State = State;
    type Step = Step;

    fn beginnings(&self) -> Vec<State> {
        self.init_states()
    }

    fn base(state: &State) -> Option<Version<u8, u8>> {
        state.client.as_ref().and_then(|client| client.machine.base.clone())
    }

    fn ways(&self, state: &State, steps: &mut Vec<Step>) {
        World::ways(self, state, steps);
    }

    fn happen(&self, state: &mut State, step: Step) -> Option<Event<u8, u8>> {
        World::happen(self, state, step)
    }

    fn tell(&self, state: &mut State, event: Event<u8, u8>) {
        World::tell(self, state, event);
    }

    fn forget(state: &mut State) {
        state.landed = state.landed.min(1);
        (state.held, state.misled, state.observed, state.said_gone) = (false, false, false, false);
        state.breach = None;
    }

    fn hash_all_but_foreign_left(state: &State, hasher: &mut AHasher) {
        let mut state = state.clone();
        state.foreign_left = 0;
        state.hash(hasher);
    }

    fn foreign_left(state: &State) -> u8 {
        state.foreign_left
    }

    fn foreign(&self) -> u8 {
        self.setting.foreign
    }

    fn end(state: &State) -> Option<Ended> {
        state.end
    }

    fn has_landed(state: &State) -> bool {
        state.landed > 0
    }

    fn means(step: Step) -> Means {
        match step {
            Step::Foreign(_) | Step::Finish { .. } | Step::Arrive(_) | Step::Repeat(_) | Step::Forget(_) => {
                Means::Unnoticed
            }
            Step::Send => Means::Sent,
            Step::Tick => Means::Tick,
            Step::Stopped(Gate::Unauthorized | Gate::Throttled) | Step::Read(Reading::Unauthorized) | Step::Crash => {
                Means::Alike
            }
            _ => Means::Told,
        }
    }

    fn words(&self, before: &State, after: &State, step: Step) -> String {
        happening(self, before, after, step)
    }
}
