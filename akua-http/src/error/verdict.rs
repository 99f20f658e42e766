//! What an answer or a failure means for the caller: its kind, its effect, and the error made of them.

use akua_model::answer::{Failed, Partial};
use akua_model::report::hint;
use akua_model::{Etag, Printable};

use super::about::About;
use super::{Effect, Error, ErrorKind, words};
use crate::transport::{BaseUrlError, ConfigError, Failure, FailureKind, Sent};

impl Error {
    /// The call could not get a token.
    pub(crate) fn no_token(about: &About<'_>, kind: ErrorKind, story: impl Into<String>) -> Self {
        let mut error = Self::new(kind, Effect::NotSent, story).with_hint(match kind {
            ErrorKind::Authentication => "mend the callback that makes tokens",
            kind => hint::usual(kind),
        });
        error.name(about);
        error
    }

    /// An answer that is not the one asked for.
    pub(crate) fn failed(about: &About<'_>, mut failed: Box<Failed>) -> Self {
        failed.wait = failed.retry_after.map(|after| after.wait(about.unix_ms));
        let effect = about.effect_of(&failed);
        let kind = ErrorKind::of_status(failed.status, effect);
        let mut error = Self::new(kind, effect, failed.to_string());
        error.name(about);
        error.0.hint = Some(words::of_answer(about, kind, &failed));
        error.0.problems = failed
            .unreadable
            .iter()
            .flat_map(|error| error.problems().to_vec())
            .collect();
        error.0.request_id = failed.request_id.clone();
        error.0.status = Some(failed.status);
        error.0.answer = Some(failed);
        error
    }

    /// An answer with the right id and an etag that can't be read completely.
    pub(crate) fn partial(about: &About<'_>, partial: Partial) -> Self {
        // One that still shows the etag which was to be replaced may have changed nothing.
        let sent = about.request.header("if-match").map(Etag::from);
        let has_moved = sent.is_none_or(|sent| !sent.means(&partial.etag));
        let effect = match (about.is_write(), has_moved) {
            (true, true) => Effect::Applied,
            (true, false) => Effect::Unknown,
            (false, _) => Effect::NotApplied,
        };
        let mut error = Self::new(ErrorKind::Decode, effect, format!("HTTP 200, {}", partial.error));
        error.name(about);
        error.0.status = Some(200);
        if about.is_write() && !has_moved {
            error.0.hint = Some(format!(
                "the answer still shows the etag `{}`: read the {} to see whether it was changed",
                Printable(partial.etag.as_str()),
                about.noun
            ));
        } else if about.is_write() {
            error.0.hint = Some(format!(
                "the new etag is `{}`: go on with that, don't write again",
                Printable(partial.etag.as_str())
            ));
            error.0.new_etag = Some(partial.etag);
        } else {
            error.0.hint = Some(hint::usual(ErrorKind::Decode).to_owned());
        }
        error.0.problems = partial.error.problems().to_vec();
        error.0.request_id = partial.request_id;
        error
    }

    /// No complete answer. `head` is what the part of it that arrived means.
    pub(crate) fn failure(about: &About<'_>, failure: &Failure, head: Option<Box<Failed>>) -> Self {
        // The status decides what the body can't, but not over the caller's own wish to end the call.
        let decided = head.filter(|head| head.status != 200);
        let cancelled = failure.kind() == FailureKind::Cancelled;
        let mut error = match decided {
            Some(head) => {
                let mut error = Self::failed(about, head);
                error.0.story = format!(
                    "{}, and the rest of the answer was lost: {}",
                    error.0.story,
                    failure.message()
                );
                if cancelled {
                    error.0.kind = ErrorKind::Cancelled;
                }
                error
            }
            None => {
                let effect = match (failure.sent(), about.is_write()) {
                    (Sent::NotSent, _) => Effect::NotSent,
                    (Sent::Unknown, true) => Effect::Unknown,
                    (Sent::Unknown, false) => Effect::NotApplied,
                };
                let mut error = Self::new(kind_of_failure(failure.kind()), effect, failure.message().to_owned());
                error.name(about);
                error.0.status = failure.answer().map(|head| head.status);
                error
            }
        };
        if error.0.hint.is_none() {
            let unknown = error.0.effect == Effect::Unknown;
            error.0.hint = Some(match unknown {
                true => words::after_unknown(about),
                false => hint::usual(error.0.kind).to_owned(),
            });
        }
        error
    }

    /// A list that can't go on.
    pub(crate) fn endless(about: &About<'_>, story: &str) -> Self {
        let kind = ErrorKind::UnexpectedAnswer;
        let mut error = Self::new(kind, Effect::NotApplied, story).with_hint(hint::usual(kind));
        error.name(about);
        error.0.status = Some(200);
        error
    }

    /// Counts the requests of the call. `sent`: whether a byte of any of them was handed to a connection.
    pub(crate) fn after(mut self, attempts: u32, sent: bool) -> Self {
        self.0.attempts = attempts;
        if sent && self.0.effect == Effect::NotSent {
            // An earlier attempt was sent, and definitely refused: else there would be no later one.
            self.0.effect = Effect::NotApplied;
        }
        self
    }

    fn name(&mut self, about: &About<'_>) {
        self.0.call = Some(format!("{} {}", about.request.method().as_str(), about.request.path()));
        self.0.write = about.is_write();
    }
}

impl From<akua_model::Error> for Error {
    /// Input that can't be sent: nothing was.
    fn from(error: akua_model::Error) -> Self {
        let kind = ErrorKind::from(error.kind());
        let effect = if kind == ErrorKind::InvalidInput {
            Effect::NotSent
        } else {
            // Somebody read an answer by hand: what became of its request is not known here.
            Effect::Unknown
        };
        let mut made = Self::new(kind, effect, error.to_string()).with_hint(hint::usual(kind));
        made.0.problems = error.problems().to_vec();
        made
    }
}

impl From<BaseUrlError> for Error {
    fn from(error: BaseUrlError) -> Self {
        Self::configuration(error.to_string(), "")
    }
}

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Self {
        Self::configuration(error.to_string(), "")
    }
}

fn kind_of_failure(kind: FailureKind) -> ErrorKind {
    match kind {
        FailureKind::Timeout => ErrorKind::Timeout,
        FailureKind::Cancelled => ErrorKind::Cancelled,
        FailureKind::MalformedAnswer | FailureKind::AnswerTooLarge | FailureKind::CompressedAnswer => {
            ErrorKind::UnexpectedAnswer
        }
        FailureKind::InvalidRequest => ErrorKind::InvalidInput,
        FailureKind::NameResolution
        | FailureKind::Connect
        | FailureKind::Proxy
        | FailureKind::ProxyRefused
        | FailureKind::Tls
        | FailureKind::ConnectionLost
        | FailureKind::Local
        | FailureKind::OutOfScript => ErrorKind::Transport,
    }
}
