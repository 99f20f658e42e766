//! What would change: a row for each field of each item that would get another value, or that would be set where something is to be
//! made; or for each item that would be launched.

use std::collections::VecDeque;

use akua_http::{Collection, Error};
use akua_model::edit::{LaunchKind, Sight};
use akua_model::{Resource, Shown};

use super::item::{State, StoredPatch};
use super::launch::{Words, words};
use super::ledger::{Ledger, Reading, counts, refused};
use super::plan::text_of;
use super::work::Inputs;
use crate::error::{ErrorExt as _, ledger_error};

/// How many resources are read at once.
const AT_ONCE: usize = 8;

/// The rows of a preview, read as they are asked for. See [`Fleet::preview`](super::Fleet::preview).
pub struct Preview<'a, R: Resource> {
    collection: &'a Collection<R>,
    inputs: &'a Inputs<R>,
    ledger: &'a Ledger,
    connection: Reading,
    indeterminate: u64,
    started: u64,
    /// The last item that was looked at.
    last: i64,
    rows: VecDeque<Result<PreviewRow, Error>>,
}

/// A field that would get another value, or that would be set of something new; or the `state` of a resource that would be launched, and the one that is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PreviewRow {
    /// The item's number in the ledger.
    pub item: u64,
    /// The id of the resource; of one that is to be made, the key of its row.
    pub id: String,
    /// The field.
    pub field: String,
    /// Whether it is to be set of something that is not there yet.
    pub is_new: bool,
    /// Its value now; `None` if answers leave it out, and of something new.
    pub now: Option<String>,
    /// Its value then; `None` for a secret.
    pub then: Option<String>,
}

impl PreviewRow {
    /// Whether it is so already. Only rows of launches say so: of a change, what would stay as it is has no row.
    #[must_use]
    pub fn is_unchanged(&self) -> bool {
        self.now.is_some() && self.now == self.then
    }
}

/// An item that is still to be done.
struct Waiting {
    item: i64,
    id: String,
    patch: Option<String>,
    seen: Option<String>,
}

/// A resource and the patch that the plan's function gave for it, both as JSON, and what would become of it.
type Seen = Result<(String, Option<String>, Vec<PreviewRow>), Error>;

impl<'a, R: Resource + 'static> Preview<'a, R> {
    pub(super) fn new(collection: &'a Collection<R>, inputs: &'a Inputs<R>, ledger: &'a Ledger) -> Result<Self, Error> {
        let connection = Reading::open(ledger.path())?;
        let stand = counts(&connection).map_err(|error| refused(ledger.path(), &error))?;
        Ok(Self {
            collection,
            inputs,
            ledger,
            connection,
            indeterminate: stand.of(State::Indeterminate),
            started: stand.of(State::Started) + stand.of(State::LostTrack),
            last: 0,
            rows: VecDeque::new(),
        })
    }

    /// How many items are not shown, as it is not known what became of their last write: a run settles it first, and it may
    /// land then.
    #[must_use]
    pub fn indeterminate(&self) -> u64 {
        self.indeterminate
    }

    /// How many items are not shown, as their launch was accepted and the end of their operation is not known: a run waits
    /// for it.
    #[must_use]
    pub fn started(&self) -> u64 {
        self.started
    }

    /// The next few items; false if there are none.
    fn look(&mut self) -> Result<bool, Error> {
        let waiting = self.waiting().map_err(|error| refused(self.ledger.path(), &error))?;
        let Some(last) = waiting.last() else { return Ok(false) };
        self.last = last.item;
        if self.ledger.launch().is_some_and(LaunchKind::creates) {
            let rows: Result<Vec<_>, Error> = waiting.iter().map(new_rows).collect();
            self.rows.extend(rows?.into_iter().flatten().map(Ok));
            return Ok(true);
        }
        let (collection, inputs, salt) = (self.collection, self.inputs, self.ledger.salt());
        let launches = self.ledger.launch().and_then(words);
        let seen: Vec<Option<Seen>> = std::thread::scope(|scope| {
            let reads: Vec<_> = waiting
                .iter()
                .map(|waiting| scope.spawn(move || seen(collection, inputs, launches, salt, waiting)))
                .collect();
            reads.into_iter().map(|read| read.join().ok()).collect()
        });
        for (waiting, seen) in waiting.iter().zip(seen) {
            let panicked = || {
                Err(Error::invalid_input(
                    "plan",
                    "has a function that panicked (let it give an error)",
                ))
            };
            match seen.unwrap_or_else(panicked) {
                // A launch is for the version that was seen first: this one says what stands there now.
                Ok((_, _, rows)) if launches.is_some() && waiting.seen.is_some() => {
                    self.rows.extend(rows.into_iter().map(Ok));
                }
                Ok((text, patch, rows)) => {
                    self.ledger.keep_seen(waiting.item.unsigned_abs(), text, patch)?;
                    self.rows.extend(rows.into_iter().map(Ok));
                }
                Err(error) => self.rows.push_back(Err(error.of_a_read())),
            }
        }
        Ok(true)
    }

    fn waiting(&self) -> rusqlite::Result<Vec<Waiting>> {
        let mut statement = self
            .connection
            .prepare("SELECT item, id, patch, seen FROM item WHERE item > ?1 AND state <= ?2 ORDER BY item LIMIT ?3")?;
        let rows = statement.query_map((self.last, State::NotSent.number(), AT_ONCE as i64), |row| {
            Ok(Waiting {
                item: row.get(0)?,
                id: row.get(1)?,
                patch: row.get(2)?,
                seen: row.get(3)?,
            })
        })?;
        rows.collect()
    }
}

/// What is set of something new. There is nothing to be read of it.
fn new_rows(waiting: &Waiting) -> Result<Vec<PreviewRow>, Error> {
    let new: Result<StoredPatch, _> = serde_json::from_str(waiting.patch.as_deref().unwrap_or_default());
    let new = new.map_err(|error| damaged(waiting, &error))?;
    let rows = new.values().map(|(field, then)| PreviewRow {
        item: waiting.item.unsigned_abs(),
        id: waiting.id.clone(),
        field: field.to_owned(),
        is_new: true,
        now: None,
        then: then.map(str::to_owned),
    });
    Ok(rows.collect())
}

fn damaged(waiting: &Waiting, what: &dyn std::fmt::Display) -> Error {
    ledger_error(
        format!("the item `{}` can't be read from the ledger: {what}", waiting.id),
        "",
    )
}

/// Reads a resource, and asks for its patch where a function has it.
fn seen<R: Resource>(
    collection: &Collection<R>,
    inputs: &Inputs<R>,
    launches: Option<Words>,
    salt: &str,
    waiting: &Waiting,
) -> Seen {
    inputs.begin();
    let damaged = |what: &dyn std::fmt::Display| damaged(waiting, what);
    let id = serde_json::from_value(serde_json::Value::String(waiting.id.clone())).map_err(|error| damaged(&error))?;
    let resource = collection.get(&id)?;
    if let Some(words) = launches {
        let seen = waiting.seen.as_deref().map(serde_json::from_str::<R>);
        let seen = seen.transpose().map_err(|error| damaged(&error))?;
        let row = launch_row(waiting, words, seen.as_ref(), &resource);
        return Ok((text_of(&resource), None, vec![row]));
    }
    // The patch of a function is asked for anew, also where an earlier preview has kept one.
    let patch: StoredPatch = match &waiting.patch {
        Some(patch) if inputs.function.is_none() => serde_json::from_str(patch).map_err(|error| damaged(&error))?,
        _ => {
            let asked = inputs.ask(&resource).map_err(|error| {
                Error::invalid_input(
                    "plan",
                    format!("has a function that failed for `{}`: {error}", waiting.id),
                )
            })?;
            asked.map_or_else(StoredPatch::nothing, |patch| StoredPatch::keep(&patch, salt).0)
        }
    };
    let given = inputs.function.is_some().then(|| text_of(&patch));
    let now = |field: &str| {
        let field = R::FIELDS.iter().find(|known| known.name == field)?;
        resource.value(field).value().map(|value| value.to_text().into_owned())
    };
    let rows = patch.values().map(|(field, then)| PreviewRow {
        item: waiting.item.unsigned_abs(),
        id: waiting.id.clone(),
        now: now(field),
        field: field.to_owned(),
        is_new: false,
        then: then.map(str::to_owned),
    });
    let changes = rows.filter(|row| row.now.is_none() || row.now != row.then).collect();
    Ok((text_of(&resource), given, changes))
}

/// The state of a resource, and the one that its launch is for.
fn launch_row<R: Resource>(waiting: &Waiting, words: Words, seen: Option<&R>, now: &R) -> PreviewRow {
    let sight = Sight::of(now);
    let state = match sight.state {
        Shown::Is(state) => Some(state),
        Shown::Absent | Shown::Unreadable => None,
    };
    let is_moving = words.settles && sight.reconciling == Shown::Is(true);
    let has_changed = seen.is_some_and(|seen| seen.etag() != now.etag());
    let is_so = state.as_deref() == Some(words.wanted) && !is_moving;
    let notes = [
        is_moving.then_some("reconciling"),
        (has_changed && !is_so).then_some("changed since it was seen"),
    ];
    let notes: Vec<&str> = notes.into_iter().flatten().collect();
    let now = match (state, notes.join(", ")) {
        (Some(state), notes) if notes.is_empty() => Some(state),
        (Some(state), notes) => Some(format!("{state} ({notes})")),
        (None, notes) => Some(notes).filter(|notes| !notes.is_empty()),
    };
    PreviewRow {
        item: waiting.item.unsigned_abs(),
        id: waiting.id.clone(),
        field: "state".to_owned(),
        is_new: false,
        now,
        then: Some(words.wanted.to_owned()),
    }
}

impl<R: Resource + 'static> Iterator for Preview<'_, R> {
    type Item = Result<PreviewRow, Error>;

    /// The next row. A resource that can't be read is an error, and the rows go on after it.
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(row) = self.rows.pop_front() {
                return Some(row);
            }
            match self.look() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => {
                    // The ledger fails: there is nothing after that.
                    self.last = i64::MAX;
                    return Some(Err(error.of_a_read()));
                }
            }
        }
    }
}

impl<R: Resource> std::fmt::Debug for Preview<'_, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Preview")
            .field("ledger", self.ledger)
            .finish_non_exhaustive()
    }
}
