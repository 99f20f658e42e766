//! The world: the client, the server, the network between them, others and time, and what each step does.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use stateright::{Model, Property};

use super::server::{Answer, Is, Moment, Request, Server};
use super::setting::{Kind, Setting};
use super::state::{Client, State};
use super::steps::{Gate, Names, Reading, Step};
use crate::edit::check::breach::{Breach, Ended};
use crate::edit::check::client;
use crate::edit::check::domain::{CLOCK, Few, SOFT};
use crate::edit::event::{self, Action, End, Event, Now, Proof, ReadEnd, Reason, Version, WriteEnd};
use crate::edit::machine::{Epoch, Machine, Source};
use crate::edit::trace::Why;
use crate::value::Shown;

/// The etag of something else.
const ANOTHERS: u8 = 250;

/// Something that must be met somewhere: an exploration that never sees it says nothing about it.
pub(super) const MET: [&str; 12] = [
    "accepted, acknowledged",
    "accepted, acknowledged to a repeat",
    "accepted, observed",
    "gone, observed",
    "unchanged",
    "not applied, conflict",
    "not applied, refused",
    "not applied, not sent",
    "indeterminate, may still land",
    "indeterminate, can't land any more",
    "landed after the end",
    "resumed after a crash",
];

/// A setting under exploration, and what was met on the way.
#[derive(Debug)]
pub(super) struct World {
    pub(super) setting: Setting,
    met: AtomicU32,
    found: AtomicBool,
    /// Whether everything is followed that could explain what the client was told: what is on its way, to where it lands after
    /// the end, even if it breaks no promise there; and what others begin.
    pub(super) follows: bool,
}

impl World {
    pub(super) fn new(setting: Setting) -> Self {
        Self {
            setting,
            met: AtomicU32::new(0),
            found: AtomicBool::new(false),
            follows: false,
        }
    }

    /// A world in which what is on its way is followed after the end.
    pub(super) fn followed(setting: Setting) -> Self {
        Self {
            follows: true,
            ..Self::new(setting)
        }
    }

    /// Bits of what was met: see [`MET`].
    pub(super) fn met(&self) -> u64 {
        self.met.load(Ordering::Relaxed).into()
    }

    fn meet(&self, index: usize) {
        self.met.fetch_or(1 << index, Ordering::Relaxed);
    }

    fn machine(&self, source: Source) -> Machine<u8, u8> {
        let setting = &self.setting;
        let wanted = setting.kind.wanted();
        let mut machine = Machine::new(setting.kind.intent(), setting.belief, setting.policy, source, wanted);
        machine.can_refresh = setting.can_refresh;
        machine.without = setting.without;
        machine
    }

    /// What the client would send now.
    pub(super) fn request(&self, state: &State) -> Option<Request> {
        let epoch = state.client.as_ref()?.machine.epoch.as_ref()?;
        Some(Request {
            epoch: u8::try_from(epoch.number).unwrap(),
            anew: state.anew,
            guard: epoch.guard,
            key: epoch.key.map(|key| u8::try_from(key).unwrap()),
            since: client::since(&epoch.first_sent),
        })
    }

    fn add(state: &mut State, request: Request) {
        let at = state.network.partition_point(|copy| *copy < request);
        state.network.insert(at, request);
    }

    fn take(state: &mut State, request: &Request) {
        if let Some(at) = state.network.iter().position(|copy| copy == request) {
            state.network.remove(at);
        }
    }

    pub(super) fn apply(&self, state: &mut State, step: Step) -> Option<(Action<u8, u8>, Why)> {
        self.happen(state, step).and_then(|event| self.tell(state, event))
    }

    /// What happens, and what the client hears of it.
    pub(super) fn happen(&self, state: &mut State, step: Step) -> Option<Event<u8, u8>> {
        let Setting { kind, truth, .. } = &self.setting;
        match step {
            Step::Begin => {
                state.held |= state.server.holds(*kind);
                return Some(Event::Begin);
            }
            Step::Declined => return Some(Event::Declined),
            Step::NotSent => return Some(Event::Write(WriteEnd::NotSent)),
            Step::Lose => return Some(Event::Write(WriteEnd::Lost(None))),
            Step::Answer { wrong, names } => {
                let request = self.request(state)?;
                return Some(Event::Write(match self.arrive(state, &request, wrong) {
                    Answer::Accepted | Answer::Again => WriteEnd::Accepted,
                    Answer::Conflict(current) => WriteEnd::Conflict(match names {
                        Names::Nothing => None,
                        Names::Current => Some(current),
                        Names::AnotherThings => Some(ANOTHERS),
                    }),
                    Answer::TooLate => WriteEnd::Refused,
                    Answer::NotFound => WriteEnd::NotFound,
                }));
            }
            Step::Stopped(gate) => {
                let request = self.request(state)?;
                Self::take(state, &request);
                return Some(Event::Write(match gate {
                    Gate::Unauthorized => WriteEnd::Unauthorized,
                    Gate::Refused => WriteEnd::Refused,
                    Gate::NotFound => WriteEnd::NotFound,
                    Gate::Throttled => WriteEnd::Throttled(None),
                    Gate::Broken => WriteEnd::Lost(None),
                }));
            }
            Step::Read(reading) => {
                state.misled |= matches!(reading, Reading::Stale(_));
                state.shown |= matches!(reading, Reading::Current | Reading::Stale(_));
                return Some(Event::Read(match reading {
                    Reading::Current => ReadEnd::Found(shown(&state.server.now)),
                    Reading::Stale(index) => ReadEnd::Found(shown(&state.server.past[index])),
                    Reading::NotFound => ReadEnd::NotFound,
                    Reading::Unauthorized => ReadEnd::Unauthorized,
                    Reading::Refused => ReadEnd::Refused,
                    Reading::Lost => ReadEnd::Lost(None),
                }));
            }
            Step::List { found } => return Some(Event::Listed(found)),
            Step::Tick => state.clock += 1,
            Step::Foreign(foreign) => {
                state.server.meddle(foreign, *kind, truth);
                state.foreign_left -= 1;
            }
            Step::Finish { succeeds } => state.server.finish(succeeds, *kind, truth),
            Step::Send => {
                let request = self.request(state)?;
                Self::add(state, request);
                state.sent = true;
            }
            Step::Arrive(copy) => {
                self.arrive(state, &copy, false);
            }
            Step::Repeat(request) => {
                Self::add(state, request);
                state.repeats_left -= 1;
            }
            Step::Forget(key) => {
                let clock = CLOCK[usize::from(state.clock)];
                let keys = &mut state.server.keys;
                keys.retain(|known| known.key != key || !Server::is_over(known, clock, *kind, truth));
            }
            Step::Crash => self.crash(state),
        }
        state.held |= state.end.is_none() && state.server.holds(*kind);
        None
    }

    /// All that is left is what the token holds.
    fn crash(&self, state: &mut State) {
        state.crashes_left -= 1;
        state.sent = false;
        state.end = None;
        let Some(before) = state.client.take().map(|client| client.machine.clone()) else {
            return;
        };
        let mut machine = if self.setting.reissues {
            state.anew = true;
            self.machine(Source::Given)
        } else {
            self.meet(11);
            let may_send = self.setting.may_send;
            let mut machine = self.machine(Source::Resumed { may_send });
            machine.epoch = before.epoch.as_ref().map(|epoch| {
                let first_sent = event::Moment {
                    wall: epoch.first_sent.wall,
                    ..event::Moment::default()
                };
                match &before.base {
                    Some(base) => Epoch::resumed(base, epoch.key, first_sent),
                    None => Epoch::resumed_unguarded(epoch.key, first_sent),
                }
            });
            machine.base = before.base;
            machine
        };
        machine.is_known = before.is_known;
        state.client = Some(Arc::new(Client::new(machine)));
    }

    fn arrive(&self, state: &mut State, copy: &Request, wrong: bool) -> Answer {
        Self::take(state, copy);
        let Setting { kind, truth, .. } = &self.setting;
        let answer = state.server.receive(copy, wrong, *kind, truth);
        if answer != Answer::Accepted {
            return answer;
        }
        state.landed = (state.landed + 1).min(2);
        if state.end.is_some() {
            self.meet(10);
        }
        let repeated = state.repeats_left < self.setting.duplicates;
        let carried = !repeated || truth.stops_second_landing(*kind);
        let breach = match state.end {
            Some(Ended::NotApplied) => Some(Breach::NotAppliedButLanded),
            Some(Ended::Unchanged) => Some(Breach::UnchangedButLanded),
            Some(Ended::Indeterminate { may_still_land: false }) => Some(Breach::LandedAfterAll),
            Some(Ended::Applied) if state.said_gone && state.server.lives > 0 => Some(Breach::MetAnother),
            _ if kind.is_guarded() && copy.epoch > 1 => Some(Breach::ActedOnUnseen),
            _ if kind.can_harm() && state.landed > 1 && carried => Some(Breach::LandedTwice),
            _ => None,
        };
        self.breach(state, breach);
        answer
    }

    /// Whether every promise is kept; only the first breach that is found is told.
    fn is_kept(&self, state: &State) -> bool {
        state.breach.is_none() || self.found.swap(true, Ordering::Relaxed)
    }

    fn breach(&self, state: &mut State, breach: Option<Breach>) {
        state.breach = Breach::noted(state.breach, self.setting.only, breach);
    }

    /// Tells the client something and does what it says.
    pub(super) fn tell(&self, state: &mut State, event: Event<u8, u8>) -> Option<(Action<u8, u8>, Why)> {
        let ms = CLOCK[usize::from(state.clock)];
        let at = i64::try_from(ms).ok();
        let now = Now {
            ms,
            moment: event::Moment {
                awake: at,
                boot: at,
                wall: at,
            },
            entropy: u128::from(state.next_key),
            cancelled: false,
        };
        let mut client = state.client.take()?;
        let ours = Arc::make_mut(&mut client);
        let before = client::progress(&ours.machine);
        let (action, why) = ours.machine.step(event, now);
        ours.digest();
        let machine = &ours.machine;
        if machine
            .epoch
            .as_ref()
            .is_some_and(|epoch| epoch.key == Some(now.entropy))
        {
            state.next_key += 1;
        }
        let over = matches!(action, Action::Finish(_));
        if !over && (client::progress(machine) <= before || !client::is_within_policy(machine)) {
            self.breach(state, Some(Breach::NoProgress));
        }
        state.sent = false;
        match &action {
            Action::Finish(end) => {
                let again = machine.epoch.as_ref().is_some_and(|epoch| epoch.sends > 1);
                let breach = self.at_end(state, end, again);
                self.breach(state, breach);
                let heard = matches!(state.end, Some(Ended::Applied)) && !state.observed;
                // Who has heard of the operation may be killed before it is written down.
                state.client = Some(client).filter(|_| heard && state.crashes_left > 0);
                self.settle(state);
            }
            Action::Read(wait) | Action::List(wait) | Action::Write { wait, .. } => {
                state.shown &= !wait.new_credentials;
                if wait.ms > 0 {
                    state.clock = state.clock.max(SOFT);
                }
                state.client = Some(client);
            }
            Action::Ask(_) => state.client = Some(client),
        }
        Some((action, why))
    }

    /// What is wrong with this end.
    fn at_end(&self, state: &mut State, end: &End<u8, u8>, again: bool) -> Option<Breach> {
        let landed = state.landed > 0;
        let (ended, met, breach) = match end {
            End::Launched { proof, seen } => {
                state.observed = *proof == Proof::Observed;
                state.said_gone = state.observed && seen.is_none();
                let met = match (proof, seen) {
                    (Proof::Acknowledged, _) => usize::from(again),
                    (Proof::Observed, Some(_)) => 2,
                    (Proof::Observed, None) => 3,
                };
                let breach = match proof {
                    Proof::Acknowledged if !landed => Some(Breach::AcknowledgedWithoutLanding),
                    Proof::Observed if !state.held => Some(Breach::ObservedWithoutEffect),
                    _ => None,
                };
                (Ended::Applied, met, breach)
            }
            End::Unchanged(_) if landed => (Ended::Unchanged, 4, Some(Breach::UnchangedButLanded)),
            End::Unchanged(_) => (
                Ended::Unchanged,
                4,
                (!state.held).then_some(Breach::UnchangedWithoutEffect),
            ),
            End::NotApplied(reason) => {
                let is_conflict = matches!(reason, Reason::Conflict { .. });
                let met = match reason {
                    Reason::Conflict { .. } => 5,
                    Reason::NotSent(_) => 7,
                    Reason::Rejected | Reason::Ignored(_) => 6,
                };
                let nobody = state.foreign_left == self.setting.foreign && !state.misled;
                let breach = match landed {
                    true => Some(Breach::NotAppliedButLanded),
                    false => (is_conflict && nobody).then_some(Breach::ConflictWithItself),
                };
                (Ended::NotApplied, met, breach)
            }
            End::Indeterminate { may_still_land, .. } => {
                let may_still_land = *may_still_land;
                (
                    Ended::Indeterminate { may_still_land },
                    9 - usize::from(may_still_land),
                    None,
                )
            }
            // Nothing that launches an operation is answered so.
            End::Applied { .. } => (Ended::Applied, 0, Some(Breach::AcknowledgedWithoutLanding)),
        };
        self.meet(met);
        state.end = Some(ended);
        breach
    }

    /// After the end, only what may still land matters: everything else is made equal.
    fn settle(&self, state: &mut State) {
        if state.client.is_some() {
            return;
        }
        state.next_key = 0;
        state.held = false;
        state.misled = false;
        state.shown = false;
        state.crashes_left = 0;
        let harmless = !self.setting.kind.can_harm() && !self.follows;
        if harmless || (state.end == Some(Ended::Applied) && !state.observed && state.landed > 1) {
            state.network.clear();
        }
        state.server.past.clear();
    }
}

fn shown(moment: &Moment) -> Version<u8, u8> {
    let is = moment.is as u8;
    Version {
        etag: moment.etag,
        values: vec![Shown::Is(is), Shown::Is(u8::from(moment.reconciling))],
    }
}

impl Model for World {
    type State = State;
    type Action = Step;

    fn init_states(&self) -> Vec<State> {
        let setting = &self.setting;
        let goal = match setting.kind {
            Kind::Delete => Is::Deleting,
            _ => Is::Suspended,
        };
        let mut pasts: Vec<&[Is]> = Vec::new();
        let long_ago = [goal, Is::Running];
        let already = [goal];
        if setting.kind.is_guarded() {
            pasts.push(&already);
            // Long ago it was as it is to be, and then was not: a stale read may show that.
            if setting.kind == Kind::Suspend {
                pasts.push(&long_ago);
            }
        }
        pasts.push(&[Is::Running]);
        let start = |past: &&[Is]| {
            let mut server = Server::new(past, &setting.truth);
            // What made it so was an operation too.
            server.listed = past.contains(&goal);
            let mut machine = self.machine(Source::Given);
            machine.base = (setting.with_base && setting.kind.is_guarded()).then(|| shown(&server.now));
            machine.is_known = setting.known && setting.with_base;
            State {
                client: Some(Arc::new(Client::new(machine))),
                server,
                network: Few::new(),
                sent: false,
                anew: false,
                clock: 0,
                foreign_left: setting.foreign,
                repeats_left: setting.duplicates,
                crashes_left: setting.crashes,
                next_key: 1,
                held: false,
                misled: false,
                shown: setting.known && setting.with_base,
                landed: 0,
                end: None,
                observed: false,
                said_gone: false,
                breach: None,
            }
        };
        pasts.iter().map(start).collect()
    }

    fn actions(&self, state: &State, steps: &mut Vec<Step>) {
        self.ways(state, steps);
    }

    fn next_state(&self, last: &State, step: Step) -> Option<State> {
        let mut state = last.clone();
        self.apply(&mut state, step);
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::always("every promise is kept", Self::is_kept)]
    }
}
