//! A call as plain data: what goes on the wire and what came back.
//!
//! Nothing here sends anything, and nothing here knows the token: a transport adds `authorization`,
//! `host`, `user-agent` and `content-length`, and nothing else.

use std::borrow::Cow;
use std::fmt;

use zeroize::Zeroizing;

/// The verb of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads, changes nothing.
    Get,
    /// Changes the fields that are named in the body.
    Patch,
    /// Starts something.
    Post,
    /// Puts something in the place that is named.
    Put,
    /// Removes something.
    Delete,
}

impl Method {
    /// The verb as it stands on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Patch => "PATCH",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// One request, complete but for its credentials: everything that a resend must repeat to the byte.
///
/// `Debug` shows the names of the headers and the length of the body, never a body: it may hold a
/// kubeconfig.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    pub(crate) method: Method,
    /// Whether it may change something.
    pub(crate) writes: bool,
    /// Whether its answer is a secret.
    pub(crate) secret: bool,
    pub(crate) route: &'static str,
    pub(crate) path: String,
    pub(crate) headers: Vec<(&'static str, Cow<'static, str>)>,
    pub(crate) body: Option<Zeroizing<Vec<u8>>>,
}

impl Request {
    /// The verb.
    #[must_use]
    pub fn method(&self) -> Method {
        self.method
    }

    /// Whether it may change something on the server: everything but a `GET` and `POST /operations/{id}:wait`, which answers as
    /// a `GET` does, later.
    #[must_use]
    pub fn is_write(&self) -> bool {
        self.writes
    }

    /// Whether the body of its answer is a secret, as a kubeconfig is: it must not be logged on the way.
    #[must_use]
    pub fn answers_secret(&self) -> bool {
        self.secret
    }

    /// The path with its parameters left open, such as `/v1/clusters/{id}`: for logs and traces.
    #[must_use]
    pub fn route(&self) -> &'static str {
        self.route
    }

    /// The path and query as they stand on the wire, beginning with `/v1/`: ASCII, percent-encoded.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Header names in lower case with their values, in the order in which they are sent.
    #[must_use]
    pub fn headers(&self) -> &[(&'static str, Cow<'static, str>)] {
        &self.headers
    }

    /// The value of the header `name` (lower case), if this request has one.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.as_ref())
    }

    /// The body: JSON in UTF-8. `None` where the call has none. It may hold a secret.
    #[must_use]
    pub fn body(&self) -> Option<&[u8]> {
        self.body.as_ref().map(|body| body.as_slice())
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method.as_str())
            .field("path", &self.path)
            .field(
                "headers",
                &self.headers.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
            )
            .field("body_bytes", &self.body.as_ref().map(|body| body.len()))
            .finish()
    }
}

/// One answer as it arrived, complete: status, the headers that matter, and the whole body.
///
/// `Debug` shows the length of the body, not its text.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status, 100 to 999.
    pub status: u16,
    /// Header names in lower case with their values. Bytes that are not UTF-8 are replaced by U+FFFD.
    pub headers: Vec<(Cow<'static, str>, String)>,
    /// The body, undecoded.
    pub body: Vec<u8>,
}

impl Response {
    /// The first value of the header `name` (lower case), if the answer has one.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The server's id for this request (`x-request-id`), as its support asks for it.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.header("x-request-id")
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field(
                "headers",
                &self.headers.iter().map(|(name, _)| name.as_ref()).collect::<Vec<_>>(),
            )
            .field("body_bytes", &self.body.len())
            .finish()
    }
}
