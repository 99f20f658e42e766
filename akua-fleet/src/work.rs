//! The work on one item: an edit or a launch whose tokens are granted by the ledger, here or from another process.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use akua_http::cancel::Cancel;
use akua_http::{BoxError, Collection, Editing, Progress};
use akua_model::edit::{ResumeMode, ResumeToken, SavedToken, Target};
use akua_model::{Resource, Secrets};
use serde::{Deserialize, Serialize};

use super::end::End;
use super::item::{Leased, State, StoredPatch, Work};
use super::launch::{Launcher, refusal};
use super::watch::{Observation, Watched};

/// What the patch of a version is asked from.
pub(super) type Function<R> = dyn Fn(&R) -> Result<Option<<R as Resource>::Patch>, BoxError> + Send + Sync;
type Provide = dyn Fn(&str) -> Result<Secrets, BoxError> + Send + Sync;
type Begin = dyn Fn() + Send + Sync;

/// What work on an item may need and no ledger holds: the plan's function, and secrets.
///
/// ```
/// use akua_fleet::Inputs;
/// use akua_model::{Cluster, Secrets};
///
/// let inputs = Inputs::<Cluster>::default()
///     .with_secrets(|id| Ok(Secrets::none().with("kubeconfig", std::fs::read_to_string(format!("/run/kube/{id}"))?)));
/// ```
pub struct Inputs<R: Resource> {
    pub(super) function: Option<Arc<Function<R>>>,
    /// Those that came with the plan, by id.
    pub(super) given: Arc<HashMap<String, Secrets>>,
    pub(super) for_all: Secrets,
    provide: Option<Arc<Provide>>,
    /// Called first on each thread.
    pub(super) begin: Option<Arc<Begin>>,
    /// What ends the wait for an operation.
    until: Option<Cancel>,
}

impl<R: Resource> Default for Inputs<R> {
    /// Nothing.
    fn default() -> Self {
        Self {
            function: None,
            given: Arc::default(),
            for_all: Secrets::none(),
            provide: None,
            begin: None,
            until: None,
        }
    }
}

impl<R: Resource> Clone for Inputs<R> {
    fn clone(&self) -> Self {
        Self {
            function: self.function.clone(),
            given: Arc::clone(&self.given),
            for_all: self.for_all.clone(),
            provide: self.provide.clone(),
            begin: self.begin.clone(),
            until: self.until.clone(),
        }
    }
}

impl<R: Resource> Inputs<R> {
    /// The function of the plan.
    #[must_use]
    pub fn with_function(
        mut self,
        function: impl Fn(&R) -> Result<Option<R::Patch>, BoxError> + Send + Sync + 'static,
    ) -> Self {
        self.function = Some(Arc::new(function));
        self
    }

    /// Where secrets come from: called with an item's id.
    #[must_use]
    pub fn with_secrets(mut self, provide: impl Fn(&str) -> Result<Secrets, BoxError> + Send + Sync + 'static) -> Self {
        self.secrets_from(provide);
        self
    }

    /// Once `cancel` is set, operations are waited for no longer; whatever else is under way is brought to its end. For a
    /// worker that learns that its run stops: the item stays [`Started`](State::Started), and the next run waits on.
    #[must_use]
    pub fn waiting_until(mut self, cancel: &Cancel) -> Self {
        self.until = Some(cancel.clone());
        self
    }

    /// A thread begins to work with them.
    pub(super) fn begin(&self) {
        if let Some(begin) = &self.begin {
            begin();
        }
    }

    pub(super) fn secrets_from(&mut self, provide: impl Fn(&str) -> Result<Secrets, BoxError> + Send + Sync + 'static) {
        self.provide = Some(Arc::new(provide));
    }

    fn secrets(&self, id: &str) -> Result<Secrets, BoxError> {
        let for_all = Some(&self.for_all).filter(|secrets| !secrets.is_empty());
        if let Some(given) = self.given.get(id).or(for_all) {
            return Ok(given.clone());
        }
        let provide = self.provide.as_ref();
        provide.map_or(Ok(Secrets::none()), |provide| provide(id))
    }

    /// The patch as it was planned. A secret that came from the plan's function comes from there again, asked for
    /// the same version; its hash tells whether it is the same.
    fn restore(&self, id: &str, patch: &StoredPatch, target: &Target<R>) -> Result<R::Patch, BoxError> {
        let secrets = match (&self.function, target) {
            _ if !patch.needs_secrets() => Secrets::none(),
            (Some(function), Target::Seen(seen)) => match function(seen)? {
                Some(again) => StoredPatch::keep(&again, "").1,
                None => Secrets::none(),
            },
            _ => self.secrets(id)?,
        };
        Ok(patch.restore(&secrets)?)
    }

    /// What the function says.
    pub(super) fn ask(&self, resource: &R) -> Result<Option<R::Patch>, BoxError> {
        match &self.function {
            Some(function) => function(resource),
            None => Err("the plan is made of a function, and none is given".into()),
        }
    }
}

impl<R: Resource> fmt::Debug for Inputs<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inputs")
            .field("function", &self.function.is_some())
            .field(
                "kubeconfigs",
                &(!self.given.is_empty() || !self.for_all.is_empty() || self.provide.is_some()),
            )
            .finish()
    }
}

/// Works on one leased item, and says how that ended. The ledger may be elsewhere.
///
/// `grant` asks it with [`Ledger::grant`](super::Ledger::grant) before the first byte of every version that the change
/// is tried on. If it says no or fails, nothing of that version is sent. Of a launch it asks once more with the token of the
/// operation, as soon as it was accepted: if the answer is no, the operation is not waited for. The end is to be told to the ledger with
/// [`Ledger::record`](super::Ledger::record) under the same lease; if it never is, the item stays as the ledger has
/// it, which is the truth too. The policy, timeout and cancel handle of `collection` hold; a hook for resume tokens on
/// it is not called.
///
/// ```
/// # use akua_http::Client;
/// # use akua_fleet::{CollectionExt as _, Plan, State, execute};
/// # use akua_model::{ClusterId, ClusterPatch};
/// # let akua = akua_sim::Simulator::start(akua_sim::Options::clusters(1))?;
/// # let client = Client::builder().base_url(akua.url()).token(akua.token()).build()?;
/// # let folder = std::env::temp_dir().join(format!("akua-carry-out-doc-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let id: ClusterId = "clu_1".parse()?;
/// # let plan = Plan::patches([(id, ClusterPatch::builder().name("new").build()?)]);
/// # let fleet = client.clusters().fleet(plan, folder.join("ledger"))?;
/// let ledger = fleet.ledger();
/// ledger.begin()?;
/// for leased in ledger.lease(10)? {
///     let grant = |token: &_| Ok(ledger.grant(leased.item, leased.lease, token)?);
///     let end = execute(&client.clusters(), &leased, fleet.inputs(), grant);
///     assert!(ledger.record(leased.item, leased.lease, &end)?);
/// #   assert_eq!(end.state, State::Applied);
/// }
/// # drop(fleet);
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn execute<R: Resource>(
    collection: &Collection<R>,
    leased: &Leased,
    inputs: &Inputs<R>,
    grant: impl FnMut(&SavedToken) -> Result<bool, BoxError>,
) -> End {
    let launcher = Launcher {
        collection,
        until: inputs.until.as_ref(),
        wait: leased.wait,
    };
    let done: Result<End, BoxError> = match &leased.work {
        Work::Resume { token } => Ok(settle(&launcher, leased, token, inputs, grant)),
        Work::Wait { token } => Ok(launcher.wait_on(token)),
        Work::Launch { launch, seen } => target::<R>(&leased.id, seen.as_deref())
            .and_then(|target| Ok(launcher.launch(*launch, &leased.id, &target, grant)?)),
        Work::Create { launch, new } => launcher.create(*launch, new, grant).map_err(Into::into),
        Work::Patch { patch, seen } => (|| {
            let target = target::<R>(&leased.id, seen.as_deref())?;
            if patch.is_nothing() {
                return Ok(drive(collection.start_edit_with(target)?, |_| Ok(None), grant));
            }
            let patch = inputs.restore(&leased.id, patch, &target)?;
            Ok(drive(collection.start_edit(target, patch)?, |_| Ok(None), grant))
        })(),
        Work::Ask { seen } => (|| {
            let target = target::<R>(&leased.id, seen.as_deref())?;
            let ask = |current: &R| {
                let asked = inputs.ask(current);
                asked.map_err(|error| format!("the plan's function failed: {error}").into())
            };
            Ok(drive(collection.start_edit_with(target)?, ask, grant))
        })(),
    };
    done.unwrap_or_else(not_begun)
}

/// What a worker elsewhere has to send back: how the work on its item ended, and how the requests for it were answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Executed {
    /// How the work ended, for [`Dispatcher::record`](super::Dispatcher::record).
    pub end: End,
    /// How each request was answered: the dispatcher holds all workers back if the server has trouble.
    pub observations: Vec<Observation>,
}

/// As [`execute`], in a process that a [`Dispatcher`](super::Dispatcher) elsewhere has leased the item to.
pub fn execute_elsewhere<R: Resource>(
    collection: &Collection<R>,
    leased: &Leased,
    inputs: &Inputs<R>,
    grant: impl FnMut(&SavedToken) -> Result<bool, BoxError>,
) -> Executed {
    let observations = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&observations);
    let watched = collection.client().with_transport(Watched {
        client: collection.client().clone(),
        listener: move |observation| seen.lock().unwrap_or_else(PoisonError::into_inner).push(observation),
    });
    let end = execute(&collection.clone().with_client(&watched), leased, inputs, grant);
    let mut observations = observations.lock().unwrap_or_else(PoisonError::into_inner);
    Executed {
        end,
        observations: std::mem::take(&mut observations),
    }
}

fn drive<R: Resource>(
    mut editing: Editing<R>,
    ask: impl Fn(&R) -> Result<Option<R::Patch>, BoxError>,
    mut grant: impl FnMut(&SavedToken) -> Result<bool, BoxError>,
) -> End {
    loop {
        match editing.next() {
            Progress::Done(edited) => return End::from(&*edited),
            Progress::NeedPatch(current) => match ask(&current) {
                Ok(patch) => editing.submit(patch),
                Err(error) => editing.fail(error),
            },
            Progress::Ready(token) => {
                if let Some(reason) = refusal(grant(&SavedToken::Edit(token))) {
                    editing.decline(reason);
                }
            }
        }
    }
}

/// Settles an earlier write. Whatever prevents that leaves it as it is.
fn settle<R: Resource>(
    launcher: &Launcher<'_, R>,
    leased: &Leased,
    token: &str,
    inputs: &Inputs<R>,
    grant: impl FnMut(&SavedToken) -> Result<bool, BoxError>,
) -> End {
    let collection = launcher.collection;
    let settled = (|| -> Result<End, BoxError> {
        let parsed: ResumeToken = match token.parse()? {
            SavedToken::Edit(parsed) => *parsed,
            SavedToken::Launch(parsed) => return Ok(launcher.settle(&parsed, grant)?),
            _ => return Err("its token is that of no write".into()),
        };
        let secrets = if parsed.needs_secrets() {
            inputs.secrets(&leased.id)?
        } else {
            Secrets::none()
        };
        let settled = collection.resolve(&parsed, ResumeMode::Finish, &secrets)?;
        Ok(End::from(&settled))
    })();
    settled.unwrap_or_else(|error| {
        let mut end = End::of(
            State::Indeterminate,
            format!("indeterminate, and can't be settled: {error}"),
        );
        // What was known of the write before is known still.
        let known = token.parse::<ResumeToken>();
        end.may_still_land = Some(known.map_or(true, |token| token.may_still_land(&collection.contract())));
        end.token = Some(token.to_owned());
        end
    })
}

fn target<R: Resource>(id: &str, seen: Option<&str>) -> Result<Target<R>, BoxError> {
    Ok(match seen {
        Some(seen) => Target::Seen(Box::new(serde_json::from_str(seen)?)),
        None => Target::Id(serde_json::from_value(serde_json::Value::String(id.to_owned()))?),
    })
}

fn not_begun(error: BoxError) -> End {
    End::of(State::NotSent, format!("not applied: it could not be begun: {error}"))
}
