//! What a seed draws: a server with its contract, what the client is told of it, who writes what, and the weather.

use std::time::Duration;

use akua_model::edit::Contract;
use akua_sim::{Contract as Server, Defect, Envelope, Etags, Fault, Kind, ReplayBody, Script};

use crate::chance::Chance;
use crate::scripted::Mistake;
use crate::weather;

/// Who edits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Driver {
    /// The client that ships.
    Ours,
    /// A strategy written by hand on plain calls.
    Scripted(Option<Mistake>),
}

#[derive(Clone, Debug)]
pub(crate) struct Scenario {
    pub(crate) seed: u64,
    /// Few faults, which end before patience does: with keys checked first and etags that never repeat, everything
    /// can be known then.
    pub(crate) calm: bool,
    /// Few others write, so that an etag stays for a while.
    pub(crate) lonely: bool,
    pub(crate) server: Server,
    /// Whether no read is ever stale.
    pub(crate) linearizable: bool,
    /// What the client is told of the server: never more than is true.
    pub(crate) claimed: Contract,
    /// Whether a hop on the way sends a write again when it heard nothing.
    pub(crate) hop_replays: bool,
    pub(crate) resources: Vec<(Kind, String)>,
    pub(crate) threads: u64,
    pub(crate) edits: u64,
    /// How often a request may be sent. `None`: each edit draws its own.
    pub(crate) attempts: Option<u32>,
    /// How long the client waits for a byte.
    pub(crate) silence: Duration,
    pub(crate) faults: Vec<Fault>,
    pub(crate) scripts: Vec<Script>,
    pub(crate) driver: Driver,
    pub(crate) defect: Option<Defect>,
}

impl Scenario {
    pub(crate) fn draw(seed: u64) -> Self {
        let chance = &mut Chance::new(seed, 1);
        let calm = chance.percent(20);
        let lonely = chance.percent(20);
        let mut resources = Vec::new();
        for (kind, word) in [(Kind::Cluster, "clu"), (Kind::Workspace, "ws")] {
            let most = chance.between(0, 2);
            resources.extend((1..=most).map(|number| (kind, format!("{word}_{number}"))));
        }
        if resources.is_empty() {
            resources.push((Kind::Cluster, "clu_1".to_owned()));
        }
        resources.truncate(3);
        let server = server(chance, calm);
        let linearizable = chance.percent(60);
        let mut scenario = Self {
            seed,
            calm,
            lonely,
            linearizable,
            claimed: Contract::default(),
            hop_replays: !calm
                && server.etags == Etags::Counting
                && server.etag_covers_write_only
                && chance.percent(10),
            resources,
            threads: if lonely { 1 } else { chance.between(2, 6) },
            edits: chance.between(12, 16),
            // What is sent once and is late may land when its edit has ended.
            attempts: if calm { Some(12) } else { lonely.then_some(1) },
            silence: if calm { SILENCE * 10 } else { SILENCE },
            faults: Vec::new(),
            scripts: Vec::new(),
            driver: Driver::Ours,
            defect: None,
            server,
        };
        scenario.claimed = understated(scenario.truth(), chance, calm);
        scenario.faults = weather::faults(chance, calm, linearizable);
        scenario.scripts = weather::scripts(chance, &scenario);
        scenario
    }

    /// As [`draw`](Self::draw), with a server and a client as arranged. The client is told all that is true then.
    pub(crate) fn arranged(seed: u64, arrange: impl FnOnce(&mut Self)) -> Self {
        let mut scenario = Self::draw(seed);
        (scenario.calm, scenario.lonely, scenario.hop_replays) = (false, false, false);
        (scenario.silence, scenario.attempts) = (SILENCE, None);
        arrange(&mut scenario);
        scenario.claimed = scenario.truth();
        let chance = &mut Chance::new(seed, 2);
        scenario.faults = weather::faults(chance, false, scenario.linearizable);
        scenario.scripts = weather::scripts(chance, &scenario);
        scenario
    }

    /// What the server really guarantees.
    pub(crate) fn truth(&self) -> Contract {
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
            // A refusal that is soon forgotten stops no copy that is still on its way then.
            truth.stores_rejections_per_key = server.stores_rejections_per_key && server.key_retention_ms != Some(SOON);
        }
        truth
    }

    /// How many resources of a kind there must be.
    pub(crate) fn count(&self, kind: Kind) -> u64 {
        self.resources.iter().filter(|(of, _)| *of == kind).count() as u64
    }
}

/// How long a client waits for a byte.
const SILENCE: Duration = Duration::from_millis(40);
/// A key retention that ends during a call, in milliseconds.
const SOON: u64 = 25;

fn server(chance: &mut Chance, calm: bool) -> Server {
    Server {
        etags: if calm || chance.percent(75) {
            Etags::Counting
        } else {
            Etags::Content
        },
        etag_covers_write_only: chance.percent(75),
        unchanged_patch_moves_etag: chance.percent(70),
        // Where a refusal names no etag, a key alone can't prove that it was about the etag.
        conflict_names_etag: calm || chance.percent(75),
        envelope: if calm || chance.percent(90) {
            Envelope::Documented
        } else {
            Envelope::ErrorObject
        },
        etag_metadata_key: (*chance.pick(&["current_etag", "etag", "currentEtag"])).to_owned(),
        keys_honoured: calm || chance.percent(65),
        key_checked_before_if_match: calm || chance.percent(65),
        key_retention_ms: if calm {
            None
        } else {
            *chance.pick(&[None, Some(86_400_000), Some(SOON)])
        },
        stores_rejections_per_key: chance.percent(40),
        replay_body: *chance.pick(&[ReplayBody::Stored, ReplayBody::Current]),
        reconcile_ms: *chance.pick(&[None, Some(0), Some(10), Some(40)]),
        ..Server::default()
    }
}

/// Some of what is true. Where it is calm, keys and etags are always told of.
fn understated(truth: Contract, chance: &mut Chance, calm: bool) -> Contract {
    let mut claimed = truth;
    let all = chance.percent(50);
    let mut told = |truth: bool, always: bool| truth && (all || always || chance.percent(60));
    claimed.etag_never_repeats = told(truth.etag_never_repeats, calm);
    claimed.key_checked_before_if_match = told(truth.key_checked_before_if_match, calm);
    claimed.stores_rejections_per_key = told(truth.stores_rejections_per_key, false);
    claimed.reads_linearizable = told(truth.reads_linearizable, false);
    claimed.etag_covers_write_only = told(truth.etag_covers_write_only, false);
    claimed
}
