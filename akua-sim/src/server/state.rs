//! What the threads of one simulator share: the world, behind one lock, and the time since the start.

use std::sync::atomic::AtomicUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::Notify;

use crate::world::World;

/// What the connections share with the owner of the simulator.
pub(super) struct ServerState {
    world: Mutex<World>,
    started: Instant,
    /// Woken after every operation: what was held may have been decided.
    pub(super) changed: Notify,
    pub(super) control_token: String,
    /// How many connections are open.
    pub(super) open: AtomicUsize,
}

impl ServerState {
    pub(super) fn new(world: World, control_token: String) -> Self {
        Self {
            world: Mutex::new(world),
            started: Instant::now(),
            changed: Notify::new(),
            control_token,
            open: AtomicUsize::new(0),
        }
    }

    /// The world. A thread that panicked while it held it has not broken it: every decision ends before an answer.
    pub(super) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Milliseconds since the start.
    pub(super) fn now(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Asks the world something at the present time.
    pub(super) fn with<T>(&self, ask: impl FnOnce(&mut World, u64) -> T) -> T {
        let mut world = self.world();
        let now = self.now();
        let answer = ask(&mut world, now);
        drop(world);
        self.changed.notify_waiters();
        answer
    }
}
