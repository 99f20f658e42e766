//! The parts that `make deep` runs: everything within full bounds.

use super::make_test::strongest;
use super::setting::{Setting, bare, documented, policy};
use super::sweep::{Kind, Sum, small, smallest};
use super::{launch, worlds_of_edits};
use crate::edit::contract::Contract;

#[test]
#[ignore = "runs in `make deep`"]
fn every_promise_is_kept_to_clusters() {
    every_promise_is_kept_to(Kind::Cluster);
}

#[test]
#[ignore = "runs in `make deep`"]
fn every_promise_is_kept_to_workspaces() {
    every_promise_is_kept_to(Kind::Workspace);
}

#[test]
#[ignore = "runs in `make deep`"]
fn every_promise_is_kept_to_kubeconfigs() {
    every_promise_is_kept_to(Kind::WriteOnly);
}

#[test]
#[ignore = "runs in `make deep`"]
fn every_promise_is_kept_to_optionals() {
    every_promise_is_kept_to(Kind::Optional);
}

#[test]
#[ignore = "runs in `make deep`"]
fn every_promise_is_kept_to_omissions() {
    every_promise_is_kept_to(Kind::Omitted);
}

/// At least thirty million states: every kind of launch with every contract and in every variant.
#[test]
#[ignore = "runs in `make deep`"]
fn every_promise_is_kept_to_launches() {
    launch::every_promise_is_kept(30_000_000, 2, 1, 1);
}

/// At least twenty million states: every create, sent, repeated and killed more often than it will ever be.
#[test]
#[ignore = "runs in `make deep`"]
fn every_promise_is_kept_to_creates() {
    launch::every_promise_of_creates_is_kept(20_000_000, 26, 12, 6);
}

/// At least twenty million states: every contract, every variant of an edit with the documented one, the contracts of
/// `make test` within full bounds, and the documented one with more attempts and epochs, or more foreign writes. All of it
/// within full bounds would be more than an hour, for clusters more than 250 million states.
fn every_promise_is_kept_to(kind: Kind) {
    let mut sum = Sum::default();
    let (contracts, variants) = bounds(kind);
    sum.contracts(kind, |setting| contracts.set(setting));
    sum.variants(kind, documented(), |setting| variants.set(setting));
    for contract in [documented(), bare(), Contract::weakest(), strongest()] {
        sum.add(&format!("{}, full bounds", kind.words()), &kind.setting(contract));
    }
    for larger in LARGER {
        let mut setting = kind.setting(documented());
        larger.set(&mut setting);
        sum.add(&format!("{}, {larger:?}", kind.words()), &setting);
    }
    sum.conclude(&[kind], 20_000_000);
}

/// How much happens in an exploration.
#[derive(Clone, Copy, Debug)]
struct Bounds {
    attempts: u32,
    epochs: u32,
    foreign: u8,
}

const fn up_to(attempts: u32, epochs: u32, foreign: u8) -> Bounds {
    Bounds {
        attempts,
        epochs,
        foreign,
    }
}

impl Bounds {
    fn set(self, setting: &mut Setting) {
        setting.policy = policy(self.attempts, self.epochs);
        setting.foreign = self.foreign;
    }
}

/// Beyond full bounds.
const LARGER: [Bounds; 2] = [up_to(4, 3, 2), up_to(3, 2, 3)];

/// How far every contract is explored, and how far every variant with the documented one. None is below what shows each
/// counterexample that is kept.
const fn bounds(kind: Kind) -> (Bounds, Bounds) {
    match kind {
        // Few contracts, as there are no keys.
        Kind::Workspace => (up_to(3, 2, 2), up_to(2, 2, 2)),
        Kind::Cluster | Kind::WriteOnly | Kind::Optional => (up_to(3, 2, 1), up_to(2, 2, 2)),
        // The most contracts, and every answer shows the field or not.
        Kind::Omitted => (up_to(2, 2, 1), up_to(2, 2, 2)),
    }
}

/// Every variant of an edit with every contract: within small bounds where there are few contracts or few states, in
/// the smallest elsewhere.
#[test]
#[ignore = "runs in `make deep`"]
fn every_variant_keeps_every_promise() {
    let mut sum = Sum::default();
    for kind in Kind::ALL {
        for contract in kind.contracts() {
            match kind {
                Kind::Cluster | Kind::Workspace => sum.variants(kind, contract, small),
                Kind::WriteOnly | Kind::Optional | Kind::Omitted => sum.variants(kind, contract, smallest),
            }
        }
    }
    sum.conclude(&Kind::ALL, 20_000_000);
}

#[test]
#[ignore = "runs in `make deep`"]
fn nobody_could_have_known_of_clusters() {
    nobody_could_have_known(Kind::Cluster);
}

#[test]
#[ignore = "runs in `make deep`"]
fn nobody_could_have_known_of_workspaces() {
    nobody_could_have_known(Kind::Workspace);
}

#[test]
#[ignore = "runs in `make deep`"]
fn nobody_could_have_known_of_kubeconfigs() {
    nobody_could_have_known(Kind::WriteOnly);
}

#[test]
#[ignore = "runs in `make deep`"]
fn nobody_could_have_known_of_optionals() {
    nobody_could_have_known(Kind::Optional);
}

#[test]
#[ignore = "runs in `make deep`"]
fn nobody_could_have_known_of_omissions() {
    nobody_could_have_known(Kind::Omitted);
}

#[test]
#[ignore = "runs in `make deep`"]
fn nobody_could_have_known_of_launches() {
    launch::nobody_could_have_known(true);
}

/// Every contract, with runs of up to one foreign write. Where answers show different fields, there are fewer attempts: each
/// of them may have shown any.
///
/// Once somebody else writes, there is one attempt where requests are repeated on the way and keys are kept. With two, five such
/// contracts of clusters say less than could be known: a 409 that names an etag which a read has shown *before* it proves
/// something there, and the machine waits for a read after it.
fn nobody_could_have_known(kind: Kind) {
    worlds_of_edits::explain(kind.contracts().into_iter().flat_map(|contract| {
        let (alone, beside) = match kind {
            Kind::Optional | Kind::Omitted => ((0, 2, 2), (1, 1, 1)),
            Kind::Cluster | Kind::Workspace | Kind::WriteOnly => ((0, 3, 1), (1, 2, 2)),
        };
        let keeps = contract.hidden_retries && !contract.key_retention.is_zero();
        [alone, if keeps { (1, 1, 1) } else { beside }].map(|(foreign, attempts, epochs)| {
            let setting = Setting {
                foreign,
                policy: policy(attempts, epochs),
                ..kind.setting(contract)
            };
            (kind.words(), setting)
        })
    }));
}
