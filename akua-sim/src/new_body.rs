//! Reads the body of a create as the server does: what is missing, unknown, null, of the wrong type or out of its limits is
//! refused, everything that is wrong at once.

use akua_model::limits::Limit;
use akua_model::property::Property;
use serde_json::{Map, Value};

use crate::change::Change;
use crate::contract::Contract;
use crate::create::Create;
use crate::kind::table;
use crate::patch::{self, Problem};
use crate::refusal::Refusal;

/// How the machines of a cluster may be connected. The first one is the usual.
const PROFILES: [&str; 2] = ["linux_cilium", MIXED];
/// The one that a workspace needs leave for.
const MIXED: &str = "mixed_os_calico";
const PROFILE: &str = "network_profile";
/// How long a bootstrap may last, in seconds.
const TTL: &str = "ttl_seconds";
const LASTS: std::ops::RangeInclusive<u64> = 60..=86400;

/// What a body asks to be made, with secrets as fingerprints.
pub(crate) fn read(create: Create, body: &[u8], contract: &Contract) -> Result<Change, Refusal> {
    let properties = patch::object(body)?;
    let known = |name: &String| {
        create
            .required()
            .iter()
            .chain(create.optional())
            .any(|each| each == name)
    };
    let mut problems: Vec<Problem<'_>> = properties
        .iter()
        .filter_map(|(name, value)| {
            let is_known = known(name);
            let text = match is_known {
                true => problem(create, name, value, contract)?,
                false => "Unknown property".to_owned(),
            };
            Some(Problem { name, is_known, text })
        })
        .collect();
    let missing = create.required().iter().filter(|name| !properties.contains_key(**name));
    problems.extend(missing.map(|name| Problem {
        name,
        is_known: true,
        text: "Expected string, received undefined".to_owned(),
    }));
    patch::refused((table(create.kind()).invalid)(contract), &problems, contract)?;
    Ok(content(create, properties))
}

/// What is wrong with a property that a body may have, if anything.
fn problem(create: Create, name: &str, value: &Value, contract: &Contract) -> Option<String> {
    if name == PROFILE {
        let is_one = value.as_str().is_some_and(|text| PROFILES.contains(&text));
        return (!is_one).then(|| format!("Expected one of {}", PROFILES.join(", ")));
    }
    if name == TTL {
        let is_one = value.as_u64().is_some_and(|seconds| LASTS.contains(&seconds));
        return (!is_one).then(|| format!("Expected a number of {} to {}", LASTS.start(), LASTS.end()));
    }
    let declared = create.kind().fields().iter().find(|field| field.name == name)?;
    patch::problem(declared, limit(create, declared, contract), value, contract)
}

fn limit(create: Create, property: &Property, contract: &Contract) -> Limit {
    match (create, property.name, contract.create_name_length) {
        (Create::CreateCluster, "name", (min, max)) => Limit::new(min, max),
        _ => property.limit,
    }
}

fn content(create: Create, mut properties: Map<String, Value>) -> Change {
    let profile = properties.remove(PROFILE);
    let ttl = properties.remove(TTL);
    let mut content = Change::of(create.kind(), properties);
    // Nobody says that an answer shows it.
    content.hidden.extend(ttl.map(|ttl| (TTL.to_owned(), ttl)));
    if create == Create::CreateCluster {
        // No answer shows it.
        let usual = || PROFILES.first().copied().into();
        content.hidden.insert(PROFILE.to_owned(), profile.unwrap_or_else(usual));
    }
    content
}

/// Whether a cluster is asked for that needs leave.
pub(crate) fn is_mixed(content: &Change) -> bool {
    content.hidden.get(PROFILE).and_then(Value::as_str) == Some(MIXED)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;
    use crate::digest::Fingerprint;

    fn paths(create: Create, body: &str, contract: &Contract) -> Vec<Value> {
        let refused = read(create, body.as_bytes(), contract).err();
        let answer = refused
            .map(|refusal| refusal.answer(contract).json())
            .unwrap_or_default();
        let errors = answer["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|error| error["path"][1].clone()).collect()
    }

    #[test]
    fn each_wrong_property_is_named() {
        let contract = Contract::default();
        let (cluster, import, workspace) = (Create::CreateCluster, Create::ImportCluster, Create::CreateWorkspace);
        let bootstrap = Create::CreateWorkerBootstrap;
        let long = json!({"name": "é".repeat(101), "region_id": "r".repeat(55)}).to_string();
        for (create, body, wrong) in [
            (cluster, "", vec!["name", "region_id"]),
            (cluster, "null", vec!["name", "region_id"]),
            (cluster, r#"{"name":null,"region_id":7}"#, vec!["name", "region_id"]),
            (cluster, long.as_str(), vec!["name", "region_id"]),
            (cluster, r#"{"name":"n","region_id":""}"#, vec!["region_id"]),
            (
                cluster,
                r#"{"name":"n","region_id":"r","kubeconfig":"k"}"#,
                vec!["kubeconfig"],
            ),
            (
                cluster,
                r#"{"name":"n","region_id":"r","provider":"managed_kaas"}"#,
                vec!["provider"],
            ),
            (
                cluster,
                r#"{"name":"n","region_id":"r","network_profile":"ipv4"}"#,
                vec!["network_profile"],
            ),
            (import, r#"{"name":"n","region_id":"r"}"#, vec!["kubeconfig"]),
            (
                import,
                r#"{"name":"n","region_id":"r","kubeconfig":""}"#,
                vec!["kubeconfig"],
            ),
            (
                import,
                r#"{"name":"n","region_id":"r","kubeconfig":"k","slug":"s"}"#,
                vec!["slug"],
            ),
            (workspace, "{}", vec!["name"]),
            (workspace, r#"{"name":"n","slug":"ab"}"#, vec!["slug"]),
            (workspace, r#"{"name":"n","region_id":"r"}"#, vec!["region_id"]),
            (bootstrap, r#"{"ttl_seconds":59}"#, vec!["ttl_seconds"]),
            (bootstrap, r#"{"ttl_seconds":86401}"#, vec!["ttl_seconds"]),
            (bootstrap, r#"{"ttl_seconds":"60"}"#, vec!["ttl_seconds"]),
            (
                bootstrap,
                r#"{"ttl_seconds":60,"cluster_id":"clu_1"}"#,
                vec!["cluster_id"],
            ),
            (bootstrap, r#"{"ttl_seconds":86400}"#, vec![]),
            (bootstrap, "", vec![]),
        ] {
            assert_eq!(paths(create, body, &contract), wrong, "{body}");
        }
        let refusal = read(workspace, b"{}", &contract).unwrap_err();
        assert_eq!(refusal.status(), 422);
        let message = refusal.answer(&contract).json()["errors"][0]["message"].clone();
        assert_eq!(message, "Expected string, received undefined");
        assert_eq!(read(cluster, b"{}", &contract).unwrap_err().status(), 400);
        assert_eq!(read(cluster, b"[]", &contract).unwrap_err().status(), 400);
    }

    #[test]
    fn the_length_of_a_new_clusters_name_is_a_switch() {
        let contract = Contract {
            create_name_length: (2, 32),
            inner_paths: true,
            ..Contract::default()
        };
        for (length, is_refused) in [(1, true), (2, false), (32, false), (33, true)] {
            let body = json!({"name": "n".repeat(length), "region_id": "r", "kubeconfig": "k"});
            let mut cluster = body.clone();
            cluster.as_object_mut().unwrap().remove("kubeconfig");
            let refused = paths(Create::CreateCluster, &cluster.to_string(), &contract);
            assert_eq!(refused.len(), usize::from(is_refused), "{length}");
            // An import keeps to what is declared.
            assert_eq!(paths(Create::ImportCluster, &body.to_string(), &contract), [""; 0]);
        }
        assert_eq!(
            paths(Create::CreateCluster, r#"{"name":"name"}"#, &contract),
            ["regionId"]
        );
    }

    #[test]
    fn a_kubeconfig_is_kept_as_a_fingerprint_only() {
        let body = br#"{"name":"n","region_id":"r","kubeconfig":"marker"}"#;
        let content = read(Create::ImportCluster, body, &Contract::default()).unwrap();
        assert_eq!(content.hidden["kubeconfig"], json!(Fingerprint::of(b"marker")));
        assert!(!format!("{content:?}").contains("marker"));
        let broken = read(Create::ImportCluster, br#"{"kubeconfig":"marker"#, &Contract::default());
        assert!(!format!("{broken:?}").contains("marker"));
    }

    #[test]
    fn a_network_profile_is_kept_and_not_shown() {
        let read = |body: &[u8]| read(Create::CreateCluster, body, &Contract::default()).unwrap();
        let usual = read(br#"{"name":"n","region_id":"r"}"#);
        assert_eq!(
            (&usual.hidden["network_profile"], is_mixed(&usual)),
            (&json!("linux_cilium"), false)
        );
        let mixed = read(br#"{"name":"n","region_id":"r","network_profile":"mixed_os_calico"}"#);
        assert!(is_mixed(&mixed) && !mixed.set.contains_key("network_profile"));
    }
}
