//! Each rule that launches go by is taken away, and each claim made falsely: both must be missed.

use super::setting::{Kind, Setting, Truth};
use super::world::World;
use crate::edit::check::breach::Breach;
use crate::edit::check::domain::{LONG, SHORT};
use crate::edit::check::explore::{Broken, everything_in, nearest_in, show};
use crate::edit::check::golden::Golden;
use crate::edit::check::setting::{bare, claiming, documented, policy};
use crate::edit::contract::Contract;
use crate::edit::rules::Rule;

/// What is kept under a name.
macro_rules! golden {
    ($name:literal) => {
        Golden {
            path: concat!("akua-model/src/edit/check/launch/golden/", $name),
            text: include_str!(concat!("golden/", $name)),
        }
    };
}

/// What is taken away or claimed falsely, where, and the promise that is broken then.
pub(super) struct Row {
    what: String,
    /// The kind of write and the contract, in words.
    pub(super) where_it_is: &'static str,
    pub(super) setting: Setting,
    breach: Breach,
    pub(super) golden: Golden,
}

fn without(rule: Rule, where_it_is: &'static str, setting: Setting, breach: Breach, golden: Golden) -> Row {
    Row {
        what: format!("Without `{rule:?}`"),
        where_it_is,
        setting: Setting {
            without: Some(rule),
            ..setting
        },
        breach,
        golden,
    }
}

fn alone(kind: Kind, contract: Contract) -> Setting {
    Setting {
        foreign: 0,
        ..Setting::new(kind, contract)
    }
}

fn with_others(kind: Kind, contract: Contract, foreign: u8) -> Setting {
    Setting {
        foreign,
        ..Setting::new(kind, contract)
    }
}

/// Nothing is known, but keys of actions are remembered so long.
fn keyed(kept: std::time::Duration) -> Contract {
    claiming(bare(), |contract| contract.action_keys_replay = kept)
}

pub(super) fn rules() -> Vec<Row> {
    let (suspend, delete) = (Kind::Suspend, Kind::Delete);
    vec![
        without(
            Rule::LostAnswerTaints,
            "suspend, documented",
            alone(suspend, documented()),
            Breach::NotAppliedButLanded,
            golden!("lost_answer_taints.txt"),
        ),
        without(
            Rule::ResendOnlyWhereSafe,
            "suspend, nothing is known",
            alone(suspend, bare()),
            Breach::LandedTwice,
            golden!("resend_only_where_safe.txt"),
        ),
        without(
            Rule::TaintSurvivesRefusal,
            "suspend, documented",
            alone(suspend, documented()),
            Breach::NotAppliedButLanded,
            golden!("taint_survives_refusal.txt"),
        ),
        without(
            Rule::TaintedConflictIsNoProof,
            "suspend, documented",
            alone(suspend, documented()),
            Breach::NotAppliedButLanded,
            golden!("tainted_conflict_is_no_proof.txt"),
        ),
        without(
            Rule::OldEtagIsNoProof,
            "suspend, nothing is known",
            alone(suspend, bare()),
            Breach::NotAppliedButLanded,
            golden!("old_etag_is_no_proof.txt"),
        ),
        without(
            Rule::StillLandingNeedsProof,
            "suspend, nothing is known",
            alone(suspend, bare()),
            Breach::LandedAfterAll,
            golden!("still_landing_needs_proof.txt"),
        ),
        without(
            Rule::HiddenRetriesTaint,
            "suspend, documented, and something repeats requests",
            alone(
                suspend,
                claiming(documented(), |contract| contract.hidden_retries = true),
            ),
            Breach::NotAppliedButLanded,
            golden!("hidden_retries_taint.txt"),
        ),
        without(
            Rule::ObservedNeedsFreshRead,
            "suspend, documented",
            alone(suspend, documented()),
            Breach::ObservedWithoutEffect,
            golden!("observed_needs_fresh_read.txt"),
        ),
        without(
            Rule::UnchangedNeedsFreshRead,
            "suspend by id, documented",
            Setting {
                with_base: false,
                ..alone(suspend, documented())
            },
            Breach::UnchangedWithoutEffect,
            golden!("unchanged_needs_fresh_read.txt"),
        ),
        without(
            Rule::KeyProvesInRetention,
            "suspend, nothing is known, but keys are remembered for a while",
            alone(suspend, keyed(SHORT)),
            Breach::LandedTwice,
            golden!("key_proves_in_retention.txt"),
        ),
        without(
            Rule::ResendKeepsKey,
            "suspend, nothing is known, but keys are remembered",
            alone(suspend, keyed(LONG)),
            Breach::LandedTwice,
            golden!("resend_keeps_key.txt"),
        ),
        without(
            Rule::LostDeleteIsGone,
            "delete, documented",
            alone(delete, documented()),
            Breach::NotAppliedButLanded,
            golden!("lost_delete_is_gone.txt"),
        ),
        without(
            Rule::GoneNeedsSight,
            "delete, documented, with other credentials than those that have shown it",
            Setting {
                known: false,
                // That it was gone before is said sooner.
                only: Some(Breach::ObservedWithoutEffect),
                ..alone(delete, documented())
            },
            Breach::ObservedWithoutEffect,
            golden!("gone_needs_sight.txt"),
        ),
        without(
            Rule::GoneNeedsFreshRead,
            "delete, documented",
            alone(delete, documented()),
            Breach::ObservedWithoutEffect,
            golden!("gone_needs_fresh_read.txt"),
        ),
        without(
            Rule::ListedIsNoProof,
            "suspend, nothing is known",
            with_others(suspend, bare(), 1),
            Breach::AcknowledgedWithoutLanding,
            golden!("listed_is_no_proof.txt"),
        ),
        without(
            Rule::ActionsAreNotRebased,
            "suspend, documented",
            with_others(suspend, documented(), 1),
            Breach::ActedOnUnseen,
            golden!("actions_are_not_rebased.txt"),
        ),
        without(
            Rule::ResendOnlyWhereSafe,
            "create without a key",
            alone(Kind::CreateBare, documented()),
            Breach::LandedTwice,
            golden!("create_resend_only_where_safe.txt"),
        ),
        without(
            Rule::ListedIsNoProof,
            "create without a key",
            with_others(Kind::CreateBare, documented(), 1),
            Breach::AcknowledgedWithoutLanding,
            golden!("namesake_is_no_proof.txt"),
        ),
        without(
            Rule::KeyProvesInRetention,
            "create, where keys are remembered for a while",
            alone(Kind::Create, created(SHORT)),
            Breach::LandedTwice,
            golden!("create_key_proves_in_retention.txt"),
        ),
        without(
            Rule::ResendKeepsKey,
            "create, where keys are remembered",
            alone(Kind::Create, created(LONG)),
            Breach::LandedTwice,
            golden!("create_resend_keeps_key.txt"),
        ),
        without(
            Rule::LostAnswerTaints,
            "create, where keys are remembered",
            alone(Kind::Create, created(LONG)),
            Breach::NotAppliedButLanded,
            golden!("create_lost_answer_taints.txt"),
        ),
        without(
            Rule::TaintSurvivesRefusal,
            "create, where keys are remembered",
            alone(Kind::Create, created(LONG)),
            Breach::NotAppliedButLanded,
            golden!("create_taint_survives_refusal.txt"),
        ),
        without(
            Rule::StillLandingNeedsProof,
            "create without a key",
            alone(Kind::CreateBare, documented()),
            Breach::LandedAfterAll,
            golden!("create_still_landing_needs_proof.txt"),
        ),
        without(
            Rule::HiddenRetriesTaint,
            "create without a key, and something repeats requests",
            alone(
                Kind::CreateBare,
                claiming(documented(), |contract| contract.hidden_retries = true),
            ),
            Breach::NotAppliedButLanded,
            golden!("create_hidden_retries_taint.txt"),
        ),
        Row {
            what: "A lost answer is a reason to create it anew".to_owned(),
            where_it_is: "create, where keys are remembered",
            setting: Setting {
                crashes: 1,
                reissues: true,
                policy: policy(1, 1),
                only: Some(Breach::LandedTwice),
                ..alone(Kind::Create, created(LONG))
            },
            breach: Breach::LandedTwice,
            golden: golden!("created_anew.txt"),
        },
        Row {
            what: "A lost operation is a reason to issue the write anew".to_owned(),
            where_it_is: "suspend, documented",
            setting: Setting {
                crashes: 1,
                reissues: true,
                policy: policy(1, 1),
                // That it is not applied is said sooner.
                only: Some(Breach::LandedTwice),
                ..alone(suspend, documented())
            },
            breach: Breach::LandedTwice,
            golden: golden!("issued_anew.txt"),
        },
    ]
}

/// As documented, but keys of creates are remembered so long.
fn created(kept: std::time::Duration) -> Contract {
    claiming(documented(), |contract| contract.create_keys_replay = kept)
}

fn claims() -> Vec<Row> {
    let row = |what: &str, where_it_is, setting: Setting, claim: fn(&mut Contract), breach, golden| Row {
        what: format!("Falsely claimed: {what}"),
        where_it_is,
        setting: Setting {
            belief: claiming(setting.belief, claim),
            ..setting
        },
        breach,
        golden,
    };
    let less = |deny: fn(&mut Contract)| claiming(documented(), deny);
    let (suspend, delete) = (Kind::Suspend, Kind::Delete);
    vec![
        row(
            "accepting moves the etag",
            "suspend, documented",
            alone(suspend, less(|contract| contract.accept_moves_etag = false)),
            |contract| contract.accept_moves_etag = true,
            Breach::LandedTwice,
            golden!("falsely_accept_moves_etag.txt"),
        ),
        row(
            "etags never repeat",
            "suspend, documented",
            with_others(suspend, less(|contract| contract.etag_never_repeats = false), 1),
            |contract| contract.etag_never_repeats = true,
            Breach::LandedTwice,
            golden!("falsely_etag_never_repeats.txt"),
        ),
        row(
            "keys of actions are remembered until the end",
            "suspend, nothing else is known",
            alone(suspend, keyed(SHORT)),
            |contract| contract.action_keys_replay = LONG,
            Breach::LandedTwice,
            golden!("falsely_action_keys_replay.txt"),
        ),
        row(
            "keys of creates are remembered until the end",
            "create",
            alone(Kind::Create, created(SHORT)),
            |contract| contract.create_keys_replay = LONG,
            Breach::LandedTwice,
            golden!("falsely_create_keys_replay.txt"),
        ),
        row(
            "404 means gone",
            "delete, documented",
            alone(delete, less(|contract| contract.not_found_means_gone = false)),
            |contract| contract.not_found_means_gone = true,
            Breach::UnchangedWithoutEffect,
            golden!("falsely_not_found_means_gone.txt"),
        ),
        row(
            "ids are never used again",
            "delete, documented, but reads are linearizable and etags may repeat",
            with_others(
                delete,
                less(|contract| {
                    contract.ids_never_reused = false;
                    contract.etag_never_repeats = false;
                    contract.reads_linearizable = true;
                }),
                2,
            ),
            |contract| contract.ids_never_reused = true,
            Breach::MetAnother,
            golden!("falsely_ids_never_reused.txt"),
        ),
        row(
            "reads are linearizable",
            "suspend by id, documented",
            Setting {
                with_base: false,
                ..alone(suspend, documented())
            },
            |contract| contract.reads_linearizable = true,
            Breach::UnchangedWithoutEffect,
            golden!("falsely_reads_linearizable.txt"),
        ),
        row(
            "nothing repeats requests on the way",
            "suspend, documented",
            alone(suspend, less(|contract| contract.hidden_retries = true)),
            |contract| contract.hidden_retries = false,
            Breach::NotAppliedButLanded,
            golden!("falsely_no_hidden_retries.txt"),
        ),
        row(
            "conflicts name the current etag",
            "suspend, documented",
            alone(suspend, documented()),
            |contract| contract.conflicts_name_current_etag = true,
            Breach::ConflictWithItself,
            golden!("falsely_conflicts_name_current_etag.txt"),
        ),
    ]
}

const HEAD: &str = "\
# Launches: each rule taken away, and each claim made falsely

The shortest way to a broken promise is kept as a story.

| what | where | broken promise | events |
| --- | --- | --- | --- |
";

/// Takes each rule away in turn, makes each claim falsely, and then claims nothing of what is true.
pub(crate) fn are_missed() {
    let mut same = true;
    let mut table = String::from(HEAD);
    for row in rules().into_iter().chain(claims()) {
        let whole = Setting {
            without: None,
            reissues: false,
            belief: row.setting.truth.contract,
            ..row.setting.clone()
        };
        let whole = nearest_in(World::new(whole));
        assert!(whole.broken.is_none(), "{} and yet: {:?}", row.what, whole.broken);
        let Some(Broken { breach, length, story }) = nearest_in(World::new(row.setting)).broken else {
            panic!("{} is not missed", row.what);
        };
        let text = format!("{}; {}.\n\n{story}", row.what, row.where_it_is);
        same &= row.golden.is(&text);
        let (promise, file) = (breach.words(), row.golden.name());
        table += &format!(
            "| {} | {} | {promise} | [{length}]({file}) |\n",
            row.what, row.where_it_is
        );
        if breach != row.breach {
            show(&format!("{:?} was expected of {text}", row.breach));
            same = false;
        }
    }
    show(&table);
    same &= golden!("README.md").is(&table);
    assert!(same, "counterexamples have changed; see above");
    what_is_true_and_not_claimed_does_no_harm();
}

fn what_is_true_and_not_claimed_does_no_harm() {
    let truth = claiming(documented(), |contract| {
        contract.reads_linearizable = true;
        contract.conflicts_name_current_etag = true;
        contract.action_keys_replay = LONG;
        contract.create_keys_replay = LONG;
    });
    for kind in Kind::ALL {
        for belief in [Contract::weakest(), bare(), documented()] {
            let setting = Setting {
                truth: Truth { contract: truth },
                ..with_others(kind, belief, 1)
            };
            let found = everything_in(World::new(setting));
            assert!(found.broken.is_none(), "{kind:?}: {:?}", found.broken);
        }
    }
}
