//! Answers every client with the same bytes, at as little cost as possible.
//!
//! HTTP/1.1 with keep-alive, one thread for each connection, both families of loopback. It looks at the method, the
//! path and the length of the body and at nothing else: no token, no precondition, no key. Its answers are made once,
//! at the start. Prints its port and then serves until it is killed or its input ends.
//!
//! - `GET /v1/clusters/{id}`: the same cluster of 334 bytes, whatever the id.
//! - `PATCH /v1/clusters/{id}`: what an update to the name `prod-eu-east` makes of it, as long.
//! - `GET /v1/clusters`: a page of 100 such clusters, the last one.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

/// The cluster that every answer to a read shows.
const CLUSTER: &str = concat!(
    r#"{"id":"clu_8f3k2m9q4t7w1x5z6b0c7d2h","html_url":"https://akua.dev/workspaces/ws_2n7p4r9s1v6y3a8d5g0h4j9e/clusters/"#,
    r#"clu_8f3k2m9q4t7w1x5z6b0c7d2h","name":"prod-eu-west","workspace_id":"ws_2n7p4r9s1v6y3a8d5g0h4j9e","state":"active","#,
    r#""provider":"managed_kaas","reconciling":false,"created_at":1767225600,"updated_at":1767229200,"etag":"42"}"#,
);
const _: () = assert!(CLUSTER.len() == 334, "the length is in the report's words");

/// Items of a page.
const PAGE: usize = 100;

/// The longest request head and body that are read.
const ROOM: usize = 64 * 1024;

fn main() -> io::Result<()> {
    let first = TcpListener::bind("127.0.0.1:0")?;
    let port = first.local_addr()?.port();
    let answers = Arc::new(Answers::new());
    // A machine without IPv6 has the one address.
    for listener in [Some(first), TcpListener::bind(("::1", port)).ok()]
        .into_iter()
        .flatten()
    {
        let answers = Arc::clone(&answers);
        thread::spawn(move || accept(&listener, &answers));
    }
    println!("{port}");
    io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

fn accept(listener: &TcpListener, answers: &Arc<Answers>) {
    for stream in listener.incoming().flatten() {
        let answers = Arc::clone(answers);
        let serving = thread::Builder::new().stack_size(128 * 1024);
        // A client that goes away ends its thread; that is no failure.
        let started = serving.spawn(move || serve(stream, &answers));
        if let Err(error) = started {
            eprintln!("no thread for a connection: {error}");
        }
    }
}

/// What is answered, made once.
struct Answers {
    cluster: Vec<u8>,
    changed: Vec<u8>,
    page: Vec<u8>,
    not_found: Vec<u8>,
}

impl Answers {
    fn new() -> Self {
        Self {
            cluster: answer("200 OK", CLUSTER),
            changed: answer(
                "200 OK",
                &CLUSTER
                    .replace("prod-eu-west", "prod-eu-east")
                    .replace(r#""etag":"42""#, r#""etag":"43""#),
            ),
            page: answer(
                "200 OK",
                &format!(
                    r#"{{"data":[{}],"has_more":false,"next_cursor":null}}"#,
                    [CLUSTER; PAGE].join(",")
                ),
            ),
            not_found: answer(
                "404 Not Found",
                r#"{"success":false,"errors":[{"code":7002,"message":"Resource not found"}],"result":{}}"#,
            ),
        }
    }
}

fn answer(status: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\ndate: Thu, 01 Jan 2026 00:00:00 GMT\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\nx-request-id: req_5c1d8e3f7a2b\r\n\r\n{body}"
    )
    .into_bytes()
}

/// Serves one connection until its other side closes it.
fn serve(mut stream: TcpStream, answers: &Answers) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = vec![0; ROOM];
    let mut filled = 0;
    loop {
        let request = loop {
            if let Some(request) = Request::parse(&buffer[..filled])? {
                break request;
            }
            let read = stream.read(&mut buffer[filled..])?;
            if read == 0 {
                return Ok(());
            }
            filled += read;
        };
        match request.what {
            What::Cluster => stream.write_all(&answers.cluster)?,
            What::Changed => stream.write_all(&answers.changed)?,
            What::Page => stream.write_all(&answers.page)?,
            What::Unknown => stream.write_all(&answers.not_found)?,
        }
        if request.is_last {
            return Ok(());
        }
        buffer.copy_within(request.length..filled, 0);
        filled -= request.length;
    }
}

/// A complete request at the front of what has arrived.
struct Request {
    length: usize,
    what: What,
    /// The client wants the connection to be closed.
    is_last: bool,
}

enum What {
    Cluster,
    Changed,
    Page,
    Unknown,
}

impl Request {
    fn parse(bytes: &[u8]) -> io::Result<Option<Self>> {
        let Some(head) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
            return match bytes.len() {
                ROOM => Err(io::Error::other("a request head without an end")),
                _ => Ok(None),
            };
        };
        let text = std::str::from_utf8(&bytes[..head]).map_err(io::Error::other)?;
        let mut lines = text.split("\r\n");
        let line = lines.next().unwrap_or_default();
        let (mut body, mut is_last) = (0, false);
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            let value = value.trim();
            if name.eq_ignore_ascii_case("content-length") {
                body = value.parse().map_err(io::Error::other)?;
            } else if name.eq_ignore_ascii_case("transfer-encoding") {
                return Err(io::Error::other("bodies in chunks are not measured here"));
            } else if name.eq_ignore_ascii_case("connection") {
                is_last = value.eq_ignore_ascii_case("close");
            }
        }
        let length = head + 4 + body;
        if length > ROOM {
            return Err(io::Error::other("a request that is too long"));
        }
        Ok((bytes.len() >= length).then(|| Self {
            length,
            what: What::of(line),
            is_last,
        }))
    }
}

impl What {
    fn of(line: &str) -> Self {
        let mut words = line.split(' ');
        let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let Some(rest) = target.strip_prefix("/v1/clusters") else {
            return Self::Unknown;
        };
        match (method, rest.strip_prefix('/')) {
            ("GET", Some(id)) if !id.is_empty() => Self::Cluster,
            ("PATCH", Some(id)) if !id.is_empty() => Self::Changed,
            ("GET", None) => Self::Page,
            _ => Self::Unknown,
        }
    }
}
