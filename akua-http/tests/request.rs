//! Any request over real sockets: what the service makes of it, and what is known when its answer is lost.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::time::{Duration, Instant};

use akua_http::cancel::Cancel;
use akua_http::{AnyAnswer, Effect, Error, ErrorKind, RequestCall};
use akua_sim::{Body, End, Fault, Matcher};
use serde_json::{Value, json};

mod stage;
use stage::{Stage, stage_with};

fn stage() -> Stage {
    stage_with(|builder| builder)
}

fn value(answer: &AnyAnswer) -> Value {
    answer.json.as_ref().unwrap().parse().unwrap()
}

impl Stage {
    fn get(&self, path: &str) -> Value {
        value(&self.client.request(&RequestCall::new("GET", path).unwrap()).unwrap())
    }

    fn rename(&self, etag: &str, name: &str) -> Result<AnyAnswer, Error> {
        let call = RequestCall::new("PATCH", "/clusters/clu_1").unwrap();
        let call = call.if_match(&etag.parse().unwrap()).json(&json!({"name": name}));
        self.client.request(&call.unwrap())
    }

    fn etag(&self) -> String {
        self.get("/clusters/clu_1")["etag"].as_str().unwrap().to_owned()
    }
}

#[test]
fn what_is_described_can_be_called_by_hand_too() {
    let stage = stage();
    let before = stage.get("/clusters/clu_1");
    let etag = before["etag"].as_str().unwrap();
    let answer = stage.rename(etag, "by-hand").unwrap();
    assert_eq!((answer.status, &value(&answer)["name"]), (200, &json!("by-hand")));
    let refused = stage.rename(etag, "again").unwrap_err();
    assert_eq!(
        (refused.kind(), refused.effect()),
        (ErrorKind::Conflict, Effect::NotApplied)
    );
    assert_eq!(refused.current_etag().unwrap().as_str(), value(&answer)["etag"]);

    let suspend = RequestCall::new("POST", "/clusters/clu_1:suspend").unwrap();
    let suspend = suspend.if_match(&stage.etag().parse().unwrap());
    let answer = stage
        .client
        .request(&suspend.idempotency_key(&"once-1".parse().unwrap()))
        .unwrap();
    assert_eq!((answer.status, &value(&answer)["owner_id"]), (202, &json!("clu_1")));

    let list = RequestCall::new("GET", "/clusters")
        .unwrap()
        .query("limit", "1")
        .unwrap();
    let page = value(&stage.client.request(&list).unwrap());
    assert_eq!(
        (page["data"].as_array().unwrap().len(), &page["has_more"]),
        (1, &json!(true))
    );
    let missing = stage
        .client
        .request(&RequestCall::new("GET", "/clusters/clu_9").unwrap())
        .unwrap_err();
    assert_eq!((missing.kind(), missing.is_from_service()), (ErrorKind::NotFound, true));
}

#[test]
fn after_a_lost_answer_it_may_have_taken_effect_whether_it_did_or_not() {
    for (fault, landed) in [
        (Fault::lost_after(End::Reset), true),
        (Fault::lost_before(End::Fin), false),
    ] {
        let stage = stage();
        let etag = stage.etag();
        stage.akua.inject(fault.on(Matcher::method("PATCH"))).unwrap();
        let error = stage.rename(&etag, "lost").unwrap_err();
        assert_eq!((error.effect(), error.attempts()), (Effect::Unknown, 1), "{error}");
        assert_eq!(stage.etag() != etag, landed);
    }
}

#[test]
fn a_page_in_place_of_json_says_that_it_may_have_taken_effect() {
    let stage = stage();
    let etag = stage.etag();
    let html = Fault::after(200).body(Body::Html);
    stage.akua.inject(html.on(Matcher::method("PATCH"))).unwrap();
    let error = stage.rename(&etag, "seen").unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Decode, Effect::Unknown));
    assert!(error.to_string().contains("`body` is HTML"), "{error}");
    assert_eq!(stage.get("/clusters/clu_1")["name"], "seen");
}

#[test]
fn a_call_that_is_under_way_ends_when_it_is_cancelled_or_its_time_is_up() {
    let stage = stage();
    let call = |stop: &Cancel| {
        let call = RequestCall::new("POST", "/clusters/clu_1/capabilities:refresh").unwrap();
        call.cancel(stop)
    };
    stage
        .akua
        .inject(Fault::late(60_000).on(Matcher::method("POST")))
        .unwrap();
    let late = stage
        .client
        .request(&call(&Cancel::new()).timeout(Duration::from_millis(200)));
    let late = late.unwrap_err();
    assert_eq!((late.kind(), late.effect()), (ErrorKind::Timeout, Effect::Unknown));

    stage
        .akua
        .inject(Fault::late(60_000).on(Matcher::method("POST")))
        .unwrap();
    let (stop, began) = (Cancel::new(), Instant::now());
    let ended = std::thread::scope(|scope| {
        let running = scope.spawn(|| stage.client.request(&call(&stop)));
        // It has arrived, so it is under way.
        let arrived = || stage.akua.log().iter().filter(|entry| entry.method == "POST").count();
        while arrived() < 2 && began.elapsed() < Duration::from_secs(20) {
            std::thread::yield_now();
        }
        stop.cancel();
        running.join().unwrap().unwrap_err()
    });
    assert_eq!((ended.kind(), ended.effect()), (ErrorKind::Cancelled, Effect::Unknown));
    assert!(began.elapsed() < Duration::from_secs(25));
}
