//! A cluster's compute settings, and what a PATCH asks of them.

use serde_json::{Map, Value};

use crate::refusal::Refusal;

/// How many machines may be allowed.
const MOST_MACHINES: u64 = 100;

/// The settings that a PATCH has made; until the first one they are the usual ones.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) version: u64,
    pub(crate) auto_scaling: bool,
    pub(crate) max_machines: u64,
    pub(crate) updated_at: i64,
}

/// What a PATCH asks for.
pub(crate) struct Asked {
    pub(crate) auto_scaling: Option<bool>,
    pub(crate) max_machines: Option<u64>,
}

/// The settings that a body asks for: one at least, and `null` asks for nothing.
pub(crate) fn read(body: &[u8]) -> Result<Asked, Refusal> {
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
