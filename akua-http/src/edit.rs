//! The driver of an edit: sends what the protocol asks for, waits where it says so, and hands the answers back.
//!
//! What is to be done and what it means is decided by [`akua_model::edit`]; here is the clock, the dice, the
//! credentials, the budget and the wire. Nothing here decides whether a write is repeated.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use akua_model::Resource;
use akua_model::edit::{Budget, Clock, Edit, Edited, Input, Outgoing, ResumeToken, Step};
use akua_model::http::Response;

use crate::budget::is_well;
use crate::collection::{Collection, span};
use crate::credentials::{NoToken, Token};
use crate::deadline::{Deadline, Pause};
use crate::transport::{Failure, FailureKind, Sent};

/// One edit, step by step: the form on which every other one is written.
///
/// Ask for what is [`next`](Self::next) until it is [`Progress::Done`]. Where a patch is needed, give one with
/// [`submit`](Self::submit) or none with [`fail`](Self::fail). Before a write goes out for the first time its resume
/// token is handed out: keep it, then go on; or [`decline`](Self::decline), and nothing of that write is sent.
///
/// ```
/// # use akua_http::transport::scripted::ScriptedTransport;
/// # let wire = ScriptedTransport::new();
/// # let cluster = |name: &str, etag: &str| format!(r#"{{"id":"clu_1","name":"{name}","workspace_id":"ws_1",
/// #     "state":"active","provider":"managed_kaas","reconciling":false,"created_at":1,"updated_at":1,"etag":"{etag}"}}"#);
/// # wire.answer(200, cluster("prod", "42"));
/// # wire.answer(200, cluster("prod-eu", "43"));
/// use akua_http::{Client, Progress};
/// use akua_model::{ClusterId, ClusterPatch, edit::Outcome};
///
/// # let client = Client::builder().token("t").transport(wire).build()?;
/// let id: ClusterId = "clu_1".parse()?;
/// let mut editing = client.clusters().start_edit_with(&id)?;
/// let edited = loop {
///     match editing.next() {
///         Progress::NeedPatch(cluster) => {
///             let name = format!("{}-eu", cluster.name);
///             editing.submit(Some(ClusterPatch::builder().name(name).build()?));
///         }
///         Progress::Ready(resume_token) => println!("to settle it later: {resume_token}"),
///         Progress::Done(edited) => break edited,
///     }
/// };
/// assert!(matches!(edited.outcome, Outcome::Applied(_)));
/// # Ok::<(), akua_http::Error>(())
/// ```
pub struct Editing<R: Resource> {
    collection: Collection<R>,
    edit: Edit<R>,
    started: Instant,
    deadline: Duration,
    settle_only: Duration,
    token: Option<Arc<Token>>,
    /// Whether the last request of this call met trouble: what follows it is then a repeat, and is paid for.
    trouble: bool,
    /// What the protocol is told next.
    input: Option<Input<R>>,
    /// The first sending of a write whose resume token was handed out.
    ready: Option<Box<Outgoing>>,
    /// The end, once it was reached.
    done: Option<Box<Edited<R>>>,
}

/// Where an [`Editing`] stands.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress<R: Resource> {
    /// A patch for this version is needed.
    NeedPatch(Box<R>),
    /// A write is about to be sent for the first time; this settles it should its answer be lost.
    Ready(Box<ResumeToken>),
    /// The end.
    Done(Box<Edited<R>>),
}

impl<R: Resource> Editing<R> {
    pub(crate) fn new(collection: Collection<R>, edit: Edit<R>) -> Self {
        let policy = edit.policy();
        Self {
            started: Instant::now(),
            deadline: policy.deadline,
            settle_only: policy.soft_deadline(),
            collection,
            edit,
            token: None,
            trouble: false,
            input: Some(Input::Begin),
            ready: None,
            done: None,
        }
    }

    /// Goes on until the caller is needed or the edit has ended. Blocks for as long as that takes, at the latest
    /// until the deadline. After the end it gives the same end again.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Progress<R> {
        if let Some(ready) = self.ready.take() {
            self.input = Some(self.send(&ready));
        }
        loop {
            if let Some(done) = &self.done {
                return Progress::Done(done.clone());
            }
            let unasked = || Input::NoPatch("the patch that was asked for was not given".to_owned());
            let input = self.input.take().unwrap_or_else(unasked);
            let (input, clock) = match self.clock() {
                Ok(clock) => (input, clock),
                Err(error) => (Input::Declined(error), self.clock_without_entropy()),
            };
            match self.edit.step(input, clock) {
                Step::NeedPatch(current) => return Progress::NeedPatch(current),
                Step::Done(edited) => self.done = Some(edited),
                Step::Send(outgoing) => match outgoing.resume_token.clone() {
                    Some(token) => {
                        self.ready = Some(outgoing);
                        return Progress::Ready(Box::new(token));
                    }
                    None => self.input = Some(self.send(&outgoing)),
                },
            }
        }
    }

    /// Gives the patch that was asked for; `None` if nothing is to change.
    pub fn submit(&mut self, patch: Option<R::Patch>) {
        self.input = Some(Input::Patch(patch));
    }

    /// Gives no patch but a reason. Nothing more is sent.
    pub fn fail(&mut self, reason: impl fmt::Display) {
        self.input = Some(Input::NoPatch(reason.to_string()));
    }

    /// Stops the write whose resume token was handed out. Nothing of it is sent.
    pub fn decline(&mut self, reason: impl fmt::Display) {
        if self.ready.take().is_some() {
            self.input = Some(Input::Declined(reason.to_string()));
        }
    }

    /// The resume token of the write that is going on; `None` before the first one.
    #[must_use]
    pub fn resume_token(&self) -> Option<&ResumeToken> {
        self.edit.resume_token()
    }

    /// Takes from the retry budget, waits, and sends one request. Returns what the machine is to know of it: an answer,
    /// a failure, or why it was not sent.
    fn send(&mut self, outgoing: &Outgoing) -> Input<R> {
        let span = span(&outgoing.request);
        let _entered = span.enter();
        let client = self.collection.client().clone();
        let client = client.inner();
        let cancel = self.collection.cancel_handle().cloned();
        let paid = match outgoing.budget {
            _ if !self.trouble => true,
            Budget::Free => true,
            Budget::Retry => client.budgets.take_retry(),
            Budget::Settle => client.budgets.take_settle(),
        };
        if !paid {
            return Input::Declined("the client's retry budget is used up".to_owned());
        }
        let deadline = self.deadline_of(outgoing);
        if !outgoing.wait.is_zero() {
            match deadline.pause(client.pace.stretch(outgoing.wait), cancel.as_ref()) {
                Pause::Elapsed => {}
                Pause::DeadlinePassed => return Input::Declined("the deadline passed during a wait".to_owned()),
                Pause::Cancelled => return Input::Declined("the call was cancelled during a wait".to_owned()),
            }
        }
        let refused = if outgoing.new_credentials {
            self.token.take()
        } else {
            None
        };
        let token = match (&self.token, &refused) {
            (Some(token), _) => Arc::clone(token),
            (None, refused) => match client.credentials.token(refused.as_ref(), deadline, cancel.as_ref()) {
                Ok(Some(token)) => token,
                Ok(None) => return Input::Declined("the callback that makes tokens has no other one".to_owned()),
                Err(reason) => return Input::Declined(no_token(reason)),
            },
        };
        self.edit.hide(token.expose());
        self.token = Some(Arc::clone(&token));
        // The wait may have been longer than it was meant to be: the machine may have slept.
        if outgoing.request.method().is_write() && !self.edit.may_send(self.clock_without_entropy()) {
            return Input::NotSent("the server may have forgotten the key while this waited".to_owned());
        }
        let mut exchange = self.collection.exchange_until(&outgoing.request, deadline);
        let outcome = exchange.send(&token);
        self.trouble = !matches!(&outcome, Ok(answer) if is_well(answer.status));
        match outcome {
            Ok(response) => Input::Answered(response),
            Err(failure) => heard(&failure),
        }
    }

    /// Until when one request may take. What settles takes half of what is left after its wait, so that another look
    /// is possible when it stalls; everything else leaves the reserve for settling.
    fn deadline_of(&self, outgoing: &Outgoing) -> Deadline {
        // Read once: what is left now is less a moment later.
        let elapsed = self.started.elapsed();
        Deadline::after(if outgoing.budget == Budget::Settle {
            let left = self.deadline.saturating_sub(elapsed);
            let wait = outgoing.wait.min(left);
            wait + (left - wait) / 2
        } else {
            self.settle_only.saturating_sub(elapsed)
        })
    }

    fn clock(&self) -> Result<Clock, String> {
        let entropy = self.collection.client().pace().entropy();
        let entropy = entropy.map_err(|error| format!("the system gave no random bits: {error}"))?;
        Ok(Clock {
            entropy,
            ..self.clock_without_entropy()
        })
    }

    fn clock_without_entropy(&self) -> Clock {
        Clock {
            elapsed: self.started.elapsed(),
            unix_ms: self.collection.client().pace().unix_ms(),
            since_boot: self.collection.client().pace().since_boot(),
            entropy: 0,
            cancelled: self
                .collection
                .cancel_handle()
                .is_some_and(crate::cancel::Cancel::is_cancelled),
        }
    }
}

/// What a failed attempt proves. A complete head decides by its status, unless it is a 200 whose body is lost.
fn heard<R: Resource>(failure: &Failure) -> Input<R> {
    match (failure.sent(), failure.answer()) {
        (Sent::NotSent, _) if failure.kind() == FailureKind::ProxyRefused => {
            Input::Declined(failure.message().to_owned())
        }
        (Sent::NotSent, _) => Input::NotSent(failure.message().to_owned()),
        (Sent::Unknown, Some(head)) if head.status != 200 => Input::Answered(Response {
            status: head.status,
            headers: head.headers.clone(),
            body: head.body.clone(),
        }),
        (Sent::Unknown, _) => Input::Lost(failure.message().to_owned()),
    }
}

fn no_token(reason: NoToken) -> String {
    match reason {
        NoToken::Failed(why) => format!("the callback that makes tokens gave none: {why}"),
        NoToken::Timeout => "the deadline passed before there was a token".to_owned(),
        NoToken::Cancelled => "the call was cancelled before there was a token".to_owned(),
    }
}

impl<R: Resource> fmt::Debug for Editing<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Editing")
            .field("edit", &self.edit)
            .finish_non_exhaustive()
    }
}
