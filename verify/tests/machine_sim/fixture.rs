//! Where everything meets: a world, clients with their edits, a network that is late, one virtual clock.
//!
//! It plays the turns and keeps the transcript; whether what happened is allowed is for the judge to say.

use akua_model::edit::ResumeMode;
use akua_sim::{Contract, Etags, Fault, Kind, ReplayBody, Setup, Stores, Target, WireRequest, World};
use akua_verify::chance::Chance;
use akua_verify::judge::Alarm;
use serde_json::{Map, Value};

use crate::clients::Worker;
use crate::network::Copy;
use crate::plan::{Fate, Foreign, Given, Keys, Setting, Skew, Turn, WORKERS};
use crate::planted::Plant;
use crate::running::assignments;
use crate::transcript::Transcript;

const EPOCH_MS: i64 = 1_700_000_000_000;

/// A resource.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) kind: Kind,
    pub(crate) id: String,
}

pub(crate) struct Fixture {
    pub(crate) setting: Setting,
    pub(crate) world: World,
    pub(crate) now: u64,
    /// How long the clients' machines have slept so far.
    pub(crate) slept: u64,
    /// How far their time of day was set.
    wall_shift: i64,
    pub(crate) places: Vec<Place>,
    pub(crate) transcript: Transcript,
    pub(crate) breach: Option<Alarm>,
    pub(crate) plant: Option<Plant>,
    /// One for each client, so that their chances do not depend on each other, and one for everything else.
    pub(crate) chance: [Chance; WORKERS + 1],
    /// All that were injected.
    pub(crate) faults: Vec<Fault>,
    /// Of a workspace, for clusters; and a broad one.
    pub(crate) tokens: [String; 2],
    pub(crate) workers: Vec<Worker>,
    pub(crate) in_flight: Vec<Copy>,
    /// Epochs whose client is gone or does not know.
    pub(crate) left_behind: Vec<usize>,
}

impl Fixture {
    pub(crate) fn new(setting: &Setting, plant: Option<Plant>) -> Self {
        let mut setting = setting.clone();
        if let Some(plant) = plant {
            plant.adjust(&mut setting);
        }
        let truth = &setting.truth;
        let contract = Contract {
            etags: if truth.counts { Etags::Counting } else { Etags::Content },
            etag_covers_write_only: truth.covers_write_only,
            unchanged_patch_moves_etag: truth.idle_write_moves,
            conflict_names_etag: truth.names_etag,
            keys_honoured: truth.keys != Keys::Ignored,
            key_checked_before_if_match: truth.keys == Keys::First,
            key_retention_ms: truth.retention_ms,
            stores_rejections_per_key: truth.keeps_refusals,
            stores: if truth.lowercases {
                Stores::Lowercased
            } else {
                Stores::AsSent
            },
            replay_body: if truth.replays_current {
                ReplayBody::Current
            } else {
                ReplayBody::Stored
            },
            ..Contract::default()
        };
        let mut world = World::new(Setup {
            kinds: std::collections::BTreeMap::new(),
            clusters: 2,
            workspaces: 3,
            seed: setting.seed,
            epoch: EPOCH_MS / 1000,
            contract,
        });
        let tokens = [world.issue_token(Some("ws_1")), world.issue_token(None)];
        let place = |kind, id: &str| Place {
            kind,
            id: id.to_owned(),
        };
        Self {
            world,
            now: 0,
            slept: 0,
            wall_shift: 0,
            places: vec![
                place(Kind::Cluster, "clu_1"),
                place(Kind::Workspace, "ws_2"),
                place(Kind::Cluster, "clu_2"),
                place(Kind::Workspace, "ws_3"),
            ],
            transcript: Transcript::default(),
            breach: None,
            plant,
            chance: std::array::from_fn(|index| Chance::new(setting.seed, index as u64)),
            faults: Vec::new(),
            tokens,
            workers: (0..WORKERS).map(|_| Worker::default()).collect(),
            in_flight: Vec::new(),
            left_behind: Vec::new(),
            setting,
        }
    }

    /// Plays one turn; none after a breach.
    pub(crate) fn play(&mut self, turn: Turn) {
        if self.breach.is_some() {
            return;
        }
        // No two things happen at the same time, so that "before" and "after" are never in doubt.
        self.pass(1);
        match turn {
            Turn::Work {
                worker,
                fate,
                slow,
                given,
                start,
            } => self.work(worker, fate, slow, given, &start),
            Turn::Foreign { place, change } => self.meddle(place, change),
            Turn::Arrive { copy } => {
                if !self.in_flight.is_empty() {
                    let copy = self.in_flight.remove(copy % self.in_flight.len());
                    self.deliver(&copy.wire, copy.write, None);
                }
            }
            Turn::Pass { ms } => self.pass(ms),
            Turn::Sleep { ms } => {
                self.slept += ms;
                self.pass(ms);
            }
            Turn::SetClock { by_ms } => self.wall_shift += by_ms,
            Turn::Cancel { worker } => {
                if let Some(active) = &mut self.workers[worker].active {
                    active.cancelled = true;
                }
            }
            Turn::Crash { worker } => self.crash(worker),
            Turn::Resume {
                worker,
                token,
                mode,
                clock,
                humble,
            } => {
                if !self.left_behind.is_empty() {
                    let epoch = self.left_behind[token % self.left_behind.len()];
                    self.resume(worker, epoch, mode, clock, humble);
                }
            }
        }
    }

    /// Lets everything come to its end: edits, what was left behind, what is late.
    pub(crate) fn finish(&mut self) {
        for worker in 0..WORKERS {
            self.drive(worker);
        }
        for epoch in std::mem::take(&mut self.left_behind) {
            let mode = if self.chance[WORKERS].bits().is_multiple_of(2) {
                ResumeMode::Finish
            } else {
                ResumeMode::Look
            };
            self.pass(1);
            self.resume(0, epoch, mode, Skew::None, 0);
            self.drive(0);
        }
        for copy in std::mem::take(&mut self.in_flight) {
            self.pass(1);
            self.deliver(&copy.wire, copy.write, None);
        }
    }

    fn drive(&mut self, worker: usize) {
        while self.breach.is_none() && self.workers[worker].active.is_some() {
            self.pass(1);
            self.go_on(worker, Fate::Passes, false, Given::Nothing);
        }
    }

    fn pass(&mut self, ms: u64) {
        self.now += ms;
        self.world.advance(self.now);
    }

    fn meddle(&mut self, place: usize, change: Foreign) {
        let place = self.places[place].clone();
        let write = |set: Map<String, Value>| akua_sim::Write {
            kind: place.kind,
            id: place.id.clone(),
            set,
        };
        // What is not there can't be changed, and what is there can't be brought back: then nothing happens.
        let _ = match change {
            Foreign::Set(fields) => {
                let set = assignments(place.kind, fields).into_iter();
                // Whoever writes through this server has it stored so.
                let stored = |name: &str, value: &str| match self.setting.truth.lowercases && name == "name" {
                    true => value.to_lowercase(),
                    false => value.to_owned(),
                };
                let set = set
                    .map(|(name, value)| (name.to_owned(), stored(name, value).into()))
                    .collect();
                self.world.write(self.now, write(set)).map(drop)
            }
            Foreign::Touch => self.world.write(self.now, write(Map::new())).map(drop),
            Foreign::Closing => {
                let set = Map::from_iter([("state".to_owned(), "deleting".into())]);
                self.world.write(self.now, write(set)).map(drop)
            }
            Foreign::Delete => self.world.delete(self.now, place.kind, &place.id).map(drop),
            Foreign::Revive => self.world.seed(place.kind, &place.id, None, Map::new()),
        };
    }

    /// What a client sees that looks at the resource before it begins; `None` if it is not there.
    pub(crate) fn look(&mut self, place: &Place) -> Option<Vec<u8>> {
        let collection = place.kind.path();
        let mut wire = WireRequest::new("GET", &format!("{collection}/{}", place.id));
        if place.kind == Kind::Workspace {
            wire = wire.with_header("akua-context", "ws_1");
        }
        let wire = self.signed(wire, place);
        let answer = self.ask(&wire, None).answer;
        (answer.status == 200).then_some(answer.body)
    }

    pub(crate) fn unix_ms(&self, skew_ms: i64) -> i64 {
        EPOCH_MS + i64::try_from(self.now).unwrap() + self.wall_shift + skew_ms
    }

    /// The resource of a place, for a request of the world's director.
    pub(crate) fn target(&self, place: usize) -> Target {
        let Place { kind, id } = self.places[place].clone();
        Target { kind, id }
    }
}
