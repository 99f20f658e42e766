//! The control endpoint as other languages use it: over HTTP.

use akua_sim::{Options, Simulator};
use serde_json::{Value, json};

use crate::raw_client::RawClient;

struct Board {
    simulator: Simulator,
    client: RawClient,
}

impl Board {
    fn new() -> Self {
        let simulator = Simulator::start(Options::clusters(1)).unwrap();
        let client = RawClient::to(simulator.address(), simulator.control_token());
        Self { simulator, client }
    }

    fn op(&mut self, op: Value) -> Value {
        let (status, answer) = self.client.call("POST", "/control", "", &op.to_string());
        assert_eq!(status, 200, "{answer}");
        answer
    }
}

#[test]
fn a_whole_story_is_told_over_http() {
    let mut board = Board::new();
    let fault = json!({"match": {"method": "PATCH"}, "answer": {"status": 502, "body": "html"}});
    assert_eq!(board.op(json!({"op": "inject", "fault": fault})), json!({"fault": 1}));
    let write = json!({"write": {"kind": "cluster", "id": "clu_1", "set": {"name": "theirs"}}});
    board.op(json!({"op": "script", "script": {"when": "after", "match": {"method": "PATCH"}, "then": write}}));
    let mut client = RawClient::dial(&board.simulator);
    client.rename();
    let (status, head, body) = client.answer();
    assert!(status == 502 && head.contains("text/html") && body.starts_with("<html>"));

    let log = board.op(json!({"op": "log"}));
    assert_eq!(
        log["log"][0]["effect"],
        json!({"did": "applied", "kind": "cluster", "id": "clu_1", "version": 2, "etag": "43"})
    );
    let history = board.op(json!({"op": "history", "kind": "cluster", "id": "clu_1"}));
    let authors: Vec<&Value> = history["history"]
        .as_array()
        .unwrap()
        .iter()
        .map(|version| &version["author"]["by"])
        .collect();
    assert_eq!(authors, ["seed", "request", "foreign"]);
    let token = board.op(json!({"op": "token"}))["token"].as_str().unwrap().to_owned();
    let mut broad = RawClient::to(board.simulator.address(), &token);
    assert_eq!(
        broad.call("GET", "/v1/clusters/clu_1", "akua-context: ws_1\r\n", "").0,
        200
    );
    assert_eq!(
        board.op(json!({"op": "contract", "set": {"missing_context": 403}}))["contract"]["missing_context"],
        403
    );
    assert_eq!(broad.call("GET", "/v1/clusters/clu_1", "", "").0, 403);
    board.op(json!({"op": "reset"}));
    let state = board.op(json!({"op": "state"}));
    assert_eq!(
        (&state["clusters"], &state["requests_held"]),
        (&json!(["clu_1"]), &json!(0))
    );
    assert_eq!(client.call("GET", "/v1/clusters/clu_1", "", "").1["etag"], "42");
}

#[test]
fn the_control_endpoint_keeps_its_own_token() {
    let mut board = Board::new();
    let mut client = RawClient::dial(&board.simulator);
    assert_eq!(client.call("POST", "/control", "", r#"{"op":"state"}"#).0, 401);
    assert_eq!(board.client.call("GET", "/control", "", "").0, 405);
    assert_eq!(board.client.call("GET", "/v1/clusters/clu_1", "", "").0, 401);
}

#[test]
fn mistakes_are_named() {
    let mut board = Board::new();
    for (op, named) in [
        (r#"{"op":"explode"}"#, "explode"),
        (r#"{"op":"inject","fault":{"tims":2}}"#, "tims"),
        ("{", "EOF"),
        ("", "EOF"),
        ("[]", "op"),
    ] {
        let (status, answer) = board.client.call("POST", "/control", "", op);
        let text = answer["error"].as_str().unwrap().to_owned();
        assert!(status == 400 && text.contains(named), "{op}: {text}");
    }
}
