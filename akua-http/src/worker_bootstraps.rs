//! The calls on the bootstraps of a cluster's workers, which stand below that cluster: list, create, revoke.

use akua_model::edit::{LaunchKind, Launched, Target, created_resource};
use akua_model::{
    ClusterId, IdempotencyKey, IfMatch, NewWorkerBootstrap, Operation, PageQuery, WorkerBootstrap, WorkerBootstrapId,
    request,
};

use crate::collection::Collection;
use crate::error::Error;
use crate::list::Items;

impl Collection<WorkerBootstrap> {
    /// All those of a cluster. None of their secrets is in a list.
    pub fn list_of(&self, cluster: &ClusterId) -> Items<WorkerBootstrap> {
        self.list_from(PageQuery::default().cluster(cluster))
    }

    /// Makes what lets machines of one's own join a cluster, and says whether that was done:
    /// [`LaunchOutcome::Made`](akua_model::edit::LaunchOutcome::Made) with it and its secrets, which no other answer shows. There
    /// is no operation to wait for.
    ///
    /// It is sent once. A key goes along, as the endpoint takes one, and nothing rests on it, as nothing is said of what it does.
    /// After a lost answer the secrets are lost even if it was made, and nobody could know whether it was:
    /// [`Indeterminate`](akua_model::edit::LaunchOutcome::Indeterminate). Told as [candidates](Launched::candidates) are those that
    /// are listed then and were not before, for which the list is read before the create: revoke the ones that nobody else
    /// needs. None is ever revoked by itself, nor taken for this one. If the list could not be read before, each that is
    /// listed is one.
    ///
    /// ```
    /// # use akua_http::transport::scripted::ScriptedTransport;
    /// # let wire = ScriptedTransport::new();
    /// # wire.answer(200, r#"{"data":[],"has_more":false,"next_cursor":null}"#);
    /// # wire.answer(201, r#"{"id":"wbs_1","etag":"1","token":"t0","command":"join t0","cloud_init":"t0","artifacts":{"a":"t0"}}"#);
    /// use akua_http::Client;
    /// use akua_model::edit::{LaunchOutcome, Made};
    /// use akua_model::{ClusterId, NewWorkerBootstrap};
    ///
    /// # let client = Client::builder().token("t").transport(wire).build()?;
    /// let cluster: ClusterId = "clu_1".parse()?;
    /// let new = NewWorkerBootstrap::builder().cluster_id(cluster).ttl_seconds(3600).build()?;
    /// let launched = client.worker_bootstraps().create(&new);
    /// match &launched.outcome {
    ///     LaunchOutcome::Made(Made::WorkerBootstrap(made)) => {
    ///         let command = made.command.as_ref().map(|command| command.expose());
    /// #       assert_eq!((command, made.full_id.as_str()), (Some("join t0"), "clu_1/wbs_1"));
    ///     }
    ///     _ => println!("{}\n{:?}", launched.explain(), launched.candidates),
    /// }
    /// # assert!(!format!("{launched:?}").contains("t0"));
    /// # Ok::<(), akua_http::Error>(())
    /// ```
    #[must_use]
    pub fn create(&self, new: &NewWorkerBootstrap) -> Launched {
        self.drive_launch(self.start_create(new))
    }

    /// Sends one `POST …/worker_bootstraps`, and returns what it was answered with, its secrets included, which no other answer
    /// shows.
    ///
    /// It is sent a second time, byte for byte, only if the server has refused it with 401 and the client's callback has another
    /// token. [`create`](Self::create) tells candidates where this can only say that it is not known.
    ///
    /// # Errors
    ///
    /// As for [`update`](Self::update): for every kind, [`Error::may_have_taken_effect`] is false only if it is proven that
    /// nothing was made and nothing will be. No secret is in any.
    pub fn create_once(
        &self,
        new: &NewWorkerBootstrap,
        key: Option<&IdempotencyKey>,
    ) -> Result<WorkerBootstrap, Error> {
        let request = request::create(new, key, self.effective_context());
        self.make_once(new, &request, |response| created_resource(new, response).into())
    }

    /// Revokes a bootstrap, so that no machine joins with it any more, and says whether the server has accepted that. What becomes
    /// of the operation is another question: [`wait`](Collection::wait) for it.
    ///
    /// It is done on the version that the caller has seen, or not at all. With only an id the current version is read first.
    /// A lost answer is settled as that of a [`delete`](Self::delete): a bootstrap that is gone gives access to nobody.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) if the version passed in has an etag that can't guard a write; nothing
    /// was sent. Whatever happened after that is a [`LaunchOutcome`](akua_model::edit::LaunchOutcome).
    pub fn revoke(&self, target: impl Into<Target<WorkerBootstrap>>) -> Result<Launched, Error> {
        self.launch_on(LaunchKind::RevokeWorkerBootstrap, target.into())
    }

    /// Sends one `POST …:revoke`, and returns the operation that it was answered with. It is sent a second time, byte for byte,
    /// only if the server has refused it with 401 and the client's callback has another token.
    ///
    /// # Errors
    ///
    /// As for [`update`](Self::update): for every kind, [`Error::may_have_taken_effect`] is false only if it is proven that
    /// nothing was accepted and nothing will be.
    pub fn revoke_once(
        &self,
        id: &WorkerBootstrapId,
        if_match: &IfMatch,
        key: Option<&IdempotencyKey>,
    ) -> Result<Operation, Error> {
        self.once(LaunchKind::RevokeWorkerBootstrap, id.as_str(), Some(if_match), key)
    }
}
