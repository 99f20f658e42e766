//! What is known of what can be used in a cluster: made up, and found out by a refresh.

use serde_json::{Map, Value, json};

use crate::operation::{Fate, Leaves};

/// For how many seconds it is fresh.
const FRESH_SECONDS: i64 = 300;

/// What refreshes have come to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Capabilities {
    /// When they were found out, in Unix seconds.
    found: Option<i64>,
    /// The words of the last refresh, if that failed.
    failure: Option<String>,
}

impl Capabilities {
    /// A refresh has ended. One that was cancelled is as if it had not been.
    pub(crate) fn end(&mut self, fate: &Fate, now: i64) {
        match fate {
            Fate::Succeeded => {
                *self = Self {
                    found: Some(now),
                    failure: None,
                }
            }
            Fate::Failed { message, leaves } => {
                if *leaves == Leaves::AsWanted {
                    self.found = Some(now);
                }
                self.failure = Some(message.clone());
            }
            Fate::Cancelled => {}
        }
    }

    /// As an answer shows them.
    pub(crate) fn shown(&self, now: i64, is_running: bool) -> Map<String, Value> {
        let age = self.found.map(|found| now.saturating_sub(found));
        let state = match age {
            None => "missing",
            Some(..=FRESH_SECONDS) => "fresh",
            Some(_) => "stale",
        };
        let status = match (is_running, &self.failure, self.found) {
            (true, ..) => Some("RUNNING"),
            (false, Some(_), _) => Some("FAILED"),
            (false, None, found) => found.map(|_| "SUCCESS"),
        };
        // A cluster without machines has no nodes, and so no gateways.
        let (groups, storage, classes) = match self.found {
            None => (json!([]), json!([]), json!([])),
            Some(_) => (
                json!(["apps", "batch", "networking.k8s.io"]),
                json!([{
                    "name": "standard",
                    "provisioner": "csi.akua.dev",
                    "is_default": true,
                    "reclaim_policy": "Delete",
                    "volume_binding_mode": "WaitForFirstConsumer",
                }]),
                json!(["akua"]),
            ),
        };
        let freshness = json!({
            "state": state,
            "max_age_seconds": FRESH_SECONDS,
            "age_seconds": age,
            "last_successful_at": self.found,
            "last_refresh_status": status,
            "last_refresh_error": self.failure.as_ref().filter(|_| !is_running),
        });
        let shown = [
            ("api_groups", groups),
            ("storage_classes", storage),
            ("gateway_classes", classes),
            ("gateways", json!([])),
            ("ingress_classes", json!([])),
            ("nodes", json!([])),
            ("freshness", freshness),
        ];
        shown
            .map(|(name, value)| (name.to_owned(), value))
            .into_iter()
            .collect()
    }
}
