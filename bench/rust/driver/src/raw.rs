//! The floor: writes prebuilt bytes and reads as many bytes as the first answer had. Nothing is built, nothing is
//! looked at, nothing is checked.

use std::io::{Read, Write};
use std::net::TcpStream;

use akua_bench_driver::{Calls, Failure, Plan, Workload, run};

fn main() -> Result<(), Failure> {
    let plan = Plan::from_arguments()?;
    let workload = Workload::from_environment()?;
    let host = workload.url.strip_prefix("http://").ok_or("plain HTTP only")?;
    let Workload {
        token,
        id,
        if_match,
        context,
        key,
        name,
        ..
    } = &workload;
    let common =
        format!("host: {host}\r\nuser-agent: raw\r\nauthorization: Bearer {token}\r\nakua-context: {context}\r\n");
    let request = match plan.operation.as_str() {
        "update" => {
            let body = format!(r#"{{"name":"{name}"}}"#);
            let length = body.len();
            format!(
                "PATCH /v1/clusters/{id} HTTP/1.1\r\n{common}content-type: application/json\r\nif-match: {if_match}\r\n\
                 idempotency-key: {key}\r\ncontent-length: {length}\r\n\r\n{body}"
            )
        }
        "get" => format!("GET /v1/clusters/{id} HTTP/1.1\r\n{common}\r\n"),
        "page" => format!("GET /v1/clusters?limit=100 HTTP/1.1\r\n{common}\r\n"),
        other => return Err(format!("no operation {other}").into()),
    };
    let mut stream = TcpStream::connect(host)?;
    stream.set_nodelay(true)?;
    let mut buffer = vec![0; 64 * 1024];
    let mut expected = None;
    let call: Calls<'_> = Box::new(move || {
        stream.write_all(request.as_bytes())?;
        let mut filled = 0;
        loop {
            let read = stream.read(&mut buffer[filled..])?;
            filled += read;
            if read == 0 {
                return Err("the server has closed the connection".into());
            }
            let length = match expected {
                Some(length) => length,
                None => *expected.insert(length_of(&buffer[..filled])?),
            };
            if filled >= length {
                return Ok(());
            }
        }
    });
    run(&plan, call)
}

/// How long the answer is that begins with `bytes`: looked up once.
fn length_of(bytes: &[u8]) -> Result<usize, Failure> {
    let text = std::str::from_utf8(bytes)?;
    let (head, _) = text.split_once("\r\n\r\n").ok_or("no whole head at once")?;
    let mut lines = head.lines();
    let body = lines
        .find_map(|line| line.strip_prefix("content-length: "))
        .ok_or("no content-length")?;
    Ok(head.len() + 4 + body.parse::<usize>()?)
}
