//! What an edit sends, how often, and what it makes of the answers: against a scripted transport, to the byte.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod bounds;
mod closures;
mod conflicts;
mod costs;
mod credentials;
mod keeping;
mod losses;
mod patience;
mod resuming;
mod secrets;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use akua_http::cancel::Cancel;
use akua_http::retry::Pace;
use akua_http::transport::scripted::{RecordedRequest, ScriptedTransport};
use akua_http::{BoxError, Client, ClientBuilder};
use akua_model::answer::Failed;
use akua_model::edit::{Applied, Cause, Conflict, Contract, Edited, Indeterminate, NotApplied, Outcome};
use akua_model::http::{Method, Response};
use akua_model::{Cluster, ClusterId, ClusterPatch, Resource, Workspace, WorkspacePatch};

/// Pauses take no time and are recorded. Each roll of the dice gives a new key and a backoff of 50 ms.
#[derive(Clone, Default)]
struct Instantly {
    pauses: Arc<Mutex<Vec<u128>>>,
    rolls: Arc<AtomicU64>,
    /// Cancelled when the first pause begins, which then lasts.
    cancel_in_pause: Option<Cancel>,
    without_entropy: bool,
}

impl Pace for Instantly {
    fn stretch(&self, duration: Duration) -> Duration {
        self.pauses.lock().unwrap().push(duration.as_millis());
        match &self.cancel_in_pause {
            Some(cancel) => {
                cancel.cancel();
                duration
            }
            None => Duration::ZERO,
        }
    }

    fn entropy(&self) -> Result<u128, BoxError> {
        if self.without_entropy {
            return Err("none today".into());
        }
        let roll = self.rolls.fetch_add(1, Ordering::SeqCst) + 1;
        Ok((50 << 64) | u128::from(roll))
    }

    fn unix_ms(&self) -> i64 {
        1_700_000_000_000
    }
}

impl Instantly {
    fn pauses_ms(&self) -> Vec<u128> {
        self.pauses.lock().unwrap().clone()
    }
}

/// A client on a script.
struct Stage {
    wire: Arc<ScriptedTransport>,
    pace: Instantly,
    client: Client,
}

fn stage() -> Stage {
    stage_with(|builder| builder)
}

fn stage_with(set: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Stage {
    stage_at(Instantly::default(), set)
}

/// Where it is known that a 409 names the etag that the resource has.
fn stage_of_named_etags() -> Stage {
    let mut contract = Contract::documented();
    contract.conflicts_name_current_etag = true;
    stage_with(|builder| builder.contract(contract))
}

fn stage_at(pace: Instantly, set: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Stage {
    let wire = Arc::new(ScriptedTransport::new());
    let builder = Client::builder()
        .token("sk_akua_secret")
        .transport(Arc::clone(&wire))
        .pace(pace.clone());
    let client = set(builder).build().unwrap();
    Stage { wire, pace, client }
}

impl Stage {
    /// The verbs of the requests so far, with the etag that guards a write.
    fn sent(&self) -> Vec<String> {
        let short = |request: &RecordedRequest| match request.header("if-match") {
            Some(etag) => format!("{} {etag}", request.method.as_str()),
            None => request.method.as_str().to_owned(),
        };
        self.wire.requests().iter().map(short).collect()
    }

    /// The writes so far.
    fn writes(&self) -> Vec<RecordedRequest> {
        let mut requests = self.wire.requests();
        requests.retain(|request| request.method != Method::Get);
        requests
    }

    /// The rename that most tests make, of the version with etag 42.
    fn rename(&self) -> Edited<Cluster> {
        self.client.clusters().edit(seen(), to_ours()).unwrap()
    }

    fn throttle(&self, seconds: u32) {
        self.wire.respond(Response {
            status: 429,
            headers: vec![("retry-after".into(), seconds.to_string())],
            ..Response::default()
        });
    }
}

fn cluster(name: &str, etag: &str) -> String {
    format!(
        r#"{{"id":"clu_1","name":"{name}","workspace_id":"ws_1","state":"active","provider":"managed_kaas",
            "reconciling":false,"created_at":1,"updated_at":2,"etag":"{etag}"}}"#
    )
}

fn workspace(name: &str, slug: &str, etag: &str) -> String {
    format!(
        r#"{{"id":"ws_1","name":"{name}","slug":"{slug}","plan":{{"tier":"pro"}},
            "created_at":1,"updated_at":2,"etag":"{etag}"}}"#
    )
}

/// The version that the caller has seen.
fn seen() -> Cluster {
    serde_json::from_str(&cluster("base", "42")).unwrap()
}

fn seen_workspace() -> Workspace {
    serde_json::from_str(&workspace("base", "the-slug", "8")).unwrap()
}

fn id() -> ClusterId {
    "clu_1".parse().unwrap()
}

fn to_ours() -> ClusterPatch {
    ClusterPatch::builder().name("ours").build().unwrap()
}

fn workspace_to_ours() -> WorkspacePatch {
    WorkspacePatch::builder().name("ours").build().unwrap()
}

/// A 409 body that names the current etag.
fn mismatch(etag: &str) -> String {
    format!(
        r#"{{"success":false,"errors":[{{"code":7006,"message":"ABORTED: etag mismatch",
            "metadata":{{"current_etag":"{etag}"}}}}],"result":{{}}}}"#
    )
}

const REFUSAL: &str = r#"{"success":false,"errors":[{"code":7006,"message":"not in this state"}],"result":{}}"#;

fn applied<R: Resource>(edited: &Edited<R>) -> &Applied<R> {
    edited.applied().unwrap_or_else(|| panic!("{}", edited.explain()))
}

fn conflict<R: Resource>(edited: &Edited<R>) -> &Conflict<R> {
    match &edited.outcome {
        Outcome::NotApplied(NotApplied::Conflict(conflict)) => conflict,
        _ => panic!("{}", edited.explain()),
    }
}

fn rejected<R: Resource>(edited: &Edited<R>) -> &Failed {
    match &edited.outcome {
        Outcome::NotApplied(NotApplied::Rejected(failed)) => failed,
        _ => panic!("{}", edited.explain()),
    }
}

fn not_sent<R: Resource>(edited: &Edited<R>) -> (Cause, &str) {
    match &edited.outcome {
        Outcome::NotApplied(NotApplied::NotSent { cause, detail, .. }) => {
            (*cause, detail.as_deref().unwrap_or_default())
        }
        _ => panic!("{}", edited.explain()),
    }
}

fn indeterminate<R: Resource>(edited: &Edited<R>) -> &Indeterminate<R> {
    match &edited.outcome {
        Outcome::Indeterminate(indeterminate) => indeterminate,
        _ => panic!("{}", edited.explain()),
    }
}
