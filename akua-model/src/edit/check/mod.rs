//! The machine that ships, explored exhaustively: every order of lost, late and repeated requests, of other writers,
//! stale reads and passing time, within bounds, for a server that keeps exactly what its contract says.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod client;
mod marks;
mod model;
mod network;
mod properties;
mod server;
mod setting;
mod story;
mod strategies;

use stateright::{Checker, HasDiscoveries, Model};

use crate::edit::contract::Contract;
use model::World;
use setting::Setting;

#[test]
#[ignore = "a probe"]
fn probe() {
    let mut report = String::new();
    for bits in [7, 15, 38, 39, 46, 47u8] {
        let mut contract = Contract::weakest();
        contract.etag_never_repeats = bits & 1 > 0;
        contract.key_checked_before_if_match = bits & 2 > 0;
        contract.stores_rejections_per_key = bits & 4 > 0;
        contract.reads_linearizable = bits & 8 > 0;
        contract.key_retention = if bits & 16 > 0 { setting::LONG } else { setting::SHORT };
        contract.hidden_retries = bits & 32 > 0;
        let setting = Setting::new(contract);
        let checker = World::new(setting).checker().threads(2).finish_when(HasDiscoveries::Any).spawn_bfs().join();
        if let Some((_, path)) = checker.discoveries().into_iter().next() {
            report += &format!("{contract:?}\n{}\n", story::tell(checker.model(), &path.into_vec()));
        }
        report += &format!("{bits} {}\n", checker.unique_state_count());
    }
    panic!("{report}");
}
