//! What an error lists: the server's errors, the fields that are wrong, the fields of a conflict.

use super::akua_error;
use crate::handle::FromC;
use crate::text::{akua_str, shown};

/// How many errors the server's answer names.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_error_server_error_count(error: *const akua_error) -> usize {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(error, 0, |error| error.server_errors.len())
}

/// The server's own code, such as `7002`. Decide by the status, never by this.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_error_server_error_code(error: *const akua_error, index: usize) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(error, akua_str::NONE, |error| {
        error
            .server_errors
            .get(index)
            .map_or(akua_str::NONE, |one| shown(one.code.as_ref()))
    })
}

/// The server's message; empty if it gave none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_error_server_error_message(error: *const akua_error, index: usize) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(error, akua_str::NONE, |error| {
        error
            .server_errors
            .get(index)
            .map_or(akua_str::NONE, |one| one.message.as_c())
    })
}

/// How many parts the place in the request has that the server's error `index` names.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_error_server_error_path_count(error: *const akua_error, index: usize) -> usize {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(error, 0, |error| {
        error.server_errors.get(index).map_or(0, |one| one.path.len())
    })
}

/// The part `part` of the place in the request, such as `body` and `name`; it may use the server's inner names.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_error_server_error_path(error: *const akua_error, index: usize, part: usize) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(error, akua_str::NONE, |error| {
        let one = error.server_errors.get(index);
        shown(one.and_then(|one| one.path.get(part)))
    })
}

/// How many further facts the server's error `index` has.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_error_server_error_metadata_count(error: *const akua_error, index: usize) -> usize {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(error, 0, |error| {
        error.server_errors.get(index).map_or(0, |one| one.metadata.len())
    })
}

/// The name of the fact `entry` of the server's error `index`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_error_server_error_metadata_name(
    error: *const akua_error,
    index: usize,
    entry: usize,
) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(error, akua_str::NONE, |error| {
        error
            .metadata(index, entry)
            .map_or(akua_str::NONE, |(name, _)| name.as_c())
    })
}

/// The fact `entry` of the server's error `index`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_error_server_error_metadata_value(
    error: *const akua_error,
    index: usize,
    entry: usize,
) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(error, akua_str::NONE, |error| {
        error
            .metadata(index, entry)
            .map_or(akua_str::NONE, |(_, value)| value.as_c())
    })
}

/// How many fields are wrong, in the input or in the answer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_error_problem_count(error: *const akua_error) -> usize {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(error, 0, |error| error.problems.len())
}

/// The field, as it stands on the wire, or the argument of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_error_problem_field(error: *const akua_error, index: usize) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(error, akua_str::NONE, |error| {
        error.problems.get(index).map_or(akua_str::NONE, |one| one.field.as_c())
    })
}

/// What is wrong with the field and what would be right. It does not repeat the value.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_error_problem_message(error: *const akua_error, index: usize) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(error, akua_str::NONE, |error| {
        error
            .problems
            .get(index)
            .map_or(akua_str::NONE, |one| one.message.as_c())
    })
}

/// From an edit with a conflict or an unknown end: how many fields its patch has.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_error_field_count(error: *const akua_error) -> usize {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(error, 0, |error| error.fields.len())
}

/// The field, as it stands on the wire.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_error_field_name(error: *const akua_error, index: usize) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(error, akua_str::NONE, |error| {
        error.fields.get(index).map_or(akua_str::NONE, |one| one.name.as_c())
    })
}

/// Its value when the caller saw it; no text if that is not known, or must not be shown.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_error_field_base(error: *const akua_error, index: usize) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(error, akua_str::NONE, |error| {
        error
            .fields
            .get(index)
            .map_or(akua_str::NONE, |one| shown(one.base.as_ref()))
    })
}

/// Its wanted value; no text if it must not be shown.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_error_field_ours(error: *const akua_error, index: usize) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(error, akua_str::NONE, |error| {
        error
            .fields
            .get(index)
            .map_or(akua_str::NONE, |one| shown(one.ours.as_ref()))
    })
}

/// Its value in the version read last; no text if that is not known, or must not be shown.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_error_field_theirs(error: *const akua_error, index: usize) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(error, akua_str::NONE, |error| {
        error
            .fields
            .get(index)
            .map_or(akua_str::NONE, |one| shown(one.theirs.as_ref()))
    })
}

/// What the comparison says: `done` (theirs is ours), `free` (ours can be written), `conflicting`, or `unseen` (nobody
/// can read it).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_error_field_state(error: *const akua_error, index: usize) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(error, akua_str::NONE, |error| {
        error
            .fields
            .get(index)
            .map_or(akua_str::NONE, |one| shown(one.state.as_ref()))
    })
}
