//! The world: the client, the server, the network between them, other writers and time, and what each step does.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use ahash::AHasher;
use stateright::{Model, Property};

use super::breach::Breach;
use super::client::Client;
use super::domain::{ANYTHING, CLOCK, Clocks, Etags, KUBECONFIG, NAME, NONE, OLD, SOFT, THIRD, wanted};
use super::marks::{Mark, marks_of};
use super::network::{Draft, Network, Request};
use super::properties;
use super::server::{Answer, Foreign, Moment, Remembered, Server, Takes};
use super::setting::Setting;
use super::state::State;
use super::steps::{Gate, Odd, Reading, Step};
use crate::edit::event::{self, Action, Event, Now, ReadEnd, Version, WriteEnd};
use crate::edit::machine::Source;
use crate::edit::trace::Why;
use crate::value::{Shown, omitted};

/// The etag of something else.
const ANOTHERS: u8 = 250;

/// So many steps of clients are remembered at a time.
const MOST_REMEMBERED: usize = 100_000;

impl Did {
    fn of(mut client: Client, event: Event<u8, u8>, now: Now) -> Self {
        let (action, why) = client.step(event, now);
        Self { client, action, why }
    }
}

/// A setting under exploration, and what was met on the way.
#[derive(Debug)]
pub(super) struct World {
    pub(super) setting: Setting,
    pub(super) marks: AtomicU64,
    found: AtomicBool,
    /// What clients did before, if that is to be remembered: it takes room, and pays where most of them are the same.
    did: Option<Mutex<BTreeMap<u64, Did>>>,
}

/// What a client did, and what became of it.
#[derive(Clone, Debug)]
struct Did {
    client: Client,
    action: Action<u8, u8>,
    why: Option<Why>,
}

impl World {
    pub(super) fn new(setting: Setting) -> Self {
        Self {
            setting,
            marks: AtomicU64::new(0),
            found: AtomicBool::new(false),
            did: None,
        }
    }

    pub(super) fn remembering(setting: Setting) -> Self {
        Self {
            did: Some(Mutex::default()),
            ..Self::new(setting)
        }
    }

    /// What `client` does when it is told of `event`.
    fn step(&self, client: Client, event: Event<u8, u8>, now: Now) -> Did {
        let Some(did) = &self.did else {
            return Did::of(client, event, now);
        };
        let mut did = did.lock().unwrap_or_else(PoisonError::into_inner);
        if did.len() >= MOST_REMEMBERED {
            did.clear();
        }
        let mut hasher = AHasher::default();
        (&client, &event, now.ms, now.entropy, now.cancelled).hash(&mut hasher);
        let first = || Did::of(client, event, now);
        did.entry(hasher.finish()).or_insert_with(first).clone()
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
        let agreed = |field| self.setting.policy.overwrite_unseen && !client.guard_shows(field);
        let seen = std::array::from_fn(|field| match base.values[field] {
            _ if agreed(field) => ANYTHING,
            Shown::Is(value) => value,
            Shown::Absent | Shown::Unreadable => state.hidden[field],
        });
        // What the first call's clock said of that moment need not be true.
        let since = match (self.setting.source, self.setting.age) {
            (Source::Resumed { .. }, Some(age)) => i16::try_from(-age).unwrap(),
            (Source::Resumed { .. }, None) => 0,
            _ => since,
        };
        Some(Request {
            epoch,
            if_match,
            key,
            patch: client.patch(),
            seen,
            since,
        })
    }

    /// The server has gone through these contents, and so many copies of an earlier write are on their way.
    fn start(&self, past: &[[u8; 3]], copies: usize, omits: bool) -> State {
        let setting = &self.setting;
        let server = Server::new(past, &setting.truth);
        let base = setting.with_base.then(|| self.shown(&server.now, omits));
        let resumed = matches!(setting.source, Source::Resumed { .. });
        let write = resumed.then(|| Draft {
            epoch: 1,
            if_match: server.now.etag,
            key: setting.takes_key.then_some(1),
            since: 0,
        });
        let mut state = State {
            hidden: hidden(&server.now, base.as_ref()),
            client: Some(Client::new(setting, base, write)),
            network: Network::default(),
            sent: false,
            clock: 0,
            cancelled: false,
            foreign_left: setting.foreign,
            repeats_left: setting.duplicates,
            oddities_left: setting.oddities,
            next_key: if resumed { 2 } else { 1 },
            held: properties::held(setting, &server.now),
            server,
            wrote: resumed,
            read: false,
            misled: false,
            landed: [0; 4],
            changed: 0,
            end: None,
            breach: None,
        };
        if let (true, Some(request)) = (resumed, self.request(&state)) {
            let since = setting.age.map_or(0, |age| i16::try_from(-age).unwrap());
            for _ in 0..copies {
                state.network.add(Request { since, ..request });
            }
        }
        if setting.known_moved {
            state.server.meddle(Foreign::Set(0, THIRD), setting);
            let etag = state.server.now.etag;
            if let Some(client) = &mut state.client {
                client.learn(etag);
            }
        }
        state
    }

    /// What happens, and what the client says to it.
    pub(super) fn apply(&self, state: &mut State, step: Step) -> Option<(Action<u8, u8>, Option<Why>)> {
        self.happen(state, step).and_then(|event| self.tell(state, event))
    }

    /// What happens, and what the client hears of it.
    pub(super) fn happen(&self, state: &mut State, step: Step) -> Option<Event<u8, u8>> {
        let truth = &self.setting.truth;
        Some(match step {
            Step::Begin => {
                if !matches!(self.setting.source, Source::Resumed { .. }) {
                    state.held = properties::held(&self.setting, &state.server.now);
                }
                Event::Begin
            }
            Step::Submit(patch) => Event::Submitted(patch.map(|patch| wanted(&patch))),
            Step::SubmitFailed => Event::SubmitFailed,
            Step::Declined => Event::Declined,
            Step::NotSent => Event::Write(WriteEnd::NotSent),
            Step::Answer {
                slug_taken,
                named,
                omits,
            } => {
                let request = self.request(state)?;
                let answer = self.arrive(state, &request, slug_taken, Takes::All);
                Event::Write(self.answered(answer, omits, |current| named.then_some(current)))
            }
            Step::OddAnswer { odd, omits } => {
                let answered = |answer, names: fn(u8) -> Option<u8>| self.answered(answer, omits, names);
                state.oddities_left -= 1;
                let request = self.request(state)?;
                let past = |index: usize| state.server.past[index];
                Event::Write(match odd {
                    Odd::Taken(takes) => answered(self.arrive(state, &request, false, takes), Some),
                    Odd::ShowsBefore => {
                        let before = state.server.now;
                        self.arrive(state, &request, false, Takes::All);
                        answered(Answer::Ok(before), Some)
                    }
                    Odd::ShowsPast(index) => {
                        let older = past(index);
                        self.arrive(state, &request, false, Takes::All);
                        answered(Answer::Ok(older), Some)
                    }
                    Odd::ShowsCurrent => {
                        self.arrive(state, &request, false, Takes::All);
                        answered(Answer::Ok(state.server.now), Some)
                    }
                    Odd::NamesAnother { slug_taken } => {
                        let answer = self.arrive(state, &request, slug_taken, Takes::All);
                        answered(answer, |_| Some(ANOTHERS))
                    }
                    Odd::NamesOlder { slug_taken } => {
                        let answer = self.arrive(state, &request, slug_taken, Takes::All);
                        self.answered(answer, omits, |_| request.if_match.checked_sub(1))
                    }
                    Odd::NamesGuard { slug_taken } => {
                        let answer = self.arrive(state, &request, slug_taken, Takes::All);
                        self.answered(answer, omits, |_| Some(request.if_match))
                    }
                })
            }
            Step::Stopped(gate) => {
                let request = self.request(state)?;
                state.network.take(&request);
                Event::Write(match gate {
                    Gate::Unauthorized => WriteEnd::Unauthorized,
                    Gate::Refused => WriteEnd::Refused,
                    Gate::Conflict => WriteEnd::Conflict(None),
                    Gate::Throttled { long } => WriteEnd::Throttled(long.then_some(CLOCK[usize::from(SOFT)])),
                    Gate::Broken => WriteEnd::Lost(None),
                })
            }
            Step::Lose => Event::Write(WriteEnd::Lost(None)),
            Step::Read(reading) => {
                state.misled |= matches!(reading, Reading::Stale { .. });
                Event::Read(match reading {
                    Reading::Current { omits } => ReadEnd::Found(self.shown(&state.server.now, omits)),
                    Reading::Stale { index, omits } => ReadEnd::Found(self.shown(&state.server.past[index], omits)),
                    Reading::Unusable => ReadEnd::Unusable,
                    Reading::Unauthorized => ReadEnd::Unauthorized,
                    Reading::Throttled => ReadEnd::Throttled(None),
                    Reading::Refused => ReadEnd::Refused,
                    Reading::Lost => ReadEnd::Lost(None),
                })
            }
            // The client hears nothing of the rest.
            Step::Tick => {
                state.clock += 1;
                return None;
            }
            Step::Cancel => {
                state.cancelled = true;
                return None;
            }
            Step::Foreign(foreign) => {
                state.server.meddle(foreign, &self.setting);
                state.foreign_left -= 1;
                self.note(state);
                return None;
            }
            Step::Send => {
                let request = self.request(state)?;
                state.network.add(request);
                state.sent = true;
                return None;
            }
            Step::Arrive { copy, slug_taken } => {
                self.arrive(state, &copy, slug_taken, Takes::All);
                return None;
            }
            Step::Repeat(request) => {
                state.network.add(request);
                state.repeats_left -= 1;
                return None;
            }
            Step::Forget(key) => {
                let clock = CLOCK[usize::from(state.clock)];
                let keep = |known: &mut Remembered| known.key != key || !Server::is_over(known, clock, truth);
                state.server.keys.retain(keep);
                return None;
            }
        })
    }

    fn arrive(&self, state: &mut State, copy: &Request, slug_taken: bool, takes: Takes) -> Answer {
        state.network.take(copy);
        let effect = state.server.receive(copy, slug_taken, takes, &self.setting.truth);
        if let Some(before) = effect.before {
            let epoch = &mut state.landed[usize::from(copy.epoch).min(3)];
            *epoch = (*epoch + 1).min(2);
            if before.values != state.server.now.values {
                state.changed = (state.changed + 1).min(2);
            }
            self.note(state);
            for breach in properties::at_landing(&self.setting, state, copy, &before) {
                self.breach(state, Some(breach));
            }
            if state.end.is_some() {
                self.mark(Mark::LandedAfterTheEnd);
            }
        }
        effect.answer
    }

    fn breach(&self, state: &mut State, breach: Option<Breach>) {
        state.breach = Breach::noted(state.breach, self.setting.only, breach);
    }

    /// Keeps in mind which patches are in effect now.
    fn note(&self, state: &mut State) {
        let now = properties::held(&self.setting, &state.server.now);
        for (held, now) in state.held.iter_mut().zip(now) {
            *held |= now && state.end.is_none();
        }
    }

    /// Tells the client something and does what it says.
    pub(super) fn tell(&self, state: &mut State, event: Event<u8, u8>) -> Option<(Action<u8, u8>, Option<Why>)> {
        let now = Now {
            ms: self.awake(state),
            moment: self.moment(state),
            entropy: u128::from(state.next_key),
            cancelled: state.cancelled,
        };
        let client = state.client.take()?;
        let base = client.base().map(|base| (base.etag, base.values[0], base.values[1]));
        let found = match &event {
            Event::Read(ReadEnd::Found(version)) => Some(version.clone()),
            _ => None,
        };
        state.read |= found.is_some();
        let (progress, refused, tainted) = (client.progress(), client.refused(), client.is_tainted());
        let Did { client, action, why } = self.step(client, event, now);
        if client.draft().is_some_and(|draft| draft.key == Some(state.next_key)) {
            state.next_key += 1;
        }
        let next = client.draft().filter(|_| matches!(action, Action::Write { .. }));
        let again = refused.zip(next).filter(|((epoch, _), next)| *epoch != next.epoch);
        if again.is_some_and(|((_, if_match), next)| if_match == next.if_match) {
            self.breach(state, Some(Breach::RebasedOnRefused));
        }
        let over = matches!(action, Action::Finish(_));
        if !over && progress.is_some() && (client.progress() <= progress || !client.is_within_policy()) {
            self.breach(state, Some(Breach::NoProgress));
        }
        if tainted && !client.is_tainted() && state.end.is_none() {
            self.mark(Mark::ProvenUnlanded);
        }
        for mark in marks_of(&action, why, &client) {
            self.mark(mark);
        }
        state.sent = false;
        state.wrote |= matches!(action, Action::Write { .. });
        if client.base().map(|base| (base.etag, base.values[0], base.values[1])) != base {
            // With the etag over it, no two versions that look the same differ in what can't be seen.
            let read = std::iter::once(&state.server.now).chain(&state.server.past);
            let shows = |moment: &&Moment| {
                let mut ways = self.setting.omissions().iter();
                ways.any(|omits| found == Some(self.shown(moment, *omits)))
            };
            let read = read.filter(shows).map(|moment| hidden(moment, found.as_ref()));
            state.hidden = { read }.next().unwrap_or([OLD; 3]);
        }
        state.client = Some(client);
        match &action {
            Action::Finish(end) => {
                let (ended, breach) = properties::at_end(&self.setting, state, end);
                state.end = Some(ended);
                self.breach(state, breach);
                self.settle(state);
            }
            Action::Read(wait) | Action::Write { wait, .. } if wait.ms > 0 => state.clock = state.clock.max(SOFT),
            Action::Read(_) | Action::List(_) | Action::Write { .. } | Action::Ask(_) => {}
        }
        Some((action, why))
    }

    /// What the client hears of an answer; a 409 names what `names` makes of the current etag.
    fn answered(&self, answer: Answer, omits: bool, names: impl FnOnce(u8) -> Option<u8>) -> WriteEnd<u8, u8> {
        match answer {
            Answer::Ok(moment) => WriteEnd::Acknowledged {
                version: self.shown(&moment, omits),
                whole: true,
            },
            Answer::Conflict(current) => WriteEnd::Conflict(names(current)),
            Answer::KeyTaken => WriteEnd::Conflict(None),
            Answer::Gone => WriteEnd::Refused,
        }
    }

    /// What an answer shows of a moment; `omits` if it leaves the name out, be there one or not.
    fn shown(&self, moment: &Moment, omits: bool) -> Version<u8, u8> {
        let [name, provider, _] = moment.values;
        let name = if omits || name == NONE {
            omitted(self.setting.presence, |rule| self.setting.without != Some(rule))
        } else {
            Shown::Is(name)
        };
        Version {
            etag: moment.etag,
            values: vec![name, Shown::Is(provider), Shown::Unreadable],
        }
    }

    /// The time that has passed by the clock that may stand still.
    fn awake(&self, state: &State) -> u64 {
        match self.setting.clocks {
            Clocks::Agree => CLOCK[usize::from(state.clock)],
            Clocks::Asleep | Clocks::AsleepWithoutBoot => 0,
        }
    }

    /// This moment by every clock that the client has.
    fn moment(&self, state: &State) -> event::Moment {
        let truly = i64::try_from(CLOCK[usize::from(state.clock)]).ok();
        event::Moment {
            awake: i64::try_from(self.awake(state)).ok(),
            boot: truly.filter(|_| self.setting.clocks != Clocks::AsleepWithoutBoot),
            wall: truly,
        }
    }

    /// After the end, only what may still land matters: everything else is made equal.
    fn settle(&self, state: &mut State) {
        state.client = None;
        state.cancelled = false;
        state.next_key = 0;
        state.held = [false; 3];
        state.hidden = [0; 3];
        state.wrote = false;
        state.read = false;
        state.misled = false;
        // Whoever follows worlds tells by it which of them are runs.
        if self.did.is_none() {
            state.oddities_left = 0;
        }
        let truth = self.setting.truth;
        let now = state.server.now;
        let gone = state.server.gone;
        state
            .network
            .retain(|copy| !gone && (truth.etags != Etags::Counted || copy.if_match == now.etag));
        if truth.etags != Etags::Restored {
            state.server.past.clear();
        }
        let network = &state.network;
        let knows = |key: u8| network.kinds().iter().any(|copy| copy.key == Some(key));
        state.server.keys.retain(|known| knows(known.key));
    }
}

/// What a moment holds in fields that `version`, which was read of it, does not show.
fn hidden(moment: &Moment, version: Option<&Version<u8, u8>>) -> [u8; 3] {
    std::array::from_fn(|field| match version.map(|version| version.values[field]) {
        Some(Shown::Absent | Shown::Unreadable) => moment.values[field],
        None if field == KUBECONFIG => moment.values[field],
        Some(Shown::Is(_)) | None => OLD,
    })
}

impl Model for World {
    type State = State;
    type Action = Step;

    fn init_states(&self) -> Vec<State> {
        let setting = &self.setting;
        let wanted: [u8; 3] = std::array::from_fn(|field| setting.patch[field].unwrap_or(OLD));
        // The last is explored first, so the simplest stands there.
        let mut starts: Vec<(Vec<[u8; 3]>, usize)> = Vec::new();
        if setting.with_base {
            // Everything already is as wanted.
            starts.push((vec![wanted], 1));
        }
        if setting.may_be_absent() {
            let mut without_name = [OLD; 3];
            without_name[NAME] = NONE;
            starts.push((vec![without_name], 1));
        }
        // Long ago everything was as it is to be, and then was not: a stale read may show that.
        starts.push((vec![wanted, [OLD; 3]], 1));
        if setting.truth.etags == Etags::Restored {
            // A backup of the time before, and the etag of that comes again.
            let first = setting.patch.map(|value| if value.is_some() { THIRD } else { OLD });
            starts.push((vec![first, wanted, [OLD; 3]], 1));
        }
        let safe = setting.truth.stops_second_landing(&setting.patch, setting.takes_key);
        if matches!(setting.source, Source::Resumed { .. }) && safe {
            // The call before repeated its write.
            starts.push((vec![[OLD; 3]], 2));
        }
        starts.push((vec![[OLD; 3]], 1));
        // What is read first makes a difference only if it is passed in.
        let omissions = if setting.with_base {
            setting.omissions()
        } else {
            &[false]
        };
        let each = omissions
            .iter()
            .rev()
            .flat_map(|omits| starts.iter().map(|start| (start, *omits)));
        each.map(|((past, copies), omits)| self.start(past, *copies, omits))
            .collect()
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
        // The first breach that is met is the one that is shown: the nearest, with one thread.
        vec![Property::always(
            "every promise is kept",
            |world: &Self, state: &State| state.breach.is_none() || world.found.swap(true, Ordering::Relaxed),
        )]
    }
}
