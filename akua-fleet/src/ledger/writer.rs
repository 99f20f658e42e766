//! The one thread that writes: it commits what everybody has asked for meanwhile in one transaction, and answers
//! nobody before that.

use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::thread::JoinHandle;

use akua_http::Error;
use rusqlite::Connection;

use super::file::Held;
use super::operation::{Done, Operation};
use super::refusals::refused;
use super::statements::Statements;
use crate::error::ledger_error;

/// The most that goes into one transaction.
const MOST: usize = 512;

type Answer = Result<Done, Error>;

struct Job {
    operation: Operation,
    reply: SyncSender<Answer>,
}

pub(super) struct Writer {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
    /// A forked child has a copy of this and no such thread.
    process: u32,
}

impl Writer {
    pub(super) fn start(connection: Connection, held: Held) -> Result<Self, Error> {
        let (jobs, waiting) = mpsc::channel();
        let (ready, readied) = mpsc::sync_channel(1);
        let thread = std::thread::Builder::new()
            .name("akua-fleet-ledger".to_owned())
            .spawn(move || {
                serve(&connection, &held, &waiting, &ready);
                held.close(connection);
            })
            .map_err(|error| ledger_error(format!("no thread can be had for the ledger: {error}"), ""))?;
        let writer = Self {
            jobs: Some(jobs),
            thread: Some(thread),
            process: std::process::id(),
        };
        match readied.recv() {
            Ok(Err(error)) => Err(error),
            _ => Ok(writer),
        }
    }

    /// Whether the thread is one of this process.
    pub(super) fn is_here(&self) -> bool {
        std::process::id() == self.process
    }

    /// Waits until it is done and committed. `None` if the writer has ended.
    pub(super) fn ask(&self, operation: Operation) -> Option<Answer> {
        let (reply, answered) = mpsc::sync_channel(1);
        self.jobs.as_ref()?.send(Job { operation, reply }).ok()?;
        answered.recv().ok()
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let thread = self.thread.take();
        if !self.is_here() {
            // It is the parent's, also its end of the channel: what a thread of it held is held for ever here.
            std::mem::forget((self.jobs.take(), thread));
            return;
        }
        // Without a sender its loop ends.
        self.jobs = None;
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

fn serve(connection: &Connection, held: &Held, jobs: &Receiver<Job>, ready: &SyncSender<Result<(), Error>>) {
    let place = &held.place;
    let mut statements = match Statements::new(connection) {
        Ok(statements) => statements,
        Err(error) => {
            let _ = ready.send(Err(refused(place.path(), &error)));
            return;
        }
    };
    let _ = ready.send(Ok(()));
    while let Ok(first) = jobs.recv() {
        let mut batch = vec![first];
        batch.extend(jobs.try_iter().take(MOST - 1));
        if let Err(error) = place.check() {
            // Nothing new is begun. How things ended is still written down: it is of use if the file was only moved.
            batch.retain(|job| {
                let ends = job.operation.only_ends();
                if !ends {
                    let _ = job.reply.send(Err(error.clone()));
                }
                ends
            });
        }
        let durable = batch.iter().any(|job| job.operation.comes_before_a_send());
        let (operations, replies): (Vec<_>, Vec<_>) = batch.into_iter().map(|job| (job.operation, job.reply)).unzip();
        let done = set_durable(connection, durable)
            .and_then(|()| transact(connection, &mut statements, operations))
            .map_err(|error| refused(place.path(), &error));
        // Looked at once more as the last thing before whoever asks may send.
        let done = done.and_then(|answers| {
            if durable {
                place.check().map(|()| answers)
            } else {
                Ok(answers)
            }
        });
        let answers = done.unwrap_or_else(|error| replies.iter().map(|_| Err(error.clone())).collect());
        for (reply, answer) in replies.into_iter().zip(answers) {
            // Whoever asked may have gone.
            let _ = reply.send(answer);
        }
    }
}

/// Whether the next commit is on the disk before it is answered, with all before it.
fn set_durable(connection: &Connection, durable: bool) -> rusqlite::Result<()> {
    connection.execute_batch(if durable {
        "PRAGMA synchronous = FULL"
    } else {
        "PRAGMA synchronous = NORMAL"
    })
}

/// All or nothing. The answers count only once this has succeeded.
fn transact(
    connection: &Connection,
    statements: &mut Statements<'_>,
    operations: Vec<Operation>,
) -> rusqlite::Result<Vec<Answer>> {
    let done = (|| {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        let answers: rusqlite::Result<Vec<Answer>> = operations
            .into_iter()
            .map(|operation| statements.execute(operation))
            .collect();
        let answers = answers?;
        connection.execute_batch("COMMIT")?;
        Ok(answers)
    })();
    statements.conclude(done.is_ok());
    if done.is_err() && !connection.is_autocommit() {
        // If even that fails, the next one begins with the same error.
        let _ = connection.execute_batch("ROLLBACK");
    }
    done
}
