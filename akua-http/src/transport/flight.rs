//! One attempt while it is in the air: when it must end, who may end it, and what is known about its bytes.
//!
//! Everything that waits asks here how long it may, in slices short enough for a cancel to be noticed.

use std::cell::{Cell, RefCell};
use std::io;
use std::mem::ManuallyDrop;
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::disguise::Disguise;
use super::failure::{FailureKind, Sent};
use crate::cancel::{Cancel, SLICE};
use crate::deadline::Deadline;

/// The state of one attempt. It lives on the thread that makes the attempt.
pub(super) struct Flight {
    deadline: Deadline,
    cancel: Option<Cancel>,
    limits: Limits,
    phase: Cell<Phase>,
    handed_over: Cell<u64>,
    fault: RefCell<Option<Fault>>,
    disguise: Disguise,
}

/// How long the parts of an attempt may take, whatever is left of its deadline.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) connect: Duration,
    pub(super) read: Duration,
}

/// What an attempt is waiting for.
#[derive(Clone, Copy)]
enum Phase {
    /// Name look-up, TCP, proxy and TLS together must end by then.
    Opening(Deadline),
    /// A connection is there.
    Talking,
}

/// The first thing that went wrong in an attempt, as this room saw it.
pub(super) struct Fault {
    pub(super) kind: FailureKind,
    pub(super) message: String,
}

impl Flight {
    pub(super) fn new(deadline: Deadline, cancel: Option<&Cancel>, limits: Limits) -> Self {
        Self {
            deadline,
            cancel: cancel.cloned(),
            limits,
            phase: Cell::new(Phase::Talking),
            handed_over: Cell::new(0),
            fault: RefCell::new(None),
            disguise: Disguise::default(),
        }
    }

    /// The attempt at a request with these secrets.
    pub(super) fn with_secrets(self, disguise: Disguise) -> Self {
        Self { disguise, ..self }
    }

    /// The secrets of the request.
    pub(super) fn disguise(&self) -> &Disguise {
        &self.disguise
    }

    /// Begins to open a connection: until [`opened`](Self::opened) the connect timeout counts.
    pub(super) fn opening(&self) {
        self.phase.set(Phase::Opening(Deadline::after(self.limits.connect)));
    }

    /// A connection is open: from here on the read timeout counts.
    pub(super) fn opened(&self) {
        self.phase.set(Phase::Talking);
    }

    /// The end of a wait that begins now, not counting the call's own deadline.
    pub(super) fn patience(&self) -> Deadline {
        match self.phase.get() {
            Phase::Opening(end) => end,
            Phase::Talking => Deadline::after(self.limits.read),
        }
    }

    /// [`patience`](Self::patience) and [`slice`](Self::slice) of a wait that begins now, at one look at the clock.
    pub(super) fn first_slice(&self) -> io::Result<(Deadline, Duration)> {
        let now = Instant::now();
        let patience = match self.phase.get() {
            Phase::Opening(end) => end,
            Phase::Talking => Deadline::after_from(self.limits.read, now),
        };
        Ok((patience, self.slice_at(patience, now)?))
    }

    /// How long to wait before asking again. Fails when the attempt must end: it was cancelled, or the deadline or
    /// `patience` passed.
    pub(super) fn slice(&self, patience: Deadline) -> io::Result<Duration> {
        self.slice_at(patience, Instant::now())
    }

    fn slice_at(&self, patience: Deadline, now: Instant) -> io::Result<Duration> {
        if self.cancel.as_ref().is_some_and(Cancel::is_cancelled) {
            return Err(self.fail(
                FailureKind::Cancelled,
                format!("the call was cancelled {}", self.doing()),
            ));
        }
        let left = self.deadline.remaining_at(now);
        if left.is_zero() {
            return Err(self.fail(
                FailureKind::Timeout,
                format!("the call's deadline passed {}", self.doing()),
            ));
        }
        let patience = patience.remaining_at(now);
        if patience.is_zero() {
            return Err(self.fail(FailureKind::Timeout, self.out_of_patience()));
        }
        Ok(left.min(patience).min(SLICE))
    }

    fn doing(&self) -> &'static str {
        match self.phase.get() {
            Phase::Opening(_) => "before a connection was open",
            Phase::Talking => "before the answer was complete",
        }
    }

    fn out_of_patience(&self) -> String {
        match self.phase.get() {
            Phase::Opening(_) => format!("no connection within {:?} (connect timeout)", self.limits.connect),
            Phase::Talking => format!("the server was silent for {:?} (read timeout)", self.limits.read),
        }
    }

    /// Notes what went wrong, if it is the first thing, and gives an error to return.
    pub(super) fn fail(&self, kind: FailureKind, message: impl Into<String>) -> io::Error {
        let mut fault = self.fault.borrow_mut();
        if fault.is_none() {
            *fault = Some(Fault {
                kind,
                message: message.into(),
            });
        }
        io::Error::other("the attempt failed")
    }

    /// Counts bytes of the request that a connection took.
    pub(super) fn handed_over(&self, bytes: usize) {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.handed_over.set(self.handed_over.get().saturating_add(bytes));
    }

    /// What the count proves.
    pub(super) fn sent(&self) -> Sent {
        if self.handed_over.get() == 0 {
            Sent::NotSent
        } else {
            Sent::Unknown
        }
    }

    /// The first thing that went wrong, which is forgotten with that.
    pub(super) fn take_fault(&self) -> Option<Fault> {
        self.fault.borrow_mut().take()
    }
}

thread_local! {
    /// The attempt that this thread is making: the HTTP library has no way to pass it through its hands. Nothing is to be
    /// done for it when the thread ends, as there is no attempt any more; so it is there to the very last, for calls from
    /// the destructors of other things.
    static CURRENT: ManuallyDrop<RefCell<Option<Rc<Flight>>>> = const { ManuallyDrop::new(RefCell::new(None)) };
}

/// Makes `flight` this thread's attempt until the result is dropped.
pub(super) fn enter(flight: Rc<Flight>) -> Entered {
    Entered {
        before: swap(Some(flight)),
    }
}

/// This thread's attempt.
pub(super) fn current() -> io::Result<Rc<Flight>> {
    let current = CURRENT.with(|current| current.borrow().clone());
    current.ok_or_else(|| io::Error::other("a connection was used outside of a call"))
}

fn swap(flight: Option<Rc<Flight>>) -> Option<Rc<Flight>> {
    CURRENT.with(|current| current.replace(flight))
}

/// While it lives, this thread makes an attempt.
pub(super) struct Entered {
    before: Option<Rc<Flight>>,
}

impl Drop for Entered {
    fn drop(&mut self) {
        swap(self.before.take());
    }
}
