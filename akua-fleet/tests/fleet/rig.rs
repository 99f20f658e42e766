//! A fleet with what goes wrong around it: a simulator, others who write, a client whose requests are recorded, and the plan.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use akua_fleet::{CollectionExt as _, Event, Fleet, Limits, Plan, Summary};
use akua_http::Client;
use akua_model::edit::{Contract, Policy};
use akua_model::{Cluster, ClusterId, ClusterPatch};
use akua_sim::{Contract as Server, End, Fault, Hold, Kind, Matcher, Script, Simulator, When, Write};

use crate::record::{ItemRecorder, Record};
use crate::scene::Folder;
use akua_verify::evidence::Evidence;
use akua_verify::judge::{Alarm, Tally, judge};
use akua_verify::record::{Values, View};
use akua_verify::stack::edits::{patch_of, shown};
use akua_verify::stack::run::{self, quiet};
use akua_verify::stack::scenario::Scenario;

/// What the plan is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Made {
    /// Of ids: what is read first is protected.
    OfIds,
    /// Of versions that the caller has seen.
    OfVersions,
}

pub(crate) struct Rig {
    pub(crate) scenario: Scenario,
    pub(crate) simulator: Arc<Simulator>,
    pub(crate) client: Client,
    pub(crate) record: Arc<Record>,
    pub(crate) folder: Folder,
    pub(crate) policy: Policy,
    made: Made,
    seen: Vec<Cluster>,
    findings: Vec<String>,
}

/// A server whose keys are looked up first, and a client that is told so; or one that knows no keys.
pub(crate) fn scenario(seed: u64, items: u64, keys: bool) -> Scenario {
    let mut claimed = Contract::documented();
    if keys {
        claimed.key_checked_before_if_match = true;
        claimed.key_retention = Duration::from_secs(24 * 60 * 60);
    }
    let mut scenario = Scenario::arranged(seed, |scenario| {
        scenario.linearizable = true;
        scenario.silence = Duration::from_millis(400);
        scenario.server = Server {
            keys_honoured: keys,
            reconcile_ms: None,
            ..Server::default()
        };
        let resources = (1..=items).map(|number| (Kind::Cluster, format!("clu_{number}")));
        scenario.resources = resources.collect();
    });
    (scenario.claimed, scenario.faults, scenario.scripts) = (claimed, Vec::new(), Vec::new());
    scenario
}

/// Answers lost in 2 of 100, some before and some after the write, and bursts of 429. Certain items have the bad luck
/// that the answer to their first write is lost, see [`is_unlucky`], or that the answer to each of their writes is.
pub(crate) fn faults(items: u64) -> Vec<Fault> {
    let patch = |fault: Fault| fault.on(Matcher::method("PATCH"));
    let burst = |part: u64| {
        let burst = Fault::before(429).header("retry-after", "1").times(40.min(items / 10));
        patch(burst.nth(items * part / 4))
    };
    let lost = |number: u64| {
        let its = Matcher::method("PATCH").of(Kind::Cluster, &format!("clu_{number}"));
        Fault::lost_after(End::Reset).on(its)
    };
    let unlucky = (1..=items).filter(|number| is_unlucky(*number)).map(lost);
    // It writes what nobody can read, too: nothing can be known before the faults end.
    let unheard = (1..=items).filter(|number| number % 100 == 63);
    let unheard = unheard.map(|number| lost(number).forever());
    let general = [
        burst(1),
        burst(2),
        burst(3),
        patch(Fault::lost_after(End::Reset)).forever().percent(1),
        patch(Fault::lost_after(End::Fin)).forever().percent(1),
        patch(Fault::lost_before(End::Reset)).forever().percent(1),
        // It lands when its client has given it up.
        patch(Fault::held(Hold::Ms(600))).forever().percent(1),
        Fault::lost_before(End::Fin)
            .on(Matcher::method("GET"))
            .forever()
            .percent(1),
    ];
    unlucky.chain(unheard).chain(general).collect()
}

/// The answer to its first write is lost, and it is about a field that nobody can read, or somebody else writes over it
/// right after that.
fn is_unlucky(number: u64) -> bool {
    matches!(number % 100, 3 | 27)
}

/// Somebody else writes to 5 of 100, at the worst moments: the same field or another one.
pub(crate) fn others(items: u64) -> Vec<Script> {
    let mut scripts = Vec::new();
    for number in (1..=items).filter(|number| number % 20 == 7) {
        let id = format!("clu_{number}");
        let property = if number % 40 == 7 || is_unlucky(number) {
            "name"
        } else {
            "note"
        };
        let write = Write::set(Kind::Cluster, &id, property, format!("theirs {number}"));
        let (when, method) = match number / 20 % 3 {
            _ if is_unlucky(number) => (When::After, "PATCH"),
            0 => (When::Before, "PATCH"),
            1 => (When::After, "GET"),
            _ => (When::After, "PATCH"),
        };
        let matcher = Matcher::method(method).of(Kind::Cluster, &id);
        scripts.push(Script::once(when, matcher, akua_sim::Action::Write(write)));
    }
    scripts
}

impl Rig {
    pub(crate) fn new(scenario: Scenario, made: Made) -> Self {
        let mut policy = Policy::default();
        policy.backoff = Duration::from_millis(1);
        policy.backoff_limit = Duration::from_millis(8);
        let calm = Scenario {
            faults: Vec::new(),
            scripts: Vec::new(),
            ..scenario.clone()
        };
        let simulator = Arc::new(run::start(&calm));
        let record = Record::new(&simulator, policy);
        let client = run::builder(&simulator, &scenario, ItemRecorder::new(&record, &scenario));
        let client = client.token(simulator.token()).build().unwrap();
        let seen: Vec<Cluster> = client.clusters().list().map(Result::unwrap).collect();
        for (number, cluster) in (1..).zip(&seen) {
            let view = (made == Made::OfVersions).then(|| View {
                etag: cluster.etag.to_string(),
                values: shown(cluster),
            });
            record.wants(cluster.id.as_ref(), wanted(number), view);
        }
        for fault in &scenario.faults {
            simulator.inject(fault.clone()).unwrap();
        }
        for script in &scenario.scripts {
            simulator.script(script.clone()).unwrap();
        }
        Self {
            scenario,
            simulator,
            client,
            record,
            folder: Folder::new(),
            policy,
            made,
            seen,
            findings: Vec::new(),
        }
    }

    pub(crate) fn plan(&self) -> Plan<Cluster> {
        let patch = |number| patch_of::<Cluster>(&wanted(number));
        let patches: Vec<(akua_model::edit::Target<Cluster>, ClusterPatch)> = (1..)
            .zip(&self.seen)
            .map(|(number, cluster)| match self.made {
                Made::OfIds => (ClusterId::clone(&cluster.id).into(), patch(number)),
                Made::OfVersions => (cluster.into(), patch(number)),
            })
            .collect();
        Plan::patches(patches)
    }

    /// The fleet, opened in its ledger.
    pub(crate) fn fleet(&self) -> Fleet<Cluster> {
        let clusters = self.client.clusters().policy(self.policy);
        let fleet = clusters.fleet(self.plan(), self.folder.ledger()).unwrap();
        self.record.watches(&self.folder.ledger());
        fleet
    }

    /// One run to its end, and what the ledger says then.
    pub(crate) fn run(&mut self, limits: &Limits) -> Summary {
        let fleet = self.fleet();
        let before = self.record.begin();
        let mut run = fleet.run(limits).unwrap();
        let ended: BTreeSet<String> = run
            .by_ref()
            .filter_map(|event| match event {
                Event::Ended { id, .. } => Some(id),
                _ => None,
            })
            .collect();
        let summary = run.finish().unwrap();
        self.findings.extend(self.record.end(&before, &ended));
        assert_eq!(summary.counts, fleet.report().unwrap().counts());
        summary
    }

    pub(crate) fn end_faults(&self) {
        self.simulator.with_world(|world, _| world.clear());
    }

    /// What is found once nothing is under way any more.
    pub(crate) fn judge(self) -> (Vec<Alarm>, Tally, Vec<String>, Evidence) {
        let Self {
            scenario,
            simulator,
            client,
            record,
            findings,
            ..
        } = self;
        drop(client);
        quiet(&simulator);
        let evidence = scenario.evidence(&simulator, record.close());
        let (alarms, tally) = judge(&evidence);
        (alarms, tally, findings, evidence)
    }
}

/// What the cluster with this number is to become. One in twenty also moves, which nobody can read back.
pub(crate) fn wanted(number: u64) -> Values {
    let mut values = Values::from([("name".to_owned(), format!("fleet {number}"))]);
    if number % 20 == 3 {
        values.insert("region_id".to_owned(), format!("region-{number}"));
    }
    values
}
