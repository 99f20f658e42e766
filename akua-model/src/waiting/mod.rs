//! Waiting for an operation: what became of it, which is another question than whether it was accepted.
//!
//! A [`Waiting`] only reads. It can be begun from a token anywhere and as often as one likes, by several at a time, and given
//! up at any moment: nothing depends on it. It has neither I/O nor clock; whoever drives it sends what it asks for.
//!
//! ```text
//!   Getting --> Polling --+--> done: Done, after a look at the resource
//!      ^           |      +--> a person is waited for, the deadline, the caller: StillRunning, with the handle
//!      +-- lost ---+      +--> it can't be read any more: LostTrack, after a look at the resource
//! ```
//!
//! ```
//! use std::time::Duration;
//! use akua_model::OperationState;
//! use akua_model::edit::Contract;
//! use akua_model::waiting::{Asked, Fate, OperationSight, WaitEnd, WaitInput, WaitPolicy, WaitStep, Waiting};
//!
//! let (policy, contract) = (WaitPolicy::default(), Contract::documented());
//! let mut waiting = Waiting::new(policy, &contract, Duration::ZERO, Asked::No, true);
//! let at = Duration::from_secs;
//! assert_eq!(waiting.step(WaitInput::Begin, at(0)), WaitStep::Get { wait: at(0) });
//! let running = OperationSight::new(OperationState::Running, false);
//! let WaitStep::LongPoll { timeout, .. } = waiting.step(WaitInput::Shown(running), at(1)) else { panic!() };
//! assert_eq!(timeout, at(30));
//! let done = OperationSight::new(OperationState::Succeeded, true);
//! assert_eq!(waiting.step(WaitInput::Shown(done), at(20)), WaitStep::ReadTarget);
//! let ended = waiting.step(WaitInput::TargetRead, at(21));
//! assert_eq!(ended, WaitStep::Done(WaitEnd::Done(Fate::Succeeded)));
//! ```

#[cfg(test)]
mod check;
mod end;
mod waited;

use std::time::Duration;

pub use end::{Asked, Fate, Lost, OperationSight, WaitEnd};
pub use waited::{Now, Waited};

use crate::api::OperationState;
use crate::edit::Contract;

/// How a wait behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct WaitPolicy {
    /// When it ends whatever the operation does: 30 minutes by default. An operation may wait for a person, so that without
    /// an end a wait might have none.
    pub deadline: Duration,
    /// What is kept of it for a last look: 5 s by default, a quarter of the deadline at most.
    pub reserve: Duration,
    /// How long one poll may take: 30 s by default, 1 to 60 s. The transport has to wait longer than that.
    pub poll: Duration,
    /// The pause between two looks where polls don't work, and after one that brought nothing: 2 s by default.
    pub pause: Duration,
    /// How many looks in a row may find no such operation: 3 by default, at least 1.
    pub misses: u32,
    /// Whether a step that waits for a person ends the wait. On by default.
    pub stop_when_blocked_on_a_person: bool,
}

impl Default for WaitPolicy {
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(30 * 60),
            reserve: Duration::from_secs(5),
            poll: Duration::from_secs(30),
            pause: Duration::from_secs(2),
            misses: 3,
            stop_when_blocked_on_a_person: true,
        }
    }
}

impl WaitPolicy {
    /// When the last look begins.
    fn last_look(&self) -> Duration {
        self.deadline - self.reserve.min(self.deadline / 4)
    }
}

/// What became of what the last step asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum WaitInput {
    /// The wait begins.
    Begin,
    /// The operation, as an answer showed it.
    Shown(OperationSight),
    /// 404.
    NotFound,
    /// 401.
    Unauthorized,
    /// Any other definite refusal.
    Refused,
    /// No answer, or none that could be read, or 429 and 5xx, with the wait that was asked for.
    Lost(Option<Duration>),
    /// The resource was looked at, with whatever result: the driver keeps it.
    TargetRead,
    /// What was asked for was not begun: no credentials, or the caller ends the wait.
    Declined,
}

/// What is to be done next.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum WaitStep {
    /// Ask the server to answer once the operation has ended, or after `timeout`, after a pause.
    LongPoll {
        /// The timeout to ask for, in whole seconds.
        timeout: Duration,
        /// The pause before.
        wait: Duration,
    },
    /// `GET` the operation, after a pause.
    Get {
        /// The pause before.
        wait: Duration,
    },
    /// As before, with new credentials, which are asked for once.
    NewCredentials,
    /// Look at what the operation works on: that says what is so now, and not what became of the operation.
    ReadTarget,
    /// Nothing: it has ended.
    Done(WaitEnd),
}

/// A rule that waiting follows. The check removes one at a time; each must then be missed.
#[cfg(test)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Rule {
    /// An operation that can't be found has not succeeded.
    VanishedIsNoSuccess,
    /// What is not `done` says nothing, whatever its state.
    OnlyDoneIsFinal,
    /// `done` with a state that is no end is none of the known fates.
    DoneNeedsAnEnd,
    /// Whether this handle asked for the cancel is not known where the answer to that was lost.
    LostCancelIsUnknown,
    /// One answer that finds nothing is no proof that there is nothing.
    MissIsTriedAgain,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Phase {
    Idle,
    Getting,
    Polling,
    Target,
    Over,
}

/// Waiting for one operation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Waiting {
    policy: WaitPolicy,
    completed_is_final: bool,
    /// Until when the server keeps the operation, counted from the beginning of this wait.
    kept_until: Duration,
    asked: Asked,
    can_refresh: bool,
    phase: Phase,
    /// Looks in a row that have found nothing.
    misses: u32,
    /// Whether polls work.
    polls: bool,
    /// When the poll that was asked for last was to be answered at the latest.
    polled: Option<Duration>,
    /// Whether this is the last look.
    last: bool,
    /// The step that waits for a person, as it was seen last.
    blocked_on: Option<String>,
    end: Option<WaitEnd>,
    #[cfg(test)]
    without: Option<Rule>,
}

impl Waiting {
    /// A wait that has not begun, for an operation that was launched `age` ago. `asked` tells whether whoever waits has asked
    /// for it to be cancelled.
    #[must_use]
    pub fn new(policy: WaitPolicy, contract: &Contract, age: Duration, asked: Asked, can_refresh: bool) -> Self {
        Self {
            policy,
            completed_is_final: contract.completed_is_final,
            kept_until: contract.operation_kept.saturating_sub(age),
            asked,
            can_refresh,
            phase: Phase::Idle,
            misses: 0,
            polls: true,
            polled: None,
            last: false,
            blocked_on: None,
            end: None,
            #[cfg(test)]
            without: None,
        }
    }

    /// Whoever waits has asked meanwhile for it to be cancelled, or may have.
    pub fn asked_to_cancel(&mut self, asked: Asked) {
        self.asked = asked;
    }

    /// One step, `elapsed` after the wait began. After the end every step gives the same end again.
    pub fn step(&mut self, input: WaitInput, elapsed: Duration) -> WaitStep {
        if self.phase == Phase::Over {
            return self.over();
        }
        match (self.phase, input) {
            (Phase::Target, _) => self.over(),
            (Phase::Idle, WaitInput::Begin) => self.get(Duration::ZERO, elapsed),
            (_, WaitInput::Shown(sight)) => self.shown(sight, elapsed),
            // Polls need other rights than looks: what a poll is refused is asked again as a look.
            (Phase::Polling, WaitInput::NotFound | WaitInput::Refused | WaitInput::Unauthorized) => {
                self.polls = false;
                self.get(Duration::ZERO, elapsed)
            }
            (_, WaitInput::NotFound) => self.missed(elapsed),
            (_, WaitInput::Unauthorized) if self.can_refresh => {
                self.can_refresh = false;
                self.phase = Phase::Getting;
                WaitStep::NewCredentials
            }
            (_, WaitInput::Unauthorized) => self.lost(Lost::Unauthorized),
            (_, WaitInput::Refused) => self.lost(Lost::Refused),
            (_, WaitInput::Lost(wait)) => self.get(wait.unwrap_or_default().max(self.policy.pause), elapsed),
            (_, WaitInput::Begin | WaitInput::TargetRead | WaitInput::Declined) => self.still_running(),
        }
    }

    fn shown(&mut self, sight: OperationSight, elapsed: Duration) -> WaitStep {
        self.misses = 0;
        self.blocked_on.clone_from(&sight.blocked_on);
        let is_end = sight.done || !self.holds_only_done();
        if is_end && self.completed_is_final {
            let fate = self.fate(sight);
            if let Some(fate) = fate {
                return self.then_look(WaitEnd::Done(fate));
            }
        }
        if self.last || (self.blocked_on.is_some() && self.policy.stop_when_blocked_on_a_person) {
            return self.still_running();
        }
        self.poll(elapsed)
    }

    /// What became of it, by an answer that says that it has ended.
    fn fate(&self, sight: OperationSight) -> Option<Fate> {
        Some(match sight.state {
            OperationState::Succeeded => Fate::Succeeded,
            OperationState::Failed => Fate::Failed { text: sight.text },
            OperationState::Cancelled => Fate::Cancelled {
                asked_here: self.asked_here(),
                text: sight.text,
            },
            OperationState::Running if !sight.done => return None,
            OperationState::Running if !self.holds_done_needs_an_end() => Fate::Succeeded,
            other @ (OperationState::Running | OperationState::Other(_)) => Fate::Other(other.as_str().to_owned()),
        })
    }

    fn missed(&mut self, elapsed: Duration) -> WaitStep {
        self.misses = self.policy.misses.min(self.misses.saturating_add(1));
        let too_early = elapsed < self.kept_until;
        if self.misses < self.policy.misses.max(1) && self.holds_miss_is_tried_again() || too_early && !self.last {
            return self.get(self.policy.pause, elapsed);
        }
        if !self.holds_vanished() {
            return self.then_look(WaitEnd::Done(Fate::Succeeded));
        }
        if self.last && too_early {
            return self.still_running();
        }
        self.lost(Lost::NotFound)
    }

    /// Asks for an answer once it has ended, as long as there is time for that.
    fn poll(&mut self, elapsed: Duration) -> WaitStep {
        if !self.polls {
            return self.get(self.policy.pause, elapsed);
        }
        let left = self.policy.last_look().saturating_sub(elapsed);
        let timeout = left.min(self.policy.poll.clamp(Duration::from_secs(1), Duration::from_secs(60)));
        let timeout = Duration::from_secs(timeout.as_secs());
        // What is left is too little for a poll: the last look is then.
        if timeout.is_zero() {
            return self.get(left, elapsed);
        }
        // A server that answers polls at once is not asked without a pause.
        let early = self.polled.is_some_and(|until| elapsed < until);
        let wait = if early { self.policy.pause } else { Duration::ZERO };
        self.phase = Phase::Polling;
        self.polled = Some(elapsed.saturating_add(timeout));
        WaitStep::LongPoll { timeout, wait }
    }

    /// Looks, for the last time if there is no time for another one.
    fn get(&mut self, wait: Duration, elapsed: Duration) -> WaitStep {
        if self.last {
            return self.still_running();
        }
        self.phase = Phase::Getting;
        let last_look = self.policy.last_look();
        self.last = elapsed.saturating_add(wait) >= last_look;
        let wait = if self.last {
            wait.min(last_look.saturating_sub(elapsed))
        } else {
            wait
        };
        WaitStep::Get { wait }
    }

    fn lost(&mut self, why: Lost) -> WaitStep {
        self.then_look(WaitEnd::LostTrack(why))
    }

    /// Ends after a look at what the operation works on, which decides nothing.
    fn then_look(&mut self, end: WaitEnd) -> WaitStep {
        self.end = Some(end);
        self.phase = Phase::Target;
        WaitStep::ReadTarget
    }

    fn still_running(&mut self) -> WaitStep {
        let blocked_on = self.blocked_on.clone();
        self.end = Some(WaitEnd::StillRunning { blocked_on });
        self.over()
    }

    fn over(&mut self) -> WaitStep {
        self.phase = Phase::Over;
        let nothing = || WaitEnd::StillRunning { blocked_on: None };
        WaitStep::Done(self.end.get_or_insert_with(nothing).clone())
    }

    fn asked_here(&self) -> Asked {
        match self.asked {
            Asked::Unknown if !self.holds_lost_cancel() => Asked::Yes,
            asked => asked,
        }
    }
}

/// Whether a rule is in force: always, outside of tests.
macro_rules! holds {
    ($($name:ident $rule:ident),* $(,)?) => {
        impl Waiting {$(
            #[cfg(not(test))]
            #[allow(clippy::unused_self)]
            fn $name(&self) -> bool {
                true
            }

            #[cfg(test)]
            fn $name(&self) -> bool {
                self.without != Some(Rule::$rule)
            }
        )*}
    };
}

holds! {
    holds_vanished VanishedIsNoSuccess,
    holds_only_done OnlyDoneIsFinal,
    holds_done_needs_an_end DoneNeedsAnEnd,
    holds_lost_cancel LostCancelIsUnknown,
    holds_miss_is_tried_again MissIsTriedAgain,
}
