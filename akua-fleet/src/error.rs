//! Errors of a fleet, made of those of the client: a ledger that can't be used, and what ends a run.

use std::fmt;

use akua_http::{Effect, Error, ErrorKind};

/// A ledger that can't be used, and what to do about it. Nothing was sent.
pub(crate) fn ledger_error(message: impl Into<String>, hint: impl Into<String>) -> Error {
    Error::new(ErrorKind::Ledger, Effect::NotSent, message).with_hint(hint)
}

/// What an error becomes by the place where it came up.
pub(crate) trait ErrorExt {
    /// The same error, known to have come up where at most reads were sent.
    fn of_a_read(self) -> Self;

    /// The error that ended a whole run. `counts` says where its items stand then, and `effect` what the run has done.
    fn of_run(self, counts: impl fmt::Display, effect: Effect) -> Self;
}

impl ErrorExt for Error {
    fn of_a_read(self) -> Self {
        if self.effect() == Effect::NotSent {
            self.with_effect(Effect::NotApplied)
        } else {
            self
        }
    }

    fn of_run(self, counts: impl fmt::Display, effect: Effect) -> Self {
        let unsent = if effect == Effect::NotApplied {
            "; no write was sent"
        } else {
            ""
        };
        self.map_message(|message| format!("the run stopped: {message}; {counts}{unsent}"))
            .with_effect(effect)
    }
}
