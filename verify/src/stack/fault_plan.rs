//! What goes wrong on the way, and what others write meanwhile: drawn from the seed, played by the simulator.
//!
//! Nothing here lies: a status that definitely refuses is only ever given to a write that is not carried out.

use akua_sim::{
    Action, Body, End, Fault, Hold, Kind, Matcher, Part, Script, Stores, Target, Times, Unread, When, Write,
};
use serde_json::{Map, Value, json};

use crate::chance::Chance;
use crate::stack::scenario::{Liberties, Scenario};

const ENDS: [End; 3] = [End::Reset, End::Fin, End::Stall];
const BROKEN: [u16; 6] = [500, 502, 503, 504, 408, 302];

pub(super) fn faults(chance: &mut Chance, calm: bool, linearizable: bool) -> Vec<Fault> {
    let patch = || Matcher::method("PATCH");
    let get = || Matcher::method("GET");
    if calm {
        // So few that no call runs out of attempts by them.
        return (0..chance.between(4, 9))
            .map(|_| passing(chance, calm).on(patch()).nth(chance.between(1, 30)))
            .collect();
    }
    let mut faults = Vec::new();
    for most in [8, 6, 5, 5, 4, 4, 4] {
        let fault = passing(chance, calm).on(patch()).forever();
        faults.push(fault.percent(chance.between(1, most) as u8));
    }
    let landed = Fault::lost_after(*chance.pick(&ENDS)).on(patch()).forever();
    faults.push(landed.percent(chance.between(6, 18) as u8));
    let late = Fault::held(Hold::Ms(chance.between(50, 100))).on(patch()).forever();
    faults.push(late.percent(chance.between(2, 10) as u8));
    let refused = *chance.pick(&[401, 401, 403, 404, 422]);
    faults.push(Fault::before(refused).on(patch()).forever().percent(1));
    if chance.percent(40) {
        faults.push(Fault::unread(Unread::Request).forever().percent(2));
    }
    for status in [429, 500, 503] {
        let fault = Fault::before(status).header("retry-after", "0").on(get()).forever();
        faults.push(fault.percent(chance.between(1, 4) as u8));
    }
    faults.push(Fault::lost_before(End::Reset).on(get()).forever().percent(3));
    faults.push(Fault::cut(Part::Body(9), End::Fin).on(get()).forever().percent(2));
    faults.push(Fault::before(200).body(Body::Html).on(get()).forever().percent(1));
    if !linearizable {
        for by in 1..=3 {
            faults.push(
                Fault::stale(by)
                    .on(get())
                    .forever()
                    .percent(chance.between(4, 15) as u8),
            );
        }
    }
    faults
}

/// Something after which a client does not know whether its write has landed, or must wait.
fn passing(chance: &mut Chance, calm: bool) -> Fault {
    let broken = *chance.pick(&BROKEN);
    match chance.between(0, 13) {
        0 | 1 => Fault::lost_after(*chance.pick(&ENDS)),
        2 => Fault::lost_before(*chance.pick(&[End::Reset, End::Fin])),
        3 => Fault::after(broken),
        4 => Fault::before(broken),
        5 => Fault::after(broken).body(Body::Html),
        6 => Fault::before(429).header("retry-after", if chance.percent(50) { "0" } else { "1" }),
        7 => Fault::before(429),
        8 => match chance.between(0, 2) {
            0 => Fault::after(200).body(Body::Html),
            1 => Fault::after(200).body(Body::BrokenJson),
            _ => Fault::before(200).body(Body::Html),
        },
        9 => {
            let part = *chance.pick(&[Part::Head, Part::Bytes(5), Part::Body(7)]);
            Fault::cut(part, *chance.pick(&ENDS))
        }
        // Longer than the client waits: the write lands when its client has gone on, or has ended.
        10 => Fault::held(Hold::Ms(chance.between(20, 400))),
        11 | 12 if !calm => Fault::held(Hold::UntilReleased),
        _ => Fault::unread(Unread::Body),
    }
}

/// What the server does with writes that it accepts, and what it names where it refuses.
pub(super) fn liberties(chance: &mut Chance, taken: Liberties, keyed: bool) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut now_and_then = |fault: Fault, low, high| {
        let fault = fault.on(Matcher::method("PATCH")).forever();
        faults.push(fault.percent(chance.between(low, high) as u8));
    };
    if taken.ignores {
        now_and_then(Fault::stores(Stores::None), 5, 20);
        now_and_then(Fault::stores(Stores::Touch), 5, 15);
        if !keyed {
            // Under a key it would also meet the repeated answer to a write that has landed.
            now_and_then(Fault::stores(Stores::None).with("etag", "w-1"), 0, 3);
        }
    }
    if taken.takes_some {
        now_and_then(Fault::stores(Stores::Some), 20, 60);
    }
    if taken.answers_late {
        now_and_then(Fault::stale(1), 5, 20);
        now_and_then(Fault::stale(2), 2, 10);
    }
    if taken.misnames {
        for metadata in [
            json!({ "conflicting_workspace_etag": "7" }),
            json!({ "current_etag": "7" }),
            json!({ "etag": "7", "current_etag": "w-7" }),
            json!({ "current_etag": "W/\"7\"" }),
            json!({}),
        ] {
            now_and_then(Fault::conflict(metadata), 0, 4);
        }
    }
    faults
}

/// Somebody else writes what some of the requests ask for.
pub(super) fn same(chance: &mut Chance, scenario: &Scenario) -> Vec<Script> {
    if !scenario.liberties.same {
        return Vec::new();
    }
    let both = [When::Before, When::After].map(|when| {
        let mut script = Script::once(when, Matcher::method("PATCH"), Action::Same {});
        script.times = Times::Count(1_000);
        script.percent = Some(chance.between(1, if scenario.calm { 3 } else { 10 }) as u8);
        script
    });
    both.into()
}

/// Others write right before or right after some of the requests.
pub(super) fn scripts(chance: &mut Chance, scenario: &Scenario) -> Vec<Script> {
    let mut scripts = Vec::new();
    for (kind, id) in &scenario.resources {
        let (few, many) = match (scenario.calm, scenario.lonely) {
            (true, _) => (1, 6),
            (_, true) => (0, 3),
            _ => (12, 40),
        };
        for number in 0..chance.between(few, many) {
            let tag = format!("{}-{number}", scenario.seed);
            let then = match chance.between(0, 299) {
                0 if *kind == Kind::Cluster && !scenario.calm => Action::Delete(Target {
                    kind: *kind,
                    id: id.clone(),
                }),
                1..=12 if *kind == Kind::Cluster => Action::Settle { id: id.clone() },
                _ => Action::Write(Write {
                    kind: *kind,
                    id: id.clone(),
                    set: foreign(chance, *kind, &tag, scenario.calm),
                }),
            };
            let when = *chance.pick(&[When::Before, When::After, When::After]);
            let method = *chance.pick(&["PATCH", "PATCH", "PATCH", "GET"]);
            let mut script = Script::once(when, Matcher::method(method).of(*kind, id), then);
            script.nth = Some(chance.between(1, 40));
            scripts.push(script);
        }
    }
    scripts
}

/// Somebody else's change. Its values are nobody's else, where the field allows.
fn foreign(chance: &mut Chance, kind: Kind, tag: &str, calm: bool) -> Map<String, Value> {
    let set = match (kind, chance.between(0, 9)) {
        (_, 0..=2) => json!({ "name": format!("foreign {tag}") }),
        (Kind::Cluster, 3) => json!({ "provider": *chance.pick(&["managed_kaas", "imported_byoc"]) }),
        (Kind::Cluster, 4) => json!({ "region_id": format!("foreign {tag}") }),
        (Kind::Cluster, 5) => json!({ "kubeconfig": format!("foreign {tag}") }),
        (Kind::Cluster, 6) if !calm => json!({ "state": *chance.pick(&["active", "active", "active", "deleting"]) }),
        (Kind::Workspace, 3..=5) => json!({ "slug": format!("foreign-{tag}") }),
        (_, 7) => json!({}),
        (_, _) => json!({ "note": format!("foreign {tag}") }),
    };
    match set {
        Value::Object(set) => set,
        _ => Map::new(),
    }
}
