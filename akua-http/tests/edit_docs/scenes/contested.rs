//! Other writers, and refusals that look like them.

use akua_model::edit::{Conflict, FieldReport, FieldState, NotApplied, Outcome, Policy};
use akua_model::{Cluster, ClusterPatch, Secret, WorkspacePatch};
use akua_sim::{Kind, Op, SeedResource, Write};
use serde_json::{Map, Value, json};

use crate::stage::{CLUSTER, Shown, Stage, WORKSPACE, expect};

pub(crate) fn rebased(stage: &mut Stage) -> Shown {
    let client = stage.client()?;
    let seen = stage.workspace(&client)?;
    stage.say(
        "We want the name \"Blue\" and the slug \"blue\". Meanwhile somebody else sets the same name, and the plan:",
    );
    let set = json!({ "name": "Blue", "plan": { "tier": "scale" } });
    stage.simulator.write(Write {
        kind: Kind::Workspace,
        id: WORKSPACE.to_owned(),
        set: set.as_object().cloned().unwrap_or_default(),
    })?;
    let patch = WorkspacePatch::builder().name("Blue").slug("blue").build()?;
    let edited = client.workspaces().edit(&seen, patch)?;
    stage.tell(&edited);
    let now = stage.workspace(&client)?;
    stage.say(format_args!(
        "Now: name {:?}, slug {:?}, plan {}",
        now.name,
        now.slug,
        now.plan.tier.as_deref().unwrap_or_default()
    ));
    expect(
        edited.applied().is_some_and(|applied| applied.etag.as_str() == "10")
            && edited.requests() == 3
            && (now.name.as_str(), now.slug.as_str()) == ("Blue", "blue")
            && now.plan.tier.as_deref() == Some("scale"),
        "both changes in one version",
    )
}

pub(crate) fn conflict(stage: &mut Stage) -> Shown {
    let client = stage.client()?;
    let seen = stage.cluster(&client)?;
    stage.somebody_renames_the_cluster("prod-red")?;
    let patch = ClusterPatch::builder()
        .name("prod-blue")
        .provider("imported_byoc")
        .build()?;
    let edited = client.clusters().edit(&seen, patch)?;
    let Some(report) = conflict_of(&edited.outcome) else {
        return expect(false, "a conflict");
    };
    stage.say("not applied: somebody else changed the cluster first");
    table(stage, &report.fields);
    let states: Vec<_> = report.fields.iter().filter_map(|field| field.state).collect();
    expect(
        states == [FieldState::Conflicting, FieldState::Free] && stage.landed(Kind::Cluster, CLUSTER)? == 0,
        "a conflict in the name alone, and nothing written",
    )?;

    stage.say("To take theirs is to do nothing. To force ours on the version just seen:");
    let (version, patch) = report.force_ours().ok_or("there is nothing to force ours on")?;
    let forced = client.clusters().edit(version, patch)?;
    stage.tell(&forced);
    expect(
        forced.requests() == 1 && stage.cluster(&client)?.name == "prod-blue",
        "ours, for one request",
    )
}

pub(crate) fn slug_taken(stage: &mut Stage) -> Shown {
    let client = stage.client()?;
    let taken = Map::from_iter([("slug".to_owned(), Value::from("blue"))]);
    stage.simulator.control(Op::Seed {
        clusters: 0,
        workspaces: 0,
        kinds: std::collections::BTreeMap::new(),
        resources: vec![SeedResource {
            kind: Kind::Workspace,
            id: "ws_blue".to_owned(),
            workspace: None,
            set: taken,
        }],
    })?;
    let seen = stage.workspace(&client)?;
    let edited = client
        .workspaces()
        .edit(&seen, WorkspacePatch::builder().slug("blue").build()?)?;
    stage.tell(&edited);
    let Outcome::NotApplied(NotApplied::Rejected(refusal)) = &edited.outcome else {
        return expect(false, "a refusal and no conflict");
    };
    expect(
        refusal.status == 409 && edited.requests() == 2 && stage.landed(Kind::Workspace, WORKSPACE)? == 0,
        "the server's own words, after a read that showed the etag unmoved",
    )
}

pub(crate) fn kubeconfig(stage: &mut Stage) -> Shown {
    let client = stage.client()?;
    let seen = stage.cluster(&client)?;
    stage.say("Nobody can read back whether the other change was to the kubeconfig, so ours stops:");
    stage.somebody_renames_the_cluster("prod-red")?;
    let patch = || -> Result<_, akua_model::Error> {
        let kubeconfig = Secret::from("apiVersion: v1\nclusters: []\n");
        ClusterPatch::builder().kubeconfig(kubeconfig).build()
    };
    let edited = client.clusters().edit(&seen, patch()?)?;
    stage.tell(&edited);
    let report = conflict_of(&edited.outcome).ok_or("expected a conflict")?;
    expect(
        report
            .fields
            .iter()
            .all(|field| field.state == Some(FieldState::Unseen))
            && stage.landed(Kind::Cluster, CLUSTER)? == 0,
        "a conflict about what nobody can see, and nothing written",
    )?;

    stage.say("With the policy `overwrite_unseen` it is written all the same:");
    let mut policy = Policy::default();
    policy.overwrite_unseen = true;
    let edited = client.clusters().policy(policy).edit(&seen, patch()?)?;
    stage.tell(&edited);
    expect(
        edited.applied().is_some() && stage.landed(Kind::Cluster, CLUSTER)? == 1,
        "the kubeconfig on top of the other change",
    )
}

fn conflict_of(outcome: &Outcome<Cluster>) -> Option<&Conflict<Cluster>> {
    match outcome {
        Outcome::NotApplied(NotApplied::Conflict(conflict)) => Some(conflict),
        _ => None,
    }
}

/// A conflict as a table of the three sides.
fn table(stage: &mut Stage, fields: &[FieldReport]) {
    let value = |side: &akua_model::Shown<String>| side.as_deref().unwrap_or("?").to_owned();
    stage.say(format_args!(
        "{:<10} {:<14} {:<14} {:<14}",
        "", "base", "ours", "theirs"
    ));
    for field in fields {
        let state = match field.state {
            Some(FieldState::Done) => "done",
            Some(FieldState::Free) => "ours can be written",
            Some(FieldState::Conflicting) => "conflict",
            Some(FieldState::Unseen) | None => "nobody can tell",
        };
        let [base, ours, theirs] = [&field.base, &field.ours, &field.theirs].map(value);
        stage.say(format_args!(
            "{:<10} {base:<14} {ours:<14} {theirs:<14} {state}",
            field.field.name
        ));
    }
}
