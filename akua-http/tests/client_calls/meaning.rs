//! What an answer or a failure means: its kind, its effect, its words.

use akua_http::retry::RetryPolicy;
use akua_http::transport::{Failure, FailureKind, Sent};
use akua_http::{Effect, ErrorKind};
use akua_model::http::Response;

use crate::{MISMATCH, client, cluster, read, rename, scripted};

/// For every status: the kind, and whether a write that is answered so is known to have changed nothing.
#[test]
fn every_status_has_its_kind_and_its_effect_and_no_write_is_sent_twice() {
    use ErrorKind::*;
    for (status, kind, definite) in [
        (100, UnexpectedAnswer, false),
        (200, Decode, false),
        (201, UnexpectedAnswer, false),
        (202, UnexpectedAnswer, false),
        (204, UnexpectedAnswer, false),
        (206, UnexpectedAnswer, false),
        (301, UnexpectedAnswer, false),
        (302, UnexpectedAnswer, false),
        (304, UnexpectedAnswer, false),
        (307, UnexpectedAnswer, false),
        (308, UnexpectedAnswer, false),
        (400, Rejected, true),
        (401, Authentication, true),
        (402, UnexpectedAnswer, false),
        (403, PermissionDenied, true),
        (404, NotFound, true),
        (405, Rejected, true),
        (408, Server, false),
        (409, Conflict, true),
        (410, UnexpectedAnswer, false),
        (412, Conflict, true),
        (413, Rejected, true),
        (415, Rejected, true),
        (422, Rejected, true),
        (425, UnexpectedAnswer, false),
        (428, Rejected, true),
        (429, RateLimited, true),
        (431, Rejected, true),
        (500, Server, false),
        (502, Server, false),
        (503, Server, false),
        (504, Server, false),
        (599, Server, false),
        (600, UnexpectedAnswer, false),
        (999, UnexpectedAnswer, false),
    ] {
        let (wire, client) = client();
        wire.answer(status, "{}");
        let error = rename(&client).unwrap_err();
        assert_eq!((error.kind(), error.status()), (kind, Some(status)), "{error}");
        let effect = if definite { Effect::NotApplied } else { Effect::Unknown };
        assert_eq!(error.effect(), effect, "{error}");
        assert_eq!(error.may_have_taken_effect(), !definite);
        assert_eq!(wire.requests().len(), 1, "{status}");
        let says = if definite {
            "this request changed nothing"
        } else {
            "it may have taken effect"
        };
        assert!(error.to_string().contains(says), "{error}");

        // The same for a read, which never takes effect.
        let (wire, builder, _) = scripted();
        let client = builder.retry(RetryPolicy::never()).build().unwrap();
        wire.answer(status, "{}");
        let error = read(&client).unwrap_err();
        let kind = if (400..500).contains(&status) && kind == UnexpectedAnswer {
            Rejected
        } else {
            kind
        };
        assert_eq!((error.kind(), error.effect()), (kind, Effect::NotApplied), "{error}");
        assert!(!error.to_string().contains("effect"), "{error}");
    }
}

/// Kind, effect and words agree, whatever a server or a proxy answers with: a kind that says that nothing took effect is
/// never that of a write that may have.
#[test]
fn a16_kind_effect_and_words_agree_for_every_status() {
    let sure = [400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428, 429, 431];
    for status in 100..=599 {
        for hops in [false, true] {
            let (wire, client) = client();
            wire.set_hops_may_replay(hops);
            wire.answer(status, "{}");
            let error = rename(&client).unwrap_err();
            let certain = !hops && sure.contains(&status);
            let effect = if certain { Effect::NotApplied } else { Effect::Unknown };
            assert_eq!(
                (error.effect(), error.may_have_taken_effect()),
                (effect, !certain),
                "{error}"
            );
            let says_nothing_happened = [
                ErrorKind::InvalidInput,
                ErrorKind::Configuration,
                ErrorKind::Conflict,
                ErrorKind::Rejected,
            ];
            assert!(
                certain || !says_nothing_happened.contains(&error.kind()),
                "{:?}: {error}",
                error.kind()
            );
            let words = error.to_string();
            assert_eq!(words.contains("changed nothing"), certain, "{words}");
            assert_eq!(words.contains("it may have taken effect"), !certain, "{words}");
            assert_eq!(
                words.contains("read the cluster again and compare"),
                !certain,
                "{words}"
            );
        }
        // The rest of such an answer was lost.
        let (wire, client) = client();
        let head = Response {
            status,
            ..Response::default()
        };
        wire.fail_with(Failure::unknown(FailureKind::ConnectionLost, "lost").with_answer(head));
        let error = rename(&client).unwrap_err();
        let certain = sure.contains(&status);
        assert_eq!(error.may_have_taken_effect(), !certain, "{error}");
        assert!(
            certain || !matches!(error.kind(), ErrorKind::Conflict | ErrorKind::Rejected),
            "{error}"
        );

        // A read never has an effect, and its kind says how it was refused.
        let (wire, builder, _) = scripted();
        let client = builder.retry(RetryPolicy::never()).build().unwrap();
        wire.answer(status, "{}");
        wire.answer(status, "{}");
        let listed = client.clusters().list().next().unwrap().unwrap_err();
        for error in [read(&client).unwrap_err(), listed] {
            assert_eq!(
                (error.effect(), error.may_have_taken_effect()),
                (Effect::NotApplied, false),
                "{error}"
            );
            let expected = match status {
                200 => ErrorKind::Decode,
                401 => ErrorKind::Authentication,
                403 => ErrorKind::PermissionDenied,
                404 => ErrorKind::NotFound,
                408 => ErrorKind::Server,
                409 | 412 => ErrorKind::Conflict,
                429 => ErrorKind::RateLimited,
                400..=499 => ErrorKind::Rejected,
                500..=599 => ErrorKind::Server,
                _ => ErrorKind::UnexpectedAnswer,
            };
            assert_eq!(error.kind(), expected, "{error}");
        }
    }
}

#[test]
fn every_failure_has_its_kind_and_its_effect_and_no_write_is_sent_twice() {
    use FailureKind as F;
    for (failure, kind) in [
        (F::NameResolution, ErrorKind::Transport),
        (F::Connect, ErrorKind::Transport),
        (F::Proxy, ErrorKind::Transport),
        (F::Tls, ErrorKind::Transport),
        (F::Timeout, ErrorKind::Timeout),
        (F::Cancelled, ErrorKind::Cancelled),
        (F::ConnectionLost, ErrorKind::Transport),
        (F::MalformedAnswer, ErrorKind::UnexpectedAnswer),
        (F::AnswerTooLarge, ErrorKind::UnexpectedAnswer),
        (F::CompressedAnswer, ErrorKind::UnexpectedAnswer),
        (F::InvalidRequest, ErrorKind::InvalidInput),
        (F::Local, ErrorKind::Transport),
        (F::OutOfScript, ErrorKind::Transport),
    ] {
        for (sent, effect) in [(Sent::NotSent, Effect::NotSent), (Sent::Unknown, Effect::Unknown)] {
            let (wire, client) = client();
            wire.fail(sent, failure);
            let error = rename(&client).unwrap_err();
            assert_eq!(
                (error.kind(), error.effect(), error.status()),
                (kind, effect, None),
                "{error}"
            );
            assert_eq!(wire.requests().len(), 1, "{failure:?}");

            let (wire, builder, _) = scripted();
            let client = builder.retry(RetryPolicy::never()).build().unwrap();
            wire.fail(sent, failure);
            let error = read(&client).unwrap_err();
            assert_eq!(error.kind(), kind, "{error}");
            assert!(!error.may_have_taken_effect(), "{error}");
        }
    }
}

/// The head of an answer decides where its body was lost, but a 200 without its body proves nothing.
#[test]
fn a_lost_body_does_not_take_back_what_the_status_says() {
    let lost = |kind, status| {
        let head = Response {
            status,
            body: MISMATCH.into(),
            ..Response::default()
        };
        let (wire, client) = client();
        wire.fail_with(Failure::unknown(kind, "the connection was lost").with_answer(head));
        rename(&client).unwrap_err()
    };
    let conflict = lost(FailureKind::ConnectionLost, 409);
    assert_eq!(
        (conflict.kind(), conflict.effect()),
        (ErrorKind::Conflict, Effect::NotApplied)
    );
    assert_eq!(conflict.current_etag().unwrap().as_str(), "43");
    assert!(
        conflict
            .to_string()
            .contains("the rest of the answer was lost: the connection was lost"),
        "{conflict}"
    );

    let server = lost(FailureKind::Timeout, 503);
    assert_eq!((server.kind(), server.effect()), (ErrorKind::Server, Effect::Unknown));

    let cancelled = lost(FailureKind::Cancelled, 404);
    assert_eq!(
        (cancelled.kind(), cancelled.effect()),
        (ErrorKind::Cancelled, Effect::NotApplied)
    );

    let success = lost(FailureKind::ConnectionLost, 200);
    assert_eq!(
        (success.kind(), success.effect(), success.status()),
        (ErrorKind::Transport, Effect::Unknown, Some(200))
    );
    assert!(
        success.to_string().contains("read the cluster again and compare"),
        "{success}"
    );

    // Even a body that happens to be complete is no proof, as nobody knows what was cut off.
    let (wire, client) = client();
    let head = Response {
        status: 200,
        body: cluster("clu_1", "prod-eu", "43").into(),
        ..Response::default()
    };
    wire.fail_with(Failure::unknown(FailureKind::ConnectionLost, "lost").with_answer(head));
    assert_eq!(rename(&client).unwrap_err().effect(), Effect::Unknown);
}

#[test]
fn a_refusal_for_a_stale_etag_names_the_current_one_and_the_way_out() {
    let (wire, client) = client();
    wire.answer(409, MISMATCH);
    let error = rename(&client).unwrap_err();
    assert_eq!(error.current_etag().unwrap().as_str(), "43");
    assert_eq!(error.server_errors()[0].message, "etag mismatch");
    assert_eq!(
        error.to_string(),
        "PATCH /v1/clusters/clu_1: HTTP 409: [7006] etag mismatch; this request changed nothing (the answer names \
         `43` as the current etag, so somebody else may have changed the cluster: read it again and decide anew)"
    );
}

#[test]
fn a_conflict_that_is_no_mismatch_is_not_called_one() {
    let (wire, client) = client();
    wire.answer(409, r#"{"errors":[{"code":7006,"message":"slug taken"}]}"#);
    wire.answer(
        409,
        r#"{"errors":[{"code":7006,"message":"busy","metadata":{"etag":"42"}}]}"#,
    );
    let unclear = rename(&client).unwrap_err();
    assert!(
        unclear
            .to_string()
            .contains("either somebody else changed the cluster, or its state"),
        "{unclear}"
    );
    let other = rename(&client).unwrap_err();
    assert!(
        other.to_string().contains("the etag sent is the current one"),
        "{other}"
    );
}

#[test]
fn refusals_name_the_way_out() {
    let message = |status: u16, headers: &[(&str, &str)], context: Option<&str>| {
        let (wire, builder, _) = scripted();
        let builder = match context {
            Some(context) => builder.context(context.parse().unwrap()),
            None => builder,
        };
        let client = builder.retry(RetryPolicy::never()).build().unwrap();
        let headers = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned().into(), (*value).to_owned()))
            .collect();
        wire.respond(Response {
            status,
            headers,
            body: Vec::new(),
        });
        read(&client).unwrap_err().to_string()
    };
    assert!(message(401, &[], None).contains("https://akua.dev/developers/api-tokens"));
    for status in [400, 403] {
        assert!(message(status, &[], None).contains("needs a context"), "{status}");
        assert!(
            !message(status, &[], Some("ws_1")).contains("needs a context"),
            "{status}"
        );
    }
    assert!(message(404, &[], None).contains("there is no such cluster"));
    let redirected = message(302, &[("location", "https://elsewhere.example/x")], None);
    assert!(
        redirected.contains("HTTP 302 to https://elsewhere.example/x"),
        "{redirected}"
    );
    assert!(redirected.contains("a redirect is never followed"), "{redirected}");
    assert!(message(429, &[("retry-after", "7")], None).contains("wait 7 s"));
    assert!(message(500, &[("x-request-id", "req_9")], None).contains("request id req_9"));
}

#[test]
fn an_applied_write_with_an_unreadable_answer_says_applied_and_where_it_is_now() {
    let (wire, client) = client();
    wire.answer(200, cluster("clu_1", "prod-eu", "43").replace("false", "\"no\""));
    let error = rename(&client).unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Decode, Effect::Applied));
    assert!(error.may_have_taken_effect());
    assert_eq!(error.new_etag().unwrap().as_str(), "43");
    assert_eq!(error.problems()[0].field, "reconciling");
    let shown = error.to_string();
    assert!(
        shown.contains("it took effect") && shown.contains("`reconciling`") && shown.contains("`43`"),
        "{shown}"
    );

    // The same answer to a read is just unreadable.
    wire.answer(200, cluster("clu_1", "prod-eu", "43").replace("false", "\"no\""));
    let error = read(&client).unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Decode, Effect::NotApplied));
    assert_eq!((error.new_etag(), error.status()), (None, Some(200)));
    assert_eq!(wire.requests().len(), 2);
}

#[test]
fn a_200_with_another_cluster_proves_nothing() {
    let (wire, client) = client();
    wire.answer(200, cluster("clu_2", "prod-eu", "43"));
    let error = rename(&client).unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Decode, Effect::Unknown));
    assert_eq!(error.problems()[0].field, "id");
}
