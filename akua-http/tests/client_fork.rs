//! `fork()` while a thread of the parent asks for a token: the child asks for its own and waits for nobody.
//!
//! A test binary of its own, because forking a process whose other tests hold locks proves nothing.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic)]

use std::os::unix::process::CommandExt;
use std::process::Command;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use akua_http::Client;
use akua_http::deadline::Deadline;
use akua_http::transport::scripted::ScriptedTransport;
use fork::{Fork, fork, waitpid_nohang};

const LONG: Duration = Duration::from_secs(20);

#[test]
fn a_child_does_not_wait_for_the_token_that_its_parent_asks_for() {
    let parent = std::process::id();
    let (asked, was_asked): (Sender<()>, Receiver<()>) = channel();
    let (answer, answers): (Sender<()>, Receiver<()>) = channel();
    let in_the_parent = Mutex::new((asked, answers));
    let callback = move || {
        if std::process::id() == parent {
            let (asked, answers) = &*in_the_parent.lock().unwrap();
            asked.send(())?;
            answers.recv()?;
        }
        Ok("token".to_owned())
    };
    let wire = Arc::new(ScriptedTransport::new());
    wire.answer(404, "");
    let client = Client::builder()
        .token_provider(callback)
        .transport(wire)
        .timeout(LONG)
        .build()
        .unwrap();
    let read = || client.clusters().get(&"clu_1".parse().unwrap()).unwrap_err().status();

    std::thread::scope(|scope| {
        let in_the_parent = scope.spawn(read);
        was_asked.recv().unwrap();
        let child = match fork().unwrap() {
            Fork::Parent(child) => child,
            // The child has this thread alone. It must not return into the test harness, nor wait in `exit` for a lock that
            // another thread has held.
            Fork::Child => {
                let told = if read() == Some(404) { "true" } else { "false" };
                panic!("{}", Command::new(told).exec());
            }
        };
        let patience = Deadline::after(LONG * 2);
        let status = loop {
            match waitpid_nohang(child).unwrap() {
                Some(status) => break Some(status),
                None if patience.has_passed() => break None,
                None => std::thread::sleep(Duration::from_millis(2)),
            }
        };
        answer.send(()).unwrap();
        assert_eq!(in_the_parent.join().unwrap(), Some(404));
        assert_eq!(status, Some(0), "the child had no token of its own");
    });
}
