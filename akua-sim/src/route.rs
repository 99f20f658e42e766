//! From a path to what it addresses.

use akua_model::{Listed, ResourceKind as Kind, with_kind};

use crate::wire::percent_decoded;

/// What a path addresses: a list, or one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) kind: Kind,
    /// `None`: the list.
    pub(crate) id: Option<String>,
}

impl Route {
    /// The route of a path as it stands on the wire. An id is exactly one segment, decoded once.
    pub(crate) fn parse(path: &str) -> Option<Self> {
        let all = Kind::ALL.iter();
        let (kind, rest) = all
            .filter_map(|kind| Some((*kind, path.strip_prefix(collection(*kind))?)))
            .find(|(_, rest)| rest.is_empty() || rest.starts_with('/'))?;
        let id = match rest.strip_prefix('/') {
            None => None,
            Some(segment) if segment.is_empty() || segment.contains('/') => return None,
            Some(segment) => Some(percent_decoded(segment)?),
        };
        Some(Self { kind, id })
    }
}

fn collection(kind: Kind) -> &'static str {
    with_kind!(kind, R => R::COLLECTION)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_one_segment() {
        let id = |path| Route::parse(path).and_then(|route| route.id);
        assert_eq!(
            Route::parse("/v1/clusters"),
            Some(Route {
                kind: Kind::Cluster,
                id: None
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
            "/v1/regions",
            "/v2/clusters",
            "/v1/clusters/%",
            "/v1/clusters/%zz",
            "/v1/clusters/%ff",
        ] {
            assert_eq!(Route::parse(other), None, "{other}");
        }
    }
}
