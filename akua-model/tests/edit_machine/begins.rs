//! Before the first write: a version that is passed in, one that is read, a patch that is asked for.

use crate::story::rename;

#[test]
fn a_version_passed_in_costs_one_write() {
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         200 43 name=ours -> Acknowledged: applied, acknowledged at 43",
    );
    rename().workspace().tells(
        "begin -> VersionPassedIn: PATCH 42, token, free
         200 43 name=ours -> Acknowledged: applied, acknowledged at 43",
    );
}

#[test]
fn an_id_costs_a_read_and_a_write() {
    rename().by_id().tells(
        "begin -> NothingSeenYet: GET, free
         200 42 -> VersionRead: PATCH 42, key 1, token, free
         200 43 name=ours -> Acknowledged: applied, acknowledged at 43",
    );
}

#[test]
fn what_already_is_so_costs_a_read() {
    rename().by_id().tells(
        "begin -> NothingSeenYet: GET, free
         200 42 name=ours -> AlreadyAsWanted: unchanged at 42",
    );
    rename().seen("42 name=ours").tells(
        "begin -> SeemsUnchanged: GET, free
         200 42 name=ours -> AlreadyAsWanted: unchanged at 42",
    );
    rename().seen("42 name=ours").tells(
        "begin -> SeemsUnchanged: GET, free
         200 43 name=ours -> AlreadyAsWanted: unchanged at 43",
    );
    // One of two fields is not.
    rename()
        .seen("42 name=ours")
        .patch("name=ours provider=imported_byoc")
        .tells(
            "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         200 43 name=ours provider=imported_byoc -> Acknowledged: applied, acknowledged at 43",
        );
}

#[test]
fn what_seemed_to_be_so_is_merged() {
    rename().seen("42 name=ours").tells(
        "begin -> SeemsUnchanged: GET, free
         200 43 name=theirs -> Conflict: conflict with 43, name Conflicting",
    );
    rename()
        .seen("42 name=ours provider=imported_byoc")
        .patch("name=ours provider=imported_byoc")
        .tells(
            "begin -> SeemsUnchanged: GET, free
         200 43 name=ours -> Conflict: conflict with 43, name Done, provider Conflicting",
        );
}

#[test]
fn what_nobody_can_read_never_is_unchanged() {
    rename().patch("kubeconfig=marker-kubeconfig").tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         200 43 -> Acknowledged: applied, acknowledged at 43",
    );
    rename().by_id().patch("name=ours region_id=reg_1").tells(
        "begin -> NothingSeenYet: GET, free
         200 42 name=ours -> VersionRead: PATCH 42, key 1, token, free
         200 43 name=ours -> Acknowledged: applied, acknowledged at 43",
    );
}

#[test]
fn a_first_read_that_is_refused_ends_it() {
    for status in ["400", "403", "404"] {
        let told = rename().by_id().play(&["begin", status]);
        assert_eq!(told[1], format!("{status} -> Refused: rejected with {status}"));
    }
    rename().by_id().tells(
        "begin -> NothingSeenYet: GET, free
         401 -> Refused: rejected with 401",
    );
    rename().by_id().refreshes().tells(
        "begin -> NothingSeenYet: GET, free
         401 -> NewCredentials: GET, new credentials, retry
         401 -> Refused: rejected with 401",
    );
    rename().by_id().refreshes().tells(
        "begin -> NothingSeenYet: GET, free
         401 -> NewCredentials: GET, new credentials, retry
         200 42 -> VersionRead: PATCH 42, key 1, token, free
         401 -> Refused: rejected with 401",
    );
}

#[test]
fn a_first_read_that_brings_nothing_is_repeated() {
    for nothing in [
        "lost",
        "not sent",
        "503",
        "408",
        "302",
        "204",
        "200 nothing",
        "200 42 name=null",
        "200 42 id=clu_2",
    ] {
        let told = rename().by_id().play(&["begin", nothing, nothing, nothing]);
        let ends = [
            "ReadLost: GET, retry",
            "ReadLost: GET, retry",
            "GaveUp(ReadFailed): not sent: ReadFailed",
        ];
        for (told, end) in told[1..].iter().zip(ends) {
            assert_eq!(*told, format!("{nothing} -> {end}"));
        }
    }
    rename().by_id().tells(
        "begin -> NothingSeenYet: GET, free
         lost -> ReadLost: GET, retry
         429 after 0 -> Throttled: GET, retry
         200 42 -> VersionRead: PATCH 42, key 1, token, free
         200 43 name=ours -> Acknowledged: applied, acknowledged at 43",
    );
    rename().by_id().tells(
        "begin -> NothingSeenYet: GET, free
         429 -> Throttled: GET, retry
         429 -> Throttled: GET, retry
         429 -> Refused: rejected with 429",
    );
}

#[test]
fn an_etag_that_cannot_guard_a_write_ends_it() {
    rename().by_id().tells(
        "begin -> NothingSeenYet: GET, free
         200 * -> GaveUp(UnusableEtag): not sent: UnusableEtag",
    );
}

#[test]
fn a_closure_is_asked_for_the_version_passed_in() {
    rename().closure().tells(
        "begin -> PatchNeeded: ask 42
         patch name=ours -> PatchSubmitted: PATCH 42, key 1, token, free
         200 43 name=ours -> Acknowledged: applied, acknowledged at 43",
    );
}

#[test]
fn a_closure_is_asked_for_the_version_read() {
    rename().closure().by_id().tells(
        "begin -> NothingSeenYet: GET, free
         200 42 -> PatchNeeded: ask 42
         patch name=ours -> PatchSubmitted: PATCH 42, key 1, token, free
         200 43 name=ours -> Acknowledged: applied, acknowledged at 43",
    );
    rename().closure().by_id().tells(
        "begin -> NothingSeenYet: GET, free
         200 42 -> PatchNeeded: ask 42
         patch name=old -> AlreadyAsWanted: unchanged at 42",
    );
    rename().closure().by_id().tells(
        "begin -> NothingSeenYet: GET, free
         200 42 -> PatchNeeded: ask 42
         no patch -> AlreadyAsWanted: unchanged at 42",
    );
}

#[test]
fn a_closure_that_wants_no_change_is_asked_again_if_somebody_else_made_one() {
    rename().closure().tells(
        "begin -> PatchNeeded: ask 42
         no patch -> SeemsUnchanged: GET, free
         200 42 -> AlreadyAsWanted: unchanged at 42",
    );
    rename().closure().tells(
        "begin -> PatchNeeded: ask 42
         patch name=old -> SeemsUnchanged: GET, free
         200 42 -> AlreadyAsWanted: unchanged at 42",
    );
    rename().closure().tells(
        "begin -> PatchNeeded: ask 42
         no patch -> SeemsUnchanged: GET, free
         200 43 name=theirs -> PatchNeeded: ask 43
         patch name=ours -> PatchSubmitted: PATCH 43, key 1, token, free
         200 44 name=ours -> Acknowledged: applied, acknowledged at 44",
    );
    rename().closure().tells(
        "begin -> PatchNeeded: ask 42
         no patch -> SeemsUnchanged: GET, free
         200 43 name=theirs -> PatchNeeded: ask 43
         no patch -> AlreadyAsWanted: unchanged at 43",
    );
}

#[test]
fn a_closure_that_fails_ends_it() {
    rename().closure().tells(
        "begin -> PatchNeeded: ask 42
         closure fails -> GaveUp(NoPatch): not sent: NoPatch",
    );
    rename().closure().by_id().tells(
        "begin -> NothingSeenYet: GET, free
         200 42 -> PatchNeeded: ask 42
         closure fails -> GaveUp(NoPatch): not sent: NoPatch",
    );
}
