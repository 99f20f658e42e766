//! A cancel from another thread ends a call wherever it waits, and says whether the request may have landed.

use std::time::Duration;

use akua_http::cancel::Cancel;
use akua_http::deadline::Deadline;
use akua_http::transport::{BaseUrl, Call, FailureKind, HttpTransport, Sent, Transport, TransportConfig};

use crate::connecting::BlackHole;
use crate::server::{LONG, Server, patch, timed};

/// Cancels a call after it has begun to wait: how soon it ended after that, and what it said.
fn cancelled(config: &TransportConfig) -> (Sent, Duration) {
    let transport = HttpTransport::new(config).unwrap();
    let request = patch();
    let cancel = Cancel::new();
    let before = Duration::from_millis(120);
    let (failure, took) = std::thread::scope(|scope| {
        let other = cancel.clone();
        scope.spawn(move || {
            std::thread::sleep(before);
            other.cancel();
        });
        let call = Call::new(&request, Deadline::after(LONG)).with_cancel(&cancel);
        timed(|| transport.send(&call).unwrap_err())
    });
    assert_eq!(failure.kind(), FailureKind::Cancelled, "{failure}");
    assert!(took >= before, "{took:?}");
    (failure.sent(), took - before)
}

#[test]
fn a_cancel_ends_every_wait_within_a_tenth_of_a_second() {
    let hole = BlackHole::open();
    let silent = Server::start(|peer| {
        peer.request();
        peer.until_closed();
    });
    let stalled = Server::start(|peer| {
        peer.request();
        peer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf");
        peer.until_closed();
    });
    let dripping = Server::start(|peer| {
        peer.request();
        while peer.write(b"HTTP/1.1 103 Early Hints\r\n\r\n") {
            std::thread::sleep(Duration::from_millis(1));
        }
    });
    let deaf = Server::start(|peer| peer.until_closed());
    let mut no_tls = TransportConfig::new(BaseUrl::parse(&format!("https://{}", deaf.address())).unwrap());
    no_tls.extra_root_certificates.push(crate::tls::Authority::new().pem());
    for (name, config, sent) in [
        ("connecting", hole.config(), Sent::NotSent),
        ("shaking hands", no_tls, Sent::NotSent),
        (
            "waiting for the answer",
            TransportConfig::new(silent.url()),
            Sent::Unknown,
        ),
        (
            "waiting for the rest",
            TransportConfig::new(stalled.url()),
            Sent::Unknown,
        ),
        (
            "reading without end",
            TransportConfig::new(dripping.url()),
            Sent::Unknown,
        ),
    ] {
        // The promise is 100 ms. A machine that has other things to do gets three tries to keep it.
        let mut tries = Vec::new();
        while tries.len() < 3 && tries.iter().all(|took| *took >= Duration::from_millis(100)) {
            let (said, took) = cancelled(&config);
            assert_eq!(said, sent, "{name}");
            tries.push(took);
        }
        assert!(
            tries.iter().any(|took| *took < Duration::from_millis(100)),
            "{name}: {tries:?}"
        );
    }
}

#[test]
fn a_check_is_asked_while_the_call_waits() {
    let server = Server::start(|peer| {
        peer.request();
        peer.until_closed();
    });
    let transport = HttpTransport::new(&TransportConfig::new(server.url())).unwrap();
    let asked = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let count = std::sync::Arc::clone(&asked);
    let cancel = Cancel::with_check(move || count.fetch_add(1, std::sync::atomic::Ordering::AcqRel) >= 6);
    let request = patch();
    let call = Call::new(&request, Deadline::after(LONG)).with_cancel(&cancel);
    let failure = transport.send(&call).unwrap_err();
    assert_eq!(
        (failure.kind(), failure.sent()),
        (FailureKind::Cancelled, Sent::Unknown),
        "{failure}"
    );
    assert_eq!(asked.load(std::sync::atomic::Ordering::Acquire), 7);
}
