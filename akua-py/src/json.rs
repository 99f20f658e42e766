//! Between JSON values and Python's own: dict, list, str, int, float, bool and None.

use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyMapping, PyString, PyTuple};
use serde_json::{Map, Number, Value};

use crate::argument::{not_a, text_of};

/// How deep lists and dicts may be nested, as in answers.
const DEPTH: usize = 128;

/// `value` as Python has it.
pub(crate) fn to_python<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    match value {
        Value::Null => Ok(py.None().into_bound(py)),
        Value::Bool(truth) => truth.into_bound_py_any(py),
        Value::Number(number) => number_to_python(py, number),
        Value::String(text) => text.into_bound_py_any(py),
        Value::Array(items) => {
            let list = PyList::empty(py);
            for item in items {
                list.append(to_python(py, item)?)?;
            }
            Ok(list.into_any())
        }
        Value::Object(map) => Ok(object_to_python(py, map)?.into_any()),
    }
}

/// A JSON object as a dict.
pub(crate) fn object_to_python<'py>(py: Python<'py>, map: &Map<String, Value>) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    extend(&dict, map)?;
    Ok(dict)
}

/// Adds the properties of a JSON object to a dict.
pub(crate) fn extend(dict: &Bound<'_, PyDict>, map: &Map<String, Value>) -> PyResult<()> {
    for (name, value) in map {
        dict.set_item(name, to_python(dict.py(), value)?)?;
    }
    Ok(())
}

/// A JSON number as int or float.
pub(crate) fn number_to_python<'py>(py: Python<'py>, number: &Number) -> PyResult<Bound<'py, PyAny>> {
    match (number.as_i64(), number.as_u64()) {
        (Some(whole), _) => whole.into_bound_py_any(py),
        (None, Some(whole)) => whole.into_bound_py_any(py),
        (None, None) => number.as_f64().unwrap_or(f64::NAN).into_bound_py_any(py),
    }
}

/// `object` as JSON has it.
pub(crate) fn from_python(object: &Bound<'_, PyAny>) -> PyResult<Value> {
    from_python_within(object, DEPTH)
}

fn from_python_within(object: &Bound<'_, PyAny>, depth: usize) -> PyResult<Value> {
    let Some(depth) = depth.checked_sub(1) else {
        return Err(PyValueError::new_err(format!("nested deeper than {DEPTH} levels")));
    };
    if object.is_none() {
        Ok(Value::Null)
    } else if let Ok(truth) = object.cast::<PyBool>() {
        Ok(Value::Bool(truth.is_true()))
    } else if let Ok(text) = object.cast::<PyString>() {
        Ok(Value::String(text_of(text, "text")?.to_owned()))
    } else if object.is_instance_of::<PyInt>() {
        whole(object)
    } else if object.is_instance_of::<PyFloat>() {
        let number = Number::from_f64(object.extract()?);
        number
            .map(Value::Number)
            .ok_or_else(|| PyValueError::new_err("JSON has no infinity and no NaN"))
    } else if object.is_instance_of::<PyList>() || object.is_instance_of::<PyTuple>() {
        let items = object.try_iter()?.map(|item| from_python_within(&item?, depth));
        Ok(Value::Array(items.collect::<PyResult<_>>()?))
    } else if let Ok(mapping) = object.cast::<PyMapping>() {
        let mut map = Map::new();
        for item in mapping.items()?.iter() {
            let (name, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item.extract()?;
            let name = name
                .cast::<PyString>()
                .map_err(|_| not_a("a str as the name of a property", &name))?;
            map.insert(text_of(name, "name")?.to_owned(), from_python_within(&value, depth)?);
        }
        Ok(Value::Object(map))
    } else {
        Err(not_a(
            "what JSON can hold (dict, list, str, int, float, bool or None)",
            object,
        ))
    }
}

fn whole(object: &Bound<'_, PyAny>) -> PyResult<Value> {
    if let Ok(number) = object.extract::<i64>() {
        return Ok(number.into());
    }
    match object.extract::<u64>() {
        Ok(number) => Ok(number.into()),
        Err(_) => Err(PyValueError::new_err("a whole number that 64 bits can't hold")),
    }
}
