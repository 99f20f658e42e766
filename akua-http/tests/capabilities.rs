//! The capabilities of a cluster over real sockets: a singleton that can only be read, and what a refresh makes of it.
#![allow(clippy::unwrap_used)]

use akua_http::ErrorKind;
use akua_model::waiting::WaitPolicy;
use akua_model::{CapabilitiesFreshness, ClusterCapabilities, ClusterId, Freshness, Properties, RefreshStatus, Shown};
use akua_sim::{Body, Fault};
use serde_json::{Value, json};

mod stage;
use stage::{Stage, stage_with};

fn stage() -> Stage {
    stage_with(|builder| builder)
}

fn id() -> ClusterId {
    "clu_1".parse().unwrap()
}

impl Stage {
    fn switch(&self, switches: Value) {
        self.akua.switch(switches.as_object().unwrap()).unwrap();
    }

    fn get(&self) -> ClusterCapabilities {
        self.client.capabilities().get(&id()).unwrap()
    }

    fn freshness(&self) -> CapabilitiesFreshness {
        self.get().freshness.unwrap()
    }

    /// Has them found out anew, and waits for the end of that.
    fn refresh(&self) {
        let launched = self.client.clusters().refresh_capabilities(&id()).unwrap();
        let running = self.freshness().last_refresh_status;
        assert_eq!(running, Some(RefreshStatus::Running));
        let token = launched.accepted().unwrap();
        self.client.operations().wait(token, WaitPolicy::default()).unwrap();
    }
}

#[test]
fn a_refresh_makes_them_known_once_its_operation_has_succeeded() {
    let stage = stage();
    let before = stage.get();
    assert_eq!((before.cluster_id, before.api_groups.as_str()), (id(), "[]"));
    let freshness = before.freshness.unwrap();
    assert_eq!((freshness.state, freshness.max_age_seconds), (Freshness::Missing, 300));
    assert_eq!((freshness.age_seconds, freshness.last_successful_at), (None, None));
    assert_eq!(freshness.last_refresh_status, None);

    stage.refresh();
    let after = stage.get();
    assert_ne!(after.api_groups.as_str(), "[]");
    let freshness = after.freshness.unwrap();
    assert_eq!(
        (freshness.state, freshness.last_refresh_status),
        (Freshness::Fresh, Some(RefreshStatus::Success))
    );
    assert!(freshness.last_successful_at.is_some() && freshness.age_seconds < Some(60));
    let other = stage.client.capabilities().get(&"clu_2".parse().unwrap()).unwrap();
    assert_eq!(other.freshness.unwrap().state, Freshness::Missing);
}

#[test]
fn a_refresh_that_failed_leaves_what_was_known() {
    let stage = stage();
    stage.refresh();
    let before = stage.get();
    stage.switch(json!({"operation_ends": {"fail": {"message": "no route"}}}));
    stage.refresh();
    let after = stage.get();
    assert_eq!(after.api_groups, before.api_groups);
    let (before, after) = (before.freshness.unwrap(), after.freshness.unwrap());
    assert_eq!(
        (after.last_refresh_status, after.last_refresh_error.as_deref()),
        (Some(RefreshStatus::Failed), Some("no route"))
    );
    assert_eq!(after.last_successful_at, before.last_successful_at);
}

#[test]
fn a_server_that_does_not_say_how_old_they_are_is_believed() {
    let stage = stage();
    stage.switch(json!({"freshness": false, "extra_properties": {"zones": ["a"]}}));
    let capabilities = stage.get();
    assert_eq!(capabilities.freshness, None);
    assert_eq!(capabilities.shown("freshness"), Shown::Unreadable);
    assert_eq!(capabilities.unknown.as_map()["zones"].as_str(), r#"["a"]"#);
}

#[test]
fn what_is_no_such_answer_is_told_apart() {
    let stage = stage();
    let missing = stage.client.capabilities().get(&"clu_9".parse().unwrap()).unwrap_err();
    assert_eq!((missing.kind(), missing.is_from_service()), (ErrorKind::NotFound, true));
    stage.akua.inject(Fault::after(200).body(Body::Html)).unwrap();
    let page = stage.client.capabilities().get(&id()).unwrap_err();
    assert_eq!(page.kind(), ErrorKind::Decode);
    assert!(page.to_string().contains("HTML"), "{page}");
}
