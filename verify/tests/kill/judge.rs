//! Whether what was told is so: the judge holds it against the simulator's record, and the case says what could be known.

use akua_model::edit::Policy;
use akua_sim::Simulator;
use akua_verify::evidence::{Evidence, Setting};
use akua_verify::judge::case::value;
use akua_verify::judge::{Finding, judge as judge_edits};
use akua_verify::record::{Attempt, Call, Claim, Heard, How, Report, Sent, Values, View};

use crate::case::{Before, Belief, Case};

/// Compares what was told, when there were so many versions, with what happened once everything that was on its way
/// has arrived.
pub(crate) fn judge(case: &Case, simulator: &Simulator, versions: usize, told: &Claim) {
    let target = (case.kind, case.id().to_owned());
    let first = simulator.history(case.kind, case.id()).unwrap().remove(0);
    let writes: Vec<_> = simulator
        .log()
        .into_iter()
        .filter(|entry| entry.method == "PATCH")
        .collect();
    let mut values = Values::from([("name".to_owned(), case.name())]);
    if case.secret {
        values.insert("kubeconfig".to_owned(), crate::process::KUBECONFIG.to_owned());
    }
    let mut call = Call::new(
        "the killed edit",
        case.kind,
        case.id(),
        first.version,
        Policy::default(),
    );
    let sent = Sent {
        if_match: first.etag.clone(),
        key: writes.first().and_then(|entry| entry.idempotency_key.clone()),
        digest: "ours".to_owned(),
        values,
        seen: Some(View {
            etag: first.etag.clone(),
            values: Values::from([("name".to_owned(), value(&first, "name").unwrap())]),
        }),
    };
    call.attempts.push(Attempt::of(Some(sent), Heard::Nothing, None));
    let how = if case.finish { How::Finish } else { How::Look };
    call.reports
        .push(Report::of(how, told.clone(), 1..1, versions as u64, ""));
    let setting = Setting {
        notes: format!("{case:?}"),
        ..Setting::of(simulator.with_world(|world, _| world.contract().clone()))
    };
    let mut evidence = Evidence::gathered(simulator, setting, vec![call], [&target]);
    evidence.carried = writes.iter().map(|entry| (entry.seq, "ours".to_owned())).collect();
    let (alarms, _) = judge_edits(&evidence);
    if let Some(alarm) = alarms.first() {
        panic!("{}", Finding(alarm, &evidence));
    }
    if !case.finish {
        assert!(
            writes.len() <= 1,
            "{case:?}: a write was sent by one who was only to look"
        );
    }
    let told = told.words();
    assert!(avoidable(case).is_none_or(|known| known == told), "{case:?}: {told}");
}

/// What must be told where it can be known; `None` where it can't.
fn avoidable(case: &Case) -> Option<&'static str> {
    let keys = case.belief == Belief::Keys && case.kind == akua_sim::Kind::Cluster;
    let has_landed = match case.before {
        Before::Token | Before::Send => false,
        Before::Landing => case.arrives_first,
        Before::Answer | Before::Recording => true,
    };
    match (case.finish, case.meddled) {
        // A key tells whether it landed, whatever happened since.
        (true, _) if keys && has_landed => Some("acknowledged"),
        (true, true) if keys => Some("conflict"),
        (true, false) if keys => Some("acknowledged"),
        // The etag tells, unless somebody moved it again, or nobody can read what was written.
        (true, false) if !case.secret && has_landed => Some("observed"),
        (true, false) if !case.secret => Some("acknowledged"),
        (true, true) if !case.secret => Some("indeterminate, can't land"),
        (false, false) if !case.secret && has_landed && case.belief == Belief::FreshReads => Some("observed"),
        (_, _) => None,
    }
}
