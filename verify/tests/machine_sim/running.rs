//! An edit of either kind of resource behind one face, and its end without the resource's type.

use akua_model::edit::{
    Change, Clock, Edit, Edited, FieldReport, Input, NotApplied, Options, Outcome, Outgoing, ResumeMode, ResumeToken,
    Step, Target, Trace,
};
use akua_model::http::Response;
use akua_model::{Error, Patch, Resource, with_kind};
use akua_sim::Kind;
use akua_verify::record::Claim;

use crate::plan::Fields;

/// What can be written into each field: few values, so that different writers often want the same.
pub(crate) const CLUSTER_FIELDS: [(&str, &[&str]); 4] = [
    ("name", &["alpha", "beta", "Gamma"]),
    ("provider", &["managed_kaas", "imported_byoc"]),
    ("region_id", &["reg_1", "reg_2", "reg_3"]),
    (
        "kubeconfig",
        &["marker-kubeconfig-1", "marker-kubeconfig-2", "marker-kubeconfig-3"],
    ),
];
pub(crate) const WORKSPACE_FIELDS: [(&str, &[&str]); 2] = [
    ("name", &["alpha", "beta", "Gamma"]),
    ("slug", &["first-slug", "second-slug"]),
];
pub(crate) const SECRET_MARKER: &str = "marker-kubeconfig";

/// The properties that `fields` stand for.
pub(crate) fn assignments(kind: Kind, fields: Fields) -> Vec<(&'static str, &'static str)> {
    let alphabet: &[(&str, &[&str])] = match kind {
        Kind::Workspace => &WORKSPACE_FIELDS,
        _ => &CLUSTER_FIELDS,
    };
    let chosen = alphabet.iter().zip(fields).filter_map(|((name, values), value)| {
        let value = usize::from(value?);
        Some((*name, values[value % values.len()]))
    });
    let chosen: Vec<_> = chosen.collect();
    if chosen.is_empty() {
        vec![("name", "alpha")]
    } else {
        chosen
    }
}

/// What an edit is told.
#[derive(Clone, Debug)]
pub(crate) enum Fed {
    Begin,
    Answered(Response),
    NotSent,
    Lost,
    Declined,
    Patch(Option<Vec<(&'static str, &'static str)>>),
    NoPatch,
}

/// What an edit asks for.
pub(crate) enum Asked {
    /// A patch for the version with this etag.
    Patch {
        etag: String,
    },
    Send(Box<Outgoing>),
    Done(Box<Ended>),
}

/// An edit that has ended.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ended {
    pub(crate) claim: Claim,
    /// What it says of each field, and the etag of the version that it holds against ours.
    pub(crate) fields: Vec<FieldReport>,
    pub(crate) theirs: Option<String>,
    /// The version that it shows, to be taken up by a later edit.
    pub(crate) seen: Option<Vec<u8>>,
    /// With which it can be settled.
    pub(crate) token: Option<ResumeToken>,
    pub(crate) trace: Trace,
    pub(crate) requests: usize,
    pub(crate) words: String,
}

pub(crate) trait Running {
    fn step(&mut self, fed: Fed, clock: Clock) -> Asked;
    /// Whether the write that was asked for may still be sent.
    fn may_send(&self, clock: Clock) -> bool;
}

/// Begins an edit. `seen` is a version as an answer showed it.
pub(crate) fn begin(
    kind: Kind,
    id: &str,
    seen: Option<&[u8]>,
    patch: Option<&[(&str, &str)]>,
    options: Options,
) -> Result<Box<dyn Running>, Error> {
    with_kind!(kind, Resource R => begin_one::<R>(id, seen, patch, options), else => unreachable!("nothing is written of it"))
}

fn begin_one<R: Resource + 'static>(
    id: &str,
    seen: Option<&[u8]>,
    patch: Option<&[(&str, &str)]>,
    options: Options,
) -> Result<Box<dyn Running>, Error> {
    let target = match seen {
        Some(json) => Target::Seen(Box::new(serde_json::from_slice::<R>(json).unwrap())),
        None => Target::Id(serde_json::from_value(id.into()).unwrap()),
    };
    let change = match patch {
        Some(values) => Change::Patch(R::Patch::from_texts(values)?),
        None => Change::Asked,
    };
    Ok(Box::new(Edit::new(target, change, options)?))
}

/// Takes up a write that was left behind.
pub(crate) fn resume(
    kind: Kind,
    token: &ResumeToken,
    mode: ResumeMode,
    kubeconfig: Option<&str>,
    options: Options,
    clock: Clock,
) -> Result<Box<dyn Running>, Error> {
    let secrets = kubeconfig.map(|text| ("kubeconfig", text)).into_iter().collect();
    Ok(with_kind!(
        kind,
        Resource R => Box::new(Edit::<R>::resume(token, mode, &secrets, options, clock)?),
        else => unreachable!("nothing is written of it")
    ))
}

impl<R: Resource> Running for Edit<R> {
    fn may_send(&self, clock: Clock) -> bool {
        Edit::may_send(self, clock)
    }

    fn step(&mut self, fed: Fed, clock: Clock) -> Asked {
        let input = match fed {
            Fed::Begin => Input::Begin,
            Fed::Answered(response) => Input::Answered(response),
            Fed::NotSent => Input::NotSent("no connection".to_owned()),
            Fed::Lost => Input::Lost("no answer".to_owned()),
            Fed::Declined => Input::Declined("not begun".to_owned()),
            Fed::Patch(values) => Input::Patch(values.map(|values| R::Patch::from_texts(&values).unwrap())),
            Fed::NoPatch => Input::NoPatch("no patch".to_owned()),
        };
        match Edit::step(self, input, clock) {
            Step::NeedPatch(current) => Asked::Patch {
                etag: current.etag().as_str().to_owned(),
            },
            Step::Send(outgoing) => Asked::Send(outgoing),
            Step::Done(edited) => Asked::Done(Box::new(ended(&edited))),
        }
    }
}

fn ended<R: Resource>(edited: &Edited<R>) -> Ended {
    let etag = |resource: &R| resource.etag().to_string();
    let (fields, theirs, seen, token) = match &edited.outcome {
        Outcome::Applied(applied) => (&[][..], None, applied.resource.as_ref(), None),
        Outcome::Unchanged(resource) => (&[][..], None, Some(resource), None),
        Outcome::NotApplied(NotApplied::Conflict(conflict)) => {
            let theirs = conflict.theirs.as_ref();
            (&conflict.fields[..], theirs.map(etag), theirs, None)
        }
        Outcome::NotApplied(NotApplied::Ignored(ignored)) => {
            let etag = Some(ignored.etag.to_string());
            (&ignored.fields[..], etag, ignored.resource.as_ref(), None)
        }
        Outcome::NotApplied(_) => (&[][..], None, None, None),
        Outcome::Indeterminate(unknown) => (&unknown.fields[..], None, None, Some(unknown.resume_token.clone())),
    };
    Ended {
        claim: Claim::of(edited),
        fields: fields.to_vec(),
        theirs,
        seen: seen.map(|resource| serde_json::to_vec(resource).unwrap()),
        token,
        trace: edited.trace.clone(),
        requests: edited.requests(),
        words: edited.explain(),
    }
}
