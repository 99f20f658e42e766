//! One connection with its buffers: sends a request in one piece, and knows whether it may be used again.
//!
//! It counts what it hands over. It knows nothing of HTTP.

use std::io;

use zeroize::Zeroize;

use super::disguise::Disguise;
use super::failure::{FailureKind, Sent};
use super::flight::Flight;
use super::framing::Framing;
use super::socket::{Idle, Socket};
use super::tls::TlsStream;

/// Room for one header line or one piece of a body, in bytes, and what is read at a time.
const PIECE: usize = 16 * 1024;

/// The largest head of an answer, in bytes.
pub(super) const MOST_HEAD: usize = 64 * 1024;

/// A connection to the service.
#[derive(Debug)]
pub(super) struct Connection {
    wire: Wire,
    input: Input,
    output: Output,
    /// A call uses it, or has used it and not yet given it back.
    in_use: bool,
    /// The other side takes nothing any more; what it said before may still be read.
    write_closed: bool,
    /// It failed or came to its end.
    over: bool,
}

#[derive(Debug)]
pub(super) enum Wire {
    Plain(Socket),
    Tls(Box<TlsStream>),
}

impl Connection {
    pub(super) fn new(wire: Wire) -> Self {
        Self {
            wire,
            input: Input::default(),
            output: Output::default(),
            in_use: false,
            write_closed: false,
            over: false,
        }
    }

    pub(super) fn is_tls(&self) -> bool {
        matches!(self.wire, Wire::Tls(_))
    }

    pub(super) fn input(&self) -> &Input {
        &self.input
    }

    pub(super) fn input_mut(&mut self) -> &mut Input {
        &mut self.input
    }

    pub(super) fn output_mut(&mut self) -> &mut Output {
        &mut self.output
    }

    /// Room for reading and room for writing at once.
    pub(super) fn rooms(&mut self) -> (&mut [u8], &mut [u8]) {
        (self.input.room(), self.output.room())
    }

    /// Takes what was written to the output's room. It leaves when an answer is awaited, so that head and body travel
    /// together, or when it is a lot.
    pub(super) fn queue(&mut self, flight: &Flight, bytes: usize) -> io::Result<()> {
        self.in_use = true;
        self.input.framing.begin(flight.disguise());
        let start = self.output.queued;
        self.output.queued = start.saturating_add(bytes).min(self.output.bytes.len());
        let piece = self.output.bytes.get_mut(start..self.output.queued);
        flight.disguise().reveal(piece.unwrap_or_default());
        if self.output.queued >= PIECE {
            self.flush(flight)
        } else {
            Ok(())
        }
    }

    /// Sends what is queued, then reads what is there, waiting for the first byte. 0 is the orderly end.
    pub(super) fn receive(&mut self, flight: &Flight) -> io::Result<usize> {
        self.in_use = true;
        let result = self.flush(flight).and_then(|()| self.read(flight));
        self.over |= !matches!(result, Ok(1..));
        result
    }

    fn read(&mut self, flight: &Flight) -> io::Result<usize> {
        let room = self.input.room();
        let bytes = match &mut self.wire {
            Wire::Plain(socket) => socket.read(flight, room),
            Wire::Tls(stream) => stream.read(flight, room),
        }?;
        self.input.arrived(bytes, flight.disguise());
        Ok(bytes)
    }

    fn flush(&mut self, flight: &Flight) -> io::Result<()> {
        let queued = self.output.bytes.get_mut(..self.output.queued).unwrap_or_default();
        let mut rest = &*queued;
        let mut result = Ok(());
        while !rest.is_empty() && !self.write_closed && result.is_ok() {
            let written = match &mut self.wire {
                Wire::Plain(socket) => socket.write(flight, rest).inspect(|bytes| flight.handed_over(*bytes)),
                Wire::Tls(stream) => stream.write(flight, rest),
            };
            match written {
                Ok(written) => rest = rest.get(written..).unwrap_or_default(),
                Err(error) => match flight.take_fault() {
                    // A server that refuses a request early answers and closes before it has read all of it. Its
                    // answer, if there is one, is worth more than the news that it stopped listening.
                    Some(fault) if fault.kind == FailureKind::ConnectionLost && flight.sent() == Sent::Unknown => {
                        self.write_closed = true;
                    }
                    Some(fault) => result = Err(flight.fail(fault.kind, fault.message)),
                    None => result = Err(error),
                },
            }
        }
        // The token was in it, and perhaps a kubeconfig. The buffer lives on, so no compiler can leave this out.
        queued.fill(0);
        self.output.queued = 0;
        result
    }

    /// Whether the next request may be sent here.
    ///
    /// Asked twice for each call: when it gives the connection back, which costs nothing, and before the next call
    /// takes it, which looks into the socket: closed, or holding bytes that nobody asked for, it is not used again.
    pub(super) fn is_open(&mut self) -> bool {
        if self.over
            || self.write_closed
            || self.input.framing.is_doubtful()
            || self.output.queued > 0
            || !self.input.unread().is_empty()
        {
            return false;
        }
        if self.in_use {
            self.in_use = false;
            return true;
        }
        match &mut self.wire {
            Wire::Plain(socket) => socket.idle() == Idle::Quiet,
            Wire::Tls(stream) => stream.is_quiet(),
        }
    }
}

/// What has arrived and is not yet read.
#[derive(Default)]
pub(super) struct Input {
    bytes: Vec<u8>,
    start: usize,
    end: usize,
    /// The last look at it took something: there may be more to take without waiting.
    progress: bool,
    framing: Framing,
}

impl Input {
    /// What is not yet read.
    pub(super) fn unread(&self) -> &[u8] {
        self.bytes.get(self.start..self.end).unwrap_or_default()
    }

    /// Whether the unread bytes may be more than what was looked at before in vain.
    pub(super) fn is_worth_a_look(&self) -> bool {
        self.progress && !self.unread().is_empty()
    }

    /// Marks bytes as read.
    pub(super) fn consume(&mut self, bytes: usize) {
        self.progress = bytes > 0;
        self.start = self.start.saturating_add(bytes).min(self.end);
        self.framing.consumed(bytes);
    }

    /// Marks bytes of an answer as arrived, and puts them into the form in which they can be read.
    fn arrived(&mut self, bytes: usize, disguise: &Disguise) {
        self.append(bytes);
        self.framing.look(&mut self.bytes, self.start, &mut self.end, disguise);
    }

    /// Marks bytes written to the room as arrived.
    pub(super) fn append(&mut self, bytes: usize) {
        self.end = self.end.saturating_add(bytes).min(self.bytes.len());
    }

    /// Room for more, growing while one head fills it, up to its limit and a piece.
    pub(super) fn room(&mut self) -> &mut [u8] {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
        } else if self.start > 0 {
            self.bytes.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end.saturating_sub(self.start));
        }
        let wanted = self.end.saturating_add(PIECE).min(MOST_HEAD.saturating_add(PIECE));
        if self.bytes.len() < wanted {
            self.bytes.resize(wanted, 0);
        }
        self.bytes.get_mut(self.end..).unwrap_or_default()
    }
}

impl std::fmt::Debug for Input {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Input")
            .field("unread", &self.unread().len())
            .finish_non_exhaustive()
    }
}

/// What is to be sent.
#[derive(Default)]
pub(super) struct Output {
    bytes: Vec<u8>,
    queued: usize,
}

impl Output {
    /// Room for the next piece, behind what is queued.
    pub(super) fn room(&mut self) -> &mut [u8] {
        let wanted = self.queued.saturating_add(PIECE);
        if self.bytes.len() < wanted {
            // Grown by hand: a vector that moves by itself leaves an unwiped copy behind.
            let mut grown = vec![0; wanted];
            for (new, old) in grown.iter_mut().zip(self.bytes.iter()).take(self.queued) {
                *new = *old;
            }
            self.bytes.zeroize();
            self.bytes = grown;
        }
        self.bytes.get_mut(self.queued..).unwrap_or_default()
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}

impl std::fmt::Debug for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Output")
            .field("queued", &self.queued)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};
    use std::time::Duration;

    use super::super::flight::Limits;
    use super::*;
    use crate::deadline::Deadline;

    const LONG: Duration = Duration::from_secs(20);

    fn flight() -> Flight {
        Flight::new(
            Deadline::after(LONG),
            None,
            Limits {
                connect: LONG,
                read: LONG,
            },
        )
    }

    /// Both ends of a connection.
    fn pair() -> (Connection, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let ours = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        (
            Connection::new(Wire::Plain(Socket::new(ours).unwrap())),
            listener.accept().unwrap().0,
        )
    }

    fn reset(theirs: TcpStream) {
        socket2::SockRef::from(&theirs)
            .set_linger(Some(Duration::ZERO))
            .unwrap();
    }

    /// Waits until our end has noticed what theirs did.
    fn until_not(connection: &Connection, state: Idle) {
        let Wire::Plain(socket) = &connection.wire else { return };
        let deadline = Deadline::after(LONG);
        while socket.idle() == state && !deadline.has_passed() {
            std::thread::yield_now();
        }
    }

    fn say(connection: &mut Connection, flight: &Flight, words: &[u8]) -> io::Result<()> {
        connection.output_mut().room()[..words.len()].copy_from_slice(words);
        connection.queue(flight, words.len())
    }

    #[test]
    fn a_connection_known_to_be_dead_takes_no_byte_and_that_is_proven() {
        let (mut connection, theirs) = pair();
        reset(theirs);
        until_not(&connection, Idle::Quiet);
        let flight = flight();
        say(&mut connection, &flight, b"PATCH").unwrap();
        connection.receive(&flight).unwrap_err();
        assert_eq!(flight.sent(), Sent::NotSent);
        assert_eq!(flight.take_fault().unwrap().kind, FailureKind::ConnectionLost);
        assert!(!connection.is_open());
    }

    #[test]
    fn what_was_queued_leaves_in_one_piece_when_an_answer_is_awaited_and_is_wiped() {
        let (mut connection, mut theirs) = pair();
        let flight = flight();
        say(&mut connection, &flight, b"head ").unwrap();
        say(&mut connection, &flight, b"secret").unwrap();
        assert_eq!(flight.sent(), Sent::NotSent);
        assert!(!connection.is_open(), "somebody's request is in it");
        theirs.write_all(b"ok").unwrap();
        assert_eq!(connection.receive(&flight).unwrap(), 2);
        assert_eq!(
            (connection.input().unread(), flight.sent()),
            (b"ok".as_slice(), Sent::Unknown)
        );
        let mut buffer = [0; 64];
        let bytes = theirs.read(&mut buffer).unwrap();
        assert_eq!(&buffer[..bytes], b"head secret");
        assert!(connection.output.bytes.iter().all(|byte| *byte == 0));
        // 0x6f, 0x6b: "ok" as a list of numbers.
        assert!(!format!("{connection:?}").contains("111, 107"));
    }

    #[test]
    fn a_connection_is_open_only_if_everything_was_read_and_nothing_waits() {
        let (mut connection, mut theirs) = pair();
        let flight = flight();
        theirs.write_all(b"answer").unwrap();
        connection.receive(&flight).unwrap();
        assert!(!connection.is_open(), "unread");
        connection.input_mut().consume(6);
        assert!(connection.is_open(), "given back");
        assert!(connection.is_open(), "looked at");
        theirs.write_all(b"more").unwrap();
        until_not(&connection, Idle::Quiet);
        assert!(!connection.is_open(), "nobody asked for more");
    }

    #[test]
    fn a_head_may_grow_to_its_limit_without_losing_a_byte() {
        let mut input = Input::default();
        let mut expected = Vec::new();
        while input.unread().len() < MOST_HEAD {
            let room = input.room();
            let step = room.len().min(10_007);
            for (at, byte) in room[..step].iter_mut().enumerate() {
                *byte = u8::try_from(at % 251).unwrap();
            }
            expected.extend_from_slice(&room[..step]);
            input.append(step);
            assert!(!input.is_worth_a_look(), "nothing was taken yet");
        }
        assert_eq!(input.unread(), expected);
        input.consume(5);
        assert!(input.is_worth_a_look());
        input.room();
        assert_eq!(input.unread(), &expected[5..]);
    }
}
