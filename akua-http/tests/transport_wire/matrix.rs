//! Every way a server can answer or fail, for a read and for a write: what the transport says about it, and how many
//! requests the server really got.

use std::time::Duration;

use akua_http::transport::FailureKind::{AnswerTooLarge, CompressedAnswer, ConnectionLost, MalformedAnswer, Timeout};
use akua_http::transport::{Failure, FailureKind, HttpTransport, Sent, TransportConfig};
use akua_model::http::Response;

use crate::server::{LONG, Peer, Server, get, patch, send, timed};

/// How long a call may take that must end by its deadline.
const SHORT: Duration = Duration::from_millis(250);

#[derive(Debug, PartialEq)]
enum Outcome {
    /// A complete answer with this status and body.
    Answer(u16, &'static str),
    /// A failure of this kind, with the status of the answer if its head had arrived. The request counts as sent.
    Lost(FailureKind, Option<u16>),
}
use Outcome::{Answer, Lost};

struct Case {
    name: &'static str,
    /// What the server does once it has read a request. It closes the connection afterwards.
    then: fn(&mut Peer),
    outcome: Outcome,
}

const fn case(name: &'static str, then: fn(&mut Peer), outcome: Outcome) -> Case {
    Case { name, then, outcome }
}

fn cases() -> Vec<Case> {
    vec![
        case("closes without an answer", |_| {}, Lost(ConnectionLost, None)),
        case("resets without an answer", Peer::reset, Lost(ConnectionLost, None)),
        case(
            "closes its half and listens on",
            |peer| {
                peer.half_close();
                peer.until_closed();
            },
            Lost(ConnectionLost, None),
        ),
        case("never answers", Peer::until_closed, Lost(Timeout, None)),
        case(
            "stalls in the head",
            |peer| {
                peer.write(b"HTTP/1.1 200 OK\r\ncontent-len");
                peer.until_closed();
            },
            Lost(Timeout, None),
        ),
        case(
            "stalls in the body",
            |peer| {
                peer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf");
                peer.until_closed();
            },
            Lost(Timeout, Some(200)),
        ),
        case(
            "drips the head byte by byte",
            |peer| drip(peer, b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"),
            Lost(Timeout, None),
        ),
        case(
            "drips the body byte by byte",
            |peer| {
                peer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n");
                drip(peer, &[b'x'; 50]);
            },
            Lost(Timeout, Some(200)),
        ),
        case(
            "sends early hints for ever",
            |peer| while peer.write(b"HTTP/1.1 103 Early Hints\r\nlink: <x>\r\n\r\n") {},
            Lost(Timeout, None),
        ),
        case(
            "sends chunks for ever",
            |peer| {
                peer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
                while peer.write(b"5\r\nhello\r\n") {}
            },
            Lost(AnswerTooLarge, Some(200)),
        ),
        case(
            "sends bytes for ever",
            |peer| {
                peer.write(b"HTTP/1.1 200 OK\r\n\r\n");
                while peer.write(&[b'x'; 8192]) {}
            },
            Lost(AnswerTooLarge, Some(200)),
        ),
        case(
            "announces ten gigabytes",
            |peer| {
                peer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 10000000000\r\n\r\n");
                peer.until_closed();
            },
            Lost(AnswerTooLarge, Some(200)),
        ),
        case(
            "has a head without end",
            |peer| {
                peer.write(b"HTTP/1.1 200 OK\r\nx: ");
                while peer.write(&[b'x'; 8192]) {}
            },
            Lost(AnswerTooLarge, None),
        ),
        case(
            "has too many headers",
            |peer| {
                peer.write(b"HTTP/1.1 200 OK\r\n");
                peer.write("x: y\r\n".repeat(1000).as_bytes());
                peer.write(b"\r\n");
                peer.until_closed();
            },
            Lost(MalformedAnswer, None),
        ),
        case(
            "truncates the head",
            |peer| {
                peer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n");
            },
            Lost(ConnectionLost, None),
        ),
        case(
            "truncates the body",
            |peer| {
                peer.write(b"HTTP/1.1 409 Conflict\r\ncontent-length: 10\r\n\r\n{\"su");
            },
            Lost(ConnectionLost, Some(409)),
        ),
        case(
            "truncates a chunk",
            |peer| {
                peer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhel");
            },
            Lost(ConnectionLost, Some(200)),
        ),
        case(
            "resets in a body that ends with the connection",
            |peer| {
                peer.write(b"HTTP/1.1 200 OK\r\n\r\n{\"half\":");
                std::thread::sleep(Duration::from_millis(30));
                peer.reset();
            },
            Lost(ConnectionLost, Some(200)),
        ),
        case(
            "sends more than it announced",
            |peer| {
                peer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}{}{}");
                peer.until_closed();
            },
            Answer(200, "{}"),
        ),
        case(
            "has a length that is no number",
            |peer| {
                peer.write(b"HTTP/1.1 200 OK\r\ncontent-length: two\r\n\r\n{}");
                peer.until_closed();
            },
            Lost(MalformedAnswer, None),
        ),
        case(
            "has two lengths",
            |peer| {
                peer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}x");
                peer.until_closed();
            },
            Lost(MalformedAnswer, None),
        ),
        case(
            "chunks badly",
            |peer| {
                peer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n");
                peer.until_closed();
            },
            Lost(MalformedAnswer, Some(200)),
        ),
        case(
            "has a chunk of more bytes than it announced",
            |peer| {
                peer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n");
                peer.until_closed();
            },
            Lost(MalformedAnswer, Some(200)),
        ),
        case(
            "has a chunk beyond counting",
            |peer| {
                peer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}");
                peer.until_closed();
            },
            Lost(MalformedAnswer, Some(200)),
        ),
        case(
            "ends without the last chunk",
            |peer| {
                peer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n");
            },
            Lost(ConnectionLost, Some(200)),
        ),
        case(
            "resets in a body of known length",
            |peer| {
                peer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{\"half\":");
                std::thread::sleep(Duration::from_millis(30));
                peer.reset();
            },
            Lost(ConnectionLost, Some(200)),
        ),
        case(
            "continues and then says no more",
            |peer| {
                peer.write(b"HTTP/1.1 100 Continue\r\n\r\n");
                peer.until_closed();
            },
            Lost(Timeout, None),
        ),
        case(
            "continues and then closes",
            |peer| {
                peer.write(b"HTTP/1.1 100 Continue\r\n\r\n");
            },
            Lost(ConnectionLost, None),
        ),
        case(
            "answers what is no JSON",
            |peer| {
                peer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 5\r\n\r\n{\"a\":");
            },
            Answer(200, "{\"a\":"),
        ),
        case(
            "speaks TLS on a plain port",
            |peer| {
                peer.write(b"\x15\x03\x01\x00\x02\x02\x46");
                peer.until_closed();
            },
            Lost(MalformedAnswer, None),
        ),
        case(
            "chunks well",
            |peer| {
                peer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{\r\n1;x=y\r\n}\r\n0\r\n\r\n");
            },
            Answer(200, "{}"),
        ),
        case(
            "compresses",
            |peer| {
                peer.write(b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 3\r\n\r\n\x1f\x8b\x08");
                peer.until_closed();
            },
            Lost(CompressedAnswer, Some(200)),
        ),
        case(
            "compresses the transfer",
            |peer| {
                peer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n");
                peer.until_closed();
            },
            Lost(CompressedAnswer, Some(200)),
        ),
        case(
            "says that it does not compress",
            |peer| {
                peer.write(b"HTTP/1.1 200 OK\r\ncontent-encoding: identity\r\ncontent-length: 2\r\n\r\n{}");
            },
            Answer(200, "{}"),
        ),
        case(
            "speaks something else",
            |peer| {
                peer.write(b"SSH-2.0-OpenSSH_9.2\r\n");
                peer.until_closed();
            },
            Lost(MalformedAnswer, None),
        ),
        case(
            "has a status below 100",
            |peer| {
                peer.write(b"HTTP/1.1 000 What\r\ncontent-length: 0\r\n\r\n");
                peer.until_closed();
            },
            Lost(MalformedAnswer, None),
        ),
        case(
            "speaks HTTP/1.0",
            |peer| {
                peer.write(b"HTTP/1.0 200 OK\r\n\r\n{}");
            },
            Answer(200, "{}"),
        ),
        case(
            "answers HTML",
            |peer| {
                peer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 7\r\n\r\n<html/>");
            },
            Answer(200, "<html/>"),
        ),
        case(
            "continues first",
            |peer| {
                peer.write(b"HTTP/1.1 100 Continue\r\n\r\n");
                std::thread::sleep(Duration::from_millis(20));
                peer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
            },
            Answer(200, "{}"),
        ),
        case(
            "hints first",
            |peer| {
                peer.write(b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: <x>\r\n\r\n");
                peer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
            },
            Answer(200, "{}"),
        ),
        case(
            "switches protocols",
            |peer| {
                peer.write(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n");
            },
            Answer(101, ""),
        ),
        case(
            "has no content",
            |peer| {
                peer.write(b"HTTP/1.1 204 No Content\r\n\r\n");
            },
            Answer(204, ""),
        ),
        case("has nothing new", |peer| answer(peer, 304), Answer(304, "")),
        case("asks for time", |peer| answer(peer, 408), Answer(408, "{}")),
        case("conflicts", |peer| answer(peer, 409), Answer(409, "{}")),
        case("limits the rate", |peer| answer(peer, 429), Answer(429, "{}")),
        case("breaks", |peer| answer(peer, 500), Answer(500, "{}")),
        case("has a bad gateway", |peer| answer(peer, 502), Answer(502, "{}")),
        case("is unavailable", |peer| answer(peer, 503), Answer(503, "{}")),
        case("has a slow gateway", |peer| answer(peer, 504), Answer(504, "{}")),
        case("has a status of its own", |peer| answer(peer, 799), Answer(799, "{}")),
    ]
}

fn drip(peer: &mut Peer, bytes: &[u8]) {
    for byte in bytes {
        if !peer.write(&[*byte]) {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn answer(peer: &mut Peer, status: u16) {
    let head = format!("HTTP/1.1 {status} X\r\nretry-after: 3\r\ncontent-length: 2\r\n\r\n");
    peer.write(head.as_bytes());
    if status != 304 {
        peer.write(b"{}");
    }
}

fn limited(server: &Server) -> HttpTransport {
    let mut config = TransportConfig::new(server.url());
    config.max_response_bytes = 1024 * 1024;
    HttpTransport::new(&config).unwrap()
}

#[test]
fn what_is_said_of_an_answer_or_its_lack_agrees_with_what_the_server_got() {
    std::thread::scope(|scope| {
        for case in cases() {
            scope.spawn(move || {
                for request in [get(), patch()] {
                    let then = case.then;
                    let server = Server::start(move |peer| {
                        peer.request().unwrap();
                        then(peer);
                    });
                    let ends_by_deadline = matches!(case.outcome, Lost(Timeout, _));
                    let deadline = if ends_by_deadline { SHORT } else { LONG };
                    let (result, took) = timed(|| send(&limited(&server), &request, deadline));
                    let at = format!("{} {}", request.method().as_str(), case.name);
                    assert_eq!(outcome(&result), case.outcome, "{at}: {result:?}");
                    if ends_by_deadline {
                        assert!(took >= SHORT && took < LONG / 2, "{at}: took {took:?}");
                    } else {
                        assert!(took < LONG / 2, "{at}: took {took:?}");
                    }
                    server.wait_for_requests(1);
                    assert_eq!(server.requests().len(), 1, "{at}");
                    assert_eq!(server.connections(), 1, "{at}");
                }
            });
        }
    });
}

/// What came, in the table's terms. Every failure here is one after the request was sent.
fn outcome(result: &Result<Response, Failure>) -> Outcome {
    match result {
        Ok(response) => {
            let body = String::from_utf8(response.body.clone()).unwrap();
            Answer(response.status, Box::leak(body.into_boxed_str()))
        }
        Err(failure) => {
            assert_eq!(failure.sent(), Sent::Unknown, "{failure}");
            assert!(
                failure
                    .to_string()
                    .ends_with("(the server may have received the request)"),
                "{failure}"
            );
            Lost(failure.kind(), failure.answer().map(|answer| answer.status))
        }
    }
}

#[test]
fn no_redirect_is_followed_and_its_target_stays_alone() {
    for status in [301, 302, 303, 307, 308] {
        for request in [get(), patch()] {
            let target = Server::answering(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
            let location = format!("{}/v1/clusters/clu_1", target.url());
            let sent = location.clone();
            let server = Server::start(move |peer| {
                peer.request().unwrap();
                let head = format!("HTTP/1.1 {status} X\r\nlocation: {sent}\r\ncontent-length: 0\r\n\r\n");
                peer.write(head.as_bytes());
            });
            let answer = send(&limited(&server), &request, LONG).unwrap();
            assert_eq!(answer.status, status);
            assert_eq!(answer.header("location"), Some(location.as_str()));
            assert_eq!((server.requests().len(), target.connections()), (1, 0));
        }
    }
}

#[test]
fn every_kind_of_retry_after_arrives_as_it_was_sent() {
    for value in [
        "0",
        "3",
        "99999999999999999999",
        "-1",
        "1.5",
        "soon",
        "",
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
    ] {
        for status in [429, 503] {
            for request in [get(), patch()] {
                let server = Server::start(move |peer| {
                    peer.request().unwrap();
                    let head = format!("HTTP/1.1 {status} X\r\nRetry-After: {value}\r\ncontent-length: 0\r\n\r\n");
                    peer.write(head.as_bytes());
                });
                let answer = send(&limited(&server), &request, LONG).unwrap();
                assert_eq!((answer.status, answer.header("retry-after")), (status, Some(value)));
                // Waiting is not the transport's business, nor is sending again.
                assert_eq!(server.requests().len(), 1);
            }
        }
    }
}

#[test]
fn what_had_arrived_of_a_lost_answer_is_kept() {
    let server = Server::start(|peer| {
        peer.request().unwrap();
        peer.write(b"HTTP/1.1 409 Conflict\r\nx-request-id: r1\r\ncontent-length: 100\r\n\r\n{\"success\":false");
    });
    let failure = send(&limited(&server), &patch(), LONG).unwrap_err();
    let answer = failure.answer().unwrap();
    assert_eq!((answer.status, answer.request_id()), (409, Some("r1")));
    assert_eq!(answer.body, b"{\"success\":false");
    assert!(failure.to_string().contains("status 409"), "{failure}");
}

#[test]
fn an_answer_at_the_limit_is_read_and_one_byte_more_is_not() {
    for (bytes, announced) in [(1000, true), (1001, true), (1000, false), (1001, false)] {
        let server = Server::start(move |peer| {
            peer.request().unwrap();
            let length = if announced {
                format!("content-length: {bytes}\r\n")
            } else {
                String::new()
            };
            peer.write(format!("HTTP/1.1 200 OK\r\n{length}\r\n{}", "x".repeat(bytes)).as_bytes());
        });
        let mut config = TransportConfig::new(server.url());
        config.max_response_bytes = 1000;
        let result = send(&HttpTransport::new(&config).unwrap(), &get(), LONG);
        match result {
            Ok(answer) => assert_eq!((answer.body.len(), bytes), (1000, 1000)),
            Err(failure) => {
                assert_eq!((failure.kind(), bytes), (AnswerTooLarge, 1001));
                assert!(failure.to_string().contains("1000 bytes"), "{failure}");
                assert!(failure.answer().unwrap().body.is_empty());
            }
        }
    }
}
