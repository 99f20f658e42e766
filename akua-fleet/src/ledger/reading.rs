//! A ledger that is only looked at, by anybody and also while a run is going on. That needs no right to write.

use std::fs::{self, File};
use std::io;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use akua_http::Error;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::file::BUSY;
use super::locks;
use super::mark;
use super::place::{Place, beside};
use super::refusals::{busy, missing, refused, unreadable};
use super::tables::{check_kind, random};
use crate::error::ledger_error;

/// A ledger to be read.
pub(crate) struct Reading {
    connection: Connection,
    /// So that nobody deletes the log meanwhile; let go last, as the system drops SQLite's locks with it.
    _still: File,
    /// Where it could not be read in its place.
    _copy: Option<Copy>,
}

impl Deref for Reading {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

impl Reading {
    /// The ledger at `path`.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        Place::look(path)?;
        let given = path;
        let path = &fs::canonicalize(path).map_err(|_| missing(given, ""))?;
        let file = File::open(path).map_err(|error| unreadable(path, &error))?;
        let length = file.metadata().map_err(|error| unreadable(path, &error))?.len();
        if length == 0 {
            return Err(unfinished(path));
        }
        // The main file is to be read without its log. Whoever closes it last would move that just now.
        let still = match locks::reader(file) {
            Ok(Some(still)) => still,
            Ok(None) => return Err(busy(path)),
            Err(error) => return Err(unreadable(path, &error)),
        };
        mark::check_there(path)?;
        let opened = match in_place(path) {
            Err(error) if is_forbidden(&error) => aside(path, still),
            Err(error) => Err(refused(path, &error)),
            Ok(connection) => Ok(Self {
                connection,
                _still: still,
                _copy: None,
            }),
        };
        let reading = opened?;
        let checked = check_kind(&reading, path).map_err(|error| refused(path, &error))?;
        let complete = "SELECT count(*) FROM plan WHERE digest IS NOT NULL";
        let complete = match checked? {
            Some(_) => reading.query_row(complete, [], |row| row.get::<_, i64>(0)),
            None => Ok(0),
        };
        if complete.map_err(|error| refused(path, &error))? == 0 {
            return Err(unfinished(path));
        }
        Ok(reading)
    }
}

/// As everybody reads it.
fn in_place(path: &Path) -> rusqlite::Result<Connection> {
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY)?;
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    Ok(connection)
}

/// Whether it is a matter of rights: to read in its place, SQLite needs an index of the log beside it.
fn is_forbidden(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied)
    )
}

/// Where nothing can be made beside it: the main file alone, or a copy of it and its log. Neither is moved into the
/// other meanwhile.
fn aside(path: &Path, still: File) -> Result<Reading, Error> {
    let (opened, copy) = if mark::is_there(path) {
        let copy = Copy::of(path).map_err(|error| {
            ledger_error(
                format!("{}: has a log, and can't be copied to be read: {error}", path.display()),
                "allow writing to the folder for temporary files",
            )
        })?;
        (in_place(&copy.0.join("ledger")), Some(copy))
    } else {
        (mark::main_file(path), None)
    };
    Ok(Reading {
        connection: opened.map_err(|error| refused(path, &error))?,
        _still: still,
        _copy: copy,
    })
}

/// A folder of our own with a copy of a ledger, gone with this.
struct Copy(PathBuf);

impl Copy {
    fn of(path: &Path) -> io::Result<Self> {
        let name: u128 = random::<16>().map(u128::from_ne_bytes).map_err(io::Error::other)?;
        let folder = std::env::temp_dir().join(format!("akua-ledger-{name:032x}"));
        let mut maker = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut maker, 0o700);
        maker.create(&folder)?;
        let copy = Self(folder);
        let ledger = copy.0.join("ledger");
        // By their bytes: their rights are those of the originals.
        for (from, to) in [
            (path.to_owned(), ledger.clone()),
            (beside(path, "-wal"), beside(&ledger, "-wal")),
        ] {
            io::copy(&mut File::open(from)?, &mut File::create(to)?)?;
        }
        Ok(copy)
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn unfinished(path: &Path) -> Error {
    ledger_error(
        format!(
            "{}: is no complete ledger: its plan was not written down to its end",
            path.display()
        ),
        "nothing of it was sent: give the plan again to make it",
    )
}
