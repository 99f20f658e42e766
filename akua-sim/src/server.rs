//! The simulator on a socket: HTTP/1.1 on loopback, on a thread of its own.
//!
//! It decides nothing: it reads requests whole, asks the [`World`], and delivers what the verdict says, to the
//! byte. An ordinary answer goes out through axum, anything else straight onto the connection.

mod connection;
mod handler;
mod state;

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::{SystemTime, UNIX_EPOCH};

use akua_model::ResourceKind as Kind;
use serde_json::{Map, Value};
use tokio::sync::oneshot;

use self::state::ServerState;
use crate::contract::Contract;
use crate::control::Op;
use crate::control_error::ControlError;
use crate::fault::Fault;
use crate::log::Entry;
use crate::resource::Version;
use crate::rng::Rng;
use crate::script::{Script, Write};
use crate::world::{Setup, World};

/// How a simulator is started. The default: a free port of 127.0.0.1, one workspace, no cluster, a seed by chance.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// The address: loopback only.
    pub host: IpAddr,
    /// The port; 0 takes a free one.
    pub port: u16,
    /// How many clusters there are: `clu_1`, `clu_2`, … in the workspace `ws_1`.
    pub clusters: u64,
    /// How many workspaces there are: `ws_1`, `ws_2`, … At least one is made.
    pub workspaces: u64,
    /// How many there are of any kind, if that is more.
    pub kinds: BTreeMap<Kind, u64>,
    /// What chance and tokens are drawn from; left out, they differ from run to run.
    pub seed: Option<u64>,
    /// The contract at the start.
    pub contract: Contract,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            clusters: 0,
            workspaces: 1,
            kinds: BTreeMap::new(),
            seed: None,
            contract: Contract::default(),
        }
    }
}

impl Options {
    /// The usual, with so many clusters.
    #[must_use]
    pub fn clusters(clusters: u64) -> Self {
        Self {
            clusters,
            ..Self::default()
        }
    }
}

/// A running simulator. It stops when this is dropped, at once: open connections are closed.
pub struct Simulator {
    hub: Arc<ServerState>,
    address: SocketAddr,
    token: String,
    broad_token: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for Simulator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Simulator")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Simulator {
    /// Starts a simulator on a thread of its own.
    ///
    /// # Errors
    ///
    /// The address is not loopback, or the port can't be had.
    pub fn start(options: Options) -> io::Result<Self> {
        if !options.host.is_loopback() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("{} is not a loopback address (use 127.0.0.1 or ::1)", options.host),
            ));
        }
        let listener = TcpListener::bind((options.host, options.port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let seed = options.seed.unwrap_or_else(chance);
        let epoch = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        let mut world = World::new(Setup {
            clusters: options.clusters,
            workspaces: options.workspaces,
            kinds: options.kinds,
            seed,
            epoch: i64::try_from(epoch).unwrap_or(i64::MAX),
            contract: options.contract,
        });
        let token = world.issue_token(Some("ws_1"));
        let broad_token = world.issue_token(None);
        let control_token = format!("control_{}", Rng::new(!seed).hex());
        let hub = Arc::new(ServerState::new(world, control_token));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let serving = Arc::clone(&hub);
        let thread = std::thread::Builder::new().name("akua-sim".to_owned()).spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = handler::serve(listener, serving) => {}
                    _ = stopped => {}
                }
            });
            // Dropping the runtime drops every connection, stalled ones too.
        })?;
        Ok(Self {
            hub,
            address,
            token,
            broad_token,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base URL for a client, without `/v1`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A token owned by the workspace `ws_1`.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// A broad token: it needs `akua-context`.
    #[must_use]
    pub fn broad_token(&self) -> &str {
        &self.broad_token
    }

    /// Where the control endpoint is.
    #[must_use]
    pub fn control_url(&self) -> String {
        format!("{}/control", self.url())
    }

    /// The token of the control endpoint.
    #[must_use]
    pub fn control_token(&self) -> &str {
        &self.hub.control_token
    }

    /// Milliseconds since the start, as the record counts them.
    #[must_use]
    pub fn now_ms(&self) -> u64 {
        self.hub.now()
    }

    /// Does an operation of the control protocol without the detour over HTTP.
    ///
    /// # Errors
    ///
    /// See [`World::control`].
    pub fn control(&self, op: Op) -> Result<Value, ControlError> {
        self.hub.with(|world, now| world.control(now, op))
    }

    /// Asks the world anything, at the present time in milliseconds since the start. Requests wait meanwhile.
    pub fn with_world<T>(&self, ask: impl FnOnce(&mut World, u64) -> T) -> T {
        self.hub.with(ask)
    }

    /// How many connections are open. A request on a connection that has gone was carried out, or is held, or never
    /// will be. One that a client has opened counts once the simulator has accepted it.
    #[must_use]
    pub fn open_connections(&self) -> usize {
        self.hub.open.load(Ordering::Acquire)
    }

    /// Injects a fault. Its number, as the log and its removal name it.
    ///
    /// # Errors
    ///
    /// See [`World::inject`].
    pub fn inject(&self, fault: Fault) -> Result<u64, ControlError> {
        self.hub.with(|world, _| world.inject(fault))
    }

    /// Adds a script.
    ///
    /// # Errors
    ///
    /// See [`World::script`].
    pub fn script(&self, script: Script) -> Result<(), ControlError> {
        self.hub.with(|world, _| world.script(script))
    }

    /// Lets somebody else change a resource now. The version made.
    ///
    /// # Errors
    ///
    /// See [`World::write`].
    pub fn write(&self, write: Write) -> Result<Version, ControlError> {
        self.hub.with(|world, now| world.write(now, write))
    }

    /// Lets somebody else delete a resource now. The version that is its end.
    ///
    /// # Errors
    ///
    /// See [`World::delete`].
    pub fn delete(&self, kind: Kind, id: &str) -> Result<Version, ControlError> {
        self.hub.with(|world, now| world.delete(now, kind, id))
    }

    /// Lets every held request be decided now. How many there were.
    pub fn release(&self) -> usize {
        self.hub.with(|world, now| world.release(now))
    }

    /// Changes the named switches of the contract.
    ///
    /// # Errors
    ///
    /// See [`Contract::with`].
    pub fn switch(&self, switches: &Map<String, Value>) -> Result<(), ControlError> {
        self.hub.with(|world, _| world.switch(switches).map(|_| ()))
    }

    /// Every request so far, in the order of arrival.
    #[must_use]
    pub fn log(&self) -> Vec<Entry> {
        self.hub.with(|world, now| world.log(now, 0).to_vec())
    }

    /// Every version of a resource, the first one first.
    ///
    /// # Errors
    ///
    /// See [`World::history`].
    pub fn history(&self, kind: Kind, id: &str) -> Result<Vec<Version>, ControlError> {
        self.hub.with(|world, now| world.history(now, kind, id))
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // The thread may have ended already: then nobody listens, and that is as well.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A number that differs from run to run.
fn chance() -> u64 {
    use std::hash::{BuildHasher, Hasher};
    std::collections::hash_map::RandomState::new().build_hasher().finish()
}
