//! The trace that a call belongs to, as a caller's own tracing names it. Passed on, never made up here.

use crate::newtype::text_newtype;

/// Version, trace id, parent id and flags: how many hexadecimal digits each has.
const DIGITS: [usize; 4] = [2, 32, 16, 2];

text_newtype! {
    /// The position of a call in a caller's trace, sent as `traceparent`
    /// ([W3C Trace Context](https://www.w3.org/TR/trace-context/#traceparent-header)).
    ///
    /// Four parts of 2, 32, 16 and 2 hexadecimal digits in lower case with `-` between them: version (not `ff`), trace
    /// id and parent id (neither all zeros), flags.
    ///
    /// ```
    /// use akua_model::Traceparent;
    /// let position: Traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".parse()?;
    /// assert!("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01".parse::<Traceparent>().is_err());
    /// # Ok::<(), akua_model::Error>(())
    /// ```
    Traceparent, "traceparent", traceparent_problem
}

fn traceparent_problem(text: &str) -> Option<String> {
    let form = "must be version-traceid-parentid-flags in 2, 32, 16 and 2 hexadecimal digits of lower case";
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let parts: Vec<&str> = text.split('-').collect();
    let fits = |(part, digits): (&&str, usize)| part.len() == digits && part.bytes().all(is_digit);
    if parts.len() != DIGITS.len() || !parts.iter().zip(DIGITS).all(fits) {
        return Some(form.to_owned());
    }
    let none = |part: &&str| part.len() > 2 && part.bytes().all(|digit| digit == b'0');
    if parts.iter().any(none) {
        return Some("has a trace id or a parent id of zeros only, which names no trace".to_owned());
    }
    text.starts_with("ff")
        .then(|| "has the version ff, which there will never be".to_owned())
}
