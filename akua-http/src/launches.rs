//! The calls that start an operation: suspend, resume, delete, `capabilities:refresh`, `operations:cancel`.
//!
//! Each has two forms: the protocol, which finds out whether it was accepted, and `…_once`, the plain single request.

use akua_model::edit::{
    Launch, LaunchKind, LaunchOptions, LaunchTarget, LaunchToken, Launched, ResumeMode, SavedToken, Sight, Target,
    launched_operation,
};
use akua_model::{
    Cluster, ClusterId, IdempotencyKey, IfMatch, Operation, OperationId, Printable, Readable, Resource, Secret,
    Versioned, Workspace, request,
};

use crate::client::Client;
use crate::collection::{Collection, span};
use crate::deadline::Deadline;
use crate::error::Error;
use crate::launch::{LaunchProgress, Launching};
use crate::sender::Sender;

impl Collection<Cluster> {
    /// Suspends a cluster that runs, and says whether the server has accepted that. What becomes of the operation is another
    /// question: [`wait`](Collection::wait) for it.
    ///
    /// It is done on the version that the caller has seen, or not at all. With only an id the current version is read first.
    /// Nothing is ever issued anew: a lost answer is settled by the same bytes, where they can't be accepted twice, and by
    /// looking.
    ///
    /// ```
    /// # use akua_http::transport::scripted::ScriptedTransport;
    /// # let wire = ScriptedTransport::new();
    /// # let cluster = |etag: &str, state: &str| format!(r#"{{"id":"clu_1","name":"prod","workspace_id":"ws_1",
    /// #     "state":"{state}","provider":"managed_kaas","reconciling":false,"created_at":1,"updated_at":1,"etag":"{etag}"}}"#);
    /// # let operation = |state: &str, done: bool| format!(r#"{{"id":"op_1","state":"{state}","done":{done},"owner_id":"clu_1",
    /// #     "owner_type":"cluster","workspace_id":"ws_1","organization_id":null,"parent_operation_id":null,"html_url":"",
    /// #     "metadata":{{"type":"cluster.suspend","cluster_id":"clu_1"}},"response":null,"error":null,"last_error":null,
    /// #     "started_at":1,"completed_at":null}}"#);
    /// # wire.answer(200, cluster("42", "active"));
    /// # wire.answer(202, operation("RUNNING", false));
    /// # wire.answer(200, operation("SUCCEEDED", true));
    /// # wire.answer(200, cluster("44", "suspended"));
    /// # wire.answer(200, r#"{"data":[],"has_more":false,"next_cursor":null}"#);
    /// use akua_http::Client;
    /// use akua_model::waiting::{Fate, WaitEnd, WaitPolicy};
    ///
    /// # let client = Client::builder().token("t").transport(wire).build()?;
    /// let cluster = client.clusters().get(&"clu_1".parse()?)?;
    /// let launched = client.clusters().suspend(&cluster)?;
    /// if let Some(token) = launched.accepted() {
    ///     let waited = client.operations().wait(token, WaitPolicy::default())?;
    ///     assert_eq!(waited.end, WaitEnd::Done(Fate::Succeeded));
    /// } else {
    ///     println!("{}", launched.explain());
    /// }
    /// # assert_eq!(launched.requests(), 1);
    /// # Ok::<(), akua_http::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) if the version passed in has an etag that can't guard a write; nothing
    /// was sent. Whatever happened after that is a [`LaunchOutcome`](akua_model::edit::LaunchOutcome).
    pub fn suspend(&self, target: impl Into<Target<Cluster>>) -> Result<Launched, Error> {
        self.launch_on(LaunchKind::SuspendCluster, target.into())
    }

    /// Resumes a cluster that is suspended: as [`suspend`](Self::suspend).
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) if the version passed in has an etag that can't guard a write; nothing
    /// was sent. Whatever happened after that is a [`LaunchOutcome`](akua_model::edit::LaunchOutcome).
    pub fn resume(&self, target: impl Into<Target<Cluster>>) -> Result<Launched, Error> {
        self.launch_on(LaunchKind::ResumeCluster, target.into())
    }

    /// Asks for the capabilities of a cluster to be found out anew. It can be asked for as often as one likes.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) if the version passed in has an etag that can't guard a write; nothing
    /// was sent. Whatever happened after that is a [`LaunchOutcome`](akua_model::edit::LaunchOutcome).
    pub fn refresh_capabilities(&self, id: &ClusterId) -> Result<Launched, Error> {
        self.launch(LaunchKind::RefreshCapabilities, id.as_str(), None)
    }

    /// Sends one `POST …:suspend`, and returns the operation that it was answered with.
    ///
    /// It is sent a second time, byte for byte, only if the server has refused it with 401 and the client's callback has another
    /// token. [`suspend`](Self::suspend) finds out what happened where this can only say that it is not known.
    ///
    /// # Errors
    ///
    /// As for [`update`](Self::update): for every kind, [`Error::may_have_taken_effect`] is false only if it is proven that
    /// nothing was accepted and nothing will be.
    pub fn suspend_once(
        &self,
        id: &ClusterId,
        if_match: &IfMatch,
        key: Option<&IdempotencyKey>,
    ) -> Result<Operation, Error> {
        self.once(LaunchKind::SuspendCluster, id.as_str(), Some(if_match), key)
    }

    /// Sends one `POST …:resume`: as [`suspend_once`](Self::suspend_once).
    ///
    /// # Errors
    ///
    /// As for [`update`](Self::update): for every kind, [`Error::may_have_taken_effect`] is false only if it is proven that
    /// nothing was accepted and nothing will be.
    pub fn resume_once(
        &self,
        id: &ClusterId,
        if_match: &IfMatch,
        key: Option<&IdempotencyKey>,
    ) -> Result<Operation, Error> {
        self.once(LaunchKind::ResumeCluster, id.as_str(), Some(if_match), key)
    }

    /// Sends one `POST …/capabilities:refresh`: as [`suspend_once`](Self::suspend_once), without an etag.
    ///
    /// # Errors
    ///
    /// As for [`update`](Self::update): for every kind, [`Error::may_have_taken_effect`] is false only if it is proven that
    /// nothing was accepted and nothing will be.
    pub fn refresh_capabilities_once(&self, id: &ClusterId, key: Option<&IdempotencyKey>) -> Result<Operation, Error> {
        self.once(LaunchKind::RefreshCapabilities, id.as_str(), None, key)
    }
}

/// What can be deleted.
pub trait Deletable: Resource {
    #[doc(hidden)]
    const DELETE: LaunchKind;
}

impl Deletable for Cluster {
    const DELETE: LaunchKind = LaunchKind::DeleteCluster;
}

impl Deletable for Workspace {
    const DELETE: LaunchKind = LaunchKind::DeleteWorkspace;
}

impl<R: Deletable> Collection<R> {
    /// Deletes a resource, and says whether the server has accepted that: in the version that the caller has seen, or not at
    /// all. With only an id the current version is read first, and that one is deleted.
    ///
    /// A version that the caller passes in is looked at first, with the credentials that are then used: only to those that were
    /// shown it says a 404, once an answer was lost, that it is gone. It is never sent anew on another version.
    ///
    /// Documented for clusters: no install, no managed worker and no machine snapshot may be left, and the caller must own the
    /// workspace. After the delete of a workspace its own token is presumably of no use any more.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) if the version passed in has an etag that can't guard a write; nothing
    /// was sent. Whatever happened after that is a [`LaunchOutcome`](akua_model::edit::LaunchOutcome).
    pub fn delete(&self, target: impl Into<Target<R>>) -> Result<Launched, Error> {
        self.launch_on(R::DELETE, target.into())
    }

    /// Sends one `DELETE`, and returns the operation that it was answered with. It is sent a second time, byte for byte, only if
    /// the server has refused it with 401 and the client's callback has another token.
    ///
    /// # Errors
    ///
    /// As for [`update`](Self::update): for every kind, [`Error::may_have_taken_effect`] is false only if it is proven that
    /// nothing was accepted and nothing will be.
    pub fn delete_once(
        &self,
        id: &R::Id,
        if_match: &IfMatch,
        key: Option<&IdempotencyKey>,
    ) -> Result<Operation, Error> {
        self.once(R::DELETE, id.as_ref(), Some(if_match), key)
    }
}

impl Collection<Operation> {
    /// Asks for an operation to be cancelled. That is all that an acceptance says: the step that runs is finished first, and
    /// the operation may still succeed or fail. [`wait`](Self::wait) for it, and say that it was
    /// [asked for here](crate::AwaitedOperation::asked). One that has ended is refused (422).
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) if the version passed in has an etag that can't guard a write; nothing
    /// was sent. Whatever happened after that is a [`LaunchOutcome`](akua_model::edit::LaunchOutcome).
    pub fn cancel_operation(&self, id: &OperationId) -> Result<Launched, Error> {
        self.launch(LaunchKind::CancelOperation, id.as_str(), None)
    }

    /// Sends one `POST …:cancel`, and returns the operation as it was then.
    ///
    /// # Errors
    ///
    /// As for [`update`](Self::update): for every kind, [`Error::may_have_taken_effect`] is false only if it is proven that
    /// nothing was accepted and nothing will be.
    pub fn cancel_operation_once(&self, id: &OperationId, key: Option<&IdempotencyKey>) -> Result<Operation, Error> {
        self.once(LaunchKind::CancelOperation, id.as_str(), None, key)
    }
}

impl Client {
    /// Settles a launch that an earlier call left behind, also in another process: with the same bytes
    /// ([`Finish`](ResumeMode::Finish)), or by looking only. It is never issued anew.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) if the token is for another service or context, or damaged. Nothing was
    /// sent, and nothing new is known of the launch: the effect of such an error is [`Unknown`](crate::Effect::Unknown).
    /// **Keep the token.**
    pub fn resolve_launch(&self, token: &LaunchToken, mode: ResumeMode) -> Result<Launched, Error> {
        match token.kind().target() {
            LaunchTarget::Cluster => self.clusters().resolve_launch(token, mode),
            LaunchTarget::Workspace => self.workspaces().resolve_launch(token, mode),
            LaunchTarget::Operation => self.operations().resolve_launch(token, mode),
            LaunchTarget::WorkerBootstrap => self.worker_bootstraps().resolve_launch(token, mode),
        }
    }
}

impl<R: Readable> Collection<R> {
    /// As [`Client::resolve_launch`], with the options of this collection. Which resource it is about is told by the token.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn resolve_launch(&self, token: &LaunchToken, mode: ResumeMode) -> Result<Launched, Error> {
        let client = self.client().inner();
        let mut options = self.launch_options();
        // The time of the call counts from here, that for the credentials as well.
        let sender = Sender::new(self.caller(), &options.policy);
        let deadline = Deadline::after(options.policy.deadline);
        // Whether a 404 says anything is known only with the credentials at hand. Without any, the launch says so itself.
        let credentials = client
            .credentials
            .token(None, deadline, self.cancel_handle())
            .ok()
            .flatten();
        options.credentials = credentials.as_ref().map(|token| Secret::from(token.expose()));
        let sender = sender.with_token(credentials);
        let launch = Launch::resume(token, mode, options, self.clock()).map_err(|error| {
            let name = format!("resolving the {} {}", token.kind().words(), Printable(token.id()));
            Error::from(error).of_call(name).while_resolving()
        })?;
        Ok(self.drive_launch(Launching::new(sender, launch)))
    }

    pub(crate) fn launch(&self, kind: LaunchKind, id: &str, seen: Option<&Sight>) -> Result<Launched, Error> {
        Ok(self.drive_launch(self.start_launch(kind, id, seen)?))
    }

    /// A launch, step by step. `seen` is the version that the caller has looked at, where an etag guards it.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) if `id` can't be the id of such a resource, or the etag can't guard a
    /// write; nothing was sent.
    pub fn start_launch(&self, kind: LaunchKind, id: &str, seen: Option<&Sight>) -> Result<Launching, Error> {
        let options = self.launch_options();
        let sender = Sender::new(self.caller(), &options.policy);
        let launch = Launch::new(kind, id, seen, options)
            .map_err(|error| Error::from(error).of_call(format!("{} {}", kind.words(), Printable(id))))?;
        Ok(Launching::new(sender, launch))
    }

    pub(crate) fn drive_launch(&self, mut launching: Launching) -> Launched {
        let keep = |token: SavedToken| match &self.keep {
            Some(keep) => keep.0(&token),
            None => Ok(()),
        };
        loop {
            match launching.next() {
                LaunchProgress::Ready(token) => {
                    if let Err(error) = keep(SavedToken::Launch(*token)) {
                        launching.decline(format_args!("the resume token could not be kept: {error}"));
                    }
                }
                LaunchProgress::Done(launched) => {
                    // It is in the end as well: that it could not be kept loses nothing.
                    if let Some(token) = launched.accepted() {
                        drop(keep(SavedToken::Wait(token.clone())));
                    }
                    return *launched;
                }
            }
        }
    }

    pub(crate) fn launch_options(&self) -> LaunchOptions {
        let edit = self.options_of_write();
        let mut options = LaunchOptions::default();
        options.contract = edit.contract;
        options.policy = edit.policy;
        options.context = edit.context;
        options.origin = edit.origin;
        options.can_refresh_credentials = edit.can_refresh_credentials;
        options
    }

    pub(crate) fn once(
        &self,
        kind: LaunchKind,
        id: &str,
        if_match: Option<&IfMatch>,
        key: Option<&IdempotencyKey>,
    ) -> Result<Operation, Error> {
        let request = request::launch(kind, id, if_match, key, self.effective_context());
        let span = span(&request);
        let _entered = span.enter();
        self.exchange(&request)
            .write(|response| launched_operation(kind, id, response).into())
    }
}

impl<R: Versioned> Collection<R> {
    pub(crate) fn launch_on(&self, kind: LaunchKind, target: Target<R>) -> Result<Launched, Error> {
        match &target {
            Target::Seen(seen) => self.launch(kind, seen.id().as_ref(), Some(&Sight::of(&**seen))),
            Target::Id(id) => self.launch(kind, id.as_ref(), None),
        }
    }
}
