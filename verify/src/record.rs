//! What one call of a client did and claimed: seen from the caller's side and from the wire, not from inside.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use akua_http::cancel::Cancel;
use akua_model::Resource;
use akua_model::edit::{Contract, Edited, FieldReport, NotApplied, Outcome, Policy, Proof};
use akua_model::http::Response;
use akua_sim::Kind;
use serde_json::{Map, Value};

/// Field names with values.
pub type Values = BTreeMap<String, String>;

/// The time since this process began to keep records.
pub fn now() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed()
}

/// What the caller looked at when it decided what to change.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    pub etag: String,
    pub values: Values,
}

/// A change that the caller asked for.
#[derive(Clone, Debug)]
pub struct Want {
    pub values: Values,
    /// `None`: whatever the first read of the call shows.
    pub view: Option<View>,
}

/// What a client heard of one request.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// The transport proves that nothing was sent.
    NotSent,
    /// No answer, or half a 200.
    Nothing,
    /// An answer.
    Answer {
        status: u16,
        /// Of a 200 that shows the resource asked for.
        shown: Option<(String, Values)>,
        /// The etag that a refusal names as current.
        named: Option<String>,
        retry_after_ms: Option<u64>,
    },
}

impl Heard {
    /// What this answer says to whoever asked for the resource with this id, or wrote to it.
    pub fn answer(id: &str, answer: &Response) -> Self {
        let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let shown = match (&body, body["etag"].as_str()) {
            (Value::Object(map), Some(etag)) if answer.status == 200 && body["id"].as_str() == Some(id) => {
                Some((etag.to_owned(), texts(map)))
            }
            _ => None,
        };
        let errors = body["errors"].as_array().into_iter().flatten();
        let metadata: Vec<_> = errors.filter_map(|entry| entry["metadata"].as_object()).collect();
        Self::Answer {
            status: answer.status,
            shown,
            named: named(&metadata).filter(|_| matches!(answer.status, 409 | 412)),
            retry_after_ms: answer
                .header("retry-after")
                .and_then(|seconds| seconds.parse::<u64>().ok())
                .map(|seconds| seconds * 1000),
        }
    }
}

/// The number in the simulator's record of the request that was answered so.
pub fn seq_of(answer: &Response) -> Option<u64> {
    answer.request_id()?.strip_prefix("req_")?.parse().ok()
}

pub(crate) fn texts(map: &Map<String, Value>) -> Values {
    map.iter()
        .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
        .collect()
}

/// The etag that a refusal names as current, under a name that says so and stands there once: one that says it in so
/// many words before one that says only `etag`, which counts where no etag of something else stands beside it.
fn named(metadata: &[&Map<String, Value>]) -> Option<String> {
    let under = |names: &[&str]| -> Vec<&Value> {
        let entries = metadata.iter().flat_map(|entry| entry.iter());
        entries
            .filter(|(key, _)| names.contains(&key.as_str()))
            .map(|(_, value)| value)
            .collect()
    };
    let current = under(&["current_etag", "currentEtag", "latest_etag"]);
    let mut keys = metadata.iter().flat_map(|entry| entry.keys());
    let values = match current.is_empty() {
        true if keys.any(|key| key != "etag" && key.contains("etag")) => return None,
        true => under(&["etag"]),
        false => current,
    };
    let [value] = values[..] else { return None };
    Some(bare(value.as_str()?).to_owned())
}

/// An etag without what HTTP may put around it.
fn bare(etag: &str) -> &str {
    etag.trim_start_matches("W/").trim_matches('"')
}

/// One request.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// Its number in the simulator's record, if an answer told it.
    pub seq: Option<u64>,
    /// `None` for a read.
    pub write: Option<Sent>,
    pub began: Duration,
    pub ended: Duration,
    /// How many resume tokens had been handed out by then.
    pub tokens: usize,
    pub heard: Heard,
}

impl Attempt {
    /// A request of which only this is known; every token was out.
    pub fn of(write: Option<Sent>, heard: Heard, seq: Option<u64>) -> Self {
        Self {
            seq,
            write,
            began: Duration::ZERO,
            ended: Duration::ZERO,
            tokens: usize::MAX,
            heard,
        }
    }
}

/// What a write carried.
#[derive(Clone, Debug, PartialEq)]
pub struct Sent {
    pub if_match: String,
    pub key: Option<String>,
    /// What it is known by in the record: see [`Evidence::write_of`](crate::evidence::Evidence::write_of).
    pub digest: String,
    pub values: Values,
    /// What the caller had seen, if that does not follow from what it wants.
    pub seen: Option<View>,
}

/// How a call ended, in the client's words.
#[derive(Clone, Debug, PartialEq)]
pub enum Claim {
    Acknowledged {
        etag: String,
        /// The fields that are told to show something else than was wanted, with what they show.
        adjusted: Values,
        /// The fields that are told to show what they held before.
        not_taken: Values,
    },
    Observed {
        etag: Option<String>,
    },
    Unchanged {
        etag: Option<String>,
    },
    Conflict,
    Rejected,
    /// Answered 200, and nothing has changed.
    Ignored,
    NotSent,
    Indeterminate {
        may_still_land: bool,
    },
}

impl Claim {
    /// What an edit says at its end.
    pub fn of<R: Resource>(edited: &Edited<R>) -> Self {
        let told = |fields: &[FieldReport]| -> Values {
            let theirs = |report: &FieldReport| Some((report.field.name.to_owned(), report.theirs.clone().value()?));
            fields.iter().filter_map(theirs).collect()
        };
        match &edited.outcome {
            Outcome::Applied(applied) => match applied.proof {
                Proof::Acknowledged => Self::Acknowledged {
                    etag: applied.etag.to_string(),
                    adjusted: told(&applied.adjusted),
                    not_taken: told(&applied.not_taken),
                },
                Proof::Observed => Self::Observed {
                    etag: Some(applied.etag.to_string()),
                },
            },
            Outcome::Unchanged(resource) => Self::Unchanged {
                etag: Some(resource.etag().to_string()),
            },
            Outcome::NotApplied(NotApplied::Conflict(_)) => Self::Conflict,
            Outcome::NotApplied(NotApplied::Rejected(_)) => Self::Rejected,
            Outcome::NotApplied(NotApplied::Ignored(_)) => Self::Ignored,
            Outcome::NotApplied(NotApplied::NotSent { .. }) => Self::NotSent,
            Outcome::Indeterminate(unknown) => Self::Indeterminate {
                may_still_land: unknown.may_still_land,
            },
        }
    }

    /// All that [`words`](Self::words) may be.
    pub const WORDS: [&str; 11] = [
        "acknowledged",
        "acknowledged, adjusted",
        "acknowledged, not all of it taken",
        "observed",
        "unchanged",
        "conflict",
        "rejected",
        "answered 200, and nothing has changed",
        "not sent",
        "indeterminate, may still land",
        "indeterminate, can't land",
    ];

    pub fn words(&self) -> &'static str {
        Self::WORDS[match self {
            Self::Acknowledged { not_taken, .. } if !not_taken.is_empty() => 2,
            Self::Acknowledged { adjusted, .. } if !adjusted.is_empty() => 1,
            Self::Acknowledged { .. } => 0,
            Self::Observed { .. } => 3,
            Self::Unchanged { .. } => 4,
            Self::Conflict => 5,
            Self::Rejected => 6,
            Self::Ignored => 7,
            Self::NotSent => 8,
            Self::Indeterminate { may_still_land: true } => 9,
            Self::Indeterminate { may_still_land: false } => 10,
        }]
    }
}

/// Whether the call was the edit itself, or settled it later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    Edit,
    Finish,
    Look,
}

/// What a call reported, and when.
#[derive(Clone, Debug)]
pub struct Report {
    pub how: How,
    pub claim: Claim,
    /// The attempts that belong to it.
    pub attempts: std::ops::Range<usize>,
    /// The number of the version that was current when it was made.
    pub upto: u64,
    pub began: Duration,
    pub took: Duration,
    /// Whether the caller itself ended it, or refused to keep a token.
    pub cut_short: bool,
    pub story: String,
}

impl Report {
    /// A report of which only this is known.
    pub fn of(how: How, claim: Claim, attempts: std::ops::Range<usize>, upto: u64, story: &str) -> Self {
        Self {
            how,
            claim,
            attempts,
            upto,
            began: Duration::ZERO,
            took: Duration::ZERO,
            cut_short: false,
            story: story.to_owned(),
        }
    }
}

/// An edit, with all that was done to settle it.
#[derive(Clone, Debug)]
pub struct Call {
    pub name: String,
    pub kind: Kind,
    pub id: String,
    pub policy: Policy,
    /// What this client was told of the server, if not the same as all.
    pub claimed: Option<Contract>,
    /// The write of an earlier call that it takes up.
    pub taken_up: Option<Sent>,
    /// The number of the version that was current when it began.
    pub from: u64,
    pub wants: Vec<Want>,
    pub attempts: Vec<Attempt>,
    pub reports: Vec<Report>,
    pub tokens: usize,
    /// The token with which it can be settled, while it is not.
    pub unsettled: Option<String>,
    /// After so many attempts the caller ends it.
    pub cancel: Option<(usize, Cancel)>,
    /// The resume token with this number can't be kept.
    pub refuses_token: Option<usize>,
    pub cut_short: bool,
    /// The closure has said that nothing is to change any more.
    pub content: bool,
}

impl Call {
    /// A call that begins now, when `version` is current.
    pub fn new(name: &str, kind: Kind, id: &str, version: u64, policy: Policy) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            id: id.to_owned(),
            policy,
            claimed: None,
            taken_up: None,
            from: version,
            wants: Vec::new(),
            attempts: Vec::new(),
            reports: Vec::new(),
            tokens: 0,
            unsettled: None,
            cancel: None,
            refuses_token: None,
            cut_short: false,
            content: false,
        }
    }

    /// What this call writes: what it took up, and what it sent.
    pub fn epochs(&self) -> impl Iterator<Item = &Sent> {
        self.taken_up.iter().chain(self.writes().map(|(_, sent)| sent))
    }

    /// The writes that were handed to the transport.
    pub fn writes(&self) -> impl Iterator<Item = (&Attempt, &Sent)> {
        self.attempts
            .iter()
            .filter_map(|attempt| Some((attempt, attempt.write.as_ref()?)))
    }

    /// What the caller had seen when it asked for what `sent` carries; `None` if nobody asked for it.
    pub fn view_of(&self, sent: &Sent) -> Option<View> {
        if sent.seen.is_some() {
            return sent.seen.clone();
        }
        let want = self.wants.iter().find(|want| want.values == sent.values)?;
        want.view.clone().or_else(|| self.first_read())
    }

    /// What the caller had seen first.
    pub fn first_view(&self) -> Option<View> {
        let first = self.wants.first()?;
        first.view.clone().or_else(|| self.first_read())
    }

    fn first_read(&self) -> Option<View> {
        self.attempts.iter().find_map(|attempt| match &attempt.heard {
            Heard::Answer {
                shown: Some((etag, values)),
                ..
            } if attempt.write.is_none() => Some(View {
                etag: etag.clone(),
                values: values.clone(),
            }),
            _ => None,
        })
    }
}

thread_local! {
    static CURRENT: RefCell<Option<Call>> = const { RefCell::new(None) };
}

/// From here on, what this thread sends belongs to this call.
pub fn begin(call: Call) {
    CURRENT.with(|current| *current.borrow_mut() = Some(call));
}

/// The call that was going on.
pub fn end() -> Call {
    CURRENT
        .with(|current| current.borrow_mut().take())
        .expect("a call is going on")
}

/// Adds to the record of the call that is going on, if one is.
pub fn note<T>(add: impl FnOnce(&mut Call) -> T) -> Option<T> {
    CURRENT.with(|current| current.borrow_mut().as_mut().map(add))
}

/// A resume token is handed out. Whether it could be kept.
pub fn keep_token() -> bool {
    note(|call| {
        call.tokens += 1;
        let refused = call.refuses_token == Some(call.tokens);
        call.cut_short |= refused;
        !refused
    })
    .unwrap_or(true)
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} on {:?} {}: begun at version {}, attempts {}, {:?}{}",
            self.name,
            self.kind,
            self.id,
            self.from,
            self.policy.max_attempts,
            self.policy.on_conflict,
            if self.policy.overwrite_unseen {
                ", overwrites unseen"
            } else {
                ""
            }
        )?;
        for want in &self.wants {
            writeln!(f, "  wants {:?}, having seen {:?}", want.values, want.view)?;
        }
        for report in &self.reports {
            writeln!(
                f,
                "  {:?}: {:?} at version {} after {:?}",
                report.how, report.claim, report.upto, report.took
            )?;
            for attempt in &self.attempts[report.attempts.clone()] {
                let seq = attempt.seq.map_or("?".to_owned(), |seq| seq.to_string());
                let heard = match &attempt.heard {
                    Heard::Answer {
                        status, shown, named, ..
                    } => format!("{status} {:?} {:?}", shown.as_ref().map(|(etag, _)| etag), named),
                    other => format!("{other:?}"),
                };
                match &attempt.write {
                    Some(sent) => writeln!(
                        f,
                        "    #{seq} PATCH {} if-match {} key {:?}: {heard}",
                        sent.digest.get(..8).unwrap_or(&sent.digest),
                        sent.if_match,
                        sent.key
                    )?,
                    None => writeln!(f, "    #{seq} GET: {heard}")?,
                }
            }
            for line in report.story.lines() {
                writeln!(f, "    | {line}")?;
            }
        }
        Ok(())
    }
}
