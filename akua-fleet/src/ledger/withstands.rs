//! What a ledger withstands: files that go away, other names, logs that are missing, and those who only read.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::fs;
use std::path::{Path, PathBuf};

use super::place::beside;
use super::tests::{Folder, granted, identity, ledger, open_end, token};
use super::*;
use crate::Report;

/// What a grant of the first item is answered with.
fn grant(ledger: &Ledger) -> Result<bool, String> {
    let leased = ledger.lease(1).map_err(|error| error.to_string())?.pop().unwrap();
    granted(ledger, &leased)
}

/// What is done to a ledger, and what is said of it.
type Harm = (&'static str, fn(&Path), &'static str);

const HARMS: [Harm; 12] = [
    (
        "deleted",
        |path| fs::remove_file(path).unwrap(),
        "was deleted or renamed",
    ),
    (
        "renamed",
        |path| fs::rename(path, beside(path, ".old")).unwrap(),
        "was deleted or renamed",
    ),
    (
        "replaced by a copy",
        |path| {
            fs::copy(path, beside(path, ".new")).unwrap();
            fs::rename(beside(path, ".new"), path).unwrap();
        },
        "was replaced",
    ),
    (
        "replaced by a link to itself",
        |path| {
            fs::rename(path, beside(path, ".old")).unwrap();
            std::os::unix::fs::symlink(beside(path, ".old"), path).unwrap();
        },
        "was replaced",
    ),
    (
        "written over",
        |path| fs::write(path, "something else").unwrap(),
        "was written to by another program",
    ),
    (
        "linked",
        |path| fs::hard_link(path, beside(path, ".link")).unwrap(),
        "has 2 names (hard links)",
    ),
    (
        "its folder renamed",
        |path| {
            let folder = path.parent().unwrap();
            fs::rename(folder, beside(folder, ".old")).unwrap();
        },
        "was deleted or renamed",
    ),
    (
        "its log deleted",
        |path| fs::remove_file(beside(path, "-wal")).unwrap(),
        "was deleted or renamed",
    ),
    (
        "its log replaced",
        |path| {
            fs::copy(beside(path, "-wal"), beside(path, ".new")).unwrap();
            fs::rename(beside(path, ".new"), beside(path, "-wal")).unwrap();
        },
        "was replaced",
    ),
    (
        "its log cut short",
        |path| fs::write(beside(path, "-wal"), "").unwrap(),
        "was cut short",
    ),
    (
        "its log linked away",
        |path| {
            fs::rename(beside(path, "-wal"), beside(path, ".old")).unwrap();
            std::os::unix::fs::symlink(beside(path, ".old"), beside(path, "-wal")).unwrap();
        },
        "was replaced",
    ),
    (
        "its index deleted",
        |path| fs::remove_file(beside(path, "-shm")).unwrap(),
        "was deleted or renamed",
    ),
];

#[test]
fn a2_whatever_becomes_of_the_file_under_a_run_is_noticed_before_the_next_send() {
    for (harm, harmed, words) in HARMS {
        let folder = Folder::new();
        let inner = folder.0.join("inner");
        fs::create_dir(&inner).unwrap();
        let path = inner.join("ledger");
        let ledger = self::ledger(&path, 3);
        let leased = ledger.lease(1).unwrap().pop().unwrap();
        assert_eq!(granted(&ledger, &leased), Ok(true), "{harm}");
        let second = ledger.lease(1).unwrap().pop().unwrap();
        harmed(&path);
        // The item was leased before that, and its write is still to be granted.
        for refused in [granted(&ledger, &second), grant(&ledger)] {
            let refused = refused.unwrap_err();
            assert!(
                refused.contains(words) && refused.contains("nothing"),
                "{harm}: {refused}"
            );
        }
        assert_eq!(
            ledger.begin().unwrap_err().kind(),
            akua_http::ErrorKind::Ledger,
            "{harm}"
        );
        drop(ledger);
        let _ = fs::remove_dir_all(beside(&inner, ".old"));
    }
}

#[test]
fn a2_a_ledger_that_was_put_back_goes_on_and_knows_how_things_ended_meanwhile() {
    let folder = Folder::new();
    let path = folder.ledger();
    let ledger = self::ledger(&path, 2);
    let leased = ledger.lease(1).unwrap().pop().unwrap();
    assert_eq!(granted(&ledger, &leased), Ok(true));
    fs::rename(&path, beside(&path, ".old")).unwrap();
    assert!(ledger.record(1, leased.lease, &End::of(State::Applied, "")).unwrap());
    assert!(grant(&ledger).is_err());
    drop(ledger);
    let error = Ledger::open(&path, &identity()).unwrap_err().to_string();
    assert!(error.contains("is the log of a ledger that was moved"), "{error}");
    let error = Ledger::open(&beside(&path, ".old"), &identity())
        .unwrap_err()
        .to_string();
    assert!(error.contains("write-ahead log is missing"), "{error}");
    fs::rename(beside(&path, ".old"), &path).unwrap();
    let again = Ledger::open(&path, &identity()).unwrap();
    assert_eq!(again.begin().unwrap().counts.to_string(), "1 pending, 1 applied");
}

#[test]
fn a2_every_name_of_a_file_is_the_same_ledger() {
    let folder = Folder::new();
    let path = folder.ledger();
    let ledger = self::ledger(&path, 1);
    std::os::unix::fs::symlink(&path, folder.0.join("link")).unwrap();
    std::os::unix::fs::symlink(&folder.0, folder.0.join("round")).unwrap();
    for name in [
        "link",
        "round/ledger",
        "round/round/link",
        "./ledger",
        "round/round/round/ledger",
    ] {
        let name = folder.0.join(name);
        if let Ok(second) = Ledger::open(&name, &identity()) {
            panic!("{}: {second:?}", name.display());
        }
    }
    assert_eq!(ledger.path(), fs::canonicalize(&path).unwrap());
    drop(ledger);
    // A link to what is not there yet makes what it points to.
    std::os::unix::fs::symlink("other", folder.0.join("dangling")).unwrap();
    let other = Ledger::open(&folder.0.join("dangling"), &identity()).unwrap();
    assert_eq!(other.path(), fs::canonicalize(folder.0.join("other")).unwrap());
    drop(other);
    fs::hard_link(&path, folder.0.join("hard")).unwrap();
    for name in [path, folder.0.join("hard")] {
        let error = Ledger::open(&name, &identity()).unwrap_err().to_string();
        assert!(
            error.contains("has 2 names (hard links)") && error.contains("remove the others"),
            "{error}"
        );
    }
}

/// A ledger as a killed process leaves it: the main file and its log.
fn killed(folder: &Folder) -> PathBuf {
    let source = folder.0.join("source");
    let ledger = self::ledger(&source, 2);
    assert_eq!(grant(&ledger), Ok(true));
    let path = folder.ledger();
    fs::copy(&source, &path).unwrap();
    fs::copy(beside(&source, "-wal"), beside(&path, "-wal")).unwrap();
    path
}

#[test]
fn a1_a_main_file_without_its_log_is_not_taken_for_one_in_which_nothing_has_happened() {
    let folder = Folder::new();
    let path = killed(&folder);
    let alone = folder.0.join("alone");
    fs::copy(&path, &alone).unwrap();
    for error in [
        Ledger::open(&alone, &identity()).unwrap_err(),
        Report::open(&alone).unwrap_err(),
    ] {
        let error = error.to_string();
        assert!(
            error.contains("write-ahead log is missing") && error.contains("alone-wal"),
            "{error}"
        );
    }
    assert_eq!(
        Report::open(&path).unwrap().counts().to_string(),
        "1 pending, 1 indeterminate"
    );
    // Whoever moves the log into the main file leaves one that needs none.
    let shell = rusqlite::Connection::open(&path).unwrap();
    assert_eq!(
        shell.query_row("SELECT count(*) FROM item", [], |row| row.get::<_, i64>(0)),
        Ok(2)
    );
    drop(shell);
    assert!(!beside(&path, "-wal").exists());
    assert_eq!(
        Report::open(&path).unwrap().counts().to_string(),
        "1 pending, 1 indeterminate"
    );
    drop(Ledger::open(&path, &identity()).unwrap());
    fs::copy(&path, &alone).unwrap();
    assert_eq!(
        Report::open(&alone).unwrap().counts().to_string(),
        "1 pending, 1 indeterminate"
    );
}

#[test]
fn a1_the_log_of_another_ledger_is_not_read_as_its_own() {
    let (here, there) = (Folder::new(), Folder::new());
    let (path, other) = (killed(&here), killed(&there));
    let closed = there.0.join("closed");
    drop(self::ledger(&closed, 2));
    for main in [&other, &closed] {
        fs::copy(main, &path).unwrap();
        let error = Ledger::open(&path, &identity()).unwrap_err().to_string();
        assert!(error.contains("another ledger's"), "{error}");
    }
    assert!(
        beside(&path, "-wal").metadata().unwrap().len() > 0,
        "it is left as it was"
    );
}

#[test]
fn a_copy_of_both_files_taken_at_any_moment_of_a_run_is_a_ledger_of_that_moment() {
    let folder = Folder::new();
    let path = folder.ledger();
    let ledger = self::ledger(&path, 40);
    for number in 0..40 {
        let copy = folder.0.join(format!("copy-{number}"));
        fs::copy(&path, &copy).unwrap();
        let leased = ledger.lease(1).unwrap().pop().unwrap();
        assert_eq!(granted(&ledger, &leased), Ok(true));
        fs::copy(beside(&path, "-wal"), beside(&copy, "-wal")).unwrap();
        let copied = Ledger::open(&copy, &identity()).unwrap();
        assert_eq!(copied.begin().unwrap().counts.of(State::Indeterminate), number + 1);
        assert!(
            ledger
                .record(leased.item, leased.lease, &open_end(&token(&leased.id, "42")))
                .unwrap()
        );
    }
}

#[test]
fn an_older_ledger_is_brought_up_to_date_with_all_that_is_in_it() {
    const TO_2: &str = "ALTER TABLE plan DROP COLUMN launch; PRAGMA user_version = 2;";
    const TO_1: &str = "DROP TABLE log_needed; DROP TABLE log_there; PRAGMA user_version = 1;";
    for older in [&[TO_2][..], &[TO_2, TO_1]] {
        let folder = Folder::new();
        let path = folder.ledger();
        let made = self::ledger(&path, 3);
        assert_eq!(grant(&made), Ok(true));
        drop(made);
        let old = rusqlite::Connection::open(&path).unwrap();
        older.iter().for_each(|step| old.execute_batch(step).unwrap());
        drop(old);
        assert_eq!(
            Report::open(&path).unwrap().counts().to_string(),
            "2 pending, 1 indeterminate"
        );
        let again = Ledger::open(&path, &identity()).unwrap();
        assert_eq!(again.launch(), None);
        assert_eq!(again.begin().unwrap().counts.to_string(), "2 pending, 1 indeterminate");
        let leased = again.lease(3).unwrap();
        assert!(matches!(leased[0].work, crate::Work::Resume { .. }));
        assert_eq!(granted(&again, &leased[1]), Ok(true));
        drop(again);
        let version = rusqlite::Connection::open(&path).unwrap();
        assert_eq!(
            version.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0)),
            Ok(3)
        );
    }
}

#[test]
fn c11_what_is_no_ledger_yet_is_reported_in_words() {
    let folder = Folder::new();
    let path = folder.ledger();
    let told = |path: &Path| Report::open(path).unwrap_err().to_string();
    assert!(told(&path).contains("there is no ledger"));
    assert!(told(Path::new("")).contains("no path of a file"));
    assert!(told(&folder.0).contains("is a folder"));
    assert!(told(Path::new("/dev/null")).contains("no regular file"));
    fs::write(&path, "").unwrap();
    assert!(told(&path).contains("no complete ledger"), "{}", told(&path));
    let unfinished = Ledger::open(&path, &identity()).unwrap();
    assert!(told(&path).contains("no complete ledger"), "{}", told(&path));
    drop(unfinished);
    assert!(told(&path).contains("nothing of it was sent"), "{}", told(&path));
}

/// Not a test of its own: what the process does that has no right to write.
#[test]
fn reports_where_it_must_not_write() {
    let Ok(path) = std::env::var("LEDGER_READ_ONLY") else {
        return;
    };
    let report = Report::open(&path).unwrap();
    println!(
        "told: {} in {} rows",
        report.counts(),
        report.rows().map(Result::unwrap).count()
    );
    let error = Ledger::open(Path::new(&path), &identity()).unwrap_err().to_string();
    assert!(
        error.contains("write-protected") && error.contains("a report can be had"),
        "{error}"
    );
}

#[test]
fn c11_a_report_needs_no_right_to_write() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    use std::os::unix::process::CommandExt;
    for with_log in [false, true] {
        let folder = Folder::new();
        let path = killed(&folder);
        if !with_log {
            drop(Ledger::open(&path, &identity()).unwrap());
            fs::remove_file(beside(&path, "-wal")).unwrap();
            fs::remove_file(beside(&path, "-shm")).unwrap();
        }
        let mode = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        // A program of this test's own that everybody may start, as whoever has all rights has to leave them off.
        let program = Folder::new();
        let test = program.0.join("test");
        fs::copy(std::env::current_exe().unwrap(), &test).unwrap();
        mode(&program.0, 0o755);
        mode(&test, 0o755);
        for file in fs::read_dir(&folder.0).unwrap() {
            mode(&file.unwrap().path(), 0o444);
        }
        mode(&folder.0, 0o555);
        let mut command = std::process::Command::new(&test);
        command
            .args([
                "--exact",
                "ledger::withstands::reports_where_it_must_not_write",
                "--nocapture",
            ])
            .current_dir(&program.0)
            .env("LEDGER_READ_ONLY", &path);
        if fs::metadata(&folder.0).unwrap().uid() == 0 {
            command.uid(65534).gid(65534);
        }
        let output = command.output().unwrap();
        mode(&folder.0, 0o755);
        let told = format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        assert!(output.status.success(), "{told}");
        assert!(told.contains("told: 1 pending, 1 indeterminate in 2 rows"), "{told}");
        assert!(beside(&path, "-wal").exists() == with_log, "nothing was made beside it");
    }
}
