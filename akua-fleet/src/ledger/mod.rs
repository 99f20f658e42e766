//! The ledger: a file that says of every item of a plan what happened to it.
//!
//! It knows nothing of the network and sends nothing. It keeps five promises, whoever asks and from wherever: a token
//! is on file before [`grant`](Ledger::grant) says yes; an item that may have been written is leased again only with
//! its latest token; under a lease that was given for settling no new write is granted; once a launch was accepted, no
//! write is granted for its item any more, under whatever lease; what comes under an older lease is refused.
//!
//! It is an SQLite file in write-ahead mode. What was committed survives the end of the process, however it ends, and
//! whoever else opens and closes the file. What something may be sent after is on the disk before it is answered; the
//! other commits are not, so after a power loss an item can be indeterminate again whose end was known.
//! `docs/ledger.md` says what else it withstands.
//! One writer thread commits what all workers have asked for meanwhile in one transaction.

mod file;
mod leases;
mod locks;
mod mark;
mod operation;
mod place;
mod reading;
mod refusals;
mod statements;
mod tables;
mod verdict;
mod writer;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use akua_http::{Effect, Error};
use akua_model::edit::{LaunchKind, SavedToken};

pub use self::operation::Begun;
pub(super) use self::operation::NewItem;
use self::operation::{Done, Operation};
pub(super) use self::reading::Reading;
pub(super) use self::refusals::{other_plan, other_table, refused};
pub(super) use self::statements::{counts, planned, state};
pub(super) use self::tables::{FUNCTION, Identity};
use self::writer::Writer;
use super::end::End;
use super::item::{Leased, State};
use crate::error::ledger_error;

/// The ledger of a plan, open for whoever carries it out.
///
/// It may be shared by threads, and is held by one process: a lock on the file itself says so, whatever it is called. A
/// process forked from that one can do nothing with it; should that one be killed, it keeps the lock for as long as it
/// lives.
pub struct Ledger {
    path: PathBuf,
    salt: String,
    digest: Option<String>,
    launch: Option<LaunchKind>,
    running: AtomicBool,
    writer: Writer,
}

impl Ledger {
    /// The ledger at `path`, made if there is none. A plan that was not written down to its end is forgotten.
    pub(super) fn open(path: &Path, identity: &Identity) -> Result<Self, Error> {
        let opened = file::open(path, identity)?;
        Ok(Self {
            path: opened.held.place.path().to_owned(),
            salt: opened.salt,
            digest: opened.digest,
            launch: opened.launch,
            running: AtomicBool::new(false),
            writer: Writer::start(opened.connection, opened.held)?,
        })
    }

    /// Where the file is: absolute, and without symbolic links.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// With what secrets are salted before they are hashed.
    pub(super) fn salt(&self) -> &str {
        &self.salt
    }

    /// The digest of the plan in it; `None` as long as it is not completely written down.
    pub(super) fn digest(&self) -> Option<&str> {
        self.digest.as_deref()
    }

    /// What the plan in it launches; `None` if it changes fields.
    pub(super) fn launch(&self) -> Option<LaunchKind> {
        self.launch
    }

    /// Writes items down that are to be changed. Whether one may come again that is there already is up to the plan.
    pub(super) fn add(&self, items: Vec<NewItem>, again: bool) -> Result<(), Error> {
        self.ask(Operation::Add { items, again }).map(|_| ())
    }

    /// The plan is written down to its end.
    pub(super) fn complete(&self, digest: String) -> Result<(), Error> {
        self.ask(Operation::Complete(digest)).map(|_| ())
    }

    /// Begins a run: takes every lease back, and makes ready what is open. How things stand then.
    ///
    /// # Errors
    ///
    /// [`Ledger`](akua_http::ErrorKind::Ledger) if it can't be written.
    pub fn begin(&self) -> Result<Begun, Error> {
        match self.ask(Operation::Begin)? {
            Done::Begun(begun) => Ok(begun),
            _ => Err(self.out_of_turn()),
        }
    }

    /// Up to `items` items to be worked on, each under a lease of its own: first those that are to be settled. Empty
    /// if none is ready: all are leased, or were tried in this run.
    ///
    /// # Errors
    ///
    /// [`Ledger`](akua_http::ErrorKind::Ledger) if it can't be written.
    pub fn lease(&self, items: usize) -> Result<Vec<Leased>, Error> {
        match self.ask(Operation::Lease(items))? {
            Done::Leased(leased) => Ok(leased),
            _ => Err(self.out_of_turn()),
        }
    }

    /// Whether the write that `token` settles may be sent: asked before the first byte of each version that a change
    /// is tried on, rebases included. From then on the item is indeterminate, and the token is on file. To ask again
    /// for the same is answered alike.
    ///
    /// The token of an operation says that the launch before it was accepted. It takes the place of that one in one step,
    /// and the item is started.
    ///
    /// No, if the lease is an old one, or was given to settle an earlier write, or the launch of the item was accepted
    /// already. Then nothing may be sent. Only an old lease keeps the token of an operation from being taken down.
    ///
    /// # Errors
    ///
    /// [`Ledger`](akua_http::ErrorKind::Ledger) if it can't be written, [`InvalidInput`](akua_http::ErrorKind::InvalidInput)
    /// if the token is about another resource or another kind of write, or that of an operation which the latest launch
    /// has not started. Then nothing may be sent either.
    pub fn grant(&self, item: u64, lease: u64, token: &SavedToken) -> Result<bool, Error> {
        self.ask_yes_or_no(match token {
            SavedToken::Wait(token) => Operation::Accept {
                item,
                lease,
                token: Box::new(token.clone()),
            },
            token => Operation::Grant {
                item,
                lease,
                token: Box::new(token.clone()),
            },
        })
    }

    /// Writes down how the work under a lease ended, and with it the lease ends. To say the same again is answered
    /// alike. No, if the lease is an old one: then the end counts for nothing, and whoever has the item now will find
    /// out what became of it.
    ///
    /// # Errors
    ///
    /// [`Ledger`](akua_http::ErrorKind::Ledger) if it can't be written; the item stays as it was.
    /// [`InvalidInput`](akua_http::ErrorKind::InvalidInput) if the item can't have ended so: applied or indeterminate,
    /// though no write was granted; with the token of another write than the latest; as if its launch had not been
    /// accepted, though it was; or as if it had been, though nobody has said so.
    pub fn record(&self, item: u64, lease: u64, end: &End) -> Result<bool, Error> {
        // The work is done, whatever becomes of the record.
        let effect = match end.state {
            State::Applied
            | State::Indeterminate
            | State::Started
            | State::Failed
            | State::Cancelled
            | State::LostTrack => Effect::Unknown,
            State::Pending | State::NotSent | State::Unchanged | State::Conflict | State::Rejected => {
                Effect::NotApplied
            }
        };
        self.ask_yes_or_no(Operation::Record {
            item,
            lease,
            end: Box::new(end.clone()),
        })
        .map_err(|error| error.with_effect(effect))
    }

    /// Takes the lease of an item back, from a worker that is thought dead, and makes it ready again. Whatever still
    /// comes from that worker is refused, but what it was granted may still land: the next one is told to settle it.
    /// No, if nobody has it.
    ///
    /// # Errors
    ///
    /// [`Ledger`](akua_http::ErrorKind::Ledger) if it can't be written; the lease stays.
    pub fn revoke(&self, item: u64) -> Result<bool, Error> {
        self.ask_yes_or_no(Operation::Revoke(item))
    }

    /// Keeps the version of an item that the caller has looked at, and the patch that a function gave for it. No, if it
    /// is not waiting.
    pub(super) fn keep_seen(&self, item: u64, seen: String, patch: Option<String>) -> Result<bool, Error> {
        self.ask_yes_or_no(Operation::Seen { item, seen, patch })
    }

    /// The canary was looked at, and found well: no later run waits for it.
    ///
    /// # Errors
    ///
    /// [`Ledger`](akua_http::ErrorKind::Ledger) if it can't be written.
    pub fn pass_canary(&self) -> Result<(), Error> {
        self.ask(Operation::PassCanary).map(|_| ())
    }

    /// Marks that a run is going on; no, if one is.
    pub(super) fn claim(&self) -> bool {
        !self.running.swap(true, Ordering::AcqRel)
    }

    pub(super) fn unclaim(&self) {
        self.running.store(false, Ordering::Release);
    }

    /// Whether this process opened it, and was not forked from the one that did.
    pub(super) fn is_here(&self) -> bool {
        self.writer.is_here()
    }

    pub(super) fn check_is_here(&self) -> Result<(), Error> {
        if self.is_here() {
            return Ok(());
        }
        Err(ledger_error(
            format!(
                "{}: is held by the process that this one was forked from",
                self.path.display()
            ),
            "open a ledger in the process that works with it",
        ))
    }

    fn ask_yes_or_no(&self, operation: Operation) -> Result<bool, Error> {
        match self.ask(operation)? {
            Done::Answer(answer) => Ok(answer),
            _ => Err(self.out_of_turn()),
        }
    }

    /// Asks the writer, and waits until it has committed.
    fn ask(&self, operation: Operation) -> Result<Done, Error> {
        self.check_is_here()?;
        self.writer.ask(operation).unwrap_or_else(|| Err(self.out_of_turn()))
    }

    /// The writer has ended, or has answered something else: neither can be while this lives.
    fn out_of_turn(&self) -> Error {
        ledger_error(
            format!("{}: its writer has ended", self.path.display()),
            "open it again",
        )
    }
}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ledger")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod creating;
#[cfg(test)]
mod launching;
#[cfg(all(test, target_os = "linux"))]
mod power;
#[cfg(test)]
mod tests;
#[cfg(all(test, any(target_os = "linux", target_os = "android")))]
mod withstands;
