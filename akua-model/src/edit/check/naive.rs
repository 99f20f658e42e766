//! A client that does what clients usually do, to be explored against the same server and network.

use super::domain::wanted;
use super::network::Draft;
use super::setting::Setting;
use super::strategies::Strategy;
use crate::edit::event::{
    Action, Budget, Cause, End, Event, Now, Proof, ReadEnd, Reason, Version, Wait, Wanted, WriteEnd,
};
use crate::edit::machine::Phase;
use crate::edit::report::shows_all;
use crate::value::Shown;

/// A client with such a strategy. It starts with a version in hand.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Naive {
    strategy: Strategy,
    pub(super) phase: Phase,
    pub(super) base: Option<Version<u8, u8>>,
    pub(super) wanted: Vec<Wanted<u8>>,
    number: u8,
    if_match: u8,
    key: Option<u8>,
    takes_key: bool,
    /// How many requests of any kind it may still send.
    left: u32,
}

impl Naive {
    pub(super) fn new(strategy: Strategy, setting: &Setting, base: Option<Version<u8, u8>>) -> Self {
        Self {
            strategy,
            phase: Phase::Idle,
            base,
            wanted: wanted(&setting.patch),
            number: 0,
            if_match: 0,
            key: None,
            takes_key: setting.takes_key,
            left: setting.policy.max_attempts * setting.policy.max_versions,
        }
    }

    pub(super) fn draft(&self) -> Option<Draft> {
        (self.number > 0).then_some(Draft {
            epoch: self.number,
            if_match: self.if_match,
            key: self.key,
            since: 0,
        })
    }

    pub(super) fn step(&mut self, event: Event<u8, u8>, now: Now) -> Action<u8, u8> {
        let action = match event {
            Event::Begin => {
                let etag = self.base.as_ref().map_or(0, |base| base.etag);
                self.write(etag, now)
            }
            Event::Write(end) => self.written(end),
            Event::Read(ReadEnd::Found(version)) => self.found(version, now),
            Event::Read(_) => self.read(),
            _ => Self::failed(Cause::Refused),
        };
        if matches!(action, Action::Finish(_)) {
            self.phase = Phase::Over;
        }
        action
    }

    fn written(&mut self, end: WriteEnd<u8, u8>) -> Action<u8, u8> {
        match end {
            WriteEnd::Acknowledged { version, whole } => Action::Finish(End::Applied {
                proof: Proof::Acknowledged,
                version,
                whole,
                adjusted: Vec::new(),
                not_taken: Vec::new(),
            }),
            WriteEnd::Unauthorized | WriteEnd::Refused | WriteEnd::NotFound | WriteEnd::Accepted => {
                Self::failed(Cause::Refused)
            }
            WriteEnd::Conflict(_) if self.strategy == Strategy::ResendAndTrust => {
                Action::Finish(End::NotApplied(Reason::Rejected))
            }
            WriteEnd::Lost(_) | WriteEnd::NotSent | WriteEnd::Throttled(_)
                if self.strategy == Strategy::ResendAndTrust =>
            {
                self.send()
            }
            WriteEnd::Lost(_) | WriteEnd::NotSent | WriteEnd::Throttled(_) | WriteEnd::Conflict(_) => self.read(),
        }
    }

    fn found(&mut self, version: Version<u8, u8>, now: Now) -> Action<u8, u8> {
        if shows_all(&version, &self.wanted) {
            return Action::Finish(End::Applied {
                proof: Proof::Observed,
                version,
                whole: true,
                adjusted: Vec::new(),
                not_taken: Vec::new(),
            });
        }
        let foreign = self.wanted.iter().any(|wanted| {
            let theirs = version.values[wanted.field];
            let base = self
                .base
                .as_ref()
                .map_or(Shown::Unreadable, |base| base.values[wanted.field]);
            theirs != base && theirs != Shown::Is(wanted.value)
        });
        if foreign && self.strategy == Strategy::MergeWithoutTaint {
            return Action::Finish(End::NotApplied(Reason::Conflict {
                theirs: Some(version),
                fields: Vec::new(),
            }));
        }
        self.write(version.etag, now)
    }

    fn write(&mut self, if_match: u8, now: Now) -> Action<u8, u8> {
        self.number += 1;
        self.if_match = if_match;
        self.key = self.takes_key.then(|| u8::try_from(now.entropy).unwrap());
        self.send()
    }

    fn send(&mut self) -> Action<u8, u8> {
        self.phase = Phase::Sending;
        self.pay(|wait| Action::Write { wait, first: false })
    }

    fn read(&mut self) -> Action<u8, u8> {
        self.phase = Phase::Looking;
        self.pay(Action::Read)
    }

    fn pay(&mut self, action: impl FnOnce(Wait) -> Action<u8, u8>) -> Action<u8, u8> {
        if self.left == 0 {
            return Self::failed(Cause::OutOfAttempts);
        }
        self.left -= 1;
        action(Wait {
            ms: 0,
            budget: Budget::Free,
            new_credentials: false,
        })
    }

    /// It has no word for "nobody could know".
    fn failed(cause: Cause) -> Action<u8, u8> {
        Action::Finish(End::NotApplied(Reason::NotSent(cause)))
    }
}
