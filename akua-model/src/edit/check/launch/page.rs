//! The part of the page on strategies that is about launches.

use std::fmt::Write;

use super::rules;
use super::setting::{Kind, Setting};
use super::world::World;
use crate::edit::check::explore::{everything_in, nearest_in, show};
use crate::edit::check::setting::{documented, policy};

/// What clients usually do: which row shows it, whether its story is told, and what it is.
const HABITS: [(&str, bool, &str, &str); 11] = [
    (
        "issued_anew.txt",
        true,
        "issue it anew because the operation's id was lost",
        "A process has ended and nobody knows the operation, so the next one reads the current version and\n\
         suspends that. Now two operations are under way.",
    ),
    (
        "actions_are_not_rebased.txt",
        true,
        "re-read the etag and suspend again",
        "After any refusal read the current version, and suspend under its etag. Whoever has changed the cluster\n\
         meanwhile may have done so to keep it running.",
    ),
    (
        "lost_delete_is_gone.txt",
        true,
        "take 404 after a lost delete for a failure",
        "The repeat of a delete finds nothing, and an error is reported. But it finds nothing because the first one worked.",
    ),
    (
        "listed_is_no_proof.txt",
        true,
        "take an operation that is listed for one's own",
        "After a lost answer look at the operations of the cluster, and wait for the newest suspend. But it may be anybody's.",
    ),
    (
        "namesake_is_no_proof.txt",
        true,
        "take what is called so for what was made",
        "After a lost answer look for a cluster of that name, and go on with it. But names are not unique: it may be anybody's.",
    ),
    (
        "create_resend_only_where_safe.txt",
        true,
        "send a create again without a key",
        "After a lost answer send it again. The first one was still on its way.",
    ),
    ("created_anew.txt", false, "create it anew after a crash", ""),
    (
        "resend_only_where_safe.txt",
        false,
        "send it again whatever stops a second one",
        "",
    ),
    ("resend_keeps_key.txt", false, "send it again under a new key", ""),
    ("taint_survives_refusal.txt", false, "trust the last answer", ""),
    (
        "old_etag_is_no_proof.txt",
        false,
        "take an old etag for proof that nothing was accepted",
        "",
    ),
];

/// A table of what clients usually do, and a story for some of it. What is not told there is in the folder of golden
/// stories.
pub(crate) fn section() -> String {
    let rows = rules::rules();
    let (mut table, mut stories) = (String::new(), String::new());
    for (file, is_told, title, words) in HABITS {
        let row = rows.iter().find(|row| row.golden.name() == file);
        let row = row.unwrap_or_else(|| panic!("nothing is taken away in {file}"));
        let broken = nearest_in(World::new(row.setting.clone())).broken;
        let broken = broken.unwrap_or_else(|| panic!("{title}: keeps every promise"));
        let (promise, where_it_is) = (broken.breach.words(), row.where_it_is);
        let link = format!("../akua-model/src/edit/check/launch/golden/{file}");
        writeln!(
            table,
            "| {title} | {where_it_is} | {promise} | [{}]({link}) |",
            broken.length
        )
        .unwrap();
        if is_told {
            let mut letters = title.chars();
            let first: String = letters.next().iter().flat_map(|first| first.to_uppercase()).collect();
            let (rest, story) = (letters.as_str(), broken.story);
            write!(stories, "\n### {first}{rest}\n\n{words}\n\n```text\n{story}```\n").unwrap();
        }
    }
    show(&table);
    let mut states = 0;
    for kind in Kind::ALL {
        let setting = Setting {
            policy: policy(2, 2),
            foreign: 1,
            ..Setting::new(kind, documented())
        };
        let ours = everything_in(World::new(setting));
        assert!(ours.broken.is_none(), "{kind:?}: {:?}", ours.broken);
        states += ours.states;
    }
    let states = states / 10_000 * 10_000;
    format!(
        "{HEAD}\n{table}\n`suspend`, `resume`, `delete`, `refresh_capabilities`, `cancel_operation` and `create` keep every promise\n\
         in every state, of more than {states} under the documented contract alone.\n[All rules and \
         claims](../akua-model/src/edit/check/launch/golden/README.md), each taken away or made falsely.\n{stories}"
    )
}

const HEAD: &str = "
## Launches

A client suspends, deletes or makes a cluster, which starts an operation. Others may change, suspend, resume or delete it too, or
make one of the same name. What must hold beside the above: nothing is accepted twice, nothing is done to a version that its
user has not seen, and neither an operation nor a cluster of somebody else's is ever taken for one's own. \"Nothing is known\" of
a server that promises nothing about etags, keys and reads.

| strategy | server | broken promise | events |
| --- | --- | --- | --- |";
