//! Reads the body of a PATCH as the server does: what is unknown, null, of the wrong type or out of its
//! limits is refused, everything that is wrong at once.

use akua_model::ResourceKind as Kind;
use akua_model::limits::Limit;
use akua_model::property::{Property, Type};
use serde_json::{Map, Value};

use crate::change::Change;
use crate::contract::Contract;
use crate::kind::table;
use crate::refusal::Refusal;

/// The change that a body asks for. No body and a JSON `null` ask for none, as the vendor's command line sends them.
pub(crate) fn read(kind: Kind, body: &[u8], contract: &Contract) -> Result<Change, Refusal> {
    let properties = object(body)?;
    let problems: Vec<Problem<'_>> = properties
        .iter()
        .filter_map(|(name, value)| {
            let property = kind.fields().iter().find(|property| property.name == name);
            let text = match property {
                None => "Unknown property".to_owned(),
                Some(property) => problem(property, property.limit, value, contract)?,
            };
            let is_known = property.is_some();
            Some(Problem { name, is_known, text })
        })
        .collect();
    refused((table(kind).invalid)(contract), &problems, contract)?;
    Ok(Change::of(kind, properties))
}

/// The properties in a body. Without a body, and in a JSON `null`, there are none.
pub(crate) fn object(body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Map::new());
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(properties)) => Ok(properties),
        Ok(Value::Null) => Ok(Map::new()),
        Ok(_) => Err(Refusal::invalid(400, &["body"], "Expected an object")),
        Err(error) => {
            let problem = format!("Not JSON: {}", place(&error));
            Err(Refusal::invalid(400, &["body"], &problem))
        }
    }
}

/// Where the text stops being JSON. The parser's own words may quote the text, and it may hold a secret.
fn place(error: &serde_json::Error) -> String {
    format!("line {} column {}", error.line(), error.column())
}

/// What is wrong with a property of a body.
pub(crate) struct Problem<'a> {
    pub(crate) name: &'a str,
    /// Whether the server has a name of its own for it.
    pub(crate) is_known: bool,
    pub(crate) text: String,
}

/// Refuses a body in which something is wrong, and names all of it.
pub(crate) fn refused(status: u16, problems: &[Problem<'_>], contract: &Contract) -> Result<(), Refusal> {
    let mut refusal: Option<Refusal> = None;
    for Problem { name, is_known, text } in problems {
        let inner = inner_name(name);
        let path = match *is_known && contract.inner_paths {
            true => ["args", inner.as_str()],
            false => ["body", name],
        };
        refusal = Some(match refusal {
            None => Refusal::invalid(status, &path, text),
            Some(refusal) => refusal.and_invalid(&path, text),
        });
    }
    refusal.map_or(Ok(()), Err)
}

/// The server's own name of a property: `region_id` is `regionId` inside of it.
fn inner_name(name: &str) -> String {
    let mut words = name.split('_');
    let mut inner = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        inner.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        inner.push_str(letters.as_str());
    }
    inner
}

/// What is wrong with the value of a property, if anything. `limit`: the lengths that a text may have.
pub(crate) fn problem(property: &Property, limit: Limit, value: &Value, contract: &Contract) -> Option<String> {
    let received = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let other_than = |expected: &str| Some(format!("Expected {expected}, received {received}"));
    match (property.kind, value) {
        (Type::Enumeration(known), Value::String(text)) => {
            (!known.contains(&text.as_str())).then(|| format!("Expected one of {}", known.join(", ")))
        }
        (Type::Flag, Value::Bool(_)) | (Type::Json, _) => None,
        (Type::Flag, _) => other_than("boolean"),
        (Type::Number, Value::Number(number)) if number.is_i64() => None,
        (Type::Number, _) => other_than("number"),
        (_, Value::String(text)) => length_problem(limit, text, contract),
        _ => other_than("string"),
    }
}

/// What is wrong with the length of `text`, if anything.
pub(crate) fn length_problem(limit: Limit, text: &str, contract: &Contract) -> Option<String> {
    let length = contract.length(text);
    if length < limit.min {
        Some(format!("String must contain at least {} character(s)", limit.min))
    } else if length > limit.max {
        Some(format!("String must contain at most {} character(s)", limit.max))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::contract::Lengths;
    use crate::digest::Fingerprint;

    fn refused(kind: Kind, body: &str, contract: &Contract) -> Option<Value> {
        read(kind, body.as_bytes(), contract)
            .err()
            .map(|refusal| refusal.answer(contract).json())
    }

    #[test]
    fn no_body_and_null_change_nothing() {
        let contract = Contract::default();
        for body in ["", " \n", "null", "{}"] {
            let change = read(Kind::Cluster, body.as_bytes(), &contract).unwrap();
            assert!(change.set.is_empty() && change.hidden.is_empty());
        }
    }

    #[test]
    fn each_wrong_property_is_named() {
        let contract = Contract::default();
        let long = format!(r#"{{"name":"{}"}}"#, "é".repeat(101));
        for (kind, body, path) in [
            (Kind::Cluster, r#"{"name":null}"#, "name"),
            (Kind::Cluster, r#"{"name":""}"#, "name"),
            (Kind::Cluster, r#"{"name":7}"#, "name"),
            (Kind::Cluster, long.as_str(), "name"),
            (Kind::Cluster, r#"{"slug":"abc"}"#, "slug"),
            (Kind::Cluster, r#"{"provider":"metal"}"#, "provider"),
            (Kind::Cluster, r#"{"kubeconfig":""}"#, "kubeconfig"),
            (Kind::Cluster, r#"{"region_id":["r"]}"#, "region_id"),
            (Kind::Workspace, r#"{"slug":"ab"}"#, "slug"),
            (Kind::Workspace, r#"{"region_id":"r"}"#, "region_id"),
        ] {
            let answer = refused(kind, body, &contract).unwrap();
            assert_eq!(answer["errors"][0]["path"], serde_json::json!(["body", path]), "{body}");
        }
        let both = refused(Kind::Cluster, r#"{"name":1,"slug":2}"#, &contract).unwrap();
        assert_eq!(both["errors"].as_array().unwrap().len(), 2);
    }

    #[test]
    fn inner_names_are_a_switch() {
        let contract = Contract {
            inner_paths: true,
            ..Contract::default()
        };
        let answer = refused(Kind::Cluster, r#"{"region_id":""}"#, &contract).unwrap();
        assert_eq!(answer["errors"][0]["path"], serde_json::json!(["args", "regionId"]));
    }

    #[test]
    fn lengths_count_code_points_or_utf16_units() {
        let body = format!(r#"{{"name":"{}"}}"#, "🦀".repeat(60));
        assert_eq!(refused(Kind::Cluster, &body, &Contract::default()), None);
        let contract = Contract {
            lengths: Lengths::Utf16,
            ..Contract::default()
        };
        assert!(refused(Kind::Cluster, &body, &contract).is_some());
    }

    #[test]
    fn what_is_not_json_is_refused_without_being_quoted() {
        let contract = Contract::default();
        for body in [r#"{"kubeconfig":"marker"#, r#"["marker"]"#, r#""marker""#] {
            let answer = refused(Kind::Cluster, body, &contract).unwrap();
            assert_eq!(answer["errors"][0]["path"], serde_json::json!(["body"]));
            assert!(!answer.to_string().contains("marker"));
        }
    }

    #[test]
    fn a_kubeconfig_is_kept_as_a_fingerprint_only() {
        let change = read(
            Kind::Cluster,
            br#"{"kubeconfig":"marker","region_id":"r"}"#,
            &Contract::default(),
        )
        .unwrap();
        assert_eq!(
            change.hidden["kubeconfig"],
            serde_json::json!(Fingerprint::of(b"marker"))
        );
        assert_eq!(change.hidden["region_id"], "r");
        assert!(!format!("{change:?}").contains("marker"));
    }
}
