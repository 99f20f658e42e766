//! The file of a ledger: made, locked, and looked at before it is trusted.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension};

use crate::error::Error;

/// The number by which SQLite files of this kind are known: `akfl`.
const APPLICATION: i64 = 0x616b_666c;
/// The version of the tables.
const VERSION: i64 = 1;

/// How long to wait for somebody who only reads.
const BUSY: Duration = Duration::from_secs(5);

const TABLES: &str = "
CREATE TABLE plan (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    kind TEXT NOT NULL,
    origin TEXT NOT NULL,
    context TEXT,
    source TEXT NOT NULL,
    salt TEXT NOT NULL,
    digest TEXT,
    runs INTEGER NOT NULL DEFAULT 0,
    canary_passed INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE item (
    item INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    patch TEXT,
    seen TEXT,
    state INTEGER NOT NULL DEFAULT 0,
    token TEXT,
    epochs INTEGER NOT NULL DEFAULT 0,
    ended INTEGER,
    changed_ms INTEGER,
    end TEXT
) STRICT;
";

/// How the source of a plan begins that asks a function.
pub(in crate::fleet) const FUNCTION: &str = "the function ";

/// What a ledger belongs to, beside the digest of what is in the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::fleet) struct Identity {
    pub(in crate::fleet) kind: &'static str,
    pub(in crate::fleet) origin: String,
    pub(in crate::fleet) context: Option<String>,
    /// What the plan is made of, with the name and version that the caller gave it; `None`: whatever the ledger has.
    pub(in crate::fleet) source: Option<String>,
}

pub(super) struct Opened {
    pub(super) lock: File,
    pub(super) connection: Connection,
    pub(super) salt: String,
    pub(super) digest: Option<String>,
}

pub(super) fn open(path: &Path, identity: &Identity) -> Result<Opened, Error> {
    let lock = lock(path)?;
    if identity.source.is_none() && !path.exists() {
        return Err(Error::ledger(
            format!("{}: there is no ledger", path.display()),
            "give the plan to make one",
        ));
    }
    if path.metadata().is_ok_and(|file| file.permissions().readonly()) {
        return Err(unwritable(path));
    }
    let opened = (|| {
        let connection = Connection::open_with_flags(
            path,
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )?;
        connection.busy_timeout(BUSY)?;
        prepare(&connection, path, identity).map(|found| found.map(|(salt, digest)| (connection, salt, digest)))
    })();
    let (connection, salt, digest) = opened.map_err(|error| refused(path, &error))??;
    Ok(Opened {
        lock,
        connection,
        salt,
        digest,
    })
}

/// The ledger to be read by anybody, also while a run is going on.
pub(in crate::fleet) fn read_only(path: &Path) -> Result<Connection, Error> {
    if !path.exists() {
        return Err(Error::ledger(format!("{}: there is no ledger", path.display()), ""));
    }
    let opened = (|| {
        let connection =
            Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection.busy_timeout(BUSY)?;
        check_kind(&connection, path).map(|checked| checked.map(|_| connection))
    })();
    opened.map_err(|error| refused(path, &error))?
}

/// One process at a time. The lock ends with the process, however it ends; the file stays.
fn lock(path: &Path) -> Result<File, Error> {
    let beside = beside(path)?;
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&beside)
        .map_err(|error| {
            let story = format!("{}: can't be made: {error}", beside.display());
            Error::ledger(story, "give a path in a folder that is there and can be written")
        })?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::ledger(
            format!("{}: is in use by another fleet or process", path.display()),
            "wait until that has ended; a report can be had meanwhile",
        )),
        Err(TryLockError::Error(error)) => Err(Error::ledger(
            format!("{}: can't be locked: {error}", beside.display()),
            "keep it on a disk of this machine",
        )),
    }
}

fn beside(path: &Path) -> Result<PathBuf, Error> {
    let name = path
        .file_name()
        .ok_or_else(|| Error::ledger(format!("{}: is no path of a file", path.display()), "name the file too"))?;
    let mut name = name.to_owned();
    name.push(".lock");
    Ok(path.with_file_name(name))
}

type Found = Result<(String, Option<String>), Error>;

/// Makes the tables or checks those that are there. The salt, and the digest if the plan is complete.
fn prepare(connection: &Connection, path: &Path, identity: &Identity) -> rusqlite::Result<Found> {
    match check_kind(connection, path)? {
        Err(error) => return Ok(Err(error)),
        Ok(true) => {}
        Ok(false) => {
            if identity.source.is_none() {
                let story = format!("{}: is an empty file", path.display());
                return Ok(Err(Error::ledger(story, "give the plan to make a ledger of it")));
            }
            make(connection)?;
        }
    }
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "normal")?;
    let sound: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if sound != "ok" {
        return Ok(Err(damaged(path)));
    }
    let known = connection
        .query_row(
            "SELECT kind, origin, context, source, salt, digest FROM plan",
            [],
            |row| {
                let known: (String, String, Option<String>, String) =
                    (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
                Ok((known, row.get::<_, String>(4)?, row.get::<_, Option<String>>(5)?))
            },
        )
        .optional()?;
    match known {
        Some((known, salt, digest)) => {
            if let Some(difference) = difference(&known, identity) {
                return Ok(Err(other_plan(path, &difference)));
            }
            if digest.is_none() {
                // Its making was cut short, and nothing of it can have been sent.
                connection.execute("DELETE FROM item", [])?;
            }
            Ok(Ok((salt, digest)))
        }
        None => {
            let mut bits = [0; 16];
            if let Err(error) = getrandom::getrandom(&mut bits) {
                return Ok(Err(Error::ledger(
                    format!("the system gave no random bits: {error}"),
                    "",
                )));
            }
            let salt = format!("{:032x}", u128::from_ne_bytes(bits));
            let source = identity.source.clone().unwrap_or_default();
            connection.execute(
                "INSERT INTO plan (only, kind, origin, context, source, salt) VALUES (1, ?1, ?2, ?3, ?4, ?5)",
                (identity.kind, &identity.origin, &identity.context, &source, &salt),
            )?;
            Ok(Ok((salt, None)))
        }
    }
}

/// Makes the tables, all or none.
fn make(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(&format!(
        "BEGIN IMMEDIATE; {TABLES} PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {VERSION}; COMMIT;"
    ))
}

/// Whether it is a ledger that this version can read; false for an empty file.
fn check_kind(connection: &Connection, path: &Path) -> rusqlite::Result<Result<bool, Error>> {
    let pragma = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let (application, version) = (pragma("application_id")?, pragma("user_version")?);
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if application == 0 && version == 0 && tables == 0 {
        return Ok(Ok(false));
    }
    Ok(if application != APPLICATION {
        let story = format!("{}: is a database, but no ledger of a fleet", path.display());
        Err(Error::ledger(story, "give another path"))
    } else if version > VERSION {
        let story = format!("{}: was written by a newer version of this library", path.display());
        let hint = format!("its tables have version {version}, this one knows {VERSION}: use the newer one");
        Err(Error::ledger(story, hint))
    } else {
        Ok(true)
    })
}

fn difference(known: &(String, String, Option<String>, String), identity: &Identity) -> Option<String> {
    let (kind, origin, context, source) = known;
    let none = "none".to_owned();
    let differs =
        |what: &str, theirs: &str, ours: &str| (theirs != ours).then(|| format!("{what} {theirs}, not {ours}"));
    if identity.source.is_none() && source.starts_with(FUNCTION) {
        return Some(format!("it was made of {source}, which has to be given again"));
    }
    differs("it is about the resource", kind, identity.kind)
        .or_else(|| differs("it is for the service", origin, &identity.origin))
        .or_else(|| {
            let (theirs, ours) = (context.as_ref(), identity.context.as_ref());
            differs(
                "its workspace context is",
                theirs.unwrap_or(&none),
                ours.unwrap_or(&none),
            )
        })
        .or_else(|| differs("it was made of", source, identity.source.as_ref()?))
}

/// The ledger is there and belongs to something else.
pub(in crate::fleet) fn other_plan(path: &Path, difference: &str) -> Error {
    Error::ledger(
        format!("{}: belongs to another plan: {difference}", path.display()),
        "give that plan to go on with it, or another path to begin anew",
    )
}

fn unwritable(path: &Path) -> Error {
    Error::ledger(
        format!("{}: is write-protected", path.display()),
        "allow writing to it, or copy it elsewhere",
    )
}

fn damaged(path: &Path) -> Error {
    Error::ledger(
        format!("{}: is damaged", path.display()),
        "what it says can't be trusted: take a copy from before, or begin anew after looking at each resource",
    )
}

/// What SQLite says, in words that name the file and the way out.
pub(in crate::fleet) fn refused(path: &Path, error: &rusqlite::Error) -> Error {
    let shown = path.display();
    let retry = "then go on with the same plan: nothing is sent before its token is on file";
    if matches!(
        error,
        rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::Utf8Error(..)
    ) {
        return damaged(path);
    }
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => Error::ledger(format!("{shown}: the disk is full"), format!("make room, {retry}")),
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => unwritable(path),
        Some(ErrorCode::DatabaseCorrupt) => damaged(path),
        Some(ErrorCode::NotADatabase) => Error::ledger(
            format!("{shown}: is no ledger, or is damaged at its very beginning"),
            "give another path",
        ),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Error::ledger(
            format!("{shown}: is locked by another program"),
            "close whatever has it open for writing",
        ),
        Some(ErrorCode::CannotOpen) => Error::ledger(
            format!("{shown}: can't be opened"),
            "give the path of a file in a folder that is there and can be written",
        ),
        Some(ErrorCode::SystemIoFailure) => Error::ledger(
            format!("{shown}: can't be written or read: {error}"),
            format!("see to the disk, {retry}"),
        ),
        _ => Error::ledger(format!("{shown}: {error}"), ""),
    }
}
