//! Creates: what is asked of one before it is done, and what it makes.
//!
//! What its key is worth, and how its operation goes on, is not decided here.

use akua_model::ResourceKind as Kind;
use serde_json::{Map, Value, json};

use super::asked::{Job, New, Outcome};
use super::{World, unix};
use crate::ControlError;
use crate::auth::Scope;
use crate::change::Change;
use crate::create::Create;
use crate::fault::Fault;
use crate::kind::table;
use crate::log::{Creation, Effect};
use crate::new_body;
use crate::operation::Work;
use crate::patch::{self, Problem};
use crate::refusal::{Refusal, json_answer};
use crate::resource::{Author, Moment};
use crate::route::Route;
use crate::script::Make;
use crate::wire::WireRequest;

impl World {
    pub(super) fn create(
        &mut self,
        seq: u64,
        (create, below): (Create, Option<&str>),
        scope: &Scope,
        request: &WireRequest,
        fault: Option<&Fault>,
    ) -> Outcome {
        let keyed = self.keyed_create(seq, create, below.unwrap_or_default());
        let key = match create.takes_key() {
            true => self.promised_key(&keyed, scope, request)?,
            false => None,
        };
        let content = new_body::read(create, &request.body, &self.contract)?;
        if let Some(replay) = self.answered_before(&keyed, key.as_ref()) {
            return replay;
        }
        let ends = fault.and_then(|fault| fault.ends.as_deref().cloned());
        let new = New {
            create,
            below: below.map(str::to_owned),
            workspace: scope.workspace.clone(),
            content,
            ends: ends.unwrap_or_else(|| self.contract.operation_ends.clone()),
            author: Author::Request { seq },
        };
        let outcome = self.checked_and_made(seq, new, fault);
        if let Some(key) = key
            && !self.forgets()
        {
            self.keep_promised(&keyed, key, &outcome);
        }
        outcome
    }

    /// Compares and makes: one step, nothing comes between.
    fn checked_and_made(&mut self, seq: u64, mut new: New, fault: Option<&Fault>) -> Outcome {
        self.is_welcome(&new)?;
        let stores = fault.and_then(|fault| fault.stores).unwrap_or(self.contract.stores);
        new.content = stores.taken(new.content);
        let kind = new.create.kind();
        self.is_free(kind, "", &new.workspace, &new.content)?;
        if let Some(outcome) = self.made_otherwise(seq, &new) {
            return outcome;
        }
        let creation = self.made(new);
        self.created(creation)
    }

    /// Whether what is asked for may be had here.
    fn is_welcome(&self, new: &New) -> Result<(), Refusal> {
        let region = new.content.hidden.get("region_id").and_then(Value::as_str);
        let is_known = region.is_none_or(|region| self.store.find(Kind::Region, region).is_some());
        if self.contract.known_regions_only && !is_known {
            let problem = Problem {
                name: "region_id",
                is_known: true,
                text: "No such region".to_owned(),
            };
            let status = (table(new.create.kind()).invalid)(&self.contract);
            patch::refused(status, &[problem], &self.contract)?;
        }
        if !self.contract.mixed_os_calico && new_body::is_mixed(&new.content) {
            let problem = "The network profile mixed_os_calico is not enabled for this workspace";
            return Err(Refusal::forbidden(problem));
        }
        Ok(())
    }

    /// The answer to a create that was done: its operation, else what it made.
    pub(super) fn created(&self, creation: Creation) -> Outcome {
        let (kind, id) = match &creation.operation {
            Some(operation) => (Kind::Operation, operation),
            None => (creation.create.kind(), &creation.id),
        };
        let shown = self.store.find(kind, id).ok_or_else(Refusal::not_found)?;
        let mut rendered = shown.rendered(shown.current(), &self.contract);
        let mut location = None;
        if creation.create == Create::CreateWorkerBootstrap {
            rendered.extend(shown_once(id));
            let cluster = shown.text("cluster_id").unwrap_or_default();
            location = Some(format!("/v1/clusters/{cluster}/worker_bootstraps/{id}"));
        }
        let mut answer = json_answer(creation.create.status(), &Value::Object(rendered));
        if let Some(location) = location {
            answer.set_header("location", &location);
        }
        Ok((Effect::Created(Box::new(creation)), answer))
    }

    /// Makes something new, without asking whether it may be made.
    pub(super) fn made(&mut self, new: New) -> Creation {
        let (create, kind) = (new.create, new.create.kind());
        let id = self.free_id(kind);
        let number = self.store.next_ordinal(kind);
        let usual = Change::of(kind, table(kind).beginning(number)).overlaid(Change::of(kind, create.beginning()));
        let usual = self.freed(kind, &new.workspace, usual, &new.content);
        let mut content = usual.overlaid(new.content);
        content
            .set
            .extend(new.below.map(|below| ("cluster_id".to_owned(), below.into())));
        let metadata = metadata(&new.workspace, &content);
        let workspace = if table(kind).is_workspace { &id } else { &new.workspace };
        let at = Moment {
            at_ms: self.now,
            unix: unix(&self.setup, self.now),
            author: new.author.clone(),
            contract: &self.contract,
        };
        self.store.insert(kind, &id, workspace, content, at);
        self.sight.lag(kind, &id, self.contract.creates_lag);
        let operation = match create {
            Create::CreateCluster => {
                if !self.contract.creates_show_at_once {
                    self.sight.hide(kind, &id);
                }
                Some(self.begun(Job {
                    work: Work::CreateCluster,
                    id: &id,
                    workspace: &new.workspace,
                    metadata,
                    before: None,
                    ends: new.ends,
                    author: new.author,
                }))
            }
            Create::ImportCluster => {
                self.settles_later(kind, &id);
                None
            }
            Create::CreateWorkspace | Create::CreateWorkerBootstrap => None,
        };
        let first = self.store.find(kind, &id).map(|made| made.current());
        Creation {
            create,
            version: first.map_or(1, |first| first.version),
            etag: first.map(|first| first.etag.clone()).unwrap_or_default(),
            id,
            operation,
        }
    }

    /// What is usual of a new one, so that what nobody has asked for is nothing that another one has.
    fn freed(&self, kind: Kind, workspace: &str, mut usual: Change, asked: &Change) -> Change {
        for property in self.contract.unique(kind).filter(|property| !asked.assigns(property)) {
            let Some(text) = usual.set.get(property).and_then(Value::as_str).map(str::to_owned) else {
                continue;
            };
            let mut turn = 1;
            while self.is_free(kind, "", workspace, &usual).is_err() {
                turn += 1;
                usual.set.insert(property.to_owned(), format!("{text}-{turn}").into());
            }
        }
        usual
    }

    /// Lets somebody else make something new now. What was made.
    ///
    /// # Errors
    ///
    /// Something of it can't be set, its workspace is not there, or a text is taken that no two share.
    pub fn make_for_another_now(&mut self, now: u64, make: Make) -> Result<Creation, ControlError> {
        self.advance(now);
        let made = self.make_for_another(make.checked()?);
        self.end_polls();
        made
    }

    pub(super) fn make_for_another(&mut self, make: Make) -> Result<Creation, ControlError> {
        let kind = make.create.kind();
        let workspace = make.workspace.unwrap_or_else(|| "ws_1".to_owned());
        if !table(kind).is_workspace && self.store.find(Kind::Workspace, &workspace).is_none() {
            return Err(ControlError::new(format!("there is no workspace `{workspace}`")));
        }
        let content = Change::of(kind, make.set);
        if self.is_free(kind, "", &workspace, &content).is_err() {
            let noun = kind.name();
            return Err(ControlError::new(format!(
                "`set`: another {noun} has one of these texts"
            )));
        }
        Ok(self.made(New {
            create: make.create,
            below: None,
            workspace,
            content,
            ends: self.contract.operation_ends.clone(),
            author: Author::Foreign {},
        }))
    }

    /// Lets somebody else make another of what a create asks for, if the server would let anybody.
    pub(super) fn make_the_same(&mut self, request: &WireRequest) -> Option<()> {
        let route = Route::parse(Some(&request.method), request.path())?;
        let create = route.create(&request.method)?;
        let scope = self.scope_of(Some(create), request).ok()?;
        let content = new_body::read(create, &request.body, &self.contract).ok()?;
        let new = New {
            create,
            below: route.below,
            workspace: scope.workspace,
            content: self.contract.stores.taken(content),
            ends: self.contract.operation_ends.clone(),
            author: Author::Foreign {},
        };
        self.is_welcome(&new).ok()?;
        self.is_free(create.kind(), "", &new.workspace, &new.content).ok()?;
        self.made(new);
        Some(())
    }
}

/// Texts that look like what lets a machine join, and let none.
fn shown_once(id: &str) -> Map<String, Value> {
    let token = format!("joins-nothing-{id}");
    let secrets = json!({
        "token": token,
        "command": format!("true # --token {token}"),
        "cloud_init": format!("#cloud-config\nruncmd:\n- 'true # --token {token}'\n"),
        "artifacts": { "token_file": token },
    });
    secrets.as_object().cloned().unwrap_or_default()
}

/// What the operation of a new cluster says of it.
fn metadata(workspace: &str, content: &Change) -> Map<String, Value> {
    let metadata = json!({
        "type": "cluster.create",
        "workspace_id": workspace,
        "region_id": content.hidden.get("region_id"),
        "name": content.set.get("name"),
    });
    metadata.as_object().cloned().unwrap_or_default()
}
