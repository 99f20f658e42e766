//! What the writes of a call did to the resource: overwritten what, how often, and whole or not.

use super::case::{Case, Check, Landing, is_write_only, value};
use crate::record::View;

type Found = Vec<(Check, String)>;

pub(super) fn check(case: &Case<'_>, found: &mut Found) {
    for landing in &case.landings {
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
                readable(landing, &view, field, found);
            }
        }
    }
    // Under every contract, because a client is never told more of the server than is true: copies of one request are
    // sent only where they can't land beside each other, and another request only when those before can't land.
    if case.landings.len() > 1 {
        let versions: Vec<u64> = case.landings.iter().map(|landing| landing.version.version).collect();
        found.push((Check::AppliedTwice, format!("it has made the versions {versions:?}")));
    }
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

/// A value that was replaced must be the one that the caller saw.
fn readable(landing: &Landing<'_>, view: &View, field: &str, found: &mut Found) {
    let (before, after) = (value(landing.before, field), value(landing.version, field));
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
    let Some(view) = case.call.first_view() else { return };
    let before = value(landing.before, field);
    let mut looked_at = case.history.iter().filter(|version| version.etag == view.etag);
    if !looked_at.any(|version| value(version, field) == before) {
        let text = format!(
            "version {} has replaced {field} {before:?}, which is not what stood at etag {}",
            landing.version.version, view.etag
        );
        found.push((Check::LostUpdate, text));
    }
}
