//! One call as a conversation: attempts under one deadline, each with the token, each recorded in the trace.
//!
//! This is where the rules of sending live. A write is sent once, and once more only when its first copy was
//! definitely refused with 401 and there is another token. A read may be repeated while the deadline and the
//! [`RetryPolicy`](crate::retry::RetryPolicy) allow. Nothing else in this crate sends or waits.

use std::sync::Arc;
use std::time::Instant;

use akua_model::Traceparent;
use akua_model::answer::{Answer, Failed, Partial, request_id};
use akua_model::http::{Request, Response};
use zeroize::Zeroize;

use crate::budget::is_well;
use crate::cancel::Cancel;
use crate::client::Client;
use crate::credentials::{NoToken, Token};
use crate::deadline::{Deadline, Pause};
use crate::error::{About, Error, ErrorKind};
use crate::retry;
use crate::transport::{Call, Failure, FailureKind, Sent};

/// What the response to a call means for it.
pub(crate) enum Reading<T> {
    Good(T),
    Partial(Partial),
    Bad(Box<Failed>),
}

impl<R> From<Answer<R>> for Reading<R> {
    fn from(answer: Answer<R>) -> Self {
        match answer {
            Answer::Resource(resource) => Self::Good(resource),
            Answer::Partial(partial) => Self::Partial(partial),
            Answer::Failed(failed) => Self::Bad(failed),
        }
    }
}

impl<T> From<Result<T, Box<Failed>>> for Reading<T> {
    fn from(answer: Result<T, Box<Failed>>) -> Self {
        match answer {
            Ok(value) => Self::Good(value),
            Err(failed) => Self::Bad(failed),
        }
    }
}

/// What there is in place of what was asked for.
enum Unread<'a> {
    Partial(Partial),
    Bad(Box<Failed>),
    /// No complete answer, and what its head says if that is no success.
    Lost(&'a Failure, Option<Box<Failed>>),
}

/// One call under way.
pub(crate) struct Exchange<'a> {
    client: &'a Client,
    request: &'a Request,
    noun: &'static str,
    deadline: Deadline,
    cancel: Option<&'a Cancel>,
    /// Passed on with every attempt.
    traceparent: Option<&'a Traceparent>,
    /// What the request carries and nobody may see.
    secrets: Vec<&'a str>,
    /// The token used last, and those before it: nobody may see them either.
    token: Option<Arc<Token>>,
    earlier_tokens: Vec<Arc<Token>>,
    attempts: u32,
    /// Whether a byte of any attempt was handed to a connection.
    sent: bool,
    /// What became of asking for another token.
    remark: Option<String>,
}

impl<'a> Exchange<'a> {
    pub(crate) fn new(
        client: &'a Client,
        request: &'a Request,
        noun: &'static str,
        deadline: Deadline,
        cancel: Option<&'a Cancel>,
    ) -> Self {
        Self {
            client,
            request,
            noun,
            deadline,
            cancel,
            traceparent: None,
            secrets: Vec::new(),
            token: None,
            earlier_tokens: Vec::new(),
            attempts: 0,
            sent: false,
            remark: None,
        }
    }

    /// Passes `traceparent` on.
    pub(crate) fn with_traceparent(self, traceparent: Option<&'a Traceparent>) -> Self {
        Self { traceparent, ..self }
    }

    /// Hides `secrets` in whatever the server says.
    pub(crate) fn with_secrets(mut self, secrets: impl IntoIterator<Item = &'a str>) -> Self {
        self.secrets.extend(secrets);
        self
    }

    /// Sends a write, or what may be one, once, and reads its answer, which is wiped if it is a secret.
    pub(crate) fn write<T>(&mut self, read: impl Fn(&Response) -> Reading<T>) -> Result<T, Error> {
        let mut outcome = self.attempt()?;
        let value = self.judge(&outcome, &read);
        if let Ok(response) = &mut outcome
            && self.request.answers_secret()
        {
            response.body.zeroize();
        }
        self.give_back(outcome);
        value
    }

    /// Sends a read, again and again while what went wrong may pass, and reads its answer.
    pub(crate) fn read<T>(&mut self, read: impl Fn(&Response) -> Reading<T>) -> Result<T, Error> {
        let mut rounds = 0;
        loop {
            let outcome = self.attempt()?;
            rounds += 1;
            match self.judge(&outcome, &read) {
                Ok(value) => {
                    self.give_back(outcome);
                    return Ok(value);
                }
                Err(error) => self.pause(&outcome, rounds, error)?,
            }
        }
    }

    /// Keeps the room of an answer that was read.
    fn give_back(&self, outcome: Result<Response, Failure>) {
        if let Ok(response) = outcome {
            self.client.inner().room.give_back(response.body);
        }
    }

    /// Waits before another attempt, if what went wrong in this one may pass; one for all that is read.
    #[inline(never)]
    fn pause(&self, outcome: &Result<Response, Failure>, rounds: u32, error: Error) -> Result<(), Error> {
        if !retry::is_passing(outcome) {
            return Err(error);
        }
        if !self.client.inner().budgets.take_retry() {
            return Err(error.and("and the client's retry budget is used up"));
        }
        let pace = self.client.pace();
        let retry = &self.client.inner().retry;
        let Some(pause) = retry.pause(rounds, error.retry_after(), pace.dice()) else {
            return Err(error);
        };
        let pause = pace.stretch(pause);
        if pause >= self.deadline.remaining() {
            return Err(error.and("and the deadline leaves no time for another attempt"));
        }
        tracing::debug!(target: "akua_http", pause_ms = millis(pause), "waiting before the next attempt");
        match self.deadline.pause(pause, self.cancel) {
            Pause::Elapsed if !self.deadline.has_passed() => Ok(()),
            Pause::Elapsed | Pause::DeadlinePassed => Err(error),
            Pause::Cancelled => {
                let failure = Failure::unknown(
                    FailureKind::Cancelled,
                    "the call was cancelled while it waited before another attempt",
                );
                Err(Error::failure(&self.about(), &failure, None).after(self.attempts, self.sent))
            }
        }
    }

    /// Puts the request on the wire once; a second time only after a definite 401, with another token.
    pub(crate) fn attempt(&mut self) -> Result<Result<Response, Failure>, Error> {
        let token = match self.token(None) {
            Ok(Some(token)) => token,
            // Without a refused token there is always one.
            Ok(None) => return Err(self.no_token(NoToken::Failed("there is none".to_owned()))),
            Err(reason) => return Err(self.no_token(reason)),
        };
        let outcome = self.send(&token);
        let refused = match &outcome {
            Ok(answer) => answer.status == 401,
            Err(failure) => failure.answer().is_some_and(|head| head.status == 401),
        };
        if !refused || self.remark.is_some() || self.hops_may_replay() {
            return Ok(outcome);
        }
        // Asked at most once per call: what came of it is remarked below.
        self.remark = Some(String::new());
        match self.token(Some(&token)) {
            Ok(Some(token)) => {
                self.remark = Some("with a new token as well".to_owned());
                Ok(self.send(&token))
            }
            Ok(None) => Ok(outcome),
            Err(reason) => {
                self.remark = Some(match reason {
                    NoToken::Failed(why) => format!("and no new token could be had: {why}"),
                    NoToken::Timeout | NoToken::Cancelled => "and there was no time to wait for a new token".to_owned(),
                });
                Ok(outcome)
            }
        }
    }

    /// What an attempt means: the value asked for, or the error that tells the caller.
    pub(crate) fn judge<T>(
        &self,
        outcome: &Result<Response, Failure>,
        read: &impl Fn(&Response) -> Reading<T>,
    ) -> Result<T, Error> {
        Err(self.error(match outcome {
            Ok(answer) => match read(answer) {
                Reading::Good(value) => return Ok(value),
                Reading::Partial(partial) => Unread::Partial(partial),
                Reading::Bad(failed) => Unread::Bad(failed),
            },
            Err(failure) => match failure.answer().map(read) {
                Some(Reading::Bad(failed)) => Unread::Lost(failure, Some(failed)),
                Some(Reading::Good(_) | Reading::Partial(_)) | None => Unread::Lost(failure, None),
            },
        }))
    }

    /// The error that tells of an attempt, one for whatever was asked for: the library has to stay small.
    #[inline(never)]
    fn error(&self, unread: Unread<'_>) -> Error {
        let about = self.about();
        let error = match unread {
            Unread::Partial(mut partial) => {
                self.secrets().iter().for_each(|secret| partial.redact(secret));
                Error::partial(&about, partial)
            }
            Unread::Bad(failed) => Error::failed(&about, self.redacted(failed)),
            Unread::Lost(failure, head) => {
                let head = head.map(|failed| self.redacted(failed));
                Error::failure(&about, failure, head)
            }
        };
        let error = match &self.remark {
            Some(remark) if error.kind() == ErrorKind::Authentication && !remark.is_empty() => error.and(remark),
            _ => error,
        };
        error.after(self.attempts, self.sent)
    }

    /// How many requests were sent.
    pub(crate) fn attempts(&self) -> u32 {
        self.attempts
    }

    pub(crate) fn about(&self) -> About<'a> {
        About {
            request: self.request,
            noun: self.noun,
            hops_may_replay: self.hops_may_replay(),
            unix_ms: self.client.pace().unix_ms(),
        }
    }

    fn hops_may_replay(&self) -> bool {
        self.client.transport().hops_may_replay()
    }

    fn token(&self, refused: Option<&Arc<Token>>) -> Result<Option<Arc<Token>>, NoToken> {
        self.client
            .inner()
            .credentials
            .token(refused, self.deadline, self.cancel)
    }

    fn no_token(&self, reason: NoToken) -> Error {
        let about = self.about();
        match reason {
            NoToken::Failed(why) => {
                let story = format!("the callback that makes tokens gave none: {why}");
                Error::no_token(&about, ErrorKind::Authentication, story)
            }
            NoToken::Timeout => Error::no_token(
                &about,
                ErrorKind::Timeout,
                "the deadline passed before there was a token",
            ),
            NoToken::Cancelled => Error::no_token(
                &about,
                ErrorKind::Cancelled,
                "the call was cancelled before there was a token",
            ),
        }
        .after(self.attempts, self.sent)
    }

    /// Puts the request on the wire once.
    pub(crate) fn send(&mut self, token: &Arc<Token>) -> Result<Response, Failure> {
        if !self.token.as_ref().is_some_and(|last| Arc::ptr_eq(last, token)) {
            self.earlier_tokens.extend(self.token.replace(Arc::clone(token)));
        }
        self.attempts = self.attempts.saturating_add(1);
        let call = Call::new(self.request, self.deadline)
            .with_token(token.expose())
            .with_room(&self.client.inner().room);
        let call = match self.cancel {
            Some(cancel) => call.with_cancel(cancel),
            None => call,
        };
        let call = match self.traceparent {
            Some(position) => call.with_traceparent(position.as_str()),
            None => call,
        };
        // The clock is read for those who listen.
        let listened = tracing::enabled!(target: "akua_http", tracing::Level::DEBUG);
        let started = listened.then(Instant::now);
        let outcome = self.client.transport().send(&call);
        if matches!(&outcome, Ok(answer) if is_well(answer.status)) {
            self.client.inner().budgets.give_back();
        }
        self.sent |= match &outcome {
            Ok(_) => true,
            Err(failure) => failure.sent() == Sent::Unknown,
        };
        self.trace(&outcome, started);
        outcome
    }

    fn trace(&self, outcome: &Result<Response, Failure>, started: Option<Instant>) {
        let head = match outcome {
            Ok(answer) => Some(answer),
            Err(failure) => failure.answer(),
        };
        let failure = outcome.as_ref().err();
        tracing::debug!(
            target: "akua_http",
            attempt = self.attempts,
            status = head.map(|head| head.status),
            failure = failure.map(|failure| tracing::field::debug(failure.kind())),
            sent = failure.map(|failure| tracing::field::debug(failure.sent())),
            duration_ms = started.map(|started| millis(started.elapsed())),
            request_id = head.and_then(|head| request_id(head, &self.secrets())),
            "attempt ended",
        );
    }

    fn redacted(&self, mut failed: Box<Failed>) -> Box<Failed> {
        self.secrets().iter().for_each(|secret| failed.redact(secret));
        failed
    }

    fn secrets(&self) -> Vec<&str> {
        let tokens = self
            .token
            .iter()
            .chain(&self.earlier_tokens)
            .map(|token| token.expose());
        self.secrets.iter().copied().chain(tokens).collect()
    }
}

fn millis(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
