//! How work on an item ended, as the ledger keeps it and another process can send it.

use akua_model::edit::{Edited, FieldReport, FieldState, Indeterminate, NotApplied, Outcome};
use akua_model::{Resource, edit};
use serde::{Deserialize, Serialize};

use super::item::State;

/// How it is known that a change is in effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// The server answered 200 to the write.
    Acknowledged,
    /// A later read showed every wanted value. Somebody else may have written them.
    Observed,
}

akua_model::named!(Proof {
    Acknowledged => "acknowledged",
    Observed => "observed",
});

/// How work on an item ended. No secret is in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct End {
    /// Where the item stands now.
    pub state: State,
    /// How that is known, of an applied one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<Proof>,
    /// The etag of the version with the change in it, or of the one that stands in its way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// The status of the server's refusal; 200 if it has taken nothing of what it accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Of an indeterminate one: whether the write may land even now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub may_still_land: Option<bool>,
    /// Of an indeterminate one: the resume token that settles it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// What happened, in one line for a person.
    pub detail: String,
    /// Of a conflict or an indeterminate one: who has what, field by field. Of an applied one: the fields in which the
    /// server has stored another value or kept the old one. Of one that was answered with 200 and changed nothing: the
    /// fields that were not taken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<EndField>,
    /// How many requests were sent for it, reads included.
    pub requests: u64,
}

/// One field as the three sides have it. A value is `None` where it is not known, and always for a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EndField {
    /// The field.
    pub field: String,
    /// Its value when the caller saw it.
    pub base: Option<String>,
    /// Its wanted value.
    pub ours: Option<String>,
    /// Its value in the version read last.
    pub theirs: Option<String>,
    /// What the comparison says: `done`, `free`, `conflicting` or `unseen`; of the answer to our own write `adjusted` or
    /// `not_taken`; `None` if no other version was read.
    pub state: Option<String>,
}

impl End {
    /// An end of which nothing is known but this.
    pub(crate) fn of(state: State, detail: impl Into<String>) -> Self {
        Self {
            state,
            proof: None,
            etag: None,
            status: None,
            may_still_land: None,
            token: None,
            detail: detail.into(),
            fields: Vec::new(),
            requests: 0,
        }
    }

    /// Whether the server did not accept the credentials: it will accept them for no other item either.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        self.status == Some(401)
    }
}

impl<R: Resource> From<&Edited<R>> for End {
    fn from(edited: &Edited<R>) -> Self {
        let mut end = Self::of(
            State::Applied,
            edited.outcome.to_string().lines().next().unwrap_or_default(),
        );
        end.requests = edited.requests() as u64;
        match &edited.outcome {
            Outcome::Applied(applied) => {
                end.proof = Some(match applied.proof {
                    edit::Proof::Acknowledged => Proof::Acknowledged,
                    edit::Proof::Observed => Proof::Observed,
                });
                end.etag = Some(applied.etag.to_string());
                let adjusted = applied.adjusted.iter().map(|report| stored(report, "adjusted"));
                let not_taken = applied.not_taken.iter().map(|report| stored(report, "not_taken"));
                end.fields = adjusted.chain(not_taken).collect();
            }
            Outcome::Unchanged(resource) => {
                end.state = State::Unchanged;
                end.etag = Some(resource.etag().to_string());
            }
            Outcome::NotApplied(NotApplied::Conflict(conflict)) => {
                end.state = State::Conflict;
                end.etag = conflict.theirs.as_ref().map(|theirs| theirs.etag().to_string());
                end.fields = conflict.fields.iter().map(field).collect();
            }
            Outcome::NotApplied(NotApplied::Rejected(failed)) => {
                // These two are no verdict on the item: it is the caller who has no valid token, or no patience.
                let passes = matches!(failed.status, 401 | 429);
                end.state = if passes { State::NotSent } else { State::Rejected };
                end.status = Some(failed.status);
            }
            Outcome::NotApplied(NotApplied::Ignored(ignored)) => {
                end.state = State::Rejected;
                end.status = Some(200);
                end.etag = Some(ignored.etag.to_string());
                let fields = ignored.fields.iter();
                let was_to_change = |report: &&FieldReport| report.theirs.is_none() || report.theirs != report.ours;
                end.fields = fields
                    .filter(was_to_change)
                    .map(|report| stored(report, "not_taken"))
                    .collect();
            }
            Outcome::NotApplied(NotApplied::NotSent { .. }) => end.state = State::NotSent,
            Outcome::Indeterminate(unknown) => end.leave_open(unknown),
        }
        end
    }
}

impl End {
    fn leave_open<R: Resource>(&mut self, unknown: &Indeterminate<R>) {
        self.state = State::Indeterminate;
        self.status = unknown.answer.as_ref().map(|answer| answer.status);
        self.may_still_land = Some(unknown.may_still_land);
        self.token = Some(unknown.resume_token.to_string());
        self.etag = unknown.seen.as_ref().map(|seen| seen.etag().to_string());
        self.fields = unknown.fields.iter().map(field).collect();
    }
}

fn field(report: &FieldReport) -> EndField {
    EndField {
        field: report.field.name.to_owned(),
        base: report.base.clone(),
        ours: report.ours.clone(),
        theirs: report.theirs.clone(),
        state: report.state.map(FieldState::name).map(str::to_owned),
    }
}

/// A field of which the answer to our own write shows something else than ours.
fn stored(report: &FieldReport, state: &str) -> EndField {
    EndField {
        state: Some(state.to_owned()),
        ..field(report)
    }
}
