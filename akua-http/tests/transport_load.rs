//! One transport under many threads, while connections die at random: no answer crosses to another call, no lock
//! stays, no file descriptor leaks, memory stays flat.
//!
//! A test binary of its own, because it counts what the whole process has open. `TRANSPORT_LOAD_CALLS` sets how many
//! calls are made in all; 10,000 otherwise.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use akua_http::deadline::Deadline;
use akua_http::transport::{BaseUrl, Call, FailureKind, HttpTransport, Sent, Transport, TransportConfig};
use akua_model::{Cluster, request};

const THREADS: usize = 64;
const LONG: Duration = Duration::from_secs(60);

/// Answers each request with its own path; resets the connection instead for one in forty, by the path's hash.
fn serve() -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let requests = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&requests);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let count = Arc::clone(&count);
            std::thread::spawn(move || converse(stream.unwrap(), &count));
        }
    });
    (address, requests)
}

fn converse(mut stream: TcpStream, requests: &AtomicUsize) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
    while let Some(Ok(line)) = lines.next() {
        let path = line.split(' ').nth(1).unwrap().to_owned();
        while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
        requests.fetch_add(1, Ordering::AcqRel);
        if dies(&path) {
            socket2::SockRef::from(&stream)
                .set_linger(Some(Duration::ZERO))
                .unwrap();
            return;
        }
        let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{path}", path.len());
        if stream.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

fn dies(path: &str) -> bool {
    let hash = path
        .bytes()
        .fold(17_u32, |hash, byte| hash.wrapping_mul(31).wrapping_add(u32::from(byte)));
    hash.is_multiple_of(40)
}

fn open_files() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

/// Kilobytes of this process in memory.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

fn run(transport: &HttpTransport, calls_each: usize, round: usize) {
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            scope.spawn(move || {
                for call in 0..calls_each {
                    let id = format!("clu_{round}_{thread}_{call}");
                    let request = request::read::<Cluster>(&id.parse().unwrap(), None);
                    match transport.send(&Call::new(&request, Deadline::after(LONG))) {
                        Ok(answer) => {
                            assert_eq!(answer.body, request.path().as_bytes(), "an answer crossed over");
                            assert!(!dies(request.path()));
                        }
                        Err(failure) => {
                            assert!(dies(request.path()), "{id}: {failure}");
                            assert_eq!(failure.kind(), FailureKind::ConnectionLost, "{failure}");
                            assert_eq!(failure.sent(), Sent::Unknown, "{failure}");
                        }
                    }
                }
            });
        }
    });
}

#[test]
fn many_threads_share_one_transport() {
    let calls: usize = std::env::var("TRANSPORT_LOAD_CALLS").map_or(10_000, |calls| calls.parse().unwrap());
    let calls_each = calls.div_ceil(THREADS * 2);
    let (address, requests) = serve();
    let files_before = open_files();
    let url = BaseUrl::parse(&format!("http://{address}")).unwrap();
    let transport = HttpTransport::new(&TransportConfig::new(url)).unwrap();
    run(&transport, calls_each, 0);
    let (files_half, memory_half) = (open_files(), resident());
    run(&transport, calls_each, 1);
    let (files_end, memory_end) = (open_files(), resident());

    assert_eq!(
        requests.load(Ordering::Acquire),
        calls_each * THREADS * 2,
        "each call is one request"
    );
    // Both ends of each pooled connection are in this process, and the server's twice.
    assert!(
        files_end <= files_before + 3 * 64 + 8,
        "{files_before}, {files_half}, {files_end} open files"
    );
    assert!(
        memory_end <= memory_half + 8 * 1024,
        "{memory_half} kB, then {memory_end} kB"
    );

    drop(transport);
    let patience = Deadline::after(LONG);
    while open_files() > files_before && !patience.has_passed() {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(open_files(), files_before, "left open");
}
