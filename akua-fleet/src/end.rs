//! How work on an item ended, as the ledger keeps it and another process can send it.

pub use akua_model::edit::Proof;
use akua_model::edit::{Edited, FieldState, LaunchOutcome, Launched, NotApplied, Outcome, WaitToken, made_by};
use akua_model::report::{Effect, End as CallEnd, FieldValues, Kind, Report};
use akua_model::waiting::{Now, Waited};
use akua_model::{OwnerType, Printable, Resource, Timestamp};
use serde::{Deserialize, Serialize};

use super::item::State;

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
    /// The status of the server's refusal or failure; 200 if it has taken nothing of what it accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Of an indeterminate one: whether the write may land even now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub may_still_land: Option<bool>,
    /// Of an indeterminate one: the resume token that settles it. Of one that was started, and whose operation has no end
    /// that is known: the token to wait for it with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// Of a launch: how that ended. `applied` of one with an operation says that it was accepted, and nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub launch: Option<CallEnd>,
    /// Of an accepted launch: how the wait for its operation ended; `None` if nobody has waited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fate: Option<CallEnd>,
    /// Of an accepted launch: the id of its operation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// Of a create that was carried out: the id of what was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<String>,
    /// Of any other create: what stands there and may have been made by it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<Candidate>,
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

/// A resource that may have been made by a create of which it is not known. It may as well be somebody else's: nothing is concluded
/// from it, and it is neither changed nor deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Candidate {
    /// Its id.
    pub id: String,
    /// What makes it one.
    pub reason: Reason,
    /// The same in words, for a person.
    pub why: String,
}

akua_model::named! {
    /// What makes something a [`Candidate`].
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    #[non_exhaustive]
    pub enum Reason {
        /// It is listed under the wanted name, nothing that is shown of it is another than was wanted, and it may be no older than the
        /// first sending.
        Namesake = "namesake",
        /// The operation of the create works on it, or has. What that means for a create is not documented.
        Operation = "operation",
    }
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
    /// An end of which nothing is known but this. It is for a person: what would act where it is printed is escaped.
    pub(crate) fn of(state: State, detail: impl Into<String>) -> Self {
        Self {
            state,
            proof: None,
            etag: None,
            status: None,
            may_still_land: None,
            token: None,
            launch: None,
            fate: None,
            operation: None,
            made: None,
            candidates: Vec::new(),
            detail: Printable(&detail.into()).to_string(),
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
        let report = Report::from(edited);
        let state = state(&edited.outcome, report.kind);
        let mut end = Self::of(state, edited.outcome.to_string().lines().next().unwrap_or_default());
        let not_taken = |field: &FieldValues| field.theirs.is_none() || field.theirs != field.ours;
        let (fields, ignored) = match report.kind {
            Kind::Ignored => (Vec::new(), report.fields),
            _ => (report.fields, Vec::new()),
        };
        end.fields = EndField::all(fields, None)
            .chain(EndField::all(report.adjusted, Some("adjusted")))
            .chain(EndField::all(report.not_taken, Some("not_taken")))
            .chain(EndField::all(ignored.into_iter().filter(not_taken), Some("not_taken")))
            .collect();
        end.proof = report.proof;
        end.etag = report.etag.or(report.seen_etag);
        end.status = report.status.filter(|_| report.effect != Effect::Applied);
        end.may_still_land = report.may_still_land;
        end.token = report.resume_token;
        end.requests = report.requests.into();
        end
    }
}

impl From<&Launched> for End {
    fn from(launched: &Launched) -> Self {
        let report = Report::from(launched);
        let accepted = launched.accepted().is_some();
        let outcome = launched.outcome.to_string();
        let mut end = Self::of(state_of_launch(report.end, report.kind, accepted), outcome);
        end.launch = report.end;
        end.proof = report.proof;
        end.etag = report.seen_etag;
        end.status = report.status.filter(|_| report.effect != Effect::Applied);
        end.may_still_land = report.may_still_land;
        end.token = report.resume_token;
        end.operation = report.operation;
        end.made = report.made;
        if launched.kind.creates() {
            end.candidates = Candidate::namesakes(launched);
        }
        end.requests = report.requests.into();
        end
    }
}

impl Candidate {
    fn namesakes(launched: &Launched) -> Vec<Self> {
        let since = match &launched.outcome {
            LaunchOutcome::Indeterminate(open) => format!(
                ", at {}",
                Timestamp::from_unix_seconds(open.token.first_sent().div_euclid(1000))
            ),
            _ => String::new(),
        };
        let name = launched.name.as_deref().unwrap_or_default();
        let why = format!(
            "it is called `{}`, nothing that is shown of it is another than was wanted, and it may be no older than the first sending{since}",
            Printable(name)
        );
        let candidates = launched.candidates.iter().map(|id| Self {
            id: id.clone(),
            reason: Reason::Namesake,
            why: why.clone(),
        });
        candidates.collect()
    }

    /// What the operation of a create works on, where nobody has said that it is what was made: it is all that points to what is
    /// left of one that has failed. `None` if it is gone.
    fn worked_on(waited: &Waited) -> Option<Self> {
        let shown = waited.shown.as_ref()?;
        if shown.owner_type != OwnerType::Cluster || waited.now == Now::NotFound {
            return None;
        }
        let operation = Printable(waited.operation.as_str());
        let why = match (shown.done, &waited.now) {
            (true, Now::Cluster(cluster)) => {
                let (name, state) = (Printable(&cluster.name), Printable(cluster.state.as_str()));
                format!("operation {operation} has left it behind, called `{name}` and {state}: nothing removes it")
            }
            (true, _) => format!("operation {operation} has worked on it, and it could not be looked at"),
            (false, _) => format!("operation {operation} works on it"),
        };
        Some(Self {
            id: shown.owner_id.clone(),
            reason: Reason::Operation,
            why,
        })
    }
}

impl End {
    /// Where a launch stands that was accepted, with nothing known of its operation but this token.
    pub(crate) fn started(token: &WaitToken, detail: impl Into<String>) -> Self {
        let mut end = Self::of(State::Started, detail);
        end.launch = Some(CallEnd::Applied);
        end.proof = Some(Proof::Acknowledged);
        end.operation = Some(token.operation().to_owned());
        end.token = Some(token.to_string());
        end
    }

    /// How a launch stands that was accepted, after a wait for its operation.
    pub(crate) fn waited(token: &WaitToken, waited: &Waited) -> Self {
        let report = Report::from(waited);
        let mut end = Self::started(token, waited.to_string());
        end.state = state_of_operation(report.end);
        end.token = end.token.filter(|_| end.state.is_open());
        end.fate = report.end;
        end.etag = report.seen_etag;
        if token.kind().creates() {
            end.made = waited.shown.as_deref().and_then(made_by).map(|id| id.to_string());
            end.candidates = Candidate::worked_on(waited)
                .filter(|_| end.made.is_none())
                .into_iter()
                .collect();
            if let (State::Failed | State::Cancelled, [left]) = (end.state, &*end.candidates) {
                end.detail.push_str(&format!("; {}: {}", Printable(&left.id), left.why));
            }
        }
        end.requests = report.requests.into();
        end
    }
}

/// Where an item stands whose launch ended so. That it was accepted says nothing of its operation.
fn state_of_launch(end: Option<CallEnd>, kind: Kind, accepted: bool) -> State {
    match end {
        Some(CallEnd::Applied) if accepted => State::Started,
        Some(CallEnd::Applied) => State::Applied,
        Some(CallEnd::Unchanged) => State::Unchanged,
        Some(CallEnd::Conflict) => State::Conflict,
        // As for an edit: it is the caller who has no valid token, or no time left.
        Some(CallEnd::Rejected) if matches!(kind, Kind::Authentication | Kind::RateLimited) => State::NotSent,
        Some(CallEnd::Rejected) => State::Rejected,
        Some(CallEnd::NotSent) => State::NotSent,
        // The others are ends of edits and of waits. Nothing is ever concluded from what is not known.
        _ => State::Indeterminate,
    }
}

/// Where an item stands whose launch was accepted, after a wait that ended so.
fn state_of_operation(end: Option<CallEnd>) -> State {
    match end {
        Some(CallEnd::Succeeded) => State::Applied,
        Some(CallEnd::OperationFailed) => State::Failed,
        Some(CallEnd::OperationCancelled) => State::Cancelled,
        Some(CallEnd::StillRunning) => State::Started,
        // `LostTrack`. The others are ends of edits and of other waits.
        _ => State::LostTrack,
    }
}

/// Where an item stands whose edit ended so.
fn state<R: Resource>(outcome: &Outcome<R>, kind: Kind) -> State {
    match outcome {
        Outcome::Applied(_) => State::Applied,
        Outcome::Unchanged(_) => State::Unchanged,
        Outcome::NotApplied(NotApplied::Conflict(_)) => State::Conflict,
        // These two are no verdict on the item: it is the caller who has no valid token, or no time left.
        Outcome::NotApplied(NotApplied::Rejected(_)) if matches!(kind, Kind::Authentication | Kind::RateLimited) => {
            State::NotSent
        }
        Outcome::NotApplied(NotApplied::Rejected(_) | NotApplied::Ignored(_)) => State::Rejected,
        Outcome::NotApplied(NotApplied::NotSent { .. }) => State::NotSent,
        Outcome::Indeterminate(_) => State::Indeterminate,
    }
}

impl EndField {
    /// What a report lists, with `state` in place of its own where the answer to our own write shows it.
    fn all(fields: impl IntoIterator<Item = FieldValues>, state: Option<&'static str>) -> impl Iterator<Item = Self> {
        fields.into_iter().map(move |field| Self {
            state: state.or(field.state.map(FieldState::name)).map(str::to_owned),
            field: field.field,
            base: field.base,
            ours: field.ours,
            theirs: field.theirs,
        })
    }
}
