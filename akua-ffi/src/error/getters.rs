//! What an error says as a whole.

use super::akua_error;

use crate::cluster::akua_cluster;
use crate::handle::{FromC, Owned};
use crate::status::{AKUA_OK, akua_status};
use crate::text::{akua_str, shown};
use crate::workspace::akua_workspace;

/// The status that the call returned; `AKUA_OK` for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_error_status(error: *const akua_error) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(error, AKUA_OK, |error| error.status)
}

/// What went wrong, by the name that it has in every language: that of the status, but of an edit what it ended by, such as
/// `timeout` or `authentication`; `internal` is a mistake of this library.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_error_kind(error: *const akua_error) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(error, akua_str::NONE, |error| error.kind.as_c())
}

/// What happened, for a person: the call, what the server said, whether the request may have taken effect, and what to
/// do next. No secret is in it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_error_message(error: *const akua_error) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(error, akua_str::NONE, |error| error.message.as_c())
}

/// What to do about it, if that is known. It is in the message too.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_error_hint(error: *const akua_error) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(error, akua_str::NONE, |error| shown(error.hint.as_ref()))
}

/// The HTTP status; 0 if no answer arrived.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_error_http_status(error: *const akua_error) -> i32 {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(error, 0, |error| i32::from(error.http_status))
}

/// What is known about the effect of the call: `not_sent`, `not_applied`, `unknown` or `applied`. From a `_resolve`: about
/// the effect of the token's write, so `unknown` for whatever kept the call from finding out.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_error_effect(error: *const akua_error) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(error, akua_str::NONE, |error| error.effect.as_c())
}

/// Whether the call may have changed something: false only if it is certain that it did not and will not. From a
/// `_resolve`: whether the token's write may have.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_error_may_have_taken_effect(error: *const akua_error) -> bool {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(error, false, |error| error.may_have_taken_effect)
}

/// Whether the write may take effect even now: false only if it is certain that it will not. From a `_resolve`, whatever it
/// failed with: whether the token's write may.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_error_may_still_land(error: *const akua_error) -> bool {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(error, false, |error| error.may_still_land)
}

/// The server's id for the request, as its support asks for it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_error_request_id(error: *const akua_error) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(error, akua_str::NONE, |error| shown(error.request_id.as_ref()))
}

/// The etag that a refusal names as the resource's current one. Before writing with it, read the resource.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_error_current_etag(error: *const akua_error) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(error, akua_str::NONE, |error| shown(error.current_etag.as_ref()))
}

/// The etag of the version that an update has made whose answer can't be read in full (effect `applied`).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_error_new_etag(error: *const akua_error) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(error, akua_str::NONE, |error| shown(error.new_etag.as_ref()))
}

/// How long the server asks to be left alone, in milliseconds, counted from when its answer arrived; -1 if it does not.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_error_retry_after_ms(error: *const akua_error) -> i64 {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(error, -1, |error| {
        error
            .retry_after_ms
            .map_or(-1, |ms| i64::try_from(ms).unwrap_or(i64::MAX))
    })
}

/// How many requests the call sent, or tried to send; of an edit how many writes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_error_attempts(error: *const akua_error) -> u32 {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(error, 0, |error| error.attempts)
}

/// How many requests the call sent, or tried to send, reads included.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_error_requests(error: *const akua_error) -> u32 {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(error, 0, |error| error.requests)
}

/// From an edit: how it ended, `not_applied` or `indeterminate`; `applied` where its answer can't be read in full. From a
/// wait: `gone`, `superseded`, `deadline_passed` or `cancelled`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_error_outcome(error: *const akua_error) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(error, akua_str::NONE, |error| shown(error.outcome.as_ref()))
}

/// From an edit that was not sent or is indeterminate: what stood in the way, such as `deadline` or `answer_lost`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_error_cause(error: *const akua_error) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(error, akua_str::NONE, |error| shown(error.cause.as_ref()))
}

/// From an edit: what was heard last, or why nothing more was sent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_error_detail(error: *const akua_error) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(error, akua_str::NONE, |error| shown(error.detail.as_ref()))
}

/// From an edit: what happened and why, step by step, for a person. No secret is in it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_error_explain(error: *const akua_error) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(error, akua_str::NONE, |error| shown(error.explain.as_ref()))
}

/// From an indeterminate edit: with this `akua_cluster_resolve` or `akua_workspace_resolve` can settle it later, also in
/// another process or language. Names and slugs stand in it readably.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_error_resume_token(error: *const akua_error) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(error, akua_str::NONE, |error| shown(error.resume_token.as_ref()))
}

/// From an edit of a cluster or a wait: the version that was read last, if one was. It lives as long as the error;
/// `akua_cluster_clone` keeps it longer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_error_cluster(error: *const akua_error) -> *const akua_cluster {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(error, std::ptr::null(), |error| {
        error.cluster.as_ref().map_or(std::ptr::null(), Owned::lend)
    })
}

/// From an edit of a workspace: the version that was read last, if one was. It lives as long as the error;
/// `akua_workspace_clone` keeps it longer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_error_workspace(error: *const akua_error) -> *const akua_workspace {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(error, std::ptr::null(), |error| {
        error.workspace.as_ref().map_or(std::ptr::null(), Owned::lend)
    })
}

/// Frees an error. NULL does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_error_free(error: *mut akua_error) {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.free(error);
}
