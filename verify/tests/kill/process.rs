//! The processes: this test's own program, started again with a role.

use std::env;
use std::fs::File;
use std::io::Write;
use std::time::Duration;

use akua_http::Client;
use akua_model::edit::{Contract, Policy, ResumeMode, ResumeToken, SavedToken};
use akua_model::{Cluster, ClusterPatch, Secret, Workspace, WorkspacePatch};
use akua_sim::{Kind, Simulator};

use crate::case::{Before, Belief, Case};
use akua_verify::child::{self, Child};
use akua_verify::record::{Claim, Values};
use akua_verify::stack::edits::{Edits, id_of};

pub(crate) const KUBECONFIG: &str = "marker-kubeconfig";

/// What a process is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Edit,
    Resolve,
}

/// Starts this program again, to play a role in a case.
pub(crate) fn start(case: &Case, simulator: &Simulator, role: Role) -> Child {
    let variables = [
        ("KILL_ROLE", format!("{role:?}").into()),
        ("KILL_CASE", case.number.to_string().into()),
        ("KILL_URL", simulator.url().into()),
        ("KILL_TOKEN", simulator.token().into()),
        ("KILL_TOKEN_FILE", case.token_file().into()),
        ("KILL_OUTCOME_FILE", case.outcome_file().into()),
    ];
    Child::start("does_as_told", variables)
}

/// What the process found out.
pub(crate) fn told(process: Child) -> Claim {
    let told = process.told();
    let claim = claims().into_iter().find(|claim| claim.words() == told);
    claim.unwrap_or_else(|| panic!("it told what nobody knows: {told}"))
}

/// What a process does that was started with a role.
pub(crate) fn act() {
    let Ok(role) = env::var("KILL_ROLE") else { return };
    let case = Case::new(env::var("KILL_CASE").unwrap().parse().unwrap());
    match (role.as_str(), case.kind) {
        ("Edit", Kind::Cluster) => edit::<Cluster>(&case, &cluster_patch(&case)),
        ("Edit", Kind::Workspace) => edit::<Workspace>(&case, &workspace_patch(&case)),
        ("Resolve", Kind::Cluster) => resolve::<Cluster>(&case),
        ("Resolve", Kind::Workspace) => resolve::<Workspace>(&case),
        (role, _) => panic!("no such role: {role}"),
    }
}

/// Edits under a token that is kept in a file, and writes down what came of it.
fn edit<R: Edits>(case: &Case, patch: &R::Patch) {
    let point = case.before;
    let keep = move |token: &SavedToken| -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        stay_if(point == Before::Token, point);
        let mut file = File::create(env::var("KILL_TOKEN_FILE")?)?;
        write!(file, "{token}")?;
        file.sync_all()?;
        stay_if(point == Before::Send, point);
        Ok(())
    };
    let all = R::of(&client(Belief::Documented)).keep_resume_token(keep);
    let seen = all.get(&id_of::<R>(case.id())).unwrap();
    let edited = all
        .edit(akua_model::edit::Target::Seen(Box::new(seen)), patch.clone())
        .unwrap();
    stay_if(point == Before::Recording, point);
    let mut file = File::create(env::var("KILL_OUTCOME_FILE").unwrap()).unwrap();
    write!(file, "{}", edited.outcome).unwrap();
    file.sync_all().unwrap();
    panic!("nobody killed this process");
}

/// Settles what the token in the file is about.
fn resolve<R: Edits>(case: &Case) {
    let text = std::fs::read_to_string(env::var("KILL_TOKEN_FILE").unwrap()).unwrap();
    assert!(!text.contains(KUBECONFIG));
    let token: ResumeToken = text.parse().unwrap();
    let mode = if case.finish {
        ResumeMode::Finish
    } else {
        ResumeMode::Look
    };
    let secrets = case.secret.then_some(("kubeconfig", KUBECONFIG)).into_iter().collect();
    let mut policy = Policy::default();
    policy.backoff = Duration::from_millis(1);
    let all = R::of(&client(case.belief)).policy(policy);
    let edited = all.resolve(&token, mode, &secrets).unwrap();
    eprintln!("{}", edited.explain());
    child::tell(Claim::of(&edited).words());
}

/// What a process that settles a write may find out.
pub(crate) fn claims() -> [Claim; 5] {
    [
        Claim::Acknowledged {
            etag: String::new(),
            adjusted: Values::new(),
            not_taken: Values::new(),
        },
        Claim::Observed { etag: None },
        Claim::Conflict,
        Claim::Indeterminate { may_still_land: true },
        Claim::Indeterminate { may_still_land: false },
    ]
}

/// At its point a process says so and stays there until it is killed.
fn stay_if(here: bool, point: Before) {
    if here {
        child::stay(point.words());
    }
}

fn client(belief: Belief) -> Client {
    let mut contract = Contract::documented();
    match belief {
        Belief::Documented => {}
        Belief::FreshReads => contract.reads_linearizable = true,
        Belief::Keys => {
            contract.key_checked_before_if_match = true;
            contract.key_retention = Duration::from_secs(24 * 60 * 60);
        }
    }
    let client = Client::builder().base_url(env::var("KILL_URL").unwrap());
    client
        .token(env::var("KILL_TOKEN").unwrap())
        .no_proxy()
        .contract(contract)
        .build()
        .unwrap()
}

fn cluster_patch(case: &Case) -> ClusterPatch {
    let patch = ClusterPatch::builder().name(case.name());
    let patch = if case.secret {
        patch.kubeconfig(Secret::from(KUBECONFIG))
    } else {
        patch
    };
    patch.build().unwrap()
}

fn workspace_patch(case: &Case) -> WorkspacePatch {
    WorkspacePatch::builder().name(case.name()).build().unwrap()
}
