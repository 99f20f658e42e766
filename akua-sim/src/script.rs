//! Another writer: changes that happen right before or right after chosen requests, or at once.
//!
//! A foreign change is never refused and needs no etag: it stands for somebody whose change was accepted.

use akua_model::ResourceKind as Kind;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::ControlError;
use crate::create::Create;
use crate::fault::{self, Countdown, Matcher, Times};
use crate::launch::Launch;
use crate::rng::Rng;
use crate::route::Route;
use crate::wire::WireRequest;

/// One resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Its kind.
    pub kind: Kind,
    /// Its id.
    pub id: String,
}

/// A change by somebody else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Write {
    /// The kind of the resource.
    pub kind: Kind,
    /// Its id.
    pub id: String,
    /// The properties with their new values, unchecked: `state` can be set, and properties and enum values that
    /// no document knows. Left out or empty: nothing changes but the etag. Not `id`, `etag` and `updated_at`.
    #[serde(default)]
    pub set: Map<String, Value>,
}

impl Write {
    /// A change of one property.
    #[must_use]
    pub fn set(kind: Kind, id: &str, property: &str, value: impl Into<Value>) -> Self {
        let set = Map::from_iter([(property.to_owned(), value.into())]);
        Self {
            kind,
            id: id.to_owned(),
            set,
        }
    }

    pub(crate) fn checked(self) -> Result<Self, ControlError> {
        settable(&self.set).map(|()| self)
    }
}

/// Whether somebody can set these properties.
fn settable(set: &Map<String, Value>) -> Result<(), ControlError> {
    match ["id", "etag", "updated_at"]
        .into_iter()
        .find(|&name| set.contains_key(name))
    {
        Some(name) => Err(ControlError::new(format!("`set`: `{name}` is made by the server"))),
        None => Ok(()),
    }
}

/// A create by somebody else. It is refused only where a text is taken that no two share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Make {
    /// How they make it.
    pub create: Create,
    /// The workspace that a cluster belongs to. Left out: `ws_1`. Not for a workspace.
    #[serde(default)]
    pub workspace: Option<String>,
    /// Properties in place of the usual ones, unchecked. Not `id`, `etag` and `updated_at`.
    #[serde(default)]
    pub set: Map<String, Value>,
}

impl Make {
    /// One with this name, in `ws_1` if it is a cluster.
    #[must_use]
    pub fn named(create: Create, name: &str) -> Self {
        Self {
            create,
            workspace: None,
            set: Map::from_iter([("name".to_owned(), name.into())]),
        }
    }

    pub(crate) fn checked(self) -> Result<Self, ControlError> {
        settable(&self.set)?;
        if self.create == Create::CreateWorkspace && self.workspace.is_some() {
            return Err(ControlError::new("`workspace`: a workspace belongs to none".to_owned()));
        }
        Ok(self)
    }
}

/// A launch by somebody else, which is always accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Act {
    /// What they start or end.
    pub launch: Launch,
    /// The id of the cluster, the workspace or the operation.
    pub id: String,
}

/// What happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
    /// Somebody else changes a resource.
    Write(Write),
    /// Somebody else writes what the PATCH that the script has met asks for, or makes another of what the create that it has
    /// met asks for. With any other request: nothing.
    Same {},
    /// Somebody else makes something new.
    Create(Make),
    /// Somebody else deletes a resource.
    Delete(Target),
    /// Somebody else suspends, resumes, deletes, refreshes or cancels.
    Act(Act),
    /// A cluster stops reconciling.
    Settle {
        /// The cluster's id.
        id: String,
    },
}

/// On which side of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// Right before the request is looked at: before its key is looked up and its etag compared.
    Before,
    /// Right after its answer was made, and before any of it is sent.
    After,
}

/// A change that waits for a request. What it names must be there by then: otherwise nothing happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// On which side of the request.
    pub when: When,
    /// Which requests it waits for.
    #[serde(rename = "match", default)]
    pub matching: Matcher,
    /// It begins with the nth of them. Left out: with the first.
    #[serde(default)]
    pub nth: Option<u64>,
    /// With how many of them it happens. Left out: with one.
    #[serde(default)]
    pub times: Times,
    /// With which chance in percent it happens each time. Left out: always.
    #[serde(default)]
    pub percent: Option<u8>,
    /// What happens.
    pub then: Action,
}

impl Script {
    /// Once, with the next request that matches.
    #[must_use]
    pub fn once(when: When, matching: Matcher, then: Action) -> Self {
        Self {
            when,
            matching,
            nth: None,
            times: Times::default(),
            percent: None,
            then,
        }
    }

    pub(crate) fn checked(self) -> Result<Self, ControlError> {
        let problem = fault::problem(&self.matching, self.nth, self.times, self.percent);
        match (problem, &self.then) {
            (Some(problem), _) => Err(ControlError::new(problem.to_owned())),
            (None, Action::Write(write)) => write.clone().checked().map(|_| self),
            (None, Action::Create(make)) => make.clone().checked().map(|_| self),
            (None, _) => Ok(self),
        }
    }
}

/// All scripts that wait, in the order in which they were given.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scripts(Vec<(Script, Countdown)>);

impl Scripts {
    pub(crate) fn add(&mut self, script: Script) {
        let countdown = Countdown::new(script.nth, script.times, script.percent);
        self.0.push((script, countdown));
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// How many wait.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// What happens on this side of this request: all whose turn it is.
    pub(crate) fn take(&mut self, when: When, request: &WireRequest, rng: &mut Rng) -> Vec<Action> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let route = Route::parse(Some(&request.method), request.path());
        let mut actions = Vec::new();
        for (script, countdown) in &mut self.0 {
            if script.when == when
                && script.matching.matches(&request.method, request.path(), route.as_ref())
                && countdown.take(rng)
            {
                actions.push(script.then.clone());
            }
        }
        self.0.retain(|(_, countdown)| !countdown.is_over());
        actions
    }
}
