//! A write that an earlier call left behind.

use akua_model::edit::ResumeMode;

use crate::story::{KUBECONFIG, Setup, rename};

fn finish() -> Setup {
    rename().resumed(ResumeMode::Finish, 60_000)
}

fn look() -> Setup {
    rename().resumed(ResumeMode::Look, 60_000)
}

#[test]
fn finishing_sends_the_same_bytes_again() {
    finish().tells(
        "begin -> Resumed: PATCH 42, key 1, settle
         200 43 name=ours -> Acknowledged: applied, acknowledged at 43",
    );
    finish().tells(
        "begin -> Resumed: PATCH 42, key 1, settle
         409 43 -> ConflictAfterLostAnswer: GET, settle
         200 43 name=ours -> Observed: applied, observed at 43",
    );
    finish().tells(
        "begin -> Resumed: PATCH 42, key 1, settle
         lost -> AnswerLost: PATCH 42, key 1, settle
         lost -> AnswerLost: PATCH 42, key 1, settle
         lost -> AnswerLost: GET, settle
         200 42 -> LookedInVain: GET, settle
         200 42 -> LookedInVain: GET, settle
         200 42 -> Unknowable { may_still_land: true, cause: AnswerLost }: indeterminate, may still land, seen 42",
    );
}

#[test]
fn finishing_looks_where_it_may_not_send() {
    finish().contract(|contract| contract.etag_never_repeats = false).tells(
        "begin -> Resumed: GET, settle
         200 42 -> LookedInVain: GET, settle
         200 42 -> LookedInVain: GET, settle
         200 42 -> Unknowable { may_still_land: true, cause: AnswerLost }: indeterminate, may still land, seen 42",
    );
}

#[test]
fn looking_never_sends() {
    look().tells(
        "begin -> Resumed: GET, settle
         200 42 -> LookedInVain: GET, settle
         200 42 -> LookedInVain: GET, settle
         200 43 name=ours -> Unknowable { may_still_land: true, cause: AnswerLost }: indeterminate, may still land, seen 43",
    );
    look()
        .keyed(1_000_000)
        .contract(|contract| contract.reads_linearizable = true)
        .tells(
            "begin -> Resumed: GET, settle
         200 43 name=ours -> Observed: applied, observed at 43",
        );
    look().contract(|contract| contract.reads_linearizable = true).tells(
        "begin -> Resumed: GET, settle
         200 43 name=theirs -> Unknowable { may_still_land: false, cause: AnswerLost }: indeterminate, can't land, seen 43",
    );
}

#[test]
fn a_key_is_as_old_as_its_first_sending() {
    let keyed = |age, kept| {
        let resumed = rename().resumed(ResumeMode::Finish, age).keyed(kept);
        resumed.contract(|contract| contract.etag_never_repeats = false)
    };
    keyed(60_000, 61_001).tells(
        "begin -> Resumed: PATCH 42, key 1, settle
         200 43 name=ours -> Acknowledged: applied, acknowledged at 43",
    );
    keyed(60_000, 61_000).tells(
        "begin -> Resumed: GET, settle
         lost -> ReadLost: GET, settle
         lost -> ReadLost: GET, settle
         lost -> Unknowable { may_still_land: true, cause: AnswerLost }: indeterminate, may still land, seen nothing",
    );
    // It seems to have been sent in the future: the clocks do not agree.
    keyed(-1, 1_000_000).tells(
        "begin -> Resumed: GET, settle
         lost -> ReadLost: GET, settle
         lost -> ReadLost: GET, settle
         lost -> Unknowable { may_still_land: true, cause: AnswerLost }: indeterminate, may still land, seen nothing",
    );
    keyed(0, 1_001).tells(
        "begin -> Resumed: PATCH 42, key 1, settle
         200 43 name=ours -> Acknowledged: applied, acknowledged at 43",
    );
}

#[test]
fn what_is_proven_not_to_have_landed_is_reported_not_rebased() {
    finish().keyed(1_000_000).tells(
        "begin -> Resumed: PATCH 42, key 1, settle
         409 43 -> Mismatch: GET, free
         200 43 provider=imported_byoc -> Conflict: conflict with 43, name Free",
    );
    finish().keyed(1_000_000).tells(
        "begin -> Resumed: PATCH 42, key 1, settle
         409 43 -> Mismatch: GET, free
         200 43 name=ours -> Observed: applied, observed at 43",
    );
}

#[test]
fn a_secret_is_compared_and_sent_again() {
    let patch = format!("name=ours kubeconfig={KUBECONFIG}");
    finish()
        .patch(&patch)
        .contract(|contract| contract.etag_covers_write_only = true)
        .tells(
            "begin -> Resumed: PATCH 42, key 1, settle
         200 43 name=ours -> Acknowledged: applied, acknowledged at 43",
        );
}

#[test]
fn a_refusal_says_nothing_of_the_first_sending() {
    finish().tells(
        "begin -> Resumed: PATCH 42, key 1, settle
         403 -> RefusedAfterLostAnswer: GET, settle
         200 42 -> Unknowable { may_still_land: true, cause: Refused }: indeterminate, may still land, seen 42",
    );
    finish().tells(
        "begin -> Resumed: PATCH 42, key 1, settle
         not sent -> NotSent: PATCH 42, key 1, settle
         not sent -> NotSent: PATCH 42, key 1, settle
         not sent -> NotSent: GET, settle
         200 42 -> LookedInVain: GET, settle
         200 42 -> LookedInVain: GET, settle
         200 42 -> Unknowable { may_still_land: true, cause: NotConnected }: indeterminate, may still land, seen 42",
    );
}
