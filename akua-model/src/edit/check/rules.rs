//! A check that can't fail checks nothing: each rule of the protocol is taken away, and must be missed.

use std::time::Duration;

use super::breach::Breach;
use super::domain::{Clocks, LONG, OURS, SHORT};
use super::explore::{Broken, everything, nearest, show};
use super::golden::{Golden, golden};
use super::marks::Mark;
use super::setting::{Setting, bare, claiming, documented};
use crate::edit::contract::Contract;
use crate::edit::machine::Source;
use crate::edit::rules::Rule;
use crate::property::Presence;

/// A rule, where it is missed, and the promise that is broken then.
struct Row {
    rule: Rule,
    /// The contract in words.
    contract: &'static str,
    setting: Setting,
    breach: Breach,
    golden: Golden,
}

fn rows() -> Vec<Row> {
    let row = |rule, contract, setting, breach, golden| Row {
        rule,
        contract,
        setting,
        breach,
        golden,
    };
    let name = |contract: Contract, foreign| Setting {
        foreign,
        ..Setting::new(contract)
    };
    let odd = |contract: Contract, foreign| Setting {
        oddities: 1,
        ..name(contract, foreign)
    };
    let kubeconfig = |contract: Contract, foreign| Setting {
        patch: [Some(OURS), None, Some(OURS)],
        ..name(contract, foreign)
    };
    let declared = |presence, foreign| Setting {
        presence,
        ..name(documented(), foreign)
    };
    let weak = bare();
    vec![
        row(
            Rule::LostAnswerTaints,
            "documented",
            name(documented(), 0),
            Breach::NotAppliedButLanded,
            golden!("lost_answer_taints.txt"),
        ),
        row(
            Rule::ResendOnlyWhereSafe,
            "nothing is known",
            name(weak, 1),
            Breach::LandedTwice,
            golden!("resend_only_where_safe.txt"),
        ),
        row(
            Rule::TaintedConflictIsNoProof,
            "documented",
            name(documented(), 0),
            Breach::NotAppliedButLanded,
            golden!("tainted_conflict_is_no_proof.txt"),
        ),
        row(
            Rule::OldEtagIsNoProof,
            "nothing is known",
            name(weak, 0),
            Breach::NotAppliedButLanded,
            golden!("old_etag_is_no_proof.txt"),
        ),
        row(
            Rule::StillLandingNeedsProof,
            "nothing is known",
            name(weak, 0),
            Breach::LandedAfterAll,
            golden!("still_landing_needs_proof.txt"),
        ),
        row(
            Rule::ResendKeepsKey,
            "nothing is known, but keys are checked first",
            name(
                claiming(weak, |contract| {
                    contract.key_checked_before_if_match = true;
                    contract.key_retention = LONG;
                }),
                1,
            ),
            Breach::LandedTwice,
            golden!("resend_keeps_key.txt"),
        ),
        row(
            Rule::ForeignValueConflicts,
            "documented",
            name(documented(), 1),
            Breach::OverwroteUnseen,
            golden!("foreign_value_conflicts.txt"),
        ),
        row(
            Rule::AbsentIsNotUnseen,
            "documented, and the field is shown whenever it has a value",
            declared(Presence::Optional, 1),
            Breach::OverwroteUnseen,
            golden!("absent_is_not_unseen.txt"),
        ),
        row(
            Rule::OmittedIsNotAbsent,
            "documented, and answers may leave the field out",
            Setting {
                // A conflict that is none comes sooner.
                only: Some(Breach::OverwroteUnseen),
                ..declared(Presence::Undocumented, 1)
            },
            Breach::OverwroteUnseen,
            golden!("omitted_is_not_absent.txt"),
        ),
        row(
            Rule::WriteOnlyStopsRebase,
            "documented, and etags cover write-only fields",
            kubeconfig(
                claiming(documented(), |contract| contract.etag_covers_write_only = true),
                1,
            ),
            Breach::OverwroteUnseen,
            golden!("write_only_stops_rebase.txt"),
        ),
        row(
            Rule::TaintSurvivesRefusal,
            "documented",
            name(documented(), 0),
            Breach::NotAppliedButLanded,
            golden!("taint_survives_refusal.txt"),
        ),
        row(
            Rule::HiddenRetriesTaint,
            "documented, and something repeats requests",
            name(claiming(documented(), |contract| contract.hidden_retries = true), 0),
            Breach::NotAppliedButLanded,
            golden!("hidden_retries_taint.txt"),
        ),
        row(
            Rule::ObservedNeedsReadable,
            "documented, and reads are linearizable",
            kubeconfig(claiming(documented(), |contract| contract.reads_linearizable = true), 1),
            Breach::ObservedWithoutEffect,
            golden!("observed_needs_readable.txt"),
        ),
        row(
            Rule::ObservedNeedsFreshRead,
            "documented",
            name(documented(), 0),
            Breach::ObservedWithoutEffect,
            golden!("observed_needs_fresh_read.txt"),
        ),
        row(
            Rule::UnchangedNeedsRead,
            "documented",
            name(documented(), 1),
            Breach::UnchangedWithoutEffect,
            golden!("unchanged_needs_read.txt"),
        ),
        row(
            Rule::StaleReadIsRepeated,
            "documented, and conflicts name the current etag",
            name(
                claiming(documented(), |contract| contract.conflicts_name_current_etag = true),
                1,
            ),
            Breach::RebasedOnRefused,
            golden!("stale_read_is_repeated.txt"),
        ),
        row(
            Rule::KeyProvesInRetention,
            "documented, keys are checked first but soon forgotten, and conflicts name the current etag",
            name(
                claiming(documented(), |contract| {
                    contract.key_checked_before_if_match = true;
                    contract.conflicts_name_current_etag = true;
                    contract.key_retention = SHORT;
                }),
                1,
            ),
            Breach::NotAppliedButLanded,
            golden!("key_proves_in_retention.txt"),
        ),
        row(
            Rule::AgeIsTheLargest,
            "documented, and keys are checked first but soon forgotten; the machine sleeps",
            Setting {
                clocks: Clocks::Asleep,
                ..name(
                    claiming(documented(), |contract| {
                        contract.key_checked_before_if_match = true;
                        contract.conflicts_name_current_etag = true;
                        contract.key_retention = SHORT;
                    }),
                    1,
                )
            },
            Breach::UnchangedButLanded,
            golden!("age_is_the_largest.txt"),
        ),
        row(
            Rule::AgeIsTheLargest,
            "the same, resumed from the token of a machine whose clock was ahead",
            token_of_a_fast_clock(),
            Breach::NotAppliedButLanded,
            golden!("age_is_the_largest_of_a_token.txt"),
        ),
        row(
            Rule::AcknowledgementIsRead,
            "documented",
            odd(documented(), 0),
            Breach::AcknowledgedWithoutLanding,
            golden!("acknowledgement_is_read.txt"),
        ),
        row(
            Rule::AdjustedNeedsWrittenVersion,
            "keys are checked first, and answers may show the current version",
            Setting {
                oddities: 2,
                ..name(
                    claiming(documented(), |contract| {
                        contract.answers_show_written_version = false;
                        contract.key_checked_before_if_match = true;
                        contract.key_retention = LONG;
                    }),
                    1,
                )
            },
            Breach::AcknowledgedWithoutLanding,
            golden!("adjusted_needs_written_version.txt"),
        ),
        row(
            Rule::IgnoredNeedsProof,
            "documented",
            odd(documented(), 0),
            Breach::NotAppliedButLanded,
            golden!("ignored_needs_proof.txt"),
        ),
        row(
            Rule::HintNeedsConfirmation,
            "documented",
            odd(documented(), 0),
            Breach::ConflictWithItself,
            golden!("hint_needs_confirmation.txt"),
        ),
        row(
            Rule::UnchangedNeedsFreshRead,
            "documented",
            name(documented(), 1),
            Breach::UnchangedWithoutEffect,
            golden!("unchanged_needs_fresh_read.txt"),
        ),
    ]
}

/// A write that is older than its token says, by as much as the contract allows for.
fn token_of_a_fast_clock() -> Setting {
    let mut setting = Setting::new(claiming(documented(), |contract| {
        contract.key_checked_before_if_match = true;
        contract.conflicts_name_current_etag = true;
        contract.key_retention = SHORT;
    }));
    setting.source = Source::Resumed { may_send: true };
    (setting.age, setting.ahead) = (Some(60), 25);
    setting.belief.clock_skew = Duration::from_millis(25);
    setting.foreign = 1;
    setting
}

const TABLE: &str = "\
# Each rule taken away

The switch is `machine.without = Some(Rule::…)`, which exists only in tests. The shortest way to a broken promise is kept
as a story.

| rule | contract | broken promise | events |
| --- | --- | --- | --- |
";

/// Takes each rule away in turn.
pub(super) fn are_missed() {
    an_epoch_with_an_old_key_gets_nowhere();
    let mut same = true;
    let mut table = String::from(TABLE);
    for row in rows() {
        let whole = nearest(&row.setting);
        assert!(
            whole.broken.is_none(),
            "{:?} holds and yet: {:?}",
            row.rule,
            whole.broken
        );
        let setting = Setting {
            without: Some(row.rule),
            ..row.setting
        };
        let Some(Broken { breach, length, story }) = nearest(&setting).broken else {
            panic!("{:?} is not missed", row.rule);
        };
        let text = format!("Without {:?}; contract: {}.\n\n{story}", row.rule, row.contract);
        same &= row.golden.is(&text);
        assert_eq!(breach, row.breach, "{:?}\n{text}", row.rule);
        table += &format!(
            "| `{:?}` | {} | {} | [{length}]({}) |\n",
            row.rule,
            row.contract,
            breach.words(),
            row.golden.name()
        );
    }
    table += "| `NewEpochNewKey` | documented, keys are checked first, and refusals are remembered | no rebase ever succeeds | |\n";
    show(&table);
    same &= golden!("rules.md").is(&table);
    assert!(same, "counterexamples have changed; see above");
}

/// A new epoch with the old key breaks no promise, for it is refused; but then no rebase ever succeeds.
fn an_epoch_with_an_old_key_gets_nowhere() {
    let contract = claiming(documented(), |contract| {
        contract.key_checked_before_if_match = true;
        contract.stores_rejections_per_key = true;
        contract.key_retention = LONG;
    });
    let setting = Setting {
        foreign: 1,
        policy: super::setting::policy(1, 2),
        ..Setting::new(contract)
    };
    assert!(everything(&setting).has(Mark::AcknowledgedLater));
    let setting = Setting {
        without: Some(Rule::NewEpochNewKey),
        ..setting
    };
    let found = everything(&setting);
    assert!(found.broken.is_none() && !found.has(Mark::AcknowledgedLater));
}
