#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
use std::sync::{Arc, Mutex};

use super::*;
use crate::Client;
use crate::cancel::Cancel;
use crate::retry::Pace;
use crate::transport::scripted::ScriptedTransport;
use crate::transport::{Failure, FailureKind, Sent};
use akua_model::http::Response;

/// Pauses take no time and are recorded; dice always show their highest; a pause may cancel.
#[derive(Clone, Default)]
struct Instantly {
    pauses: Arc<Mutex<Vec<u128>>>,
    cancel: Option<Cancel>,
}

impl Pace for Instantly {
    fn stretch(&self, duration: Duration) -> Duration {
        self.pauses.lock().unwrap().push((duration.as_micros() + 500) / 1000);
        match &self.cancel {
            Some(cancel) => {
                cancel.cancel();
                duration
            }
            None => Duration::ZERO,
        }
    }

    fn dice(&self) -> u64 {
        u64::MAX
    }
}

fn cluster(name: &str, etag: &str, reconciling: bool) -> String {
    cluster_at(2, name, etag, reconciling)
}

fn cluster_at(updated_at: i64, name: &str, etag: &str, reconciling: bool) -> String {
    format!(
        r#"{{"id":"clu_1","name":"{name}","workspace_id":"ws_1","state":"active","provider":"managed_kaas",
            "reconciling":{reconciling},"created_at":1,"updated_at":{updated_at},"etag":"{etag}"}}"#
    )
}

/// The version that the write made.
fn made() -> Cluster {
    serde_json::from_str(&cluster("ours", "43", true)).unwrap()
}

fn awaited() -> Awaited {
    let patch = ClusterPatch::builder()
        .name("ours")
        .region_id("reg_eu")
        .build()
        .unwrap();
    Awaited::of(&"clu_1".parse().unwrap())
        .after(&Etag::from("42"))
        .holding(&patch)
        .acknowledged(&made())
}

struct Fixture {
    wire: Arc<ScriptedTransport>,
    pace: Instantly,
    client: Client,
}

fn fixture() -> Fixture {
    fixture_with(Instantly::default())
}

fn fixture_with(pace: Instantly) -> Fixture {
    let wire = Arc::new(ScriptedTransport::new());
    let client = Client::builder()
        .token("t")
        .transport(Arc::clone(&wire))
        .pace(pace.clone())
        .retry_budget(3);
    let client = client.build().unwrap();
    Fixture { wire, pace, client }
}

impl Fixture {
    fn wait(&self) -> Result<Settled, Error> {
        self.client
            .clusters()
            .timeout(Duration::from_secs(1000))
            .wait_settled(awaited())
    }
}

#[test]
fn it_reads_until_nothing_is_reconciling_and_backs_off() {
    let fixture = fixture();
    (0..7).for_each(|_| fixture.wire.answer(200, cluster("ours", "43", true)));
    fixture.wire.answer(200, cluster("ours", "44", false));
    let settled = fixture.wait().unwrap();
    assert_eq!(settled.to_string(), "settled at etag 44");
    assert_eq!(settled.cluster().unwrap().etag.as_str(), "44");
    let requests = fixture.wire.requests();
    assert!(requests.len() == 8 && requests.iter().all(|request| request.path == "/v1/clusters/clu_1"));
    assert!(requests.iter().all(|request| request.method.as_str() == "GET"));
    assert_eq!(
        *fixture.pace.pauses.lock().unwrap(),
        [200, 400, 800, 1600, 3200, 5000, 5000]
    );
}

#[test]
fn a_read_with_the_etag_from_before_the_write_never_counts() {
    let fixture = fixture();
    fixture.wire.answer(200, cluster("theirs", "42", false));
    fixture.wire.answer(200, cluster("ours", "42", false));
    fixture.wire.answer(200, cluster("ours", "43", false));
    assert_eq!(fixture.wait().unwrap().to_string(), "settled at etag 43");
    assert_eq!(fixture.wire.requests().len(), 3);

    // And if it is all there ever is to see, nothing was seen.
    let patch = ClusterPatch::builder().name("ours").build().unwrap();
    let old = Awaited::of(&"clu_1".parse().unwrap())
        .after(&Etag::from("42"))
        .holding(&patch);
    let cluster = serde_json::from_str(&cluster("ours", "42", false)).unwrap();
    assert_eq!(old.shows(&cluster, false), Shows::Past);
    let mut last = Last::default();
    assert!(matches!(last.judged(Shows::Past, cluster), Look::Continue(None)));
    assert_eq!(last.at_the_deadline(), Settled::DeadlinePassed(None));
}

#[test]
fn values_that_are_not_ours_any_more_end_it_at_once() {
    let fixture = fixture();
    fixture.wire.answer(200, cluster("ours", "43", true));
    fixture.wire.answer(200, cluster_at(3, "theirs", "44", true));
    let end = fixture.wait().unwrap();
    assert!(matches!(&end, Settled::Superseded(cluster) if cluster.name == "theirs"));
    assert!(end.to_string().contains("somebody else"), "{end}");
}

/// The server trims the name, and an answer from before our write comes in between.
#[test]
fn a15_our_own_version_supersedes_nothing_whatever_the_server_made_of_it() {
    let patch = ClusterPatch::builder().name("ours ").build().unwrap();
    for proof in ["acknowledged", "by hand"] {
        let fixture = fixture();
        fixture.wire.answer(200, cluster("ours", "43", true));
        let edited = fixture.client.clusters().edit(made_from(), patch.clone()).unwrap();
        let applied = edited.applied().unwrap();
        let awaited = match proof {
            "acknowledged" => Awaited::from(applied),
            _ => Awaited::of(&applied.id)
                .after(&Etag::from("42"))
                .acknowledged(&made())
                .holding(&patch),
        };
        fixture.wire.answer(200, cluster("ours", "43", true));
        fixture.wire.answer(200, cluster_at(1, "older", "41", false));
        fixture.wire.answer(200, cluster("base", "42", false));
        fixture.wire.answer(200, cluster("ours", "43", false));
        let clusters = fixture.client.clusters().timeout(Duration::from_secs(1000));
        assert_eq!(
            clusters.wait_settled(awaited).unwrap().to_string(),
            "settled at etag 43",
            "{proof}"
        );
    }
}

/// The version that the edit starts from.
fn made_from() -> Cluster {
    serde_json::from_str(&cluster("base", "42", false)).unwrap()
}

/// A version without our values: whether it is newer than ours decides, and nothing else.
#[test]
fn a15_only_what_is_known_to_be_newer_supersedes() {
    use Shows::{Another, Newer, Ours, Past};
    let by_hand = Awaited::of(&"clu_1".parse().unwrap())
        .after(&Etag::from("42"))
        .holding(&ClusterPatch::builder().name("ours").build().unwrap());
    // The version that was read, what it is where reads may be stale, where they can't be, and without knowing what the
    // write made.
    for (updated_at, name, etag, stale, fresh, unknown) in [
        (2, "ours", "43", Ours, Ours, Ours),
        (2, "trimmed", "43", Ours, Ours, Another),
        (9, "trimmed", "43", Ours, Ours, Another),
        (1, "base", "42", Past, Past, Past),
        (9, "theirs", "42", Past, Past, Past),
        (1, "theirs", "41", Past, Newer, Another),
        (1, "ours", "41", Past, Ours, Ours),
        (2, "theirs", "44", Another, Newer, Another),
        (3, "theirs", "44", Newer, Newer, Another),
        (3, "ours", "44", Ours, Ours, Ours),
    ] {
        let read: Cluster = serde_json::from_str(&cluster_at(updated_at, name, etag, false)).unwrap();
        let all = (
            awaited().shows(&read, false),
            awaited().shows(&read, true),
            by_hand.shows(&read, false),
        );
        assert_eq!(all, (stale, fresh, unknown), "{name} at {updated_at}, etag {etag}");
    }
}

#[test]
fn a15_a_version_of_which_nothing_is_known_is_read_again_and_told_as_that() {
    let fixture = fixture();
    fixture.wire.answer(200, cluster("theirs", "44", false));
    fixture.wire.answer(200, cluster("ours", "43", false));
    assert!(matches!(fixture.wait().unwrap(), Settled::Settled(_)));

    fixture.wire.answer(200, cluster("ours", "43", true));
    fixture.wire.answer(200, cluster("theirs", "44", false));
    fixture.wire.respond(Response {
        status: 429,
        headers: vec![("retry-after".into(), "6000".to_owned())],
        ..Response::default()
    });
    let end = fixture.wait().unwrap();
    assert!(
        matches!(&end, Settled::Unclear(cluster) if cluster.etag.as_str() == "44"),
        "{end}"
    );
    assert_eq!(end.name(), "deadline_passed");
    assert_eq!(
        end.to_string(),
        "the deadline passed; another version was read, at etag 44; whether it is newer than ours is not known"
    );

    // What was read after it counts.
    fixture.wire.answer(200, cluster("theirs", "44", false));
    fixture.wire.answer(200, cluster("ours", "43", true));
    fixture.wire.respond(Response {
        status: 429,
        headers: vec![("retry-after".into(), "6000".to_owned())],
        ..Response::default()
    });
    let end = fixture.wait().unwrap();
    assert!(
        matches!(&end, Settled::DeadlinePassed(Some(cluster)) if cluster.etag.as_str() == "43"),
        "{end}"
    );
}

#[test]
fn without_our_values_nothing_is_superseded() {
    let fixture = fixture();
    fixture.wire.answer(200, cluster("theirs", "44", false));
    let id: ClusterId = "clu_1".parse().unwrap();
    let end = fixture.client.clusters().wait_settled(&id).unwrap();
    assert!(matches!(end, Settled::Settled(_)));
}

#[test]
fn a_404_means_gone() {
    let fixture = fixture();
    fixture.wire.answer(200, cluster("ours", "43", true));
    // An ingress that has no way to the service just now knows of nothing.
    fixture.wire.answer(404, "default backend - 404");
    fixture
        .wire
        .answer(404, r#"{"errors":[{"code":7002,"message":"Resource not found"}]}"#);
    let end = fixture.wait().unwrap();
    assert!(end == Settled::Gone && end.cluster().is_none());
    assert_eq!(fixture.wire.requests().len(), 3);
}

#[test]
fn trouble_that_passes_is_waited_out_as_long_as_the_budget_lasts() {
    let fixture = fixture();
    fixture.wire.fail(Sent::NotSent, FailureKind::Connect);
    fixture.wire.respond(Response {
        status: 503,
        headers: vec![("retry-after".into(), "7".to_owned())],
        ..Response::default()
    });
    fixture.wire.answer(200, cluster("ours", "43", false));
    assert!(matches!(fixture.wait().unwrap(), Settled::Settled(_)));
    assert_eq!(*fixture.pace.pauses.lock().unwrap(), [200, 7000]);

    (0..9).for_each(|_| fixture.wire.answer(502, ""));
    let error = fixture.wait().unwrap_err();
    assert!(error.to_string().contains("retry budget is used up"), "{error}");
    assert!(error.kind() == ErrorKind::Server && !error.may_have_taken_effect());
    // Three on credit, of which two were spent above.
    assert_eq!(fixture.wire.requests().len(), 5);
}

#[test]
fn trouble_that_does_not_pass_is_an_error() {
    for (status, body, kind) in [
        (401, String::new(), ErrorKind::Authentication),
        (403, String::new(), ErrorKind::PermissionDenied),
        (
            200,
            cluster("ours", "43", false).replace("\"active\"", "7"),
            ErrorKind::Decode,
        ),
        (
            200,
            cluster("ours", "43", false).replace("clu_1", "clu_2"),
            ErrorKind::Decode,
        ),
    ] {
        let fixture = fixture();
        fixture.wire.answer(status, body);
        assert_eq!(fixture.wait().unwrap_err().kind(), kind);
        assert_eq!(fixture.wire.requests().len(), 1);
    }
}

#[test]
fn the_deadline_ends_it_with_what_was_read_last() {
    let fixture = fixture();
    let clusters = fixture.client.clusters();
    let end = clusters
        .clone()
        .timeout(Duration::ZERO)
        .wait_settled(awaited())
        .unwrap();
    assert_eq!(end, Settled::DeadlinePassed(None));
    assert!(fixture.wire.requests().is_empty());

    // The server asks for more patience than there is: nothing is waited for in vain.
    fixture.wire.answer(200, cluster("ours", "43", true));
    fixture.wire.respond(Response {
        status: 429,
        headers: vec![("retry-after".into(), "60".to_owned())],
        ..Response::default()
    });
    let end = clusters
        .clone()
        .timeout(Duration::from_secs(50))
        .wait_settled(awaited())
        .unwrap();
    assert!(matches!(&end, Settled::DeadlinePassed(Some(last)) if last.etag.as_str() == "43"));
    assert!(end.to_string().contains("still reconciling at etag 43"), "{end}");

    // It passes while a read waits for its answer.
    let brief = Duration::from_secs(1);
    fixture.wire.answer(200, cluster("ours", "43", true));
    fixture.wire.run(move |_| {
        std::thread::sleep(brief);
        Err(Failure::unknown(FailureKind::Timeout, "the deadline passed"))
    });
    let end = clusters.timeout(brief).wait_settled(awaited()).unwrap();
    assert!(matches!(end, Settled::DeadlinePassed(Some(_))));
}

#[test]
fn a_silence_before_the_deadline_is_trouble_that_passes() {
    let fixture = fixture();
    fixture.wire.fail(Sent::Unknown, FailureKind::Timeout);
    fixture.wire.answer(200, cluster("ours", "43", false));
    assert!(matches!(fixture.wait().unwrap(), Settled::Settled(_)));
}

#[test]
fn a_cancel_ends_it_before_during_and_between_the_reads() {
    let cancel = Cancel::new();
    let fixture = fixture_with(Instantly {
        cancel: Some(cancel.clone()),
        ..Instantly::default()
    });
    fixture.wire.answer(200, cluster("ours", "43", true));
    let clusters = fixture.client.clusters().cancel(&cancel);
    let between = clusters.wait_settled(awaited()).unwrap();
    assert!(matches!(between, Settled::Cancelled(Some(_))));
    let before = clusters.wait_settled(awaited()).unwrap();
    assert_eq!(before, Settled::Cancelled(None));
    assert_eq!(fixture.wire.requests().len(), 1);

    let fixture = fixture_with(Instantly::default());
    fixture.wire.answer(200, cluster("ours", "43", true));
    fixture.wire.fail(Sent::Unknown, FailureKind::Cancelled);
    assert!(matches!(fixture.wait().unwrap(), Settled::Cancelled(Some(_))));
}

#[test]
fn an_applied_edit_says_what_to_wait_for() {
    let fixture = fixture();
    fixture.wire.answer(200, cluster("theirs", "42", false));
    fixture.wire.answer(200, cluster("ours", "43", true));
    let id: ClusterId = "clu_1".parse().unwrap();
    let patch = ClusterPatch::builder()
        .name("ours")
        .region_id("reg_eu")
        .build()
        .unwrap();
    let edited = fixture.client.clusters().edit(&id, patch).unwrap();
    let applied = edited.applied().unwrap();
    assert_eq!(Awaited::from(applied), awaited());
    assert_eq!(Awaited::from(applied.clone()), awaited());
    assert_eq!(edited.resource().unwrap().etag.as_str(), "43");
}
