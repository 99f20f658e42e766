//! Whether what was told is so: the judge of launches holds it against the simulator's record, and the case says what could be
//! known.

use akua_model::waiting::{Asked, WaitPolicy};
use akua_sim::{Entry, Kind, Simulator};
use akua_verify::life::claim::WaitClaim;
use akua_verify::life::evidence::{Attempt, Evidence, Heard, LaunchCall, WaitCall, What};
use akua_verify::life::judge::{Finding, judge as judge_launches};
use akua_verify::life::scenario::{Credentials, Scenario};

use crate::case::Case;
use crate::process::Told;

/// What the world was like when it was told.
pub(crate) struct AtEnd {
    /// How many versions there were before the first process, and before the second one.
    pub(crate) base: u64,
    pub(crate) began: u64,
    pub(crate) versions: u64,
    pub(crate) accepted: usize,
}

/// Compares what was told with what happened once everything that was on its way has arrived.
pub(crate) fn judge(case: &Case, simulator: &Simulator, at_end: &AtEnd, told: &Told) {
    let evidence = evidence(case, simulator, at_end, told);
    if let Some(alarm) = judge_launches(&evidence).first() {
        panic!("{case:?}: {told:?}: {}", Finding(alarm, &evidence));
    }
    // One launch is one operation, with the bytes of the first request.
    let sent = evidence.log.iter().filter(|entry| entry.launch.is_some());
    let mut copies: Vec<_> = sent.map(|entry| (&entry.if_match, &entry.idempotency_key)).collect();
    copies.dedup();
    assert!(copies.len() <= 1, "{case:?}: issued anew: {copies:?}");
    let accepted = evidence.accepted(case.launch(), case.target().1).count();
    assert!(accepted <= 1, "{case:?}: {accepted} operations");
    if let (Some(known), Some(launch)) = (case.avoidable(), &told.launch) {
        assert_eq!(launch.words(), known, "{case:?}");
    }
    let ended = |wait: &crate::process::ToldOfWait| !matches!(wait.claim, WaitClaim::StillRunning { .. });
    assert!(told.wait.as_ref().is_none_or(ended), "{case:?}: {told:?}");
}

fn evidence(case: &Case, simulator: &Simulator, at_end: &AtEnd, told: &Told) -> Evidence {
    let (kind, id) = case.target();
    let log = simulator.log();
    let attempts: Vec<Attempt> = log.iter().map(|entry| attempt(entry, at_end)).collect();
    let operations = (1..9).filter_map(|number| {
        let id = format!("op_{number}");
        let history = simulator.history(Kind::Operation, &id).ok()?;
        Some((id, history))
    });
    let operations: std::collections::BTreeMap<_, _> = operations.collect();
    let launches = told.launch.iter().map(|claim| LaunchCall {
        launch: case.launch(),
        id: id.to_owned(),
        attempts: 0..attempts.len(),
        versions: (at_end.began, at_end.versions),
        accepted: at_end.accepted,
        claim: claim.clone(),
        candidates: Vec::new(),
        settles: true,
        story: String::new(),
    });
    let waits = told.wait.iter().map(|wait| WaitCall {
        operation: wait.operation.clone(),
        attempts: 0..attempts.len(),
        versions: (at_end.versions, u64::MAX),
        asked: Asked::No,
        claim: wait.claim.clone(),
        now: wait.now.clone(),
        later: wait.later.clone(),
        misses: WaitPolicy::default().misses,
    });
    let (launches, waits) = (launches.collect(), waits.collect());
    let scenario = Scenario::arranged(case.number as u64, |scenario| {
        scenario.kind = case.kind;
        scenario.server = case.server();
        scenario.credentials = match case.blind {
            true => Credentials::TurnBlind,
            false => Credentials::Own,
        };
    });
    Evidence {
        scenario,
        target: simulator.history(kind, id).unwrap(),
        operations,
        attempts,
        launches,
        waits,
        secrets: vec![simulator.token().to_owned()],
        said: vec![format!("{told:?}")],
        events: Vec::new(),
        log,
    }
}

/// A request as the record has it: nobody has heard the answers of a process that was killed.
fn attempt(entry: &Entry, at_end: &AtEnd) -> Attempt {
    let what = match (entry.launch, entry.kind) {
        (Some(launch), _) => What::Launch(launch),
        (None, Some(Kind::Operation)) if entry.id.is_none() => What::List,
        (None, Some(Kind::Operation)) => What::Operation,
        _ => What::Target,
    };
    let heard = match entry.status {
        Some(status @ 400..=499) => Heard::Refused(status),
        Some(200..=299) => Heard::Good { done: false },
        _ => Heard::Lost,
    };
    let from = if entry.launch.is_some() {
        at_end.base
    } else {
        at_end.began
    };
    Attempt {
        what,
        seq: Some(entry.seq),
        versions: (from, at_end.versions),
        tokens: 1,
        misled: false,
        heard,
    }
}
