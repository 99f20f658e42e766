//! What a server says went wrong, read from every shape of error body that the documentation shows.
//!
//! Tolerant by design: whatever can be understood is kept, the rest is left out, and nothing is an error.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::doubled::has_doubled_key;
use crate::etag::Etag;
use crate::printable::Printable;
use crate::redact;

/// How much of a server's words is kept: enough for a person, too little to fill a log.
const MAX_ERRORS: usize = 16;
const MAX_TEXT: usize = 500;

/// A server's own code for an error. In JSON it is a text, as some languages know no other; one that is a number is read
/// back as one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// As in the documented envelope, such as 7002.
    Number(i64),
    /// As in the other envelope, such as `not_found`.
    Text(String),
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => Printable(text).fmt(f),
        }
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Number(number) => serializer.collect_str(number),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(match text.parse() {
            Ok(number) => Self::Number(number),
            Err(_) => Self::Text(text),
        })
    }
}

/// One error in a server's answer, in the server's words, each text cut after 500 code points. They may hold anything;
/// `Display` escapes what should not be printed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ServerError {
    /// The server's code. Decisions go by the HTTP status, never by this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// The server's message; empty if it gave none.
    pub message: String,
    /// Where in the request, such as `["body", "name"]`; it may use the server's inner names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<String>,
    /// Further facts by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
}

impl ServerError {
    /// Hides every piece of `secret` in the server's words, should it have repeated one: the whole of it, and
    /// every run of it of 12 code points or more, also where it is written as JSON writes it.
    pub fn redact(&mut self, secret: &str) {
        let code = match &mut self.code {
            Some(Code::Text(text)) => Some(text),
            _ => None,
        };
        let texts = self
            .path
            .iter_mut()
            .chain(self.metadata.values_mut())
            .chain([&mut self.message])
            .chain(code);
        for text in texts {
            if let Some(shown) = redact::without(text, secret) {
                *text = shown;
            }
        }
        if self.metadata.keys().any(|key| redact::without(key, secret).is_some()) {
            self.metadata = std::mem::take(&mut self.metadata)
                .into_iter()
                .map(|(key, value)| (redact::without(&key, secret).unwrap_or(key), value))
                .collect();
        }
    }
}

impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(code) = &self.code {
            write!(f, "[{code}] ")?;
        }
        match self.message.as_str() {
            "" => f.write_str("(no message)")?,
            message => Printable(message).fmt(f)?,
        }
        if !self.path.is_empty() {
            write!(f, " (at {})", Printable(&self.path.join(".")))?;
        }
        Ok(())
    }
}

/// What a body says that is no success.
#[derive(Default)]
pub(crate) struct Words {
    /// In the order in which they stand; empty if it holds nothing that can be read.
    pub(crate) errors: Vec<ServerError>,
    /// Which they name.
    pub(crate) current_etag: Option<Etag>,
    /// Whether they have a form that is documented for the service.
    pub(crate) from_service: bool,
}

pub(crate) fn words_of(body: &[u8]) -> Words {
    // A message in another encoding is worth reading; what else is in the body is ASCII as a rule.
    let text = String::from_utf8_lossy(body);
    let Ok(body) = serde_json::from_str(&text) else {
        return Words::default();
    };
    let entries = entries_in(&body);
    let errors = entries.iter().take(MAX_ERRORS).map(|entry| match entry {
        Value::Object(entry) => entry_of(entry),
        other => ServerError {
            message: text_of(other).unwrap_or_default(),
            ..ServerError::default()
        },
    });
    Words {
        errors: errors.collect(),
        // Of two values under one key, none is known to be the one that was meant.
        current_etag: current_etag(&entries).filter(|_| !has_doubled_key(&text)),
        from_service: is_from_service(&body),
    }
}

/// Whether a body has the documented envelope, `errors` with codes, or the other one that is public, `error` with one.
fn is_from_service(body: &Value) -> bool {
    let has_code = |entry: &Value| {
        entry
            .get("code")
            .is_some_and(|code| code.is_number() || code.is_string())
    };
    match (body.get("errors"), body.get("error")) {
        (Some(Value::Array(entries)), _) if entries.iter().any(has_code) => true,
        (_, Some(entry)) => has_code(entry),
        _ => false,
    }
}

fn entries_in(body: &Value) -> Vec<&Value> {
    let list: Vec<&Value> = match body.get("errors") {
        Some(Value::Array(entries)) => entries.iter().filter(|entry| !entry.is_null()).collect(),
        _ => Vec::new(),
    };
    // Some gateways answer the entry itself, with a word for the status under `error`.
    let says = |name: &str| body.get(name).is_some_and(|value| !value.is_null());
    match body.get("error") {
        _ if !list.is_empty() => list,
        Some(entry @ Value::Object(_)) => vec![entry],
        _ if says("message") => vec![body],
        Some(entry) if says("error") => vec![entry],
        _ => Vec::new(),
    }
}

fn entry_of(entry: &Map<String, Value>) -> ServerError {
    let path = match entry.get("path") {
        Some(Value::Array(parts)) => parts.iter().take(MAX_ERRORS).filter_map(text_of).collect(),
        Some(other) => text_of(other).into_iter().collect(),
        None => Vec::new(),
    };
    let metadata = match entry.get("metadata") {
        Some(Value::Object(map)) => map
            .iter()
            .take(MAX_ERRORS)
            .filter_map(|(name, value)| Some((cut(name), text_of(value)?)))
            .collect(),
        _ => BTreeMap::new(),
    };
    ServerError {
        code: entry.get("code").and_then(|code| match code {
            Value::Number(number) if number.is_i64() => number.as_i64().map(Code::Number),
            other => text_of(other).map(Code::Text),
        }),
        message: entry.get("message").and_then(text_of).unwrap_or_default(),
        path,
        metadata,
    }
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(cut(text)),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

/// As much of a server's text as is kept.
pub(crate) fn cut(text: &str) -> String {
    match text.char_indices().nth(MAX_TEXT) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// The names that say so of a current etag, as [`normal`] writes them; of two kinds that an error has, the first counts.
const CURRENT_ETAG: [&[&str]; 2] = [
    &[
        "currentetag",
        "latestetag",
        "actualetag",
        "serveretag",
        "storedetag",
        "etagcurrent",
    ],
    &["etag"],
];

/// Words in a name that say of an etag that it is the request's own.
const OWN_ETAG: [&str; 10] = [
    "provided",
    "given",
    "request",
    "requested",
    "sent",
    "ifmatch",
    "expected",
    "your",
    "old",
    "previous",
];

/// The current etag that the entries of a refusal name in their metadata.
///
/// The key is not documented, so only one that says so counts, and only where it stands once: any other etag may be
/// that of something else, such as `conflicting_workspace_etag`, or the request's own. A plain `etag` says so only where
/// no etag of something else stands beside it. The value is taken as it is, not
/// as it is shown: a shortened etag is another etag, and one that can't be shown is none.
fn current_etag(entries: &[&Value]) -> Option<Etag> {
    let named: Vec<(String, &String, &Value)> = entries
        .iter()
        .filter_map(|entry| entry.get("metadata")?.as_object())
        .flatten()
        .map(|(key, value)| (normal(key), key, value))
        .collect();
    let says_so = |names: &&&[&str]| named.iter().any(|(key, ..)| names.contains(&key.as_str()));
    let names = CURRENT_ETAG.iter().find(says_so)?;
    let is_anothers = |(normal, key, _): &(String, &String, &Value)| {
        normal.contains("etag") && !names.contains(&normal.as_str()) && !is_own(key)
    };
    if names.contains(&"etag") && named.iter().any(is_anothers) {
        return None;
    }
    let mut found = named.iter().filter(|(key, ..)| names.contains(&key.as_str()));
    let (Some((_, _, value)), None) = (found.next(), found.next()) else {
        return None;
    };
    let text = match value {
        Value::String(text) => text.clone(),
        // Any other has lost digits on the way.
        Value::Number(number) if number.is_i64() || number.is_u64() => number.to_string(),
        _ => return None,
    };
    // The mark stands in place of what was no UTF-8.
    let is_lost = |c: char| c.is_control() || c == char::REPLACEMENT_CHARACTER;
    (!text.is_empty() && !text.chars().any(is_lost)).then(|| Etag::from(text))
}

/// Whether a key with an etag says that it is the request's own, in a word of its own: `folder_etag` is not an old one.
fn is_own(key: &str) -> bool {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for c in key.chars() {
        if !c.is_ascii_alphanumeric() || (before.is_ascii_lowercase() && c.is_ascii_uppercase()) {
            words.push(String::new());
        }
        if let (true, Some(word)) = (c.is_ascii_alphanumeric(), words.last_mut()) {
            word.push(c.to_ascii_lowercase());
        }
        before = c;
    }
    let bare = |word: &String| word.strip_suffix("etag").is_some_and(|word| OWN_ETAG.contains(&word));
    words.iter().any(|word| OWN_ETAG.contains(&word.as_str()) || bare(word))
        || words.windows(2).any(|pair| *pair == ["if", "match"])
}

/// The letters and digits of a key, so that `currentEtag`, `current-etag` and `CURRENT_ETAG` are one.
fn normal(key: &str) -> String {
    let letters = key.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|c| c.to_ascii_lowercase()).collect()
}

/// How long a server asks to be left alone (`retry-after`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RetryAfter {
    /// So many seconds after the answer.
    Seconds(u64),
    /// Until this point in time, in Unix seconds.
    At(i64),
}

impl RetryAfter {
    /// Reads the header's value: whole seconds, or an HTTP date in any of its three forms (RFC 9110, 5.6.7). Anything
    /// else is `None`.
    ///
    /// ```
    /// use akua_model::RetryAfter;
    /// assert_eq!(RetryAfter::parse("3"), Some(RetryAfter::Seconds(3)));
    /// assert_eq!(RetryAfter::parse("Sun, 06 Nov 1994 08:49:37 GMT"), Some(RetryAfter::At(784_111_777)));
    /// assert_eq!(RetryAfter::parse("soon"), None);
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            // More seconds than fit are still "very long".
            return Some(Self::Seconds(text.parse().unwrap_or(u64::MAX)));
        }
        let usual = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok();
        let date = usual.or_else(|| http_date(text))?;
        Some(Self::At(date.as_second()))
    }

    /// How long that is for an answer that arrived at `unix_ms`, in Unix milliseconds.
    ///
    /// ```
    /// use akua_model::RetryAfter;
    /// assert_eq!(RetryAfter::Seconds(3).wait(0).as_secs(), 3);
    /// assert_eq!(RetryAfter::At(130).wait(100_250).as_millis(), 29_750);
    /// assert!(RetryAfter::At(99).wait(100_000).is_zero());
    /// ```
    #[must_use]
    pub fn wait(self, unix_ms: i64) -> Duration {
        match self {
            Self::Seconds(seconds) => Duration::from_secs(seconds),
            Self::At(at) => {
                let wait = at.saturating_mul(1000).saturating_sub(unix_ms);
                Duration::from_millis(u64::try_from(wait).unwrap_or(0))
            }
        }
    }
}

/// A date in one of the forms that everybody has to read, those of RFC 850 and of `asctime` among them. All are in UTC.
fn http_date(text: &str) -> Option<jiff::Timestamp> {
    let date = [
        "%a, %d %b %Y %H:%M:%S GMT",
        "%A, %d-%b-%y %H:%M:%S GMT",
        "%a %b %e %H:%M:%S %Y",
    ]
    .iter()
    .find_map(|form| jiff::fmt::strtime::parse(form, text).ok()?.to_datetime().ok())?;
    let zoned = date.to_zoned(jiff::tz::TimeZone::UTC);
    // The last day of the year 9999 is past what a time can be, and still "for ever".
    Some(zoned.map_or(jiff::Timestamp::MAX, |date| date.timestamp()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors_in(body: &[u8]) -> Vec<ServerError> {
        words_of(body).errors
    }

    fn etag_of(metadata: &str) -> Option<String> {
        let body = format!(
            r#"{{"success":false,"errors":[{{"code":7006,"message":"x","metadata":{metadata}}}],"result":{{}}}}"#
        );
        words_of(body.as_bytes()).current_etag.map(|etag| etag.to_string())
    }

    #[test]
    fn c2_a_date_is_read_in_all_its_forms() {
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            " Sun Nov  6 08:49:37 1994 ",
        ] {
            assert_eq!(RetryAfter::parse(text), Some(RetryAfter::At(784_111_777)), "{text}");
        }
        for text in [
            "",
            "-3",
            "1.5",
            "1e3",
            "+2",
            "soon",
            "Sun Nov  6",
            "1994-11-06T08:49:37",
        ] {
            assert_eq!(RetryAfter::parse(text), None, "{text}");
        }
        let for_ever = jiff::Timestamp::MAX.as_second();
        assert_eq!(
            RetryAfter::parse("Fri, 31 Dec 9999 23:59:59 GMT"),
            Some(RetryAfter::At(for_ever))
        );
        let huge = "9".repeat(60);
        assert_eq!(RetryAfter::parse(&huge), Some(RetryAfter::Seconds(u64::MAX)));
    }

    #[test]
    fn the_current_etag_is_found_under_any_sensible_key() {
        for key in [
            "current_etag",
            "currentEtag",
            "etag",
            "ETag",
            "current-etag",
            "latest_etag",
        ] {
            assert_eq!(etag_of(&format!(r#"{{"{key}":"43"}}"#)).as_deref(), Some("43"), "{key}");
        }
        assert_eq!(
            etag_of(r#"{"etag":43}"#).as_deref(),
            Some("43"),
            "a number is read as its text"
        );
        assert_eq!(etag_of(r#"{"provided_etag":"41","etag":"43"}"#).as_deref(), Some("43"));
        assert_eq!(etag_of(r#"{"etag":"41","current_etag":"43"}"#).as_deref(), Some("43"));
    }

    #[test]
    fn a5_an_etag_of_something_else_is_none_and_neither_is_one_that_stands_twice() {
        for metadata in [
            r#"{"conflicting_workspace_etag":"7"}"#,
            r#"{"workspace_etag":"7"}"#,
            r#"{"other_etag":"7"}"#,
            r#"{"parent_etag":"7","cluster_etag":"8"}"#,
            r#"{"provided_etag":"41"}"#,
            r#"{"if_match":"41"}"#,
            r#"{"current_etag":"43","currentEtag":"44"}"#,
            r#"{"current_etag":"43","latest_etag":"43"}"#,
            r#"{"etag":"43","ETag":"43"}"#,
            r#"{"current_etag":["43"]}"#,
        ] {
            assert_eq!(etag_of(metadata), None, "{metadata}");
        }
        let twice = br#"{"errors":[{"metadata":{"etag":"7"}},{"metadata":{"etag":"8"}}]}"#;
        assert_eq!(words_of(twice).current_etag, None);
        assert_eq!(etag_of(r#"{"conflicting_workspace_etag":"7","etag":"43"}"#), None);
        let both = r#"{"conflicting_workspace_etag":"7","current_etag":"43"}"#;
        assert_eq!(etag_of(both).as_deref(), Some("43"));
    }

    #[test]
    fn a_key_that_stands_twice_names_no_etag() {
        assert_eq!(etag_of(r#"{"current_etag":"43","current_etag":"44"}"#), None);
        assert_eq!(etag_of(r#"{"etag":"43","\u0065tag":"43"}"#), None);
        assert_eq!(etag_of(r#"{"etag":"42"},"metadata":{"etag":"43"}"#), None);
        let twice = br#"{"errors":[{"metadata":{"etag":"7"}}],"errors":[{"message":"x","metadata":{"etag":"8"}}]}"#;
        let Words {
            errors,
            current_etag: etag,
            ..
        } = words_of(twice);
        assert_eq!((errors[0].message.as_str(), etag), ("x", None));
    }

    #[test]
    fn an_etag_is_the_requests_own_only_if_a_whole_word_says_so() {
        for own in [
            "provided_etag",
            "providedEtag",
            "provided-etag",
            "providedetag",
            "PROVIDED_ETAG",
            "if_match_etag",
            "ifMatchETag",
            "etag_sent",
            "yourETag",
            "old_etag",
        ] {
            let metadata = format!(r#"{{"{own}":"41","etag":"43"}}"#);
            assert_eq!(etag_of(&metadata).as_deref(), Some("43"), "{own}");
        }
        for other in [
            "folder_etag",
            "folderEtag",
            "threshold_etag",
            "consent_etag",
            "best_match_etag",
            "folderetag",
        ] {
            assert_eq!(etag_of(&format!(r#"{{"{other}":"41","etag":"43"}}"#)), None, "{other}");
        }
    }

    #[test]
    fn an_unclear_current_etag_is_unknown() {
        for metadata in [
            r#"{}"#,
            r#"null"#,
            r#"{"x":"43"}"#,
            r#"{"etag":""}"#,
            r#"{"etag":null}"#,
            r#"{"if_match_etag":"41"}"#,
            r#"{"etag":"41","other_etag":"43"}"#,
        ] {
            assert_eq!(etag_of(metadata), None, "{metadata}");
        }
    }

    #[test]
    fn every_documented_shape_is_read() {
        let envelope = br#"{"success":false,"errors":[{"code":7002,"message":"Resource not found","path":["body","name"]}],"result":{}}"#;
        let [error] = errors_in(envelope).try_into().unwrap();
        assert_eq!(error.to_string(), "[7002] Resource not found (at body.name)");
        let [error] = errors_in(br#"{"error":{"code":"not_found","message":"gone"}}"#)
            .try_into()
            .unwrap();
        assert_eq!(error.to_string(), "[not_found] gone");
        for body in [
            "",
            "<html>",
            "[]",
            "{",
            r#"{"errors":{}}"#,
            r#"{"errors":[]}"#,
            "null",
            "5",
        ] {
            assert_eq!(errors_in(body.as_bytes()), [], "{body}");
        }
    }

    #[test]
    fn a_servers_words_are_cut_and_printed_without_acting() {
        let body = format!(r#"{{"error":{{"message":"\u001b[31m{}"}}}}"#, "é".repeat(600));
        let [error] = errors_in(body.as_bytes()).try_into().unwrap();
        assert_eq!(error.message.chars().count(), 501);
        assert!(error.message.starts_with('\u{1b}') && error.message.ends_with('…'));
        assert!(error.to_string().starts_with(r"\u{1b}[31mé"));
    }

    #[test]
    fn a_repeated_secret_is_redacted() {
        let [mut error] = errors_in(
            br#"{"error":{"code":"hush","message":"bad hush","metadata":{"a":"hush","hush":""},"path":["hush"]}}"#,
        )
        .try_into()
        .unwrap();
        error.redact("hush");
        assert!(!format!("{error:?}").contains("hush"));
    }
}
