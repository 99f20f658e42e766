//! The worlds of edits: see [`worlds`](super::worlds).

use ahash::AHasher;
use stateright::Model;

use super::breach::Ended;
use super::model::World;
use super::setting::{Setting, claiming, documented, policy};
use super::state::State;
use super::steps::{Gate, Reading, Step};
use super::story;
use super::sweep::letters;
use super::worlds::{self, Around, Followed, Judged, MORE, Means};
use crate::edit::event::{Event, Version};

/// Judges every indeterminate end of the settings.
pub(super) fn explain<'a>(settings: impl IntoIterator<Item = (&'a str, Setting)>) {
    worlds::explain(settings.into_iter().map(|(name, setting)| {
        let judged = judge(&setting);
        (format!("{name}: {}", letters(&setting.belief)), judged)
    }));
}

/// A client that believes less than is true says "nobody could know" where somebody could: so this can fail.
pub(super) fn can_be_told() {
    let setting = Setting {
        belief: claiming(documented(), |contract| contract.hidden_retries = true),
        policy: policy(2, 1),
        foreign: 0,
        duplicates: 0,
        ..Setting::new(documented())
    };
    assert!(judge(&setting).knowable.is_some());
}

/// Versions from long ago and odd answers explain more: they are looked at where somebody could have known without them. Each
/// attempt may have been answered oddly.
fn judge(setting: &Setting) -> Judged {
    let world = |spare| {
        let mut setting = setting.clone();
        setting.foreign += MORE;
        setting.oddities += spare;
        Edits(World::remembering(setting))
    };
    let attempts = u8::try_from(setting.policy.max_attempts).unwrap();
    let richer = Around {
        world: world(attempts),
        long_ago: true,
    };
    worlds::judge(world(0), Some(richer))
}

struct Edits(World);

impl Followed for Edits {
    type State = State;
    type Step = Step;

    fn beginnings(&self) -> Vec<State> {
        self.0.init_states()
    }

    fn base(state: &State) -> Option<Version<u8, u8>> {
        state.client.as_ref().and_then(|client| client.base().cloned())
    }

    fn ways(&self, state: &State, steps: &mut Vec<Step>) {
        self.0.ways(state, steps);
    }

    fn happen(&self, state: &mut State, step: Step) -> Option<Event<u8, u8>> {
        self.0.happen(state, step)
    }

    fn tell(&self, state: &mut State, event: Event<u8, u8>) {
        self.0.tell(state, event);
    }

    fn forget(state: &mut State) {
        state.forget_what_only_promises_need();
    }

    fn hash_all_but_foreign_left(state: &State, hasher: &mut AHasher) {
        state.hash_all_but_foreign_left(hasher);
    }

    fn foreign_left(state: &State) -> u8 {
        state.foreign_left
    }

    fn foreign(&self) -> u8 {
        self.0.setting.foreign
    }

    fn end(state: &State) -> Option<Ended> {
        state.end
    }

    fn has_landed(state: &State) -> bool {
        state.has_landed()
    }

    fn means(step: Step) -> Means {
        match step {
            Step::Foreign(_) | Step::Arrive { .. } | Step::Repeat(_) | Step::Forget(_) => Means::Unnoticed,
            Step::Send => Means::Sent,
            Step::Tick => Means::Tick,
            Step::Stopped(Gate::Refused | Gate::Conflict | Gate::Broken) => Means::Told,
            Step::Read(Reading::Current { .. } | Reading::Stale { .. } | Reading::Refused | Reading::Lost) => {
                Means::Told
            }
            Step::Stopped(_) | Step::Read(_) | Step::Cancel => Means::Alike,
            _ => Means::Told,
        }
    }

    fn words(&self, before: &State, after: &State, step: Step) -> String {
        story::happening(before, after, step)
    }

    fn long_ago(&self, state: &State) -> Vec<(State, Step)> {
        let mut steps = Vec::new();
        self.0.ways(state, &mut steps);
        let reads = steps.contains(&Step::Read(Reading::Lost));
        if !reads || state.foreign_left == 0 || self.0.setting.truth.contract.reads_linearizable {
            return Vec::new();
        }
        let mut all = Vec::new();
        for values in self.0.setting.contents() {
            let mut older = state.clone();
            older.foreign_left -= 1;
            if let Some(index) = older.server.had_long_ago(values, &self.0.setting.truth) {
                for omits in self.0.setting.omissions() {
                    let stale = Reading::Stale { index, omits: *omits };
                    all.push((older.clone(), Step::Read(stale)));
                }
            }
        }
        all
    }
}
