//! The names by which kinds and effects go in every language.

use super::{Effect, ErrorKind};

akua_model::named!(ErrorKind {
    InvalidInput => "invalid_input",
    Configuration => "configuration",
    Authentication => "authentication",
    PermissionDenied => "permission_denied",
    NotFound => "not_found",
    Conflict => "conflict",
    Rejected => "rejected",
    RateLimited => "rate_limited",
    Server => "server",
    UnexpectedAnswer => "unexpected_answer",
    Decode => "decode",
    Transport => "transport",
    Timeout => "timeout",
    Cancelled => "cancelled",
    Ledger => "ledger",
});

akua_model::named!(Effect {
    NotSent => "not_sent",
    NotApplied => "not_applied",
    Unknown => "unknown",
    Applied => "applied",
});
