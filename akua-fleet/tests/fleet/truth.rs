//! Every row of the ledger agrees with the simulator's record: nothing lost, nothing applied twice, and what is left
//! open can't be known.

use std::collections::BTreeMap;
use std::time::Instant;

use akua_fleet::{Limits, State};
use akua_sim::{Author, Effect, Entry, Version};

use crate::stage::{Made, Stage, faults, others, scenario};
use crate::{number, show};
use akua_verify::evidence::Evidence;
use akua_verify::judge::{Check, Finding};
use akua_verify::record::{Call, Claim, Heard};

#[test]
fn with_keys_checked_first_nothing_is_left_open() {
    let left = play(1, true, Made::OfIds);
    assert_eq!(left, 0, "left open although every key could be asked for");
}

#[test]
fn without_keys_what_is_left_open_cannot_be_known() {
    let left = play(2, false, Made::OfVersions);
    assert!(left > 0, "nothing was put to the test");
}

/// A fleet in bad weather, then once more in good weather. How many items are left open.
fn play(seed: u64, keys: bool, made: Made) -> u64 {
    let begun = Instant::now();
    let items = number("FLEET_ITEMS", 1000);
    let mut scenario = scenario(seed, items, keys);
    (scenario.faults, scenario.scripts) = (faults(items), others(items));
    let mut stage = Stage::new(scenario, made);
    let first = stage.run(&Limits::default().in_flight(16));
    stage.end_faults();
    let second = stage.run(&Limits::default().in_flight(16));
    let (alarms, tally, findings, evidence) = stage.judge();
    let count = |check: Check| alarms.iter().filter(|alarm| alarm.check == check).count();
    show(format_args!(
        "{items} clusters, {}keys, {made:?}, {:.1} seconds\nfirst: {first}\nthen: {second}\n{} lost updates, {} applied twice\n{tally}",
        if keys { "" } else { "no " },
        begun.elapsed().as_secs_f64(),
        count(Check::LostUpdate),
        count(Check::AppliedTwice),
    ));
    let told: Vec<String> = alarms
        .iter()
        .take(5)
        .map(|alarm| Finding(alarm, &evidence).to_string())
        .collect();
    assert!(told.is_empty(), "{} alarms\n{}", alarms.len(), told.join("\n"));
    assert!(findings.is_empty(), "{findings:?}");
    assert_eq!(second.counts.of(State::Pending) + second.counts.of(State::NotSent), 0);
    assert!(
        first.counts.of(State::Indeterminate) > 0 && first.counts.of(State::Conflict) > 0,
        "{first}"
    );
    let left: Vec<&Call> = evidence.calls.iter().filter(|call| is_open(call)).collect();
    for call in &left {
        two_worlds(&evidence, call);
    }
    assert_eq!(left.len() as u64, second.counts.of(State::Indeterminate));
    left.len() as u64
}

fn is_open(call: &Call) -> bool {
    matches!(
        call.reports.last().map(|report| &report.claim),
        Some(Claim::Indeterminate { .. })
    )
}

/// An item that is left open must be one of which the record admits two worlds: in one its last write has landed, in the
/// other it has not, and the client has heard the same in both.
///
/// So some copy of the write had no answer, and the client has seen no version between the one that the write is
/// guarded by and one that somebody else has made, or can't see the value at all.
fn two_worlds(evidence: &Evidence, call: &Call) {
    let writes: Vec<_> = call.writes().collect();
    let (_, last) = writes.last().unwrap();
    let unheard = writes
        .iter()
        .any(|(attempt, sent)| sent == last && attempt.heard == Heard::Nothing);
    assert!(
        unheard,
        "{}: every copy of its last write had its answer\n{call}",
        call.id
    );
    let history = &evidence.histories[&(call.kind, call.id.clone())];
    let by_seq: BTreeMap<u64, &Entry> = evidence.log.iter().map(|entry| (entry.seq, entry)).collect();
    let is_ours = |version: &Version| match version.author {
        Author::Request { seq } => by_seq[&seq].body_sha256.as_deref() == Some(&last.digest),
        _ => false,
    };
    let shown: Vec<&str> = call
        .attempts
        .iter()
        .filter_map(|attempt| match &attempt.heard {
            Heard::Answer {
                shown: Some((etag, _)), ..
            } => Some(etag.as_str()),
            _ => None,
        })
        .collect();
    let ours = history.iter().find(|version| is_ours(version));
    let hidden = last.values.contains_key("region_id");
    match ours {
        // It has landed. The client must not have been shown that version, unless it does not show what was written.
        Some(version) => assert!(
            hidden || !shown.contains(&version.etag.as_str()),
            "{}: the client was shown version {} with the write in it\n{call}",
            call.id,
            version.version
        ),
        // It has not. Had it landed right before the other writer, the client would have heard the same.
        None => assert!(
            hidden
                || history
                    .iter()
                    .any(|version| matches!(version.author, Author::Foreign {})),
            "{}: nobody else has written, so the version at hand would have shown it\n{call}",
            call.id
        ),
    }
    let replayed = evidence.log.iter().any(|entry| {
        entry.body_sha256.as_deref() == Some(&last.digest) && matches!(entry.effect, Effect::Replayed { .. })
    });
    assert!(!replayed, "{}: the server had told\n{call}", call.id);
}
