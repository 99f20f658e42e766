//! The client: one value that holds the connections and the settings, and hands out the two collections.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use akua_model::edit::Contract;
use akua_model::{Cluster, Workspace, WorkspaceContext};

use crate::budget::Budgets;
use crate::collection::Collection;
use crate::config::ClientBuilder;
use crate::credentials::Credentials;
use crate::error::Error;
use crate::retry::{Pace, RetryPolicy};
use crate::transport::{BaseUrl, Transport};

/// A client of one service with one token.
///
/// Clones share connections and token and cost next to nothing. It may be used from many threads at a time. Every
/// call blocks until it has ended, at the latest at its deadline.
///
/// ```no_run
/// use akua_http::Client;
/// use akua_model::ClusterPatch;
///
/// let client = Client::from_env()?;
/// let cluster = client.clusters().get(&"clu_7h2k".parse()?)?;
/// let patch = ClusterPatch::builder().name("prod-eu").build()?;
/// let changed = client.clusters().update(&cluster.id, &cluster.etag.if_match()?, &patch)?;
/// println!("{} is now {}", changed.id, changed.name);
/// # Ok::<(), akua_http::Error>(())
/// ```
#[derive(Clone)]
pub struct Client(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) transport: Box<dyn Transport>,
    pub(crate) credentials: Credentials,
    pub(crate) context: Option<WorkspaceContext>,
    pub(crate) timeout: Duration,
    pub(crate) retry: RetryPolicy,
    pub(crate) pace: Box<dyn Pace>,
    pub(crate) base_url: BaseUrl,
    pub(crate) contract: Contract,
    pub(crate) budgets: Budgets,
}

impl Client {
    /// A client to be set up by hand. It reads no environment and no file unless told to.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// A client set up by the environment: `AKUA_API_URL`, `AKUA_API_TOKEN`, `AKUA_CONTEXT`, and for the token then
    /// `~/.config/akua/config.json`. See [`ClientBuilder::from_env`].
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration) naming the setting that is missing or can't be used.
    /// Nothing was sent.
    pub fn from_env() -> Result<Self, Error> {
        Self::builder().from_env().build()
    }

    /// The clusters that the token may see.
    pub fn clusters(&self) -> Collection<Cluster> {
        Collection::new(self.clone())
    }

    /// The workspaces that the token may see.
    pub fn workspaces(&self) -> Collection<Workspace> {
        Collection::new(self.clone())
    }

    /// Where the service is.
    #[must_use]
    pub fn base_url(&self) -> &BaseUrl {
        &self.0.base_url
    }

    /// The time that each call may take as a whole, unless the call has another.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        self.0.timeout
    }

    pub(crate) fn new(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.0
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.0.base_url)
            .field("credentials", &self.0.credentials)
            .field("context", &self.0.context)
            .field("timeout", &self.0.timeout)
            .field("retry", &self.0.retry)
            .finish_non_exhaustive()
    }
}
