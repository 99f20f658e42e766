//! What this server knows of each kind beside its declaration, which has names and limits: an entry for a kind, a line for a
//! property.

use akua_model::ResourceKind as Kind;
use serde_json::{Map, Value};

use crate::contract::{Contract, CreatedAt};

/// A switch of the contract.
type Switch = fn(&Contract) -> bool;

/// What this server does with a kind.
pub(crate) struct Table {
    /// Ids begin with it: `clu` gives `clu_1`. Cursors too.
    pub(crate) prefix: &'static str,
    /// The number in the first etag of the first one, so that etags of different kinds differ.
    pub(crate) first_etag: u64,
    /// Whether it is a workspace: it belongs to itself, and a broad token sees each of them.
    pub(crate) is_workspace: bool,
    /// Whether idempotency keys count.
    pub(crate) takes_key: bool,
    /// The status for invalid properties.
    pub(crate) invalid: fn(&Contract) -> u16,
    /// The properties of one that was just made, in JSON; `{n}` is its number. What isn't here has no value.
    begins: &'static [(&'static str, &'static str)],
    /// What answers show besides: texts in which `{n}` is its number and `{workspace}` the one it belongs to.
    made: &'static [(&'static str, &'static str, Switch)],
    /// What answers show only if that is switched on; of an object's property as `plan.tier`.
    optional: &'static [(&'static str, Switch)],
    /// A write of one of these makes it work on itself for a while.
    pub(crate) reconciles: &'static [&'static str],
    /// It can't be changed while this property has this value.
    pub(crate) fixed: Option<(&'static str, &'static str)>,
    /// Whether times are RFC 3339 texts; else Unix seconds.
    created_at: fn(&Contract) -> CreatedAt,
    /// Whether one can be read by its id; else it stands in lists alone.
    pub(crate) can_be_read: bool,
    /// Whether there is a `PATCH`.
    pub(crate) can_be_changed: bool,
    /// The properties by which a list can be narrowed: all of them are sent or none.
    pub(crate) filters: &'static [&'static str],
    /// Whether a list begins with the newest.
    pub(crate) newest_first: bool,
    /// What lists leave out.
    pub(crate) not_listed: &'static [&'static str],
    /// Makes what follows from the rest, of what an answer is to show.
    completed: fn(&mut Map<String, Value>),
}

/// What can be changed, and has nothing more to it.
const PLAIN: Table = Table {
    prefix: "",
    first_etag: 0,
    is_workspace: false,
    takes_key: false,
    invalid: |_| 400,
    begins: &[],
    made: &[],
    optional: &[],
    reconciles: &[],
    fixed: None,
    created_at: |_| CreatedAt::Unix,
    can_be_read: true,
    can_be_changed: true,
    filters: &[],
    newest_first: false,
    not_listed: &[],
    completed: |_| (),
};

const CLUSTER: Table = Table {
    prefix: "clu",
    first_etag: 42,
    takes_key: true,
    invalid: |contract| contract.invalid_cluster,
    begins: &[
        ("name", r#""cluster {n}""#),
        ("state", r#""active""#),
        ("provider", r#""managed_kaas""#),
        ("reconciling", "false"),
        ("region_id", r#""reg_first""#),
    ],
    made: &[
        ("workspace_id", "{workspace}", |_| true),
        ("html_url", "https://akua.dev/clusters/{n}", |contract| {
            contract.html_url
        }),
    ],
    reconciles: &["region_id", "kubeconfig", "provider"],
    fixed: Some(("state", "deleting")),
    ..PLAIN
};

const WORKSPACE: Table = Table {
    prefix: "ws",
    first_etag: 8,
    is_workspace: true,
    invalid: |contract| contract.invalid_workspace,
    begins: &[
        ("name", r#""workspace {n}""#),
        ("slug", r#""workspace-{n}""#),
        ("plan", r#"{"tier":"free","billed_by":"platform"}"#),
        ("workspace_class", r#""standard""#),
    ],
    optional: &[
        ("workspace_class", |contract| contract.workspace_class),
        ("plan.billed_by", |contract| contract.billed_by),
    ],
    created_at: |contract| contract.workspace_created_at,
    ..PLAIN
};

const OPERATION: Table = Table {
    prefix: "op",
    first_etag: 900,
    begins: &[
        ("state", r#""RUNNING""#),
        ("owner_type", r#""cluster""#),
        ("owner_id", r#""clu_{n}""#),
        ("metadata", r#"{"type":"cluster.suspend","cluster_id":"clu_{n}"}"#),
        (
            "steps",
            r#"[{"name":"drain","status":"running","execution_type":"system","started_at":1700000000,"completed_at":null,
                "error_message":null,"retryable":false,"skippable":false}]"#,
        ),
    ],
    made: &[
        ("workspace_id", "{workspace}", |_| true),
        ("html_url", "https://akua.dev/operations/{n}", |_| true),
    ],
    can_be_changed: false,
    filters: &["owner_type", "owner_id"],
    newest_first: true,
    not_listed: &["steps"],
    completed: operation,
    ..PLAIN
};

const REGION: Table = Table {
    prefix: "reg",
    first_etag: 700,
    begins: &[("name", r#""region {n}""#)],
    can_be_read: false,
    can_be_changed: false,
    completed: region,
    ..PLAIN
};

const WORKER_BOOTSTRAP: Table = Table {
    prefix: "wbs",
    first_etag: 300,
    begins: &[("cluster_id", r#""clu_1""#)],
    can_be_changed: false,
    completed: worker_bootstrap,
    ..PLAIN
};

/// Of a bootstrap no more is documented than its id and its etag.
fn worker_bootstrap(shown: &mut Map<String, Value>) {
    for name in ["cluster_id", "created_at", "updated_at"] {
        shown.remove(name);
    }
}

/// A region has neither a version that is told apart nor times.
fn region(shown: &mut Map<String, Value>) {
    for name in ["etag", "created_at", "updated_at"] {
        shown.remove(name);
    }
}

/// An operation has no version that is told apart, and times of its own; what has no value is `null`.
fn operation(shown: &mut Map<String, Value>) {
    let done = shown.get("state").is_some_and(|state| state != "RUNNING");
    shown.remove("etag");
    let (began, ended) = (shown.remove("created_at"), shown.remove("updated_at"));
    let mut usual = |name: &str, value: Option<Value>| {
        shown.entry(name).or_insert(value.unwrap_or_default());
    };
    usual("done", Some(done.into()));
    usual("started_at", began);
    usual("completed_at", ended.filter(|_| done));
    for name in [
        "organization_id",
        "parent_operation_id",
        "response",
        "error",
        "last_error",
    ] {
        usual(name, None);
    }
}

/// What this server does with the kind.
pub(crate) fn table(kind: Kind) -> &'static Table {
    match kind {
        Kind::Cluster => &CLUSTER,
        Kind::Workspace => &WORKSPACE,
        Kind::Operation => &OPERATION,
        Kind::Region => &REGION,
        Kind::WorkerBootstrap => &WORKER_BOOTSTRAP,
        Kind::ClusterComputeSettings | Kind::ClusterCapabilities => &PLAIN,
    }
}

/// The kinds of which there are many, each with a list and ids of its own. What there is one of for each cluster is no such
/// kind: see `compute_settings.rs` and `capabilities.rs`.
pub(crate) fn stored() -> impl Iterator<Item = Kind> + Clone {
    Kind::ALL.iter().copied().filter(|kind| kind.is_listed())
}

impl Table {
    /// What one holds that was just made.
    pub(crate) fn beginning(&self, number: u64) -> Map<String, Value> {
        let value = |json: &str| serde_json::from_str(&json.replace("{n}", &number.to_string())).unwrap_or_default();
        let properties = self.begins.iter();
        properties
            .map(|(name, json)| ((*name).to_owned(), value(json)))
            .collect()
    }

    /// Makes what is stored into what an answer shows.
    pub(crate) fn show(&self, shown: &mut Map<String, Value>, number: u64, workspace: &str, contract: &Contract) {
        for (name, text, switch) in self.made {
            if switch(contract) && !shown.contains_key(*name) {
                let text = text
                    .replace("{n}", &number.to_string())
                    .replace("{workspace}", workspace);
                shown.insert((*name).to_owned(), text.into());
            }
        }
        for (path, _) in self.optional.iter().filter(|(_, switch)| !switch(contract)) {
            match path.split_once('.') {
                None => drop(shown.remove(*path)),
                Some((outer, inner)) => {
                    let object = shown.get_mut(outer).and_then(Value::as_object_mut);
                    object.and_then(|object| object.remove(inner));
                }
            }
        }
        if (self.created_at)(contract) == CreatedAt::Rfc3339 {
            let seconds = shown.get("created_at").and_then(Value::as_i64);
            if let Some(time) = seconds.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok()) {
                shown.insert("created_at".to_owned(), time.to_string().into());
            }
        }
        (self.completed)(shown);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_is_json_and_has_declared_properties_only() {
        for kind in stored() {
            let beginning = table(kind).beginning(7);
            for (name, value) in &beginning {
                assert!(!value.is_null(), "{name}");
                let is_declared = kind.properties().iter().any(|property| property.name == name);
                assert!(is_declared || kind.below() == Some(name), "{name}");
            }
        }
    }

    #[test]
    fn no_two_kinds_share_ids_or_etags() {
        for (one, two) in stored().zip(stored().skip(1)) {
            assert_ne!(table(one).prefix, table(two).prefix);
            assert_ne!(table(one).first_etag, table(two).first_etag);
        }
    }
}
