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

    /// What lies here, but for the NUL at its end; no text if there is not even that.
    pub(crate) fn ending_with_nul(bytes: &[u8]) -> Self {
        match bytes {
            [] => Self::NONE,
            [text @ .., _] => Self {
                data: text.as_ptr().cast(),
                len: text.len(),
            },
        }
    }
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
        akua_str::ending_with_nul(&self.0)
    }
}

/// A text of this library's own, which ends with a NUL.
pub(crate) fn fixed(text: &'static str) -> akua_str {
    akua_str::ending_with_nul(text.as_bytes())
}

/// Texts that lie side by side in one piece of memory, each with a NUL behind it. Before them stands where each begins, and
/// where the last one ends, in a word each.
pub(crate) struct Laid(Vec<u8>);

const WORD: usize = size_of::<usize>();

impl Laid {
    pub(crate) fn new<'a>(texts: impl ExactSizeIterator<Item = Option<&'a str>>) -> Self {
        // Most are shorter, so that mostly this is all the memory it takes.
        const EXPECTED: usize = 32;
        let head = (texts.len() + 1) * WORD;
        let mut bytes = Vec::with_capacity(head + texts.len() * EXPECTED);
        bytes.resize(head, 0);
        let mut word = 0;
        let mut begin = |bytes: &mut Vec<u8>| {
            let at = bytes.len().to_ne_bytes();
            if let Some(room) = bytes.get_mut(word..word + WORD) {
                room.copy_from_slice(&at);
            }
            word += WORD;
        };
        for text in texts {
            begin(&mut bytes);
            if let Some(text) = text {
                bytes.extend_from_slice(text.as_bytes());
                bytes.push(0);
            }
        }
        begin(&mut bytes);
        Self(bytes)
    }

    /// The text at `index`.
    pub(crate) fn get(&self, index: usize) -> akua_str {
        self.find(index).map_or(akua_str::NONE, akua_str::ending_with_nul)
    }

    fn find(&self, index: usize) -> Option<&[u8]> {
        let words: &[u8; 2 * WORD] = self.0.get(index * WORD..)?.first_chunk()?;
        let begin = usize::from_ne_bytes(*words.first_chunk()?);
        let end = usize::from_ne_bytes(*words.last_chunk()?);
        self.0.get(begin..end)
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
    /// The text for `key`; no text if there is none to be made. Not for the hot path of a getter, which has no room for it.
    #[inline(never)]
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_side_by_side_are_found_again() {
        let long = "x".repeat(1000);
        for texts in [
            &[] as &[Option<&str>],
            &[None],
            &[Some("")],
            &[None, Some("one"), Some(""), None, Some(&long), Some("ü"), None],
        ] {
            let laid = Laid::new(texts.iter().copied());
            for (index, text) in texts.iter().enumerate() {
                let found = laid.find(index).filter(|found| !found.is_empty());
                assert_eq!(
                    found,
                    text.map(|text| format!("{text}\0")).as_deref().map(str::as_bytes)
                );
                let lent = laid.get(index);
                assert_eq!(lent.data.is_null(), text.is_none());
                assert_eq!(lent.len, text.map_or(0, str::len));
            }
            assert!(laid.find(texts.len()).is_none());
        }
    }
}
