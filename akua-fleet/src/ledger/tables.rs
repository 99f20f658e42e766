//! The tables of a ledger: made, brought up to date, and looked at before they are trusted.

use std::path::Path;

use akua_http::Error;
use akua_model::edit::LaunchKind;
use rusqlite::{Connection, OptionalExtension};

use super::mark;
use super::refusals::{damaged, other_plan};
use super::statements::launch;
use crate::error::ledger_error;

/// The number by which SQLite files of this kind are known: `akfl`.
const APPLICATION: i64 = 0x616b_666c;
/// The version of the tables. Before 2 a ledger did not say which log it needs, before 3 no plan could launch anything.
const VERSION: i64 = 3;

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
    canary_passed INTEGER NOT NULL DEFAULT 0,
    launch TEXT
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
pub(crate) const FUNCTION: &str = "the function ";

/// What a ledger belongs to, beside the digest of what is in the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) kind: &'static str,
    pub(crate) origin: String,
    pub(crate) context: Option<String>,
    /// What the plan is made of, with the name and version that the caller gave it; `None`: whatever the ledger has.
    pub(crate) source: Option<String>,
    /// What the plan launches; `None` if it changes fields. It is part of the source, too.
    pub(crate) launch: Option<LaunchKind>,
}

/// What is in a ledger that fits.
pub(super) struct Known {
    pub(super) salt: String,
    /// The digest of the plan, if it is complete.
    pub(super) digest: Option<String>,
    /// What it launches.
    pub(super) launch: Option<LaunchKind>,
}

type Found = Result<Known, Error>;

/// Makes the tables in an empty file, and the write-ahead log.
pub(super) fn make(connection: &Connection, path: &Path, identity: &Identity) -> rusqlite::Result<Result<(), Error>> {
    match check_kind(connection, path)? {
        Err(error) => return Ok(Err(error)),
        Ok(None) if identity.source.is_none() => {
            let story = format!("{}: is an empty file", path.display());
            return Ok(Err(ledger_error(story, "give the plan to make a ledger of it")));
        }
        Ok(None) => connection.execute_batch(&format!(
            "BEGIN IMMEDIATE; {TABLES} {} PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {VERSION}; \
             COMMIT;",
            mark::TABLES
        ))?,
        Ok(Some(_)) => {}
    }
    connection.pragma_update(None, "journal_mode", "wal")?;
    Ok(Ok(()))
}

/// Checks what is there, brings it up to date, and writes down what it belongs to.
pub(super) fn prepare(connection: &Connection, path: &Path, identity: &Identity) -> rusqlite::Result<Found> {
    let version = match check_kind(connection, path)? {
        Err(error) => return Ok(Err(error)),
        Ok(version) => version,
    };
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
            bring_up_to_date(connection, version)?;
            let launch = connection.query_row("SELECT launch FROM plan", [], |row| launch(row, 0))?;
            if digest.is_none() {
                // Its making was cut short, and nothing of it can have been sent.
                connection.execute("DELETE FROM item", [])?;
            }
            Ok(Ok(Known { salt, digest, launch }))
        }
        None => {
            bring_up_to_date(connection, version)?;
            let salt = match random::<16>() {
                Ok(bits) => format!("{:032x}", u128::from_ne_bytes(bits)),
                Err(error) => return Ok(Err(error)),
            };
            let source = identity.source.clone().unwrap_or_default();
            connection.execute(
                "INSERT INTO plan (only, kind, origin, context, source, salt, launch) VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6)",
                (
                    identity.kind,
                    &identity.origin,
                    &identity.context,
                    &source,
                    &salt,
                    identity.launch.map(LaunchKind::name),
                ),
            )?;
            Ok(Ok(Known {
                salt,
                digest: None,
                launch: identity.launch,
            }))
        }
    }
}

/// Makes the tables those of this version, with all that is in them.
fn bring_up_to_date(connection: &Connection, version: Option<i64>) -> rusqlite::Result<()> {
    if version == Some(1) {
        connection.execute_batch(&format!("BEGIN; {} PRAGMA user_version = 2; COMMIT;", mark::TABLES))?;
    }
    if version.is_some_and(|version| version < 3) {
        let launches = "ALTER TABLE plan ADD COLUMN launch TEXT;";
        connection.execute_batch(&format!("BEGIN; {launches} PRAGMA user_version = 3; COMMIT;"))?;
    }
    Ok(())
}

/// The version of a ledger that this one can read; `None` for an empty file.
pub(super) fn check_kind(connection: &Connection, path: &Path) -> rusqlite::Result<Result<Option<i64>, Error>> {
    let pragma = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let (application, version) = (pragma("application_id")?, pragma("user_version")?);
    let tables = "SELECT count(*), count(*) FILTER (WHERE name IN ('plan', 'item')) FROM sqlite_schema";
    let (tables, ours): (i64, i64) = connection.query_row(tables, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if application == 0 && version == 0 && tables == 0 {
        return Ok(Ok(None));
    }
    Ok(if application != APPLICATION {
        let story = format!("{}: is a database, but no ledger of a fleet", path.display());
        Err(ledger_error(story, "give another path"))
    } else if version > VERSION {
        let story = format!("{}: was written by a newer version of this library", path.display());
        let hint = format!("its tables have version {version}, this one knows {VERSION}: use the newer one");
        Err(ledger_error(story, hint))
    } else if ours < 2 {
        Err(damaged(path))
    } else {
        Ok(Some(version))
    })
}

/// Bits that nobody else gets.
pub(super) fn random<const BYTES: usize>() -> Result<[u8; BYTES], Error> {
    let mut bits = [0; BYTES];
    match getrandom::getrandom(&mut bits) {
        Ok(()) => Ok(bits),
        Err(error) => Err(ledger_error(format!("the system gave no random bits: {error}"), "")),
    }
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
