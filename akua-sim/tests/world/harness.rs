//! A world on a virtual clock, with a client's hand: one line for a call.

use akua_sim::{Contract, Effect, Kind, Setup, Step, Verdict, Version, WireRequest, World};
use serde_json::{Value, json};

/// A world with a token, at a time that only the test moves on.
pub(crate) struct Harness {
    pub(crate) world: World,
    pub(crate) now: u64,
    pub(crate) token: String,
}

impl Harness {
    pub(crate) fn new() -> Self {
        Self::with(Contract::default())
    }

    /// Three clusters and two workspaces.
    pub(crate) fn with(contract: Contract) -> Self {
        let mut world = World::new(Setup {
            clusters: 3,
            workspaces: 2,
            contract,
            ..Setup::default()
        });
        let token = world.issue_token(Some("ws_1"));
        Self { world, now: 0, token }
    }

    /// The default contract with some switches changed.
    pub(crate) fn switched(switches: Value) -> Self {
        Self::with(Contract::default().with(switches.as_object().unwrap()).unwrap())
    }

    pub(crate) fn request(&self, method: &str, target: &str) -> WireRequest {
        WireRequest::new(method, target).with_header("authorization", &format!("Bearer {}", self.token))
    }

    /// A PATCH with an etag and a body.
    pub(crate) fn patch(&self, target: &str, etag: &str, body: Value) -> WireRequest {
        self.request("PATCH", target)
            .with_header("if-match", etag)
            .with_body(body.to_string())
    }

    /// What becomes of a request that is not held.
    pub(crate) fn send(&mut self, request: &WireRequest) -> Verdict {
        match self.world.handle(self.now, request) {
            Step::Done(verdict) => verdict,
            Step::Held { .. } => panic!("held"),
        }
    }

    pub(crate) fn get(&mut self, target: &str) -> Verdict {
        let request = self.request("GET", target);
        self.send(&request)
    }

    /// A PATCH of `clu_1` with an idempotency key.
    pub(crate) fn keyed(&mut self, key: &str, etag: &str, body: Value) -> Verdict {
        let request = self
            .patch("/v1/clusters/clu_1", etag, body)
            .with_header("idempotency-key", key);
        self.send(&request)
    }

    pub(crate) fn rename(&mut self, etag: &str, name: &str) -> Verdict {
        let request = self.patch("/v1/clusters/clu_1", etag, json!({ "name": name }));
        self.send(&request)
    }

    /// A request without a body, under an etag if one is given.
    pub(crate) fn bare(&mut self, method: &str, target: &str, etag: Option<&str>) -> Verdict {
        let mut request = self.request(method, target);
        if let Some(etag) = etag {
            request = request.with_header("if-match", etag);
        }
        self.send(&request)
    }

    /// A POST with a body, and with a key if one is given.
    pub(crate) fn post(&mut self, target: &str, key: Option<&str>, body: &Value) -> Verdict {
        let mut request = self.request("POST", target).with_body(body.to_string());
        if let Some(key) = key {
            request = request.with_header("idempotency-key", key);
        }
        self.send(&request)
    }

    /// Creates a cluster.
    pub(crate) fn create(&mut self, name: &str) -> Verdict {
        self.post("/v1/clusters", None, &json!({"name": name, "region_id": "reg_1"}))
    }

    /// Creates a cluster under a key.
    pub(crate) fn create_keyed(&mut self, key: &str, name: &str) -> Verdict {
        let body = json!({"name": name, "region_id": "reg_1"});
        self.post("/v1/clusters", Some(key), &body)
    }

    /// The ids that a list shows.
    pub(crate) fn listed(&mut self, target: &str) -> Vec<String> {
        let page = self.get(target).answer.json();
        let items = page["data"].as_array().cloned().unwrap_or_default();
        items
            .iter()
            .filter_map(|item| Some(item["id"].as_str()?.to_owned()))
            .collect()
    }

    pub(crate) fn history(&mut self) -> Vec<Version> {
        self.world.history(self.now, Kind::Cluster, "clu_1").unwrap()
    }

    pub(crate) fn current(&mut self) -> Version {
        self.history().pop().unwrap()
    }
}

/// Status, and the etag that a refusal names.
pub(crate) fn refused(verdict: &Verdict) -> (u16, Value) {
    let answer = verdict.answer.json();
    (
        verdict.answer.status,
        answer["errors"][0]["metadata"]["current_etag"].clone(),
    )
}

/// The id of what an effect made.
pub(crate) fn created(verdict: &Verdict) -> String {
    match &verdict.effect {
        Effect::Created(creation) => creation.id.clone(),
        other => panic!("{other:?}"),
    }
}

/// The version that an effect made.
pub(crate) fn applied(verdict: &Verdict) -> u64 {
    match &verdict.effect {
        Effect::Applied { version, .. } => *version,
        other => panic!("{other:?}"),
    }
}
