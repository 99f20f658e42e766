//! Whether what was told is so: the simulator's record says.

use akua_sim::{Author, Effect, Kind, Simulator, Version};

use crate::case::{Before, Belief, Case};

/// What a process that settled a write has found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Told {
    Acknowledged,
    Observed,
    NotApplied,
    MayStillLand,
    CannotLand,
    /// Nothing was sent, and no token was kept.
    NothingToTell,
}

impl Told {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let all = [
            Self::Acknowledged,
            Self::Observed,
            Self::NotApplied,
            Self::MayStillLand,
            Self::CannotLand,
        ];
        all.into_iter().find(|told| format!("{told:?}") == text)
    }
}

/// Compares what was told, when there were so many versions, with what happened once everything that was on its way
/// has arrived.
pub(crate) fn judge(case: &Case, simulator: &Simulator, versions: usize, told: Told) {
    let history = simulator.history(case.kind, case.id()).unwrap();
    let landings: Vec<&Version> = history.iter().filter(|version| is_ours(simulator, version)).collect();
    assert!(landings.len() <= 1, "{case:?}: it landed twice");
    let landed = landings.first();
    let by_then = |landed: &Version| landed.version <= versions as u64;
    match told {
        Told::Acknowledged | Told::Observed => {
            let was_so = history.iter().any(|version| version.fields["name"] == case.name());
            assert!(
                was_so && landed.is_some_and(|landed| by_then(landed)),
                "{case:?}: {told:?}, but it never was so"
            );
        }
        Told::NotApplied => assert!(landed.is_none(), "{case:?}: {told:?}, but it landed"),
        Told::CannotLand => {
            assert!(
                landed.is_none_or(|landed| by_then(landed)),
                "{case:?}: {told:?}, but it landed after that"
            );
        }
        Told::MayStillLand => {}
        Told::NothingToTell => panic!("{case:?}: there was a token"),
    }
    if !case.finish {
        let writes = simulator.log().iter().filter(|entry| entry.method == "PATCH").count();
        assert!(writes <= 1, "{case:?}: a write was sent by one who was only to look");
    }
    assert!(
        avoidable(case).is_none_or(|expected| expected.contains(&told)),
        "{case:?}: {told:?}"
    );
}

fn is_ours(simulator: &Simulator, version: &Version) -> bool {
    let Author::Request { seq } = version.author else {
        return false;
    };
    let log = simulator.log();
    log.iter()
        .any(|entry| entry.seq == seq && matches!(entry.effect, Effect::Applied { .. }))
}

/// What must be told where it can be known; `None` where it can't.
fn avoidable(case: &Case) -> Option<&'static [Told]> {
    let keys = case.belief == Belief::Keys && case.kind == Kind::Cluster;
    let has_landed = match case.before {
        Before::Token | Before::Send => false,
        Before::Landing => case.arrives_first,
        Before::Answer | Before::Recording => true,
    };
    match (case.finish, case.meddled) {
        // A key tells whether it landed, whatever happened since.
        (true, _) if keys && has_landed => Some(&[Told::Acknowledged]),
        (true, true) if keys => Some(&[Told::NotApplied]),
        (true, false) if keys => Some(&[Told::Acknowledged]),
        // The etag tells, unless somebody moved it again, or nobody can read what was written.
        (true, false) if !case.secret && has_landed => Some(&[Told::Observed]),
        (true, false) if !case.secret => Some(&[Told::Acknowledged]),
        (true, true) if !case.secret => Some(&[Told::CannotLand]),
        (false, false) if !case.secret && has_landed && case.belief == Belief::FreshReads => Some(&[Told::Observed]),
        (_, _) => None,
    }
}
