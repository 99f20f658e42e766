//! From the machine's end to that of a launch.

use super::event::{Cause, End, Proof, Reason};
use super::launch::Launch;
use super::launched::{LaunchOutcome, NotLaunched, OpenLaunch, Sight};
use super::value::FieldValue;
use crate::answer::Failed;
use crate::etag::Etag;

impl Launch {
    pub(super) fn outcome(&mut self, end: End<Etag, FieldValue>) -> LaunchOutcome {
        let not_sent = |cause, detail, answer: Option<Box<Failed>>| {
            // What was answered before is no reason of an end that came from elsewhere, but for credentials that ran out.
            let by_an_answer = !matches!(
                cause,
                Cause::Declined | Cause::Cancelled | Cause::NotConnected | Cause::UnusableEtag
            );
            let answer = answer.filter(|answer| by_an_answer || (cause == Cause::Declined && answer.status == 401));
            LaunchOutcome::NotApplied(NotLaunched::NotSent { cause, detail, answer })
        };
        match end {
            End::Launched { proof, seen } => match (proof, self.operation.take(), &self.token) {
                (Proof::Acknowledged, _, _) if self.made.is_some() => {
                    let made = self.made.take();
                    made.map_or(LaunchOutcome::Observed(None), LaunchOutcome::Made)
                }
                (Proof::Acknowledged, Some(operation), Some(token)) => {
                    LaunchOutcome::Accepted(token.accepted(&operation))
                }
                _ => LaunchOutcome::Observed(seen.map(Sight::shown_by)),
            },
            End::Unchanged(version) => {
                let is_gone = self.failed.as_ref().is_some_and(|failed| failed.status == 404);
                LaunchOutcome::Unchanged((!is_gone).then(|| Sight::shown_by(version)))
            }
            End::NotApplied(Reason::Conflict { theirs, .. }) => {
                LaunchOutcome::NotApplied(NotLaunched::Changed(theirs.map(Sight::shown_by)))
            }
            End::NotApplied(Reason::NotSent(cause)) => not_sent(cause, self.detail.take(), self.failed.take()),
            End::NotApplied(Reason::Rejected | Reason::Ignored(_)) => match self.failed.take() {
                Some(failed) => LaunchOutcome::NotApplied(NotLaunched::Rejected(failed)),
                None => not_sent(Cause::Refused, self.detail.take(), None),
            },
            // A launch sets no fields.
            End::Applied { version, .. } => LaunchOutcome::Observed(Some(Sight::shown_by(version))),
            End::Indeterminate {
                may_still_land,
                seen,
                cause,
            } => match self.token.clone() {
                Some(token) => LaunchOutcome::Indeterminate(Box::new(OpenLaunch {
                    may_still_land,
                    seen: seen.map(Sight::shown_by),
                    cause,
                    answer: self.failed.take(),
                    detail: self.detail.take(),
                    token,
                })),
                None => not_sent(cause, self.detail.take(), self.failed.take()),
            },
        }
    }
}
