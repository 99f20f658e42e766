//! The real transport, with an ear at it: what happens before a request, and what came of it, is the scene's to say.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use akua_http::transport::{BaseUrl, Call as Sending, Failure, HttpTransport, Transport, TransportConfig};
use akua_model::http::{Request, Response};
use akua_sim::{Fault, Matcher, Simulator};

use crate::chance::Chance;

/// What is written down of the requests of a seed.
pub(crate) struct Notes<A> {
    pub(crate) chance: Chance,
    pub(crate) attempts: Vec<A>,
    pub(crate) events: Vec<String>,
    /// The tokens that were kept, as texts.
    pub(crate) kept: Vec<String>,
    /// What nothing that is said may show.
    pub(crate) secrets: Vec<String>,
}

impl<A> Notes<A> {
    pub(crate) fn new(chance: Chance) -> Self {
        Self {
            chance,
            attempts: Vec::new(),
            events: Vec::new(),
            kept: Vec::new(),
            secrets: Vec::new(),
        }
    }
}

/// What the rig of a seed and its transports share: a simulator, what the seed has decided, and the notes.
pub(crate) struct Stage<S, A> {
    pub(crate) simulator: Simulator,
    pub(crate) scenario: S,
    pub(crate) notes: Mutex<Notes<A>>,
}

impl<S, A> Stage<S, A> {
    pub(crate) fn note<T>(&self, note: impl FnOnce(&mut Notes<A>) -> T) -> T {
        note(&mut self.notes.lock().unwrap())
    }

    /// Makes a token, of one workspace or of all, which nothing may show from now on.
    pub(crate) fn issue(&self, workspace: Option<&str>) -> String {
        let token = self.simulator.with_world(|world, _| world.issue_token(workspace));
        self.note(|notes| notes.secrets.push(token.clone()));
        token
    }
}

/// A request that has arrived.
pub(crate) struct Arrived {
    /// Its number in the simulator's record.
    pub(crate) seq: u64,
    pub(crate) target: String,
    /// The fault that it met.
    pub(crate) fault: Option<u64>,
}

/// What goes on around a request.
pub(crate) trait Scene: Send + Sync + 'static {
    /// What is known of a request before it is sent.
    type Before;

    fn simulator(&self) -> &Simulator;

    /// Others have their turn; what goes wrong with this request, if anything.
    fn before(&self, request: &Request) -> (Self::Before, Option<Fault>);

    fn after(&self, before: Self::Before, arrived: Option<Arrived>, outcome: &Result<Response, Failure>);
}

pub(crate) struct Ear<S> {
    inner: HttpTransport,
    scene: Arc<S>,
}

impl<S: Scene> Ear<S> {
    pub(crate) fn new(scene: &Arc<S>) -> Self {
        let mut config = TransportConfig::new(BaseUrl::parse(&scene.simulator().url()).unwrap());
        config.read_timeout = Duration::from_secs(10);
        Self {
            inner: HttpTransport::new(&config).unwrap(),
            scene: Arc::clone(scene),
        }
    }
}

impl<S: Scene> Transport for Ear<S> {
    fn send(&self, sending: &Sending<'_>) -> Result<Response, Failure> {
        let (before, fault) = self.scene.before(sending.request());
        let simulator = self.scene.simulator();
        let (last, fault) = simulator.with_world(|world, now| {
            let last = world.log(now, 0).last().map_or(0, |entry| entry.seq);
            let only_this = |fault: Fault| fault.on(Matcher::default()).times(1);
            (last, fault.map(|fault| world.inject(only_this(fault)).unwrap()))
        });
        let outcome = self.inner.send(sending);
        let arrived = simulator.with_world(|world, now| {
            if let Some(fault) = fault {
                world.remove_fault(fault);
            }
            let log = world.log(now, last + 1);
            let first = log.iter().find(|entry| entry.copy_of.is_none());
            first.map(|entry| Arrived {
                seq: entry.seq,
                target: entry.target.clone(),
                fault: entry.fault,
            })
        });
        self.scene.after(before, arrived, &outcome);
        outcome
    }
}
