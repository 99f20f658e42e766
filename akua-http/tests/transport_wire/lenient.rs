//! What RFC 9110 and 9112 let a client read is read, in whatever pieces it comes, and what could be read in two ways is not.

use akua_http::transport::{FailureKind, HttpTransport, TransportConfig};

use crate::server::{LONG, Server, get, patch, send};

/// What a server says, and what comes of it: the body, and whether the connection is used again.
const READABLE: [(&str, &str, &str, bool); 21] = [
    (
        "folded",
        "HTTP/1.1 200 OK\r\nx-a: 1\r\n  2\r\n\t3\r\ncontent-length: 2\r\n\r\n{}",
        "{}",
        true,
    ),
    (
        "folded length",
        "HTTP/1.1 200 OK\r\ncontent-length:\r\n 2\r\n\r\n{}",
        "{}",
        true,
    ),
    (
        "folded into nothing",
        "HTTP/1.1 200 OK\r\nx-a:\r\n \r\ncontent-length: 2\r\n\r\n{}",
        "{}",
        true,
    ),
    (
        "folded coding",
        "HTTP/1.1 200 OK\r\ntransfer-encoding:\r\n\tchunked\r\n\r\n2\n{}\n0\n\n",
        "{}",
        false,
    ),
    (
        "LF in the head",
        "HTTP/1.1 200 OK\nx: y\ncontent-length: 2\n\n{}",
        "{}",
        true,
    ),
    (
        "LF and CR LF",
        "HTTP/1.1 200 OK\r\nx: y\ncontent-length: 2\n\r\n{}",
        "{}",
        true,
    ),
    (
        "LF in chunks",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\n{\n1\n}\n0\n\n",
        "{}",
        false,
    ),
    (
        "LF in all",
        "HTTP/1.1 200 OK\ntransfer-encoding: chunked\n\n2\n{}\n0\n\n",
        "{}",
        false,
    ),
    (
        "LF in the chunk's data",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\n{\n\n}\r\n0\r\n\r\n",
        "{\n\n}",
        true,
    ),
    (
        "extensions",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2 ;signature=\"as long as it likes\"\r\n{}\r\n0;x\r\n\r\n",
        "{}",
        true,
    ),
    (
        "trailers",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\ncontent-length: 9\r\nx: y\r\n\r\n",
        "{}",
        true,
    ),
    (
        "capitals",
        "HTTP/1.1 200 OK\r\nTRANSFER-ENCODING: Chunked\r\n\r\n2\n{}\n00\n\n",
        "{}",
        false,
    ),
    (
        "two alike",
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 2\r\n\r\n{}",
        "{}",
        true,
    ),
    (
        "two in one",
        "HTTP/1.1 200 OK\r\ncontent-length: 2, 2\r\n\r\n{}",
        "{}",
        true,
    ),
    ("no reason", "HTTP/1.1 200 \r\ncontent-length: 2\r\n\r\n{}", "{}", true),
    (
        "no blank either",
        "HTTP/1.1 200\r\ncontent-length: 2\r\n\r\n{}",
        "{}",
        true,
    ),
    (
        "HTTP/1.0",
        "HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\n{}",
        "{}",
        false,
    ),
    (
        "100 first",
        "HTTP/1.1 100 Continue\n\nHTTP/1.1 103 Early Hints\r\nlink: <x>\r\n ;a\r\n\r\nHTTP/1.1 200 OK\ncontent-length: 2\n\n{}",
        "{}",
        true,
    ),
    (
        "a hint about a body",
        "HTTP/1.1 103 Early Hints\r\ntransfer-encoding: chunked\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n1\n1\n",
        "1\n1\n",
        true,
    ),
    (
        "UTF-8 in a header",
        "HTTP/1.1 200 OK\r\nx: \u{e9}\r\ncontent-length: 2\r\n\r\n{}",
        "{}",
        true,
    ),
    (
        "blanks around",
        "HTTP/1.1 200 OK\r\ncontent-length:  2 \t\r\n\r\n{}",
        "{}",
        true,
    ),
];

#[test]
fn d_what_a_client_may_read_is_read_in_whatever_pieces_it_comes() {
    for (name, bytes, body, again) in READABLE {
        for piece in [1, 3, usize::MAX] {
            let server = Server::start(move |peer| {
                while peer.request().is_some()
                    && bytes
                        .as_bytes()
                        .chunks(piece.min(bytes.len()))
                        .all(|part| peer.write(part))
                {}
            });
            let transport = HttpTransport::new(&TransportConfig::new(server.url())).unwrap();
            for request in [get(), patch()] {
                let answer = send(&transport, &request, LONG).unwrap_or_else(|error| panic!("{name}: {error}"));
                assert_eq!(answer.status, 200, "{name}");
                assert_eq!(String::from_utf8_lossy(&answer.body), body, "{name}");
            }
            // In pieces, the end may come when nobody waits for it any more.
            if piece == usize::MAX {
                assert_eq!(server.connections(), if again { 1 } else { 2 }, "{name}");
            }
        }
    }
}

#[test]
fn d_what_could_be_read_in_two_ways_is_refused() {
    for bytes in [
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}x",
        "HTTP/1.1 200 OK\r\ncontent-length: 2, 3\r\n\r\n{}x",
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n 3\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\ncontent-length: +2\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\n content-length: 2\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\ncontent-length : 2\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}x\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n-2\n{}\n0\n\n",
    ] {
        let server = Server::answering(bytes.as_bytes());
        let transport = HttpTransport::new(&TransportConfig::new(server.url())).unwrap();
        let failure = send(&transport, &get(), LONG).expect_err(bytes);
        assert_eq!(failure.kind(), FailureKind::MalformedAnswer, "{bytes}: {failure}");
    }
}
