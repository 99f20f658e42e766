//! Whether something was accepted.

use akua_model::edit::{LaunchOutcome, NotLaunched};
use akua_model::waiting::{Fate, WaitEnd};
use akua_sim::{Action, Ends, Fault, Kind, Launch, Leaves, Matcher, Script, Target, When, Write};

use crate::stage::{CLUSTER, Shown, Stage, expect};

pub(crate) fn while_somebody_edits(stage: &mut Stage) -> Shown {
    let client = stage.client()?;
    let seen = stage.cluster(&client)?;
    stage.say(format_args!(
        "Looked at: {}, etag {}. Meanwhile a colleague renames it:",
        seen.name, seen.etag
    ));
    stage
        .simulator
        .write(Write::set(Kind::Cluster, CLUSTER, "name", "dont-suspend-me"))?;
    let launched = client.clusters().suspend(&seen)?;
    stage.tell(&launched);
    expect(
        matches!(
            &launched.outcome,
            LaunchOutcome::NotApplied(NotLaunched::Changed(Some(_)))
        ) && stage.accepted() == 0,
        "a change of somebody else, and nothing suspended",
    )?;

    stage.say("Looked at again, and decided anew:");
    let seen = stage.cluster(&client)?;
    let launched = client.clusters().suspend(&seen)?;
    stage.tell(&launched);
    let token = launched.accepted().ok_or("expected an operation")?;
    let waited = stage.wait(&client, token)?;
    expect(
        waited.end == WaitEnd::Done(Fate::Succeeded) && stage.accepted() == 1,
        "one suspend that has succeeded",
    )
}

pub(crate) fn gone_after_a_lost_answer(stage: &mut Stage) -> Shown {
    let client = stage.client()?;
    let seen = stage.cluster(&client)?;
    stage.say("It is accepted and done, and nobody hears of it. The repeat finds nothing:");
    let deletes = Matcher::launch(Launch::DeleteCluster);
    let done = Action::Delete(Target {
        kind: Kind::Cluster,
        id: CLUSTER.to_owned(),
    });
    stage
        .simulator
        .inject(Fault::lost_after(akua_sim::End::Reset).on(deletes.clone()))?;
    stage.simulator.script(Script::once(When::After, deletes, done))?;
    let launched = client.clusters().delete(&seen)?;
    stage.tell(&launched);
    expect(
        launched.outcome == LaunchOutcome::Observed(None) && stage.accepted() == 1 && !stage.is_there()?,
        "a cluster that is gone, and no error",
    )?;

    stage.say("A delete that is not shown the cluster, and has lost no answer, claims nothing more than the 404:");
    let launched = client.clusters().delete(&seen)?;
    stage.tell(&launched);
    expect(stage.accepted() == 1, "one delete in all")
}

pub(crate) fn every_night(stage: &mut Stage) -> Shown {
    let client = stage.client()?;
    let clusters = client.clusters();
    stage
        .simulator
        .write(Write::set(Kind::Cluster, "clu_3", "state", "suspended"))?;
    let half = Ends::Fail {
        step: 2,
        message: "no place left on the disk".to_owned(),
        leaves: Leaves::HalfDone,
    };
    let second = Matcher::launch(Launch::SuspendCluster).of(Kind::Cluster, "clu_2");
    stage.simulator.inject(Fault::ends(half).on(second))?;

    let seen = clusters.list().collect::<Result<Vec<_>, _>>()?;
    let mut accepted = Vec::new();
    stage.say("First all are asked for, so that they go on at the same time:");
    for cluster in &seen {
        if cluster.state.as_str() != "active" {
            stage.say(format_args!(
                "{} is {}: nothing is asked for",
                cluster.id, cluster.state
            ));
            continue;
        }
        let launched = clusters.suspend(cluster)?;
        stage.say(&launched);
        accepted.extend(launched.accepted().cloned());
    }
    stage.say("Then each is waited for:");
    let mut failed = Vec::new();
    for token in &accepted {
        let waited = stage.wait(&client, token)?;
        if waited.end != WaitEnd::Done(Fate::Succeeded) {
            failed.push(token.id());
        }
    }
    stage.say(format_args!("for a person in the morning: {}", failed.join(", ")));
    expect(
        (seen.len(), accepted.len(), stage.accepted()) == (3, 2, 2) && failed == ["clu_2"],
        "two of three suspended, one of them half",
    )
}
