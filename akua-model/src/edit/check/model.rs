//! The world: the client, the server, the network between them, other writers and time; and every way on from a
//! state of it.

use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use stateright::{Model, Property};

use super::client::{Client, Draft, Waits, wanted};
use super::marks::{Mark, marks_of};
use super::network::{Network, Request};
use super::properties::{self, Breach, Ended};
use super::server::{Answer, Foreign, Moment, Server};
use super::setting::{CLOCK, Etags, KUBECONFIG, LONG_AFTER, OLD, Patch, SOFT, Setting};
use crate::edit::event::{Action, Event, Now, ReadEnd, Version, WriteEnd};
use crate::edit::machine::Source;
use crate::edit::trace::Why;

/// One thing that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Step {
    /// The call begins.
    Begin,
    /// Time passes one of its limits.
    Tick,
    /// The user cancels; the client hears of it with the next thing it hears.
    Cancel,
    Foreign(Foreign),
    /// The closure gives this patch, or wants no change.
    Submit(Option<Patch>),
    SubmitFailed,
    /// The driver does not begin what was asked for.
    Declined,
    /// The write could not be handed over.
    NotSent,
    /// The write leaves.
    Send,
    /// A copy arrives; nobody hears the answer.
    Arrive { copy: Request, slug_taken: bool },
    /// The write that the client waits for arrives, and the client hears the answer.
    Answer { slug_taken: bool, named: bool },
    /// Something before the server answers the write, which goes no further.
    Stopped(Gate),
    /// The client does not hear an answer to the write.
    Lose,
    /// Something on the way repeats the write.
    Repeat(Request),
    Read(Reading),
    /// The server forgets a key.
    Forget(u8),
}

/// How something before the server answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Gate {
    Unauthorized,
    Refused,
    Throttled { long: bool },
    Broken,
}

/// How a read ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Reading {
    Current,
    Stale(usize),
    Unusable,
    Unauthorized,
    Throttled,
    Refused,
    Lost,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct State {
    /// Gone once the call is over.
    pub(super) client: Option<Client>,
    pub(super) server: Server,
    pub(super) network: Network,
    /// Whether the write that the client waits for has left.
    pub(super) sent: bool,
    pub(super) clock: u8,
    pub(super) cancelled: bool,
    pub(super) foreign_left: u8,
    pub(super) repeats_left: u8,
    pub(super) next_key: u8,
    /// Which of the patches that a client may want were in effect at a moment since the call began, or for a resumed
    /// one since the write was first sent.
    pub(super) held: [bool; 3],
    /// What the field that can't be read held when the version was current that the client's user saw.
    pub(super) hidden: u8,
    /// Whether a read of this call has shown something.
    pub(super) read: bool,
    /// Whether a 409 was heard that names no etag.
    pub(super) unnamed: bool,
    /// How often each epoch landed, up to two.
    pub(super) landed: [u8; 4],
    /// How many landings changed something, up to two.
    pub(super) changed: u8,
    pub(super) end: Option<Ended>,
    pub(super) breach: Option<Breach>,
}

impl Hash for State {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.client.hash(state);
        self.server.hash(state);
        self.network.hash(state);
        let small = [
            self.sent.into(),
            self.clock,
            self.cancelled.into(),
            self.foreign_left,
            self.repeats_left,
            self.next_key,
            self.hidden,
            self.read.into(),
            self.unnamed.into(),
            self.changed,
        ];
        state.write(&small);
        state.write(&self.landed);
        state.write(&self.held.map(u8::from));
        self.end.hash(state);
        self.breach.hash(state);
    }
}

/// A setting under exploration, and what was met on the way.
#[derive(Debug)]
pub(super) struct World {
    pub(super) setting: Setting,
    pub(super) marks: AtomicU64,
    found: AtomicBool,
}

impl World {
    pub(super) fn new(setting: Setting) -> Self {
        Self {
            setting,
            marks: AtomicU64::new(0),
            found: AtomicBool::new(false),
        }
    }

    pub(super) fn mark(&self, mark: Mark) {
        if self.marks.load(Ordering::Relaxed) & mark.bit() == 0 {
            self.marks.fetch_or(mark.bit(), Ordering::Relaxed);
        }
    }

    /// What the client would send now.
    pub(super) fn request(&self, state: &State) -> Option<Request> {
        let client = state.client.as_ref()?;
        let Draft {
            epoch,
            if_match,
            key,
            since,
        } = client.draft()?;
        let base = client.base()?;
        let seen = std::array::from_fn(|field| base.values[field].unwrap_or(state.hidden));
        Some(Request {
            epoch,
            if_match,
            key,
            patch: client.patch(),
            seen,
            since,
        })
    }

    fn start(&self, past: &[[u8; 3]]) -> State {
        let setting = &self.setting;
        let server = Server::new(past, &setting.truth);
        let base = setting.with_base.then(|| shown(&server.now));
        let resumed = matches!(setting.source, Source::Resumed { .. });
        let write = resumed.then(|| Draft {
            epoch: 1,
            if_match: server.now.etag,
            key: setting.takes_key.then_some(1),
            since: 0,
        });
        let mut state = State {
            client: Some(Client::new(setting, base, write)),
            network: Network::default(),
            sent: false,
            clock: 0,
            cancelled: false,
            foreign_left: setting.foreign,
            repeats_left: setting.duplicates,
            next_key: if resumed { 2 } else { 1 },
            held: properties::held(setting, &server.now),
            hidden: server.now.values[KUBECONFIG],
            server,
            read: false,
            unnamed: false,
            landed: [0; 4],
            changed: 0,
            end: None,
            breach: None,
        };
        if let (true, Some(request)) = (resumed, self.request(&state)) {
            let since = setting.age.map_or(0, |age| i16::try_from(-age).unwrap());
            state.network.add(Request { since, ..request });
        }
        state
    }

    /// What happens, and what the client says to it.
    pub(super) fn apply(&self, state: &mut State, step: Step) -> Option<(Action<u8, u8>, Option<Why>)> {
        let truth = &self.setting.truth;
        match step {
            Step::Begin => {
                if !matches!(self.setting.source, Source::Resumed { .. }) {
                    state.held = properties::held(&self.setting, &state.server.now);
                }
                self.tell(state, Event::Begin)
            }
            Step::Tick => {
                state.clock += 1;
                None
            }
            Step::Cancel => {
                state.cancelled = true;
                None
            }
            Step::Foreign(foreign) => {
                state.server.meddle(foreign, &self.setting);
                state.foreign_left -= 1;
                self.note(state);
                None
            }
            Step::Submit(patch) => self.tell(state, Event::Submitted(patch.map(|patch| wanted(&patch)))),
            Step::SubmitFailed => self.tell(state, Event::SubmitFailed),
            Step::Declined => self.tell(state, Event::Declined),
            Step::NotSent => self.tell(state, Event::Write(WriteEnd::NotSent)),
            Step::Send => {
                let request = self.request(state)?;
                state.network.add(request);
                state.sent = true;
                None
            }
            Step::Arrive { copy, slug_taken } => {
                self.arrive(state, &copy, slug_taken);
                None
            }
            Step::Answer { slug_taken, named } => {
                let request = self.request(state)?;
                let end = match self.arrive(state, &request, slug_taken) {
                    Answer::Ok(moment) => WriteEnd::Acknowledged(moment.etag, Some(shown(&moment))),
                    Answer::Conflict(current) => WriteEnd::Conflict(named.then_some(current)),
                    Answer::KeyTaken => WriteEnd::Conflict(None),
                    Answer::Gone => WriteEnd::Refused,
                };
                state.unnamed |= end == WriteEnd::Conflict(None) && !self.setting.truth.contract.reads_linearizable;
                self.tell(state, Event::Write(end))
            }
            Step::Stopped(gate) => {
                let request = self.request(state)?;
                state.network.take(&request);
                let end = match gate {
                    Gate::Unauthorized => WriteEnd::Unauthorized,
                    Gate::Refused => WriteEnd::Refused,
                    Gate::Throttled { long } => WriteEnd::Throttled(long.then_some(CLOCK[usize::from(SOFT)])),
                    Gate::Broken => WriteEnd::Lost,
                };
                self.tell(state, Event::Write(end))
            }
            Step::Lose => self.tell(state, Event::Write(WriteEnd::Lost)),
            Step::Repeat(request) => {
                state.network.add(request);
                state.repeats_left -= 1;
                None
            }
            Step::Read(reading) => {
                let moment = match reading {
                    Reading::Stale(index) => state.server.past[index],
                    _ => state.server.now,
                };
                let end = match reading {
                    Reading::Current | Reading::Stale(_) => ReadEnd::Found(shown(&moment)),
                    Reading::Unusable => ReadEnd::Unusable,
                    Reading::Unauthorized => ReadEnd::Unauthorized,
                    Reading::Throttled => ReadEnd::Throttled(None),
                    Reading::Refused => ReadEnd::Refused,
                    Reading::Lost => ReadEnd::Lost,
                };
                state.read |= matches!(end, ReadEnd::Found(_));
                let base = state.client.as_ref().and_then(|client| client.base().cloned());
                let said = self.tell(state, Event::Read(end));
                let now = state.client.as_ref().and_then(|client| client.base());
                if now.is_some() && now != base.as_ref() {
                    state.hidden = moment.values[KUBECONFIG];
                }
                said
            }
            Step::Forget(key) => {
                let clock = CLOCK[usize::from(state.clock)];
                let keep = |known: &super::server::Remembered| known.key != key || !Server::is_over(known, clock, truth);
                state.server.keys.retain(keep);
                None
            }
        }
    }

    fn arrive(&self, state: &mut State, copy: &Request, slug_taken: bool) -> Answer {
        state.network.take(copy);
        let effect = state.server.receive(copy, slug_taken, &self.setting.truth);
        if let Some(before) = effect.before {
            let epoch = &mut state.landed[usize::from(copy.epoch).min(3)];
            *epoch = (*epoch + 1).min(2);
            if before.values != state.server.now.values {
                state.changed = (state.changed + 1).min(2);
            }
            self.note(state);
            state.breach = properties::at_landing(&self.setting, state, copy, &before);
            if state.end.is_some() {
                self.mark(Mark::LandedAfterTheEnd);
            }
        }
        effect.answer
    }

    /// Keeps in mind which patches are in effect now.
    fn note(&self, state: &mut State) {
        let now = properties::held(&self.setting, &state.server.now);
        for (held, now) in state.held.iter_mut().zip(now) {
            *held |= now && state.end.is_none();
        }
    }

    /// Tells the client something and does what it says.
    fn tell(&self, state: &mut State, event: Event<u8, u8>) -> Option<(Action<u8, u8>, Option<Why>)> {
        let now = Now {
            ms: CLOCK[usize::from(state.clock)],
            entropy: u128::from(state.next_key),
            cancelled: state.cancelled,
        };
        let mut client = state.client.take()?;
        let (progress, refused) = (client.progress(), client.refused());
        let (action, why) = client.step(event, now);
        if client.draft().is_some_and(|draft| draft.key == Some(state.next_key)) {
            state.next_key += 1;
        }
        let next = client.draft().filter(|_| matches!(action, Action::Write { .. }));
        let again = refused.zip(next).filter(|((epoch, _), next)| *epoch != next.epoch);
        if again.is_some_and(|((_, if_match), next)| if_match == next.if_match) {
            state.breach = Some(Breach::RebasedOnRefused);
        }
        let over = matches!(action, Action::Finish(_));
        if !over && progress.is_some() && client.progress() <= progress {
            state.breach = Some(Breach::NoProgress);
        }
        for mark in marks_of(&action, why, &client) {
            self.mark(mark);
        }
        state.sent = false;
        state.client = Some(client);
        match &action {
            Action::Finish(end) => {
                let (ended, breach) = properties::at_end(&self.setting, state, end);
                state.end = Some(ended);
                state.breach = state.breach.or(breach);
                self.settle(state);
            }
            Action::Read(wait) | Action::Write { wait, .. } if wait.ms > 0 => state.clock = state.clock.max(SOFT),
            Action::Read(_) | Action::Write { .. } | Action::Ask(_) => {}
        }
        Some((action, why))
    }

    /// After the end, only what may still land matters: everything else is made equal.
    fn settle(&self, state: &mut State) {
        state.client = None;
        state.cancelled = false;
        state.next_key = 0;
        state.held = [false; 3];
        state.hidden = 0;
        state.read = false;
        state.unnamed = false;
        let truth = self.setting.truth;
        let now = state.server.now;
        let gone = state.server.gone;
        state.network.retain(|copy| !gone && (truth.etags != Etags::Counted || copy.if_match == now.etag));
        if truth.etags != Etags::Restored {
            state.server.past.clear();
        }
        let network = &state.network;
        let knows = |key: u8| network.kinds().iter().any(|copy| copy.key == Some(key));
        state.server.keys.retain(|known| knows(known.key));
    }

    fn after_the_end(&self, state: &State, steps: &mut Vec<Step>) {
        if state.network.is_empty() {
            return;
        }
        let truth = &self.setting.truth;
        self.arrivals(state, steps);
        let others_matter = truth.etags != Etags::Counted || !truth.contract.etag_covers_write_only;
        if state.foreign_left > 0 && others_matter {
            steps.extend(state.server.chances(&self.setting).into_iter().map(Step::Foreign));
        }
        self.forgetting(state, steps);
    }

    /// Copies that arrive without being heard of, as far as that changes anything: one that is refused without a
    /// trace may as well be still on its way.
    fn arrivals(&self, state: &State, steps: &mut Vec<Step>) {
        let truth = &self.setting.truth;
        for copy in state.network.kinds() {
            for slug_taken in [false, true] {
                let mut server = state.server.clone();
                server.receive(&copy, slug_taken, truth);
                let lands = !slug_taken && state.server.would_land(&copy, truth);
                if lands || server != state.server {
                    steps.push(Step::Arrive { copy, slug_taken });
                }
            }
        }
    }

    fn forgetting(&self, state: &State, steps: &mut Vec<Step>) {
        let clock = CLOCK[usize::from(state.clock)];
        let over = |known: &&super::server::Remembered| Server::is_over(known, clock, &self.setting.truth);
        for known in state.server.keys.iter().filter(over) {
            steps.push(Step::Forget(known.key));
        }
        let last = if state.end.is_some() { LONG_AFTER } else { LONG_AFTER - 1 };
        let in_call = state.end.is_none();
        if state.clock < last && (in_call || !state.server.keys.is_empty()) {
            steps.push(Step::Tick);
        }
    }

    fn writing(&self, state: &State, steps: &mut Vec<Step>) {
        if !state.sent {
            steps.extend([Step::Send, Step::NotSent, Step::Declined]);
            return;
        }
        steps.push(Step::Lose);
        let Some(request) = self.request(state).filter(|request| state.network.has(request)) else {
            return;
        };
        let lands = {
            let answer = state.server.clone().receive(&request, false, &self.setting.truth).answer;
            !matches!(answer, Answer::Conflict(_))
        };
        if lands {
            steps.push(Step::Answer {
                slug_taken: false,
                named: false,
            });
        }
        for named in [true, false] {
            // A 409 for another reason; where the etag does not fit either, it looks the same.
            steps.push(Step::Answer {
                slug_taken: lands,
                named,
            });
        }
        let gates = [
            Gate::Unauthorized,
            Gate::Refused,
            Gate::Throttled { long: false },
            Gate::Throttled { long: true },
            Gate::Broken,
        ];
        steps.extend(gates.map(Step::Stopped));
        if state.repeats_left > 0 {
            steps.push(Step::Repeat(request));
        }
    }

    fn reading(&self, state: &State, steps: &mut Vec<Step>) {
        if !state.server.gone {
            steps.push(Step::Read(Reading::Current));
        }
        if !self.setting.truth.contract.reads_linearizable {
            steps.extend((0..state.server.past.len()).map(|index| Step::Read(Reading::Stale(index))));
        }
        let others = [
            Reading::Unusable,
            Reading::Unauthorized,
            Reading::Throttled,
            Reading::Refused,
            Reading::Lost,
        ];
        steps.extend(others.map(Step::Read));
        steps.push(Step::Declined);
    }
}

/// What a read shows of a moment.
fn shown(moment: &Moment) -> Version<u8, u8> {
    let [name, provider, _] = moment.values;
    Version {
        etag: moment.etag,
        values: vec![Some(name), Some(provider), None],
    }
}

impl Model for World {
    type State = State;
    type Action = Step;

    fn init_states(&self) -> Vec<State> {
        let wanted: [u8; 3] = std::array::from_fn(|field| self.setting.patch[field].unwrap_or(OLD));
        let mut states = vec![self.start(&[[OLD; 3]])];
        // Long ago everything was as it is to be, and then was not: a stale read may show that.
        states.push(self.start(&[wanted, [OLD; 3]]));
        if self.setting.with_base {
            // Everything already is as wanted.
            states.push(self.start(&[wanted]));
        }
        states
    }

    fn actions(&self, state: &State, steps: &mut Vec<Step>) {
        if state.breach.is_some() {
            return;
        }
        let Some(client) = &state.client else {
            return self.after_the_end(state, steps);
        };
        match client.waits() {
            Waits::Begin => steps.push(Step::Begin),
            Waits::Patch => {
                let patches = properties::patches(&self.setting);
                steps.extend(patches.map(|patch| Step::Submit((patch != [None; 3]).then_some(patch))));
                steps.push(Step::SubmitFailed);
            }
            Waits::Read => self.reading(state, steps),
            Waits::Write => self.writing(state, steps),
            Waits::Nothing => {}
        }
        let before = client.waits() == Waits::Begin;
        self.arrivals(state, steps);
        if state.foreign_left > 0 && (!before || self.setting.with_base) {
            steps.extend(state.server.chances(&self.setting).into_iter().map(Step::Foreign));
        }
        if !before {
            self.forgetting(state, steps);
            if self.setting.cancels && !state.cancelled {
                steps.push(Step::Cancel);
            }
        }
    }

    fn next_state(&self, last: &State, step: Step) -> Option<State> {
        let mut state = last.clone();
        self.apply(&mut state, step);
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        // The first breach that is met is the one that is shown: the nearest, with one thread.
        vec![Property::always("every promise is kept", |world: &Self, state: &State| {
            state.breach.is_none() || world.found.swap(true, Ordering::Relaxed)
        })]
    }
}
