//! Failures before a request can be handed to anybody: all of them prove that nothing was sent.

use std::io::Read;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::time::Duration;

use akua_http::cancel::Cancel;
use akua_http::deadline::Deadline;
use akua_http::transport::{BaseUrl, Call, FailureKind, HttpTransport, Sent, Transport, TransportConfig};

use crate::server::{LONG, Server, get, patch, send, timed, transport};

/// An address where nobody accepts: its queue is full, so that the kernel drops whoever comes.
pub(crate) struct BlackHole {
    pub(crate) address: SocketAddr,
    listener: socket2::Socket,
    _waiting: Vec<socket2::Socket>,
}

impl BlackHole {
    pub(crate) fn open() -> Self {
        let tcp = || socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
        let listener = tcp();
        listener.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
        listener.listen(0).unwrap();
        let address = listener.local_addr().unwrap();
        let mut waiting = Vec::new();
        loop {
            let socket = tcp();
            let connected = socket.connect_timeout(&address, Duration::from_millis(100));
            waiting.push(socket);
            assert!(waiting.len() < 100, "the queue never fills");
            if connected.is_err() {
                return Self {
                    address: address.as_socket().unwrap(),
                    listener,
                    _waiting: waiting,
                };
            }
        }
    }

    /// Lets everybody in at last, and counts what they had to say.
    fn bytes(&self) -> usize {
        self.listener.set_nonblocking(true).unwrap();
        let mut bytes = 0;
        while let Ok((guest, _)) = self.listener.accept() {
            guest.set_nonblocking(true).unwrap();
            let mut guest = std::net::TcpStream::from(guest);
            bytes += std::iter::from_fn(|| guest.read(&mut [0; 4096]).ok().filter(|&read| read > 0)).sum::<usize>();
        }
        bytes
    }

    pub(crate) fn config(&self) -> TransportConfig {
        TransportConfig::new(BaseUrl::parse(&format!("http://{}", self.address)).unwrap())
    }
}

#[test]
fn nobody_listens() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let transport = transport(BaseUrl::parse(&format!("http://{address}")).unwrap());
    for request in [get(), patch()] {
        let failure = send(&transport, &request, LONG).unwrap_err();
        assert_eq!(
            (failure.kind(), failure.sent()),
            (FailureKind::Connect, Sent::NotSent),
            "{failure}"
        );
        assert!(failure.to_string().contains(&address.to_string()), "{failure}");
        assert!(failure.to_string().ends_with("(nothing was sent)"), "{failure}");
    }
}

#[test]
fn a_black_hole_ends_at_the_connect_timeout_or_at_the_deadline_if_that_is_sooner() {
    let hole = BlackHole::open();
    for (connect, deadline, said) in [(150, 20_000, "connect timeout"), (20_000, 150, "deadline")] {
        for request in [get(), patch()] {
            let mut config = hole.config();
            config.connect_timeout = Duration::from_millis(connect);
            let transport = HttpTransport::new(&config).unwrap();
            let (result, took) = timed(|| send(&transport, &request, Duration::from_millis(deadline)));
            let failure = result.unwrap_err();
            assert_eq!(
                (failure.kind(), failure.sent()),
                (FailureKind::Timeout, Sent::NotSent),
                "{failure}"
            );
            assert!(failure.to_string().contains(said), "{failure}");
            assert!(
                took >= Duration::from_millis(150) && took < Duration::from_secs(10),
                "{took:?}"
            );
        }
    }
    assert_eq!(hole.bytes(), 0);
}

#[test]
fn a_name_without_an_address() {
    // The resolver refuses so long a label by itself: nothing leaves the machine.
    let name = format!("{}.invalid", "x".repeat(64));
    let url = BaseUrl::parse_allowing_plain_http(&format!("http://{name}")).unwrap();
    for request in [get(), patch()] {
        let failure = send(&transport(url.clone()), &request, LONG).unwrap_err();
        assert_eq!(
            (failure.kind(), failure.sent()),
            (FailureKind::NameResolution, Sent::NotSent),
            "{failure}"
        );
        assert!(failure.to_string().contains(&name), "{failure}");
    }
}

#[test]
fn a_call_that_is_over_before_it_begins_opens_nothing() {
    let server = Server::answering(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    let transport = transport(server.url());
    let request = patch();

    let failure = transport
        .send(&Call::new(&request, Deadline::after(Duration::ZERO)))
        .unwrap_err();
    assert_eq!((failure.kind(), failure.sent()), (FailureKind::Timeout, Sent::NotSent));

    let cancel = Cancel::new();
    cancel.cancel();
    let failure = transport
        .send(&Call::new(&request, Deadline::after(LONG)).with_cancel(&cancel))
        .unwrap_err();
    assert_eq!(
        (failure.kind(), failure.sent()),
        (FailureKind::Cancelled, Sent::NotSent)
    );
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_token_that_no_header_can_carry_is_refused_and_not_shown() {
    let server = Server::answering(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    let transport = transport(server.url());
    let request = get();
    let long = "x".repeat(100_000);
    for token in [
        "",
        "marker\n",
        "mar ker",
        "marker\r\nx-evil: 1",
        "märker",
        "marker\0",
        long.as_str(),
    ] {
        let call = Call::new(&request, Deadline::after(LONG)).with_token(token);
        let failure = transport.send(&call).unwrap_err();
        assert_eq!(
            (failure.kind(), failure.sent()),
            (FailureKind::InvalidRequest, Sent::NotSent),
            "{failure}"
        );
        let shown = format!("{failure} {failure:?} {call:?}");
        assert!(
            !shown.contains("mar") && !shown.contains("ker\"") && !shown.contains("xxx"),
            "{shown}"
        );
    }
    let call = Call::new(&request, Deadline::after(LONG)).with_traceparent("a\r\nb: c");
    assert_eq!(transport.send(&call).unwrap_err().kind(), FailureKind::InvalidRequest);
    assert_eq!(server.bytes(), 0);
}

#[test]
fn names_and_both_families_of_addresses_work() {
    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
    let server = Server::answering(answer);
    let by_name = BaseUrl::parse(&format!("http://localhost:{}", server.address().port())).unwrap();
    assert_eq!(send(&transport(by_name), &get(), LONG).unwrap().status, 200);
    let head = String::from_utf8(server.requests().remove(0)).unwrap();
    assert!(
        head.contains(&format!("host: localhost:{}\r\n", server.address().port())),
        "{head}"
    );

    if TcpListener::bind("[::1]:0").is_err() {
        eprintln!("this machine has no IPv6: not tried");
        return;
    }
    let server = Server::on(
        "[::1]:0",
        move |peer| while peer.request().is_some() && peer.write(answer) {},
    );
    assert!(matches!(server.address().ip(), IpAddr::V6(_)));
    assert_eq!(send(&transport(server.url()), &get(), LONG).unwrap().status, 200);
    let head = String::from_utf8(server.requests().remove(0)).unwrap();
    assert!(
        head.contains(&format!("host: [::1]:{}\r\n", server.address().port())),
        "{head}"
    );
}

#[test]
fn settings_that_cannot_be_used_are_refused_by_name() {
    let config = || TransportConfig::new(BaseUrl::default());
    for suffix in ["", " x", "a\r\nb", "é", &"x".repeat(201)] {
        let mut config = config();
        config.user_agent_suffix = Some(suffix.to_owned());
        let error = HttpTransport::new(&config).unwrap_err().to_string();
        assert!(error.starts_with("user agent suffix: "), "{error}");
    }
    for pem in [
        "",
        "nonsense",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        let mut config = config();
        config.extra_root_certificates.push(pem.into());
        let error = HttpTransport::new(&config).unwrap_err().to_string();
        assert!(error.starts_with("extra root certificates: "), "{error}");
    }
}
