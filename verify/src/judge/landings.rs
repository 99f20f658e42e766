//! What the writes of a call did to the resource: overwritten what, how often, and whole or not.

use akua_sim::{Effect, Entry, Etags};

use super::case::{Case, Check, Landing, is_write_only, value};
use crate::record::{Sent, View};

type Found = Vec<(Check, String)>;

pub(super) fn check(case: &Case<'_>, found: &mut Found) {
    for landing in case.landings.iter().filter(|landing| landing.is_own) {
        let Some(view) = case.call.view_of(landing.sent) else {
            let text = format!(
                "version {} was made of values that nobody wanted",
                landing.version.version
            );
            found.push((Check::Unasked, text));
            continue;
        };
        for (field, wanted) in &landing.sent.values {
            whole(case, landing, field, wanted, found);
            if is_write_only(field) {
                hidden(case, landing, field, found);
            } else {
                readable(landing, &view, field, wanted, found);
            }
        }
    }
    once(case, found);
}

/// One write of a call lands, once: copies of one request are sent only where they can't land beside each other, and
/// another request only when those before can't land.
fn once(case: &Case<'_>, found: &mut Found) {
    // Writing what is there already takes no effect, however often, unless the etag tells.
    let counts = |landing: &&Landing<'_>| landing.changes() || landing.version.etag != landing.before.etag;
    let counted: Vec<&Landing<'_>> = case.landings.iter().filter(counts).collect();
    if counted
        .iter()
        .skip(1)
        .any(|second| stops_second(case, counted[0], second))
    {
        let versions: Vec<u64> = counted.iter().map(|landing| landing.version.version).collect();
        found.push((Check::AppliedTwice, format!("it has made the versions {versions:?}")));
    }
    // Whatever was followed by another write had certainly failed.
    let last = case.call.epochs().last().map(|sent| sent.digest.as_str());
    let is_followed = |entry: &Entry| case.evidence.write_of(entry) != last && case.answers_for(entry);
    let landed = |entry: &Entry| matches!(entry.effect, Effect::Applied { .. } | Effect::Unchanged {});
    if let Some(entry) = case.entries.iter().find(|entry| landed(entry) && is_followed(entry)) {
        let text = format!("request {} landed, and was followed by another write", entry.seq);
        found.push((Check::AppliedTwice, text));
    }
}

/// Whether the etag moves with this write and never comes back.
fn etag_stops(case: &Case<'_>, sent: &Sent) -> bool {
    let server = &case.evidence.setting.server;
    let is_covered = server.etag_covers_write_only || !sent.values.keys().any(|field| is_write_only(field));
    server.etags == Etags::Counting && is_covered
}

/// Whether the server or the client has to stop the second landing after the first. Where something on the way makes
/// copies, a client can't.
fn stops_second(case: &Case<'_>, first: &Landing<'_>, second: &Landing<'_>) -> bool {
    if first.sent.digest != second.sent.digest {
        return case.answers_for(first.entry) && case.answers_for(second.entry);
    }
    let server = &case.evidence.setting.server;
    let age = second.version.at_ms.saturating_sub(first.version.at_ms);
    let by_key = server.keys_honoured
        && server.key_checked_before_if_match
        && first.sent.key.is_some()
        && server.key_retention_ms.is_none_or(|kept| age < kept);
    let excused = case.evidence.setting.hop_replays || !case.answers_for(second.entry);
    etag_stops(case, first.sent) || by_key || !excused
}

fn whole(case: &Case<'_>, landing: &Landing<'_>, field: &str, wanted: &str, found: &mut Found) {
    let (written, due) = (value(landing.version, field), case.due(landing, field, wanted));
    if written != due {
        let text = format!(
            "{field} of version {} is {written:?}, not {due:?}, and {wanted:?} was sent",
            landing.version.version
        );
        found.push((Check::Torn, text));
    }
}

/// A value that was replaced must be the one that the caller saw, or wanted: the server may have made another of that.
fn readable(landing: &Landing<'_>, view: &View, field: &str, wanted: &String, found: &mut Found) {
    let (before, after) = (value(landing.before, field), value(landing.version, field));
    if before.as_ref() == Some(wanted) {
        return;
    }
    if before != after && view.values.get(field) != before.as_ref() {
        let text = format!(
            "version {} has replaced {field} {before:?} by {after:?}, having seen {:?}",
            landing.version.version,
            view.values.get(field)
        );
        found.push((Check::LostUpdate, text));
    }
}

/// A value that nobody can see must still be what it was when the caller looked, unless the caller does not mind, or
/// the server can't tell either.
fn hidden(case: &Case<'_>, landing: &Landing<'_>, field: &str, found: &mut Found) {
    let tells = case.evidence.setting.server.etag_covers_write_only;
    if case.call.policy.overwrite_unseen || !tells {
        return;
    }
    let view = landing.sent.seen.clone().or_else(|| case.call.first_view());
    let Some(view) = view else { return };
    let before = value(landing.before, field);
    if before == value(landing.version, field) {
        return;
    }
    let mut looked_at = case.history.iter().filter(|version| version.etag == view.etag);
    if !looked_at.any(|version| value(version, field) == before) {
        let text = format!(
            "version {} has replaced {field} {before:?}, which is not what stood at etag {}",
            landing.version.version, view.etag
        );
        found.push((Check::LostUpdate, text));
    }
}
