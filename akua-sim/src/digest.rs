//! SHA-256, as hexadecimal text: what is kept of a secret or a body in place of itself.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// What the simulator remembers of a secret: enough to tell whether two are the same, not what it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fingerprint {
    /// SHA-256 of the UTF-8 bytes, 64 hexadecimal digits in lower case.
    pub sha256: String,
    /// How many bytes there were.
    pub bytes: usize,
}

impl Fingerprint {
    /// The fingerprint of `secret`.
    ///
    /// ```
    /// let print = akua_sim::Fingerprint::of(b"apiVersion: v1");
    /// assert_eq!((print.bytes, print.sha256.len()), (14, 64));
    /// ```
    #[must_use]
    pub fn of(secret: &[u8]) -> Self {
        Self {
            sha256: sha256_hex(&[secret]),
            bytes: secret.len(),
        }
    }
}

/// SHA-256 over the parts, each preceded by its length, so that no two lists of parts give the same bytes;
/// over the bare bytes if there is one part only.
pub(crate) fn sha256_hex(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        if parts.len() > 1 {
            hash.update((part.len() as u64).to_be_bytes());
        }
        hash.update(part);
    }
    hash.finalize()
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            // Writing to a String does not fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}
