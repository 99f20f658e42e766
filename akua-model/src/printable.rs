//! Text from elsewhere, made safe to print for a person: a server's words, a name, an etag.
//!
//! It could clear the screen of a terminal, forge a line of a log, or turn the direction of what follows. Whatever prints it
//! takes it through here; as data it stays what it is.

use std::fmt::{self, Write};

/// A text with every character escaped that would not be shown but do something: controls, line breaks, and the marks
/// that turn the direction of writing.
///
/// ```
/// use akua_model::Printable;
/// assert_eq!(Printable("a\u{1b}[2J\nb\u{202e}c").to_string(), r"a\u{1b}[2J\nb\u{202e}c");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Printable<'a>(pub &'a str);

impl fmt::Display for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some((at, acts)) = rest.char_indices().find(|(_, c)| acts(*c)) {
            let (before, after) = rest.split_at(at);
            f.write_str(before)?;
            acts.escape_default().try_for_each(|c| f.write_char(c))?;
            rest = after.get(acts.len_utf8()..).unwrap_or_default();
        }
        f.write_str(rest)
    }
}

/// Whether `c` does something where it is printed, in place of being shown.
fn acts(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d_what_would_act_is_escaped_and_all_else_is_shown() {
        for (text, shown) in [
            ("", ""),
            ("prod-eu (é😀 日本　a\u{a0}b \\n)", "prod-eu (é😀 日本　a\u{a0}b \\n)"),
            ("e\u{301}👩\u{200d}🚀", "e\u{301}👩\u{200d}🚀"),
            ("a\r\n\tb", r"a\r\n\tb"),
            ("\u{1b}]0;x\u{7}\u{9b}2J\u{7f}", r"\u{1b}]0;x\u{7}\u{9b}2J\u{7f}"),
            ("\u{85}\u{2028}\u{2029}", r"\u{85}\u{2028}\u{2029}"),
            ("\u{202a}\u{202e}\u{2066}\u{2069}", r"\u{202a}\u{202e}\u{2066}\u{2069}"),
            ("\u{61c}\u{200e}\u{200f}\u{feff}", r"\u{61c}\u{200e}\u{200f}\u{feff}"),
        ] {
            assert_eq!(Printable(text).to_string(), shown);
        }
    }
}
