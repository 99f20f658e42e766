//! What a 200 and a 409 say is read, not believed: the default contract, where an etag in a 409 is only a hint.

use std::time::Duration;

use akua_model::edit::{OnConflict, Outcome, ResumeMode};

use crate::story::{documented, rename};

#[test]
fn a3_a_200_that_shows_the_old_value_under_the_guarding_etag_has_changed_nothing() {
    documented().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         200 42 name=old -> Ignored: ignored at 42",
    );
    documented().by_id().tells(
        "begin -> NothingSeenYet: GET, free
         200 42 -> VersionRead: PATCH 42, key 1, token, free
         200 42 -> Ignored: ignored at 42",
    );
    documented().workspace().patch("slug=new-slug").tells(
        "begin -> VersionPassedIn: PATCH 42, token, free
         200 42 -> Ignored: ignored at 42",
    );
    // The version that guards it counts, whatever the caller saw before.
    documented().patch("name=ours provider=imported_byoc").tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         409 43 -> OtherEtagNamed: GET, free
         200 43 name=ours -> Rebase: PATCH 43, key 2, token, free
         200 43 name=ours -> Ignored: ignored at 43",
    );
}

#[test]
fn a3_it_proves_nothing_where_another_copy_or_an_older_version_may_be_behind_it() {
    // Another attempt has an unknown effect.
    documented().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         200 42 -> ChangedNothing: PATCH 42, key 1, settle
         200 42 -> ChangedNothing: GET, settle
         200 42 -> LookedInVain: GET, settle
         200 42 -> LookedInVain: GET, settle
         200 42 -> Unknowable { may_still_land: true, cause: ChangedNothing }: indeterminate, may still land, seen 42",
    );
    // Another etag than the guarding one.
    documented().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         200 43 -> ChangedNothing: PATCH 42, key 1, settle
         409 43 -> ConflictAfterLostAnswer: GET, settle
         200 43 -> Unknowable { may_still_land: false, cause: ConflictAfterLostAnswer }: indeterminate, can't land, seen 43",
    );
    // An answer may show an older version, or answer a repeat.
    documented()
        .contract(|contract| contract.answers_show_written_version = false)
        .tells(
            "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         200 42 -> ChangedNothing: PATCH 42, key 1, settle
         200 43 name=ours -> Acknowledged: applied, acknowledged at 43",
        );
    documented().contract(|contract| contract.hidden_retries = true).tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         200 42 -> ChangedNothing: PATCH 42, key 1, settle",
    );
    // The kubeconfig may have been taken, which moves no etag here.
    documented().patch("name=ours kubeconfig=marker-kubeconfig").tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         200 42 -> ChangedNothing: GET, settle",
    );
    documented()
        .patch("name=ours kubeconfig=marker-kubeconfig")
        .contract(|contract| contract.etag_covers_write_only = true)
        .tells(
            "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         200 42 -> Ignored: ignored at 42",
        );
}

#[test]
fn a3_what_shows_neither_value_is_adjusted_and_what_shows_the_old_one_is_not_taken() {
    documented().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         200 43 name=OURS -> Acknowledged: applied, acknowledged at 43, adjusted name",
    );
    let two = documented().patch("name=ours provider=imported_byoc");
    two.tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         200 43 name=ours -> Acknowledged: applied, acknowledged at 43, not taken provider",
    );
    two.tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         200 43 name=OURS -> Acknowledged: applied, acknowledged at 43, adjusted name, not taken provider",
    );
    two.tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         200 42 -> Ignored: ignored at 42",
    );
    // Where an answer may show what somebody else has written meanwhile, other values are not ours, trimmed or not.
    let late = documented().contract(|contract| contract.answers_show_written_version = false);
    late.tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         200 43 name=OURS -> ChangedNothing: PATCH 42, key 1, settle",
    );
    late.patch("name=ours provider=imported_byoc").tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         200 43 name=ours -> Acknowledged: applied, acknowledged at 43, not taken provider",
    );
    // Nothing that can be read was to change: etag and id acknowledge, as ever.
    documented().patch("kubeconfig=marker-kubeconfig").tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         200 42 -> Acknowledged: applied, acknowledged at 42",
    );
    let Outcome::Applied(applied) = two.ends(&["begin", "200 43 name=OURS"]) else {
        panic!("it was applied");
    };
    let (adjusted, not_taken) = (&applied.adjusted[0], &applied.not_taken[0]);
    assert_eq!(
        (adjusted.ours.as_deref(), adjusted.theirs.as_deref()),
        (Some("ours"), Some("OURS"))
    );
    assert_eq!(
        (not_taken.field.name, not_taken.theirs.as_deref()),
        ("provider", Some("managed_kaas"))
    );
    let words = Outcome::Applied(applied).to_string();
    for said in ["adjusted by the server: name", "not taken by the server: provider"] {
        assert!(words.contains(said), "{words}");
    }
}

#[test]
fn a3_an_answer_that_cannot_be_read_in_full_is_judged_by_what_can_be_read() {
    documented().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         200 42 reconciling=maybe -> Ignored: ignored at 42",
    );
    documented().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         200 43 name=ours reconciling=maybe -> Acknowledged: applied, acknowledged at 43, unread",
    );
    // The name itself can't be read: nothing is left to judge by.
    documented().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         200 43 name=null -> Acknowledged: applied, acknowledged at 43, unread",
    );
}

#[test]
fn a4_somebody_else_wrote_the_very_value() {
    documented().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         409 43 -> OtherEtagNamed: GET, free
         200 43 name=ours -> AlreadyAsWanted: unchanged at 43",
    );
    // A read that may be older than the refusal proves nothing.
    documented().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         409 43 -> OtherEtagNamed: GET, free
         200 41 name=ours -> MayBeStale: GET, retry
         200 43 name=ours -> AlreadyAsWanted: unchanged at 43",
    );
    documented().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         409 -> UnnamedConflict: GET, free
         200 43 name=ours -> MayBeStale: GET, retry
         200 43 name=ours -> MayBeStale: GET, retry
         200 43 name=ours -> GaveUp(ReadFailed): conflict with unread",
    );
    documented()
        .policy(|policy| policy.on_conflict = OnConflict::Fail)
        .tells(
            "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         409 43 -> OtherEtagNamed: GET, free
         200 43 name=ours -> AlreadyAsWanted: unchanged at 43",
        );
    // What a closure wants no more after a refusal takes such a read too.
    let asked = |last: &str| {
        format!(
            "begin -> PatchNeeded: ask 42
         patch name=ours -> PatchSubmitted: PATCH 42, key 1, token, free
         409 -> UnnamedConflict: GET, free
         200 41 name=ours -> PatchNeeded: ask 41
         {last} -> GaveUp(ReadFailed): conflict with unread"
        )
    };
    documented().closure().tells(&asked("no patch"));
    documented().closure().tells(&asked("patch name=ours"));
}

#[test]
fn a5_an_etag_in_a_409_is_a_hint() {
    // Nobody changed anything: a read still shows ours.
    documented().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         409 7 -> OtherEtagNamed: GET, free
         200 42 -> StaleRead: GET, retry
         200 42 -> StaleRead: GET, retry
         200 42 -> GaveUp(ReadFailed): rejected with 409",
    );
    // After a lost answer it does not end what may still land, until a read shows it.
    documented().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         409 7 -> ConflictAfterLostAnswer: GET, settle
         lost -> ReadLost: GET, settle
         lost -> ReadLost: GET, settle
         lost -> Unknowable { may_still_land: true, cause: ConflictAfterLostAnswer }: indeterminate, may still land, seen nothing",
    );
    documented().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         409 43 -> ConflictAfterLostAnswer: GET, settle
         200 43 name=theirs -> Unknowable { may_still_land: false, cause: ConflictAfterLostAnswer }: indeterminate, can't land, seen 43",
    );
    // Under the contract it counts at once.
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         409 43 -> ConflictAfterLostAnswer: GET, settle
         lost -> ReadLost: GET, settle
         lost -> ReadLost: GET, settle
         lost -> Unknowable { may_still_land: false, cause: ConflictAfterLostAnswer }: indeterminate, can't land, seen nothing",
    );
    // One that names ours says nothing for certain either.
    documented().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         409 42 -> UnnamedConflict: GET, free
         200 43 provider=imported_byoc -> Rebase: PATCH 43, key 2, token, free",
    );
}

#[test]
fn a5_bare_quoted_and_weak_etags_are_one() {
    for named in ["43", "\"43\"", "W/\"43\""] {
        documented().tells(&format!(
            "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         409 {named} -> ConflictAfterLostAnswer: GET, settle
         200 43 name=ours -> Observed: applied, observed at 43"
        ));
    }
    for named in ["42", "\"42\"", "W/\"42\""] {
        rename().tells(&format!(
            "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         409 {named} -> Refused: rejected with 409"
        ));
    }
}

#[test]
fn a5_the_proof_of_a_key_takes_a_hint_that_a_read_confirms() {
    let keyed = documented().keyed(100_000);
    keyed.tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         409 43 -> ConflictAfterLostAnswer: GET, settle
         200 43 provider=imported_byoc -> Rebase: PATCH 43, key 2, token, free
         200 44 name=ours -> Acknowledged: applied, acknowledged at 44",
    );
    keyed.tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         409 7 -> ConflictAfterLostAnswer: GET, settle
         200 42 -> LookedInVain: PATCH 42, key 1, settle",
    );
}

#[test]
fn the_proof_of_a_key_outlasts_the_same_hint_without_it() {
    // When 43 was named first, the key was still known. That it is named again later takes nothing from that.
    documented().keyed(50).tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         409 43 -> ConflictAfterLostAnswer: GET, settle
         200 42 -> LookedInVain: PATCH 42, key 1, settle
         @60 409 43 -> ConflictAfterLostAnswer: GET, settle
         200 43 provider=imported_byoc -> Rebase: PATCH 43, key 2, token, free
         200 44 name=ours -> Acknowledged: applied, acknowledged at 44",
    );
}

#[test]
fn a5_an_older_etag_of_this_resource_proves_nothing_either() {
    // 42 was followed by 43: a 409 that names it is about something else, and a read that shows it is stale.
    documented().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         409 43 -> OtherEtagNamed: GET, free
         200 43 provider=imported_byoc -> Rebase: PATCH 43, key 2, token, free
         lost -> AnswerLost: PATCH 43, key 2, settle
         409 42 -> ConflictAfterLostAnswer: GET, settle
         200 42 -> LookedInVain: PATCH 43, key 2, settle
         409 44 -> ConflictAfterLostAnswer: GET, settle
         200 44 name=ours -> Observed: applied, observed at 44",
    );
    documented().closure().seen("41").tells(
        "begin -> PatchNeeded: ask 41
         no patch -> SeemsUnchanged: GET, free
         200 42 -> PatchNeeded: ask 42
         patch name=ours -> PatchSubmitted: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         409 41 -> ConflictAfterLostAnswer: GET, settle
         200 41 -> LookedInVain: PATCH 42, key 1, settle
         409 41 -> ConflictAfterLostAnswer: GET, settle
         200 41 -> LookedInVain: GET, settle
         200 41 -> LookedInVain: GET, settle
         200 41 -> Unknowable { may_still_land: true, cause: ConflictAfterLostAnswer }: indeterminate, may still land, seen 41",
    );
}

#[test]
fn a6_a_token_from_a_machine_whose_clock_is_ahead_is_older_than_it_says() {
    let keyed = |age_ms, kept_ms, skew_ms| {
        let keyed = documented().resumed(ResumeMode::Finish, age_ms).keyed(kept_ms);
        keyed.contract(|contract| {
            contract.etag_never_repeats = false;
            contract.clock_skew = Duration::from_millis(skew_ms);
        })
    };
    // The copy must be stopped until the deadline, a second from now.
    keyed(2_000, 5_501, 2_500).tells("begin -> Resumed: PATCH 42, key 1, settle");
    keyed(2_000, 5_500, 2_500).tells("begin -> Resumed: GET, settle");
    // The default margin is 30 s.
    let usual = documented().resumed(ResumeMode::Finish, 0).keyed(31_000);
    usual
        .contract(|contract| contract.etag_never_repeats = false)
        .tells("begin -> Resumed: GET, settle");
}

#[test]
fn c2_a_wait_that_the_server_asks_for_is_kept_whatever_the_status() {
    documented().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         503 after 0 -> AnswerLost: PATCH 42, key 1, settle
         503 -> AnswerLost: PATCH 42, key 1, settle
         200 43 name=ours -> Acknowledged: applied, acknowledged at 43",
    );
    let patient = documented().policy(|policy| policy.deadline = Duration::from_secs(10));
    patient.tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         503 after 2 -> AnswerLost: PATCH 42, key 1, after 2000, settle
         502 after 1 -> AnswerLost: PATCH 42, key 1, after 1000, settle
         408 after 1 -> AnswerLost: GET, after 1000, settle
         503 after 2 -> ReadLost: GET, after 2000, settle
         200 42 -> LookedInVain: GET, settle",
    );
    patient.clone().by_id().tells(
        "begin -> NothingSeenYet: GET, free
         503 after 2 -> ReadLost: GET, after 2000, retry
         200 42 -> VersionRead: PATCH 42, key 1, token, free",
    );
}
