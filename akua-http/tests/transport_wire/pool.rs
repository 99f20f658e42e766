//! Connections used again: only when that is safe, and never with a second try that nobody asked for.

use std::time::Duration;

use akua_http::deadline::Deadline;
use akua_http::transport::{Call, FailureKind, HttpTransport, Sent, Transport, TransportConfig};
use akua_model::{Cluster, ClusterPatch, Secret, request};

use crate::server::{LONG, Peer, Server, get, patch, send, timed, transport};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";

/// Gives the server's last bytes or its farewell the time to arrive: loopback needs none, but the other thread does.
fn settle() {
    std::thread::sleep(Duration::from_millis(150));
}

#[test]
fn one_connection_serves_many_calls() {
    let server = Server::answering(OK);
    let transport = transport(server.url());
    for _ in 0..5 {
        send(&transport, &get(), LONG).unwrap();
        send(&transport, &patch(), LONG).unwrap();
    }
    assert_eq!((server.connections(), server.requests().len()), (1, 10));
}

#[test]
fn a_request_travels_in_one_piece() {
    let server = Server::start(|peer| {
        // What one write sends over loopback, one read takes.
        let first = peer.read_some().unwrap();
        let whole = peer.request().unwrap();
        assert_eq!(first, whole.len());
        peer.write(OK);
    });
    send(&transport(server.url()), &patch(), LONG).unwrap();
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_connection_that_cannot_be_used_again_is_not() {
    type Then = fn(&mut Peer);
    let cases: [(&str, Then); 5] = [
        ("closed", |peer| {
            peer.write(OK);
        }),
        ("reset", |peer| {
            peer.write(OK);
            std::thread::sleep(Duration::from_millis(20));
            peer.reset();
        }),
        ("half closed", |peer| {
            peer.write(OK);
            peer.half_close();
            peer.until_closed();
        }),
        ("said to be closed", |peer| {
            peer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}");
            peer.until_closed();
        }),
        ("holding bytes that nobody asked for", |peer| {
            peer.write(OK);
            std::thread::sleep(Duration::from_millis(20));
            peer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\npoisoned");
            peer.until_closed();
        }),
    ];
    for (name, then) in cases {
        for request in [get(), patch()] {
            let server = Server::start(move |peer| {
                peer.request().unwrap();
                match peer.number {
                    0 => then(peer),
                    _ => {
                        peer.write(OK);
                    }
                }
            });
            let transport = transport(server.url());
            assert_eq!(send(&transport, &request, LONG).unwrap().body, b"{}", "{name}");
            settle();
            assert_eq!(send(&transport, &request, LONG).unwrap().body, b"{}", "{name}");
            assert_eq!((server.connections(), server.requests().len()), (2, 2), "{name}");
        }
    }
}

#[test]
fn a_pooled_connection_that_dies_under_a_request_is_no_reason_to_send_it_again() {
    for request in [get(), patch()] {
        let server = Server::start(|peer| {
            peer.request().unwrap();
            peer.write(OK);
            peer.request().unwrap();
            peer.reset();
        });
        let transport = transport(server.url());
        send(&transport, &request, LONG).unwrap();
        let failure = send(&transport, &request, LONG).unwrap_err();
        assert_eq!(
            (failure.kind(), failure.sent()),
            (FailureKind::ConnectionLost, Sent::Unknown),
            "{failure}"
        );
        settle();
        assert_eq!((server.connections(), server.requests().len()), (1, 2));
    }
}

#[test]
fn a_reset_at_the_door_is_noticed_before_or_after_the_request_and_said_so() {
    for round in 0..20 {
        let server = Server::start(move |peer| {
            peer.reset();
            if round % 2 == 0 {
                std::thread::sleep(Duration::from_millis(5));
            }
        });
        let request = if round % 4 < 2 { get() } else { patch() };
        let failure = send(&transport(server.url()), &request, LONG).unwrap_err();
        match failure.kind() {
            FailureKind::Connect => assert_eq!(failure.sent(), Sent::NotSent, "{failure}"),
            // Which of the two depends on who was faster.
            kind => assert_eq!(kind, FailureKind::ConnectionLost, "{failure}"),
        }
        assert_eq!(server.connections(), 1);
    }
}

#[test]
fn an_idle_connection_past_its_age_is_not_used_again() {
    let server = Server::answering(OK);
    let mut config = TransportConfig::new(server.url());
    config.max_idle_age = Duration::from_millis(20);
    let transport = HttpTransport::new(&config).unwrap();
    send(&transport, &get(), LONG).unwrap();
    settle();
    send(&transport, &get(), LONG).unwrap();
    assert_eq!((server.connections(), server.requests().len()), (2, 2));
}

#[test]
fn an_answer_that_comes_too_late_is_nobody_elses() {
    let server = Server::start(|peer| {
        peer.request().unwrap();
        if peer.number == 0 {
            std::thread::sleep(Duration::from_millis(200));
            peer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nlate");
        } else {
            peer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nown");
        }
        peer.until_closed();
    });
    let transport = transport(server.url());
    assert_eq!(
        send(&transport, &get(), Duration::from_millis(100)).unwrap_err().kind(),
        FailureKind::Timeout
    );
    assert_eq!(send(&transport, &get(), LONG).unwrap().body, b"own");
}

#[test]
fn silence_ends_at_the_read_timeout_though_the_deadline_is_far() {
    let server = Server::start(|peer| {
        peer.request().unwrap();
        peer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf");
        peer.until_closed();
    });
    let mut config = TransportConfig::new(server.url());
    config.read_timeout = Duration::from_millis(100);
    let failure = send(&HttpTransport::new(&config).unwrap(), &get(), LONG).unwrap_err();
    assert_eq!((failure.kind(), failure.sent()), (FailureKind::Timeout, Sent::Unknown));
    assert!(failure.to_string().contains("read timeout"), "{failure}");
}

pub(crate) fn with_kubeconfig(bytes: usize) -> akua_model::http::Request {
    let kubeconfig = Secret::from("k".repeat(bytes));
    let patch = ClusterPatch::builder().kubeconfig(kubeconfig).build().unwrap();
    request::update::<Cluster>(&"clu_1".parse().unwrap(), &"42".parse().unwrap(), &patch, None)
}

#[test]
fn large_bodies_arrive_whole() {
    for bytes in [15_000, 16 * 1024, 40_000, 3_000_000] {
        let server = Server::answering(OK);
        let request = with_kubeconfig(bytes);
        send(&transport(server.url()), &request, LONG).unwrap();
        let received = server.requests().remove(0);
        assert!(received.ends_with(request.body().unwrap()), "{bytes}");
    }
}

#[test]
fn an_answer_before_the_end_of_the_request_is_heard() {
    let server = Server::start(|peer| {
        peer.read_some();
        peer.write(b"HTTP/1.1 413 Content Too Large\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}");
        peer.half_close();
        // Takes the rest, as a server does that wants its answer to be read.
        peer.until_closed();
    });
    let answer = send(&transport(server.url()), &with_kubeconfig(3_000_000), LONG).unwrap();
    assert_eq!(answer.status, 413);
}

#[test]
fn an_answer_before_a_reset_in_the_middle_of_the_request_is_heard() {
    let server = Server::start(|peer| {
        peer.read_some();
        peer.write(b"HTTP/1.1 413 Content Too Large\r\ncontent-length: 2\r\n\r\n{}");
        // So that the answer is there before the reset is.
        std::thread::sleep(Duration::from_millis(50));
        peer.reset();
    });
    let transport = transport(server.url());
    let answer = send(&transport, &with_kubeconfig(12_000_000), LONG).unwrap();
    assert_eq!((answer.status, answer.body.as_slice()), (413, b"{}".as_slice()));
    // Nor is that connection used again.
    assert_eq!(
        send(&transport, &with_kubeconfig(12_000_000), LONG).unwrap().status,
        413
    );
    assert_eq!((server.connections(), server.requests().len()), (2, 0));
}

#[test]
fn headers_of_an_answer_are_kept_as_they_are() {
    let server = Server::answering(
        b"HTTP/1.1 429 X\r\nRetry-After: Wed, 21 Oct 2015 07:28:00 GMT\r\nX-Request-Id:  r1 \r\nset-cookie: a\r\n\
          set-cookie: b\r\nx: \xff\r\ncontent-length: 0\r\n\r\n",
    );
    let answer = send(&transport(server.url()), &get(), LONG).unwrap();
    assert_eq!(answer.header("retry-after"), Some("Wed, 21 Oct 2015 07:28:00 GMT"));
    assert_eq!(
        (answer.request_id(), answer.header("x")),
        (Some("r1"), Some("\u{fffd}"))
    );
    assert_eq!(
        answer.headers.iter().filter(|(name, _)| name == "set-cookie").count(),
        2
    );
}

#[test]
fn a_server_that_does_not_read_ends_at_the_deadline() {
    let server = Server::start(|peer| {
        peer.read_some();
        std::thread::sleep(Duration::from_secs(2));
    });
    let request = with_kubeconfig(12_000_000);
    let (result, took) = timed(|| send(&transport(server.url()), &request, Duration::from_millis(300)));
    let failure = result.unwrap_err();
    assert!(took < LONG / 2, "{took:?}");
    assert_eq!(
        (failure.kind(), failure.sent()),
        (FailureKind::Timeout, Sent::Unknown),
        "{failure}"
    );
}

#[test]
fn many_threads_get_their_own_answers() {
    const THREADS: usize = 16;
    const CALLS: usize = 60;
    let server = Server::start(|peer| {
        while let Some(request) = peer.request() {
            let path = String::from_utf8(request)
                .unwrap()
                .split(' ')
                .nth(1)
                .unwrap()
                .to_owned();
            // One in ten dies without an answer.
            if path.ends_with('7') {
                return peer.reset();
            }
            peer.write(format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{path}", path.len()).as_bytes());
        }
    });
    let transport = transport(server.url());
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let transport = &transport;
            scope.spawn(move || {
                for call in 0..CALLS {
                    let id = format!("clu_{thread}_{call}");
                    let request = request::read::<Cluster>(&id.parse().unwrap(), None);
                    match transport.send(&Call::new(&request, Deadline::after(LONG))) {
                        Ok(answer) => assert_eq!(answer.body, request.path().as_bytes()),
                        Err(failure) => {
                            assert!(id.ends_with('7'), "{id}: {failure}");
                            assert_eq!(failure.kind(), FailureKind::ConnectionLost, "{failure}");
                            assert_eq!(failure.sent(), Sent::Unknown, "{failure}");
                        }
                    }
                }
            });
        }
    });
    assert_eq!(server.requests().len(), THREADS * CALLS);
    let lost = THREADS * CALLS / 10;
    assert!(
        server.connections() <= THREADS + lost,
        "{} connections",
        server.connections()
    );
}
