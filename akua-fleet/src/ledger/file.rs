//! The file of a ledger: opened, put in order, held while it is written, and closed.
//!
//! It is put in order when a run begins and when it ends: what is in the write-ahead log is moved into the main file.
//! In between nothing is moved, by anybody: the log only grows, so whoever reads it sees one state of it, and a copy
//! of both files is one, too. The log and its index are never deleted here: somebody whose locks the system has
//! dropped may still have them open, and would take new ones for those.

use std::fs;
use std::io::{self, Read, Seek};
use std::path::Path;
use std::time::Duration;

use akua_http::Error;
use akua_model::edit::LaunchKind;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::locks::{self, Locks};
use super::mark::{self, Mark};
use super::place::Place;
use super::refusals::{busy, in_use, missing, refused, unwritable};
use super::tables::{self, Identity, prepare, random};
use crate::error::ledger_error;

/// How long to wait for somebody who only reads.
pub(super) const BUSY: Duration = Duration::from_secs(5);
/// How long to wait until nobody reads it, where it can be done without.
const ALONE: Duration = Duration::from_millis(200);

/// A ledger's file, and the locks on it. Nobody else carries out the plan in it for as long as this lives.
pub(super) struct Held {
    locks: Locks,
    pub(super) place: Place,
}

pub(super) struct Opened {
    pub(super) connection: Connection,
    pub(super) held: Held,
    pub(super) salt: String,
    pub(super) digest: Option<String>,
    pub(super) launch: Option<LaunchKind>,
}

pub(super) fn open(path: &Path, identity: &Identity) -> Result<Opened, Error> {
    let mut held = Held::take(path, identity.source.is_some())?;
    let path = held.place.path().to_owned();
    if !held.has_log()? {
        held.make(identity)?;
    }
    // First, as the main file alone is to be read: nobody moves the log into it now.
    held.step(held.locks.share(BUSY))?;
    let main = mark::check_there(&path)?;
    let opened = held.hold(|connection| {
        let own = mark::check_own(connection, &path, main.as_ref())?;
        Ok(own.and(tables::check_kind(connection, &path)?.map(|_| ())))
    });
    let connection = opened.map_err(|error| refused(&path, &error))??;
    let prepared = prepare(&connection, &path, identity)
        .map(|found| found.and_then(|found| held.begin_log(&connection).map(|()| found)));
    let known = prepared.map_err(|error| refused(&path, &error))??;
    Ok(Opened {
        connection,
        held,
        salt: known.salt,
        digest: known.digest,
        launch: known.launch,
    })
}

impl Held {
    /// Takes the file, made if it is missing and is to be.
    fn take(path: &Path, make: bool) -> Result<Self, Error> {
        Place::look(path)?;
        let there = fs::metadata(path).ok();
        if there.is_none() && !make {
            return Err(missing(path, "give the plan to make one"));
        }
        if there.is_some_and(|file| file.permissions().readonly()) {
            return Err(unwritable(path));
        }
        let file = locks::open(path, make).map_err(|error| match error.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => unwritable(path),
            _ => ledger_error(
                format!("{}: can't be made or opened: {error}", path.display()),
                "give a path in a folder that is there and can be written",
            ),
        })?;
        let place = Place::of(&file, path)?;
        let locks = Locks::of_runner(file, place.path()).map_err(|error| unlockable(path, &error))?;
        let held = Self {
            locks: locks.ok_or_else(|| in_use(path))?,
            place,
        };
        // What was locked is what lies there.
        held.place.check()?;
        Ok(held)
    }

    /// Whether it is a file of SQLite's that has a write-ahead log. No, if it is new, or was never made to its end.
    fn has_log(&self) -> Result<bool, Error> {
        let mut head = Vec::new();
        let mut file = self.locks.ledger();
        let read = file.take(20).read_to_end(&mut head).and_then(|_| file.rewind());
        read.map_err(|error| self.unlockable(&error))?;
        if head.is_empty() && mark::is_there(self.place.path()) {
            // SQLite would delete it, and somebody may miss it.
            let log = self.place.beside("-wal");
            return Err(ledger_error(
                format!("{}: is the log of a ledger that was moved or deleted", log.display()),
                format!(
                    "what a run did is in it: move `{}` back, or delete the log, too, to begin anew",
                    self.place.path().display()
                ),
            ));
        }
        // What was cut short in making it is rolled back by whoever has the file for himself.
        let journal = fs::metadata(self.place.beside("-journal"));
        let cut_short = journal.is_ok_and(|journal| journal.len() > 0);
        // What is no database is refused when it is read.
        Ok(!head.is_empty() && head.get(18) != Some(&1) && !cut_short)
    }

    /// Makes the tables and the log, while nobody else has the file open.
    fn make(&self, identity: &Identity) -> Result<(), Error> {
        let path = self.place.path();
        self.step(self.locks.alone(BUSY))?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let made = (|| {
            let connection = if locks::ON_DESCRIPTIONS {
                // Its own locks would meet ours, which keep everybody away.
                Connection::open_with_flags_and_vfs(path, flags, "unix-none")?
            } else {
                Connection::open_with_flags(path, flags)?
            };
            connection.busy_timeout(BUSY)?;
            connection.pragma_update(None, "locking_mode", "exclusive")?;
            connection.pragma_update(None, "synchronous", "full")?;
            tables::make(&connection, path, identity)
        })();
        made.map_err(|error| refused(path, &error))??;
        // So that it is still there after a power loss.
        #[cfg(unix)]
        if let Some(folder) = path.parent() {
            fs::File::open(folder)
                .and_then(|folder| folder.sync_all())
                .map_err(|error| self.unlockable(&error))?;
        }
        Ok(())
    }

    /// Holds the file so that no other SQLite, in this process or another, deletes the log or makes its index anew.
    /// `check` is called with the connection that writes before anything is written.
    fn hold(
        &mut self,
        check: impl FnOnce(&Connection) -> rusqlite::Result<Result<(), Error>>,
    ) -> rusqlite::Result<Result<Connection, Error>> {
        let joined = index(&self.place).and_then(|index| self.locks.join_index(index, BUSY));
        if let Err(error) = self.step(joined) {
            return Ok(Err(error));
        }
        let connection = connect(self.place.path())?;
        // As it is read, there is an index afterwards; from then on nobody makes another.
        Ok(check(&connection)?
            .and_then(|()| self.step(self.locks.keep_index(BUSY)))
            .map(|()| connection))
    }

    /// Puts it in order and begins a log that nobody moves.
    fn begin_log(&mut self, connection: &Connection) -> Result<(), Error> {
        let path = self.place.path();
        let begun = (|| {
            self.put_in_order(connection)?;
            if Mark::of_main_file(path)?.is_some_and(|main| main.needs_log()) {
                return Ok(Ok(()));
            }
            match random::<4>() {
                Ok(bits) if mark::set(connection, path, u32::from_ne_bytes(bits))? => Ok(Ok(())),
                Ok(_) => Ok(Err(busy(path))),
                Err(error) => Ok(Err(error)),
            }
        })();
        begun.map_err(|error| refused(path, &error))??;
        let synced = self.locks.ledger().sync_data();
        synced.map_err(|error| self.unlockable(&error))?;
        self.step(self.locks.keep_log(BUSY))?;
        let in_use = self.place.in_use();
        in_use.map_err(|error| self.unlockable(&error))?;
        self.place.check()
    }

    /// Moves what is in the log into the main file, if nobody reads it meanwhile. Whether all of it is there now.
    fn put_in_order(&self, connection: &Connection) -> rusqlite::Result<bool> {
        // Whoever comes now waits. Readers of other processes are seen by SQLite, those of this one are not.
        if !self.locks.hold_back().unwrap_or(false) {
            return Ok(false);
        }
        let moved = if self.place.is_open_elsewhere(OURS) {
            Ok(false)
        } else {
            move_log(connection)
        };
        let _ = self.locks.let_in();
        moved
    }

    /// Closes the file, and puts it in order if nobody else in this process has it open. Otherwise the log stays as it
    /// is, for the next who opens the ledger.
    pub(super) fn close(mut self, connection: Connection) {
        // With it goes what SQLite has kept open of others that were closed.
        drop(connection);
        if self.place.check().is_err() {
            // It is no longer ours to put in order.
            return;
        }
        self.locks.let_log_go();
        self.place.not_in_use();
        // What fails here is done when it is opened again.
        let _ = connect(self.place.path()).and_then(|connection| {
            Mark::read(&connection)?;
            if !self.put_in_order(&connection)?
                && Mark::of_main_file(self.place.path())?.is_some_and(|main| !main.needs_log())
            {
                // Some of it was moved, so it has to be said anew.
                let bits = random::<4>().unwrap_or_default();
                mark::set(&connection, self.place.path(), u32::from_ne_bytes(bits))?;
            }
            Ok(())
        });
    }

    fn step(&self, done: io::Result<bool>) -> Result<(), Error> {
        match done {
            Ok(true) => Ok(()),
            Ok(false) => Err(busy(self.place.path())),
            Err(error) => Err(self.unlockable(&error)),
        }
    }

    fn unlockable(&self, error: &io::Error) -> Error {
        unlockable(self.place.path(), error)
    }
}

/// How often we have the ledger open while it is put in order: for its locks, and by SQLite.
const OURS: usize = 2;

/// Moves the log into the main file. Whether all of it is there now.
fn move_log(connection: &Connection) -> rusqlite::Result<bool> {
    mark::clear(connection)?;
    connection.busy_timeout(ALONE)?;
    let moved = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
    connection.busy_timeout(BUSY)?;
    Ok(moved? == 0)
}

/// The connection that writes. It moves nothing into the main file.
fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.pragma_update(None, "synchronous", "normal")?;
    Ok(connection)
}

/// The index of the log, made as SQLite makes it: whoever may use the ledger may use it, too.
fn index(place: &Place) -> io::Result<fs::File> {
    let path = place.beside("-shm");
    let there = path.exists();
    let index = locks::open(&path, true)?;
    if !there {
        let ledger = fs::metadata(place.path())?;
        index.set_permissions(ledger.permissions())?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::{MetadataExt, fchown};
            if index.metadata()?.uid() != ledger.uid() {
                fchown(&index, Some(ledger.uid()), Some(ledger.gid()))?;
            }
        }
    }
    Ok(index)
}

fn unlockable(path: &Path, error: &io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => unwritable(path),
        io::ErrorKind::StorageFull => refused(path, &full()),
        _ => ledger_error(
            format!("{}: can't be locked: {error}", path.display()),
            "keep it on a disk of this machine",
        ),
    }
}

/// As SQLite says it.
fn full() -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_FULL), None)
}
