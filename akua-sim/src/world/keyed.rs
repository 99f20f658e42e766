//! Idempotency keys of launches and creates: each counts as long as its endpoint promises.

use akua_model::{ResourceKind as Kind, limits};
use serde_json::Value;

use super::World;
use super::asked::{Key, Outcome};
use super::recording::made_under_key;
use crate::auth::Scope;
use crate::contract::ReplayBody;
use crate::create::Create;
use crate::digest::sha256_hex;
use crate::keys::{Kept, Lookup};
use crate::launch::Launch;
use crate::log::Effect;
use crate::patch::length_problem;
use crate::refusal::{Refusal, json_answer};
use crate::wire::{Answer, WireRequest};

/// A request whose endpoint takes a key, with what is promised of it.
pub(super) struct Keyed<'a> {
    seq: u64,
    /// The name of the endpoint, so that a key counts for one alone.
    endpoint: String,
    /// The id in its path, if there is one.
    id: &'a str,
    /// How it makes something new, if it does.
    create: Option<Create>,
    promise_ms: u64,
}

impl World {
    pub(super) fn keyed_launch<'a>(&self, seq: u64, launch: Launch, id: &'a str) -> Keyed<'a> {
        Keyed {
            seq,
            endpoint: launch.name(),
            id,
            create: None,
            promise_ms: in_ms(self.contract.action_keys_replay.get(&launch)),
        }
    }

    pub(super) fn keyed_create<'a>(&self, seq: u64, create: Create, below: &'a str) -> Keyed<'a> {
        Keyed {
            seq,
            endpoint: create.name(),
            id: below,
            create: Some(create),
            promise_ms: in_ms(self.contract.create_keys_replay.get(&create)),
        }
    }

    /// The key of a request, where its endpoint promises something.
    pub(super) fn promised_key(
        &self,
        keyed: &Keyed<'_>,
        scope: &Scope,
        request: &WireRequest,
    ) -> Result<Option<Key>, Refusal> {
        let Some(key) = request.header("idempotency-key") else {
            return Ok(None);
        };
        if let Some(problem) = length_problem(limits::IDEMPOTENCY_KEY, &key, &self.contract) {
            return Err(Refusal::invalid(400, &["headers", "idempotency-key"], &problem));
        }
        let key = Key {
            place: (scope.workspace.clone(), key),
            request: sha256_hex(&[keyed.endpoint.as_bytes(), keyed.id.as_bytes(), &request.body]),
        };
        let counts = self.contract.keys_honoured && keyed.promise_ms > 0;
        Ok(counts.then(|| self.understood(key)))
    }

    /// What was answered under this key; `None` for a fresh one.
    pub(super) fn answered_before(&mut self, keyed: &Keyed<'_>, key: Option<&Key>) -> Option<Outcome> {
        let key = key?;
        let promise = Some(keyed.promise_ms);
        match self.promised_keys.look_up(&key.place, &key.request, self.now, promise) {
            Lookup::Fresh => None,
            Lookup::Reused => Some(Err(Refusal::key_reused(&self.contract))),
            Lookup::Known(kept) => {
                let operation = Some(kept.answer.id().unwrap_or_default()).filter(|_| kept.answer.status == 202);
                if self.contract.replay_in_progress && operation.is_some_and(|id| self.is_running(&id)) {
                    return Some(Err(Refusal::conflict("A request with this key is in progress")));
                }
                let is_gone = |create: Create| {
                    let made = made_under_key(&kept.answer);
                    made.is_some_and(|id| self.store.find(create.kind(), &id).is_none())
                };
                if let Some(status) = self.contract.replay_of_gone
                    && keyed.create.is_some_and(is_gone)
                {
                    return Some(Err(Refusal::made_is_gone(status)));
                }
                let answer = match self.contract.replay_body {
                    ReplayBody::Current => self.answered_now(keyed, &kept.answer).unwrap_or(kept.answer),
                    ReplayBody::Stored => kept.answer,
                };
                Some(Ok((Effect::Replayed { of: kept.seq }, answer)))
            }
        }
    }

    /// An answer with what it shows as that is now, if it is still there.
    fn answered_now(&self, keyed: &Keyed<'_>, answer: &Answer) -> Option<Answer> {
        let kind = match (answer.status, keyed.create) {
            (202, _) => Kind::Operation,
            (_, Some(create)) => create.kind(),
            (_, None) => return None,
        };
        let current = self.store.find(kind, &answer.id()?)?;
        let shown = current.rendered(current.current(), &self.contract);
        Some(json_answer(answer.status, &Value::Object(shown)))
    }

    /// Keeps an answer under its key: an acceptance always, a conflict where the contract says so.
    pub(super) fn keep_promised(&mut self, keyed: &Keyed<'_>, key: Key, outcome: &Outcome) {
        let answer = match outcome {
            Ok((Effect::Replayed { .. }, _)) => return,
            Ok((_, answer)) => answer.clone(),
            Err(refusal) if self.contract.stores_rejections_per_key && refusal.status() == 409 => {
                let promise = Some(keyed.promise_ms);
                let known = self.promised_keys.look_up(&key.place, &key.request, self.now, promise);
                if !matches!(known, Lookup::Fresh) {
                    return;
                }
                refusal.answer(&self.contract)
            }
            Err(_) => return,
        };
        let kept = Kept {
            seq: keyed.seq,
            request: key.request,
            answer,
            at_ms: self.now,
        };
        self.promised_keys.keep(key.place, kept);
    }
}

fn in_ms(seconds: Option<&u64>) -> u64 {
    seconds.copied().unwrap_or(0).saturating_mul(1000)
}
