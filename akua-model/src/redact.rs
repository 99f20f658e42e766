//! Takes a secret back out of what a server said, should it have repeated one.
//!
//! A server quotes: a line of a kubeconfig, a token cut in half, JSON inside of a message. So it is not only the
//! whole secret that is looked for, but every run of it that is long enough to be no coincidence.

use std::collections::BTreeSet;

/// The shortest run of code points that counts as a piece of a secret. Shorter secrets are looked for whole.
const RUN: usize = 12;

/// The shortest secret that is looked for: anything shorter is no secret, and hiding it would only garble the words
/// around it.
const LEAST: usize = 4;

/// What stands in place of a secret.
pub(crate) const HIDDEN: &str = "(secret)";

/// `text` with every piece of `secret` in it hidden; `None` if there is none.
///
/// A secret is looked for as it is and in the form that JSON gives it.
pub(crate) fn without(text: &str, secret: &str) -> Option<String> {
    let escaped = serde_json::to_string(secret).unwrap_or_default();
    let escaped = escaped.trim_matches('"');
    // What is looked for whole is mostly not there at all.
    if escaped.chars().nth(RUN).is_none() && !text.contains(secret) && !text.contains(escaped) {
        return None;
    }
    let text: Vec<char> = text.chars().collect();
    let (plain, escaped): (Vec<char>, Vec<char>) = (secret.chars().collect(), escaped.chars().collect());
    let mut hidden = vec![false; text.len()];
    for secret in [plain, escaped] {
        let run = secret.len().min(RUN);
        if run < LEAST || text.len() < run {
            continue;
        }
        // One by one: `collect` brings a stable sort of its own for each type, and the library has to stay small.
        let (mut here, mut found) = (BTreeSet::new(), BTreeSet::new());
        here.extend(text.windows(run));
        found.extend(secret.windows(run).filter(|piece| here.contains(piece)));
        for (start, piece) in text.windows(run).enumerate() {
            if found.contains(piece) {
                hidden.iter_mut().skip(start).take(run).for_each(|at| *at = true);
            }
        }
    }
    if !hidden.contains(&true) {
        return None;
    }
    let mut shown = String::new();
    let mut inside = false;
    for (c, hidden) in text.into_iter().zip(hidden) {
        match (hidden, inside) {
            (false, _) => shown.push(c),
            (true, false) => shown.push_str(HIDDEN),
            (true, true) => {}
        }
        inside = hidden;
    }
    Some(shown)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const KUBECONFIG: &str = "apiVersion: v1\nusers:\n- user: {token: \"opensesame-opensesame\"}\n";

    fn shown(text: &str, secret: &str) -> String {
        without(text, secret).unwrap_or(text.to_owned())
    }

    #[test]
    fn the_whole_a_part_and_the_escaped_form_are_hidden() {
        assert_eq!(shown("no: hush!", "hush"), "no: (secret)!");
        assert_eq!(shown(&format!("bad `{KUBECONFIG}`"), KUBECONFIG), "bad `(secret)`");
        assert_eq!(shown("line 3: `opensesame-opense…", KUBECONFIG), "line 3: `(secret)…");
        let quoted = format!("in {}", serde_json::to_string(KUBECONFIG).unwrap());
        assert_eq!(shown(&quoted, KUBECONFIG), "in \"(secret)\"");
    }

    #[test]
    fn what_is_no_part_of_it_stays() {
        assert_eq!(without("the token is not valid", KUBECONFIG), None);
        assert_eq!(without("", KUBECONFIG), None);
        assert_eq!(without("anything", ""), None);
        assert_eq!(without("anything", "any"), None);
        assert_eq!(shown("hushhush hus", "hush"), "(secret) hus");
    }
}
