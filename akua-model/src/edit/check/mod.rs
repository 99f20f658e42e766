//! The machine that ships, explored exhaustively: every order of lost, late and repeated requests, of other writers,
//! stale reads and passing time, within bounds, for a server that keeps exactly what its contract says.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod client;
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
mod worlds;

use crate::edit::contract::Contract;
use crate::edit::machine::Source;
use crate::edit::policy::OnConflict;
use explore::show;
use setting::*;

fn contract(bits: u8) -> Contract {
    let mut contract = Contract::weakest();
    contract.etag_never_repeats = bits & 1 > 0;
    contract.reads_linearizable = bits & 2 > 0;
    contract.etag_covers_write_only = bits & 4 > 0;
    contract.hidden_retries = bits & 8 > 0;
    contract.key_checked_before_if_match = bits & 16 > 0;
    contract.stores_rejections_per_key = bits & 32 > 0;
    contract.key_retention = if bits & 64 > 0 { setting::LONG } else { setting::SHORT };
    contract
}

#[test]
#[ignore = "a probe"]
fn twin() {
    for bits in 0..128u8 {
        if bits >= 16 && bits & 16 == 0 { continue; }
        let mut s = Setting { foreign: 0, ..Setting::new(contract(bits)) };
        s.policy = policy(2, 1);
        s.takes_key = bits >= 16;
        let judged = worlds::judge(&s);
        show(&format!("{bits}: {} {} {}", judged.known, judged.ends, judged.too_careful));
        if let Some(story) = judged.knowable { show(&format!("{:?}\n{story}", s.belief)); }
    }
}

#[test]
#[ignore = "a probe"]
fn probe() {
    let mut total = 0;
    for shape in 3..8 {
        for bits in 0..128u8 {
            let mut s = Setting { foreign: 1, ..Setting::new(contract(bits)) };
            s.cancels = false;
            s.takes_key = bits >= 16;
            if bits & 15 == bits && shape % 2 == 0 { s.truth.idle_write_moves = true; }
            if bits >= 16 && bits & 16 == 0 { continue; }
            let name = match shape {
                0 => { s.patch = [Some(1), Some(1), None]; "two" }
                1 => { s.patch = [Some(1), None, Some(1)]; "write-only" }
                2 => { s.patch = [None, None, Some(1)]; "only write-only" }
                3 => { s.source = Source::Asked; s.with_base = bits & 1 > 0; "asked" }
                4 => { s.source = Source::Asked; s.patch = [Some(1), None, Some(1)]; "asked write-only" }
                5 => { s.with_base = false; "unseen" }
                6 => { if bits & 1 > 0 { continue } s.truth.etags = Etags::Restored; "restored" }
                _ => { s.source = Source::Resumed { may_send: bits & 3 > 0 }; s.age = [None, Some(10), Some(60)][usize::from(bits % 3)]; s.patch[2] = (bits & 4 > 0).then_some(1); "resumed" }
            };
            if bits % 5 == 0 { s.policy.on_conflict = OnConflict::Fail; }
            if bits % 7 == 0 { s.policy.overwrite_unseen = true; }
            s.can_refresh = bits % 3 == 0;
            let found = explore::everything(&s);
            total += found.states;
            if let Some(broken) = &found.broken {
                show(&format!("{name} {bits}: {:?}\n{}", s, broken.story));
            }
        }
        show(&format!("{shape} {total}"));
    }
}
