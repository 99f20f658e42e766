//! `fork()` with calls in flight: a child never uses its parent's connections, and never waits for a thread that it
//! does not have.
//!
//! A test binary of its own, because forking a process whose other tests hold locks proves nothing.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::{HashMap, HashSet};
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use akua_http::deadline::Deadline;
use akua_http::transport::{BaseUrl, Call, HttpTransport, Transport, TransportConfig};
use akua_model::{Cluster, request};
use fork::{Fork, fork, waitpid_nohang};

const CHILDREN: usize = 8;
const THREADS: usize = 8;
const CALLS: usize = 100;
const LONG: Duration = Duration::from_secs(20);

/// The longest a call of a child may take: it waits for nothing but its answer.
const CALL: Duration = Duration::from_secs(10);

/// Which processes have sent requests on each connection.
type Users = Arc<Mutex<HashMap<usize, HashSet<String>>>>;

/// Answers each request with its own path, a moment later, so that calls are in flight most of the time.
fn serve() -> (SocketAddr, Users) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let users = Users::default();
    let for_thread = Arc::clone(&users);
    std::thread::spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            let users = Arc::clone(&for_thread);
            std::thread::spawn(move || converse(stream.unwrap(), number, &users));
        }
    });
    (address, users)
}

fn converse(mut stream: TcpStream, connection: usize, users: &Users) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
    while let Some(Ok(line)) = lines.next() {
        let path = line.split(' ').nth(1).unwrap().to_owned();
        while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
        let process = path
            .trim_start_matches("/v1/clusters/")
            .split('_')
            .next()
            .unwrap()
            .to_owned();
        users.lock().unwrap().entry(connection).or_default().insert(process);
        std::thread::sleep(Duration::from_micros(300));
        let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{path}", path.len());
        if stream.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

/// Whether the answer to a call is its own.
fn calls(transport: &HttpTransport, thread: usize, call: usize) -> bool {
    let id = format!("{}_{thread}_{call}", std::process::id());
    let request = request::read::<Cluster>(&id.parse().unwrap(), None);
    let answer = transport.send(&Call::new(&request, Deadline::after(CALL)));
    answer.is_ok_and(|answer| answer.body == request.path().as_bytes())
}

fn fork_under_load(warm: bool) {
    let (address, users) = serve();
    let url = BaseUrl::parse(&format!("http://{address}")).unwrap();
    let transport = HttpTransport::new(&TransportConfig::new(url)).unwrap();
    let stop = AtomicBool::new(false);
    let (sound, made) = (AtomicUsize::new(0), AtomicUsize::new(0));
    if warm {
        assert!(calls(&transport, 99, 0));
    }
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (transport, stop, sound, made) = (&transport, &stop, &sound, &made);
            scope.spawn(move || {
                for call in 0.. {
                    if stop.load(Ordering::Acquire) {
                        return;
                    }
                    made.fetch_add(1, Ordering::AcqRel);
                    sound.fetch_add(usize::from(calls(transport, thread, call)), Ordering::AcqRel);
                }
            });
        }
        let mut children = Vec::new();
        for _ in 0..CHILDREN {
            match fork().unwrap() {
                Fork::Parent(child) => children.push(child),
                // The child has this thread alone. It must not return into the test harness, nor wait in `exit` for a lock
                // that another thread has held.
                Fork::Child => {
                    let sound = (0..CALLS).filter(|call| calls(&transport, 0, *call)).count();
                    panic!("{}", Command::new(if sound == CALLS { "true" } else { "false" }).exec());
                }
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let patience = Deadline::after(LONG);
        let mut failed = Vec::new();
        while !children.is_empty() && !patience.has_passed() {
            children.retain(|child| match waitpid_nohang(*child).unwrap() {
                None => true,
                Some(status) => {
                    failed.extend((status != 0).then_some(*child));
                    false
                }
            });
            std::thread::sleep(Duration::from_millis(5));
        }
        stop.store(true, Ordering::Release);
        assert!(children.is_empty(), "children {children:?} are stuck");
        assert!(
            failed.is_empty(),
            "children {failed:?} had answers that were not their own, or none"
        );
    });
    assert_eq!(
        sound.load(Ordering::Acquire),
        made.load(Ordering::Acquire),
        "the parent's own calls"
    );
    assert!(made.load(Ordering::Acquire) > CHILDREN, "the parent was idle");
    let users = users.lock().unwrap();
    assert!(
        users.values().all(|processes| processes.len() == 1),
        "a connection was shared: {users:?}"
    );
    let processes: HashSet<_> = users.values().flatten().collect();
    assert_eq!(processes.len(), CHILDREN + 1);
}

/// One test, because each forks the whole process.
#[test]
fn children_forked_under_load_have_connections_of_their_own() {
    fork_under_load(true);
    fork_under_load(false);
}
