//! What an edit that is in effect says of single fields: those that the server has stored otherwise than they were wanted.

use crate::cluster_edit::akua_cluster_edited;
use crate::handle::FromC;
use crate::text::akua_str;
use crate::workspace_edit::akua_workspace_edited;

/// How many fields the server has stored otherwise than they were wanted, as the answer to the write shows; 0 if everything
/// that answers show is as wanted. Those that are as wanted are not among them.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_edited_field_count(edited: *const akua_cluster_edited) -> usize {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(edited, 0, |edited| edited.0.fields.len())
}

/// The field, as it stands on the wire.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_edited_field_name(edited: *const akua_cluster_edited, index: usize) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.of(edited, akua_str::NONE, |edited| {
        edited.0.field(index).map_or(akua_str::NONE, |one| one.texts.name())
    })
}

/// What the server has made of it: `adjusted` (it shows neither the wanted value nor the one from before, as where a server
/// trims) or `not_taken` (it still shows the value from before).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_edited_field_result(
    edited: *const akua_cluster_edited,
    index: usize,
) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.of(edited, akua_str::NONE, |edited| {
        edited.0.field(index).map_or(akua_str::NONE, |one| one.result())
    })
}

/// Its value from before the write; no text if that is not known.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_edited_field_base(edited: *const akua_cluster_edited, index: usize) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.of(edited, akua_str::NONE, |edited| {
        edited.0.field(index).map_or(akua_str::NONE, |one| one.texts.base())
    })
}

/// Its wanted value.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_edited_field_ours(edited: *const akua_cluster_edited, index: usize) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.of(edited, akua_str::NONE, |edited| {
        edited.0.field(index).map_or(akua_str::NONE, |one| one.texts.ours())
    })
}

/// Its value in the version that the write made.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_edited_field_theirs(
    edited: *const akua_cluster_edited,
    index: usize,
) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.of(edited, akua_str::NONE, |edited| {
        edited.0.field(index).map_or(akua_str::NONE, |one| one.texts.theirs())
    })
}

/// What the comparison of the three says: `free` (as before the write) or `conflicting` (a third value).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_edited_field_state(edited: *const akua_cluster_edited, index: usize) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.of(edited, akua_str::NONE, |edited| {
        edited.0.field(index).map_or(akua_str::NONE, |one| one.texts.state())
    })
}

/// How many fields the server has stored otherwise than they were wanted, as the answer to the write shows; 0 if everything
/// that answers show is as wanted. Those that are as wanted are not among them.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_workspace_edited_field_count(edited: *const akua_workspace_edited) -> usize {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(edited, 0, |edited| edited.0.fields.len())
}

/// The field, as it stands on the wire.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_workspace_edited_field_name(
    edited: *const akua_workspace_edited,
    index: usize,
) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.of(edited, akua_str::NONE, |edited| {
        edited.0.field(index).map_or(akua_str::NONE, |one| one.texts.name())
    })
}

/// What the server has made of it: `adjusted` (it shows neither the wanted value nor the one from before, as where a server
/// trims) or `not_taken` (it still shows the value from before).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_workspace_edited_field_result(
    edited: *const akua_workspace_edited,
    index: usize,
) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.of(edited, akua_str::NONE, |edited| {
        edited.0.field(index).map_or(akua_str::NONE, |one| one.result())
    })
}

/// Its value from before the write; no text if that is not known.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_workspace_edited_field_base(
    edited: *const akua_workspace_edited,
    index: usize,
) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.of(edited, akua_str::NONE, |edited| {
        edited.0.field(index).map_or(akua_str::NONE, |one| one.texts.base())
    })
}

/// Its wanted value.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_workspace_edited_field_ours(
    edited: *const akua_workspace_edited,
    index: usize,
) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.of(edited, akua_str::NONE, |edited| {
        edited.0.field(index).map_or(akua_str::NONE, |one| one.texts.ours())
    })
}

/// Its value in the version that the write made.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_workspace_edited_field_theirs(
    edited: *const akua_workspace_edited,
    index: usize,
) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.of(edited, akua_str::NONE, |edited| {
        edited.0.field(index).map_or(akua_str::NONE, |one| one.texts.theirs())
    })
}

/// What the comparison of the three says: `free` (as before the write) or `conflicting` (a third value).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_workspace_edited_field_state(
    edited: *const akua_workspace_edited,
    index: usize,
) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.of(edited, akua_str::NONE, |edited| {
        edited.0.field(index).map_or(akua_str::NONE, |one| one.texts.state())
    })
}
