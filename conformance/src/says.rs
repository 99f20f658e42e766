//! A case in short, to be compared with what somebody wrote by hand.

use std::fmt::Write;

use crate::case::Exchange;
use akua_model::edit::{Cause, FieldState, Proof};
use akua_model::report::{End, Report as Ended};

use crate::report::Report;

/// The requests, `=>` and the end, such as `PATCH 42 k1; GET => applied observed 43`.
pub(crate) fn in_short(wire: &[Exchange], report: &Report) -> String {
    let requests: Vec<String> = wire
        .iter()
        .filter_map(|exchange| exchange.request.as_ref())
        .map(crate::wire::Expected::in_short)
        .collect();
    let requests = if requests.is_empty() {
        "nothing sent".to_owned()
    } else {
        requests.join("; ")
    };
    format!("{requests} => {}", ends(report))
}

fn ends(report: &Report) -> String {
    let mut parts = Vec::new();
    if let Some(resource) = &report.resource {
        let text = |name: &str| resource.get(name).and_then(|value| value.as_str());
        parts.push(match text("etag") {
            Some(etag) => format!("etag {etag}"),
            None => [text("id"), text("cluster_id"), text("state"), text("freshness_state")]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" "),
        });
    }
    if !report.items.is_empty() {
        parts.push(format!("{} items", report.items.len()));
    }
    if let Some(edited) = &report.edited {
        parts.push(edit(&edited.report));
    }
    if !report.asked.is_empty() {
        parts.push(format!("asked at {}", report.asked.join(" ")));
    }
    if let Some(settled) = &report.settled {
        parts.push(wait(&settled.report));
    }
    if let Some(launched) = &report.launched {
        parts.push(launch(&launched.report));
    }
    if let Some(waited) = &report.waited {
        parts.push(operation(&waited.report));
    }
    if let Some(answered) = &report.answered {
        let body = if answered.json.is_null() { " nothing" } else { "" };
        let etag = answered.etag.iter().map(|etag| format!(" etag {etag}"));
        parts.push(format!(
            "answered {}{body}{}",
            answered.status,
            etag.collect::<String>()
        ));
    }
    if !report.secrets.is_empty() {
        let names: Vec<&str> = report.secrets.keys().map(String::as_str).collect();
        parts.push(format!("secrets {}", names.join(" ")));
    }
    if report.kubeconfig.is_some() {
        parts.push("kubeconfig".to_owned());
    }
    if let Some(failed) = &report.error {
        parts.push(error(&failed.report));
    }
    if parts.is_empty() {
        parts.push("no items".to_owned());
    }
    parts.join(", ")
}

fn wait(settled: &Ended) -> String {
    let words = [settled.end.map(End::name), settled.seen_etag.as_deref()];
    words.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn edit(edited: &Ended) -> String {
    let outcome = edited.end.map_or("", End::outcome);
    let words = [
        Some(outcome),
        edited.proof.map(Proof::name),
        edited.end.map(End::name).filter(|end| *end != outcome),
        edited.cause.map(Cause::name),
        edited.etag.as_deref(),
    ];
    let mut text = words.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let decided = matches!(edited.end, Some(End::Rejected | End::Indeterminate));
    if let Some(status) = edited.status.filter(|_| decided) {
        let _ = write!(text, " {status}");
    }
    for (word, fields) in [("adjusted", &edited.adjusted), ("not_taken", &edited.not_taken)] {
        for field in fields {
            let _ = write!(text, " {word}:{}", field.field);
        }
    }
    for field in &edited.fields {
        let _ = write!(
            text,
            " {}:{}",
            field.field,
            field.state.map_or("unknown", FieldState::name)
        );
    }
    if let Some(etag) = &edited.seen_etag {
        let _ = write!(text, " seen {etag}");
    }
    match edited.may_still_land {
        Some(true) => text + ", may still land",
        Some(false) => text + ", can't land",
        None => text,
    }
}

/// As of an edit, and the operation or those that it may be.
fn launch(launched: &Ended) -> String {
    let (told, landing) = edit(launched).split_once(',').map_or_else(
        || (edit(launched), String::new()),
        |(told, landing)| (told.to_owned(), format!(",{landing}")),
    );
    let operation = launched.operation.iter().map(|id| format!(" {id}"));
    let candidates = launched.candidates.iter().map(|id| format!(" candidate {id}"));
    let more: String = operation.chain(candidates).collect();
    format!("{told}{more}{landing}")
}

fn operation(waited: &Ended) -> String {
    let mut text = wait(waited);
    if let Some(step) = &waited.blocked_on {
        let _ = write!(text, " blocked on {step}");
    }
    if let Some(asked) = waited.asked_here {
        let _ = write!(text, " asked {}", asked.name());
    }
    for id in &waited.later {
        let _ = write!(text, " later {id}");
    }
    text
}

fn error(error: &Ended) -> String {
    let mut text = format!("{} {}", error.kind.name(), error.effect.name());
    if let Some(status) = error.status {
        let _ = write!(text, " {status}");
    }
    if let Some(etag) = error.current_etag.as_ref() {
        let _ = write!(text, " current {etag}");
    }
    if let Some(etag) = error.etag.as_ref() {
        let _ = write!(text, " new {etag}");
    }
    for problem in &error.problems {
        let _ = write!(text, " {}", problem.field);
    }
    text
}
