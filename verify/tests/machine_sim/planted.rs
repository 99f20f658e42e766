//! Mistakes planted between the machine and the world, in clients and in servers: a judge that does not notice them
//! judges nothing.

use std::time::Duration;

use akua_model::edit::Contract;
use akua_verify::judge::Check;

use crate::plan::{Keys, Setting};
use crate::run_cases;

/// One mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plant {
    // In the client.
    CallsLostWriteNotSent,
    CallsUnknownRefused,
    NewKeyOnResend,
    StuckDice,
    NewestIfMatch,
    TokenAfterTheSend,
    StoppedClock,
    /// A clock that counts no sleep, and a time of day that does not either.
    AgeByMonotonicClock,
    CancelIgnored,
    // In the server, or in what is said of it.
    PretendedWrites,
    RepeatingEtags,
    StaleReads,
    ForgottenKeys,
    HiddenCopies,
    UncoveredSecrets,
}

impl Plant {
    pub(crate) fn is(self, planted: Option<Self>) -> bool {
        planted == Some(self)
    }

    /// Makes the server worse than clients are told.
    pub(crate) fn adjust(self, setting: &mut Setting) {
        let truth = &mut setting.truth;
        match self {
            Self::RepeatingEtags => {
                truth.counts = false;
                truth.keys = Keys::Ignored;
            }
            Self::StaleReads => truth.stale_reads = true,
            Self::AgeByMonotonicClock => {
                truth.counts = true;
                truth.keys = Keys::First;
                truth.retention_ms = Some(700);
            }
            Self::ForgottenKeys => {
                truth.counts = false;
                truth.keys = Keys::First;
                truth.retention_ms = Some(3);
            }
            Self::HiddenCopies => {
                truth.hidden_copies = true;
                truth.counts = false;
                truth.keys = Keys::Ignored;
            }
            Self::UncoveredSecrets => {
                truth.counts = true;
                truth.covers_write_only = false;
                truth.keys = Keys::Ignored;
                setting.places = 1;
            }
            _ => {}
        }
    }

    /// Tells clients so.
    pub(crate) fn overstate(self, belief: &mut Contract) {
        match self {
            Self::RepeatingEtags => belief.etag_never_repeats = true,
            Self::StaleReads => belief.reads_linearizable = true,
            Self::ForgottenKeys => {
                belief.key_checked_before_if_match = true;
                belief.key_retention = Duration::MAX;
            }
            Self::HiddenCopies => belief.hidden_retries = false,
            Self::UncoveredSecrets => belief.etag_covers_write_only = true,
            _ => {}
        }
    }
}

/// The case that shows the mistake, after shrinking.
fn caught(plant: Plant, checks: &[Check]) {
    let failure = run_cases([plant as u8; 32], 20_000, Some(plant)).expect_err("nothing was noticed");
    println!("{plant:?}: {:?}, {}", failure.breach.check, failure.breach.text);
    failure.turns.iter().for_each(|turn| println!("  {turn:?}"));
    println!("{}", failure.stories);
    assert!(checks.contains(&failure.breach.check), "{:?}", failure.breach);
}

#[test]
fn a_planted_lost_write_called_not_sent_is_caught() {
    caught(
        Plant::CallsLostWriteNotSent,
        &[Check::FalseNotApplied, Check::FalseUnchanged, Check::AppliedTwice],
    );
}

#[test]
fn a_planted_unknown_answer_called_a_refusal_is_caught() {
    caught(Plant::CallsUnknownRefused, &[Check::FalseNotApplied]);
}

#[test]
fn a_planted_new_key_on_a_resend_is_caught() {
    caught(Plant::NewKeyOnResend, &[Check::ChangedRepeat]);
}

#[test]
fn a_planted_key_used_twice_is_caught() {
    caught(Plant::StuckDice, &[Check::ReusedKey]);
}

#[test]
fn a_planted_newest_etag_in_place_of_the_one_seen_is_caught() {
    caught(Plant::NewestIfMatch, &[Check::LostUpdate, Check::ChangedRepeat]);
}

#[test]
fn a_planted_token_after_the_send_is_caught() {
    caught(Plant::TokenAfterTheSend, &[Check::Unguarded]);
}

#[test]
fn a_planted_clock_that_stands_still_is_caught() {
    caught(Plant::StoppedClock, &[Check::Overdue]);
}

#[test]
fn a6_a_planted_age_by_the_monotonic_clock_alone_is_caught() {
    caught(
        Plant::AgeByMonotonicClock,
        &[Check::FalseNotApplied, Check::FalseUnchanged],
    );
}

#[test]
fn a_planted_cancel_that_is_not_heard_is_caught() {
    caught(Plant::CancelIgnored, &[Check::Uncancelled]);
}

#[test]
fn a_planted_replay_that_wrote_nothing_is_caught() {
    caught(Plant::PretendedWrites, &[Check::FalseApplied]);
}

#[test]
fn a_planted_etag_that_repeats_is_caught() {
    caught(
        Plant::RepeatingEtags,
        &[Check::AppliedTwice, Check::LandedLater, Check::FalseNotApplied],
    );
}

#[test]
fn a_planted_stale_read_called_fresh_is_caught() {
    caught(
        Plant::StaleReads,
        &[Check::FalseApplied, Check::LandedLater, Check::FalseNotApplied],
    );
}

#[test]
fn a_planted_key_forgotten_early_is_caught() {
    caught(Plant::ForgottenKeys, &[Check::AppliedTwice, Check::FalseNotApplied]);
}

#[test]
fn a_planted_hidden_copy_is_caught() {
    caught(Plant::HiddenCopies, &[Check::AppliedTwice, Check::FalseNotApplied]);
}

#[test]
fn a_planted_etag_that_leaves_secrets_out_is_caught() {
    caught(
        Plant::UncoveredSecrets,
        &[Check::AppliedTwice, Check::LostUpdate, Check::FalseNotApplied],
    );
}
