//! The judge and the ledger are judged: workers that make a mistake, each caught by the very checks that the real ones
//! pass, and the same workers without their mistake, of whom nothing is found.

use std::collections::BTreeSet;

use akua_fleet::{End, Leased, Ledger, Work, execute};
use akua_http::{Editing, Progress};
use akua_model::edit::SavedToken;
use akua_model::{Cluster, ClusterPatch};
use akua_sim::{End as Ending, Fault, Kind, Matcher, Write};

use crate::rig::{Made, Rig, scenario, wanted};
use akua_verify::judge::{Check, Finding};
use akua_verify::show;
use akua_verify::stack::edits::patch_of;

/// What a worker does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mistake {
    /// It sends first, and has the token granted then.
    TokenAfterSend,
    /// It sends again what was applied.
    AppliedAgain,
    /// It goes on although its lease was taken back.
    StaleLease,
    /// It was thought dead with a write under way, and whoever has the item next begins anew in place of settling.
    NotSettled,
}

const MISTAKES: [(Mistake, Check); 4] = [
    (Mistake::TokenAfterSend, Check::Unguarded),
    (Mistake::AppliedAgain, Check::AppliedTwice),
    (Mistake::StaleLease, Check::AppliedTwice),
    (Mistake::NotSettled, Check::AppliedTwice),
];

#[test]
fn every_mistake_is_caught_and_nothing_is_found_without_it() {
    for (mistake, by) in MISTAKES {
        for made in [true, false] {
            let rig = Rig::new(scenario(3, 3, false), Made::OfVersions);
            let ended = play(&rig, mistake, made);
            let nothing = (1..=3).map(|number| (format!("clu_{number}"), 0)).collect();
            let findings = rig.record.end(&nothing, &ended);
            rig.end_faults();
            let (alarms, _, _, evidence) = rig.judge();
            let rang: BTreeSet<Check> = alarms.iter().map(|alarm| alarm.check).collect();
            let told: Vec<String> = alarms
                .iter()
                .map(|alarm| Finding(alarm, &evidence).to_string())
                .collect();
            assert!(findings.is_empty(), "{mistake:?}: {findings:?}");
            if made {
                show(format_args!("{mistake:?} is caught by {rang:?}"));
                assert!(rang.contains(&by), "{mistake:?} is not caught by {by:?}: {told:?}");
            } else {
                assert!(told.is_empty(), "without {mistake:?}: {}", told.join("\n"));
            }
        }
    }
}

/// Plays a scene in which the mistake matters; `made`: whether it is made. The items that have ended.
fn play(rig: &Rig, mistake: Mistake, made: bool) -> BTreeSet<String> {
    let fleet = rig.fleet();
    let ledger = fleet.ledger();
    ledger.begin().unwrap();
    let grant = |leased: &Leased, token: &SavedToken| ledger.grant(leased.item, leased.lease, token);
    let honest = |leased: &Leased| {
        let clusters = rig.client.clusters().policy(rig.policy);
        let end = execute(&clusters, leased, fleet.inputs(), |token| Ok(grant(leased, token)?));
        assert!(ledger.record(leased.item, leased.lease, &end).unwrap());
    };
    let leased = ledger.lease(1).unwrap().pop().unwrap();
    let id = leased.id.clone();
    match mistake {
        Mistake::TokenAfterSend if made => {
            let mut editing = start(rig, &leased);
            let Progress::Ready(token) = editing.next() else {
                panic!()
            };
            let Progress::Done(edited) = editing.next() else {
                panic!()
            };
            assert!(grant(&leased, &SavedToken::Edit(token.clone())).unwrap());
            assert!(ledger.record(leased.item, leased.lease, &End::from(&*edited)).unwrap());
        }
        Mistake::TokenAfterSend => honest(&leased),
        Mistake::AppliedAgain => {
            honest(&leased);
            // Somebody else puts back what was there before.
            let old = Write::set(Kind::Cluster, &id, "name", "cluster 1");
            rig.simulator.write(old).unwrap();
            if made {
                finish(start_anew(rig, &leased));
            } else {
                // A run takes up what is open, and this is not.
                ledger.begin().unwrap();
                assert!(ledger.lease(9).unwrap().iter().all(|other| other.id != id));
            }
        }
        Mistake::StaleLease => {
            let mut slow = start(rig, &leased);
            let Progress::Ready(token) = slow.next() else { panic!() };
            assert!(ledger.revoke(leased.item).unwrap());
            let next = ledger.lease(1).unwrap().pop().unwrap();
            assert_eq!(next.id, id);
            honest(&next);
            let old = Write::set(Kind::Cluster, &id, "name", name_of(rig, &id));
            rig.simulator.write(old).unwrap();
            assert!(
                !grant(&leased, &SavedToken::Edit(token.clone())).unwrap(),
                "the ledger knows better"
            );
            if !made {
                slow.decline("the lease has been taken back");
            }
            let edited = finish(slow);
            assert!(!ledger.record(leased.item, leased.lease, &End::from(&edited)).unwrap());
        }
        Mistake::NotSettled => {
            // Its answer is lost, and so is the worker.
            let lost = Fault::lost_after(Ending::Reset).on(Matcher::method("PATCH")).times(1);
            rig.simulator.inject(lost).unwrap();
            let once = rig.client.clusters().policy(only_once(rig));
            let end = execute(&once, &leased, fleet.inputs(), |token| Ok(grant(&leased, token)?));
            assert_eq!(end.state, akua_fleet::State::Indeterminate);
            let old = Write::set(Kind::Cluster, &id, "name", name_of(rig, &id));
            rig.simulator.write(old).unwrap();
            assert!(ledger.revoke(leased.item).unwrap());
            let next = ledger.lease(1).unwrap().pop().unwrap();
            assert!(matches!(next.work, Work::Resume { .. }));
            if made {
                finish(start_anew(rig, &next));
            }
            honest(&next);
        }
    }
    BTreeSet::from([id])
}

/// A policy with which nothing is sent twice and nothing is looked at.
fn only_once(rig: &Rig) -> akua_model::edit::Policy {
    let mut policy = rig.policy;
    policy.max_attempts = 1;
    policy
}

/// What the cluster was called at the beginning.
fn name_of(rig: &Rig, id: &str) -> String {
    let history = rig.simulator.history(Kind::Cluster, id).unwrap();
    history[0].fields["name"].as_str().unwrap().to_owned()
}

fn patch(leased: &Leased) -> ClusterPatch {
    patch_of::<Cluster>(&wanted(leased.item))
}

/// The edit of an item from the version that the caller has seen.
fn start(rig: &Rig, leased: &Leased) -> Editing<Cluster> {
    let Work::Patch { seen: Some(seen), .. } = &leased.work else {
        panic!()
    };
    let seen: Cluster = serde_json::from_str(seen).unwrap();
    let clusters = rig.client.clusters().policy(rig.policy);
    clusters.start_edit(seen, patch(leased)).unwrap()
}

/// The edit of an item as if nothing had been sent for it.
fn start_anew(rig: &Rig, leased: &Leased) -> Editing<Cluster> {
    let id: akua_model::ClusterId = leased.id.parse().unwrap();
    let clusters = rig.client.clusters().policy(rig.policy);
    clusters.start_edit(id, patch(leased)).unwrap()
}

fn finish(mut editing: Editing<Cluster>) -> akua_model::edit::Edited<Cluster> {
    loop {
        if let Progress::Done(edited) = editing.next() {
            return *edited;
        }
    }
}

/// What is asked of the ledger by hand is what the runner asks of it.
#[test]
fn a_ledger_is_the_same_for_everybody() {
    let rig = Rig::new(scenario(4, 2, false), Made::OfIds);
    let fleet = rig.fleet();
    let ledger: &Ledger = fleet.ledger();
    ledger.begin().unwrap();
    let sent: Vec<String> = ledger
        .lease(2)
        .unwrap()
        .iter()
        .map(|leased| serde_json::to_string(leased).unwrap())
        .collect();
    // Elsewhere.
    for text in &sent {
        let leased: Leased = serde_json::from_str(text).unwrap();
        let end = execute(&rig.client.clusters(), &leased, &Default::default(), |token| {
            let printed = token.to_string();
            Ok(ledger.grant(leased.item, leased.lease, &printed.parse()?)?)
        });
        let end: End = serde_json::from_str(&serde_json::to_string(&end).unwrap()).unwrap();
        assert!(ledger.record(leased.item, leased.lease, &end).unwrap());
    }
    assert_eq!(fleet.report().unwrap().counts().to_string(), "2 applied");
}
