//! What can be read of a cluster beside itself: its capabilities and its kubeconfig. Both are made up.

use serde_json::json;

use super::asked::Outcome;
use super::{World, unix};
use crate::auth::Scope;
use crate::kind::table;
use crate::launch::Launch;
use crate::log::Effect;
use crate::operation::Work;
use crate::refusal::json_answer;

use akua_model::ResourceKind as Kind;

impl World {
    /// What can be used in a cluster, as it was found out last.
    pub(super) fn capabilities(&self, id: &str, scope: &Scope) -> Outcome {
        self.visible(Kind::Cluster, id, scope)?;
        let refresh = Work::Launch(Launch::RefreshCapabilities);
        let is_running = self
            .operations
            .values()
            .any(|known| known.works_on(Kind::Cluster, id) && known.work == Some(refresh));
        let known = self.capabilities.get(id).cloned().unwrap_or_default();
        let mut shown = known.shown(unix(&self.setup, self.now), is_running);
        if !self.contract.freshness {
            shown.remove("freshness");
        }
        shown.extend(self.contract.extra_properties.clone());
        Ok((Effect::default(), json_answer(200, &shown.into())))
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
