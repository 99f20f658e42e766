//! The parts that `make deep` runs: everything within full bounds.

use super::setting::{Setting, documented, policy};
use super::sweep::{Kind, Sum, small};
use super::{launch, worlds};

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
    launch::every_promise_is_kept(30_000_000, 2, 1);
}

/// At least twenty million states: three attempts, two epochs and two foreign writes with every contract, every variant
/// of an edit with the documented one, and more attempts and epochs, or more foreign writes (more of all at once: more
/// states than fit into memory).
fn every_promise_is_kept_to(kind: Kind) {
    let mut sum = Sum::default();
    sum.contracts(kind, |_| {});
    sum.variants(kind, documented(), |_| {});
    for (attempts, epochs, foreign) in [(4, 3, 2), (3, 2, 3)] {
        let larger = Setting {
            policy: policy(attempts, epochs),
            foreign,
            ..kind.setting(documented())
        };
        let bounds = format!("{attempts} attempts, {epochs} epochs, {foreign} foreign writes");
        sum.add(&format!("{}, {bounds}", kind.words()), &larger);
    }
    sum.conclude(&[kind], 20_000_000);
}

/// Every variant of an edit with every contract, within small bounds.
#[test]
#[ignore = "runs in `make deep`"]
fn every_variant_keeps_every_promise() {
    let mut sum = Sum::default();
    for kind in Kind::ALL {
        for contract in kind.contracts() {
            sum.variants(kind, contract, small);
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

/// Every contract, with runs of up to two foreign writes, and two attempts in each of two epochs.
fn nobody_could_have_known(kind: Kind) {
    worlds::explain(kind.contracts().into_iter().flat_map(|contract| {
        [(0, 3, 1), (1, 2, 2)].map(|(foreign, attempts, epochs)| {
            let setting = Setting {
                foreign,
                policy: policy(attempts, epochs),
                ..kind.setting(contract)
            };
            (kind.words(), setting)
        })
    }));
}
