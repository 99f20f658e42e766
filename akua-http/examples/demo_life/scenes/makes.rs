//! Whether something was made, and which one it is.

use akua_http::Client;
use akua_model::edit::{LaunchOutcome, LaunchToken, NotLaunched, ResumeMode};
use akua_model::waiting::{Fate, Now, WaitEnd};
use akua_model::{NewCluster, NewWorkspace};
use akua_sim::{Action, Create, Fault, Kind, Make, Matcher, Op, Script, When, Write};

use crate::stage::{Shown, Stage, expect};

pub(crate) fn sent_again(stage: &mut Stage) -> Shown {
    let client = stage.client()?;
    let new = NewCluster::builder().name("prod-eu").region_id("reg_1").build()?;
    stage.say("It is accepted, and nobody hears of it. The same bytes go out again under the same key:");
    stage
        .simulator
        .inject(Fault::lost_after(akua_sim::End::Reset).on(Matcher::create(Create::CreateCluster)))?;
    let launched = client.clusters().create(&new);
    stage.tell(&launched);
    let token = launched.accepted().ok_or("expected an operation")?;
    let waited = stage.wait(&client, token)?;
    let mut called = 0;
    for cluster in client.clusters().list() {
        called += usize::from(cluster?.name == "prod-eu");
    }
    let (sent, keys) = stage.creates();
    stage.say(format_args!(
        "requests: {sent}, keys: {keys}, clusters called prod-eu: {called}"
    ));
    expect(
        waited.end == WaitEnd::Done(Fate::Succeeded)
            && matches!(&waited.now, Now::Cluster(cluster) if cluster.name == "prod-eu")
            && (sent, keys, called) == (2, 1, 1),
        "one cluster of two requests under one key",
    )
}

pub(crate) fn nobody_knows(stage: &mut Stage) -> Shown {
    let client = stage.broad_client()?;
    let mut old = Make::named(Create::CreateWorkspace, "Team Blue");
    old.set.insert("slug".to_owned(), "team-blue".into());
    stage.simulator.control(Op::Create(old))?;
    let long_ago = Write::set(Kind::Workspace, "ws_2", "created_at", 1_700_000_000);
    stage.simulator.write(long_ago)?;
    stage
        .say("There has been a workspace Team Blue for long. Its slug is taken, which is a refusal: nothing was made:");
    let new = NewWorkspace::builder().name("Team Blue").slug("team-blue").build()?;
    let launched = client.workspaces().create(&new);
    stage.tell(&launched);
    expect(
        matches!(&launched.outcome, LaunchOutcome::NotApplied(NotLaunched::Rejected(_))),
        "a refusal",
    )?;

    stage.say("Without a slug it is made, as a colleague makes another one, and nobody hears of it. No key would stop a second one,");
    stage.say("so it is not sent again:");
    let ours = Matcher::create(Create::CreateWorkspace);
    let theirs = Action::Create(Make::named(Create::CreateWorkspace, "Team Blue"));
    stage.simulator.script(Script::once(When::Before, ours, theirs))?;
    stage
        .simulator
        .inject(Fault::lost_after(akua_sim::End::Reset).on(Matcher::create(Create::CreateWorkspace)))?;
    let new = NewWorkspace::builder().name("Team Blue").build()?;
    let launched = client.workspaces().create(&new);
    stage.tell(&launched);
    let LaunchOutcome::Indeterminate(open) = &launched.outcome else {
        return expect(false, "an end that is open");
    };
    candidates(stage, &client, &launched.candidates)?;
    stage.say("Which of them is ours, if any, is for a person to say. Whoever takes up the token looks too, and sends nothing:");
    let token: LaunchToken = open.token.to_string().parse()?;
    let settled = client.resolve_launch(&token, ResumeMode::Finish)?;
    stage.say(&settled);
    let (sent, _) = stage.creates();
    stage.say(format_args!("requests: {sent}, of them refused: 1"));
    expect(
        launched.candidates.len() == 2 && settled.candidates == launched.candidates && sent == 2,
        "two candidates, and nothing sent twice",
    )
}

/// Why each workspace of that name is a candidate, or is none.
fn candidates(stage: &mut Stage, client: &Client, candidates: &[String]) -> Shown {
    for workspace in client.workspaces().list() {
        let workspace = workspace?;
        if workspace.name != "Team Blue" {
            continue;
        }
        let why = match candidates.iter().any(|id| id == workspace.id.as_str()) {
            true => "may be no older than the request: a candidate",
            false => "older than the request: none",
        };
        stage.say(format_args!("{}: called {}, {why}", workspace.id, workspace.name));
    }
    Ok(())
}
