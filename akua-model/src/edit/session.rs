//! One edit, step by step: requests go out, answers come in, and in the end it says what happened.
//!
//! This is the machine in the words of the API. It builds each request once per epoch, reads each answer, and
//! keeps what the machine has no use for: whole resources, the server's words, the story.

use std::fmt;
use std::time::Duration;

use super::clock::{Clock, Start};
use super::event::{Action, Event, ReadEnd, Tag, Version, Wait, Wanted, WriteEnd};
use super::intent::Intent;
use super::machine::{self, Epoch, Machine, Source};
use super::outcome::Edited;
use super::policy::Policy;
use super::resume::{self, ResumeMode};
use super::step::{Change, Input, Options, Outgoing, Step};
use super::target::Target;
use super::token::ResumeToken;
use super::trace::{Heard, Next, Trace, TraceStep};
use super::value::FieldValue;
use crate::answer::{self, Answer, Failed};
use crate::error::Error;
use crate::etag::{Etag, IdempotencyKey, IfMatch};
use crate::http::{Method, Request, Response};
use crate::request;
use crate::resource::{Patch, Resource};
use crate::secret::Secrets;
use crate::value::{Shown, Value};
use zeroize::Zeroizing;

/// One edit.
pub struct Edit<R: Resource> {
    machine: Machine<Etag, FieldValue>,
    options: Options,
    pub(super) id: R::Id,
    pub(super) patch: Option<R::Patch>,
    pub(super) base: Option<R>,
    /// The version shown last.
    pub(super) found: Option<R>,
    /// When the newest version that this call has seen was updated, in seconds, by the server's clock.
    newest: Option<i64>,
    /// What the server said last that was no success.
    pub(super) failed: Option<Box<Failed>>,
    /// Whether it said that to a write.
    write_failed: bool,
    pub(super) detail: Option<String>,
    pub(super) unreadable: Option<Error>,
    pub(super) token: Option<ResumeToken>,
    /// The clocks when the call began; `None` before its first step.
    start: Option<Start>,
    /// The server's id of the request that was answered last.
    pub(super) request_id: Option<String>,
    /// What was asked for: the verb and, for a write, the bytes of the epoch.
    asked: Option<Method>,
    write: Option<Request>,
    pub(super) trace: Trace,
    /// What nobody may see, should the server repeat it.
    hidden: Vec<Zeroizing<String>>,
    /// How it ended, once it has.
    ended: Option<Box<Edited<R>>>,
}

impl<R: Resource> fmt::Debug for Edit<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Edit")
            .field("id", &self.id)
            .field("trace", &self.trace)
            .finish_non_exhaustive()
    }
}

impl<R: Resource> Edit<R> {
    /// An edit that has not begun.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) if the version passed in has an etag that can't guard a
    /// write. Nothing was sent.
    pub fn new(target: Target<R>, change: Change<R>, options: Options) -> Result<Self, Error> {
        let (id, base) = match target {
            Target::Id(id) => (id, None),
            Target::Seen(resource) => {
                resource.etag().if_match()?;
                (resource.id().clone(), Some(*resource))
            }
        };
        let (source, patch) = match change {
            Change::Patch(patch) => (Source::Given, Some(patch)),
            Change::Asked => (Source::Asked, None),
        };
        let wanted = patch.as_ref().map(wanted_of::<R>).unwrap_or_default();
        let mut edit = Self::with_machine(
            Machine::new(intent::<R>(), options.contract, options.policy, source, wanted),
            id,
            options,
        );
        edit.machine.base = base.as_ref().map(version_of);
        edit.newest = base.as_ref().and_then(|base| base.updated_at().unix_seconds());
        edit.base = base;
        edit.patch = patch;
        Ok(edit)
    }

    /// Takes up a write that an earlier call left behind. It counts as a write whose answer was lost.
    ///
    /// `secrets` are those that were written, if any was: a token has only their hashes.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) if the token is for another service, context or kind of
    /// resource, or if another secret, or none, is given for one that was written. Nothing was sent.
    pub fn resume(
        token: &ResumeToken,
        mode: ResumeMode,
        secrets: &Secrets,
        options: Options,
        clock: Clock,
    ) -> Result<Self, Error> {
        let resumed = resume::open::<R>(token, secrets, &options)?;
        let source = Source::Resumed {
            may_send: mode == ResumeMode::Finish,
        };
        let machine = Machine::new(
            intent::<R>(),
            options.contract,
            options.policy,
            source,
            wanted_of::<R>(&resumed.patch),
        );
        let mut edit = Self::with_machine(machine, resumed.id, options);
        let start = Start::of(&clock);
        let first_sent = start.moment(token.first_sent(), token.first_sent_since_boot());
        let mut epoch = Epoch::resumed(&resumed.base, resumed.key, first_sent);
        resume::recall(token, &mut epoch, &edit.options.contract);
        edit.machine.base = Some(resumed.base);
        edit.machine.epoch = Some(epoch);
        edit.start = Some(start);
        edit.write = Some(edit.patch_request(&resumed.patch, &resumed.if_match, resumed.key)?);
        edit.patch = Some(resumed.patch);
        edit.token = Some(token.clone());
        Ok(edit)
    }

    fn with_machine(mut machine: Machine<Etag, FieldValue>, id: R::Id, options: Options) -> Self {
        machine.can_refresh = options.can_refresh_credentials;
        Self {
            machine,
            options,
            id,
            patch: None,
            base: None,
            found: None,
            newest: None,
            failed: None,
            write_failed: false,
            detail: None,
            unreadable: None,
            token: None,
            start: None,
            request_id: None,
            asked: None,
            write: None,
            trace: Trace::default(),
            hidden: Vec::new(),
            ended: None,
        }
    }

    /// The resume token of the write that is going on; `None` before the first one.
    #[must_use]
    pub fn resume_token(&self) -> Option<&ResumeToken> {
        self.token.as_ref()
    }

    /// Hides `secret` in whatever the server says from now on: a transport's token, for instance.
    pub fn hide(&mut self, secret: &str) {
        if !self.hidden.iter().any(|known| known.as_str() == secret) {
            self.hidden.push(Zeroizing::new(secret.to_owned()));
        }
    }

    /// How this edit is to behave.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.options.policy
    }

    /// Whether the write that the last step asked for may still be sent now: a repeat that only its key makes safe may
    /// not, once the key may be forgotten. Ask when the bytes are handed over, and answer [`Input::NotSent`] if not.
    #[must_use]
    pub fn may_send(&self, clock: Clock) -> bool {
        let now = self.start.unwrap_or_else(|| Start::of(&clock)).now(&clock);
        !self.machine.is_tainted() || self.machine.may_resend(now)
    }

    /// One step. An input that does not fit what was asked for ends the edit truthfully. After the end every step
    /// gives the same end again.
    pub fn step(&mut self, input: Input<R>, clock: Clock) -> Step<R> {
        if let Some(ended) = &self.ended {
            return Step::Done(ended.clone());
        }
        let (event, heard) = self.hear(input, clock);
        let now = self.start.get_or_insert_with(|| Start::of(&clock)).now(&clock);
        let (mut action, mut why) = machine::step(&mut self.machine, event, now);
        let mut resume_token = None;
        if let Action::Write { first: true, .. } = action {
            match self.freeze(clock) {
                Ok(token) => resume_token = Some(token),
                // Both the etag and the patch were checked on their way in, so this can't be; it ends truthfully.
                Err(error) => {
                    self.detail = Some(error.to_string());
                    (action, why) = machine::step(&mut self.machine, Event::Declined, now);
                }
            }
        }
        self.trace.push(TraceStep {
            at: clock.elapsed,
            heard,
            why,
            next: self.next(&action),
        });
        match action {
            Action::Ask(_) => match self.found.clone().or_else(|| self.base.clone()) {
                Some(resource) => Step::NeedPatch(Box::new(resource)),
                None => self.step(Input::NoPatch("there is no version to make it for".to_owned()), clock),
            },
            Action::Read(wait) => {
                self.asked = Some(Method::Get);
                let request = request::read::<R>(&self.id, self.options.context.as_ref());
                send(request, wait, None)
            }
            Action::List(_) => self.step(Input::Declined("an edit has no operation".to_owned()), clock),
            Action::Write { wait, .. } => {
                self.asked = Some(Method::Patch);
                match self.write.clone() {
                    Some(request) => send(request, wait, resume_token),
                    None => self.step(Input::Declined("there is no request to send".to_owned()), clock),
                }
            }
            Action::Finish(end) => {
                let edited = Box::new(Edited {
                    id: self.id.clone(),
                    has_context: self.options.context.is_some(),
                    outcome: self.outcome(end),
                    trace: self.trace.clone(),
                });
                self.ended = Some(edited.clone());
                Step::Done(edited)
            }
        }
    }

    /// Makes the request of a new epoch and its resume token.
    fn freeze(&mut self, clock: Clock) -> Result<ResumeToken, Error> {
        let (Some(epoch), Some(patch)) = (&self.machine.epoch, &self.patch) else {
            return Err(Error::invalid("patch", "is missing"));
        };
        let Some(guard) = &epoch.guard else {
            return Err(Error::invalid("if-match", "is missing"));
        };
        let (if_match, key) = (guard.if_match()?, epoch.key);
        let request = self.patch_request(patch, &if_match, key)?;
        let of = (R::KIND, self.id.as_ref());
        let token = resume::seal(of, &if_match, &patch.assignments(), epoch, &self.options, clock);
        self.write = Some(request);
        self.token = Some(token.clone());
        Ok(token)
    }

    /// The token of the write that is going on, with what this call has heard of the etag since.
    pub(super) fn token_with_evidence(&self) -> Option<ResumeToken> {
        let mut token = self.token.clone()?;
        if let Some(epoch) = &self.machine.epoch {
            resume::remember(&mut token, epoch);
        }
        Some(token)
    }

    fn patch_request(&self, patch: &R::Patch, if_match: &IfMatch, key: Option<u128>) -> Result<Request, Error> {
        let key = key
            .map(|key| IdempotencyKey::try_from(resume::key_text(key)))
            .transpose()?;
        let context = self.options.context.as_ref();
        Ok(request::patch_request::<R>(
            &self.id,
            if_match,
            patch,
            context,
            key.as_ref(),
        ))
    }

    /// Turns an input into what the machine understands, and keeps the rest.
    fn hear(&mut self, input: Input<R>, clock: Clock) -> (Event<Etag, FieldValue>, Heard) {
        let method = self.asked.take().unwrap_or(Method::Get);
        match input {
            Input::Begin => (Event::Begin, Heard::Begin),
            Input::Declined(detail) => {
                self.detail = Some(detail);
                (Event::Declined, Heard::Declined)
            }
            Input::NoPatch(detail) => {
                self.detail = Some(detail);
                (Event::SubmitFailed, Heard::Patch { changes: false })
            }
            Input::Patch(patch) => {
                let wanted = patch.as_ref().map(wanted_of::<R>);
                let heard = Heard::Patch {
                    changes: patch.is_some(),
                };
                self.patch = patch;
                (Event::Submitted(wanted), heard)
            }
            Input::NotSent(detail) => {
                self.detail = Some(detail);
                let heard = Heard::Nothing { method, not_sent: true };
                (
                    if method != Method::Get {
                        Event::Write(WriteEnd::NotSent)
                    } else {
                        Event::Read(ReadEnd::Lost(None))
                    },
                    heard,
                )
            }
            Input::Lost(detail) => {
                self.detail = Some(detail);
                if method != Method::Get {
                    self.forget_failure();
                }
                let heard = Heard::Nothing {
                    method,
                    not_sent: false,
                };
                (
                    if method != Method::Get {
                        Event::Write(WriteEnd::Lost(None))
                    } else {
                        Event::Read(ReadEnd::Lost(None))
                    },
                    heard,
                )
            }
            Input::Answered(response) => {
                let (event, etag) = self.read_answer(method, &response, clock);
                (
                    event,
                    Heard::Answer {
                        method,
                        status: response.status,
                        etag,
                    },
                )
            }
        }
    }

    fn read_answer(
        &mut self,
        method: Method,
        response: &Response,
        clock: Clock,
    ) -> (Event<Etag, FieldValue>, Option<Etag>) {
        self.request_id = answer::request_id(response, &[]);
        match answer::of_resource::<R>(&self.id, response) {
            Answer::Resource(resource) => {
                let (version, etag) = (version_of(&resource), resource.etag().clone());
                let updated = resource.updated_at().unix_seconds();
                let is_older = updated
                    .zip(self.newest)
                    .is_some_and(|(updated, newest)| updated < newest);
                if method == Method::Get && is_older && !self.machine.is_fresh(&version) {
                    self.detail = Some("a version was read that is older than the one seen before".to_owned());
                    return (Event::Read(ReadEnd::Older), Some(etag));
                }
                self.newest = self.newest.max(updated);
                if !self.write_failed {
                    self.forget_failure();
                }
                let usable = etag.if_match().is_ok();
                self.found = Some(resource);
                let event = match (method, usable) {
                    (Method::Get, true) => Event::Read(ReadEnd::Found(version)),
                    (Method::Get, false) => Event::Read(ReadEnd::Unusable),
                    (_, true) => Event::Write(WriteEnd::Acknowledged { version, whole: true }),
                    (_, false) => Event::Write(WriteEnd::Lost(None)),
                };
                (event, Some(etag))
            }
            Answer::Partial(partial) => {
                let etag = partial.etag;
                let shown = |value: Option<String>| match &value {
                    Some(text) => Shown::Is(FieldValue::from(Value::Text(text))),
                    None => Shown::Unreadable,
                };
                let values = partial.values.into_iter().map(shown);
                let version = Version {
                    etag: etag.clone(),
                    values: values.collect(),
                };
                self.detail = Some(partial.error.to_string());
                self.unreadable = Some(partial.error);
                let event = match (method, etag.if_match().is_ok()) {
                    (Method::Get, _) => Event::Read(ReadEnd::Lost(None)),
                    (_, true) => Event::Write(WriteEnd::Acknowledged { version, whole: false }),
                    (_, false) => Event::Write(WriteEnd::Lost(None)),
                };
                (event, Some(etag))
            }
            Answer::Failed(mut failed) => {
                for secret in self
                    .patch
                    .iter()
                    .flat_map(Patch::assignments)
                    .filter(|a| a.field.is_secret())
                    .filter_map(|a| a.value.as_text())
                {
                    failed.redact(secret);
                }
                self.hidden.iter().for_each(|secret| failed.redact(secret));
                failed.wait = failed.retry_after.map(|after| after.wait(clock.unix_ms));
                let wait = failed.wait.map(milliseconds);
                let event = match (method, failed.status) {
                    (Method::Get, 401) => Event::Read(ReadEnd::Unauthorized),
                    (Method::Get, 429) => Event::Read(ReadEnd::Throttled(wait)),
                    (Method::Get, _) if failed.is_definite() => Event::Read(ReadEnd::Refused),
                    (Method::Get, _) => Event::Read(ReadEnd::Lost(wait)),
                    (_, 401) => Event::Write(WriteEnd::Unauthorized),
                    (_, 409 | 412) => Event::Write(WriteEnd::Conflict(failed.current_etag.clone())),
                    (_, 429) => Event::Write(WriteEnd::Throttled(wait)),
                    (_, _) if failed.is_definite() => Event::Write(WriteEnd::Refused),
                    (_, _) => Event::Write(WriteEnd::Lost(wait)),
                };
                let etag = failed.current_etag.clone();
                self.detail = Some(failed.to_string());
                // What a write was told is worth more than a read that brought nothing.
                let certain = failed.is_definite() && !matches!(failed.status, 401 | 429);
                if method != Method::Get || certain || !self.write_failed {
                    self.failed = Some(failed);
                    self.write_failed = method != Method::Get;
                }
                (event, etag)
            }
        }
    }

    fn forget_failure(&mut self) {
        self.failed = None;
        self.write_failed = false;
    }

    fn next(&self, action: &Action<Etag, FieldValue>) -> Next {
        match (action, &self.machine.epoch) {
            (Action::Ask(_), _) => Next::Ask,
            (Action::Read(wait), _) => Next::Read {
                wait: Duration::from_millis(wait.ms),
            },
            (
                Action::Write { wait, .. },
                Some(Epoch {
                    number,
                    sends,
                    guard: Some(guard),
                    ..
                }),
            ) => Next::Write {
                method: Method::Patch,
                epoch: *number,
                attempt: *sends,
                if_match: Some(guard.clone()),
                wait: Duration::from_millis(wait.ms),
            },
            (Action::Write { .. } | Action::List(_) | Action::Finish(_), _) => Next::End,
        }
    }

    pub(super) fn machine(&self) -> &Machine<Etag, FieldValue> {
        &self.machine
    }
}

fn intent<R: Resource>() -> Intent {
    Intent::edit(R::TAKES_IDEMPOTENCY_KEY)
}

fn send<R: Resource>(request: Request, wait: Wait, resume_token: Option<ResumeToken>) -> Step<R> {
    Step::Send(Box::new(Outgoing {
        request,
        wait: Duration::from_millis(wait.ms),
        budget: wait.budget,
        new_credentials: wait.new_credentials,
        resume_token,
    }))
}

impl Tag for Etag {
    fn means(&self, other: &Self) -> bool {
        Self::means(self, other)
    }
}

fn version_of<R: Resource>(resource: &R) -> Version<Etag, FieldValue> {
    let values = R::FIELDS
        .iter()
        .map(|field| resource.value(field).map(FieldValue::from))
        .collect();
    Version {
        etag: resource.etag().clone(),
        values,
    }
}

fn wanted_of<R: Resource>(patch: &R::Patch) -> Vec<Wanted<FieldValue>> {
    let mut wanted = Vec::new();
    patch.each_field(&mut |assignment| {
        wanted.push(Wanted {
            field: assignment.index,
            value: assignment.value.into(),
        });
    });
    wanted
}

/// Whole milliseconds, as many as fit.
fn milliseconds(wait: Duration) -> u64 {
    u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)
}
