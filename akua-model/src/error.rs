//! The one error of this crate: input that can't be sent, or an answer that can't be read.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::printable::Printable;

/// Which half of a conversation was wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The caller's input breaks a rule of the API. Nothing was sent, so nothing took effect.
    InvalidInput,
    /// An answer lacks something, or has it in the wrong type. This says nothing about whether the
    /// request took effect.
    Decode,
}

/// One thing that is wrong, with the name of the field as it stands on the wire.
///
/// Neither part ever holds the value that was submitted or received: it may be a secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Problem {
    /// The field, such as `name`, `if-match` or `data[3].state`.
    pub field: String,
    /// What is wrong and what would be right.
    pub message: String,
}

/// Input that can't be sent, or an answer that can't be read: every problem found, sorted by field.
///
/// ```
/// use akua_model::{ClusterId, ErrorKind};
/// let error = "".parse::<ClusterId>().unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::InvalidInput);
/// assert_eq!(error.problems()[0].field, "id");
/// assert_eq!(error.to_string(), "invalid input: `id` has 0 characters (1 to 54 are allowed)");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Error {
    kind: ErrorKind,
    problems: Vec<Problem>,
}

impl Error {
    pub(crate) fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self::new(
            ErrorKind::InvalidInput,
            vec![Problem {
                field: field.to_owned(),
                message: message.into(),
            }],
        )
    }

    pub(crate) fn decode(field: &str, message: impl Into<String>) -> Self {
        Self::new(
            ErrorKind::Decode,
            vec![Problem {
                field: field.to_owned(),
                message: message.into(),
            }],
        )
    }

    pub(crate) fn new(kind: ErrorKind, mut problems: Vec<Problem>) -> Self {
        problems.sort_unstable();
        Self { kind, problems }
    }

    /// The same, of what stands at `path` in an answer.
    pub(crate) fn inside(mut self, path: &str) -> Self {
        for problem in &mut self.problems {
            problem.field = match problem.field.as_str() {
                "body" => path.to_owned(),
                field => format!("{path}.{field}"),
            };
        }
        self
    }

    /// The half of the conversation that was wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Every problem found, sorted by field. Never empty.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            ErrorKind::InvalidInput => "invalid input: ",
            ErrorKind::Decode => "unreadable answer: ",
        })?;
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            write!(f, "`{}` {}", Printable(&problem.field), Printable(&problem.message))?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}
