//! Runs the cases of this folder in some language, or records them anew.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use akua_conformance::process::{PATIENCE, Process};
use akua_conformance::suite::{self, CaseFile, RUNNERS, Tally, Unsupported};
use akua_conformance::{run, runner};

const USAGE: &str = "\
usage: akua-conformance run LANGUAGE [--only NAME]... -- COMMAND [ARGUMENT]...
       akua-conformance answer
       akua-conformance record [--only NAME]...

run     plays every case to COMMAND, which reads one order a line and writes one report a line;
        cases that LANGUAGE is excused from in the data are left out
answer  is the runner of Rust: reads orders, writes reports
record  takes over what the Rust client shows now as what the cases expect, where their `says` agree
--only  this case, by its whole name";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match main_with(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::from(2)
        }
    }
}

fn main_with(arguments: &[String]) -> Result<bool, String> {
    let usage = || USAGE.to_owned();
    let (settings, command) = match arguments.iter().position(|argument| argument == "--") {
        Some(at) => (
            arguments.get(..at).unwrap_or_default(),
            arguments.get(at + 1..).unwrap_or_default(),
        ),
        None => (arguments, Default::default()),
    };
    let (names, words) = only(settings).ok_or_else(usage)?;
    if words == ["answer"] && names.is_empty() && command.is_empty() {
        return answer();
    }
    let mut files = suite::load(&suite::folder())?;
    let known = |name: &String| files.iter().flat_map(|file| &file.cases).any(|case| case.name == *name);
    if let Some(unknown) = names.iter().find(|name| !known(name)) {
        return Err(format!("there is no case {unknown}"));
    }
    match words.as_slice() {
        ["record"] if command.is_empty() => record(files, &names),
        ["run", language] if !command.is_empty() => {
            if !names.is_empty() {
                files
                    .iter_mut()
                    .for_each(|file| file.cases.retain(|case| names.contains(&case.name)));
            }
            let many = if names.is_empty() {
                RUNNERS
            } else {
                names.len().min(RUNNERS)
            };
            let started = std::iter::repeat_with(|| Process::start(command, PATIENCE)).take(many);
            let mut processes: Vec<Process> = started.collect::<Result<_, _>>()?;
            let mut runners: Vec<_> = processes
                .iter_mut()
                .map(|process| |line: &str| process.ask(line))
                .collect();
            let tally: Tally = suite::run(&files, language, &Unsupported::list()?, &mut runners);
            let end: Result<(), String> = processes.into_iter().try_for_each(Process::finish);
            println!("{tally}");
            end?;
            Ok(tally.is_good())
        }
        _ => Err(usage()),
    }
}

/// The names after each `--only`, and the other words.
fn only(settings: &[String]) -> Option<(Vec<String>, Vec<&str>)> {
    let (mut names, mut words) = (Vec::new(), Vec::new());
    let mut settings = settings.iter();
    while let Some(word) = settings.next() {
        match word.as_str() {
            "--only" => names.push(settings.next()?.clone()),
            word => words.push(word),
        }
    }
    Some((names, words))
}

fn answer() -> Result<bool, String> {
    for line in std::io::stdin().lines() {
        println!("{}", runner::answer(&line.map_err(|error| error.to_string())?)?);
    }
    Ok(true)
}

fn record(files: Vec<CaseFile>, names: &[String]) -> Result<bool, String> {
    let mut good = true;
    for mut file in files {
        for case in &mut file.cases {
            if !names.is_empty() && !names.contains(&case.name) {
                continue;
            }
            match run::in_rust(case).and_then(|shown| run::recorded(case, &shown)) {
                Ok(recorded) => *case = recorded,
                Err(why) => {
                    good = false;
                    println!("{}: {why}", case.name);
                }
            }
        }
        std::fs::write(&file.path, file.text()?).map_err(|error| format!("{}: {error}", file.path.display()))?;
    }
    Ok(good)
}
