//! Power losses: a ledger is written by a process whose writes and syncs are recorded; then the disk is made as it may
//! look if the power had failed at some moment, with what was not synced dropped, kept or torn by chance. The file is
//! whole, and no item that was granted a write stands there as pending.
//!
//! `LEDGER_POWER` moments are tried, 60 unless set.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::tests::{Folder, granted, identity, ledger};
use super::*;
use crate::Report;

const ITEMS: usize = 40;
const SECTOR: usize = 512;

/// Not a test of its own: what the process does that is recorded.
#[test]
fn writes_a_ledger() {
    let Ok(path) = std::env::var("LEDGER_POWER_PATH") else {
        return;
    };
    let path = Path::new(&path);
    let mut sent = fs::File::create(path.with_file_name("granted")).unwrap();
    let mut ledger = ledger(path, ITEMS);
    for number in 1..=ITEMS {
        let leased = ledger.lease(1).unwrap().pop().unwrap();
        assert_eq!(granted(&ledger, &leased), Ok(true));
        // It is sent now.
        sent.write_all(format!("{}\n", leased.item).as_bytes()).unwrap();
        if number % 3 != 0 {
            let end = End::of(State::Applied, "");
            assert!(ledger.record(leased.item, leased.lease, &end).unwrap());
        }
        if number % 16 == 0 {
            drop(ledger);
            ledger = Ledger::open(path, &identity()).unwrap();
            ledger.begin().unwrap();
            // What is unsettled comes first, and is none of this test's.
            while ledger.lease(1).unwrap()[0].state == State::Indeterminate {}
            ledger.begin().unwrap();
            let open: usize = number - number * 2 / 3;
            assert!(ledger.lease(open - 1).unwrap().len() + 1 == open);
        }
    }
}

#[derive(Debug)]
struct Act {
    what: char,
    path: String,
    offset: usize,
    data: Vec<u8>,
}

fn read(record: &[u8]) -> Vec<Act> {
    let (mut acts, mut rest) = (Vec::new(), record);
    while !rest.is_empty() {
        let number = |at: usize| u64::from_ne_bytes(rest[at * 8..at * 8 + 8].try_into().unwrap()) as usize;
        let (path, data) = (number(1), number(3));
        acts.push(Act {
            what: char::from(number(0) as u8),
            path: String::from_utf8(rest[32..32 + path].to_vec()).unwrap(),
            offset: number(2),
            data: rest[32 + path..32 + path + data].to_vec(),
        });
        rest = &rest[32 + path + data..];
    }
    acts
}

/// A file: what is certain of it, what was done to it since, and whether its name is certain.
#[derive(Clone, Debug, Default)]
struct OnDisk {
    certain: Vec<u8>,
    since: Vec<(usize, Option<Vec<u8>>)>,
    named: bool,
    deleted: bool,
}

fn apply(content: &mut Vec<u8>, offset: usize, data: Option<&[u8]>, keep: &mut impl FnMut() -> bool) {
    let Some(data) = data else {
        if keep() {
            content.resize(offset, 0);
        }
        return;
    };
    for (number, sector) in data.chunks(SECTOR).enumerate() {
        if keep() {
            let at = offset + number * SECTOR;
            content.resize(content.len().max(at + sector.len()), 0);
            content[at..at + sector.len()].copy_from_slice(sector);
        }
    }
}

/// What the disk may hold after these acts, by chance.
fn after(acts: &[Act], chance: &mut impl FnMut() -> bool) -> BTreeMap<String, Vec<u8>> {
    let mut disk: BTreeMap<String, OnDisk> = BTreeMap::new();
    for act in acts {
        match act.what {
            's' if disk.keys().any(|file| file.starts_with(&format!("{}/", act.path))) => {
                disk.retain(|_, file| !file.deleted);
                disk.values_mut().for_each(|file| file.named = true);
            }
            's' => {
                let file = disk.entry(act.path.clone()).or_default();
                for (offset, data) in std::mem::take(&mut file.since) {
                    apply(&mut file.certain, offset, data.as_deref(), &mut || true);
                }
            }
            'u' => {
                if let Some(file) = disk.get_mut(&act.path) {
                    file.deleted = true;
                }
            }
            what => {
                let file = disk.entry(act.path.clone()).or_default();
                if file.deleted {
                    *file = OnDisk {
                        named: file.named,
                        ..OnDisk::default()
                    };
                }
                file.since.push((act.offset, (what == 'w').then(|| act.data.clone())));
            }
        }
    }
    let mut left = BTreeMap::new();
    for (path, file) in disk {
        if (!file.named && chance()) || (file.deleted && chance()) {
            continue;
        }
        let mut content = file.certain;
        // Sometimes all of it has come that far, sometimes nothing, mostly some.
        let (all, some) = (chance(), chance());
        for (offset, data) in file.since {
            apply(&mut content, offset, data.as_deref(), &mut || {
                if some { chance() } else { all }
            });
        }
        left.insert(path, content);
    }
    left
}

#[test]
fn after_a_power_loss_the_ledger_is_whole_and_no_item_that_was_sent_is_pending() {
    let folder = Folder::new();
    let inner = fs::canonicalize(&folder.0).unwrap().join("disk");
    fs::create_dir(&inner).unwrap();
    let (library, record) = (folder.0.join("recorder.so"), folder.0.join("record"));
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fleet/recorder.c");
    let compiled = Command::new("cc")
        .args(["-shared", "-fPIC", "-Wall", "-Werror", "-o"])
        .args([&library, &source])
        .args(["-ldl", "-lpthread"])
        .status();
    assert!(compiled.unwrap().success());
    let ran = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "ledger::power::writes_a_ledger", "--nocapture"])
        .env("LD_PRELOAD", &library)
        .env("RECORDED", &inner)
        .env("RECORD", &record)
        .env("LEDGER_POWER_PATH", inner.join("ledger"))
        .output()
        .unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let acts = read(&fs::read(&record).unwrap());
    let granted = inner.join("granted").to_str().unwrap().to_owned();
    let moments = std::env::var("LEDGER_POWER").map_or(60, |text| text.parse().unwrap());
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed
    };
    let (mut sent_in_all, mut unsettled, mut lost_ends) = (0, 0, 0);
    for number in 0..moments {
        let moment = next() as usize % acts.len();
        let mut bits = next();
        let left = after(&acts[..moment], &mut || {
            bits = bits.rotate_left(1) ^ next();
            bits & 1 == 1
        });
        let sent: BTreeSet<u64> = acts[..moment]
            .iter()
            .filter(|act| act.path == granted && act.what == 'w')
            .map(|act| std::str::from_utf8(&act.data).unwrap().trim().parse().unwrap())
            .collect();
        let ended = sent.iter().filter(|item| **item % 3 != 0).count();
        let disk = folder.0.join(format!("after-{number}"));
        fs::create_dir(&disk).unwrap();
        let path: PathBuf = disk.join("ledger");
        for (file, content) in &left {
            let name = Path::new(file).file_name().unwrap();
            if name != "granted" {
                fs::write(disk.join(name), content).unwrap();
            }
        }
        let told = || {
            format!(
                "moment {moment} of {}: {:?}",
                acts.len(),
                left.iter()
                    .map(|(file, content)| (file, content.len()))
                    .collect::<Vec<_>>()
            )
        };
        drop(Ledger::open(&path, &identity()).unwrap_or_else(|error| panic!("{}: {error}", told())));
        if sent.is_empty() {
            continue;
        }
        let rows: Vec<_> = Report::open(&path).unwrap().rows().map(Result::unwrap).collect();
        assert_eq!(rows.len(), ITEMS, "{}", told());
        for row in rows.iter().filter(|row| sent.contains(&row.item)) {
            assert_ne!(row.state, State::Pending, "item {} was sent: {}", row.item, told());
            unsettled += usize::from(row.state == State::Indeterminate);
        }
        sent_in_all += sent.len();
        let applied = rows.iter().filter(|row| row.state == State::Applied).count();
        lost_ends += ended.saturating_sub(applied);
        fs::remove_dir_all(&disk).unwrap();
    }
    println!(
        "{moments} moments of {}: {sent_in_all} items sent, {unsettled} to be settled, the ends of {lost_ends} lost",
        acts.len()
    );
    assert!(unsettled > 0 && lost_ends > 0, "nothing was put to the test");
}
