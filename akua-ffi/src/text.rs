//! Texts between C and Rust: a pointer with a length, and a NUL behind what goes out.

use std::ffi::c_char;
use std::sync::OnceLock;

use crate::handle::FromC;

/// A text: `len` bytes of UTF-8 at `data`. `{NULL, 0}` is no text at all.
///
/// What this library gives out also has a NUL at `data[len]`, so that `data` can be used where a C string is wanted.
/// A text from a server may have a NUL inside; then only `len` tells all of it. What it takes in needs no NUL.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct akua_str {
    /// The bytes; NULL if there is no text.
    pub data: *const c_char,
    /// How many bytes, a NUL at the end not counted.
    pub len: usize,
}

impl akua_str {
    pub(crate) const NONE: Self = Self {
        data: std::ptr::null(),
        len: 0,
    };
}

/// The text of a C string, not copied; no text if `text` is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_str_of(text: *const c_char) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.guarded(akua_str::NONE, || from_c.measured(text))
}

/// Whether two texts are the same, byte for byte. No text and an empty one are the same.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_str_equals(one: akua_str, other: akua_str) -> bool {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.guarded(false, || from_c.same(one, other))
}

/// A text for C to look at.
pub(crate) struct Text(Box<[u8]>);

impl Text {
    pub(crate) fn new(text: &str) -> Self {
        let mut bytes = Vec::with_capacity(text.len() + 1);
        bytes.extend_from_slice(text.as_bytes());
        bytes.push(0);
        Self(bytes.into_boxed_slice())
    }

    pub(crate) fn optional(text: Option<&str>) -> Option<Self> {
        text.map(Self::new)
    }

    pub(crate) fn as_c(&self) -> akua_str {
        akua_str {
            data: self.0.as_ptr().cast(),
            len: self.0.len() - 1,
        }
    }
}

/// What C sees of a text that need not be there.
pub(crate) fn shown(text: Option<&Text>) -> akua_str {
    text.map_or(akua_str::NONE, Text::as_c)
}

/// A text that is made for C when it is first asked for.
#[derive(Default)]
pub(crate) struct Lazy(OnceLock<Text>);

impl Lazy {
    pub(crate) fn of(&self, text: &str) -> akua_str {
        self.made(|| Text::new(text))
    }

    pub(crate) fn made(&self, make: impl FnOnce() -> Text) -> akua_str {
        self.0.get_or_init(make).as_c()
    }
}

/// The texts of one version of a resource, all of them copied for C when the first is asked for.
pub(crate) struct Texts<const N: usize>(OnceLock<Copied<N>>);

struct Copied<const N: usize> {
    /// One after the other, each with a NUL behind it.
    bytes: Box<[u8]>,
    /// Where each ends, its NUL counted; one that is not there takes no room.
    ends: [usize; N],
}

impl<const N: usize> Default for Texts<N> {
    fn default() -> Self {
        Self(OnceLock::new())
    }
}

impl<const N: usize> Texts<N> {
    /// The text with this number, of `all`, which are always the same.
    pub(crate) fn of<'a>(&self, number: usize, all: impl FnOnce() -> [Option<&'a str>; N]) -> akua_str {
        let copied = self.0.get_or_init(|| Copied::new(all()));
        let end_of = |number: usize| copied.ends.get(number).copied();
        let begin = number.checked_sub(1).map_or(Some(0), end_of);
        match (begin, end_of(number)) {
            (Some(begin), Some(end)) => copied.between(begin, end),
            _ => akua_str::NONE,
        }
    }
}

impl<const N: usize> Copied<N> {
    fn new(all: [Option<&str>; N]) -> Self {
        let room = all.iter().flatten().map(|text| text.len() + 1).sum();
        let mut bytes = Vec::with_capacity(room);
        let ends = all.map(|text| {
            if let Some(text) = text {
                bytes.extend_from_slice(text.as_bytes());
                bytes.push(0);
            }
            bytes.len()
        });
        let bytes = bytes.into_boxed_slice();
        Self { bytes, ends }
    }

    fn between(&self, begin: usize, end: usize) -> akua_str {
        match self.bytes.get(begin..end) {
            Some([text @ .., 0]) => akua_str {
                data: text.as_ptr().cast(),
                len: text.len(),
            },
            _ => akua_str::NONE,
        }
    }
}
