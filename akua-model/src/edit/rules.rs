//! The rules of the protocol by name, so that a test can take one away and watch what breaks.
//!
//! Outside of tests every rule holds and nothing can change that.

/// A rule that the machine follows. The checker removes one at a time; each must then be missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Rule {
    /// A write whose answer is lost may have landed.
    LostAnswerTaints,
    /// The same bytes are sent again only where they can't land twice.
    ResendOnlyWhereSafe,
    /// After a lost answer, a 409 is no proof that nothing landed, unless the contract makes it one.
    TaintedConflictIsNoProof,
    /// That a read still shows the old etag is no proof that the write will not land.
    OldEtagIsNoProof,
    /// "Nothing can land any more" takes an etag that never repeats and has moved.
    StillLandingNeedsProof,
    /// A new epoch takes a new key.
    NewEpochNewKey,
    /// A repeat inside an epoch keeps the key.
    ResendKeepsKey,
    /// A field that somebody else changed to another value is not overwritten.
    ForeignValueConflicts,
    /// That a field is absent is known; it is not a field of which nothing is known.
    AbsentIsNotUnseen,
    /// A field that an answer leaves out is absent only if it is declared to be shown whenever there is a value.
    OmittedIsNotAbsent,
    /// A field that can't be read stops the rebase of the whole patch.
    WriteOnlyStopsRebase,
    /// A definite refusal of a repeat says nothing about the attempts before it.
    TaintSurvivesRefusal,
    /// Where something on the way may repeat requests, every answer may be the answer to a repeat.
    HiddenRetriesTaint,
    /// A patch with a field that is not shown is never observed.
    ObservedNeedsReadable,
    /// A read proves something only if it can't be stale.
    ObservedNeedsFreshRead,
    /// A version that was passed in does not prove that everything is as wanted.
    UnchangedNeedsRead,
    /// After a named mismatch a read with the old etag is stale.
    StaleReadIsRepeated,
    /// A key proves something only for as long as it is remembered.
    KeyProvesInRetention,
    /// A key is as old as the clock says that tells most.
    AgeIsTheLargest,
    /// A 200 that shows the old value in every field that was to change acknowledges nothing.
    AcknowledgementIsRead,
    /// One that nowhere shows the wanted value acknowledges something only where it shows what was written.
    AdjustedNeedsWrittenVersion,
    /// A 200 that shows the old values proves that nothing took effect only if it speaks about the only copy and shows what was written.
    IgnoredNeedsProof,
    /// An etag that a 409 names is current only once a later read shows it, or where the contract says so.
    HintNeedsConfirmation,
    /// After a 409, that everything is as wanted takes a read that can't be stale. So it does before an action or a delete.
    UnchangedNeedsFreshRead,
    /// After a lost answer, 404 to the repeat of a delete says that it is gone, and not that nothing of ours has landed.
    LostDeleteIsGone,
    /// A 404 says that something is gone only to the very credentials that have shown it.
    GoneNeedsSight,
    /// That a read finds nothing says that it is gone only if it can't be stale.
    GoneNeedsFreshRead,
    /// An operation that is listed for the resource may be anybody's.
    ListedIsNoProof,
    /// An action or a delete is for the version that the caller has seen, and for no other.
    ActionsAreNotRebased,
}
