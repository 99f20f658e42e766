//! What must hold, whatever happens. Breaches show in two places: at the end of a call and at the landing of a write.

use super::breach::{Breach, Ended};
use super::domain::{ANYTHING, Etags, KUBECONFIG, OURS, PROVIDER, Patch};
use super::network::Request;
use super::server::Moment;
use super::setting::Setting;
use super::state::State;
use crate::edit::event::{End, Proof, Reason, Version};
use crate::value::Shown;

/// What is wrong with this end. The client's memory is still there.
pub(super) fn at_end(setting: &Setting, state: &State, end: &End<u8, u8>) -> (Ended, Option<Breach>) {
    let patch = state.client.as_ref().map_or([None; 3], |client| client.patch());
    let in_effect = patches(setting)
        .iter()
        .position(|known| *known == patch)
        .is_some_and(|index| state.held[index]);
    let landed = state.has_landed();
    let may_show_others = !setting.truth.contract.answers_show_written_version && state.foreign_left < setting.foreign;
    match end {
        End::Applied { proof, version, .. } => {
            let breach = match proof {
                // A server that carries nothing out, and answers with what another has written who wanted the same, is
                // believed: what can be read of the change is in effect.
                Proof::Acknowledged if !landed && may_show_others && shows(version, &patch) => None,
                Proof::Acknowledged if !landed => Some(Breach::AcknowledgedWithoutLanding),
                Proof::Observed if !in_effect => Some(Breach::ObservedWithoutEffect),
                _ => None,
            };
            (Ended::Applied, breach)
        }
        // No edit ends so.
        End::Launched { .. } => (Ended::Applied, Some(Breach::AcknowledgedWithoutLanding)),
        End::Unchanged(_) => {
            // A read before the first write may be stale; after a 409 it proves nothing then.
            let may_be_stale = !setting.truth.contract.reads_linearizable && !state.wrote;
            let told = state.read && (in_effect || may_be_stale);
            let breach = match (landed, told) {
                (true, _) => Some(Breach::UnchangedButLanded),
                (_, false) => Some(Breach::UnchangedWithoutEffect),
                _ => None,
            };
            (Ended::Unchanged, breach)
        }
        End::NotApplied(_) if landed => (Ended::NotApplied, Some(Breach::NotAppliedButLanded)),
        // After a stale read, a conflict is one with what that showed, or a 409 about something else that it made look
        // like one.
        End::NotApplied(Reason::Conflict { .. }) if state.foreign_left == setting.foreign && !state.misled => {
            (Ended::NotApplied, Some(Breach::ConflictWithItself))
        }
        End::NotApplied(_) => (Ended::NotApplied, None),
        End::Indeterminate { may_still_land, .. } => (
            Ended::Indeterminate {
                may_still_land: *may_still_land,
            },
            None,
        ),
    }
}

/// Whether everything that can be read of `patch` shows in `version`.
fn shows(version: &Version<u8, u8>, patch: &Patch) -> bool {
    (0..KUBECONFIG).all(|field| patch[field].is_none_or(|wanted| version.values[field] == Shown::Is(wanted)))
}

/// What is wrong with this landing, which is already counted.
pub(super) fn at_landing(setting: &Setting, state: &State, request: &Request, before: &Moment) -> Vec<Breach> {
    let mut breaches = Vec::new();
    match state.end {
        Some(Ended::NotApplied) => breaches.push(Breach::NotAppliedButLanded),
        Some(Ended::Unchanged) => breaches.push(Breach::UnchangedButLanded),
        Some(Ended::Indeterminate { may_still_land: false }) => breaches.push(Breach::LandedAfterAll),
        _ => {}
    }
    // Where something on the way has repeated a request, a client can't prevent that the repeat lands which the server
    // lets pass.
    let epochs = state.landed.iter().filter(|count| **count > 0).count();
    let repeated = state.repeats_left < setting.duplicates;
    let keyed = request.key.is_some();
    let carried = !repeated || setting.truth.stops_second_landing(&request.patch, keyed);
    if carried && (state.changed > 1 || epochs > 1) {
        breaches.push(Breach::LandedTwice);
    }
    // A restored backup may put a version that nobody has seen under an etag that the client was given.
    if setting.truth.etags == Etags::Restored {
        return breaches;
    }
    let overwrote = (0..before.values.len()).any(|field| {
        let Some(wanted) = request.patch[field] else {
            return false;
        };
        // What nobody can see is protected by the etag alone: where that does not cover it, not at all. What only some
        // answers leave out is covered: others may have changed it, but not without the etag.
        let covered = field != KUBECONFIG || setting.truth.contract.etag_covers_write_only;
        let is_seen = [wanted, request.seen[field]].contains(&before.values[field]);
        covered && !is_seen && request.seen[field] != ANYTHING
    });
    breaches.extend(overwrote.then_some(Breach::OverwroteUnseen));
    breaches
}

/// Everything that a client may want in this setting.
pub(super) fn patches(setting: &Setting) -> [Patch; 3] {
    let other = if setting.patch[PROVIDER].is_none() {
        Some(OURS)
    } else {
        None
    };
    [setting.patch, [None, other, None], [None; 3]]
}

/// Which of them are in effect at this moment.
pub(super) fn held(setting: &Setting, now: &Moment) -> [bool; 3] {
    patches(setting).map(|patch| {
        let mut fields = now.values.iter().zip(patch);
        fields.all(|(value, wanted)| wanted.is_none_or(|wanted| wanted == *value))
    })
}
