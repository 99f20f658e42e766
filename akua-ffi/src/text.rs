//! Texts between C and Rust: a pointer with a length, and a NUL behind what goes out.

use std::ffi::c_char;
use std::sync::{Mutex, PoisonError};

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

/// A text for C to look at.
pub(crate) struct Text(Box<[u8]>);

impl Text {
    pub(crate) fn new(text: &str) -> Self {
        let mut bytes = Vec::with_capacity(text.len() + 1);
        bytes.extend_from_slice(text.as_bytes());
        bytes.push(0);
        Self(bytes.into_boxed_slice())
    }

    pub(crate) fn as_c(&self) -> akua_str {
        akua_str {
            data: self.0.as_ptr().cast(),
            len: self.0.len() - 1,
        }
    }
}

/// A text of this library's own, which ends with a NUL.
pub(crate) fn fixed(text: &'static str) -> akua_str {
    akua_str {
        data: text.as_ptr().cast(),
        len: text.len().saturating_sub(1),
    }
}

/// Texts that are made for C when they are first asked for, each once, and stay as long as this.
pub(crate) struct Texts<K>(Mutex<Vec<(K, Text)>>);

impl<K> Default for Texts<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: PartialEq> Texts<K> {
    /// The text for `key`; no text if there is none to be made.
    pub(crate) fn of<T: AsRef<str>>(&self, key: K, make: impl FnOnce() -> Option<T>) -> akua_str {
        // What was made before a panic is whole.
        let mut made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, text)) = made.iter().find(|(known, _)| *known == key) {
            return text.as_c();
        }
        let Some(text) = make() else { return akua_str::NONE };
        let text = Text::new(text.as_ref());
        let lent = text.as_c();
        made.push((key, text));
        lent
    }
}
