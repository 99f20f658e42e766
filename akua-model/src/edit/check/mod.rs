//! The machine that ships, explored exhaustively: every order of lost, late and repeated requests, of other writers,
//! stale reads and passing time, within bounds, for a server that keeps exactly what its contract says.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod client;
mod contracts;
mod explore;
mod golden;
mod marks;
mod model;
mod network;
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


#[test]
#[ignore = "a probe"]
fn probe() {
    let mut sum = sweep::Sum::default();
    for kind in sweep::Kind::ALL {
        sum.contracts(kind, |_| {});
        explore::show(&format!("{}", sum.states));
    }
    sum.conclude(1);
}
#[test]
#[ignore = "a probe"]
fn small() {
    let mut sum = sweep::Sum::default();
    for kind in sweep::Kind::ALL {
        sum.contracts(kind, |setting| { sweep::small(setting) });
        explore::show(&format!("{}", sum.states));
    }
    for kind in sweep::Kind::ALL {
       for contract in kind.contracts() {
          sum.variants(kind, contract, |setting| { sweep::small(setting) });
          explore::show(&format!("{}", sum.states));
    }
    }
    sum.conclude(1);
}
