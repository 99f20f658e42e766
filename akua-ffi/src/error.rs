//! Why a call did not do what its name says, with everything that a program may act on.

pub mod getters;
pub mod lists;

use akua_model::edit::{Cause, FieldState};
use akua_model::report::{Effect, End, FieldValues, Kind, Report};
use akua_model::{Problem, ServerError};

use crate::cluster::akua_cluster;
use crate::handle::{Handle, Owned};
use crate::status::{AKUA_MISUSE, akua_status, of_report};
use crate::text::{Text, akua_str, shown};
use crate::workspace::akua_workspace;

/// Why a call did not do what its name says. It holds no token and no kubeconfig, whatever a server repeats.
///
/// What a getter gives is borrowed: it lives as long as the error. A getter about something that this error has
/// nothing to say of gives no text, 0, false or NULL. It may be used from many threads at a time.
pub struct akua_error {
    status: akua_status,
    kind: Text,
    effect: Text,
    may_have_taken_effect: bool,
    message: Text,
    hint: Option<Text>,
    http_status: u16,
    request_id: Option<Text>,
    current_etag: Option<Text>,
    new_etag: Option<Text>,
    retry_after_ms: Option<u64>,
    may_still_land: bool,
    attempts: u32,
    requests: u32,
    outcome: Option<Text>,
    cause: Option<Text>,
    detail: Option<Text>,
    explain: Option<Text>,
    resume_token: Option<Text>,
    server_errors: Vec<ServerErrorTexts>,
    problems: Vec<ProblemTexts>,
    fields: Vec<FieldTexts>,
    /// The version that stands now, as far as it was read.
    pub(crate) cluster: Option<Owned<akua_cluster>>,
    pub(crate) workspace: Option<Owned<akua_workspace>>,
}

impl Handle for akua_error {
    const TAG: u64 = u64::from_be_bytes(*b"a.error.");
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
    pub(crate) fn status(&self) -> akua_status {
        self.status
    }

    pub(crate) fn misuse(name: &str, problem: &str) -> Self {
        let message = format!("`{name}` {problem}; nothing was sent");
        Self::misused(Report::new(Kind::InvalidInput, Effect::NotSent, message), name, problem)
    }

    /// The same, of a call that was to settle the write of a resume token.
    pub(crate) fn misuse_while_resolving(name: &str, problem: &str) -> Self {
        let message = format!(
            "`{name}` {problem}; nothing was sent, and nothing new is known of the write that the resume token belongs to: \
             it may have taken effect, and it may still ({KEEP_THE_TOKEN})"
        );
        let mut report = Report::new(Kind::InvalidInput, Effect::Unknown, message);
        report.hint = Some(KEEP_THE_TOKEN.to_owned());
        Self::misused(report, name, problem)
    }

    fn misused(mut report: Report, name: &str, problem: &str) -> Self {
        report.problems = vec![Problem {
            field: name.to_owned(),
            message: problem.to_owned(),
        }];
        Self {
            status: AKUA_MISUSE,
            ..Self::from(&report)
        }
    }

    pub(crate) fn panic(words: &str) -> Self {
        let message = format!("a mistake in this library: {words}; what the call did is not known (please report it)");
        Self::from(&Report::new(Kind::Internal, Effect::Unknown, message))
    }

    fn metadata(&self, index: usize, entry: usize) -> Option<&(Text, Text)> {
        self.server_errors.get(index)?.metadata.get(entry)
    }
}

impl From<&Report> for akua_error {
    fn from(report: &Report) -> Self {
        let new_etag = report.etag.as_deref().filter(|_| report.effect == Effect::Applied);
        Self {
            status: of_report(report),
            kind: Text::new(report.kind.name()),
            effect: Text::new(report.effect.name()),
            may_have_taken_effect: report.effect.may_have_taken_effect(),
            message: Text::new(&report.message),
            hint: Text::optional(report.hint.as_deref()),
            http_status: report.status.unwrap_or(0),
            request_id: Text::optional(report.request_id.as_deref()),
            current_etag: Text::optional(report.current_etag.as_deref()),
            new_etag: Text::optional(new_etag),
            retry_after_ms: report.retry_after_ms,
            may_still_land: report.may_still_land.unwrap_or(false),
            attempts: report.attempts,
            requests: report.requests,
            outcome: Text::optional(report.end.map(End::outcome)),
            cause: Text::optional(report.cause.map(Cause::name)),
            detail: Text::optional(report.detail.as_deref()),
            explain: Text::optional(report.story.as_deref()),
            resume_token: Text::optional(report.resume_token.as_deref()),
            server_errors: report.server_errors.iter().map(ServerErrorTexts::from).collect(),
            problems: report.problems.iter().map(ProblemTexts::from).collect(),
            fields: report.fields.iter().map(FieldTexts::from).collect(),
            cluster: None,
            workspace: None,
        }
    }
}

impl From<&ServerError> for ServerErrorTexts {
    fn from(error: &ServerError) -> Self {
        let metadata = error.metadata.iter();
        Self {
            code: error.code.as_ref().map(|code| Text::new(&code.to_string())),
            message: Text::new(&error.message),
            path: error.path.iter().map(|part| Text::new(part)).collect(),
            metadata: metadata
                .map(|(name, value)| (Text::new(name), Text::new(value)))
                .collect(),
        }
    }
}

impl From<&Problem> for ProblemTexts {
    fn from(problem: &Problem) -> Self {
        Self {
            field: Text::new(&problem.field),
            message: Text::new(&problem.message),
        }
    }
}

impl From<&FieldValues> for FieldTexts {
    fn from(values: &FieldValues) -> Self {
        Self {
            name: Text::new(&values.field),
            base: Text::optional(values.base.as_deref()),
            ours: Text::optional(values.ours.as_deref()),
            theirs: Text::optional(values.theirs.as_deref()),
            state: Text::optional(values.state.map(FieldState::name)),
        }
    }
}
