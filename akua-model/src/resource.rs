//! What clusters and workspaces have in common: an id, an etag, fields that can be written.

use std::fmt;
use std::hash::Hash;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde::ser::{SerializeMap, Serializer};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::error::Error;
use crate::etag::Etag;
use crate::timestamp::Timestamp;

/// A field that can be written, as the API names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Field {
    /// The property on the wire.
    pub name: &'static str,
    /// Whether answers leave it out, so that nobody can read back what was written.
    pub write_only: bool,
    /// Whether its value must never be shown.
    pub secret: bool,
}

impl Field {
    pub(crate) const fn readable(name: &'static str) -> Self {
        Self {
            name,
            write_only: false,
            secret: false,
        }
    }

    pub(crate) const fn write_only(name: &'static str, secret: bool) -> Self {
        Self {
            name,
            write_only: true,
            secret,
        }
    }
}

/// One field of a patch with the value it is to have. `Debug` hides the value of a secret.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Assignment<'a> {
    /// The field.
    pub field: &'static Field,
    /// Its wanted value. It may be a secret: see [`Field::secret`].
    pub value: &'a str,
}

impl fmt::Debug for Assignment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} = {:?}",
            self.field.name,
            if self.field.secret { "(secret)" } else { self.value }
        )
    }
}

pub(crate) mod sealed {
    pub trait Sealed {}
}

/// A resource that can be read and updated under its etag: [`Cluster`](crate::Cluster) or
/// [`Workspace`](crate::Workspace). Nothing else implements it.
pub trait Resource: sealed::Sealed + Clone + fmt::Debug + PartialEq + Serialize + DeserializeOwned {
    /// Its id.
    type Id: Clone + fmt::Debug + fmt::Display + Eq + Hash + AsRef<str> + DeserializeOwned;
    /// A change of some of its fields.
    type Patch: Patch;

    /// The word for one of it in messages, such as `cluster`.
    const NOUN: &'static str;
    /// The path of all of it, such as `/v1/clusters`.
    const COLLECTION: &'static str;
    /// The path of one of it with the id left open, such as `/v1/clusters/{id}`.
    const ROUTE: &'static str;
    /// Every field that can be written, in the order of the documentation.
    const FIELDS: &'static [Field];
    /// Whether `PATCH` takes an `idempotency-key` header.
    const TAKES_IDEMPOTENCY_KEY: bool;

    /// The id.
    fn id(&self) -> &Self::Id;
    /// The etag of the version that was read.
    fn etag(&self) -> &Etag;
    /// When that version was made, by the server's clock.
    fn updated_at(&self) -> &Timestamp;
    /// The value of a writable field as it was read; `None` if answers leave that field out.
    fn value(&self, field: &Field) -> Option<&str>;
}

/// So many fields can be written in a resource.
pub(crate) const MOST_FIELDS: usize = 4;

/// A change of at least one field, valid by construction.
pub trait Patch: sealed::Sealed + Clone + fmt::Debug + PartialEq {
    /// The fields it sets with their values, in the order of the documentation. Never empty.
    fn assignments(&self) -> Vec<Assignment<'_>> {
        self.each_field().into_iter().flatten().collect()
    }

    /// The same in place, a field that is not set being `None`.
    #[doc(hidden)]
    fn each_field(&self) -> [Option<Assignment<'_>>; MOST_FIELDS];

    /// The patch that sets these properties.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) if a property is not known, a value breaks its limit, or
    /// there is none. Nothing was sent.
    fn from_values(values: &[(&str, &str)]) -> Result<Self, Error>;
}

/// The JSON body that carries `patch`. It may hold a secret, so its memory is wiped on drop.
pub(crate) fn body(patch: &impl Patch) -> Zeroizing<Vec<u8>> {
    struct Body<'a>([Option<Assignment<'a>>; MOST_FIELDS]);

    impl Serialize for Body<'_> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut map = serializer.serialize_map(None)?;
            for assignment in self.0.iter().flatten() {
                map.serialize_entry(assignment.field.name, assignment.value)?;
            }
            map.end()
        }
    }

    // JSON escapes a byte into six at most. Reserved at once, so that no grown buffer leaves a copy behind.
    let fields = patch.each_field();
    let room = fields
        .iter()
        .flatten()
        .map(|a| a.field.name.len() + a.value.len() * 6 + 8)
        .sum::<usize>();
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    // Writing strings into a vector has no way to fail; were it otherwise, the body would be cut off and refused.
    let _ = serde_json::to_writer(&mut *bytes, &Body(fields));
    bytes
}

/// The properties of an answer that this version does not know, kept so that they survive a round trip.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(from = "Map<String, Value>")]
pub struct Unknown(Map<String, Value>);

impl Unknown {
    /// The properties with their values.
    #[must_use]
    pub fn as_map(&self) -> &Map<String, Value> {
        &self.0
    }
}

impl From<Map<String, Value>> for Unknown {
    /// A kubeconfig is known and never part of an answer: should a server send one, it is not kept.
    fn from(mut map: Map<String, Value>) -> Self {
        map.remove("kubeconfig");
        Self(map)
    }
}
