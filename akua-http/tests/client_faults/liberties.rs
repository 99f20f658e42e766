//! Servers that take liberties with a write that they accept, and with what a refusal names: what a plain update is
//! told, which judges nothing and hands on what the server said.

use akua_http::{Client, Effect, Error, ErrorKind};
use akua_model::{Cluster, ClusterPatch};
use akua_sim::{Effect as Done, Fault, Kind, Matcher, Options, Simulator, Stores};
use serde_json::json;

use crate::{LONG, client, final_log, rename};

fn server(fault: Fault) -> (Simulator, Client) {
    let simulator = Simulator::start(Options::clusters(2)).unwrap();
    simulator.inject(fault.on(Matcher::method("PATCH"))).unwrap();
    let client = client(&simulator, LONG, 1);
    (simulator, client)
}

/// What one update was told, and what it did.
fn played(fault: Fault, patch: &ClusterPatch) -> (Result<Cluster, Error>, Done, Simulator) {
    let (simulator, client) = server(fault);
    let (id, etag) = ("clu_1".parse().unwrap(), "42".parse().unwrap());
    let told = client.clusters().update(&id, &etag, patch);
    let mut log = final_log(&simulator);
    assert_eq!(log.len(), 1, "{log:?}");
    (told, log.remove(0).effect, simulator)
}

#[test]
fn a3_an_update_shows_what_the_server_stored() {
    // How it is stored, the name in the answer, its etag, and whether a version was made of it.
    for (stores, name, etag, applied) in [
        (Stores::AsSent, " Prod ", "43", true),
        (Stores::Trimmed, "Prod", "43", true),
        (Stores::Lowercased, " prod ", "43", true),
        (Stores::Some, " Prod ", "43", true),
        (Stores::None, "cluster 1", "42", false),
        (Stores::Touch, "cluster 1", "43", false),
    ] {
        let patch = ClusterPatch::builder()
            .name(" Prod ")
            .provider("imported_byoc")
            .build()
            .unwrap();
        let (told, done, simulator) = played(Fault::stores(stores), &patch);
        let told = told.unwrap();
        assert_eq!((told.name.as_str(), told.etag.as_str()), (name, etag), "{stores:?}");
        assert_eq!(done.is_applied(), applied, "{stores:?}: {done:?}");
        let partly = matches!(stores, Stores::Some | Stores::None | Stores::Touch);
        assert_eq!(told.provider.as_str() == "managed_kaas", partly, "{stores:?}");
        let kept = simulator.history(Kind::Cluster, "clu_1").unwrap();
        assert_eq!(kept.last().unwrap().fields["name"], name);
    }
}

#[test]
fn a3_an_update_that_landed_can_be_answered_with_the_version_before_it() {
    let patch = ClusterPatch::builder().name("prod-eu").build().unwrap();
    let (told, done, _simulator) = played(Fault::stale(1), &patch);
    assert_eq!(told.unwrap().etag.as_str(), "42");
    assert!(done.is_applied());
}

/// A refusal is a refusal, whatever it names.
#[test]
fn a5_a_refusal_that_names_something_else_is_a_conflict_and_nothing_took_effect() {
    for metadata in [
        json!({ "conflicting_workspace_etag": "7" }),
        json!({ "other_etag": "7" }),
        json!({ "etag": "7", "current_etag": "8" }),
        json!({ "current_etag": "W/\"42\"" }),
        json!({}),
    ] {
        let (simulator, client) = server(Fault::conflict(metadata.clone()));
        let error = rename(&client).unwrap_err();
        assert_eq!(
            (error.kind(), error.effect()),
            (ErrorKind::Conflict, Effect::NotApplied),
            "{metadata}"
        );
        assert!(!final_log(&simulator)[0].effect.is_applied());
    }
}
