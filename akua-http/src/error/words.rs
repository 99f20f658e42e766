//! The words of an error: one line that tells the whole story, and the way out.

use std::fmt::{self, Write};

use akua_model::Printable;
use akua_model::answer::Failed;
use akua_model::report::hint::{self, Subject};

use super::about::About;
use super::{Effect, Error, ErrorKind};

impl fmt::Display for Error {
    /// One line: the call, what happened, whether a write may have taken effect, and the way out in parentheses.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Printable(&self.line()?).fmt(f)
    }
}

impl Error {
    fn line(&self) -> Result<String, fmt::Error> {
        let mut f = String::new();
        let error = &self.0;
        if let Some(call) = &error.call {
            write!(f, "{call}: ")?;
        }
        f.push_str(&error.story);
        if error.attempts > 1 {
            write!(f, ", at the last of {} attempts", error.attempts)?;
        }
        if error.resolving {
            f.push_str(
                "; nothing was sent, and nothing new is known of the write that the resume token belongs to: it may have \
                 taken effect, and it may still",
            );
        } else if error.write || error.effect == Effect::NotSent {
            f.push_str(match error.effect {
                Effect::NotSent => "; nothing was sent",
                Effect::NotApplied | Effect::Unchanged => "; this request changed nothing",
                Effect::Unknown => "; it may have taken effect",
                Effect::Applied => "; it took effect",
            });
        }
        if let Some(id) = &error.request_id {
            write!(f, "; request id {id}")?;
        }
        if let Some(hint) = &error.hint {
            write!(f, " ({hint})")?;
        }
        Ok(f)
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
pub(super) fn of_answer(about: &About<'_>, kind: ErrorKind, failed: &Failed) -> String {
    let subject = Subject {
        noun: about.noun,
        is_one: about.request.route().ends_with('}'),
        has_context: about.request.header("akua-context").is_some(),
        if_match: about.request.header("if-match"),
    };
    let advice = hint::of_answer(&subject, kind, failed);
    if !about.is_write() || about.is_definite(failed) {
        return advice;
    }
    let first = after_unknown(about);
    if failed.is_definite() {
        // It may answer a second copy of a request whose first copy took effect.
        format!("{first}; the proxy on the way may have sent it twice, so this may not be the whole story")
    } else if (300..400).contains(&failed.status) {
        format!("{first}; {advice}")
    } else {
        first
    }
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
