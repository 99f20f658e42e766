//! The report of a wait for an operation. A wait only reads: what the launch before it did is no part of this.

use super::{Effect, End, Kind, Report, hint};
use crate::waiting::{Fate, Now, WaitEnd, Waited};

impl From<&Waited> for Report {
    fn from(waited: &Waited) -> Self {
        let (kind, end) = match &waited.end {
            WaitEnd::Done(Fate::Succeeded) => (Kind::Ok, End::Succeeded),
            WaitEnd::Done(Fate::Failed { .. }) => (Kind::OperationFailed, End::OperationFailed),
            WaitEnd::Done(Fate::Cancelled { .. }) => (Kind::OperationCancelled, End::OperationCancelled),
            WaitEnd::StillRunning { .. } => (Kind::StillRunning, End::StillRunning),
            WaitEnd::Done(Fate::Other(_)) | WaitEnd::LostTrack(_) => (Kind::LostTrack, End::LostTrack),
        };
        let mut report = Report::new(kind, Effect::NotApplied, waited.to_string());
        report.end = Some(end);
        if kind != Kind::Ok {
            report.hint = Some(hint::usual(kind).to_owned());
            report.message.push_str(&format!("\n  next: {}", hint::usual(kind)));
        }
        report.operation = Some(waited.operation.to_string());
        report.later = waited.later.iter().map(ToString::to_string).collect();
        report.seen_etag = match &waited.now {
            Now::Cluster(cluster) => Some(cluster.etag.to_string()),
            Now::Workspace(workspace) => Some(workspace.etag.to_string()),
            Now::NotFound | Now::NotKnown => None,
        };
        match &waited.end {
            WaitEnd::StillRunning { blocked_on } => {
                report.blocked_on.clone_from(blocked_on);
                report.resume_token = waited.token.as_ref().map(ToString::to_string);
            }
            WaitEnd::Done(Fate::Cancelled { asked_here, text }) => {
                report.asked_here = Some(*asked_here);
                report.detail.clone_from(text);
            }
            WaitEnd::Done(Fate::Failed { text }) => report.detail.clone_from(text),
            WaitEnd::LostTrack(_) => report.resume_token = waited.token.as_ref().map(ToString::to_string),
            WaitEnd::Done(Fate::Succeeded | Fate::Other(_)) => {}
        }
        report.requests = waited.requests;
        report
    }
}
