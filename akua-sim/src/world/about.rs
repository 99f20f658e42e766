//! What can be read of a cluster beside itself: its capabilities and its kubeconfig. Both are made up.

use serde_json::json;

use super::asked::Outcome;
use super::{World, unix};
use crate::auth::Scope;
use crate::kind::table;
use crate::launch::Launch;
use crate::log::Effect;
use crate::refusal::json_answer;

use akua_model::ResourceKind as Kind;

/// For how many seconds capabilities are fresh.
const FRESH_SECONDS: i64 = 300;

impl World {
    /// What a cluster can do, as it was when it was last refreshed.
    pub(super) fn capabilities(&self, id: &str, scope: &Scope) -> Outcome {
        self.visible(Kind::Cluster, id, scope)?;
        let running = self
            .operations
            .values()
            .any(|known| known.works_on(Kind::Cluster, id) && known.launch == Some(Launch::RefreshCapabilities));
        let freshness = match self.refreshed.get(id) {
            None => json!({
                "state": "missing",
                "max_age_seconds": FRESH_SECONDS,
                "age_seconds": null,
                "last_successful_at": null,
                "last_refresh_status": running.then_some("RUNNING"),
                "last_refresh_error": null,
            }),
            Some(at) => {
                let age = unix(&self.setup, self.now).saturating_sub(*at);
                json!({
                    "state": if age <= FRESH_SECONDS { "fresh" } else { "stale" },
                    "max_age_seconds": FRESH_SECONDS,
                    "age_seconds": age,
                    "last_successful_at": at,
                    "last_refresh_status": if running { "RUNNING" } else { "SUCCESS" },
                    "last_refresh_error": null,
                })
            }
        };
        let shown = json!({
            "api_groups": [],
            "storage_classes": [],
            "gateway_classes": [],
            "gateways": [],
            "ingress_classes": [],
            "nodes": [],
            "freshness": freshness,
        });
        Ok((Effect::default(), json_answer(200, &shown)))
    }

    /// A text that looks like a kubeconfig and opens nothing.
    pub(super) fn kubeconfig(&self, id: &str, scope: &Scope) -> Outcome {
        let cluster = self.visible(Kind::Cluster, id, scope)?;
        let name = format!("{}_{}", table(Kind::Cluster).prefix, cluster.ordinal);
        let text =
            format!("apiVersion: v1\nkind: Config\nusers:\n- name: {name}\n  user:\n    token: opens-nothing-{name}\n");
        Ok((Effect::default(), json_answer(200, &json!({ "kubeconfig": text }))))
    }
}
