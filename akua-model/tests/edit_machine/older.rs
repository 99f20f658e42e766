//! A stale read, which shows an older version than the call has seen, is neither another writer's change nor a proof.

use akua_model::edit::ResumeMode;

use crate::story::{documented, rename};

/// The version passed in was updated at 2.
const OLDER: &str = "updated_at=1970-01-01T00:00:01Z";
const NEWER: &str = "updated_at=1970-01-01T00:00:03Z";

#[test]
fn a5_after_a_conflict_an_older_version_is_nobodys_change() {
    // The etag that is named may be as old as the read.
    for (refusal, why) in [
        ("409", "UnnamedConflict"),
        ("409 41", "OtherEtagNamed"),
        ("409 77", "OtherEtagNamed"),
    ] {
        // A field of ours, one beside it, and our value.
        for shown in ["name=older", "slug=older-slug", "name=ours"] {
            documented().workspace().tells(&format!(
                "begin -> VersionPassedIn: PATCH 42, token, free
                 {refusal} -> {why}: GET, free
                 200 41 {shown} {OLDER} -> OlderRead: GET, retry
                 200 43 name=theirs {NEWER} -> Conflict: conflict with 43, name Conflicting",
            ));
            documented().workspace().tells(&format!(
                "begin -> VersionPassedIn: PATCH 42, token, free
                 {refusal} -> {why}: GET, free
                 200 41 {shown} {OLDER} -> OlderRead: GET, retry
                 200 41 {shown} {OLDER} -> OlderRead: GET, retry
                 200 41 {shown} {OLDER} -> GaveUp(ReadFailed): rejected with 409",
            ));
        }
    }
}

#[test]
fn a5_the_first_read_is_no_older_than_what_is_passed_in() {
    documented().workspace().patch("name=old").tells(&format!(
        "begin -> SeemsUnchanged: GET, free
         200 41 name=older {OLDER} -> OlderRead: GET, retry
         200 42 -> AlreadyAsWanted: unchanged at 42",
    ));
    documented().workspace().patch("name=old").tells(&format!(
        "begin -> SeemsUnchanged: GET, free
         200 41 name=older {OLDER} -> OlderRead: GET, retry
         200 41 name=older {OLDER} -> OlderRead: GET, retry
         200 41 name=older {OLDER} -> GaveUp(ReadFailed): not sent: ReadFailed",
    ));
}

#[test]
fn a5_what_this_call_has_read_or_was_answered_counts_too() {
    documented().workspace().by_id().tells(&format!(
        "begin -> NothingSeenYet: GET, free
         200 42 -> VersionRead: PATCH 42, token, free
         409 -> UnnamedConflict: GET, free
         200 41 name=older {OLDER} -> OlderRead: GET, retry
         200 42 -> NotAMismatch: rejected with 409",
    ));
}

#[test]
fn a5_after_a_lost_answer_an_older_version_proves_nothing() {
    documented().workspace().tells(&format!(
        "begin -> VersionPassedIn: PATCH 42, token, free
         lost -> AnswerLost: PATCH 42, settle
         409 41 -> ConflictAfterLostAnswer: GET, settle
         200 41 name=ours {OLDER} -> OlderRead: GET, settle
         200 41 name=ours {OLDER} -> OlderRead: GET, settle
         200 41 name=ours {OLDER} -> Unknowable {{ may_still_land: true, cause: ConflictAfterLostAnswer }}: indeterminate, may still land, seen nothing",
    ));
}

#[test]
fn a_read_that_cannot_be_stale_is_believed_whatever_the_servers_clock_says() {
    rename().tells(&format!(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         409 43 -> Mismatch: GET, free
         200 43 name=theirs {OLDER} -> Conflict: conflict with 43, name Conflicting",
    ));
    documented()
        .contract(|contract| contract.reads_linearizable = true)
        .tells(&format!(
            "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         409 -> UnnamedConflict: GET, free
         200 43 name=theirs {OLDER} -> Conflict: conflict with 43, name Conflicting",
        ));
    // A token does not tell when the version was updated.
    documented()
        .workspace()
        .resumed(ResumeMode::Look, 60_000)
        .tells(&format!(
            "begin -> Resumed: GET, settle
         200 41 name=older {OLDER} -> LookedInVain: GET, settle
         200 42 -> LookedInVain: GET, settle
         200 42 -> Unknowable {{ may_still_land: true, cause: AnswerLost }}: indeterminate, may still land, seen 42",
        ));
}
