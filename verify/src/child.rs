//! A process that plays a role and is killed (SIGKILL) where it stands: this test's own program, started again.

use std::env;
use std::ffi::OsString;
use std::fmt;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child as Running, ChildStderr, Command, Stdio};

use akua_http::Client;
use akua_model::edit::Contract;
use akua_sim::Simulator;

/// A process that was started.
pub struct Child {
    running: Running,
    says: BufReader<ChildStderr>,
}

impl Child {
    /// Starts this program again, to run one test only, with these variables set.
    pub fn start<'a>(test: &str, variables: impl IntoIterator<Item = (&'a str, OsString)>) -> Self {
        let mut running = Command::new(env::current_exe().unwrap())
            .args(["--exact", test, "--nocapture"])
            .envs(variables)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let says = BufReader::new(running.stderr.take().unwrap());
        Self { running, says }
    }

    /// Waits until the process says that it has come to this point, where it stays.
    pub fn wait_for_mark(&mut self, point: &str) {
        let mark = mark(point);
        let lines: Vec<String> = self
            .says
            .by_ref()
            .lines()
            .map(Result::unwrap)
            .take_while(|line| *line != mark)
            .collect();
        assert!(self.running.try_wait().unwrap().is_none(), "it ended: {lines:?}");
    }

    pub fn kill(mut self) {
        self.running.kill().unwrap();
        assert_eq!(self.running.wait().unwrap().signal(), Some(9));
    }

    /// What the process has found out: what it told.
    pub fn told(mut self) -> String {
        let mut text = String::new();
        self.says.read_to_string(&mut text).unwrap();
        assert!(self.running.wait().unwrap().success(), "{text}");
        let told = text.lines().find_map(|line| line.strip_prefix("told: "));
        told.unwrap_or_else(|| panic!("it told nothing: {text}")).to_owned()
    }
}

/// Says what was found out.
pub fn tell(told: impl fmt::Display) {
    eprintln!("told: {told}");
}

/// Says that this process is at a point, and stays there until it is killed.
pub fn stay(point: &str) {
    eprintln!("{}", mark(point));
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
    panic!("nobody killed this process");
}

fn mark(point: &str) -> String {
    format!("stays {point}")
}

/// Starts this program again, to play a role in a case against a simulator, with a token of that and a file for the resume token.
pub fn play(role: &str, case: usize, simulator: &Simulator, token: String, token_file: PathBuf) -> Child {
    let variables = [
        ("KILL_ROLE", role.into()),
        ("KILL_CASE", case.to_string().into()),
        ("KILL_URL", simulator.url().into()),
        ("KILL_TOKEN", token.into()),
        ("KILL_TOKEN_FILE", token_file.into()),
    ];
    Child::start("does_as_told", variables)
}

/// The role and the case that this process was started with, if it was.
pub fn role() -> Option<(String, usize)> {
    let role = env::var("KILL_ROLE").ok()?;
    Some((role, env::var("KILL_CASE").unwrap().parse().unwrap()))
}

/// The client of a process with a role.
pub fn client(contract: Contract) -> Client {
    Client::builder()
        .base_url(env::var("KILL_URL").unwrap())
        .token(env::var("KILL_TOKEN").unwrap())
        .no_proxy()
        .contract(contract)
        .build()
        .unwrap()
}
