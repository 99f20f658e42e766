//! Runs one exploration to its end and says what was found.

use std::sync::atomic::Ordering;

use stateright::{Checker, CheckerBuilder, HasDiscoveries, Model};

use super::breach::Breach;
use super::marks::Mark;
use super::model::World;
use super::setting::Setting;
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
    found(&world(setting).threads(2).spawn_dfs().join())
}

/// Explores until the nearest breach, always the same one.
pub(super) fn nearest(setting: &Setting) -> Found {
    found(&world(setting).threads(1).spawn_bfs().join())
}

fn world(setting: &Setting) -> CheckerBuilder<World> {
    let world = World::new(setting.clone()).checker();
    world.finish_when(HasDiscoveries::Any)
}

fn found(checker: &impl Checker<World>) -> Found {
    let model: &World = checker.model();
    let path = checker
        .discoveries()
        .into_values()
        .next()
        .map(stateright::Path::into_vec);
    let broken = path.and_then(|path| {
        Some(Broken {
            breach: path.last()?.0.breach?,
            length: path.len() - 1,
            story: story::tell(model, &path),
        })
    });
    Found {
        states: checker.unique_state_count(),
        marks: model.marks.load(Ordering::Relaxed),
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
