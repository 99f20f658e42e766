//! Resume tokens: another client finishes the write or only looks. One of another service, context or kind is refused.

use akua_http::transport::{FailureKind, Sent};
use akua_http::{Collection, Effect, ErrorKind};
use akua_model::edit::{Contract, Outcome, Proof, ResumeMode, ResumeToken};
use akua_model::{Cluster, ClusterPatch, Secrets};

use crate::{
    REFUSAL, Stage, applied, cluster, indeterminate, mismatch, seen, seen_workspace, stage, stage_with, to_ours,
    workspace, workspace_to_ours,
};

/// The token of a rename whose answers were all lost.
fn token_of(stage: &Stage, patch: ClusterPatch) -> ResumeToken {
    (0..8).for_each(|_| stage.wire.fail(Sent::Unknown, FailureKind::Timeout));
    let edited = stage.client.clusters().edit(seen(), patch).unwrap();
    indeterminate(&edited).resume_token.clone()
}

fn token() -> ResumeToken {
    token_of(&stage(), to_ours())
}

/// The secrets of a patch that writes this kubeconfig.
fn kubeconfig(text: &str) -> Secrets {
    Secrets::none().with("kubeconfig", text)
}

#[test]
fn finishing_sends_the_same_bytes_from_another_client() {
    let first = stage();
    let printed = token_of(&first, to_ours()).to_string();
    assert!(printed.bytes().all(|byte| byte.is_ascii_graphic()), "{printed}");
    let token: ResumeToken = printed.parse().unwrap();

    let second = stage();
    second.wire.answer(200, cluster("ours", "43"));
    let edited = second
        .client
        .clusters()
        .resolve(&token, ResumeMode::Finish, &akua_model::Secrets::none())
        .unwrap();
    assert_eq!(applied(&edited).proof, Proof::Acknowledged);
    assert_eq!(applied(&edited).if_match.as_ref().unwrap().as_str(), "42");
    assert!(
        second.wire.requests()[0] == first.wire.requests()[0],
        "the same key too"
    );
    assert_eq!(second.wire.requests().len(), 1);

    // The echo of the write that did land.
    let third = stage();
    third.wire.answer(409, mismatch("43"));
    third.wire.answer(200, cluster("ours", "43"));
    let edited = third
        .client
        .clusters()
        .resolve(&token, ResumeMode::Finish, &akua_model::Secrets::none())
        .unwrap();
    assert_eq!(applied(&edited).proof, Proof::Observed);

    // And somebody else's version, which is left alone.
    let fourth = stage();
    fourth.wire.answer(409, mismatch("44"));
    fourth.wire.answer(200, cluster("base", "44"));
    let edited = fourth
        .client
        .clusters()
        .resolve(&token, ResumeMode::Finish, &akua_model::Secrets::none())
        .unwrap();
    let open = indeterminate(&edited);
    assert!(!open.may_still_land);
    assert_eq!(
        open.fields[0].base.as_deref(),
        Some("base"),
        "what the first caller had seen is known"
    );
    assert!(open.resume_token.is_of_same_write(&token));
    assert_ne!(open.resume_token, token, "it knows of etag 44 now");
    assert_eq!(fourth.sent(), ["PATCH 42", "GET"]);
}

#[test]
fn a_workspaces_token_too() {
    let stage = stage();
    (0..8).for_each(|_| stage.wire.fail(Sent::Unknown, FailureKind::Timeout));
    let edited = stage
        .client
        .workspaces()
        .edit(seen_workspace(), workspace_to_ours())
        .unwrap();
    let token = indeterminate(&edited).resume_token.clone();
    assert_eq!((token.kind(), token.id()), ("workspace", "ws_1"));
    stage.wire.answer(409, mismatch("9"));
    stage.wire.answer(200, workspace("ours", "the-slug", "9"));
    let edited = stage
        .client
        .workspaces()
        .resolve(&token, ResumeMode::Finish, &akua_model::Secrets::none())
        .unwrap();
    assert_eq!(applied(&edited).proof, Proof::Observed);
}

#[test]
fn looking_never_writes_whatever_is_answered() {
    let token = token();
    type Script = fn(&Stage);
    let scripts: [Script; 7] = [
        |stage| stage.wire.answer(200, cluster("ours", "43")),
        |stage| stage.wire.answer(200, cluster("base", "42")),
        |stage| stage.wire.answer(401, ""),
        |stage| stage.throttle(2),
        |stage| stage.wire.answer(404, ""),
        |stage| stage.wire.answer(503, REFUSAL),
        |stage| stage.wire.fail(Sent::NotSent, FailureKind::Connect),
    ];
    for script in scripts {
        let stages = [
            stage(),
            stage_with(|builder| builder.token_provider(|| Ok("another".to_owned()))),
        ];
        for stage in stages {
            (0..8).for_each(|_| script(&stage));
            let edited = stage
                .client
                .clusters()
                .resolve(&token, ResumeMode::Look, &akua_model::Secrets::none())
                .unwrap();
            indeterminate(&edited);
            let sent = stage.sent();
            assert!(!sent.is_empty() && sent.iter().all(|verb| verb == "GET"), "{sent:?}");
        }
    }
}

#[test]
fn looking_proves_it_where_reads_are_linearizable() {
    let mut contract = Contract::documented();
    contract.reads_linearizable = true;
    let stage = stage_with(|builder| builder.contract(contract));
    stage.wire.answer(200, cluster("ours", "43"));
    let edited = stage
        .client
        .clusters()
        .resolve(&token(), ResumeMode::Look, &Secrets::none())
        .unwrap();
    assert_eq!(applied(&edited).proof, Proof::Observed);

    stage.wire.answer(200, cluster("theirs", "44"));
    let edited = stage
        .client
        .clusters()
        .resolve(&token(), ResumeMode::Look, &Secrets::none())
        .unwrap();
    assert!(!indeterminate(&edited).may_still_land, "that version is past");
    assert_eq!(stage.sent(), ["GET", "GET"]);
}

#[test]
fn a_refusal_proves_nothing_about_a_write_of_an_earlier_call() {
    for status in [404, 422, 429] {
        let stage = stage();
        (0..8).for_each(|_| stage.wire.answer(status, REFUSAL));
        let edited = stage
            .client
            .clusters()
            .resolve(&token(), ResumeMode::Finish, &Secrets::none())
            .unwrap();
        assert!(indeterminate(&edited).may_still_land, "{}", edited.explain());
    }
}

#[track_caller]
fn assert_refused(stage: &Stage, token: &ResumeToken, secrets: &Secrets, words: &str) {
    for mode in [ResumeMode::Finish, ResumeMode::Look] {
        let error = stage.client.clusters().resolve(token, mode, secrets).unwrap_err();
        assert_eq!(
            (error.kind(), error.effect()),
            (ErrorKind::InvalidInput, Effect::Unknown)
        );
        assert!(error.may_have_taken_effect());
        assert!(error.to_string().contains(words), "{error}");
        assert!(!error.to_string().contains("apiVersion"), "{error}");
    }
    assert!(stage.wire.requests().is_empty());
}

/// What is said of a token's write is never better than what is known of it, whatever kept a call from finding out.
#[test]
fn a7_no_failure_to_resolve_speaks_for_the_write_of_the_token() {
    let token = token();
    let unsettled = |error: akua_http::Error| {
        assert_eq!(
            (error.effect(), error.may_have_taken_effect()),
            (Effect::Unknown, true),
            "{error}"
        );
        let words = error.to_string();
        for part in [
            "nothing was sent",
            "it may have taken effect, and it may still",
            "keep the resume token",
        ] {
            assert!(words.contains(part), "{words}");
        }
        assert!(error.hint().unwrap().contains("keep the resume token"));
    };
    // Refused before anything is sent.
    let elsewhere = stage_with(|builder| builder.base_url("https://api.example.net"));
    let context = stage_with(|builder| builder.context("ws_2".parse().unwrap()));
    for stage in [&elsewhere, &context] {
        for mode in [ResumeMode::Finish, ResumeMode::Look] {
            unsettled(
                stage
                    .client
                    .clusters()
                    .resolve(&token, mode, &akua_model::Secrets::none())
                    .unwrap_err(),
            );
        }
    }
    unsettled(
        stage()
            .client
            .workspaces()
            .resolve(&token, ResumeMode::Look, &akua_model::Secrets::none())
            .unwrap_err(),
    );
    let secret = ClusterPatch::builder().kubeconfig("mine").build().unwrap();
    let of_secret = {
        let stage = stage();
        stage.wire.fail(Sent::Unknown, FailureKind::Timeout);
        (0..4).for_each(|_| stage.wire.answer(200, cluster("base", "42")));
        let edited = stage.client.clusters().edit(seen(), secret).unwrap();
        indeterminate(&edited).resume_token.clone()
    };
    for given in [Secrets::none(), kubeconfig("yours")] {
        unsettled(
            stage()
                .client
                .clusters()
                .resolve(&of_secret, ResumeMode::Finish, &given)
                .unwrap_err(),
        );
    }
    for damaged in ["", "akua-resume-9.e30.00", &token.to_string()[..60]] {
        let error = damaged.parse::<ResumeToken>().unwrap_err();
        unsettled(akua_http::Error::from(error).while_resolving());
    }

    // Begun, and kept from the truth by something of this side.
    let open = |stage: &Stage, clusters: Collection<Cluster>| {
        let edited = clusters
            .resolve(&token, ResumeMode::Finish, &akua_model::Secrets::none())
            .unwrap();
        let open = indeterminate(&edited);
        assert!(
            open.may_still_land && open.resume_token == token,
            "{}",
            edited.explain()
        );
        assert!(edited.outcome.may_have_taken_effect());
        stage.wire.requests().len()
    };
    let cancelled = stage();
    let handle = akua_http::cancel::Cancel::new();
    handle.cancel();
    assert_eq!(open(&cancelled, cancelled.client.clusters().cancel(&handle)), 0);
    let late = stage();
    assert_eq!(
        open(&late, late.client.clusters().timeout(std::time::Duration::ZERO)),
        0
    );
    let poor = stage_with(|builder| builder.token_provider(|| Err("no credentials today".into())));
    assert_eq!(open(&poor, poor.client.clusters()), 0);
    let down = stage();
    (0..9).for_each(|_| down.wire.fail(Sent::NotSent, FailureKind::Connect));
    open(&down, down.client.clusters());
    let broke = stage_with(|builder| builder.retry_budget(0));
    (0..9).for_each(|_| broke.wire.answer(503, ""));
    open(&broke, broke.client.clusters());
    let refused = stage();
    (0..9).for_each(|_| refused.wire.answer(401, ""));
    open(&refused, refused.client.clusters());
}

#[test]
fn another_service_context_or_kind_is_refused() {
    let token = token();
    let elsewhere = stage_with(|builder| builder.base_url("https://api.example.net"));
    assert_refused(
        &elsewhere,
        &token,
        &Secrets::none(),
        "is for the service https://api.akua.dev",
    );
    let context = stage_with(|builder| builder.context("ws_2".parse().unwrap()));
    assert_refused(&context, &token, &Secrets::none(), "another workspace context");

    let other = stage();
    (0..8).for_each(|_| other.wire.fail(Sent::Unknown, FailureKind::Timeout));
    let workspaces = other.client.workspaces();
    let edited = workspaces.edit(seen_workspace(), workspace_to_ours()).unwrap();
    let of_workspace = &indeterminate(&edited).resume_token;
    assert_refused(
        &stage(),
        of_workspace,
        &Secrets::none(),
        "is for a workspace, not for a cluster",
    );
    let error = stage()
        .client
        .workspaces()
        .resolve(&token, ResumeMode::Finish, &akua_model::Secrets::none())
        .unwrap_err();
    assert!(
        error.to_string().contains("is for a cluster, not for a workspace"),
        "{error}"
    );
}

#[test]
fn a_context_given_for_the_call_counts() {
    let stage = stage();
    (0..8).for_each(|_| stage.wire.fail(Sent::Unknown, FailureKind::Timeout));
    let context = "ws_2".parse().unwrap();
    let clusters = stage.client.clusters().context(&context);
    let edited = clusters.edit(seen(), to_ours()).unwrap();
    let token = &indeterminate(&edited).resume_token;
    assert_eq!(token.context(), Some("ws_2"));
    assert!(
        stage
            .client
            .clusters()
            .resolve(token, ResumeMode::Finish, &akua_model::Secrets::none())
            .is_err()
    );
    stage.wire.answer(200, cluster("ours", "43"));
    let resolved = clusters
        .resolve(token, ResumeMode::Finish, &akua_model::Secrets::none())
        .unwrap();
    applied(&resolved);
    let requests = stage.wire.requests();
    assert!(requests.first() == requests.last());
}

#[test]
fn a_kubeconfig_is_needed_again_and_must_be_the_same() {
    let patch = ClusterPatch::builder().name("ours").kubeconfig("apiVersion: v1, mine");
    let first = stage();
    // A write-only field is not sent twice: the etag may not move with it.
    first.wire.fail(Sent::Unknown, FailureKind::Timeout);
    (0..4).for_each(|_| first.wire.answer(200, cluster("base", "42")));
    let edited = first.client.clusters().edit(seen(), patch.build().unwrap()).unwrap();
    let token = indeterminate(&edited).resume_token.clone();

    assert_refused(&stage(), &token, &Secrets::none(), "`kubeconfig` is needed again");
    let other = kubeconfig("apiVersion: v1, yours");
    assert_refused(&stage(), &token, &other, "`kubeconfig` is another one than was written");

    // With the same one, on a server that remembers keys, the very same bytes go out.
    let mut contract = Contract::documented();
    contract.key_checked_before_if_match = true;
    contract.key_retention = std::time::Duration::from_secs(3600);
    let second = stage_with(|builder| builder.contract(contract));
    second.wire.answer(200, cluster("ours", "43"));
    let same = kubeconfig("apiVersion: v1, mine");
    applied(
        &second
            .client
            .clusters()
            .resolve(&token, ResumeMode::Finish, &same)
            .unwrap(),
    );
    assert!(second.wire.requests()[0] == first.wire.requests()[0]);

    // One that was never needed does no harm.
    let third = stage();
    third.wire.answer(200, cluster("ours", "43"));
    applied(
        &third
            .client
            .clusters()
            .resolve(&self::token(), ResumeMode::Finish, &same)
            .unwrap(),
    );
}

#[test]
fn a_text_that_is_no_token_of_this_version_is_refused() {
    let good = token().to_string();
    let [prefix, content, sum] = good.split('.').collect::<Vec<_>>()[..] else {
        panic!()
    };
    let cut = &good[..good.len() - 3];
    let turned = format!("{prefix}.A{}.{sum}", &content[1..]);
    let newer = format!("akua-resume-3.{content}.{sum}");
    let anothers = format!("akua-resume-2.{content}.{sum}");
    for (text, words) in [
        ("", "is not a resume token"),
        ("hello", "is not a resume token"),
        ("a.b.c", "is not a resume token"),
        (newer.as_str(), "newer version"),
        (anothers.as_str(), "of another kind of call"),
        (cut, "is damaged"),
        (turned.as_str(), "is damaged"),
        (&good[5..], "is not a resume token"),
    ] {
        let error = text.parse::<ResumeToken>().unwrap_err();
        assert!(error.to_string().contains(words), "{text}: {error}");
    }
    // Blanks around it come from copying and do no harm.
    assert_eq!(format!("  {good}\n").parse::<ResumeToken>().unwrap().to_string(), good);
}

#[test]
fn a_resumed_edit_is_never_called_not_applied() {
    // Whatever a server says: only proof ends it, and a token is tainted for good.
    for status in [
        200, 201, 204, 301, 400, 401, 403, 404, 408, 409, 412, 422, 428, 429, 500, 503,
    ] {
        let stage = stage();
        (0..9).for_each(|_| stage.wire.answer(status, REFUSAL));
        let edited = stage
            .client
            .clusters()
            .resolve(&token(), ResumeMode::Finish, &Secrets::none())
            .unwrap();
        assert!(
            matches!(edited.outcome, Outcome::Indeterminate(_)),
            "{}",
            edited.explain()
        );
    }
}
