//! One value for each process: what a forked child must not share with its parent.
//!
//! After `fork()` a child has copies of its parent's sockets and of its locks, some held by threads that the child
//! does not have. So nothing that a parent has put here is used, waited for or dropped by a child while it works:
//! it takes a place of its own. Finding one's place takes no lock and no system call, only loads and, once in a
//! process, one compare-and-swap.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use forkguard::Guard;

/// Places: one for each process in a line of parent, child, grandchild … that has used the value. Siblings don't
/// see each other's.
const PLACES: usize = 16;

/// Looks at a place that another thread of this process is filling, before giving up on it.
const PATIENCE: usize = 100_000;

/// No process has this id.
const FREE: u32 = 0;

/// A value of its own for each process.
pub(crate) struct PerProcess<T> {
    places: [Place<T>; PLACES],
}

struct Place<T> {
    /// Who fills it. Written once, before the value and only by the thread that then sets the value: so nobody ever
    /// waits for a lock inside `value`, not even a child forked between the two.
    owner: AtomicU32,
    value: OnceLock<Kept<T>>,
}

struct Kept<T> {
    value: Arc<T>,
    /// Tells a child that this is its parent's. `None` if the system had no room for one more thing to do at a fork:
    /// then process ids tell, which takes a system call.
    forks: Option<Guard>,
}

impl<T> PerProcess<T> {
    pub(crate) fn new() -> Self {
        Self {
            places: std::array::from_fn(|_| Place {
                owner: AtomicU32::new(FREE),
                value: OnceLock::new(),
            }),
        }
    }

    /// This process's value, made now if it has none yet.
    pub(crate) fn current(&self, make: impl FnOnce() -> T) -> Arc<T> {
        let taken = |place: &&Place<T>| place.owner.load(Ordering::Acquire) != FREE;
        let last = self.places.iter().take_while(taken).last();
        match last.and_then(|place| place.value.get()) {
            Some(kept) if kept.is_known_to_be_ours() => Arc::clone(&kept.value),
            _ => self.of(std::process::id(), make),
        }
    }

    /// The last place that is taken counts: process ids come round, and an ancestor that is gone may have had ours.
    fn of(&self, process: u32, make: impl FnOnce() -> T) -> Arc<T> {
        let mut last: Option<&Place<T>> = None;
        for place in &self.places {
            let owner = place.owner.load(Ordering::Acquire);
            if owner != FREE {
                last = Some(place);
                continue;
            }
            if let Some(place) = last.filter(|place| place.owner.load(Ordering::Acquire) == process) {
                return place.wait().unwrap_or_else(|| Arc::new(make()));
            }
            return match place
                .owner
                .compare_exchange(FREE, process, Ordering::AcqRel, Ordering::Acquire)
            {
                Ok(_) => {
                    let value = Arc::new(make());
                    // Nobody else sets it: the place is ours.
                    let _ = place.value.set(Kept {
                        value: Arc::clone(&value),
                        forks: counting_forks(),
                    });
                    value
                }
                // Only threads of the same process can meet here.
                Err(_) => place.wait().unwrap_or_else(|| Arc::new(make())),
            };
        }
        match last.filter(|place| place.owner.load(Ordering::Acquire) == process) {
            Some(place) => place.wait().unwrap_or_else(|| Arc::new(make())),
            // The line is longer than there are places: a value for this one call, right but not kept.
            None => Arc::new(make()),
        }
    }
}

impl<T> Place<T> {
    /// The value, which another thread of this process is about to set if it is not there.
    fn wait(&self) -> Option<Arc<T>> {
        for _ in 0..PATIENCE {
            if let Some(kept) = self.value.get() {
                return Some(Arc::clone(&kept.value));
            }
            std::thread::yield_now();
        }
        None
    }
}

impl<T> Kept<T> {
    fn is_known_to_be_ours(&self) -> bool {
        // A guard that has told of a fork does not tell again: a copy is asked.
        self.forks.clone().is_some_and(|mut forks| !forks.detected_fork())
    }
}

#[cfg(unix)]
fn counting_forks() -> Option<Guard> {
    Guard::try_new().ok()
}

/// Where there is no `fork`.
#[cfg(not(unix))]
fn counting_forks() -> Option<Guard> {
    Some(forkguard::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_process_of_a_line_has_its_own_and_keeps_it() {
        let values = PerProcess::new();
        let parent = values.of(100, || "parent");
        assert_eq!(*parent, "parent");
        assert!(Arc::ptr_eq(&parent, &values.of(100, || "again")));

        let child = values.of(200, || "child");
        assert_eq!(*child, "child");
        assert!(Arc::ptr_eq(&child, &values.of(200, || "again")));
        assert_eq!(
            *values.of(100, || "a grandchild with the parent's old id"),
            "a grandchild with the parent's old id"
        );
    }

    #[test]
    fn a_child_passes_by_a_place_that_its_parent_was_filling() {
        let values = PerProcess::new();
        values.places[0].owner.store(100, Ordering::Release);
        assert_eq!(*values.of(200, || 2), 2);
        assert_eq!(*values.of(200, || 3), 2);
    }

    #[test]
    fn a_line_longer_than_the_places_still_works() {
        let values = PerProcess::new();
        for process in 1..=40 {
            assert_eq!(*values.of(process, || process), process);
        }
        assert_eq!(*values.of(41, || 1), 1);
        assert_eq!(*values.of(41, || 2), 2, "not kept");
    }

    #[test]
    fn threads_that_come_at_once_get_one_value() {
        let values = PerProcess::new();
        let made = AtomicU32::new(0);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| *values.of(7, || made.fetch_add(1, Ordering::AcqRel)));
            }
        });
        assert_eq!(made.load(Ordering::Acquire), 1);
    }
}
