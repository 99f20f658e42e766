//! What one call of a client did and claimed: seen from the caller's side and from the wire, not from inside.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, Instant};

use akua_http::cancel::Cancel;
use akua_model::edit::Policy;
use akua_sim::Kind;

/// Field names with values.
pub type Values = BTreeMap<String, String>;

/// What the caller looked at when it decided what to change.
#[derive(Clone, Debug)]
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

/// One request.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// Its number in the simulator's record, if an answer told it.
    pub seq: Option<u64>,
    /// `None` for a read.
    pub write: Option<Sent>,
    pub began: Instant,
    pub ended: Instant,
    /// How many resume tokens had been handed out by then.
    pub tokens: usize,
    pub heard: Heard,
}

/// What a write carried.
#[derive(Clone, Debug, PartialEq)]
pub struct Sent {
    pub if_match: String,
    pub key: Option<String>,
    pub digest: String,
    pub values: Values,
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
    Observed,
    Unchanged,
    Conflict,
    Rejected,
    /// Answered 200, and nothing has changed.
    Ignored,
    NotSent,
    Indeterminate {
        may_still_land: bool,
    },
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
    pub began: Instant,
    pub took: Duration,
    /// Whether the caller itself ended it, or refused to keep a token.
    pub cut_short: bool,
    pub story: String,
}

/// An edit, with all that was done to settle it.
#[derive(Clone, Debug)]
pub struct Call {
    pub name: String,
    pub kind: Kind,
    pub id: String,
    pub policy: Policy,
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

    /// The writes that were handed to the transport.
    pub fn writes(&self) -> impl Iterator<Item = (&Attempt, &Sent)> {
        self.attempts
            .iter()
            .filter_map(|attempt| Some((attempt, attempt.write.as_ref()?)))
    }

    /// What the caller had seen when it asked for what `sent` carries; `None` if nobody asked for it.
    pub fn view_of(&self, sent: &Sent) -> Option<View> {
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
            self.policy.attempts,
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
                        &sent.digest[..8],
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
