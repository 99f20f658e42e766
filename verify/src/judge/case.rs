//! One call with all that the record tells of it: its versions, what arrived of it, what the answers to it said.

use std::collections::BTreeMap;

use akua_sim::{Author, Effect, Entry, Fault, Version};

use crate::evidence::Evidence;
use crate::record::{Call, Heard, Sent, Values};

/// What can be found wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Check {
    /// A write has overwritten a value that its caller had not seen.
    LostUpdate,
    /// An edit has landed more than once.
    AppliedTwice,
    /// A write has landed in part.
    Torn,
    /// Applied was claimed of what was not in effect.
    FalseApplied,
    /// What was told of adjusted fields, or of fields that were not taken, is not what was shown.
    FalseList,
    /// Unchanged was claimed of what was not so.
    FalseUnchanged,
    /// Not applied was claimed of what has landed, or landed later.
    FalseNotApplied,
    /// It landed after it was said that it can't any more.
    LandedLater,
    /// Nobody could know, it was said; but it could be known.
    Avoidable,
    /// A write went out before its resume token.
    Unguarded,
    /// Something was sent that nobody had asked for.
    Unasked,
    /// A conflict's report of a field is not so.
    FalseReport,
    /// Nobody could know, it was said; but every answer was definite.
    Causeless,
    /// A repeat was not the same to the byte.
    ChangedRepeat,
    /// A new epoch went out with a key that was used before.
    ReusedKey,
    /// A request was asked for that could not end in time.
    Overdue,
    /// A request was asked for after the call was cancelled.
    Uncancelled,
    /// It goes on for ever, or ends twice.
    Endless,
    /// A secret stands in what is told.
    Leaked,
}

#[derive(Clone, Debug)]
pub struct Alarm {
    pub check: Check,
    /// The call it is about, if it is about one.
    pub call: Option<usize>,
    pub text: String,
}

impl Alarm {
    pub fn new(check: Check, text: impl Into<String>) -> Self {
        Self {
            check,
            call: None,
            text: text.into(),
        }
    }
}

/// A version that a call has made.
pub struct Landing<'a> {
    pub version: &'a Version,
    pub before: &'a Version,
    pub entry: &'a Entry,
    pub sent: &'a Sent,
    /// Whether it was this call that began the write, and not one before that it has taken up.
    pub is_own: bool,
}

impl Landing<'_> {
    /// Whether it has changed a value that was wanted.
    pub fn changes(&self) -> bool {
        let changes = |field: &String| value(self.before, field) != value(self.version, field);
        self.sent.values.keys().any(changes)
    }
}

/// One call with all that the record tells of it.
pub struct Case<'a> {
    pub evidence: &'a Evidence,
    pub call: &'a Call,
    pub history: &'a [Version],
    pub landings: Vec<Landing<'a>>,
    /// Everything that arrived of it.
    pub entries: Vec<&'a Entry>,
}

impl<'a> Case<'a> {
    /// The entry of a request that was answered.
    pub fn entry(&self, seq: u64) -> Option<&'a Entry> {
        self.evidence.entry(seq)
    }

    /// Requests that the server took for a write, though they changed nothing.
    pub fn accepted(&self) -> impl Iterator<Item = &&'a Entry> {
        let accepted = |entry: &&&Entry| entry.effect == Effect::Unchanged {} && self.answers_for(entry);
        self.entries.iter().filter(accepted)
    }

    /// The landings that can be held against what was claimed.
    pub fn landings(&self) -> impl Iterator<Item = &Landing<'a>> {
        self.landings.iter().filter(|landing| self.answers_for(landing.entry))
    }

    pub fn answers_for(&self, entry: &Entry) -> bool {
        !self.evidence.outlived.contains(&entry.seq)
    }

    /// The fault that a request has met.
    pub fn fault_of(&self, entry: &Entry) -> Option<&'a Fault> {
        // They are numbered as they were injected.
        let index = usize::try_from(entry.fault?).ok()?.checked_sub(1)?;
        self.evidence.setting.faults.get(index)
    }

    /// What the version held that guarded a write.
    pub fn guard_of(&self, sent: &Sent) -> Option<&'a Version> {
        self.history.iter().find(|version| version.etag == sent.if_match)
    }

    /// Whether a write was to change something that can be read, as far as the version that guarded it is known.
    pub fn changes_what_can_be_read(&self, sent: &Sent) -> bool {
        let readable = sent.values.iter().filter(|(field, _)| !is_write_only(field));
        self.guard_of(sent).is_none_or(|guard| {
            let mut changes = readable.map(|(field, wanted)| value(guard, field).as_ref() != Some(wanted));
            changes.any(|changes| changes)
        })
    }

    /// What a 200 to a write says of its fields: `None` if it shows the old value wherever it was to change, and so
    /// acknowledges nothing; likewise if it nowhere shows ours, and may by what is claimed show another writer's.
    pub fn read_back(&self, sent: &Sent, shown: &Values) -> Option<ReadBack> {
        let mut told = ReadBack::default();
        let Some(guard) = self.guard_of(sent) else {
            return Some(told);
        };
        let (mut judged, mut old, mut ours) = (0, 0, 0);
        for (field, wanted) in sent.values.iter().filter(|(field, _)| !is_write_only(field)) {
            let before = value(guard, field);
            let Some(now) = shown.get(field) else { continue };
            // Where nothing was to change, the old value says nothing.
            let changes = before.as_ref() != Some(wanted);
            judged += usize::from(changes);
            ours += usize::from(changes && now == wanted);
            if now == wanted {
                continue;
            }
            if before.as_ref() == Some(now) {
                old += 1;
                told.not_taken.insert(field.clone(), now.clone());
            } else {
                told.adjusted.insert(field.clone(), now.clone());
            }
        }
        let claimed = self.call.claimed.unwrap_or(self.evidence.setting.claimed);
        let is_made_of_ours = ours > 0 || claimed.answers_show_written_version;
        (judged == 0 || (old < judged && is_made_of_ours)).then_some(told)
    }

    /// Whether what was heard acknowledges a write.
    pub fn acknowledges(&self, sent: &Sent, heard: &Heard) -> bool {
        match heard {
            Heard::Answer {
                shown: Some((_, shown)),
                ..
            } => self.read_back(sent, shown).is_some(),
            _ => false,
        }
    }
}

/// The fields of a write that an answer shows with other values than were sent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReadBack {
    pub adjusted: Values,
    pub not_taken: Values,
}

pub(super) fn cases<'a>(evidence: &'a Evidence, alarms: &mut Vec<Alarm>) -> Vec<Case<'a>> {
    let mut cases: Vec<Case<'a>> = evidence
        .calls
        .iter()
        .map(|call| Case {
            evidence,
            call,
            history: &evidence.histories[&(call.kind, call.id.clone())],
            landings: Vec::new(),
            entries: Vec::new(),
        })
        .collect();
    let mut by_digest: BTreeMap<&str, BTreeMap<usize, &'a Sent>> = BTreeMap::new();
    for (index, call) in evidence.calls.iter().enumerate() {
        for sent in call.epochs() {
            by_digest.entry(&sent.digest).or_default().insert(index, sent);
        }
    }
    let mut strange = |text: String| {
        alarms.push(Alarm {
            check: Check::Unasked,
            call: None,
            text,
        });
    };
    for entry in evidence.log.iter().filter(|entry| entry.method == "PATCH") {
        let Some(digest) = evidence.write_of(entry) else {
            continue;
        };
        match by_digest.get(digest) {
            Some(calls) => calls.keys().for_each(|index| cases[*index].entries.push(entry)),
            None => strange(format!("nobody has sent what request {} carried", entry.seq)),
        }
    }
    for history in evidence.histories.values() {
        for pair in history.windows(2) {
            let Author::Request { seq } = pair[1].author else {
                continue;
            };
            let entry = evidence.entry(seq).expect("a version's request is in the record");
            // Nothing of it is in this version.
            if matches!(entry.effect, Effect::Touched { .. }) {
                continue;
            }
            let calls = evidence.write_of(entry).and_then(|digest| by_digest.get(digest));
            for (&index, &sent) in calls.into_iter().flatten() {
                let is_own = cases[index].call.taken_up.as_ref() != Some(sent);
                cases[index].landings.push(Landing {
                    version: &pair[1],
                    before: &pair[0],
                    entry,
                    sent,
                    is_own,
                });
            }
        }
    }
    cases
}

/// The value of a field, a kubeconfig as its fingerprint.
pub fn value(version: &Version, field: &str) -> Option<String> {
    let value = version.value(field)?;
    let print = value.get("sha256").unwrap_or(value);
    print.as_str().map(str::to_owned)
}

/// A wanted value as [`value`] gives it.
pub fn as_kept(field: &str, wanted: &str) -> String {
    match field {
        "kubeconfig" => akua_sim::Fingerprint::of(wanted.as_bytes()).sha256,
        _ => wanted.to_owned(),
    }
}

/// Whether answers leave the field out.
pub fn is_write_only(field: &str) -> bool {
    matches!(field, "region_id" | "kubeconfig")
}
