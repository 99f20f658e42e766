//! What goes into a launch and comes out of it, step by step.

use std::time::Duration;

use super::contract::Contract;
use super::event::Budget;
use super::launch_token::LaunchToken;
use super::launched::Launched;
use super::policy::Policy;
use crate::etag::{IdempotencyKey, IfMatch, WorkspaceContext};
use crate::http::{Request, Response};
use crate::secret::Secret;

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
    /// The request that makes it, complete but for the credentials.
    pub request: Request,
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
    /// `GET` the operations of the resource, the newest first; for a create a page of the resources. That it could not be read is [`LaunchInput::Lost`], or
    /// whatever it was answered.
    List,
}
