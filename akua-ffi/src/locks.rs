//! Locks inside of handles: what two threads may do with one at the same time, and what is refused.
//!
//! What panicked while it held a lock may have left things half done, so it is refused from then on.

use std::sync::{Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard, TryLockError};

use crate::handle::Misuse;

const PANICKED: &str = "can't be used any more: a call with it has panicked";

/// Takes a handle that one thread at a time may use.
pub(crate) fn alone<'a, T>(lock: &'a Mutex<T>, name: &'static str) -> Result<MutexGuard<'a, T>, Misuse> {
    lock.try_lock().map_err(|refused| refusal(&refused, name))
}

/// Takes a handle that many threads may read.
pub(crate) fn reading<'a, T>(lock: &'a RwLock<T>, name: &'static str) -> Result<RwLockReadGuard<'a, T>, Misuse> {
    // Whoever changes it is done in no time, so waiting is no matter.
    lock.read().map_err(|_| Misuse::new(name, PANICKED))
}

/// Takes a handle to change it, while nobody else uses it.
pub(crate) fn changing<'a, T>(lock: &'a RwLock<T>, name: &'static str) -> Result<RwLockWriteGuard<'a, T>, Misuse> {
    lock.try_write().map_err(|refused| refusal(&refused, name))
}

fn refusal<G>(refused: &TryLockError<G>, name: &'static str) -> Misuse {
    match refused {
        TryLockError::WouldBlock => Misuse::new(name, "is in use by another thread"),
        TryLockError::Poisoned(_) => Misuse::new(name, PANICKED),
    }
}
