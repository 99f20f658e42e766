//! A transport that answers from a script: for tests of everything above the wire.
//!
//! It opens no socket. It records what it was asked to send, without the token.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use akua_model::http::{Method, Response};

use super::{Call, Failure, FailureKind, Transport};

/// Plays a queue of steps, one for each request, and records the requests.
///
/// ```
/// use akua_http::transport::scripted::ScriptedTransport;
/// use akua_http::transport::{Call, FailureKind, Sent, Transport};
/// use akua_http::deadline::Deadline;
/// use akua_model::{request, Cluster};
/// use std::time::Duration;
///
/// let transport = ScriptedTransport::new();
/// transport.answer(404, "{}");
/// transport.fail(Sent::Unknown, FailureKind::ConnectionLost);
///
/// let request = request::read::<Cluster>(&"clu_1".parse()?, None);
/// let call = Call::new(&request, Deadline::after(Duration::from_secs(1))).with_token("secret");
/// assert_eq!(transport.send(&call).unwrap().status, 404);
/// assert_eq!(transport.send(&call).unwrap_err().sent(), Sent::Unknown);
/// assert_eq!(transport.send(&call).unwrap_err().kind(), FailureKind::OutOfScript);
///
/// let requests = transport.requests();
/// assert_eq!(requests.len(), 3);
/// assert_eq!(requests[0].path, "/v1/clusters/clu_1");
/// assert!(requests[0].authorized);
/// # Ok::<(), akua_model::Error>(())
/// ```
#[derive(Default)]
pub struct ScriptedTransport {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    steps: VecDeque<Step>,
    requests: Vec<RecordedRequest>,
    hops_may_replay: bool,
}

enum Step {
    Answer(Response),
    Fail(Failure),
    Run(Box<Closure>),
}

type Closure = dyn FnOnce(&RecordedRequest) -> Result<Response, Failure> + Send;

/// A request as it was handed to a [`ScriptedTransport`].
///
/// `Debug` shows names of headers and the length of the body, as the body may hold a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct RecordedRequest {
    /// The verb.
    pub method: Method,
    /// Path and query as they would stand on the wire, without a base URL's own path.
    pub path: String,
    /// The request's own headers in their order, names in lower case: not what a transport adds.
    pub headers: Vec<(String, String)>,
    /// The body, empty if there is none.
    pub body: Vec<u8>,
    /// Whether there was a token. The token itself is not kept.
    pub authorized: bool,
    /// The trace context passed on.
    pub traceparent: Option<String>,
}

impl RecordedRequest {
    /// The value of the header `name` (lower case), if the request has one.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    fn of(call: &Call<'_>) -> Self {
        let request = call.request();
        Self {
            method: request.method(),
            path: request.path().to_owned(),
            headers: request
                .headers()
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone().into_owned()))
                .collect(),
            body: request.body().map(<[u8]>::to_vec).unwrap_or_default(),
            authorized: call.token().is_some(),
            traceparent: call.traceparent().map(str::to_owned),
        }
    }
}

impl fmt::Debug for RecordedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordedRequest")
            .field("method", &self.method.as_str())
            .field("path", &self.path)
            .field(
                "headers",
                &self.headers.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
            )
            .field("body_bytes", &self.body.len())
            .field("authorized", &self.authorized)
            .finish()
    }
}

impl ScriptedTransport {
    /// A transport whose script is still empty.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a step: an answer with `status` and `body`, as `application/json`.
    pub fn answer(&self, status: u16, body: impl Into<Vec<u8>>) {
        let headers = vec![("content-type".into(), "application/json".to_owned())];
        self.respond(Response {
            status,
            headers,
            body: body.into(),
        });
    }

    /// Adds a step: this answer.
    pub fn respond(&self, response: Response) {
        self.state().steps.push_back(Step::Answer(response));
    }

    /// Adds a step: a failure of this kind.
    pub fn fail(&self, sent: super::Sent, kind: FailureKind) {
        self.fail_with(Failure::new(sent, kind, format!("the script says so: {kind:?}")));
    }

    /// Adds a step: this failure.
    pub fn fail_with(&self, failure: Failure) {
        self.state().steps.push_back(Step::Fail(failure));
    }

    /// Adds a step: whatever `step` makes of the request. It runs on the caller's thread and may use this
    /// transport, to add further steps for example.
    pub fn run(&self, step: impl FnOnce(&RecordedRequest) -> Result<Response, Failure> + Send + 'static) {
        self.state().steps.push_back(Step::Run(Box::new(step)));
    }

    /// Sets what [`Transport::hops_may_replay`] says; `false` unless set.
    pub fn set_hops_may_replay(&self, may_replay: bool) {
        self.state().hops_may_replay = may_replay;
    }

    /// Every request so far, oldest first, also those that no step was left for.
    #[must_use]
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.state().requests.clone()
    }

    /// How many steps have not been played.
    #[must_use]
    pub fn steps_left(&self) -> usize {
        self.state().steps.len()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A caller's panic elsewhere leaves nothing half done here.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Transport for ScriptedTransport {
    /// Plays the next step.
    ///
    /// # Errors
    ///
    /// The scripted failure, or [`FailureKind::OutOfScript`] when no step is left; [`FailureKind::Timeout`] and
    /// [`FailureKind::Cancelled`] for a call that is over before it begins, which plays and records nothing.
    fn send(&self, call: &Call<'_>) -> Result<Response, Failure> {
        call.refuse_if_over()?;
        let recorded = RecordedRequest::of(call);
        let (step, number) = {
            let mut state = self.state();
            state.requests.push(recorded.clone());
            (state.steps.pop_front(), state.requests.len())
        };
        match step {
            Some(Step::Answer(response)) => Ok(response),
            Some(Step::Fail(failure)) => Err(failure),
            Some(Step::Run(step)) => step(&recorded),
            None => Err(Failure::not_sent(
                FailureKind::OutOfScript,
                format!(
                    "the script has no step for request {number}, {} {}; add one with `answer`, `fail` or `run`",
                    recorded.method.as_str(),
                    recorded.path
                ),
            )),
        }
    }

    fn hops_may_replay(&self) -> bool {
        self.state().hops_may_replay
    }
}

impl fmt::Debug for ScriptedTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        f.debug_struct("ScriptedTransport")
            .field("steps_left", &state.steps.len())
            .field("requests", &state.requests)
            .finish()
    }
}
