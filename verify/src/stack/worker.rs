//! One thread of the client's program: it looks at resources and edits them, and writes down what it is told.

use std::collections::HashMap;
use std::time::Duration;

use akua_http::cancel::Cancel;
use akua_http::{BoxError, Client, Collection};
use akua_model::edit::{Edited, OnConflict, Policy, ResumeMode, Target};
use akua_model::{Cluster, Workspace};
use akua_sim::{Kind, Simulator, Stores};
use serde_json::Value;

use super::edits::{Edits, current_version, id_of, patch_of, report, settle, shown, told, want};
use super::scenario::{Driver, Scenario};
use super::scripted::{self, Writes};
use crate::chance::Chance;
use crate::record::{self, Call, How, Values};

pub(super) struct Worker<'a> {
    scenario: &'a Scenario,
    simulator: &'a Simulator,
    client: &'a Client,
    thread: u64,
    chance: Chance,
    /// What this thread has looked at before, by id: an edit may begin from an old version.
    looked_at: HashMap<String, Value>,
}

impl<'a> Worker<'a> {
    pub(super) fn new(scenario: &'a Scenario, simulator: &'a Simulator, client: &'a Client, thread: u64) -> Self {
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
    pub(super) fn work(mut self) -> Vec<Call> {
        (1..=self.scenario.edits)
            .map(|edit| {
                let (kind, id) = self.chance.pick(&self.scenario.resources).clone();
                match kind {
                    Kind::Workspace => self.edit::<Workspace>(edit, &id),
                    _ => self.edit::<Cluster>(edit, &id),
                }
            })
            .collect()
    }

    fn edit<R: Writes>(&mut self, edit: u64, id: &str) -> Call {
        let base = self.look::<R>(id);
        let tag = format!("s{}-t{}-e{edit}", self.scenario.seed, self.thread);
        let call = self.draw_call::<R>(&tag, id);
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
        let started = record::now();
        let (claim, token, story) = match (self.scenario.driver, base) {
            (Driver::Scripted(mistake), Some(base)) => {
                let values = self.values(R::STORED, &tag, true);
                want(&values, Some(&base));
                scripted::edit(self.client, self.scenario, &base, &values, mistake)
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
                let values = self.values(R::STORED, &format!("{tag}-r{round}"), write_only);
                want(&values, Some(current));
                Ok(Some(patch_of::<R>(&values)))
            };
            return on.edit_with(target, change).unwrap();
        }
        let values = match &seen {
            // Nothing is to change, if nothing has.
            Some(base) if self.chance.percent(10) => Values::from([("name".to_owned(), shown(base)["name"].clone())]),
            _ => self.values(R::STORED, tag, true),
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

    /// Draws the policy of a call on `id`, and what interrupts it; sends nothing. `tag` names the call in the record.
    fn draw_call<R: Edits>(&mut self, tag: &str, id: &str) -> Call {
        let calm = self.scenario.calm;
        let chance = &mut self.chance;
        let mut policy = Policy::default();
        if chance.percent(15) {
            policy.on_conflict = OnConflict::Fail;
        }
        policy.overwrite_unseen = chance.percent(15);
        policy.backoff = Duration::from_millis(1);
        policy.backoff_limit = Duration::from_millis(8);
        policy.max_attempts = *chance.pick(&[1, 1, 2, 3, 4, 4, 4, 6]);
        policy.max_attempts = self.scenario.attempts.unwrap_or(policy.max_attempts);
        let short = !calm && chance.percent(5);
        let limit = if calm { 30_000 } else { 3_000 };
        policy.deadline = Duration::from_millis(if short { chance.between(20, 150) } else { limit });
        let stop = !calm && chance.percent(2);
        let mut call = Call::new(
            tag,
            R::STORED,
            id,
            current_version(self.simulator, R::STORED, id),
            policy,
        );
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
            _ => {
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
