//! The resume token: everything another call needs to settle a write of which nobody knows the end.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::clock::SinceBoot;
use crate::error::Error;
use crate::kind::ResourceKind;
use crate::property::Property;
use crate::resource::Assignment;

/// The version of the token's form and of the body's encoding.
const PREFIX: &str = "akua-resume-1";
/// That of launches and operations.
pub(super) const SECOND: &str = "akua-resume-2";
const KNOWN: [&str; 2] = [PREFIX, SECOND];
const FAMILY: &str = "akua-resume-";
const FIELD: &str = "resume-token";

/// What is needed to settle a write later, in another call, process or language.
///
/// A printable ASCII text, to be kept as it is. It holds the service, the context, the resource's kind and id,
/// the etag, the key, the time of the first sending, the values that were wanted and what calls have heard of the etag
/// since: plain values such as names stand in it readably. A secret stands in it as a salted hash and must be supplied again.
///
/// ```
/// use akua_model::edit::ResumeToken;
/// let error = "akua-resume-9.e30.00".parse::<ResumeToken>().unwrap_err();
/// assert!(error.to_string().contains("newer version"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ResumeToken(pub(crate) Content);

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Content {
    /// Compared with the client's, never used as a destination.
    pub(crate) origin: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) context: Option<String>,
    pub(crate) kind: String,
    pub(crate) id: String,
    pub(crate) if_match: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<String>,
    /// Unix milliseconds.
    pub(crate) first_sent: i64,
    /// Wanted values, secrets as salted hashes.
    pub(crate) values: Vec<(String, String)>,
    /// What the caller had seen of those fields: `null` where there was no value, nothing where none could be read.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) base: BTreeMap<String, Option<String>>,
    /// The same moment by the clock that counts sleep: which start of the machine, and milliseconds since then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) first_sent_since_boot: Option<(String, i64)>,
    #[serde(default, skip_serializing_if = "Evidence::is_empty")]
    pub(crate) evidence: Evidence,
    pub(crate) salt: String,
    /// Of the body with its secrets as salted hashes.
    pub(crate) body: String,
}

/// What earlier calls have heard of the resource's etag since the write was first sent: the facts, so that each call
/// draws its own conclusions from its own contract. Etags that differ from the one that guards the write.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Evidence {
    /// Named as current by a 409 to this write.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) named: Vec<String>,
    /// Named so, and shown by a read that was begun afterwards.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) confirmed: Vec<String>,
    /// Shown by a read that was begun after the write was sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) read: Vec<String>,
}

impl Evidence {
    fn is_empty(&self) -> bool {
        self.named.is_empty() && self.confirmed.is_empty() && self.read.is_empty()
    }
}

impl ResumeToken {
    /// The [name](ResourceKind::name) of the resource's kind, such as `cluster`.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.0.kind
    }

    /// Whether a secret was written, which has to be given again.
    #[must_use]
    pub fn needs_secrets(&self) -> bool {
        let kind = ResourceKind::ALL.iter().find(|kind| kind.name() == self.kind());
        let fields = kind.map_or(&[][..], |kind| kind.fields());
        let written = |field: &&Property| self.0.values.iter().any(|(name, _)| name == field.name);
        fields.iter().filter(written).any(Property::is_secret)
    }

    /// Whether both are about the same write. What calls have heard since may make their texts differ: the later token
    /// knows more.
    #[must_use]
    pub fn is_of_same_write(&self, other: &Self) -> bool {
        let write = |token: &Self| Content {
            evidence: Evidence::default(),
            ..token.0.clone()
        };
        write(self) == write(other)
    }

    pub(super) fn first_sent_since_boot(&self) -> Option<SinceBoot> {
        self.0.first_sent_since_boot.as_ref().and_then(SinceBoot::from_token)
    }

    /// When the write was first sent, in Unix milliseconds.
    #[must_use]
    pub fn first_sent(&self) -> i64 {
        self.0.first_sent
    }
}

/// What every token tells of the call that it is of.
macro_rules! about {
    ($Token:ident) => {
        impl $Token {
            /// The id of the resource, or of the operation that was to be cancelled.
            #[must_use]
            pub fn id(&self) -> &str {
                &self.0.id
            }

            /// The service that it was meant for.
            #[must_use]
            pub fn origin(&self) -> &str {
                &self.0.origin
            }

            /// The workspace context that it was sent with.
            #[must_use]
            pub fn context(&self) -> Option<&str> {
                self.0.context.as_deref()
            }
        }
    };
}
pub(super) use about;

about!(ResumeToken);

/// The salted hash of `secret`.
pub(crate) fn salted(salt: &str, secret: &str) -> String {
    hex(
        &Sha256::new()
            .chain_update(salt)
            .chain_update([0])
            .chain_update(secret)
            .finalize(),
        32,
    )
}

/// `assignments` as a token holds them: secrets as salted hashes.
pub(crate) fn frozen(assignments: &[Assignment<'_>], salt: &str) -> Vec<(String, String)> {
    let value = |a: &Assignment<'_>| {
        let text = a.value.to_text();
        if a.field.is_secret() {
            salted(salt, &text)
        } else {
            text.into_owned()
        }
    };
    assignments
        .iter()
        .map(|a| (a.field.name.to_owned(), value(a)))
        .collect()
}

/// The digest of the body that carries `values`, in the encoding of this version.
pub(crate) fn body_digest(values: &[(String, String)]) -> String {
    let mut digest = Sha256::new();
    for (name, value) in values {
        // Lengths before texts, so that no two bodies read alike; as wide on every machine.
        for text in [name, value] {
            digest = digest
                .chain_update((text.len() as u64).to_be_bytes())
                .chain_update(text);
        }
    }
    hex(&digest.finalize(), 16)
}

fn checksum(text: &str) -> String {
    hex(&Sha256::digest(text), 4)
}

/// The first `bytes` bytes in hexadecimal digits.
pub(crate) fn hex(digest: &[u8], bytes: usize) -> String {
    digest.iter().take(bytes).map(|byte| format!("{byte:02x}")).collect()
}

/// Writes a token: its version, its content and a checksum of that.
pub(super) fn write(f: &mut fmt::Formatter<'_>, prefix: &str, content: &impl Serialize) -> fmt::Result {
    let json = serde_json::to_string(content).map_err(|_| fmt::Error)?;
    let text = URL_SAFE_NO_PAD.encode(json);
    write!(f, "{prefix}.{text}.{}", checksum(&text))
}

impl fmt::Display for ResumeToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(f, PREFIX, &self.0)
    }
}

impl FromStr for ResumeToken {
    type Err = Error;

    fn from_str(token: &str) -> Result<Self, Error> {
        read(token, PREFIX).map(Self)
    }
}

/// Reads what [`write`] has written.
pub(super) fn read<C: DeserializeOwned>(token: &str, wanted: &str) -> Result<C, Error> {
    let refuse = |message: &str| Error::invalid(FIELD, message);
    let mut parts = token.trim().split('.');
    let (Some(prefix), Some(text), Some(sum), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return Err(refuse(
            "is not a resume token (it has three parts with dots between them)",
        ));
    };
    if prefix != wanted {
        let newer = prefix.starts_with(FAMILY);
        return Err(refuse(if newer && KNOWN.contains(&prefix) {
            "is of another kind of call (edits, launches and operations have tokens of their own)"
        } else if newer {
            "is of a newer version (use the version of this library that made it, or a later one)"
        } else {
            "is not a resume token (it begins with akua-resume-)"
        }));
    }
    if sum != checksum(text) {
        return Err(refuse("is damaged (its checksum does not fit: copy all of it)"));
    }
    let json = URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|_| refuse("is damaged (it is not base64url)"))?;
    serde_json::from_slice(&json).map_err(|_| refuse("has another content than this version writes"))
}
