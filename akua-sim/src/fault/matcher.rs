//! Which requests a fault or a script meets, and how often.

use akua_model::ResourceKind as Kind;
use serde::{Deserialize, Serialize};

use crate::create::Create;
use crate::launch::Launch;
use crate::route::Route;

/// Which requests are meant: all that agree with every property given; all requests, if none is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Matcher {
    /// The verb, in capitals or not.
    pub method: Option<String>,
    /// The path as it stands on the wire, without the query.
    pub path: Option<String>,
    /// Requests about this kind of resource: lists and single ones.
    pub kind: Option<Kind>,
    /// Requests about the resource with this id (decoded).
    pub id: Option<String>,
    /// Requests that are this write, however their path writes the colon.
    pub launch: Option<Launch>,
    /// Requests that are this write, however their path writes the colon.
    pub create: Option<Create>,
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

    /// Requests that are this write.
    #[must_use]
    pub fn launch(launch: Launch) -> Self {
        Self {
            launch: Some(launch),
            ..Self::default()
        }
    }

    /// Requests that make something new so.
    #[must_use]
    pub fn create(create: Create) -> Self {
        Self {
            create: Some(create),
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
        self.method
            .as_deref()
            .is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
            && self.path.as_deref().is_none_or(|wanted| wanted == path)
            && self
                .kind
                .is_none_or(|wanted| route.is_some_and(|route| route.kind == wanted))
            && self
                .id
                .as_deref()
                .is_none_or(|wanted| route.is_some_and(|route| route.id.as_deref() == Some(wanted)))
            && self
                .launch
                .is_none_or(|wanted| route.is_some_and(|route| route.launch(method) == Some(wanted)))
            && self
                .create
                .is_none_or(|wanted| route.is_some_and(|route| route.create(method) == Some(wanted)))
    }
}

/// Why no request could ever agree with `matching`, or none be met so often.
pub(crate) fn problem(matching: &Matcher, nth: Option<u64>, times: Times, percent: Option<u8>) -> Option<&'static str> {
    let method = matching.method.as_deref();
    let route = matching.path.as_deref().map(|path| Route::parse(method, path));
    let is_elsewhere = |route: &Route| {
        matching.kind.is_some_and(|kind| kind != route.kind)
            || matching.id.is_some() && matching.id.as_deref() != route.id.as_deref()
            || matching
                .launch
                .is_some_and(|launch| route.launch(launch.method()) != Some(launch))
            || matching
                .create
                .is_some_and(|create| route.create("POST") != Some(create))
    };
    if nth == Some(0) {
        Some("`nth` counts from 1")
    } else if percent.is_some_and(|percent| percent > 100) {
        Some("`percent` is 0 to 100")
    } else if times == Times::Count(0) {
        Some("`times` is 1 or more, or \"forever\"")
    } else if method.is_some_and(|method| !METHODS.iter().any(|known| known.eq_ignore_ascii_case(method))) {
        Some("`match.method` is a method of HTTP, such as \"PATCH\"")
    } else if matching.path.as_deref().is_some_and(|path| !is_path(path)) {
        Some(
            "`match.path` is a path as it stands on the wire, such as \"/v1/clusters/clu_1\": without the query, and encoded",
        )
    } else if matching.id.as_deref() == Some("") {
        Some("`match.id` is empty")
    } else if matching.launch.is_some_and(|launch| {
        matching.kind.is_some_and(|kind| kind != launch.kind())
            || method.is_some_and(|method| !method.eq_ignore_ascii_case(launch.method()))
    }) {
        Some("`match.launch` has another method or is about another kind")
    } else if matching.create.is_some_and(|create| {
        matching.kind.is_some_and(|kind| kind != create.kind())
            || method.is_some_and(|method| !method.eq_ignore_ascii_case("POST"))
            || matching.id.is_some()
            || matching.launch.is_some()
    }) {
        Some("`match.create` is a POST of its kind, has no id yet, and is no launch")
    } else {
        let about_resources =
            matching.kind.is_some() || matching.id.is_some() || matching.launch.is_some() || matching.create.is_some();
        match route {
            Some(Some(route)) if is_elsewhere(&route) => {
                Some("`match.path` is not that of `match.kind`, `match.id`, `match.launch` and `match.create`")
            }
            Some(None) if about_resources => Some("`match.path` is that of no kind and no id"),
            _ => None,
        }
    }
}

const METHODS: [&str; 9] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE",
];

fn is_path(path: &str) -> bool {
    path.starts_with('/')
        && path
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'?' && byte != b'#')
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
