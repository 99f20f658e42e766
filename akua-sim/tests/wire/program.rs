//! The program `akua-sim`, as a program in any language starts it, and the documents' calls as curl writes them.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

struct Program {
    child: Child,
    said: BTreeMap<String, String>,
}

impl Program {
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_akua-sim"))
            .args(arguments)
            .arg("--exit-on-stdin-close")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().take(5);
        let said = lines
            .map(|line| {
                let line = line.unwrap();
                let (name, value) = line.split_once('=').unwrap();
                (name.to_owned(), value.to_owned())
            })
            .collect();
        Self { child, said }
    }

    /// What curl prints for a call with this token: the body and, after it, the status.
    fn curl(&self, token: &str, arguments: &[&str]) -> (String, String) {
        let output = Command::new("curl")
            .args(["-sS", "--max-time", "10", "--noproxy", "*", "-w", "\n%{http_code}"])
            .args(["-H", &format!("Authorization: Bearer {}", self.said[token])])
            .args(arguments)
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(
            output.status.success(),
            "{text}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let (body, status) = text.rsplit_once('\n').unwrap();
        (body.to_owned(), status.to_owned())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_documented_calls_work_as_curl_writes_them() {
    // A cluster that settles by itself moves its etag: between the two calls, on a slow machine.
    let program = Program::start(&[
        "--port",
        "0",
        "--seed",
        "clusters=5",
        "--contract",
        r#"{"reconcile_ms":null}"#,
    ]);
    let cluster = r#"{"name":"prod","region_id":"reg_2","kubeconfig":"apiVersion: v1"}"#;
    let workspace = r#"{"name":"Team","slug":"team"}"#;
    for (path, etag, next, body) in [
        ("clusters/clu_1", "42", "43", cluster),
        ("workspaces/ws_1", "8", "9", workspace),
    ] {
        let url = format!("{}/v1/{path}", program.said["url"]);
        let if_match = format!("if-match: {etag}");
        let call = [
            "-X",
            "PATCH",
            &url,
            "-H",
            "Content-Type: application/json",
            "-H",
            &if_match,
            "-d",
            body,
        ];
        let (answer, status) = program.curl("token", &call);
        assert_eq!(status, "200", "{answer}");
        assert!(
            answer.contains(&format!(r#""etag":"{next}""#)) && !answer.contains("apiVersion"),
            "{answer}"
        );
        let (answer, status) = program.curl("token", &call);
        assert_eq!(status, "409", "{answer}");
        assert!(
            answer.contains(&format!(r#""metadata":{{"current_etag":"{next}"}}"#)),
            "{answer}"
        );
    }
    let url = format!("{}/v1/clusters", program.said["url"]);
    let (answer, status) = program.curl("token", &[&url]);
    assert_eq!((status.as_str(), answer.matches("\"id\"").count()), ("200", 5));
    let (answer, _) = program.curl(
        "control_token",
        &[&program.said["control_url"], "-d", r#"{"op":"log"}"#],
    );
    assert!(answer.contains(r#""version":2"#) && !answer.contains("apiVersion"));
    let (answer, status) = program.curl("broad_token", &[&url, "-H", "akua-context: ws_1"]);
    assert_eq!(status, "200", "{answer}");
}

#[test]
fn the_program_ends_with_its_standard_input() {
    let mut program = Program::start(&[]);
    assert!(program.child.try_wait().unwrap().is_none());
    drop(program.child.stdin.take());
    assert!(program.child.wait().unwrap().success());
}

#[test]
fn a_contract_can_be_given_at_the_start() {
    let program = Program::start(&["--contract", r#"{"missing_if_match":428}"#]);
    let url = format!("{}/v1/workspaces/ws_1", program.said["url"]);
    assert_eq!(program.curl("token", &["-X", "PATCH", &url, "-d", "{}"]).1, "428");
}

#[test]
fn mistakes_end_the_program_with_a_hint() {
    let run = |arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_akua-sim"))
            .args(arguments)
            .output()
            .unwrap()
    };
    let wrong = run(&["--sed", "clusters=5"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8(wrong.stderr).unwrap().contains("--help"));
    let help = run(&["--help"]);
    assert!(help.status.success() && String::from_utf8(help.stdout).unwrap().contains("--seed clusters=N"));
    assert_eq!(run(&["--host", "0.0.0.0"]).status.code(), Some(2));
}
