//! One launch, step by step: calls go out, answers come in, and in the end it says whether it was accepted.
//!
//! This is the machine of an [`Edit`](super::Edit) with other data: an action or a delete under an etag, or what can be asked
//! for as often as one likes. It says what is to be sent; whoever drives it makes the request.

use std::fmt;
use std::time::Duration;

use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

use super::clock::{Clock, SinceBoot, Start};
use super::event::{Action, Budget, End, Event, ReadEnd, Version, Wait, WriteEnd};
use super::intent::Goal;
use super::launch_kind::{LaunchKind, LaunchTarget, Listing};
use super::launch_step::{LaunchCall, LaunchInput, LaunchOptions, LaunchOutgoing, LaunchStep};
use super::launch_token::{LaunchContent, LaunchToken};
use super::launched::{Launched, Made, Sight};
use super::machine::{self, Epoch, Machine, Source};
use super::new::{New, NewResource};
use super::policy::millis;
use super::receipt;
use super::resume::{ResumeMode, key_text};
use super::token::{hex, salted};
use super::trace::{Heard, Next, Trace, TraceStep, Why};
use super::value::FieldValue;
use crate::answer::{self, Answer, Failed};
use crate::api::{Cluster, Operation, WorkerBootstrap, Workspace};
use crate::error::Error;
use crate::etag::{Etag, IdempotencyKey};
use crate::http::{Method, Request, Response};
use crate::request;
use crate::resource::Versioned;
use crate::secret::Secret;
use crate::value::Shown;

/// One launch.
pub struct Launch {
    pub(super) machine: Machine<Etag, FieldValue>,
    pub(super) kind: LaunchKind,
    pub(super) id: String,
    /// What is to be made, of a create.
    pub(super) new: Option<New>,
    pub(super) options: LaunchOptions,
    pub(super) start: Option<Start>,
    pub(super) asked: Option<LaunchCall>,
    pub(super) token: Option<LaunchToken>,
    /// The operation that a write was answered with.
    pub(super) operation: Option<String>,
    /// What a create was answered with, where that is what it has made.
    pub(super) made: Option<Made>,
    pub(super) candidates: Vec<String>,
    /// What was listed before the first sending, of what is recognised by that alone.
    pub(super) baseline: Vec<String>,
    /// How many pages were listed, and where the next one begins.
    pub(super) pages: u32,
    pub(super) cursor: Option<String>,
    pub(super) failed: Option<Box<Failed>>,
    pub(super) detail: Option<String>,
    pub(super) hidden: Vec<Zeroizing<String>>,
    /// Whether, before anything is sent, these credentials have yet to show what is to be deleted; or, of a create of what has
    /// no name, what there is already.
    pub(super) looks_first: bool,
    pub(super) trace: Trace,
    pub(super) ended: Option<Box<Launched>>,
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
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) if `id` can't be an id of such a resource, or that version has an etag
    /// that can't guard a write. Nothing was sent.
    pub fn new(kind: LaunchKind, id: &str, seen: Option<&Sight>, options: LaunchOptions) -> Result<Self, Error> {
        if kind.creates() {
            return Err(Error::invalid("kind", "makes something new: say what, with `create`"));
        }
        let seen = seen.filter(|_| kind.is_guarded());
        if let Some(seen) = seen {
            seen.etag.if_match()?;
        }
        kind.check_id(id)?;
        let mut launch = Self::with_source(kind, id, Source::Given, options);
        launch.machine.base = seen.map(Sight::version);
        launch.machine.is_known = seen.is_some() && launch.options.shown_to_credentials;
        // Else a 404 would say nothing once an answer was lost.
        launch.looks_first = kind.intent().goal == Goal::Gone && seen.is_some() && !launch.machine.is_known;
        Ok(launch)
    }

    /// A create that has not begun. Its key stops a second one as far as the contract says so; else it is sent once.
    #[must_use]
    pub fn create<N: NewResource>(new: &N, options: LaunchOptions) -> Self {
        let made = New::of(new);
        let mut launch = Self::with_source(N::CREATE, &made.below, Source::Given, options);
        launch.looks_first = made.name().is_none();
        launch.new = Some(made);
        let secrets = new
            .assignments()
            .into_iter()
            .filter(|assignment| assignment.field.is_secret());
        let secrets = secrets.filter_map(|assignment| assignment.value.as_text());
        launch
            .hidden
            .extend(secrets.map(|text| Zeroizing::new(text.to_owned())));
        launch
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
        content
            .kind
            .check_id(&content.id)
            .map_err(|error| refuse(&format!("is damaged ({error})")))?;
        let mut launch = Self::with_source(content.kind, &content.id, Source::Resumed { may_send }, options);
        launch.baseline.clone_from(&content.baseline);
        launch.new = New::read(content.kind, &content.new).map_err(|error| refuse(&format!("is damaged ({error})")))?;
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
            new: None,
            options,
            start: None,
            asked: None,
            token: None,
            operation: None,
            made: None,
            candidates: Vec::new(),
            baseline: Vec::new(),
            pages: 0,
            cursor: None,
            failed: None,
            detail: None,
            hidden: Vec::new(),
            looks_first: false,
            trace: Trace::default(),
            ended: None,
        }
    }

    /// The credentials that go with the next request. They are hidden in whatever the server says from now on, and tokens
    /// keep a salted hash of them: see [`LaunchOptions::credentials`].
    pub fn with_credentials(&mut self, credentials: &str) {
        let is_new = self
            .options
            .credentials
            .as_ref()
            .is_none_or(|known| known.expose() != credentials);
        if is_new {
            self.options.credentials = Some(Secret::from(credentials));
            self.hidden.push(Zeroizing::new(credentials.to_owned()));
        }
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
        if self.looks_first && input == LaunchInput::Begin {
            return self.look_first(clock);
        }
        if let Some(step) = self.list_on(&input, clock) {
            return step;
        }
        let (event, heard) = self.hear(input, clock);
        let now = self.start.get_or_insert_with(|| Start::of(&clock)).now(&clock);
        let (mut action, mut why) = machine::step(&mut self.machine, event, now);
        // What was to be cancelled is known by its id: there is no other to be looked for.
        if matches!(action, Action::List(_)) && self.kind.listing() == Listing::Nothing {
            (action, why) = machine::step(&mut self.machine, Event::Listed(false), now);
        }
        self.trace.push(TraceStep {
            at: clock.elapsed,
            heard,
            why: self.kind.told(why),
            next: self.next(&action),
        });
        let asked = match action {
            Action::Read(wait) => Ok((LaunchCall::Read, wait, false)),
            Action::List(wait) => Ok((LaunchCall::List, wait, false)),
            Action::Write { wait, first } => self.write().map(|call| (call, wait, first)),
            // A launch makes no patches.
            Action::Ask(_) => Err(Error::invalid("patch", "is nothing that can be asked for")),
            Action::Finish(end) => return LaunchStep::Done(self.finish(end)),
        };
        // Id, etag and key were checked on their way in, so none of them can fail; it would end truthfully.
        let outgoing = asked.and_then(|(call, wait, first)| Ok((self.request(&call)?, call, wait, first)));
        let (request, call, wait, first) = match outgoing {
            Ok(outgoing) => outgoing,
            Err(error) => return self.step(LaunchInput::Declined(error.to_string()), clock),
        };
        let token = first.then(|| self.seal(&call, clock));
        if token.is_some() {
            self.token.clone_from(&token);
        }
        self.send(call, request, wait, token)
    }

    /// Asks for what is to be deleted, to know whether these credentials are shown it. What they are shown changes nothing: it
    /// is deleted in the version that the caller has seen. Or asks for what there is before something without a name is made, so
    /// that after a lost answer what was there is no candidate. Whatever comes of it, the write is sent.
    fn look_first(&mut self, clock: Clock) -> LaunchStep {
        let wait = Wait {
            ms: 0,
            budget: Budget::Free,
            new_credentials: false,
        };
        let zero = Duration::ZERO;
        let (call, why, next) = match &self.new {
            Some(_) => (LaunchCall::List, Why::NotListedYet, Next::List { wait: zero }),
            None => (LaunchCall::Read, Why::NotShownYet, Next::Read { wait: zero }),
        };
        match self.request(&call) {
            Ok(request) => {
                self.trace.push(TraceStep {
                    at: clock.elapsed,
                    heard: Heard::Begin,
                    why,
                    next,
                });
                self.send(call, request, wait, None)
            }
            Err(_) => {
                self.looks_first = false;
                self.step(LaunchInput::Begin, clock)
            }
        }
    }

    pub(super) fn send(
        &mut self,
        call: LaunchCall,
        request: Request,
        wait: Wait,
        token: Option<LaunchToken>,
    ) -> LaunchStep {
        self.pages += u32::from(call == LaunchCall::List);
        self.asked = Some(call.clone());
        LaunchStep::Send(Box::new(LaunchOutgoing {
            call,
            request,
            wait: Duration::from_millis(wait.ms),
            budget: wait.budget,
            new_credentials: wait.new_credentials,
            token,
        }))
    }

    fn finish(&mut self, end: End<Etag, FieldValue>) -> Box<Launched> {
        let made = self.made.as_ref().map(|made| made.id().to_owned());
        let ended = Box::new(Launched {
            kind: self.kind,
            id: made.unwrap_or_else(|| {
                if self.new.is_some() {
                    String::new()
                } else {
                    self.id.clone()
                }
            }),
            below: self
                .new
                .as_ref()
                .filter(|new| !new.below.is_empty())
                .map(|new| new.below.clone()),
            name: self.new.as_ref().and_then(New::name).map(str::to_owned),
            has_context: self.options.context.is_some(),
            outcome: self.outcome(end),
            candidates: std::mem::take(&mut self.candidates),
            trace: self.trace.clone(),
        });
        self.ended = Some(ended.clone());
        ended
    }

    fn next(&self, action: &Action<Etag, FieldValue>) -> Next {
        let after = |wait: &Wait| Duration::from_millis(wait.ms);
        match (action, &self.machine.epoch) {
            (Action::Read(wait), _) => Next::Read { wait: after(wait) },
            (Action::List(wait), _) if self.kind.creates() => Next::Namesakes { wait: after(wait) },
            (Action::List(wait), _) => Next::List { wait: after(wait) },
            (Action::Write { wait, .. }, Some(epoch)) => Next::Write {
                method: self.kind.method(),
                epoch: epoch.number,
                attempt: epoch.sends,
                if_match: epoch.guard.clone(),
                wait: after(wait),
            },
            (Action::Write { .. } | Action::Ask(_) | Action::Finish(_), _) => Next::End,
        }
    }

    pub(super) fn request(&self, call: &LaunchCall) -> Result<Request, Error> {
        let context = self.options.context.as_ref();
        if let (LaunchCall::Write { key, .. }, Some(new)) = (call, &self.new) {
            let body = new
                .body()
                .ok_or_else(|| Error::invalid("body", "is not known any more"))?;
            return Ok(request::create_of(self.kind, &self.id, body, key.as_ref(), context));
        }
        Ok(match (call, self.kind.target()) {
            (LaunchCall::Write { if_match, key }, _) => {
                request::launch(self.kind, &self.id, if_match.as_ref(), key.as_ref(), context)
            }
            (LaunchCall::Read, LaunchTarget::Cluster) => request::read::<Cluster>(&self.id.parse()?, context),
            (LaunchCall::Read, LaunchTarget::Workspace) => request::read::<Workspace>(&self.id.parse()?, context),
            (LaunchCall::Read, LaunchTarget::Operation) => request::read::<Operation>(&self.id.parse()?, context),
            (LaunchCall::Read, LaunchTarget::WorkerBootstrap) => {
                request::read::<WorkerBootstrap>(&self.id.parse()?, context)
            }
            (LaunchCall::List, _) => self.list(context),
        })
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
            new: self.new.as_ref().map(|new| new.values.clone()).unwrap_or_default(),
            baseline: self.baseline.clone(),
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

    fn hear(&mut self, input: LaunchInput, clock: Clock) -> (Event<Etag, FieldValue>, Heard) {
        let asked = self.asked.take();
        let method = match asked {
            Some(LaunchCall::Write { .. }) => self.kind.method(),
            Some(LaunchCall::List | LaunchCall::Read) | None => Method::Get,
        };
        let (detail, end) = match input {
            LaunchInput::Begin => return (Event::Begin, Heard::Begin),
            LaunchInput::Answered(mut response) => {
                let is_secret = self.kind.answers_secret() && matches!(asked, Some(LaunchCall::Write { .. }));
                let (event, etag) = self.read_answer(asked, &response, clock);
                let status = response.status;
                if is_secret {
                    response.body.zeroize();
                }
                return (event, Heard::Answer { method, status, etag });
            }
            LaunchInput::Declined(detail) => {
                self.detail = Some(detail);
                self.looks_first = false;
                return (Event::Declined, Heard::Declined);
            }
            LaunchInput::NotSent(detail) => (detail, WriteEnd::NotSent),
            LaunchInput::Lost(detail) => {
                self.failed = None;
                (detail, WriteEnd::Lost(None))
            }
        };
        self.detail = Some(detail);
        let not_sent = end == WriteEnd::NotSent;
        let event = match asked {
            Some(LaunchCall::Read | LaunchCall::List) if self.has_looked_first() => Event::Begin,
            Some(LaunchCall::Write { .. }) => Event::Write(end),
            Some(LaunchCall::List) => Event::Listed(false),
            Some(LaunchCall::Read) | None => Event::Read(ReadEnd::Lost(None)),
        };
        (event, Heard::Nothing { method, not_sent })
    }

    /// Whether this was the look before anything is sent, which it then no longer is.
    fn has_looked_first(&mut self) -> bool {
        if self.looks_first {
            (self.pages, self.cursor) = (0, None);
        }
        std::mem::take(&mut self.looks_first)
    }

    /// What an answer means, and the etag that it shows or names.
    fn read_answer(
        &mut self,
        asked: Option<LaunchCall>,
        response: &Response,
        clock: Clock,
    ) -> (Event<Etag, FieldValue>, Option<Etag>) {
        let mut etag = None;
        let event = match asked {
            Some(LaunchCall::List) => {
                self.keep_listed(response);
                match self.has_looked_first() {
                    true => Event::Begin,
                    false => Event::Listed(!self.candidates.is_empty()),
                }
            }
            Some(LaunchCall::Write { .. }) => match self.take_receipt(response) {
                Ok(()) => Event::Write(WriteEnd::Accepted),
                Err(failed) => {
                    let (failed, wait) = self.keep(failed, clock);
                    etag.clone_from(&failed.current_etag);
                    Event::Write(match failed.status {
                        401 => WriteEnd::Unauthorized,
                        404 if failed.from_service => WriteEnd::NotFound,
                        409 | 412 => WriteEnd::Conflict(failed.current_etag.clone()),
                        429 => WriteEnd::Throttled(wait),
                        _ if failed.is_definite() => WriteEnd::Refused,
                        _ => WriteEnd::Lost(wait),
                    })
                }
            },
            Some(LaunchCall::Read) if self.has_looked_first() => {
                let sight = self.sight_of(response).ok();
                self.machine.is_known = sight.is_some();
                etag = sight.map(|sight| sight.etag);
                Event::Begin
            }
            Some(LaunchCall::Read) | None => match self.sight_of(response) {
                Ok(sight) => {
                    etag = Some(sight.etag.clone());
                    // What an earlier read was told is past.
                    self.failed = self.failed.take().filter(|_| self.token.is_some());
                    match sight.etag.if_match() {
                        Ok(_) => Event::Read(ReadEnd::Found(sight.version())),
                        Err(_) => Event::Read(ReadEnd::Unusable),
                    }
                }
                Err(None) => Event::Read(ReadEnd::Lost(None)),
                Err(Some(failed)) => {
                    let was = self.failed.take();
                    let (failed, wait) = self.keep(failed, clock);
                    let end = match failed.status {
                        401 => ReadEnd::Unauthorized,
                        404 if failed.from_service => ReadEnd::NotFound,
                        // Whatever stands in front of the service knows of nothing.
                        404 => ReadEnd::Lost(wait),
                        429 => ReadEnd::Throttled(wait),
                        _ if failed.is_definite() => ReadEnd::Refused,
                        _ => ReadEnd::Lost(wait),
                    };
                    // What a write was told is worth more than what a read was.
                    self.failed = was.or(self.failed.take());
                    Event::Read(end)
                }
            },
        };
        (event, etag)
    }

    /// Keeps the operation, or what was made, that the write was answered with.
    fn take_receipt(&mut self, response: &Response) -> Result<(), Box<Failed>> {
        match &self.new {
            Some(new) if self.kind.is_done_at_once() => self.made = Some(receipt::made_of(self.kind, new, response)?),
            Some(new) => self.operation = Some(receipt::creation_of(new, response)?),
            None => self.operation = Some(receipt::operation_of(self.kind, &self.id, response)?),
        }
        Ok(())
    }

    /// What an answer shows of the resource; `Err(None)` if it is that resource and can't be read.
    fn sight_of(&self, response: &Response) -> Result<Sight, Option<Box<Failed>>> {
        fn of<R: Versioned>(id: &str, response: &Response) -> Result<Sight, Option<Box<Failed>>> {
            let id = id.parse().map_err(|_| None)?;
            match answer::of_resource::<R>(&id, response) {
                Answer::Resource(resource) => Ok(Sight::of(&resource)),
                Answer::Partial(_) => Err(None),
                Answer::Failed(failed) => Err(Some(failed)),
            }
        }
        match self.kind.target() {
            LaunchTarget::Workspace => of::<Workspace>(&self.id, response),
            LaunchTarget::WorkerBootstrap => of::<WorkerBootstrap>(&self.id, response),
            LaunchTarget::Cluster | LaunchTarget::Operation => of::<Cluster>(&self.id, response),
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
}
