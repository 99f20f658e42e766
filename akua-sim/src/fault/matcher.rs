//! Which requests a fault or a script meets, and how often.

use akua_model::ResourceKind as Kind;
use serde::{Deserialize, Serialize};

use crate::route::Route;

/// Which requests are meant: all that agree with every property given; all requests, if none is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Matcher {
    /// The verb, in capitals.
    pub method: Option<String>,
    /// The path as it stands on the wire, without the query.
    pub path: Option<String>,
    /// Requests about this kind of resource: lists and single ones.
    pub kind: Option<Kind>,
    /// Requests about the resource with this id (decoded).
    pub id: Option<String>,
}

impl Matcher {
    /// Requests with this verb.
    #[must_use]
    pub fn method(method: &str) -> Self {
        Self {
            method: Some(method.to_owned()),
            ..Self::default()
        }
    }

    /// Only those about this resource.
    #[must_use]
    pub fn of(mut self, kind: Kind, id: &str) -> Self {
        (self.kind, self.id) = (Some(kind), Some(id.to_owned()));
        self
    }

    pub(crate) fn matches(&self, method: &str, path: &str, route: Option<&Route>) -> bool {
        self.method.as_deref().is_none_or(|wanted| wanted == method)
            && self.path.as_deref().is_none_or(|wanted| wanted == path)
            && self
                .kind
                .is_none_or(|wanted| route.is_some_and(|route| route.kind == wanted))
            && self
                .id
                .as_deref()
                .is_none_or(|wanted| route.is_some_and(|route| route.id.as_deref() == Some(wanted)))
    }
}

/// How often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, expecting = "expected a number or \"forever\"")]
pub enum Times {
    /// So many times.
    Count(u64),
    /// Until it is removed.
    Forever(Forever),
}

/// The word `forever`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Forever {
    /// `"forever"`
    Forever,
}

impl Default for Times {
    fn default() -> Self {
        Self::Count(1)
    }
}
