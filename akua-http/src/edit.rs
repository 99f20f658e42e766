//! The driver of an edit: asks [`akua_model::edit`] what is next, has it sent, and hands the answers back.

use std::fmt;

use akua_model::Resource;
use akua_model::edit::{Clock, Edit, Edited, Input, Outgoing, ResumeToken, Step};

use crate::collection::Collection;
use crate::sender::{Asked, Before, Heard, Sender};

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
    sender: Sender,
    edit: Edit<R>,
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
    pub(crate) fn new(collection: &Collection<R>, edit: Edit<R>) -> Self {
        Self {
            sender: Sender::new(collection.caller(), edit.policy()),
            edit,
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
            let (input, clock) = match self.sender.clock() {
                Ok(clock) => (input, clock),
                Err(error) => (Input::Declined(error), self.sender.clock_without_entropy()),
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

    fn send(&mut self, outgoing: &Outgoing) -> Input<R> {
        let asked = Asked {
            request: &outgoing.request,
            wait: outgoing.wait,
            budget: outgoing.budget,
            new_credentials: outgoing.new_credentials,
        };
        match self.sender.send(&asked, &mut self.edit) {
            Heard::Answered(response) => Input::Answered(response),
            Heard::NotSent(why) => Input::NotSent(why),
            Heard::Lost(why) => Input::Lost(why),
            Heard::Declined(why) => Input::Declined(why),
        }
    }
}

impl<R: Resource> Before for Edit<R> {
    fn hide(&mut self, secret: &str) {
        Edit::hide(self, secret);
    }

    fn may_send(&self, clock: Clock) -> bool {
        Edit::may_send(self, clock)
    }
}

impl<R: Resource> fmt::Debug for Editing<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Editing")
            .field("edit", &self.edit)
            .finish_non_exhaustive()
    }
}
