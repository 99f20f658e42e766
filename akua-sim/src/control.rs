//! The control protocol: every operation as a value, the same in Rust and as JSON over `POST /control`.
//!
//! `akua-sim/README.md` shows each with an example line.

use std::collections::BTreeMap;

use akua_model::ResourceKind as Kind;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::control_error::ControlError;
use crate::fault::Fault;
use crate::kind::stored;
use crate::operation::{Ends, Until};
use crate::script::{Act, Make, Script, Target, Write};
use crate::world::World;

/// One operation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub enum Op {
    /// Injects a fault. Answers its number: `{"fault":1}`.
    Inject {
        /// The fault.
        fault: Fault,
    },
    /// The faults that still wait: `{"faults":[…]}`.
    Faults {},
    /// Takes a fault back: `{"removed":true}`.
    RemoveFault {
        /// Its number.
        fault: u64,
    },
    /// Takes all faults and scripts back.
    Clear {},
    /// Adds a script.
    Script {
        /// The script.
        script: Script,
    },
    /// Lets somebody else change a resource now: `{"version":{…}}`.
    Write(Write),
    /// Lets somebody else delete a resource now: `{"version":{…}}`.
    Delete(Target),
    /// Lets somebody else start or end something now, which is always accepted: `{"operation":"op_1","version":{…}}`.
    Act(Act),
    /// Lets somebody else make something new now: `{"id":"clu_6","operation":"op_1","version":{…}}`. It is refused only where
    /// a text is taken that no two share.
    Create(Make),
    /// Lets an operation go on, whatever it waits for: `{"operation":"op_1","version":{…}}`.
    AdvanceOperation {
        /// Its id.
        id: String,
        /// How far. Left out: to the end of the step that runs.
        #[serde(default)]
        to: Until,
        /// How it ends from now on. Left out: as it was to.
        #[serde(default)]
        ends: Option<Ends>,
    },
    /// Ends a cluster's reconciling now: `{"version":{…}}`.
    Settle {
        /// The cluster's id.
        id: String,
    },
    /// Lets every held request be decided now: `{"released":2}`.
    Release {},
    /// Changes the named switches, none to only read: `{"contract":{…}}`.
    Contract {
        /// The switches with their new values.
        #[serde(default)]
        set: Map<String, Value>,
    },
    /// The requests so far: `{"log":[…]}`.
    Log {
        /// From this number on. Left out: all.
        #[serde(default)]
        from_seq: u64,
    },
    /// Forgets the requests so far, except those that are held.
    ClearLog {},
    /// Every version of a resource: `{"history":[…]}`.
    History(Target),
    /// What there is: the ids of each kind, how much still waits, the time: `{"now_ms":…,"clusters":[…],…}`.
    State {},
    /// Adds resources: `{"clusters":["clu_6"],"workspaces":[],…}`.
    Seed {
        /// So many clusters with the next free ids.
        #[serde(default)]
        clusters: u64,
        /// So many workspaces with the next free ids.
        #[serde(default)]
        workspaces: u64,
        /// So many of any kind with the next free ids.
        #[serde(default)]
        kinds: BTreeMap<Kind, u64>,
        /// Resources as told.
        #[serde(default)]
        resources: Vec<SeedResource>,
    },
    /// Issues a token: `{"token":"sk_akua_…"}`.
    Token {
        /// The workspace that owns it. Left out: a broad token, which needs `akua-context`.
        #[serde(default)]
        workspace: Option<String>,
    },
    /// Back to the state at the start. Tokens stay valid.
    Reset {},
}

/// A resource to add.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedResource {
    /// Its kind.
    pub kind: Kind,
    /// Its id. Anything: an id that needs encoding too.
    pub id: String,
    /// The workspace that a cluster belongs to. Left out: `ws_1`.
    #[serde(default)]
    pub workspace: Option<String>,
    /// Properties in place of the usual ones.
    #[serde(default)]
    pub set: Map<String, Value>,
}

/// How many resources one operation may add.
const MOST_SEEDED: u64 = 100_000;

impl World {
    /// Does an operation at time `now`, in milliseconds since the start. What it answers, as JSON.
    ///
    /// # Errors
    ///
    /// Something in the operation is wrong; the text says what. Nothing was changed then, except that a `seed` keeps
    /// what it added before the resource that it could not add.
    pub fn control(&mut self, now: u64, op: Op) -> Result<Value, ControlError> {
        self.advance(now);
        match op {
            Op::Inject { fault } => Ok(json!({ "fault": self.inject(fault)? })),
            Op::Faults {} => Ok(json!({ "faults": self.faults() })),
            Op::RemoveFault { fault } => Ok(json!({ "removed": self.remove_fault(fault) })),
            Op::Clear {} => {
                self.clear();
                Ok(json!({}))
            }
            Op::Script { script } => self.script(script).map(|()| json!({})),
            Op::Write(write) => Ok(json!({ "version": self.write(now, write)? })),
            Op::Delete(target) => Ok(json!({ "version": self.delete(now, target.kind, &target.id)? })),
            Op::Act(act) => {
                let id = self.act_for_another_now(now, &act)?;
                let version = self.history(now, Kind::Operation, &id)?.pop();
                Ok(json!({ "operation": id, "version": version }))
            }
            Op::Create(make) => {
                let kind = make.create.kind();
                let made = self.make_for_another_now(now, make)?;
                let version = self.history(now, kind, &made.id)?.pop();
                Ok(json!({ "id": made.id, "operation": made.operation, "version": version }))
            }
            Op::AdvanceOperation { id, to, ends } => {
                let version = self.advance_operation(now, &id, to, ends)?;
                Ok(json!({ "operation": id, "version": version }))
            }
            Op::Settle { id } => Ok(json!({ "version": self.settle_now(now, &id)? })),
            Op::Release {} => Ok(json!({ "released": self.release(now) })),
            Op::Contract { set } => Ok(json!({ "contract": self.switch(&set)? })),
            Op::Log { from_seq } => Ok(json!({ "log": self.log(now, from_seq) })),
            Op::ClearLog {} => {
                self.clear_log();
                Ok(json!({}))
            }
            Op::History(target) => Ok(json!({ "history": self.history(now, target.kind, &target.id)? })),
            Op::State {} => Ok(self.state(now)),
            Op::Seed {
                clusters,
                workspaces,
                mut kinds,
                resources,
            } => {
                *kinds.entry(Kind::Workspace).or_default() += workspaces;
                *kinds.entry(Kind::Cluster).or_default() += clusters;
                self.seed_all(&kinds, resources)
            }
            Op::Token { workspace } => {
                let known = self.ids(now, Kind::Workspace);
                match workspace {
                    Some(id) if !known.contains(&id) => Err(ControlError::new(format!("there is no workspace `{id}`"))),
                    owner => Ok(json!({ "token": self.issue_token(owner.as_deref()) })),
                }
            }
            Op::Reset {} => {
                self.reset(now);
                Ok(json!({}))
            }
        }
    }

    fn state(&mut self, now: u64) -> Value {
        let mut state = Map::new();
        state.insert("now_ms".to_owned(), now.into());
        for kind in stored() {
            state.insert(kind.plural().to_owned(), self.ids(now, kind).into());
        }
        state.insert("faults_waiting".to_owned(), self.faults().len().into());
        state.insert("scripts_waiting".to_owned(), self.scripts_waiting().into());
        state.insert("requests_held".to_owned(), self.requests_held().into());
        Value::Object(state)
    }

    fn seed_all(&mut self, counts: &BTreeMap<Kind, u64>, resources: Vec<SeedResource>) -> Result<Value, ControlError> {
        if counts.values().any(|count| *count > MOST_SEEDED) {
            return Err(ControlError::new(format!(
                "`seed`: at most {MOST_SEEDED} resources at once"
            )));
        }
        let mut asked = counts.keys().copied().chain(resources.iter().map(|each| each.kind));
        if let Some(kind) = asked.find(|kind| !kind.is_listed()) {
            let problem = format!(
                "`seed`: {} is there with its cluster (change it by its PATCH)",
                kind.name()
            );
            return Err(ControlError::new(problem));
        }
        let mut added: BTreeMap<&str, Vec<String>> = stored().map(|kind| (kind.plural(), Vec::new())).collect();
        let mut add = |kind: Kind, id: String| added.entry(kind.plural()).or_default().push(id);
        for (&kind, &count) in counts {
            for _ in 0..count {
                add(kind, self.seed_next(kind));
            }
        }
        for each in resources {
            self.seed(each.kind, &each.id, each.workspace.as_deref(), each.set)?;
            add(each.kind, each.id);
        }
        Ok(json!(added))
    }
}

/// The operation that a JSON text asks for.
pub(crate) fn parse(text: &[u8]) -> Result<Op, ControlError> {
    serde_json::from_slice(text).map_err(|error| ControlError::new(error.to_string()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::world::Setup;

    fn control(world: &mut World, op: Value) -> Result<Value, ControlError> {
        let op = parse(op.to_string().as_bytes())?;
        world.control(0, op)
    }

    #[test]
    fn what_is_unknown_is_named() {
        for (op, named) in [
            (json!({"op": "explode"}), "explode"),
            (json!({"fault": 1}), "op"),
            (json!({"op": "reset", "hard": true}), "hard"),
            (
                json!({"op": "write", "kind": "cluster", "id": "clu_1", "value": 1}),
                "value",
            ),
            (json!({"op": "inject", "fault": {"tims": 1}}), "tims"),
            (json!({"op": "inject", "fault": {"times": "often"}}), "forever"),
            (json!({"op": "inject", "fault": {"delivery": {"end": "bang"}}}), "bang"),
            (json!({"op": "contract", "set": {"etag": 1}}), "etag"),
            (json!({"op": "history", "kind": "cluster", "id": "nobody"}), "nobody"),
            (json!({"op": "token", "workspace": "ws_9"}), "ws_9"),
            (
                json!({"op": "write", "kind": "cluster", "id": "clu_1", "set": {"etag": "1"}}),
                "etag",
            ),
        ] {
            let mut world = World::new(Setup {
                clusters: 1,
                ..Setup::default()
            });
            let error = control(&mut world, op.clone()).unwrap_err().to_string();
            assert!(error.contains(named), "{op}: {error}");
        }
    }

    #[test]
    fn every_operation_survives_json() {
        let target = Target {
            kind: Kind::Cluster,
            id: "c".into(),
        };
        for op in [
            Op::Inject {
                fault: Fault::before(500),
            },
            Op::Write(Write::set(Kind::Cluster, "c", "name", "n")),
            Op::Delete(target.clone()),
            Op::History(target),
            Op::Seed {
                clusters: 1,
                workspaces: 2,
                kinds: BTreeMap::new(),
                resources: Vec::new(),
            },
            Op::Reset {},
        ] {
            assert_eq!(parse(&serde_json::to_vec(&op).unwrap()).unwrap(), op);
        }
    }

    #[test]
    fn resources_and_tokens_are_added() {
        let mut world = World::new(Setup::default());
        let added = control(
            &mut world,
            json!({"op": "seed", "clusters": 2, "workspaces": 1, "resources": [
                {"kind": "cluster", "id": "a/b", "workspace": "ws_2", "set": {"state": "deleting", "region_id": "reg_x"}},
            ]}),
        );
        assert_eq!(
            added.unwrap(),
            json!({"clusters": ["clu_1", "clu_2", "a/b"], "workspaces": ["ws_2"], "operations": [], "regions": [],
                "worker_bootstraps": []})
        );
        let history = control(&mut world, json!({"op": "history", "kind": "cluster", "id": "a/b"})).unwrap();
        assert_eq!(history["history"][0]["fields"]["state"], "deleting");
        assert_eq!(history["history"][0]["hidden"]["region_id"], "reg_x");
        let first = control(&mut world, json!({"op": "token"})).unwrap();
        assert_ne!(
            first,
            control(&mut world, json!({"op": "token", "workspace": "ws_2"})).unwrap()
        );
    }
}
