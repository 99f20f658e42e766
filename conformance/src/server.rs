//! The server of one case: a listener on loopback that plays the answers byte for byte and keeps every byte it got.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use socket2::{Domain, SockRef, Socket, Type};

use crate::answer::{Answer, Then};
pub use crate::answer::{body_of, bytes_of};

/// How long a request that was certainly sent may take to be read on a busy machine.
const PATIENCE: Duration = Duration::from_secs(5);

/// A server that plays one case.
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
    /// Holds the port of a service that is not there.
    _deaf: Option<Socket>,
}

struct Shared {
    answers: Vec<Answer>,
    state: Mutex<State>,
    arrived: Condvar,
}

#[derive(Default)]
struct State {
    requests: Vec<Vec<u8>>,
    /// The connections that are open. Their threads hold them, so that one can be reset.
    streams: Vec<Weak<TcpStream>>,
    threads: Vec<JoinHandle<()>>,
    over: bool,
}

impl Server {
    /// Plays `answers` in their order, whatever arrives.
    ///
    /// # Errors
    ///
    /// If there is no port to be had.
    pub fn start(answers: Vec<Answer>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            answers,
            state: Mutex::default(),
            arrived: Condvar::new(),
        });
        let for_thread = Arc::clone(&shared);
        let accepting = std::thread::spawn(move || accept(&listener, &for_thread));
        Ok(Self {
            address,
            shared,
            accepting: Some(accepting),
            _deaf: None,
        })
    }

    /// A port at which nobody listens, and nobody else can meanwhile.
    ///
    /// # Errors
    ///
    /// If there is no port to be had.
    pub fn refusing() -> io::Result<Self> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
        let address = socket
            .local_addr()?
            .as_socket()
            .ok_or(io::ErrorKind::AddrNotAvailable)?;
        Ok(Self {
            address,
            shared: Arc::new(Shared {
                answers: Vec::new(),
                state: Mutex::default(),
                arrived: Condvar::new(),
            }),
            accepting: None,
            _deaf: Some(socket),
        })
    }

    /// Host and port.
    #[must_use]
    pub fn authority(&self) -> String {
        self.address.to_string()
    }

    /// Ends it. Every complete request that arrived, in order. So many as are `expected` are waited for: a call that was
    /// answered is over only after its request was read, but one that ends at its deadline may be over before.
    #[must_use]
    pub fn close(mut self, expected: usize) -> Vec<Vec<u8>> {
        let end = Instant::now() + PATIENCE;
        let mut state = self.shared.lock();
        while state.requests.len() < expected {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            state = self
                .shared
                .arrived
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        drop(state);
        self.stop();
        std::mem::take(&mut self.shared.lock().requests)
    }

    fn stop(&mut self) {
        let Some(accepting) = self.accepting.take() else {
            return;
        };
        self.shared.lock().over = true;
        // The listener waits for a connection: this is the last one.
        drop(TcpStream::connect(self.address));
        let _ = accepting.join();
        let (streams, threads) = {
            let mut state = self.shared.lock();
            (std::mem::take(&mut state.streams), std::mem::take(&mut state.threads))
        };
        for stream in streams.iter().filter_map(Weak::upgrade) {
            let _ = stream.shutdown(Shutdown::Both);
        }
        for thread in threads {
            let _ = thread.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        let mut state = shared.lock();
        if state.over {
            return;
        }
        let Ok(stream) = stream else { continue };
        let _ = stream.set_nodelay(true);
        let stream = Arc::new(stream);
        state.streams.push(Arc::downgrade(&stream));
        let for_thread = Arc::clone(shared);
        // A connection that the client has ended is an end like any other: what arrived is what counts.
        state
            .threads
            .push(std::thread::spawn(move || drop(serve(&stream, &for_thread))));
    }
}

/// Plays one connection until it ends. It closes when its last handle is dropped, which is the caller's.
fn serve(mut stream: &TcpStream, shared: &Shared) -> io::Result<()> {
    let mut left_over = Vec::new();
    while let Some(request) = read_request(stream, &mut left_over)? {
        let number = {
            let mut state = shared.lock();
            state.requests.push(request);
            shared.arrived.notify_all();
            state.requests.len() - 1
        };
        // One request too many is answered with the end of the connection; the count tells.
        let Some(answer) = shared.answers.get(number) else {
            return Ok(());
        };
        stream.write_all(&bytes_of(answer).map_err(io::Error::other)?)?;
        match answer.then {
            Then::Keep if answer.cut.is_none() => {}
            Then::Keep | Then::Close => return Ok(()),
            // Unsent data is thrown away, and the other end is told so.
            Then::Reset => return SockRef::from(stream).set_linger(Some(Duration::ZERO)),
            Then::Stall => while stream.read(&mut [0; 1024])? > 0 {},
        }
    }
    Ok(())
}

/// Reads one request: its head and as much body as it announces. `None` at the end of the connection.
fn read_request(mut stream: &TcpStream, left_over: &mut Vec<u8>) -> io::Result<Option<Vec<u8>>> {
    let mut buffer = [0; 16 * 1024];
    loop {
        if let Some(whole) = length_of_request(left_over)
            && left_over.len() >= whole
        {
            let rest = left_over.split_off(whole);
            return Ok(Some(std::mem::replace(left_over, rest)));
        }
        match stream.read(&mut buffer)? {
            0 => return Ok(None),
            bytes => left_over.extend_from_slice(buffer.get(..bytes).unwrap_or_default()),
        }
    }
}

fn length_of_request(bytes: &[u8]) -> Option<usize> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let head = String::from_utf8_lossy(bytes.get(..end)?).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    Some(
        end + length
            .and_then(|length| length.trim().parse::<usize>().ok())
            .unwrap_or(0),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(json: &str) -> Answer {
        serde_json::from_str(json).unwrap()
    }

    /// What a client meets that sends a request and reads to the end.
    fn meets(server: &Server) -> io::Result<String> {
        let mut stream = TcpStream::connect(server.authority())?;
        stream.write_all(b"GET / HTTP/1.1\r\n\r\n")?;
        let mut text = String::new();
        stream.read_to_string(&mut text).map(|_| text)
    }

    #[test]
    fn a_connection_ends_as_it_is_said_to() {
        let server = Server::start(vec![
            answer(r#"{"then":"reset"}"#),
            answer(r#"{"raw":"a","then":"close"}"#),
        ])
        .unwrap();
        let reset = meets(&server).unwrap_err();
        assert_eq!(reset.kind(), io::ErrorKind::ConnectionReset);
        assert_eq!(meets(&server).unwrap(), "a");
        assert_eq!(meets(&server).unwrap(), "", "one too many");
        assert_eq!(server.close(3).len(), 3);

        let nobody = Server::refusing().unwrap();
        assert_eq!(meets(&nobody).unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
        assert!(nobody.close(0).is_empty());
    }
}
