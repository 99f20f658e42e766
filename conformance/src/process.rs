//! A runner as a child process, in any language: it is given one line for a case and answers with one line.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

/// How long one case may take: no case has a call that lasts nearly as long.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A runner that was started.
pub struct Process {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
    patience: Duration,
}

impl Process {
    /// Starts `command` with its arguments, which has to answer within `patience` each time. What it writes to its
    /// standard error is shown as it is.
    ///
    /// # Errors
    ///
    /// If it can't be started.
    pub fn start(command: &[String], patience: Duration) -> Result<Self, String> {
        let (program, arguments) = command.split_first().ok_or("there is no command to run")?;
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{program} does not start: {error}"))?;
        let (sender, lines) = channel();
        if let Some(output) = child.stdout.take() {
            std::thread::spawn(move || {
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    if sender.send(line).is_err() {
                        return;
                    }
                }
            });
        }
        Ok(Self {
            input: child.stdin.take(),
            child,
            lines,
            patience,
        })
    }

    /// Hands over a line and waits for the one that answers it.
    ///
    /// # Errors
    ///
    /// If the runner has ended, or does not answer in time and is stopped for that.
    pub fn ask(&mut self, line: &str) -> Result<String, String> {
        if let Ok(early) = self.lines.try_recv() {
            return Err(format!("the runner wrote a line too many: {early}"));
        }
        let written = self
            .input
            .as_mut()
            .map(|input| writeln!(input, "{line}").and_then(|()| input.flush()));
        if !matches!(written, Some(Ok(()))) {
            return Err(format!("the runner has ended{}", self.how()));
        }
        match self.lines.recv_timeout(self.patience) {
            Ok(line) => Ok(line),
            Err(RecvTimeoutError::Disconnected) => Err(format!("the runner has ended{}", self.how())),
            Err(RecvTimeoutError::Timeout) => {
                let _ = self.child.kill();
                Err(format!(
                    "the runner gave no line within {} s and was stopped",
                    self.patience.as_secs()
                ))
            }
        }
    }

    /// Ends its input and waits for it.
    ///
    /// # Errors
    ///
    /// If it fails, or has more to say.
    pub fn finish(mut self) -> Result<(), String> {
        drop(self.input.take());
        match self.lines.recv_timeout(self.patience) {
            Ok(line) => return Err(format!("the runner wrote a line too many: {line}")),
            Err(RecvTimeoutError::Timeout) => {
                let _ = self.child.kill();
                return Err("the runner does not end when its input does".to_owned());
            }
            Err(RecvTimeoutError::Disconnected) => {}
        }
        match self.child.wait() {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!("the runner failed at its end: {status}")),
            Err(error) => Err(format!("the runner can't be waited for: {error}")),
        }
    }

    fn how(&mut self) -> String {
        match self.child.wait() {
            Ok(status) => format!(": {status}"),
            Err(_) => String::new(),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
