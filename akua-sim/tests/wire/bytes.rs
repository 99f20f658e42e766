//! Faults that are exact to the byte.

use std::io::{ErrorKind, Read, Write};
use std::net::Shutdown;
use std::time::{Duration, Instant};

use akua_sim::{Body, Delivery, End, Fault, Hold, Kind, Matcher, Op, Options, Pace, Part, Progress, Simulator, Unread};

use crate::raw_client::{Ending, RawClient, until};

fn simulator() -> Simulator {
    Simulator::start(Options::clusters(2)).unwrap()
}

fn versions(simulator: &Simulator) -> usize {
    simulator.history(Kind::Cluster, "clu_1").unwrap().len()
}

#[test]
fn nothing_is_answered_and_the_record_knows_whether_it_landed() {
    for (end, ending) in [(End::Fin, Ending::Fin), (End::Reset, Ending::Reset)] {
        for (fault, landed) in [(Fault::lost_before(end), false), (Fault::lost_after(end), true)] {
            let simulator = simulator();
            simulator.inject(fault).unwrap();
            let mut client = RawClient::dial(&simulator);
            client.rename();
            assert_eq!(client.rest(), (String::new(), ending_of(end)));
            assert_eq!(versions(&simulator), if landed { 2 } else { 1 });
            let log = simulator.log();
            assert_eq!((log.len(), log[0].effect.is_applied()), (1, landed));
            assert_eq!(log[0].delivery, Some(Delivery::lost(end)));
        }
        assert_eq!(ending, ending_of(end));
    }
}

fn ending_of(end: End) -> Ending {
    match end {
        End::Reset => Ending::Reset,
        _ => Ending::Fin,
    }
}

#[test]
fn an_answer_ends_where_it_is_told_to() {
    let simulator = simulator();
    let mut client = RawClient::dial(&simulator);
    client.send("GET", "/v1/clusters/clu_1", "", "");
    let (_, _, body) = client.answer();
    for (part, kept) in [
        (Part::Head, 0),
        (Part::Body(1), 1),
        (Part::Body(20), 20),
        (Part::Body(9_999), body.len()),
    ] {
        for end in [End::Fin, End::Reset] {
            simulator.inject(Fault::cut(part, end)).unwrap();
            let mut client = RawClient::dial(&simulator);
            client.send("GET", "/v1/clusters/clu_1", "", "");
            let (text, ending) = client.rest();
            let (head, rest) = text.split_once("\r\n\r\n").unwrap();
            assert!(head.contains(&format!("content-length: {}", body.len())), "{head}");
            assert_eq!((rest, ending), (&body[..kept], ending_of(end)));
        }
    }
    simulator.inject(Fault::cut(Part::Bytes(12), End::Fin)).unwrap();
    let mut client = RawClient::dial(&simulator);
    client.send("GET", "/v1/clusters/clu_1", "", "");
    assert_eq!(client.rest().0, "HTTP/1.1 200");
}

#[test]
fn a_connection_is_reset_before_anything_is_read() {
    let simulator = simulator();
    simulator.inject(Fault::unread(Unread::Connection)).unwrap();
    let mut client = RawClient::dial(&simulator);
    assert_eq!(client.rest(), (String::new(), Ending::Reset));

    // A kept connection dies with its second request.
    let mut client = RawClient::dial(&simulator);
    assert_eq!(client.call("GET", "/v1/clusters/clu_1", "", "").0, 200);
    simulator.inject(Fault::unread(Unread::Request)).unwrap();
    client.rename();
    assert_eq!(client.rest(), (String::new(), Ending::Reset));
    assert_eq!(versions(&simulator), 1);
    let progress: Vec<Progress> = simulator.log().iter().map(|entry| entry.progress).collect();
    assert_eq!(progress, [Progress::Unread, Progress::Done, Progress::Unread]);
}

#[test]
fn a_request_is_reset_when_its_head_was_read() {
    let simulator = simulator();
    simulator
        .inject(Fault::unread(Unread::Body).on(Matcher::method("PATCH")))
        .unwrap();
    let mut client = RawClient::dial(&simulator);
    assert_eq!(client.call("GET", "/v1/clusters/clu_1", "", "").0, 200);
    client.rename();
    assert_eq!(client.rest(), (String::new(), Ending::Reset));
    let log = simulator.log();
    assert_eq!(
        (log[1].progress, log[1].method.as_str(), log[1].if_match.as_deref()),
        (Progress::Unread, "PATCH", Some("42"))
    );
    assert_eq!(versions(&simulator), 1);
}

#[test]
fn a_stalled_answer_stays_silent_until_the_simulator_stops() {
    let simulator = simulator();
    simulator.inject(Fault::lost_after(End::Stall)).unwrap();
    simulator.inject(Fault::cut(Part::Head, End::Stall)).unwrap();
    simulator.inject(Fault::held(Hold::UntilReleased)).unwrap();
    let mut clients: Vec<RawClient> = (0..3).map(|_| RawClient::dial(&simulator)).collect();
    clients[0].rename();
    until("the write lands", || versions(&simulator) == 2);
    clients[1].send("GET", "/v1/clusters/clu_1", "", "");
    until("the second is answered", || {
        simulator
            .log()
            .get(1)
            .is_some_and(|entry| entry.progress == Progress::Done)
    });
    clients[2].send("GET", "/v1/clusters/clu_1", "", "");
    until("the third is held", || simulator.log().get(2).is_some());
    clients[0].stream.set_nonblocking(true).unwrap();
    assert_eq!(
        clients[0].stream.peek(&mut [0]).unwrap_err().kind(),
        ErrorKind::WouldBlock
    );
    clients[0].stream.set_nonblocking(false).unwrap();
    let started = Instant::now();
    drop(simulator);
    assert!(started.elapsed() < Duration::from_secs(2));
    assert_eq!(clients[0].rest().0, "");
    assert!(clients[1].rest().0.ends_with("\r\n\r\n"));
    assert_eq!(clients[2].rest().0, "");
}

#[test]
fn a_held_write_lands_after_its_client_has_gone() {
    let simulator = simulator();
    simulator.inject(Fault::held(Hold::UntilReleased)).unwrap();
    let mut client = RawClient::dial(&simulator);
    client.rename();
    until("it is held", || {
        simulator
            .log()
            .first()
            .is_some_and(|entry| entry.progress == Progress::Held)
    });
    drop(client);
    assert_eq!(versions(&simulator), 1);
    assert_eq!(simulator.release(), 1);
    assert_eq!(versions(&simulator), 2);
}

#[test]
fn a_held_write_is_answered_when_its_time_comes() {
    let simulator = simulator();
    simulator.inject(Fault::held(Hold::Ms(60))).unwrap();
    simulator.inject(Fault::held(Hold::UntilReleased)).unwrap();
    let mut first = RawClient::dial(&simulator);
    let started = Instant::now();
    first.rename();
    assert_eq!(first.answer().0, 200);
    // The world counts whole milliseconds.
    assert!(started.elapsed() >= Duration::from_millis(59));
    let log = simulator.log();
    assert_eq!(log[0].done_ms.unwrap() - log[0].at_ms, 60);

    let mut second = RawClient::dial(&simulator);
    second.rename();
    until("it is held", || simulator.log().len() == 2);
    simulator.control(Op::Release {}).unwrap();
    assert_eq!(second.answer().0, 409);
    // The connection is as good as before.
    assert_eq!(second.call("GET", "/v1/clusters/clu_1", "", "").0, 200);
}

#[test]
fn a_reset_simulator_lets_go_of_held_requests() {
    let simulator = simulator();
    simulator.inject(Fault::held(Hold::UntilReleased)).unwrap();
    let mut client = RawClient::dial(&simulator);
    client.rename();
    until("it is held", || !simulator.log().is_empty());
    simulator.control(Op::Reset {}).unwrap();
    assert_eq!(client.rest(), (String::new(), Ending::Reset));
    assert_eq!(versions(&simulator), 1);
}

#[test]
fn an_answer_can_be_late_or_slow() {
    let simulator = simulator();
    simulator.inject(Fault::late(50)).unwrap();
    let mut client = RawClient::dial(&simulator);
    let started = Instant::now();
    assert_eq!(client.call("GET", "/v1/clusters/clu_1", "", "").0, 200);
    assert!(started.elapsed() >= Duration::from_millis(50));

    let pace = Some(Pace { bytes: 40, every_ms: 5 });
    simulator
        .inject(Fault {
            delivery: Delivery {
                pace,
                ..Delivery::whole()
            },
            ..Fault::default()
        })
        .unwrap();
    let started = Instant::now();
    client.send("GET", "/v1/clusters/clu_1", "", "");
    let (text, ending) = client.rest();
    assert!(started.elapsed() >= Duration::from_millis(5 * (text.len() as u64 / 40)));
    assert!(text.ends_with('}') && text.contains("connection: close") && ending == Ending::Fin);
}

#[test]
fn an_answer_can_be_endless() {
    let simulator = simulator();
    simulator
        .inject(Fault::cut(Part::Endless, End::Fin).body(Body::Text("0123456789".repeat(100))))
        .unwrap();
    let mut client = RawClient::dial(&simulator);
    client.send("GET", "/v1/clusters/clu_1", "", "");
    let mut bytes = vec![0; 1 << 20];
    client.stream.read_exact(&mut bytes).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    assert!(!text.contains("content-length") && text.ends_with(|last: char| last.is_ascii_digit()));
    // Others are served meanwhile.
    assert_eq!(
        RawClient::dial(&simulator).call("GET", "/v1/clusters/clu_2", "", "").0,
        200
    );
}

#[test]
fn an_answer_can_be_any_bytes() {
    let simulator = simulator();
    let raw = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n";
    let mut fault = Fault::default();
    fault.answer.raw = Some(raw.to_owned());
    simulator.inject(fault).unwrap();
    let mut client = RawClient::dial(&simulator);
    client.rename();
    assert_eq!(client.rest(), (raw.to_owned(), Ending::Fin));
    assert_eq!(versions(&simulator), 2);

    simulator
        .inject(Fault::default().header("content-length", "5"))
        .unwrap();
    let mut client = RawClient::dial(&simulator);
    client.send("GET", "/v1/clusters/clu_1", "", "");
    let (text, _) = client.rest();
    assert!(text.contains("content-length: 5\r\n") && text.ends_with('}'));
}

#[test]
fn a_request_that_breaks_off_is_recorded_and_not_carried_out() {
    let simulator = simulator();
    let mut client = RawClient::dial(&simulator);
    let request = client.request("PATCH", "/v1/clusters/clu_1", "if-match: 42\r\n", r#"{"name":"n"}"#);
    client
        .stream
        .write_all(&request.as_bytes()[..request.len() - 1])
        .unwrap();
    client.stream.shutdown(Shutdown::Both).unwrap();
    until("it is recorded", || {
        simulator
            .log()
            .first()
            .is_some_and(|entry| entry.progress == Progress::Incomplete)
    });
    assert_eq!(versions(&simulator), 1);
}

#[test]
fn any_status_arrives_on_a_kept_connection() {
    let simulator = simulator();
    let mut client = RawClient::dial(&simulator);
    for status in [
        200, 202, 204, 301, 302, 304, 307, 308, 400, 408, 428, 429, 431, 500, 502, 503, 504, 999,
    ] {
        simulator
            .inject(Fault::before(status).header("retry-after", "soon"))
            .unwrap();
        client.send("GET", "/v1/clusters/clu_1", "", "");
        let (arrived, head, _) = client.answer();
        assert_eq!((arrived, head.contains("retry-after: soon\r\n")), (status, true));
    }
    assert!(simulator.log().iter().all(|entry| entry.connection == 1));
}
