//! What a seed draws: a server with its contract, what the client is told of it, who writes what, and the weather.

use std::time::Duration;

use akua_model::edit::Contract;
use akua_sim::{Contract as Server, Defect, Envelope, EtagForm, Etags, Fault, Kind, ReplayBody, Script, Stores};
use serde_json::{Map, json};

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

/// What the server makes of a write, or says, other than one would think. A client is never told that it does not.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Liberties {
    /// Some writes are answered 200, and nothing of them is taken.
    pub(crate) ignores: bool,
    /// Of some writes that change several fields only the first is taken.
    pub(crate) takes_some: bool,
    /// Some writes that landed are answered with an older version.
    pub(crate) answers_late: bool,
    /// Some refusals are about something else, and name the etag of something else.
    pub(crate) misnames: bool,
    /// Somebody else writes what is wanted, right before or after.
    pub(crate) same: bool,
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
    pub(crate) liberties: Liberties,
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
    /// Whether the machine that edits by hand sleeps for a while when an answer is lost, longer than a key is kept.
    pub(crate) sleeps: bool,
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
        let mut server = server(chance, calm);
        let liberties = liberties(&mut Chance::new(seed, 3), calm, &mut server);
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
            liberties,
            sleeps: false,
        };
        scenario.claimed = understated(scenario.truth(), chance, calm);
        scenario.faults = weather::faults(chance, calm, linearizable);
        scenario
            .faults
            .extend(weather::liberties(chance, liberties, scenario.server.keys_honoured));
        scenario.scripts = weather::scripts(chance, &scenario);
        scenario
            .scripts
            .extend(weather::same(&mut Chance::new(seed, 4), &scenario));
        scenario
    }

    /// As [`draw`](Self::draw), with a server and a client as arranged, and without liberties unless they are. The client
    /// is told all that is true then.
    pub(crate) fn arranged(seed: u64, arrange: impl FnOnce(&mut Self)) -> Self {
        let mut scenario = Self::draw(seed);
        (scenario.calm, scenario.lonely, scenario.hop_replays) = (false, false, false);
        (scenario.silence, scenario.attempts) = (SILENCE, None);
        scenario.liberties = Liberties::default();
        arrange(&mut scenario);
        scenario.claimed = scenario.truth();
        let chance = &mut Chance::new(seed, 2);
        scenario.faults = weather::faults(chance, false, scenario.linearizable);
        scenario.faults.extend(weather::liberties(
            chance,
            scenario.liberties,
            scenario.server.keys_honoured,
        ));
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

    /// How many resources of a kind there must be.
    pub(crate) fn count(&self, kind: Kind) -> u64 {
        self.resources.iter().filter(|(of, _)| *of == kind).count() as u64
    }
}

/// How long a client waits for a byte.
const SILENCE: Duration = Duration::from_millis(40);
/// A key retention that ends during a call, in milliseconds.
pub(crate) const SOON: u64 = 25;

/// What else the server does; half of them do nothing of it.
fn liberties(chance: &mut Chance, calm: bool, server: &mut Server) -> Liberties {
    let mut taken = Liberties::default();
    if chance.percent(50) {
        return taken;
    }
    server.stores = *chance.pick(&[Stores::AsSent, Stores::AsSent, Stores::Trimmed, Stores::Lowercased]);
    server.etag_form = *chance.pick(&[EtagForm::Bare]);
    taken.takes_some = chance.percent(40);
    taken.same = chance.percent(60);
    if calm {
        return taken;
    }
    taken.ignores = chance.percent(50);
    taken.answers_late = chance.percent(40);
    if taken.ignores {
        // A 200 that shows something else than the old values is believed, by every contract: so a server that writes
        // nothing must not show what somebody else has written meanwhile, nor an older version.
        server.replay_body = ReplayBody::Stored;
        taken.answers_late = false;
    }
    taken.misnames = chance.percent(50);
    if taken.misnames {
        let key = *chance.pick(&[
            None,
            Some("conflicting_workspace_etag"),
            Some("current_etag"),
            Some("etag"),
        ]);
        server.taken_names_etag = key.map(str::to_owned);
        server.conflict_metadata = match chance.between(0, 3) {
            0 => Map::from_iter([("other_etag".to_owned(), json!("7"))]),
            1 => Map::from_iter([("latest_etag".to_owned(), json!("7"))]),
            _ => Map::new(),
        };
    }
    taken
}

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
    claimed.answers_show_written_version = told(truth.answers_show_written_version, false);
    // Without it a refusal proves something only if a read shows the very etag, and others may have written by then.
    claimed.conflicts_name_current_etag = told(truth.conflicts_name_current_etag, calm);
    claimed
}
