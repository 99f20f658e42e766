//! Runs one exploration to its end and says what was found.

use std::fmt::Debug;
use std::hash::Hash;
use std::sync::atomic::Ordering;

use stateright::{Checker, CheckerBuilder, HasDiscoveries, Model};

use super::breach::Breach;
use super::marks::Mark;
use super::model::World;
use super::setting::Setting;
use super::state::State;
use super::steps::Step;
use super::story;

/// What came of an exploration.
#[derive(Debug)]
pub(super) struct Found {
    /// Different states that were met.
    pub(super) states: usize,
    /// Bits of [`Mark`].
    pub(super) marks: u64,
    pub(super) broken: Option<Broken>,
}

/// A broken promise.
#[derive(Debug)]
pub(super) struct Broken {
    pub(super) breach: Breach,
    /// How many things happened until then.
    pub(super) length: usize,
    pub(super) story: String,
}

impl Found {
    pub(super) fn has(&self, mark: Mark) -> bool {
        self.marks & mark.bit() != 0
    }
}

/// Explores everything, on two threads: a breach that is found need not be the nearest. Depth first, as what has still to
/// be looked at takes an eighth of the memory then.
pub(super) fn everything(setting: &Setting) -> Found {
    everything_in(World::new(setting.clone()))
}

/// Explores until the nearest breach, always the same one.
pub(super) fn nearest(setting: &Setting) -> Found {
    nearest_in(World::new(setting.clone()))
}

/// What can be explored and told.
pub(super) trait Told:
    Model<State: Clone + Hash + PartialEq + Debug + Send + Sync, Action: Clone + PartialEq + Debug + Send + Sync>
    + Send
    + Sync
    + 'static
{
    /// Bits of what was met.
    fn marks(&self) -> u64;
    /// The promise that is broken in `state`.
    fn breach(state: &Self::State) -> Option<Breach>;
    /// The way to a state in words.
    fn tell(&self, path: &[(Self::State, Option<Self::Action>)]) -> String;
}

impl Told for World {
    fn marks(&self) -> u64 {
        self.marks.load(Ordering::Relaxed)
    }

    fn breach(state: &State) -> Option<Breach> {
        state.breach
    }

    fn tell(&self, path: &[(State, Option<Step>)]) -> String {
        story::tell(self, path)
    }
}

/// As [`everything`].
pub(super) fn everything_in<W: Told>(world: W) -> Found {
    found(&checker(world).threads(2).spawn_dfs().join())
}

/// As [`nearest`].
pub(super) fn nearest_in<W: Told>(world: W) -> Found {
    found(&checker(world).threads(1).spawn_bfs().join())
}

fn checker<W: Told>(world: W) -> CheckerBuilder<W> {
    world.checker().finish_when(HasDiscoveries::Any)
}

fn found<W: Told>(checker: &impl Checker<W>) -> Found {
    let model = checker.model();
    let path = checker
        .discoveries()
        .into_values()
        .next()
        .map(stateright::Path::into_vec);
    let broken = path.and_then(|path| {
        Some(Broken {
            breach: W::breach(&path.last()?.0)?,
            length: path.len() - 1,
            story: model.tell(&path),
        })
    });
    Found {
        states: checker.unique_state_count(),
        marks: model.marks(),
        broken,
    }
}

/// Shows a line to whoever runs the tests.
pub(super) fn show(line: &str) {
    // The second and later calls find the logger in place.
    let _ = env_logger::builder()
        .filter_level(log::LevelFilter::Info)
        .format(|out, record| std::io::Write::write_fmt(out, format_args!("{}\n", record.args())))
        .try_init();
    log::info!("{line}");
}
