//! A cluster's compute settings: an etag of their own, and names that differ between write and read.

use akua_model::ResourceKind as Kind;
use serde_json::json;

use super::asked::Outcome;
use super::{World, unix};
use crate::auth::Scope;
use crate::compute_settings::{self, Settings};
use crate::log::Effect;
use crate::refusal::{Refusal, json_answer};
use crate::wire::WireRequest;

impl World {
    /// The settings of a cluster that is there, and their etag, which no cluster ever has.
    fn settings_of(&self, id: &str, scope: &Scope) -> Result<(Settings, String), Refusal> {
        let cluster = self.visible(Kind::Cluster, id, scope)?;
        let usual = || Settings {
            version: 1,
            auto_scaling: true,
            max_machines: 10,
            updated_at: self.setup.epoch,
        };
        let settings = self.settings.get(id).cloned().unwrap_or_else(usual);
        let etag = format!("cs-{}-{}", cluster.ordinal, settings.version);
        Ok((settings, etag))
    }

    pub(super) fn compute_settings(&self, id: &str, scope: &Scope) -> Outcome {
        let (settings, etag) = self.settings_of(id, scope)?;
        let shown = json!({
            "auto_scaling": if settings.auto_scaling { "active" } else { "paused" },
            "machines": 0,
            "max_machines": settings.max_machines,
            "updated_at": settings.updated_at,
            "etag": etag,
        });
        Ok((Effect::default(), json_answer(200, &shown)))
    }

    pub(super) fn change_settings(&mut self, id: &str, scope: &Scope, request: &WireRequest) -> Outcome {
        let if_match = self.if_match(request)?;
        let asked = compute_settings::read(&request.body)?;
        let (mut settings, etag) = self.settings_of(id, scope)?;
        if if_match != etag {
            return Err(Refusal::aborted(&etag, &self.contract));
        }
        settings.version += 1;
        settings.updated_at = unix(&self.setup, self.now);
        settings.auto_scaling = asked.auto_scaling.unwrap_or(settings.auto_scaling);
        settings.max_machines = asked.max_machines.unwrap_or(settings.max_machines);
        let version = settings.version;
        self.settings.insert(id.to_owned(), settings);
        let (_, etag) = self.settings_of(id, scope)?;
        let (_, answer) = self.compute_settings(id, scope)?;
        let id = id.to_owned();
        Ok((Effect::SettingsApplied { id, version, etag }, answer))
    }
}
