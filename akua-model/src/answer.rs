//! What a response means: the resource asked for, a definite refusal, or nothing certain.
//!
//! Decisions go by the HTTP status. A body is believed only where it can be read; whatever else arrives
//! (HTML, nothing, half an answer, another resource) becomes a useful [`Failed`], never a panic.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

use crate::decode::{decode, identity, malformed, text_at, with_text};
use crate::error::Error;
use crate::etag::Etag;
use crate::http::Response;
use crate::kind::ResourceKind;
use crate::page::Page;
use crate::page_query::PageQuery;
use crate::printable::Printable;
use crate::raw::Json;
use crate::redact;
use crate::resource::{Declared, Listed, Readable};
use crate::secret::Secret;
use crate::server_error::{RetryAfter, ServerError, cut, words_of};

/// What a response to a call about one resource means.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer<R> {
    /// 200 with the resource that was asked for.
    Resource(R),
    /// 200 with the id that was asked for and an etag, but something else in it can't be read. A write that
    /// is answered so has taken effect, if the etag is another one than the one that guarded it.
    Partial(Partial),
    /// Anything else.
    Failed(Box<Failed>),
}

/// A 200 that names the right resource and its etag, and has something else that can't be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partial {
    /// The etag of the version that the answer shows.
    pub etag: Etag,
    /// Which field can't be read, and why.
    pub error: Error,
    /// The server's id for the request.
    pub request_id: Option<String>,
    /// The values of the resource's writable fields, in their order, as far as they can be read.
    pub(crate) values: Vec<Option<String>>,
}

/// An answer that is not the one asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failed {
    /// The HTTP status.
    pub status: u16,
    /// What the server said went wrong; empty where its body could not be read.
    pub errors: Vec<ServerError>,
    /// The resource's current etag, where a 409 or 412 names it.
    pub current_etag: Option<Etag>,
    /// The server's id for the request.
    pub request_id: Option<String>,
    /// How long the server asks to be left alone.
    pub retry_after: Option<RetryAfter>,
    /// How long that was when the answer arrived. Reading an answer knows no time: whoever does fills it in.
    pub wait: Option<Duration>,
    /// Where a redirect pointed. It is never followed.
    pub location: Option<String>,
    /// Why a 200 is not the answer asked for.
    pub unreadable: Option<Error>,
    /// Whether the body has a form in which the service itself reports errors: a list `errors`, or an object `error`, with a
    /// `code`. What stands in front of a service, such as an ingress without a route to it, answers in other forms, and a 404 of
    /// that does not say that anything is gone.
    pub from_service: bool,
}

impl Partial {
    /// Hides `secret` where the server has repeated it or a piece of it; see [`ServerError::redact`].
    pub fn redact(&mut self, secret: &str) {
        hide(&mut self.request_id, secret);
    }
}

impl Failed {
    /// Whether the server has definitely refused this request, so that this request changed nothing.
    ///
    /// True for 400 401 403 404 405 409 412 413 415 422 428 429 431. Everything else (a redirect, 408, 5xx,
    /// a 2xx that is not the resource asked for) may come from something on the way and proves nothing.
    #[must_use]
    pub fn is_definite(&self) -> bool {
        matches!(
            self.status,
            400 | 401 | 403 | 404 | 405 | 409 | 412 | 413 | 415 | 422 | 428 | 429 | 431
        )
    }

    /// Hides `secret` wherever the server has repeated it or a piece of it; see [`ServerError::redact`]. An etag
    /// with a piece of it is left out.
    pub fn redact(&mut self, secret: &str) {
        self.errors.iter_mut().for_each(|error| error.redact(secret));
        hide(&mut self.location, secret);
        hide(&mut self.request_id, secret);
        if self
            .current_etag
            .as_ref()
            .is_some_and(|etag| redact::without(etag.as_str(), secret).is_some())
        {
            self.current_etag = None;
        }
    }

    /// What a response is that is not the answer asked for, and why a success is not.
    pub(crate) fn of(response: &Response, unreadable: Option<Error>) -> Box<Self> {
        Self::boxed(response, unreadable)
    }

    fn boxed(response: &Response, unreadable: Option<Error>) -> Box<Self> {
        let words = words_of(json_of(response));
        Box::new(Self {
            status: response.status,
            current_etag: words.current_etag.filter(|_| matches!(response.status, 409 | 412)),
            errors: words.errors,
            from_service: words.from_service,
            request_id: response.request_id().map(cut),
            retry_after: response.header("retry-after").and_then(RetryAfter::parse),
            wait: None,
            location: if (300..400).contains(&response.status) {
                response.header("location").map(cut)
            } else {
                None
            },
            unreadable,
        })
    }
}

impl fmt::Display for Failed {
    /// The status and the server's words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HTTP {}", self.status)?;
        if let Some(location) = &self.location {
            write!(f, " to {}", Printable(location))?;
        }
        for (index, error) in self.errors.iter().enumerate() {
            write!(f, "{} {error}", if index == 0 { ":" } else { ";" })?;
        }
        if let Some(error) = &self.unreadable {
            write!(f, ", {error}")?;
        }
        Ok(())
    }
}

/// The server's id for the request, made safe to print and with every piece of the secrets hidden.
#[must_use]
pub fn request_id(response: &Response, secrets: &[&str]) -> Option<String> {
    let mut id = response.request_id().map(cut);
    secrets.iter().for_each(|secret| hide(&mut id, secret));
    id.map(|id| Printable(&id).to_string())
}

fn hide(text: &mut Option<String>, secret: &str) {
    if text
        .as_ref()
        .is_some_and(|text| redact::without(text, secret).is_some())
    {
        *text = Some(redact::HIDDEN.to_owned());
    }
}

/// Reads the response to a call about the resource `id`.
///
/// ```
/// use akua_model::{answer::{self, Answer}, http::Response, Cluster};
/// let response = Response { status: 404, ..Response::default() };
/// let Answer::Failed(failed) = answer::of_resource::<Cluster>(&"clu_1".parse()?, &response) else { panic!() };
/// assert!(failed.is_definite());
/// # Ok::<(), akua_model::Error>(())
/// ```
#[must_use]
pub fn of_resource<R: Readable>(id: &R::Id, response: &Response) -> Answer<R> {
    if response.status != 200 {
        return Answer::Failed(Failed::boxed(response, None));
    }
    let mut body = Cow::Borrowed(json_of(response));
    if !R::ANSWERS_SHOW_ID {
        body = with_text(body, R::ID, id.as_ref());
    }
    if let Some((above, _)) = R::BELOW.and_then(|_| id.as_ref().split_once('/')) {
        body = with_id_below(body, R::ID, above);
    }
    match R::read(&body) {
        Ok(resource) if resource.id() == id => Answer::Resource(resource),
        Ok(_) => Answer::Failed(Failed::boxed(response, Some(another(R::KIND)))),
        Err(error) => in_part(R::KIND, id.as_ref(), &body, response, without_id::<R>(&body, error))
            .map_or_else(|failed| Answer::Failed(failed), Answer::Partial),
    }
}

/// What a 200 says that can't be read in full: which resource it shows, and its etag.
fn in_part(
    kind: ResourceKind,
    id: &str,
    body: &[u8],
    response: &Response,
    error: Error,
) -> Result<Partial, Box<Failed>> {
    let fields = kind.fields().iter();
    let values: Vec<_> = fields
        .map(|field| text_at(body, field.name).filter(|_| !field.is_write_only()))
        .collect();
    match identity(body, kind.id_property()) {
        Some((found, _)) if found != id => Err(Failed::boxed(response, Some(another(kind)))),
        // Where no answer names it, one that shows none of its fields may be anything.
        Some((_, etag)) if kind.answers_show_id() || values.iter().any(Option::is_some) => Ok(Partial {
            etag,
            error,
            request_id: response.request_id().map(cut),
            values,
        }),
        _ => Err(Failed::boxed(response, Some(error))),
    }
}

/// Reads the response to a call for one page of a list. Of a kind that stands [below](crate::Declared::BELOW) another, what each
/// item stands below is what `query` has asked for, as no answer says it.
///
/// # Errors
///
/// [`Failed`] if it is not a page of that list. One item that can't be read fails the page: a list with an
/// item silently left out would be untrue.
pub fn of_page<R: Listed>(query: &PageQuery, response: &Response) -> Result<Page<R>, Box<Failed>> {
    if response.status != 200 {
        return Err(Failed::boxed(response, None));
    }
    let body = json_of(response);
    let above = R::BELOW.map(|below| query.given(below).unwrap_or_default());
    if above.is_none()
        && let Some(page) = R::read_usual_page(body)
    {
        return Ok(page);
    }
    let read = || {
        let page: Page<Json> = decode(body)?;
        let items = page.data.iter().enumerate().map(|(index, item)| {
            let mut body = Cow::Borrowed(item.as_str().as_bytes());
            if let Some(above) = above {
                body = with_id_below(body, R::ID, above);
            }
            R::read(&body).map_err(|error| without_id::<R>(&body, error).inside(&format!("data[{index}]")))
        });
        Ok(Page {
            data: items.collect::<Result<_, Error>>()?,
            has_more: page.has_more,
            next_cursor: page.next_cursor,
        })
    };
    read().map_err(|error| Failed::boxed(response, Some(error)))
}

/// Why an object can't be read: of what stands below something the id that it should have shown, not the whole one, is missing.
pub(crate) fn without_id<R: Declared>(body: &[u8], error: Error) -> Error {
    match R::BELOW {
        Some(_) if text_at(body, "id").is_none() => Error::decode("id", "is missing, or is no text"),
        _ => error,
    }
}

/// The object with its whole id under `name`: that of what it stands below, and the one that it shows.
pub(crate) fn with_id_below<'a>(body: Cow<'a, [u8]>, name: &str, above: &str) -> Cow<'a, [u8]> {
    match text_at(&body, "id") {
        Some(own) => with_text(body, name, &format!("{above}/{own}")),
        None => body,
    }
}

/// Reads the response to a call for the kubeconfig of a cluster.
///
/// # Errors
///
/// [`Failed`] if it is anything else; nothing of a kubeconfig is in it.
pub fn of_kubeconfig(response: &Response) -> Result<Secret, Box<Failed>> {
    #[derive(Deserialize)]
    struct Shown {
        #[serde(deserialize_with = "wiped")]
        kubeconfig: Zeroizing<String>,
    }
    fn wiped<'de, D: Deserializer<'de>>(from: D) -> Result<Zeroizing<String>, D::Error> {
        String::deserialize(from).map(Zeroizing::new)
    }
    if response.status != 200 {
        return Err(Failed::boxed(response, None));
    }
    // Neither what is wrong with it nor where may show what stands there.
    match serde_json::from_slice::<Shown>(json_of(response)) {
        Ok(shown) if !shown.kubeconfig.is_empty() => Ok(Secret::from(shown.kubeconfig)),
        Ok(_) => Err(Failed::boxed(response, Some(Error::decode("kubeconfig", "is empty")))),
        Err(_) => {
            let error = Error::decode("kubeconfig", "is missing, or is no text");
            Err(Failed::boxed(response, Some(error)))
        }
    }
}

/// What a 2xx to any request says.
///
/// `Debug` shows the status and the length of the body, not its text: it may hold a secret.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AnyAnswer {
    /// The HTTP status, 200 to 299.
    pub status: u16,
    /// The body, exactly as it was written; nothing if it was empty, as that of a 204.
    pub json: Option<Json>,
    /// The `etag` header, verbatim. Most answers of the service have none: there the etag is a property of the body.
    pub etag: Option<Etag>,
    /// The server's id for the request.
    pub request_id: Option<String>,
}

impl fmt::Debug for AnyAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyAnswer")
            .field("status", &self.status)
            .field("body_bytes", &self.json.as_ref().map_or(0, |json| json.as_str().len()))
            .finish_non_exhaustive()
    }
}

/// Reads the response to any request: a 2xx with JSON, or with nothing.
///
/// # Errors
///
/// [`Failed`] if it is anything else; of a 2xx that is not JSON nothing is in it but that.
pub fn of_any(response: &Response) -> Result<AnyAnswer, Box<Failed>> {
    if !(200..300).contains(&response.status) {
        return Err(Failed::boxed(response, None));
    }
    let json = match json_of(response) {
        [] => None,
        body => match std::str::from_utf8(body).ok().and_then(|text| text.parse().ok()) {
            Some(json) => Some(json),
            None => {
                let mut failed = Failed::boxed(
                    response,
                    Some(Error::decode("body", malformed(body).unwrap_or("is not Unicode"))),
                );
                // What looks like words in it may be anything.
                failed.errors.clear();
                return Err(failed);
            }
        },
    };
    Ok(AnyAnswer {
        status: response.status,
        json,
        etag: response.header("etag").map(Etag::from),
        request_id: request_id(response, &[]),
    })
}

/// The body of an answer without the mark that some servers put before JSON, though they must not: a reader may pass over
/// it (RFC 8259, 8.1).
pub(crate) fn json_of(response: &Response) -> &[u8] {
    response.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&response.body)
}

fn another(kind: ResourceKind) -> Error {
    let id = kind.id_property();
    let noun = id.strip_suffix("_id").unwrap_or(kind.noun());
    Error::decode(id, format!("is that of another {noun} than the one asked for"))
}
