//! A server made of a listener and a script: it sends exact bytes, and remembers every byte it got.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use akua_http::deadline::Deadline;
use akua_http::transport::{BaseUrl, Call, Failure, HttpTransport, Transport, TransportConfig};
use akua_model::http::{Request, Response};
use akua_model::{Cluster, ClusterPatch, request};

/// Runs a script for each connection, each on a thread of its own.
pub(crate) struct Server {
    address: SocketAddr,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    bytes: AtomicUsize,
    requests: Mutex<Vec<Vec<u8>>>,
}

impl Server {
    pub(crate) fn start(script: impl Fn(&mut Peer) + Send + Sync + 'static) -> Self {
        Self::on("127.0.0.1:0", script)
    }

    pub(crate) fn on(address: &str, script: impl Fn(&mut Peer) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Seen::default());
        let script = Arc::new(script);
        let for_thread = Arc::clone(&seen);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let number = for_thread.connections.fetch_add(1, Ordering::AcqRel);
                let (seen, script) = (Arc::clone(&for_thread), Arc::clone(&script));
                let mut peer = Peer {
                    stream: stream.unwrap(),
                    number,
                    seen,
                    left_over: Vec::new(),
                };
                std::thread::spawn(move || script(&mut peer));
            }
        });
        Self { address, seen }
    }

    /// Answers every request on every connection with these bytes.
    pub(crate) fn answering(answer: &'static [u8]) -> Self {
        Self::start(move |peer| while peer.request().is_some() && peer.write(answer) {})
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn url(&self) -> BaseUrl {
        BaseUrl::parse(&format!("http://{}", self.address)).unwrap()
    }

    pub(crate) fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::Acquire)
    }

    /// Waits until so many complete requests have arrived, at most ten seconds: a call that ends at its deadline may be
    /// over before a busy machine's server thread has read its request.
    pub(crate) fn wait_for_requests(&self, count: usize) {
        let end = Instant::now() + Duration::from_secs(10);
        while self.requests().len() < count && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Every byte that was read, those of incomplete requests included.
    pub(crate) fn bytes(&self) -> usize {
        self.seen.bytes.load(Ordering::Acquire)
    }

    /// The complete requests, in the order in which they arrived.
    pub(crate) fn requests(&self) -> Vec<Vec<u8>> {
        self.seen.requests.lock().unwrap().clone()
    }
}

/// The client's end of one connection, as the server has it.
pub(crate) struct Peer {
    stream: TcpStream,
    /// Which connection it is, from 0.
    pub(crate) number: usize,
    seen: Arc<Seen>,
    left_over: Vec<u8>,
}

impl Peer {
    /// Reads one request: head and as much body as it announces. None at the end of the connection.
    pub(crate) fn request(&mut self) -> Option<Vec<u8>> {
        let end = loop {
            if let Some(end) = find(&self.left_over, b"\r\n\r\n") {
                break end + 4;
            }
            self.read_some()?;
        };
        let head = String::from_utf8(self.left_over[..end].to_vec()).unwrap();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let whole = end + length.map_or(0, |length| length.parse::<usize>().unwrap());
        while self.left_over.len() < whole {
            self.read_some()?;
        }
        let rest = self.left_over.split_off(whole);
        let request = std::mem::replace(&mut self.left_over, rest);
        self.seen.requests.lock().unwrap().push(request.clone());
        Some(request)
    }

    /// Reads whatever comes next. None at the end.
    pub(crate) fn read_some(&mut self) -> Option<usize> {
        let mut buffer = [0; 64 * 1024];
        match self.stream.read(&mut buffer) {
            Ok(0) | Err(_) => None,
            Ok(bytes) => {
                self.seen.bytes.fetch_add(bytes, Ordering::AcqRel);
                self.left_over.extend(&buffer[..bytes]);
                Some(bytes)
            }
        }
    }

    /// What was read and is no complete request.
    pub(crate) fn left_over(&self) -> Vec<u8> {
        self.left_over.clone()
    }

    /// Whether the bytes could be written.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> bool {
        match self.stream.write_all(bytes) {
            Ok(()) => true,
            Err(error) => {
                assert!(
                    matches!(error.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset),
                    "the server can't write: {error}"
                );
                false
            }
        }
    }

    /// Ends what the server sends and goes on listening.
    pub(crate) fn half_close(&mut self) {
        let _ = self.stream.shutdown(Shutdown::Write);
    }

    /// Ends the connection with a reset as soon as it is dropped.
    pub(crate) fn reset(&mut self) {
        socket2::SockRef::from(&self.stream)
            .set_linger(Some(Duration::ZERO))
            .unwrap();
    }

    /// Waits until the client has gone.
    pub(crate) fn until_closed(&mut self) {
        while self.read_some().is_some() {}
    }

    pub(crate) fn stream(&self) -> &TcpStream {
        &self.stream
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

/// A transport to `url` with timeouts that a test has the patience for.
pub(crate) fn transport(url: BaseUrl) -> HttpTransport {
    HttpTransport::new(&TransportConfig::new(url)).unwrap()
}

pub(crate) fn get() -> Request {
    request::read::<Cluster>(&"clu_1".parse().unwrap(), None)
}

pub(crate) fn patch() -> Request {
    let patch = ClusterPatch::builder().name("prod-eu").build().unwrap();
    request::update::<Cluster>(&"clu_1".parse().unwrap(), &"42".parse().unwrap(), &patch, None)
}

/// Long enough for a loaded machine: for calls that must not end by their deadline.
pub(crate) const LONG: Duration = Duration::from_secs(20);

/// Sends with a token, within `deadline`.
pub(crate) fn send(transport: &HttpTransport, request: &Request, deadline: Duration) -> Result<Response, Failure> {
    transport.send(&Call::new(request, Deadline::after(deadline)).with_token("sk_akua_test"))
}

/// How long `work` took.
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let result = work();
    (result, start.elapsed())
}
