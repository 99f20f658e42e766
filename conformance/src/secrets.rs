//! Secrets that servers give, a kubeconfig or what lets machines join, or that stand in the body of any request: a runner shows
//! nothing of one but where it asks for it.

use serde_json::Value;

use crate::call::NewOnce;
use crate::case::{Call, Kind, Order};

/// What the secrets of all cases have in them. No eight bytes of it in a row may be shown.
pub const SECRET: &str = "Zq7Kd93mXw52Lb81";

/// Looks at everything that a call gave whose answer or body may hold a kubeconfig, and takes out what the language shows of it.
pub(crate) fn look_at(report: &mut Value, faults: &mut Vec<String>, order: &Order) {
    let is_one = match &order.call {
        Call::Kubeconfig { .. } | Call::Request(_) => true,
        Call::Create { kind, .. } | Call::CreateOnce(NewOnce { kind, .. }) => *kind == Kind::WorkerBootstrap,
        _ => false,
    };
    if !is_one {
        return;
    }
    let Some(properties) = report.as_object_mut() else {
        return;
    };
    let exposed = ["kubeconfig", "secrets"].map(|name| Some((name.to_owned(), properties.remove(name)?)));
    let answered = properties.get_mut("answered").and_then(Value::as_object_mut);
    let body = answered.and_then(|answered| answered.remove("json"));
    let shown = properties.remove("shown").unwrap_or_default();
    let told = format!("{shown} {}", Value::Object(properties.clone()));
    if let (Some(Value::Object(answered)), Some(body)) = (properties.get_mut("answered"), body) {
        answered.insert("json".to_owned(), body);
    }
    properties.extend(exposed.into_iter().flatten());
    let texts = shown.as_array().map_or(&[] as &[Value], Vec::as_slice);
    if texts.is_empty() || !texts.iter().all(Value::is_string) {
        faults.push(
            "`shown` has to be a list of texts: what the language shows of an answer, or of its error".to_owned(),
        );
    }
    let is_seen = |piece: &[u8]| std::str::from_utf8(piece).is_ok_and(|piece| told.contains(piece));
    if SECRET.as_bytes().windows(8).any(is_seen) {
        faults.push("a secret is shown".to_owned());
    }
}
