//! Why a call did not do what its name says, with everything that a program may act on.

pub mod getters;
pub mod lists;

use akua_http::Effect;
use akua_model::answer::Failed;
use akua_model::edit::FieldReport;
use akua_model::{Etag, Problem, RetryAfter, ServerError};

use crate::cluster::akua_cluster;
use crate::handle::{Handle, Owned};
use crate::status::{AKUA_DECODE, AKUA_MISUSE, AKUA_PANIC, akua_status, fixed, of_kind};
use crate::text::{Text, akua_str, shown};
use crate::workspace::akua_workspace;

/// Why a call did not do what its name says. It holds no token and no kubeconfig, whatever a server repeats.
///
/// What a getter gives is borrowed: it lives as long as the error. A getter about something that this error has
/// nothing to say of gives no text, 0, false or NULL. It may be used from many threads at a time.
pub struct akua_error {
    status: akua_status,
    message: Text,
    pub(crate) hint: Option<Text>,
    pub(crate) http_status: u16,
    effect: Effect,
    pub(crate) request_id: Option<Text>,
    pub(crate) current_etag: Option<Text>,
    new_etag: Option<Text>,
    pub(crate) retry_after_ms: Option<u64>,
    pub(crate) requests: u32,
    pub(crate) server_errors: Vec<ServerErrorTexts>,
    pub(crate) problems: Vec<ProblemTexts>,
    pub(crate) end: EndTexts,
    /// The version that stands now, as far as it was read.
    pub(crate) cluster: Option<Owned<akua_cluster>>,
    pub(crate) workspace: Option<Owned<akua_workspace>>,
}

impl Handle for akua_error {
    const TAG: u64 = u64::from_be_bytes(*b"a.error.");
}

/// What an error says beyond the others where it is the end of an edit.
#[derive(Default)]
pub(crate) struct EndTexts {
    pub(crate) outcome: Option<Text>,
    pub(crate) cause: Option<Text>,
    pub(crate) detail: Option<Text>,
    pub(crate) explain: Option<Text>,
    pub(crate) resume_token: Option<Text>,
    pub(crate) may_still_land: bool,
    pub(crate) fields: Vec<FieldTexts>,
}

/// One error in the server's words.
pub(crate) struct ServerErrorTexts {
    code: Option<Text>,
    message: Text,
    path: Vec<Text>,
    metadata: Vec<(Text, Text)>,
}

/// One field that is wrong.
pub(crate) struct ProblemTexts {
    field: Text,
    message: Text,
}

/// One field of a patch as the three sides have it.
pub(crate) struct FieldTexts {
    name: Text,
    base: Option<Text>,
    ours: Option<Text>,
    theirs: Option<Text>,
    state: Option<Text>,
}

const KEEP_THE_TOKEN: &str = "keep the resume token, and resolve it once this is mended";

impl FieldTexts {
    pub(crate) fn name(&self) -> akua_str {
        self.name.as_c()
    }

    pub(crate) fn base(&self) -> akua_str {
        shown(self.base.as_ref())
    }

    pub(crate) fn ours(&self) -> akua_str {
        shown(self.ours.as_ref())
    }

    pub(crate) fn theirs(&self) -> akua_str {
        shown(self.theirs.as_ref())
    }

    pub(crate) fn state(&self) -> akua_str {
        shown(self.state.as_ref())
    }
}

impl akua_error {
    pub(crate) fn new(status: akua_status, effect: Effect, message: &str) -> Self {
        Self {
            status,
            message: Text::new(message),
            hint: None,
            http_status: 0,
            effect,
            request_id: None,
            current_etag: None,
            new_etag: None,
            retry_after_ms: None,
            requests: 0,
            server_errors: Vec::new(),
            problems: Vec::new(),
            end: EndTexts {
                may_still_land: effect == Effect::Unknown,
                ..EndTexts::default()
            },
            cluster: None,
            workspace: None,
        }
    }

    pub(crate) fn status(&self) -> akua_status {
        self.status
    }

    #[cfg(test)]
    pub(crate) fn effect(&self) -> Effect {
        self.effect
    }

    pub(crate) fn misuse(name: &str, problem: &str) -> Self {
        let mut error = Self::new(
            AKUA_MISUSE,
            Effect::NotSent,
            &format!("`{name}` {problem}; nothing was sent"),
        );
        error.problems = problems(&[Problem {
            field: name.to_owned(),
            message: problem.to_owned(),
        }]);
        error
    }

    /// The same, of a call that was to settle the write of a resume token.
    pub(crate) fn misuse_while_resolving(name: &str, problem: &str) -> Self {
        let message = format!(
            "`{name}` {problem}; nothing was sent, and nothing new is known of the write that the resume token belongs to: \
             it may have taken effect, and it may still ({KEEP_THE_TOKEN})"
        );
        let mut error = Self::new(AKUA_MISUSE, Effect::Unknown, &message);
        error.problems = problems(&[Problem {
            field: name.to_owned(),
            message: problem.to_owned(),
        }]);
        error.hint = Some(Text::new(KEEP_THE_TOKEN));
        error
    }

    pub(crate) fn panic(words: &str) -> Self {
        let message = format!("a mistake in this library: {words}; what the call did is not known (please report it)");
        Self::new(AKUA_PANIC, Effect::Unknown, &message)
    }

    pub(crate) fn from_http(error: &akua_http::Error) -> Self {
        let mut made = Self::new(of_kind(error.kind()), error.effect(), &error.to_string());
        made.hint = Text::optional(error.hint());
        made.http_status = error.status().unwrap_or(0);
        made.request_id = Text::optional(error.request_id());
        made.current_etag = Text::optional(error.current_etag().map(Etag::as_str));
        made.new_etag = Text::optional(error.new_etag().map(Etag::as_str));
        made.retry_after_ms = error
            .retry_after()
            .map(|after| u64::try_from(after.as_millis()).unwrap_or(u64::MAX));
        made.requests = error.attempts();
        made.server_errors = server_errors(error.server_errors());
        made.problems = problems(error.problems());
        made
    }

    fn effect_text(&self) -> akua_str {
        fixed(effect_name(self.effect))
    }

    fn metadata(&self, index: usize, entry: usize) -> Option<&(Text, Text)> {
        self.server_errors.get(index)?.metadata.get(entry)
    }

    /// What could not be read of an answer that shows that a write took effect.
    pub(crate) fn unreadable(error: &akua_model::Error, new_etag: &str) -> Self {
        let message = format!("the write took effect, but its answer can't be read in full: {error}");
        let mut made = Self::new(AKUA_DECODE, Effect::Applied, &message);
        made.problems = problems(error.problems());
        made.new_etag = Some(Text::new(new_etag));
        made
    }

    /// Adds what the server's answer says.
    pub(crate) fn with_answer(mut self, answer: &Failed) -> Self {
        self.http_status = answer.status;
        self.request_id = Text::optional(answer.request_id.as_deref());
        self.current_etag = Text::optional(answer.current_etag.as_ref().map(Etag::as_str));
        self.retry_after_ms = match answer.retry_after {
            Some(RetryAfter::Seconds(seconds)) => Some(seconds.saturating_mul(1000)),
            _ => None,
        };
        self.server_errors = server_errors(&answer.errors);
        self.problems = answer
            .unreadable
            .as_ref()
            .map_or_else(Vec::new, |unreadable| problems(unreadable.problems()));
        self
    }
}

fn server_errors(errors: &[ServerError]) -> Vec<ServerErrorTexts> {
    errors
        .iter()
        .map(|error| ServerErrorTexts {
            code: error.code.as_ref().map(|code| Text::new(&code.to_string())),
            message: Text::new(&error.message),
            path: error.path.iter().map(|part| Text::new(part)).collect(),
            metadata: error
                .metadata
                .iter()
                .map(|(name, value)| (Text::new(name), Text::new(value)))
                .collect(),
        })
        .collect()
}

fn problems(problems: &[Problem]) -> Vec<ProblemTexts> {
    problems
        .iter()
        .map(|problem| ProblemTexts {
            field: Text::new(&problem.field),
            message: Text::new(&problem.message),
        })
        .collect()
}

/// Every field of a patch, as C sees it.
pub(crate) fn fields(reports: &[FieldReport]) -> Vec<FieldTexts> {
    reports
        .iter()
        .map(|report| FieldTexts {
            name: Text::new(report.field.name),
            base: Text::optional(report.base.as_deref()),
            ours: Text::optional(report.ours.as_deref()),
            theirs: Text::optional(report.theirs.as_deref()),
            state: report.state.map(|state| Text::new(state.name())),
        })
        .collect()
}

/// The name of an effect, with the NUL that C wants.
fn effect_name(effect: Effect) -> &'static str {
    match effect {
        Effect::NotSent => "not_sent\0",
        Effect::NotApplied => "not_applied\0",
        Effect::Unchanged => "unchanged\0",
        Effect::Unknown => "unknown\0",
        Effect::Applied => "applied\0",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_effect_goes_by_its_name_in_every_language() {
        for effect in Effect::ALL {
            assert_eq!(effect_name(*effect), format!("{}\0", effect.name()));
        }
    }
}
