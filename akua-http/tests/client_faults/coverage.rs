//! That the table leaves out nothing that the simulator can play.

use std::collections::BTreeSet;

use akua_sim::{Body, CarriedOut, End, Fault, Hold, Part, Unread};

use crate::cases::cases;

/// What a fault is made of. The matches are exhaustive, so that a choice added to the simulator stops this test from
/// compiling until somebody has thought of it.
fn ingredients(fault: &Fault) -> Vec<&'static str> {
    let Fault {
        matching: _,
        nth: _,
        times: _,
        percent: _,
        unread,
        hold,
        carried_out,
        // These change what a good answer says: `plays.rs` and `liberties.rs` have them.
        stores: _,
        ends: _,
        // The second copy of a request: what comes of it is the judge's to see.
        again: _,
        stale_by: _,
        repeat_cursor: _,
        answer,
        delivery,
    } = fault;
    let mut found = Vec::new();
    found.extend(unread.map(|unread| match unread {
        Unread::Connection => "unread connection",
        Unread::Request => "unread request",
        Unread::Body => "unread body",
    }));
    found.extend(hold.map(|hold| match hold {
        Hold::Ms(_) => "hold ms",
        Hold::UntilReleased => "hold until released",
    }));
    found.push(match carried_out {
        CarriedOut::Yes => "carried out",
        CarriedOut::No => "not carried out",
        CarriedOut::Pretended => "carried out as pretended",
    });
    found.extend(answer.body.as_ref().map(|body| match body {
        Body::Empty => "body empty",
        Body::Html => "body html",
        Body::Envelope => "body envelope",
        Body::BrokenJson => "body broken json",
        Body::Text(_) => "body text",
        Body::Json(_) => "body json",
    }));
    found.extend(answer.status.is_some().then_some("status"));
    found.extend((!answer.headers.is_empty()).then_some("headers"));
    found.extend((!answer.remove.is_empty()).then_some("remove"));
    found.extend((!answer.set.is_empty()).then_some("set"));
    found.extend(answer.raw.is_some().then_some("raw"));
    found.extend((delivery.delay_ms > 0).then_some("delay"));
    found.extend(delivery.pace.is_some().then_some("pace"));
    found.push(match delivery.send {
        Part::All => "send all",
        Part::Nothing => "send nothing",
        Part::Head => "send head",
        Part::Bytes(_) => "send bytes",
        Part::Body(_) => "send body",
        Part::Endless => "send endless",
    });
    found.extend(delivery.end.map(|end| match end {
        End::Keep => "end keep",
        End::Fin => "end fin",
        End::Reset => "end reset",
        End::Stall => "end stall",
    }));
    found
}

#[test]
fn the_table_has_every_ingredient_of_a_fault() {
    let used: BTreeSet<&str> = cases().iter().flat_map(|case| ingredients(&case.fault)).collect();
    assert_eq!(used.len(), 3 + 2 + 3 + 6 + 5 + 2 + 6 + 4, "{used:?}");
}

#[test]
fn no_case_is_there_twice() {
    let cases = cases();
    let names: BTreeSet<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names.len(), cases.len());
}
