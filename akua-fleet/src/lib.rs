//! Edits of whole fleets: change thousands of resources, stop, go on, and know what happened to each.
//!
//! A [`Plan`] says which resources are to be changed and how. [`CollectionExt::fleet`] puts it into a *ledger*, a file that says of every item what happened to it, and gives a [`Fleet`]. That shows what would
//! change ([`Fleet::preview`]), carries it out ([`Fleet::run`]) and tells the truth about it at any time, also after a
//! crash ([`Report`]). The same call with the same plan and file goes on where the last run ended.
//!
//! Every item is an [edit](akua_http::Editing), with all that this promises; nothing here decides whether a write is sent
//! again. What is added is memory: before the first byte of every version that a change is tried on, the item stands
//! in the ledger as *indeterminate*, with the resume token that settles it. Whatever ends the process after that, the
//! next run first finds out what became of it. What was applied is never sent again.
//!
//! A plan can also suspend, resume or delete: see [`Plan::suspend`]; or make clusters of the rows of a table: see
//! [`Plan::create`]. What was launched is waited for, and the ledger has how it was launched and what became of its operation.
//!
//! ```
//! use akua_fleet::{CollectionExt as _, Limits, Plan, State};
//! use akua_http::Client;
//! use akua_model::{ClusterId, ClusterPatch};
//!
//! # let akua = akua_sim::Simulator::start(akua_sim::Options::clusters(3))?;
//! # let client = Client::builder().base_url(akua.url()).token(akua.token()).build()?;
//! # let folder = std::env::temp_dir().join(format!("akua-fleet-doc-{}", std::process::id()));
//! # std::fs::create_dir_all(&folder)?;
//! # let ledger = folder.join("rename.akua-fleet");
//! let patch = |name: &str| ClusterPatch::builder().name(name).build();
//! let (first, second): (ClusterId, ClusterId) = ("clu_1".parse()?, "clu_2".parse()?);
//! let plan = Plan::patches([(first, patch("prod-eu")?), (second, patch("prod-us")?)]);
//!
//! let fleet = client.clusters().fleet(plan, &ledger)?;
//! for row in fleet.preview()? {
//!     let row = row?;
//!     println!("{} {}: {:?} -> {:?}", row.id, row.field, row.now, row.then);
//! }
//! let summary = fleet.run(&Limits::default())?.finish()?;
//! assert_eq!(summary.counts.of(State::Applied), 2);
//! println!("{}", fleet.report()?);
//! # std::fs::remove_dir_all(&folder)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Elsewhere
//!
//! The runner does nothing with a [`Ledger`] that another process could not do through its owner: it leases items,
//! has each token granted, and records the end under its lease. See [`execute`].

#![forbid(unsafe_code)]

mod create;
mod dispatch;
mod end;
mod error;
mod event;
mod gate;
mod item;
mod launch;
mod ledger;
mod limits;
mod plan;
mod preview;
mod report;
mod run;
mod throttle;
mod watch;
mod work;

use std::path::Path;
use std::sync::Arc;

use akua_http::{BoxError, Collection, Error};
use akua_model::{Listed, Resource, Secrets};

pub use self::create::NewRow;
pub use self::dispatch::{Dispatched, Dispatcher};
pub use self::end::{Candidate, End, EndField, Proof, Reason};
pub use self::event::{Event, Stop, Summary};
pub use self::item::{Counts, Leased, State, StoredPatch, Work};
pub use self::ledger::{Begun, Ledger};
pub use self::limits::{Canary, Limits};
pub use self::plan::Plan;
pub use self::preview::{Preview, PreviewRow};
pub use self::report::{Report, Row, Rows};
pub use self::run::{Control, Run};
pub use self::watch::Observation;
pub use self::work::{Executed, Inputs, execute, execute_elsewhere};

/// A plan in its ledger: to be looked at, carried out and reported.
///
/// It holds the ledger: while it lives, no other fleet and no other process can use the same file, except to report.
pub struct Fleet<R: Resource> {
    collection: Collection<R>,
    inputs: Inputs<R>,
    ledger: Arc<Ledger>,
}

/// What this crate adds to a [`Collection`].
pub trait CollectionExt<R: Resource> {
    /// Puts `plan` into the ledger at `ledger`, or goes on with the one that is there.
    ///
    /// The file is made if it is missing; its folder must be there. Resources are listed and patches written down
    /// now, and nothing is sent but those reads. Policy, context and timeout of this collection hold for every edit.
    /// A cancel handle of it ends the calls that are under way; to stop a run, see [`Control`].
    ///
    /// # Errors
    ///
    /// [`Ledger`](akua_http::ErrorKind::Ledger) if the file is that of another plan, in use, damaged, of a newer version,
    /// or can't be written; [`InvalidInput`](akua_http::ErrorKind::InvalidInput) if the plan names a resource twice;
    /// whatever listing fails with. No write was sent.
    fn fleet(&self, plan: Plan<R>, ledger: impl AsRef<Path>) -> Result<Fleet<R>, Error>;
}

impl<R: Resource + Listed + 'static> CollectionExt<R> for Collection<R> {
    fn fleet(&self, plan: Plan<R>, ledger: impl AsRef<Path>) -> Result<Fleet<R>, Error> {
        let (ledger, inputs) = plan::write_down(self, plan, ledger.as_ref())?;
        Ok(Fleet {
            collection: self.clone(),
            inputs,
            ledger: Arc::new(ledger),
        })
    }
}

impl<R: Resource + 'static> Fleet<R> {
    /// Where secrets come from: called with an item's id, for each item that writes one. The ledger holds only
    /// their hashes, so a run that goes on needs them again, unless the plan was given again with them in it.
    ///
    /// It is called on the threads of the run. A secret that is not the planned one is refused, and nothing is
    /// sent for that item.
    #[must_use]
    pub fn secrets(mut self, provide: impl Fn(&str) -> Result<Secrets, BoxError> + Send + Sync + 'static) -> Self {
        self.inputs.secrets_from(provide);
        self
    }

    /// Calls `begin` first on each thread that works for this fleet: for callables that want to know for whom they work.
    #[must_use]
    pub fn on_threads(mut self, begin: impl Fn() + Send + Sync + 'static) -> Self {
        self.inputs.begin = Some(Arc::new(begin));
        self
    }

    /// What would change: reads every item that is still to be done, and gives a row for each field that would get
    /// another value, or for each item that would be launched. Of what is to be made it gives each field that is set, and reads
    /// nothing. Nothing is written. Indeterminate items are counted only: see [`Preview::indeterminate`].
    ///
    /// What it has shown is kept in the ledger as what the caller has seen: a run writes over nothing that has
    /// changed since. A launch stays one for the version that was seen first, if there was one. Of a plan made of a function the patch is kept, too: it is the one that is carried out.
    ///
    /// # Errors
    ///
    /// [`Ledger`](akua_http::ErrorKind::Ledger) if the ledger can't be read. A resource that can't be read is an error in
    /// its place, and the rows go on after it.
    pub fn preview(&self) -> Result<Preview<'_, R>, Error> {
        Preview::new(&self.collection, &self.inputs, &self.ledger)
    }

    /// Carries the plan out, or on: first what is indeterminate is settled and what was started is waited for, then
    /// everything that is left is tried. What has an end is left as it is.
    ///
    /// It has begun when this returns. The threads of the run stop for whoever does not read its events.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](akua_http::ErrorKind::InvalidInput) naming the limit that is out of range, or if a run of this
    /// fleet is going on; [`Ledger`](akua_http::ErrorKind::Ledger) if the ledger can't be used. No write was sent.
    pub fn run(&self, limits: &Limits) -> Result<Run, Error> {
        run::start(&self.collection, &self.inputs, &self.ledger, limits)
    }

    /// Makes a run whose work is done by whoever asks for it: processes elsewhere, or threads of the caller's. What `limits`
    /// says of how many are at work at once is up to the caller.
    ///
    /// # Errors
    ///
    /// As for [`run`](Self::run).
    pub fn dispatch(&self, limits: &Limits) -> Result<Dispatcher, Error> {
        let cancel = run::cancel_of(&self.collection);
        let (dispatcher, _) = Dispatcher::new(&self.ledger, limits, cancel)?;
        Ok(dispatcher)
    }

    /// What happened so far.
    ///
    /// # Errors
    ///
    /// [`Ledger`](akua_http::ErrorKind::Ledger) if the ledger can't be read.
    pub fn report(&self) -> Result<Report, Error> {
        Report::open(self.ledger.path())
    }

    /// The ledger, for whoever distributes the work.
    #[must_use]
    pub fn ledger(&self) -> &Arc<Ledger> {
        &self.ledger
    }

    /// What [`execute`] needs beside a leased item.
    #[must_use]
    pub fn inputs(&self) -> &Inputs<R> {
        &self.inputs
    }
}

impl<R: Resource> std::fmt::Debug for Fleet<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fleet")
            .field("ledger", &self.ledger)
            .finish_non_exhaustive()
    }
}

/// The guide to fleets, compiled and run as it stands there.
#[cfg(doctest)]
#[doc = include_str!("../../docs/fleet.md")]
struct FleetGuide;
