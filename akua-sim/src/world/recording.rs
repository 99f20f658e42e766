//! The record of requests: an entry when one arrives, and what becomes of it.

use akua_model::ResourceKind as Kind;

use super::World;
use crate::digest::sha256_hex;
use crate::log::{Effect, Entry, Progress, request_id};
use crate::route::Route;
use crate::wire::{Answer, WireRequest};

impl World {
    pub(super) fn record(&mut self, request: &WireRequest, progress: Progress) -> u64 {
        self.last_seq += 1;
        let route = Route::parse(Some(&request.method), request.path());
        self.log.push(Entry {
            seq: self.last_seq,
            at_ms: self.now,
            done_ms: (progress != Progress::Held).then_some(self.now),
            connection: request.connection,
            progress,
            method: request.method.clone(),
            target: request.target.clone(),
            kind: route.as_ref().map(|route| route.kind),
            launch: route.as_ref().and_then(|route| route.launch(&request.method)),
            create: route.as_ref().and_then(|route| route.create(&request.method)),
            created: None,
            operation: None,
            copy_of: None,
            id: route.and_then(|route| route.id),
            if_match: request.header("if-match"),
            idempotency_key: request.header("idempotency-key"),
            context: request.header("akua-context"),
            header_names: request.headers.iter().map(|(name, _)| name.clone()).collect(),
            body_bytes: request.body.len(),
            body_sha256: (!request.body.is_empty()).then(|| sha256_hex(&[&request.body])),
            request_id: request_id(self.last_seq),
            fault: None,
            status: None,
            delivery: None,
            effect: Effect::default(),
        });
        self.last_seq
    }

    /// Which operation a request is about, and what it made, for the record.
    pub(super) fn note_operation(&mut self, seq: u64, effect: &Effect, answer: &Answer) {
        let accepted = match effect {
            Effect::Accepted(acceptance) => Some(acceptance.operation.clone()),
            Effect::Created(creation) => creation.operation.clone(),
            _ if answer.status == 202 => answer.id(),
            _ => None,
        };
        let created = match effect {
            Effect::Created(creation) => Some(creation.id.clone()),
            Effect::Replayed { .. } => made_under_key(answer),
            _ => None,
        };
        self.amend(seq, |entry| {
            let addressed = entry.id.clone().filter(|_| entry.kind == Some(Kind::Operation));
            entry.operation = accepted.or(addressed);
            entry.created = created.filter(|_| entry.create.is_some());
        });
    }

    pub(super) fn amend(&mut self, seq: u64, change: impl FnOnce(&mut Entry)) {
        let index = self.log.binary_search_by_key(&seq, |entry| entry.seq);
        if let Some(entry) = index.ok().and_then(|index| self.log.get_mut(index)) {
            change(entry);
        }
    }
}

/// The id of what was made by a create that was answered so: an operation's owner, else what is shown itself.
pub(super) fn made_under_key(answer: &Answer) -> Option<String> {
    let shown = answer.json();
    let name = if answer.status == 202 { "owner_id" } else { "id" };
    shown.get(name)?.as_str().map(str::to_owned)
}
