//! One TCP connection, shared between the HTTP server that reads requests from it and the handler that may
//! have to write single bytes onto it, reset it, or fall silent.

use std::io;
use std::net::Shutdown;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

use super::state::ServerState;
use crate::fault::Unread;
use crate::wire::WireRequest;

/// Accepts connections, and resets those that a fault wants reset.
pub(super) struct FaultyListener {
    listener: TcpListener,
    hub: Arc<ServerState>,
    last: AtomicU64,
}

impl FaultyListener {
    pub(super) fn new(listener: TcpListener, hub: Arc<ServerState>) -> Self {
        Self {
            listener,
            hub,
            last: AtomicU64::new(0),
        }
    }
}

impl Listener for FaultyListener {
    type Io = Wire;
    type Addr = ();

    async fn accept(&mut self) -> (Wire, ()) {
        loop {
            let Ok((stream, _)) = self.listener.accept().await else {
                // Out of file descriptors, most likely: they come back when connections end.
                tokio::time::sleep(Duration::from_millis(10)).await;
                continue;
            };
            let _ = stream.set_nodelay(true);
            let number = self.last.fetch_add(1, Ordering::Relaxed) + 1;
            let connection = Connection(Arc::new(Shared {
                number,
                stream,
                cut: AtomicBool::new(false),
                between_requests: AtomicBool::new(true),
            }));
            if connection.resets(&self.hub, Unread::Connection) {
                connection.arm_reset();
                continue;
            }
            self.hub.open.fetch_add(1, Ordering::AcqRel);
            return (
                Wire {
                    connection,
                    hub: Arc::clone(&self.hub),
                },
                (),
            );
        }
    }

    fn local_addr(&self) -> io::Result<()> {
        Ok(())
    }
}

/// A connection, as the handler knows it.
#[derive(Clone)]
pub(super) struct Connection(Arc<Shared>);

struct Shared {
    number: u64,
    stream: TcpStream,
    /// Every further read and write fails, so that the server lets go of the connection.
    cut: AtomicBool,
    /// The next byte begins a request.
    between_requests: AtomicBool,
}

impl Connected<IncomingStream<'_, FaultyListener>> for Connection {
    fn connect_info(stream: IncomingStream<'_, FaultyListener>) -> Self {
        stream.io().connection.clone()
    }
}

impl Connection {
    /// Its number, from 1.
    pub(super) fn number(&self) -> u64 {
        self.0.number
    }

    /// Writes past the HTTP server. Only while it waits for its handler: it writes nothing then.
    pub(super) async fn write_all(&self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            self.0.stream.writable().await?;
            match self.0.stream.try_write(bytes) {
                Ok(count) => bytes = bytes.get(count..).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Ends the connection in the regular way. The handler must return after it.
    pub(super) fn close(&self) {
        let _ = SockRef::from(&self.0.stream).shutdown(Shutdown::Write);
        self.0.cut.store(true, Ordering::Release);
    }

    /// Resets the connection. The handler must return after it.
    pub(super) fn reset(&self) {
        self.arm_reset();
        self.0.cut.store(true, Ordering::Release);
    }

    /// The next byte begins a request again.
    pub(super) fn answered(&self) {
        self.0.between_requests.store(true, Ordering::Release);
    }

    /// Makes the closing of the socket a reset.
    fn arm_reset(&self) {
        let _ = SockRef::from(&self.0.stream).set_linger(Some(Duration::ZERO));
    }

    /// Whether a fault wants the connection reset before a request is read.
    fn resets(&self, hub: &ServerState, unread: Unread) -> bool {
        let nothing_known = WireRequest {
            connection: self.0.number,
            ..WireRequest::default()
        };
        hub.world().resets(hub.now(), unread, &nothing_known)
    }
}

/// A connection, as the HTTP server knows it.
pub(super) struct Wire {
    connection: Connection,
    hub: Arc<ServerState>,
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.hub.open.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Wire {
    fn check(&self) -> io::Result<()> {
        if self.connection.0.cut.load(Ordering::Acquire) {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        Ok(())
    }

    /// Whether a request that begins now is to be met by a reset. Its bytes are still unread.
    fn meets_reset(&self) -> io::Result<()> {
        if self.connection.resets(&self.hub, Unread::Request) {
            self.connection.reset();
        }
        self.check()
    }
}

impl AsyncRead for Wire {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let shared = &self.connection.0;
        loop {
            self.check()?;
            if shared.between_requests.load(Ordering::Acquire) {
                let mut first = [0];
                if ready!(shared.stream.poll_peek(cx, &mut ReadBuf::new(&mut first)))? > 0 {
                    self.meets_reset()?;
                }
            }
            ready!(shared.stream.poll_read_ready(cx))?;
            match shared.stream.try_read(buf.initialize_unfilled()) {
                Ok(count) => {
                    buf.advance(count);
                    if count > 0 {
                        shared.between_requests.store(false, Ordering::Release);
                    }
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let shared = &self.connection.0;
        loop {
            self.check()?;
            ready!(shared.stream.poll_write_ready(cx))?;
            match shared.stream.try_write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                done => return Poll::Ready(done),
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(self.check())
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check()?;
        Poll::Ready(SockRef::from(&self.connection.0.stream).shutdown(Shutdown::Write))
    }
}
