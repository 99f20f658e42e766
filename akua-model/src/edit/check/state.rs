//! The world at one moment.

use std::hash::{Hash, Hasher};

use super::breach::{Breach, Ended};
use super::client::Client;
use super::network::Network;
use super::server::Server;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct State {
    /// Gone once the call is over.
    pub(super) client: Option<Client>,
    pub(super) server: Server,
    pub(super) network: Network,
    /// Whether the write that the client waits for has left.
    pub(super) sent: bool,
    /// An index into the moments that time can be at.
    pub(super) clock: u8,
    pub(super) cancelled: bool,
    pub(super) foreign_left: u8,
    pub(super) repeats_left: u8,
    pub(super) oddities_left: u8,
    pub(super) next_key: u8,
    /// Which of the patches that a client may want were in effect at a moment since the call began, or for a resumed
    /// one since the write was first sent.
    pub(super) held: [bool; 3],
    /// What the fields held that the version does not show which the client's user saw, while it was current.
    pub(super) hidden: [u8; 3],
    /// Whether a write of this call has been begun.
    pub(super) wrote: bool,
    /// Whether a read of this call has shown something.
    pub(super) read: bool,
    /// Whether a read of this call was stale.
    pub(super) misled: bool,
    /// How often each epoch landed, up to two.
    pub(super) landed: [u8; 4],
    /// How many landings changed something, up to two.
    pub(super) changed: u8,
    pub(super) end: Option<Ended>,
    pub(super) breach: Option<Breach>,
}

impl State {
    /// Whether anything of this call has taken effect.
    pub(super) fn has_landed(&self) -> bool {
        self.landed.iter().any(|count| *count > 0)
    }

    /// Makes all those states equal that only differ in how a promise is judged: nothing that happens depends on it.
    pub(super) fn forget_what_only_promises_need(&mut self) {
        self.landed = [self.has_landed().into(), 0, 0, 0];
        self.held = [false; 3];
        self.hidden = [0; 3];
        self.wrote = false;
        self.read = false;
        self.misled = false;
        self.changed = 0;
        self.breach = None;
    }
}

impl State {
    /// Everything but how many foreign writes may yet happen.
    pub(super) fn hash_all_but_foreign_left<H: Hasher>(&self, state: &mut H) {
        self.client.hash(state);
        self.server.hash(state);
        self.network.hash(state);
        let small = [
            self.sent.into(),
            self.clock,
            self.cancelled.into(),
            self.repeats_left,
            self.oddities_left,
            self.next_key,
            self.wrote.into(),
            self.read.into(),
            self.misled.into(),
            self.changed,
        ];
        state.write(&small);
        state.write(&self.hidden);
        state.write(&self.landed);
        state.write(&self.held.map(u8::from));
        self.end.hash(state);
        self.breach.hash(state);
    }
}

impl Hash for State {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.hash_all_but_foreign_left(state);
        state.write_u8(self.foreign_left);
    }
}
