//! What all kinds have in common: an id, an etag, properties, of which some can be written.

use std::collections::BTreeMap;
use std::fmt;
use std::hash::Hash;
use std::str::FromStr;

use serde::Serialize;
use serde::de::{self, Deserialize, DeserializeOwned, MapAccess};
use serde::ser::{SerializeMap, Serializer};
use zeroize::Zeroizing;

use crate::error::Error;
use crate::etag::Etag;
use crate::kind::ResourceKind;
use crate::page::Page;
use crate::property::Property;
use crate::raw::Json;
use crate::timestamp::Timestamp;
use crate::value::{Properties, Shown, Value};

/// One field of a patch with the value it is to have. `Debug` hides the value of a secret.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Assignment<'a> {
    /// Which of [`Declared::FIELDS`] it is.
    pub index: usize,
    /// The field.
    pub field: &'static Property,
    /// Its wanted value. It may be a secret: see [`Property::is_secret`].
    pub value: Value<'a>,
}

impl<'a> Assignment<'a> {
    /// The name and the value by which a body sets it.
    fn written(&self) -> (&'static str, Value<'a>) {
        match self.field.written {
            None => (self.field.name, self.value),
            Some(flag) => (flag.name, Value::Flag(self.value.as_text() == Some(flag.set_for))),
        }
    }
}

impl fmt::Debug for Assignment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.field.name;
        if self.field.is_secret() {
            write!(f, "{name} = \"(secret)\"")
        } else {
            write!(f, "{name} = {:?}", self.value)
        }
    }
}

pub(crate) mod sealed {
    pub trait Sealed {}
}

/// A kind of resource. Every kind is declared in `api.rs`; nothing else implements it.
pub trait Declared: sealed::Sealed + Properties + Clone + PartialEq + Serialize + DeserializeOwned + 'static {
    /// Its id.
    type Id: Clone
        + fmt::Debug
        + fmt::Display
        + Eq
        + Hash
        + AsRef<str>
        + FromStr<Err = Error>
        + DeserializeOwned
        + Send
        + Sync
        + 'static;

    /// Which kind it is.
    const KIND: ResourceKind;
    /// The word for one of it in messages, such as `cluster`.
    const NOUN: &'static str;
    /// The property that is its id: `id`, or, of what there is one of for each cluster, `cluster_id`; of what stands below a
    /// cluster, `full_id`.
    const ID: &'static str;
    /// What it stands below, if its id begins with the id of that and a `/`: the property that a list and a new one take it by,
    /// such as `cluster_id`. Answers show what is behind that alone, as `id`; the whole is added to what they show.
    const BELOW: Option<&'static str> = None;
    /// Whether answers show the id. Where they don't, it is the one that was asked for, and is added to what they show.
    const ANSWERS_SHOW_ID: bool;
    /// Every property, in the order of the declaration.
    const PROPERTIES: &'static [Property];
    /// Every property that can be written, in the same order. A field is one of these. Empty if none can.
    const FIELDS: &'static [Property];

    /// The id.
    fn id(&self) -> &Self::Id;

    /// What the JSON object `body` shows.
    ///
    /// # Errors
    ///
    /// [`Decode`](crate::ErrorKind::Decode), naming what is missing or of the wrong type.
    #[doc(hidden)]
    fn read(body: &[u8]) -> Result<Self, Error>;

    /// The page of a list that `body` is, if it is what servers usually write.
    #[doc(hidden)]
    fn read_usual_page(body: &[u8]) -> Option<Page<Self>>;

    /// What that version shows of a property.
    fn value(&self, property: &Property) -> Shown<Value<'_>> {
        self.shown(property.name)
    }
}

/// A kind of which a list can be read, such as a [`Cluster`](crate::Cluster).
pub trait Listed: Declared {
    /// The path of all of it, such as `/v1/clusters`; of what stands [below](Declared::BELOW) something the id of that is left
    /// open.
    const COLLECTION: &'static str;
    /// The properties by which a list can be narrowed: all of them are given or none. Empty if it can't. The one that it stands
    /// [below](Declared::BELOW) has to be given.
    const FILTERS: &'static [&'static str];
}

/// A kind of which one can be read by its id, such as an [`Operation`](crate::Operation).
pub trait Readable: Declared {
    /// The path of one of it with the id left open, such as `/v1/clusters/{id}`. Of what stands [below](Declared::BELOW) something
    /// both ids are.
    const ROUTE: &'static str;
}

/// A kind whose versions an etag tells apart, so that it can guard a write: what can be updated, and a
/// [`WorkerBootstrap`](crate::WorkerBootstrap), which can be revoked.
pub trait Versioned: Readable {
    /// The etag of the version that was read.
    fn etag(&self) -> &Etag;
}

/// A resource that can be read and updated under its etag, such as a [`Cluster`](crate::Cluster).
pub trait Resource: Versioned {
    /// A change of some of its fields.
    type Patch: Patch;

    /// Whether `PATCH` takes an `idempotency-key` header.
    const TAKES_IDEMPOTENCY_KEY: bool;

    /// When that version was made, by the server's clock.
    fn updated_at(&self) -> &Timestamp;
}

/// A change of at least one field, valid by construction.
pub trait Patch: sealed::Sealed + Clone + fmt::Debug + PartialEq + Send + Sync + 'static {
    /// Every field that it may set, in the order of the declaration.
    const FIELDS: &'static [Property];

    /// The fields it sets with their values, in the order of the declaration. Never empty.
    fn assignments(&self) -> Vec<Assignment<'_>> {
        let mut assignments = Vec::new();
        self.each_field(&mut |assignment| assignments.push(assignment));
        assignments
    }

    /// The same without a list.
    #[doc(hidden)]
    fn each_field<'a>(&'a self, each: &mut dyn FnMut(Assignment<'a>));

    /// The patch that sets these properties.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) if a property is not known, a value has another type or breaks
    /// its limit, or there is none. Nothing was sent.
    fn from_values(values: &[(&str, Value<'_>)]) -> Result<Self, Error>;

    /// The patch that sets these properties, each value as the text that [`Value::to_text`] gives.
    ///
    /// # Errors
    ///
    /// As [`from_values`](Self::from_values).
    fn from_texts(values: &[(&str, &str)]) -> Result<Self, Error>;
}

/// The JSON body that carries `patch` without what stands `below` in the path. It may hold a secret, so its memory is wiped on
/// drop.
pub(crate) fn body(patch: &impl Patch, below: Option<&'static str>) -> Zeroizing<Vec<u8>> {
    struct Body<'a, P>(&'a P, Option<&'static str>);

    impl<P: Patch> Serialize for Body<'_, P> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut map = serializer.serialize_map(None)?;
            let mut result = Ok(());
            self.0.each_field(&mut |assignment| {
                if result.is_ok() && self.1 != Some(assignment.field.name) {
                    let (name, value) = assignment.written();
                    result = map.serialize_entry(name, &value);
                }
            });
            result?;
            map.end()
        }
    }

    // JSON escapes a byte into six at most. Reserved at once, so that no grown buffer leaves a copy behind.
    let mut room = 0;
    patch.each_field(&mut |a| {
        let length = a.value.as_text().map_or(24, str::len);
        room += a.written().0.len() + length * 6 + 8;
    });
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    // Writing strings into a vector has no way to fail; were it otherwise, the body would be cut off and refused.
    let _ = serde_json::to_writer(&mut *bytes, &Body(patch, below));
    bytes
}

/// Reads the value of a known property, which may stand there once. One function for all properties of a type: kinds that have many
/// would be large otherwise.
#[inline(never)]
pub(crate) fn read_into<'de, T: Deserialize<'de>, A: MapAccess<'de>>(
    slot: &mut Option<T>,
    name: &'static str,
    map: &mut A,
) -> Result<(), A::Error> {
    if slot.is_some() {
        return Err(de::Error::duplicate_field(name));
    }
    *slot = Some(map.next_value()?);
    Ok(())
}

/// The properties of an answer that this version does not know, each as it was written, so that all of them survive a round
/// trip, even those that no number or text can hold. Only a name that is no Unicode makes an answer unreadable.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Unknown(BTreeMap<String, Json>);

impl Unknown {
    /// The properties with their values.
    #[must_use]
    pub fn as_map(&self) -> &BTreeMap<String, Json> {
        &self.0
    }

    pub(crate) fn insert(&mut self, name: &str, value: Json) {
        self.0.insert(name.to_owned(), value);
    }
}
