//! Room for the body of an answer, kept by a client from one call to the next: new room has to be filled with zeros before it
//! can be read into.

use std::io::{self, Read};
use std::sync::Mutex;

/// The most that is kept, and that is filled with zeros at a time.
const MOST: usize = 64 * 1024;

/// Room for one call at a time; others make their own. What was read into it last is no business of a log.
#[derive(Default)]
pub(crate) struct Room(Mutex<Vec<u8>>);

impl Room {
    /// What was kept. Never waits: after a fork the lock may be held by nobody.
    pub(crate) fn take(&self) -> Vec<u8> {
        let kept = self.0.try_lock();
        kept.map_or_else(|_| Vec::new(), |mut kept| std::mem::take(&mut *kept))
    }

    /// Keeps the room of a body that was read.
    pub(crate) fn give_back(&self, body: Vec<u8>) {
        if body.capacity() <= MOST
            && let Ok(mut kept) = self.0.try_lock()
        {
            *kept = body;
        }
    }
}

/// Reads all there is into `room`, whatever stands there. So many bytes are `announced`, if that is known.
pub(crate) fn read_all(room: &mut Vec<u8>, announced: Option<usize>, mut reader: impl Read) -> io::Result<()> {
    // The end shows in the byte behind the last one.
    let wanted = announced.map_or(0, |bytes| bytes.saturating_add(1));
    if room.capacity() < wanted {
        *room = Vec::with_capacity(wanted);
    }
    let mut filled = 0;
    let read = loop {
        if filled == room.len() {
            let more = wanted.checked_sub(filled).filter(|more| *more > 0);
            room.resize(filled + more.unwrap_or(MOST).min(MOST), 0);
        }
        match reader.read(room.get_mut(filled..).unwrap_or_default()) {
            Ok(0) => break Ok(()),
            Ok(bytes) => filled += bytes,
            Err(error) => break Err(error),
        }
    };
    room.truncate(filled);
    read
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Gives its bytes in pieces of this size.
    struct Pieces<'a>(&'a [u8], usize);

    impl Read for Pieces<'_> {
        fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
            let most = room.len().min(self.1);
            self.0.read(&mut room[..most])
        }
    }

    #[test]
    fn all_is_read_whatever_was_announced_and_kept() {
        let body: Vec<u8> = (0..3 * MOST).map(|at| (at % 251) as u8).collect();
        for length in [0, 1, 100, MOST - 1, MOST, MOST + 1, 3 * MOST] {
            let body = &body[..length];
            for announced in [None, Some(length), Some(length / 2), Some(2 * length)] {
                for kept in [0, 1, length, 2 * length] {
                    let mut room = vec![7; kept];
                    read_all(&mut room, announced, Pieces(body, 10_000)).unwrap();
                    assert!(room == body, "{length} {announced:?} {kept}");
                }
            }
        }
    }

    #[test]
    fn what_came_before_a_failure_is_there() {
        struct Fails;
        impl Read for Fails {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("lost"))
            }
        }
        let mut room = vec![7; 9];
        read_all(&mut room, Some(5), Read::chain(&b"abc"[..], Fails)).unwrap_err();
        assert_eq!(room, b"abc");
    }

    #[test]
    fn one_room_is_kept_and_none_that_is_large() {
        let room = Room::default();
        room.give_back(vec![1; 10]);
        assert_eq!(room.take().len(), 10);
        assert!(room.take().is_empty());
        room.give_back(vec![1; MOST + 1]);
        assert!(room.take().is_empty());
    }
}
