//! The report of a launch: the one place in which its end is told to other languages.

use super::{Effect, End, Kind, Report, hint, not_sent, rejected};
use crate::edit::{LaunchOutcome, Launched, NotLaunched, Proof};

impl From<&Launched> for Report {
    fn from(launched: &Launched) -> Self {
        let subject = hint::Subject {
            noun: match &launched.below {
                Some(_) => "cluster",
                None => launched.kind.of().name(),
            },
            is_one: true,
            has_context: launched.has_context,
            if_match: None,
        };
        let ended = |kind, effect, end| {
            let mut report = Report::new(kind, effect, launched.to_string());
            report.end = Some(end);
            report
        };
        let mut report = match &launched.outcome {
            LaunchOutcome::Accepted(token) => {
                let mut report = ended(Kind::Ok, Effect::Applied, End::Applied);
                report.proof = Some(Proof::Acknowledged);
                report.operation = Some(token.operation().to_owned());
                report.resume_token = Some(token.to_string());
                report
            }
            LaunchOutcome::Made(made) => {
                let mut report = ended(Kind::Ok, Effect::Applied, End::Applied);
                report.proof = Some(Proof::Acknowledged);
                report.seen_etag = made.etag().map(ToString::to_string);
                report.made = Some(made.id().to_owned());
                report
            }
            LaunchOutcome::Observed(seen) => {
                let mut report = ended(Kind::Ok, Effect::Applied, End::Applied);
                report.proof = Some(Proof::Observed);
                report.seen_etag = seen.as_ref().map(|seen| seen.etag.to_string());
                report
            }
            LaunchOutcome::Unchanged(seen) => {
                let mut report = ended(Kind::Ok, Effect::Unchanged, End::Unchanged);
                report.seen_etag = seen.as_ref().map(|seen| seen.etag.to_string());
                report
            }
            LaunchOutcome::NotApplied(NotLaunched::Changed(theirs)) => {
                let mut report = ended(Kind::Conflict, Effect::NotApplied, End::Conflict);
                report.seen_etag = theirs.as_ref().map(|theirs| theirs.etag.to_string());
                report.current_etag = report.seen_etag.clone();
                report.hint = Some(format!(
                    "look at the {} as it is now, and decide anew: it is done on a version that was seen or not at all",
                    subject.noun
                ));
                report
            }
            LaunchOutcome::NotApplied(NotLaunched::Rejected(answer)) => {
                rejected(&subject, answer, &launched.to_string(), "operation")
            }
            LaunchOutcome::NotApplied(NotLaunched::NotSent { cause, detail, answer }) => {
                let (message, answer) = (launched.to_string(), answer.as_deref());
                not_sent(&subject, &launched.trace, &message, *cause, detail.as_ref(), answer)
            }
            LaunchOutcome::Indeterminate(open) => {
                let mut report = ended(Kind::Indeterminate, Effect::Unknown, End::Indeterminate);
                if let Some(answer) = &open.answer {
                    report.hear(answer);
                }
                report.cause = Some(open.cause);
                report.detail = open.detail.clone();
                report.seen_etag = open.seen.as_ref().map(|seen| seen.etag.to_string());
                report.may_still_land = Some(open.may_still_land);
                report.resume_token = Some(open.token.to_string());
                report.hint = Some(match launched.kind.answers_secret() {
                    true => {
                        "it may exist: revoke the candidates that nobody else needs, then make another; `resolve` with \
                             its resume token looks again"
                            .to_owned()
                    }
                    false => "settle it with `resolve` and its resume token; don't send it anew".to_owned(),
                });
                report
            }
        };
        report.candidates.clone_from(&launched.candidates);
        if let Some(hint) = &report.hint {
            report.message.push_str(&format!("\n  next: {hint}"));
        }
        report.attempts = count(launched.trace.writes());
        report.requests = count(launched.requests());
        report.story = Some(launched.explain());
        report
    }
}

fn count(requests: usize) -> u32 {
    u32::try_from(requests).unwrap_or(u32::MAX)
}
