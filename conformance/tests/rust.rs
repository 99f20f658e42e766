//! Every case in Rust, over real sockets, and the files as they are written.
#![allow(clippy::unwrap_used, clippy::panic)]

use akua_conformance::suite::{RUNNERS, Unsupported};
use akua_conformance::{run, runner, suite};

#[test]
fn every_case_is_as_expected() {
    let files = suite::load(&suite::folder()).unwrap();
    let tally = suite::run(
        &files,
        "rust",
        &Unsupported::list().unwrap(),
        &mut [runner::answer; RUNNERS],
    );
    println!("{tally}");
    assert!(tally.is_good(), "{tally}");
    assert_eq!(tally.excused, [], "Rust can do it all");
}

#[test]
fn what_is_expected_was_recorded_and_agrees_with_what_was_written_by_hand() {
    for file in suite::load(&suite::folder()).unwrap() {
        for case in &file.cases {
            let whole = case.report.is_some() && case.wire.iter().all(|exchange| exchange.request.is_some());
            assert!(whole, "{}: not recorded; run tools/accept.sh conformance", case.name);
            run::agrees_with_says(case).unwrap_or_else(|why| panic!("{}: {why}", case.name));
        }
        let path = file.path.display();
        let text = std::fs::read_to_string(&file.path).unwrap();
        assert!(
            text == file.text().unwrap(),
            "{path} is laid out otherwise; run tools/accept.sh conformance"
        );
    }
}
