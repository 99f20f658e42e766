//! One thread of the client's program: it looks at resources and edits them, and writes down what it is told.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use akua_http::cancel::Cancel;
use akua_http::{BoxError, Client, Collection};
use akua_model::edit::{
    Edited, FieldReport, NotApplied, OnConflict, Outcome, Policy, Proof, ResumeMode, ResumeToken, Target,
};
use akua_model::{Cluster, Kubeconfig, Patch, Resource, Workspace};
use akua_sim::{Kind, Simulator, Stores};
use serde_json::Value;

use crate::chance::Chance;
use crate::record::{self, Call, Claim, How, Report, Values, View, Want};
use crate::scenario::{Driver, Scenario};
use crate::scripted::{self, Writes};

/// A kind of resource, as both sides of the test name it.
pub(crate) trait Edits: Resource {
    const KIND: Kind;
    fn of(client: &Client) -> Collection<Self>;
}

impl Edits for Cluster {
    const KIND: Kind = Kind::Cluster;
    fn of(client: &Client) -> Collection<Self> {
        client.clusters()
    }
}

impl Edits for Workspace {
    const KIND: Kind = Kind::Workspace;
    fn of(client: &Client) -> Collection<Self> {
        client.workspaces()
    }
}

pub(crate) struct Worker<'a> {
    pub(crate) scenario: &'a Scenario,
    pub(crate) simulator: &'a Simulator,
    pub(crate) client: &'a Client,
    thread: u64,
    chance: Chance,
    /// What this thread has looked at before, by id: an edit may begin from an old version.
    looked_at: HashMap<String, Value>,
}

impl<'a> Worker<'a> {
    pub(crate) fn new(scenario: &'a Scenario, simulator: &'a Simulator, client: &'a Client, thread: u64) -> Self {
        Self {
            scenario,
            simulator,
            client,
            thread,
            chance: Chance::new(scenario.seed, 100 + thread),
            looked_at: HashMap::new(),
        }
    }

    /// All edits of this thread.
    pub(crate) fn work(mut self) -> Vec<Call> {
        (1..=self.scenario.edits)
            .map(|edit| {
                let (kind, id) = self.chance.pick(&self.scenario.resources).clone();
                match kind {
                    Kind::Cluster => self.edit::<Cluster>(edit, &id),
                    Kind::Workspace => self.edit::<Workspace>(edit, &id),
                }
            })
            .collect()
    }

    fn edit<R: Writes>(&mut self, edit: u64, id: &str) -> Call {
        let base = self.look::<R>(id);
        let tag = format!("s{}-t{}-e{edit}", self.scenario.seed, self.thread);
        let call = self.call::<R>(&tag, id);
        let policy = call.policy;
        let cancel = call.cancel.clone();
        record::begin(call);
        let mut collection = R::of(self.client)
            .policy(policy)
            .keep_resume_token(|_| match record::keep_token() {
                true => Ok(()),
                false => Err("the disk is full".into()),
            });
        if let Some((_, cancel)) = &cancel {
            collection = collection.cancel(cancel);
        }
        let started = Instant::now();
        let (claim, token, story) = match (self.scenario.driver, base) {
            (Driver::Scripted(mistake), Some(base)) => {
                let values = self.values(R::KIND, &tag, true);
                want(&values, Some(&base));
                scripted::edit(self, &base, &values, mistake)
            }
            (_, base) => {
                let edited = self.edit_ours(&collection, base, &tag, id);
                told(&edited)
            }
        };
        let mut call = record::end();
        report(self.simulator, &mut call, How::Edit, 0, started, (claim, token, story));
        if self.chance.percent(50) {
            let mode = *self.chance.pick(&[ResumeMode::Finish, ResumeMode::Look]);
            call = settle(self.simulator, self.client, call, mode);
        }
        call
    }

    fn edit_ours<R: Edits>(&mut self, on: &Collection<R>, base: Option<R>, tag: &str, id: &str) -> Edited<R> {
        let target = match &base {
            Some(base) if self.chance.percent(75) => Target::Seen(Box::new(base.clone())),
            _ => Target::Id(id_of::<R>(id)),
        };
        let seen = match &target {
            Target::Seen(base) => Some(base.as_ref().clone()),
            Target::Id(_) => None,
        };
        if self.chance.percent(25) {
            let mut round = 0;
            let write_only = self.chance.percent(15);
            let (fails, stays) = (self.chance.percent(3), self.chance.percent(4));
            let change = |current: &R| -> Result<Option<R::Patch>, BoxError> {
                round += 1;
                if fails {
                    record::note(|call| call.cut_short = true);
                    return Err("the closure has changed its mind".into());
                }
                if stays && round > 1 {
                    record::note(|call| call.content = true);
                    return Ok(None);
                }
                let values = self.values(R::KIND, &format!("{tag}-r{round}"), write_only);
                want(&values, Some(current));
                Ok(Some(patch_of::<R>(&values)))
            };
            return on.edit_with(target, change).unwrap();
        }
        let values = match &seen {
            // Nothing is to change, if nothing has.
            Some(base) if self.chance.percent(10) => Values::from([("name".to_owned(), shown(base)["name"].clone())]),
            _ => self.values(R::KIND, tag, true),
        };
        want(&values, seen.as_ref());
        on.edit(target, patch_of::<R>(&values)).unwrap()
    }

    /// The version to begin from: a fresh one, or one that was looked at before.
    fn look<R: Edits>(&mut self, id: &str) -> Option<R> {
        if !self.chance.percent(25)
            && let Ok(fresh) = R::of(self.client).get(&id_of::<R>(id))
        {
            self.looked_at
                .insert(id.to_owned(), serde_json::to_value(&fresh).unwrap());
        }
        let old = self.looked_at.get(id)?.clone();
        Some(serde_json::from_value(old).unwrap())
    }

    fn call<R: Edits>(&mut self, tag: &str, id: &str) -> Call {
        let calm = self.scenario.calm;
        let chance = &mut self.chance;
        let mut policy = Policy::default();
        if chance.percent(15) {
            policy.on_conflict = OnConflict::Fail;
        }
        policy.overwrite_unseen = chance.percent(15);
        policy.backoff = Duration::from_millis(1);
        policy.backoff_limit = Duration::from_millis(8);
        policy.attempts = *chance.pick(&[1, 1, 2, 3, 4, 4, 4, 6]);
        policy.attempts = self.scenario.attempts.unwrap_or(policy.attempts);
        let short = !calm && chance.percent(5);
        let limit = if calm { 30_000 } else { 3_000 };
        policy.deadline = Duration::from_millis(if short { chance.between(20, 150) } else { limit });
        let stop = !calm && chance.percent(2);
        let mut call = Call::new(tag, R::KIND, id, current_version(self.simulator, R::KIND, id), policy);
        call.cancel = stop.then(|| (chance.between(1, 3) as usize, Cancel::new()));
        call.refuses_token = (!calm && chance.percent(2)).then(|| chance.between(1, 2) as usize);
        call
    }

    /// What is wanted: always at least one value that nobody else wants.
    fn values(&mut self, kind: Kind, tag: &str, write_only: bool) -> Values {
        let scenario = self.scenario;
        let chance = &mut self.chance;
        // Where texts are stored otherwise than they were sent, some are such that it shows.
        let shows = scenario.server.stores != Stores::AsSent && chance.percent(60);
        let tag = &match scenario.server.stores {
            Stores::Trimmed if shows => format!(" {tag} "),
            Stores::Lowercased if shows => tag.to_uppercase(),
            _ => tag.to_owned(),
        };
        let text = tag.trim();
        let mut values = Values::new();
        let mut set = |field: &str, value: String| values.insert(field.to_owned(), value);
        match kind {
            Kind::Workspace => {
                let slug = chance.percent(45);
                if slug {
                    set("slug", tag.to_owned());
                }
                if !slug || chance.percent(30) {
                    set("name", tag.to_owned());
                    if chance.percent(6) {
                        // Somebody may have it already.
                        set("slug", (*chance.pick(&["workspace-1", "workspace-2"])).to_owned());
                    }
                }
            }
            Kind::Cluster => {
                let hidden = write_only && chance.percent(30);
                if hidden {
                    let field = if chance.percent(50) { "region_id" } else { "kubeconfig" };
                    set(field, text.to_owned());
                }
                // A patch of which nothing can be read back is believed, so none is sent where that may be wrong.
                if !hidden || chance.percent(40) || scenario.liberties.ignores {
                    set("name", tag.to_owned());
                }
                if chance.percent(25) {
                    set(
                        "provider",
                        (*chance.pick(&["managed_kaas", "imported_byoc"])).to_owned(),
                    );
                }
            }
        }
        values
    }
}

/// Settles a call that is not, and adds what was reported to it.
pub(crate) fn settle(simulator: &Simulator, client: &Client, call: Call, mode: ResumeMode) -> Call {
    match call.kind {
        Kind::Cluster => settle_of::<Cluster>(simulator, client, call, mode),
        Kind::Workspace => settle_of::<Workspace>(simulator, client, call, mode),
    }
}

fn settle_of<R: Edits>(simulator: &Simulator, client: &Client, mut call: Call, mode: ResumeMode) -> Call {
    let Some(token) = call.unsettled.take() else {
        return call;
    };
    let token: ResumeToken = token.parse().unwrap();
    let written = call.writes().last().and_then(|(_, sent)| sent.values.get("kubeconfig"));
    let kubeconfig = written.map(|text| Kubeconfig::new(text.as_str()).unwrap());
    let (started, from) = (Instant::now(), call.attempts.len());
    call.cut_short = false;
    call.cancel = None;
    let policy = call.policy;
    record::begin(call);
    let collection = R::of(client).policy(policy);
    let edited = collection.resolve(&token, mode, kubeconfig.as_ref()).unwrap();
    let mut call = record::end();
    let how = if mode == ResumeMode::Finish {
        How::Finish
    } else {
        How::Look
    };
    report(simulator, &mut call, how, from, started, told(&edited));
    call
}

/// Adds what was reported to a call, whose attempts for it are those after `from`.
pub(crate) fn report(simulator: &Simulator, call: &mut Call, how: How, from: usize, started: Instant, told: Told) {
    let (claim, token, story) = told;
    call.reports.push(Report {
        how,
        claim,
        attempts: from..call.attempts.len(),
        upto: current_version(simulator, call.kind, &call.id),
        began: started,
        took: started.elapsed(),
        cut_short: call.cut_short,
        story,
    });
    call.unsettled = token;
}

/// What a client says at the end: its claim, the token to settle it with, its story.
pub(crate) type Told = (Claim, Option<String>, String);

pub(crate) fn told<R: Edits>(edited: &Edited<R>) -> Told {
    let (claim, token) = match &edited.outcome {
        Outcome::Applied(applied) => match applied.proof {
            Proof::Acknowledged => {
                let told = |fields: &[FieldReport]| -> Values {
                    let theirs = |report: &FieldReport| Some((report.field.name.to_owned(), report.theirs.clone()?));
                    fields.iter().filter_map(theirs).collect()
                };
                let claim = Claim::Acknowledged {
                    etag: applied.etag.to_string(),
                    adjusted: told(&applied.adjusted),
                    not_taken: told(&applied.not_taken),
                };
                (claim, None)
            }
            Proof::Observed => (Claim::Observed, None),
        },
        Outcome::Unchanged(_) => (Claim::Unchanged, None),
        Outcome::NotApplied(NotApplied::Conflict(_)) => (Claim::Conflict, None),
        Outcome::NotApplied(NotApplied::Rejected(_)) => (Claim::Rejected, None),
        Outcome::NotApplied(NotApplied::Ignored(_)) => (Claim::Ignored, None),
        Outcome::NotApplied(NotApplied::NotSent { .. }) => (Claim::NotSent, None),
        Outcome::Indeterminate(unknown) => {
            let may_still_land = unknown.may_still_land;
            (
                Claim::Indeterminate { may_still_land },
                Some(unknown.resume_token.to_string()),
            )
        }
    };
    (claim, token, edited.explain())
}

/// The number of the version that is current now.
pub(crate) fn current_version(simulator: &Simulator, kind: Kind, id: &str) -> u64 {
    simulator.history(kind, id).unwrap().last().unwrap().version
}

pub(crate) fn id_of<R: Edits>(id: &str) -> R::Id {
    serde_json::from_value(Value::String(id.to_owned())).unwrap()
}

pub(crate) fn patch_of<R: Edits>(values: &Values) -> R::Patch {
    let pairs: Vec<(&str, &str)> = values
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    R::Patch::from_values(&pairs).unwrap()
}

/// The readable fields of a version.
pub(crate) fn shown<R: Edits>(resource: &R) -> Values {
    let shown = |field| {
        Some((
            String::from(field),
            resource.value(R::FIELDS.iter().find(|f| f.name == field)?)?.to_owned(),
        ))
    };
    R::FIELDS.iter().filter_map(|field| shown(field.name)).collect()
}

/// The caller asks for these values, having seen this.
pub(crate) fn want<R: Edits>(values: &Values, seen: Option<&R>) {
    let view = seen.map(|resource| View {
        etag: resource.etag().to_string(),
        values: shown(resource),
    });
    let values = values.clone();
    record::note(|call| call.wants.push(Want { values, view }));
}
