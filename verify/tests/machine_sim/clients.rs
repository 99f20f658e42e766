//! The clients: each begins edits, does what they ask for, and tells them what it heard.

use std::time::Duration;

use akua_model::edit::{Clock, Options, ResumeMode, SinceBoot};
use akua_model::http::Response;
use akua_sim::{Kind, WireRequest};
use akua_verify::judge::{Alarm, Check};
use akua_verify::record::{Heard, seq_of};
use serde_json::Value;

use crate::fixture::{Fixture, Place};
use crate::network::wire_of;
use crate::plan::{Fate, From, Given, PLACES, Skew, Start, WORKERS};
use crate::planted::Plant;
use crate::running::{self, Asked, Fed, Running, assignments};
use crate::transcript::{Asking, Run};

/// More steps than any edit takes under the policies of the plan.
const MOST_STEPS: u32 = 150;

#[derive(Default)]
pub(crate) struct Worker {
    pub(crate) active: Option<Active>,
    /// What it saw last of each place.
    seen: [Option<Vec<u8>>; PLACES],
}

pub(crate) struct Active {
    edit: Box<dyn Running>,
    run: usize,
    asked: Asked,
    /// When what was asked for may go out.
    ready_at: u64,
    /// What is heard next, if the request was sent already.
    heard: Option<Fed>,
    started: u64,
    /// How long its machine had slept by then.
    slept: u64,
    skew: Skew,
    pub(crate) cancelled: bool,
    steps: u32,
}

impl Fixture {
    pub(crate) fn work(&mut self, worker: usize, fate: Fate, slow: bool, given: Given, start: &Start) {
        if self.workers[worker].active.is_some() {
            self.go_on(worker, fate, slow, given);
        } else {
            self.start(worker, start);
        }
    }

    fn start(&mut self, worker: usize, start: &Start) {
        let place = self.places[start.place].clone();
        let seen = match start.from {
            From::Id => None,
            From::Remembered if self.workers[worker].seen[start.place].is_some() => {
                self.workers[worker].seen[start.place].clone()
            }
            From::Current | From::Remembered => self.look(&place),
        };
        let wanted = start.patch.map(|fields| assignments(place.kind, fields));
        let (policy, belief) = (start.policy(), self.belief(start.humble));
        let mut options = self.options(&place, start.humble);
        options.policy = policy;
        options.can_refresh_credentials = start.can_refresh;
        let seen_etag = seen.as_deref().map(etag_of);
        let edit = running::begin(place.kind, &place.id, seen.as_deref(), wanted.as_deref(), options);
        let run = self.transcript.open(Run {
            seen_etag,
            wanted,
            ..Run::new(start.place, belief, policy, self.now, self.slept)
        });
        self.activate(worker, edit.unwrap(), run, Skew::None);
    }

    pub(crate) fn resume(&mut self, worker: usize, epoch: usize, mode: ResumeMode, clock: Skew, humble: u16) {
        if self.workers[worker].active.is_some() {
            return;
        }
        // Another process may have kept the first one, and know less.
        let knows_less = self.chance[WORKERS].bits().is_multiple_of(3);
        let (place, token) = {
            let epoch = &self.transcript.epochs[epoch];
            let later = epoch.later_token.as_ref().filter(|_| !knows_less);
            (epoch.place, later.unwrap_or(&epoch.token).to_string().parse().unwrap())
        };
        let kubeconfig = self.transcript.epochs[epoch]
            .wanted
            .iter()
            .find(|(name, _)| *name == "kubeconfig");
        let kubeconfig = kubeconfig.map(|(_, value)| *value);
        let skew = clock;
        let at = self.places[place].clone();
        let options = self.options(&at, humble);
        let policy = options.policy;
        let clock = self.clock(Duration::ZERO, skew);
        let edit = running::resume(at.kind, &token, mode, kubeconfig, options, clock);
        let run = self.transcript.open(Run {
            resumed: Some(epoch),
            look_only: mode == ResumeMode::Look,
            epochs: vec![epoch],
            ..Run::new(place, self.belief(humble), policy, self.now, self.slept)
        });
        self.activate(worker, edit.unwrap(), run, skew);
    }

    fn activate(&mut self, worker: usize, edit: Box<dyn Running>, run: usize, skew: Skew) {
        self.workers[worker].active = Some(Active {
            edit,
            run,
            asked: Asked::Patch { etag: String::new() },
            ready_at: self.now,
            heard: None,
            started: self.now,
            slept: self.slept,
            skew,
            cancelled: false,
            steps: 0,
        });
        self.feed(worker, Fed::Begin);
    }

    /// The client is gone; what it had sent goes on without it.
    pub(crate) fn crash(&mut self, worker: usize) {
        if let Some(active) = self.workers[worker].active.take() {
            self.left_behind.extend(self.transcript.runs[active.run].epochs.last());
        }
    }

    pub(crate) fn go_on(&mut self, worker: usize, fate: Fate, slow: bool, given: Given) {
        let drawn = self.chance[worker].bits();
        let Some(active) = &mut self.workers[worker].active else {
            return;
        };
        let was_sent = active.heard.is_some();
        self.transcript.runs[active.run].misled |= fate == Fate::Misfit;
        let fed = match (active.heard.take(), &active.asked) {
            (_, Asked::Done(_)) => return,
            (Some(_), Asked::Send(_)) if fate == Fate::Misfit => misfit(drawn, true),
            (Some(_), _) if matches!(fate, Fate::Lost | Fate::AnswerLost) => Fed::Lost,
            (Some(heard), _) => heard,
            (None, Asked::Patch { .. }) if fate == Fate::Misfit => misfit(drawn, false),
            (None, Asked::Patch { .. }) => match given {
                Given::Patch(fields) => {
                    let place = self.transcript.runs[active.run].place;
                    Fed::Patch(Some(assignments(self.places[place].kind, fields)))
                }
                Given::Nothing => Fed::Patch(None),
                Given::Fails => Fed::NoPatch,
            },
            (None, Asked::Send(_)) if fate == Fate::Misfit => misfit(drawn, true),
            (None, Asked::Send(outgoing)) => {
                let outgoing = outgoing.clone();
                let (run, ready_at) = (active.run, active.ready_at);
                let (started, slept) = (active.started, active.slept);
                self.now = self.now.max(ready_at);
                // A driver begins nothing after the deadline.
                let over = self.awake_since(started, slept) >= self.transcript.runs[run].policy.deadline.as_millis()
                    && !Plant::StoppedClock.is(self.plant);
                let fate = if over { Fate::Declined } else { fate };
                let clock = self.clock_of(worker);
                let active = self.workers[worker].active.as_ref().unwrap();
                // A driver asks again when the bytes are handed over: its machine may have slept meanwhile.
                let may = !outgoing.request.is_write() || active.edit.may_send(clock);
                let fate = if may || fate == Fate::Declined {
                    fate
                } else {
                    Fate::NotSent
                };
                let fed = self.send(run, &outgoing, fate);
                let active = self.workers[worker].active.as_mut().unwrap();
                if slow && !matches!(fed, Fed::Declined | Fed::NotSent) {
                    active.heard = Some(fed);
                    return;
                }
                self.feed(worker, fed);
                return;
            }
        };
        if was_sent && !matches!(fed, Fed::Answered(_)) {
            let run = active.run;
            self.transcript.runs[run].in_doubt |= matches!(&active.asked, Asked::Send(out) if out.request.is_write());
        }
        self.feed(worker, fed);
    }

    /// Tells an edit what was heard, and writes down what it asks for.
    fn feed(&mut self, worker: usize, fed: Fed) {
        let entropy = u128::from(self.chance[worker].bits()) << 64 | u128::from(self.chance[worker].bits());
        let plant = self.plant;
        let Some(active) = &self.workers[worker].active else {
            return;
        };
        let awake = u64::try_from(self.awake_since(active.started, active.slept)).unwrap();
        let clock = Clock {
            entropy: if Plant::StuckDice.is(plant) { 7 } else { entropy },
            cancelled: active.cancelled && !Plant::CancelIgnored.is(plant),
            ..self.clock_of(worker)
        };
        let unix_ms = clock.unix_ms;
        let Some(active) = &mut self.workers[worker].active else {
            return;
        };
        active.steps += 1;
        let run = active.run;
        if let (Fed::Patch(wanted), Asked::Patch { .. }) = (&fed, &active.asked) {
            self.transcript.runs[run].wanted = Some(wanted.clone().unwrap_or_default());
        }
        let answered = matches!(fed, Fed::Answered(_) | Fed::NotSent | Fed::Lost);
        if let (true, Asked::Send(outgoing)) = (answered, &active.asked) {
            let run = &mut self.transcript.runs[run];
            run.requests += 1;
            let epoch = run.epochs.last().copied();
            let epoch = epoch.filter(|_| outgoing.request.is_write());
            let (seq, heard) = heard(&fed, &self.places[run.place].id);
            run.attempts.push((epoch, seq, heard));
        }
        active.asked = active.edit.step(fed, clock);
        active.ready_at = self.now;
        let noted = match &mut active.asked {
            Asked::Patch { etag } => {
                self.transcript.runs[run].asked_etag = Some(etag.clone());
                Ok(())
            }
            Asked::Send(outgoing) => {
                active.ready_at += u64::try_from(outgoing.wait.as_millis()).unwrap();
                if Plant::TokenAfterTheSend.is(plant) {
                    outgoing.resume_token = None;
                }
                let mut wire = wire_of(outgoing);
                if outgoing.request.is_write() {
                    self.tamper(run, &mut wire);
                }
                let active = self.workers[worker].active.as_ref().unwrap();
                let Asked::Send(outgoing) = &active.asked else {
                    unreachable!()
                };
                let at = Asking {
                    now: self.now,
                    elapsed_ms: awake,
                    unix_ms,
                    cancelled: active.cancelled,
                };
                self.transcript.note_send(run, outgoing, wire, at)
            }
            Asked::Done(_) => {
                self.end(worker);
                return;
            }
        };
        let steps = self.workers[worker].active.as_ref().map_or(0, |active| active.steps);
        self.breach = match noted {
            Err(breach) => Some(breach),
            Ok(()) if steps > MOST_STEPS => Some(Alarm::new(Check::Endless, "an edit goes on for ever")),
            Ok(()) => None,
        };
    }

    /// What a broken client puts on the wire in place of what it was told.
    fn tamper(&mut self, run: usize, wire: &mut WireRequest) {
        let is_first = !self.transcript.runs[run].epochs.last().is_some_and(|epoch| {
            let epoch = &self.transcript.epochs[*epoch];
            epoch.run == run || self.transcript.runs[run].resumed.is_some()
        });
        let place = self.places[self.transcript.runs[run].place].clone();
        for (name, value) in &mut wire.headers {
            match name.as_str() {
                "idempotency-key" if Plant::NewKeyOnResend.is(self.plant) && !is_first => {
                    *value = format!("{:032x}", self.chance[WORKERS].bits());
                }
                "if-match" if Plant::NewestIfMatch.is(self.plant) => {
                    let history = self.world.history(self.now, place.kind, &place.id).unwrap();
                    value.clone_from(&history.last().unwrap().etag);
                }
                _ => {}
            }
        }
    }

    fn end(&mut self, worker: usize) {
        let Some(mut active) = self.workers[worker].active.take() else {
            return;
        };
        let Asked::Done(ended) = &active.asked else { return };
        let place = self.transcript.runs[active.run].place;
        if let Some(json) = &ended.seen {
            self.workers[worker].seen[place] = Some(json.clone());
        }
        if let Some(token) = &ended.token {
            let last = self.transcript.runs[active.run].epochs.last();
            self.left_behind.extend(last);
            if let Some(epoch) = last.copied() {
                self.transcript.epochs[epoch].later_token = Some(token.clone());
            }
        }
        let clock = self.clock(Duration::from_millis(self.now - active.started), active.skew);
        let again = active.edit.step(Fed::Lost, clock);
        if !matches!(&again, Asked::Done(again) if again == ended) {
            self.breach = Some(Alarm::new(
                Check::Endless,
                "an edit that has ended gives another end when asked again",
            ));
        }
        let Asked::Done(ended) = active.asked else { return };
        self.transcript.close(active.run, self.now, self.slept, *ended);
    }

    /// How long a client's machine was awake since then, in milliseconds.
    fn awake_since(&self, started: u64, slept: u64) -> u128 {
        u128::from((self.now - started) - (self.slept - slept))
    }

    /// What the clocks of a client tell that is at work.
    fn clock_of(&self, worker: usize) -> Clock {
        let Some(active) = &self.workers[worker].active else {
            return Clock::default();
        };
        let awake = u64::try_from(self.awake_since(active.started, active.slept)).unwrap();
        let elapsed = if Plant::StoppedClock.is(self.plant) { 0 } else { awake };
        let mut clock = self.clock(Duration::from_millis(elapsed), active.skew);
        if Plant::AgeByMonotonicClock.is(self.plant) {
            clock.since_boot = None;
            clock.unix_ms -= i64::try_from(self.slept - active.slept).unwrap();
        }
        clock
    }

    /// What the clocks of a client tell, on this machine or on another one.
    fn clock(&self, elapsed: Duration, skew: Skew) -> Clock {
        let skew_ms = match skew {
            Skew::None => 0,
            Skew::Ahead => 3_600_000,
            Skew::Behind => -300_000_000_000,
            Skew::LittleBehind => -2_500,
        };
        let ms = i64::try_from(self.now).unwrap();
        let since_boot = match skew {
            Skew::None => Some(SinceBoot { boot: 1, ms }),
            Skew::Ahead | Skew::LittleBehind => Some(SinceBoot { boot: 2, ms: ms / 2 }),
            Skew::Behind => None,
        };
        Clock {
            elapsed,
            unix_ms: self.unix_ms(skew_ms),
            since_boot: since_boot.filter(|_| self.setting.truth.counts_sleep),
            ..Clock::default()
        }
    }

    fn belief(&self, humble: u16) -> akua_model::edit::Contract {
        let mut belief = self.setting.belief(humble);
        if let Some(plant) = self.plant {
            plant.overstate(&mut belief);
        }
        belief
    }

    fn options(&self, place: &Place, humble: u16) -> Options {
        let mut options = Options::default();
        options.contract = self.belief(humble);
        options.origin = "https://akua.test/".to_owned();
        if place.kind == Kind::Workspace {
            options.context = Some("ws_1".parse().unwrap());
        }
        options
    }
}

/// What a client has heard of a request for the resource with this id, as the judge reads it.
fn heard(fed: &Fed, id: &str) -> (Option<u64>, Heard) {
    match fed {
        Fed::Answered(response) => (seq_of(response), Heard::answer(id, response)),
        Fed::NotSent => (None, Heard::NotSent),
        _ => (None, Heard::Nothing),
    }
}

/// Something that does not fit what was asked for.
fn misfit(drawn: u64, request_asked: bool) -> Fed {
    match (drawn % 4, request_asked) {
        (0, _) => Fed::Begin,
        (1, true) => Fed::Patch(None),
        (_, true) => Fed::NoPatch,
        (1, false) => Fed::Lost,
        (2, false) => Fed::NotSent,
        (_, false) => Fed::Answered(Response {
            status: 200,
            ..Response::default()
        }),
    }
}

fn etag_of(json: &[u8]) -> String {
    let json: Value = serde_json::from_slice(json).unwrap();
    json["etag"].as_str().unwrap().to_owned()
}
