//! What was sent for each item, and what the ledger said of it: the evidence for the judge.
//!
//! Before each write the ledger is read by somebody who has no part in writing it: a token that is not committed by
//! then is not there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use akua_fleet::{Proof, Report as Ledger, Row, State};
use akua_http::transport::{Call as Sending, Failure, Transport};
use akua_model::edit::Policy;
use akua_model::http::{Method, Response};
use akua_sim::{Kind, Simulator};

use akua_verify::record::{self, Call, Claim, Heard, How, Report, Values, View, Want};
use akua_verify::stack::edits::current_version;
use akua_verify::stack::scenario::Scenario;
use akua_verify::stack::wire::Recorder;

/// All items of a plan, by id.
pub(crate) struct Record {
    calls: Mutex<BTreeMap<String, Call>>,
    /// The version of each resource that was current when its last request ended.
    versions: Mutex<BTreeMap<String, u64>>,
    ledger: Mutex<Option<Ledger>>,
    simulator: Arc<Simulator>,
    policy: Policy,
}

impl Record {
    pub(crate) fn new(simulator: &Arc<Simulator>, policy: Policy) -> Arc<Self> {
        Arc::new(Self {
            calls: Mutex::default(),
            versions: Mutex::default(),
            ledger: Mutex::default(),
            simulator: Arc::clone(simulator),
            policy,
        })
    }

    /// An item that is to have these values. `view`: what the caller has seen, if anything.
    pub(crate) fn wants(&self, id: &str, values: Values, view: Option<View>) {
        let version = current_version(&self.simulator, Kind::Cluster, id);
        let mut call = Call::new(id, Kind::Cluster, id, version, self.policy);
        call.wants.push(Want { values, view });
        self.calls.lock().unwrap().insert(id.to_owned(), call);
    }

    /// From here on the tokens in this ledger count.
    pub(crate) fn watches(&self, ledger: &Path) {
        *self.ledger.lock().unwrap() = Some(Ledger::open(ledger).unwrap());
    }

    fn tokens(&self, id: &str) -> usize {
        let ledger = self.ledger.lock().unwrap();
        let row = ledger.as_ref().and_then(|ledger| ledger.row_of(id).unwrap());
        row.map_or(0, |row| row.epochs as usize)
    }

    /// What was sent so far, by item: a run begins.
    pub(crate) fn begin(&self) -> BTreeMap<String, usize> {
        let calls = self.calls.lock().unwrap();
        calls
            .iter()
            .map(|(id, call)| (id.clone(), call.attempts.len()))
            .collect()
    }

    /// A run has ended that has worked on these items. Takes down what the ledger says of them now. The findings that
    /// are not the judge's.
    pub(crate) fn end(&self, sent_before: &BTreeMap<String, usize>, ended: &BTreeSet<String>) -> Vec<String> {
        let mut findings = Vec::new();
        let ledger = self.ledger.lock().unwrap();
        let ledger = ledger.as_ref().unwrap();
        let mut calls = self.calls.lock().unwrap();
        for (id, call) in calls.iter_mut() {
            let attempts = sent_before[id]..call.attempts.len();
            if !ended.contains(id) {
                if !attempts.is_empty() {
                    findings.push(format!("{id}: {} requests, and the run did not end it", attempts.len()));
                }
                continue;
            }
            let row = ledger.row_of(id).unwrap().unwrap();
            findings.extend(self.take_down(call, &row, attempts));
        }
        findings
    }

    fn take_down(&self, call: &mut Call, row: &Row, attempts: std::ops::Range<usize>) -> Option<String> {
        let resumed = call.unsettled.is_some();
        call.unsettled.clone_from(&row.token);
        let sent = &call.attempts[attempts.clone()];
        if row.state == State::NotSent {
            // The next run begins anew, so this is not the end of the story for the judge.
            let landed = sent
                .iter()
                .filter(|attempt| attempt.write.is_some())
                .find(|attempt| match attempt.heard {
                    Heard::NotSent => false,
                    Heard::Nothing => true,
                    Heard::Answer { status, .. } => !matches!(status, 401 | 429),
                });
            return landed.map(|attempt| format!("{}: not sent, says the ledger, but {attempt:?}", row.id));
        }
        if call.wants[0].view.is_none() && !resumed {
            // Without a version that the caller has seen, what this run has read first is protected.
            call.wants[0].view = sent.iter().find_map(|attempt| match &attempt.heard {
                Heard::Answer {
                    shown: Some((etag, values)),
                    ..
                } if attempt.write.is_none() => Some(View {
                    etag: etag.clone(),
                    values: values.clone(),
                }),
                _ => None,
            });
        }
        let (began, took) = match (sent.first(), sent.last()) {
            (Some(first), Some(last)) => (first.began, last.ended - first.began),
            _ => (record::now(), Duration::ZERO),
        };
        call.reports.push(Report {
            how: if resumed { How::Finish } else { How::Edit },
            claim: claim(row),
            attempts,
            upto: self.versions.lock().unwrap().get(&row.id).copied().unwrap_or(call.from),
            began,
            took,
            cut_short: false,
            story: row.detail().to_owned(),
        });
        None
    }

    /// The calls, for the judge. Nothing is sent any more.
    pub(crate) fn close(&self) -> Vec<Call> {
        *self.ledger.lock().unwrap() = None;
        std::mem::take(&mut *self.calls.lock().unwrap()).into_values().collect()
    }
}

/// What a row of the ledger claims.
pub(crate) fn claim(row: &Row) -> Claim {
    let end = row.end.as_ref().unwrap_or_else(|| panic!("{}: no end", row.id));
    assert_eq!(end.state, row.state, "{}", row.id);
    match (row.state, end.proof) {
        (State::Applied, Some(Proof::Acknowledged)) => Claim::Acknowledged {
            etag: end.etag.clone().unwrap(),
            // This server stores what it is sent.
            adjusted: Values::new(),
            not_taken: Values::new(),
        },
        (State::Applied, Some(Proof::Observed)) => Claim::Observed { etag: end.etag.clone() },
        (State::Unchanged, _) => Claim::Unchanged { etag: end.etag.clone() },
        (State::Conflict, _) => Claim::Conflict,
        (State::Rejected, _) => Claim::Rejected,
        (State::Indeterminate, _) => Claim::Indeterminate {
            may_still_land: end.may_still_land.unwrap(),
        },
        other => panic!("{}: {other:?} is no end", row.id),
    }
}

/// The real transport, whose requests are recorded by item.
pub(crate) struct ItemRecorder {
    inner: Recorder,
    record: Arc<Record>,
}

impl ItemRecorder {
    pub(crate) fn new(record: &Arc<Record>, scenario: &Scenario) -> Self {
        Self {
            inner: Recorder::new(&record.simulator.url(), scenario),
            record: Arc::clone(record),
        }
    }
}

impl Transport for ItemRecorder {
    fn send(&self, sending: &Sending<'_>) -> Result<Response, Failure> {
        let id = sending.request().path().rsplit('/').next().unwrap_or_default();
        let taken = self.record.calls.lock().unwrap().remove(id);
        // A list is nobody's call.
        let Some(mut call) = taken else {
            return self.inner.send(sending);
        };
        if sending.request().method() == Method::Patch {
            call.tokens = self.record.tokens(id);
        }
        record::begin(call);
        let outcome = self.inner.send(sending);
        let call = record::end();
        let version = current_version(&self.record.simulator, Kind::Cluster, id);
        self.record.versions.lock().unwrap().insert(id.to_owned(), version);
        self.record.calls.lock().unwrap().insert(id.to_owned(), call);
        outcome
    }
}
