//! From a path to what it addresses.

use akua_model::ResourceKind as Kind;

use crate::create::Create;
use crate::kind::stored;
use crate::launch::Launch;
use crate::wire::percent_decoded;

/// What the collection below a cluster is called.
const BOOTSTRAPS: &str = "worker_bootstraps";

/// What a path addresses: a list, one resource, or something of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) kind: Kind,
    /// The id of the cluster that it stands below, if it stands below one.
    pub(crate) below: Option<String>,
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
                below: None,
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
                if kind == Kind::Cluster
                    && let Some(rest) = rest
                        .split_once('/')
                        .and_then(|(_, below)| below.strip_prefix(BOOTSTRAPS))
                {
                    return Self::of_bootstraps(is_posted, id, rest);
                }
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
        Some(Self {
            kind,
            below: None,
            id,
            part,
        })
    }

    /// The route of what stands below a cluster as its worker bootstraps do: `rest` is what follows their word.
    fn of_bootstraps(is_posted: bool, cluster: String, rest: &str) -> Option<Self> {
        let kind = Kind::WorkerBootstrap;
        let (id, part) = match rest.strip_prefix('/') {
            None if rest.is_empty() => (None, Part::Itself),
            Some(segment) if !segment.is_empty() && !segment.contains('/') => {
                let id = percent_decoded(segment)?;
                let (id, part) = if is_posted {
                    with_action(kind, id)
                } else {
                    (id, Part::Itself)
                };
                (Some(Some(id).filter(|id| !id.is_empty())?), part)
            }
            _ => return None,
        };
        Some(Self {
            kind,
            below: Some(Some(cluster).filter(|id| !id.is_empty())?),
            id,
            part,
        })
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
        (Kind::WorkerBootstrap, Some("revoke")) => Part::Launch(Launch::RevokeWorkerBootstrap),
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
                below: None,
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
            "/v1/workspaces/ws_1/worker_bootstraps",
            "/v1/clusters//worker_bootstraps",
            "/v1/clusters/a/worker_bootstraps/",
            "/v1/clusters/a/worker_bootstrapsx",
            "/v1/clusters/a/worker_bootstraps/b/c",
        ] {
            assert_eq!(get(other), None, "{other}");
        }
    }

    #[test]
    fn two_ids_address_what_stands_below_a_cluster() {
        let path = "/v1/clusters/clu%2F1/worker_bootstraps";
        let told = |method, rest: &str| {
            let route = Route::parse(Some(method), &format!("{path}{rest}"))?;
            Some((route.kind, route.below?, route.id, route.part))
        };
        let below = |id: Option<&str>, part| {
            let id = id.map(str::to_owned);
            Some((Kind::WorkerBootstrap, "clu/1".to_owned(), id, part))
        };
        assert_eq!(told("GET", ""), below(None, Part::Itself));
        let create = Route::parse(Some("POST"), path).and_then(|route| route.create("POST"));
        assert_eq!(create, Some(Create::CreateWorkerBootstrap));
        assert_eq!(told("GET", "/w%2F1"), below(Some("w/1"), Part::Itself));
        let revoke = Part::Launch(Launch::RevokeWorkerBootstrap);
        assert_eq!(told("POST", "/w%3A1%3Arevoke"), below(Some("w:1"), revoke));
        assert_eq!(told("POST", "/:revoke"), None);
        assert_eq!(told("GET", "/w:revoke"), below(Some("w:revoke"), Part::Itself));
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
