//! An edit, its settling and its report, with the values of its resource as texts: the same for either kind.

use std::time::Duration;

use akua_http::{Client, Collection};
use akua_model::edit::{Edited, Outcome, ResumeMode, ResumeToken};
use akua_model::{Cluster, Patch, Resource, Workspace};
use akua_sim::{Kind, Simulator};
use serde_json::Value;

use crate::record::{self, Call, Claim, How, Report, Values, View, Want};

/// A kind of resource, as both sides of the test name it.
pub trait Edits: Resource {
    const STORED: Kind;
    fn of(client: &Client) -> Collection<Self>;
}

impl Edits for Cluster {
    const STORED: Kind = Kind::Cluster;
    fn of(client: &Client) -> Collection<Self> {
        client.clusters()
    }
}

impl Edits for Workspace {
    const STORED: Kind = Kind::Workspace;
    fn of(client: &Client) -> Collection<Self> {
        client.workspaces()
    }
}

/// Settles a call that is not, and adds what was reported to it.
pub fn settle(simulator: &Simulator, client: &Client, call: Call, mode: ResumeMode) -> Call {
    match call.kind {
        Kind::Workspace => settle_of::<Workspace>(simulator, client, call, mode),
        _ => settle_of::<Cluster>(simulator, client, call, mode),
    }
}

fn settle_of<R: Edits>(simulator: &Simulator, client: &Client, mut call: Call, mode: ResumeMode) -> Call {
    let Some(token) = call.unsettled.take() else {
        return call;
    };
    let token: ResumeToken = token.parse().unwrap();
    let written = call.writes().last().and_then(|(_, sent)| sent.values.get("kubeconfig"));
    let secrets = written.map(|text| ("kubeconfig", text.as_str())).into_iter().collect();
    let (started, from) = (record::now(), call.attempts.len());
    call.cut_short = false;
    call.cancel = None;
    let policy = call.policy;
    record::begin(call);
    let collection = R::of(client).policy(policy);
    let edited = collection.resolve(&token, mode, &secrets).unwrap();
    let mut call = record::end();
    let how = if mode == ResumeMode::Finish {
        How::Finish
    } else {
        How::Look
    };
    report(simulator, &mut call, how, from, started, told(&edited));
    call
}

/// Adds what was reported to a call, whose attempts for it are those after `from`.
pub fn report(simulator: &Simulator, call: &mut Call, how: How, from: usize, started: Duration, told: Told) {
    let (claim, token, story) = told;
    call.reports.push(Report {
        how,
        claim,
        attempts: from..call.attempts.len(),
        upto: current_version(simulator, call.kind, &call.id),
        began: started,
        took: record::now() - started,
        cut_short: call.cut_short,
        story,
    });
    call.unsettled = token;
}

/// What a client says at the end: its claim, the token to settle it with, its story.
pub type Told = (Claim, Option<String>, String);

pub fn told<R: Edits>(edited: &Edited<R>) -> Told {
    let token = match &edited.outcome {
        Outcome::Indeterminate(unknown) => Some(unknown.resume_token.to_string()),
        _ => None,
    };
    (Claim::of(edited), token, edited.explain())
}

/// The number of the version that is current now.
pub fn current_version(simulator: &Simulator, kind: Kind, id: &str) -> u64 {
    simulator.history(kind, id).unwrap().last().unwrap().version
}

pub fn id_of<R: Edits>(id: &str) -> R::Id {
    serde_json::from_value(Value::String(id.to_owned())).unwrap()
}

pub fn patch_of<R: Edits>(values: &Values) -> R::Patch {
    let pairs: Vec<(&str, &str)> = values
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    R::Patch::from_texts(&pairs).unwrap()
}

/// The readable fields of a version.
pub fn shown<R: Edits>(resource: &R) -> Values {
    let shown = |field| {
        Some((
            String::from(field),
            resource.shown(field).value()?.to_text().into_owned(),
        ))
    };
    R::FIELDS.iter().filter_map(|field| shown(field.name)).collect()
}

/// The caller asks for these values, having seen this.
pub fn want<R: Edits>(values: &Values, seen: Option<&R>) {
    let view = seen.map(|resource| View {
        etag: resource.etag().to_string(),
        values: shown(resource),
    });
    let values = values.clone();
    record::note(|call| call.wants.push(Want { values, view }));
}
