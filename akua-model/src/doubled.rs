//! Whether some object in a JSON document has a key twice: what it says under that key is not known then.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// Whether a key stands twice in one object of `json`, at any depth. `false` if it is no JSON.
pub(crate) fn has_doubled_key(json: &str) -> bool {
    serde_json::from_str(json).is_ok_and(|Doubled(doubled)| doubled)
}

struct Doubled(bool);

impl<'de> Deserialize<'de> for Doubled {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Looker)
    }
}

struct Looker;

impl<'de> Visitor<'de> for Looker {
    type Value = Doubled;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Doubled, A::Error> {
        let (mut keys, mut doubled) = (BTreeSet::new(), false);
        while let Some((key, Doubled(inside))) = map.next_entry::<String, Doubled>()? {
            doubled |= inside | !keys.insert(key);
        }
        Ok(Doubled(doubled))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Doubled, A::Error> {
        let mut doubled = false;
        while let Some(Doubled(inside)) = list.next_element()? {
            doubled |= inside;
        }
        Ok(Doubled(doubled))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Doubled, E> {
        Ok(Doubled(false))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Doubled, E> {
        Ok(Doubled(false))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Doubled, E> {
        Ok(Doubled(false))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Doubled, E> {
        Ok(Doubled(false))
    }

    fn visit_str<E>(self, _: &str) -> Result<Doubled, E> {
        Ok(Doubled(false))
    }

    fn visit_unit<E>(self) -> Result<Doubled, E> {
        Ok(Doubled(false))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_stands_twice_is_found_wherever_it_stands() {
        for json in [
            r#"{"a":1,"a":1}"#,
            r#"{"a":1,"\u0061":2}"#,
            r#"[null,{"b":{"a":"x","c":-1,"a":true}},1.5]"#,
        ] {
            assert!(has_doubled_key(json), "{json}");
        }
        for json in [
            r#"{"a":{"a":1},"b":[{"a":1},{"a":2}]}"#,
            "null",
            "[]",
            "",
            r#"{"a":1,"a":"#,
        ] {
            assert!(!has_doubled_key(json), "{json}");
        }
    }
}
