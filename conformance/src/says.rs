//! A case in short, to be compared with what somebody wrote by hand.

use std::fmt::Write;

use crate::case::Exchange;
use crate::report::{EditedReport, ErrorReport, Report};

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
        parts.push(format!("etag {}", resource.etag));
    }
    if !report.items.is_empty() {
        parts.push(format!("{} items", report.items.len()));
    }
    if let Some(edited) = &report.edited {
        parts.push(edit(edited));
    }
    if !report.asked.is_empty() {
        parts.push(format!("asked at {}", report.asked.join(" ")));
    }
    if let Some(settled) = &report.settled {
        let etag = settled
            .etag
            .as_ref()
            .map_or_else(String::new, |etag| format!(" {etag}"));
        parts.push(format!("{}{etag}", settled.end));
    }
    if let Some(failed) = &report.error {
        parts.push(error(failed));
    }
    if parts.is_empty() {
        parts.push("no items".to_owned());
    }
    parts.join(", ")
}

fn edit(edited: &EditedReport) -> String {
    let mut text = edited.end.clone();
    let words = [&edited.proof, &edited.reason, &edited.cause, &edited.etag];
    for word in words.into_iter().flatten() {
        let _ = write!(text, " {word}");
    }
    if let Some(answer) = &edited.answer {
        let _ = write!(text, " {}", answer.status);
    }
    for (word, fields) in [("adjusted", &edited.adjusted), ("not_taken", &edited.not_taken)] {
        for field in fields {
            let _ = write!(text, " {word}:{}", field.field);
        }
    }
    for field in &edited.fields {
        let _ = write!(text, " {}:{}", field.field, field.state.as_deref().unwrap_or("unknown"));
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

fn error(error: &ErrorReport) -> String {
    let mut text = format!("{} {}", error.kind, error.effect);
    if let Some(status) = error.status {
        let _ = write!(text, " {status}");
    }
    if let Some(etag) = error.current_etag.as_ref() {
        let _ = write!(text, " current {etag}");
    }
    if let Some(etag) = error.new_etag.as_ref() {
        let _ = write!(text, " new {etag}");
    }
    for problem in &error.problems {
        let _ = write!(text, " {}", problem.field);
    }
    text
}
