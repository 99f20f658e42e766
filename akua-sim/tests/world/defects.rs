//! Promises that are not kept, on launches: what the record tells of them is true all the same.

use akua_sim::{Author, Defect, Effect, Kind, Verdict};
use serde_json::json;

use crate::harness::Harness;

/// Suspends and resumes `clu_1` in turns, each under the etag that is current.
fn launches(defect: Defect) -> (Harness, Vec<Verdict>) {
    let mut harness = Harness::switched(json!({"operation_steps": 1}));
    harness.world.break_promise(defect);
    let mut verdicts = Vec::new();
    for _ in 0..60 {
        let current = harness.current();
        let action = if current.fields["state"] == "active" {
            "suspend"
        } else {
            "resume"
        };
        let target = format!("/v1/clusters/clu_1:{action}");
        verdicts.push(harness.bare("POST", &target, Some(&current.etag)));
        harness.get("/v1/operations");
    }
    (harness, verdicts)
}

/// How many operations a request has started.
fn started(harness: &mut Harness, verdict: &Verdict) -> usize {
    let ids = harness.world.ids(0, Kind::Operation);
    let firsts: Vec<_> = ids
        .iter()
        .map(|id| harness.world.history(0, Kind::Operation, id).unwrap()[0].author.clone())
        .collect();
    let author = Author::Request { seq: verdict.seq };
    firsts.iter().filter(|first| **first == author).count()
}

#[test]
fn a_launch_may_be_answered_and_never_done() {
    let (mut harness, verdicts) = launches(Defect::AnswerBeforeCommit);
    let lies: Vec<_> = verdicts
        .iter()
        .filter(|verdict| verdict.answer.status == 202 && verdict.effect == Effect::Nothing)
        .collect();
    assert!(lies.len() > 5 && lies.len() < 40, "{}", lies.len());
    for lie in lies {
        assert_eq!(started(&mut harness, lie), 0);
    }
}

#[test]
fn a_launch_may_be_done_twice() {
    let (mut harness, verdicts) = launches(Defect::WrittenTwice);
    let twice = verdicts
        .iter()
        .filter(|verdict| started(&mut harness, verdict) == 2)
        .count();
    assert!(twice > 3 && twice < 40, "{twice}");
}

#[test]
fn a_launch_may_be_done_and_refused() {
    let (mut harness, verdicts) = launches(Defect::ConflictAfterWrite);
    let refused: Vec<_> = verdicts
        .iter()
        .filter(|verdict| verdict.answer.status == 409 && verdict.effect.is_accepted())
        .collect();
    assert!(refused.len() > 5, "{}", refused.len());
    for verdict in refused {
        assert_eq!(started(&mut harness, verdict), 1);
    }
}

#[test]
fn the_etag_before_may_be_accepted() {
    let mut harness = Harness::new();
    harness.rename("42", "n");
    assert_eq!(
        harness
            .bare("POST", "/v1/clusters/clu_1:suspend", Some("42"))
            .answer
            .status,
        409
    );
    harness.world.break_promise(Defect::CompareNotAtomic);
    let stale = harness.bare("POST", "/v1/clusters/clu_1:suspend", Some("42"));
    assert!(stale.effect.is_accepted());
}

#[test]
fn a_key_may_be_forgotten_at_once() {
    let mut harness = Harness::switched(json!({"action_keys_replay": {"cancel_operation": 60}}));
    harness.world.break_promise(Defect::KeyForgotten);
    harness.bare("POST", "/v1/clusters/clu_1:suspend", Some("42"));
    let cancels: Vec<_> = (0..30)
        .map(|turn| {
            let request = harness
                .request("POST", "/v1/operations/op_1:cancel")
                .with_header("idempotency-key", &format!("k{}", turn / 2));
            harness.send(&request).effect.is_accepted()
        })
        .collect();
    let anew = cancels.chunks(2).filter(|pair| pair[1]).count();
    assert!(anew > 3 && anew < 15, "{anew}");
}

/// Creates clusters, each under a key of its own, twice each.
fn creates(defect: Defect) -> (Harness, Vec<Verdict>) {
    let mut harness = Harness::new();
    harness.world.break_promise(defect);
    let mut verdicts = Vec::new();
    for turn in 0..60 {
        let name = format!("n{turn}");
        verdicts.push(harness.create_keyed(&name, &name));
        verdicts.push(harness.create_keyed(&name, &name));
    }
    (harness, verdicts)
}

/// How many clusters a request has made.
fn made(harness: &mut Harness, verdict: &Verdict) -> usize {
    let author = Author::Request { seq: verdict.seq };
    let ids = harness.world.ids(0, Kind::Cluster);
    ids.iter()
        .filter(|id| harness.world.history(0, Kind::Cluster, id).unwrap()[0].author == author)
        .count()
}

#[test]
fn a_create_breaks_promises_too() {
    let between = |verdicts: &[Verdict], is: &mut dyn FnMut(&Verdict) -> bool| {
        let found = verdicts.iter().filter(|verdict| is(verdict)).count();
        assert!(found > 3 && found < 50, "{found}");
    };
    let (mut harness, verdicts) = creates(Defect::AnswerBeforeCommit);
    between(&verdicts, &mut |verdict| {
        let lie = verdict.answer.status == 202 && verdict.effect == Effect::Nothing;
        assert!(!lie || made(&mut harness, verdict) == 0);
        lie
    });
    let (mut harness, verdicts) = creates(Defect::WrittenTwice);
    between(&verdicts, &mut |verdict| made(&mut harness, verdict) == 2);
    let (mut harness, verdicts) = creates(Defect::ConflictAfterWrite);
    between(&verdicts, &mut |verdict| {
        let lie = verdict.answer.status == 409 && verdict.effect != Effect::Replayed { of: verdict.seq - 1 };
        assert!(!lie || verdict.effect.is_created() && made(&mut harness, verdict) == 1);
        lie
    });
    let (_, verdicts) = creates(Defect::KeyForgotten);
    let seconds: Vec<Verdict> = verdicts.into_iter().skip(1).step_by(2).collect();
    between(&seconds, &mut |verdict| verdict.effect.is_created());
    // Only the first letter of a key counts.
    let (_, verdicts) = creates(Defect::KeysCollide);
    assert!(
        verdicts
            .iter()
            .skip(1)
            .all(|verdict| verdict.effect == Effect::Replayed { of: 1 })
    );
}
