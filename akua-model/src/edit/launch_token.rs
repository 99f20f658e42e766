//! What is kept of a launch, and then of the operation that it has started: each is all that another call needs.
//!
//! The second version of a resume token. It reads the first, which is that of an edit.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::clock::SinceBoot;
use super::launch_kind::LaunchKind;
use super::token::{self, ResumeToken, SECOND as PREFIX};
use crate::error::Error;

const FIELD: &str = "resume-token";

/// Any resume token, read back.
///
/// ```
/// use akua_model::edit::SavedToken;
/// let error = "akua-resume-9.e30.00".parse::<SavedToken>().unwrap_err();
/// assert!(error.to_string().contains("newer version"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SavedToken {
    /// That of an edit, of the first version.
    Edit(Box<ResumeToken>),
    /// That of a launch whose end is not known: resolve it, and never send it anew.
    Launch(LaunchToken),
    /// That of an operation: wait for it.
    Wait(WaitToken),
}

impl SavedToken {
    /// That of an edit, if it is one.
    #[must_use]
    pub fn edit(&self) -> Option<&ResumeToken> {
        match self {
            Self::Edit(token) => Some(token),
            Self::Launch(_) | Self::Wait(_) => None,
        }
    }
}

/// What is needed to settle a launch later, in another call, process or language. It holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LaunchToken(pub(super) LaunchContent);

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LaunchContent {
    /// Compared with the client's, never used as a destination.
    pub(super) origin: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) context: Option<String>,
    pub(super) kind: LaunchKind,
    /// Empty for a create; where it is made below something, the id of that.
    pub(super) id: String,
    /// What a create makes: its properties, each with its value as a text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) new: Vec<(String, String)>,
    /// What was listed before, of what is recognised by that alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) baseline: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) if_match: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) key: Option<String>,
    /// Unix milliseconds.
    pub(super) first_sent: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) first_sent_since_boot: Option<(String, i64)>,
    /// The credentials that had shown the resource, as a salted hash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) shown_to: Option<String>,
    pub(super) salt: String,
}

/// What is needed to wait for an operation, in another call, process or language. It holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WaitToken(WaitContent);

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WaitContent {
    origin: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    context: Option<String>,
    kind: LaunchKind,
    /// What the operation works on.
    id: String,
    operation: String,
    /// Unix milliseconds.
    launched: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
enum Stage<L, W> {
    Launch(L),
    Wait(W),
}

impl LaunchToken {
    /// What was to be done.
    #[must_use]
    pub fn kind(&self) -> LaunchKind {
        self.0.kind
    }

    /// When it was first sent, in Unix milliseconds.
    #[must_use]
    pub fn first_sent(&self) -> i64 {
        self.0.first_sent
    }

    /// What a create makes something of: its properties, each with its value as a text. Empty of every other launch.
    pub fn new_values(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.new.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }

    pub(super) fn first_sent_since_boot(&self) -> Option<SinceBoot> {
        self.0.first_sent_since_boot.as_ref().and_then(SinceBoot::from_token)
    }

    /// The token of the operation that was started: from here on it is kept in the place of this one, at once.
    #[must_use]
    pub fn accepted(&self, operation: &str) -> WaitToken {
        // What is asked to be cancelled is waited for itself.
        let LaunchContent {
            origin,
            context,
            kind,
            id,
            first_sent,
            ..
        } = self.0.clone();
        WaitToken(WaitContent {
            origin,
            context,
            kind,
            id,
            operation: operation.to_owned(),
            launched: first_sent,
        })
    }
}

impl WaitToken {
    /// What started it.
    #[must_use]
    pub fn kind(&self) -> LaunchKind {
        self.0.kind
    }

    /// The id of the operation.
    #[must_use]
    pub fn operation(&self) -> &str {
        &self.0.operation
    }

    /// When its launch was first sent, in Unix milliseconds.
    #[must_use]
    pub fn launched(&self) -> i64 {
        self.0.launched
    }
}

token::about!(LaunchToken);
token::about!(WaitToken);

fn write(f: &mut fmt::Formatter<'_>, stage: &impl Serialize) -> fmt::Result {
    token::write(f, PREFIX, stage)
}

impl fmt::Display for LaunchToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(f, &Stage::<_, ()>::Launch(&self.0))
    }
}

impl fmt::Display for WaitToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(f, &Stage::<(), _>::Wait(&self.0))
    }
}

impl fmt::Display for SavedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Edit(token) => token.fmt(f),
            Self::Launch(token) => token.fmt(f),
            Self::Wait(token) => token.fmt(f),
        }
    }
}

impl FromStr for SavedToken {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        let is_second = text.strip_prefix(PREFIX).is_some_and(|rest| rest.starts_with('.'));
        if !is_second {
            return Ok(Self::Edit(Box::new(text.parse()?)));
        }
        Ok(match token::read(text, PREFIX)? {
            Stage::Launch(content) => Self::Launch(LaunchToken(content)),
            Stage::Wait(content) => Self::Wait(WaitToken(content)),
        })
    }
}

impl FromStr for LaunchToken {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text.parse()? {
            SavedToken::Launch(token) => Ok(token),
            SavedToken::Edit(_) => Err(Error::invalid(FIELD, "is that of an edit (resolve it as one)")),
            SavedToken::Wait(_) => Err(Error::invalid(FIELD, "is that of an operation (wait for it)")),
        }
    }
}

impl FromStr for WaitToken {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text.parse()? {
            SavedToken::Wait(token) => Ok(token),
            SavedToken::Edit(_) => Err(Error::invalid(FIELD, "is that of an edit (resolve it as one)")),
            SavedToken::Launch(_) => Err(Error::invalid(FIELD, "is that of a launch (resolve it first)")),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn token() -> LaunchToken {
        LaunchToken(LaunchContent {
            origin: "https://api.akua.dev".to_owned(),
            context: None,
            kind: LaunchKind::SuspendCluster,
            id: "clu_1".to_owned(),
            new: Vec::new(),
            baseline: Vec::new(),
            if_match: Some("42".to_owned()),
            key: Some(format!("{:032x}", 7)),
            first_sent: 1_700_000_000_000,
            first_sent_since_boot: None,
            shown_to: None,
            salt: "00".to_owned(),
        })
    }

    #[test]
    fn each_stage_is_read_back_and_no_other_is_taken_for_it() {
        let launch = token();
        let wait = launch.accepted("op_1");
        assert_eq!(
            (wait.operation(), wait.id(), wait.kind()),
            ("op_1", "clu_1", launch.kind())
        );
        assert_eq!(launch.to_string().parse(), Ok(launch.clone()));
        assert_eq!(wait.to_string().parse(), Ok(wait.clone()));
        assert_eq!(wait.to_string().parse(), Ok(SavedToken::Wait(wait.clone())));
        assert!(wait.to_string().parse::<LaunchToken>().is_err());
        assert!(launch.to_string().parse::<WaitToken>().is_err());
        assert!(launch.to_string().parse::<ResumeToken>().is_err());
    }

    /// As an edit of the first version has written it.
    const FIRST: &str = include_str!("first_token.txt");

    #[test]
    fn a_token_of_the_first_version_is_read_and_written_as_it_was() {
        let saved: SavedToken = FIRST.parse().unwrap();
        assert!(matches!(saved, SavedToken::Edit(_)));
        assert_eq!(saved.to_string(), FIRST.trim());
    }

    #[test]
    fn a_damaged_token_is_refused() {
        let text = token().to_string();
        let damaged = text.replacen('.', ".x", 1);
        assert!(damaged.parse::<SavedToken>().is_err());
        assert!(text[..text.len() - 1].parse::<SavedToken>().is_err());
        let edit = text.replacen("akua-resume-2", "akua-resume-1", 1);
        assert!(edit.parse::<SavedToken>().is_err());
    }
}
