//! What each call sends, how often, and what it makes of the answer: against a scripted transport, to the byte.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod lists;
mod meaning;
mod repeating;
mod requesting;
mod sending;
mod tokens;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use akua_http::retry::Pace;
use akua_http::transport::scripted::ScriptedTransport;
use akua_http::{Client, ClientBuilder, Error};
use akua_model::{Cluster, ClusterPatch};

const MISMATCH: &str = r#"{"success":false,"errors":[{"code":7006,"message":"etag mismatch",
    "metadata":{"current_etag":"43"}}],"result":{}}"#;

fn cluster(id: &str, name: &str, etag: &str) -> String {
    format!(
        r#"{{"id":"{id}","name":"{name}","workspace_id":"ws_1","state":"active","provider":"managed_kaas",
            "reconciling":false,"created_at":1,"updated_at":2,"etag":"{etag}"}}"#
    )
}

fn page(ids: &[&str], has_more: bool, next: Option<&str>) -> String {
    let items: Vec<String> = ids.iter().map(|id| cluster(id, "n", "1")).collect();
    let next = next.map_or("null".to_owned(), |next| format!("{next:?}"));
    format!(
        r#"{{"data":[{}],"has_more":{has_more},"next_cursor":{next}}}"#,
        items.join(",")
    )
}

/// Pauses take no time and are recorded; dice always show their highest.
#[derive(Clone, Default)]
struct Instantly(Arc<Mutex<Vec<Duration>>>);

impl Pace for Instantly {
    fn stretch(&self, duration: Duration) -> Duration {
        self.0.lock().unwrap().push(duration);
        Duration::ZERO
    }

    fn dice(&self) -> u64 {
        u64::MAX
    }

    fn unix_ms(&self) -> i64 {
        784_111_770_000
    }
}

impl Instantly {
    fn pauses_ms(&self) -> Vec<u64> {
        // Rounded: the highest dice fall a nanosecond short.
        let rounded = |pause: &Duration| (pause.as_nanos() as u64 + 500_000) / 1_000_000;
        self.0.lock().unwrap().iter().map(rounded).collect()
    }
}

fn scripted() -> (Arc<ScriptedTransport>, ClientBuilder, Instantly) {
    let wire = Arc::new(ScriptedTransport::new());
    let pace = Instantly::default();
    let builder = Client::builder()
        .token("t")
        .transport(Arc::clone(&wire))
        .pace(pace.clone());
    (wire, builder, pace)
}

fn client() -> (Arc<ScriptedTransport>, Client) {
    let (wire, builder, _) = scripted();
    (wire, builder.build().unwrap())
}

fn rename(client: &Client) -> Result<Cluster, Error> {
    let patch = ClusterPatch::builder().name("prod-eu").build().unwrap();
    client
        .clusters()
        .update(&"clu_1".parse().unwrap(), &"42".parse().unwrap(), &patch)
}

fn read(client: &Client) -> Result<Cluster, Error> {
    client.clusters().get(&"clu_1".parse().unwrap())
}
