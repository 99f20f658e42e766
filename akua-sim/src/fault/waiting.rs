//! The faults that wait for their requests, and the counting of those.

use serde::{Deserialize, Serialize};

use super::{Fault, Matcher, Times, Unread};
use crate::rng::Rng;

/// Something that waits for requests: a fault or a script.
#[derive(Clone, Debug)]
pub(crate) struct Countdown {
    nth: u64,
    seen: u64,
    left: Times,
    percent: u8,
}

impl Countdown {
    pub(crate) fn new(nth: Option<u64>, times: Times, percent: Option<u8>) -> Self {
        Self {
            nth: nth.unwrap_or(1),
            seen: 0,
            left: times,
            percent: percent.unwrap_or(100),
        }
    }

    /// Counts one matching request. Whether it would be met.
    fn count(&mut self) -> bool {
        self.seen += 1;
        self.seen >= self.nth && !self.is_over()
    }

    /// Meets the request that was just counted, if chance wants it.
    fn meet(&mut self, rng: &mut Rng) -> bool {
        let meets = rng.chance(self.percent);
        if let (true, Times::Count(left)) = (meets, &mut self.left) {
            *left = left.saturating_sub(1);
        }
        meets
    }

    /// Counts one matching request and meets it, if it is its turn.
    pub(crate) fn take(&mut self, rng: &mut Rng) -> bool {
        self.count() && self.meet(rng)
    }

    pub(crate) fn is_over(&self) -> bool {
        self.left == Times::Count(0)
    }

    pub(crate) fn left(&self) -> Times {
        self.left
    }
}

/// A fault that waits for its requests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiting {
    /// Its number, as the log and its removal name it.
    pub fault: u64,
    /// How many requests it still meets.
    pub left: Times,
    /// What was injected.
    pub injected: Fault,
}

/// All faults that wait, in the order in which they were injected.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults {
    waiting: Vec<(u64, Fault, Countdown)>,
    last: u64,
}

impl Faults {
    pub(crate) fn inject(&mut self, fault: Fault) -> u64 {
        self.last += 1;
        let countdown = Countdown::new(fault.nth, fault.times, fault.percent);
        self.waiting.push((self.last, fault, countdown));
        self.last
    }

    pub(crate) fn remove(&mut self, number: u64) -> bool {
        let before = self.waiting.len();
        self.waiting.retain(|(known, ..)| *known != number);
        self.waiting.len() < before
    }

    pub(crate) fn clear(&mut self) {
        self.waiting.clear();
    }

    pub(crate) fn waiting(&self) -> Vec<Waiting> {
        let shown = |(fault, injected, countdown): &(u64, Fault, Countdown)| Waiting {
            fault: *fault,
            left: countdown.left(),
            injected: injected.clone(),
        };
        self.waiting.iter().map(shown).collect()
    }

    /// The first fault whose turn it is for this request. Every fault that matches counts it.
    pub(crate) fn pick(
        &mut self,
        rng: &mut Rng,
        unread: Option<Unread>,
        matches: impl Fn(&Matcher) -> bool,
    ) -> Option<(u64, Fault)> {
        let mut picked = None;
        for (number, fault, countdown) in &mut self.waiting {
            if fault.unread != unread || !matches(&fault.matching) {
                continue;
            }
            if countdown.count() && picked.is_none() && countdown.meet(rng) {
                picked = Some((*number, fault.clone()));
            }
        }
        self.waiting.retain(|(.., countdown)| !countdown.is_over());
        picked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picks(faults: &mut Faults, requests: usize) -> Vec<Option<u64>> {
        let mut rng = Rng::new(1);
        (0..requests)
            .map(|_| faults.pick(&mut rng, None, |_| true).map(|(number, _)| number))
            .collect()
    }

    #[test]
    fn faults_meet_their_nth_request_and_so_many() {
        let mut faults = Faults::default();
        faults.inject(Fault::before(500).nth(2).times(2));
        assert_eq!(picks(&mut faults, 4), [None, Some(1), Some(1), None]);
    }

    #[test]
    fn faults_that_meet_the_same_request_take_turns() {
        let mut faults = Faults::default();
        faults.inject(Fault::before(500));
        faults.inject(Fault::before(502));
        faults.inject(Fault::before(503).nth(4).forever());
        assert_eq!(picks(&mut faults, 5), [Some(1), Some(2), None, Some(3), Some(3)]);
        assert!(faults.remove(3));
        assert!(!faults.remove(3));
    }

    #[test]
    fn chance_is_seeded() {
        let meets = || {
            let mut faults = Faults::default();
            faults.inject(Fault::before(500).forever().percent(30));
            picks(&mut faults, 1000)
        };
        let met = meets().iter().flatten().count();
        assert!((200..400).contains(&met), "{met}");
        assert_eq!(meets(), meets());
    }
}
