//! An ordinary server: kept connections, drained bodies, many clients.

use std::net::IpAddr;

use akua_sim::{Contract, Fault, Kind, Op, Options, Simulator, Until};

use crate::raw_client::{RawClient, until};

#[test]
fn bodies_are_drained_on_every_path() {
    let simulator = Simulator::start(Options::clusters(1)).unwrap();
    let large = "x".repeat(1 << 20);
    let mut client = RawClient::dial(&simulator);
    assert_eq!(client.call("POST", "/nowhere", "", &large).0, 404);
    assert_eq!(client.call("PUT", "/v1/clusters", "", &large).0, 405);
    assert_eq!(client.call("POST", "/v1/clusters", "", &large).0, 400);
    assert_eq!(client.call("PATCH", "/v1/clusters/clu_1", "", &large).0, 400);
    assert_eq!(client.call("POST", "/control", "", &large).0, 401);
    simulator.inject(Fault::before(503)).unwrap();
    assert_eq!(
        client.call("PATCH", "/v1/clusters/clu_1", "if-match: 42\r\n", &large).0,
        503
    );
    let huge = "x".repeat((16 << 20) + 1);
    assert_eq!(
        client.call("PATCH", "/v1/clusters/clu_1", "if-match: 42\r\n", &huge).0,
        413
    );
    let mut stranger = RawClient::to(simulator.address(), "nobody");
    assert_eq!(
        stranger
            .call("PATCH", "/v1/clusters/clu_1", "if-match: 42\r\n", &large)
            .0,
        401
    );
    assert_eq!(stranger.call("GET", "/v1/clusters/clu_1", "", "").0, 401);
    let connections: Vec<u64> = simulator.log().iter().map(|entry| entry.connection).collect();
    assert_eq!(connections, [1, 1, 1, 1, 1, 1, 2, 2]);
}

#[test]
fn real_clients_are_lived_with() {
    let simulator = Simulator::start(Options::clusters(1)).unwrap();
    let mut client = RawClient::dial(&simulator);
    let traced = "if-match: 42\r\ntraceparent: 00-a-b-01\r\nb3: 0\r\ncontent-type: text/plain\r\n";
    assert_eq!(client.call("PATCH", "/v1/clusters/clu_1", traced, "null").0, 200);
    let token = simulator.token();
    client.write(&format!(
        "POST /v1/clusters/clu_1%3Asuspend HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {token}\r\n\r\n"
    ));
    assert_eq!(
        client.answer().0,
        400,
        "the colon is an action's, and if-match is missing"
    );
    let chunked = "if-match: 43\r\ntransfer-encoding: chunked\r\n";
    client.write(&format!(
        "PATCH /v1/clusters/clu_1 HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {token}\r\n{chunked}\r\nc\r\n{{\"name\":\"n\"}}\r\n0\r\n\r\n"
    ));
    assert_eq!(client.answer().0, 200);
    client.write(&format!(
        "GET http://akua/v1/clusters/clu_1 HTTP/1.1\r\nhost: akua\r\nauthorization: Bearer {token}\r\n\r\n"
    ));
    assert_eq!(client.answer().0, 200);
    client.write(&format!(
        "PATCH /v1/clusters/clu_1 HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {token}\r\nif-match: 44\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n"
    ));
    let (status, head, _) = client.answer();
    assert_eq!((status, head.as_str()), (100, "HTTP/1.1 100 Continue\r\n\r\n"));
    client.write("{}");
    assert_eq!(client.answer().0, 200);
}

#[test]
fn sixty_four_clients_change_one_cluster_one_after_the_other() {
    let simulator = Simulator::start(Options::clusters(1)).unwrap();
    let landed: usize = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..64)
            .map(|worker| {
                let mut client = RawClient::dial(&simulator);
                scope.spawn(move || {
                    let mut landed = 0;
                    for turn in 0..10 {
                        let (_, seen) = client.call("GET", "/v1/clusters/clu_1", "", "");
                        let etag = format!("if-match: {}\r\n", seen["etag"].as_str().unwrap());
                        let body = format!(r#"{{"name":"{worker} {turn}"}}"#);
                        let (status, answer) = client.call("PATCH", "/v1/clusters/clu_1", &etag, &body);
                        match status {
                            200 => {
                                assert_eq!(answer["name"], format!("{worker} {turn}"));
                                landed += 1;
                            }
                            other => assert_eq!(other, 409),
                        }
                    }
                    landed
                })
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).sum()
    });
    assert!(landed >= 10);
    assert_eq!(simulator.history(Kind::Cluster, "clu_1").unwrap().len(), landed + 1);
    let log = simulator.log();
    assert_eq!(
        (log.len(), log.iter().filter(|entry| entry.effect.is_applied()).count()),
        (1280, landed)
    );
}

#[test]
fn only_loopback_is_listened_on() {
    for host in ["0.0.0.0", "192.0.2.1", "::"] {
        let options = Options {
            host: host.parse::<IpAddr>().unwrap(),
            ..Options::default()
        };
        assert!(Simulator::start(options).unwrap_err().to_string().contains("loopback"));
    }
    let first = Simulator::start(Options::default()).unwrap();
    let taken = Options {
        port: first.address().port(),
        ..Options::default()
    };
    assert!(Simulator::start(taken).is_err());
}

#[test]
fn tokens_differ_from_run_to_run_unless_seeded() {
    let start = |seed| {
        Simulator::start(Options {
            seed,
            ..Options::default()
        })
        .unwrap()
    };
    let (one, other) = (start(None), start(None));
    assert_ne!(
        (one.token(), one.control_token()),
        (other.token(), other.control_token())
    );
    assert_eq!(start(Some(7)).token(), start(Some(7)).token());
    assert!(!format!("{one:?}").contains(one.token()));
}

#[test]
fn d_a_head_is_answered_with_a_head_alone() {
    let simulator = Simulator::start(Options::clusters(1)).unwrap();
    let mut client = RawClient::dial(&simulator);
    client.send("GET", "/v1/clusters/clu_1", "", "");
    let (_, _, body) = client.answer();
    client.send("HEAD", "/v1/clusters/clu_1", "connection: close\r\n", "");
    let (head, _) = client.rest();
    assert!(
        head.starts_with("HTTP/1.1 200 OK\r\n") && head.ends_with("\r\n\r\n"),
        "{head}"
    );
    assert!(head.contains(&format!("content-length: {}\r\n", body.len())), "{head}");
    let mut client = RawClient::dial(&simulator);
    client.send("PUT", "/v1/clusters/clu_1", "", "");
    let (status, head, _) = client.answer();
    assert!(
        status == 405 && head.contains("allow: GET, HEAD, PATCH, DELETE\r\n"),
        "{head}"
    );
    let mut client = RawClient::to(simulator.address(), simulator.control_token());
    client.send("GET", "/control", "", "");
    assert!(client.answer().1.contains("allow: POST\r\n"));
}

#[test]
fn a_wait_holds_up_nobody() {
    let contract = Contract {
        operation_looks: None,
        ..Contract::default()
    };
    let simulator = Simulator::start(Options {
        contract,
        ..Options::clusters(1)
    })
    .unwrap();
    let mut client = RawClient::dial(&simulator);
    let suspend = "/v1/clusters/clu_1%3Asuspend";
    assert_eq!(client.call("POST", suspend, "if-match: 42\r\n", "").0, 202);
    let mut waiting = RawClient::dial(&simulator);
    waiting.send("POST", "/v1/operations/op_1:wait?timeout=60", "", "");
    let mut gone = RawClient::dial(&simulator);
    gone.send("POST", "/v1/operations/op_1:wait", "", "");
    until("both wait", || simulator.log().len() == 3);
    drop(gone);
    let seen = client.call("GET", "/v1/operations/op_1", "", "");
    assert_eq!((seen.0, seen.1["done"].as_bool()), (200, Some(false)));
    assert_eq!(simulator.log()[1].status, None, "it still waits");
    let end = Op::AdvanceOperation {
        id: "op_1".into(),
        to: Until::End,
        ends: None,
    };
    simulator.control(end).unwrap();
    let (status, _, body) = waiting.answer();
    assert!(status == 200 && body.contains("SUCCEEDED"), "{body}");
    assert_eq!(
        simulator.log()[2].status,
        Some(200),
        "whoever went away is in the record"
    );
}
