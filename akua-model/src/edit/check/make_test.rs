//! The part that `make test` runs, built with optimisation.

use super::domain::LONG;
use super::setting::{Setting, bare, claiming, documented, policy};
use super::sweep::{Kind, Sum, small, smallest};
use super::{contracts, launch, page, rules, worlds_of_edits};
use crate::edit::contract::Contract;

/// At least three million states: every contract within small bounds; the documented one, the weakest and the strongest
/// within full ones, and every variant of an edit. Where answers show different fields, the bounds are smaller: the rest,
/// and every contract within full bounds, is in [`make_deep`](super::make_deep).
#[test]
#[ignore = "runs in `make test`"]
fn every_promise_is_kept() {
    let mut sum = Sum::default();
    for kind in Kind::PLAIN {
        // What is never shown differs from what is in what a read can prove, which the smallest bounds reach as well.
        let bounds = if kind == Kind::WriteOnly { smallest } else { small };
        sum.contracts(kind, bounds);
        for contract in [documented(), bare(), Contract::weakest(), strongest()] {
            sum.variants(kind, contract, small);
            sum.add(&format!("{}, full bounds", kind.words()), &kind.setting(contract));
        }
    }
    for kind in Kind::VARYING {
        sum.contracts(kind, smallest);
        sum.variants(kind, documented(), smallest);
        sum.add(&format!("{}, small bounds", kind.words()), &{
            let mut setting = kind.setting(documented());
            small(&mut setting);
            setting
        });
    }
    sum.conclude(&Kind::ALL, 3_000_000);
}

/// At least two million states: every kind of launch with every contract and in every variant.
#[test]
#[ignore = "runs in `make test`"]
fn every_promise_of_launches_is_kept() {
    launch::every_promise_is_kept(2_000_000, 1, 1, 0);
}

/// At least a million states: every create with every contract, sent and repeated so often and killed so often that there are as
/// many.
#[test]
#[ignore = "runs in `make test`"]
fn every_promise_of_creates_is_kept() {
    launch::every_promise_of_creates_is_kept(1_000_000, 12, 6, 4);
}

#[test]
#[ignore = "runs in `make test`"]
fn every_rule_of_launches_is_missed() {
    launch::are_missed();
}

#[test]
#[ignore = "runs in `make test`"]
fn nobody_could_have_known_of_launches() {
    launch::nobody_could_have_known(false);
}

#[test]
#[ignore = "runs in `make test`"]
fn every_rule_is_missed() {
    rules::are_missed();
}

#[test]
#[ignore = "runs in `make test`"]
fn every_false_claim_does_harm_and_no_silence_does() {
    contracts::are_relied_upon();
}

#[test]
#[ignore = "runs in `make test`"]
fn the_page_on_strategies_is_true() {
    assert!(page::is_kept(), "docs/strategies.md is not what was found; see above");
}

#[test]
#[ignore = "runs in `make test`"]
fn nobody_could_have_known() {
    worlds_of_edits::can_be_told();
    worlds_of_edits::explain(Kind::ALL.into_iter().flat_map(|kind| {
        let contracts = [documented(), bare(), strongest()].into_iter();
        contracts.flat_map(move |contract| {
            // Where answers show different fields, runs with others' writes take long: they are in `make deep`.
            let most = u8::from(Kind::PLAIN.contains(&kind));
            (0..=most).map(move |foreign| {
                let setting = Setting {
                    foreign,
                    policy: policy(2, 1),
                    ..kind.setting(contract)
                };
                (kind.words(), setting)
            })
        })
    }));
    // What the version passed in leaves out, a read may show after a refusal that is remembered: then that is final.
    let kind = Kind::Omitted;
    let remembers = claiming(documented(), |contract| {
        contract.stores_rejections_per_key = true;
        contract.etag_covers_write_only = true;
        contract.key_retention = LONG;
    });
    let reads = claiming(remembers, |contract| contract.reads_linearizable = true);
    let names = claiming(remembers, |contract| {
        contract.conflicts_name_current_etag = true;
        contract.hidden_retries = true;
    });
    worlds_of_edits::explain([(reads, 2), (names, 1)].map(|(contract, attempts)| {
        let setting = Setting {
            foreign: 0,
            policy: policy(attempts, 1),
            ..kind.setting(contract)
        };
        (kind.words(), setting)
    }));
}

/// Everything that can be claimed.
pub(super) fn strongest() -> Contract {
    claiming(documented(), |contract| {
        contract.key_checked_before_if_match = true;
        contract.stores_rejections_per_key = true;
        contract.reads_linearizable = true;
        contract.etag_covers_write_only = true;
        contract.conflicts_name_current_etag = true;
        contract.key_retention = LONG;
    })
}
