//! What became of what was accepted.

use std::ops::ControlFlow;

use akua_model::edit::{LaunchOutcome, LaunchToken, Policy, ResumeMode, WaitToken};
use akua_model::report::{End, Report};
use akua_model::waiting::{Fate, Now, WaitEnd, WaitPolicy};
use akua_sim::{Act, Action, Ends, Fault, Launch, Leaves, Matcher, Script, Task, Until, When};

use crate::stage::{Shown, Stage, expect};

pub(crate) fn fails_half_way(stage: &mut Stage) -> Shown {
    let client = stage.client()?;
    let half = Ends::Fail {
        step: 2,
        message: "two of three machines did not stop".to_owned(),
        leaves: Leaves::HalfDone,
    };
    stage
        .simulator
        .inject(Fault::ends(half).on(Matcher::launch(Launch::SuspendCluster)))?;
    let launched = client.clusters().suspend(&stage.cluster(&client)?)?;
    stage.say(&launched);
    let token = launched.accepted().ok_or("expected an operation")?;
    let waited = stage.wait(&client, token)?;
    expect(
        matches!(&waited.end, WaitEnd::Done(Fate::Failed { text: Some(_) }))
            && matches!(&waited.now, Now::Cluster(cluster) if cluster.state.as_str() == "provisioning"),
        "an operation that has failed, and a cluster that is neither",
    )?;

    stage.say("And the other way round: it succeeds, and somebody resumes the cluster before anybody looks:");
    let id = "clu_2".parse()?;
    let poll = Matcher {
        path: Some("/v1/operations/op_2:wait".to_owned()),
        ..Matcher::default()
    };
    let (launch, of) = (Launch::ResumeCluster, "clu_2".to_owned());
    let resumed = Action::Act(Act { launch, id: of });
    stage.simulator.script(Script::once(When::After, poll, resumed))?;
    let launched = client.clusters().suspend(&client.clusters().get(&id)?)?;
    stage.say(&launched);
    let token = launched.accepted().ok_or("expected an operation")?;
    let waited = stage.wait(&client, token)?;
    expect(
        waited.end == WaitEnd::Done(Fate::Succeeded) && waited.later.len() == 1,
        "an operation that has succeeded, and a newer one",
    )
}

pub(crate) fn restarted(stage: &mut Stage) -> Shown {
    stage.operations_wait_for_word()?;
    let kept = {
        let client = stage.client()?;
        let launched = client.clusters().suspend(&stage.cluster(&client)?)?;
        stage.say(&launched);
        let token = launched.accepted().ok_or("expected an operation")?;
        let operations = client.operations();
        let waited = operations.wait_with(token, WaitPolicy::default(), |_| ControlFlow::Break(()))?;
        stage.say(&waited);
        token.to_string()
    };
    stage.say("The process ends here. All that is left of it, in a file or in the output of a cell:");
    stage.say(format_args!("  {}…", kept.get(..34).unwrap_or(&kept)));
    stage.advance("op_1", Until::End)?;
    let client = stage.client()?;
    let token: WaitToken = kept.parse()?;
    let waited = stage.wait(&client, &token)?;
    expect(
        waited.end == WaitEnd::Done(Fate::Succeeded) && stage.accepted() == 1,
        "one suspend, waited for by two processes",
    )?;

    stage.say("Another one ends between the sending and the answer, and leaves the token from before the first byte:");
    let once = {
        let mut policy = Policy::default();
        policy.max_attempts = 1;
        policy
    };
    let lost = Fault::lost_after(akua_sim::End::Reset);
    stage
        .simulator
        .inject(lost.on(Matcher::launch(Launch::ResumeCluster)))?;
    let launched = client.clusters().policy(once).resume(&stage.cluster(&client)?)?;
    let LaunchOutcome::Indeterminate(open) = &launched.outcome else {
        return expect(false, "an end that is open");
    };
    stage.say(format_args!("{}: {}", launched.outcome.name(), open.cause));
    let token: LaunchToken = open.token.to_string().parse()?;
    stage.advance("op_2", Until::End)?;
    let settled = stage.client()?.resolve_launch(&token, ResumeMode::Finish)?;
    stage.tell(&settled);
    expect(
        Report::from(&settled).end == Some(End::Applied) && stage.accepted() == 2,
        "a resume that was accepted once",
    )
}

pub(crate) fn for_a_person(stage: &mut Stage) -> Shown {
    let client = stage.client()?;
    let person = Ends::Person {
        step: 1,
        task: Task::Approval,
    };
    stage
        .simulator
        .inject(Fault::ends(person).on(Matcher::launch(Launch::SuspendCluster)))?;
    let launched = client.clusters().suspend(&stage.cluster(&client)?)?;
    stage.say(&launched);
    let token = launched.accepted().ok_or("expected an operation")?;
    let waited = stage.wait(&client, token)?;
    expect(
        matches!(&waited.end, WaitEnd::StillRunning { blocked_on: Some(_) }),
        "a wait that ends with the name of the step",
    )?;
    stage.say("Somebody approves. The same token goes on:");
    stage.advance("op_1", Until::End)?;
    let waited = stage.wait(&client, token)?;
    expect(
        waited.end == WaitEnd::Done(Fate::Succeeded) && stage.accepted() == 1,
        "a suspend that has succeeded",
    )
}
