//! What a made file is.

/// A made file: its path from the root of the repository, and its text.
pub type File = (&'static str, String);
