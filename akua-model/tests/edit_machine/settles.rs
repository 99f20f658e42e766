//! An answer was lost: what is sent again, what is looked at, and what that proves.

use akua_model::edit::Outcome;

use crate::story::{Setup, rename};

fn nothing_claimed() -> Setup {
    rename().contract(|contract| contract.etag_never_repeats = false)
}

fn fresh_reads() -> Setup {
    nothing_claimed().contract(|contract| contract.reads_linearizable = true)
}

#[test]
fn the_same_bytes_go_out_again_where_the_etag_stops_a_second_landing() {
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         200 43 name=ours -> Acknowledged: applied, acknowledged at 43",
    );
    rename().workspace().tells(
        "begin -> VersionPassedIn: PATCH 42, token, free
         lost -> AnswerLost: PATCH 42, settle
         200 43 name=ours -> Acknowledged: applied, acknowledged at 43",
    );
    // Somebody else's answer is as good as none.
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         503 -> AnswerLost: PATCH 42, key 1, settle
         502 -> AnswerLost: PATCH 42, key 1, settle
         504 -> AnswerLost: GET, settle
         200 42 -> LookedInVain: GET, settle
         200 42 -> LookedInVain: GET, settle
         200 42 -> Unknowable { may_still_land: true, cause: AnswerLost }: indeterminate, may still land, seen 42",
    );
}

#[test]
fn where_nothing_stops_a_second_landing_it_only_looks() {
    nothing_claimed().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: GET, settle
         200 42 -> LookedInVain: GET, settle
         200 43 name=ours -> LookedInVain: GET, settle
         200 43 name=ours -> Unknowable { may_still_land: true, cause: AnswerLost }: indeterminate, may still land, seen 43",
    );
    let patch = "name=ours region_id=reg_1";
    rename().patch(patch).tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: GET, settle
         200 42 -> LookedInVain: GET, settle
         200 42 -> LookedInVain: GET, settle
         200 42 -> Unknowable { may_still_land: true, cause: AnswerLost }: indeterminate, may still land, seen 42",
    );
    rename()
        .patch(patch)
        .contract(|contract| contract.etag_covers_write_only = true)
        .tells(
            "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         200 43 name=ours -> Acknowledged: applied, acknowledged at 43",
        );
}

#[test]
fn a_key_stops_a_second_landing_while_it_is_remembered() {
    nothing_claimed().keyed(1_001).tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         200 43 name=ours -> Acknowledged: applied, acknowledged at 43",
    );
    // Forgotten at the very deadline, or before.
    nothing_claimed().keyed(1_000).tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: GET, settle
         200 42 -> LookedInVain: GET, settle
         lost -> ReadLost: GET, settle
         lost -> Unknowable { may_still_land: true, cause: AnswerLost }: indeterminate, may still land, seen 42",
    );
    // It counts from the first sending.
    nothing_claimed().keyed(1_000).by_id().tells(
        "begin -> NothingSeenYet: GET, free
         @1 200 42 -> VersionRead: PATCH 42, key 1, token, free
         @2 lost -> AnswerLost: PATCH 42, key 1, settle
         200 43 name=ours -> Acknowledged: applied, acknowledged at 43",
    );
    // Workspaces take no key.
    nothing_claimed().keyed(100_000).workspace().tells(
        "begin -> VersionPassedIn: PATCH 42, token, free
         lost -> AnswerLost: GET, settle
         lost -> ReadLost: GET, settle
         lost -> ReadLost: GET, settle
         lost -> Unknowable { may_still_land: true, cause: AnswerLost }: indeterminate, may still land, seen nothing",
    );
}

#[test]
fn a_conflict_may_be_the_echo_of_our_own_write() {
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         409 43 -> ConflictAfterLostAnswer: GET, settle
         200 43 name=ours -> Observed: applied, observed at 43",
    );
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         409 43 -> ConflictAfterLostAnswer: GET, settle
         200 43 name=theirs -> Unknowable { may_still_land: false, cause: ConflictAfterLostAnswer }: indeterminate, can't land, seen 43",
    );
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         409 43 -> ConflictAfterLostAnswer: GET, settle
         200 44 name=ours -> LookedInVain: PATCH 42, key 1, settle
         200 43 name=ours -> Acknowledged: applied, acknowledged at 43",
    );
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         409 -> ConflictAfterLostAnswer: GET, settle
         200 43 name=ours -> LookedInVain: PATCH 42, key 1, settle
         200 43 name=ours -> Acknowledged: applied, acknowledged at 43",
    );
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         409 42 -> ConflictAfterLostAnswer: GET, settle
         200 42 -> LookedInVain: PATCH 42, key 1, settle
         409 42 -> ConflictAfterLostAnswer: GET, settle
         200 42 -> LookedInVain: GET, settle",
    );
}

#[test]
fn an_older_etag_that_was_named_counts_too() {
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         409 43 -> ConflictAfterLostAnswer: GET, settle
         200 42 -> LookedInVain: PATCH 42, key 1, settle
         409 44 -> ConflictAfterLostAnswer: GET, settle
         200 43 name=ours -> Observed: applied, observed at 43",
    );
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         409 43 -> ConflictAfterLostAnswer: GET, settle
         200 42 -> LookedInVain: PATCH 42, key 1, settle
         409 44 -> ConflictAfterLostAnswer: GET, settle
         200 44 name=theirs -> Unknowable { may_still_land: false, cause: ConflictAfterLostAnswer }: indeterminate, can't land, seen 44",
    );
}

#[test]
fn a_conflict_proves_that_nothing_landed_where_the_key_comes_first() {
    rename().keyed(100_000).tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         409 43 -> Mismatch: GET, free
         200 43 provider=imported_byoc -> Rebase: PATCH 43, key 2, token, free
         200 44 name=ours -> Acknowledged: applied, acknowledged at 44",
    );
    rename().keyed(100_000).tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         409 43 -> Mismatch: GET, free
         200 43 name=theirs -> Conflict: conflict with 43, name Conflicting",
    );
    // It named no etag: it may be about anything.
    rename().keyed(100_000).tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         409 -> ConflictAfterLostAnswer: GET, settle
         200 42 -> LookedInVain: PATCH 42, key 1, settle
         200 43 name=ours -> Acknowledged: applied, acknowledged at 43",
    );
    // The key may be forgotten by now.
    rename().keyed(300).tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         @300 409 43 -> ConflictAfterLostAnswer: GET, settle
         200 43 name=theirs -> Unknowable { may_still_land: false, cause: ConflictAfterLostAnswer }: indeterminate, can't land, seen 43",
    );
    rename().keyed(300).tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         @299 409 43 -> Mismatch: GET, free
         200 43 name=theirs -> Conflict: conflict with 43, name Conflicting",
    );
    // Etags come back.
    nothing_claimed().keyed(100_000).tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         409 43 -> ConflictAfterLostAnswer: GET, settle
         200 43 name=theirs -> Unknowable { may_still_land: true, cause: ConflictAfterLostAnswer }: indeterminate, may still land, seen 43",
    );
    // No key.
    rename().keyed(100_000).workspace().tells(
        "begin -> VersionPassedIn: PATCH 42, token, free
         lost -> AnswerLost: PATCH 42, settle
         409 43 -> ConflictAfterLostAnswer: GET, settle
         200 43 name=theirs -> Unknowable { may_still_land: false, cause: ConflictAfterLostAnswer }: indeterminate, can't land, seen 43",
    );
}

#[test]
fn a_refusal_that_is_remembered_proves_that_nothing_landed() {
    let remembered = |retention| {
        nothing_claimed()
            .keyed(retention)
            .contract(|contract| contract.stores_rejections_per_key = true)
    };
    remembered(100_000).tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         409 -> UnnamedConflict: GET, free
         200 42 -> NotAMismatch: rejected with 409",
    );
    remembered(100_000).tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         409 42 -> Refused: rejected with 409",
    );
    remembered(100_000).tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         409 43 -> Mismatch: GET, free
         200 43 provider=imported_byoc -> Rebase: PATCH 43, key 2, token, free
         200 44 name=ours -> Acknowledged: applied, acknowledged at 44",
    );
    // By the deadline it may be forgotten.
    remembered(1_000)
        .contract(|contract| contract.etag_never_repeats = true)
        .tells(
            "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         409 -> ConflictAfterLostAnswer: GET, settle
         200 42 -> LookedInVain: PATCH 42, key 1, settle
         200 42 -> ChangedNothing: GET, settle",
        );
    rename()
        .contract(|contract| contract.stores_rejections_per_key = true)
        .tells(
            "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         409 -> ConflictAfterLostAnswer: GET, settle
         200 42 -> LookedInVain: PATCH 42, key 1, settle
         409 -> ConflictAfterLostAnswer: GET, settle
         200 42 -> LookedInVain: GET, settle",
        );
}

#[test]
fn after_a_read_that_cannot_be_stale_a_copy_tells_where_the_key_comes_first() {
    let fresh = rename()
        .keyed(100_000)
        .contract(|contract| contract.reads_linearizable = true);
    fresh.tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         409 -> ConflictAfterLostAnswer: GET, settle
         200 43 name=theirs -> LookedInVain: PATCH 42, key 1, settle
         409 43 -> Mismatch: GET, free
         200 43 name=theirs -> Conflict: conflict with 43, name Conflicting",
    );
    // A 409 that names no etag may come from before the look at the key.
    fresh.tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         409 -> ConflictAfterLostAnswer: GET, settle
         200 43 name=theirs -> LookedInVain: PATCH 42, key 1, settle
         409 -> ConflictAfterLostAnswer: GET, settle
         200 43 name=theirs -> Unknowable { may_still_land: false, cause: ConflictAfterLostAnswer }: indeterminate, can't land, seen 43",
    );
    fresh.tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         409 -> ConflictAfterLostAnswer: GET, settle
         200 43 name=theirs -> LookedInVain: PATCH 42, key 1, settle
         200 43 name=ours -> Acknowledged: applied, acknowledged at 43",
    );
    // Without the key it tells nothing.
    rename().contract(|contract| contract.reads_linearizable = true).tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         409 -> ConflictAfterLostAnswer: GET, settle
         200 43 name=theirs -> Unknowable { may_still_land: false, cause: ConflictAfterLostAnswer }: indeterminate, can't land, seen 43",
    );
}

#[test]
fn a_refusal_of_the_repeat_says_nothing_of_the_first() {
    for status in ["400", "401", "403", "404", "422"] {
        let told = rename().play(&["begin", "lost", status, "200 42"]);
        assert_eq!(told[2], format!("{status} -> RefusedAfterLostAnswer: GET, settle"));
        let cause = if status == "401" { "Unauthorized" } else { "Refused" };
        let end =
            format!("Unknowable {{ may_still_land: true, cause: {cause} }}: indeterminate, may still land, seen 42");
        assert_eq!(told[3], format!("200 42 -> {end}"));
    }
    rename().contract(|contract| contract.reads_linearizable = true).tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         403 -> RefusedAfterLostAnswer: GET, settle
         200 43 name=ours -> Observed: applied, observed at 43",
    );
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         404 -> RefusedAfterLostAnswer: GET, settle
         404 -> Unknowable { may_still_land: true, cause: Refused }: indeterminate, may still land, seen nothing",
    );
}

#[test]
fn patience_and_new_credentials_clear_no_doubt() {
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         429 -> Throttled: PATCH 42, key 1, settle
         403 -> RefusedAfterLostAnswer: GET, settle
         200 42 -> Unknowable { may_still_land: true, cause: Refused }: indeterminate, may still land, seen 42",
    );
    rename().refreshes().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         401 -> NewCredentials: PATCH 42, key 1, new credentials, free
         403 -> RefusedAfterLostAnswer: GET, settle
         200 42 -> Unknowable { may_still_land: true, cause: Refused }: indeterminate, may still land, seen 42",
    );
    // Where it may not be sent again, not with new credentials either.
    nothing_claimed()
        .contract(|contract| contract.hidden_retries = true)
        .refreshes()
        .tells(
            "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         401 -> RefusedAfterLostAnswer: GET, settle
         200 42 -> Unknowable { may_still_land: true, cause: Unauthorized }: indeterminate, may still land, seen 42",
        );
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         not sent -> NotSent: PATCH 42, key 1, settle
         409 43 -> ConflictAfterLostAnswer: GET, settle
         200 43 name=theirs -> Unknowable { may_still_land: false, cause: ConflictAfterLostAnswer }: indeterminate, can't land, seen 43",
    );
}

#[test]
fn a_fresh_read_shows_what_is_in_effect() {
    fresh_reads().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: GET, settle
         200 43 name=ours -> Observed: applied, observed at 43",
    );
    fresh_reads().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: GET, settle
         200 43 name=theirs -> Unknowable { may_still_land: true, cause: AnswerLost }: indeterminate, may still land, seen 43",
    );
    fresh_reads().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: GET, settle
         200 42 -> LookedInVain: GET, settle
         200 42 -> LookedInVain: GET, settle
         200 42 -> Unknowable { may_still_land: true, cause: AnswerLost }: indeterminate, may still land, seen 42",
    );
    rename().contract(|contract| contract.reads_linearizable = true).tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         lost -> AnswerLost: PATCH 42, key 1, settle
         lost -> AnswerLost: GET, settle
         200 43 name=theirs -> Unknowable { may_still_land: false, cause: AnswerLost }: indeterminate, can't land, seen 43",
    );
    // Not what nobody can read.
    fresh_reads().patch("name=ours region_id=reg_1").tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: GET, settle
         200 43 name=ours -> Unknowable { may_still_land: true, cause: AnswerLost }: indeterminate, may still land, seen 43",
    );
}

#[test]
fn a_look_that_brings_nothing_is_repeated() {
    nothing_claimed().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: GET, settle
         503 -> ReadLost: GET, settle
         429 -> Throttled: GET, settle
         lost -> Unknowable { may_still_land: true, cause: Throttled }: indeterminate, may still land, seen nothing",
    );
    nothing_claimed().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: GET, settle
         404 -> Unknowable { may_still_land: true, cause: AnswerLost }: indeterminate, may still land, seen nothing",
    );
    nothing_claimed().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: GET, settle
         401 -> Unknowable { may_still_land: true, cause: AnswerLost }: indeterminate, may still land, seen nothing",
    );
    nothing_claimed().refreshes().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: GET, settle
         401 -> NewCredentials: GET, new credentials, settle
         200 42 -> LookedInVain: GET, settle
         lost -> Unknowable { may_still_land: true, cause: AnswerLost }: indeterminate, may still land, seen 42",
    );
    nothing_claimed().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: GET, settle
         200 * -> Unknowable { may_still_land: true, cause: AnswerLost }: indeterminate, may still land, seen nothing",
    );
}

#[test]
fn an_open_end_tells_what_was_seen() {
    let end = rename().ends(&["begin", "lost", "409 43", "200 43 name=theirs"]);
    let Outcome::Indeterminate(unknown) = end else {
        panic!("{end:?}")
    };
    let field = &unknown.fields[0];
    assert_eq!(
        (field.base.as_deref(), field.ours.as_deref(), field.theirs.as_deref()),
        (Some("old"), Some("ours"), Some("theirs"))
    );
    assert_eq!(unknown.seen.unwrap().name, "theirs");
    assert_eq!(unknown.answer.unwrap().status, 409);
    assert_eq!(unknown.resume_token.id(), "clu_1");
}

#[test]
fn an_open_end_carries_the_answer_to_the_last_sending_only() {
    let answer = |heard: [&str; 7]| match rename().ends(&heard) {
        Outcome::Indeterminate(unknown) => unknown.answer.map(|answer| answer.status),
        end => panic!("{end:?}"),
    };
    let lost = "lost";
    // What was said to an earlier copy is past once a later one brought nothing.
    assert_eq!(answer(["begin", "503", "503", lost, lost, lost, lost]), None);
    // A look that brought nothing leaves it.
    assert_eq!(answer(["begin", lost, "503", "502", lost, lost, lost]), Some(502));
}
