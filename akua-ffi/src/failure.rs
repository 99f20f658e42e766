//! Why a call did not do what its name says, on the way to becoming an [`akua_error`].

use akua_model::report::Report;

use crate::error::akua_error;

/// What a call ends with if it does not do what its name says.
pub(crate) enum Failure {
    /// The header's rules were broken.
    Misuse {
        /// The argument.
        name: &'static str,
        /// What is wrong with it, and what would be right.
        problem: &'static str,
    },
    /// A mistake in this library, in its own words.
    Panic(String),
    /// What the client says.
    Http(Box<akua_http::Error>),
    /// An edit, or a wait, that did not come to the end that was asked for.
    Ended(Box<akua_error>),
}

impl Failure {
    pub(crate) fn misuse(name: &'static str, problem: &'static str) -> Self {
        Self::Misuse { name, problem }
    }

    pub(crate) fn panic(words: &str) -> Self {
        Self::Panic(words.to_owned())
    }

    /// The same, as what a call ended with that was to settle the write of a resume token: of that write nothing new is
    /// known. An end of the write itself stays what it is.
    pub(crate) fn while_resolving(self) -> Self {
        match self {
            Self::Misuse { name, problem } => akua_error::misuse_while_resolving(name, problem).into(),
            Self::Http(error) => Self::Http(Box::new(error.while_resolving())),
            Self::Panic(_) | Self::Ended(_) => self,
        }
    }

    pub(crate) fn into_error(self) -> akua_error {
        match self {
            Self::Misuse { name, problem } => akua_error::misuse(name, problem),
            Self::Panic(words) => akua_error::panic(&words),
            Self::Http(error) => akua_error::from(&Report::from(&*error)),
            Self::Ended(error) => *error,
        }
    }
}

impl From<akua_http::Error> for Failure {
    fn from(error: akua_http::Error) -> Self {
        Self::Http(Box::new(error))
    }
}

impl From<akua_model::Error> for Failure {
    fn from(error: akua_model::Error) -> Self {
        akua_http::Error::from(error).into()
    }
}

impl From<akua_error> for Failure {
    fn from(error: akua_error) -> Self {
        Self::Ended(Box::new(error))
    }
}
