//! What each operation does to the tables, inside a transaction that is not yet committed.

use std::time::{SystemTime, UNIX_EPOCH};

use akua_http::Error;
use akua_model::edit::{LaunchKind, SavedToken, WaitToken};
use rusqlite::{Connection, OptionalExtension, Row, Statement};

use super::leases::{Leases, Out};
use super::operation::{Begun, Done, NewItem, Operation};
use super::verdict::Found;
use crate::end::End;
use crate::item::{Counts, Leased, State, StoredPatch, Work};

/// The outer error ends the transaction; the inner one is the answer to one question.
type Carried = rusqlite::Result<Result<Done, Error>>;

pub(super) struct Statements<'c> {
    connection: &'c Connection,
    leases: Leases,
    /// What has happened to leases in this transaction: some have ended, some were given, or a run has begun.
    ended: Vec<(u64, Out)>,
    given: Vec<u64>,
    begun: Option<Leases>,
    add: Statement<'c>,
    next: Statement<'c>,
    again: Statement<'c>,
    find: Statement<'c>,
    grant: Statement<'c>,
    accept: Statement<'c>,
    record: Statement<'c>,
    seen: Statement<'c>,
}

impl<'c> Statements<'c> {
    pub(super) fn new(connection: &'c Connection) -> rusqlite::Result<Self> {
        Ok(Self {
            connection,
            leases: Leases::default(),
            ended: Vec::new(),
            given: Vec::new(),
            begun: None,
            add: connection.prepare("INSERT INTO item (id, patch, seen) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")?,
            next: connection.prepare(&format!(
                "SELECT {READY} WHERE item > ?1 AND state IN (?2, ?3) AND coalesce(ended, 0) < ?4 ORDER BY item LIMIT 1"
            ))?,
            again: connection.prepare(&format!("SELECT {READY} WHERE item = ?1"))?,
            find: connection.prepare(
                "SELECT id, state, ended, token, (SELECT launch FROM plan), patch FROM item WHERE item = ?1",
            )?,
            grant: connection.prepare(
                "UPDATE item SET state = ?2, token = ?3, epochs = epochs + 1, changed_ms = ?4 WHERE item = ?1",
            )?,
            accept: connection.prepare("UPDATE item SET state = ?2, token = ?3, changed_ms = ?4 WHERE item = ?1")?,
            record: connection.prepare(
                "UPDATE item SET state = ?2, ended = ?3, end = ?4, changed_ms = ?5, \
                 token = ?6 WHERE item = ?1",
            )?,
            seen: connection
                .prepare("UPDATE item SET seen = ?2, patch = coalesce(?4, patch) WHERE item = ?1 AND state <= ?3")?,
        })
    }

    /// The transaction is committed, or nothing of it counts.
    pub(super) fn conclude(&mut self, committed: bool) {
        let (ended, given) = (std::mem::take(&mut self.ended), std::mem::take(&mut self.given));
        match (committed, self.begun.take()) {
            (true, Some(begun)) => self.leases = begun,
            (true, None) => {}
            (false, _) => {
                // Whoever asked for an item has not got it.
                for item in given {
                    self.leases.revoke(item);
                }
                for (item, out) in ended {
                    self.leases.restore(item, out);
                }
            }
        }
    }

    pub(super) fn execute(&mut self, operation: Operation) -> Carried {
        match operation {
            Operation::Add { items, again } => self.add(items, again),
            Operation::Complete(digest) => {
                self.connection.execute("UPDATE plan SET digest = ?1", [digest])?;
                Ok(Ok(Done::Nothing))
            }
            Operation::Begin => self.begin(),
            Operation::Lease(items) => self.lease(items),
            Operation::Grant { item, lease, token } => self.grant(item, lease, &token),
            Operation::Accept { item, lease, token } => self.accept(item, lease, &token),
            Operation::Record { item, lease, end } => self.record(item, lease, &end),
            Operation::Revoke(item) => Ok(Ok(Done::Answer(self.leases.revoke(item)))),
            Operation::Seen { item, seen, patch } => {
                let kept = !self.leases.is_out(item)
                    && self
                        .seen
                        .execute((number(item), seen, State::NotSent.number(), patch))?
                        > 0;
                Ok(Ok(Done::Answer(kept)))
            }
            Operation::PassCanary => {
                self.connection.execute("UPDATE plan SET canary_passed = 1", [])?;
                Ok(Ok(Done::Nothing))
            }
        }
    }

    fn add(&mut self, items: Vec<NewItem>, again: bool) -> Carried {
        for NewItem { id, patch, seen } in items {
            if self.add.execute((&id, patch, seen))? == 0 && !again {
                let message = format!("names `{id}` twice (name each resource once)");
                return Ok(Err(Error::invalid_input("plan", message)));
            }
        }
        Ok(Ok(Done::Nothing))
    }

    fn begin(&mut self) -> Carried {
        let sql = "UPDATE plan SET runs = runs + 1 RETURNING runs, canary_passed";
        let (run, passed): (i64, bool) = self
            .connection
            .query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let counts = counts(self.connection)?;
        self.begun = Some(Leases::of_run(run.unsigned_abs()));
        Ok(Ok(Done::Begun(Begun {
            counts,
            canary_passed: passed,
        })))
    }

    fn lease(&mut self, items: usize) -> Carried {
        let mut leased = Vec::new();
        while leased.len() < items {
            let Some(mut item) = self.next_item()? else { break };
            item.lease = self.leases.give(item.item, item.work.settles());
            self.given.push(item.item);
            leased.push(item);
        }
        Ok(Ok(Done::Leased(leased)))
    }

    /// The next item that is ready: one that was taken back, else the next one in its turn.
    fn next_item(&mut self) -> rusqlite::Result<Option<Leased>> {
        if let Some(item) = self.leases.returned() {
            return self.again.query_row([number(item)], ready_item).map(Some);
        }
        while let Some((states, last)) = self.leases.place() {
            let [first, second] = states.map(State::number);
            let begun = number(self.leases.first());
            let found = self
                .next
                .query_row((number(last), first, second, begun), ready_item)
                .optional()?;
            match found {
                Some(item) => {
                    self.leases.found(item.item);
                    // One that is worked on may have come here from another state meanwhile.
                    if !self.leases.is_out(item.item) {
                        return Ok(Some(item));
                    }
                }
                None => self.leases.exhausted(),
            }
        }
        Ok(None)
    }

    fn grant(&mut self, item: u64, lease: u64, token: &SavedToken) -> Carried {
        let Some(found) = self.find(item)? else {
            return Ok(Err(no_such(item)));
        };
        if let Some(problem) = found.is_not_of(token) {
            return Ok(Err(Error::invalid_input("token", problem)));
        }
        let token = token.to_string();
        if self.leases.valid(item, lease).is_none_or(|out| out.settles)
            || found.is_accepted()
            || found.is_open_create_of_another(&token)
        {
            return Ok(Ok(Done::Answer(false)));
        }
        if found.token.as_ref() != Some(&token) {
            self.grant
                .execute((number(item), State::Indeterminate.number(), token, unix_ms()))?;
        }
        Ok(Ok(Done::Answer(true)))
    }

    fn accept(&mut self, item: u64, lease: u64, token: &WaitToken) -> Carried {
        let Some(found) = self.find(item)? else {
            return Ok(Err(no_such(item)));
        };
        if self.leases.valid(item, lease).is_none() {
            return Ok(Ok(Done::Answer(false)));
        }
        if !found.has_started(token) {
            let problem = "is that of an operation that the latest launch has not started";
            return Ok(Err(Error::invalid_input("token", problem)));
        }
        if !found.is_accepted() {
            self.accept
                .execute((number(item), State::Started.number(), token.to_string(), unix_ms()))?;
        }
        Ok(Ok(Done::Answer(true)))
    }

    fn record(&mut self, item: u64, lease: u64, end: &End) -> Carried {
        let Some(found) = self.find(item)? else {
            return Ok(Err(no_such(item)));
        };
        if found.ended == Some(number(lease)) {
            // Said before. What was written down then stays.
            return Ok(Ok(Done::Answer(true)));
        }
        let Some(out) = self.leases.valid(item, lease) else {
            return Ok(Ok(Done::Answer(false)));
        };
        if let Some(problem) = found.cannot_end(end, out.settles) {
            return Ok(Err(Error::invalid_input("end", problem)));
        }
        let text = serde_json::to_string(end).unwrap_or_default();
        // It may know more than the one that was granted.
        let token = end.token.as_deref().filter(|_| end.state.is_unsettled());
        self.record
            .execute((number(item), end.state.number(), number(lease), text, unix_ms(), token))?;
        self.leases.end(item);
        self.ended.push((item, out));
        Ok(Ok(Done::Answer(true)))
    }

    fn find(&mut self, item: u64) -> rusqlite::Result<Option<Found>> {
        let read = |row: &Row<'_>| {
            Ok(Found {
                id: row.get(0)?,
                state: state(row, 1)?,
                ended: row.get(2)?,
                token: row.get(3)?,
                launch: launch(row, 4)?,
                patch: row.get(5)?,
            })
        };
        self.find.query_row([number(item)], read).optional()
    }
}

/// What is read of what is ready.
const READY: &str = "item, id, patch, seen, state, token, (SELECT launch FROM plan) FROM item";

/// A row of what is ready, its lease still to be given.
fn ready_item(row: &Row<'_>) -> rusqlite::Result<Leased> {
    let state = state(row, 4)?;
    let (patch, seen, token): (Option<String>, Option<String>, Option<String>) =
        (row.get(2)?, row.get(3)?, row.get(5)?);
    let work = match (launch(row, 6)?, patch) {
        _ if state.is_unsettled() => match token {
            Some(token) if state == State::Indeterminate => Work::Resume { token },
            Some(token) => Work::Wait { token },
            None => return Err(unreadable(5, "an unsettled item without a token")),
        },
        (Some(launch), Some(new)) if launch.creates() => Work::Create {
            launch,
            new: stored(&new, 2)?,
        },
        (Some(launch), _) => Work::Launch { launch, seen },
        (None, None) => Work::Ask { seen },
        (None, Some(patch)) => Work::Patch {
            patch: stored(&patch, 2)?,
            seen,
        },
    };
    Ok(Leased {
        item: row.get::<_, i64>(0)?.unsigned_abs(),
        id: row.get(1)?,
        lease: 0,
        state,
        work,
        wait: None,
    })
}

/// A patch in a column.
fn stored(text: &str, column: usize) -> rusqlite::Result<StoredPatch> {
    serde_json::from_str(text).map_err(|error| unreadable(column, &error.to_string()))
}

/// What the item with this id, or key, is planned to become; `None` if there is none.
pub(crate) fn planned(connection: &Connection, id: &str) -> rusqlite::Result<Option<StoredPatch>> {
    let mut statement = connection.prepare("SELECT patch FROM item WHERE id = ?1")?;
    let patch = statement.query_row([id], |row| stored(&row.get::<_, String>(0)?, 0));
    patch.optional()
}

/// Where all items stand.
pub(crate) fn counts(connection: &Connection) -> rusqlite::Result<Counts> {
    let mut counts = Counts::default();
    let mut statement = connection.prepare("SELECT count(*), state FROM item GROUP BY state")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        counts.add(state(row, 1)?, row.get::<_, i64>(0)?.unsigned_abs());
    }
    Ok(counts)
}

/// The state in a column.
pub(crate) fn state(row: &Row<'_>, column: usize) -> rusqlite::Result<State> {
    State::from_number(row.get(column)?).ok_or_else(|| unreadable(column, "a state that is not known"))
}

/// What the plan launches, in a column.
pub(super) fn launch(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<LaunchKind>> {
    let Some(name) = row.get::<_, Option<String>>(column)? else {
        return Ok(None);
    };
    let known = LaunchKind::ALL.iter().find(|kind| kind.name() == name);
    let unknown = || unreadable(column, "a launch that is not known");
    known.copied().map(Some).ok_or_else(unknown)
}

fn unreadable(column: usize, what: &str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, what.into())
}

fn no_such(item: u64) -> Error {
    Error::invalid_input("item", format!("{item} is not in the ledger"))
}

/// SQLite's numbers have a sign. Larger ones are in no ledger.
fn number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unix_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
