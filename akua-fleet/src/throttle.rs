//! The adaptive rate limit of a run: additive increase, multiplicative decrease (AIMD), below the caller's own limit.
//!
//! - 429 and 503 halve the rate. A second in which most answers take much longer than usual multiplies it by 0.8. Neither
//!   happens more than once a second.
//! - Each second without a cut adds 5 % of the rate from before the trouble, until that is reached again.
//! - `Retry-After`, with any status but 200, holds new items back for as long as it says, at most a minute.
//!
//! Only new items wait. One that was started has a deadline, and resolving a lost write must not queue behind new work;
//! the requests it sends are counted afterwards, so that the average holds.

use std::time::{Duration, Instant};

use crate::watch::Observation;

/// Slower than this it never gets, in requests per second.
const LEAST: f64 = 0.5;
/// The shortest time between two cuts.
const BETWEEN_CUTS: Duration = Duration::from_secs(1);
/// The longest that new items are held back because a server has asked to be left alone.
const LONGEST_HOLD: Duration = Duration::from_secs(60);
/// How many answers must have been timed at least to be compared with those before.
const TIMED: u32 = 10;
/// Differences in time below this are noise.
const NOISE: Duration = Duration::from_millis(10);
/// How much is sent at once after a pause, in seconds of the rate.
const BURST: f64 = 0.1;

#[derive(Debug)]
pub(super) struct Throttle {
    /// What the caller allows.
    limit: Option<f64>,
    /// What the server allows at the moment, if that is less.
    rate: Option<f64>,
    /// What it was before the server had trouble: to there it recovers.
    before: f64,
    /// Requests that may be sent at once; below 0, what was sent in advance.
    credit: f64,
    counted: Instant,
    last_cut: Option<Instant>,
    /// Until then nothing new begins.
    held_until: Option<Instant>,
    /// How many requests an item takes, on average.
    per_item: f64,
    timing: Timing,
    load: Load,
}

impl Throttle {
    pub(super) fn new(limit: Option<f64>, now: Instant) -> Self {
        Self {
            limit,
            rate: None,
            before: 0.0,
            credit: 0.0,
            counted: now,
            last_cut: None,
            held_until: None,
            per_item: 2.0,
            timing: Timing::default(),
            load: Load::new(now),
        }
    }

    /// Requests per second that are allowed now; `None` for as many as there can be.
    pub(super) fn rate(&self) -> Option<f64> {
        match (self.rate, self.limit) {
            (Some(rate), Some(limit)) => Some(rate.min(limit)),
            (rate, limit) => rate.or(limit),
        }
    }

    /// Whether the server has slowed the run down.
    pub(super) fn is_slowed(&self) -> bool {
        self.rate.is_some()
    }

    /// Begins an item, or says how long to wait before asking again.
    pub(super) fn begin(&mut self, now: Instant) -> Result<(), Duration> {
        self.pass(now);
        if let Some(until) = self.held_until {
            if until > now {
                return Err(until - now);
            }
            self.held_until = None;
        }
        let Some(rate) = self.rate() else { return Ok(()) };
        if self.credit < 0.0 {
            return Err(Duration::from_secs_f64((-self.credit / rate).min(3600.0)));
        }
        self.credit -= self.per_item;
        Ok(())
    }

    /// An item has ended that has sent so many requests.
    pub(super) fn end(&mut self, requests: u64, now: Instant) {
        self.pass(now);
        let requests = requests as f64;
        if self.rate().is_some() {
            self.credit += self.per_item - requests;
        }
        self.per_item += (requests.max(1.0) - self.per_item) / 16.0;
    }

    /// A request was answered, or not.
    pub(super) fn heard(&mut self, sent: Observation, now: Instant) {
        self.pass(now);
        self.load.count(now);
        if let Some(asked) = sent.retry_after {
            let until = now + asked.min(LONGEST_HOLD);
            self.held_until = Some(self.held_until.map_or(until, |known| known.max(until)));
        }
        if matches!(sent.status, Some(429 | 503)) {
            self.cut(0.5, now);
        } else if sent.status.is_some() && !sent.is_poll && self.timing.rises(sent.took, now) {
            self.cut(0.8, now);
        }
    }

    /// Takes a part of the rate away.
    fn cut(&mut self, factor: f64, now: Instant) {
        if self.last_cut.is_some_and(|last| now - last < BETWEEN_CUTS) {
            return;
        }
        let seen = self.load.per_second(now);
        let from = match self.rate() {
            // What is allowed and not used says nothing of what the server can take.
            Some(rate) => rate.min(seen.max(LEAST)),
            None => seen,
        };
        if self.rate.is_none() {
            self.before = from.max(LEAST);
        }
        self.rate = Some((from * factor).max(LEAST));
        self.credit = self.credit.min(0.0);
        self.last_cut = Some(now);
    }

    /// Time goes on: credit comes in, and the rate recovers.
    fn pass(&mut self, now: Instant) {
        let seconds = now.saturating_duration_since(self.counted).as_secs_f64();
        self.counted = self.counted.max(now);
        if let Some(rate) = self.rate() {
            self.credit = (self.credit + seconds * rate).min((rate * BURST).max(1.0));
        }
        let quiet = self.last_cut.is_some_and(|last| now - last >= BETWEEN_CUTS);
        if let (Some(rate), true) = (self.rate, quiet) {
            let rate = rate + seconds * self.before / 20.0;
            let whole = self.limit.unwrap_or(self.before * 2.0);
            self.rate = (rate < whole).then_some(rate);
        }
    }
}

/// How long answers take as a rule, and how many of the last second's took much longer. A moment in which everything
/// stood still is no trend, and what has been slow for a minute is the rule.
#[derive(Debug, Default)]
struct Timing {
    /// In seconds; `None` until some answers were timed.
    usually: Option<f64>,
    since: Option<Instant>,
    answers: u32,
    slow: u32,
    sum: f64,
}

impl Timing {
    /// Whether a second is over in which most answers took much longer than they used to.
    fn rises(&mut self, took: Duration, now: Instant) -> bool {
        let took = took.as_secs_f64();
        self.answers += 1;
        self.sum += took;
        let slow = |usually: f64| took > 2.0 * usually + NOISE.as_secs_f64();
        self.slow += u32::from(self.usually.is_some_and(slow));
        let since = *self.since.get_or_insert(now);
        if now - since < BETWEEN_CUTS || self.answers < TIMED {
            return false;
        }
        let (mean, rises) = (self.sum / f64::from(self.answers), self.slow * 2 > self.answers);
        // A hiccup moves it a little, a trend within some ten seconds.
        self.usually = Some(
            self.usually
                .map_or(mean, |usually| usually + (mean.min(3.0 * usually) - usually) / 16.0),
        );
        *self = Self {
            usually: self.usually,
            since: Some(now),
            ..Self::default()
        };
        rises
    }
}

/// How many requests are answered per second, over the last second or so.
#[derive(Debug)]
struct Load {
    since: Instant,
    count: f64,
    last: Option<f64>,
}

impl Load {
    fn new(now: Instant) -> Self {
        Self {
            since: now,
            count: 0.0,
            last: None,
        }
    }

    fn count(&mut self, now: Instant) {
        let seconds = (now - self.since).as_secs_f64();
        if seconds >= 1.0 {
            self.last = Some(self.count / seconds);
            (self.since, self.count) = (now, 0.0);
        }
        self.count += 1.0;
    }

    fn per_second(&self, now: Instant) -> f64 {
        let seconds = (now - self.since).as_secs_f64();
        self.last.unwrap_or(self.count / seconds.max(0.05))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn answer(status: u16, took: Duration) -> Observation {
        Observation {
            status: Some(status),
            retry_after: None,
            took,
            is_poll: false,
        }
    }

    /// So many items, each of two requests, begun one after the other; the seconds that takes.
    fn items(throttle: &mut Throttle, now: &mut Instant, items: u32, status: u16) -> f64 {
        let start = *now;
        for _ in 0..items {
            while let Err(wait) = throttle.begin(*now) {
                *now += wait + MS / 1000;
            }
            for _ in 0..2 {
                *now += MS;
                throttle.heard(answer(status, MS), *now);
            }
            throttle.end(2, *now);
        }
        (*now - start).as_secs_f64()
    }

    #[test]
    fn the_callers_limit_holds_on_average() {
        let mut now = Instant::now();
        let mut throttle = Throttle::new(Some(50.0), now);
        let seconds = items(&mut throttle, &mut now, 500, 200);
        assert!(
            (19.0..21.0).contains(&seconds),
            "1,000 requests at 50 per second took {seconds} s"
        );
    }

    #[test]
    fn no_request_is_sent_in_advance() {
        for rate in [0.5, 10.0, 50.0] {
            let mut now = Instant::now();
            let mut throttle = Throttle::new(Some(rate), now);
            let seconds = items(&mut throttle, &mut now, 5, 200);
            assert!(
                seconds >= 8.0 / rate,
                "8 requests before the last item took {seconds} s"
            );
        }
    }

    #[test]
    fn whoever_asks_often_or_with_an_older_clock_gets_no_more() {
        let start = Instant::now() + Duration::from_secs(10);
        for back in [Duration::ZERO, Duration::from_secs(5)] {
            let mut throttle = Throttle::new(Some(10.0), start);
            let begun = (0..10_000).filter(|ms| {
                // Threads read the clock one after the other, and come here in another order.
                throttle.heard(answer(200, MS), start - back);
                throttle.begin(start + MS * *ms).is_ok()
            });
            assert!((50..=51).contains(&begun.count()));
        }
    }

    #[test]
    fn without_a_limit_nothing_waits_until_the_server_has_trouble_and_then_it_recovers() {
        let mut now = Instant::now();
        let mut throttle = Throttle::new(None, now);
        items(&mut throttle, &mut now, 2000, 200);
        assert_eq!(throttle.rate(), None);
        throttle.heard(answer(503, MS), now);
        let cut = throttle.rate().unwrap();
        assert!(
            (400.0..600.0).contains(&cut),
            "half of about 1,000 per second, not {cut}"
        );
        // More of the same within a second is the same trouble.
        throttle.heard(answer(429, MS), now + MS);
        assert_eq!(throttle.rate(), Some(cut));
        let mut seconds = 0.0;
        while throttle.is_slowed() {
            seconds += items(&mut throttle, &mut now, 100, 200);
            assert!(seconds < 120.0, "it does not recover: {:?}", throttle.rate());
        }
        assert!(seconds > 10.0, "it has recovered after {seconds} s already");
    }

    #[test]
    fn trouble_that_goes_on_slows_it_down_to_a_bound() {
        let mut now = Instant::now();
        let mut throttle = Throttle::new(Some(100.0), now);
        items(&mut throttle, &mut now, 60, 429);
        let rate = throttle.rate().unwrap();
        assert!((LEAST..5.0).contains(&rate), "{rate}");
        items(&mut throttle, &mut now, 3000, 200);
        assert_eq!(
            throttle.rate(),
            Some(100.0),
            "the caller's limit is where it recovers to"
        );
    }

    #[test]
    fn rising_latency_slows_it_down_and_steady_latency_does_not() {
        let mut now = Instant::now();
        let mut throttle = Throttle::new(None, now);
        for took in [20, 25, 15, 22].into_iter().cycle().take(1000) {
            now += 5 * MS;
            throttle.heard(answer(200, took * MS), now);
        }
        // For a moment everything stands still, and then all answers come at once.
        for _ in 0..64 {
            throttle.heard(answer(200, 400 * MS), now);
        }
        for _ in 0..400 {
            now += 5 * MS;
            throttle.heard(answer(200, 20 * MS), now);
        }
        assert!(!throttle.is_slowed());
        for _ in 0..400 {
            now += 5 * MS;
            throttle.heard(answer(200, 150 * MS), now);
        }
        assert!(throttle.is_slowed());
    }

    #[test]
    fn how_long_an_operation_takes_says_nothing_of_the_server() {
        let mut now = Instant::now();
        let mut throttle = Throttle::new(None, now);
        for (took, is_poll) in [(20, false), (30_000, true)] {
            for _ in 0..400 {
                now += 5 * MS;
                let sent = Observation {
                    is_poll,
                    ..answer(200, took * MS)
                };
                throttle.heard(sent, now);
            }
        }
        assert!(!throttle.is_slowed());
        throttle.heard(
            Observation {
                is_poll: true,
                ..answer(503, MS)
            },
            now,
        );
        assert!(throttle.is_slowed(), "that it has trouble it says in any answer");
    }

    #[test]
    fn a_server_that_asks_to_be_left_alone_is_by_what_is_new() {
        let now = Instant::now();
        let mut throttle = Throttle::new(None, now);
        let asked = Observation {
            retry_after: Some(Duration::from_secs(3)),
            ..answer(429, MS)
        };
        throttle.heard(asked, now);
        // What is asked for earlier or less takes nothing back.
        let less = Observation {
            retry_after: Some(Duration::from_secs(1)),
            ..asked
        };
        throttle.heard(less, now);
        assert_eq!(throttle.begin(now), Err(Duration::from_secs(3)));
        assert!(throttle.begin(now + Duration::from_secs(3)).is_ok());
        let for_ever = Observation {
            retry_after: Some(Duration::MAX),
            ..asked
        };
        throttle.heard(for_ever, now);
        assert_eq!(throttle.begin(now), Err(LONGEST_HOLD));
    }

    #[test]
    fn c2_it_may_ask_for_that_with_any_status() {
        for status in [202, 302, 307, 408, 413, 425, 429, 500, 502, 503, 504] {
            let now = Instant::now();
            let mut throttle = Throttle::new(None, now);
            let asked = Observation {
                retry_after: Some(Duration::from_secs(2)),
                ..answer(status, MS)
            };
            throttle.heard(asked, now);
            assert_eq!(throttle.begin(now), Err(Duration::from_secs(2)), "{status}");
            assert_eq!(throttle.is_slowed(), matches!(status, 429 | 503), "{status}");
        }
    }
}
