//! What the processes do: one launches and waits, another one goes on from the token that was kept.

use std::env;
use std::error::Error;
use std::fs::File;
use std::io::Write;
use std::time::Duration;

use akua_http::{AwaitedOperation, Client};
use akua_model::edit::{LaunchOutcome, LaunchToken, Policy, ResumeMode, SavedToken, Target, WaitToken};
use akua_model::waiting::WaitPolicy;
use akua_model::{Cluster, Workspace};
use akua_sim::{Kind, Simulator};
use akua_verify::child::{self, Child};
use akua_verify::life::claim::{LaunchClaim, NowClaim, WaitClaim};
use akua_verify::life::kinds::Launches;
use serde::{Deserialize, Serialize};

use crate::case::{Before, Case};

/// What a process is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Launch,
    GoOn,
}

/// What the process that goes on has to say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Told {
    /// `None`: it was known that it had been accepted.
    pub(crate) launch: Option<LaunchClaim>,
    pub(crate) wait: Option<ToldOfWait>,
}

/// What it says of a wait.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct ToldOfWait {
    pub(crate) operation: String,
    pub(crate) claim: WaitClaim,
    pub(crate) now: NowClaim,
    pub(crate) later: Vec<String>,
}

impl Told {
    pub(crate) fn waited(operation: &str, claim: WaitClaim) -> Self {
        Self {
            launch: None,
            wait: Some(ToldOfWait {
                operation: operation.to_owned(),
                claim,
                now: NowClaim::NotKnown,
                later: Vec::new(),
            }),
        }
    }

    pub(crate) fn words(&self) -> String {
        let launch = self.launch.as_ref().map(LaunchClaim::words);
        let wait = self.wait.as_ref().map(|wait| wait.claim.words());
        launch.into_iter().chain(wait).collect::<Vec<_>>().join(", ")
    }
}

/// Starts this program again, to play a role in a case.
pub(crate) fn start(case: &Case, simulator: &Simulator, role: Role) -> Child {
    let token = match case.blind && role == Role::GoOn {
        true => simulator.with_world(|world, _| world.issue_token(Some("ws_2"))),
        false => simulator.token().to_owned(),
    };
    child::play(&format!("{role:?}"), case.number, simulator, token, case.token_file())
}

/// What a process does that was started with a role.
pub(crate) fn act() {
    let Some((role, number)) = child::role() else { return };
    let case = Case::new(number);
    match (role.as_str(), case.target().0) {
        ("Launch", Kind::Workspace) => launch::<Workspace>(&case),
        ("Launch", _) => launch::<Cluster>(&case),
        ("GoOn", _) => go_on(&case),
        (role, _) => panic!("no such role: {role}"),
    }
}

/// Launches under a token that is kept in a file, and waits.
fn launch<R: Launches>(case: &Case) {
    let point = case.before;
    let client = child::client(case.belief());
    let keep = move |token: &SavedToken| -> Result<(), Box<dyn Error + Send + Sync>> {
        let accepted = matches!(token, SavedToken::Wait(_));
        stay_if(point, if accepted { Before::Exchange } else { Before::Token });
        self::keep(token)?;
        if !accepted {
            stay_if(point, Before::Send);
        }
        Ok(())
    };
    let all = R::of(&client).keep_resume_token(keep);
    let id = serde_json::from_value(case.target().1.into()).unwrap();
    let seen = all.get(&id).unwrap();
    let launched = R::launch(&all, case.kind, Target::Seen(Box::new(seen)));
    let token = launched.accepted().unwrap();
    let waited = client.operations().wait(token, WaitPolicy::default()).unwrap();
    panic!("nobody killed this process: {waited}");
}

/// Keeps a token in the place of the one before, in one step.
fn keep(token: &SavedToken) -> Result<(), Box<dyn Error + Send + Sync>> {
    let path = env::var("KILL_TOKEN_FILE")?;
    let new = format!("{path}.new");
    let mut file = File::create(&new)?;
    write!(file, "{token}")?;
    file.sync_all()?;
    std::fs::rename(new, path)?;
    Ok(())
}

/// Goes on from the token in the file.
fn go_on(case: &Case) {
    let text = std::fs::read_to_string(env::var("KILL_TOKEN_FILE").unwrap()).unwrap();
    assert!(!text.contains(&env::var("KILL_TOKEN").unwrap()));
    let client = child::client(case.belief());
    let (launch, token) = match text.parse().unwrap() {
        SavedToken::Launch(token) => match case.target().0 {
            Kind::Workspace => resolve::<Workspace>(&client, &token),
            _ => resolve::<Cluster>(&client, &token),
        },
        SavedToken::Wait(token) => (None, Some(token)),
        other => panic!("a token of something else: {other:?}"),
    };
    let wait = token.map(|token| wait(&client, &token));
    child::tell(serde_json::to_string(&Told { launch, wait }).unwrap());
}

fn resolve<R: Launches>(client: &Client, token: &LaunchToken) -> (Option<LaunchClaim>, Option<WaitToken>) {
    let mut policy = Policy::default();
    policy.backoff = Duration::from_millis(1);
    let all = R::of(client).policy(policy).keep_resume_token(keep);
    let launched = all.resolve_launch(token, ResumeMode::Finish).unwrap();
    eprintln!("{}", launched.explain());
    let claim = LaunchClaim::of(&launched.outcome);
    match launched.outcome {
        LaunchOutcome::Accepted(token) => (Some(claim), Some(token)),
        _ => (Some(claim), None),
    }
}

fn wait(client: &Client, token: &WaitToken) -> ToldOfWait {
    let mut policy = WaitPolicy::default();
    policy.pause = Duration::from_millis(1);
    let waited = client.operations().wait(AwaitedOperation::from(token), policy).unwrap();
    eprintln!("{waited}");
    ToldOfWait {
        operation: waited.operation.to_string(),
        claim: WaitClaim::of(&waited.end),
        now: NowClaim::of(&waited.now),
        later: waited.later.iter().map(ToString::to_string).collect(),
    }
}

/// At its point a process says so and stays there until it is killed.
fn stay_if(point: Before, here: Before) {
    if point == here {
        child::stay(here.words());
    }
}
