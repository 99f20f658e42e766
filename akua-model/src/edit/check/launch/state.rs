//! The world at one moment.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::server::{Request, Server};
use crate::edit::check::breach::{Breach, Ended};
use crate::edit::check::client;
use crate::edit::check::domain::Few;
use crate::edit::machine::Machine;

/// The machine of one moment, shared and hashed once.
#[derive(Clone, Debug)]
pub(super) struct Client {
    pub(super) machine: Machine<u8, u8>,
    digest: u64,
}

impl Client {
    pub(super) fn new(machine: Machine<u8, u8>) -> Self {
        let mut client = Self { machine, digest: 0 };
        client.digest();
        client
    }

    pub(super) fn digest(&mut self) {
        let mut hasher = ahash::AHasher::default();
        let machine = &self.machine;
        client::digest(machine).hash(&mut hasher);
        (&machine.source, &machine.held, machine.is_known).hash(&mut hasher);
        self.digest = hasher.finish();
    }
}

impl PartialEq for Client {
    fn eq(&self, other: &Self) -> bool {
        self.digest == other.digest
    }
}

impl Eq for Client {}

/// The world at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct State {
    /// Gone once the call is over.
    pub(super) client: Option<Arc<Client>>,
    pub(super) server: Server,
    /// Copies on their way, in a fixed order.
    pub(super) network: Few<Request>,
    /// Whether the write that the client waits for has left.
    pub(super) sent: bool,
    /// Whether the client has been replaced by one that issues the write anew.
    pub(super) anew: bool,
    pub(super) clock: u8,
    pub(super) foreign_left: u8,
    pub(super) repeats_left: u8,
    pub(super) crashes_left: u8,
    pub(super) next_key: u8,
    /// Whether what is wanted was so at a moment since the call began.
    pub(super) held: bool,
    /// Whether a read of this call was stale.
    pub(super) misled: bool,
    /// Whether the credentials in use have shown it.
    pub(super) shown: bool,
    /// How often it was accepted, up to two.
    pub(super) landed: u8,
    pub(super) end: Option<Ended>,
    /// Whether that end rests on what was seen, and not on an answer.
    pub(super) observed: bool,
    /// Whether it was said to be gone for good.
    pub(super) said_gone: bool,
    pub(super) breach: Option<Breach>,
}

impl Hash for State {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.client.as_ref().map_or(0, |client| client.digest));
        (&self.server, &self.network).hash(state);
        state.write(&[
            self.client.is_some().into(),
            self.sent.into(),
            self.anew.into(),
            self.clock,
            self.foreign_left,
            self.repeats_left,
            self.crashes_left,
            self.next_key,
            self.held.into(),
            self.misled.into(),
            self.shown.into(),
            self.landed,
            self.observed.into(),
            self.said_gone.into(),
        ]);
        (&self.end, &self.breach).hash(state);
    }
}
