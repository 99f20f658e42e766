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
}

#[derive(Clone, Debug)]
pub struct Alarm {
    pub check: Check,
    /// The call it is about, if it is about one.
    pub call: Option<usize>,
    pub text: String,
}

/// A version that a call has made.
pub struct Landing<'a> {
    pub version: &'a Version,
    pub before: &'a Version,
    pub entry: &'a Entry,
    pub sent: &'a Sent,
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
        entry(self.evidence, seq)
    }

    /// Requests that the server took for a write, though they changed nothing.
    pub fn accepted(&self) -> impl Iterator<Item = &&'a Entry> {
        self.entries.iter().filter(|entry| entry.effect == Effect::Unchanged {})
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
        let is_made_of_ours = ours > 0 || self.evidence.setting.claimed.answers_show_written_version;
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

fn entry(evidence: &Evidence, seq: u64) -> Option<&Entry> {
    let index = evidence.log.binary_search_by_key(&seq, |entry| entry.seq).ok()?;
    evidence.log.get(index)
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
    let mut by_digest: BTreeMap<&str, (usize, &'a Sent)> = BTreeMap::new();
    for (index, call) in evidence.calls.iter().enumerate() {
        for (_, sent) in call.writes() {
            by_digest.insert(&sent.digest, (index, sent));
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
        let Some(digest) = &entry.body_sha256 else { continue };
        match by_digest.get(digest.as_str()) {
            Some(&(index, _)) => cases[index].entries.push(entry),
            None => strange(format!("nobody has sent what request {} carried", entry.seq)),
        }
    }
    for history in evidence.histories.values() {
        for pair in history.windows(2) {
            let Author::Request { seq } = pair[1].author else {
                continue;
            };
            let entry = entry(evidence, seq).expect("a version's request is in the record");
            // Nothing of it is in this version.
            if matches!(entry.effect, Effect::Touched { .. }) {
                continue;
            }
            let digest = entry.body_sha256.as_deref().unwrap_or_default();
            let Some(&(index, sent)) = by_digest.get(digest) else {
                continue;
            };
            cases[index].landings.push(Landing {
                version: &pair[1],
                before: &pair[0],
                entry,
                sent,
            });
        }
    }
    cases
}

/// The value of a field, a kubeconfig as its fingerprint.
pub fn value(version: &Version, field: &str) -> Option<String> {
    match field {
        "region_id" => version.region_id.clone(),
        "kubeconfig" => version.kubeconfig.as_ref().map(|print| print.sha256.clone()),
        _ => version.fields.get(field)?.as_str().map(str::to_owned),
    }
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
