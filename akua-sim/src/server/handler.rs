//! From a request on the socket to the world's verdict, and the verdict's delivery.

use std::net::TcpListener;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, HttpBody as _};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use serde_json::json;

use super::connection::{Connection, FaultyListener};
use super::state::ServerState;
use crate::auth::bearer;
use crate::control;
use crate::delivery::{End, Part};
use crate::fault::Unread;
use crate::refusal::json_answer;
use crate::verdict::{Step, Verdict};
use crate::wire::{Answer, WireRequest};
use crate::world::MAX_BODY;

/// The path of the control endpoint.
const CONTROL: &str = "/control";

/// Serves until it is dropped.
pub(super) async fn serve(listener: TcpListener, hub: Arc<ServerState>) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
        return;
    };
    let door = FaultyListener::new(listener, Arc::clone(&hub));
    let app = Router::new()
        .fallback(handle)
        .with_state(hub)
        .into_make_service_with_connect_info::<Connection>();
    // It ends with the thread only.
    let _ = axum::serve(door, app).await;
}

async fn handle(
    State(hub): State<Arc<ServerState>>,
    ConnectInfo(connection): ConnectInfo<Connection>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let mut wire = WireRequest {
        method: head.method.as_str().to_owned(),
        target: head
            .uri
            .path_and_query()
            .map_or("/", |target| target.as_str())
            .to_owned(),
        headers: head
            .headers
            .iter()
            .map(|(name, value)| {
                (
                    name.as_str().to_owned(),
                    String::from_utf8_lossy(value.as_bytes()).into_owned(),
                )
            })
            .collect(),
        body: Vec::new(),
        connection: connection.number(),
    };
    if wire.path() == CONTROL {
        wire.body = read_whole(body).await.unwrap_or_default();
        connection.answered();
        return response(command(&hub, &wire));
    }
    if hub.with(|world, now| world.resets(now, Unread::Body, &wire)) {
        connection.reset();
        return Response::default();
    }
    let mut arrival = Arrival {
        hub: &hub,
        request: Some(wire),
    };
    let body = read_whole(body).await;
    let (Some(mut wire), Some(body)) = (arrival.take_if(body.is_some()), body) else {
        connection.close();
        return Response::default();
    };
    wire.body = body;
    let step = hub.with(|world, now| world.handle(now, &wire));
    let verdict = match step {
        Step::Done(verdict) => Some(verdict),
        Step::Held { ticket, until_ms } => wait(&hub, ticket, until_ms).await,
    };
    match verdict {
        Some(verdict) => deliver(verdict, &connection).await,
        None => {
            connection.reset();
            Response::default()
        }
    }
}

/// A request whose body is on its way. It is recorded as incomplete if it goes away before it is taken: its
/// connection has ended then.
struct Arrival<'a> {
    hub: &'a ServerState,
    request: Option<WireRequest>,
}

impl Arrival<'_> {
    fn take_if(&mut self, complete: bool) -> Option<WireRequest> {
        if complete { self.request.take() } else { None }
    }
}

impl Drop for Arrival<'_> {
    fn drop(&mut self) {
        if let Some(request) = self.request.take() {
            self.hub.with(|world, now| world.incomplete(now, &request));
        }
    }
}

/// The body to its end, kept up to a byte more than is looked at; `None` if the connection ended before.
async fn read_whole(mut body: Body) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(frame) = std::future::poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        if let Ok(data) = frame.ok()?.into_data() {
            let room = (MAX_BODY + 1).saturating_sub(bytes.len());
            bytes.extend_from_slice(data.get(..room).unwrap_or(&data));
        }
    }
    Some(bytes)
}

/// Somebody who waits for the verdict on a held request, until the client goes away.
struct Waiter<'a> {
    hub: &'a ServerState,
    ticket: u64,
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        self.hub.world().abandon(self.ticket);
    }
}

/// The verdict on a held request; `None` if it was forgotten. The request is decided in its time even if nobody waits
/// here any more.
async fn wait(hub: &ServerState, ticket: u64, until_ms: Option<u64>) -> Option<Verdict> {
    let _waiter = Waiter { hub, ticket };
    loop {
        let changed = hub.changed.notified();
        // Not through `with`, which would wake this very loop.
        let now = hub.now();
        {
            let mut world = hub.world();
            if let Some(verdict) = world.collect(now, ticket) {
                return Some(verdict);
            }
            if !world.is_held(ticket) {
                return None;
            }
        }
        let due = async {
            match until_ms {
                Some(until) => tokio::time::sleep(Duration::from_millis(until.saturating_sub(now))).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = changed => {}
            () = due => {}
        }
    }
}

/// Sends what the verdict says, and nothing else.
async fn deliver(verdict: Verdict, connection: &Connection) -> Response {
    if verdict.delivery.delay_ms > 0 {
        tokio::time::sleep(Duration::from_millis(verdict.delivery.delay_ms)).await;
    }
    if verdict.is_plain() {
        connection.answered();
        return response(verdict.answer);
    }
    if send(&verdict, connection).await.is_err() {
        connection.reset();
        return Response::default();
    }
    match verdict.delivery.end() {
        // The HTTP server does not know that it was answered: the connection can't go on.
        End::Keep | End::Fin => connection.close(),
        End::Reset => connection.reset(),
        // Dropped when the client closes, or with the simulator.
        End::Stall => std::future::pending().await,
    }
    Response::default()
}

async fn send(verdict: &Verdict, connection: &Connection) -> std::io::Result<()> {
    let bytes = verdict.bytes();
    match verdict.delivery.pace {
        None => connection.write_all(&bytes).await?,
        Some(pace) => {
            let portion = usize::try_from(pace.bytes).unwrap_or(usize::MAX).max(1);
            for portion in bytes.chunks(portion) {
                connection.write_all(portion).await?;
                tokio::time::sleep(Duration::from_millis(pace.every_ms)).await;
            }
        }
    }
    if verdict.delivery.send != Part::Endless {
        return Ok(());
    }
    // A body of nothing is no endless body.
    let again: &[u8] = if verdict.answer.body.is_empty() {
        b" "
    } else {
        &verdict.answer.body
    };
    let pause = verdict.delivery.pace.map_or(0, |pace| pace.every_ms);
    loop {
        connection.write_all(again).await?;
        if pause > 0 {
            tokio::time::sleep(Duration::from_millis(pause)).await;
        } else {
            // Others on this thread have their turn.
            tokio::task::yield_now().await;
        }
    }
}

fn response(answer: Answer) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

/// An operation of the control protocol.
fn command(hub: &ServerState, request: &WireRequest) -> Answer {
    let refused = |status, text: &str| json_answer(status, &json!({ "error": text }));
    let authorization = request.header("authorization");
    if authorization.as_deref().and_then(bearer) != Some(hub.control_token.as_str()) {
        return refused(401, "send the control token: `authorization: Bearer control_…`");
    }
    if request.method != "POST" {
        let mut answer = refused(405, "operations are sent with POST");
        answer.set_header("allow", "POST");
        return answer;
    }
    let done = control::parse(&request.body).and_then(|op| hub.with(|world, now| world.control(now, op)));
    match done {
        Ok(answer) => json_answer(200, &answer),
        Err(error) => refused(400, &error.to_string()),
    }
}
