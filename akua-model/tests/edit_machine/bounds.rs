//! Time, cancelling, and what was not asked for: every edit ends, and ends truthfully.

use std::time::Duration;

use akua_model::edit::Policy;

use crate::story::{Setup, rename};

/// Waits of exactly the bound: the entropy is one less than what it is divided by.
fn longest_waits(backoff: u64) -> Setup {
    let mut setup = rename().policy(|policy| {
        policy.deadline = Duration::from_secs(1_000);
        policy.backoff = Duration::from_millis(backoff);
        policy.max_attempts = 6;
    });
    // The low half becomes a key.
    setup.entropy = 0x1_0000 << 64;
    setup
}

#[test]
fn part_of_the_time_is_kept_for_settling() {
    rename().by_id().tells(
        "begin -> NothingSeenYet: GET, free
         @749 200 42 -> VersionRead: PATCH 42, key 1, token, free
         200 43 name=ours -> Acknowledged: applied, acknowledged at 43",
    );
    rename().by_id().tells(
        "begin -> NothingSeenYet: GET, free
         @750 200 42 -> GaveUp(Deadline): not sent: Deadline",
    );
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         @749 not sent -> NotSent: PATCH 42, key 1, retry
         @750 not sent -> GaveUp(Deadline): not sent: Deadline",
    );
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         @750 lost -> AnswerLost: PATCH 42, key 1, settle
         @999 lost -> AnswerLost: PATCH 42, key 1, settle
         @1000 lost -> Unknowable { may_still_land: true, cause: Deadline }: indeterminate, may still land, seen nothing",
    );
    rename()
        .policy(|policy| policy.settle_reserve = Duration::from_millis(100))
        .by_id()
        .tells(
            "begin -> NothingSeenYet: GET, free
         @899 200 42 -> VersionRead: PATCH 42, key 1, token, free
         @900 409 43 -> GaveUp(Deadline): conflict with unread",
        );
}

#[test]
fn an_answer_counts_however_late_it_is() {
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         @5000 200 43 name=ours -> Acknowledged: applied, acknowledged at 43",
    );
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         @5000 403 -> Refused: rejected with 403",
    );
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         @5000 409 43 -> Unknowable { may_still_land: false, cause: Deadline }: indeterminate, can't land, seen nothing",
    );
}

#[test]
fn a_wait_that_would_outlast_the_time_is_not_begun() {
    let minute = rename().policy(|policy| policy.deadline = Duration::from_secs(60));
    minute.tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         429 after 54 -> Throttled: PATCH 42, key 1, after 54000, retry
         @54000 429 after 1 -> GaveUp(Throttled): not sent: Throttled",
    );
    minute.tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         429 after 55 -> GaveUp(Throttled): not sent: Throttled",
    );
    minute.tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         429 after 59 -> Throttled: PATCH 42, key 1, after 59000, settle
         @59000 429 after 1 -> Unknowable { may_still_land: true, cause: Throttled }: indeterminate, may still land, seen nothing",
    );
    minute.clone().by_id().tells(
        "begin -> NothingSeenYet: GET, free
         429 after 55 -> GaveUp(Throttled): not sent: Throttled",
    );
    // The patience that was asked for is what ended it, also some steps later.
    minute.clone().by_id().tells(
        "begin -> NothingSeenYet: GET, free
         429 -> Throttled: GET, retry
         @55000 200 42 -> GaveUp(Throttled): not sent: Throttled",
    );
}

#[test]
fn a_closure_is_not_asked_when_time_is_over() {
    rename().closure().by_id().tells(
        "begin -> NothingSeenYet: GET, free
         @750 200 42 -> GaveUp(Deadline): not sent: Deadline",
    );
    rename().closure().tells(
        "begin -> PatchNeeded: ask 42
         @750 patch name=ours -> GaveUp(Deadline): not sent: Deadline",
    );
}

#[test]
fn a_conflict_stays_one_when_time_is_over() {
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         @750 409 43 -> GaveUp(Deadline): conflict with unread",
    );
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         @750 409 -> GaveUp(Deadline): rejected with 409",
    );
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         409 43 -> Mismatch: GET, free
         @750 lost -> GaveUp(Deadline): conflict with unread",
    );
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         409 43 -> Mismatch: GET, free
         @750 200 43 provider=imported_byoc -> GaveUp(Deadline): not sent: Deadline",
    );
}

#[test]
fn waits_double_up_to_their_limit() {
    let waits = |setup: &Setup| -> Vec<String> {
        let told = setup.play(&["begin", "not sent", "not sent", "not sent", "not sent", "not sent"]);
        told.iter()
            .filter_map(|line| Some(line.split("after ").nth(1)?.split(',').next()?.to_owned()))
            .collect()
    };
    // 65536 % (100 + 1) and so on.
    let jitter = |bound: u64| (0x1_0000 % (bound + 1)).to_string();
    assert_eq!(waits(&longest_waits(100)), [100, 200, 400, 800, 1600].map(jitter));
    let limited = longest_waits(100).policy(|policy| policy.backoff_limit = Duration::from_millis(300));
    assert_eq!(waits(&limited), [100, 200, 300, 300, 300].map(jitter));
    assert!(waits(&longest_waits(0)).is_empty());
}

#[test]
fn reads_wait_too_but_not_before_the_first() {
    let setup = longest_waits(100);
    let wait = |bound: u64| 0x1_0000_u64 % (bound + 1);
    let told = setup.clone().by_id().play(&["begin", "lost", "lost"]);
    assert_eq!(told[0], "begin -> NothingSeenYet: GET, free");
    assert_eq!(told[1], format!("lost -> ReadLost: GET, after {}, retry", wait(100)));
    assert_eq!(told[2], format!("lost -> ReadLost: GET, after {}, retry", wait(200)));
    let told = setup
        .contract(|contract| contract.etag_never_repeats = false)
        .play(&["begin", "lost", "lost"]);
    assert_eq!(told[1], "lost -> AnswerLost: GET, settle");
    assert_eq!(told[2], format!("lost -> ReadLost: GET, after {}, settle", wait(100)));
}

#[test]
fn new_credentials_are_not_waited_for() {
    let told = longest_waits(100).refreshes().play(&["begin", "401"]);
    assert_eq!(told[1], "401 -> NewCredentials: PATCH 42, key 1, new credentials, free");
    let told = longest_waits(100).by_id().refreshes().play(&["begin", "401"]);
    assert_eq!(told[1], "401 -> NewCredentials: GET, new credentials, retry");
}

#[test]
fn no_setting_makes_a_wait_overflow() {
    let mut setup = rename().policy(|policy| {
        *policy = Policy::default();
        policy.max_attempts = u32::MAX;
        policy.backoff = Duration::MAX;
        policy.backoff_limit = Duration::MAX;
        policy.deadline = Duration::MAX;
    });
    setup.entropy = u128::MAX / 2;
    let told = setup.play(&["begin", "not sent", "429 after 18446744073709551615"]);
    assert!(
        told[1].starts_with("not sent -> NotSent: PATCH 42, key 1, after "),
        "{}",
        told[1]
    );
}

#[test]
fn whoever_cancels_is_told_what_is_certain() {
    rename()
        .by_id()
        .tells("cancelled begin -> GaveUp(Cancelled): not sent: Cancelled");
    rename().tells("cancelled begin -> GaveUp(Cancelled): not sent: Cancelled");
    rename()
        .closure()
        .tells("cancelled begin -> GaveUp(Cancelled): not sent: Cancelled");
    rename().by_id().tells(
        "begin -> NothingSeenYet: GET, free
         cancelled 200 42 -> GaveUp(Cancelled): not sent: Cancelled",
    );
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         cancelled lost -> Unknowable { may_still_land: true, cause: Cancelled }: indeterminate, may still land, seen nothing",
    );
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         cancelled not sent -> GaveUp(Cancelled): not sent: Cancelled",
    );
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         cancelled 409 43 -> GaveUp(Cancelled): conflict with unread",
    );
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         cancelled 200 43 name=ours -> Acknowledged: applied, acknowledged at 43",
    );
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         409 43 -> Mismatch: GET, free
         cancelled 200 43 provider=imported_byoc -> GaveUp(Cancelled): not sent: Cancelled",
    );
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         cancelled declined -> GaveUp(Cancelled): not sent: Cancelled",
    );
}

#[test]
fn what_is_not_begun_ends_it() {
    rename().by_id().tells(
        "begin -> NothingSeenYet: GET, free
         declined -> GaveUp(Declined): not sent: Declined",
    );
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         declined -> GaveUp(Declined): not sent: Declined",
    );
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         not sent -> NotSent: PATCH 42, key 1, retry
         declined -> GaveUp(Declined): not sent: Declined",
    );
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         declined -> Unknowable { may_still_land: true, cause: Declined }: indeterminate, may still land, seen nothing",
    );
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         409 43 -> ConflictAfterLostAnswer: GET, settle
         declined -> Unknowable { may_still_land: false, cause: Declined }: indeterminate, can't land, seen nothing",
    );
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         409 43 -> Mismatch: GET, free
         declined -> GaveUp(Declined): conflict with unread",
    );
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         409 -> UnnamedConflict: GET, free
         declined -> GaveUp(Declined): rejected with 409",
    );
}

#[test]
fn what_does_not_fit_ends_it_truthfully() {
    rename().tells("200 42 -> GaveUp(Declined): not sent: Declined");
    rename().tells("closure fails -> GaveUp(Declined): not sent: Declined");
    rename().by_id().tells(
        "begin -> NothingSeenYet: GET, free
         begin -> GaveUp(Declined): not sent: Declined",
    );
    rename().closure().tells(
        "begin -> PatchNeeded: ask 42
         200 42 -> GaveUp(Declined): not sent: Declined",
    );
    // The write may have been sent.
    for input in ["begin", "no patch", "closure fails", "patch name=other"] {
        let told = rename().play(&["begin", input]);
        let end = "Unknowable { may_still_land: true, cause: AnswerLost }: indeterminate, may still land, seen nothing";
        assert_eq!(told[1], format!("{input} -> {end}"));
    }
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         cancelled begin -> Unknowable { may_still_land: true, cause: Cancelled }: indeterminate, may still land, seen nothing",
    );
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         lost -> AnswerLost: PATCH 42, key 1, settle
         409 43 -> ConflictAfterLostAnswer: GET, settle
         begin -> Unknowable { may_still_land: false, cause: Declined }: indeterminate, can't land, seen nothing",
    );
}
