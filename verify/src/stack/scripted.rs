//! A client's strategy written by hand on plain calls, as people write it, with the mistakes that people make.
//!
//! Without a mistake it follows the protocol's rules, and the judge has nothing to say.

use std::time::{Duration, Instant};

use akua_http::{Client, Effect, Error};
use akua_model::edit::{OnConflict, Policy};
use akua_model::{Cluster, ClusterPatch, IdempotencyKey, IfMatch, Workspace};

use super::edits::{Edits, Told, patch_of, shown};
use super::scenario::{Mistake, SOON, Scenario};
use crate::chance::Chance;
use crate::record::{self, Claim, Values};

/// A write with or without a key.
pub(super) trait Writes: Edits {
    fn write(client: &Client, id: &Self::Id, etag: &IfMatch, patch: &Self::Patch, key: &str) -> Result<Self, Error>;
}

impl Writes for Cluster {
    fn write(client: &Client, id: &Self::Id, etag: &IfMatch, patch: &ClusterPatch, key: &str) -> Result<Self, Error> {
        let key = IdempotencyKey::try_from(key).unwrap();
        client.clusters().update_with_key(id, etag, patch, &key)
    }
}

impl Writes for Workspace {
    fn write(client: &Client, id: &Self::Id, etag: &IfMatch, patch: &Self::Patch, _: &str) -> Result<Self, Error> {
        client.workspaces().update(id, etag, patch)
    }
}

struct Script<'a, R: Writes> {
    client: &'a Client,
    base: &'a R,
    values: &'a Values,
    mistake: Option<Mistake>,
    keys: Chance,
    etag: IfMatch,
    key: String,
    tainted: bool,
    /// What a refusal after a lost answer named as current.
    named: Option<String>,
    story: Vec<String>,
    /// When the first request of this epoch was sent.
    since: Instant,
    /// How long the machine has slept since then.
    slept: Duration,
    retention: Duration,
    sleeps: bool,
    /// Whether a 200 to a write shows the version that it has left behind.
    shows_what_was_written: bool,
}

/// One edit by hand.
pub(super) fn edit<R: Writes>(
    client: &Client,
    scenario: &Scenario,
    base: &R,
    values: &Values,
    mistake: Option<Mistake>,
) -> Told {
    let tag = values.values().map(String::len).sum::<usize>() as u64 + record::note(|call| call.from).unwrap_or(0);
    let name = record::note(|call| call.name.clone()).unwrap_or_default();
    let stream = name
        .bytes()
        .fold(tag, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
    let mut script = Script {
        client,
        base,
        values,
        mistake,
        keys: Chance::new(scenario.seed, stream),
        etag: base.etag().if_match().unwrap(),
        key: String::new(),
        tainted: false,
        named: None,
        story: Vec::new(),
        since: Instant::now(),
        slept: Duration::ZERO,
        retention: scenario.claimed.key_retention,
        sleeps: scenario.sleeps,
        shows_what_was_written: scenario.claimed.answers_show_written_version
            && scenario.claimed.etag_covers_write_only,
    };
    script.new_epoch();
    let keyed = scenario.claimed.key_checked_before_if_match && R::TAKES_IDEMPOTENCY_KEY;
    let policy = record::note(|call| call.policy).unwrap_or_default();
    let claim = script.send(&policy, keyed);
    (claim, None, script.story.join("\n"))
}

impl<R: Writes> Script<'_, R> {
    fn is(&self, mistake: Mistake) -> bool {
        self.mistake == Some(mistake)
    }

    fn new_epoch(&mut self) {
        self.key = format!("{:016x}", self.keys.bits());
        self.tainted = false;
        (self.since, self.slept) = (Instant::now(), Duration::ZERO);
        if !self.is(Mistake::TokenAfterSend) {
            record::keep_token();
        }
    }

    fn send(&mut self, policy: &Policy, keyed: bool) -> Claim {
        let attempts = policy.max_attempts;
        let (id, patch) = (self.base.id().clone(), patch_of::<R>(self.values));
        let (mut sends, mut epochs) = (0, 1);
        while sends < attempts {
            sends += 1;
            let outcome = R::write(self.client, &id, &self.etag, &patch, &self.key);
            if self.is(Mistake::TokenAfterSend) {
                record::keep_token();
            }
            let error = match outcome {
                // A script has no lists of what was stored otherwise, and meets no server that does.
                Ok(written) if self.changes_something(&written) || self.is(Mistake::BelievesOldValue) => {
                    return acknowledged(written.etag().to_string());
                }
                Ok(written) => {
                    self.story
                        .push(format!("200 with the old values at etag {}", written.etag()));
                    if !self.tainted && self.shows_what_was_written && written.etag().as_str() == self.etag.as_str() {
                        return Claim::Ignored;
                    }
                    self.tainted = true;
                    continue;
                }
                Err(error) => error,
            };
            self.story.push(error.to_string());
            match (error.effect(), error.status()) {
                (Effect::Applied, _) => {
                    return acknowledged(error.new_etag().unwrap().to_string());
                }
                (Effect::NotSent, _) => {}
                (Effect::Unknown, status) => {
                    self.tainted = true;
                    self.sleep();
                    let afresh = self.is(Mistake::RereadAndReapply)
                        || self.is(Mistake::FreshEtagAfter5xx) && status.is_some_and(|status| status >= 500);
                    if afresh && let Ok(fresh) = R::of(self.client).get(&id) {
                        self.etag = fresh.etag().if_match().unwrap();
                        self.new_epoch();
                    } else if self.is(Mistake::NewKeyOnResend) {
                        self.key = format!("{:016x}", self.keys.bits());
                        record::keep_token();
                    }
                }
                (_, Some(429)) => {
                    if self.is(Mistake::TaintClearedByThrottling) {
                        self.tainted = false;
                    }
                }
                (_, Some(409 | 412)) => {
                    let named = error.current_etag().map(ToString::to_string);
                    let named = named.or_else(|| self.any_etag_of(&error));
                    let named = named.filter(|named| *named != self.etag.as_str());
                    let kept = keyed && self.age() < self.retention && !self.is(Mistake::DoubtsProof);
                    let proven = !self.tainted || kept && named.is_some() || self.is(Mistake::RebaseWhileTainted);
                    if self.is(Mistake::FirstConflictFinal) {
                        return Claim::Conflict;
                    }
                    if !proven {
                        self.named = named.or(self.named.take());
                        if self.named.is_some() {
                            return self.look(&id, attempts);
                        }
                        continue;
                    }
                    if policy.on_conflict == OnConflict::Fail {
                        return Claim::Conflict;
                    }
                    if epochs == 8 {
                        return Claim::NotSent;
                    }
                    match self.rebased(&id) {
                        Ok(()) => (sends, epochs) = (0, epochs + 1),
                        Err(claim) => return claim,
                    }
                }
                (_, _) if self.tainted => return self.look(&id, attempts),
                (_, _) => return Claim::Rejected,
            }
        }
        if self.tainted {
            return self.look(&id, attempts);
        }
        Claim::NotSent
    }

    /// Whether a 200 shows something else than the old values, where it could.
    fn changes_something(&self, written: &R) -> bool {
        let (before, now) = (shown(self.base), shown(written));
        let mut judged = self
            .values
            .iter()
            .filter(|(field, wanted)| before.get(*field).is_some_and(|before| before != *wanted))
            .peekable();
        judged.peek().is_none() || judged.any(|(field, _)| now.get(field) != before.get(field))
    }

    /// The mistake's etag: whatever has `etag` in its name.
    fn any_etag_of(&self, error: &Error) -> Option<String> {
        let mut metadata = error.server_errors().iter().flat_map(|error| &error.metadata);
        let (_, etag) = metadata.find(|(key, _)| key.contains("etag"))?;
        self.is(Mistake::AnyMetadataEtag).then(|| etag.clone())
    }

    /// The machine sleeps, if it is one that does.
    fn sleep(&mut self) {
        if self.sleeps {
            let nap = Duration::from_millis(2 * SOON);
            std::thread::sleep(nap);
            self.slept += nap;
        }
    }

    /// How long ago this epoch began, as far as the clock in use can tell.
    fn age(&self) -> Duration {
        let age = self.since.elapsed();
        match self.is(Mistake::AgeByMonotonicClock) {
            true => age.saturating_sub(self.slept),
            false => age,
        }
    }

    /// Goes on from what is there now, if the others have left the fields alone.
    fn rebased(&mut self, id: &R::Id) -> Result<(), Claim> {
        let fresh = R::of(self.client).get(id).map_err(|_| Claim::Conflict)?;
        let (before, now) = (shown(self.base), shown(&fresh));
        let untouched = self
            .values
            .keys()
            .all(|field| before.contains_key(field) && before.get(field) == now.get(field));
        if !untouched || fresh.etag().as_str() == self.etag.as_str() {
            return Err(Claim::Conflict);
        }
        self.etag = fresh.etag().if_match().unwrap();
        self.new_epoch();
        Ok(())
    }

    /// Reads until the version that was named as current is there.
    fn look(&mut self, id: &R::Id, reads: u32) -> Claim {
        for _ in 0..reads {
            let Ok(now) = R::of(self.client).get(id) else { continue };
            let etag = now.etag().to_string();
            let is_current = self.named.as_ref() == Some(&etag);
            let now = shown(&now);
            let readable = |field: &str| field != "kubeconfig" || !self.is(Mistake::ObservedWithKubeconfig);
            let all = self
                .values
                .iter()
                .filter(|(field, _)| readable(field))
                .all(|(field, value)| now.get(field) == Some(value));
            if is_current && all {
                return Claim::Observed { etag: Some(etag) };
            }
            if is_current {
                break;
            }
        }
        Claim::Indeterminate {
            may_still_land: self.named.is_none(),
        }
    }
}

fn acknowledged(etag: String) -> Claim {
    Claim::Acknowledged {
        etag,
        adjusted: Values::new(),
        not_taken: Values::new(),
    }
}
