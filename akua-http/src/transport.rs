//! The wire: puts one request on it, at most once, and brings back the whole answer or says how it failed.
//!
//! What this room refuses to do: it never retries, never follows a redirect, never decodes a body, never asks for
//! compression, never reads configuration, and never calls a status an error. A 500 is an answer like any other;
//! whether to try again is decided elsewhere, from what this room can prove: [`Sent::NotSent`] or
//! [`Sent::Unknown`].
//!
//! - [`Transport`] is the trait, [`Call`] what it is given, [`Failure`] how it fails.
//! - [`HttpTransport`] speaks HTTP/1.1 over TCP and TLS; [`TransportConfig`] has its settings.
//! - [`scripted::ScriptedTransport`] answers from a script, for tests without a network.

mod base_url;
mod config;
mod config_error;
mod connect;
mod connection;
mod disguise;
mod failure;
mod flight;
mod framing;
mod headers;
mod http;
mod pem;
mod per_process;
mod proxy;
pub mod scripted;
mod socket;
mod tls;
mod trust;

use std::fmt;
use std::sync::Arc;

use akua_model::http::{Request, Response};

pub use self::base_url::{BaseUrl, BaseUrlError};
pub use self::config::{ClientCertificate, TransportConfig};
pub use self::config_error::ConfigError;
pub use self::failure::{Failure, FailureKind, Sent};
pub use self::http::HttpTransport;
pub(crate) use self::per_process::PerProcess;
pub use self::proxy::ProxyUrl;
use crate::cancel::Cancel;
use crate::deadline::Deadline;
use crate::room::Room;

/// Puts one request on the wire, at most once. Never retries, never follows a redirect.
///
/// An implementation may be called from many threads at a time.
pub trait Transport: Send + Sync {
    /// Sends the request of `call` and waits for the complete answer, whatever its status.
    ///
    /// # Errors
    ///
    /// A [`Failure`] when there is no complete, readable answer. It says whether the request may have taken effect:
    /// [`Sent::NotSent`] only if it is proven that no byte of it was handed to a connection. If at least the head
    /// of an answer arrived, [`Failure::answer`] has it.
    fn send(&self, call: &Call<'_>) -> Result<Response, Failure>;

    /// Whether something between here and the server may send a request a second time by itself, as a proxy may
    /// that understands what passes through it.
    fn hops_may_replay(&self) -> bool {
        false
    }
}

impl<T: Transport + ?Sized> Transport for &T {
    fn send(&self, call: &Call<'_>) -> Result<Response, Failure> {
        (**self).send(call)
    }

    fn hops_may_replay(&self) -> bool {
        (**self).hops_may_replay()
    }
}

impl<T: Transport + ?Sized> Transport for Arc<T> {
    fn send(&self, call: &Call<'_>) -> Result<Response, Failure> {
        (**self).send(call)
    }

    fn hops_may_replay(&self) -> bool {
        (**self).hops_may_replay()
    }
}

impl<T: Transport + ?Sized> Transport for Box<T> {
    fn send(&self, call: &Call<'_>) -> Result<Response, Failure> {
        (**self).send(call)
    }

    fn hops_may_replay(&self) -> bool {
        (**self).hops_may_replay()
    }
}

/// One attempt: the request and what is not part of it, because it may differ between two attempts.
///
/// `Debug` shows whether there is a token, never the token.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    request: &'a Request,
    deadline: Deadline,
    token: Option<&'a str>,
    cancel: Option<&'a Cancel>,
    traceparent: Option<&'a str>,
    room: Option<&'a Room>,
}

impl<'a> Call<'a> {
    /// An attempt at `request` that must have ended by `deadline`, without credentials.
    #[must_use]
    pub fn new(request: &'a Request, deadline: Deadline) -> Self {
        Self {
            request,
            deadline,
            token: None,
            cancel: None,
            traceparent: None,
            room: None,
        }
    }

    /// Sends `token` as `authorization: Bearer <token>`.
    #[must_use]
    pub fn with_token(self, token: &'a str) -> Self {
        Self {
            token: Some(token),
            ..self
        }
    }

    /// Ends the attempt when `cancel` is set.
    #[must_use]
    pub fn with_cancel(self, cancel: &'a Cancel) -> Self {
        Self {
            cancel: Some(cancel),
            ..self
        }
    }

    /// Sends `traceparent` as the header of that name ([W3C Trace Context](https://www.w3.org/TR/trace-context/)).
    #[must_use]
    pub fn with_traceparent(self, traceparent: &'a str) -> Self {
        Self {
            traceparent: Some(traceparent),
            ..self
        }
    }

    /// Reads the body of the answer into the room that is kept here.
    pub(crate) fn with_room(self, room: &'a Room) -> Self {
        Self {
            room: Some(room),
            ..self
        }
    }

    /// The request.
    #[must_use]
    pub fn request(&self) -> &'a Request {
        self.request
    }

    /// When the attempt must have ended.
    #[must_use]
    pub fn deadline(&self) -> Deadline {
        self.deadline
    }

    /// The token. A secret: it belongs into the `authorization` header and nowhere else.
    #[must_use]
    pub fn token(&self) -> Option<&'a str> {
        self.token
    }

    /// The handle that ends this attempt early.
    #[must_use]
    pub fn cancel(&self) -> Option<&'a Cancel> {
        self.cancel
    }

    /// The trace context to pass on.
    #[must_use]
    pub fn traceparent(&self) -> Option<&'a str> {
        self.traceparent
    }

    /// Refuses to begin a call that is already over.
    fn refuse_if_over(&self) -> Result<(), Failure> {
        if self.cancel.is_some_and(Cancel::is_cancelled) {
            return Err(Failure::not_sent(
                FailureKind::Cancelled,
                "the call was cancelled before it began",
            ));
        }
        if self.deadline.has_passed() {
            return Err(Failure::not_sent(
                FailureKind::Timeout,
                "the call's deadline had passed before it began",
            ));
        }
        Ok(())
    }
}

impl fmt::Debug for Call<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("request", self.request)
            .field("deadline", &self.deadline)
            .field("token", &self.token.map(|_| "redacted"))
            .field("cancel", &self.cancel)
            .field("traceparent", &self.traceparent)
            .finish()
    }
}
