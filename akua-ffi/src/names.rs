//! Texts, and the names of numbers.

use std::ffi::c_char;

use crate::generated::kinds::{KINDS, PROPERTIES, akua_kind, akua_property};
use crate::handle::from_c;
use crate::status::{self, AKUA_ABI_VERSION, akua_status};
use crate::text::{akua_str, fixed};

/// The text of a C string, not copied; no text if `text` is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_str_of(text: *const c_char) -> akua_str {
    let from_c = from_c!();
    from_c.guarded(akua_str::NONE, || from_c.measured(text))
}

/// Whether two texts are the same, byte for byte. No text and an empty one are the same.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_str_equals(one: akua_str, other: akua_str) -> bool {
    let from_c = from_c!();
    from_c.guarded(false, || from_c.same(one, other))
}

/// The `AKUA_ABI_VERSION` that the library at hand was built with.
#[unsafe(no_mangle)]
pub extern "C-unwind" fn akua_abi_version() -> u32 {
    from_c!().guarded(0, || AKUA_ABI_VERSION)
}

/// The version of the library at hand, such as `0.1.0`. Lives as long as the program.
#[unsafe(no_mangle)]
pub extern "C-unwind" fn akua_version() -> akua_str {
    from_c!().guarded(akua_str::NONE, || fixed(concat!(env!("CARGO_PKG_VERSION"), "\0")))
}

/// The name of a status, such as `conflict`: lower case, and the same in every language. No text for a number that is
/// none. Lives as long as the program.
#[unsafe(no_mangle)]
pub extern "C-unwind" fn akua_status_name(status: akua_status) -> akua_str {
    name_in(status::NAMES.iter().copied(), status)
}

/// The name of a kind, such as `cluster`. No text for a number that is none. Lives as long as the program.
#[unsafe(no_mangle)]
pub extern "C-unwind" fn akua_kind_name(kind: akua_kind) -> akua_str {
    name_in(KINDS.iter().map(|(number, _, name)| (*number, *name)), kind)
}

/// The kind with a name; 0 if there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_kind_named(name: akua_str) -> akua_kind {
    number_in(KINDS.iter().map(|(number, _, name)| (*number, *name)), name)
}

/// The name of a property as it stands on the wire, such as `region_id`, or `plan.tier` for one inside of another. No text
/// for a number that is none. Lives as long as the program.
#[unsafe(no_mangle)]
pub extern "C-unwind" fn akua_property_name(property: akua_property) -> akua_str {
    name_in(PROPERTIES.iter().copied(), property)
}

/// The property with a name; 0 if there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_property_named(name: akua_str) -> akua_property {
    number_in(PROPERTIES.iter().copied(), name)
}

fn name_in(mut table: impl Iterator<Item = (i32, &'static str)>, number: i32) -> akua_str {
    from_c!().guarded(akua_str::NONE, || {
        let known = table.find(|(known, _)| *known == number);
        known.map_or(akua_str::NONE, |(_, name)| fixed(name))
    })
}

fn number_in(mut table: impl Iterator<Item = (i32, &'static str)>, name: akua_str) -> i32 {
    let from_c = from_c!();
    from_c.guarded(0, || {
        let known = table.find(|(_, known)| from_c.same(fixed(known), name));
        known.map_or(0, |(number, _)| number)
    })
}
