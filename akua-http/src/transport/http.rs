//! HTTP/1.1 with `ureq`: the one file that knows it, and the only user of its traits without a stability promise.
//!
//! `ureq` writes the head, frames the body, reads the answer and keeps the pool. It opens no connection, looks up no
//! name, reads no environment, follows no redirect, decodes nothing and measures no time here: its neighbours do, or
//! nobody does.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Read};
use std::rc::Rc;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use akua_model::http::{self as model, Response};
use rustls::ClientConfig;
use ureq::config::{AutoHeaderValue, Config};
use ureq::http::Method;
use ureq::http::header::{
    AUTHORIZATION, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, DATE, HOST, HeaderMap, HeaderName, HeaderValue, IF_MATCH,
    USER_AGENT,
};
use ureq::http::uri::{Authority, Parts, PathAndQuery, Scheme, Uri};
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport as wire;
use ureq::{Agent, Body, Error};

use super::base_url::BaseUrl;
use super::config::TransportConfig;
use super::config_error::ConfigError;
use super::connect::Peer;
use super::connection::{Connection, MOST_HEAD, Wire};
use super::disguise::Disguise;
use super::failure::{Failure, FailureKind};
use super::flight::{self, Flight, Limits};
use super::headers::{check_token, foreign_coding, number};
use super::per_process::PerProcess;
use super::proxy::ProxyUrl;
use super::socket::Socket;
use super::tls::{TlsSettings, TlsStream};
use super::{Call, Transport};
use crate::room::{Room, read_all};

/// HTTP/1.1 over TCP and TLS, with a pool of idle connections.
///
/// One is enough for a program: it may be used from many threads at a time. After `fork()` a child opens connections
/// of its own and touches no socket and no lock of its parent's.
///
/// On the wire a request has exactly these headers: `host`, `user-agent`, `authorization` if there is a token, those
/// of the request, `content-length` if there is a body, and `traceparent` if the call has one. Of an answer's headers
/// those are left out which are about its transfer: `connection`, `content-length`, `content-type` and `date`.
pub struct HttpTransport {
    settings: Arc<Settings>,
    own: PerProcess<Own>,
}

/// What each process has of its own.
struct Own {
    agent: Agent,
    /// What the first call has had in place of its token: whenever a header is made, each of its bytes is looked at.
    authorization: OnceLock<HeaderValue>,
    names: Names,
}

struct Settings {
    base_url: BaseUrl,
    scheme: Scheme,
    authority: Authority,
    host: HeaderValue,
    user_agent: HeaderValue,
    limits: Limits,
    max_response_bytes: usize,
    max_idle_connections: usize,
    max_idle_age: std::time::Duration,
    tls: TlsSettings,
    proxy: Option<ProxyUrl>,
}

impl HttpTransport {
    /// Checks the settings. Opens nothing: the first call does.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] names the setting that can't be used.
    pub fn new(config: &TransportConfig) -> Result<Self, ConfigError> {
        let base_url = config.base_url.clone();
        let refuse = |_| ConfigError::BaseUrl;
        let settings = Settings {
            scheme: if base_url.is_tls() { Scheme::HTTPS } else { Scheme::HTTP },
            authority: Authority::try_from(base_url.authority()).map_err(|_| ConfigError::BaseUrl)?,
            host: HeaderValue::from_str(base_url.authority()).map_err(refuse)?,
            user_agent: HeaderValue::from_str(&config.user_agent()?).map_err(|_| ConfigError::UserAgentSuffix)?,
            limits: Limits {
                connect: config.connect_timeout,
                read: config.read_timeout,
            },
            max_response_bytes: config.max_response_bytes,
            max_idle_connections: config.max_idle_connections,
            max_idle_age: config.max_idle_age,
            tls: TlsSettings::new(&config.extra_root_certificates, config.client_certificate.as_ref())?,
            proxy: config.proxy.clone(),
            base_url,
        };
        Ok(Self {
            settings: Arc::new(settings),
            own: PerProcess::new(),
        })
    }

    /// Where requests go.
    #[must_use]
    pub fn base_url(&self) -> &BaseUrl {
        &self.settings.base_url
    }
}

impl Transport for HttpTransport {
    fn send(&self, call: &Call<'_>) -> Result<Response, Failure> {
        call.refuse_if_over()?;
        // The library logs what it writes: it gets neither the token nor the body.
        let disguise = Disguise::new(call.token(), call.request().body())
            .expecting_token_after(self.settings.before_token(call.request()))
            .hiding_answer(call.request().answers_secret());
        let body = call.request().body().map(|_| disguise.body_stand_in());
        let own = self.own.current(|| Own::new(&self.settings));
        let head = self.settings.head(call, &disguise, &own)?;
        let flight = Flight::new(call.deadline(), call.cancel(), self.settings.limits).with_secrets(disguise);
        let flight = Rc::new(flight);
        let _entered = flight::enter(Rc::clone(&flight));
        let answer = match body {
            Some(body) => own.agent.run(head.map(|()| &*body)),
            None => own.agent.run(head),
        };
        match answer {
            Ok(answer) => self.settings.read(answer, &flight, call.room),
            Err(error) => Err(failure(&flight, error, None)),
        }
    }

    /// Plain `http` through a proxy: it is asked for a tunnel and should pass bytes on blindly, but nothing keeps it
    /// from looking inside.
    fn hops_may_replay(&self) -> bool {
        self.settings.proxy.is_some() && !self.settings.base_url.is_tls()
    }
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransport")
            .field("base_url", &self.settings.base_url)
            .field("proxy", &self.settings.proxy)
            .finish_non_exhaustive()
    }
}

impl Settings {
    fn head(&self, call: &Call<'_>, disguise: &Disguise, own: &Own) -> Result<ureq::http::Request<()>, Failure> {
        let request = call.request();
        let mut headers = Vec::with_capacity(5 + request.headers().len());
        headers.push((HOST, self.host.clone()));
        headers.push((USER_AGENT, self.user_agent.clone()));
        if let Some(token) = call.token() {
            check_token(token)?;
            headers.push((AUTHORIZATION, own.authorization(disguise.authorization())?));
        }
        for (name, value) in request.headers() {
            let value = match value {
                Cow::Borrowed("application/json") => JSON,
                Cow::Borrowed(fixed) => HeaderValue::from_static(fixed),
                Cow::Owned(value) => HeaderValue::from_str(value).map_err(|_| unsendable(name))?,
            };
            headers.push((header_name(name)?, value));
        }
        if let Some(body) = request.body() {
            headers.push((CONTENT_LENGTH, length(body.len())));
        } else if request.method() != model::Method::Get {
            // Without it the library would announce a body in chunks.
            headers.push((CONTENT_LENGTH, HeaderValue::from_static("0")));
        }
        if let Some(traceparent) = call.traceparent() {
            let value = HeaderValue::from_str(traceparent).map_err(|_| unsendable("traceparent"))?;
            headers.push((HeaderName::from_static("traceparent"), value));
        }
        let mut head = ureq::http::Request::new(());
        *head.method_mut() = match request.method() {
            model::Method::Get => Method::GET,
            model::Method::Patch => Method::PATCH,
            model::Method::Post => Method::POST,
            model::Method::Put => Method::PUT,
            model::Method::Delete => Method::DELETE,
        };
        *head.uri_mut() = self.uri(request.path())?;
        *head.headers_mut() = own.names.map(headers);
        Ok(head)
    }

    /// How many bytes the library writes before the line with the token.
    fn before_token(&self, request: &model::Request) -> usize {
        let parts = [
            request.method().as_str(),
            " ",
            self.base_url.path_prefix(),
            request.path(),
            " HTTP/1.1\r\nhost: ",
            self.base_url.authority(),
            "\r\nuser-agent: ",
        ];
        parts.iter().map(|part| part.len()).sum::<usize>() + self.user_agent.len() + 2
    }

    fn uri(&self, path: &str) -> Result<Uri, Failure> {
        let in_paths = |byte: u8| byte.is_ascii_graphic() & (byte != b'#');
        let sendable = path.bytes().fold(true, |so_far, byte| so_far & in_paths(byte));
        if !sendable || !path.starts_with('/') {
            return Err(unsendable("the path"));
        }
        let prefix = self.base_url.path_prefix();
        let mut target = String::with_capacity(prefix.len().saturating_add(path.len()));
        target.push_str(prefix);
        target.push_str(path);
        let mut parts = Parts::default();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        parts.path_and_query = Some(PathAndQuery::try_from(target).map_err(|_| unsendable("the path"))?);
        Uri::from_parts(parts).map_err(|_| unsendable("the path"))
    }

    fn read(
        &self,
        answer: ureq::http::Response<Body>,
        flight: &Flight,
        room: Option<&Room>,
    ) -> Result<Response, Failure> {
        let (parts, body) = answer.into_parts();
        let mut headers = Vec::with_capacity(parts.headers.len());
        for (name, value) in &parts.headers {
            if OF_THE_TRANSFER.contains(name) {
                continue;
            }
            let value = match std::str::from_utf8(value.as_bytes()) {
                Ok(text) => text.to_owned(),
                Err(_) => String::from_utf8_lossy(value.as_bytes()).into_owned(),
            };
            headers.push((shared_name(name), value));
        }
        let mut response = Response {
            status: parts.status.as_u16(),
            headers,
            body: Vec::new(),
        };
        if let Some(coding) = foreign_coding(&response) {
            let message = format!("the answer is encoded as {coding}, though nothing asked for that");
            return Err(Failure::unknown(FailureKind::CompressedAnswer, message).with_answer(response));
        }
        let announced = body.content_length();
        let announced = announced.map(|length| usize::try_from(length).unwrap_or(usize::MAX));
        if announced.is_some_and(|announced| announced > self.max_response_bytes) {
            return Err(self.too_large(response));
        }
        // One byte more than is allowed tells that there is too much.
        let most = u64::try_from(self.max_response_bytes).unwrap_or(u64::MAX);
        let reader = body.into_reader().take(most.saturating_add(1));
        response.body = room.map(Room::take).unwrap_or_default();
        let read = read_all(&mut response.body, announced, reader);
        if response.body.len() > self.max_response_bytes {
            return Err(self.too_large(response));
        }
        match read {
            Ok(()) => {
                flight.disguise().reveal_answer(&mut response.body);
                Ok(response)
            }
            Err(error) => Err(failure(flight, error.into(), Some(response))),
        }
    }

    fn too_large(&self, mut response: Response) -> Failure {
        response.body = Vec::new();
        let message = format!(
            "the body of the answer is larger than the {} bytes allowed",
            self.max_response_bytes
        );
        Failure::unknown(FailureKind::AnswerTooLarge, message).with_answer(response)
    }
}

/// The names of the headers of the last requests, by how many there are. Most requests of a number have the same, and a copy of
/// their map costs half of what a new one does, which hashes each name and asks for room for more.
#[derive(Default)]
struct Names([Mutex<HeaderMap>; 12]);

impl Names {
    /// Stands for a value that is not kept.
    const NONE: HeaderValue = HeaderValue::from_static("");

    /// The map of these headers.
    fn map(&self, headers: Vec<(HeaderName, HeaderValue)>) -> HeaderMap {
        let last = self.0.get(headers.len()).and_then(|last| last.try_lock().ok());
        if let Some(last) = &last
            // None is there twice.
            && last.keys_len() == last.len()
            && last.keys().eq(headers.iter().map(|(name, _)| name))
        {
            let mut map = HeaderMap::clone(last);
            for (place, (_, value)) in map.values_mut().zip(headers) {
                *place = value;
            }
            return map;
        }
        let mut map = HeaderMap::with_capacity(headers.len());
        for (name, value) in headers {
            map.append(name, value);
        }
        if let Some(mut last) = last {
            last.clone_from(&map);
            last.values_mut().for_each(|value| *value = Self::NONE);
        }
        map
    }
}

/// The content type of every write, ready made.
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The name as the library has it: those that are always sent are ready made.
fn header_name(name: &str) -> Result<HeaderName, Failure> {
    const CONTEXT: HeaderName = HeaderName::from_static("akua-context");
    const KEY: HeaderName = HeaderName::from_static("idempotency-key");
    Ok(match name {
        "content-type" => CONTENT_TYPE,
        "if-match" => IF_MATCH,
        "akua-context" => CONTEXT,
        "idempotency-key" => KEY,
        other => HeaderName::from_bytes(other.as_bytes()).map_err(|_| unsendable(other))?,
    })
}

/// The value of `content-length`: that of a usual body is ready made.
fn length(bytes: usize) -> HeaderValue {
    number(bytes).map_or_else(|| HeaderValue::from(bytes), HeaderValue::from_static)
}

/// Headers of an answer that are about its transfer, which is over: nobody asks for them any more.
const OF_THE_TRANSFER: [HeaderName; 4] = [CONTENT_LENGTH, CONTENT_TYPE, CONNECTION, DATE];

/// The name of a header of an answer, in memory of its own only if it is an unusual one.
fn shared_name(name: &HeaderName) -> Cow<'static, str> {
    const USUAL: [&str; 5] = ["x-request-id", "retry-after", "location", "server", "content-encoding"];
    match USUAL.into_iter().find(|usual| *usual == name.as_str()) {
        Some(usual) => Cow::Borrowed(usual),
        None => Cow::Owned(name.as_str().to_owned()),
    }
}

fn unsendable(what: &str) -> Failure {
    let message = format!("{what} holds a character that HTTP can't carry there");
    Failure::not_sent(FailureKind::InvalidRequest, message)
}

/// What an error of the library, or below it, means.
fn failure(flight: &Flight, error: Error, answer: Option<Response>) -> Failure {
    let sent = flight.sent();
    let (kind, message) = match (flight.take_fault(), error) {
        (Some(fault), _) => (fault.kind, fault.message),
        (None, Error::LargeResponseHeader(..)) => (FailureKind::AnswerTooLarge, TOO_LONG_A_HEAD.to_owned()),
        (None, Error::Protocol(error)) if sent == super::Sent::NotSent => (
            FailureKind::InvalidRequest,
            format!("the request can't be put on the wire: {error}"),
        ),
        (None, Error::Protocol(error)) => (
            FailureKind::MalformedAnswer,
            format!("the answer is not HTTP/1.1: {error}"),
        ),
        (None, Error::Http(_) | Error::BadUri(_)) => (
            FailureKind::InvalidRequest,
            "the request can't be put on the wire".to_owned(),
        ),
        (None, Error::Io(error)) if error.kind() == io::ErrorKind::UnexpectedEof => {
            (FailureKind::ConnectionLost, CLOSED_EARLY.to_owned())
        }
        (None, Error::BodyStalled) => (
            FailureKind::MalformedAnswer,
            "the body of the answer makes no sense".to_owned(),
        ),
        (None, error) => (FailureKind::ConnectionLost, format!("the connection failed: {error}")),
    };
    let failure = Failure::new(sent, kind, message);
    match answer {
        Some(answer) => failure.with_answer(answer),
        None => failure,
    }
}

const TOO_LONG_A_HEAD: &str = "the head of the answer is longer than the 64 KiB allowed";
const CLOSED_EARLY: &str = "the server closed the connection before its answer was complete";

impl Own {
    fn new(settings: &Arc<Settings>) -> Self {
        let config = Config::builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent(AutoHeaderValue::None)
            .accept(AutoHeaderValue::None)
            .accept_encoding(AutoHeaderValue::None)
            .max_response_header_size(MOST_HEAD)
            .max_idle_connections(settings.max_idle_connections)
            .max_idle_connections_per_host(settings.max_idle_connections)
            .max_idle_age(settings.max_idle_age)
            .build();
        let opener = Opener {
            settings: Arc::clone(settings),
            tls: Mutex::new(None),
        };
        Self {
            agent: Agent::with_parts(config, opener, NoLookUp),
            authorization: OnceLock::new(),
            names: Names::default(),
        }
    }

    fn authorization(&self, stand_in: Cow<'static, str>) -> Result<HeaderValue, Failure> {
        if let Some(made) = self.authorization.get().filter(|made| *made == &*stand_in) {
            return Ok(made.clone());
        }
        let made = match stand_in {
            Cow::Borrowed(usual) => HeaderValue::from_static(usual),
            Cow::Owned(long) => HeaderValue::try_from(long).map_err(|_| unsendable("the token"))?,
        };
        // Only the first one counts.
        let _ = self.authorization.set(made.clone());
        Ok(made)
    }
}

/// Opens connections, for one process.
struct Opener {
    settings: Arc<Settings>,
    tls: Mutex<Option<Arc<ClientConfig>>>,
}

impl Opener {
    fn open(&self, flight: &Flight) -> io::Result<Connection> {
        let base_url = &self.settings.base_url;
        let peer = match &self.settings.proxy {
            Some(proxy) => Peer {
                host: proxy.host().clone(),
                port: proxy.port(),
                loopback_only: false,
                role: "the proxy",
            },
            None => Peer {
                host: base_url.host().clone(),
                port: base_url.port(),
                loopback_only: base_url.loopback_only(),
                role: "the service",
            },
        };
        flight.opening();
        // Before the connection, so that a machine without a trust store says so at once.
        let tls = if base_url.is_tls() {
            Some(self.tls(flight)?)
        } else {
            None
        };
        let mut socket = Socket::new(peer.connect(flight)?)?;
        if let Some(proxy) = &self.settings.proxy {
            proxy.tunnel(base_url, &mut socket, flight)?;
        }
        let wire = match tls {
            Some(config) => Wire::Tls(Box::new(TlsStream::open(config, base_url.host(), socket, flight)?)),
            None => Wire::Plain(socket),
        };
        flight.opened();
        Ok(Connection::new(wire))
    }

    fn tls(&self, flight: &Flight) -> io::Result<Arc<ClientConfig>> {
        let mut loaded = self.tls.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(config) = loaded.as_ref() {
            return Ok(Arc::clone(config));
        }
        // A failure is not kept: the store may be there for the next call.
        let config = self
            .settings
            .tls
            .load()
            .map_err(|error| flight.fail(FailureKind::Tls, error))?;
        *loaded = Some(Arc::clone(&config));
        Ok(config)
    }
}

impl fmt::Debug for Opener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Opener")
    }
}

impl wire::Connector for Opener {
    type Out = Connection;

    fn connect(&self, _: &wire::ConnectionDetails<'_>, _: Option<()>) -> Result<Option<Connection>, Error> {
        let flight = flight::current()?;
        Ok(Some(self.open(&flight)?))
    }
}

impl wire::Transport for Connection {
    fn buffers(&mut self) -> &mut dyn wire::Buffers {
        self
    }

    fn transmit_output(&mut self, amount: usize, _: wire::NextTimeout) -> Result<(), Error> {
        Ok(self.queue(&*flight::current()?, amount)?)
    }

    fn await_input(&mut self, _: wire::NextTimeout) -> Result<bool, Error> {
        Ok(self.receive(&*flight::current()?)? > 0)
    }

    fn is_open(&mut self) -> bool {
        Connection::is_open(self)
    }

    fn is_tls(&self) -> bool {
        Connection::is_tls(self)
    }
}

impl wire::Buffers for Connection {
    fn output(&mut self) -> &mut [u8] {
        self.output_mut().room()
    }

    fn input(&self) -> &[u8] {
        Connection::input(self).unread()
    }

    fn input_append_buf(&mut self) -> &mut [u8] {
        self.input_mut().room()
    }

    fn input_appended(&mut self, amount: usize) {
        self.input_mut().append(amount);
    }

    fn input_consume(&mut self, amount: usize) {
        self.input_mut().consume(amount);
    }

    fn tmp_and_output(&mut self) -> (&mut [u8], &mut [u8]) {
        self.rooms()
    }

    fn can_use_input(&self) -> bool {
        Connection::input(self).is_worth_a_look()
    }
}

/// Keeps the library from looking up the name on every call: [`Peer`] does, when a connection is opened.
#[derive(Debug)]
struct NoLookUp;

impl Resolver for NoLookUp {
    fn resolve(&self, _: &Uri, _: &Config, _: wire::NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        Ok(self.empty())
    }
}

#[cfg(test)]
mod tests;
