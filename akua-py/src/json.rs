//! Between JSON values and Python's own: dict, list, str, int, float, bool and None.

use akua_model::{Json, Unknown};
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::{PyRecursionError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyCFunction, PyDict, PyFloat, PyInt, PyList, PyMapping, PyString, PyTuple};
use serde_json::{Map, Number, Value};

use crate::argument::{is_more_than_number, not_a};

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
fn extend(dict: &Bound<'_, PyDict>, map: &Map<String, Value>) -> PyResult<()> {
    for (name, value) in map {
        dict.set_item(name, to_python(dict.py(), value)?)?;
    }
    Ok(())
}

/// JSON as it was written, as Python's own reader has it: an `int` of any size, half a surrogate pair. A number that no `float`
/// holds is a `Decimal`; what Python can't take apart, such as 10,000 levels of nesting, stays the text that it is.
pub(crate) fn exactly<'py>(py: Python<'py>, json: &Json) -> PyResult<Bound<'py, PyAny>> {
    let decimal = |args: &Bound<'_, PyTuple>, _: Option<&Bound<'_, PyDict>>| -> PyResult<Py<PyAny>> {
        let (py, text) = (args.py(), args.get_item(0)?);
        let number: f64 = text.extract::<String>()?.parse().unwrap_or(f64::INFINITY);
        if number.is_finite() {
            return Ok(PyFloat::new(py, number).into_any().unbind());
        }
        Ok(py.import("decimal")?.getattr("Decimal")?.call1((text,))?.unbind())
    };
    let text = json.as_str();
    let options = PyDict::new(py);
    if text.contains(['.', 'e', 'E']) {
        options.set_item("parse_float", PyCFunction::new_closure(py, None, None, decimal)?)?;
    }
    let read = py.import("json")?.getattr("loads")?.call((text,), Some(&options));
    match read {
        Err(raised) if raised.is_instance_of::<PyValueError>(py) || raised.is_instance_of::<PyRecursionError>(py) => {
            text.into_bound_py_any(py)
        }
        read => read,
    }
}

/// The properties that the declaration doesn't know, added to a dict.
pub(crate) fn add_unknown(dict: &Bound<'_, PyDict>, unknown: &Unknown) -> PyResult<()> {
    let add = |(name, json): (&String, &Json)| dict.set_item(name, exactly(dict.py(), json)?);
    unknown.as_map().iter().try_for_each(add)
}

/// A JSON number as int or float.
fn number_to_python<'py>(py: Python<'py>, number: &Number) -> PyResult<Bound<'py, PyAny>> {
    match (number.as_i64(), number.as_u64()) {
        (Some(whole), _) => whole.into_bound_py_any(py),
        (None, Some(whole)) => whole.into_bound_py_any(py),
        (None, None) => number.as_f64().unwrap_or(f64::NAN).into_bound_py_any(py),
    }
}

/// `object` as JSON has it.
pub(crate) fn from_python(object: &Bound<'_, PyAny>) -> PyResult<Json> {
    let mut text = String::new();
    write(object, DEPTH, &mut text)?;
    text.parse()
        .map_err(|problem: akua_model::Error| PyValueError::new_err(problem.to_string()))
}

fn write(object: &Bound<'_, PyAny>, depth: usize, out: &mut String) -> PyResult<()> {
    let Some(depth) = depth.checked_sub(1) else {
        return Err(PyValueError::new_err(format!("nested deeper than {DEPTH} levels")));
    };
    if object.is_none() {
        out.push_str("null");
    } else if let Ok(truth) = object.cast::<PyBool>() {
        out.push_str(if truth.is_true() { "true" } else { "false" });
    } else if let Ok(text) = object.cast::<PyString>() {
        write_text(text, out)?;
    } else if object.is_instance_of::<PyInt>() {
        // A subclass may write itself in another way.
        out.push_str(
            object
                .py()
                .get_type::<PyInt>()
                .call_method1("__repr__", (object,))?
                .extract()?,
        );
    } else if object.is_instance_of::<PyFloat>() {
        let number = Number::from_f64(object.extract()?);
        let number = number.ok_or_else(|| PyValueError::new_err("JSON has no infinity and no NaN"))?;
        out.push_str(&number.to_string());
    } else if object.is_instance_of::<PyList>() || object.is_instance_of::<PyTuple>() {
        let mut before = "[";
        for item in object.try_iter()? {
            out.push_str(before);
            write(&item?, depth, out)?;
            before = ",";
        }
        out.push_str(if before == "[" { "[]" } else { "]" });
    } else if let Ok(mapping) = object.cast::<PyMapping>() {
        let mut before = "{";
        for item in mapping.items()?.iter() {
            let (name, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item.extract()?;
            let name = name
                .cast::<PyString>()
                .map_err(|_| not_a("a str as the name of a property", &name))?;
            out.push_str(before);
            write_text(name, out)?;
            out.push(':');
            write(&value, depth, out)?;
            before = ",";
        }
        out.push_str(if before == "{" { "{}" } else { "}" });
    } else if object.get_type().fully_qualified_name()? == "decimal.Decimal" {
        let text = object.str()?.to_string();
        text.parse::<Json>()
            .map_err(|_| PyValueError::new_err("JSON has no infinity and no NaN"))?;
        out.push_str(&text);
    } else {
        match number_of(object)? {
            Some(number) => write(&number, depth + 1, out)?,
            None => {
                let expected = "what JSON can hold (dict, list, str, int, float, bool or None)";
                return Err(not_a(expected, object));
            }
        }
    }
    Ok(())
}

/// The number that something else is: of numpy's, or whatever has `__index__`.
fn number_of<'py>(object: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let convert = if object.hasattr("__index__")? {
        "__index__"
    } else {
        "__float__"
    };
    if is_more_than_number(object)? || convert == "__float__" && !object.hasattr("dtype")? {
        return Ok(None);
    }
    match object.call_method0(convert) {
        Err(raised) if raised.is_instance_of::<PyTypeError>(object.py()) => Ok(None),
        number => number.map(Some),
    }
}

/// A text, with half a surrogate pair as the escape that it came as.
fn write_text(text: &Bound<'_, PyString>, out: &mut String) -> PyResult<()> {
    match text.to_str() {
        Ok(text) => out.push_str(&Value::from(text).to_string()),
        Err(_) => out.push_str(text.py().import("json")?.getattr("dumps")?.call1((text,))?.extract()?),
    }
    Ok(())
}
