//! What goes into an edit and comes out of it, step by step.

use std::time::Duration;

use super::contract::Contract;
use super::event::Budget;
use super::outcome::Edited;
use super::policy::Policy;
use super::token::ResumeToken;
use crate::etag::WorkspaceContext;
use crate::http::{Request, Response};
use crate::resource::Resource;

/// What holds for an edit beside the change itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// What the server guarantees.
    pub contract: Contract,
    /// What to do about other writers and about trouble.
    pub policy: Policy,
    /// The workspace context to send, if any.
    pub context: Option<WorkspaceContext>,
    /// The service, as the transport names it: it is written into resume tokens and compared on resuming.
    pub origin: String,
    /// Whether new credentials can be asked for after a 401; that is done once.
    pub can_refresh_credentials: bool,
}

/// Where the change of an edit comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Change<R: Resource> {
    /// It is given.
    Patch(R::Patch),
    /// It is asked for, for each fresh version.
    Asked,
}

/// What became of what the last step asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Input<R: Resource> {
    /// The call begins.
    Begin,
    /// The request was answered.
    Answered(Response),
    /// No byte of the request was handed over, which the transport proves.
    NotSent(String),
    /// The request has no answer; it may have arrived.
    Lost(String),
    /// The request was not begun and will not be: no budget, no credentials, or the resume token could not be kept.
    Declined(String),
    /// The patch for the version that was handed out; `None` if nothing is to change.
    Patch(Option<R::Patch>),
    /// There will be no patch, and why.
    NoPatch(String),
}

/// What is to be done next.
#[derive(Clone, Debug, PartialEq)]
pub enum Step<R: Resource> {
    /// Ask the caller for the patch of this version.
    NeedPatch(Box<R>),
    /// Send this.
    Send(Box<Outgoing>),
    /// Nothing: the edit has ended.
    Done(Box<Edited<R>>),
}

/// One request to be sent.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Outgoing {
    /// The request. A repeat inside an epoch is the same to the byte.
    pub request: Request,
    /// How long to wait before.
    pub wait: Duration,
    /// Which budget pays for it.
    pub budget: Budget,
    /// Whether new credentials are to be asked for before.
    pub new_credentials: bool,
    /// At the beginning of an epoch: the token that settles this write. Keep it before the first byte goes out,
    /// and answer [`Input::Declined`] if that fails.
    pub resume_token: Option<ResumeToken>,
}
