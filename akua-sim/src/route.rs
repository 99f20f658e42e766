//! From a path to what it addresses.

use akua_model::ResourceKind as Kind;

use crate::create::Create;
use crate::kind::stored;
use crate::launch::Launch;
use crate::wire::percent_decoded;

/// What a path addresses: a list, one resource, or something of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) kind: Kind,
    /// `None`: the list.
    pub(crate) id: Option<String>,
    pub(crate) part: Part,
}

/// What of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// All of it.
    Itself,
    /// A write after its id, such as `:suspend`.
    Launch(Launch),
    /// A write after the collection: `:import`.
    Create(Create),
    /// `:wait`
    Wait,
    /// `/capabilities`
    Capabilities,
    /// `/kubeconfig`
    Kubeconfig,
    /// `/compute_settings`
    ComputeSettings,
}

impl Route {
    /// The route of a path as it stands on the wire. An id is exactly one segment, decoded once; a colon may be encoded or
    /// not. Only a `POST`, or a method that is not known, has an action after the id: in any other the colon is the id's, and
    /// after a collection nothing.
    pub(crate) fn parse(method: Option<&str>, path: &str) -> Option<Self> {
        let is_posted = method.is_none_or(|method| method.eq_ignore_ascii_case("POST"));
        let mut below = stored().filter_map(|kind| Some((kind, path.strip_prefix(kind.path())?)));
        if is_posted && let Some((kind, create)) = below.clone().find_map(of_collection) {
            return Some(Self {
                kind,
                id: None,
                part: Part::Create(create),
            });
        }
        let (kind, rest) = below.find(|(_, rest)| rest.is_empty() || rest.starts_with('/'))?;
        let (id, part) = match rest.strip_prefix('/') {
            None => (None, Part::Itself),
            Some(rest) => {
                let (segment, below) = match rest.split_once('/') {
                    None => (rest, None),
                    Some((segment, below)) => (segment, Some(percent_decoded(below)?)),
                };
                let id = percent_decoded(segment)?;
                let (id, part) = match below {
                    None if is_posted => with_action(kind, id),
                    None => (id, Part::Itself),
                    Some(below) => (id, below_cluster(kind, &below)?),
                };
                if id.is_empty() {
                    return None;
                }
                (Some(id), part)
            }
        };
        Some(Self { kind, id, part })
    }

    /// The write that a request with this method is, if it is one that starts or ends an operation.
    pub(crate) fn launch(&self, method: &str) -> Option<Launch> {
        match (self.part, &self.id) {
            (Part::Launch(launch), _) if method == "POST" => Some(launch),
            (Part::Itself, Some(_)) if method == "DELETE" => Launch::delete_of(self.kind),
            _ => None,
        }
    }

    /// The write that a request with this method is, if it is one that makes something new.
    pub(crate) fn create(&self, method: &str) -> Option<Create> {
        match (self.part, &self.id) {
            (Part::Create(create), _) if method == "POST" => Some(create),
            (Part::Itself, None) if method == "POST" => Create::in_collection(self.kind),
            _ => None,
        }
    }
}

/// The create that a colon and a word after the path of a collection are.
fn of_collection((kind, rest): (Kind, &str)) -> Option<(Kind, Create)> {
    let rest = percent_decoded(rest)?;
    Some((kind, Create::by_action(kind, rest.strip_prefix(':')?)?))
}

/// An id without the action after it.
fn with_action(kind: Kind, mut id: String) -> (String, Part) {
    let word = id.rsplit_once(':').map(|(_, word)| word);
    let part = match (kind, word) {
        (Kind::Cluster, Some("suspend")) => Part::Launch(Launch::SuspendCluster),
        (Kind::Cluster, Some("resume")) => Part::Launch(Launch::ResumeCluster),
        (Kind::Operation, Some("cancel")) => Part::Launch(Launch::CancelOperation),
        (Kind::Operation, Some("wait")) => Part::Wait,
        _ => return (id, Part::Itself),
    };
    id.truncate(id.rfind(':').unwrap_or(id.len()));
    (id, part)
}

/// What stands below a cluster.
fn below_cluster(kind: Kind, below: &str) -> Option<Part> {
    match below {
        _ if kind != Kind::Cluster => None,
        "capabilities" => Some(Part::Capabilities),
        "capabilities:refresh" => Some(Part::Launch(Launch::RefreshCapabilities)),
        "kubeconfig" => Some(Part::Kubeconfig),
        "compute_settings" => Some(Part::ComputeSettings),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(path: &str) -> Option<Route> {
        Route::parse(Some("GET"), path)
    }

    #[test]
    fn an_id_is_one_segment() {
        let id = |path| get(path).and_then(|route| route.id);
        assert_eq!(
            get("/v1/clusters"),
            Some(Route {
                kind: Kind::Cluster,
                id: None,
                part: Part::Itself
            })
        );
        assert_eq!(id("/v1/workspaces/ws_1").as_deref(), Some("ws_1"));
        assert_eq!(id("/v1/clusters/a%2Fb").as_deref(), Some("a/b"));
        assert_eq!(id("/v1/clusters/..%2Fx").as_deref(), Some("../x"));
        for other in [
            "/",
            "/v1",
            "/v1/",
            "/v1/clusters/",
            "/v1/clusters/a/b",
            "/v1/machines",
            "/v2/clusters",
            "/v1/clusters/%",
            "/v1/clusters/%zz",
            "/v1/clusters/%ff",
            "/v1/clusters//capabilities",
            "/v1/clusters/a/capabilities/",
            "/v1/workspaces/ws_1/kubeconfig",
        ] {
            assert_eq!(get(other), None, "{other}");
        }
    }

    #[test]
    fn a_colon_may_be_encoded() {
        let posted = |path: &str| {
            let route = Route::parse(Some("POST"), path)?;
            Some((route.id?, route.part))
        };
        let suspend = Part::Launch(Launch::SuspendCluster);
        let refresh = Part::Launch(Launch::RefreshCapabilities);
        for colon in [":", "%3A", "%3a"] {
            for (path, id, part) in [
                ("clusters/clu_1:suspend", "clu_1", suspend),
                ("clusters/a%3Ab:suspend", "a:b", suspend),
                ("clusters/a%3Asuspend:suspend", "a:suspend", suspend),
                ("clusters/clu_1/capabilities:refresh", "clu_1", refresh),
                ("operations/op_1:cancel", "op_1", Part::Launch(Launch::CancelOperation)),
                ("operations/op_1:wait", "op_1", Part::Wait),
            ] {
                let path = format!("/v1/{}", path.replace(':', colon));
                assert_eq!(posted(&path), Some((id.to_owned(), part)), "{path}");
            }
        }
        assert_eq!(posted("/v1/clusters/:suspend"), None);
        for colon in [":", "%3A", "%3a"] {
            let path = format!("/v1/clusters{colon}import");
            let route = Route::parse(Some("POST"), &path);
            let import = Some(Create::ImportCluster);
            assert_eq!(route.and_then(|route| route.create("POST")), import, "{path}");
            assert_eq!(get(&path), None);
        }
        for path in ["/v1/workspaces:import", "/v1/clusters:Import", "/v1/clusters:"] {
            assert_eq!(Route::parse(Some("POST"), path), None, "{path}");
        }
        // What is no action is the id's.
        for path in ["/v1/clusters/clu_1:Suspend", "/v1/operations/op_1:suspend"] {
            assert_eq!(posted(path).map(|(_, part)| part), Some(Part::Itself), "{path}");
        }
        let read = get("/v1/clusters/clu_1:suspend").and_then(|route| route.id);
        assert_eq!(read.as_deref(), Some("clu_1:suspend"));
    }
}
