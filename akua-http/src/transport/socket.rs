//! A TCP socket whose every wait is short: it looks at the deadline and the cancel handle in between.
//!
//! The kernel's own socket timeouts do the slicing, so a byte that is already there costs one system call.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::{RecvFlags, recv};

use super::failure::FailureKind;
use super::flight::Flight;
use crate::cancel::SLICE;

/// A connected TCP socket.
#[derive(Debug)]
pub(super) struct Socket {
    stream: TcpStream,
}

/// What waits in an idle socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Idle {
    /// Nothing, and the other side has not closed it.
    Quiet,
    /// Bytes that nobody asked for.
    Bytes,
    /// Its end: closed, reset or broken.
    Ended,
}

impl Socket {
    /// Takes a connected, blocking socket.
    pub(super) fn new(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(SLICE))?;
        stream.set_write_timeout(Some(SLICE))?;
        Ok(Self { stream })
    }

    /// Reads what is there, waiting for the first byte. 0 is the orderly end.
    pub(super) fn read(&mut self, flight: &Flight, buffer: &mut [u8]) -> io::Result<usize> {
        let (patience, mut slice) = flight.first_slice()?;
        loop {
            if slice < SLICE && !self.is_ready(PollFlags::IN, slice)? {
                slice = flight.slice(patience)?;
                continue;
            }
            match self.stream.read(buffer) {
                Ok(bytes) => return Ok(bytes),
                Err(error) if is_a_pause(&error) => slice = flight.slice(patience)?,
                Err(error) => return Err(lost(flight, &error)),
            }
        }
    }

    /// Writes some of `bytes` and says how many the kernel took.
    pub(super) fn write(&mut self, flight: &Flight, bytes: &[u8]) -> io::Result<usize> {
        let (patience, mut slice) = flight.first_slice()?;
        loop {
            if slice < SLICE && !self.is_ready(PollFlags::OUT, slice)? {
                slice = flight.slice(patience)?;
                continue;
            }
            match self.stream.write(bytes) {
                Ok(0) if !bytes.is_empty() => return Err(lost(flight, &ErrorKind::WriteZero.into())),
                Ok(written) => return Ok(written),
                Err(error) if is_a_pause(&error) => slice = flight.slice(patience)?,
                Err(error) => return Err(lost(flight, &error)),
            }
        }
    }

    /// Looks at the socket without waiting and without taking anything: one system call.
    pub(super) fn idle(&self) -> Idle {
        loop {
            return match recv(&self.stream, &mut [0_u8; 1], RecvFlags::PEEK | RecvFlags::DONTWAIT) {
                Err(rustix::io::Errno::AGAIN) => Idle::Quiet,
                Err(rustix::io::Errno::INTR) => continue,
                Ok((_, 0)) | Err(_) => Idle::Ended,
                Ok(_) => Idle::Bytes,
            };
        }
    }

    /// Reads what is there without waiting; `WouldBlock` if there is nothing.
    pub(super) fn read_now(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let (_, bytes) = recv(&self.stream, buffer, RecvFlags::DONTWAIT)?;
        Ok(bytes)
    }

    fn is_ready(&self, flags: PollFlags, within: Duration) -> io::Result<bool> {
        let mut fds = [PollFd::new(&self.stream, flags)];
        match poll(&mut fds, Some(&timespec(within))) {
            Ok(ready) => Ok(ready > 0),
            Err(rustix::io::Errno::INTR) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

/// A duration of at most a slice, as the kernel takes it.
pub(super) fn timespec(duration: Duration) -> Timespec {
    Timespec {
        tv_sec: duration.as_secs().try_into().unwrap_or(i64::MAX),
        tv_nsec: duration.subsec_nanos().into(),
    }
}

/// A slice that went by, or a signal.
fn is_a_pause(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted
    )
}

fn lost(flight: &Flight, error: &io::Error) -> io::Error {
    flight.fail(FailureKind::ConnectionLost, format!("the connection was lost: {error}"))
}

/// A socket and the attempt it is used for, as what `std` and rustls read from and write to.
pub(super) struct InFlight<'a> {
    pub(super) socket: &'a mut Socket,
    pub(super) flight: &'a Flight,
}

impl Read for InFlight<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.socket.read(self.flight, buffer)
    }
}

impl Write for InFlight<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.socket.write(self.flight, bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A socket read without waiting.
pub(super) struct WithoutWaiting<'a>(pub(super) &'a mut Socket);

impl Read for WithoutWaiting<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read_now(buffer)
    }
}
