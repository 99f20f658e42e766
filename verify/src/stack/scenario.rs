//! What a seed draws: a server with its contract, what the client is told of it, who writes what, and what goes wrong.

use std::time::Duration;

use akua_model::edit::Contract;
use akua_sim::{Contract as Server, Defect, Etags, Fault, Kind, ReplayBody, Script, Simulator};

use crate::evidence::{Evidence, Setting};
use crate::record::Call;

/// What a strategy by hand does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// Every sending takes a new key.
    NewKeyOnResend,
    /// A 429 is taken as word that nothing has happened.
    TaintClearedByThrottling,
    /// A 409 is reported as a conflict, also after a lost answer.
    FirstConflictFinal,
    /// A read is taken as proof although the kubeconfig that was written is not in it.
    ObservedWithKubeconfig,
    /// After a lost answer a 409 is met with a new version of the change.
    RebaseWhileTainted,
    /// The resume token is handed out when the answer is there.
    TokenAfterSend,
    /// After a lost answer the resource is read again, and the change applied to what is there now.
    RereadAndReapply,
    /// The same after a 5xx only.
    FreshEtagAfter5xx,
    /// A 200 that shows the old value is believed.
    BelievesOldValue,
    /// Any etag in the metadata of a 409 is taken for the current one.
    AnyMetadataEtag,
    /// The age of a key is told by a clock that stands still while the machine sleeps.
    AgeByMonotonicClock,
    /// After a lost answer a refusal that proves that nothing has landed is not believed.
    DoubtsProof,
}

/// Who edits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Driver {
    /// The client that ships.
    Ours,
    /// A strategy written by hand on plain calls.
    Scripted(Option<Mistake>),
}

/// What the server makes of a write, or says, other than one would think. A client is never told that it does not.
#[derive(Clone, Copy, Debug, Default)]
pub struct Liberties {
    /// Some writes are answered 200, and nothing of them is taken.
    pub ignores: bool,
    /// Of some writes that change several fields only the first is taken.
    pub takes_some: bool,
    /// Some writes that landed are answered with an older version.
    pub answers_late: bool,
    /// Some refusals are about something else, and name the etag of something else.
    pub misnames: bool,
    /// Somebody else writes what is wanted, right before or after.
    pub same: bool,
}

#[derive(Clone, Debug)]
pub struct Scenario {
    pub seed: u64,
    /// Few faults, which end before any call gives up: with keys checked first and etags that never repeat, everything
    /// can be known then.
    pub calm: bool,
    /// Few others write, so that an etag stays for a while.
    pub lonely: bool,
    pub server: Server,
    pub liberties: Liberties,
    /// Whether no read is ever stale.
    pub linearizable: bool,
    /// What the client is told of the server: never more than is true.
    pub claimed: Contract,
    /// Whether a hop on the way sends a write again when it heard nothing.
    pub hop_replays: bool,
    pub resources: Vec<(Kind, String)>,
    pub threads: u64,
    pub edits: u64,
    /// How often a request may be sent. `None`: each edit draws its own.
    pub attempts: Option<u32>,
    /// How long the client waits for a byte.
    pub silence: Duration,
    pub faults: Vec<Fault>,
    pub scripts: Vec<Script>,
    pub driver: Driver,
    pub defect: Option<Defect>,
    /// Whether the machine that edits by hand sleeps for a while when an answer is lost, longer than a key is kept.
    pub sleeps: bool,
}

impl Scenario {
    /// What the server really guarantees.
    pub fn truth(&self) -> Contract {
        let mut truth = Contract::weakest();
        let server = &self.server;
        truth.etag_never_repeats = server.etags == Etags::Counting;
        truth.etag_covers_write_only = server.etag_covers_write_only;
        truth.reads_linearizable = self.linearizable;
        truth.hidden_retries = self.hop_replays;
        if server.keys_honoured {
            truth.key_checked_before_if_match = server.key_checked_before_if_match;
            truth.key_retention = match server.key_retention_ms {
                None => Duration::MAX,
                Some(ms) => Duration::from_millis(ms),
            };
            // A refusal that is soon forgotten stops no copy that is still on its way then, and neither does one that
            // comes from somewhere else.
            truth.stores_rejections_per_key =
                server.stores_rejections_per_key && server.key_retention_ms != Some(SOON) && !self.liberties.misnames;
        }
        truth.answers_show_written_version =
            !self.liberties.answers_late && (server.replay_body == ReplayBody::Stored || !server.keys_honoured);
        truth.conflicts_name_current_etag = !self.liberties.misnames;
        truth
    }

    /// What the judge looks at, once it was played and nothing is under way any more.
    pub fn evidence(&self, simulator: &Simulator, calls: Vec<Call>) -> Evidence {
        let setting = Setting {
            seed: self.seed,
            calm: self.calm,
            server: self.server.clone(),
            linearizable: self.linearizable,
            claimed: self.claimed,
            hop_replays: self.hop_replays,
            weighs_doubt: true,
            faults: self.faults.clone(),
            notes: format!(
                "run it alone: STACK_SEED={} cargo test -p akua-verify --test stack truth -- --nocapture\n{:?}",
                self.seed, self.liberties
            ),
        };
        Evidence::gathered(simulator, setting, calls, &self.resources)
    }

    /// How many resources of a kind there must be.
    pub fn count(&self, kind: Kind) -> u64 {
        self.resources.iter().filter(|(of, _)| *of == kind).count() as u64
    }
}

/// A key retention that ends during a call, in milliseconds.
pub const SOON: u64 = 25;
