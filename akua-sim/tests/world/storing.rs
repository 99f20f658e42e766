//! Servers that take liberties with what they accept, with what they answer, and with what a refusal names.

use akua_sim::{Action, Author, Effect, EtagForm, Fault, Kind, Matcher, Script, Stores, Verdict, When, WireRequest};
use serde_json::{Value, json};

use crate::harness::{Harness, applied};

fn patches() -> Matcher {
    Matcher::method("PATCH")
}

/// What stands in the metadata of a refusal.
fn metadata(verdict: &Verdict) -> Value {
    assert_eq!(verdict.answer.status, 409);
    verdict.answer.json()["errors"][0]["metadata"].clone()
}

fn names(harness: &mut Harness) -> Vec<Value> {
    harness
        .history()
        .into_iter()
        .map(|version| version.fields["name"].clone())
        .collect()
}

#[test]
fn a3_a_write_can_be_accepted_and_nothing_of_it_taken() {
    let mut harness = Harness::new();
    harness
        .world
        .inject(Fault::stores(Stores::None).on(patches()).times(2))
        .unwrap();
    // What the etag does not allow is refused as ever.
    assert_eq!(harness.rename("41", "n").answer.status, 409);
    let ignored = harness.rename("42", "n");
    assert_eq!((ignored.answer.status, &ignored.effect), (200, &Effect::Ignored {}));
    assert_eq!(ignored.answer.json()["name"], "cluster 1");
    assert_eq!(ignored.answer.json()["etag"], "42");
    assert_eq!(harness.history().len(), 1);
    assert_eq!(applied(&harness.rename("42", "n")), 2);
}

#[test]
fn a3_a_write_of_which_nothing_is_taken_can_move_the_etag() {
    let mut harness = Harness::new();
    harness.world.inject(Fault::stores(Stores::Touch)).unwrap();
    let touched = harness.rename("42", "n");
    let made = Effect::Touched {
        kind: Kind::Cluster,
        id: "clu_1".to_owned(),
        version: 2,
        etag: "43".to_owned(),
    };
    assert_eq!((touched.answer.status, &touched.effect), (200, &made));
    assert!(!touched.effect.is_applied());
    assert_eq!(touched.answer.json()["etag"], "43");
    assert_eq!(names(&mut harness), ["cluster 1", "cluster 1"]);
    assert_eq!(harness.current().author, Author::Request { seq: 1 });
}

#[test]
fn a3_an_etag_that_is_nobodys_can_come_with_the_old_values() {
    let mut harness = Harness::new();
    harness
        .world
        .inject(Fault::stores(Stores::None).with("etag", "w-1"))
        .unwrap();
    let ignored = harness.rename("42", "n");
    assert_eq!(ignored.answer.json()["etag"], "w-1");
    assert_eq!(ignored.answer.json()["name"], "cluster 1");
    assert_eq!(
        (ignored.effect, harness.current().etag.as_str()),
        (Effect::Ignored {}, "42")
    );
}

#[test]
fn a3_an_ignored_write_is_repeated_under_its_key() {
    let mut harness = Harness::new();
    harness.world.inject(Fault::stores(Stores::None)).unwrap();
    let body = || json!({ "name": "n" });
    let first = harness.keyed("k", "42", body());
    let again = harness.keyed("k", "42", body());
    assert_eq!(again.effect, Effect::Replayed { of: 1 });
    assert_eq!(again.answer.json(), first.answer.json());
    assert_eq!(harness.history().len(), 1);
}

#[test]
fn a3_what_is_stored_can_differ_from_what_was_sent() {
    for (stores, sent, kept) in [
        ("trimmed", json!({ "name": " Prod ", "region_id": " r " }), "Prod"),
        ("lowercased", json!({ "name": "Prod", "region_id": " r " }), "prod"),
    ] {
        let mut harness = Harness::switched(json!({ "stores": stores }));
        let request = harness.patch("/v1/clusters/clu_1", "42", sent);
        let answer = harness.send(&request).answer.json();
        assert_eq!((&answer["name"], &answer["etag"]), (&json!(kept), &json!("43")));
        let current = harness.current();
        assert_eq!(current.fields["name"], kept);
        assert_eq!(current.hidden["region_id"], " r ");
    }
}

#[test]
fn a3_a_slug_is_compared_as_it_is_stored() {
    let mut harness = Harness::switched(json!({ "stores": "lowercased" }));
    let request = harness.patch("/v1/workspaces/ws_1", "8", json!({ "slug": "Workspace-2" }));
    assert_eq!(harness.send(&request).answer.status, 409);
}

#[test]
fn a3_some_of_a_patch_can_be_taken() {
    let mut harness = Harness::new();
    harness.world.inject(Fault::stores(Stores::Some)).unwrap();
    let body = json!({ "name": "n", "provider": "imported_byoc", "region_id": "r" });
    let request = harness.patch("/v1/clusters/clu_1", "42", body);
    let answer = harness.send(&request).answer.json();
    assert_eq!(
        (&answer["name"], &answer["provider"]),
        (&json!("n"), &json!("managed_kaas"))
    );
    let current = harness.current();
    assert_eq!((current.version, &current.hidden["region_id"]), (2, &json!("r")));
}

#[test]
fn a3_a_fault_goes_before_what_the_contract_stores() {
    let mut harness = Harness::switched(json!({ "stores": "none" }));
    harness.world.inject(Fault::stores(Stores::AsSent)).unwrap();
    assert_eq!(applied(&harness.rename("42", "Prod")), 2);
    assert_eq!(harness.rename("43", "other").effect, Effect::Ignored {});
}

#[test]
fn a3_a_write_that_landed_can_be_answered_with_an_older_version() {
    let mut harness = Harness::new();
    harness.rename("42", "second");
    for by in 1..=2 {
        harness.world.inject(Fault::stale(by).on(patches())).unwrap();
    }
    let before = harness.keyed("k", "43", json!({ "name": "third" }));
    assert_eq!((before.answer.status, applied(&before)), (200, 3));
    assert_eq!(before.answer.json()["etag"], "43");
    assert_eq!(before.answer.json()["name"], "second");
    let older = harness.rename("44", "fourth");
    assert_eq!((&older.answer.json()["name"], applied(&older)), (&json!("second"), 4));
    // What is kept under the key is the version made.
    let again = harness.keyed("k", "43", json!({ "name": "third" }));
    assert_eq!(again.answer.json()["name"], "third");
    // A refusal has no version.
    harness.world.inject(Fault::stale(1).on(patches())).unwrap();
    assert_eq!(harness.rename("42", "n").answer.status, 409);
}

#[test]
fn a4_somebody_else_can_write_what_is_asked_for() {
    let mut harness = Harness::new();
    let mut script = Script::once(When::Before, Matcher::default(), Action::Same {});
    script.times = akua_sim::Times::Count(2);
    harness.world.script(script).unwrap();
    // A read asks for nothing.
    harness.get("/v1/clusters/clu_1");
    let body = json!({ "name": "n", "region_id": "r" });
    let request = harness.patch("/v1/clusters/clu_1", "42", body);
    let refused = harness.send(&request);
    assert_eq!(metadata(&refused)["current_etag"], "43");
    let current = harness.current();
    assert_eq!(
        (&current.fields["name"], current.author),
        (&json!("n"), Author::Foreign {})
    );
    assert_eq!(current.hidden["region_id"], "r");
}

#[test]
fn a5_a_refusal_writes_an_etag_in_three_forms() {
    for (form, written) in [
        (EtagForm::Bare, "42"),
        (EtagForm::Quoted, "\"42\""),
        (EtagForm::Weak, "W/\"42\""),
    ] {
        let mut harness = Harness::switched(json!({ "etag_form": form }));
        assert_eq!(metadata(&harness.rename("41", "n")), json!({ "current_etag": written }));
    }
}

#[test]
fn a5_a_refusal_can_name_the_etag_of_something_else() {
    let switches =
        json!({ "conflict_metadata": { "other_etag": "7", "current_etag": "8" }, "etag_metadata_key": "etag" });
    let mut harness = Harness::switched(switches);
    let named = json!({ "other_etag": "7", "current_etag": "8", "etag": "42" });
    assert_eq!(metadata(&harness.rename("41", "n")), named);
    // What the refusal says itself goes first, and a refusal for any reason has the rest.
    harness
        .world
        .switch(json!({ "etag_metadata_key": "current_etag" }).as_object().unwrap())
        .unwrap();
    let named = json!({ "other_etag": "7", "current_etag": "42" });
    assert_eq!(metadata(&harness.rename("41", "n")), named);
    harness.world.inject(Fault::before(409)).unwrap();
    let named = json!({ "other_etag": "7", "current_etag": "8" });
    assert_eq!(metadata(&harness.rename("42", "n")), named);
    harness
        .world
        .inject(Fault::conflict(json!({ "conflicting_workspace_etag": "9" })))
        .unwrap();
    assert_eq!(
        metadata(&harness.rename("42", "n")),
        json!({ "conflicting_workspace_etag": "9" })
    );
}

/// A5 itself: the first copy is held, the repeat hears of a slug that is taken, and then the first one lands.
#[test]
fn a5_a_slug_that_is_taken_names_its_holder_and_the_first_copy_lands_later() {
    let mut harness = Harness::switched(json!({ "taken_names_etag": "conflicting_workspace_etag" }));
    harness
        .world
        .inject(Fault::held(akua_sim::Hold::UntilReleased).on(patches()))
        .unwrap();
    let write = |harness: &Harness, slug: &str| -> WireRequest {
        harness.patch("/v1/workspaces/ws_1", "8", json!({ "slug": slug }))
    };
    let request = write(&harness, "workspace-2");
    harness.world.handle(harness.now, &request);
    let refused = harness.send(&request);
    assert_eq!(metadata(&refused), json!({ "conflicting_workspace_etag": "1008" }));
    // The slug is free again by then.
    let other = akua_sim::Write::set(Kind::Workspace, "ws_2", "slug", "elsewhere");
    harness.world.write(harness.now, other).unwrap();
    harness.world.release(harness.now);
    let landed = harness.world.history(harness.now, Kind::Workspace, "ws_1").unwrap();
    assert_eq!(landed[1].fields["slug"], "workspace-2");
}
