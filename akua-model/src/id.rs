//! Ids: each becomes exactly one path segment and can't address anything else.

use crate::error::Error;
use crate::limits::{self, Limit};
use crate::newtype::text_newtype;
use crate::property::Property;
use crate::validation::length_message;
use crate::value::Value;
use crate::writable::Writable;

text_newtype! {
    /// The id of a cluster: 1 to 54 code points. The prefix `clu_` is usual and not checked.
    ///
    /// Refused are `.` and `..`, control characters, and `/` `\` `%` `:`: some server on the way
    /// could read another address into them. Everything else is percent-encoded into one segment.
    ///
    /// ```
    /// use akua_model::ClusterId;
    /// let id: ClusterId = "clu_7h2k".parse()?;
    /// assert_eq!(id.as_str(), "clu_7h2k");
    /// assert!("../x".parse::<ClusterId>().is_err());
    /// # Ok::<(), akua_model::Error>(())
    /// ```
    ClusterId, "id", |text| id_problem(text, limits::CLUSTER_ID)
}

text_newtype! {
    /// The id of a workspace: 1 to 53 code points. The prefix `ws_` is usual and not checked.
    ///
    /// The same characters are refused as in a [`ClusterId`].
    WorkspaceId, "id", |text| id_problem(text, limits::WORKSPACE_ID)
}

text_newtype! {
    /// The id of an operation: 1 to 53 code points. The prefix `op_` is usual and not checked.
    ///
    /// The same characters are refused as in a [`ClusterId`].
    OperationId, "id", |text| id_problem(text, limits::OPERATION_ID)
}

text_newtype! {
    /// The id of a worker bootstrap: that of its cluster and its own, 1 to 54 code points each, with a `/` between them, such as
    /// `clu_1/wbs_1`. Two ids address one.
    ///
    /// The same characters are refused in each as in a [`ClusterId`].
    ///
    /// ```
    /// use akua_model::WorkerBootstrapId;
    /// let id = WorkerBootstrapId::new(&"clu_1".parse()?, "wbs_1")?;
    /// assert_eq!((id.as_str(), id.cluster(), id.own()), ("clu_1/wbs_1", "clu_1", "wbs_1"));
    /// assert!("wbs_1".parse::<WorkerBootstrapId>().is_err());
    /// # Ok::<(), akua_model::Error>(())
    /// ```
    WorkerBootstrapId, "id", |text| match text.split_once('/') {
        Some((cluster, own)) => {
            id_problem(cluster, limits::CLUSTER_ID).or_else(|| id_problem(own, limits::WORKER_BOOTSTRAP_ID))
        }
        None => Some("names no cluster (give both ids with a `/` between them, such as clu_1/wbs_1)".to_owned()),
    }
}

impl WorkerBootstrapId {
    /// That of the bootstrap `own` of a cluster.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) if `own` can't be an id. Nothing was sent.
    pub fn new(cluster: &ClusterId, own: &str) -> Result<Self, Error> {
        format!("{cluster}/{own}").parse()
    }

    /// The id of its cluster.
    #[must_use]
    pub fn cluster(&self) -> &str {
        self.parts().0
    }

    /// Its own id.
    #[must_use]
    pub fn own(&self) -> &str {
        self.parts().1
    }

    fn parts(&self) -> (&str, &str) {
        // Only what has a `/` gets in.
        self.as_str().split_once('/').unwrap_or((self.as_str(), ""))
    }
}

impl Writable for ClusterId {
    fn value(&self) -> Value<'_> {
        Value::Text(self.as_str())
    }

    fn take(value: Value<'_>) -> Option<Self> {
        value.as_text().and_then(|text| text.parse().ok())
    }

    fn refused(value: Value<'_>) -> Option<String> {
        value.as_text().and_then(Self::problem)
    }

    fn problem(&self, _: &Property) -> Option<String> {
        None
    }
}

pub(crate) fn id_problem(text: &str, limit: Limit) -> Option<String> {
    if !limit.allows(text) {
        return Some(length_message(text, limit));
    }
    if text == "." || text == ".." {
        return Some("is a relative path (give the id as the server wrote it)".to_owned());
    }
    if are_unreserved(text) {
        return None;
    }
    let bad = text
        .chars()
        .find(|c| c.is_control() || matches!(c, '/' | '\\' | '%' | ':'))?;
    Some(format!(
        "has the character {bad:?} (it could address something else: give the id as the server wrote it)"
    ))
}

/// Whether all characters are unreserved: sixteen at once, of which the last sixteen may overlap those before.
fn are_unreserved(text: &str) -> bool {
    let sixteen = |bytes: &[u8; 16]| bytes.iter().fold(0, |bad, byte| bad | u8::from(!is_unreserved(*byte))) == 0;
    let bytes = text.as_bytes();
    match (bytes.as_chunks().0, bytes.last_chunk()) {
        (chunks, Some(last)) => chunks.iter().all(sixteen) && sixteen(last),
        (_, None) => bytes.iter().all(|byte| is_unreserved(*byte)),
    }
}

/// The unreserved characters of RFC 3986, which need no encoding and address nothing. Without branches, so that many
/// can be looked at at once.
fn is_unreserved(byte: u8) -> bool {
    let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
    let digit = byte.wrapping_sub(b'0') < 10;
    letter | digit | (byte == b'-') | (byte == b'_') | (byte == b'.') | (byte == b'~')
}

/// Appends `text` percent-encoded: all but the unreserved characters of RFC 3986.
pub(crate) fn push_encoded(out: &mut String, text: &str) {
    if are_unreserved(text) {
        return out.push_str(text);
    }
    for byte in text.bytes() {
        if is_unreserved(byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for digit in [byte >> 4, byte & 15] {
                out.push(
                    char::from_digit(u32::from(digit), 16)
                        .unwrap_or('0')
                        .to_ascii_uppercase(),
                );
            }
        }
    }
}
