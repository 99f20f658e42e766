//! Whether the write-ahead log beside a ledger is there, and is its own.
//!
//! What a run commits lies in the log until the ledger is closed; without it the main file would say that nothing has
//! happened. So the main file says that it needs a log, and which: a number is written to it when the log is begun,
//! and the next thing in the log says that this is the one. Whoever reads both, or moves the log into the main file,
//! finds the same number twice; whoever finds two has a main file without its log.

use std::path::Path;
use std::time::Duration;

use akua_http::Error;
use percent_encoding::{AsciiSet, CONTROLS, percent_encode};
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::place::beside;
use super::refusals::refused;
use crate::error::ledger_error;

/// Two tables, as SQLite moves pages. All numbers have eight bytes there, the first one, 2^56, included: so a new one
/// takes the place of the old one in one sector, and no power loss leaves half of it.
pub(super) const TABLES: &str = "
CREATE TABLE log_needed (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    number INTEGER NOT NULL,
    before INTEGER NOT NULL
) STRICT;
CREATE TABLE log_there (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    number INTEGER NOT NULL
) STRICT;
INSERT INTO log_needed VALUES (1, 72057594037927936, 72057594037927936);
INSERT INTO log_there VALUES (1, 72057594037927936);
";

/// How often it is tried to write the mark; once is enough, but for a reader who is in the middle of the main file. Each
/// attempt has a number of its own: the last bits of it.
const ATTEMPTS: i64 = 16;
/// The waits between them, each longer by this than the one before: five seconds in all.
const WAIT: Duration = Duration::from_millis(40);

/// The number in new tables.
const FIRST: i64 = 1 << 56;

/// Whether two numbers are those of one log.
fn is_same(one: i64, other: i64) -> bool {
    one / ATTEMPTS == other / ATTEMPTS
}

/// What a ledger says of its log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// The number of the log without which it is not to be read.
    needed: i64,
    /// The number of the log before that one.
    before: i64,
    /// The number of the log of which something is there.
    there: i64,
    /// Tells ledgers apart.
    salt: Option<String>,
}

impl Mark {
    /// As a connection sees it, `None` where the tables are older than it.
    pub(super) fn read(connection: &Connection) -> rusqlite::Result<Option<Self>> {
        let sql = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'log_there'";
        if connection.query_row(sql, [], |row| row.get::<_, i64>(0))? == 0 {
            return Ok(None);
        }
        let sql = "SELECT log_needed.number, before, log_there.number, (SELECT salt FROM plan) \
                   FROM log_needed JOIN log_there USING (only)";
        let mark = connection.query_row(sql, [], |row| {
            Ok(Self {
                needed: row.get(0)?,
                before: row.get(1)?,
                there: row.get(2)?,
                salt: row.get(3)?,
            })
        });
        mark.optional()
    }

    /// As the main file alone has it.
    pub(super) fn of_main_file(path: &Path) -> rusqlite::Result<Option<Self>> {
        let journal = beside(path, "-journal");
        if journal.metadata().is_ok_and(|journal| journal.len() > 0) {
            // It was just being made, and what is there may be half of it.
            return Ok(None);
        }
        Self::read(&main_file(path)?)
    }

    pub(super) fn needs_log(&self) -> bool {
        self.needed != self.there
    }

    /// Whether a log with which the ledger says this belongs to a main file that says `main`.
    fn belongs_to(&self, main: &Self) -> bool {
        let same = main.salt.is_none() || self.salt.is_none() || self.salt == main.salt;
        // The number is in the main file already, or that has stayed as it was before.
        same && (is_same(self.needed, main.needed) || (self.before == main.needed && !main.needs_log()))
    }
}

/// The main file without its log, as it stands.
pub(super) fn main_file(path: &Path) -> rusqlite::Result<Connection> {
    const RESERVED: &AsciiSet = &CONTROLS.add(b'%').add(b'?').add(b'#').add(b' ');
    let name = percent_encode(path.as_os_str().as_encoded_bytes(), RESERVED);
    let uri = format!("file:{name}?immutable=1");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    Connection::open_with_flags(uri, flags)
}

/// Whether there is a log beside the ledger.
pub(super) fn is_there(path: &Path) -> bool {
    beside(path, "-wal").metadata().is_ok_and(|log| log.len() > 0)
}

/// That the main file needs no log that is missing. What it says.
pub(super) fn check_there(path: &Path) -> Result<Option<Mark>, Error> {
    let main = match Mark::of_main_file(path) {
        Ok(main) => main,
        // What is wrong with it may be what the log puts right.
        Err(_) if is_there(path) => None,
        Err(error) => return Err(refused(path, &error)),
    };
    // Asked afterwards: a run that has begun meanwhile has made one.
    if main.as_ref().is_some_and(Mark::needs_log) && !is_there(path) {
        return Err(ledger_error(
            format!("{}: its write-ahead log is missing", path.display()),
            format!(
                "what a run did is in `{}`: put it beside the ledger again, under that name; if it is lost, \
                 look at each resource and begin anew",
                beside(path, "-wal").display()
            ),
        ));
    }
    Ok(main)
}

/// That the log that `connection` reads belongs to the main file.
pub(super) fn check_own(
    connection: &Connection,
    path: &Path,
    main: Option<&Mark>,
) -> rusqlite::Result<Result<(), Error>> {
    if let (Some(main), Some(both)) = (main, Mark::read(connection)?)
        && is_there(path)
        && !both.belongs_to(main)
    {
        let story = format!("{}: the write-ahead log beside it is another ledger's", path.display());
        let hint = format!(
            "put its own in the place of `{}`, or move that away if it was closed well",
            beside(path, "-wal").display()
        );
        return Ok(Err(ledger_error(story, hint)));
    }
    Ok(Ok(()))
}

/// The log is no longer needed: what it holds is about to be moved into the main file.
pub(super) fn clear(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch("UPDATE log_there SET number = (SELECT number FROM log_needed)")
}

/// Begins a log: from here on the main file says that it needs one. No, if that could not be written there.
///
/// There is no moment in which the main file says so without the log that says it is there: that is committed first,
/// and a reader who has not seen it keeps it from being moved along.
pub(super) fn set(connection: &Connection, path: &Path, random: u32) -> rusqlite::Result<bool> {
    // Never the first, which is that of a ledger without a log.
    let log = FIRST + (i64::from(random) + 1) * ATTEMPTS;
    let before = Mark::read(connection)?.map_or(FIRST, |mark| mark.needed);
    let mut wait = Duration::ZERO;
    for number in log..log + ATTEMPTS {
        connection.execute("UPDATE log_needed SET number = ?1, before = ?2", [number, before])?;
        let reader =
            Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        reader.execute_batch("BEGIN; SELECT number FROM log_there;")?;
        connection.execute("UPDATE log_there SET number = ?1", [number])?;
        connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
        drop(reader);
        if Mark::of_main_file(path)?.is_some_and(|main| main.needed == number && main.needs_log()) {
            return Ok(true);
        }
        wait += WAIT;
        std::thread::sleep(wait);
    }
    Ok(false)
}
