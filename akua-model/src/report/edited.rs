//! The report of an edit: the one place in which an outcome is told to other languages.

use super::{Effect, End, FieldValues, Kind, Report, Side, hint, not_sent, rejected};
use crate::answer::Failed;
use crate::edit::{Edited, FieldReport, NotApplied, Outcome, Proof, ResumeToken, Trace};
use crate::error::Error;
use crate::etag::Etag;
use crate::printable::Printable;
use crate::resource::Resource;
use crate::value::Shown;

impl<R: Resource> From<&Edited<R>> for Report {
    fn from(edited: &Edited<R>) -> Self {
        let subject = hint::Subject {
            noun: R::NOUN,
            is_one: true,
            has_context: edited.has_context,
            if_match: None,
        };
        let report = match &edited.outcome {
            Outcome::Applied(applied) => {
                let values = [&applied.adjusted, &applied.not_taken].map(Vec::as_slice);
                let lacks = applied.resource.is_none().then_some(applied.unreadable.as_ref());
                of_applied(applied.proof, &applied.etag, values, lacks)
            }
            Outcome::Unchanged(resource) => {
                let mut report = ended(Kind::Ok, Effect::Unchanged, End::Unchanged);
                report.etag = Some(resource.etag().to_string());
                report
            }
            Outcome::NotApplied(NotApplied::Conflict(conflict)) => {
                of_conflict(&conflict.fields, conflict.theirs.as_ref().map(R::etag))
            }
            Outcome::NotApplied(NotApplied::Rejected(answer)) => rejected(&subject, answer, "", R::NOUN),
            Outcome::NotApplied(NotApplied::Ignored(ignored)) => {
                of_ignored(&ignored.fields, &ignored.etag, ignored.request_id.as_ref())
            }
            Outcome::NotApplied(NotApplied::NotSent { cause, detail, answer }) => {
                not_sent(&subject, &edited.trace, "", *cause, detail.as_ref(), answer.as_deref())
            }
            Outcome::Indeterminate(open) => {
                let seen = open.seen.as_ref().map(R::etag);
                let mut report = of_indeterminate(&open.fields, seen, &open.resume_token, open.answer.as_deref());
                report.cause = Some(open.cause);
                report.detail = open.detail.clone();
                report.may_still_land = Some(open.may_still_land);
                report
            }
        };
        in_words(
            report,
            &subject,
            edited.id.as_ref(),
            &edited.outcome.to_string(),
            &edited.trace,
        )
    }
}

/// The report with what it says to a person: of the outcome in words, and of the steps.
fn in_words(mut report: Report, subject: &hint::Subject<'_>, id: &str, outcome: &str, trace: &Trace) -> Report {
    report.message.insert_str(0, outcome);
    if report.kind != Kind::Ok {
        let about = format!("{} {}: ", subject.noun, Printable(id));
        report.message.insert_str(0, &about);
        if let Some(hint) = report.hint.as_ref().filter(|_| !report.message.contains("\n  next: ")) {
            report.message.push_str(&format!("\n  next: {hint}"));
        }
    }
    report.attempts = count(trace.writes());
    report.requests = count(trace.requests());
    report.story = Some(format!("{outcome}\n{trace}"));
    report
}

impl<R: Resource> Edited<R> {
    /// The version that stands beside the [`Report`]: the one with the change in it, the one in its way, or the one that was
    /// read last. `None` if there is none that could be read.
    #[must_use]
    pub fn into_version(self) -> Option<R> {
        match self.outcome {
            Outcome::Applied(applied) => applied.resource,
            Outcome::Unchanged(resource) => Some(resource),
            Outcome::NotApplied(NotApplied::Conflict(conflict)) => conflict.theirs,
            Outcome::NotApplied(NotApplied::Ignored(ignored)) => ignored.resource,
            Outcome::NotApplied(NotApplied::Rejected(_) | NotApplied::NotSent { .. }) => None,
            Outcome::Indeterminate(open) => open.seen,
        }
    }
}

fn ended(kind: Kind, effect: Effect, end: End) -> Report {
    let mut report = Report::new(kind, effect, "");
    report.end = Some(end);
    report
}

/// `lacks` is there where the version with the change in it could not be read, and says why if that is known.
fn of_applied(
    proof: Proof,
    etag: &Etag,
    [adjusted, not_taken]: [&[FieldReport]; 2],
    lacks: Option<Option<&Error>>,
) -> Report {
    let mut report = ended(Kind::Ok, Effect::Applied, End::Applied);
    report.proof = Some(proof);
    report.etag = Some(etag.to_string());
    report.adjusted = values(adjusted);
    report.not_taken = values(not_taken);
    if let Some(unreadable) = lacks {
        report.kind = Kind::Decode;
        report.status = (proof == Proof::Acknowledged).then_some(200);
        report.hint = Some("it took effect: go on with the new etag, don't write again".to_owned());
        if let Some(error) = unreadable {
            report.message = format!(", but {error}");
            report.problems = error.problems().to_vec();
        }
    }
    report
}

fn of_conflict(fields: &[FieldReport], theirs: Option<&Etag>) -> Report {
    let mut report = ended(Kind::Conflict, Effect::NotApplied, End::Conflict);
    report.fields = values(fields);
    report.seen_etag = theirs.map(ToString::to_string);
    report.current_etag = report.seen_etag.clone();
    let hint = match theirs {
        Some(_) => "take theirs, write ours over the version just seen, or make a new change",
        None => "read the resource and edit it again",
    };
    report.hint = Some(hint.to_owned());
    report
}

fn of_ignored(fields: &[FieldReport], etag: &Etag, request_id: Option<&String>) -> Report {
    let mut report = ended(Kind::Ignored, Effect::NotApplied, End::Ignored);
    report.status = Some(200);
    report.fields = values(fields);
    report.etag = Some(etag.to_string());
    report.current_etag = report.etag.clone();
    report.request_id = request_id.cloned();
    report.hint = Some("find out why the server does not take these values".to_owned());
    report
}

fn of_indeterminate(
    fields: &[FieldReport],
    seen: Option<&Etag>,
    resume_token: &ResumeToken,
    answer: Option<&Failed>,
) -> Report {
    let mut report = ended(Kind::Indeterminate, Effect::Unknown, End::Indeterminate);
    if let Some(answer) = answer {
        report.hear(answer);
    }
    report.fields = values(fields);
    report.seen_etag = seen.map(ToString::to_string);
    report.resume_token = Some(resume_token.to_string());
    report.hint = Some("settle it with `resolve` and its resume token".to_owned());
    report
}

fn values(reports: &[FieldReport]) -> Vec<FieldValues> {
    reports.iter().map(FieldValues::from).collect()
}

impl From<&FieldReport> for FieldValues {
    fn from(report: &FieldReport) -> Self {
        let sides = [
            (Side::Base, &report.base),
            (Side::Ours, &report.ours),
            (Side::Theirs, &report.theirs),
        ];
        let absent = sides.iter().filter(|(_, value)| **value == Shown::Absent);
        Self {
            field: report.field.name.to_owned(),
            base: report.base.clone().value(),
            ours: report.ours.clone().value(),
            theirs: report.theirs.clone().value(),
            absent: absent.map(|(side, _)| *side).collect(),
            state: report.state,
        }
    }
}

fn count(requests: usize) -> u32 {
    u32::try_from(requests).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::edit::{Cause, Change, Clock, Edit, FieldState, Input, Options, Step, Target};
    use crate::http::Response;
    use crate::{Cluster, ClusterPatch, Declared};

    const NOW: i64 = 1_700_000_000_000;

    fn clock(elapsed: Duration) -> Clock {
        Clock {
            elapsed,
            unix_ms: NOW,
            entropy: 1,
            ..Clock::default()
        }
    }

    /// The report of an edit of a cluster that was not read before, which hears `heard` in turn.
    fn report_of(heard: Vec<Input<Cluster>>) -> Report {
        let patch = ClusterPatch::builder().name("ours").build().unwrap();
        let target = Target::Id("clu_1".parse().unwrap());
        let mut edit = Edit::new(target, Change::Patch(patch), Options::default()).unwrap();
        let (mut elapsed, mut heard) = (Duration::ZERO, heard.into_iter());
        let mut input = Input::Begin;
        loop {
            match edit.step(input, clock(elapsed)) {
                Step::Done(edited) => {
                    let report = Report::from(&*edited);
                    let json = serde_json::to_string(&report).unwrap();
                    assert_eq!(serde_json::from_str::<Report>(&json).unwrap(), report, "{json}");
                    return report;
                }
                Step::Send(outgoing) => elapsed += outgoing.wait,
                Step::NeedPatch(_) => panic!("the patch was given"),
            }
            input = heard.next().unwrap_or_else(|| Input::Declined("enough".to_owned()));
        }
    }

    fn cluster(etag: &str, name: &str) -> Input<Cluster> {
        let body = format!(
            r#"{{"id":"clu_1","name":"{name}","workspace_id":"ws_1","state":"active","provider":"managed_kaas",
                "reconciling":false,"created_at":1700000000,"updated_at":1700000001,"etag":"{etag}"}}"#
        );
        answer(200, &[], &body)
    }

    fn answer(status: u16, headers: &[(&'static str, &str)], body: &str) -> Input<Cluster> {
        let headers = headers
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).to_owned()));
        Input::Answered(Response {
            status,
            headers: headers.collect(),
            body: body.as_bytes().to_vec(),
        })
    }

    #[test]
    fn a18_an_edit_that_sent_nothing_says_so_and_one_that_read_says_not_applied() {
        let nothing = report_of(vec![Input::NotSent("no connection".to_owned())]);
        assert_eq!((nothing.end, nothing.effect), (Some(End::NotSent), Effect::NotSent));
        assert_eq!(nothing.attempts, 0);
        let read = report_of(vec![cluster("42", "old"), Input::NotSent("no connection".to_owned())]);
        assert_eq!((read.end, read.effect), (Some(End::NotSent), Effect::NotApplied));
        assert_eq!(read.kind, Kind::of_cause(read.cause.unwrap()));
    }

    #[test]
    fn a18_a_wait_that_the_server_asks_for_is_told_in_either_form() {
        for (header, wait) in [("3600", 3_600_000), ("Tue, 14 Nov 2023 23:13:20 GMT", 3_600_000)] {
            let refusal = || answer(429, &[("retry-after", header), ("x-request-id", "r1")], "{}");
            let report = report_of(vec![cluster("42", "old"), refusal()]);
            assert_eq!(
                (report.end, report.kind),
                (Some(End::NotSent), Kind::RateLimited),
                "{report:?}"
            );
            assert_eq!(report.cause, Some(Cause::Throttled));
            assert_eq!(
                (report.status, report.retry_after_ms),
                (Some(429), Some(wait)),
                "{header}"
            );
        }
        let busy = || answer(503, &[("retry-after", "Tue, 14 Nov 2023 23:13:20 GMT")], "{}");
        let report = report_of(vec![cluster("42", "old"), busy()]);
        assert_eq!((report.end, report.effect), (Some(End::Indeterminate), Effect::Unknown));
        assert_eq!(report.retry_after_ms, Some(3_600_000));
        assert!(report.resume_token.is_some() && report.may_still_land == Some(true));
    }

    #[test]
    fn each_end_has_its_kind_and_effect() {
        let conflict = r#"{"errors":[{"code":7006,"message":"no","metadata":{"current_etag":"43"}}]}"#;
        for (heard, kind, effect, end) in [
            (
                vec![cluster("42", "old"), cluster("43", "ours")],
                Kind::Ok,
                Effect::Applied,
                End::Applied,
            ),
            (vec![cluster("42", "ours")], Kind::Ok, Effect::Unchanged, End::Unchanged),
            (
                vec![
                    cluster("42", "old"),
                    answer(409, &[], conflict),
                    cluster("43", "theirs"),
                ],
                Kind::Conflict,
                Effect::NotApplied,
                End::Conflict,
            ),
            (
                vec![answer(404, &[], "{}")],
                Kind::NotFound,
                Effect::NotApplied,
                End::Rejected,
            ),
            (
                vec![cluster("42", "old"), answer(422, &[], "{}")],
                Kind::Rejected,
                Effect::NotApplied,
                End::Rejected,
            ),
            (
                vec![cluster("42", "old"), answer(200, &[], r#"{"id":"clu_1","etag":"43"}"#)],
                Kind::Decode,
                Effect::Applied,
                End::Applied,
            ),
        ] {
            let report = report_of(heard);
            let outcome = end.outcome().replace('_', " ");
            assert_eq!(
                (report.kind, report.effect, report.end),
                (kind, effect, Some(end)),
                "{report:#?}"
            );
            let named = report.message.strip_prefix("cluster clu_1: ");
            let message = named.unwrap_or(&report.message);
            assert_eq!(named.is_some(), kind != Kind::Ok);
            assert!(message.starts_with(&outcome), "{message}");
            assert!(report.story.as_ref().is_some_and(|story| story.starts_with(&outcome)));
        }
    }

    #[test]
    fn a17_what_is_not_there_and_what_is_not_known_are_told_apart() {
        let told = |theirs| {
            FieldValues::from(&FieldReport {
                field: &Cluster::FIELDS[0],
                base: Shown::Is("old".to_owned()),
                ours: Shown::Unreadable,
                theirs,
                state: None,
            })
        };
        let in_json = |values: &FieldValues| serde_json::to_string(values).unwrap();
        let (absent, unreadable) = (told(Shown::Absent), told(Shown::Unreadable));
        assert_eq!((&absent.theirs, &unreadable.theirs), (&None, &None));
        assert_eq!(in_json(&absent), r#"{"field":"name","base":"old","absent":["theirs"]}"#);
        assert_eq!(in_json(&unreadable), r#"{"field":"name","base":"old"}"#);
        assert_eq!(serde_json::from_str::<FieldValues>(&in_json(&absent)).unwrap(), absent);
    }

    #[test]
    fn the_fields_of_a_conflict_are_carried_over() {
        let report = report_of(vec![
            cluster("42", "old"),
            answer(412, &[], "{}"),
            cluster("43", "theirs"),
        ]);
        let [field] = &report.fields[..] else {
            panic!("{report:?}")
        };
        assert_eq!(
            (field.field.as_str(), field.state),
            ("name", Some(FieldState::Conflicting))
        );
        assert_eq!(
            (field.base.as_deref(), field.ours.as_deref(), field.theirs.as_deref()),
            (Some("old"), Some("ours"), Some("theirs"))
        );
        assert_eq!(report.current_etag.as_deref(), Some("43"));
        assert_eq!((report.attempts, report.requests), (1, 3));
    }
}
