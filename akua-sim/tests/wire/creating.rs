//! Creates on the wire: the status and the headers of each, and what the control endpoint tells of them.

use akua_sim::{Options, Simulator};
use serde_json::{Value, json};

use crate::raw_client::RawClient;

#[test]
fn each_create_has_its_status_and_no_header_of_its_own() {
    let simulator = Simulator::start(Options::clusters(1)).unwrap();
    let mut client = RawClient::dial(&simulator);
    let import = r#"{"name":"n","region_id":"r","kubeconfig":"marker"}"#;
    for (target, body, status, id) in [
        (
            "/v1/clusters",
            r#"{"name":"n","region_id":"r"}"#,
            "202 Accepted",
            "op_1",
        ),
        ("/v1/clusters:import", import, "200 OK", "clu_3"),
        ("/v1/clusters%3Aimport", import, "200 OK", "clu_4"),
        ("/v1/workspaces", r#"{"name":"n"}"#, "201 Created", "ws_2"),
    ] {
        client.send("POST", target, "idempotency-key: k\r\n", body);
        let (_, head, body) = client.answer();
        assert!(head.starts_with(&format!("HTTP/1.1 {status}\r\n")), "{head}");
        assert!(
            head.contains("content-type: application/json\r\n") && head.contains("x-request-id: req_"),
            "{head}"
        );
        assert!(!head.contains("location:") && !head.contains("etag:"), "{head}");
        let shown: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(shown["id"], id, "{body}");
        assert!(!body.contains("marker"), "{body}");
    }
    let (status, refused) = client.call(
        "POST",
        "/v1/clusters",
        "idempotency-key: k\r\n",
        r#"{"name":"m","region_id":"r"}"#,
    );
    assert_eq!((status, &refused["success"]), (409, &json!(false)));
    let (status, again) = client.call(
        "POST",
        "/v1/clusters",
        "idempotency-key: k\r\n",
        r#"{"name":"n","region_id":"r"}"#,
    );
    assert_eq!((status, &again["id"]), (202, &json!("op_1")));
    client.send("GET", "/v1/clusters:import", "", "");
    assert_eq!(client.answer().0, 404);
    client.send("PUT", "/v1/workspaces", "", "");
    assert!(client.answer().1.contains("allow: GET, HEAD, POST\r\n"));
}

#[test]
fn a_lost_create_is_told_over_http() {
    let simulator = Simulator::start(Options::clusters(1)).unwrap();
    let mut board = RawClient::to(simulator.address(), simulator.control_token());
    let mut op = |op: Value| {
        let (status, answer) = board.call("POST", "/control", "", &op.to_string());
        assert_eq!(status, 200, "{answer}");
        answer
    };
    let lost = json!({"match": {"create": "import_cluster"}, "delivery": {"send": "nothing", "end": "fin"}});
    op(json!({"op": "inject", "fault": lost}));
    op(json!({"op": "create", "create": "create_cluster", "set": {"name": "n"}}));
    let mut client = RawClient::dial(&simulator);
    client.send(
        "POST",
        "/v1/clusters:import",
        "idempotency-key: k\r\n",
        r#"{"name":"n","region_id":"r","kubeconfig":"marker"}"#,
    );
    assert_eq!(client.rest().0, "");
    let log = op(json!({"op": "log"}));
    assert_eq!(
        log["log"][0]["effect"],
        json!({"did": "created", "create": "import_cluster", "id": "clu_3", "operation": null, "version": 1, "etag": "2042"})
    );
    assert_eq!(
        (
            &log["log"][0]["create"],
            &log["log"][0]["created"],
            &log["log"][0]["idempotency_key"]
        ),
        (&json!("import_cluster"), &json!("clu_3"), &json!("k"))
    );
    let history = op(json!({"op": "history", "kind": "cluster", "id": "clu_3"}));
    assert_eq!(history["history"][0]["author"], json!({"by": "request", "seq": 1}));
    assert!(!format!("{log}{history}").contains("marker"));
    assert_eq!(
        op(json!({"op": "state"}))["clusters"],
        json!(["clu_1", "clu_2", "clu_3"])
    );
}
