//! How a call ended: the model's flat record, one function for each kind of fact in it.

use akua_model::edit::{Cause, FieldState, Proof};
use akua_model::report::{Effect, End, FieldValues, Kind, Report};
use akua_model::waiting::Asked;
use akua_model::{Declared, Operation, Problem};

use crate::handle::{Handle, Misuse, Owned, from_c};
use crate::held::akua_resource;
use crate::status::{AKUA_MISUSE, AKUA_OK, akua_status, of_report};
use crate::text::{Texts, akua_str};

/// How a call ended: why it did not do what its name says, or what an edit did that is in effect. It holds no token and no
/// secret, whatever a server repeats.
///
/// What a getter gives is borrowed: it lives as long as the report. What a report has nothing to say of is no text, 0,
/// false or NULL. It may be used from many threads at a time.
pub struct akua_report {
    status: akua_status,
    report: Report,
    resource: Option<Owned<akua_resource>>,
    /// The operation that was waited for, as it was shown last.
    operation: Option<Owned<akua_resource>>,
    /// The whole end of an edit that is in effect, for a wait after it: an `Edited<R>`.
    edited: Option<Box<dyn std::any::Any + Send + Sync>>,
    texts: Texts<Place>,
}

impl Handle for akua_report {
    const TAG: u64 = u64::from_be_bytes(*b"a.report");
}

/// Where a text stands: the key alone, or the list, the index, the key and the part.
type Place = (akua_report_key, usize, akua_report_key, usize);

/// What of a report is asked for: one of the `AKUA_REPORT_` numbers.
pub type akua_report_key = i32;

/// Text: what went wrong, by the name that it has in every language: that of the status, but of an edit what it ended by,
/// such as `timeout` or `authentication`; `internal` is a mistake of this library; `ok` if nothing did. An edit that is in
/// effect whose answer can't be read in full has `decode`, and `AKUA_REPORT_PROBLEMS`.
pub const AKUA_REPORT_KIND: akua_report_key = 1;
/// Text: what is known about the effect of the call: `not_sent`, `not_applied`, `unknown`, `applied` or `unchanged`. From
/// `akua_edit_resolve` and `akua_launch_resolve`: about that of the token's write, so `unknown` for whatever kept the call from finding out.
pub const AKUA_REPORT_EFFECT: akua_report_key = 2;
/// Text: what happened, for a person: the call, what the server said, whether the request may have taken effect, and what
/// to do next. No secret is in it.
pub const AKUA_REPORT_MESSAGE: akua_report_key = 3;
/// Text: what to do about it, if that is known. It is in the message too.
pub const AKUA_REPORT_HINT: akua_report_key = 4;
/// Text, from an edit or a launch: how it ended, `applied`, `unchanged`, `not_applied` or `indeterminate`. From a wait for a
/// cluster to settle: `gone`, `superseded`, `deadline_passed` or `cancelled`; for an operation: `succeeded`,
/// `operation_failed`, `operation_cancelled`, `still_running` or `lost_track`.
pub const AKUA_REPORT_OUTCOME: akua_report_key = 5;
/// Text: the same, but of an edit or a launch that was not applied its end: `conflict`, `rejected`, `ignored` or `not_sent`.
pub const AKUA_REPORT_END: akua_report_key = 6;
/// Text, from an applied edit or launch: how that is known, `acknowledged` (the server answered 200 or 202 to the write) or
/// `observed` (a later read showed what was wanted; somebody else may have done it).
pub const AKUA_REPORT_PROOF: akua_report_key = 7;
/// Text, from an edit or a launch that was not sent or is indeterminate: what stood in the way, such as `deadline` or `answer_lost`.
pub const AKUA_REPORT_CAUSE: akua_report_key = 8;
/// Text, from an edit or a launch: what was heard last, or why nothing more was sent. From a wait for an operation that failed
/// or was cancelled: the server's words.
pub const AKUA_REPORT_DETAIL: akua_report_key = 9;
/// Text, from an edit or a launch: what happened and why, step by step, for a person. No secret is in it.
pub const AKUA_REPORT_EXPLAIN: akua_report_key = 10;
/// Text: the server's id for the request, as its support asks for it.
pub const AKUA_REPORT_REQUEST_ID: akua_report_key = 11;
/// Text: the etag of the version with the change in it; of an ignored write that of the version which its answer shows.
pub const AKUA_REPORT_ETAG: akua_report_key = 12;
/// Text: the etag that a refusal names as the resource's current one. Before writing with it, read the resource.
pub const AKUA_REPORT_CURRENT_ETAG: akua_report_key = 13;
/// Text: the etag of the version that was read last, of a conflict, an indeterminate edit or launch, or a wait.
pub const AKUA_REPORT_SEEN_ETAG: akua_report_key = 14;
/// Text, from an indeterminate edit or launch: with this `akua_edit_resolve` or `akua_launch_resolve` can settle it later, also
/// in another process or language. What was to be written stands in it readably, but for secrets. From a launch that was
/// accepted, and a wait that did not come to the operation's end: with this `akua_operation_wait` waits.
pub const AKUA_REPORT_RESUME_TOKEN: akua_report_key = 15;
/// Text, from a launch that was accepted and from a wait for an operation: the operation's id. It is the key of an item of
/// `AKUA_REPORT_CANDIDATES` and `AKUA_REPORT_LATER` too.
pub const AKUA_REPORT_OPERATION: akua_report_key = 16;
/// Text, from a wait for an operation: the step that waits for a person, if one does.
pub const AKUA_REPORT_BLOCKED_ON: akua_report_key = 17;
/// Text, from a wait whose operation was cancelled: whether whoever waited had asked for that, `yes`, `no` or `unknown`.
pub const AKUA_REPORT_ASKED_HERE: akua_report_key = 18;
/// Text, from a create that was answered with what it has made, where no operation goes on after it: the id of that.
pub const AKUA_REPORT_MADE: akua_report_key = 19;

/// Number: the HTTP status; 0 if no answer arrived.
pub const AKUA_REPORT_HTTP_STATUS: akua_report_key = 31;
/// Number: how long the server asks to be left alone, in milliseconds, counted from when its answer arrived; -1 if it does
/// not.
pub const AKUA_REPORT_RETRY_AFTER: akua_report_key = 32;
/// Number: how many requests the call sent, or tried to send; of an edit how many writes.
pub const AKUA_REPORT_ATTEMPTS: akua_report_key = 33;
/// Number: how many requests the call sent, or tried to send, reads included.
pub const AKUA_REPORT_REQUESTS: akua_report_key = 34;

/// Flag: whether the call may have changed something: false only if it is certain that it did not and will not. From
/// `akua_edit_resolve`: whether the token's write may have.
pub const AKUA_REPORT_MAY_HAVE_TAKEN_EFFECT: akua_report_key = 51;
/// Flag: whether the write may take effect even now: false only if it is certain that it will not. From
/// `akua_edit_resolve`, whatever it failed with: whether the token's write may.
pub const AKUA_REPORT_MAY_STILL_LAND: akua_report_key = 52;

/// List: the errors that the server's answer names, with `AKUA_REPORT_CODE`, `_MESSAGE`, `_PATH`, `_METADATA_NAME` and
/// `_METADATA_VALUE`.
pub const AKUA_REPORT_SERVER_ERRORS: akua_report_key = 71;
/// List: the fields that are wrong, in the input or in the answer, with `AKUA_REPORT_FIELD` and `_MESSAGE`.
pub const AKUA_REPORT_PROBLEMS: akua_report_key = 72;
/// List, from an edit with a conflict or an unknown end, or that was ignored: the fields of its patch, with
/// `AKUA_REPORT_FIELD`, `_BASE`, `_OURS`, `_THEIRS` and `_STATE`.
pub const AKUA_REPORT_FIELDS: akua_report_key = 73;
/// List, from an applied edit: the fields that show neither the wanted value nor the one from before, as where a server
/// trims; with what `AKUA_REPORT_FIELDS` has.
pub const AKUA_REPORT_ADJUSTED: akua_report_key = 74;
/// List, from an applied edit: the fields that still show the value from before, though others show that the write was
/// carried out; with what `AKUA_REPORT_FIELDS` has.
pub const AKUA_REPORT_NOT_TAKEN: akua_report_key = 75;
/// List, from a launch that ended without an operation of its own: the operations of that kind that are listed for the
/// resource, the newest first, with `AKUA_REPORT_OPERATION`. Any may be ours, and any somebody else's. Of a create, the ids of
/// resources in their place: those that are listed under the name of the new one and may be no older than it; where it has no
/// name, those that were not listed before.
pub const AKUA_REPORT_CANDIDATES: akua_report_key = 76;
/// List, from a wait for an operation: the operations on the same resource that were started later, the newest first, with
/// `AKUA_REPORT_OPERATION`.
pub const AKUA_REPORT_LATER: akua_report_key = 77;

/// Of a server's error: its own code, such as `7002`. Decide by the status, never by this.
pub const AKUA_REPORT_CODE: akua_report_key = 91;
/// Of a server's error: the parts of the place in the request, such as `body` and `name`; they may be the server's inner
/// names.
pub const AKUA_REPORT_PATH: akua_report_key = 92;
/// Of a server's error: the names of further facts.
pub const AKUA_REPORT_METADATA_NAME: akua_report_key = 93;
/// Of a server's error: the facts with these names.
pub const AKUA_REPORT_METADATA_VALUE: akua_report_key = 94;
/// Of a problem or a field of an edit: the field, as it stands on the wire, or the argument of the call.
pub const AKUA_REPORT_FIELD: akua_report_key = 95;
/// Of a field of an edit: its value when the caller saw it; no text if that is not known, or must not be shown, and if there
/// was none: see `AKUA_REPORT_ABSENT`.
pub const AKUA_REPORT_BASE: akua_report_key = 96;
/// Of a field of an edit: its wanted value; no text if it must not be shown.
pub const AKUA_REPORT_OURS: akua_report_key = 97;
/// Of a field of an edit: its value in the version read last, or that the write made; no text if that is not known, or must
/// not be shown.
pub const AKUA_REPORT_THEIRS: akua_report_key = 98;
/// Of a field of an edit, what the comparison says: `done` (theirs is ours), `free` (ours can be written), `conflicting`,
/// or `unseen` (nobody can read it).
pub const AKUA_REPORT_STATE: akua_report_key = 99;
/// Of a field of an edit: the sides that are known to have no value, `base` and `theirs`. Of every other side without a text it
/// is not known.
pub const AKUA_REPORT_ABSENT: akua_report_key = 100;

const KEEP_THE_TOKEN: &str = "keep the resume token, and resolve it once this is mended";

impl akua_report {
    pub(crate) fn new(report: Report) -> Self {
        Self {
            status: of_report(&report),
            report,
            resource: None,
            operation: None,
            edited: None,
            texts: Texts::default(),
        }
    }

    /// Of an edit that is in effect.
    pub(crate) fn in_effect(report: Report, edited: impl std::any::Any + Send + Sync) -> Self {
        Self {
            status: AKUA_OK,
            edited: Some(Box::new(edited)),
            ..Self::new(report)
        }
    }

    pub(crate) fn with_resource<R: Declared>(mut self, resource: Option<R>) -> Self {
        self.resource = resource.map(|resource| Owned::new(akua_resource::new(resource)));
        self
    }

    pub(crate) fn with_operation(mut self, operation: Option<Operation>) -> Self {
        self.operation = operation.map(|operation| Owned::new(akua_resource::new(operation)));
        self
    }

    pub(crate) fn status(&self) -> akua_status {
        self.status
    }

    /// The whole end of the edit, if it is in effect and a `T`.
    pub(crate) fn edited<T: 'static>(&self) -> Option<&T> {
        self.edited.as_ref()?.downcast_ref()
    }

    pub(crate) fn misuse(misuse: &Misuse) -> Self {
        let message = format!("`{}` {}; nothing was sent", misuse.name, misuse.problem);
        Self::misused(Report::new(Kind::InvalidInput, Effect::NotSent, message), misuse)
    }

    /// The same, of a call that was to settle the write of a resume token.
    pub(crate) fn misuse_while_resolving(misuse: &Misuse) -> Self {
        let message = format!(
            "`{}` {}; nothing was sent, and nothing new is known of the write that the resume token belongs to: \
             it may have taken effect, and it may still ({KEEP_THE_TOKEN})",
            misuse.name, misuse.problem
        );
        let mut report = Report::new(Kind::InvalidInput, Effect::Unknown, message);
        report.hint = Some(KEEP_THE_TOKEN.to_owned());
        Self::misused(report, misuse)
    }

    fn misused(mut report: Report, misuse: &Misuse) -> Self {
        report.problems = vec![Problem {
            field: misuse.name.to_owned(),
            message: misuse.problem.clone().into_owned(),
        }];
        Self {
            status: AKUA_MISUSE,
            ..Self::new(report)
        }
    }

    pub(crate) fn panic(words: &str) -> Self {
        let message = format!("a mistake in this library: {words}; what the call did is not known (please report it)");
        Self::new(Report::new(Kind::Internal, Effect::Unknown, message))
    }

    fn text_of(&self, key: akua_report_key) -> akua_str {
        self.texts.of((key, 0, 0, 0), || self.text(key))
    }

    fn text(&self, key: akua_report_key) -> Option<&str> {
        let report = &self.report;
        match key {
            AKUA_REPORT_KIND => Some(report.kind.name()),
            AKUA_REPORT_EFFECT => Some(report.effect.name()),
            AKUA_REPORT_MESSAGE => Some(&report.message),
            AKUA_REPORT_HINT => report.hint.as_deref(),
            AKUA_REPORT_OUTCOME => report.end.map(End::outcome),
            AKUA_REPORT_END => report.end.map(End::name),
            AKUA_REPORT_PROOF => report.proof.map(Proof::name),
            AKUA_REPORT_CAUSE => report.cause.map(Cause::name),
            AKUA_REPORT_DETAIL => report.detail.as_deref(),
            AKUA_REPORT_EXPLAIN => report.story.as_deref(),
            AKUA_REPORT_REQUEST_ID => report.request_id.as_deref(),
            AKUA_REPORT_ETAG => report.etag.as_deref(),
            AKUA_REPORT_CURRENT_ETAG => report.current_etag.as_deref(),
            AKUA_REPORT_SEEN_ETAG => report.seen_etag.as_deref(),
            AKUA_REPORT_RESUME_TOKEN => report.resume_token.as_deref(),
            AKUA_REPORT_OPERATION => report.operation.as_deref(),
            AKUA_REPORT_BLOCKED_ON => report.blocked_on.as_deref(),
            AKUA_REPORT_ASKED_HERE => report.asked_here.map(Asked::name),
            AKUA_REPORT_MADE => report.made.as_deref(),
            _ => None,
        }
    }

    fn number(&self, key: akua_report_key) -> i64 {
        let report = &self.report;
        match key {
            AKUA_REPORT_HTTP_STATUS => report.status.unwrap_or(0).into(),
            AKUA_REPORT_RETRY_AFTER => report
                .retry_after_ms
                .map_or(-1, |ms| i64::try_from(ms).unwrap_or(i64::MAX)),
            AKUA_REPORT_ATTEMPTS => report.attempts.into(),
            AKUA_REPORT_REQUESTS => report.requests.into(),
            _ => 0,
        }
    }

    fn flag(&self, key: akua_report_key) -> bool {
        match key {
            AKUA_REPORT_MAY_HAVE_TAKEN_EFFECT => self.report.effect.may_have_taken_effect(),
            AKUA_REPORT_MAY_STILL_LAND => self.report.may_still_land.unwrap_or(false),
            _ => false,
        }
    }

    fn count(&self, list: akua_report_key) -> usize {
        match list {
            AKUA_REPORT_SERVER_ERRORS => self.report.server_errors.len(),
            AKUA_REPORT_PROBLEMS => self.report.problems.len(),
            AKUA_REPORT_CANDIDATES | AKUA_REPORT_LATER => self.operations(list).len(),
            _ => self.fields(list).len(),
        }
    }

    fn operations(&self, list: akua_report_key) -> &[String] {
        match list {
            AKUA_REPORT_CANDIDATES => &self.report.candidates,
            AKUA_REPORT_LATER => &self.report.later,
            _ => &[],
        }
    }

    fn fields(&self, list: akua_report_key) -> &[FieldValues] {
        match list {
            AKUA_REPORT_FIELDS => &self.report.fields,
            AKUA_REPORT_ADJUSTED => &self.report.adjusted,
            AKUA_REPORT_NOT_TAKEN => &self.report.not_taken,
            _ => &[],
        }
    }

    fn item(&self, list: akua_report_key, index: usize, key: akua_report_key, part: usize) -> Option<String> {
        if list == AKUA_REPORT_SERVER_ERRORS {
            let error = self.report.server_errors.get(index)?;
            return match (key, part) {
                (AKUA_REPORT_CODE, 0) => error.code.as_ref().map(ToString::to_string),
                (AKUA_REPORT_MESSAGE, 0) => Some(error.message.clone()),
                (AKUA_REPORT_PATH, _) => error.path.get(part).cloned(),
                (AKUA_REPORT_METADATA_NAME, _) => error.metadata.keys().nth(part).cloned(),
                (AKUA_REPORT_METADATA_VALUE, _) => error.metadata.values().nth(part).cloned(),
                _ => None,
            };
        }
        if list == AKUA_REPORT_PROBLEMS {
            let problem = self.report.problems.get(index)?;
            return match (key, part) {
                (AKUA_REPORT_FIELD, 0) => Some(problem.field.clone()),
                (AKUA_REPORT_MESSAGE, 0) => Some(problem.message.clone()),
                _ => None,
            };
        }
        if (key, part) == (AKUA_REPORT_OPERATION, 0) {
            return self.operations(list).get(index).cloned();
        }
        let field = self.fields(list).get(index)?;
        match (key, part) {
            (AKUA_REPORT_FIELD, 0) => Some(field.field.clone()),
            (AKUA_REPORT_BASE, 0) => field.base.clone(),
            (AKUA_REPORT_OURS, 0) => field.ours.clone(),
            (AKUA_REPORT_THEIRS, 0) => field.theirs.clone(),
            (AKUA_REPORT_ABSENT, _) => field.absent.get(part).map(|side| side.name().to_owned()),
            (AKUA_REPORT_STATE, 0) => field.state.map(FieldState::name).map(str::to_owned),
            _ => None,
        }
    }
}

/// The status that the call returned; `AKUA_OK` for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_report_status(report: *const akua_report) -> akua_status {
    from_c!().of(report, AKUA_OK, |report| report.status)
}

/// What happened, for a person: `AKUA_REPORT_MESSAGE`, which most programs want.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_report_message(report: *const akua_report) -> akua_str {
    from_c!().of(report, akua_str::NONE, |report| report.text_of(AKUA_REPORT_MESSAGE))
}

/// A text of the report, by its key, such as `AKUA_REPORT_EFFECT`.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_report_text(report: *const akua_report, key: akua_report_key) -> akua_str {
    from_c!().of(report, akua_str::NONE, |report| report.text_of(key))
}

/// A number of the report, by its key, such as `AKUA_REPORT_HTTP_STATUS`.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_report_number(report: *const akua_report, key: akua_report_key) -> i64 {
    from_c!().of(report, 0, |report| report.number(key))
}

/// A flag of the report, by its key, such as `AKUA_REPORT_MAY_STILL_LAND`.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_report_flag(report: *const akua_report, key: akua_report_key) -> bool {
    from_c!().of(report, false, |report| report.flag(key))
}

/// How many items a list of the report has, such as `AKUA_REPORT_PROBLEMS`.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_report_count(report: *const akua_report, list: akua_report_key) -> usize {
    from_c!().of(report, 0, |report| report.count(list))
}

/// A text of the item `index` of a list, by its key, such as `AKUA_REPORT_FIELD`. `part` counts what there are several of:
/// `AKUA_REPORT_PATH`, `_METADATA_NAME`, `_METADATA_VALUE` and `_ABSENT`, until there is no text; it is 0 for everything else.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_report_item(
    report: *const akua_report,
    list: akua_report_key,
    index: usize,
    key: akua_report_key,
    part: usize,
) -> akua_str {
    from_c!().of(report, akua_str::NONE, |report| {
        report
            .texts
            .of((list, index, key, part), || report.item(list, index, key, part))
    })
}

/// From an edit that is in effect: the version with the change in it; NULL if the answer to the write could not be read in
/// full. From an edit that is not, or a wait: the version that was read last, if one was; from a wait for an operation what
/// it worked on, as that stands now. From the create of a worker bootstrap what was made, with its secrets. It lives as long as the report; `akua_resource_clone` keeps it longer.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_report_resource(report: *const akua_report) -> *const akua_resource {
    from_c!().of(report, std::ptr::null(), |report| {
        report.resource.as_ref().map_or(std::ptr::null(), Owned::lend)
    })
}

/// From a wait for an operation: the operation as it was shown last, if it was. It lives as long as the report;
/// `akua_resource_clone` keeps it longer.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_report_operation(report: *const akua_report) -> *const akua_resource {
    from_c!().of(report, std::ptr::null(), |report| {
        report.operation.as_ref().map_or(std::ptr::null(), Owned::lend)
    })
}

/// Frees a report. NULL does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_report_free(report: *mut akua_report) {
    from_c!().free(report);
}
