//! Draws a scenario from a seed.

use std::time::Duration;

use akua_model::edit::Contract;
use akua_sim::{Contract as Server, Envelope, EtagForm, Etags, Kind, ReplayBody, Stores};
use serde_json::{Map, json};

use super::fault_plan;
use super::scenario::{Driver, Liberties, SOON, Scenario};
use crate::chance::Chance;

/// How long a client waits for a byte.
const SILENCE: Duration = Duration::from_millis(40);
impl Scenario {
    pub fn draw(seed: u64) -> Self {
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
        scenario.faults = fault_plan::faults(chance, calm, linearizable);
        scenario
            .faults
            .extend(fault_plan::liberties(chance, liberties, scenario.server.keys_honoured));
        scenario.scripts = fault_plan::scripts(chance, &scenario);
        scenario
            .scripts
            .extend(fault_plan::same(&mut Chance::new(seed, 4), &scenario));
        scenario
    }

    /// As [`draw`](Self::draw), with a server and a client as arranged, and without liberties unless they are. The client
    /// is told all that is true then.
    pub fn arranged(seed: u64, arrange: impl FnOnce(&mut Self)) -> Self {
        let mut scenario = Self::draw(seed);
        (scenario.calm, scenario.lonely, scenario.hop_replays) = (false, false, false);
        (scenario.silence, scenario.attempts) = (SILENCE, None);
        scenario.liberties = Liberties::default();
        arrange(&mut scenario);
        scenario.claimed = scenario.truth();
        let chance = &mut Chance::new(seed, 2);
        scenario.faults = fault_plan::faults(chance, false, scenario.linearizable);
        scenario.faults.extend(fault_plan::liberties(
            chance,
            scenario.liberties,
            scenario.server.keys_honoured,
        ));
        scenario.scripts = fault_plan::scripts(chance, &scenario);
        scenario
    }
}

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
