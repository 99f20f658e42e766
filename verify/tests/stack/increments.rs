//! The finale: many workers increment one counter by conditional edits, and it adds up.
//!
//! The counter is a name, and each value bears its worker's mark: without one a value that is observed could be
//! somebody else's, since an edit does not claim authorship.

use std::time::Duration;

use akua_model::edit::{Policy, ResumeMode, Target};
use akua_sim::Kind;

use akua_verify::evidence::Evidence;
use akua_verify::judge::{Finding, judge};
use akua_verify::record::{self, Call, Claim, How, Values};
use akua_verify::show;
use akua_verify::stack::edits::{Edits, current_version, id_of, patch_of, report, settle, shown, told, want};
use akua_verify::stack::run;
use akua_verify::stack::scenario::Scenario;

const WORKERS: u64 = 6;
const EACH: u64 = 15;

/// `7 by w3-2` is 7.
fn count_in(name: &str) -> u64 {
    name.split_once(" by ").map_or(0, |(count, _)| count.parse().unwrap())
}

/// All increments, and the counter at the end.
fn play<R: Edits>(scenario: &Scenario, id: &str) -> (Evidence, u64) {
    let simulator = run::start(scenario);
    let client = run::client(&simulator, scenario);
    let mut policy = Policy::default();
    policy.max_attempts = 20;
    policy.max_versions = 1000;
    policy.deadline = Duration::from_secs(60);
    policy.backoff = Duration::from_millis(1);
    policy.backoff_limit = Duration::from_millis(8);
    let increment = |worker: u64, turn: u64| -> Call {
        let mark = format!("w{worker}-{turn}");
        let version = current_version(&simulator, R::STORED, id);
        record::begin(Call::new(&mark, R::STORED, id, version, policy));
        let collection = R::of(&client).policy(policy).keep_resume_token(|_| {
            record::keep_token();
            Ok(())
        });
        let started = record::now();
        let edited = collection.edit_with(Target::Id(id_of::<R>(id)), |current: &R| {
            let count = count_in(&shown(current)["name"]);
            let values = Values::from([("name".to_owned(), format!("{} by {mark}", count + 1))]);
            want(&values, Some(current));
            Ok(Some(patch_of::<R>(&values)))
        });
        let mut call = record::end();
        report(&simulator, &mut call, How::Edit, 0, started, told(&edited.unwrap()));
        settle(&simulator, &client, call, ResumeMode::Finish)
    };
    let calls = std::thread::scope(|scope| {
        let increment = &increment;
        let work = |worker| scope.spawn(move || (1..=EACH).map(|turn| increment(worker, turn)).collect::<Vec<_>>());
        let workers: Vec<_> = (1..=WORKERS).map(work).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    drop(client);
    run::quiet(&simulator);
    let evidence = scenario.evidence(&simulator, calls);
    let last = evidence.histories[&(R::STORED, id.to_owned())].last().unwrap();
    let count = count_in(last.fields["name"].as_str().unwrap());
    (evidence, count)
}

/// How many increments are known to be applied, and how many nobody can know.
fn claims(evidence: &Evidence) -> (u64, u64) {
    let last = |call: &Call| call.reports.last().unwrap().claim.clone();
    let applied = |call: &&Call| matches!(last(call), Claim::Acknowledged { .. } | Claim::Observed { .. });
    let unknown = |call: &&Call| matches!(last(call), Claim::Indeterminate { .. });
    (
        evidence.calls.iter().filter(applied).count() as u64,
        evidence.calls.iter().filter(unknown).count() as u64,
    )
}

fn assert_no_findings(evidence: &Evidence) {
    let (alarms, _) = judge(evidence);
    let found: Vec<String> = alarms
        .iter()
        .map(|alarm| Finding(alarm, evidence).to_string())
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n\n"));
}

/// Others would break the counter, and definite refusals end an edit: only answers are lost.
fn scenario(kind: Kind, id: &str, arrange: impl FnOnce(&mut Scenario)) -> Scenario {
    let mut scenario = Scenario::arranged(1, |scenario| {
        scenario.resources = vec![(kind, id.to_owned())];
        scenario.server = akua_sim::Contract::default();
        arrange(scenario);
    });
    scenario.scripts.clear();
    // A machine that is busy must not use all attempts up.
    scenario.silence *= 4;
    scenario.faults.retain(|fault| {
        fault
            .answer
            .status
            .is_none_or(|status| !matches!(status, 401 | 403 | 404 | 422))
    });
    scenario
}

#[test]
fn increments_add_up_where_keys_are_checked_first() {
    let _turn = crate::turn();
    let scenario = scenario(Kind::Cluster, "clu_1", |scenario| scenario.linearizable = true);
    let (evidence, count) = play::<akua_model::Cluster>(&scenario, "clu_1");
    assert_no_findings(&evidence);
    let (applied, unknown) = claims(&evidence);
    show(format_args!(
        "{WORKERS} workers, {EACH} increments each: {applied} applied, {unknown} unknown, counter at {count}"
    ));
    assert_eq!((applied, unknown, count), (WORKERS * EACH, 0, WORKERS * EACH));
}

#[test]
fn increments_add_up_to_what_landed_where_there_are_no_keys() {
    let _turn = crate::turn();
    let scenario = scenario(Kind::Workspace, "ws_2", |scenario| scenario.linearizable = false);
    let (evidence, count) = play::<akua_model::Workspace>(&scenario, "ws_2");
    assert_no_findings(&evidence);
    let (applied, unknown) = claims(&evidence);
    show(format_args!(
        "{WORKERS} workers, {EACH} increments each: {applied} applied, {unknown} unknown, counter at {count}"
    ));
    // Those of which nobody could know are counted by the record.
    let landed = |call: &&Call| {
        let mark = format!(" by {}", call.name);
        let is_its = |version: &akua_sim::Version| version.fields["name"].as_str().unwrap().ends_with(&mark);
        matches!(call.reports.last().unwrap().claim, Claim::Indeterminate { .. })
            && evidence.histories[&(Kind::Workspace, "ws_2".to_owned())]
                .iter()
                .any(is_its)
    };
    let landed = evidence.calls.iter().filter(landed).count() as u64;
    assert_eq!(count, applied + landed);
    assert!(applied <= count && count <= applied + unknown && applied + unknown == WORKERS * EACH);
}
