//! The etag of a resource version, and the precondition made of it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::limits;
use crate::newtype::text_newtype;
use crate::printable::Printable;
use crate::property::Presence;
use crate::validation::header_problem;
use crate::value::{Showing, Shown, Value};

/// The etag of a resource version as an answer gave it: opaque, compared by exact code points.
///
/// Any text is kept here, because no limit is documented for answers. Only when it is to guard a write
/// must it be one that a header can carry: [`Etag::if_match`] tells.
///
/// ```
/// use akua_model::Etag;
/// let etag = Etag::from("42");
/// assert_eq!(etag.if_match()?.as_str(), "42");
/// assert!(Etag::from("*").if_match().is_err());
/// # Ok::<(), akua_model::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Etag(String);

impl Etag {
    /// The etag, verbatim.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The etag as it is shown to a person.
    pub(crate) fn printable(&self) -> Printable<'_> {
        Printable(&self.0)
    }

    /// The etag without what HTTP may put around it: `W/"42"` and `"42"` are `42`.
    fn bare(&self) -> &str {
        let strong = self.0.strip_prefix("W/").unwrap_or(&self.0);
        let inner = strong.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        inner.filter(|inner| !inner.is_empty()).unwrap_or(&self.0)
    }

    /// Whether both are the same version's, but for what HTTP may put around an etag: quotes, or the mark of a weak one.
    ///
    /// ```
    /// use akua_model::Etag;
    /// assert!(Etag::from("42").means(&Etag::from("W/\"42\"")));
    /// ```
    #[must_use]
    pub fn means(&self, other: &Self) -> bool {
        self.bare() == other.bare()
    }

    /// The precondition "only if the resource still has this etag".
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) if the etag is empty, `*`, longer than 256 code
    /// points, or has a character that a header can't carry verbatim. Nothing was sent.
    pub fn if_match(&self) -> Result<IfMatch, Error> {
        IfMatch::try_from(self.as_str())
    }
}

impl From<&str> for Etag {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Etag {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&IfMatch> for Etag {
    fn from(value: &IfMatch) -> Self {
        Self(value.as_str().to_owned())
    }
}

impl fmt::Display for Etag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Showing for Etag {
    fn shown(&self, _: Presence) -> Shown<Value<'_>> {
        Shown::Is(Value::Text(&self.0))
    }
}

text_newtype! {
    /// The precondition of a write: the etag last read, sent back verbatim as `if-match`.
    ///
    /// 1 to 256 code points of printable ASCII; no quotes are added or removed. The empty text, `*` and a list of several
    /// are refused: they would switch the protection against lost updates off, or widen it.
    ///
    /// ```
    /// use akua_model::IfMatch;
    /// let if_match: IfMatch = "42".parse()?;
    /// assert!("".parse::<IfMatch>().is_err());
    /// # Ok::<(), akua_model::Error>(())
    /// ```
    IfMatch, "if-match", |text| match text {
        "" => Some("is empty (read the resource and pass its etag)".to_owned()),
        "*" => Some("is `*`, which would overwrite any version (read the resource and pass its etag)".to_owned()),
        _ if is_list(text) => Some("has a comma outside of quotes, so it would be sent as a list (pass the one etag last read)".to_owned()),
        _ => header_problem(text, limits::IF_MATCH),
    }
}

/// Whether a header of this value names more than one etag, or could be taken to (RFC 9110, 13.1.1).
fn is_list(text: &str) -> bool {
    let bare = text.strip_prefix("W/").unwrap_or(text);
    let inner = bare.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    text.contains(',') && inner.is_none_or(|inner| inner.contains('"'))
}

text_newtype! {
    /// A caller's key for one write, sent as `idempotency-key`: 1 to 64 code points of printable ASCII.
    ///
    /// It may help a server to recognise a repeat. How it is used is up to each endpoint, so nothing
    /// here relies on it alone, and a 200 can be the replay of an earlier call with the same key.
    IdempotencyKey, "idempotency-key", |text| header_problem(text, limits::IDEMPOTENCY_KEY)
}

text_newtype! {
    /// The workspace that a call is about, sent as `akua-context`: 1 to 53 code points of printable ASCII.
    ///
    /// Only broad tokens need it; a workspace's own token implies its workspace.
    WorkspaceContext, "akua-context", |text| header_problem(text, limits::WORKSPACE_ID)
}
