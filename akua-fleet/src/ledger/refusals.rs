//! What a ledger is refused for, in words that name the file and the way out.

use std::path::Path;

use crate::error::ledger_error;
use akua_http::Error;
use rusqlite::ErrorCode;

/// The ledger is there and belongs to something else.
pub(crate) fn other_plan(path: &Path, difference: &str) -> Error {
    let way_out = "give that plan to go on with it, or another path to begin anew";
    ledger_error(
        format!("{}: belongs to another plan: {difference}", path.display()),
        if difference.contains(SIMULATED) {
            format!("a simulator is another service whenever it is started: {way_out}")
        } else {
            way_out.to_owned()
        },
    )
}

/// The ledger is that of a table, and the rows are others. In another ledger whatever they have in common would be made once more.
pub(crate) fn other_table(path: &Path, difference: &str) -> Error {
    ledger_error(
        format!("{}: belongs to another table: {difference}", path.display()),
        "give that table to go on with it; to make more, put only what is new into another ledger: what this one has was made, or \
         may have been, and would be made a second time",
    )
}

/// How the address of a service begins that runs on this machine, where a simulator is.
const SIMULATED: &str = "http://127.0.0.1:";

/// Somebody else has the file open, and keeps it from being used.
pub(super) fn in_use(path: &Path) -> Error {
    ledger_error(
        format!("{}: is in use by another fleet or process", path.display()),
        "close that one, or wait until it has ended: in Python `fleet.close()`, or a `with` block, as a traceback that is \
         kept keeps a fleet open; a report can be had meanwhile",
    )
}

pub(super) fn busy(path: &Path) -> Error {
    ledger_error(
        format!("{}: is locked by another program", path.display()),
        "close whatever has it open",
    )
}

pub(super) fn missing(path: &Path, hint: &str) -> Error {
    ledger_error(format!("{}: there is no ledger", path.display()), hint)
}

pub(super) fn unwritable(path: &Path) -> Error {
    ledger_error(
        format!("{}: is write-protected", path.display()),
        "allow writing to it to go on; a report can be had as it is",
    )
}

pub(super) fn damaged(path: &Path) -> Error {
    ledger_error(
        format!("{}: is damaged", path.display()),
        "what it says can't be trusted: take a copy from before, or begin anew after looking at each resource",
    )
}

/// What SQLite says, in words that name the file and the way out.
pub(crate) fn refused(path: &Path, error: &rusqlite::Error) -> Error {
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
        Some(ErrorCode::DiskFull) => ledger_error(format!("{shown}: the disk is full"), format!("make room, {retry}")),
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => unwritable(path),
        Some(ErrorCode::DatabaseCorrupt) => damaged(path),
        Some(ErrorCode::NotADatabase) => ledger_error(
            format!("{shown}: is no ledger, or is damaged at its very beginning"),
            "give another path",
        ),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => ledger_error(
            format!("{shown}: is locked by another program"),
            "close whatever has it open for writing",
        ),
        Some(ErrorCode::CannotOpen) => ledger_error(
            format!("{shown}: can't be opened"),
            "give the path of a file in a folder that is there and can be written",
        ),
        Some(ErrorCode::SystemIoFailure) => ledger_error(
            format!("{shown}: can't be written or read: {error}"),
            format!("see to the disk, {retry}"),
        ),
        _ => ledger_error(format!("{shown}: {error}"), ""),
    }
}

pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    ledger_error(
        format!("{}: can't be read: {error}", path.display()),
        "allow reading it",
    )
}
