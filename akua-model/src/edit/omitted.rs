//! Stories of a field that need not have a value, or that an answer may leave out, told to the machine itself: no kind
//! has such a field yet that can be written.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::time::Duration;

use super::contract::Contract;
use super::event::{
    Action, Cause, End, Event, FieldState, Moment, Now, Proof, ReadEnd, Reason, Version, Wanted, WriteEnd,
};
use super::intent::Intent;
use super::machine::{Machine, Move, Source};
use super::policy::Policy;
use super::trace::Why;
use crate::value::Shown::{self, Absent, Is, Unreadable};

type Text = &'static str;

const LEFT_OUT: Shown<Text> = Unreadable;

/// An edit that sets every field to `ours`, of a version with the etag 42 that shows this.
struct Story(Machine<u8, Text>);

impl Story {
    fn of<const N: usize>(seen: [Shown<Text>; N]) -> Self {
        let field = |field| Wanted { field, value: "ours" };
        let policy = Policy {
            backoff: Duration::ZERO,
            ..Policy::default()
        };
        let wanted = (0..N).map(field).collect();
        let mut machine = Machine::new(
            Intent::edit(false),
            Contract::documented(),
            policy,
            Source::Given,
            wanted,
        );
        machine.base = Some(version(42, seen));
        Self(machine)
    }

    fn with(mut self, change: impl FnOnce(&mut Machine<u8, Text>)) -> Self {
        change(&mut self.0);
        self
    }

    fn hears(&mut self, event: Event<u8, Text>) -> Move<u8, Text> {
        let now = Now {
            ms: 0,
            moment: Moment {
                awake: Some(0),
                wall: Some(0),
                ..Moment::default()
            },
            entropy: 7,
            cancelled: false,
        };
        self.0.step(event, now)
    }

    fn begins(mut self) -> Self {
        self.hears(Event::Begin);
        self
    }

    fn reads<const N: usize>(&mut self, etag: u8, shows: [Shown<Text>; N]) -> Move<u8, Text> {
        self.hears(Event::Read(ReadEnd::Found(version(etag, shows))))
    }

    fn is_answered<const N: usize>(&mut self, etag: u8, shows: [Shown<Text>; N]) -> Move<u8, Text> {
        let version = version(etag, shows);
        self.hears(Event::Write(WriteEnd::Acknowledged { version, whole: true }))
    }

    /// The write is refused under 43, and this read after it shows that version.
    fn is_refused_and_reads<const N: usize>(&mut self, shows: [Shown<Text>; N]) -> Move<u8, Text> {
        self.hears(Event::Write(WriteEnd::Conflict(Some(43))));
        self.reads(43, shows)
    }

    fn loses_the_answer(&mut self) -> Action<u8, Text> {
        self.hears(Event::Write(WriteEnd::Lost(None))).0
    }
}

fn version<const N: usize>(etag: u8, shows: [Shown<Text>; N]) -> Version<u8, Text> {
    let values = shows.to_vec();
    Version { etag, values }
}

fn states(moved: &Move<u8, Text>) -> Option<&[FieldState]> {
    match &moved.0 {
        Action::Finish(End::NotApplied(Reason::Conflict { fields, .. })) => Some(fields),
        _ => None,
    }
}

fn is_acknowledged(moved: &Move<u8, Text>) -> bool {
    let proof = Proof::Acknowledged;
    matches!(&moved.0, Action::Finish(End::Applied { proof: by, .. }) if *by == proof)
}

#[test]
fn a17_what_somebody_else_has_cleared_is_a_conflict() {
    let end = Story::of([Is("x")]).begins().is_refused_and_reads([Absent]);
    assert_eq!(states(&end), Some(&[FieldState::Conflicting][..]));
}

#[test]
fn a17_what_somebody_else_has_set_that_was_absent_is_a_conflict() {
    let end = Story::of([Absent]).begins().is_refused_and_reads([Is("theirs")]);
    assert_eq!(states(&end), Some(&[FieldState::Conflicting][..]));
}

#[test]
fn a17_what_was_absent_and_is_absent_can_be_written() {
    let (action, why) = Story::of([Absent]).begins().is_refused_and_reads([Absent]);
    assert!(matches!(action, Action::Write { .. }), "{action:?}");
    assert_eq!(why, Why::Rebase);
}

#[test]
fn a17_what_an_answer_leaves_out_after_another_change_is_unseen() {
    for seen in [Is("x"), LEFT_OUT] {
        let end = Story::of([seen]).begins().is_refused_and_reads([LEFT_OUT]);
        assert_eq!(states(&end), Some(&[FieldState::Unseen][..]), "{seen:?}");
        let overwrites = |machine: &mut Machine<_, _>| machine.policy.overwrite_unseen = true;
        let mut story = Story::of([seen]).with(overwrites).begins();
        assert_eq!(story.is_refused_and_reads([LEFT_OUT]).1, Why::OverwriteUnseen);
    }
    let end = Story::of([LEFT_OUT]).begins().is_refused_and_reads([Is("theirs")]);
    assert_eq!(states(&end), Some(&[FieldState::Conflicting][..]));
}

/// A refusal is remembered, and was sent while the guard was still current, which the refusal says or a read after it.
#[test]
fn a17_a_read_that_shows_what_the_guard_left_out_tells_that_nothing_landed_before_a_refusal() {
    let begun = |claim: fn(&mut Contract)| {
        let keyed = |machine: &mut Machine<_, _>| {
            machine.intent = Intent::edit(true);
            machine.policy.max_attempts = 2;
            machine.contract.stores_rejections_per_key = true;
            machine.contract.etag_covers_write_only = true;
            machine.contract.key_retention = Duration::from_secs(1_000);
            claim(&mut machine.contract);
        };
        let mut story = Story::of([LEFT_OUT]).with(keyed).begins();
        story.loses_the_answer();
        story
    };
    let is_rejected = |moved: Move<u8, Text>| matches!(moved.0, Action::Finish(End::NotApplied(Reason::Rejected)));
    for (read, is_proof) in [(Is("x"), true), (Absent, true), (LEFT_OUT, false)] {
        let mut story = begun(|contract| contract.reads_linearizable = true);
        story.hears(Event::Write(WriteEnd::Conflict(None)));
        assert_eq!(is_rejected(story.reads(42, [read])), is_proof, "{read:?}");
        let mut story = begun(|contract| contract.conflicts_name_current_etag = true);
        story.hears(Event::Write(WriteEnd::Conflict(Some(42))));
        assert!(!is_rejected(story.reads(41, [Is("ours")])));
        assert_eq!(is_rejected(story.reads(42, [read])), is_proof, "{read:?}");
        // A read that may be older than the refusal does not tell under which etag that was sent.
        let mut story = begun(|_| ());
        story.hears(Event::Write(WriteEnd::Conflict(None)));
        assert!(!is_rejected(story.reads(42, [read])));
    }
}

/// Whether the etag moves with a field that no answer of this call has shown is not known.
#[test]
fn a17_a_lost_write_is_repeated_only_where_its_guard_shows_every_field() {
    for (seen, repeats) in [(Is("x"), true), (Absent, true), (LEFT_OUT, false)] {
        let action = Story::of([Is("y"), seen]).begins().loses_the_answer();
        assert_eq!(matches!(action, Action::Write { .. }), repeats, "{seen:?}");
        let covers = |machine: &mut Machine<_, _>| machine.contract.etag_covers_write_only = true;
        let action = Story::of([Is("y"), seen]).with(covers).begins().loses_the_answer();
        assert!(matches!(action, Action::Write { .. }), "{seen:?}");
    }
}

#[test]
fn a17_landing_moves_the_etag_if_it_sets_what_was_absent_but_not_what_was_left_out() {
    for (seen, moves) in [(Is("x"), true), (Absent, true), (LEFT_OUT, false)] {
        let story = Story::of([Is("ours"), seen]).begins();
        assert_eq!(story.0.epoch.unwrap().moves_etag, moves, "{seen:?}");
    }
}

#[test]
fn a17_a_200_without_the_field_says_nothing_of_it() {
    for seen in [Is("x"), Absent, LEFT_OUT] {
        assert!(is_acknowledged(&Story::of([seen]).begins().is_answered(43, [LEFT_OUT])));
    }
}

#[test]
fn a17_a_200_that_still_shows_no_value_acknowledges_nothing() {
    let (action, why) = Story::of([Absent]).begins().is_answered(43, [Absent]);
    assert!(!matches!(action, Action::Finish(_)), "{action:?}");
    assert_eq!(why, Why::ChangedNothing);
    let (action, _) = Story::of([Absent]).begins().is_answered(42, [Absent]);
    assert!(matches!(action, Action::Finish(End::NotApplied(Reason::Ignored(_)))));
}

/// What the version passed in left out may have been the value that the 200 shows.
#[test]
fn a17_a_200_with_another_value_of_what_was_left_out_acknowledges_nothing() {
    for etag in [42, 43] {
        let (action, why) = Story::of([LEFT_OUT]).begins().is_answered(etag, [Is("z")]);
        assert!(!matches!(action, Action::Finish(_)), "{action:?}");
        assert_eq!(why, Why::ChangedNothing);
    }
    assert!(is_acknowledged(
        &Story::of([LEFT_OUT]).begins().is_answered(43, [Is("ours")])
    ));
    // Where another field shows that the write was carried out, this one was adjusted.
    let (action, _) = Story::of([Is("x"), LEFT_OUT])
        .begins()
        .is_answered(43, [Is("ours"), Is("z")]);
    let Action::Finish(End::Applied {
        adjusted, not_taken, ..
    }) = action
    else {
        panic!("{action:?}");
    };
    assert_eq!((adjusted, not_taken), (vec![1], vec![]));
}

/// The value that was left out may have been ours already.
#[test]
fn a17_a_200_that_shows_ours_of_what_was_left_out_and_else_the_old_values_acknowledges_nothing() {
    let (action, why) = Story::of([Is("x"), LEFT_OUT])
        .begins()
        .is_answered(43, [Is("x"), Is("ours")]);
    assert!(!matches!(action, Action::Finish(_)), "{action:?}");
    assert_eq!(why, Why::ChangedNothing);
}

#[test]
fn a17_ignored_is_proven_by_the_etag_only_for_what_the_guard_shows() {
    let (action, _) = Story::of([Is("x"), Is("y")])
        .begins()
        .is_answered(42, [Is("x"), LEFT_OUT]);
    assert!(
        matches!(action, Action::Finish(End::NotApplied(Reason::Ignored(_)))),
        "{action:?}"
    );
    let (action, why) = Story::of([Is("x"), LEFT_OUT])
        .begins()
        .is_answered(42, [Is("x"), LEFT_OUT]);
    assert!(!matches!(action, Action::Finish(_)), "{action:?}");
    assert_eq!(why, Why::ChangedNothing);
}

#[test]
fn a17_a_read_without_the_field_is_no_proof_that_it_landed() {
    for (read, is_proof) in [([Is("ours"), Is("ours")], true), ([Is("ours"), LEFT_OUT], false)] {
        let fresh = |machine: &mut Machine<_, _>| {
            machine.contract.reads_linearizable = true;
            machine.policy.max_attempts = 1;
        };
        let mut story = Story::of([Is("x"), Is("y")]).with(fresh).begins();
        story.loses_the_answer();
        let (action, _) = story.reads(43, read);
        let is_observed = matches!(
            &action,
            Action::Finish(End::Applied {
                proof: Proof::Observed,
                ..
            })
        );
        let is_open = matches!(
            &action,
            Action::Finish(End::Indeterminate {
                cause: Cause::AnswerLost,
                ..
            })
        );
        assert_eq!((is_observed, is_open), (is_proof, !is_proof), "{action:?}");
    }
}

#[test]
fn a17_unchanged_takes_a_read_that_shows_every_wanted_value() {
    let begun = || Story::of([Is("ours"), Is("ours")]).begins();
    let (action, _) = begun().reads(42, [Is("ours"), Is("ours")]);
    assert!(matches!(action, Action::Finish(End::Unchanged(_))), "{action:?}");
    // The same version, of which this answer shows less: no change of anybody's, so it is written under its etag.
    for read in [[Is("ours"), LEFT_OUT], [LEFT_OUT, LEFT_OUT]] {
        let (action, why) = begun().reads(42, read);
        assert!(matches!(action, Action::Write { first: true, .. }), "{action:?}");
        assert_eq!(why, Why::VersionPassedIn);
    }
    // Another version: somebody else has changed something, perhaps this.
    let end = begun().reads(43, [Is("ours"), LEFT_OUT]);
    assert_eq!(states(&end), Some(&[FieldState::Done, FieldState::Unseen][..]));
    let end = begun().reads(43, [Is("ours"), Absent]);
    assert_eq!(states(&end), Some(&[FieldState::Done, FieldState::Conflicting][..]));
}
