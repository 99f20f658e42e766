//! From the machine's end to the caller's outcome.

use super::event::{Cause, End, FieldState, Reason, Version, Wanted};
use super::machine::Machine;
use super::outcome::{Applied, Conflict, FieldReport, Ignored, Indeterminate, NotApplied, Outcome};
use super::report;
use super::session::Edit;
use super::value::FieldValue;
use crate::etag::Etag;
use crate::property::Property;
use crate::resource::Resource;
use crate::value::Shown;

impl<R: Resource> Edit<R> {
    pub(super) fn outcome(&mut self, end: End<Etag, FieldValue>) -> Outcome<R> {
        match end {
            End::Applied {
                proof,
                version,
                whole,
                adjusted,
                not_taken,
            } => {
                let fields = self.fields(Some(&version), None);
                let among = |some: &[usize]| {
                    let listed = |report: &&FieldReport| some.iter().any(|at| R::FIELDS.get(*at) == Some(report.field));
                    fields.iter().filter(listed).cloned().collect()
                };
                let (adjusted, not_taken) = (among(&adjusted), among(&not_taken));
                Outcome::Applied(Applied {
                    proof,
                    adjusted,
                    not_taken,
                    etag: version.etag,
                    // What an earlier answer could not be read for is past once there is a version to show.
                    unreadable: self.unreadable.take().filter(|_| !whole),
                    resource: self.found.take().filter(|_| whole),
                    id: self.id.clone(),
                    if_match: self.machine().epoch.as_ref().and_then(|epoch| epoch.guard.clone()),
                    patch: self.patch.take(),
                })
            }
            // An edit launches nothing.
            End::Launched { .. } => self.not_sent(Cause::Declined),
            End::Unchanged(_) => match self.found.take().or_else(|| self.base.take()) {
                Some(resource) => Outcome::Unchanged(resource),
                None => self.not_sent(Cause::ReadFailed),
            },
            End::NotApplied(Reason::Conflict { theirs, fields }) => {
                let fields = self.fields(theirs.as_ref(), Some(&fields));
                let theirs = theirs.and_then(|_| self.found.take());
                Outcome::NotApplied(NotApplied::Conflict(Box::new(Conflict {
                    fields,
                    theirs,
                    ours: self.patch.take(),
                })))
            }
            End::NotApplied(Reason::Ignored(version)) => {
                let fields = self.fields(Some(&version), None);
                let found = self.found.take();
                Outcome::NotApplied(NotApplied::Ignored(Box::new(Ignored {
                    fields,
                    resource: found.filter(|found| *found.etag() == version.etag),
                    etag: version.etag,
                    request_id: self.request_id.take(),
                })))
            }
            End::NotApplied(Reason::Rejected) => match self.failed.take() {
                Some(failed) => Outcome::NotApplied(NotApplied::Rejected(failed)),
                None => self.not_sent(Cause::Refused),
            },
            // Refused with 401, and there were no other credentials to try.
            End::NotApplied(Reason::NotSent(Cause::Declined))
                if self.failed.as_ref().is_some_and(|failed| failed.status == 401) =>
            {
                self.outcome(End::NotApplied(Reason::Rejected))
            }
            End::NotApplied(Reason::NotSent(cause)) => self.not_sent(cause),
            End::Indeterminate {
                may_still_land,
                seen,
                cause,
            } => {
                let fields = self.fields(seen.as_ref(), None);
                let Some(resume_token) = self.token_with_evidence() else {
                    return self.not_sent(cause);
                };
                Outcome::Indeterminate(Box::new(Indeterminate {
                    may_still_land,
                    fields,
                    seen: seen.and_then(|_| self.found.take()),
                    cause,
                    answer: self.failed.take(),
                    detail: self.detail.take(),
                    resume_token,
                }))
            }
        }
    }

    fn not_sent(&mut self, cause: Cause) -> Outcome<R> {
        // What was answered before is no reason of an end that came from elsewhere.
        let by_an_answer = !matches!(
            cause,
            Cause::NoPatch | Cause::Declined | Cause::Cancelled | Cause::NotConnected | Cause::UnusableEtag
        );
        Outcome::NotApplied(NotApplied::NotSent {
            cause,
            detail: self.detail.take(),
            answer: self.failed.take().filter(|_| by_an_answer),
        })
    }

    fn fields(&self, theirs: Option<&Version<Etag, FieldValue>>, states: Option<&[FieldState]>) -> Vec<FieldReport> {
        fields_of(R::FIELDS, self.machine(), theirs, states)
    }
}

/// Every wanted field with what the three sides have.
fn fields_of(
    fields: &'static [Property],
    machine: &Machine<Etag, FieldValue>,
    theirs: Option<&Version<Etag, FieldValue>>,
    states: Option<&[FieldState]>,
) -> Vec<FieldReport> {
    let base = machine.base.as_ref();
    let states = match (states, theirs) {
        (Some(states), _) => states.to_vec(),
        (None, Some(theirs)) => report::merge(base, &machine.wanted, theirs, |_| true),
        (None, None) => Vec::new(),
    };
    let shown = |version: Option<&Version<Etag, FieldValue>>, index: usize| {
        let shown = version.and_then(|version| version.values.get(index));
        shown.map_or(Shown::Unreadable, |shown| {
            shown.as_ref().map(|value| value.as_str().to_owned())
        })
    };
    let report = |(position, wanted): (usize, &Wanted<FieldValue>)| {
        let field = fields.get(wanted.field)?;
        Some(FieldReport {
            field,
            base: shown(base, wanted.field),
            ours: if field.is_secret() {
                Shown::Unreadable
            } else {
                Shown::Is(wanted.value.as_str().to_owned())
            },
            theirs: shown(theirs, wanted.field),
            state: states.get(position).copied(),
        })
    };
    machine.wanted.iter().enumerate().filter_map(report).collect()
}
