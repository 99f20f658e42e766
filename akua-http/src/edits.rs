//! Edits of a collection: the one-call forms, each a short loop over the stepwise one.

use std::sync::Arc;

use akua_model::edit::{Change, Contract, Edit, Edited, Options, Policy, ResumeMode, ResumeToken, SavedToken, Target};
use akua_model::{Declared, Resource, Secrets};

use crate::collection::{Collection, KeepResumeToken};
use crate::credentials::BoxError;
use crate::edit::{Editing, Progress};
use crate::error::Error;

impl<R: Resource> Collection<R> {
    /// Changes the fields in `patch`, whatever happens in between, and says what happened.
    ///
    /// Pass the version that the caller has seen: everything in it is protected. With only an id the current version
    /// is read first, and only changes during the call are noticed. If somebody else changed other fields meanwhile,
    /// the patch is applied to the new version (see [`Policy`]); if they touched the same ones, nothing is written.
    /// If an answer is lost, the truth is found out where it can be.
    ///
    /// ```
    /// # use akua_http::transport::scripted::ScriptedTransport;
    /// # let wire = ScriptedTransport::new();
    /// # let cluster = |name: &str, etag: &str| format!(r#"{{"id":"clu_1","name":"{name}","workspace_id":"ws_1",
    /// #     "state":"active","provider":"managed_kaas","reconciling":false,"created_at":1,"updated_at":1,"etag":"{etag}"}}"#);
    /// # wire.answer(200, cluster("prod", "42"));
    /// # wire.answer(200, cluster("prod-eu", "43"));
    /// use akua_http::Client;
    /// use akua_model::{ClusterPatch, edit::Outcome};
    ///
    /// # let client = Client::builder().token("t").transport(wire).build()?;
    /// let cluster = client.clusters().get(&"clu_1".parse()?)?;
    /// let edited = client.clusters().edit(&cluster, ClusterPatch::builder().name("prod-eu").build()?)?;
    /// match &edited.outcome {
    ///     Outcome::Applied(applied) => println!("done, etag {}", applied.etag),
    ///     Outcome::Unchanged(cluster) => println!("{} already was so", cluster.name),
    ///     Outcome::NotApplied(why) => println!("nothing happened: {why:?}"),
    ///     Outcome::Indeterminate(unknown) => println!("settle it later: {}", unknown.resume_token),
    /// }
    /// # assert_eq!(edited.requests(), 1);
    /// # Ok::<(), akua_http::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) if the version passed in has an etag that can't guard a
    /// write; nothing was sent. Whatever happened after that is an [`Outcome`](akua_model::edit::Outcome).
    pub fn edit(&self, target: impl Into<Target<R>>, patch: R::Patch) -> Result<Edited<R>, Error> {
        let editing = self.start(target.into(), Change::Patch(patch))?;
        Ok(self.drive(editing, |_| Ok(None)))
    }

    /// Changes what `change` says for the version it is given: called again on each fresh version, and never while
    /// an earlier write of this call may have landed. If it gives no patch, nothing is sent; if it fails, nothing
    /// more is.
    ///
    /// For a change that depends on what is there, such as counting up. After a lost answer, a read that shows the
    /// wanted value is [`Observed`](akua_model::edit::Proof::Observed): then another writer may have counted to the
    /// same number, and whoever has to know should make the values differ.
    ///
    /// ```
    /// # use akua_http::transport::scripted::ScriptedTransport;
    /// # let wire = ScriptedTransport::new();
    /// # let cluster = |name: &str, etag: &str| format!(r#"{{"id":"clu_1","name":"{name}","workspace_id":"ws_1",
    /// #     "state":"active","provider":"managed_kaas","reconciling":false,"created_at":1,"updated_at":1,"etag":"{etag}"}}"#);
    /// # wire.answer(200, cluster("prod", "42"));
    /// # wire.answer(200, cluster("prod-eu", "43"));
    /// use akua_http::Client;
    /// use akua_model::{ClusterId, ClusterPatch};
    ///
    /// # let client = Client::builder().token("t").transport(wire).build()?;
    /// let id: ClusterId = "clu_1".parse()?;
    /// let edited = client.clusters().edit_with(id, |current| {
    ///     if current.name.ends_with("-eu") {
    ///         return Ok(None);
    ///     }
    ///     Ok(Some(ClusterPatch::builder().name(format!("{}-eu", current.name)).build()?))
    /// })?;
    /// assert_eq!(edited.resource().map(|cluster| cluster.name.as_str()), Some("prod-eu"));
    /// # Ok::<(), akua_http::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`edit`](Self::edit). What `change` fails with stands in the outcome.
    pub fn edit_with(
        &self,
        target: impl Into<Target<R>>,
        change: impl FnMut(&R) -> Result<Option<R::Patch>, BoxError>,
    ) -> Result<Edited<R>, Error> {
        let editing = self.start(target.into(), Change::Asked)?;
        Ok(self.drive(editing, change))
    }

    /// As [`edit`](Self::edit), step by step.
    ///
    /// # Errors
    ///
    /// As for [`edit`](Self::edit).
    pub fn start_edit(&self, target: impl Into<Target<R>>, patch: R::Patch) -> Result<Editing<R>, Error> {
        self.start(target.into(), Change::Patch(patch))
    }

    /// As [`edit_with`](Self::edit_with), step by step.
    ///
    /// # Errors
    ///
    /// As for [`edit`](Self::edit).
    pub fn start_edit_with(&self, target: impl Into<Target<R>>) -> Result<Editing<R>, Error> {
        self.start(target.into(), Change::Asked)
    }

    /// Settles a write that an earlier call left behind, also in another process. `secrets` are those that were
    /// written, if any was: a token holds only their hashes.
    ///
    /// [`Finish`](ResumeMode::Finish) may land the write now; [`Look`](ResumeMode::Look) only reads. Applied then
    /// means: in effect at some time between the first sending and now. Which collection a token is for is its
    /// [`kind`](ResumeToken::kind).
    ///
    /// ```
    /// # use akua_http::transport::{FailureKind, Sent, scripted::ScriptedTransport};
    /// # let wire = ScriptedTransport::new();
    /// # let cluster = |name: &str, etag: &str| format!(r#"{{"id":"clu_1","name":"{name}","workspace_id":"ws_1",
    /// #     "state":"active","provider":"managed_kaas","reconciling":false,"created_at":1,"updated_at":1,"etag":"{etag}"}}"#);
    /// # wire.answer(200, cluster("prod", "42"));
    /// # wire.fail(Sent::Unknown, FailureKind::ConnectionLost);
    /// # wire.answer(404, "");
    /// # wire.answer(404, "");
    /// # wire.answer(200, cluster("prod-eu", "43"));
    /// use akua_http::Client;
    /// use akua_model::Secrets;
    /// use akua_model::edit::{Outcome, ResumeMode, ResumeToken};
    /// # use akua_model::{ClusterId, ClusterPatch};
    ///
    /// # let client = Client::builder().token("t").transport(wire).build()?;
    /// # let id: ClusterId = "clu_1".parse()?;
    /// # let edited = client.clusters().edit(id, ClusterPatch::builder().name("prod-eu").build()?)?;
    /// # let Outcome::Indeterminate(open) = &edited.outcome else { panic!() };
    /// # let printed = open.resume_token.to_string();
    /// let token: ResumeToken = printed.parse()?;
    /// let edited = client.clusters().resolve(&token, ResumeMode::Finish, &Secrets::none())?;
    /// println!("{}", edited.explain());
    /// # assert!(edited.applied().is_some());
    /// # Ok::<(), akua_http::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) if the token is for another service, context or kind of
    /// resource, or another secret was written. Nothing was sent, and nothing new is known of the token's write: the
    /// effect of such an error is [`Unknown`](crate::Effect::Unknown). **Keep the token.** When it may go, and when it must,
    /// is a table in the guide to edits; in short: after `Applied` it may, after `NotApplied` and `Unchanged` it must
    /// (finished later, the write could land), after `Indeterminate` and after any error it must not.
    pub fn resolve(&self, token: &ResumeToken, mode: ResumeMode, secrets: &Secrets) -> Result<Edited<R>, Error> {
        let edit = Edit::resume(token, mode, secrets, self.options_of_write(), self.clock());
        let edit = edit.map_err(|error| {
            let name = format!("resolving the write of {} {}", token.kind(), token.id());
            Error::from(error).of_call(name).while_resolving()
        })?;
        Ok(self.drive(Editing::new(self, edit), |_| Ok(None)))
    }

    fn start(&self, target: Target<R>, change: Change<R>) -> Result<Editing<R>, Error> {
        let name = format!("edit of {} {}", R::NOUN, target.id());
        let edit =
            Edit::new(target, change, self.options_of_write()).map_err(|error| Error::from(error).of_call(name))?;
        Ok(Editing::new(self, edit))
    }

    fn drive(
        &self,
        mut editing: Editing<R>,
        mut change: impl FnMut(&R) -> Result<Option<R::Patch>, BoxError>,
    ) -> Edited<R> {
        loop {
            match editing.next() {
                Progress::Done(edited) => return *edited,
                Progress::NeedPatch(current) => match change(&current) {
                    Ok(patch) => editing.submit(patch),
                    Err(error) => editing.fail(error),
                },
                Progress::Ready(token) => {
                    let kept = self.keep.as_ref().map(|keep| keep.0(&SavedToken::Edit(token)));
                    if let Some(Err(error)) = kept {
                        editing.decline(format_args!("the resume token could not be kept: {error}"));
                    }
                }
            }
        }
    }
}

impl<R: Declared> Collection<R> {
    /// How edits are to behave: what to do about other writers, and the bounds. Its deadline holds for an edit as a
    /// whole, unless [`timeout`](Self::timeout) sets another.
    ///
    /// ```
    /// use akua_http::Client;
    /// use akua_model::edit::{OnConflict, Policy};
    ///
    /// # let client = Client::builder().token("t").build()?;
    /// let mut policy = Policy::default();
    /// policy.on_conflict = OnConflict::Fail;
    /// let clusters = client.clusters().policy(policy);
    /// # Ok::<(), akua_http::Error>(())
    /// ```
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = Some(policy);
        self
    }

    /// Is called with the resume token of a write before the first byte of it goes out, also for each version that
    /// it is tried on. If it fails, nothing of that write is sent. A write that starts an operation calls it once more when
    /// that was accepted, with the token of the operation, which then takes the place of the first.
    ///
    /// Kept on disk, the token survives a crash between sending and the answer. A token that is kept need not mean
    /// that anything was sent. The hook runs on the thread of the call, whose deadline goes on meanwhile.
    ///
    /// ```
    /// # use akua_http::transport::scripted::ScriptedTransport;
    /// # let wire = ScriptedTransport::new();
    /// # wire.answer(200, r#"{"id":"ws_1","name":"new","slug":"abc","plan":{},"created_at":1,"updated_at":1,"etag":"8"}"#);
    /// # let (client, kept) = (akua_http::Client::builder().token("t").transport(wire).build()?, std::env::temp_dir());
    /// # let kept = kept.join(format!("akua-open-edit-{}", std::process::id()));
    /// # let file = kept.clone();
    /// let workspaces = client
    ///     .workspaces()
    ///     .keep_resume_token(move |token| Ok(std::fs::write(&file, token.to_string())?));
    /// # let id: akua_model::WorkspaceId = "ws_1".parse()?;
    /// # workspaces.edit(id, akua_model::WorkspacePatch::builder().name("newer").build()?)?;
    /// # assert!(std::fs::read_to_string(&kept)?.starts_with("akua-resume-1."));
    /// # std::fs::remove_file(&kept)?;
    /// # Ok::<(), akua_http::BoxError>(())
    /// ```
    pub fn keep_resume_token(
        mut self,
        keep: impl Fn(&SavedToken) -> Result<(), BoxError> + Send + Sync + 'static,
    ) -> Self {
        self.keep = Some(KeepResumeToken(Arc::new(keep)));
        self
    }

    /// What edits may take the server to guarantee: the client's contract, as far as what is on the way leaves it.
    #[must_use]
    pub fn contract(&self) -> Contract {
        let mut contract = self.client().inner().contract;
        contract.hidden_retries |= self.client().transport().hops_may_replay();
        contract
    }

    pub(crate) fn options_of_write(&self) -> Options {
        let client = self.client().inner();
        let mut options = Options::default();
        options.contract = self.contract();
        options.policy = self.policy.unwrap_or_default();
        match (self.timeout, self.policy) {
            (Some(timeout), _) => options.policy.deadline = timeout,
            (None, None) => options.policy.deadline = client.timeout,
            (None, Some(_)) => {}
        }
        options.context = self.effective_context().cloned();
        options.origin = client.base_url.to_string();
        options.can_refresh_credentials = client.credentials.can_refresh();
        options
    }
}
