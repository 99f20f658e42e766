//! A write is out: what its answer proves, while none was lost.

use crate::story::rename;

#[test]
fn a_definite_refusal_is_the_end() {
    for status in ["400", "403", "404", "405", "413", "415", "422", "428", "431", "401"] {
        let told = rename().play(&["begin", status]);
        assert_eq!(told[1], format!("{status} -> Refused: rejected with {status}"));
    }
}

#[test]
fn what_is_no_definite_answer_leaves_it_in_doubt() {
    for answer in [
        "lost",
        "408",
        "500",
        "502",
        "503",
        "504",
        "302",
        "204",
        "201",
        "200 nothing",
        "200 43 id=clu_2",
        "200 *",
    ] {
        let told = rename().play(&["begin", answer]);
        assert_eq!(told[1], format!("{answer} -> AnswerLost: PATCH 42, key 1, settle"));
    }
}

#[test]
fn an_acknowledgement_that_cannot_be_read_in_full_is_one() {
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         200 43 name=null -> Acknowledged: applied, acknowledged at 43, unread",
    );
}

#[test]
fn credentials_are_asked_for_once() {
    rename().refreshes().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         401 -> NewCredentials: PATCH 42, key 1, new credentials, free
         401 -> Refused: rejected with 401",
    );
    rename().refreshes().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         401 -> NewCredentials: PATCH 42, key 1, new credentials, free
         200 43 name=ours -> Acknowledged: applied, acknowledged at 43",
    );
    // The read has used them up.
    rename().by_id().refreshes().tells(
        "begin -> NothingSeenYet: GET, free
         401 -> NewCredentials: GET, new credentials, retry
         200 42 -> VersionRead: PATCH 42, key 1, token, free
         401 -> Refused: rejected with 401",
    );
    // There are no other ones: the refusal stands. After any other answer nothing was refused for good.
    rename().refreshes().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         401 -> NewCredentials: PATCH 42, key 1, new credentials, free
         declined -> GaveUp(Declined): rejected with 401",
    );
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         429 -> Throttled: PATCH 42, key 1, retry
         declined -> GaveUp(Declined): not sent: Declined",
    );
}

#[test]
fn what_was_not_sent_is_sent_again() {
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         not sent -> NotSent: PATCH 42, key 1, retry
         not sent -> NotSent: PATCH 42, key 1, retry
         not sent -> GaveUp(NotConnected): not sent: NotConnected",
    );
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         not sent -> NotSent: PATCH 42, key 1, retry
         200 43 name=ours -> Acknowledged: applied, acknowledged at 43",
    );
    rename().policy(|policy| policy.max_attempts = 1).tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         not sent -> GaveUp(NotConnected): not sent: NotConnected",
    );
}

#[test]
fn patience_is_had_as_asked_for() {
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         429 after 0 -> Throttled: PATCH 42, key 1, retry
         429 -> Throttled: PATCH 42, key 1, retry
         429 -> Refused: rejected with 429",
    );
    rename()
        .policy(|policy| policy.deadline = std::time::Duration::from_secs(100))
        .tells(
            "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         429 after 2 -> Throttled: PATCH 42, key 1, after 2000, retry
         @2000 200 43 name=ours -> Acknowledged: applied, acknowledged at 43",
        );
    rename()
        .policy(|policy| policy.deadline = std::time::Duration::from_secs(100))
        .tells(
            "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         429 after Tue, 14 Nov 2023 22:13:23 GMT -> Throttled: PATCH 42, key 1, after 3000, retry
         @3000 200 43 name=ours -> Acknowledged: applied, acknowledged at 43",
        );
    // In the past.
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         429 after Tue, 14 Nov 2023 22:13:19 GMT -> Throttled: PATCH 42, key 1, retry
         200 43 name=ours -> Acknowledged: applied, acknowledged at 43",
    );
}

#[test]
fn a_conflict_that_names_our_own_etag_is_about_something_else() {
    for status in ["409", "412"] {
        let told = rename().play(&["begin", &format!("{status} 42")]);
        assert_eq!(told[1], format!("{status} 42 -> Refused: rejected with {status}"));
    }
}

#[test]
fn a_conflict_that_names_no_etag_is_understood_by_a_read() {
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         409 -> UnnamedConflict: GET, free
         200 42 -> NotAMismatch: rejected with 409",
    );
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         412 -> UnnamedConflict: GET, free
         200 43 provider=imported_byoc -> Rebase: PATCH 43, key 2, token, free
         200 44 name=ours provider=imported_byoc -> Acknowledged: applied, acknowledged at 44",
    );
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         409 -> UnnamedConflict: GET, free
         404 -> Refused: rejected with 404",
    );
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         409 -> UnnamedConflict: GET, free
         lost -> ReadLost: GET, retry
         lost -> ReadLost: GET, retry
         lost -> GaveUp(ReadFailed): rejected with 409",
    );
    rename().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         409 -> UnnamedConflict: GET, free
         401 -> GaveUp(ReadFailed): rejected with 409",
    );
}

#[test]
fn where_something_repeats_requests_every_answer_leaves_doubt() {
    let hidden = rename().contract(|contract| contract.hidden_retries = true);
    hidden.tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         200 43 name=ours -> Acknowledged: applied, acknowledged at 43",
    );
    hidden.tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         403 -> RefusedAfterLostAnswer: GET, settle
         200 42 -> Unknowable { may_still_land: true, cause: Refused }: indeterminate, may still land, seen 42",
    );
    hidden.tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         409 43 -> ConflictAfterLostAnswer: GET, settle
         200 43 name=theirs -> Unknowable { may_still_land: false, cause: ConflictAfterLostAnswer }: indeterminate, can't land, seen 43",
    );
    hidden.tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         429 -> Throttled: PATCH 42, key 1, settle
         200 43 name=ours -> Acknowledged: applied, acknowledged at 43",
    );
    hidden.tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         not sent -> NotSent: PATCH 42, key 1, retry
         not sent -> NotSent: PATCH 42, key 1, retry
         not sent -> GaveUp(NotConnected): not sent: NotConnected",
    );
    hidden.clone().refreshes().tells(
        "begin -> VersionPassedIn: PATCH 42, key 1, token, free
         401 -> NewCredentials: PATCH 42, key 1, new credentials, free
         200 43 name=ours -> Acknowledged: applied, acknowledged at 43",
    );
}
