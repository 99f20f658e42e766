//! The one error of this crate: what happened, what the server said, whether the request may have taken effect, and
//! the way out.
//!
//! It holds no token and no kubeconfig, whatever a server repeats.

mod about;
mod build;
mod verdict;
mod words;

use std::time::Duration;

use akua_model::answer::Failed;
pub use akua_model::report::{Effect, Kind as ErrorKind};
use akua_model::{Etag, Problem, ServerError};

pub(crate) use self::about::About;

/// Why a call did not give what was asked for.
///
/// `Display` tells the whole story in one line: the call, what happened, whether a write may have taken effect, and
/// what to do next. The same is there as data: [`kind`](Self::kind), [`effect`](Self::effect),
/// [`server_errors`](Self::server_errors) and so on.
///
/// ```
/// use std::sync::Arc;
/// use akua_http::{Client, Effect, ErrorKind, transport::scripted::ScriptedTransport};
/// use akua_model::ClusterPatch;
///
/// let wire = Arc::new(ScriptedTransport::new());
/// wire.answer(409, r#"{"success":false,"errors":[{"code":7006,"message":"version mismatch",
///     "metadata":{"current_etag":"43"}}],"result":{}}"#);
/// let client = Client::builder().token("t").transport(Arc::clone(&wire)).build()?;
///
/// let patch = ClusterPatch::builder().name("prod-eu").build()?;
/// let error = client.clusters().update(&"clu_1".parse()?, &"42".parse()?, &patch).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Conflict);
/// assert_eq!(error.effect(), Effect::NotApplied);
/// assert_eq!(error.current_etag().map(|etag| etag.as_str()), Some("43"));
/// # Ok::<(), akua_http::Error>(())
/// ```
#[derive(Clone)]
pub struct Error(Box<Details>);

#[derive(Clone)]
struct Details {
    kind: ErrorKind,
    effect: Effect,
    /// The verb and the path, where a request was involved.
    call: Option<String>,
    /// Whether the request was one that changes something.
    write: bool,
    /// Whether the call was to settle the write of a resume token, and failed before it could.
    resolving: bool,
    /// What happened.
    story: String,
    /// What to do about it.
    hint: Option<String>,
    attempts: u32,
    status: Option<u16>,
    answer: Option<Box<Failed>>,
    problems: Vec<Problem>,
    new_etag: Option<Etag>,
    request_id: Option<String>,
}

impl Error {
    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What is known about the effect of the request.
    #[must_use]
    pub fn effect(&self) -> Effect {
        self.0.effect
    }

    /// Whether the request may have changed something: false only if it is certain that it did not and will not.
    ///
    /// Never true for a read. Always true for an error of [`resolve`](crate::Collection::resolve): it speaks about the
    /// write that the token belongs to.
    #[must_use]
    pub fn may_have_taken_effect(&self) -> bool {
        self.0.effect.may_have_taken_effect()
    }

    /// The HTTP status, if at least the head of an answer arrived.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// What the server said went wrong, in its words; empty if it said nothing that can be read.
    #[must_use]
    pub fn server_errors(&self) -> &[ServerError] {
        self.0.answer.as_ref().map_or(&[], |answer| &answer.errors)
    }

    /// Whether the service itself has said so ([`Failed::from_service`]), and not what stands in front of it.
    #[must_use]
    pub fn is_from_service(&self) -> bool {
        self.0.answer.as_ref().is_some_and(|answer| answer.from_service)
    }

    /// The etag that a refusal names as the resource's current one.
    ///
    /// Before writing with it, read the resource: somebody else may have changed it, and the etag may be another's.
    #[must_use]
    pub fn current_etag(&self) -> Option<&Etag> {
        self.0.answer.as_ref()?.current_etag.as_ref()
    }

    /// The etag of the version that a write has made whose answer can't be read completely
    /// ([`Effect::Applied`]).
    #[must_use]
    pub fn new_etag(&self) -> Option<&Etag> {
        self.0.new_etag.as_ref()
    }

    /// The server's id for the request, as its support asks for it.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// How long the server asked to be left alone, counted from when its answer arrived.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.answer.as_ref()?.wait
    }

    /// The fields that are wrong, in the input or in the answer; empty where it is no matter of fields.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.0.problems
    }

    /// What to do about it, if that is known.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// How many requests this call sent, or tried to send. More than one for a read that was repeated, or where a
    /// refused token was replaced.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }
}
