//! Opens a TCP connection: looks up the name, then tries its addresses with a head start for each.
//!
//! Only a name that is not an address needs a look-up. The system's resolver can't be interrupted, so it runs on a
//! helper thread of its own that the call leaves behind if it must end first; a connection that is reused never
//! comes here.

use std::io;
use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};
use socket2::{Domain, Protocol, Socket as RawSocket, Type};

use super::base_url::HostName;
use super::failure::FailureKind;
use super::flight::Flight;
use super::socket::timespec;
use crate::deadline::Deadline;

/// The head start of one address before the next is tried beside it (RFC 8305, section 5).
const HEAD_START: Duration = Duration::from_millis(250);

/// Addresses of one name that are tried, at most.
const MOST_ADDRESSES: usize = 8;

/// Whom to connect to.
#[derive(Clone, Debug)]
pub(super) struct Peer {
    pub(super) host: HostName,
    pub(super) port: u16,
    /// Refuse every address that is not this machine's own.
    pub(super) loopback_only: bool,
    /// What the peer is to the user, as in "could not connect to {role} {host}".
    pub(super) role: &'static str,
}

impl Peer {
    /// Connects, and fails with a fault noted in `flight`.
    pub(super) fn connect(&self, flight: &Flight) -> io::Result<TcpStream> {
        let addresses = match &self.host {
            HostName::Ip(ip) => vec![SocketAddr::new(*ip, self.port)],
            HostName::Domain(name) => {
                let (name, port) = (name.clone(), self.port);
                self.look_up(flight, move || {
                    Ok(Vec::from_iter((name.as_str(), port).to_socket_addrs()?))
                })?
            }
        };
        self.connect_to(addresses, flight)
    }

    /// Asks `resolver` on a thread of its own.
    fn look_up(
        &self,
        flight: &Flight,
        resolver: impl FnOnce() -> io::Result<Vec<SocketAddr>> + Send + 'static,
    ) -> io::Result<Vec<SocketAddr>> {
        let (role, host) = (self.role, &self.host);
        let (answer, answers) = sync_channel(1);
        let helper = std::thread::Builder::new()
            .name("akua name look-up".to_owned())
            .spawn(move || {
                // Nobody listens any more if the call ended first.
                let _ = answer.send(resolver());
            });
        if let Err(error) = helper {
            let message = format!("no thread to look up {role} {host} with: {error}");
            return Err(flight.fail(FailureKind::Local, message));
        }
        let patience = flight.patience();
        loop {
            match answers.recv_timeout(flight.slice(patience)?) {
                Ok(Ok(addresses)) => return Ok(addresses),
                Ok(Err(error)) => {
                    let message =
                        format!("could not look up {role} {host}: {error}; check the name and this machine's network");
                    return Err(flight.fail(FailureKind::NameResolution, message));
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    let message = format!("the look-up of {role} {host} ended without an answer");
                    return Err(flight.fail(FailureKind::NameResolution, message));
                }
            }
        }
    }

    fn connect_to(&self, mut addresses: Vec<SocketAddr>, flight: &Flight) -> io::Result<TcpStream> {
        if self.loopback_only {
            addresses.retain(|address| address.ip().is_loopback());
        }
        if addresses.is_empty() {
            let message = format!("{} {} has no address that may be used", self.role, self.host);
            return Err(flight.fail(FailureKind::NameResolution, message));
        }
        self.race(&in_turns(addresses), flight)
    }

    /// Tries one address after the other, each beside those that have not answered yet. The first to connect wins.
    fn race(&self, addresses: &[SocketAddr], flight: &Flight) -> io::Result<TcpStream> {
        let patience = flight.patience();
        let mut waiting: Vec<(RawSocket, SocketAddr)> = Vec::new();
        let mut untried = addresses.iter().copied();
        let mut next_start = Deadline::after(Duration::ZERO);
        let mut last_error = None;
        loop {
            let slice = flight.slice(patience)?;
            if waiting.is_empty() || next_start.has_passed() {
                match untried.next() {
                    Some(address) => match start(address) {
                        Ok(socket) => {
                            waiting.push((socket, address));
                            next_start = Deadline::after(HEAD_START);
                        }
                        Err(error) => {
                            last_error = Some((address, error));
                            continue;
                        }
                    },
                    None if waiting.is_empty() => return Err(self.refused(last_error, flight)),
                    None => {}
                }
            }
            let until_next = if untried.len() > 0 {
                next_start.remaining().min(slice)
            } else {
                slice
            };
            for ready in ready_of(&waiting, until_next)?.into_iter().rev() {
                let (socket, address) = waiting.swap_remove(ready);
                match finish(socket) {
                    Ok(stream) => return Ok(stream),
                    Err(error) => last_error = Some((address, error)),
                }
            }
        }
    }

    fn refused(&self, last: Option<(SocketAddr, io::Error)>, flight: &Flight) -> io::Error {
        let reason = match last {
            Some((address, error)) => format!("{address}: {error}"),
            None => "no address left to try".to_owned(),
        };
        let message = format!("could not connect to {} {} ({reason})", self.role, self.host);
        flight.fail(FailureKind::Connect, message)
    }
}

/// The resolver's order, but with the two families in turns, so that one broken family costs one head start.
fn in_turns(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let first_family = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (first, second): (Vec<_>, Vec<_>) = addresses.into_iter().partition(|a| a.is_ipv6() == first_family);
    let (mut first, mut second) = (first.into_iter(), second.into_iter());
    let mut turns = Vec::new();
    while turns.len() < MOST_ADDRESSES {
        let before = turns.len();
        turns.extend(first.next());
        turns.extend(second.next());
        if turns.len() == before {
            break;
        }
    }
    turns
}

fn start(address: SocketAddr) -> io::Result<RawSocket> {
    let domain = if matches!(address.ip(), IpAddr::V6(_)) {
        Domain::IPV6
    } else {
        Domain::IPV4
    };
    let socket = RawSocket::new(domain, Type::STREAM, Some(Protocol::TCP))?;
    socket.set_nonblocking(true)?;
    match socket.connect(&address.into()) {
        Ok(()) => Ok(socket),
        Err(error) if is_under_way(&error) => Ok(socket),
        Err(error) => Err(error),
    }
}

fn is_under_way(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::WouldBlock
        || error.raw_os_error() == Some(rustix::io::Errno::INPROGRESS.raw_os_error())
}

/// Indexes of the sockets that have connected or failed, ascending.
fn ready_of(waiting: &[(RawSocket, SocketAddr)], within: Duration) -> io::Result<Vec<usize>> {
    let mut fds: Vec<_> = waiting
        .iter()
        .map(|(socket, _)| PollFd::new(socket, PollFlags::OUT))
        .collect();
    match poll(&mut fds, Some(&timespec(within))) {
        Ok(_) | Err(rustix::io::Errno::INTR) => {}
        Err(error) => return Err(error.into()),
    }
    let is_ready = |fd: &PollFd<'_>| !fd.revents().is_empty();
    Ok(fds
        .iter()
        .enumerate()
        .filter(|(_, fd)| is_ready(fd))
        .map(|(index, _)| index)
        .collect())
}

fn finish(socket: RawSocket) -> io::Result<TcpStream> {
    if let Some(error) = socket.take_error()? {
        return Err(error);
    }
    socket.set_nonblocking(false)?;
    Ok(socket.into())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use std::net::TcpListener;
    use std::time::Instant;

    use super::super::flight::Limits;
    use super::*;
    use crate::cancel::Cancel;

    const LONG: Duration = Duration::from_secs(20);

    fn flight(deadline: Duration, cancel: Option<&Cancel>) -> Flight {
        let flight = Flight::new(
            Deadline::after(deadline),
            cancel,
            Limits {
                connect: LONG,
                read: LONG,
            },
        );
        flight.opening();
        flight
    }

    fn peer(loopback_only: bool) -> Peer {
        Peer {
            host: HostName::Domain("service.example".to_owned()),
            port: 1,
            loopback_only,
            role: "the service",
        }
    }

    fn addresses(texts: &[&str]) -> Vec<SocketAddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn families_take_turns_and_the_first_stays_first() {
        let resolved = addresses(&["[::1]:1", "[::2]:1", "[::3]:1", "127.0.0.1:1"]);
        assert_eq!(
            in_turns(resolved),
            addresses(&["[::1]:1", "127.0.0.1:1", "[::2]:1", "[::3]:1"])
        );
        assert_eq!(in_turns(Vec::new()), Vec::new());
    }

    #[test]
    fn a_look_up_ends_with_its_answer_its_error_the_deadline_or_a_cancel() {
        let slow = || {
            std::thread::sleep(Duration::from_secs(3));
            Ok(Vec::new())
        };
        let in_time = flight(LONG, None);
        assert_eq!(
            peer(false).look_up(&in_time, || Ok(addresses(&["[::1]:1"]))).unwrap(),
            addresses(&["[::1]:1"])
        );

        let unknown = flight(LONG, None);
        peer(false)
            .look_up(&unknown, || Err(io::Error::other("no such name")))
            .unwrap_err();
        let fault = unknown.take_fault().unwrap();
        assert_eq!(fault.kind, FailureKind::NameResolution);
        assert!(
            fault.message.contains("service.example: no such name"),
            "{}",
            fault.message
        );

        let start = Instant::now();
        let late = flight(Duration::from_millis(50), None);
        peer(false).look_up(&late, slow).unwrap_err();
        assert_eq!(late.take_fault().unwrap().kind, FailureKind::Timeout);

        let cancel = Cancel::new();
        let cancelled = flight(LONG, Some(&cancel));
        let other = cancel.clone();
        std::thread::spawn(move || other.cancel());
        peer(false).look_up(&cancelled, slow).unwrap_err();
        assert_eq!(cancelled.take_fault().unwrap().kind, FailureKind::Cancelled);
        assert!(
            start.elapsed() < Duration::from_secs(3),
            "one of the two waited for the resolver"
        );
    }

    #[test]
    fn an_address_that_refuses_or_is_silent_only_costs_time() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let open = listener.local_addr().unwrap();
        let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let silent = socket2::Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        silent.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
        silent.listen(0).unwrap();
        let silent_address = silent.local_addr().unwrap().as_socket().unwrap();
        let mut queue = Vec::new();
        while let Ok(stream) = TcpStream::connect_timeout(&silent_address, Duration::from_millis(100)) {
            queue.push(stream);
        }
        for (first, head_starts) in [(closed, 0), (silent_address, 1)] {
            let start = Instant::now();
            let stream = peer(false).connect_to(vec![first, open], &flight(LONG, None)).unwrap();
            assert_eq!(stream.peer_addr().unwrap(), open);
            assert!(start.elapsed() >= HEAD_START * head_starts && start.elapsed() < LONG / 2);
        }
    }

    #[test]
    fn a_name_for_this_machine_must_stay_on_it() {
        let flight = flight(LONG, None);
        peer(true)
            .connect_to(addresses(&["192.0.2.1:80", "[2001:db8::1]:80"]), &flight)
            .unwrap_err();
        assert_eq!(flight.take_fault().unwrap().kind, FailureKind::NameResolution);
    }
}
