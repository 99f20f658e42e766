//! How edits end, in the two shapes that C sees: in effect, or an error.
//!
//! A program that looks at the status alone must not go wrong: so the status is `AKUA_OK` only where the change was carried
//! out, and whatever else an edit may end with is a failure with all that is known about it. Fields that the server has
//! stored otherwise than they were wanted are listed beside it. What is told is the report's; nothing is decided here.

use akua_http::Settled;
use akua_model::Cluster;
use akua_model::edit::{Edited, Proof};
use akua_model::report::{Effect, End, FieldValues, Kind, Report};

use crate::error::{FieldTexts, akua_error};
use crate::failure::Failure;
use crate::handle::Owned;
use crate::resource::Exported;
use crate::status::fixed;
use crate::text::{Lazy, Text, akua_str, shown};

/// An edit that is in effect.
pub(crate) struct Ended<R: Exported> {
    pub(crate) edited: Edited<R>,
    /// The fields that the server has stored otherwise than they were wanted.
    pub(crate) fields: Vec<Stored>,
    pub(crate) attempts: u32,
    pub(crate) requests: u32,
    resource: Option<Owned<R::Shown>>,
    outcome: Option<Text>,
    proof: Option<Text>,
    etag: Option<Text>,
    unreadable: Option<Owned<akua_error>>,
    explain: Lazy,
}

/// A field that the server has stored otherwise than it was wanted.
pub(crate) struct Stored {
    pub(crate) texts: FieldTexts,
    result: &'static str,
}

impl Stored {
    /// What the server has made of it.
    pub(crate) fn result(&self) -> akua_str {
        fixed(self.result)
    }

    fn all(fields: &[FieldValues], result: &'static str) -> impl Iterator<Item = Self> {
        fields.iter().map(move |values| Self {
            texts: values.into(),
            result,
        })
    }
}

impl<R: Exported> Ended<R> {
    pub(crate) fn new(edited: Edited<R>) -> Result<Self, Failure> {
        let report = Report::from(&edited);
        if !matches!(report.effect, Effect::Applied | Effect::Unchanged) {
            return Err(failed(&report, edited.into_version()));
        }
        let adjusted = Stored::all(&report.adjusted, "adjusted\0");
        Ok(Self {
            fields: adjusted.chain(Stored::all(&report.not_taken, "not_taken\0")).collect(),
            attempts: report.attempts,
            requests: report.requests,
            resource: edited.resource().cloned().map(|resource| Owned::new(resource.shown())),
            outcome: Text::optional(report.end.map(End::outcome)),
            proof: Text::optional(report.proof.map(Proof::name)),
            etag: Text::optional(report.etag.as_deref()),
            unreadable: (report.kind == Kind::Decode).then(|| Owned::new(akua_error::from(&report))),
            explain: Lazy::default(),
            edited,
        })
    }

    pub(crate) fn outcome(&self) -> akua_str {
        shown(self.outcome.as_ref())
    }

    pub(crate) fn proof(&self) -> akua_str {
        shown(self.proof.as_ref())
    }

    pub(crate) fn etag(&self) -> akua_str {
        shown(self.etag.as_ref())
    }

    pub(crate) fn resource(&self) -> *const R::Shown {
        self.resource.as_ref().map_or(std::ptr::null(), Owned::lend)
    }

    pub(crate) fn unreadable(&self) -> *const akua_error {
        self.unreadable.as_ref().map_or(std::ptr::null(), Owned::lend)
    }

    pub(crate) fn explain(&self) -> akua_str {
        self.explain.made(|| Text::new(&self.edited.explain()))
    }

    pub(crate) fn field(&self, index: usize) -> Option<&Stored> {
        self.fields.get(index)
    }
}

/// The error that an edit or a wait ended with, and the version beside it.
fn failed<R: Exported>(report: &Report, version: Option<R>) -> Failure {
    let mut error = akua_error::from(report);
    if let Some(version) = version {
        R::keep(&mut error, Owned::new(version.shown()));
    }
    error.into()
}

/// How a wait ended: the cluster if it has settled, else an error. None of these says how the write before it ended.
pub(crate) fn settled(settled: Settled) -> Result<Cluster, Failure> {
    let report = Report::from(&settled);
    match (report.kind, settled.into_cluster()) {
        (Kind::Ok, Some(cluster)) => Ok(cluster),
        (_, last) => Err(failed(&report, last)),
    }
}
