//! A ledger that can't be written, and functions of the caller's that panic: nothing goes out unrecorded, and nothing
//! hangs.

use std::process::Command;

use crate::scene::{Folder, all, inject, named, open, run, service, writes};
use akua_fleet::{Canary, CollectionExt as _, Event, Limits, Plan, State, Stop};
use akua_http::ErrorKind;
use akua_model::{Cluster, ClusterPatch};
use akua_sim::{Effect, Fault, Kind, Matcher, Script, Simulator, Stores, When, Write};

/// Not a test of its own: what the process does that may write only so much.
#[test]
fn runs_out_of_room() {
    let Ok(url) = std::env::var("FLEET_FULL_URL") else {
        return;
    };
    let token = std::env::var("FLEET_FULL_TOKEN").unwrap();
    let client = akua_http::Client::builder().base_url(url).token(token).build().unwrap();
    let plan = Plan::filter("all", "1", |_: &Cluster| true, named("new"));
    let fleet = client
        .clusters()
        .fleet(plan, std::env::var("FLEET_FULL_LEDGER").unwrap())
        .unwrap();
    let mut run = fleet.run(&Limits::default().in_flight(4)).unwrap();
    assert!(run.by_ref().any(|event| event == Event::Stopping(Stop::Ledger)));
    let error = run.finish().unwrap_err();
    eprintln!(
        "told: {:?} {} {}: {error}",
        error.kind(),
        error.effect().name(),
        error.may_have_taken_effect()
    );
}

/// What the run of a process is told in its middle that may not write files beyond a size: some 30 of the 400 items are
/// done by then.
fn told_in_the_middle(simulator: &Simulator, folder: &Folder) -> String {
    // In blocks of 1,024 bytes: room for the plan and some of the run. The signal that would end it is ignored.
    let script = r#"trap '' XFSZ; ulimit -f 1000; exec "$0" --exact trouble::runs_out_of_room --nocapture"#;
    let output = Command::new("bash")
        .args(["-c", script])
        .arg(std::env::current_exe().unwrap())
        .env("FLEET_FULL_URL", simulator.url())
        .env("FLEET_FULL_TOKEN", simulator.token())
        .env("FLEET_FULL_LEDGER", folder.ledger())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    told.lines()
        .find_map(|line| line.strip_prefix("told: "))
        .unwrap()
        .to_owned()
}

/// A process that may not write files beyond a size finds that in the middle of its run: it stops, and what it has sent
/// stands in the ledger.
#[test]
fn where_the_disk_is_full_nothing_is_sent_without_its_token() {
    let (simulator, client) = service(400);
    let folder = Folder::new();
    let told = told_in_the_middle(&simulator, &folder);
    assert!(
        told.starts_with("Ledger ") && told.contains("can't be written"),
        "{told}"
    );
    let sent = touched(&simulator);
    assert!((1..400).contains(&sent.len()), "{} were sent", sent.len());
    let report = akua_fleet::Report::open(folder.ledger()).unwrap();
    for id in &sent {
        let row = report.row_of(id).unwrap().unwrap();
        assert_ne!(row.state, State::Pending, "{id} was sent and is not on file");
    }
    // With room again it goes on, and applies nothing twice.
    let summary = run(&all(&client, &folder), &Limits::default());
    assert_eq!(summary.counts.to_string(), "400 applied");
    let log = simulator.log();
    let landed = log
        .iter()
        .filter(|entry| matches!(entry.effect, Effect::Applied { .. }))
        .count();
    assert_eq!(landed, 400);
}

#[test]
fn a10_the_error_of_a_run_speaks_of_the_run() {
    let (simulator, _) = service(400);
    let folder = Folder::new();
    let told = told_in_the_middle(&simulator, &folder);
    assert!(told.starts_with("Ledger unknown true: the run stopped: "), "{told}");
    assert!(!told.contains("nothing was sent;"), "{told}");
    let stands = akua_fleet::Report::open(folder.ledger()).unwrap().counts();
    assert!(stands.of(State::Applied) > 0, "{stands}");
    assert!(told.contains(&format!("; {stands} (")), "{told}\n{stands}");

    // What has only been read for has changed nothing, and what was never begun has sent nothing.
    let report = akua_fleet::Report::open(folder.path().join("missing")).unwrap_err();
    assert_eq!(report.effect(), akua_http::Effect::NotApplied);
    assert!(!report.to_string().contains("sent"), "{report}");
}

/// Wherever in a run a function panics: its error counts what was done before.
#[test]
fn a10_nor_does_a_panic_hide_what_was_done() {
    // Asked for these, it panics; the other writer comes before the write of the first one, which was granted then.
    for (panics_for, others_write, counts, effect) in [
        ("clu_1", false, "5 pending; no write was sent", "not_applied"),
        ("clu_3", false, "3 pending, 2 applied", "unknown"),
        ("clu_1", true, "4 pending, 1 indeterminate", "unknown"),
    ] {
        let (simulator, client) = service(5);
        let folder = Folder::new();
        if others_write {
            let its = || Matcher::method("PATCH").of(Kind::Cluster, "clu_1");
            let theirs = Write::set(Kind::Cluster, "clu_1", "name", "theirs");
            simulator
                .script(Script::once(When::Before, its(), akua_sim::Action::Write(theirs)))
                .unwrap();
        }
        let function = move |cluster: &Cluster| {
            let in_a_run = std::thread::current()
                .name()
                .is_some_and(|name| name.starts_with("akua-fleet"));
            let its_turn = cluster.id.as_ref() == panics_for && (!others_write || cluster.name == "theirs");
            assert!(!(in_a_run && its_turn));
            Ok(Some(named(&format!("{}-eu", cluster.name))))
        };
        let plan = Plan::function("eu", "1", function);
        let fleet = open(&client, plan, &folder);
        let run = fleet.run(&Limits::default().in_flight(1)).unwrap();
        let error = run.finish().unwrap_err();
        let words = error.to_string();
        assert_eq!(error.effect().name(), effect, "{words}");
        assert_eq!(error.may_have_taken_effect(), effect == "unknown", "{words}");
        assert!(words.starts_with("the run stopped: invalid input: `plan` "), "{words}");
        assert!(words.ends_with(&format!("; {counts}")), "{words}");
        let stands = fleet.report().unwrap().counts().to_string();
        assert!(counts.starts_with(&stands), "{words}\n{stands}");
    }
}

/// A 200 is read: what the server made of each write stands in the ledger and in the report.
#[test]
fn a3_what_the_server_has_stored_is_what_the_ledger_says() {
    let (simulator, client) = service(6);
    let folder = Folder::new();
    for (number, stores) in (1..).zip([
        Stores::AsSent,
        Stores::Trimmed,
        Stores::Some,
        Stores::None,
        Stores::Touch,
    ]) {
        let its = Matcher::method("PATCH").of(Kind::Cluster, &format!("clu_{number}"));
        inject(&simulator, Fault::stores(stores).on(its).forever());
    }
    let its = Matcher::method("PATCH").of(Kind::Cluster, "clu_6");
    inject(&simulator, Fault::pretended().on(its).forever());
    let patch = ClusterPatch::builder().name(" Prod ").provider("imported_byoc");
    let plan = Plan::filter("all", "1", |_: &Cluster| true, patch.build().unwrap());
    let fleet = open(&client, plan, &folder);
    run(&fleet, &Limits::default());
    let report = fleet.report().unwrap();
    let row = |number: u64| {
        let row = report.row_of(&format!("clu_{number}")).unwrap().unwrap();
        let end = row.end.clone().unwrap();
        let fields: Vec<String> = end
            .fields
            .iter()
            .map(|field| format!("{} {}", field.field, field.state.as_deref().unwrap_or_default()))
            .collect();
        (row.state, end.status, fields.join(", "), row.detail().to_owned())
    };
    let (applied, rejected) = (State::Applied, State::Rejected);
    for (number, state, status, fields, words) in [
        (1, applied, None, "", "applied: the server acknowledged etag 43"),
        (2, applied, None, "name adjusted", "; adjusted by the server: name"),
        (
            3,
            applied,
            None,
            "provider not_taken",
            "; not taken by the server: provider",
        ),
        (
            4,
            rejected,
            Some(200),
            "name not_taken, provider not_taken",
            "200 and changed nothing",
        ),
        (
            6,
            rejected,
            Some(200),
            "name not_taken, provider not_taken",
            "200 and changed nothing",
        ),
    ] {
        let (is, answered, named, told) = row(number);
        assert_eq!(
            (is, answered, named.as_str()),
            (state, status, fields),
            "clu_{number}: {told}"
        );
        assert!(told.contains(words), "clu_{number}: {told}");
    }
    // The etag moved, and nothing was taken: that it is not applied is not proven.
    let (touched, _, _, told) = row(5);
    assert_eq!(touched, State::Indeterminate, "{told}");
    let mut csv = Vec::new();
    report.write_csv(&mut csv).unwrap();
    let csv = String::from_utf8(csv).unwrap();
    assert!(
        csv.contains("adjusted by the server: name") && csv.contains("not_taken"),
        "{csv}"
    );
    // What is rejected so is left alone by the next run.
    let before = writes(&simulator);
    run(&fleet, &Limits::default());
    assert!(touched_since(&simulator, before).iter().all(|id| id == "clu_5"));
}

/// The ids that a write was sent for after so many of them.
fn touched_since(simulator: &Simulator, writes: usize) -> Vec<String> {
    touched(simulator).split_off(writes)
}

/// The ids that a write was sent for.
fn touched(simulator: &Simulator) -> Vec<String> {
    let log = simulator.log();
    log.iter()
        .filter(|entry| entry.method == "PATCH")
        .filter_map(|entry| entry.id.clone())
        .collect()
}

#[test]
fn a_function_that_panics_ends_the_run_with_an_error_and_no_harm() {
    let (simulator, client) = service(5);
    let folder = Folder::new();
    let open = |panics: bool| {
        // When the plan is made it is well.
        let function = move |cluster: &Cluster| {
            assert!(
                !(panics
                    && std::thread::current()
                        .name()
                        .is_some_and(|name| name.starts_with("akua-fleet")))
            );
            Ok(Some(named(&format!("{}-eu", cluster.name))))
        };
        open(&client, Plan::function("eu", "1", function), &folder)
    };
    let fleet = open(true);
    let error = fleet.run(&Limits::default()).unwrap().finish().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.to_string().contains("panicked"), "{error}");
    assert_eq!(writes(&simulator), 0);
    drop(fleet);
    let summary = open(false).run(&Limits::default()).unwrap().finish().unwrap();
    assert_eq!(summary.counts.of(State::Applied), 5);

    let (simulator, client) = service(5);
    let folder = Folder::new();
    let check = |_: &akua_fleet::Counts| panic!("it was not well");
    let run = all(&client, &folder)
        .run(&Limits::default().canary(Canary::check(1, check)))
        .unwrap();
    assert!(run.finish().unwrap_err().to_string().contains("canary"));
    assert_eq!(writes(&simulator), 1);
}

#[test]
fn a_ledger_in_a_folder_that_is_gone_is_an_error() {
    let (simulator, client) = service(3);
    let folder = Folder::new();
    let missing = folder.path().join("missing").join("ledger");
    let plan = Plan::filter("all", "1", |_: &Cluster| true, named("new"));
    let error = client.clusters().fleet(plan, missing).unwrap_err();
    assert_eq!((error.kind(), writes(&simulator)), (ErrorKind::Ledger, 0));
    assert!(error.to_string().contains("folder"), "{error}");
}
