//! The calls that make a resource: create, import.
//!
//! Each has two forms: the protocol, which finds out whether it was made, and `…_once`, the plain single request.

use akua_model::edit::{Launch, Launched, created_operation, created_resource};
use akua_model::http::{Request, Response};
use akua_model::{
    Cluster, ClusterImport, IdempotencyKey, NewCluster, NewResource, NewWorkspace, Operation, Readable, Workspace,
    request,
};

use crate::collection::{Collection, span};
use crate::error::Error;
use crate::exchange::Reading;
use crate::launch::Launching;
use crate::sender::Sender;

impl Collection<Cluster> {
    /// Makes a cluster, and says whether the server has accepted that. What becomes of the operation is another question:
    /// [`wait`](Collection::wait) for it; once it has succeeded, [`now`](akua_model::waiting::Waited::now) is the cluster.
    ///
    /// It is sent under a key of its own. A lost answer is settled by the same bytes under the same key, for as long as the server
    /// is documented to answer a repeat with what the first one started:
    /// [`create_keys_replay`](akua_model::edit::Contract::create_keys_replay). After that, and in another process later, it is
    /// only looked for. A cluster of that name may be anybody's: it is told as a [candidate](Launched::candidates), never taken for
    /// this one, and never deleted.
    ///
    /// ```
    /// # use akua_http::transport::scripted::ScriptedTransport;
    /// # use akua_http::transport::FailureKind;
    /// # let wire = ScriptedTransport::new();
    /// # wire.fail(akua_http::transport::Sent::Unknown, FailureKind::Timeout);
    /// # wire.answer(202, r#"{"id":"op_1","metadata":{"type":"cluster.create","name":"prod","region_id":"reg_1"}}"#);
    /// use akua_http::Client;
    /// use akua_model::NewCluster;
    ///
    /// # let client = Client::builder().token("t").transport(wire).build()?;
    /// let new = NewCluster::builder().name("prod").region_id("reg_1").build()?;
    /// let launched = client.clusters().create(&new);
    /// match launched.accepted() {
    ///     Some(token) => println!("accepted as operation {}", token.operation()),
    ///     None => println!("{}", launched.explain()),
    /// }
    /// # assert_eq!(launched.requests(), 2);
    /// # Ok::<(), akua_http::Error>(())
    /// ```
    #[must_use]
    pub fn create(&self, new: &NewCluster) -> Launched {
        self.drive_launch(self.start_create(new))
    }

    /// Imports a cluster of the user's own with its kubeconfig, and says whether that was done:
    /// [`LaunchOutcome::Made`](akua_model::edit::LaunchOutcome::Made) with the cluster. There is no operation to wait for.
    ///
    /// It is sent once. A key goes along, as the endpoint takes one, and nothing rests on it, as nothing is said of what it does:
    /// after a lost answer it is only looked for, in this process as in any later one. A cluster of that name may be anybody's: it is
    /// told as a [candidate](Launched::candidates). The kubeconfig is in no token, and in nothing that is said.
    ///
    /// ```
    /// # use akua_http::transport::scripted::ScriptedTransport;
    /// # let wire = ScriptedTransport::new();
    /// # wire.answer(200, r#"{"id":"clu_9","name":"edge","workspace_id":"ws_1","state":"active","provider":"imported_byoc",
    /// #     "reconciling":true,"created_at":1,"updated_at":1,"etag":"1"}"#);
    /// use akua_http::Client;
    /// use akua_model::ClusterImport;
    ///
    /// # let client = Client::builder().token("t").transport(wire).build()?;
    /// # let kubeconfig = "apiVersion: v1";
    /// let import = ClusterImport::builder().name("edge").region_id("reg_1").kubeconfig(kubeconfig).build()?;
    /// let launched = client.clusters().import(&import);
    /// println!("{}", launched.explain());
    /// # assert_eq!(launched.id, "clu_9");
    /// # Ok::<(), akua_http::Error>(())
    /// ```
    #[must_use]
    pub fn import(&self, import: &ClusterImport) -> Launched {
        self.drive_launch(self.start_create(import))
    }

    /// Sends one `POST /clusters`, and returns the operation that it was answered with.
    ///
    /// It is sent a second time, byte for byte, only if the server has refused it with 401 and the client's callback has another
    /// token. [`create`](Self::create) finds out what happened where this can only say that it is not known.
    ///
    /// # Errors
    ///
    /// As for [`update`](Self::update): for every kind, [`Error::may_have_taken_effect`] is false only if it is proven that
    /// nothing was accepted and nothing will be.
    pub fn create_once(&self, new: &NewCluster, key: Option<&IdempotencyKey>) -> Result<Operation, Error> {
        let request = request::create(new, key, self.effective_context());
        self.make_once(new, &request, |response| created_operation(new, response).into())
    }

    /// Sends one `POST /clusters:import`, and returns the cluster that it was answered with: as
    /// [`create_once`](Self::create_once).
    ///
    /// # Errors
    ///
    /// As for [`update`](Self::update): for every kind, [`Error::may_have_taken_effect`] is false only if it is proven that
    /// nothing was imported and nothing will be.
    pub fn import_once(&self, import: &ClusterImport, key: Option<&IdempotencyKey>) -> Result<Cluster, Error> {
        let request = request::create(import, key, self.effective_context());
        self.make_once(import, &request, |response| created_resource(import, response).into())
    }
}

impl Collection<Workspace> {
    /// Makes a workspace, and says whether that was done: [`LaunchOutcome::Made`](akua_model::edit::LaunchOutcome::Made) with the
    /// workspace. There is no operation to wait for.
    ///
    /// It takes no key, so it is sent once: after a lost answer it is only looked for. A workspace of that name, and of that slug if
    /// one was set, may be anybody's: it is told as a [candidate](Launched::candidates).
    ///
    /// ```
    /// # use akua_http::transport::scripted::ScriptedTransport;
    /// # let wire = ScriptedTransport::new();
    /// # wire.answer(201, r#"{"id":"ws_9","name":"Team Blue","slug":"team-blue","plan":{},"created_at":1,"updated_at":1,"etag":"1"}"#);
    /// use akua_http::Client;
    /// use akua_model::NewWorkspace;
    ///
    /// # let client = Client::builder().token("t").transport(wire).build()?;
    /// let new = NewWorkspace::builder().name("Team Blue").slug("team-blue").build()?;
    /// let launched = client.workspaces().create(&new);
    /// println!("{}", launched.explain());
    /// # assert_eq!(launched.id, "ws_9");
    /// # Ok::<(), akua_http::Error>(())
    /// ```
    #[must_use]
    pub fn create(&self, new: &NewWorkspace) -> Launched {
        self.drive_launch(self.start_create(new))
    }

    /// Sends one `POST /workspaces`, and returns the workspace that it was answered with.
    ///
    /// # Errors
    ///
    /// As for [`update`](Self::update): for every kind, [`Error::may_have_taken_effect`] is false only if it is proven that
    /// nothing was made and nothing will be.
    pub fn create_once(&self, new: &NewWorkspace) -> Result<Workspace, Error> {
        let request = request::create(new, None, self.effective_context());
        self.make_once(new, &request, |response| created_resource(new, response).into())
    }
}

impl<R: Readable> Collection<R> {
    /// A create, step by step.
    #[must_use]
    pub fn start_create<N: NewResource>(&self, new: &N) -> Launching {
        let options = self.launch_options();
        let sender = Sender::new(self.caller(), &options.policy);
        Launching::new(sender, Launch::create(new, options))
    }

    /// Sends one request that makes something. A secret in it is hidden in whatever the server says.
    pub(crate) fn make_once<N: NewResource, T>(
        &self,
        new: &N,
        request: &Request,
        read: impl Fn(&Response) -> Reading<T>,
    ) -> Result<T, Error> {
        let span = span(request);
        let _entered = span.enter();
        let assignments = new.assignments();
        let secrets = assignments.iter().filter(|assignment| assignment.field.is_secret());
        let secrets = secrets.filter_map(|assignment| assignment.value.as_text());
        self.exchange(request).with_secrets(secrets).write(read)
    }
}
