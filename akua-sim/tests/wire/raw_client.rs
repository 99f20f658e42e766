//! A client made of a bare socket.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use akua_sim::Simulator;
use serde_json::Value;

/// How a connection ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Fin,
    Reset,
}

/// One connection. Nothing is waited for longer than ten seconds.
pub(crate) struct RawClient {
    pub(crate) stream: TcpStream,
    token: String,
}

impl RawClient {
    pub(crate) fn dial(simulator: &Simulator) -> Self {
        Self::to(simulator.address(), simulator.token())
    }

    pub(crate) fn to(address: SocketAddr, token: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            token: token.to_owned(),
        }
    }

    /// A request as text, with the token.
    pub(crate) fn request(&self, method: &str, target: &str, headers: &str, body: &str) -> String {
        let length = body.len();
        let token = &self.token;
        format!(
            "{method} {target} HTTP/1.1\r\nhost: akua\r\nauthorization: Bearer {token}\r\n{headers}content-length: {length}\r\n\r\n{body}"
        )
    }

    pub(crate) fn write(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).unwrap();
    }

    pub(crate) fn send(&mut self, method: &str, target: &str, headers: &str, body: &str) {
        let request = self.request(method, target, headers, body);
        self.write(&request);
    }

    /// Renames `clu_1` under its first etag.
    pub(crate) fn rename(&mut self) {
        self.send("PATCH", "/v1/clusters/clu_1", "if-match: 42\r\n", r#"{"name":"n"}"#);
    }

    /// Everything up to the connection's end.
    pub(crate) fn rest(&mut self) -> (String, Ending) {
        let mut bytes = Vec::new();
        let mut buffer = [0; 4096];
        loop {
            match self.stream.read(&mut buffer) {
                Ok(0) => return (String::from_utf8(bytes).unwrap(), Ending::Fin),
                Ok(count) => bytes.extend_from_slice(&buffer[..count]),
                // A child of another test ended.
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::ConnectionReset => {
                    return (String::from_utf8(bytes).unwrap(), Ending::Reset);
                }
                Err(error) => panic!("{error}, after {:?}", String::from_utf8_lossy(&bytes)),
            }
        }
    }

    /// One whole answer: its status, its head and its body.
    pub(crate) fn answer(&mut self) -> (u16, String, String) {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            self.stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).unwrap();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .unwrap_or("0");
        let mut body = vec![0; length.parse().unwrap()];
        self.stream.read_exact(&mut body).unwrap();
        (head[9..12].parse().unwrap(), head, String::from_utf8(body).unwrap())
    }

    /// One call, answered: its status and its body as JSON.
    pub(crate) fn call(&mut self, method: &str, target: &str, headers: &str, body: &str) -> (u16, Value) {
        self.send(method, target, headers, body);
        let (status, _, body) = self.answer();
        (status, serde_json::from_str(&body).unwrap_or(Value::Null))
    }
}

/// Asks again until it is so; fails after ten seconds.
pub(crate) fn until(what: &str, so: impl Fn() -> bool) {
    let started = Instant::now();
    while !so() {
        assert!(started.elapsed() < Duration::from_secs(10), "never: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}
