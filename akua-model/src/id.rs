//! Ids: each becomes exactly one path segment and can't address anything else.

use crate::limits::{self, Limit};
use crate::newtype::text_newtype;
use crate::validation::length_message;

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
