//! What this server knows of each kind beside its declaration, which has names and limits: an entry for a kind, a line for a
//! property.

use akua_model::{Resource, ResourceKind as Kind, with_kind};
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
    /// Texts that no two of them share.
    pub(crate) unique: &'static [&'static str],
    /// It can't be changed while this property has this value.
    pub(crate) fixed: Option<(&'static str, &'static str)>,
    /// Whether times are RFC 3339 texts; else Unix seconds.
    created_at: fn(&Contract) -> CreatedAt,
}

const CLUSTER: Table = Table {
    prefix: "clu",
    first_etag: 42,
    is_workspace: false,
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
    optional: &[],
    reconciles: &["region_id", "kubeconfig", "provider"],
    unique: &[],
    fixed: Some(("state", "deleting")),
    created_at: |_| CreatedAt::Unix,
};

const WORKSPACE: Table = Table {
    prefix: "ws",
    first_etag: 8,
    is_workspace: true,
    takes_key: false,
    invalid: |contract| contract.invalid_workspace,
    begins: &[
        ("name", r#""workspace {n}""#),
        ("slug", r#""workspace-{n}""#),
        ("plan", r#"{"tier":"free","billed_by":"platform"}"#),
        ("workspace_class", r#""standard""#),
    ],
    made: &[],
    optional: &[
        ("workspace_class", |contract| contract.workspace_class),
        ("plan.billed_by", |contract| contract.billed_by),
    ],
    reconciles: &[],
    unique: &["slug"],
    fixed: None,
    created_at: |contract| contract.workspace_created_at,
};

/// What this server does with the kind.
pub(crate) fn table(kind: Kind) -> &'static Table {
    match kind {
        Kind::Cluster => &CLUSTER,
        Kind::Workspace => &WORKSPACE,
    }
}

/// The word for all of a kind, such as `clusters`: the last part of its path.
pub(crate) fn plural(kind: Kind) -> &'static str {
    let path = with_kind!(kind, R => <R as Resource>::COLLECTION);
    path.rsplit('/').next().unwrap_or(path)
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
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_is_json_and_has_declared_properties_only() {
        for kind in Kind::ALL {
            let beginning = table(*kind).beginning(7);
            for (name, value) in &beginning {
                assert!(!value.is_null(), "{name}");
                assert!(kind.properties().iter().any(|property| property.name == name), "{name}");
            }
        }
    }

    #[test]
    fn no_two_kinds_share_ids_or_etags() {
        for (one, two) in Kind::ALL.iter().zip(Kind::ALL.iter().skip(1)) {
            assert_ne!(table(*one).prefix, table(*two).prefix);
            assert_ne!(table(*one).first_etag, table(*two).first_etag);
        }
    }
}
