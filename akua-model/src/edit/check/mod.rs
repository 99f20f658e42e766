//! The machine that ships, explored exhaustively: every order of lost, late and repeated requests, of other writers,
//! stale reads and passing time, within bounds, for a server that keeps exactly what its contract says.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod breach;
mod client;
mod contracts;
mod domain;
mod explore;
mod golden;
mod launch;
mod make_deep;
mod make_test;
mod marks;
mod model;
mod naive;
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
mod ways;
mod worlds;
mod worlds_of_edits;

use crate::edit::contract::Contract;
use crate::edit::machine::Source;
use setting::documented;
use sweep::Kind;

#[test]
fn every_promise_of_launches_is_kept_within_small_bounds() {
    launch::small();
}

/// Small bounds, for every run of the tests and for mutants. What `make test` and `make deep` run is in
/// [`make_test`] and [`make_deep`].
#[test]
fn every_promise_is_kept_within_small_bounds() {
    let mut states = 0;
    for kind in Kind::ALL {
        for contract in [documented(), Contract::weakest(), make_test::strongest()] {
            for source in [Source::Given, Source::Asked, Source::Resumed { may_send: true }] {
                let mut setting = kind.setting(contract);
                sweep::small(&mut setting);
                setting.source = source;
                setting.foreign = u8::from(source == Source::Given);
                let found = explore::everything(&setting);
                assert!(found.broken.is_none(), "{setting:?}\n{:?}", found.broken);
                states += found.states;
            }
        }
    }
    assert!(states > 50_000, "only {states} states");
}
