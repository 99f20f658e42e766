//! Faults and other writers, on the world alone: what each does to the state, and what it leaves of the answer.

use crate::harness::{Harness, applied};
use akua_sim::{
    Action, Author, Body, Delivery, Effect, End, Fault, Hold, Kind, Matcher, Part, Progress, Script, Step, Target,
    Unread, When, WireRequest, Write,
};
use serde_json::json;

fn patches() -> Matcher {
    Matcher::method("PATCH")
}

#[test]
fn a_failure_is_before_or_after_the_write() {
    for status in [408, 429, 500, 502, 503, 504, 302, 204] {
        let mut harness = Harness::new();
        harness.world.inject(Fault::before(status).on(patches())).unwrap();
        let before = harness.rename("42", "n");
        assert_eq!((before.answer.status, before.effect), (status, Effect::Nothing));
        assert_eq!(harness.history().len(), 1);

        harness.world.inject(Fault::after(status).on(patches())).unwrap();
        let after = harness.rename("42", "n");
        assert_eq!((after.answer.status, applied(&after)), (status, 2));
        assert_eq!(harness.history().len(), 2);
    }
}

#[test]
fn the_answer_is_lost_on_either_side_of_the_write() {
    for end in [End::Fin, End::Reset, End::Stall] {
        let mut harness = Harness::new();
        harness.world.inject(Fault::lost_before(end)).unwrap();
        let before = harness.rename("42", "n");
        assert_eq!(
            (before.effect.is_applied(), before.bytes().len(), before.delivery.end()),
            (false, 0, end)
        );
        harness.world.inject(Fault::lost_after(end)).unwrap();
        let after = harness.rename("42", "n");
        assert_eq!(
            (after.effect.is_applied(), after.bytes().len(), after.delivery.end()),
            (true, 0, end)
        );
        let log = harness.world.log(0, 0);
        assert_eq!(
            log[1].effect,
            Effect::Applied {
                kind: Kind::Cluster,
                id: "clu_1".into(),
                version: 2,
                etag: "43".into()
            }
        );
        assert_eq!((log[1].fault, log[1].delivery), (Some(2), Some(Delivery::lost(end))));
    }
}

#[test]
fn a_held_request_is_decided_in_its_own_time() {
    let mut harness = Harness::new();
    harness.world.inject(Fault::held(Hold::Ms(100)).on(patches())).unwrap();
    let request = harness.patch("/v1/clusters/clu_1", "42", json!({"name": "late"}));
    let Step::Held { ticket, until_ms } = harness.world.handle(0, &request) else {
        panic!("not held")
    };
    assert_eq!(until_ms, Some(100));
    assert_eq!(harness.world.log(50, 0)[0].progress, Progress::Held);
    assert_eq!(harness.world.collect(99, ticket), None);
    assert!(harness.world.is_held(ticket));
    // Nobody collects it: it lands all the same, at its time, and a write that came first wins.
    harness.now = 500;
    assert_eq!(harness.rename("42", "too late").answer.status, 409);
    let version = harness.current();
    assert_eq!((version.at_ms, version.author), (100, Author::Request { seq: 1 }));
    assert_eq!(applied(&harness.world.collect(500, ticket).unwrap()), 2);
    assert_eq!(harness.world.collect(500, ticket), None);
}

#[test]
fn a_held_request_waits_for_its_release() {
    let mut harness = Harness::new();
    harness
        .world
        .inject(Fault::held(Hold::UntilReleased).on(patches()))
        .unwrap();
    let request = harness.patch("/v1/clusters/clu_1", "42", json!({"name": "late"}));
    let Step::Held { ticket, until_ms: None } = harness.world.handle(0, &request) else {
        panic!("not held")
    };
    assert_eq!(harness.rename("42", "faster").answer.status, 200);
    assert_eq!(harness.world.collect(1_000_000, ticket), None);
    assert_eq!(harness.world.release(1_000_001), 1);
    assert_eq!(harness.world.collect(1_000_001, ticket).unwrap().answer.status, 409);
    let log = harness.world.log(1_000_001, 0);
    assert_eq!(
        (log[0].progress, log[0].done_ms, log[0].status),
        (Progress::Done, Some(1_000_001), Some(409))
    );
}

#[test]
fn a_released_request_is_not_decided_twice() {
    let mut harness = Harness::new();
    harness.world.inject(Fault::held(Hold::Ms(100)).on(patches())).unwrap();
    let request = harness.patch("/v1/clusters/clu_1", "42", json!({"name": "late"}));
    let Step::Held { ticket, .. } = harness.world.handle(0, &request) else {
        panic!("not held")
    };
    harness.world.release(10);
    harness.world.abandon(ticket);
    harness.now = 1_000;
    assert_eq!(harness.history().len(), 2);
    assert_eq!(harness.current().at_ms, 10);
}

#[test]
fn nothing_is_left_of_a_held_request_after_a_reset() {
    let mut harness = Harness::new();
    harness.world.inject(Fault::held(Hold::Ms(100))).unwrap();
    let request = harness.patch("/v1/clusters/clu_1", "42", json!({"name": "late"}));
    let Step::Held { ticket, .. } = harness.world.handle(0, &request) else {
        panic!("not held")
    };
    harness.world.reset(1);
    assert!(!harness.world.is_held(ticket));
    harness.now = 1_000;
    assert_eq!(harness.get("/v1/clusters/clu_1").answer.json()["etag"], "42");
}

#[test]
fn a_read_can_be_stale() {
    let mut harness = Harness::new();
    harness.rename("42", "second");
    harness.rename("43", "third");
    harness.world.inject(Fault::stale(1)).unwrap();
    assert_eq!(harness.get("/v1/clusters/clu_1").answer.json()["name"], "second");
    assert_eq!(harness.get("/v1/clusters/clu_1").answer.json()["name"], "third");
}

#[test]
fn a_write_can_be_pretended() {
    let mut harness = Harness::new();
    harness.world.inject(Fault::pretended().on(patches())).unwrap();
    let verdict = harness.rename("42", "n");
    assert_eq!((verdict.answer.status, verdict.effect), (200, Effect::Nothing));
    assert_eq!(verdict.answer.json()["name"], "cluster 1");
    assert_eq!(harness.history().len(), 1);
}

#[test]
fn answers_can_be_anything() {
    let mut harness = Harness::new();
    for (fault, check) in [
        (Fault::after(200).body(Body::Html), "<html>"),
        (Fault::before(200).body(Body::Html), "<html>"),
        (Fault::before(503).body(Body::Text("busy".into())), "busy"),
        (Fault::default().with("id", "other"), r#""id":"other""#),
        (Fault::default().with("etag", 7), r#""etag":7"#),
        (Fault::default().with("state", "hibernating"), "hibernating"),
        (
            Fault::default().header("content-encoding", "gzip"),
            "content-encoding: gzip",
        ),
        (
            Fault::before(429).header("retry-after", "Wed, 21 Oct 2026 07:28:00 GMT"),
            "retry-after: Wed, 21 Oct",
        ),
        (
            Fault::before(307).header("location", "http://127.0.0.1:1/x"),
            "location: http://127.0.0.1:1/x",
        ),
    ] {
        harness.world.inject(fault.clone()).unwrap();
        let bytes = String::from_utf8(harness.get("/v1/clusters/clu_1").bytes()).unwrap();
        assert!(bytes.contains(check), "{fault:?}: {bytes}");
    }
    harness.world.inject(Fault::default().without("etag")).unwrap();
    assert_eq!(harness.get("/v1/clusters/clu_1").answer.json().get("etag"), None);
    harness.world.inject(Fault::default().body(Body::BrokenJson)).unwrap();
    assert!(harness.get("/v1/clusters/clu_1").answer.json().is_null());
    harness.world.inject(Fault::cut(Part::Body(5), End::Reset)).unwrap();
    let verdict = harness.get("/v1/clusters/clu_1");
    assert!(verdict.bytes().ends_with(b"\r\n\r\n{\"cre"));
}

#[test]
fn a_list_can_repeat_its_cursor_for_ever() {
    let mut harness = Harness::new();
    harness
        .world
        .inject(
            Fault {
                repeat_cursor: true,
                ..Fault::default()
            }
            .forever(),
        )
        .unwrap();
    let first = harness.get("/v1/clusters?limit=1").answer.json();
    let cursor = first["next_cursor"].as_str().unwrap().to_owned();
    for _ in 0..3 {
        let page = harness
            .get(&format!("/v1/clusters?limit=1&cursor={cursor}"))
            .answer
            .json();
        assert_eq!(
            (&page["has_more"], &page["next_cursor"]),
            (&json!(true), &json!(cursor))
        );
    }
    // Also where the list is at its end.
    let page = harness.get("/v1/workspaces").answer.json();
    assert_eq!(page["has_more"], json!(true));
    let cursor = page["next_cursor"].as_str().unwrap().to_owned();
    assert_eq!(
        harness.get(&format!("/v1/workspaces?cursor={cursor}")).answer.status,
        200
    );
}

#[test]
fn a_fault_meets_what_it_names() {
    let mut harness = Harness::new();
    harness
        .world
        .inject(
            Fault::before(500)
                .on(Matcher::default().of(Kind::Cluster, "clu_2"))
                .forever(),
        )
        .unwrap();
    let path = Matcher {
        path: Some("/v1/workspaces".into()),
        ..Matcher::default()
    };
    harness.world.inject(Fault::before(502).on(path).nth(2)).unwrap();
    assert_eq!(harness.get("/v1/clusters/clu_1").answer.status, 200);
    assert_eq!(harness.get("/v1/clusters/clu%5f2").answer.status, 500);
    let listed: Vec<u16> = (0..3)
        .map(|_| harness.get("/v1/workspaces?limit=1").answer.status)
        .collect();
    assert_eq!(listed, [200, 502, 200]);
    assert_eq!(harness.world.faults().len(), 1);
    harness.world.clear();
    assert_eq!(harness.get("/v1/clusters/clu_2").answer.status, 200);
}

#[test]
fn an_unread_request_is_recorded_as_far_as_it_is_known() {
    let mut harness = Harness::new();
    harness.world.inject(Fault::unread(Unread::Body).on(patches())).unwrap();
    harness.world.inject(Fault::unread(Unread::Request)).unwrap();
    let nothing = WireRequest::default();
    assert!(!harness.world.resets(0, Unread::Connection, &nothing));
    assert!(harness.world.resets(0, Unread::Request, &nothing));
    let head = harness.request("GET", "/v1/clusters/clu_1");
    assert!(!harness.world.resets(0, Unread::Body, &head));
    let head = harness.patch("/v1/clusters/clu_1", "42", json!({}));
    assert!(harness.world.resets(0, Unread::Body, &head));
    harness.world.incomplete(0, &head);
    let progress: Vec<Progress> = harness.world.log(0, 0).iter().map(|entry| entry.progress).collect();
    assert_eq!(progress, [Progress::Unread, Progress::Unread, Progress::Incomplete]);
}

#[test]
fn another_writer_comes_between_two_requests() {
    let mut harness = Harness::new();
    let theirs = Action::Write(Write::set(Kind::Cluster, "clu_1", "name", "theirs"));
    let reads = Matcher::method("GET").of(Kind::Cluster, "clu_1");
    harness.world.script(Script::once(When::After, reads, theirs)).unwrap();
    let read = harness.get("/v1/clusters/clu_1").answer.json();
    assert_eq!((&read["name"], &read["etag"]), (&json!("cluster 1"), &json!("42")));
    assert_eq!(
        harness.rename("42", "ours").answer.json()["errors"][0]["metadata"]["current_etag"],
        "43"
    );
    assert_eq!(harness.current().author, Author::Foreign {});
    assert_eq!(harness.world.scripts_waiting(), 0);
}

#[test]
fn another_writer_is_first_or_overwrites() {
    let mut harness = Harness::new();
    let write = |name: &str| Action::Write(Write::set(Kind::Cluster, "clu_1", "name", name));
    harness
        .world
        .script(Script::once(When::Before, patches(), write("first")))
        .unwrap();
    assert_eq!(harness.rename("42", "ours").answer.status, 409);
    harness
        .world
        .script(Script::once(When::After, patches(), write("over")))
        .unwrap();
    let ours = harness.rename("43", "ours");
    assert_eq!((applied(&ours), &ours.answer.json()["name"]), (3, &json!("ours")));
    let names: Vec<_> = harness
        .history()
        .into_iter()
        .map(|version| version.fields["name"].clone())
        .collect();
    assert_eq!(names, ["cluster 1", "first", "ours", "over"]);
}

#[test]
fn another_hand_deletes_or_settles() {
    let mut harness = Harness::switched(json!({"reconcile_ms": null}));
    let target = Target {
        kind: Kind::Cluster,
        id: "clu_1".into(),
    };
    harness
        .world
        .script(Script::once(
            When::After,
            patches(),
            Action::Settle { id: "clu_1".into() },
        ))
        .unwrap();
    let move_it = harness.patch("/v1/clusters/clu_1", "42", json!({"region_id": "r"}));
    assert_eq!(harness.send(&move_it).answer.json()["reconciling"], true);
    assert_eq!(harness.get("/v1/clusters/clu_1").answer.json()["etag"], "44");
    harness
        .world
        .script(Script::once(When::Before, patches(), Action::Delete(target)))
        .unwrap();
    assert_eq!(harness.rename("44", "n").answer.status, 404);
    assert!(harness.current().deleted);
}

#[test]
fn a_script_about_what_is_not_there_does_nothing() {
    let mut harness = Harness::new();
    let write = Action::Write(Write::set(Kind::Cluster, "nobody", "name", "n"));
    harness
        .world
        .script(Script::once(When::Before, Matcher::default(), write))
        .unwrap();
    assert_eq!(harness.rename("42", "n").answer.status, 200);
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let run = || {
        let mut harness = Harness::new();
        harness.world.inject(Fault::before(500).percent(40).forever()).unwrap();
        harness
            .world
            .inject(Fault::lost_after(End::Reset).percent(40).forever())
            .unwrap();
        for turn in 0..200 {
            harness.now = turn;
            let etag = harness.current().etag;
            harness.rename(&etag, &format!("name {turn}"));
        }
        let log = harness.world.log(1_000, 0).to_vec();
        (serde_json::to_string(&log).unwrap(), harness.token)
    };
    let (first, second) = (run(), run());
    assert_eq!(first, second);
    assert!(first.0.contains("\"reset\"") && first.0.contains("500"));
}

#[test]
fn the_record_can_be_cut_off_but_not_what_waits() {
    let mut harness = Harness::new();
    harness.get("/v1/clusters/clu_1");
    harness.world.inject(Fault::held(Hold::UntilReleased)).unwrap();
    let request = harness.request("GET", "/v1/clusters/clu_2");
    harness.world.handle(0, &request);
    harness.world.clear_log();
    harness.get("/v1/clusters/clu_3");
    harness.world.release(0);
    let log = harness.world.log(0, 0);
    assert_eq!(
        log.iter().map(|entry| (entry.seq, entry.status)).collect::<Vec<_>>(),
        [(2, Some(200)), (3, Some(200))]
    );
    assert_eq!(harness.world.log(0, 3).len(), 1);
}
