//! The fields that a call sets.

use std::collections::BTreeMap;

use akua_model::{Json, Patch, Resource, Value as Shape};
use serde_json::Value;

/// The patch of these properties.
///
/// # Errors
///
/// If it breaks a rule of the API.
pub fn patch_of<R: Resource>(values: &BTreeMap<String, Value>) -> Result<R::Patch, akua_model::Error> {
    set(values)
}

/// What sets these properties: a patch, or what something new is made of.
///
/// # Errors
///
/// If it breaks a rule of the API.
pub fn set<P: Patch>(values: &BTreeMap<String, Value>) -> Result<P, akua_model::Error> {
    let json: Vec<Json> = values
        .values()
        .map(|value| value.to_string().parse())
        .collect::<Result<_, _>>()?;
    let shapes = values.values().zip(&json).map(|(value, json)| match value {
        Value::String(text) => Shape::Text(text),
        _ => Shape::from(json),
    });
    let values: Vec<(&str, Shape<'_>)> = values.keys().map(String::as_str).zip(shapes).collect();
    P::from_values(&values)
}
