//! How operations go on and end: what a contract says of them, and the state of each one.
//!
//! Nothing here changes a resource: the world does, when a step ends.

use akua_model::ResourceKind as Kind;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::launch::Launch;

/// What becomes of the operation of an accepted launch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Ends {
    /// It succeeds after its last step.
    #[default]
    Succeed,
    /// It fails in a step.
    Fail {
        /// The step's number, from 1; beyond the last it is the last.
        #[serde(default = "first")]
        step: u64,
        /// The words of `error.message`.
        #[serde(default = "usual_failure")]
        message: String,
        /// What it leaves behind.
        #[serde(default)]
        leaves: Leaves,
    },
    /// It waits for a person in a step, and succeeds once `advance_operation` has stood in for them.
    Person {
        /// The step's number, from 1; beyond the last it is the last.
        #[serde(default = "first")]
        step: u64,
        /// What the person has to do.
        #[serde(default, rename = "as")]
        task: Task,
    },
    /// Somebody else cancels it: it ends `CANCELLED` after a step.
    Cancel {
        /// The step's number, from 1; beyond the last it is the last.
        #[serde(default = "first")]
        step: u64,
    },
}

fn first() -> u64 {
    1
}

fn usual_failure() -> String {
    "no machines".to_owned()
}

/// What a failed operation leaves behind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Leaves {
    /// The state that there was before it. Before a create there was nothing.
    #[default]
    AsItWas,
    /// A cluster that is `provisioning` (create, suspend, resume) or still `deleting`.
    HalfDone,
    /// What was asked for, although it says that it has failed.
    AsWanted,
}

/// What a person has to do in a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Something by hand.
    #[default]
    User,
    /// Agree.
    Approval,
}

/// What a call of `:wait` does to an operation that is under way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Waits {
    /// It sees the operation through: whatever goes on by looks goes on to the end. What waits for a person or for word
    /// is waited for, up to `timeout`.
    #[default]
    Follow,
    /// It is one look, and waits for the end up to `timeout`.
    Hold,
    /// It is one look, and is answered at once, as if `timeout` had run out.
    AtOnce,
}

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// What was launched.
    Launch(Launch),
    /// It sets up a cluster that was made with it.
    CreateCluster,
}

impl Work {
    /// The kind of what it works on.
    pub(crate) fn kind(self) -> Kind {
        match self {
            Self::Launch(launch) => launch.kind(),
            Self::CreateCluster => Kind::Cluster,
        }
    }

    /// The name of the id of what it works on, where its answer shows it.
    pub(crate) fn id_name(self) -> Option<&'static str> {
        match self {
            // Its answer shows at most a note.
            Self::Launch(Launch::RevokeWorkerBootstrap) => None,
            Self::Launch(launch) => launch.operation().map(|(_, name)| name),
            Self::CreateCluster => Some("cluster_id"),
        }
    }

    /// The names of its first steps; further ones have a number.
    fn steps(self) -> [&'static str; 2] {
        match self {
            Self::Launch(launch) => launch.steps(),
            Self::CreateCluster => ["provision", "join"],
        }
    }
}

/// How an operation has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Succeeded,
    Failed { message: String, leaves: Leaves },
    Cancelled,
}

/// How far to let an operation go on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Until {
    /// To the end of the step that runs.
    #[default]
    NextStep,
    /// To its end.
    End,
}

/// An operation, as far as answers do not show it.
#[derive(Clone, Debug)]
pub(crate) struct Underway {
    /// What it does; `None` if it was seeded: it changes nothing, and looks don't move it.
    pub(crate) work: Option<Work>,
    /// The id of what it works on.
    pub(crate) target: String,
    /// The state of that before.
    pub(crate) before: Option<String>,
    pub(crate) ends: Ends,
    /// How many looks a step takes; `None`: it waits for word.
    pub(crate) looks: Option<u64>,
    pub(crate) vanishes: bool,
    /// How many lists don't show it yet.
    pub(crate) unlisted: u64,
    pub(crate) cancel_asked: bool,
    looked: u64,
    names: Vec<String>,
    /// When each step began that has, in Unix seconds. The last one runs.
    begun: Vec<i64>,
    /// How it has ended, and when.
    ended: Option<(Fate, i64)>,
}

impl Underway {
    /// An operation that begins at the Unix second `now`.
    pub(crate) fn new(work: Option<Work>, target: &str, ends: Ends, names: Vec<String>, now: i64) -> Self {
        Self {
            work,
            target: target.to_owned(),
            before: None,
            ends,
            looks: None,
            vanishes: false,
            unlisted: 0,
            cancel_asked: false,
            looked: 0,
            names,
            begun: vec![now],
            ended: None,
        }
    }

    /// The names of so many steps.
    pub(crate) fn step_names(work: Work, count: u64) -> Vec<String> {
        let mut names: Vec<String> = work.steps().map(str::to_owned).into();
        names.extend((3..=count).map(|number| format!("step_{number}")));
        names.truncate(usize::try_from(count).unwrap_or(usize::MAX));
        names
    }

    fn count(&self) -> u64 {
        self.names.len() as u64
    }

    /// The number of the step that runs, from 1.
    fn running(&self) -> u64 {
        self.begun.len() as u64
    }

    /// Whether it is under way and about this resource.
    pub(crate) fn works_on(&self, kind: Kind, id: &str) -> bool {
        !self.has_ended() && self.target == id && self.work.is_some_and(|work| work.kind() == kind)
    }

    /// Whether this cluster is reconciling because of it.
    pub(crate) fn reconciles(&self, kind: Kind, id: &str) -> bool {
        self.works_on(kind, id) && self.work != Some(Work::Launch(Launch::RefreshCapabilities))
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.ended.is_some()
    }

    /// The number of a step, not beyond the last.
    fn within(&self, step: u64) -> u64 {
        step.clamp(1, self.count().max(1))
    }

    /// What a person has to do in this step, if they have.
    fn task(&self, step: u64) -> Option<Task> {
        match &self.ends {
            Ends::Person { step: at, task } if self.within(*at) == step => Some(*task),
            _ => None,
        }
    }

    /// Whether looks move it.
    pub(crate) fn goes_on(&self) -> bool {
        let is_free = self.work.is_some() && self.task(self.running()).is_none();
        !self.has_ended() && self.looks.is_some() && (is_free || self.cancel_asked)
    }

    /// Counts a look. Whether the step that runs ends with it.
    pub(crate) fn look(&mut self) -> bool {
        if !self.goes_on() {
            return false;
        }
        self.looked += 1;
        self.looks.is_some_and(|looks| self.looked >= looks)
    }

    /// Ends the step that runs, at the Unix second `now`. How the operation ends with it, if it does.
    pub(crate) fn end_step(&mut self, now: i64) -> Option<Fate> {
        self.looked = 0;
        let step = self.running();
        let fate = match &self.ends {
            Ends::Fail {
                step: at,
                message,
                leaves,
            } if self.within(*at) == step => Some(Fate::Failed {
                message: message.clone(),
                leaves: *leaves,
            }),
            Ends::Cancel { step: at } if self.within(*at) == step => Some(Fate::Cancelled),
            // The step that runs is brought to its end first, and the last of several is the operation's.
            _ if self.cancel_asked && (step < self.count() || self.count() == 1 || self.task(step).is_some()) => {
                Some(Fate::Cancelled)
            }
            _ if step >= self.count() => Some(Fate::Succeeded),
            _ => None,
        };
        match &fate {
            Some(fate) => self.ended = Some((fate.clone(), now)),
            None => self.begun.push(now),
        }
        fate
    }

    /// The steps as answers show them.
    pub(crate) fn steps(&self) -> Value {
        let running = self.running();
        let step = |(number, name): (u64, &String)| {
            let task = self.task(number);
            let (status, message) = match &self.ended {
                _ if number < running => ("completed", None),
                None if number == running => ("running", None),
                None => ("pending", None),
                Some(_) if number > running => ("skipped", None),
                Some((Fate::Failed { message, .. }, _)) => ("failed", Some(message)),
                Some((Fate::Cancelled, _)) if task.is_some() => ("skipped", None),
                Some(_) => ("completed", None),
            };
            let index = usize::try_from(number).unwrap_or(usize::MAX);
            let begun = self.begun.get(index - 1).copied();
            let over = self.begun.get(index).copied();
            json!({
                "name": name,
                "status": status,
                "execution_type": task.map_or(json!("system"), |task| json!(task)),
                "started_at": begun,
                "completed_at": over.or(self.ended.as_ref().and_then(|(_, at)| begun.map(|_| *at))),
                "error_message": message,
                "retryable": false,
                "skippable": false,
            })
        };
        (1..).zip(&self.names).map(step).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn underway(ends: Ends, steps: u64) -> Underway {
        let work = Work::Launch(Launch::SuspendCluster);
        let mut underway = Underway::new(Some(work), "clu_1", ends, Underway::step_names(work, steps), 10);
        underway.looks = Some(1);
        underway
    }

    fn statuses(underway: &Underway) -> Vec<String> {
        let steps = underway.steps();
        let all = steps.as_array().into_iter().flatten();
        all.map(|step| step["status"].as_str().unwrap_or_default().to_owned())
            .collect()
    }

    #[test]
    fn each_end_comes_with_its_step() {
        let fail = Ends::Fail {
            step: 2,
            message: "m".to_owned(),
            leaves: Leaves::AsItWas,
        };
        for (ends, fates, last) in [
            (Ends::Succeed, "..s", ["completed", "completed", "completed"]),
            (fail, ".f", ["completed", "failed", "skipped"]),
            (Ends::Cancel { step: 1 }, "c", ["completed", "skipped", "skipped"]),
            (Ends::Cancel { step: 9 }, "..c", ["completed", "completed", "completed"]),
        ] {
            let mut underway = underway(ends, 3);
            for (at, fate) in (20..).zip(fates.chars()) {
                let came = underway.end_step(at);
                let letter = match came {
                    None => '.',
                    Some(Fate::Succeeded) => 's',
                    Some(Fate::Failed { .. }) => 'f',
                    Some(Fate::Cancelled) => 'c',
                };
                assert_eq!(letter, fate);
            }
            assert_eq!(statuses(&underway), last);
            assert!(!underway.goes_on());
        }
    }

    #[test]
    fn a_cancel_waits_for_the_step_that_runs_and_not_for_a_person() {
        let mut first = underway(Ends::Succeed, 2);
        first.cancel_asked = true;
        assert_eq!(first.end_step(20), Some(Fate::Cancelled));
        assert_eq!(statuses(&first), ["completed", "skipped"]);

        let mut last = underway(Ends::Succeed, 2);
        assert_eq!(last.end_step(20), None);
        last.cancel_asked = true;
        assert_eq!(last.end_step(30), Some(Fate::Succeeded));

        let task = Task::Approval;
        let mut blocked = underway(Ends::Person { step: 1, task }, 2);
        assert!(!blocked.look() && !blocked.goes_on());
        assert_eq!(blocked.steps()[0]["execution_type"], "approval");
        blocked.cancel_asked = true;
        assert!(blocked.look());
        assert_eq!(blocked.end_step(20), Some(Fate::Cancelled));
        assert_eq!(statuses(&blocked), ["skipped", "skipped"]);
    }

    #[test]
    fn a_step_keeps_its_times() {
        let mut underway = underway(Ends::Succeed, 2);
        assert_eq!(underway.steps()[1]["started_at"], Value::Null);
        assert_eq!(underway.end_step(20), None);
        assert_eq!(underway.end_step(30), Some(Fate::Succeeded));
        let steps = underway.steps();
        let times = |index: usize| (steps[index]["started_at"].clone(), steps[index]["completed_at"].clone());
        assert_eq!(times(0), (json!(10), json!(20)));
        assert_eq!(times(1), (json!(20), json!(30)));
    }
}
