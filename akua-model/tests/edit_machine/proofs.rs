//! What the etags that were met and named prove.

use crate::story::{Setup, rename};

#[test]
fn what_was_current_before_and_still_is_was_not_moved_by_a_copy() {
    // The etag that the second version is guarded by was shown by a stale read: it has never been current since.
    let stale = |first: &str| {
        format!(
            "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         {first}: GET, free
         200 41 -> Rebase: PATCH 41, key 2, token, free
         lost -> AnswerLost: PATCH 41, key 2, settle"
        )
    };
    let (mismatch, unnamed) = ("409 43 -> Mismatch", "409 -> UnnamedConflict");
    for (first, current) in [(mismatch, "43"), (unnamed, "42")] {
        let stale = stale(first);
        rename().tells(&format!(
            "{stale}
         409 {current} -> Mismatch: GET, free
         200 {current} -> Rebase: PATCH {current}, key 3, token, free
         200 44 name=ours -> Acknowledged: applied, acknowledged at 44"
        ));
    }
    let stale = stale(mismatch);
    // Another etag may be the echo of our own write.
    rename().tells(&format!(
        "{stale}
         409 44 -> ConflictAfterLostAnswer: GET, settle
         200 44 name=ours -> Observed: applied, observed at 44"
    ));
    // Where etags repeat, it proves nothing.
    rename()
        .contract(|contract| contract.etag_never_repeats = false)
        .keyed(100_000)
        .tells(&format!(
            "{stale}
         409 43 -> ConflictAfterLostAnswer: GET, settle
         200 43 -> Unknowable {{ may_still_land: true, cause: ConflictAfterLostAnswer }}: indeterminate, may still land, seen 43"
        ));
}

#[test]
fn a_version_that_a_closure_was_asked_about_was_current_before() {
    rename().closure().tells(
        "begin -> PatchNeeded: ask 42
         no patch -> SeemsUnchanged: GET, free
         200 41 -> PatchNeeded: ask 41
         patch name=ours -> PatchSubmitted: PATCH 41, key 1, token, free
         lost -> AnswerLost: PATCH 41, key 1, settle
         409 42 -> Mismatch: GET, free
         200 42 -> PatchNeeded: ask 42
         no patch -> AlreadyAsWanted: unchanged at 42",
    );
}

/// Refusals are remembered under their key for so long, and keys are looked up after the comparison.
fn remembered(retention_ms: u64) -> Setup {
    rename().keyed(retention_ms).contract(|contract| {
        contract.key_checked_before_if_match = false;
        contract.stores_rejections_per_key = true;
    })
}

#[test]
fn a_version_met_before_a_write_that_named_another_one_is_past() {
    let story = |last: &str| {
        format!(
            "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         409 -> ConflictAfterLostAnswer: GET, settle
         200 41 name=ours -> LookedInVain: PATCH 42, key 1, settle
         409 43 -> Mismatch: GET, free
         {last}"
        )
    };
    rename().keyed(100_000).tells(&story(
        "200 41 name=ours -> StaleRead: GET, retry
         200 43 -> Rebase: PATCH 43, key 2, token, free
         200 44 name=ours -> Acknowledged: applied, acknowledged at 44",
    ));
    // One that was not met before may be newer than what was named.
    rename().keyed(100_000).tells(&story(
        "200 40 -> Rebase: PATCH 40, key 2, token, free
         200 44 name=ours -> Acknowledged: applied, acknowledged at 44",
    ));
    // The refusal may be one that an earlier copy met.
    remembered(500).tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         409 42 -> ConflictAfterLostAnswer: GET, settle
         200 41 name=ours -> LookedInVain: PATCH 42, key 1, settle
         409 43 -> Mismatch: GET, free
         200 41 -> Rebase: PATCH 41, key 2, token, free
         200 44 name=ours -> Acknowledged: applied, acknowledged at 44",
    );
    // Where etags repeat, it may be current again.
    let twice = |last: &str| {
        format!(
            "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         409 43 -> Mismatch: GET, free
         200 43 -> Rebase: PATCH 43, key 2, token, free
         409 44 -> Mismatch: GET, free
         200 42 -> {last}"
        )
    };
    rename().tells(&twice("StaleRead: GET, retry"));
    let repeating = rename().contract(|contract| contract.etag_never_repeats = false);
    repeating.tells(&twice("Rebase: PATCH 42, key 3, token, free"));
}

#[test]
fn where_its_own_etag_is_named_nothing_has_landed() {
    remembered(100_000).tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         409 42 -> Refused: rejected with 409",
    );
    // Unless landing may move no etag, as nothing that can be read would change.
    remembered(100_000)
        .patch("kubeconfig=marker-kubeconfig")
        .contract(|contract| contract.etag_covers_write_only = true)
        .tells(
            "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         409 42 -> ConflictAfterLostAnswer: GET, settle
         200 42 -> LookedInVain: PATCH 42, key 1, settle",
        );
    // Where etags repeat, ours may have come back.
    remembered(100_000)
        .contract(|contract| contract.etag_never_repeats = false)
        .tells(
            "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: GET, settle
         200 42 -> LookedInVain: GET, settle",
        );
}

#[test]
fn what_is_refused_until_the_etag_has_moved_cannot_land() {
    let fresh = |retention| remembered(retention).contract(|contract| contract.reads_linearizable = true);
    let story = |last: &str| {
        format!(
            "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         409 42 -> ConflictAfterLostAnswer: GET, settle
         {last}"
        )
    };
    fresh(500).tells(&story("200 43 -> Refused: rejected with 409"));
    fresh(500).tells(&story(
        "200 42 -> LookedInVain: PATCH 42, key 1, settle
         409 43 -> Mismatch: GET, free
         200 43 -> Rebase: PATCH 43, key 2, token, free
         200 44 name=ours -> Acknowledged: applied, acknowledged at 44",
    ));
    // Once the refusal may be forgotten, a copy may have landed and been overwritten.
    fresh(500).tells(&story(
        "@600 200 43 -> Unknowable { may_still_land: false, cause: ConflictAfterLostAnswer }: indeterminate, can't land, seen 43",
    ));
    // A read that may be stale moves nothing.
    remembered(500).tells(&story("200 43 -> LookedInVain: PATCH 42, key 1, settle"));
}

#[test]
fn a_refusal_without_an_etag_is_one_too_once_a_read_shows_that_nothing_moved() {
    let fresh = |retention| remembered(retention).contract(|contract| contract.reads_linearizable = true);
    let story = |last: &str| {
        format!(
            "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         409 -> ConflictAfterLostAnswer: GET, settle
         {last}"
        )
    };
    fresh(100_000).tells(&story("200 42 -> Refused: rejected with 409"));
    fresh(500).tells(&story(
        "200 42 -> LookedInVain: PATCH 42, key 1, settle
         409 -> ConflictAfterLostAnswer: GET, settle
         200 43 -> Refused: rejected with 409",
    ));
    // Once it may be forgotten, a copy may have landed and been overwritten.
    fresh(500).tells(&story(
        "200 42 -> LookedInVain: PATCH 42, key 1, settle
         @600 409 -> ConflictAfterLostAnswer: GET, settle
         200 43 -> Unknowable { may_still_land: false, cause: ConflictAfterLostAnswer }: indeterminate, can't land, seen 43",
    ));
    // What a read that may be stale shows has moved since, perhaps.
    remembered(100_000).tells(&story("200 42 -> LookedInVain: PATCH 42, key 1, settle"));
    // Without a refusal, a copy may land at any time.
    fresh(100_000).tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         503 -> AnswerLost: PATCH 42, key 1, settle
         503 -> AnswerLost: GET, settle
         200 42 -> LookedInVain: GET, settle",
    );
}

#[test]
fn a_refusal_where_the_key_comes_first_says_that_nothing_has_landed_yet() {
    let story = |at: &str, last: &str| {
        format!(
            "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         {at} 409 -> ConflictAfterLostAnswer: GET, settle
         200 43 -> {last}"
        )
    };
    let first = |stores| {
        rename().keyed(500).contract(|contract| {
            contract.reads_linearizable = true;
            contract.stores_rejections_per_key = stores;
        })
    };
    first(true).tells(&story("@100", "Refused: rejected with 409"));
    // Nothing is known of a copy that came after a refusal that is not remembered, or came too late.
    first(false).tells(&story("@100", "LookedInVain: PATCH 42, key 1, settle"));
    first(true).tells(&story(
        "@600",
        "Unknowable { may_still_land: false, cause: ConflictAfterLostAnswer }: indeterminate, can't land, seen 43",
    ));
}

#[test]
fn what_was_current_while_nothing_could_land_and_still_is_was_not_moved_by_a_copy() {
    let story = |at: &str, last: &str| {
        format!(
            "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         409 42 -> ConflictAfterLostAnswer: GET, settle
         {at} 200 43 -> LookedInVain: PATCH 42, key 1, settle
         @600 409 43 -> {last}"
        )
    };
    remembered(500).tells(&story(
        "@100",
        "Mismatch: GET, free
         200 43 -> Rebase: PATCH 43, key 2, token, free
         200 44 name=ours -> Acknowledged: applied, acknowledged at 44",
    ));
    // The read came when the refusal could be forgotten: a copy may have landed before it.
    remembered(500).tells(&story("@550", "ConflictAfterLostAnswer: GET, settle"));
}
