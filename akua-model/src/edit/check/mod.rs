//! The machine that ships, explored exhaustively: every order of lost, late and repeated requests, of other writers,
//! stale reads and passing time, within bounds, for a server that keeps exactly what its contract says.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod client;
mod contracts;
mod explore;
mod golden;
mod make_deep;
mod make_test;
mod marks;
mod model;
mod network;
mod page;
mod properties;
mod rules;
mod server;
mod setting;
mod state;
mod steps;
mod story;
mod strategies;
mod sweep;
mod worlds;

use crate::edit::contract::Contract;
use setting::documented;

/// Small bounds, for every run of the tests and for mutants. What `make test` and `make deep` run is in
/// [`make_test`] and [`make_deep`].
#[test]
fn every_promise_is_kept_within_small_bounds() {
    let mut sum = sweep::Sum::default();
    for contract in [documented(), Contract::weakest(), make_test::strongest()] {
        let mut setting = sweep::Kind::Cluster.setting(contract);
        sweep::small(&mut setting);
        sum.add("cluster", &setting);
    }
    assert!(sum.states > 1_000);
}
