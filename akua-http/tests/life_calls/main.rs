//! What launches and waits send, and what they make of the answers: against a scripted transport, to the byte.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod launches;
mod reads;
mod waits;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use akua_http::retry::Pace;
use akua_http::transport::scripted::{RecordedRequest, ScriptedTransport};
use akua_http::{BoxError, Client, ClientBuilder};
use akua_model::Cluster;

/// Pauses take no time. Each roll of the dice gives a new key.
#[derive(Clone, Default)]
struct Instantly(Arc<AtomicU64>);

impl Pace for Instantly {
    fn stretch(&self, _: Duration) -> Duration {
        Duration::ZERO
    }

    fn entropy(&self) -> Result<u128, BoxError> {
        Ok(u128::from(self.0.fetch_add(1, Ordering::SeqCst) + 1))
    }

    fn unix_ms(&self) -> i64 {
        1_700_000_000_000
    }
}

const TOKEN: &str = "sk_akua_secret";

struct Stage {
    wire: Arc<ScriptedTransport>,
    client: Client,
}

fn stage() -> Stage {
    stage_with(|builder| builder)
}

fn stage_with(set: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Stage {
    let wire = Arc::new(ScriptedTransport::new());
    let builder = Client::builder().token(TOKEN).transport(Arc::clone(&wire));
    let client = set(builder.pace(Instantly::default())).build().unwrap();
    Stage { wire, client }
}

impl Stage {
    /// Verb and path of each request so far, with the etag that guards it and whether it has a key.
    fn sent(&self) -> Vec<String> {
        let short = |request: &RecordedRequest| {
            let mut line = format!("{} {}", request.method.as_str(), request.path);
            if let Some(etag) = request.header("if-match") {
                line += &format!(" if-match {etag}");
            }
            if request.header("idempotency-key").is_some() {
                line += " key";
            }
            line
        };
        self.wire.requests().iter().map(short).collect()
    }
}

fn cluster(etag: &str, state: &str) -> String {
    format!(
        r#"{{"id":"clu_1","name":"prod","workspace_id":"ws_1","state":"{state}","provider":"managed_kaas",
        "reconciling":false,"created_at":1,"updated_at":1,"etag":"{etag}"}}"#
    )
}

fn seen() -> Cluster {
    serde_json::from_str(&cluster("42", "active")).unwrap()
}

/// Operation `op_1`, as one of this type.
fn operation(of: &str, state: &str, more: &str) -> String {
    let done = state != "RUNNING";
    format!(
        r#"{{"id":"op_1","state":"{state}","done":{done},"owner_id":"clu_1","owner_type":"cluster","workspace_id":"ws_1",
        "organization_id":null,"parent_operation_id":null,"html_url":"https://akua.test/op_1",
        "metadata":{{"type":"{of}","cluster_id":"clu_1"}},"response":null,{more}"started_at":1,"completed_at":null}}"#
    )
}

const NO_ERRORS: &str = r#""error":null,"last_error":null,"#;

fn suspending(state: &str) -> String {
    operation("cluster.suspend", state, NO_ERRORS)
}

fn mismatch(current: &str) -> String {
    format!(r#"{{"errors":[{{"code":7006,"message":"ABORTED","metadata":{{"current_etag":"{current}"}}}}]}}"#)
}

/// What the service says of what it has not.
const NOT_FOUND: &str = r#"{"success":false,"errors":[{"code":7002,"message":"Resource not found"}],"result":{}}"#;

const NONE: &str = r#"{"data":[],"has_more":false,"next_cursor":null}"#;
