//! An item of a fleet as its ledger has it: where it stands, what is wanted, and who works on it.

use std::fmt;
use std::time::Duration;

use akua_http::Error;
use akua_model::edit::LaunchKind;
use akua_model::{Patch, Secrets};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// Where an item stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum State {
    /// Nothing has been sent for it.
    Pending,
    /// It was tried, and provably nothing took effect for a reason that may pass: no connection, no time left, no
    /// valid token. The next run tries it again.
    NotSent,
    /// A write may have landed, or may still. The next run settles it first.
    Indeterminate,
    /// The change took effect: acknowledged by the server, or seen in a later read. Where the server has stored something
    /// else in some of its fields, the end names them. Of a launch: its operation has succeeded, or a later read shows what
    /// was wanted.
    Applied,
    /// Everything already was as wanted. Nothing took effect.
    Unchanged,
    /// Somebody else changed the same resource first. Nothing took effect.
    Conflict,
    /// The server refused it, or answered 200 and changed nothing. Nothing took effect.
    Rejected,
    /// A launch was accepted, and how its operation ends is not known yet. The next run waits for that, and launches
    /// nothing.
    Started,
    /// A launch was accepted, and its operation has failed. Some of it may have been done.
    Failed,
    /// A launch was accepted, and its operation was cancelled. Some of it may have been done.
    Cancelled,
    /// A launch was accepted, and its operation can't be read any more, or has ended in a way that this version does not
    /// know. The next run looks again, and launches nothing.
    LostTrack,
}

impl State {
    /// Whether the next run takes the item up again.
    #[must_use]
    pub fn is_open(self) -> bool {
        match self {
            Self::Pending | Self::NotSent | Self::Indeterminate | Self::Started | Self::LostTrack => true,
            Self::Applied | Self::Unchanged | Self::Conflict | Self::Rejected | Self::Failed | Self::Cancelled => false,
        }
    }

    /// Whether an item that ended so counts towards [`Limits::stop_after`](super::Limits::stop_after).
    #[must_use]
    pub fn is_failure(self) -> bool {
        match self {
            Self::NotSent
            | Self::Indeterminate
            | Self::Conflict
            | Self::Rejected
            | Self::Failed
            | Self::Cancelled
            | Self::LostTrack => true,
            Self::Pending | Self::Applied | Self::Unchanged | Self::Started => false,
        }
    }

    /// Whether only a launch can end so: it was accepted, and this is about its operation.
    pub(crate) fn is_of_operation(self) -> bool {
        match self {
            Self::Started | Self::Failed | Self::Cancelled | Self::LostTrack => true,
            Self::Pending
            | Self::NotSent
            | Self::Indeterminate
            | Self::Applied
            | Self::Unchanged
            | Self::Conflict
            | Self::Rejected => false,
        }
    }

    /// Whether the next run finds out what became of it before it begins anything new: a write that may have landed, or an
    /// operation whose end is not known.
    pub(crate) fn is_unsettled(self) -> bool {
        matches!(self, Self::Indeterminate | Self::Started | Self::LostTrack)
    }

    /// Its number in the ledger, the same for ever. What waits for a write comes first.
    pub(crate) fn number(self) -> i64 {
        Self::ALL
            .iter()
            .position(|state| *state == self)
            .map_or(0, |at| at as i64)
    }

    pub(crate) fn from_number(number: i64) -> Option<Self> {
        Self::ALL.get(usize::try_from(number).ok()?).copied()
    }
}

akua_model::named!(State {
    Pending => "pending",
    NotSent => "not_sent",
    Indeterminate => "indeterminate",
    Applied => "applied",
    Unchanged => "unchanged",
    Conflict => "conflict",
    Rejected => "rejected",
    Started => "started",
    Failed => "failed",
    Cancelled => "cancelled",
    LostTrack => "lost_track",
});

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// How many items stand where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts([u64; State::ALL.len()]);

impl Counts {
    /// How many stand there.
    #[must_use]
    pub fn of(&self, state: State) -> u64 {
        self.0.get(state.number() as usize).copied().unwrap_or(0)
    }

    /// How many there are.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// How many the next run takes up.
    #[must_use]
    pub fn open(&self) -> u64 {
        self.sum(State::is_open)
    }

    /// How many of which the next run finds out what became of them, before it begins anything new.
    pub(crate) fn unsettled(&self) -> u64 {
        self.sum(State::is_unsettled)
    }

    fn sum(&self, counts: impl Fn(State) -> bool) -> u64 {
        let states = State::ALL.iter().copied().filter(|state| counts(*state));
        states.map(|state| self.of(state)).sum()
    }

    pub(crate) fn add(&mut self, state: State, items: u64) {
        if let Some(count) = self.0.get_mut(state.number() as usize) {
            *count += items;
        }
    }

    pub(crate) fn moved(&mut self, from: State, to: State) {
        if let Some(count) = self.0.get_mut(from.number() as usize) {
            *count = count.saturating_sub(1);
        }
        self.add(to, 1);
    }
}

impl Serialize for Counts {
    /// An object with a number for each state. Those in which only a launch can be are left out where there are none.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let states = State::ALL.iter().copied();
        let shown = states.filter(|state| !state.is_of_operation() || self.of(*state) > 0);
        serializer.collect_map(shown.map(|state| (state.name(), self.of(state))))
    }
}

impl fmt::Display for Counts {
    /// `38 applied, 1 conflict, 1 indeterminate`; what there is none of is left out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let some: Vec<String> = State::ALL
            .iter()
            .copied()
            .filter(|state| self.of(*state) > 0)
            .map(|state| format!("{} {}", self.of(state), state.name().replace('_', " ")))
            .collect();
        f.write_str(if some.is_empty() { "no items" } else { "" })?;
        f.write_str(&some.join(", "))
    }
}

/// An item that somebody is to work on.
///
/// It can be serialised and worked on in another process. The lease number is what the ledger knows its holder by: once
/// the item is leased again, nothing that comes under the old number is accepted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Leased {
    /// The item's number in the ledger, from 1.
    pub item: u64,
    /// The id of the resource; of one that is to be made, the key of its row.
    pub id: String,
    /// The number of this lease. It never comes back.
    pub lease: u64,
    /// Where it stood when it was leased.
    pub state: State,
    /// What is to be done.
    pub work: Work,
    /// How long to wait for the operation of a launch at most; `None` for the 30 minutes of a wait by itself.
    #[serde(default)]
    pub wait: Option<Duration>,
}

/// What is to be done with an item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// Change these fields.
    Patch {
        /// The fields with their values. Those that a preview has shown, where the plan's function gave them; it may be
        /// none, and then nothing is written.
        patch: StoredPatch,
        /// The version that the caller has seen, as JSON; without it, the resource is read first.
        seen: Option<String>,
    },
    /// Ask the plan's function for the patch of each version.
    Ask {
        /// The version that the caller has seen, as JSON; without it, the resource is read first.
        seen: Option<String>,
    },
    /// Settle an earlier write, from its resume token. No other write may be sent.
    Resume {
        /// The token as text: that of an edit or of a launch.
        token: String,
    },
    /// Start an operation on this version, and wait for its end.
    Launch {
        /// What is to be started.
        launch: LaunchKind,
        /// The version that the caller has seen, as JSON; without it, the resource is read first.
        seen: Option<String>,
    },
    /// Make something new, and wait for the end of its operation.
    Create {
        /// How it is made.
        launch: LaunchKind,
        /// What it is made of.
        new: StoredPatch,
    },
    /// Wait for the operation of a launch that was accepted. No write may be sent.
    Wait {
        /// The token of the operation as text.
        token: String,
    },
}

impl Work {
    /// Whether it only finds out what became of an earlier write or of its operation.
    pub(crate) fn settles(&self) -> bool {
        match self {
            Self::Resume { .. } | Self::Wait { .. } => true,
            Self::Patch { .. } | Self::Ask { .. } | Self::Launch { .. } | Self::Create { .. } => false,
        }
    }
}

/// A patch as a ledger keeps it, or what something new is made of: secrets as salted hashes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Map<String, Value>", into = "Map<String, Value>")]
pub struct StoredPatch(Vec<(String, StoredValue)>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum StoredValue {
    Plain(String),
    /// Salt and hash with a colon between them.
    Hash(String),
}

impl StoredPatch {
    /// The patch without its secrets, and what was taken out of it.
    pub(crate) fn keep(patch: &impl Patch, salt: &str) -> (Self, Secrets) {
        let mut secrets = Secrets::none();
        let mut values = Vec::new();
        for assignment in patch.assignments() {
            let (name, text) = (assignment.field.name, assignment.value.to_text());
            let kept = if assignment.field.is_secret() {
                secrets.insert(name, text.as_ref());
                StoredValue::Hash(hash(salt, &text))
            } else {
                StoredValue::Plain(text.into_owned())
            };
            values.push((name.to_owned(), kept));
        }
        (Self(values), secrets)
    }

    /// That of a function that wants no change.
    pub(crate) fn nothing() -> Self {
        Self(Vec::new())
    }

    /// Whether there is nothing to change.
    pub(crate) fn is_nothing(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether secrets are needed to make the patch again.
    #[must_use]
    pub fn needs_secrets(&self) -> bool {
        self.0.iter().any(|(_, value)| matches!(value, StoredValue::Hash(_)))
    }

    /// The fields with their values; `None` for a secret.
    pub fn values(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.0.iter().map(|(name, value)| match value {
            StoredValue::Plain(text) => (name.as_str(), Some(text.as_str())),
            StoredValue::Hash(_) => (name.as_str(), None),
        })
    }

    /// The patch again. `secrets` are those that were planned.
    pub(crate) fn restore<P: Patch>(&self, secrets: &Secrets) -> Result<P, Error> {
        let mut plain: Vec<(&str, &str)> = Vec::with_capacity(self.0.len());
        for (name, value) in &self.0 {
            let text = match (value, secrets.get(name)) {
                (StoredValue::Plain(text), _) => text.as_str(),
                (StoredValue::Hash(_), None) => {
                    return Err(Error::invalid_input(
                        name,
                        "is needed again (a ledger holds only its hash)",
                    ));
                }
                (StoredValue::Hash(kept), Some(secret)) => {
                    let text = secret.expose();
                    let salt = kept.split(':').next().unwrap_or_default();
                    if hash(salt, text) != *kept {
                        return Err(Error::invalid_input(
                            name,
                            "is another one than was planned (give the same)",
                        ));
                    }
                    text
                }
            };
            plain.push((name, text));
        }
        Ok(P::from_texts(&plain)?)
    }
}

/// Salt and hash of a secret.
fn hash(salt: &str, secret: &str) -> String {
    let digest = Sha256::new()
        .chain_update(salt)
        .chain_update([0])
        .chain_update(secret)
        .finalize();
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{salt}:{hex}")
}

/// The property that stands for a secret in place of its value.
const SALTED_HASH: &str = "salted_sha256";

impl From<StoredPatch> for Map<String, Value> {
    fn from(patch: StoredPatch) -> Self {
        let value = |kept| match kept {
            StoredValue::Plain(text) => Value::String(text),
            StoredValue::Hash(hash) => Value::Object(Self::from_iter([(SALTED_HASH.to_owned(), hash.into())])),
        };
        patch.0.into_iter().map(|(name, kept)| (name, value(kept))).collect()
    }
}

impl TryFrom<Map<String, Value>> for StoredPatch {
    type Error = String;

    fn try_from(map: Map<String, Value>) -> Result<Self, String> {
        let kept = |value: Value| match value {
            Value::String(text) => Some(StoredValue::Plain(text)),
            Value::Object(mut map) => match map.remove(SALTED_HASH)? {
                Value::String(hash) => Some(StoredValue::Hash(hash)),
                _ => None,
            },
            _ => None,
        };
        let read = |(name, value)| Some((name, kept(value)?));
        let values: Option<Vec<_>> = map.into_iter().map(read).collect();
        values.map(Self).ok_or_else(|| "is no patch of a ledger".to_owned())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use akua_model::ClusterPatch;

    fn patch(kubeconfig: &str) -> ClusterPatch {
        ClusterPatch::builder()
            .name("prod")
            .kubeconfig(kubeconfig)
            .build()
            .unwrap()
    }

    #[test]
    fn a_patch_comes_back_with_the_kubeconfig_that_was_planned_and_no_other() {
        let (kept, secret) = StoredPatch::keep(&patch("hush"), "salt");
        let text = serde_json::to_string(&kept).unwrap();
        assert!(!text.contains("hush"), "{text}");
        let back: StoredPatch = serde_json::from_str(&text).unwrap();
        assert!(back.needs_secrets());
        assert_eq!(back.restore::<ClusterPatch>(&secret).unwrap(), patch("hush"));
        let other = Secrets::none().with("kubeconfig", "other");
        for (given, words) in [(other, "another one"), (Secrets::none(), "needed again")] {
            let refused = back.restore::<ClusterPatch>(&given).unwrap_err().to_string();
            assert!(refused.contains("kubeconfig") && refused.contains(words), "{refused}");
        }
    }

    #[test]
    fn numbers_and_states_belong_together() {
        for state in State::ALL {
            assert_eq!(State::from_number(state.number()), Some(*state));
        }
        assert_eq!((State::from_number(11), State::from_number(-1)), (None, None));
        let mut counts = Counts::default();
        assert_eq!(counts.to_string(), "no items");
        counts.add(State::Pending, 3);
        counts.moved(State::Pending, State::NotSent);
        assert_eq!(
            (counts.to_string(), counts.open()),
            ("2 pending, 1 not sent".to_owned(), 3)
        );
    }

    #[test]
    fn an_edit_counts_as_it_always_did_and_a_launch_in_its_own_states() {
        let mut counts = Counts::default();
        counts.add(State::Applied, 2);
        let text = serde_json::to_string(&counts).unwrap();
        assert!(text.contains(r#""rejected":0"#) && !text.contains("started"), "{text}");
        counts.moved(State::Applied, State::Started);
        counts.moved(State::Applied, State::LostTrack);
        counts.add(State::Failed, 1);
        let text = serde_json::to_string(&counts).unwrap();
        assert!(
            text.contains(r#""started":1,"failed":1,"lost_track":1"#) && !text.contains("cancelled"),
            "{text}"
        );
        assert_eq!((counts.open(), counts.unsettled(), counts.total()), (2, 2, 3));
    }
}
