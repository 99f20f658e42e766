//! What differs between writes, as data. Everything else is the machine.

/// One kind of write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Intent {
    /// Whether an etag guards it.
    pub(crate) is_guarded: bool,
    /// Whether the endpoint takes an idempotency key.
    pub(crate) takes_key: bool,
    /// Whether it may be tried on a version that somebody else has made.
    pub(crate) rebases: bool,
}

impl Intent {
    /// Fields of a resource are to have other values.
    pub(crate) const fn edit(takes_key: bool) -> Self {
        Self {
            is_guarded: true,
            takes_key,
            rebases: true,
        }
    }
}
