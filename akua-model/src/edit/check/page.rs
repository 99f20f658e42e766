//! The page that compares strategies, written from what the checker found.

use std::fmt::Write;

use super::breach::Breach;
use super::domain::Truth;
use super::explore::{everything, nearest, show};
use super::golden::Golden;
use super::launch;
use super::setting::{Setting, claiming, documented};
use super::strategies::Strategy;

const PAGE: Golden = Golden {
    path: "docs/strategies.md",
    text: include_str!("../../../../docs/strategies.md"),
};

/// The promises that are compared.
const PROMISES: [Breach; 3] = [
    Breach::NotAppliedButLanded,
    Breach::LandedTwice,
    Breach::OverwroteUnseen,
];

/// Every strategy meets the same server, network and other writers.
fn setting(strategy: Option<Strategy>, only: Option<Breach>) -> Setting {
    let truth = claiming(documented(), |contract| contract.reads_linearizable = true);
    Setting {
        strategy,
        only,
        truth: Truth::of(truth),
        ..Setting::new(documented())
    }
}

/// Compares the page that is kept with the one that is true now.
pub(super) fn is_kept() -> bool {
    let mut table = String::new();
    let mut stories = String::new();
    for strategy in Strategy::ALL {
        write!(table, "| {} |", strategy.name()).unwrap();
        for promise in PROMISES {
            let found = nearest(&setting(Some(strategy), Some(promise))).broken;
            let length = found
                .as_ref()
                .map_or("none".to_owned(), |broken| format!("{} events", broken.length));
            write!(table, " {length} |").unwrap();
            if let Some(broken) = found.filter(|broken| broken.breach == strategy.flaw()) {
                let (title, words, story) = (title(strategy.name()), strategy.words(), broken.story);
                write!(stories, "\n## {title}\n\n{words}\n\n```text\n{story}```\n").unwrap();
            }
        }
        table.push('\n');
    }
    let ours = everything(&setting(None, None));
    assert!(ours.broken.is_none(), "{:?}", ours.broken);
    writeln!(table, "| `edit` | none | none | none |").unwrap();
    let states = ours.states / 10_000 * 10_000;
    let page =
        format!("{HEAD}\n{table}\n`edit` keeps all three in every state: there are more than {states}.\n{stories}")
            + &launch::section();
    show(&table);
    PAGE.is(&page)
}

fn title(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

const HEAD: &str = "\
<!-- Written by the exhaustive check of the edit protocol, and compared with it by `make test`. Not to be edited by hand. -->

# What clients usually do, and where it breaks

A client has read a cluster and wants to change its name. Others may change the cluster too, a request or an answer may
be lost, a request may arrive late, and a proxy may answer in the server's place. What must hold: a write that is
reported as not applied has not landed and never will, a change takes effect once, and nothing is overwritten that its
user has not seen.

Each strategy below was explored exhaustively against the same server (etags never repeat, every read shows the current
version, keys are ignored) and the same network, with up to two writes of others. The table shows how few events it takes
to break each promise; the stories are the shortest there are. In them, `e1` is an etag, and the arrow shows what the
client does or reports.

| strategy | \"not applied\", but it landed | took effect twice | overwrote a value not seen |
| --- | --- | --- | --- |";
