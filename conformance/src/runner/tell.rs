//! What is told of a resource and of an end.

use akua_http::Error;
use akua_model::property::Type;
use akua_model::{Declared, Properties, Property, ResourceKind, Value as Shape};
use serde_json::Map;

use crate::report::{ResourceReport, Told};

/// A case about a call that the kind has not.
pub(super) fn none(call: &str, kind: ResourceKind) -> Error {
    Error::invalid_input("kind", format!("{} can't be {call}", kind.name()))
}

/// What the accessors of a resource give.
#[must_use]
pub fn resource_report<R: Declared>(resource: &R) -> ResourceReport {
    let mut report = Map::new();
    add(&mut report, "", R::PROPERTIES, resource);
    report.insert("json".to_owned(), resource.to_json().parse().unwrap_or_default());
    report
}

fn add(report: &mut ResourceReport, before: &str, properties: &[Property], of: &dyn Properties) {
    for property in properties {
        let name = format!("{before}{}", property.name);
        let value = match (of.shown(property.name).value(), property.kind) {
            (Some(Shape::Object(object)), Type::Object(inner)) => {
                add(report, &format!("{name}_"), inner, object);
                None
            }
            (Some(Shape::Time(time)), _) => time.unix_seconds().map(|at| at.to_string().into()),
            (Some(Shape::Number(number)), _) => Some(number.to_string().into()),
            (value, _) => value.and_then(|value| serde_json::to_value(value).ok()),
        };
        report.extend(value.map(|value| (name, value)));
    }
}

pub(super) fn told(ended: impl Into<akua_model::report::Report>) -> Told {
    ended.into().into()
}
