//! What goes wrong with a request, and what others do before it: drawn as it is sent.
//!
//! Nothing here lies: a status that definitely refuses is only ever given to what is not carried out.

use akua_sim::{Act, Body, End, Fault, Hold, Kind, Launch, Part, Until, World, Write};
use serde_json::json;

use super::evidence::What;
use super::scenario::Scenario;
use crate::chance::Chance;

const ENDS: [End; 2] = [End::Reset, End::Fin];
const BROKEN: [u16; 4] = [500, 502, 503, 504];

/// What goes wrong with this request, if anything, and whether what it shows is not what is there.
pub(super) fn fault(chance: &mut Chance, scenario: &Scenario, what: What) -> Option<(Fault, bool)> {
    let (launches, looks) = scenario.trouble;
    match what {
        What::Launch(_) if chance.percent(launches) => {
            Some((of_write(chance, scenario.duplicates, scenario.hides), false))
        }
        What::Launch(_) => None,
        _ if chance.percent(looks) => Some(of_look(chance, scenario, what)),
        _ => None,
    }
}

/// What goes wrong with a write that starts something. `duplicates` if something on the way sends it twice, `hides` if what
/// is there may be answered 404.
pub(crate) fn of_write(chance: &mut Chance, duplicates: bool, hides: bool) -> Fault {
    let end = *chance.pick(&ENDS);
    let late = |fault: Fault, hold| Fault {
        again: Some(hold),
        ..fault
    };
    if duplicates && chance.percent(40) {
        return match chance.between(1, 4) {
            1 => Fault::doubled(Hold::Ms(0)),
            2 => late(Fault::lost_after(end), Hold::UntilReleased),
            3 => late(Fault::default(), Hold::UntilReleased),
            // One copy is refused on the way, the other one is not.
            _ => late(Fault::before(*chance.pick(&[403, 409])), Hold::Ms(0)),
        };
    }
    match chance.between(1, 100) {
        1..=26 => Fault::lost_after(end),
        27..=40 => Fault::lost_before(end),
        // On its way, and nobody knows for how long.
        41..=54 => late(Fault::lost_before(end), Hold::UntilReleased),
        55..=63 => Fault::after(*chance.pick(&BROKEN)),
        64..=69 => Fault::before(*chance.pick(&BROKEN)),
        70..=73 => Fault::after(*chance.pick(&BROKEN)).body(Body::Html),
        74..=76 => Fault::before(200).body(Body::Html),
        77..=80 => Fault::cut(Part::Body(chance.between(1, 60)), end),
        81..=84 => Fault::default().without("id"),
        85..=86 => Fault::default().body(Body::BrokenJson),
        87..=91 => Fault::before(401),
        92..=94 => Fault::before(429).header("retry-after", "1"),
        95..=96 => Fault::before(409),
        // An ingress that has no way to the service just now.
        97 => Fault::before(404).body(Body::Html),
        98 => Fault::before(403),
        _ if hides => Fault::before(404),
        _ => Fault::cut(Part::Head, end),
    }
}

fn of_look(chance: &mut Chance, scenario: &Scenario, what: What) -> (Fault, bool) {
    let end = *chance.pick(&ENDS);
    if what == What::Target && !scenario.linearizable && chance.percent(50) {
        // A copy of the data that lags shows what was there, or has not heard of it yet.
        let stale = match chance.percent(25) {
            true => Fault::before(404),
            false => Fault::stale(chance.between(1, 2) as usize),
        };
        return (stale, true);
    }
    match chance.between(1, 100) {
        1..=20 => (Fault::lost_before(end), false),
        21..=30 => (Fault::cut(Part::Body(20), end), false),
        31..=42 => (Fault::before(*chance.pick(&BROKEN)), false),
        43..=48 => (Fault::before(429).header("retry-after", "1"), false),
        49..=55 => (Fault::before(401), false),
        56..=58 => (Fault::before(200).body(Body::Html), false),
        59..=60 => (Fault::before(404).body(Body::Html), false),
        // A look at an operation may come too early.
        61..=75 if what == What::Operation || scenario.hides => (Fault::before(404), true),
        76..=100 if what == What::Operation => (Fault::stale(chance.between(1, 2) as usize), true),
        _ => (Fault::lost_after(end), false),
    }
}

/// What somebody else does before a request, or what comes in at last. What it was.
pub(super) fn meddle(chance: &mut Chance, scenario: &Scenario, world: &mut World, now: u64) -> Option<String> {
    if !chance.percent(scenario.others) {
        return None;
    }
    let (kind, id) = scenario.target();
    let opposite = match scenario.launch() {
        Launch::SuspendCluster => Launch::ResumeCluster,
        _ => Launch::SuspendCluster,
    };
    let delete = match kind {
        Kind::Workspace => Launch::DeleteWorkspace,
        _ => Launch::DeleteCluster,
    };
    let act = |world: &mut World, launch, id: &str| {
        let act = Act {
            launch,
            id: id.to_owned(),
        };
        let done = world.act_for_another_now(now, &act);
        format!("somebody else: {act:?}: {done:?}")
    };
    let is_delete = scenario.launch() == delete;
    Some(match chance.between(1, 100) {
        // The same, and it may be done at once.
        1..=24 if scenario.launch() == Launch::CancelOperation || is_delete => act(world, delete, id),
        1..=24 => {
            let done = act(world, scenario.launch(), id);
            let operation = running(chance, world, now).filter(|_| chance.percent(50));
            let ended = operation.map(|operation| world.advance_operation(now, &operation, Until::End, None).is_ok());
            format!("{done}, ended {ended:?}")
        }
        25..=26 if kind == Kind::Cluster => act(world, opposite, id),
        27..=32 => {
            let done = world.write(now, Write::set(kind, id, "name", "theirs"));
            format!("somebody else edits: {:?}", done.map(|version| version.etag))
        }
        33..=36 if kind == Kind::Cluster => {
            let state = *chance.pick(&["active", "suspended"]);
            let done = world.write(now, Write::set(kind, id, "state", json!(state)));
            format!("it is {state}: {:?}", done.map(|version| version.etag))
        }
        37..=40 => act(world, delete, id),
        41..=46 if is_delete => {
            let done = world.delete(now, kind, id);
            format!("it is gone: {:?}", done.map(|version| version.etag))
        }
        47..=60 => format!("{} come in at last", world.release(now)),
        61..=84 => {
            let operation = running(chance, world, now)?;
            let until = *chance.pick(&[Until::NextStep, Until::End]);
            let done = world.advance_operation(now, &operation, until, None);
            format!("{operation} goes on: {:?}", done.map(|version| version.version))
        }
        _ => {
            let operation = running(chance, world, now)?;
            act(world, Launch::CancelOperation, &operation)
        }
    })
}

/// An operation that has not ended.
pub(crate) fn running(chance: &mut Chance, world: &mut World, now: u64) -> Option<String> {
    let ids = world.ids(now, Kind::Operation);
    let mut running = Vec::new();
    for id in ids {
        let history = world.history(now, Kind::Operation, &id).ok()?;
        let last = history.last()?;
        if !last.deleted && last.fields.get("state") == Some(&json!("RUNNING")) {
            running.push(id);
        }
    }
    (!running.is_empty()).then(|| chance.pick(&running).clone())
}
