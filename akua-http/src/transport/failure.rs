//! How an attempt failed, and what that proves about the request.

use std::error::Error;
use std::fmt;

use akua_model::Printable;
use akua_model::http::Response;

/// What is known about a request whose attempt failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sent {
    /// Proven: no byte of this request was handed to a connection. It did not take effect and never will.
    NotSent,
    /// At least one byte was handed over. The request may have taken effect, or may still do so.
    Unknown,
}

/// What went wrong with an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FailureKind {
    /// The host name has no address, or could not be looked up.
    NameResolution,
    /// No TCP connection could be made.
    Connect,
    /// The proxy opened no way to the server, this time.
    Proxy,
    /// The proxy refuses to open a way to the server (407 and other 4xx): asked again, it would again.
    ProxyRefused,
    /// TLS failed: an untrusted, expired or foreign certificate, no trust store, or no TLS on that port.
    Tls,
    /// The whole call's deadline, the connect timeout or the read timeout passed.
    Timeout,
    /// The caller's cancel handle ended the call.
    Cancelled,
    /// The connection ended before the answer was complete.
    ConnectionLost,
    /// What came is not HTTP/1.1.
    MalformedAnswer,
    /// The head or the body of the answer is larger than allowed.
    AnswerTooLarge,
    /// The body is compressed, though nothing asked for that.
    CompressedAnswer,
    /// The request can't be put on the wire as it is: a header or the path holds what HTTP can't carry.
    InvalidRequest,
    /// This machine could not do its part: no file descriptor or no thread to be had.
    Local,
    /// A scripted transport was asked for more than its script has.
    OutOfScript,
}

/// An attempt without a complete, readable answer.
///
/// `Display` says what happened, what to do about it where that is known, and whether the request may have taken
/// effect. It never holds a token or a body.
#[derive(Clone)]
pub struct Failure(Box<Details>);

#[derive(Clone)]
struct Details {
    sent: Sent,
    kind: FailureKind,
    message: String,
    answer: Option<Response>,
}

impl Failure {
    /// A failure of `kind`. `message` is one sentence without a full stop, and without secrets.
    #[must_use]
    pub fn new(sent: Sent, kind: FailureKind, message: impl Into<String>) -> Self {
        Self(Box::new(Details {
            sent,
            kind,
            message: message.into(),
            answer: None,
        }))
    }

    /// A failure before the first byte of the request.
    #[must_use]
    pub fn not_sent(kind: FailureKind, message: impl Into<String>) -> Self {
        Self::new(Sent::NotSent, kind, message)
    }

    /// A failure after at least one byte of the request.
    #[must_use]
    pub fn unknown(kind: FailureKind, message: impl Into<String>) -> Self {
        Self::new(Sent::Unknown, kind, message)
    }

    /// Adds the answer whose head had arrived, with as much of its body as is worth keeping.
    #[must_use]
    pub fn with_answer(mut self, answer: Response) -> Self {
        self.0.answer = Some(answer);
        self
    }

    /// Whether the request may have taken effect, as far as bytes can tell.
    #[must_use]
    pub fn sent(&self) -> Sent {
        self.0.sent
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> FailureKind {
        self.0.kind
    }

    /// What happened and what to do about it, without [`sent`](Self::sent).
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The answer whose head arrived complete although the rest did not, or could not be read.
    ///
    /// Its status decides what its body can't: a 409 whose body was lost is still a 409. The body holds what had
    /// arrived, and is empty if it was too large or compressed.
    #[must_use]
    pub fn answer(&self) -> Option<&Response> {
        self.0.answer.as_ref()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Printable(&self.0.message).fmt(f)?;
        if let Some(answer) = &self.0.answer {
            write!(f, ", after the head of an answer with status {}", answer.status)?;
        }
        f.write_str(match self.0.sent {
            Sent::NotSent => " (nothing was sent)",
            Sent::Unknown => " (the server may have received the request)",
        })
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Failure")
            .field("sent", &self.0.sent)
            .field("kind", &self.0.kind)
            .field("message", &self.0.message)
            .field("answer", &self.0.answer)
            .finish()
    }
}

impl Error for Failure {}
