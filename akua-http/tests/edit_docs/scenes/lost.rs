//! Answers that don't arrive.

use akua_model::edit::{Cause, Outcome, Proof};
use akua_model::{ClusterPatch, WorkspacePatch};
use akua_sim::{Action, End, Fault, Kind, Write};

use crate::stage::{CLUSTER, PATIENCE, Shown, Stage, WORKSPACE, deleting_the_cluster, expect, renaming_the_workspace};

pub(crate) fn and_landed(stage: &mut Stage) -> Shown {
    let client = stage.client()?;
    stage.say("A workspace takes no idempotency key. The repeat is refused, which may be our own echo:");
    let seen = stage.workspace(&client)?;
    stage.next_write(Fault::lost_after(End::Reset))?;
    let patch = WorkspacePatch::builder().name("Team Blue").build()?;
    let edited = client.workspaces().edit(&seen, patch)?;
    stage.tell(&edited);
    expect(
        edited.applied().is_some_and(|applied| applied.proof == Proof::Observed)
            && stage.landed(Kind::Workspace, WORKSPACE)? == 1,
        "an observed change that landed once",
    )?;

    stage.say("A cluster takes a key, and a server that knows it gives the first answer again:");
    let seen = stage.cluster(&client)?;
    stage.next_write(Fault::lost_after(End::Reset))?;
    let patch = ClusterPatch::builder().name("prod-eu").build()?;
    let edited = client.clusters().edit(&seen, patch)?;
    stage.tell(&edited);
    expect(
        edited
            .applied()
            .is_some_and(|applied| applied.proof == Proof::Acknowledged)
            && stage.landed(Kind::Cluster, CLUSTER)? == 1,
        "an acknowledged change that landed once",
    )
}

pub(crate) fn and_not_landed(stage: &mut Stage) -> Shown {
    let client = stage.client()?;
    let seen = stage.cluster(&client)?;
    stage.next_write(Fault::lost_before(End::Reset))?;
    let patch = ClusterPatch::builder().name("prod-eu").build()?;
    let edited = client.clusters().edit(&seen, patch)?;
    stage.tell(&edited);
    expect(
        edited
            .applied()
            .is_some_and(|applied| applied.proof == Proof::Acknowledged)
            && edited.requests() == 2
            && stage.landed(Kind::Cluster, CLUSTER)? == 1,
        "a change that landed once, with the second request",
    )
}

pub(crate) fn and_overwritten(stage: &mut Stage) -> Shown {
    let client = stage.client()?;
    stage.say("Without a key nobody can tell this from a write that never landed, and nothing is written over it:");
    let seen = stage.workspace(&client)?;
    stage.next_write(Fault::lost_after(End::Reset))?;
    stage.after_next_write(renaming_the_workspace("Team Red"))?;
    let patch = WorkspacePatch::builder().name("Team Blue").build()?;
    let edited = client.workspaces().edit(&seen, patch)?;
    stage.tell(&edited);
    let Outcome::Indeterminate(open) = &edited.outcome else {
        return expect(false, "an end that is open");
    };
    expect(
        !open.may_still_land
            && open.cause == Cause::ConflictAfterLostAnswer
            && stage.workspace(&client)?.name == "Team Red"
            && stage.landed(Kind::Workspace, WORKSPACE)? == 1,
        "nothing on its way any more, and the other change left alone",
    )?;

    stage.say("A key brings the first answer back, whatever has happened since:");
    let seen = stage.cluster(&client)?;
    stage.next_write(Fault::lost_after(End::Reset))?;
    stage.after_next_write(Action::Write(Write::set(Kind::Cluster, CLUSTER, "name", "prod-red")))?;
    let patch = ClusterPatch::builder().name("prod-blue").build()?;
    let edited = client.clusters().edit(&seen, patch)?;
    stage.tell(&edited);
    expect(
        edited.applied().is_some_and(|applied| applied.etag.as_str() == "43")
            && stage.cluster(&client)?.name == "prod-red",
        "an acknowledged change, and the other one after it left alone",
    )
}

pub(crate) fn not_found_after_a_timeout(stage: &mut Stage) -> Shown {
    let client = stage.client_with(|builder| builder.read_timeout(PATIENCE))?;
    let seen = stage.cluster(&client)?;
    stage.say("A server that knows no keys. The write lands, its answer never comes, somebody deletes the cluster:");
    stage.forget_keys()?;
    stage.next_write(Fault::lost_after(End::Stall))?;
    stage.after_next_write(deleting_the_cluster())?;
    let patch = ClusterPatch::builder().name("prod-eu").build()?;
    let edited = client.clusters().edit(&seen, patch)?;
    stage.tell(&edited);
    let Outcome::Indeterminate(open) = &edited.outcome else {
        return expect(false, "an end that is open, and not \"not found\"");
    };
    expect(
        open.cause == Cause::Refused
            && open.answer.as_ref().is_some_and(|answer| answer.status == 404)
            && stage.landed(Kind::Cluster, CLUSTER)? == 1,
        "the 404 as the cause of an open end",
    )
}
