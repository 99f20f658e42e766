//! What goes wrong with a request, and what others do before it: drawn as it is sent.

use akua_sim::{Act, Body, End, Fault, Launch, Make, Part, Until, World, Write};

use super::evidence::What;
use super::scenario::{NAME, Scenario};
use crate::chance::Chance;
use crate::life::trouble::{of_write, running};

/// What goes wrong with this request, if anything.
pub(super) fn fault(chance: &mut Chance, scenario: &Scenario, what: What) -> Option<Fault> {
    let (creates, looks) = scenario.trouble;
    match what {
        What::Create => chance
            .percent(creates)
            .then(|| of_write(chance, scenario.duplicates, false)),
        What::Look => chance.percent(looks).then(|| of_look(chance)),
    }
}

fn of_look(chance: &mut Chance) -> Fault {
    match chance.between(1, 5) {
        1 => Fault::lost_before(End::Reset),
        2 => Fault::before(503),
        3 => Fault::before(429).header("retry-after", "1"),
        4 => Fault::before(200).body(Body::Html),
        _ => Fault::cut(Part::Body(20), End::Fin),
    }
}

/// What somebody else does before a request, or what comes in at last. What it was.
pub(super) fn meddle(chance: &mut Chance, scenario: &Scenario, world: &mut World, now: u64) -> Option<String> {
    if !chance.percent(scenario.others) {
        return None;
    }
    let kind = scenario.create.kind();
    // What there was before stays, and the workspace whose token is in use among it.
    let newest = |world: &mut World| world.ids(now, kind).into_iter().skip(2).last();
    Some(match chance.between(1, 100) {
        1..=35 => {
            let made = world.make_for_another_now(now, Make::named(scenario.create, NAME));
            format!("somebody else makes one of that name: {made:?}")
        }
        36..=50 => format!("{} come in at last", world.release(now)),
        51..=68 => {
            let operation = running(chance, world, now)?;
            let until = *chance.pick(&[Until::NextStep, Until::End]);
            let done = world.advance_operation(now, &operation, until, None);
            format!("{operation} goes on: {:?}", done.map(|version| version.version))
        }
        69..=80 => {
            let id = newest(world)?;
            let done = world.delete(now, kind, &id);
            format!("{id} is deleted: {:?}", done.map(|version| version.version))
        }
        81..=90 => {
            let id = newest(world)?;
            let done = world.write(now, Write::set(kind, &id, "name", "theirs"));
            format!("{id} is renamed: {:?}", done.map(|version| version.version))
        }
        _ => {
            let id = running(chance, world, now)?;
            let act = Act {
                launch: Launch::CancelOperation,
                id,
            };
            format!("somebody else: {act:?}: {:?}", world.act_for_another_now(now, &act))
        }
    })
}
