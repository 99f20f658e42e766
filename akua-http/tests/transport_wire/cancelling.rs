//! A cancel from another thread ends a call wherever it waits, and says whether the request may have landed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use akua_http::cancel::Cancel;
use akua_http::deadline::Deadline;
use akua_http::transport::{BaseUrl, Call, FailureKind, HttpTransport, Sent, Transport, TransportConfig};

use crate::connecting::BlackHole;
use crate::server::{LONG, Server, patch, until};

/// Cancels a call that waits where `came` counts one more: how soon it ended after that, and what it said.
fn cancelled(config: &TransportConfig, came: &(dyn Fn() -> usize + Sync)) -> (Sent, Duration) {
    let transport = HttpTransport::new(config).unwrap();
    let request = patch();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let cancel = Cancel::with_check(move || {
        count.fetch_add(1, Ordering::AcqRel);
        false
    });
    let before = came();
    std::thread::scope(|scope| {
        let (other, asked) = (cancel.clone(), &asked);
        let canceller = scope.spawn(move || {
            until(|| came() > before);
            // Asked from then on, it waits there.
            let then = asked.load(Ordering::Acquire);
            until(|| asked.load(Ordering::Acquire) > then + 2);
            let at = Instant::now();
            other.cancel();
            at
        });
        let call = Call::new(&request, Deadline::after(2 * LONG)).with_cancel(&cancel);
        let failure = transport.send(&call).unwrap_err();
        let end = Instant::now();
        assert_eq!(failure.kind(), FailureKind::Cancelled, "{failure}");
        (failure.sent(), end - canceller.join().unwrap())
    })
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
        peer.falls_silent();
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
    // Nobody hears of who wants to connect there, which is the first that a call waits for.
    let tries = AtomicUsize::new(0);
    let connecting = || tries.fetch_add(1, Ordering::AcqRel);
    let (greeted, asked) = (|| deaf.bytes(), || silent.requests().len());
    let (told, dripped) = (|| stalled.silent(), || dripping.requests().len());
    type Came<'a> = &'a (dyn Fn() -> usize + Sync);
    let waits: [(&str, TransportConfig, Sent, Came<'_>); 5] = [
        ("connecting", hole.config(), Sent::NotSent, &connecting),
        ("shaking hands", no_tls, Sent::NotSent, &greeted),
        (
            "waiting for the answer",
            TransportConfig::new(silent.url()),
            Sent::Unknown,
            &asked,
        ),
        (
            "waiting for the rest",
            TransportConfig::new(stalled.url()),
            Sent::Unknown,
            &told,
        ),
        (
            "reading without end",
            TransportConfig::new(dripping.url()),
            Sent::Unknown,
            &dripped,
        ),
    ];
    for (name, config, sent, came) in waits {
        // The promise is 100 ms. A machine that has other things to do gets some tries to keep it.
        let mut tries = Vec::new();
        while tries.len() < 30 && tries.iter().all(|took| *took >= Duration::from_millis(100)) {
            let (said, took) = cancelled(&config, came);
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
