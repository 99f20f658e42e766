//! What a ledger says, for people and for programs: counts, a table, CSV, JSON. It needs no client, and may be read
//! while a run goes on.

use std::collections::VecDeque;
use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};

use akua_http::Error;
use akua_model::Printable;
use akua_model::edit::SavedToken;
use akua_model::report::End as CallEnd;
use rusqlite::{OptionalExtension, Row as SqlRow};
use serde::Serialize;

use super::end::{Candidate, End, Reason};
use super::item::{Counts, State};
use super::ledger::{Reading, counts, refused, state};
use super::plan::text_of;
use crate::error::{ErrorExt, ledger_error};

/// How many rows are read at a time.
const PORTION: i64 = 500;
/// How many rows the table shows.
const SHOWN: usize = 50;

/// What happened to each item of a plan, as its ledger has it.
///
/// `Display` is a table of what did not end well. Names, slugs and the like stand in the rows and their tokens
/// readably; kubeconfigs are nowhere.
///
/// ```no_run
/// use akua_fleet::{Report, State};
///
/// let report = Report::open("friday.akua-fleet")?;
/// println!("{report}");
/// for row in report.rows() {
///     let row = row?;
///     if row.state == State::Indeterminate {
///         println!("{}: {:?}", row.id, row.token);
///     }
/// }
/// report.write_csv(std::fs::File::create("friday.csv").map_err(|error| error.to_string())?)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Report {
    connection: Reading,
    path: PathBuf,
    counts: Counts,
    plan: PlanRow,
}

/// What the ledger is about.
#[derive(Clone, Debug, Serialize)]
struct PlanRow {
    kind: String,
    origin: String,
    context: Option<String>,
    source: String,
}

/// One item.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Row {
    /// Its number, from 1.
    pub item: u64,
    /// The id of the resource; of one that is to be made, the key of its row.
    pub id: String,
    /// Where it stands.
    pub state: State,
    /// On how many versions the change was tried, in all runs.
    pub epochs: u64,
    /// When that was written down last, in Unix milliseconds; `None` if nothing was tried yet.
    pub changed_ms: Option<i64>,
    /// Of an indeterminate one: the resume token that settles it. Of one that was started: the token to wait for its
    /// operation with.
    pub token: Option<String>,
    /// Of a launch: how that ended, under the names of the ends of calls. `applied` with an operation says that it was
    /// accepted; what became of that is the fate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub launch: Option<CallEnd>,
    /// Of an accepted launch: how the last wait for its operation ended, under the same names; `None` if none has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fate: Option<CallEnd>,
    /// Of an accepted launch: the id of its operation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// Of a create: the id of what was made, as its operation tells once it has succeeded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub made: Option<String>,
    /// Of a create that is indeterminate, or whose operation has not succeeded: what may have been made by it. Look at each, and
    /// decide: any of them may be somebody else's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<Candidate>,
    /// How the last work on it ended; `None` if none did. An indeterminate item without it, or after one that says
    /// something else, was under way when its process ended.
    pub end: Option<End>,
}

impl Row {
    /// What happened, in one line.
    #[must_use]
    pub fn detail(&self) -> &str {
        match (&self.end, self.state) {
            (Some(end), state) if end.state == state => &end.detail,
            (_, State::Pending) => "nothing was sent yet",
            (_, State::Indeterminate) => "indeterminate: it was under way when the process ended, or still is",
            (_, State::Started) => "accepted: its operation was waited for when the process ended, or still is",
            _ => "",
        }
    }
}

impl Report {
    /// The report of the ledger at `path`.
    ///
    /// # Errors
    ///
    /// [`Ledger`](akua_http::ErrorKind::Ledger) if there is none, or it can't be read.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let connection = Reading::open(path).map_err(ErrorExt::of_a_read)?;
        let plan = |row: &SqlRow<'_>| {
            Ok(PlanRow {
                kind: row.get(0)?,
                origin: row.get(1)?,
                context: row.get(2)?,
                source: row.get(3)?,
            })
        };
        let read = connection
            .query_row("SELECT kind, origin, context, source FROM plan", [], plan)
            .and_then(|plan| Ok((plan, counts(&connection)?)));
        let (plan, counts) = read.map_err(|error| refused(path, &error).of_a_read())?;
        Ok(Self {
            connection,
            path: path.to_owned(),
            counts,
            plan,
        })
    }

    /// How many items stand where, when the report was opened.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// What the plan is made of, and what it is about.
    #[must_use]
    pub fn plan(&self) -> String {
        let PlanRow {
            kind, origin, source, ..
        } = &self.plan;
        Printable(&format!("{source} for {kind}s of {origin}")).to_string()
    }

    /// Every item, in the order of the plan.
    #[must_use]
    pub fn rows(&self) -> Rows<'_> {
        Rows::new(self, false)
    }

    /// Every item that is neither applied nor unchanged, in the order of the plan.
    #[must_use]
    pub fn troubled(&self) -> Rows<'_> {
        Rows::new(self, true)
    }

    /// The item of this resource, or of the row with this key, as it stands now; `None` if it is not in the plan.
    ///
    /// # Errors
    ///
    /// [`Ledger`](akua_http::ErrorKind::Ledger) if the ledger can't be read.
    pub fn row_of(&self, id: &str) -> Result<Option<Row>, Error> {
        let sql = format!("SELECT {ROW} FROM item WHERE id = ?1");
        let found = self.connection.query_row(&sql, [id], row).optional();
        let found = found.and_then(|found| found.map(|row| self.told_apart(row)).transpose());
        found.map_err(|error| refused(&self.path, &error).of_a_read())
    }

    /// Writes all rows as CSV (RFC 4180, UTF-8), with a line of names before them. Who has what in a conflict is JSON
    /// in one of its columns, and so are the candidates of a create.
    ///
    /// It is for tables that people look at: a cell that begins with `=`, `+`, `-` or `@` has an apostrophe before it, so
    /// that no program takes it for a formula, and what would act where it is printed is escaped. As it is, everything stands
    /// in the rows and in the JSON.
    ///
    /// # Errors
    ///
    /// [`Ledger`](akua_http::ErrorKind::Ledger) if the ledger can't be read, or `to` can't be written.
    pub fn write_csv(&self, to: impl Write) -> Result<(), Error> {
        let failed = |error: csv::Error| self.unwritten(&error);
        let mut csv = csv::Writer::from_writer(to);
        csv.write_record(COLUMNS).map_err(failed)?;
        for row in self.rows() {
            csv.write_record(cells(&row?)).map_err(failed)?;
        }
        csv.flush().map_err(|error| self.unwritten(&error))
    }

    /// Writes an object with what the plan is, the counts, and all rows.
    ///
    /// # Errors
    ///
    /// As for [`write_csv`](Self::write_csv).
    pub fn write_json(&self, mut to: impl Write) -> Result<(), Error> {
        let mut put = |text: &str| to.write_all(text.as_bytes()).map_err(|error| self.unwritten(&error));
        put(&format!(
            "{{\"plan\":{},\"counts\":{},\"items\":[\n",
            json(&self.plan),
            json(&self.counts)
        ))?;
        let mut separator = "";
        for row in self.rows() {
            put(separator)?;
            put(&json(&row?))?;
            separator = ",\n";
        }
        put("]}\n")
    }

    /// A row with it said of each candidate whether another row has made that.
    fn told_apart(&self, mut row: Row) -> rusqlite::Result<Row> {
        if row.candidates.is_empty() {
            return Ok(row);
        }
        let sql = "SELECT id FROM item WHERE item <> ?1 AND json_extract(end, '$.made') = ?2";
        let mut statement = self.connection.prepare(sql)?;
        for candidate in &mut row.candidates {
            let by = statement.query_row((i64::try_from(row.item).unwrap_or(i64::MAX), &candidate.id), |row| {
                row.get::<_, String>(0)
            });
            if let Some(by) = by.optional()? {
                let note = format!(
                    "; but it was made by the row `{}`, so it is not of this one",
                    Printable(&by)
                );
                candidate.why.push_str(&note);
            }
        }
        Ok(row)
    }

    fn unwritten(&self, error: &dyn fmt::Display) -> Error {
        ledger_error(
            format!("{}: its report can't be written: {error}", self.path.display()),
            "",
        )
        .of_a_read()
    }
}

/// As JSON, in which what would act where it is printed is escaped.
fn json(value: &impl Serialize) -> String {
    let mut shown = String::new();
    for c in text_of(value).chars() {
        if c < '\u{7f}' || Printable(c.encode_utf8(&mut [0; 4])).to_string().starts_with(c) {
            shown.push(c);
        } else {
            c.encode_utf16(&mut [0; 2])
                .iter()
                .for_each(|unit| shown.push_str(&format!("\\u{unit:04x}")));
        }
    }
    shown
}

/// A text in a cell of a table that people look at.
fn cell(text: &str) -> String {
    let mut text = Printable(text).to_string();
    if text.starts_with(['=', '+', '-', '@']) {
        text.insert(0, '\'');
    }
    text
}

const COLUMNS: [&str; 18] = [
    "item",
    "id",
    "state",
    "launch",
    "fate",
    "operation",
    "made",
    "proof",
    "etag",
    "status",
    "may_still_land",
    "epochs",
    "requests",
    "changed_ms",
    "what_happened",
    "fields",
    "candidates",
    "token",
];

fn cells(row: &Row) -> [String; 18] {
    fn shown<T: ToString>(value: Option<T>) -> String {
        value.map(|value| value.to_string()).unwrap_or_default()
    }
    // How the work before the last one ended says nothing of an item that is under way again.
    let end = row.end.as_ref().filter(|end| end.state == row.state);
    [
        row.item.to_string(),
        cell(&row.id),
        row.state.name().to_owned(),
        shown(row.launch.map(CallEnd::name)),
        shown(row.fate.map(CallEnd::name)),
        shown(row.operation.as_deref().map(cell)),
        shown(row.made.as_deref().map(cell)),
        shown(end.and_then(|end| end.proof).map(super::Proof::name)),
        shown(end.and_then(|end| end.etag.as_deref()).map(cell)),
        shown(end.and_then(|end| end.status)),
        shown(end.and_then(|end| end.may_still_land)),
        row.epochs.to_string(),
        shown(end.map(|end| end.requests)),
        shown(row.changed_ms),
        cell(row.detail()),
        end.filter(|end| !end.fields.is_empty())
            .map(|end| json(&end.fields))
            .unwrap_or_default(),
        match row.candidates.is_empty() {
            true => String::new(),
            false => json(&row.candidates),
        },
        shown(row.token.as_deref().map(cell)),
    ]
}

impl fmt::Display for Report {
    /// The counts, and below them what is neither applied nor unchanged.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.plan(), self.counts)?;
        let rest = self.counts.total() - self.counts.of(State::Applied) - self.counts.of(State::Unchanged);
        if rest == 0 {
            return Ok(());
        }
        let rows: Result<Vec<Row>, Error> = self.troubled().take(SHOWN).collect();
        let rows = match rows {
            Ok(rows) => rows,
            Err(error) => return write!(f, "\n{error}"),
        };
        let ids: Vec<String> = rows.iter().map(|row| Printable(&row.id).to_string()).collect();
        let widest = ids.iter().map(|id| id.chars().count()).max().unwrap_or(0);
        for (row, id) in rows.iter().zip(ids) {
            let detail = Printable(row.detail());
            write!(f, "\n{:>7}  {id:widest$}  {:13}  {detail}", row.item, row.state)?;
            let namesakes = row.candidates.iter().filter(|one| one.reason == Reason::Namesake);
            for candidate in namesakes {
                let (id, why) = (Printable(&candidate.id), Printable(&candidate.why));
                write!(f, "\n         {:widest$}  candidate {id}: {why}", "")?;
            }
        }
        match rest.saturating_sub(rows.len() as u64) {
            0 => Ok(()),
            more => write!(f, "\n        and {more} more"),
        }
    }
}

impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Report")
            .field("path", &self.path)
            .field("counts", &self.counts)
            .finish_non_exhaustive()
    }
}

/// The rows of a report, read as they are asked for. Ends after the last one and after an error.
#[derive(Debug)]
pub struct Rows<'a> {
    report: &'a Report,
    /// Whether what ended well is left out.
    troubled: bool,
    last: i64,
    rows: VecDeque<Row>,
}

impl<'a> Rows<'a> {
    fn new(report: &'a Report, troubled: bool) -> Self {
        Self {
            report,
            troubled,
            last: 0,
            rows: VecDeque::new(),
        }
    }

    fn read(&mut self) -> rusqlite::Result<()> {
        let mut statement = self.report.connection.prepare(&format!(
            "SELECT {ROW} FROM item WHERE item > ?1 AND NOT (?2 AND state IN (?3, ?4)) ORDER BY item LIMIT ?5"
        ))?;
        let (applied, unchanged) = (State::Applied.number(), State::Unchanged.number());
        let found = statement.query_map((self.last, self.troubled, applied, unchanged, PORTION), row)?;
        for row in found {
            let row = self.report.told_apart(row?)?;
            self.last = i64::try_from(row.item).unwrap_or(i64::MAX);
            self.rows.push_back(row);
        }
        Ok(())
    }
}

/// The columns of which a row is made.
const ROW: &str = "item, id, state, epochs, changed_ms, token, end";

fn row(row: &SqlRow<'_>) -> rusqlite::Result<Row> {
    let end: Option<String> = row.get(6)?;
    let end: Option<End> = end
        .map(|end| serde_json::from_str(&end))
        .transpose()
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(6, rusqlite::types::Type::Text, Box::new(error)))?;
    let (state, token): (State, Option<String>) = (state(row, 2)?, row.get(5)?);
    let told = end.as_ref().filter(|end| end.state == state);
    let (made, candidates) = match told {
        Some(end) => (end.made.clone(), end.candidates.clone()),
        None => (None, Vec::new()),
    };
    let (launch, fate, operation) = match told {
        Some(end) => (end.launch, end.fate, end.operation.clone()),
        // Under way, or cut short: what is known is in its token.
        None => match token.as_deref().and_then(|token| token.parse().ok()) {
            Some(SavedToken::Launch(_)) => (Some(CallEnd::Indeterminate), None, None),
            Some(SavedToken::Wait(token)) => (Some(CallEnd::Applied), None, Some(token.operation().to_owned())),
            _ => (None, None, None),
        },
    };
    Ok(Row {
        item: row.get::<_, i64>(0)?.unsigned_abs(),
        id: row.get(1)?,
        state,
        epochs: row.get::<_, i64>(3)?.unsigned_abs(),
        changed_ms: row.get(4)?,
        token,
        launch,
        fate,
        operation,
        made,
        candidates,
        end,
    })
}

impl Iterator for Rows<'_> {
    type Item = Result<Row, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rows.is_empty()
            && let Err(error) = self.read()
        {
            self.last = i64::MAX;
            return Some(Err(refused(&self.report.path, &error).of_a_read()));
        }
        self.rows.pop_front().map(Ok)
    }
}
