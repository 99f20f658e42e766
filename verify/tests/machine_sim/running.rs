//! An edit of either kind of resource behind one face, and its end without the resource's type.

use akua_model::edit::{
    Cause, Change, Clock, Edit, FieldReport, Input, NotApplied, Options, Outcome, Outgoing, Proof, ResumeMode,
    ResumeToken, Step, Target, Trace,
};
use akua_model::http::Response;
use akua_model::{Cluster, Error, Patch, Resource, Workspace};
use akua_sim::Kind;

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
        Kind::Cluster => &CLUSTER_FIELDS,
        Kind::Workspace => &WORKSPACE_FIELDS,
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
    pub(crate) ending: Ending,
    pub(crate) trace: Trace,
    pub(crate) requests: usize,
    pub(crate) words: String,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Ending {
    Applied {
        proof: Proof,
        etag: String,
        shown: Option<Shown>,
        adjusted: Vec<FieldReport>,
        not_taken: Vec<FieldReport>,
    },
    Unchanged(Shown),
    Conflict {
        fields: Vec<FieldReport>,
        theirs: Option<Shown>,
    },
    Rejected {
        status: u16,
    },
    /// Answered 200, and nothing has changed.
    Ignored {
        etag: String,
        fields: Vec<FieldReport>,
        shown: Option<Shown>,
    },
    NotSent(Cause),
    Indeterminate {
        may_still_land: bool,
        cause: Cause,
        fields: Vec<FieldReport>,
        token: Box<ResumeToken>,
    },
}

/// A version as an edit showed it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Shown {
    pub(crate) etag: String,
    /// The readable ones of the fields that can be written.
    pub(crate) values: Vec<(&'static str, String)>,
    /// All of it, to be taken up by a later edit.
    pub(crate) json: Vec<u8>,
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
    match kind {
        Kind::Cluster => begin_one::<Cluster>(id, seen, patch, options),
        Kind::Workspace => begin_one::<Workspace>(id, seen, patch, options),
    }
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
    Ok(match kind {
        Kind::Cluster => Box::new(Edit::<Cluster>::resume(token, mode, &secrets, options, clock)?),
        Kind::Workspace => Box::new(Edit::<Workspace>::resume(token, mode, &secrets, options, clock)?),
    })
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
            Step::Done(edited) => Asked::Done(Box::new(Ended {
                requests: edited.requests(),
                words: edited.explain(),
                trace: edited.trace.clone(),
                ending: ending(edited.outcome),
            })),
        }
    }
}

fn ending<R: Resource>(outcome: Outcome<R>) -> Ending {
    match outcome {
        Outcome::Applied(applied) => Ending::Applied {
            proof: applied.proof,
            etag: applied.etag.as_str().to_owned(),
            shown: applied.resource.as_ref().map(shown),
            adjusted: applied.adjusted,
            not_taken: applied.not_taken,
        },
        Outcome::Unchanged(resource) => Ending::Unchanged(shown(&resource)),
        Outcome::NotApplied(NotApplied::Conflict(conflict)) => Ending::Conflict {
            theirs: conflict.theirs.as_ref().map(shown),
            fields: conflict.fields,
        },
        Outcome::NotApplied(NotApplied::Rejected(failed)) => Ending::Rejected { status: failed.status },
        Outcome::NotApplied(NotApplied::Ignored(ignored)) => Ending::Ignored {
            etag: ignored.etag.as_str().to_owned(),
            shown: ignored.resource.as_ref().map(shown),
            fields: ignored.fields,
        },
        Outcome::NotApplied(NotApplied::NotSent { cause, .. }) => Ending::NotSent(cause),
        Outcome::Indeterminate(unknown) => Ending::Indeterminate {
            may_still_land: unknown.may_still_land,
            cause: unknown.cause,
            fields: unknown.fields,
            token: Box::new(unknown.resume_token),
        },
    }
}

fn shown<R: Resource>(resource: &R) -> Shown {
    let value = |field: &'static akua_model::Property| {
        let value = resource.value(field).value()?;
        Some((field.name, value.to_text().into_owned()))
    };
    Shown {
        etag: resource.etag().as_str().to_owned(),
        values: R::FIELDS.iter().filter_map(value).collect(),
        json: serde_json::to_vec(resource).unwrap(),
    }
}
