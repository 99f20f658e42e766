//! A cluster's compute settings: an etag of their own, and names that differ between write and read.

use akua_model::ResourceKind as Kind;
use serde_json::{Map, Value, json};

use super::calls::Outcome;
use super::{World, unix};
use crate::auth::Scope;
use crate::log::Effect;
use crate::refusal::{Refusal, json_answer};
use crate::wire::WireRequest;

/// How many machines may be allowed.
const MOST_MACHINES: u64 = 100;

/// The settings that a PATCH has made; until the first one they are the usual ones.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    version: u64,
    auto_scaling: bool,
    max_machines: u64,
    updated_at: i64,
}

/// What a PATCH asks for.
struct Asked {
    auto_scaling: Option<bool>,
    max_machines: Option<u64>,
}

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
        let asked = read(&request.body)?;
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

/// The settings that a body asks for: one at least, and `null` asks for nothing.
fn read(body: &[u8]) -> Result<Asked, Refusal> {
    let wrong = |name: &str, problem: &str| Refusal::invalid(422, &["body", name], problem);
    let Ok(properties) = serde_json::from_slice::<Map<String, Value>>(body) else {
        return Err(Refusal::invalid(400, &["body"], "Expected an object"));
    };
    let mut asked = Asked {
        auto_scaling: None,
        max_machines: None,
    };
    for (name, value) in properties {
        match (name.as_str(), value) {
            ("auto_scaling_enabled" | "max_machines", Value::Null) => {}
            ("auto_scaling_enabled", Value::Bool(flag)) => asked.auto_scaling = Some(flag),
            ("auto_scaling_enabled", _) => return Err(wrong(&name, "Expected boolean")),
            ("max_machines", value) => {
                let number = value.as_u64().filter(|number| *number <= MOST_MACHINES);
                let problem = format!("Expected a number of 0 to {MOST_MACHINES}");
                asked.max_machines = Some(number.ok_or_else(|| wrong(&name, &problem))?);
            }
            _ => return Err(wrong(&name, "Unknown property")),
        }
    }
    if asked.auto_scaling.is_none() && asked.max_machines.is_none() {
        let problem = "Expected auto_scaling_enabled, max_machines or both";
        return Err(Refusal::invalid(422, &["body"], problem));
    }
    Ok(asked)
}
