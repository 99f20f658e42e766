//! The one comparison: two JSON values and every place in which they differ.

use serde_json::Value;

/// Every difference, as its place and what stands there. What is missing, `null` and empty are the same.
pub(crate) fn differences(expected: &Value, found: &Value) -> Vec<String> {
    let mut list = Vec::new();
    compare(&mut list, "", expected, found);
    list
}

fn compare(list: &mut Vec<String>, place: &str, expected: &Value, found: &Value) {
    match (expected, found) {
        _ if is_empty(expected) && is_empty(found) => {}
        (Value::Object(expected), Value::Object(found)) => {
            for (name, value) in expected {
                compare(
                    list,
                    &format!("{place}/{name}"),
                    value,
                    found.get(name).unwrap_or(&Value::Null),
                );
            }
            for (name, value) in found.iter().filter(|(name, _)| !expected.contains_key(*name)) {
                compare(list, &format!("{place}/{name}"), &Value::Null, value);
            }
        }
        (Value::Array(expected), Value::Array(found)) if expected.len() == found.len() => {
            for (index, (expected, found)) in expected.iter().zip(found).enumerate() {
                compare(list, &format!("{place}/{index}"), expected, found);
            }
        }
        _ if expected == found => {}
        _ => list.push(format!(
            "{}: expected {expected}, found {found}",
            if place.is_empty() { "/" } else { place }
        )),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(properties) => properties.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_difference_is_found_wherever_it_is() {
        let expected = json!({ "a": 1, "b": [{ "c": "x" }], "d": null, "e": [] });
        assert_eq!(
            differences(&expected, &json!({ "a": 1, "b": [{ "c": "x" }], "d": {} })),
            [""; 0]
        );
        for (found, place) in [
            (json!({ "a": 2, "b": [{ "c": "x" }] }), "/a"),
            (json!({ "a": 1.5, "b": [{ "c": "x" }] }), "/a"),
            (json!({ "a": 1 }), "/b"),
            (json!({ "a": 1, "b": [{ "c": "y" }] }), "/b/0/c"),
            (json!({ "a": 1, "b": [{ "c": "x", "f": false }] }), "/b/0/f"),
            (json!({ "a": 1, "b": [{ "c": "x" }, {}] }), "/b"),
            (json!({ "a": 1, "b": [{ "c": "x" }], "d": "" }), "/d"),
            (json!(null), "/"),
        ] {
            let [difference] = differences(&expected, &found).try_into().unwrap();
            assert!(difference.starts_with(&format!("{place}: ")), "{difference}");
        }
    }
}
