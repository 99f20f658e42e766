//! What the client keeps in memory: nothing of a call that has ended, and of an answer without end no more than the
//! limit.
//!
//! A test binary of its own, with one test, because it measures the whole process. `MEMORY_CALLS` sets how many calls
//! are made; 5,000 otherwise.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use akua_http::retry::{Instantly, RetryPolicy};
use akua_http::{Client, Effect, Error, ErrorKind};
use akua_model::{Cluster, ClusterId, ClusterPatch};

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

/// What memory may grow by, however many calls are made: the allocator is not exact.
const SLACK: usize = 512 * KIB;

/// The largest answer, as it is unless a client is told otherwise.
const LIMIT: usize = 4 * MIB;

/// How many calls are made, unless more are asked for.
const CALLS: usize = 5_000;

/// What a call would have to leave behind to be noticed among 5,000.
const LEAK: usize = 128;

/// Bytes of this process in memory, as `field` counts them: now (`VmRSS`), or the most there were (`VmHWM`).
fn resident(field: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap();
    let kib = line.trim_start_matches(':').trim().trim_end_matches(" kB");
    kib.parse::<usize>().unwrap() * KIB
}

/// Serves each connection with `serve`, on a thread of its own.
fn listen(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let serve = Arc::new(serve);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let serve = Arc::clone(&serve);
            std::thread::spawn(move || serve(stream.unwrap()));
        }
    });
    address
}

fn client(address: SocketAddr, limit: usize) -> Client {
    let never = RetryPolicy {
        attempts: 1,
        ..RetryPolicy::default()
    };
    let builder = Client::builder().base_url(format!("http://{address}")).token("t");
    let builder = builder.timeout(Duration::from_secs(120)).retry(never).pace(Instantly);
    builder.max_response_bytes(limit).build().unwrap()
}

fn cluster(name: &str, etag: u64) -> String {
    format!(
        r#"{{"id":"clu_1","name":"{name}","workspace_id":"ws_1","state":"active","provider":"managed_kaas",
            "reconciling":false,"created_at":1,"updated_at":2,"etag":"{etag}","unknown":["kept"]}}"#
    )
}

/// Answers reads, pages and writes; refuses every fifth request, and cuts every fiftieth connection.
fn converse(stream: TcpStream) {
    let mut from = BufReader::new(stream.try_clone().unwrap());
    let mut to = stream;
    let mut number = 0_u64;
    loop {
        let mut head = Vec::new();
        loop {
            let before = head.len();
            if from.read_until(b'\n', &mut head).unwrap_or(0) == 0 {
                return;
            }
            if head.len() - before == 2 {
                break;
            }
        }
        let head = String::from_utf8(head).unwrap();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
        from.read_exact(&mut body).unwrap();
        number += 1;
        let one = cluster("prod", number);
        let (status, body) = match head.split(' ').nth(1).unwrap() {
            _ if number.is_multiple_of(50) => return,
            _ if number.is_multiple_of(5) => (503, "<html>".to_owned()),
            path if path.starts_with("/v1/clusters?") || path == "/v1/clusters" => (
                200,
                format!(r#"{{"data":[{one}],"has_more":false,"next_cursor":null}}"#),
            ),
            _ => (200, one),
        };
        let answer = format!(
            "HTTP/1.1 {status} X\r\nx-request-id: r{number}\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        if to.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

/// Makes one call: a read, a list or a write, whatever comes of it.
fn call(client: &Client, number: usize) {
    let id: ClusterId = "clu_1".parse().unwrap();
    let patch = |name: &str| ClusterPatch::builder().name(name).build().unwrap();
    let clusters = client.clusters();
    match number % 4 {
        0 => drop(clusters.get(&id)),
        1 => drop(clusters.list().collect::<Vec<Result<Cluster, _>>>()),
        2 => drop(clusters.update(&id, &"42".parse().unwrap(), &patch(&format!("name-{number}")))),
        _ => drop(clusters.edit(&id, patch("prod"))),
    }
}

/// By how much memory grows over `calls` calls, each of which leaves `leak` bytes behind.
fn growth(client: &Client, calls: usize, leak: usize) -> usize {
    // The list of what is left behind is there before, so that only what is left counts.
    let mut left_behind: Vec<Box<[u8]>> = Vec::with_capacity(calls);
    let before = resident("VmRSS");
    for number in 0..calls {
        call(client, number);
        if leak > 0 {
            left_behind.push(vec![1; leak].into_boxed_slice());
        }
    }
    let after = resident("VmRSS");
    assert_eq!(left_behind.len(), if leak > 0 { calls } else { 0 });
    after.saturating_sub(before)
}

fn memory_stays_flat() {
    let calls: usize = std::env::var("MEMORY_CALLS").map_or(CALLS, |calls| calls.parse().unwrap());
    let client = client(listen(converse), LIMIT);
    // Until every buffer has been as large as it gets.
    growth(&client, 1_000, 0);
    let grown = growth(&client, calls, 0);
    assert!(grown < SLACK, "{calls} calls left {grown} bytes behind");
    // The same, had each call left a little behind: it would have been seen.
    let planted = growth(&client, CALLS, LEAK);
    assert!(
        planted > SLACK,
        "a leak of {LEAK} bytes a call grew memory by {planted} bytes only"
    );
    println!(
        "{calls} calls: {} KiB; with a leak of {LEAK} bytes a call: {} KiB",
        grown / KIB,
        planted / KIB
    );
}

/// Sends ten gigabytes after `head`, and counts them.
fn endless(head: &'static str) -> (SocketAddr, Arc<AtomicU64>) {
    let sent = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&sent);
    let address = listen(move |mut stream| {
        let mut request = [0; 4096];
        let _ = stream.read(&mut request);
        let _ = stream.write_all(head.as_bytes());
        // A chunk of its own, for the answers that have chunks.
        let mut piece = b"fff6\r\n".to_vec();
        piece.extend([b'x'; 0xfff6]);
        piece.extend(b"\r\n");
        while count.load(Ordering::Acquire) < 10_000_000_000 && stream.write_all(&piece).is_ok() {
            count.fetch_add(piece.len() as u64, Ordering::AcqRel);
        }
    });
    (address, sent)
}

fn an_answer_without_end_costs_no_more_than_the_limit() {
    for head in [
        "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 10000000000\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
        "HTTP/1.1 503 X\r\ntransfer-encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nx-endless: ",
    ] {
        // Once with little, so that what any call needs is there.
        write(&client(endless(head).0, KIB));
        let (address, sent) = endless(head);
        let client = client(address, LIMIT);
        // The most that was ever in memory counts from here.
        std::fs::write("/proc/self/clear_refs", "5").unwrap();
        let before = resident("VmHWM");
        let error = write(&client);
        let most = resident("VmHWM").saturating_sub(before);
        assert_eq!(error.effect(), Effect::Unknown, "{head:?}: {error}");
        let expected = if head.contains("503") {
            ErrorKind::Server
        } else {
            ErrorKind::UnexpectedAnswer
        };
        assert_eq!(error.kind(), expected, "{head:?}: {error}");
        assert!(most < LIMIT + 2 * MIB, "{head:?}: {most} bytes");
        let sent = sent.load(Ordering::Acquire);
        assert!(sent < 64 * MIB as u64, "{head:?}: {sent} bytes were taken");
        println!(
            "{head:?}: {} KiB in memory, {} KiB taken",
            most / KIB,
            sent / KIB as u64
        );
    }
}

fn write(client: &Client) -> Error {
    let patch = ClusterPatch::builder().name("x").build().unwrap();
    let (id, if_match) = ("clu_1".parse().unwrap(), "42".parse().unwrap());
    client.clusters().update(&id, &if_match, &patch).unwrap_err()
}

#[test]
fn a_call_leaves_nothing_behind_and_takes_no_more_than_it_may() {
    // In this order: a leak could hide in the room that a large answer leaves.
    memory_stays_flat();
    an_answer_without_end_costs_no_more_than_the_limit();
}
