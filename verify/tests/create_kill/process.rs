//! What the processes do: one makes a cluster, another one goes on from the token that was kept.

use std::env;
use std::error::Error;
use std::time::Duration;

use akua_model::NewCluster;
use akua_model::edit::{LaunchOutcome, Policy, ResumeMode, SavedToken};
use akua_model::waiting::{Now, WaitPolicy};
use akua_sim::Simulator;
use akua_verify::child::{self, Child};
use akua_verify::creates::evidence::WaitCall;
use akua_verify::creates::scenario::NAME;
use akua_verify::life::claim::{LaunchClaim, WaitClaim};
use serde::{Deserialize, Serialize};

use crate::{Before, Case};

/// What a process is to do.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Role {
    Create,
    GoOn,
}

/// What the process that goes on has to say.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Told {
    pub(crate) create: Option<LaunchClaim>,
    pub(crate) candidates: Vec<String>,
    pub(crate) wait: Option<WaitCall>,
}

impl Told {
    pub(crate) fn words(&self) -> String {
        let create = self.create.as_ref().map(LaunchClaim::words);
        let wait = self.wait.as_ref().map(|wait| wait.claim.words());
        create.into_iter().chain(wait).collect::<Vec<_>>().join(", ")
    }
}

/// Starts this program again, to play a role in a case.
pub(crate) fn start(case: &Case, simulator: &Simulator, role: Role) -> Child {
    child::play(
        &format!("{role:?}"),
        case.number,
        simulator,
        simulator.token().to_owned(),
        case.token_file(),
    )
}

/// What a process does that was started with a role.
pub(crate) fn act() {
    let Some((role, number)) = child::role() else { return };
    let case = Case::new(number);
    match role.as_str() {
        "Create" => create(&case),
        _ => go_on(&case),
    }
}

fn create(case: &Case) {
    let point = case.before;
    let keep = move |token: &SavedToken| -> Result<(), Box<dyn Error + Send + Sync>> {
        if matches!(token, SavedToken::Wait(_)) {
            stay_if(point, Before::Exchange);
        }
        stay_if(point, Before::Token);
        // A process that is killed while it writes is another test's.
        std::fs::write(env::var("KILL_TOKEN_FILE")?, token.to_string())?;
        stay_if(point, Before::Send);
        Ok(())
    };
    let new = NewCluster::builder().name(NAME).region_id("reg_1").build().unwrap();
    let launched = child::client(case.belief())
        .clusters()
        .keep_resume_token(keep)
        .create(&new);
    panic!("nobody killed this process: {launched}");
}

/// Goes on from the token in the file.
fn go_on(case: &Case) {
    let text = std::fs::read_to_string(env::var("KILL_TOKEN_FILE").unwrap()).unwrap();
    assert!(!text.contains(&env::var("KILL_TOKEN").unwrap()));
    let client = child::client(case.belief());
    let SavedToken::Launch(token) = text.parse().unwrap() else {
        panic!("a token of something else: {text}")
    };
    let mut policy = Policy::default();
    policy.backoff = Duration::from_millis(1);
    let launched = client
        .clusters()
        .policy(policy)
        .resolve_launch(&token, ResumeMode::Finish);
    let launched = launched.unwrap();
    eprintln!("{}", launched.explain());
    let wait = match &launched.outcome {
        LaunchOutcome::Accepted(token) => {
            let waited = client.operations().wait(token, WaitPolicy::default()).unwrap();
            eprintln!("{waited}");
            Some(WaitCall {
                operation: waited.operation.to_string(),
                claim: WaitClaim::of(&waited.end),
                now: match &waited.now {
                    Now::Cluster(cluster) => Some(cluster.id.to_string()),
                    _ => None,
                },
            })
        }
        _ => None,
    };
    let told = Told {
        create: Some(LaunchClaim::of(&launched.outcome)),
        candidates: launched.candidates.clone(),
        wait,
    };
    child::tell(serde_json::to_string(&told).unwrap());
}

/// At its point a process says so and stays there until it is killed.
fn stay_if(point: Before, here: Before) {
    if point == here {
        child::stay(here.words());
    }
}
