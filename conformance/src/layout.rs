//! Case files as they are written: small things on one line, so that a person can read them.

const WIDTH: usize = 118;

/// JSON text in the order of `text`'s properties: what fits on a line stands on one.
pub(crate) fn laid_out(json: &str) -> String {
    let mut out = String::new();
    put(&mut out, json.trim(), 0);
    out.push('\n');
    out
}

/// Writes one value. `text` is compact JSON, as `serde_json` writes it.
fn put(out: &mut String, text: &str, depth: usize) {
    let (open, close) = match text.as_bytes() {
        [b'{', .., b'}'] => ('{', '}'),
        [b'[', .., b']'] => ('[', ']'),
        _ => return out.push_str(text),
    };
    // The file and its cases are long by nature.
    let may_share = depth > 1;
    if may_share && fits(out, &spaced(text)) {
        return out.push_str(&spaced(text));
    }
    let inner = text.get(1..text.len() - 1).unwrap_or_default();
    out.push(open);
    let mut shares = false;
    for (index, item) in split(inner).into_iter().enumerate() {
        let one_line = spaced(item);
        let begin = if index == 0 { "" } else { "," };
        out.push_str(begin);
        // Small things next to each other share a line.
        if shares && fits(out, &one_line) {
            out.push(' ');
            out.push_str(&one_line);
            continue;
        }
        out.push('\n');
        out.push_str(&"  ".repeat(depth + 1));
        shares = may_share && fits(out, &one_line);
        if shares {
            out.push_str(&one_line);
            continue;
        }
        let value = if open == '{' {
            let end = end_of_string(item);
            out.push_str(item.get(..end).unwrap_or_default());
            out.push_str(": ");
            item.get(end + 1..).unwrap_or_default()
        } else {
            item
        };
        put(out, value, depth + 1);
    }
    out.push('\n');
    out.push_str(&"  ".repeat(depth));
    out.push(close);
}

/// Whether `more` and a comma have room on the last line of `out`.
fn fits(out: &str, more: &str) -> bool {
    let line = out.rsplit('\n').next().unwrap_or_default();
    line.chars().count() + more.chars().count() < WIDTH
}

/// Compact JSON with blanks between its parts.
fn spaced(text: &str) -> String {
    let mut out = String::new();
    let (mut quoted, mut escaped) = (false, false);
    for c in text.chars() {
        match c {
            '"' if !escaped => {
                quoted = !quoted;
                out.push(c);
            }
            ',' | ':' if !quoted => {
                out.push(c);
                out.push(' ');
            }
            _ => out.push(c),
        }
        escaped = quoted && c == '\\' && !escaped;
    }
    out
}

/// The parts of an object or array, split at its own commas.
fn split(inner: &str) -> Vec<&str> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0_u32);
    let (mut quoted, mut escaped) = (false, false);
    for (at, c) in inner.char_indices() {
        match c {
            '"' if !escaped => quoted = !quoted,
            '{' | '[' if !quoted => depth += 1,
            '}' | ']' if !quoted => depth = depth.saturating_sub(1),
            ',' if !quoted && depth == 0 => {
                parts.push(inner.get(start..at).unwrap_or_default());
                start = at + 1;
            }
            _ => {}
        }
        escaped = quoted && c == '\\' && !escaped;
    }
    if !inner.is_empty() {
        parts.push(inner.get(start..).unwrap_or_default());
    }
    parts
}

/// Where the string ends that `text` begins with.
fn end_of_string(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if c == '"' && !escaped {
            return at + 1;
        }
        escaped = c == '\\' && !escaped;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_in_it_it_stays_the_same() {
        let hard = r#"[{"b":"{,:\"[\\","a":[],"c":{"x":[1,2,{"y":null}]},"long":["NN","NN"]},{}]"#;
        let hard = hard.replace("NN", &"é,".repeat(60));
        let text = laid_out(&hard);
        let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(read(&text), read(&hard), "{text}");
        assert!(text.find("\"b\"") < text.find("\"a\""), "in the same order");
        assert_eq!(
            laid_out(&serde_json::to_string(&serde_json::json!([{ "a": [1, 2] }])).unwrap()),
            "[\n  {\n    \"a\": [1, 2]\n  }\n]\n"
        );
    }
}
