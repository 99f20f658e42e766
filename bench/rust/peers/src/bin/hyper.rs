//! `hyper` on a current-thread runtime: one connection a thread, held by hand. No pool, no timeout, no reconnecting.

use std::hint::black_box;

use akua_bench_driver::{Calls, Failure, Plan, Workload, run};
use akua_bench_peers::{Cluster, Page, Patch};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use serde::de::DeserializeOwned;
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};

fn main() -> Result<(), Failure> {
    let plan = Plan::from_arguments()?;
    let workload = Workload::from_environment()?;
    run(&plan, || calls(&plan.operation, &workload))
}

fn calls<'a>(operation: &str, workload: &'a Workload) -> Result<Calls<'a>, Failure> {
    let mut connection = Connection::open(workload)?;
    Ok(match operation {
        "update" => Box::new(move || {
            let body = serde_json::to_vec(&Patch { name: &workload.name })?;
            let request = connection
                .request(Method::PATCH, format!("/v1/clusters/{}", workload.id))
                .header("content-type", "application/json")
                .header("if-match", &workload.if_match)
                .header("idempotency-key", &workload.key)
                .body(Full::from(body))?;
            black_box(connection.call::<Cluster>(request)?);
            Ok(())
        }),
        "get" => Box::new(move || {
            let request = connection
                .request(Method::GET, format!("/v1/clusters/{}", workload.id))
                .body(Full::default())?;
            black_box(connection.call::<Cluster>(request)?);
            Ok(())
        }),
        "page" => Box::new(move || {
            let request = connection
                .request(Method::GET, "/v1/clusters?limit=100".to_owned())
                .body(Full::default())?;
            black_box(connection.call::<Page>(request)?);
            Ok(())
        }),
        other => return Err(format!("no operation {other}").into()),
    })
}

struct Connection<'a> {
    runtime: Runtime,
    sender: SendRequest<Full<Bytes>>,
    host: &'a str,
    workload: &'a Workload,
}

impl<'a> Connection<'a> {
    fn open(workload: &'a Workload) -> Result<Self, Failure> {
        let host = workload.url.strip_prefix("http://").ok_or("plain HTTP only")?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let sender = runtime.block_on(async {
            let stream = TcpStream::connect(host).await?;
            stream.set_nodelay(true)?;
            let (sender, connection) = handshake(TokioIo::new(stream)).await?;
            tokio::spawn(connection);
            Ok::<_, Failure>(sender)
        })?;
        Ok(Self {
            runtime,
            sender,
            host,
            workload,
        })
    }

    fn request(&self, method: Method, path: String) -> hyper::http::request::Builder {
        Request::builder()
            .method(method)
            .uri(path)
            .header("host", self.host)
            .header("user-agent", "hyper")
            .header("authorization", format!("Bearer {}", self.workload.token))
            .header("akua-context", &self.workload.context)
    }

    fn call<T: DeserializeOwned>(&mut self, request: Request<Full<Bytes>>) -> Result<T, Failure> {
        let sender = &mut self.sender;
        self.runtime.block_on(async move {
            sender.ready().await?;
            let answer = sender.send_request(request).await?;
            if !answer.status().is_success() {
                return Err(format!("HTTP {}", answer.status()).into());
            }
            let body = answer.into_body().collect().await?.to_bytes();
            Ok(serde_json::from_slice(&body)?)
        })
    }
}
