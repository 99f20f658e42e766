//! One launch, step by step: calls go out, answers come in, and in the end it says whether it was accepted.
//!
//! This is the machine of an [`Edit`](super::Edit) with other data: an action or a delete under an etag, or what can be asked
//! for as often as one likes. It says what is to be sent; whoever drives it makes the request.

use std::fmt;
use std::time::Duration;

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::clock::{Clock, SinceBoot, Start};
use super::contract::Contract;
use super::event::{Action, Budget, Cause, End, Event, Proof, ReadEnd, Reason, Version, Wait, WriteEnd};
use super::launch_kind::{LaunchKind, RECONCILING, STATE};
use super::launch_token::{LaunchContent, LaunchToken};
use super::launched::{LaunchOutcome, Launched, NotLaunched, OpenLaunch, Sight};
use super::machine::{Epoch, Machine, Source};
use super::policy::{Policy, millis};
use super::receipt;
use super::resume::{ResumeMode, key_text};
use super::token::{hex, salted};
use super::value::FieldValue;
use crate::answer::{self, Answer, Failed};
use crate::error::Error;
use crate::etag::{Etag, IdempotencyKey, IfMatch, WorkspaceContext};
use crate::http::Response;
use crate::resource::Resource;
use crate::secret::Secret;
use crate::value::{Shown, Value};
use crate::{Cluster, Workspace};

/// What holds for a launch beside what is to be done.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct LaunchOptions {
    /// What the server guarantees.
    pub contract: Contract,
    /// What to do about trouble. An action or a delete is never tried on a version that the caller has not seen, whatever it
    /// says of conflicts.
    pub policy: Policy,
    /// The workspace context to send, if any.
    pub context: Option<WorkspaceContext>,
    /// The service, as the transport names it: it is written into tokens and compared on resuming.
    pub origin: String,
    /// Whether new credentials can be asked for after a 401; that is done once.
    pub can_refresh_credentials: bool,
    /// The credentials in use, of which a token keeps a salted hash: a 404 says that something is gone only to those that have
    /// shown it. `None`: they are taken for others than those of before.
    pub credentials: Option<Secret>,
    /// Whether these credentials have shown the version that is passed in.
    pub shown_to_credentials: bool,
}

/// What became of what the last step asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum LaunchInput {
    /// The call begins.
    Begin,
    /// It was answered.
    Answered(Response),
    /// No byte of the request was handed over, which the transport proves.
    NotSent(String),
    /// The request has no answer; it may have arrived.
    Lost(String),
    /// The request was not begun and will not be: no budget, no credentials, or the token could not be kept.
    Declined(String),
}

/// What is to be done next.
#[derive(Clone, Debug, PartialEq)]
pub enum LaunchStep {
    /// Send this.
    Send(Box<LaunchOutgoing>),
    /// Nothing: it has ended.
    Done(Box<Launched>),
}

/// One call to be sent.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LaunchOutgoing {
    /// Which.
    pub call: LaunchCall,
    /// How long to wait before.
    pub wait: Duration,
    /// Which budget pays for it.
    pub budget: Budget,
    /// Whether new credentials are to be asked for before.
    pub new_credentials: bool,
    /// At the first sending: the token that settles this write. Keep it before the first byte goes out, and answer
    /// [`LaunchInput::Declined`] if that fails.
    pub token: Option<LaunchToken>,
}

/// A call that a launch asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LaunchCall {
    /// The write itself. Every repeat of it is the same to the byte.
    Write {
        /// The etag that guards it, where one does.
        if_match: Option<IfMatch>,
        /// Its idempotency key.
        key: Option<IdempotencyKey>,
    },
    /// `GET` the resource.
    Read,
    /// `GET` the operations of the resource, the newest first. That it could not be read is [`LaunchInput::Lost`], or
    /// whatever it was answered.
    List,
}

/// One launch.
pub struct Launch {
    machine: Machine<Etag, FieldValue>,
    kind: LaunchKind,
    id: String,
    options: LaunchOptions,
    start: Option<Start>,
    asked: Option<LaunchCall>,
    token: Option<LaunchToken>,
    /// The operation that a write was answered with.
    operation: Option<String>,
    candidates: Vec<String>,
    failed: Option<Box<Failed>>,
    detail: Option<String>,
    hidden: Vec<Zeroizing<String>>,
    ended: Option<Box<Launched>>,
}

impl fmt::Debug for Launch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Launch")
            .field("kind", &self.kind)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl Launch {
    /// A launch that has not begun. `seen` is the version that the caller has looked at: with one, it is carried out on that
    /// version or not at all; without, the current one is read first.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) if that version has an etag that can't guard a write. Nothing was sent.
    pub fn new(kind: LaunchKind, id: &str, seen: Option<&Sight>, options: LaunchOptions) -> Result<Self, Error> {
        let seen = seen.filter(|_| kind.is_guarded());
        if let Some(seen) = seen {
            seen.etag.if_match()?;
        }
        let mut launch = Self::with_source(kind, id, Source::Given, options);
        launch.machine.base = seen.map(version_of);
        launch.machine.is_known = seen.is_some() && launch.options.shown_to_credentials;
        Ok(launch)
    }

    /// Takes up a launch that an earlier call left behind. It counts as one whose answer was lost, and is never issued anew.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) if the token is for another service or context, or damaged. Nothing was
    /// sent.
    pub fn resume(token: &LaunchToken, mode: ResumeMode, options: LaunchOptions, clock: Clock) -> Result<Self, Error> {
        let refuse = |message: &str| Error::invalid("resume-token", message);
        let content = &token.0;
        if content.origin != options.origin {
            return Err(refuse("is for another service"));
        }
        if content.context.as_deref() != options.context.as_ref().map(|context| context.as_str()) {
            return Err(refuse(
                "was made in another workspace context (resolve it in the same one)",
            ));
        }
        let may_send = mode == ResumeMode::Finish;
        let mut launch = Self::with_source(content.kind, &content.id, Source::Resumed { may_send }, options);
        let key = content.key.as_deref().map(|key| u128::from_str_radix(key, 16));
        let key = key.transpose().map_err(|_| refuse("is damaged (its key is none)"))?;
        let start = Start::of(&clock);
        let first_sent = start.moment(token.first_sent(), token.first_sent_since_boot());
        let epoch = match &content.if_match {
            Some(etag) => {
                let etag = Etag::from(etag.as_str());
                etag.if_match()?;
                let values = vec![Shown::Unreadable; 2];
                let base = Version { etag, values };
                let epoch = Epoch::resumed(&base, key, first_sent);
                launch.machine.base = Some(base);
                epoch
            }
            None => Epoch::resumed_unguarded(key, first_sent),
        };
        if content.kind.is_guarded() != epoch.guard.is_some() {
            return Err(refuse("is damaged (its etag is missing, or one too many)"));
        }
        launch.machine.is_known = content.shown_to.is_some() && content.shown_to == launch.credentials(&content.salt);
        launch.machine.epoch = Some(epoch);
        launch.start = Some(start);
        launch.token = Some(token.clone());
        Ok(launch)
    }

    fn with_source(kind: LaunchKind, id: &str, source: Source, options: LaunchOptions) -> Self {
        let LaunchOptions { contract, policy, .. } = options;
        let mut machine = Machine::new(kind.intent(), contract, policy, source, kind.wanted());
        machine.can_refresh = options.can_refresh_credentials;
        Self {
            machine,
            kind,
            id: id.to_owned(),
            options,
            start: None,
            asked: None,
            token: None,
            operation: None,
            candidates: Vec::new(),
            failed: None,
            detail: None,
            hidden: Vec::new(),
            ended: None,
        }
    }

    /// Hides `secret` in whatever the server says from now on: a transport's token, for instance.
    pub fn hide(&mut self, secret: &str) {
        self.hidden.push(Zeroizing::new(secret.to_owned()));
    }

    /// The token of the write that is going on; `None` before the first one.
    #[must_use]
    pub fn token(&self) -> Option<&LaunchToken> {
        self.token.as_ref()
    }

    /// Whether the write that the last step asked for may still be sent now: a repeat that only its key makes safe may not,
    /// once the key may be forgotten. Ask when the bytes are handed over, and answer [`LaunchInput::NotSent`] if not.
    #[must_use]
    pub fn may_send(&self, clock: Clock) -> bool {
        let now = self.start.unwrap_or_else(|| Start::of(&clock)).now(&clock);
        !self.machine.is_tainted() || self.machine.may_resend(now)
    }

    /// One step. An input that does not fit what was asked for ends the launch truthfully. After the end every step gives the
    /// same end again.
    pub fn step(&mut self, input: LaunchInput, clock: Clock) -> LaunchStep {
        if let Some(ended) = &self.ended {
            return LaunchStep::Done(ended.clone());
        }
        let event = self.hear(input, clock);
        let now = self.start.get_or_insert_with(|| Start::of(&clock)).now(&clock);
        let (mut action, _) = self.machine.step(event, now);
        // What was to be cancelled is known by its id: there is no other to be looked for.
        if matches!(action, Action::List(_)) && self.kind == LaunchKind::CancelOperation {
            (action, _) = self.machine.step(Event::Listed(false), now);
        }
        match action {
            Action::Read(wait) => self.send(LaunchCall::Read, wait, None),
            Action::List(wait) => self.send(LaunchCall::List, wait, None),
            Action::Write { wait, first } => match self.write() {
                Ok(call) => {
                    let token = first.then(|| self.seal(&call, clock));
                    if token.is_some() {
                        self.token.clone_from(&token);
                    }
                    self.send(call, wait, token)
                }
                // Both the etag and the key were checked on their way in, so this can't be; it ends truthfully.
                Err(error) => self.step(LaunchInput::Declined(error.to_string()), clock),
            },
            // A launch makes no patches.
            Action::Ask(_) => self.step(LaunchInput::Declined("there is nothing to ask for".to_owned()), clock),
            Action::Finish(end) => {
                let ended = Box::new(Launched {
                    kind: self.kind,
                    id: self.id.clone(),
                    outcome: self.outcome(end),
                    candidates: std::mem::take(&mut self.candidates),
                });
                self.ended = Some(ended.clone());
                LaunchStep::Done(ended)
            }
        }
    }

    fn send(&mut self, call: LaunchCall, wait: Wait, token: Option<LaunchToken>) -> LaunchStep {
        self.asked = Some(call.clone());
        LaunchStep::Send(Box::new(LaunchOutgoing {
            call,
            wait: Duration::from_millis(wait.ms),
            budget: wait.budget,
            new_credentials: wait.new_credentials,
            token,
        }))
    }

    fn write(&self) -> Result<LaunchCall, Error> {
        let Some(epoch) = &self.machine.epoch else {
            return Err(Error::invalid("if-match", "is missing"));
        };
        let key = epoch.key.map(|key| IdempotencyKey::try_from(key_text(key)));
        Ok(LaunchCall::Write {
            if_match: epoch.guard.as_ref().map(Etag::if_match).transpose()?,
            key: key.transpose()?,
        })
    }

    /// The token of a write that is about to be sent for the first time.
    fn seal(&self, call: &LaunchCall, clock: Clock) -> LaunchToken {
        let (if_match, key) = match call {
            LaunchCall::Write { if_match, key } => (if_match.as_ref(), key.as_ref()),
            LaunchCall::Read | LaunchCall::List => (None, None),
        };
        let digest = Sha256::new()
            .chain_update("salt")
            .chain_update(clock.entropy.to_be_bytes());
        let salt = hex(&digest.finalize(), 16);
        let shown_to = self.credentials(&salt).filter(|_| self.machine.is_known);
        LaunchToken(LaunchContent {
            origin: self.options.origin.clone(),
            context: self.options.context.as_ref().map(|context| context.as_str().to_owned()),
            kind: self.kind,
            id: self.id.clone(),
            if_match: if_match.map(|etag| etag.as_str().to_owned()),
            key: key.map(|key| key.as_str().to_owned()),
            first_sent: clock.unix_ms,
            first_sent_since_boot: clock.since_boot.map(SinceBoot::to_token),
            shown_to,
            salt,
        })
    }

    fn credentials(&self, salt: &str) -> Option<String> {
        let credentials = self.options.credentials.as_ref()?;
        Some(salted(salt, credentials.expose()))
    }

    fn hear(&mut self, input: LaunchInput, clock: Clock) -> Event<Etag, FieldValue> {
        let asked = self.asked.take();
        let (detail, end) = match input {
            LaunchInput::Begin => return Event::Begin,
            LaunchInput::Answered(response) => return self.read_answer(asked, &response, clock),
            LaunchInput::Declined(detail) => {
                self.detail = Some(detail);
                return Event::Declined;
            }
            LaunchInput::NotSent(detail) => (detail, WriteEnd::NotSent),
            LaunchInput::Lost(detail) => {
                self.failed = None;
                (detail, WriteEnd::Lost(None))
            }
        };
        self.detail = Some(detail);
        match asked {
            Some(LaunchCall::Write { .. }) => Event::Write(end),
            Some(LaunchCall::List) => Event::Listed(false),
            Some(LaunchCall::Read) | None => Event::Read(ReadEnd::Lost(None)),
        }
    }

    fn read_answer(&mut self, asked: Option<LaunchCall>, response: &Response, clock: Clock) -> Event<Etag, FieldValue> {
        match asked {
            Some(LaunchCall::List) => {
                if response.status == 200 {
                    self.candidates = receipt::candidates(self.kind, &self.id, response);
                }
                Event::Listed(!self.candidates.is_empty())
            }
            Some(LaunchCall::Write { .. }) => match receipt::operation_of(self.kind, &self.id, response) {
                Ok(operation) => {
                    self.operation = Some(operation);
                    Event::Write(WriteEnd::Accepted)
                }
                Err(failed) => {
                    let (failed, wait) = self.keep(failed, clock);
                    Event::Write(match failed.status {
                        401 => WriteEnd::Unauthorized,
                        404 => WriteEnd::NotFound,
                        409 | 412 => WriteEnd::Conflict(failed.current_etag.clone()),
                        429 => WriteEnd::Throttled(wait),
                        _ if failed.is_definite() => WriteEnd::Refused,
                        _ => WriteEnd::Lost(wait),
                    })
                }
            },
            Some(LaunchCall::Read) | None => match self.sight_of(response) {
                Ok(sight) if sight.etag.if_match().is_err() => Event::Read(ReadEnd::Unusable),
                Ok(sight) => Event::Read(ReadEnd::Found(version_of(&sight))),
                Err(None) => Event::Read(ReadEnd::Lost(None)),
                Err(Some(failed)) => {
                    let was = self.failed.take();
                    let (failed, wait) = self.keep(failed, clock);
                    let end = match failed.status {
                        401 => ReadEnd::Unauthorized,
                        404 => ReadEnd::NotFound,
                        429 => ReadEnd::Throttled(wait),
                        _ if failed.is_definite() => ReadEnd::Refused,
                        _ => ReadEnd::Lost(wait),
                    };
                    // What a write was told is worth more than what a read was.
                    self.failed = was.or(self.failed.take());
                    Event::Read(end)
                }
            },
        }
    }

    /// What an answer shows of the resource; `Err(None)` if it is that resource and can't be read.
    fn sight_of(&self, response: &Response) -> Result<Sight, Option<Box<Failed>>> {
        fn of<R: Resource>(id: &str, response: &Response) -> Result<Sight, Option<Box<Failed>>> {
            let id = id.parse().map_err(|_| None)?;
            match answer::of_resource::<R>(&id, response) {
                Answer::Resource(resource) => {
                    let state = resource.shown("state").map(|state| state.to_text().into_owned());
                    let reconciling = resource.shown("reconciling").map(|shown| shown.to_text() == "true");
                    Ok(Sight::new(resource.etag().clone(), state, reconciling))
                }
                Answer::Partial(_) => Err(None),
                Answer::Failed(failed) => Err(Some(failed)),
            }
        }
        match self.kind {
            LaunchKind::DeleteWorkspace => of::<Workspace>(&self.id, response),
            _ => of::<Cluster>(&self.id, response),
        }
    }

    /// Remembers what the server said that was no success, with every secret hidden.
    fn keep(&mut self, mut failed: Box<Failed>, clock: Clock) -> (&Failed, Option<u64>) {
        self.hidden.iter().for_each(|secret| failed.redact(secret));
        if let Some(credentials) = &self.options.credentials {
            failed.redact(credentials.expose());
        }
        failed.wait = failed.retry_after.map(|after| after.wait(clock.unix_ms));
        let wait = failed.wait.map(millis);
        self.detail = Some(failed.to_string());
        (self.failed.insert(failed), wait)
    }

    fn outcome(&mut self, end: End<Etag, FieldValue>) -> LaunchOutcome {
        let not_sent = |cause, detail| LaunchOutcome::NotApplied(NotLaunched::NotSent { cause, detail });
        match end {
            End::Launched { proof, seen } => match (proof, self.operation.take(), &self.token) {
                (Proof::Acknowledged, Some(operation), Some(token)) => {
                    LaunchOutcome::Accepted(token.accepted(&operation))
                }
                _ => LaunchOutcome::Observed(seen.map(sight_of_version)),
            },
            End::Unchanged(version) => {
                let is_gone = self.failed.as_ref().is_some_and(|failed| failed.status == 404);
                LaunchOutcome::Unchanged((!is_gone).then(|| sight_of_version(version)))
            }
            End::NotApplied(Reason::Conflict { theirs, .. }) => {
                LaunchOutcome::NotApplied(NotLaunched::Changed(theirs.map(sight_of_version)))
            }
            End::NotApplied(Reason::NotSent(cause)) => not_sent(cause, self.detail.take()),
            End::NotApplied(Reason::Rejected | Reason::Ignored(_)) => match self.failed.take() {
                Some(failed) => LaunchOutcome::NotApplied(NotLaunched::Rejected(failed)),
                None => not_sent(Cause::Refused, self.detail.take()),
            },
            // A launch sets no fields.
            End::Applied { version, .. } => LaunchOutcome::Observed(Some(sight_of_version(version))),
            End::Indeterminate {
                may_still_land,
                seen,
                cause,
            } => match self.token.clone() {
                Some(token) => LaunchOutcome::Indeterminate(Box::new(OpenLaunch {
                    may_still_land,
                    seen: seen.map(sight_of_version),
                    cause,
                    answer: self.failed.take(),
                    detail: self.detail.take(),
                    token,
                })),
                None => not_sent(cause, self.detail.take()),
            },
        }
    }
}

fn version_of(sight: &Sight) -> Version<Etag, FieldValue> {
    let state = sight.state.as_ref().map(|state| FieldValue::from(Value::Text(state)));
    let reconciling = sight
        .reconciling
        .as_ref()
        .map(|shown| FieldValue::from(Value::Flag(*shown)));
    Version {
        etag: sight.etag.clone(),
        values: vec![state, reconciling],
    }
}

fn sight_of_version(version: Version<Etag, FieldValue>) -> Sight {
    let value = |index: usize| {
        let shown = version.values.get(index).map_or(Shown::Unreadable, Shown::as_ref);
        shown.map(|value| value.as_str().to_owned())
    };
    let (state, reconciling) = (value(STATE), value(RECONCILING).map(|text| text == "true"));
    Sight::new(version.etag, state, reconciling)
}
