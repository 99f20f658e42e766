//! The whole state and every decision, as a pure machine: time is an argument, chance is seeded, and what
//! goes wrong with an answer is data in its [`Verdict`].
//!
//! It opens no socket, reads no clock, starts no thread. The server drives it with real time; a test can
//! drive it alone, on a clock of its own.

mod about;
mod asked;
mod calls;
mod creating;
mod defective;
mod director;
mod held;
mod holding;
mod keyed;
mod launching;
mod operating;
mod polling;
mod pretending;
mod recording;
mod settings;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use akua_model::ResourceKind as Kind;
use serde_json::{Map, Value};

use crate::auth::Tokens;
use crate::capabilities::Capabilities;
use crate::change::Change;
use crate::compute_settings::Settings;
use crate::contract::Contract;
use crate::defect::Defect;
use crate::fault::{CarriedOut, Fault, Faults, Unread};
use crate::keys::Keys;
use crate::kind::{stored, table};
use crate::log::{Effect, Entry, Progress, request_id};
use crate::operation::Underway;
use crate::resource::{Author, Moment};
use crate::rng::Rng;
use crate::route::{Part, Route};
use crate::script::{Action, Scripts, When};
use crate::sight::Sight;
use crate::store::Store;
use crate::verdict::{Step, Verdict};
use crate::wire::WireRequest;
use held::{Held, Poll};

/// The longest body that is looked at, in bytes; a longer one is answered 413.
pub(crate) const MAX_BODY: usize = 16 << 20;

/// What a world begins with.
#[derive(Clone, Debug, PartialEq)]
pub struct Setup {
    /// How many clusters there are at the start: `clu_1`, `clu_2`, … in the workspace `ws_1`.
    pub clusters: u64,
    /// How many workspaces there are at the start: `ws_1`, `ws_2`, … At least one is made.
    pub workspaces: u64,
    /// How many there are at the start of any kind, if that is more.
    pub kinds: BTreeMap<Kind, u64>,
    /// What chance and tokens are drawn from. The same seed gives the same run.
    pub seed: u64,
    /// Unix seconds at the start.
    pub epoch: i64,
    /// The contract at the start.
    pub contract: Contract,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            clusters: 0,
            workspaces: 1,
            kinds: BTreeMap::new(),
            seed: 0,
            epoch: 1_700_000_000,
            contract: Contract::default(),
        }
    }
}

/// An Akua without a network.
///
/// ```
/// use akua_sim::{Setup, Step, WireRequest, World};
///
/// let mut world = World::new(Setup { clusters: 1, ..Setup::default() });
/// let token = world.issue_token(Some("ws_1"));
/// let request = WireRequest::new("PATCH", "/v1/clusters/clu_1")
///     .with_header("authorization", &format!("Bearer {token}"))
///     .with_header("if-match", "42")
///     .with_body(r#"{"name":"prod"}"#);
/// let Step::Done(verdict) = world.handle(0, &request) else { unreachable!() };
/// assert_eq!(verdict.answer.status, 200);
/// assert_eq!(verdict.answer.json()["etag"], "43");
/// ```
pub struct World {
    setup: Setup,
    now: u64,
    rng: Rng,
    contract: Contract,
    defects: BTreeSet<Defect>,
    store: Store,
    tokens: Tokens,
    keys: Keys,
    /// Those of launches and creates, each kept as long as its endpoint promises.
    promised_keys: Keys,
    /// What clients don't see of what is there.
    sight: Sight,
    /// Operations that were started by a call, by id.
    operations: BTreeMap<String, Underway>,
    /// What is known of the capabilities of clusters for which somebody has had them found out.
    capabilities: BTreeMap<String, Capabilities>,
    /// The compute settings of clusters that somebody has changed.
    settings: BTreeMap<String, Settings>,
    faults: Faults,
    scripts: Scripts,
    log: Vec<Entry>,
    last_seq: u64,
    agenda: BTreeMap<(u64, u64), Due>,
    last_due: u64,
    held: BTreeMap<u64, Held>,
    polls: BTreeMap<u64, Poll>,
    decided: BTreeMap<u64, Verdict>,
    last_ticket: u64,
}

/// What happens by itself when its time comes.
enum Due {
    Settle(Kind, String),
    Decide(u64),
    /// A `wait` has waited long enough.
    Poll(u64),
    /// Back to this version.
    RollBack(Kind, String, u64),
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World")
            .field("now", &self.now)
            .field("requests", &self.last_seq)
            .field("held", &self.held.len())
            .finish_non_exhaustive()
    }
}

impl World {
    /// A world as the setup says.
    #[must_use]
    pub fn new(setup: Setup) -> Self {
        let mut world = Self {
            now: 0,
            rng: Rng::new(setup.seed),
            contract: setup.contract.clone(),
            defects: BTreeSet::new(),
            store: Store::default(),
            tokens: Tokens::default(),
            keys: Keys::default(),
            promised_keys: Keys::default(),
            sight: Sight::default(),
            operations: BTreeMap::new(),
            capabilities: BTreeMap::new(),
            settings: BTreeMap::new(),
            faults: Faults::default(),
            scripts: Scripts::default(),
            log: Vec::new(),
            last_seq: 0,
            agenda: BTreeMap::new(),
            last_due: 0,
            held: BTreeMap::new(),
            polls: BTreeMap::new(),
            decided: BTreeMap::new(),
            last_ticket: 0,
            setup,
        };
        world.plant();
        world
    }

    /// What is there at the start.
    fn plant(&mut self) {
        let mut counts = self.setup.kinds.clone();
        for (kind, least) in [
            (Kind::Workspace, self.setup.workspaces.max(1)),
            (Kind::Cluster, self.setup.clusters),
        ] {
            let count = counts.entry(kind).or_default();
            *count = least.max(*count);
        }
        for (kind, count) in counts {
            (0..count).for_each(|_| drop(self.seed_next(kind)));
        }
    }

    /// Moves the time on: clusters settle and held requests are decided, each at its own time and in order.
    /// A time in the past is taken as now.
    pub fn advance(&mut self, now: u64) {
        while let Some((&(at, turn), _)) = self.agenda.first_key_value() {
            if at > now {
                break;
            }
            let Some(due) = self.agenda.remove(&(at, turn)) else {
                break;
            };
            self.now = self.now.max(at);
            match due {
                Due::Settle(kind, id) => self.settle(kind, &id, Some(at)),
                Due::Decide(ticket) => self.decide(ticket),
                Due::Poll(ticket) => self.end_poll(ticket),
                Due::RollBack(kind, id, version) => {
                    if let Some(resource) = self.store.find_mut(kind, &id) {
                        resource.roll_back(version);
                    }
                }
            }
        }
        self.now = self.now.max(now);
        self.end_polls();
    }

    /// Takes a request at time `now`, in milliseconds since the start.
    pub fn handle(&mut self, now: u64, request: &WireRequest) -> Step {
        self.advance(now);
        let seq = self.record(request, Progress::Held);
        let route = Route::parse(Some(&request.method), request.path());
        let fault = self.faults.pick(&mut self.rng, None, |matcher| {
            matcher.matches(&request.method, request.path(), route.as_ref())
        });
        let mut held = Held {
            seq,
            request: request.clone(),
            fault: None,
            awaited: true,
        };
        if let Some((number, fault)) = fault {
            self.amend(seq, |entry| entry.fault = Some(number));
            let hold = fault.hold;
            held.fault = Some(fault);
            if let Some(hold) = hold {
                return self.hold(held, hold);
            }
        }
        let step = self.begin(held, None);
        self.end_polls();
        step
    }

    /// Whether a fault resets the connection before the request is read so far. What is known of the request is in
    /// `request`: nothing, for [`Unread::Connection`] and [`Unread::Request`].
    pub fn resets(&mut self, now: u64, unread: Unread, request: &WireRequest) -> bool {
        self.advance(now);
        let route = Route::parse(Some(&request.method), request.path());
        let fault = self.faults.pick(&mut self.rng, Some(unread), |matcher| {
            matcher.matches(&request.method, request.path(), route.as_ref())
        });
        let Some((number, _)) = fault else { return false };
        let seq = self.record(request, Progress::Unread);
        self.amend(seq, |entry| entry.fault = Some(number));
        true
    }

    /// Records a request whose connection ended before its body was there.
    pub fn incomplete(&mut self, now: u64, request: &WireRequest) {
        self.advance(now);
        self.record(request, Progress::Incomplete);
    }

    /// Carries a request out, as far as its fault allows.
    fn carry_out(&mut self, seq: u64, request: &WireRequest, fault: Option<&Fault>) -> Verdict {
        let (effect, mut answer) = match fault.map(|fault| fault.carried_out) {
            Some(CarriedOut::No) => self.failure(),
            Some(CarriedOut::Pretended) if patched(request).is_some() => self.pretended(request),
            Some(CarriedOut::Pretended) => self.start_pretended(seq, request, fault),
            _ => self.call(seq, request, fault),
        };
        if let Some(by) = fault.and_then(|fault| fault.stale_by)
            && let Some(older) = self.answered_late(request, &answer, by)
        {
            answer = older;
        }
        self.note_operation(seq, &effect, &answer);
        answer.set_header("x-request-id", &request_id(seq));
        if let Some(fault) = fault {
            answer = fault.answer.applied(answer, &self.contract);
        }
        if request.method == "HEAD" {
            answer.set_header("content-length", &answer.body.len().to_string());
            answer.body.clear();
        }
        let delivery = fault.map(|fault| fault.delivery).unwrap_or_default();
        let raw = fault
            .and_then(|fault| fault.answer.raw.as_ref())
            .map(|raw| raw.clone().into_bytes());
        let now = self.now;
        self.amend(seq, |entry| {
            entry.progress = Progress::Done;
            entry.done_ms = Some(now);
            entry.status = Some(answer.status);
            entry.delivery = Some(delivery);
            entry.effect = effect.clone();
        });
        self.play(When::After, request);
        Verdict {
            seq,
            effect,
            answer,
            delivery,
            raw,
        }
    }

    /// Lets the other writers do what is scripted for this side of the request.
    fn play(&mut self, when: When, request: &WireRequest) {
        for action in self.scripts.take(when, request, &mut self.rng) {
            // What is not there can't be changed: then nothing happens, as the script's doc says.
            let _ = match action {
                Action::Same {} if patched(request).is_some() => self.write_the_same(request),
                Action::Same {} => self.make_the_same(request),
                action => self.act(action),
            };
        }
    }

    fn schedule(&mut self, at: u64, due: Due) {
        self.last_due += 1;
        self.agenda.insert((at, self.last_due), due);
    }

    /// Makes a version, and lets the resource work on itself for a while if the change wants it. `None`: not there.
    fn commit(&mut self, kind: Kind, id: &str, mut change: Change, author: Author) -> Option<Effect> {
        let reconciles =
            table(kind).reconciles.iter().any(|name| change.assigns(name)) && !change.assigns("reconciling");
        if reconciles {
            change.set.insert("reconciling".to_owned(), true.into());
        }
        let at = Moment {
            at_ms: self.now,
            unix: unix(&self.setup, self.now),
            author,
            contract: &self.contract,
        };
        self.store.find_mut(kind, id)?.commit(change, at);
        if !self.defects.is_empty() {
            self.restamp(kind, id);
        }
        let resource = self.store.find_mut(kind, id)?;
        let version = resource.current();
        let effect = Effect::Applied {
            kind,
            id: id.to_owned(),
            version: version.version,
            etag: version.etag.clone(),
        };
        if reconciles {
            self.settles_later(kind, id);
        }
        Some(effect)
    }

    /// Lets a resource that is reconciling settle in time.
    fn settles_later(&mut self, kind: Kind, id: &str) {
        let Some(resource) = self.store.find_mut(kind, id) else {
            return;
        };
        let at = self.contract.reconcile_ms.map(|ms| self.now.saturating_add(ms));
        resource.settle_at = at;
        if let Some(at) = at {
            self.schedule(at, Due::Settle(kind, id.to_owned()));
        }
    }

    /// Ends a resource's reconciling, if it is: at its time if one is given, else at once.
    fn settle(&mut self, kind: Kind, id: &str, at: Option<u64>) {
        let Some(resource) = self.store.find_mut(kind, id) else {
            return;
        };
        let due = at.is_none() || resource.settle_at == at;
        if due && at.is_some() && self.operations.values().any(|known| known.reconciles(kind, id)) {
            // The operation ends it.
            resource.settle_at = None;
            return;
        }
        if !due || resource.current().fields.get("reconciling") != Some(&Value::Bool(true)) {
            return;
        }
        resource.settle_at = None;
        let set = Map::from_iter([("reconciling".to_owned(), Value::Bool(false))]);
        self.commit(kind, id, Change::of(kind, set), Author::Server {});
    }

    /// The kind that reconciles and has a resource with this id; the first one that reconciles, if none has.
    fn reconciling_kind(&self, id: &str) -> Kind {
        let mut kinds = stored().filter(|kind| !table(*kind).reconciles.is_empty());
        let first = kinds.clone().next().unwrap_or(Kind::Cluster);
        kinds.find(|kind| self.store.find(*kind, id).is_some()).unwrap_or(first)
    }

    /// Lets somebody else write what a PATCH asks for, if the server would take it from anybody.
    fn write_the_same(&mut self, request: &WireRequest) -> Option<()> {
        let Route { kind, id, .. } = patched(request)?;
        let change = crate::patch::read(kind, &request.body, &self.contract).ok()?;
        let change = self.contract.stores.taken(change);
        self.commit(kind, &id?, change, Author::Foreign {}).map(|_| ())
    }

    /// What an action does, if what it names is there.
    fn act(&mut self, action: Action) -> Option<()> {
        match action {
            Action::Write(write) => {
                let change = Change::of(write.kind, write.set);
                self.commit(write.kind, &write.id, change, Author::Foreign {})
                    .map(|_| ())
            }
            // Only a script meets a request.
            Action::Same {} => None,
            Action::Create(make) => self.make_for_another(make).ok().map(|_| ()),
            Action::Delete(target) => {
                let at = Moment {
                    at_ms: self.now,
                    unix: unix(&self.setup, self.now),
                    author: Author::Foreign {},
                    contract: &self.contract,
                };
                self.store.find_mut(target.kind, &target.id)?.delete(at);
                Some(())
            }
            Action::Act(act) => self.act_for_another(&act).map(|_| ()),
            Action::Settle { id } => {
                let kind = self.reconciling_kind(&id);
                self.store.find(kind, &id)?;
                self.settle(kind, &id, None);
                Some(())
            }
        }
    }
}

/// The resource that a PATCH is about.
fn patched(request: &WireRequest) -> Option<Route> {
    let route = Route::parse(Some(&request.method), request.path())?;
    (request.method == "PATCH" && route.part == Part::Itself).then_some(route)
}

fn unix(setup: &Setup, now: u64) -> i64 {
    setup
        .epoch
        .saturating_add(i64::try_from(now / 1000).unwrap_or(i64::MAX))
}
