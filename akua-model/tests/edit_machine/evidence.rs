//! What a resume token carries on from call to call: what was heard of the etag, and when the write was first sent.

use std::time::Duration;

use akua_model::Secrets;
use akua_model::edit::{
    Change, Clock, Contract, Edit, Edited, Input, Options, Outcome, ResumeMode, ResumeToken, SinceBoot, Step, Target,
};
use akua_model::http::Response;
use akua_model::{Cluster, ClusterPatch};

const BOOT: SinceBoot = SinceBoot { boot: 1, ms: 50_000 };

fn clock(ms: i64) -> Clock {
    Clock {
        elapsed: Duration::from_millis(ms.unsigned_abs()),
        unix_ms: 1_700_000_000_000 + ms,
        since_boot: Some(SinceBoot {
            ms: BOOT.ms + ms,
            ..BOOT
        }),
        entropy: 7,
        ..Clock::default()
    }
}

fn options(contract: Contract) -> Options {
    let mut options = Options::default();
    options.contract = contract;
    options.origin = "https://akua.test/".to_owned();
    options.policy.max_attempts = 2;
    options.policy.backoff = Duration::ZERO;
    options
}

fn version(etag: &str, name: &str) -> Input<Cluster> {
    let body = format!(
        r#"{{"id":"clu_1","name":"{name}","workspace_id":"ws_1","state":"active","provider":"managed_kaas",
            "reconciling":false,"created_at":1,"updated_at":2,"etag":"{etag}"}}"#
    );
    Input::Answered(Response {
        status: 200,
        body: body.into_bytes(),
        ..Response::default()
    })
}

fn conflict(etag: &str) -> Input<Cluster> {
    let body = format!(r#"{{"errors":[{{"code":7006,"message":"ABORTED","metadata":{{"current_etag":"{etag}"}}}}]}}"#);
    Input::Answered(Response {
        status: 409,
        body: body.into_bytes(),
        ..Response::default()
    })
}

fn lost() -> Input<Cluster> {
    Input::Lost("no answer".to_owned())
}

/// A rename of a version with the etag 42.
fn rename(contract: Contract) -> Edit<Cluster> {
    let Input::Answered(seen) = version("42", "old") else {
        unreachable!()
    };
    let seen: Cluster = serde_json::from_slice(&seen.body).unwrap();
    let patch = ClusterPatch::builder().name("ours").build().unwrap();
    Edit::new(Target::Seen(Box::new(seen)), Change::Patch(patch), options(contract)).unwrap()
}

/// The end of an edit that hears this, a millisecond apart.
fn ends(edit: &mut Edit<Cluster>, heard: Vec<Input<Cluster>>) -> Box<Edited<Cluster>> {
    let all = std::iter::once(Input::Begin).chain(heard);
    let mut step = None;
    for (ms, input) in (0..).zip(all) {
        step = Some(edit.step(input, clock(ms)));
    }
    match step {
        Some(Step::Done(edited)) => edited,
        other => panic!("{other:?}"),
    }
}

/// Whether the write may still land as far as this end knows, and its token.
fn open(edited: &Edited<Cluster>) -> (bool, ResumeToken) {
    match &edited.outcome {
        Outcome::Indeterminate(open) => (open.may_still_land, open.resume_token.to_string().parse().unwrap()),
        other => panic!("{other}"),
    }
}

/// The same write taken up by a call that hears nothing but silence.
fn resolved_in_vain(token: &ResumeToken, contract: Contract) -> (bool, ResumeToken) {
    let mut edit = Edit::resume(token, ResumeMode::Look, &Secrets::none(), options(contract), clock(0)).unwrap();
    open(&ends(&mut edit, vec![lost(), lost()]))
}

#[test]
fn a8_what_is_known_of_the_etag_stays_known() {
    let documented = Contract::documented();
    let heard = vec![lost(), conflict("43"), version("43", "theirs")];
    let (may_still_land, token) = open(&ends(&mut rename(documented), heard));
    assert!(!may_still_land);
    // However often it is taken up and nothing is heard.
    let (still, token) = resolved_in_vain(&token, documented);
    assert!(!still);
    let (still, token) = resolved_in_vain(&token, documented);
    assert!(!still);
    // Each call concludes under its own contract: where etags repeat, having moved proves nothing.
    assert!(resolved_in_vain(&token, Contract::weakest()).0);
}

#[test]
fn a8_a_hint_and_a_read_are_kept_apart_until_a_contract_joins_them() {
    let documented = Contract::documented();
    // Named, and never shown.
    let named = open(&ends(
        &mut rename(documented),
        vec![lost(), conflict("43"), lost(), lost()],
    ));
    assert!(named.0);
    assert!(resolved_in_vain(&named.1, documented).0, "a hint stays a hint");
    let mut naming = documented;
    naming.conflicts_name_current_etag = true;
    assert!(!resolved_in_vain(&named.1, naming).0);
    // What a contract made of a name is no fact: under another one it is a hint again.
    let believed = open(&ends(&mut rename(naming), vec![lost(), conflict("7"), lost(), lost()]));
    assert!(!believed.0);
    assert!(resolved_in_vain(&believed.1, documented).0);
    let (still, twice) = resolved_in_vain(&believed.1, naming);
    assert!(!still && resolved_in_vain(&twice, documented).0);
    for contract in [documented, naming] {
        assert_eq!(twice.may_still_land(&contract), contract == documented);
    }
    // A later call reads what an earlier one was told.
    let mut edit = Edit::resume(
        &named.1,
        ResumeMode::Look,
        &Secrets::none(),
        options(documented),
        clock(0),
    )
    .unwrap();
    assert!(!open(&ends(&mut edit, vec![version("43", "theirs")])).0);
    // Shown by a read, and never named.
    let read = vec![lost(), lost(), version("43", "theirs"), version("43", "theirs")];
    let read = open(&ends(&mut rename(documented), read));
    assert!(read.0);
    assert!(resolved_in_vain(&read.1, documented).0, "the read may have been stale");
    let mut linearizable = documented;
    linearizable.reads_linearizable = true;
    assert!(!resolved_in_vain(&read.1, linearizable).0);
}

#[test]
fn a8_tokens_of_one_write_are_known_as_such() {
    let documented = Contract::documented();
    let mut edit = rename(documented);
    let Step::Send(first) = edit.step(Input::Begin, clock(0)) else {
        panic!()
    };
    let granted = first.resume_token.unwrap();
    let Step::Send(_) = edit.step(lost(), clock(1)) else {
        panic!()
    };
    let Step::Send(_) = edit.step(conflict("43"), clock(2)) else {
        panic!()
    };
    let Step::Done(edited) = edit.step(version("43", "theirs"), clock(3)) else {
        panic!()
    };
    let later = open(&edited).1;
    assert_ne!(granted, later);
    assert!(granted.is_of_same_write(&later) && later.is_of_same_write(&granted));
    let other = {
        let mut edit = rename(documented);
        let clock = Clock { entropy: 8, ..clock(0) };
        let Step::Send(outgoing) = edit.step(Input::Begin, clock) else {
            panic!()
        };
        outgoing.resume_token.unwrap()
    };
    assert!(!granted.is_of_same_write(&other));
}

/// Keys are looked up first and remembered for so long, and nothing else stops a second copy.
fn keyed(retention_ms: u64) -> Contract {
    let mut contract = Contract::documented();
    contract.etag_never_repeats = false;
    contract.key_checked_before_if_match = true;
    contract.key_retention = Duration::from_millis(retention_ms);
    contract
}

#[test]
fn a6_a_machine_that_sleeps_makes_a_key_older() {
    // The monotonic clock stands still; the one that counts sleep, the time of day, or both tell.
    let slept = 60_000;
    let boot = |slept| {
        Some(SinceBoot {
            ms: BOOT.ms + slept,
            ..BOOT
        })
    };
    let cases = [
        (slept, boot(slept)),
        (0, boot(slept)),
        (slept, None),
        // Set back by an hour, or slept while it was set back: nothing can be relied upon.
        (-3_600_000, None),
        (-3_600_000, boot(0)),
    ];
    for (wall, since_boot) in cases {
        let mut edit = rename(keyed(40_000));
        let start = Clock {
            since_boot: since_boot.and(Some(BOOT)),
            ..clock(0)
        };
        let Step::Send(_) = edit.step(Input::Begin, start) else {
            panic!()
        };
        let now = Clock {
            unix_ms: start.unix_ms + wall,
            since_boot,
            ..start
        };
        let Step::Send(next) = edit.step(lost(), now) else {
            panic!()
        };
        assert_eq!(next.request.method().as_str(), "GET", "{now:?}");
    }
    // And where no time has passed, the key is good.
    let mut edit = rename(keyed(40_000));
    edit.step(Input::Begin, clock(0));
    let Step::Send(next) = edit.step(lost(), clock(1)) else {
        panic!()
    };
    assert_eq!(next.request.method().as_str(), "PATCH");
    // Until the machine sleeps while that repeat waits.
    assert!(edit.may_send(clock(1)));
    let slept = Clock {
        since_boot: boot(slept),
        ..clock(1)
    };
    assert!(!edit.may_send(slept));
}

#[test]
fn a6_a_token_of_another_boot_has_the_time_of_day_alone() {
    let mut edit = rename(keyed(1_000_000));
    let Step::Send(first) = edit.step(Input::Begin, clock(0)) else {
        panic!()
    };
    let token: ResumeToken = first.resume_token.unwrap().to_string().parse().unwrap();
    let resumes = |at: Clock, contract: Contract| {
        let mut edit =
            Edit::<Cluster>::resume(&token, ResumeMode::Finish, &Secrets::none(), options(contract), at).unwrap();
        match edit.step(Input::Begin, at) {
            Step::Send(outgoing) => outgoing.request.method().as_str() == "PATCH",
            other => panic!("{other:?}"),
        }
    };
    let later = |wall: i64, since_boot: Option<SinceBoot>| Clock {
        elapsed: Duration::ZERO,
        unix_ms: 1_700_000_000_000 + wall,
        since_boot,
        ..clock(0)
    };
    let here = |ms| {
        Some(SinceBoot {
            ms: BOOT.ms + ms,
            ..BOOT
        })
    };
    let elsewhere = Some(SinceBoot { boot: 2, ms: 1 });
    // The default deadline of 30 s is added, for copies on their way.
    assert!(
        resumes(later(1_000, here(1_000)), keyed(32_000)),
        "no margin is needed on the same boot"
    );
    assert!(
        !resumes(later(1_000, here(9_000)), keyed(32_000)),
        "the larger of both counts"
    );
    assert!(
        !resumes(later(9_000, here(1_000)), keyed(32_000)),
        "the larger of both counts"
    );
    for other in [elsewhere, None] {
        assert!(!resumes(later(1_000, other), keyed(32_000)), "a margin of 30 s");
        assert!(resumes(later(1_000, other), keyed(62_000)));
        assert!(!resumes(later(-1, other), keyed(1_000_000)), "sent in the future");
        let mut agreeing = keyed(32_000);
        agreeing.clock_skew = Duration::ZERO;
        assert!(resumes(later(1_000, other), agreeing));
    }
    assert!(
        !resumes(later(1_000, here(-1)), keyed(1_000_000)),
        "a clock that went back"
    );
}
