//! Somebody else was faster: what is rebased, and what is reported.

use akua_model::edit::{FieldState, NotApplied, OnConflict, Outcome};

use crate::story::{KUBECONFIG, rename};

#[test]
fn a_change_beside_another_is_rebased_under_a_new_key() {
    for conflict in ["409 43", "412 43"] {
        let told = rename().play(&["begin", conflict, "200 43 provider=imported_byoc", "200 44 name=ours"]);
        let lines = [
            "begin -> VersionPassedIn: PATCH 42, key 1, token, free".to_owned(),
            format!("{conflict} -> Mismatch: GET, free"),
            "200 43 provider=imported_byoc -> Rebase: PATCH 43, key 2, token, free".to_owned(),
            "200 44 name=ours -> Acknowledged: applied, acknowledged at 44".to_owned(),
        ];
        assert_eq!(told, lines);
    }
}

#[test]
fn a_field_that_both_changed_is_a_conflict() {
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         409 43 -> Mismatch: GET, free
         200 43 name=theirs -> Conflict: conflict with 43, name Conflicting",
    );
    rename().patch("name=ours provider=imported_byoc").tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         409 43 -> Mismatch: GET, free
         200 43 name=theirs -> Conflict: conflict with 43, name Conflicting, provider Free",
    );
}

#[test]
fn a_field_that_the_other_one_set_to_our_value_is_done() {
    rename().patch("name=ours provider=imported_byoc").tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         409 43 -> Mismatch: GET, free
         200 43 name=ours -> Rebase: PATCH 43, key 2, token, free
         200 44 name=ours provider=imported_byoc -> Acknowledged: applied, acknowledged at 44",
    );
}

#[test]
fn a4_all_fields_as_wanted_is_somebody_elses_doing_if_the_read_is_as_new_as_the_refusal() {
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         409 43 -> Mismatch: GET, free
         200 43 name=ours -> AlreadyAsWanted: unchanged at 43",
    );
    // Newer, but it could be older for all that is known.
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         409 43 -> Mismatch: GET, free
         200 44 name=ours -> MayBeStale: GET, retry
         200 44 name=ours -> MayBeStale: GET, retry
         200 44 name=ours -> GaveUp(ReadFailed): conflict with unread",
    );
    rename().contract(|contract| contract.reads_linearizable = true).tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         409 43 -> Mismatch: GET, free
         200 44 name=ours -> AlreadyAsWanted: unchanged at 44",
    );
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         409 -> UnnamedConflict: GET, free
         200 43 name=ours -> MayBeStale: GET, retry
         200 43 name=theirs -> Conflict: conflict with 43, name Conflicting",
    );
    // Where etags come back, having been named proves nothing.
    rename().contract(|contract| contract.etag_never_repeats = false).tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         409 43 -> Mismatch: GET, free
         200 43 name=ours -> MayBeStale: GET, retry
         lost -> ReadLost: GET, retry
         200 43 name=ours -> GaveUp(ReadFailed): conflict with unread",
    );
}

#[test]
fn whoever_wants_to_stop_at_a_conflict_is_obeyed() {
    let fail = rename().policy(|policy| policy.on_conflict = OnConflict::Fail);
    fail.tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         409 43 -> Mismatch: GET, free
         200 43 provider=imported_byoc -> Conflict: conflict with 43, name Free",
    );
    fail.tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         409 43 -> Mismatch: GET, free
         200 43 name=ours -> AlreadyAsWanted: unchanged at 43",
    );
    fail.clone().closure().tells(
        "begin -> PatchNeeded: ask 42
         patch name=ours -> PatchSubmitted: PATCH 42, key 1, token, free
         409 43 -> Mismatch: GET, free
         200 43 provider=imported_byoc -> Conflict: conflict with 43, name Free",
    );
}

#[test]
fn a_field_that_nobody_can_read_stops_the_rebase() {
    let patch = format!("name=ours kubeconfig={KUBECONFIG}");
    rename().patch(&patch).tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         409 43 -> Mismatch: GET, free
         200 43 provider=imported_byoc -> Conflict: conflict with 43, name Free, kubeconfig Unseen",
    );
    rename()
        .patch(&patch)
        .policy(|policy| policy.overwrite_unseen = true)
        .tells(
            "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         409 43 -> Mismatch: GET, free
         200 43 provider=imported_byoc -> OverwriteUnseen: PATCH 43, key 2, token, free
         200 44 name=ours provider=imported_byoc -> Acknowledged: applied, acknowledged at 44",
        );
    // It does not lift a conflict.
    rename()
        .patch(&patch)
        .policy(|policy| policy.overwrite_unseen = true)
        .tells(
            "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         409 43 -> Mismatch: GET, free
         200 43 name=theirs -> Conflict: conflict with 43, name Conflicting, kubeconfig Unseen",
        );
}

#[test]
fn a_closure_is_asked_again_for_the_new_version() {
    rename().closure().tells(
        "begin -> PatchNeeded: ask 42
         patch name=ours -> PatchSubmitted: PATCH 42, key 1, token, free
         409 43 -> Mismatch: GET, free
         200 43 name=theirs -> PatchNeeded: ask 43
         patch name=both -> PatchSubmitted: PATCH 43, key 2, token, free
         200 44 name=both -> Acknowledged: applied, acknowledged at 44",
    );
    rename().closure().tells(
        "begin -> PatchNeeded: ask 42
         patch name=ours -> PatchSubmitted: PATCH 42, key 1, token, free
         409 43 -> Mismatch: GET, free
         200 43 name=ours -> PatchNeeded: ask 43
         no patch -> AlreadyAsWanted: unchanged at 43",
    );
    rename().closure().tells(
        "begin -> PatchNeeded: ask 42
         patch name=ours -> PatchSubmitted: PATCH 42, key 1, token, free
         409 43 -> Mismatch: GET, free
         200 43 name=theirs -> PatchNeeded: ask 43
         closure fails -> GaveUp(NoPatch): not sent: NoPatch",
    );
}

#[test]
fn a_closure_does_not_overwrite_what_nobody_can_read() {
    rename().closure().tells(
        "begin -> PatchNeeded: ask 42
         patch region_id=reg_1 -> PatchSubmitted: PATCH 42, key 1, token, free
         409 43 -> Mismatch: GET, free
         200 43 -> PatchNeeded: ask 43
         patch region_id=reg_1 -> Conflict: conflict with 43, region_id Unseen",
    );
    rename()
        .closure()
        .policy(|policy| policy.overwrite_unseen = true)
        .tells(
            "begin -> PatchNeeded: ask 42
         patch region_id=reg_1 -> PatchSubmitted: PATCH 42, key 1, token, free
         409 43 -> Mismatch: GET, free
         200 43 -> PatchNeeded: ask 43
         patch region_id=reg_1 -> PatchSubmitted: PATCH 43, key 2, token, free
         200 44 -> Acknowledged: applied, acknowledged at 44",
        );
    // The first version that it was asked for was seen.
    rename().closure().by_id().tells(
        "begin -> NothingSeenYet: GET, free
         200 42 -> PatchNeeded: ask 42
         patch region_id=reg_1 -> PatchSubmitted: PATCH 42, key 1, token, free
         200 43 -> Acknowledged: applied, acknowledged at 43",
    );
}

#[test]
fn versions_are_tried_only_so_often() {
    rename().policy(|policy| policy.max_versions = 2).tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         409 43 -> Mismatch: GET, free
         200 43 provider=imported_byoc -> Rebase: PATCH 43, key 2, token, free
         409 44 -> Mismatch: GET, free
         200 44 -> GaveUp(OutOfAttempts): conflict with 44, name Free",
    );
    rename().policy(|policy| policy.max_versions = 0).tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         409 43 -> Mismatch: GET, free
         200 43 provider=imported_byoc -> GaveUp(OutOfAttempts): conflict with 43, name Free",
    );
    rename().policy(|policy| policy.max_versions = 2).closure().tells(
        "begin -> PatchNeeded: ask 42
         patch name=ours -> PatchSubmitted: PATCH 42, key 1, token, free
         409 43 -> Mismatch: GET, free
         200 43 -> PatchNeeded: ask 43
         patch name=ours -> PatchSubmitted: PATCH 43, key 2, token, free
         409 44 -> Mismatch: GET, free
         200 44 -> PatchNeeded: ask 44
         patch name=ours -> GaveUp(OutOfAttempts): not sent: OutOfAttempts",
    );
}

#[test]
fn a_read_older_than_the_refusal_is_repeated() {
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         409 43 -> Mismatch: GET, free
         200 42 -> StaleRead: GET, retry
         200 43 provider=imported_byoc -> Rebase: PATCH 43, key 2, token, free
         200 44 name=ours provider=imported_byoc -> Acknowledged: applied, acknowledged at 44",
    );
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         409 43 -> Mismatch: GET, free
         200 42 -> StaleRead: GET, retry
         200 42 -> StaleRead: GET, retry
         200 42 -> GaveUp(ReadFailed): conflict with unread",
    );
}

#[test]
fn a_read_that_fails_leaves_the_conflict() {
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         409 43 -> Mismatch: GET, free
         lost -> ReadLost: GET, retry
         503 -> ReadLost: GET, retry
         429 -> GaveUp(ReadFailed): conflict with unread",
    );
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         409 43 -> Mismatch: GET, free
         404 -> Refused: rejected with 404",
    );
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         409 43 -> Mismatch: GET, free
         200 * -> GaveUp(ReadFailed): conflict with unread",
    );
    rename().refreshes().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         409 43 -> Mismatch: GET, free
         401 -> NewCredentials: GET, new credentials, retry
         200 43 provider=imported_byoc -> Rebase: PATCH 43, key 2, token, free
         200 44 name=ours provider=imported_byoc -> Acknowledged: applied, acknowledged at 44",
    );
}

#[test]
fn a_report_shows_three_sides_and_no_secret() {
    let patch = format!("name=ours provider=imported_byoc region_id=reg_1 kubeconfig={KUBECONFIG}");
    let end = rename()
        .patch(&patch)
        .ends(&["begin", "409 43", "200 43 name=theirs provider=imported_byoc"]);
    let Outcome::NotApplied(NotApplied::Conflict(conflict)) = end else {
        panic!("{end:?}")
    };
    let fields: Vec<_> = conflict
        .fields
        .iter()
        .map(|field| {
            let text = |side: &akua_model::Shown<String>| side.as_deref().unwrap_or_default().to_owned();
            (
                field.field.name,
                text(&field.base),
                text(&field.ours),
                text(&field.theirs),
                field.state.unwrap(),
            )
        })
        .collect();
    let expected = [
        ("name", "old", "ours", "theirs", FieldState::Conflicting),
        ("region_id", "", "reg_1", "", FieldState::Unseen),
        (
            "provider",
            "managed_kaas",
            "imported_byoc",
            "imported_byoc",
            FieldState::Done,
        ),
        ("kubeconfig", "", "", "", FieldState::Unseen),
    ];
    let expected = expected
        .map(|(name, base, ours, theirs, state)| (name, base.to_owned(), ours.to_owned(), theirs.to_owned(), state));
    assert_eq!(fields, expected);
    assert!(conflict.force_ours().is_some());
    assert_eq!(conflict.take_theirs().unwrap().name, "theirs");
}
