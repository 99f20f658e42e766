//! The calls of the API: who may see what, and what a read or a conditional write does.

use akua_model::{ResourceKind as Kind, limits};
use serde_json::{Map, Value, json};

use super::asked::{Asked, Key, Outcome, Write};
use super::{MAX_BODY, World, patched};
use crate::auth::Scope;
use crate::change::Change;
use crate::contract::ReplayBody;
use crate::create::Create;
use crate::digest::sha256_hex;
use crate::fault::Fault;
use crate::keys::{Kept, Lookup};
use crate::kind::table;
use crate::launch::Launch;
use crate::log::Effect;
use crate::patch::{self, length_problem};
use crate::refusal::{Refusal, json_answer};
use crate::resource::{Author, Resource};
use crate::route::{Part, Route};
use crate::stores::Stores;
use crate::wire::{Answer, WireRequest, percent_decoded};

/// What a request asks for.
#[derive(Clone, Copy)]
enum Call {
    List,
    Read,
    Change,
    Launch(Launch),
    Create(Create),
    Wait,
    Capabilities,
    Kubeconfig,
    ReadSettings,
    ChangeSettings,
}

impl Call {
    /// What this method asks of this route. A HEAD is answered as a GET, without the body.
    fn of(route: &Route, method: &str) -> Result<Self, Refusal> {
        let is_read = matches!(method, "GET" | "HEAD");
        let changes = table(route.kind).can_be_changed;
        if route.id.is_some() && !table(route.kind).can_be_read {
            return Err(Refusal::not_found());
        }
        let allow = match (route.part, &route.id) {
            (Part::Itself, None) if is_read => return Ok(Self::List),
            (Part::Itself, Some(_)) if is_read => return Ok(Self::Read),
            (Part::Itself, Some(_)) if changes && method == "PATCH" => return Ok(Self::Change),
            (Part::Capabilities, _) if is_read => return Ok(Self::Capabilities),
            (Part::Kubeconfig, _) if is_read => return Ok(Self::Kubeconfig),
            (Part::ComputeSettings, _) if is_read => return Ok(Self::ReadSettings),
            (Part::ComputeSettings, _) if method == "PATCH" => return Ok(Self::ChangeSettings),
            (Part::Wait, _) if method == "POST" => return Ok(Self::Wait),
            (Part::Itself, Some(_)) if Launch::delete_of(route.kind).is_some() => "GET, HEAD, PATCH, DELETE",
            (Part::Itself, Some(_)) if changes => "GET, HEAD, PATCH",
            (Part::ComputeSettings, _) => "GET, HEAD, PATCH",
            (Part::Itself, None) if Create::in_collection(route.kind).is_some() => "GET, HEAD, POST",
            (Part::Launch(_) | Part::Create(_) | Part::Wait, _) => "POST",
            _ => "GET, HEAD",
        };
        let launch = route.launch(method).map(Self::Launch);
        let start = launch.or_else(|| route.create(method).map(Self::Create));
        start.ok_or_else(|| Refusal::method_not_allowed(allow))
    }
}

impl World {
    /// Carries a request out.
    pub(super) fn call(&mut self, seq: u64, request: &WireRequest, fault: Option<&Fault>) -> (Effect, Answer) {
        let outcome = self.dispatch(seq, request, fault);
        outcome.unwrap_or_else(|refusal| (Effect::default(), refusal.answer(&self.contract)))
    }

    /// A failure before anything was done.
    pub(super) fn failure(&self) -> (Effect, Answer) {
        (Effect::default(), Refusal::bare(500).answer(&self.contract))
    }

    /// The resource as it is, as if a write had just been done.
    pub(super) fn pretended(&self, request: &WireRequest) -> (Effect, Answer) {
        let resource = patched(request).and_then(|Route { kind, id, .. }| self.store.find(kind, id.as_deref()?));
        let answer = match resource {
            Some(resource) => self.shown(resource),
            None => Refusal::not_found().answer(&self.contract),
        };
        (Effect::default(), answer)
    }

    fn dispatch(&mut self, seq: u64, request: &WireRequest, fault: Option<&Fault>) -> Outcome {
        if percent_decoded(request.path()).is_none() {
            let problem = "Every % has to be followed by two hexadecimal digits, and the bytes have to be UTF-8";
            return Err(Refusal::invalid(400, &["path"], problem));
        }
        let route = Route::parse(Some(&request.method), request.path()).ok_or_else(Refusal::not_found)?;
        let call = Call::of(&route, &request.method)?;
        let Route { kind, below, id, .. } = route;
        let create = match call {
            Call::Create(create) => Some(create),
            _ => None,
        };
        let scope = self.scope_of(create, request)?;
        if request.body.len() > MAX_BODY {
            return Err(Refusal::too_large());
        }
        let id = id.as_deref().unwrap_or_default();
        if let Some(cluster) = &below {
            self.visible(Kind::Cluster, cluster, &scope)?;
            let is_of = |found: &Resource| found.text("cluster_id") == Some(cluster);
            if !id.is_empty() && !self.store.find(kind, id).is_some_and(is_of) {
                return Err(Refusal::not_found());
            }
        }
        let below = below.as_deref();
        match call {
            Call::List => self.list(
                (kind, below),
                &scope,
                request,
                fault.is_some_and(|fault| fault.repeat_cursor),
            ),
            Call::Read => {
                let stale_by = fault.and_then(|fault| fault.stale_by).or_else(|| self.staleness());
                if kind == Kind::Operation {
                    return self.read_operation(id, request, stale_by);
                }
                self.read(kind, id, &scope, stale_by)
            }
            Call::Change => {
                let stores = fault.and_then(|fault| fault.stores).unwrap_or(self.contract.stores);
                self.change(seq, kind, id, scope, request, stores)
            }
            Call::Launch(launch) => {
                let ends = fault.and_then(|fault| fault.ends.as_deref().cloned());
                let asked = Asked { seq, launch, id, ends };
                self.launch(&asked, &scope, request)
            }
            Call::Create(create) => self.create(seq, (create, below), &scope, request, fault),
            Call::Wait => self.waited(id, request),
            Call::Capabilities => self.capabilities(id, &scope),
            Call::Kubeconfig => self.kubeconfig(id, &scope),
            Call::ReadSettings => self.compute_settings(id, &scope),
            Call::ChangeSettings => self.change_settings(id, &scope, request),
        }
    }

    /// What a request may see. A create of a workspace is made in none, so that it takes no context.
    pub(super) fn scope_of(&self, create: Option<Create>, request: &WireRequest) -> Result<Scope, Refusal> {
        match create {
            Some(Create::CreateWorkspace) => self.tokens.scope_in_none(request, &self.store, &self.contract),
            _ => self.tokens.scope(request, &self.store, &self.contract),
        }
    }

    /// Counts the look, and shows what it finds: which may be that the token has died with the workspace, or that the
    /// operation is nowhere any more.
    fn read_operation(&mut self, id: &str, request: &WireRequest, stale_by: Option<usize>) -> Outcome {
        let scope = self.tokens.scope(request, &self.store, &self.contract)?;
        self.visible(Kind::Operation, id, &scope)?;
        self.look(id);
        let scope = self.tokens.scope(request, &self.store, &self.contract)?;
        self.read(Kind::Operation, id, &scope, stale_by)
    }

    pub(super) fn visible(&self, kind: Kind, id: &str, scope: &Scope) -> Result<&Resource, Refusal> {
        let resource = self
            .store
            .find(kind, id)
            .filter(|resource| scope.sees(kind, &resource.workspace) && self.sight.sees(kind, id));
        resource.ok_or_else(Refusal::not_found)
    }

    pub(super) fn shown(&self, resource: &Resource) -> Answer {
        json_answer(
            200,
            &Value::Object(resource.rendered(resource.current(), &self.contract)),
        )
    }

    fn read(&self, kind: Kind, id: &str, scope: &Scope, stale_by: Option<usize>) -> Outcome {
        let resource = self.visible(kind, id, scope)?;
        let version = resource.version_back(stale_by.unwrap_or(0));
        if version.deleted {
            return Err(Refusal::not_found());
        }
        let shown = resource.rendered(version, &self.contract);
        Ok((Effect::default(), json_answer(200, &Value::Object(shown))))
    }

    fn list(
        &mut self,
        (kind, below): (Kind, Option<&str>),
        scope: &Scope,
        request: &WireRequest,
        repeat_cursor: bool,
    ) -> Outcome {
        let limit = match request.query("limit") {
            None => limits::PAGE_ITEMS_DEFAULT,
            Some(text) => text
                .parse()
                .ok()
                .filter(|limit| (limits::PAGE_ITEMS.min..=limits::PAGE_ITEMS.max).contains(limit))
                .ok_or_else(|| Refusal::invalid(400, &["query", "limit"], "Expected a number of 1 to 100"))?,
        };
        let asked = request.query("cursor");
        let at = match &asked {
            None => None,
            Some(cursor) => {
                let at = ordinal(kind, cursor);
                Some(at.ok_or_else(|| Refusal::invalid(400, &["query", "cursor"], "Not a cursor of this list"))?)
            }
        };
        let mut filters = filters(kind, request)?;
        filters.extend(below.map(|cluster| ("cluster_id", cluster.to_owned())));
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let all: Box<dyn Iterator<Item = &Resource>> = if table(kind).newest_first {
            Box::new(self.store.before(kind, at.unwrap_or(u64::MAX)))
        } else {
            Box::new(self.store.after(kind, at.unwrap_or(0)))
        };
        let mut items: Vec<&Resource> = all
            .filter(|resource| scope.sees(kind, &resource.workspace))
            .filter(|resource| self.is_listed(kind, &resource.id))
            .filter(|resource| filters.iter().all(|(name, text)| resource.text(name) == Some(text)))
            .take(limit.saturating_add(1))
            .collect();
        let mut has_more = items.len() > limit;
        items.truncate(limit);
        let mut next = items.last().filter(|_| has_more).map(|last| cursor(kind, last.ordinal));
        if repeat_cursor {
            has_more = true;
            next = asked.or(next).or_else(|| Some(cursor(kind, 0)));
        }
        let ids: Vec<String> = items.iter().map(|resource| resource.id.clone()).collect();
        if kind == Kind::Operation {
            ids.iter().for_each(|id| self.look(id));
        }
        self.count_list(kind);
        if kind == Kind::Operation {
            self.tokens.scope(request, &self.store, &self.contract)?;
        }
        let data: Vec<Map<String, Value>> = ids
            .iter()
            .filter_map(|id| self.store.find(kind, id))
            .map(|resource| {
                let mut item = resource.rendered(resource.current(), &self.contract);
                item.retain(|name, _| !table(kind).not_listed.contains(&name.as_str()));
                item
            })
            .collect();
        let page = json!({ "data": data, "has_more": has_more, "next_cursor": next });
        Ok((Effect::default(), json_answer(200, &page)))
    }

    fn change(
        &mut self,
        seq: u64,
        kind: Kind,
        id: &str,
        scope: Scope,
        request: &WireRequest,
        stores: Stores,
    ) -> Outcome {
        let if_match = self.if_match(request)?;
        let key = self.key(kind, id, &scope, request)?;
        let change = patch::read(kind, &request.body, &self.contract)?;
        let write = Write {
            seq,
            kind,
            id,
            scope,
            if_match,
            change,
            stores,
            key,
        };
        let key = write.key.clone();
        if self.contract.key_checked_before_if_match
            && let Some(replay) = key.as_ref().and_then(|key| self.replayed(&write, key))
        {
            return replay;
        }
        if let Some(failure) = self.fails_after_key(&write) {
            return failure;
        }
        let outcome = self.compare_and_write(write);
        if let Some(key) = key
            && !self.forgets()
        {
            self.keep(seq, key, &outcome);
        }
        outcome
    }

    /// The etag that a request is on condition of.
    pub(super) fn if_match(&self, request: &WireRequest) -> Result<String, Refusal> {
        let if_match = request.header("if-match").ok_or_else(|| {
            let status = self.contract.missing_if_match;
            Refusal::invalid(status, &["headers", "if-match"], "The header if-match is required")
        })?;
        match length_problem(limits::IF_MATCH, &if_match, &self.contract) {
            Some(problem) => Err(Refusal::invalid(400, &["headers", "if-match"], &problem)),
            None => Ok(if_match),
        }
    }

    /// The key of a request, where keys count.
    fn key(&self, kind: Kind, id: &str, scope: &Scope, request: &WireRequest) -> Result<Option<Key>, Refusal> {
        let Some(key) = request.header("idempotency-key").filter(|_| table(kind).takes_key) else {
            return Ok(None);
        };
        if let Some(problem) = length_problem(limits::IDEMPOTENCY_KEY, &key, &self.contract) {
            return Err(Refusal::invalid(400, &["headers", "idempotency-key"], &problem));
        }
        let request = sha256_hex(&[id.as_bytes(), &request.body]);
        let key = Key {
            place: (scope.workspace.clone(), key),
            request,
        };
        Ok(Some(self.understood(key)).filter(|_| self.contract.keys_honoured))
    }

    /// What was answered under this key; `None` for a fresh one.
    fn replayed(&mut self, write: &Write<'_>, key: &Key) -> Option<Outcome> {
        match self
            .keys
            .look_up(&key.place, &key.request, self.now, self.contract.key_retention_ms)
        {
            Lookup::Fresh => None,
            Lookup::Reused => Some(Err(Refusal::key_reused(&self.contract))),
            Lookup::Known(kept) => {
                let current = self.store.find(write.kind, write.id);
                let answer = match (self.contract.replay_body, current) {
                    (ReplayBody::Current, Some(resource)) if kept.answer.status == 200 => self.shown(resource),
                    _ => kept.answer,
                };
                Some(Ok((Effect::Replayed { of: kept.seq }, answer)))
            }
        }
    }

    /// Keeps an answer under its key: a success always, a conflict where the contract says so, and never what
    /// is a replay itself.
    pub(super) fn keep(&mut self, seq: u64, key: Key, outcome: &Outcome) {
        let answer = match outcome {
            Ok((Effect::Replayed { .. }, _)) => return,
            Ok((_, answer)) => answer.clone(),
            // A key that was used for another request stays with that one.
            Err(refusal) if self.contract.stores_rejections_per_key && refusal.status() == 409 => {
                let known = self
                    .keys
                    .look_up(&key.place, &key.request, self.now, self.contract.key_retention_ms);
                if !matches!(known, Lookup::Fresh) {
                    return;
                }
                refusal.answer(&self.contract)
            }
            Err(_) => return,
        };
        let kept = Kept {
            seq,
            request: key.request,
            answer,
            at_ms: self.now,
        };
        self.keys.keep(key.place, kept);
    }

    /// Compares the etag and writes: one step, nothing comes between.
    fn compare_and_write(&mut self, mut write: Write<'_>) -> Outcome {
        let instead = self.compared_with(write.kind, write.id, &write.if_match);
        let resource = self.visible(write.kind, write.id, &write.scope)?;
        let current = instead.as_ref().unwrap_or(&resource.current().etag);
        if *current != write.if_match {
            return Err(Refusal::aborted(current, &self.contract));
        }
        if !self.contract.key_checked_before_if_match
            && let Some(replay) = write.key.clone().and_then(|key| self.replayed(&write, &key))
        {
            return replay;
        }
        let resource = self.visible(write.kind, write.id, &write.scope)?;
        if let Some((property, value)) = table(write.kind).fixed
            && resource.text(property) == Some(value)
        {
            let noun = write.kind.name();
            return Err(Refusal::conflict(&format!("The {noun} is being deleted")));
        }
        let sent = std::mem::take(&mut write.change);
        if matches!(write.stores, Stores::None | Stores::Touch) {
            // Nothing is taken of it, but it is looked at as if it were.
            self.is_free(write.kind, write.id, &write.scope.workspace, &sent)?;
            return self.taken_for_nothing(&write);
        }
        write.change = write.stores.taken(sent);
        self.is_free(write.kind, write.id, &write.scope.workspace, &write.change)?;
        let effect = if resource.would_change(&write.change) || self.contract.unchanged_patch_moves_etag {
            if let Some(outcome) = self.committed_otherwise(&mut write) {
                return outcome;
            }
            let author = Author::Request { seq: write.seq };
            self.commit(write.kind, write.id, write.change, author)
                .ok_or_else(Refusal::not_found)?
        } else {
            Effect::Unchanged {}
        };
        let answer = self.shown(self.visible(write.kind, write.id, &write.scope)?);
        Ok((effect, answer))
    }

    /// Whether nobody else has the texts that no two share.
    pub(super) fn is_free(&self, kind: Kind, id: &str, workspace: &str, change: &Change) -> Result<(), Refusal> {
        let within = Some(workspace).filter(|_| !table(kind).is_workspace);
        for property in self.contract.unique(kind) {
            let Some(text) = change.set.get(property).and_then(Value::as_str) else {
                continue;
            };
            let holder = match self.contract.names_never_reused {
                true => self.store.ever_holder(kind, within, property, text, id),
                false => self.store.holder(kind, within, property, text, id),
            };
            if let Some(holder) = holder {
                return Err(Refusal::taken(property, &holder.current().etag, &self.contract));
            }
        }
        Ok(())
    }

    /// Accepts a write without taking anything of it.
    fn taken_for_nothing(&mut self, write: &Write<'_>) -> Outcome {
        let mut effect = Effect::Ignored {};
        if write.stores == Stores::Touch {
            let author = Author::Request { seq: write.seq };
            let made = self.commit(write.kind, write.id, Change::default(), author);
            if let Some(Effect::Applied {
                kind,
                id,
                version,
                etag,
            }) = made
            {
                effect = Effect::Touched {
                    kind,
                    id,
                    version,
                    etag,
                };
            }
        }
        let answer = self.shown(self.visible(write.kind, write.id, &write.scope)?);
        Ok((effect, answer))
    }

    /// The answer to a write that shows the version so many before the current one; `None` if it stays as it is.
    pub(super) fn answered_late(&self, request: &WireRequest, answer: &Answer, by: usize) -> Option<Answer> {
        let Route { kind, id, .. } = patched(request).filter(|_| answer.status == 200)?;
        let resource = self.store.find(kind, &id?)?;
        let version = resource.version_back(by);
        let shown = resource.rendered(version, &self.contract);
        (!version.deleted).then(|| json_answer(200, &Value::Object(shown)))
    }
}

/// Hides an ordinal, so that nobody counts on what a cursor looks like.
const VEIL: u64 = 0x5bd1_e995_9e37_79b9;

/// The properties by which a list is narrowed, with what they have to be.
fn filters(kind: Kind, request: &WireRequest) -> Result<Vec<(&'static str, String)>, Refusal> {
    let known = table(kind).filters;
    let given: Vec<_> = known
        .iter()
        .filter_map(|name| Some((*name, request.query(name)?)))
        .collect();
    let missing = known.iter().find(|name| given.iter().all(|(given, _)| given != *name));
    match missing {
        Some(name) if !given.is_empty() => {
            let problem = format!("{} go together", known.join(" and "));
            Err(Refusal::invalid(400, &["query", name], &problem))
        }
        _ => Ok(given),
    }
}

fn cursor(kind: Kind, ordinal: u64) -> String {
    format!("{}{:016x}", table(kind).prefix, ordinal.rotate_left(21) ^ VEIL)
}

fn ordinal(kind: Kind, text: &str) -> Option<u64> {
    let ordinal = (u64::from_str_radix(text.strip_prefix(table(kind).prefix)?, 16).ok()? ^ VEIL).rotate_right(21);
    (cursor(kind, ordinal) == text).then_some(ordinal)
}
