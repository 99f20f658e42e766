//! The client: one value that holds the connections and the settings. How it is set up is in `config.rs`, what it can
//! do in `collection.rs`.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use akua_model::WorkspaceContext;
use akua_model::edit::Contract;

use crate::budget::Budgets;
use crate::credentials::Credentials;
use crate::retry::{Pace, RetryPolicy};
use crate::room::Room;
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
pub struct Client {
    inner: Arc<Inner>,
    transport: Arc<dyn Transport>,
}

pub(crate) struct Inner {
    pub(crate) credentials: Credentials,
    pub(crate) context: Option<WorkspaceContext>,
    pub(crate) timeout: Duration,
    pub(crate) retry: RetryPolicy,
    pub(crate) pace: Arc<dyn Pace>,
    pub(crate) base_url: BaseUrl,
    pub(crate) contract: Contract,
    pub(crate) budgets: Budgets,
    pub(crate) room: Room,
}

impl Client {
    /// Where the service is.
    #[must_use]
    pub fn base_url(&self) -> &BaseUrl {
        &self.inner.base_url
    }

    /// The time that each call may take as a whole, unless the call has another.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        self.inner.timeout
    }

    /// What its requests go through.
    #[must_use]
    pub fn transport(&self) -> &dyn Transport {
        &*self.transport
    }

    /// The same client, whose requests go through `transport`: one that counts, times or holds back what it hands on to
    /// [that of this client](Self::transport). Token, settings and the retry budget stay shared.
    ///
    /// ```
    /// # use akua_http::transport::scripted::ScriptedTransport;
    /// # let wire = ScriptedTransport::new();
    /// # wire.answer(404, "");
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicU32, Ordering};
    ///
    /// use akua_http::Client;
    /// use akua_http::transport::{Call, Failure, Transport};
    /// use akua_model::http::Response;
    ///
    /// struct Counted {
    ///     client: Client,
    ///     requests: Arc<AtomicU32>,
    /// }
    ///
    /// impl Transport for Counted {
    ///     fn send(&self, call: &Call<'_>) -> Result<Response, Failure> {
    ///         self.requests.fetch_add(1, Ordering::Relaxed);
    ///         self.client.transport().send(call)
    ///     }
    ///
    ///     fn hops_may_replay(&self) -> bool {
    ///         self.client.transport().hops_may_replay()
    ///     }
    /// }
    ///
    /// # let client = Client::builder().token("t").transport(wire).build()?;
    /// let requests = Arc::new(AtomicU32::new(0));
    /// let counted = client.with_transport(Counted { client: client.clone(), requests: Arc::clone(&requests) });
    /// let missing = counted.clusters().get(&"clu_1".parse()?);
    /// assert_eq!(requests.load(Ordering::Relaxed), 1);
    /// # assert!(missing.is_err());
    /// # Ok::<(), akua_http::Error>(())
    /// ```
    #[must_use]
    pub fn with_transport(&self, transport: impl Transport + 'static) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            transport: Arc::new(transport),
        }
    }

    /// How time passes for it.
    #[must_use]
    pub fn pace(&self) -> &dyn Pace {
        &*self.inner.pace
    }

    pub(crate) fn new(inner: Inner, transport: Arc<dyn Transport>) -> Self {
        Self {
            inner: Arc::new(inner),
            transport,
        }
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.inner
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.inner.base_url)
            .field("credentials", &self.inner.credentials)
            .field("context", &self.inner.context)
            .field("timeout", &self.inner.timeout)
            .field("retry", &self.inner.retry)
            .finish_non_exhaustive()
    }
}
