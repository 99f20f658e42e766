//! Reads the JSON that servers usually write, quickly: texts, whole numbers, little nesting.
//!
//! It refuses to judge: whatever is not usual is [`NotUsual`], be it an escape in a name, a fraction or broken, and then
//! `serde_json` decides. What it does read, it reads as `serde_json` would; a property test compares the two.

use std::fmt;

use serde::de::{self, Deserialize, DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::value::RawValue;

use crate::{raw, timestamp};

/// Deeper nesting is not usual.
const MOST_DEPTH: u8 = 16;

/// Where the items of a page stand.
const PAGE_DEPTH: u8 = 2;

/// So many digits always fit.
const MOST_DIGITS: usize = 18;

/// It is something else than what servers usually write.
#[derive(Debug)]
pub(crate) struct NotUsual;

/// Reads a whole document.
pub(crate) fn from_str<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, NotUsual> {
    let mut reader = Reader { text, at: 0, depth: 0 };
    let value = T::deserialize(&mut reader)?;
    match reader.peek() {
        None => Ok(value),
        Some(_) => Err(NotUsual),
    }
}

struct Reader<'de> {
    text: &'de str,
    at: usize,
    depth: u8,
}

impl<'de> Reader<'de> {
    /// The next byte that is no blank.
    fn peek(&mut self) -> Option<u8> {
        loop {
            match self.text.as_bytes().get(self.at) {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                other => return other.copied(),
            }
        }
    }

    /// Takes `byte`, which has to come next.
    fn take(&mut self, byte: u8) -> Result<(), NotUsual> {
        if self.peek() == Some(byte) {
            self.at += 1;
            Ok(())
        } else {
            Err(NotUsual)
        }
    }

    fn word(&mut self, word: &str) -> Result<(), NotUsual> {
        match self.text.get(self.at..) {
            Some(rest) if rest.starts_with(word) => {
                self.at += word.len();
                Ok(())
            }
            _ => Err(NotUsual),
        }
    }

    /// A text, from quote to quote.
    #[inline]
    fn string(&mut self) -> Result<&'de str, NotUsual> {
        if self.text.as_bytes().get(self.at) != Some(&b'"') && self.peek() != Some(b'"') {
            return Err(NotUsual);
        }
        let rest = self.text.get(self.at + 1..).ok_or(NotUsual)?;
        let (text, after) = rest.split_at_checked(end_of_text(rest.as_bytes())).ok_or(NotUsual)?;
        if !after.starts_with('"') {
            return Err(NotUsual);
        }
        self.at += text.len() + 2;
        Ok(text)
    }

    /// A text, as what a property holds.
    #[inline]
    fn text<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, NotUsual> {
        match self.string() {
            Ok(text) => visitor.visit_borrowed_str(text),
            Err(NotUsual) => visitor.visit_string(self.escaped()?),
        }
    }

    /// A text with escapes.
    #[cold]
    fn escaped(&mut self) -> Result<String, NotUsual> {
        serde_json::from_str(self.raw()?).map_err(|_| NotUsual)
    }

    /// A whole number that is not negative.
    fn number(&mut self) -> Result<u64, NotUsual> {
        let rest = self.text.as_bytes().get(self.at..).ok_or(NotUsual)?;
        let (mut number, mut digits) = (0_u64, 0);
        while let Some(digit @ b'0'..=b'9') = rest.get(digits) {
            if digits == MOST_DIGITS {
                return Err(NotUsual);
            }
            number = number * 10 + u64::from(digit - b'0');
            digits += 1;
        }
        let leading_zero = digits > 1 && rest.first() == Some(&b'0');
        if digits == 0 || leading_zero || matches!(rest.get(digits), Some(b'.' | b'e' | b'E')) {
            return Err(NotUsual);
        }
        self.at += digits;
        Ok(number)
    }

    /// The text of the next value, usual or not.
    fn raw(&mut self) -> Result<&'de str, NotUsual> {
        let rest = self.text.get(self.at..).ok_or(NotUsual)?;
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<&RawValue>();
        let value = values.next().and_then(Result::ok).ok_or(NotUsual)?;
        self.at += values.byte_offset();
        Ok(value.get())
    }

    fn deeper(&mut self) -> Result<(), NotUsual> {
        self.at += 1;
        self.depth += 1;
        if self.depth > MOST_DEPTH { Err(NotUsual) } else { Ok(()) }
    }

    fn map<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, NotUsual> {
        self.deeper()?;
        let mut value = visitor.visit_map(Members {
            reader: self,
            first: true,
        });
        self.depth -= 1;
        // Not moved out and in again: a resource is large.
        if value.is_ok() && self.take(b'}').is_err() {
            value = Err(NotUsual);
        }
        value
    }

    fn sequence<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, NotUsual> {
        self.deeper()?;
        let value = visitor.visit_seq(Members {
            reader: self,
            first: true,
        })?;
        self.depth -= 1;
        self.take(b']')?;
        Ok(value)
    }
}

/// How many bytes come before the first that ends a text or is not usual in one: `"`, `\` or a control character.
#[inline]
fn end_of_text(bytes: &[u8]) -> usize {
    let ends = |byte: u8| (byte == b'"') | (byte == b'\\') | (byte < 0x20);
    // Sixteen at once, without branches.
    let (chunks, rest) = bytes.as_chunks::<16>();
    for (number, chunk) in chunks.iter().enumerate() {
        let marks = u128::from_le_bytes(chunk.map(|byte| if ends(byte) { u8::MAX } else { 0 }));
        if marks != 0 {
            return number * 16 + (marks.trailing_zeros() / 8) as usize;
        }
    }
    let last = rest.iter().position(|byte| ends(*byte));
    chunks.len() * 16 + last.unwrap_or(rest.len())
}

impl<'de> de::Deserializer<'de> for &mut Reader<'de> {
    type Error = NotUsual;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotUsual> {
        match self.peek() {
            Some(b'"') => self.text(visitor),
            Some(b'0'..=b'9') => visitor.visit_u64(self.number()?),
            Some(b'{') => self.map(visitor),
            Some(b'[') => self.sequence(visitor),
            Some(b't') => self.word("true").and_then(|()| visitor.visit_bool(true)),
            Some(b'f') => self.word("false").and_then(|()| visitor.visit_bool(false)),
            Some(b'n') => self.word("null").and_then(|()| visitor.visit_unit()),
            _ => Err(NotUsual),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotUsual> {
        self.text(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotUsual> {
        self.text(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotUsual> {
        visitor.visit_borrowed_str(self.string()?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotUsual> {
        if self.peek() == Some(b'n') {
            self.word("null")?;
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    /// A [`Json`](crate::Json) takes the text of the next value, whatever it is; a [`Timestamp`](crate::Timestamp) a usual one.
    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, NotUsual> {
        match name {
            raw::RAW => visitor.visit_borrowed_str(self.raw()?),
            timestamp::TIME => self.deserialize_any(visitor),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct ignored_any
    }

    /// No answer has one.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, NotUsual> {
        Err(NotUsual)
    }
}

/// The members of an object or of an array.
struct Members<'a, 'de> {
    reader: &'a mut Reader<'de>,
    first: bool,
}

impl Members<'_, '_> {
    /// Whether another one follows, whose comma is taken.
    fn goes_on(&mut self, end: u8) -> Result<bool, NotUsual> {
        let next = self.reader.peek();
        if next == Some(end) {
            return Ok(false);
        }
        if !std::mem::take(&mut self.first) {
            if next != Some(b',') {
                return Err(NotUsual);
            }
            self.reader.at += 1;
        }
        Ok(true)
    }
}

impl<'de> MapAccess<'de> for Members<'_, 'de> {
    type Error = NotUsual;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, NotUsual> {
        if self.goes_on(b'}')? {
            seed.deserialize(&mut *self.reader).map(Some)
        } else {
            Ok(None)
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, NotUsual> {
        self.reader.take(b':')?;
        seed.deserialize(&mut *self.reader)
    }
}

impl<'de> SeqAccess<'de> for Members<'_, 'de> {
    type Error = NotUsual;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, NotUsual> {
        if self.goes_on(b']')? {
            seed.deserialize(&mut *self.reader).map(Some)
        } else {
            Ok(None)
        }
    }

    /// Room for a page at once: most resources take more of the text than this, so it is seldom too little, and never more than
    /// about as much as the text takes.
    fn size_hint(&self) -> Option<usize> {
        const RESOURCE: usize = 256;
        let rest = self.reader.text.len().saturating_sub(self.reader.at);
        (self.reader.depth == PAGE_DEPTH).then_some(rest / RESOURCE)
    }
}

impl fmt::Display for NotUsual {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not usual")
    }
}

impl std::error::Error for NotUsual {}

impl de::Error for NotUsual {
    /// What exactly is wrong is found out by whoever reads it again.
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;
    use serde_json::Value;

    use super::*;

    /// What is read here has to be what `serde_json` reads; says whether it was.
    fn agrees(text: &str) -> bool {
        match from_str::<Value>(text) {
            Ok(value) => {
                assert_eq!(Some(value), serde_json::from_str(text).ok(), "{text:?}");
                true
            }
            Err(NotUsual) => false,
        }
    }

    #[test]
    fn what_is_usual_is_read() {
        for text in [
            "{}",
            "[]",
            "\"\"",
            "0",
            "7",
            "999999999999999999",
            "true",
            "false",
            "null",
            " [ 1 , {\"a\" : \"b\"} ]\r\n\t",
            r#"{"a":{"b":[1,2,[3]]},"c":null,"d":"é😀 12345678901234567890"}"#,
            r#"["a\n", "\u00e9\ud83d\ude00\/\"" , "0123456789abcdef\t"]"#,
        ] {
            assert!(agrees(text), "{text:?}");
        }
    }

    #[test]
    fn what_is_not_usual_is_left_to_others() {
        for text in [
            "",
            " ",
            "{",
            "[",
            "\"",
            "{\"a\"}",
            "{\"a\":}",
            "{,}",
            "[,]",
            "[1,]",
            "{\"a\":1,}",
            "[1 2]",
            "{\"a\" 1}",
            "01",
            "00",
            "-1",
            "1.5",
            "1e3",
            "1E3",
            "1000000000000000000",
            "18446744073709551616",
            "tru",
            "truex",
            "nul",
            "1 2",
            "{}}",
            "\"a\\",
            "\"a\\x\"",
            "\"\\ud800\"",
            "\"\u{1}\"",
            "\"12345678\u{1f}\"",
            "\"1234567\n\"",
            "'a'",
            "{a:1}",
            "[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]",
            "\u{feff}{}",
            "// x\n1",
            "NaN",
            "+1",
            "1.",
            "\u{a0}1",
        ] {
            assert!(!agrees(text), "{text:?}");
        }
    }

    #[test]
    fn a_text_ends_where_it_ends_at_every_length() {
        for end in ["\"", "\\", "\u{1f}", "\n", "\0"] {
            for before in 0..40 {
                let text = format!(
                    "{}{end}{}",
                    "é!#~\u{7f}[]".chars().cycle().take(before).collect::<String>(),
                    "\"\\".repeat(9)
                );
                let expected = text.bytes().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20));
                assert_eq!(Some(end_of_text(text.as_bytes())), expected, "{text:?}");
            }
        }
        assert_eq!(end_of_text("é".repeat(20).as_bytes()), 40);
    }

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "\\PC{0,40}".prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map("[a-z_]{0,12}", inner, 0..6)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 500,
            rng_seed: RngSeed::Fixed(8),
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        #[test]
        fn documents_are_read_as_by_serde_json(value in json(), pretty: bool) {
            agrees(&if pretty { format!("{value:#}") } else { value.to_string() });
        }

        #[test]
        fn damaged_documents_are_read_as_by_serde_json(value in json(), at: prop::sample::Index, by in "[\\x00-\\x7f]{0,2}") {
            let text = value.to_string();
            let at = text.floor_char_boundary(at.index(text.len() + 1).min(text.len()));
            agrees(&format!("{}{by}{}", &text[..at], &text[at..]));
            agrees(&text[..at]);
        }
    }
}
