//! A process that plays a role and is killed (SIGKILL) where it stands: this test's own program, started again.

use std::env;
use std::ffi::OsString;
use std::fmt;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child as Running, ChildStderr, Command, Stdio};

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
