//! How a name of the API is written in each language, and how documentation of Rust reads elsewhere.

use akua_model::report::Kind;

/// `a`, `b` and `c`.
pub(crate) fn listed(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// `region_id` as `RegionId`.
pub(crate) fn pascal(name: &str) -> String {
    name.split('_').map(capital).collect()
}

/// With a capital letter first.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

/// `region_id` as `REGION_ID`.
pub(crate) fn screaming(name: &str) -> String {
    name.to_uppercase()
}

/// The status of C for a kind of error, if a call of C can end with it.
pub(crate) fn c_status(kind: Kind) -> Option<String> {
    match kind {
        Kind::Ledger => None,
        Kind::Internal => Some("AKUA_PANIC".to_owned()),
        kind => Some(format!("AKUA_{}", screaming(kind.name()))),
    }
}

/// The Python exception of a kind of error, if there is one of its own.
pub(crate) fn python_error(kind: Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::Ok => return None,
        Kind::InvalidInput => "ValidationError",
        Kind::Configuration | Kind::Ledger => "ConfigurationError",
        Kind::Authentication => "AuthenticationError",
        Kind::PermissionDenied => "PermissionDeniedError",
        Kind::NotFound => "NotFoundError",
        Kind::Conflict | Kind::Superseded => "ConflictError",
        Kind::Rejected | Kind::Ignored => "RejectedError",
        Kind::RateLimited => "RateLimitedError",
        Kind::Server => "ServerError",
        Kind::Indeterminate => "IndeterminateError",
        Kind::UnexpectedAnswer | Kind::Decode => "DecodeError",
        Kind::Transport | Kind::Internal => "TransportError",
        Kind::Timeout => "TimeoutError",
        Kind::Cancelled => "CancelledError",
        Kind::OperationFailed => "OperationFailedError",
        Kind::OperationCancelled => "OperationCancelledError",
        Kind::StillRunning => "StillRunningError",
        Kind::LostTrack => "LostTrackError",
    })
}

/// Documentation of Rust for other readers: trimmed, and links within Rust as what they show.
pub(crate) fn plain(doc: &str) -> String {
    let mut text = String::new();
    let mut rest = doc.trim();
    while let Some((before, link)) = rest.split_once("[`") {
        let Some((shown, after)) = link.split_once("`]") else {
            break;
        };
        text.push_str(&format!("{before}`{shown}`"));
        rest = match after.strip_prefix('(') {
            Some(target) => target.split_once(')').map_or(after, |(_, after)| after),
            None => after,
        };
    }
    text + rest
}

/// A docstring, indented by so many blanks.
pub(crate) fn docstring(doc: &str, blanks: usize) -> String {
    let margin = " ".repeat(blanks);
    let doc = doc.trim_end();
    // One that is a single line in the declaration is broken where it is too long here.
    let lines: Vec<String> = if doc.contains('\n') {
        doc.lines().map(str::to_owned).collect()
    } else {
        wrapped(doc, 116 - blanks)
    };
    let mut text = String::new();
    for (number, line) in lines.iter().enumerate() {
        let quotes = if number == 0 { "\"\"\"" } else { "" };
        if number > 0 {
            text.push('\n');
        }
        if !line.is_empty() {
            text += &format!("{margin}{quotes}{line}");
        }
    }
    if lines.len() > 1 {
        text += &format!("\n{margin}\"\"\"");
    } else {
        text += "\"\"\"";
    }
    text
}

/// The lines of a text, none longer than `width` where words allow it.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
