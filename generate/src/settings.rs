//! The settings of clients, edits, retries and contracts, as their documentation in Rust has them.

use crate::words::plain;

/// A setting: its name in every language, and what it means.
pub(crate) struct Setting {
    pub(crate) name: String,
    pub(crate) doc: String,
}

/// What a [`Client`](../akua_http) can be told.
pub(crate) fn client() -> Vec<Setting> {
    let builder = include_str!("../../akua-http/src/config.rs");
    documented(
        between(
            builder,
            "impl ClientBuilder {",
            "    /// The client. Nothing is sent yet.",
        ),
        "pub fn ",
    )
}

/// How reads are repeated.
pub(crate) fn retry() -> Vec<Setting> {
    fields(include_str!("../../akua-http/src/retry.rs"), "pub struct RetryPolicy {")
}

/// How an edit behaves.
pub(crate) fn policy() -> Vec<Setting> {
    fields(
        include_str!("../../akua-model/src/edit/policy.rs"),
        "pub struct Policy {",
    )
}

/// What a server guarantees.
pub(crate) fn contract() -> Vec<Setting> {
    fields(
        include_str!("../../akua-model/src/edit/contract.rs"),
        "pub struct Contract {",
    )
}

fn fields(source: &str, head: &str) -> Vec<Setting> {
    documented(between(source, head, "\n}\n"), "pub ")
}

fn between<'a>(source: &'a str, from: &str, to: &str) -> &'a str {
    let (_, after) = source.split_once(from).unwrap_or_default();
    after.split_once(to).map_or(after, |(inner, _)| inner)
}

/// The items that begin with `keyword`, each with the first paragraph of its documentation.
fn documented(source: &str, keyword: &str) -> Vec<Setting> {
    let mut settings = Vec::new();
    let mut doc: Vec<&str> = Vec::new();
    for line in source.lines().map(str::trim) {
        if let Some(words) = line.strip_prefix("///") {
            doc.push(words.trim());
        } else if let Some(item) = line.strip_prefix(keyword) {
            let name = item
                .split(|letter: char| letter != '_' && !letter.is_alphanumeric())
                .next();
            // A list that follows is left out.
            let paragraph: Vec<&str> = doc.iter().copied().take_while(|line| !line.is_empty()).collect();
            settings.push(Setting {
                name: name.unwrap_or_default().to_owned(),
                doc: plain(paragraph.join(" ").trim_end_matches(':')),
            });
            doc.clear();
        } else if line.is_empty() || line == "}" {
            doc.clear();
        }
    }
    settings
}
