//! The usual resource of each kind, of which a case names only what is different.

use akua_model::ResourceKind as Kind;
use serde_json::{Map, Value, json};

/// The usual resource with `properties` in place of its own; `null` leaves one out.
pub(crate) fn document(kind: Kind, properties: &Map<String, Value>) -> Value {
    let mut document = usual(kind);
    if let Some(map) = document.as_object_mut() {
        for (name, value) in properties {
            if value.is_null() {
                map.remove(name);
            } else {
                map.insert(name.clone(), value.clone());
            }
        }
    }
    document
}

fn usual(kind: Kind) -> Value {
    match kind {
        Kind::Cluster => json!({
            "id": "clu_1", "name": "prod", "workspace_id": "ws_1", "state": "active", "provider": "managed_kaas",
            "reconciling": false, "created_at": 1_700_000_000, "updated_at": 1_700_000_001, "etag": "42",
        }),
        Kind::Workspace => json!({
            "id": "ws_1", "name": "Blue", "slug": "team-blue", "plan": { "tier": "pro" },
            "created_at": "2023-11-14T22:13:20Z", "updated_at": 1_700_000_001, "etag": "7",
        }),
        Kind::Operation => json!({
            "id": "op_1", "workspace_id": "ws_1", "organization_id": null, "owner_type": "cluster", "owner_id": "clu_1",
            "parent_operation_id": null, "state": "RUNNING", "done": false, "html_url": "https://akua.dev/operations/op_1",
            "metadata": { "type": "cluster.suspend", "cluster_id": "clu_1" }, "response": null, "error": null,
            "last_error": null, "started_at": 1_700_000_000, "completed_at": null,
        }),
        Kind::Region => json!({ "id": "reg_1", "name": "Falkenstein" }),
        Kind::ClusterComputeSettings => json!({
            "auto_scaling": "active", "machines": 3, "max_machines": 10, "updated_at": 1_700_000_001, "etag": "cs-1",
        }),
        Kind::WorkerBootstrap => json!({ "id": "wbs_1", "etag": "b1" }),
        Kind::ClusterCapabilities => json!({
            "api_groups": ["apps", "batch"],
            "storage_classes": [{
                "name": "standard", "provisioner": "csi.akua.dev", "is_default": true, "reclaim_policy": "Delete",
                "volume_binding_mode": "Immediate",
            }],
            "gateway_classes": ["akua"], "gateways": [], "ingress_classes": [], "nodes": [],
            "freshness": {
                "state": "fresh", "max_age_seconds": 300, "age_seconds": 12, "last_successful_at": 1_700_000_000,
                "last_refresh_status": "SUCCESS", "last_refresh_error": null,
            },
        }),
    }
}
