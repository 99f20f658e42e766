//! The words of an error: one line that tells the whole story, and the way out.

use std::fmt;

use akua_model::Etag;
use akua_model::answer::Failed;

use super::about::About;
use super::{Effect, Error, ErrorKind};

/// Where tokens are made.
const TOKENS: &str = "https://akua.dev/developers/api-tokens";

impl fmt::Display for Error {
    /// One line: the call, what happened, whether a write may have taken effect, and the way out in parentheses.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let error = &self.0;
        if let Some(call) = &error.call {
            write!(f, "{call}: ")?;
        }
        f.write_str(&error.story)?;
        if error.attempts > 1 {
            write!(f, ", at the last of {} attempts", error.attempts)?;
        }
        if error.resolving {
            f.write_str(
                "; nothing was sent, and nothing new is known of the write that the resume token belongs to: it may have \
                 taken effect, and it may still",
            )?;
        } else if error.write || error.effect == Effect::NotSent {
            f.write_str(match error.effect {
                Effect::NotSent => "; nothing was sent",
                Effect::NotApplied | Effect::Unchanged => "; this request changed nothing",
                Effect::Unknown => "; it may have taken effect",
                Effect::Applied => "; it took effect",
            })?;
        }
        if let Some(id) = &error.request_id {
            write!(f, "; request id {id}")?;
        }
        if let Some(hint) = &error.hint {
            write!(f, " ({hint})")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("effect", &self.0.effect)
            .field("status", &self.0.status)
            .field("message", &self.to_string())
            .finish()
    }
}

impl std::error::Error for Error {}

/// What to do about an answer.
pub(super) fn hint(about: &About<'_>, kind: ErrorKind, failed: &Failed) -> Option<String> {
    let unknown = about.is_write() && !about.is_definite(failed);
    // A refusal may answer a second copy of a request whose first copy took effect.
    let advice = if unknown && failed.is_definite() {
        Some("the proxy on the way may have sent it twice, so this may not be the whole story".to_owned())
    } else {
        advice(about, kind, failed)
    };
    let parts = unknown.then(|| after_unknown(about)).into_iter().chain(advice);
    Some(parts.collect::<Vec<_>>().join("; ")).filter(|hint| !hint.is_empty())
}

fn advice(about: &About<'_>, kind: ErrorKind, failed: &Failed) -> Option<String> {
    let noun = about.noun;
    let advice = match kind {
        ErrorKind::Authentication => format!("make a token at {TOKENS} and set it as AKUA_API_TOKEN or in the builder"),
        ErrorKind::PermissionDenied => match without_context(about) {
            Some(context) => format!("the token may not do this; {context}"),
            None => "the token may not do this, or not in this context".to_owned(),
        },
        ErrorKind::Rejected if failed.status == 400 => return without_context(about),
        ErrorKind::NotFound if about.request.route().ends_with('}') => {
            format!("there is no such {noun}, or this token may not see it")
        }
        ErrorKind::Conflict => conflict(about, failed.current_etag.as_ref()),
        ErrorKind::RateLimited => match failed.wait {
            Some(wait) => format!("wait {} s before the next call", wait.as_secs()),
            None => "wait before the next call".to_owned(),
        },
        ErrorKind::UnexpectedAnswer if (300..400).contains(&failed.status) => {
            "a redirect is never followed, as the token would go with it: if the service has moved, set the base URL"
                .to_owned()
        }
        _ => return None,
    };
    Some(advice)
}

/// What to do after a write that may have landed.
pub(super) fn after_unknown(about: &About<'_>) -> String {
    format!(
        "read the {} again and compare before anything else is written",
        about.noun
    )
}

/// What to do with the token whose write could not be settled.
pub(super) fn keep_the_token(other: Option<String>) -> String {
    let keep = "keep the resume token, and resolve it once this is mended".to_owned();
    other.into_iter().chain([keep]).collect::<Vec<_>>().join("; ")
}

fn without_context(about: &About<'_>) -> Option<String> {
    about.request.header("akua-context").is_none().then(|| {
        "a token that is not a workspace's own needs a context: set AKUA_CONTEXT or `context` to the workspace's id"
            .to_owned()
    })
}

fn conflict(about: &About<'_>, current: Option<&Etag>) -> String {
    let noun = about.noun;
    match (current, about.request.header("if-match")) {
        (Some(current), Some(sent)) if current.means(&Etag::from(sent)) => {
            format!("the etag sent is the current one, so the {noun}'s state or another {noun} stands in the way")
        }
        (Some(current), _) => {
            format!(
                "the answer names `{current}` as the current etag, so somebody else may have changed the {noun}: read it \
                 again and decide anew"
            )
        }
        (None, _) => format!(
            "either somebody else changed the {noun}, or its state, a name already taken or a reused idempotency key \
             stands in the way: read it again and compare its etag"
        ),
    }
}
