//! How a name of the API is written in each language, and how documentation of Rust reads elsewhere.

use akua_model::report::Kind;
use akua_model::{Resource, ResourceKind, with_kind};

/// The word for all of a kind, such as `clusters`: the last part of its path.
pub(crate) fn plural(kind: ResourceKind) -> &'static str {
    let path = with_kind!(kind, R => <R as Resource>::COLLECTION);
    path.rsplit('/').next().unwrap_or(path)
}

/// `region_id` as `RegionId`.
pub(crate) fn pascal(name: &str) -> String {
    name.split('_').map(capital).collect()
}

/// With a capital letter first.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

/// `region_id` as `REGION_ID`.
pub(crate) fn screaming(name: &str) -> String {
    name.to_uppercase()
}

/// The status of C for a kind of error, if a call of C can end with it.
pub(crate) fn c_status(kind: Kind) -> Option<String> {
    match kind {
        Kind::Ledger => None,
        Kind::Internal => Some("AKUA_PANIC".to_owned()),
        kind => Some(format!("AKUA_{}", screaming(kind.name()))),
    }
}

/// The Python exception of a kind of error, if there is one of its own.
pub(crate) fn python_error(kind: Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::Ok => return None,
        Kind::InvalidInput => "ValidationError",
        Kind::Configuration | Kind::Ledger => "ConfigurationError",
        Kind::Authentication => "AuthenticationError",
        Kind::PermissionDenied => "PermissionDeniedError",
        Kind::NotFound => "NotFoundError",
        Kind::Conflict | Kind::Superseded => "ConflictError",
        Kind::Rejected | Kind::Ignored => "RejectedError",
        Kind::RateLimited => "RateLimitedError",
        Kind::Server => "ServerError",
        Kind::Indeterminate => "IndeterminateError",
        Kind::UnexpectedAnswer | Kind::Decode => "DecodeError",
        Kind::Transport | Kind::Internal => "TransportError",
        Kind::Timeout => "TimeoutError",
        Kind::Cancelled => "CancelledError",
    })
}

/// Documentation of Rust for other readers: trimmed, and links within Rust as what they show.
pub(crate) fn plain(doc: &str) -> String {
    let mut text = String::new();
    let mut rest = doc.trim();
    while let Some((before, link)) = rest.split_once("[`") {
        let Some((shown, after)) = link.split_once("`]") else {
            break;
        };
        text.push_str(&format!("{before}`{shown}`"));
        rest = match after.strip_prefix('(') {
            Some(target) => target.split_once(')').map_or(after, |(_, after)| after),
            None => after,
        };
    }
    text + rest
}
