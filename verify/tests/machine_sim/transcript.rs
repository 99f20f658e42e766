//! What was asked for, sent, answered and said, written down for the judge; and the promises about single requests,
//! which show at once.

use std::collections::BTreeSet;

use akua_model::edit::{Budget, Contract, Outgoing, Policy, ResumeToken};
use akua_sim::{Effect, WireRequest};
use akua_verify::judge::{Alarm, Check};
use akua_verify::record::Heard;

use crate::running::Ended;

/// One write under one etag and key.
pub(crate) struct Epoch {
    /// The edit that began it.
    pub(crate) run: usize,
    pub(crate) place: usize,
    pub(crate) request: WireRequest,
    /// As it went out last.
    pub(crate) last_wire: WireRequest,
    pub(crate) wanted: Vec<(&'static str, &'static str)>,
    /// The version that the user had seen.
    pub(crate) seen_etag: String,
    pub(crate) token: ResumeToken,
    /// The same with what calls have heard since, if one has ended without knowing.
    pub(crate) later_token: Option<ResumeToken>,
    /// When its first sending was asked for.
    pub(crate) since: u64,
    pub(crate) arrivals: Vec<Arrival>,
}

/// A copy of a write that came to the server.
#[derive(Clone, Debug)]
pub(crate) struct Arrival {
    pub(crate) seq: u64,
    pub(crate) at: u64,
    /// Whether the call that sent it could still have been going on.
    pub(crate) in_time: bool,
    pub(crate) effect: Effect,
}

/// Whether the server accepted it as a write.
pub(crate) fn landed(effect: &Effect) -> bool {
    matches!(effect, Effect::Applied { .. } | Effect::Unchanged {})
}

/// One edit.
pub(crate) struct Run {
    pub(crate) place: usize,
    pub(crate) belief: Contract,
    pub(crate) policy: Policy,
    pub(crate) started: u64,
    /// How long its machine had slept by then.
    pub(crate) slept: u64,
    /// The etag of the version that was passed in.
    pub(crate) seen_etag: Option<String>,
    /// The etag of the version that a patch was asked for last.
    pub(crate) asked_etag: Option<String>,
    /// What is to be written; of a closure, what it said last.
    pub(crate) wanted: Option<Vec<(&'static str, &'static str)>>,
    pub(crate) resumed: Option<usize>,
    pub(crate) look_only: bool,
    pub(crate) epochs: Vec<usize>,
    /// What it has heard of each request: of a read, or of a sending of an epoch.
    pub(crate) attempts: Vec<(Option<usize>, Option<u64>, Heard)>,
    pub(crate) requests: usize,
    /// Whether the client heard something of a write that leaves its end open.
    pub(crate) in_doubt: bool,
    /// Whether it was told something that it had not asked for.
    pub(crate) misled: bool,
    pub(crate) ended: Option<(u64, Ended)>,
    /// How long its machine had slept when it ended.
    pub(crate) slept_at_end: Option<u64>,
}

impl Run {
    pub(crate) fn new(place: usize, belief: Contract, policy: Policy, started: u64, slept: u64) -> Self {
        Self {
            place,
            belief,
            policy,
            started,
            slept,
            seen_etag: None,
            asked_etag: None,
            wanted: None,
            resumed: None,
            look_only: false,
            epochs: Vec::new(),
            attempts: Vec::new(),
            requests: 0,
            in_doubt: false,
            misled: false,
            ended: None,
            slept_at_end: None,
        }
    }

    /// The last moment at which it may be going on, or might have been, if its machine does not sleep any more: `slept` so
    /// far. Sleep after its end makes it no longer.
    pub(crate) fn deadline(&self, slept: u64) -> u64 {
        let slept = self.slept_at_end.unwrap_or(slept);
        self.started + (slept - self.slept) + u64::try_from(self.policy.deadline.as_millis()).unwrap()
    }
}

/// The moment at which something is asked for.
#[derive(Clone, Copy)]
pub(crate) struct Asking {
    pub(crate) now: u64,
    pub(crate) elapsed_ms: u64,
    pub(crate) unix_ms: i64,
    pub(crate) cancelled: bool,
}

#[derive(Default)]
pub(crate) struct Transcript {
    pub(crate) runs: Vec<Run>,
    pub(crate) epochs: Vec<Epoch>,
    keys: BTreeSet<String>,
}

impl Transcript {
    pub(crate) fn open(&mut self, run: Run) -> usize {
        self.runs.push(run);
        self.runs.len() - 1
    }

    pub(crate) fn close(&mut self, run: usize, now: u64, slept: u64, ended: Ended) {
        self.runs[run].ended = Some((now, ended));
        self.runs[run].slept_at_end = Some(slept);
    }

    /// Writes down a request that an edit wants to be sent, as it goes out.
    pub(crate) fn note_send(
        &mut self,
        run: usize,
        outgoing: &Outgoing,
        wire: WireRequest,
        at: Asking,
    ) -> Result<(), Alarm> {
        let Run { policy, look_only, .. } = &self.runs[run];
        if at.cancelled {
            return Err(Alarm::new(Check::Uncancelled, "a request after a cancel"));
        }
        let limit = if outgoing.budget == Budget::Settle {
            policy.deadline
        } else {
            policy.soft_deadline()
        };
        if u128::from(at.elapsed_ms) + outgoing.wait.as_millis() >= limit.as_millis() {
            let detail = format!("at {} ms, after a wait of {:?}", at.elapsed_ms, outgoing.wait);
            return Err(Alarm::new(Check::Overdue, detail));
        }
        if !outgoing.request.is_write() {
            return Ok(());
        }
        if *look_only {
            return Err(Alarm::new(Check::Unasked, "a write was asked for"));
        }
        match &outgoing.resume_token {
            Some(token) => self.begin_epoch(run, token, wire, at),
            None => self.repeat(run, wire),
        }
    }

    fn repeat(&mut self, run: usize, wire: WireRequest) -> Result<(), Alarm> {
        let Some(&epoch) = self.runs[run].epochs.last() else {
            return Err(Alarm::new(Check::Unguarded, "a first sending without a token"));
        };
        let epoch = &mut self.epochs[epoch];
        epoch.last_wire = wire;
        if epoch.last_wire == epoch.request {
            Ok(())
        } else {
            let (sent, first) = (told(&epoch.last_wire), told(&epoch.request));
            Err(Alarm::new(Check::ChangedRepeat, format!("{sent}, after {first}")))
        }
    }

    fn begin_epoch(&mut self, run: usize, token: &ResumeToken, wire: WireRequest, at: Asking) -> Result<(), Alarm> {
        let number = self.epochs.len();
        let told_run = &mut self.runs[run];
        let if_match = wire.header("if-match").unwrap_or_default();
        let seen_etag = told_run.asked_etag.clone().or_else(|| told_run.seen_etag.clone());
        // With an id only, what was read first is what counts as seen.
        let seen_etag = seen_etag.unwrap_or_else(|| if_match.clone());
        told_run.seen_etag.get_or_insert_with(|| seen_etag.clone());
        let fits = token.first_sent() == at.unix_ms && token.to_string().parse().as_ref() == Ok(token);
        if !fits || told_run.resumed.is_some() {
            return Err(Alarm::new(
                Check::Unguarded,
                format!("a token that does not fit: {token:?}"),
            ));
        }
        let key = wire.header("idempotency-key");
        if let Some(used) = key.filter(|key| !self.keys.insert(key.clone())) {
            return Err(Alarm::new(Check::ReusedKey, format!("the key {used} again")));
        }
        let told_run = &mut self.runs[run];
        told_run.epochs.push(number);
        self.epochs.push(Epoch {
            run,
            place: told_run.place,
            request: wire.clone(),
            last_wire: wire,
            wanted: told_run.wanted.clone().unwrap_or_default(),
            seen_etag,
            token: token.clone(),
            later_token: None,
            since: at.now,
            arrivals: Vec::new(),
        });
        Ok(())
    }
}

fn told(wire: &WireRequest) -> String {
    let header = |name| wire.header(name).unwrap_or_default();
    format!(
        "{} if-match {} key {} {}",
        wire.method,
        header("if-match"),
        header("idempotency-key"),
        String::from_utf8_lossy(&wire.body)
    )
}
