//! What an edit shows to whoever drives it, beside what is to be done.

use akua_model::edit::{
    Change, Clock, Edit, Edited, Input, NotApplied, Options, Outcome, ResumeMode, ResumeToken, Step, Target,
};
use akua_model::http::Response;
use akua_model::{Cluster, ClusterPatch, Secrets};

const TOKEN: &str = "marker-token";
const KUBECONFIG: &str = "marker-kubeconfig";

fn clock() -> Clock {
    Clock {
        elapsed: std::time::Duration::ZERO,
        unix_ms: 1_700_000_000_000,
        since_boot: None,
        entropy: 7,
        cancelled: false,
    }
}

fn options() -> Options {
    let mut options = Options::default();
    options.origin = "https://akua.test/".to_owned();
    options.policy.max_attempts = 17;
    options
}

/// An edit of a cluster's kubeconfig.
fn edit() -> Edit<Cluster> {
    let kubeconfig = akua_model::Secret::from(KUBECONFIG);
    let patch = ClusterPatch::builder().kubeconfig(kubeconfig).build().unwrap();
    Edit::new(Target::Seen(Box::new(cluster())), Change::Patch(patch), options()).unwrap()
}

fn cluster() -> Cluster {
    serde_json::from_str(
        r#"{"id":"clu_1","name":"old","workspace_id":"ws_1","state":"active","provider":"managed_kaas",
            "reconciling":false,"created_at":1,"updated_at":2,"etag":"42"}"#,
    )
    .unwrap()
}

/// Its first write.
fn begun(edit: &mut Edit<Cluster>) -> ResumeToken {
    match edit.step(Input::Begin, clock()) {
        Step::Send(outgoing) => outgoing.resume_token.unwrap(),
        other => panic!("{other:?}"),
    }
}

fn refused(edit: &mut Edit<Cluster>, words: &str) -> Box<Edited<Cluster>> {
    let response = Response {
        status: 403,
        headers: Vec::new(),
        body: format!(r#"{{"success":false,"errors":[{{"code":7004,"message":"{words}"}}],"result":{{}}}}"#)
            .into_bytes(),
    };
    match edit.step(Input::Answered(response), clock()) {
        Step::Done(edited) => edited,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_resume_token_can_be_had_from_the_first_write_on() {
    let mut edit = edit();
    assert_eq!(edit.resume_token(), None);
    let token = begun(&mut edit);
    assert_eq!(edit.resume_token(), Some(&token));
}

#[test]
fn the_policy_is_the_one_that_was_given() {
    assert_eq!(edit().policy(), &options().policy);
}

#[test]
fn debug_tells_where_it_stands_and_no_secret() {
    let mut edit = edit();
    begun(&mut edit);
    let shown = format!("{edit:?}");
    assert!(shown.starts_with("Edit {") && shown.contains("clu_1"), "{shown}");
    assert!(shown.contains("VersionPassedIn"), "{shown}");
    assert!(!shown.contains(KUBECONFIG), "{shown}");
}

#[test]
fn what_is_to_be_hidden_is_hidden_in_the_words_of_the_server() {
    let mut edit = edit();
    edit.hide(TOKEN);
    edit.hide("another-token");
    edit.hide(TOKEN);
    begun(&mut edit);
    let edited = refused(&mut edit, "marker-token, another-token and marker-kubeconfig");
    let Outcome::NotApplied(NotApplied::Rejected(failed)) = &edited.outcome else {
        panic!("{:?}", edited.outcome);
    };
    let message = &failed.errors[0].message;
    assert!(message.contains(" and "), "{message}");
    for secret in [TOKEN, "another-token", KUBECONFIG] {
        assert!(!message.contains(secret), "{message}");
    }
}

#[test]
fn only_the_kubeconfig_that_was_written_takes_a_write_up_again() {
    let token = begun(&mut edit());
    let resume = |kubeconfig: Option<&str>| {
        let with = |text: &str| Secrets::none().with("kubeconfig", text);
        let secrets = kubeconfig.map(with).unwrap_or_default();
        Edit::<Cluster>::resume(&token, ResumeMode::Finish, &secrets, options(), clock())
    };
    assert!(resume(Some(KUBECONFIG)).is_ok());
    let unknown = Secrets::none().with("kubeconfg", KUBECONFIG);
    let refused = Edit::<Cluster>::resume(&token, ResumeMode::Finish, &unknown, options(), clock()).unwrap_err();
    assert!(refused.to_string().contains("`kubeconfg` is no secret"), "{refused}");
    assert!(
        resume(Some(""))
            .unwrap_err()
            .to_string()
            .contains("at least 1 is needed")
    );
    for other in [Some("another one"), None] {
        let error = resume(other).unwrap_err();
        assert_eq!(error.problems()[0].field, "kubeconfig", "{error}");
    }
}

#[test]
fn a_resume_token_tells_what_it_is_for() {
    let token = begun(&mut edit());
    assert_eq!((token.kind(), token.id()), ("cluster", "clu_1"));
    assert_eq!((token.origin(), token.context()), ("https://akua.test/", None));
    assert_eq!(token.first_sent(), 1_700_000_000_000);
    assert_eq!(begun_in_context().context(), Some("ws_eu"));
}

/// A rename with a workspace context.
fn begun_in_context() -> ResumeToken {
    let mut options = options();
    options.context = Some("ws_eu".parse().unwrap());
    let patch = ClusterPatch::builder().name("new").build().unwrap();
    let target = Target::Seen(Box::new(cluster()));
    begun(&mut Edit::new(target, Change::Patch(patch), options).unwrap())
}

/// What was written down by this version has to be read by every later one, on every machine.
const WRITTEN_DOWN: &str = "akua-resume-1.eyJvcmlnaW4iOiJodHRwczovL2FrdWEudGVzdC8iLCJraW5kIjoiY2x1c3RlciIsImlkIjoiY2x1XzEiLCJpZl9tYXRjaCI6IjQyIiwia2V5IjoiMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDciLCJmaXJzdF9zZW50IjoxNzAwMDAwMDAwMDAwLCJ2YWx1ZXMiOltbImt1YmVjb25maWciLCJlOTE0YzdlNDRkNWZiYzJhZTQ4NWUwYjNkMjJhYTFkYzkxYzU4ODM4MGIxNTg2N2E5YjVhMGZkMjAyYjc5MWI1Il1dLCJzYWx0IjoiYjcwNTU1ZTY1NTlkNTNmM2Q0Yzc4MDMwNGNmYmY3MmMiLCJib2R5IjoiZTQ5NjVjNWZmYzc0NTgzNmNiMGQ4MTA4ZWM0YjY3M2MifQ.f7526056";

#[test]
fn a_token_that_was_written_down_stays_what_it_is() {
    assert_eq!(begun(&mut edit()).to_string(), WRITTEN_DOWN);
    let token: ResumeToken = WRITTEN_DOWN.parse().unwrap();
    let secrets = Secrets::none().with("kubeconfig", KUBECONFIG);
    Edit::<Cluster>::resume(&token, ResumeMode::Look, &secrets, options(), clock()).unwrap();
}

#[test]
fn a_token_that_was_damaged_is_none() {
    for damaged in [
        WRITTEN_DOWN.replacen("eyJv", "eyJw", 1),
        WRITTEN_DOWN.replace("f7526056", "f7526057"),
        WRITTEN_DOWN.replace("f7526056", ""),
        WRITTEN_DOWN.replacen('.', "", 1),
    ] {
        let error = damaged.parse::<ResumeToken>().unwrap_err();
        assert_eq!(error.problems()[0].field, "resume-token", "{error}");
    }
}
