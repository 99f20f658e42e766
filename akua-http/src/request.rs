//! The way out for calls that nothing here describes: one request to any path, with its effect told as of an update.

use std::fmt;
use std::time::Duration;

use akua_model::answer::{self, AnyAnswer};
use akua_model::{AnyRequest, IdempotencyKey, IfMatch, Traceparent, WorkspaceContext};
use serde::Serialize;

use crate::cancel::Cancel;
use crate::client::Client;
use crate::collection::span;
use crate::deadline::Deadline;
use crate::error::Error;
use crate::exchange::Exchange;

/// One request to any path, with the options of its call: see [`Client::request`].
///
/// ```
/// use std::time::Duration;
/// use akua_http::RequestCall;
///
/// let call = RequestCall::new("PATCH", "/clusters/clu_1/compute_settings")?
///     .if_match(&"42".parse()?)
///     .json(&serde_json::json!({"max_machines": 3}))?
///     .timeout(Duration::from_secs(5));
/// assert!(RequestCall::new("GET", "/v1/clusters?limit=1").is_err());
/// # Ok::<(), akua_http::Error>(())
/// ```
///
/// `Debug` shows the length of the body, not its text.
#[derive(Clone)]
#[must_use = "it does nothing until a client is given it"]
pub struct RequestCall {
    request: AnyRequest,
    timeout: Option<Duration>,
    context: Option<WorkspaceContext>,
    cancel: Option<Cancel>,
    traceparent: Option<Traceparent>,
}

impl RequestCall {
    /// `method` is GET, POST, PUT, PATCH or DELETE. `path` is written as the API's documentation writes it, such as
    /// `/clusters/clu_1:suspend`: it begins with `/`, `/v1` and the base URL are put before it, and it is sent as it is, so what
    /// a URL can't hold has to be percent-encoded in it. Errors show the path and the query: they are no place for a secret.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) naming `method` or `path`. Refused is also a path that something on the
    /// way could take for another one: with an empty segment, with `.` or `..` as one, or with a control character, all of them
    /// also percent-encoded. Nothing was sent.
    pub fn new(method: &str, path: &str) -> Result<Self, Error> {
        Ok(Self {
            request: AnyRequest::new(method, path)?,
            timeout: None,
            context: None,
            cancel: None,
            traceparent: None,
        })
    }

    /// Whether it may change something: everything but a GET.
    #[must_use]
    pub fn is_write(&self) -> bool {
        self.request.is_write()
    }

    /// Adds a parameter to the query. Name and value are percent-encoded here; one name may be given several times.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) naming `query`, if the name is empty, or path and query together have
    /// more than 8,000 bytes. Nothing was sent.
    pub fn query(mut self, name: &str, value: &str) -> Result<Self, Error> {
        self.request = self.request.query(name, value)?;
        Ok(self)
    }

    /// Sends `body` as JSON: a [`Json`](akua_model::Json), or whatever can be written as it. It may hold a secret: no error, no
    /// `Debug` and no trace shows it, and this copy of it is wiped from memory on drop. Where a server repeats them, texts and
    /// numbers of four characters and more are hidden; names of properties are not, so no secret belongs there.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) naming `body`, if it is for a GET, can't be written as JSON, or has more
    /// than 64 MiB. Nothing was sent.
    pub fn json(mut self, body: &impl Serialize) -> Result<Self, Error> {
        self.request = self.request.json(body)?;
        Ok(self)
    }

    /// Sends `if-match`: the service is to do it only if the resource still has this etag. Whether it looks at it is up to the
    /// endpoint.
    pub fn if_match(mut self, etag: &IfMatch) -> Self {
        self.request = self.request.if_match(etag);
        self
    }

    /// Sends `idempotency-key`. Whether the endpoint takes one, and what it then promises, is up to the endpoint: nothing is
    /// repeated because of it.
    pub fn idempotency_key(mut self, key: &IdempotencyKey) -> Self {
        self.request = self.request.idempotency_key(key);
        self
    }

    /// The time that the call may take as a whole. Without it the client's.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// The workspace that the call is about, in place of the client's.
    pub fn context(mut self, context: &WorkspaceContext) -> Self {
        self.context = Some(context.clone());
        self
    }

    /// A handle that ends the call from another thread.
    pub fn cancel(mut self, cancel: &Cancel) -> Self {
        self.cancel = Some(cancel.clone());
        self
    }

    /// Where the call stands in the caller's own trace: sent as `traceparent`.
    pub fn traceparent(mut self, position: &Traceparent) -> Self {
        self.traceparent = Some(position.clone());
        self
    }
}

impl fmt::Debug for RequestCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestCall")
            .field("request", &self.request)
            .field("timeout", &self.timeout)
            .field("context", &self.context)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Sends one request to any path and gives what the service answers: for the calls that nothing here describes yet. Where
    /// there is a call of its own, that one knows more.
    ///
    /// It has the client's token, context, limits and deadline, and is cancelled, traced and kept free of secrets as every other
    /// call. It is sent once. As an [`update`](crate::Collection::update) it is sent a second time, byte for byte, only if the
    /// server has refused it with 401 and the client's callback has another token. No redirect is followed.
    ///
    /// # What it does not know
    ///
    /// - What the request means: no field, etag or answer is checked or compared, and what a 2xx says is taken as it is.
    /// - Whether a repeat would be safe: nothing is tried again, neither a read nor with an idempotency key.
    /// - What became of a lost answer: nothing is settled, and the error has no resume token. It says by
    ///   [`Error::may_have_taken_effect`] that the request may have taken effect; look before it is sent again.
    /// - That a 202 goes on: if the body is an operation, [`wait`](crate::Collection::wait) waits for it by its id.
    ///
    /// ```
    /// # use akua_http::transport::scripted::ScriptedTransport;
    /// # let wire = ScriptedTransport::new();
    /// # wire.answer(201, r#"{"id":"off_1","price":18446744073709551616}"#);
    /// # let client = akua_http::Client::builder().token("t").transport(wire).build()?;
    /// use akua_http::RequestCall;
    ///
    /// let call = RequestCall::new("POST", "/offers")?.json(&serde_json::json!({"name": "spot"}))?;
    /// let answer = client.request(&call)?;
    /// assert_eq!(answer.status, 201);
    /// assert_eq!(answer.json.unwrap().as_str(), r#"{"id":"off_1","price":18446744073709551616}"#);
    /// # Ok::<(), akua_http::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`update`](crate::Collection::update), by the same rules: a status that is a definite refusal, such as 409, says
    /// that this request changed nothing; any other, a lost answer, and a 2xx whose body is neither empty nor JSON say that it
    /// may have taken effect. A GET never takes effect.
    pub fn request(&self, call: &RequestCall) -> Result<AnyAnswer, Error> {
        let inner = self.inner();
        let request = call.request.request(call.context.as_ref().or(inner.context.as_ref()));
        let span = span(&request);
        let _entered = span.enter();
        let secrets = call.request.secrets();
        let deadline = Deadline::after(call.timeout.unwrap_or(inner.timeout));
        Exchange::new(self, &request, "resource", deadline, call.cancel.as_ref())
            .with_traceparent(call.traceparent.as_ref())
            .with_secrets(secrets.iter().map(|secret| secret.as_str()))
            // A read too is sent once: it is not known whether it only reads.
            .write(|response| answer::of_any(response).into())
    }
}
