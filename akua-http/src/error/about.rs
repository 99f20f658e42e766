//! What an error is about.

use akua_model::answer::Failed;
use akua_model::http::Request;

use super::Effect;

/// What an error is about: the request, and what else decides about its meaning.
#[derive(Clone, Copy)]
pub(crate) struct About<'a> {
    pub(crate) request: &'a Request,
    /// The word for what it is about, such as `cluster`.
    pub(crate) noun: &'static str,
    /// Whether something on the way may send a request twice. Then a refusal may answer the second copy.
    pub(crate) hops_may_replay: bool,
    /// When the answer came, in Unix milliseconds.
    pub(crate) unix_ms: i64,
}

impl About<'_> {
    pub(crate) fn is_write(&self) -> bool {
        self.request.is_write()
    }

    /// Whether an answer proves that the request changed nothing.
    pub(crate) fn is_definite(&self, failed: &Failed) -> bool {
        failed.is_definite() && !self.hops_may_replay
    }

    pub(super) fn effect_of(&self, failed: &Failed) -> Effect {
        if !self.is_write() || self.is_definite(failed) {
            Effect::NotApplied
        } else {
            Effect::Unknown
        }
    }
}
