//! That nothing goes unseen: a fault of each kind is planted, and has to be found.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeSet;
use std::process::Command;
use std::time::Duration;

use akua_conformance::case::Case;
use akua_conformance::process::Process;
use akua_conformance::run::{self, Shown};
use akua_conformance::suite::{CaseFile, Unsupported};
use akua_conformance::{runner, suite};
use serde_json::{Value, json};

fn case(name: &str) -> Case {
    let files = suite::load(&suite::folder()).unwrap();
    let found = files.iter().flat_map(|file| &file.cases).find(|case| case.name == name);
    found.unwrap_or_else(|| panic!("there is no case {name}")).clone()
}

/// What is found wrong with a runner that does what `alter` makes of the order and the report.
fn found_with(name: &str, order: impl Fn(&mut Value), report: impl Fn(&mut Value)) -> Vec<String> {
    let case = case(name);
    let shown = run::play(&case, &mut |line| {
        let mut altered: Value = serde_json::from_str(line).unwrap();
        order(&mut altered);
        let mut answered: Value = serde_json::from_str(&runner::answer(&altered.to_string())?).unwrap();
        report(&mut answered);
        Ok(answered.to_string())
    });
    match shown {
        Ok(shown) => run::verdict(&case, &shown),
        Err(why) => vec![why],
    }
}

fn as_is(_: &mut Value) {}

/// That exactly this is found, by how it begins.
#[track_caller]
fn assert_found(found: &[String], begins: &[&str]) {
    let as_said =
        found.len() == begins.len() && found.iter().zip(begins).all(|(found, begin)| found.starts_with(begin));
    assert!(as_said, "found {found:#?}, expected {begins:#?}");
}

#[test]
fn a_wrong_request_is_found() {
    let with = |name, pointer: &'static str, value: Value| {
        found_with(
            name,
            move |order| *order.pointer_mut(pointer).unwrap() = value.clone(),
            as_is,
        )
    };
    assert_found(&with("get_cluster", "/call/id", json!("clu_1")), &[]);
    let found = with("get_cluster", "/call/id", json!("clu_2"));
    assert!(found[0].starts_with("request 1: /target: "), "{found:?}");
    let found = with("update_name", "/call/patch/name", json!("prod-eV"));
    assert_found(
        &found,
        &["request 1: /body: expected \"{\\\"name\\\":\\\"prod-eu\\\"}\""],
    );
    let found = with("update_name", "/call/if_match", json!("43"));
    assert_found(&found, &["request 1: /headers/1: "]);
    let found = with("update_key", "/call/idempotency_key", json!("another"));
    assert_found(&found, &["request 1: \"another\" is no minted key"]);
    let found = with("get_context", "/client/context", Value::Null);
    assert_found(&found, &["request 1: /headers: "]);
    let found = with("get_cluster", "/client/token", json!("another"));
    assert_found(
        &found,
        &["request 1: no header \"authorization: Bearer sk_akua_conformance\" after user-agent"],
    );
}

#[test]
fn a_request_too_many_and_one_too_few_are_found() {
    // A client that does not try again: one request too many is cut off.
    let case = case("get_429_seconds");
    let twice = run::play(&case, &mut |line| {
        let first = runner::answer(line);
        drop(runner::answer(line));
        first
    });
    assert_found(
        &run::verdict(&case, &twice.unwrap()),
        &["2 requests arrived, expected 1"],
    );
    let never = run::play(&case, &mut |_| Ok("{}".to_owned())).unwrap();
    let found = run::verdict(&case, &never);
    assert!(
        found[0] == "0 requests arrived, expected 1" && found[1].starts_with("report: "),
        "{found:?}"
    );
}

#[test]
fn a_key_that_changes_in_a_resend_or_stays_after_a_rebase_is_found() {
    for (name, request, key, wrong) in [
        (
            "edit_lost_landed",
            2,
            "idempotency-key: <minted 1>",
            "idempotency-key: <minted 2>",
        ),
        (
            "edit_rebase",
            3,
            "idempotency-key: <minted 2>",
            "idempotency-key: <minted 1>",
        ),
    ] {
        let case = case(name);
        let mut shown = run::in_rust(&case).unwrap();
        assert_found(&run::verdict(&case, &shown), &[]);
        let header = &mut shown.requests[request].as_mut().unwrap().headers[2];
        assert_eq!(header, key);
        *header = wrong.to_owned();
        let place = format!("request {}: /headers/2: ", request + 1);
        assert_found(&run::verdict(&case, &shown), &[place.as_str()]);
    }
}

#[test]
fn a_wrong_report_is_found() {
    let with = |name, pointer: &'static str, value: Value| {
        found_with(name, as_is, move |report| {
            let (parent, last) = pointer.rsplit_once('/').unwrap();
            report.pointer_mut(parent).unwrap()[last] = value.clone();
        })
    };
    for (name, pointer, value) in [
        ("edit_lost_overwritten", "/edited/end", json!("not_applied")),
        ("edit_lost_overwritten", "/edited/may_still_land", json!(true)),
        ("edit_lost_overwritten", "/edited/requests", json!(2)),
        ("edit_lost_overwritten", "/edited/unheard_of", json!(0)),
        ("edit_lost_landed", "/edited/proof", json!("acknowledged")),
        ("edit_lost_landed", "/edited/resource", Value::Null),
        ("edit_conflict", "/edited/fields/0/theirs", json!("another")),
        ("edit_conflict", "/edited/fields/0/base", Value::Null),
        ("update_500", "/error/effect", json!("not_applied")),
        ("update_500", "/error/may_have_taken_effect", json!(false)),
        ("update_409_current", "/error/current_etag", json!("42")),
        ("read_full", "/resource/created_at", json!("1700000001")),
        ("list_two_pages", "/items/1/state", json!("active")),
        ("update_two_problems", "/error/problems/1/field", json!("name")),
    ] {
        assert_found(&with(name, pointer, value), &[&format!("report: {pointer}: ")]);
    }
    let found = with("read_unknown", "/resource/json", json!("{\"id\":\"clu_1\"}"));
    assert!(
        found
            .iter()
            .any(|place| place.starts_with("report: /resource/json/zone: ")),
        "{found:?}"
    );
    let found = with("read_full", "/resource/json", json!({ "id": "clu_1" }));
    assert!(found[0].contains("has to be a text of JSON"), "{found:?}");
    let found = with("edit_lost_overwritten", "/edited/resume_token", json!("akua"));
    assert!(found[0].starts_with("the resume token is none: "), "{found:?}");
    let found = with("edit_lost_overwritten", "/edited/resume_token", Value::Null);
    assert_found(&found, &["report: /edited/resume_token: "]);
    let found = with("suspend_accepted", "/launched/operation", json!("op_2"));
    assert_found(&found, &["report: /launched/operation: "]);
    let found = with("suspend_lost_unmoved", "/launched/resume_token", json!("akua-resume-2"));
    assert!(found[0].starts_with("the resume token is none: "), "{found:?}");
    // The token from before the answer, where the one that waits is expected.
    let other = run::order(&case("resolve_launch_finish"), "127.0.0.1:1").unwrap();
    let other = serde_json::to_value(other.call).unwrap()["resume_token"].clone();
    let found = with("suspend_accepted", "/launched/resume_token", other);
    let [elsewhere, stage] = &found[..] else {
        panic!("{found:?}")
    };
    assert!(
        elsewhere.starts_with("the resume token is for http://127.0.0.1:1/resolve_launch_finish"),
        "{found:?}"
    );
    assert!(stage.starts_with("report: /launched/resume_token: "), "{found:?}");
}

#[test]
fn a_kubeconfig_that_is_shown_is_found() {
    let piece = &akua_conformance::secrets::SECRET[4..12];
    let with = |name, alter: &dyn Fn(&mut Value)| found_with(name, as_is, alter);
    for name in ["kubeconfig", "kubeconfig_list"] {
        assert_found(&with(name, &|_| ()), &[]);
        let shown = with(name, &|report| report["shown"][0] = json!(format!("Secret({piece})")));
        assert_found(&shown, &["a secret is shown"]);
        for nothing in [json!(null), json!([]), json!("hidden"), json!([1])] {
            let found = with(name, &|report| report["shown"] = nothing.clone());
            assert_found(&found, &["`shown` has to be a list of texts"]);
        }
    }
    for name in ["request_secret_sent", "request_secret_answered"] {
        let shown = with(name, &|report| {
            report["shown"][1] = json!(format!("AnyAnswer({piece})"))
        });
        assert_found(&shown, &["a secret is shown"]);
        assert_found(
            &with(name, &|report| report["shown"] = json!(null)),
            &["`shown` has to be a list of texts"],
        );
    }
    let found = with("request_secret_answered", &|report| {
        report["answered"]["etag"] = json!(piece)
    });
    assert_eq!(found[0], "a secret is shown");
    let found = with("request_secret_answered", &|report| {
        report["answered"]["json"] = json!("{}")
    });
    assert_found(&found, &["report: /answered/json/kubeconfig: "]);
    let found = with("kubeconfig_list", &|report| report["error"]["message"] = json!(piece));
    assert_eq!(found[0], "a secret is shown");
    let found = with("kubeconfig", &|report| report["kubeconfig"] = json!("another"));
    assert_found(&found, &["report: /kubeconfig: "]);
}

/// Whatever a case expects, in any place of it: something else there is found.
#[test]
fn no_place_of_an_expectation_is_passed_over() {
    let mut places = 0;
    for case in suite::load(&suite::folder())
        .unwrap()
        .iter()
        .flat_map(|file| &file.cases)
    {
        let shown = Shown {
            requests: case
                .wire
                .iter()
                .filter_map(|exchange| exchange.request.clone().map(Ok))
                .collect(),
            report: serde_json::to_value(&case.report).unwrap(),
            faults: Vec::new(),
        };
        assert_found(&run::verdict(case, &shown), &[]);
        for pointer in leaves(&shown.report) {
            let mut altered = shown.clone();
            alter(altered.report.pointer_mut(&pointer).unwrap());
            assert_found(&run::verdict(case, &altered), &[&format!("report: {pointer}: ")]);
            places += 1;
        }
        for index in 0..shown.requests.len() {
            let request = serde_json::to_value(shown.requests[index].as_ref().unwrap()).unwrap();
            for pointer in leaves(&request) {
                let (mut altered, mut request) = (shown.clone(), request.clone());
                alter(request.pointer_mut(&pointer).unwrap());
                altered.requests[index] = Ok(serde_json::from_value(request).unwrap());
                assert_found(
                    &run::verdict(case, &altered),
                    &[&format!("request {}: {pointer}: ", index + 1)],
                );
                places += 1;
            }
        }
    }
    assert!(places > 2000, "{places} places");
}

/// Where each text, number and truth of `value` stands.
fn leaves(value: &Value) -> Vec<String> {
    let below = |name: &str, value: &Value| {
        let name = name.replace('~', "~0").replace('/', "~1");
        leaves(value)
            .into_iter()
            .map(move |rest| format!("/{name}{rest}"))
            .collect::<Vec<_>>()
    };
    match value {
        Value::Object(properties) => properties.iter().flat_map(|(name, value)| below(name, value)).collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .flat_map(|(index, value)| below(&index.to_string(), value))
            .collect(),
        Value::Null => Vec::new(),
        _ => vec![String::new()],
    }
}

fn alter(value: &mut Value) {
    *value = match value {
        Value::Bool(truth) => json!(!*truth),
        Value::String(text) => json!(format!("{text}x")),
        Value::Number(number) if number.is_i64() => json!(number.as_i64().unwrap().wrapping_add(1)),
        _ => json!(-7.5),
    };
}

#[test]
fn a_case_that_contradicts_itself_is_refused() {
    assert_eq!(case("closure_again").check(), Ok(()));
    let mut two_turns = serde_json::to_value(case("closure_again")).unwrap();
    two_turns["call"]["closure"][0]["none"] = json!(true);
    let mut two_bodies = serde_json::to_value(case("get_cluster")).unwrap();
    two_bodies["wire"][0]["answer"]["text"] = json!("");
    let mut nobody = serde_json::to_value(case("get_cluster")).unwrap();
    nobody["refuses_connections"] = json!(true);
    for wrong in [two_turns, two_bodies, nobody] {
        let wrong: Case = serde_json::from_value(wrong).unwrap();
        assert!(wrong.check().is_err(), "{wrong:?}");
    }
}

#[test]
fn what_was_not_written_down_before_is_not_accepted() {
    let mut case = case("edit_conflict");
    let shown = run::in_rust(&case).unwrap();
    assert_eq!(run::recorded(&case, &shown).unwrap(), case);
    case.says = case.says.replace("conflicting", "free");
    assert!(run::recorded(&case, &shown).unwrap_err().starts_with("`says` says"));
    case.wire.push(case.wire[0].clone());
    assert!(
        run::recorded(&case, &shown)
            .unwrap_err()
            .starts_with("3 requests for 4 answers")
    );
}

/// Runs one case with a runner in a process.
fn asked(script: &str) -> Result<String, String> {
    let command = ["sh", "-c", script].map(str::to_owned);
    let mut process = Process::start(&command, Duration::from_secs(2))?;
    let line = process.ask("{}")?;
    process.finish()?;
    Ok(line)
}

#[test]
fn a_runner_that_dies_hangs_fails_or_talks_too_much_is_found() {
    assert_eq!(
        asked("read line; echo \"$line\"; read end; exit 0"),
        Ok("{}".to_owned())
    );
    for (script, why) in [
        ("exit 0", "the runner has ended"),
        ("read line; kill -9 $$", "the runner has ended: signal: 9"),
        ("read line; exec sleep 60", "the runner gave no line within 2 s"),
        (
            "read line; echo a; echo b; read end",
            "the runner wrote a line too many: b",
        ),
        (
            "read line; echo a; read end; exit 3",
            "the runner failed at its end: exit status: 3",
        ),
        (
            "read line; echo a; exec sleep 60",
            "the runner does not end when its input does",
        ),
    ] {
        let told = asked(script).unwrap_err();
        assert!(told.starts_with(why), "{script}: {told}");
    }
    // A line that nobody asked for makes each answer the one to the order before: in the end one is left over.
    let early = ["sh", "-c", "echo early; cat"].map(str::to_owned);
    let mut process = Process::start(&early, Duration::from_secs(2)).unwrap();
    assert_eq!(process.ask("{}").unwrap(), "early");
    let told = process.ask("{}").and_then(|_| process.finish()).unwrap_err();
    assert!(told.starts_with("the runner wrote a line too many: {}"), "{told}");
    assert!(Process::start(&["/nowhere/runner".to_owned()], Duration::ZERO).is_err());
}

#[test]
fn a_case_that_is_not_run_is_told() {
    let mut files = suite::load(&suite::folder()).unwrap();
    files.truncate(1);
    files[0].cases.truncate(3);
    let none = Unsupported::default();
    let mut lines = 0;
    let tally = suite::run(
        &files,
        "python",
        &none,
        &mut [|line: &str| {
            lines += 1;
            if lines == 2 {
                Err("the runner has ended".to_owned())
            } else {
                runner::answer(line)
            }
        }],
    );
    assert_eq!((tally.good.len(), tally.bad.len(), tally.excused.len()), (2, 1, 0));
    assert!(!tally.is_good());

    files[0].cases[1]
        .not_in
        .insert("python".to_owned(), "no such text".to_owned());
    let tally = suite::run(&files, "python", &none, &mut [runner::answer]);
    assert_eq!((tally.good.len(), tally.bad.len()), (2, 0));
    assert_eq!(
        tally.excused,
        [(files[0].cases[1].name.clone(), "no such text".to_owned())]
    );
    assert!(tally.is_good() && tally.to_string().contains("not run, no such text"));
    assert_eq!(
        suite::run(&files, "rust", &none, &mut [runner::answer]).good.len(),
        3,
        "only python is excused"
    );

    let empty = CaseFile {
        cases: Vec::new(),
        ..files[0].clone()
    };
    assert!(
        !suite::run(&[empty], "rust", &none, &mut [runner::answer]).is_good(),
        "no case is not good"
    );
    assert!(suite::load(&suite::folder().join("nowhere")).is_err());
}

#[test]
fn what_a_language_has_not_yet_is_told_and_is_on_a_list() {
    let mut files = suite::load(&suite::folder()).unwrap();
    let calls: BTreeSet<String> = files
        .iter()
        .flat_map(|file| &file.cases)
        .map(|case| case.call.name())
        .collect();
    for (language, call) in Unsupported::list().unwrap().calls() {
        assert!(["c", "cpp", "python"].contains(&language), "{language}");
        assert!(calls.contains(call), "{call} is in no case");
    }
    let list = r#"{"basic":{"why":"it is old","calls":["wait"]}}"#;
    let list: Unsupported = serde_json::from_str(list).unwrap();
    for file in &mut files {
        file.cases
            .retain(|case| ["wait_succeeded", "get_cluster"].contains(&case.name.as_str()));
    }
    let tally = suite::run(&files, "basic", &list, &mut [runner::answer]);
    assert_eq!((tally.good.len(), tally.bad.len(), tally.excused.len()), (1, 0, 1));
    let told = tally.to_string();
    assert!(
        told.contains("wait_succeeded: not run, `wait` is not there yet: it is old"),
        "{told}"
    );
    assert_eq!(suite::run(&files, "rust", &list, &mut [runner::answer]).good.len(), 2);
}

#[test]
fn the_program_says_how_it_went() {
    let program = env!("CARGO_BIN_EXE_akua-conformance");
    let run = |arguments: &[&str]| {
        let ended = Command::new(program).args(arguments).output().unwrap();
        (ended.status.code(), String::from_utf8(ended.stdout).unwrap())
    };
    let (code, told) = run(&[
        "run",
        "rust",
        "--only",
        "get_cluster",
        "--only",
        "edit_rebase",
        "--",
        program,
        "answer",
    ]);
    assert_eq!(
        (code, told.as_str()),
        (Some(0), "2 cases: 2 as expected, 0 not, 0 excused\n")
    );
    // One that hands back the order as its report, one that does nothing, one that is not there.
    let (code, told) = run(&["run", "rust", "--only", "get_cluster", "--", "cat"]);
    assert_eq!(code, Some(1), "{told}");
    let (code, told) = run(&["run", "rust", "--only", "get_cluster", "--", "true"]);
    assert_eq!(code, Some(1), "{told}");
    assert_eq!(run(&["run", "rust", "--", "/nowhere/runner"]).0, Some(2));
    assert_eq!(
        run(&["run", "rust", "--only", "no_such_case", "--", program, "answer"]).0,
        Some(2)
    );
    assert_eq!(run(&["run", "rust"]).0, Some(2));
    assert_eq!(run(&[]).0, Some(2));
    // No language is excused from everything.
    let (code, told) = run(&["run", "c", "--only", "update_nul", "--", program, "answer"]);
    assert!(code == Some(1) && told.contains("update_nul: not run, "), "{told}");
}
