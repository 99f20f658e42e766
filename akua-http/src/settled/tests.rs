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
    format!(
        r#"{{"id":"clu_1","name":"{name}","workspace_id":"ws_1","state":"active","provider":"managed_kaas",
            "reconciling":{reconciling},"created_at":1,"updated_at":2,"etag":"{etag}"}}"#
    )
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
    let look = |last: &mut Option<Cluster>| {
        let cluster = serde_json::from_str(&cluster("ours", "42", false)).unwrap();
        judged(&old, cluster, last)
    };
    let mut last = None;
    assert!(matches!(look(&mut last), Look::Continue(None)) && last.is_none());
}

#[test]
fn values_that_are_not_ours_any_more_end_it_at_once() {
    let fixture = fixture();
    fixture.wire.answer(200, cluster("ours", "43", true));
    fixture.wire.answer(200, cluster("theirs", "44", true));
    let end = fixture.wait().unwrap();
    assert!(matches!(&end, Settled::Superseded(cluster) if cluster.name == "theirs"));
    assert!(end.to_string().contains("somebody else"), "{end}");
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
    fixture.wire.answer(404, "");
    let end = fixture.wait().unwrap();
    assert!(end == Settled::Gone && end.cluster().is_none());
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
