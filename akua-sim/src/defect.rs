//! Ways in which this Akua can break its own promises: for testing whoever judges a client or a server by the record.
//!
//! Nobody needs these to test a client. A [`Contract`](crate::Contract) says what is promised, a
//! [`Fault`](crate::Fault) is what may happen to everybody; a defect is a promise that is claimed and not kept. The
//! record stays true: it tells what was really done. Defects are switched on from Rust only.

/// A promise that is not kept. Where a chance is given, it is drawn from the seeded generator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Defect {
    /// The etag is compared before another write is done, and the write follows after it: an `if-match` with the
    /// etag before the current one is accepted too.
    CompareNotAtomic,
    /// One keyed write in four fails after its key was kept: it is answered 500, and a repeat gets a 200.
    KeyNotAtomic,
    /// Two keys in three are forgotten at once.
    KeyForgotten,
    /// Every other read shows one of the two versions before the current one.
    StaleReads,
    /// There are only three etags, which take turns.
    EtagsReused,
    /// One write in three is answered 200, or 202, with what would have become of it, and never done.
    AnswerBeforeCommit,
    /// Only the first character of a key counts, and bodies are not compared: a write can be answered with what
    /// another one was answered.
    KeysCollide,
    /// One write in four is done twice.
    WrittenTwice,
    /// One write in three is done and answered 409, with the etag that it has just made.
    ConflictAfterWrite,
    /// Two writes in five leave the etag as it was.
    EtagNotMoved,
    /// Of several properties only one is written.
    PartialWrite,
    /// One write in four is answered 200 and undone five milliseconds later, with all that came after it.
    LostAfterAnswer,
    /// Every other write is refused although its `if-match` is current; the etag before is named as the current one.
    WrongEtagNamed,
}
