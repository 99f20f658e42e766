//! What all classes for something that an answer showed have in common, read from the declaration of each kind.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use akua_model::property::{Presence, Type};
use akua_model::{Declared, Json, Patch, Properties, Property, Resource, Shown, Unknown, Value};
use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyString, PyType};
use pyo3::{IntoPyObjectExt, intern};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::argument::{not_a, text_of};
use crate::attribute::Attribute;
use crate::secret::Secret;
use crate::{error, json, time};

/// What makes an object inside of a resource into one of the class of this name.
pub(crate) type Nested = for<'py> fn(Python<'py>, &str, &dyn Properties) -> PyResult<Bound<'py, PyAny>>;

/// How many texts of a resource its `repr` shows, before the etag.
const MOST_SHOWN: usize = 3;

/// A type of the model with the Python class around it: a resource, or an object inside of one.
pub(crate) trait ClassBinding:
    Properties + Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// The name of its Python class.
    const CLASS: &'static str;
    /// The word for one in messages.
    const WORD: &'static str;
    /// Its properties, in the order of the declaration.
    const TABLE: &'static [Property];

    /// It as a Python object.
    fn wrap(self, py: Python<'_>) -> PyResult<Py<PyAny>>;

    /// What is in `object`, if it is of the Python class.
    fn of<'a>(object: &'a Bound<'_, PyAny>) -> Option<&'a Self>;

    /// What the declaration doesn't know.
    fn unknown(&self) -> &Unknown;

    /// Where the names of its properties are kept as Python has them.
    fn names() -> &'static PyOnceLock<Vec<Py<PyString>>>;
}

/// A kind with its Python class.
pub(crate) trait KindBinding: ClassBinding + Declared {}

impl<R: ClassBinding + Declared> KindBinding for R {}

/// A kind of resource that can be changed, with its Python class.
pub(crate) trait ResourceBinding: KindBinding + Resource {}

impl<R: KindBinding + Resource> ResourceBinding for R {}

/// What a call is about: a version that the caller has seen, or just an id.
pub(crate) enum Subject<'a, R: KindBinding> {
    /// A version.
    Seen(&'a R),
    /// An id.
    Id(R::Id),
}

impl<'a, R: KindBinding> Subject<'a, R> {
    /// Reads the first argument of a call.
    pub(crate) fn of(object: &'a Bound<'_, PyAny>) -> PyResult<Self> {
        if let Some(seen) = R::of(object) {
            return Ok(Self::Seen(seen));
        }
        match object.cast::<PyString>() {
            Ok(id) => match text_of(id, "id")?.parse() {
                Ok(id) => Ok(Self::Id(id)),
                Err(problem) => Err(error::raise_model(object.py(), problem)),
            },
            Err(_) => Err(not_a(&format!("{} or its id as str", R::CLASS), object)),
        }
    }

    /// The id.
    pub(crate) fn id(&self) -> &R::Id {
        match self {
            Self::Seen(seen) => seen.id(),
            Self::Id(id) => id,
        }
    }
}

/// Gives the Python class an attribute for each property that answers show.
pub(crate) fn add_attributes<T: ClassBinding>(class: &Bound<'_, PyType>, nested: Nested) -> PyResult<()> {
    let id = id_property::<T>().map(|property| ("_id", property));
    let named = T::TABLE.iter().map(|property| (property.name, property));
    for (name, property) in named.filter(|(_, property)| property.read).chain(id) {
        if property.is_secret() {
            Attribute::add(class, name, property.doc.trim(), move |object| {
                secret::<T>(object, property)
            })?;
            continue;
        }
        Attribute::add(class, name, property.doc.trim(), move |object| {
            read::<T>(object, property, |py, value| attribute(py, property, value, nested))
        })?;
        if property.kind == Type::Time {
            let name = format!("{}_unix", property.name);
            let doc = "The same in Unix seconds, as the answer had it. Never an error.";
            Attribute::add(class, &name, doc, move |object| read::<T>(object, property, unix))?;
        }
    }
    Ok(())
}

/// A secret that this answer has shown; nothing but its `expose` shows it.
fn secret<'py, T: ClassBinding>(object: &Bound<'py, PyAny>, property: &Property) -> PyResult<Bound<'py, PyAny>> {
    let this = T::of(object).ok_or_else(|| not_a(T::CLASS, object))?;
    let secret = this.secret(property.name).cloned().map(Secret);
    secret.into_bound_py_any(object.py())
}

fn read<'py, T: ClassBinding>(
    object: &Bound<'py, PyAny>,
    property: &Property,
    made: impl FnOnce(Python<'py>, Value<'_>) -> PyResult<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = object.py();
    let this = T::of(object).ok_or_else(|| not_a(T::CLASS, object))?;
    match this.shown(property.name) {
        Shown::Is(value) => made(py, value),
        Shown::Absent | Shown::Unreadable => Ok(py.None().into_bound(py)),
    }
}

/// A value as an attribute has it.
fn attribute<'py>(
    py: Python<'py>,
    property: &Property,
    value: Value<'_>,
    nested: Nested,
) -> PyResult<Bound<'py, PyAny>> {
    match (property.kind, value) {
        (Type::Enumeration(_), Value::Text(text)) => error::member(py, property.type_name, text),
        (Type::Time, Value::Time(stamp)) => Ok(time::datetime(py, property.name, stamp)?.into_any()),
        (Type::Object(_), Value::Object(object)) => nested(py, property.type_name, object),
        (_, value) => plain(py, value),
    }
}

fn unix<'py>(py: Python<'py>, value: Value<'_>) -> PyResult<Bound<'py, PyAny>> {
    match value {
        Value::Time(stamp) => time::unix(py, stamp),
        other => plain(py, other),
    }
}

/// A value in plain types, as the answer had it.
fn plain<'py>(py: Python<'py>, value: Value<'_>) -> PyResult<Bound<'py, PyAny>> {
    match value {
        Value::Text(text) => text.into_bound_py_any(py),
        Value::Number(number) => number.into_bound_py_any(py),
        Value::Flag(flag) => flag.into_bound_py_any(py),
        Value::Time(stamp) => time::raw(py, stamp),
        Value::Json(value) => json::exactly(py, value),
        Value::Object(object) => json::exactly(py, &object.to_json()),
    }
}

/// Everything as the answer had it, in plain types.
pub(crate) fn to_dict<'py, T: ClassBinding>(py: Python<'py>, this: &T) -> PyResult<Bound<'py, PyDict>> {
    dict_of(py, this, |_, value| plain(py, value))
}

/// The same with times as `datetime`, where one can hold them: a row of a table.
pub(crate) fn row<'py, T: ClassBinding>(py: Python<'py>, this: &T) -> PyResult<Bound<'py, PyDict>> {
    dict_of(py, this, |property, value| match value {
        Value::Time(stamp) => match time::datetime(py, property.name, stamp) {
            Err(raised) if raised.is_instance_of::<PyOverflowError>(py) => time::raw(py, stamp),
            moment => moment.map(Bound::into_any),
        },
        value => plain(py, value),
    })
}

fn dict_of<'py, T: ClassBinding>(
    py: Python<'py>,
    this: &T,
    shown: impl Fn(&Property, Value<'_>) -> PyResult<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyDict>> {
    let names = T::names().get_or_init(py, || {
        let name = |property: &Property| PyString::intern(py, property.name).unbind();
        T::TABLE.iter().map(name).collect()
    });
    let dict = PyDict::new(py);
    for (property, name) in T::TABLE.iter().zip(names).filter(|(property, _)| property.read) {
        match this.shown(property.name) {
            Shown::Is(value) => dict.set_item(name, shown(property, value)?)?,
            Shown::Absent if property.presence == Presence::Nullable => dict.set_item(name, py.None())?,
            Shown::Absent | Shown::Unreadable => {}
        }
    }
    json::add_unknown(&dict, this.unknown())?;
    Ok(dict)
}

/// All of it as JSON text.
pub(crate) fn to_json<T: ClassBinding>(this: &T) -> String {
    // It is made of texts, numbers and maps of them: there is always a text for it.
    serde_json::to_string(this).unwrap_or_default()
}

/// What `properties` describes, as an answer would.
pub(crate) fn from_dict<T: ClassBinding>(properties: &Bound<'_, PyDict>) -> PyResult<T> {
    from_json(properties.py(), T::WORD, &json::from_python(properties)?)
}

/// A copy with `changes` in it.
pub(crate) fn replaced<T: ClassBinding>(py: Python<'_>, this: &T, changes: Option<&Bound<'_, PyDict>>) -> PyResult<T> {
    let dict = to_dict(py, this)?;
    if let Some(changes) = changes {
        dict.update(changes.as_mapping())?;
    }
    from_dict(&dict)
}

/// What `json` describes, as an answer would.
pub(crate) fn from_json<T: DeserializeOwned>(py: Python<'_>, what: &str, json: &Json) -> PyResult<T> {
    akua_model::from_json(json.as_str())
        .map_err(|problem| error::invalid(py, what, &format!("can't be made: {problem}")))
}

/// What `value` describes.
pub(crate) fn from_value<T: DeserializeOwned>(py: Python<'_>, what: &str, value: serde_json::Value) -> PyResult<T> {
    serde_json::from_value(value).map_err(|problem| error::invalid(py, what, &format!("can't be made: {problem}")))
}

/// The fields in which `wanted` differs from `current`; an error if one of them can't be written.
pub(crate) fn difference<R: ResourceBinding>(py: Python<'_>, current: &R, wanted: &R) -> PyResult<Option<R::Patch>> {
    let writable: Vec<_> = R::FIELDS.iter().filter(|field| !field.is_write_only()).collect();
    let members = |of: &R| of.to_json().parse::<BTreeMap<String, Json>>().unwrap_or_default();
    let before = members(current);
    for (name, value) in &members(wanted) {
        let known = writable.iter().any(|field| field.name == name);
        if !known && before.get(name) != Some(value) {
            let names: Vec<_> = writable.iter().map(|field| field.name).collect();
            let problem = format!(
                "can't be changed so (return a copy with other values of {}, or a dict)",
                names.join(", ")
            );
            return Err(error::invalid(py, name, &problem));
        }
    }
    let mut changed = Vec::new();
    for field in writable {
        match (current.value(field), wanted.value(field)) {
            (before, after) if before == after => {}
            (_, Shown::Is(value)) => changed.push((field.name, value)),
            _ => {
                return Err(error::invalid(
                    py,
                    field.name,
                    "can't be taken away (give it another value)",
                ));
            }
        }
    }
    if changed.is_empty() {
        return Ok(None);
    }
    R::Patch::from_values(&changed)
        .map(Some)
        .map_err(|problem| error::raise_model(py, problem))
}

/// The id of a resource, which is declared first. An object inside of one has none.
fn id_property<T: ClassBinding>() -> Option<&'static Property> {
    T::TABLE.first().filter(|first| first.kind == Type::Id)
}

/// The texts that tell one from another: of a resource the first ones that every answer has, and the etag.
fn telling<T: ClassBinding>(this: &T) -> Vec<(&'static str, &str)> {
    let id = id_property::<T>();
    let is_resource = id.is_some();
    let tells = |property: &&Property| match property.kind {
        Type::Text | Type::Enumeration(_) => property.read && (!is_resource || property.presence == Presence::Required),
        Type::Id => Some(*property) == id,
        _ => false,
    };
    let first = T::TABLE.iter().filter(tells);
    let first = first.take(if is_resource { MOST_SHOWN } else { usize::MAX });
    let etag = T::TABLE.iter().filter(|property| property.kind == Type::Etag);
    let text = |property: &Property| Some((property.name, this.shown(property.name).value()?.as_text()?));
    first.chain(etag).filter_map(text).collect()
}

/// The hash: what is equal has the same.
pub(crate) fn hash_of<T: ClassBinding>(this: &T) -> u64 {
    let mut hasher = DefaultHasher::new();
    (T::CLASS, telling(this)).hash(&mut hasher);
    hasher.finish()
}

/// `Class(name='value', …)`, with texts as Python writes them, and the flags that are set.
pub(crate) fn repr<T: ClassBinding>(py: Python<'_>, this: &T) -> PyResult<String> {
    let mut parts = Vec::new();
    for (name, text) in telling(this) {
        parts.push(format!("{name}={}", PyString::new(py, text).repr()?));
    }
    for property in T::TABLE {
        if let Shown::Is(Value::Flag(true)) = this.shown(property.name) {
            parts.push(format!("{}=True", property.name));
        }
    }
    Ok(format!("{}({})", T::CLASS, parts.join(", ")))
}

/// How it is pickled and copied: by its class method `from_dict`, from what `to_dict` gives.
pub(crate) fn reduce<'py, T: ClassBinding>(
    class: &Bound<'py, PyType>,
    this: &T,
) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyDict>,))> {
    let py = class.py();
    Ok((class.getattr(intern!(py, "from_dict"))?, (to_dict(py, this)?,)))
}
