//! What most tests begin with: a service with clusters, a client of it, a folder of their own, and a fleet in it.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use akua_fleet::{CollectionExt as _, Fleet, Limits, Plan, Row, Summary};
use akua_http::Client;
use akua_model::{Cluster, ClusterPatch};
use akua_sim::{Fault, Kind, Options, Simulator, Write};

/// A folder of a test's own, gone with it.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("fleet-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn ledger(&self) -> PathBuf {
        self.0.join("ledger")
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A simulator with so many clusters, and a client of it.
pub(crate) fn service(clusters: u64) -> (Simulator, Client) {
    let simulator = Simulator::start(Options::clusters(clusters)).unwrap();
    let client = Client::builder().base_url(simulator.url()).token(simulator.token());
    let client = client.build().unwrap();
    (simulator, client)
}

pub(crate) fn named(name: &str) -> ClusterPatch {
    ClusterPatch::builder().name(name).build().unwrap()
}

/// This plan in the ledger of the folder.
pub(crate) fn open(client: &Client, plan: Plan<Cluster>, folder: &Folder) -> Fleet<Cluster> {
    client.clusters().fleet(plan, folder.ledger()).unwrap()
}

/// One patch for every cluster there is.
pub(crate) fn all(client: &Client, folder: &Folder) -> Fleet<Cluster> {
    open(
        client,
        Plan::filter("all", "1", |_: &Cluster| true, named("new")),
        folder,
    )
}

/// A run to its end.
pub(crate) fn run(fleet: &Fleet<Cluster>, limits: &Limits) -> Summary {
    fleet.run(limits).unwrap().finish().unwrap()
}

/// What the ledger says of a cluster.
pub(crate) fn row(fleet: &Fleet<Cluster>, id: &str) -> Row {
    fleet.report().unwrap().row_of(id).unwrap().unwrap()
}

/// How many writes the service has seen.
pub(crate) fn writes(simulator: &Simulator) -> usize {
    simulator.log().iter().filter(|entry| entry.method == "PATCH").count()
}

/// Somebody else writes.
pub(crate) fn write(simulator: &Simulator, id: &str, property: &str, value: impl Into<serde_json::Value>) {
    simulator.write(Write::set(Kind::Cluster, id, property, value)).unwrap();
}

pub(crate) fn inject(simulator: &Simulator, fault: Fault) {
    simulator.inject(fault).unwrap();
}
