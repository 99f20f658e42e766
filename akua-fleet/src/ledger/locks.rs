//! Locks on the ledger's file that nobody else in the process can drop.
//!
//! SQLite's own locks are those of a process and an inode: when a second copy of SQLite, as that of Python's standard
//! library, closes the same file, the system drops them all, and as the seemingly last user it then deletes the
//! write-ahead log that the first copy is writing. The locks here belong to an *open file description*: they end when
//! they are let go, or with the last process that has the description. They stand on the bytes that every SQLite asks
//! for, in this process and in others, so nothing of SQLite has to be changed:
//!
//! - [`share`](Locks::share), a read lock on the bytes of a reader: nobody gets the file exclusively, so nobody deletes
//!   the write-ahead log, switches it off, or rebuilds its index;
//! - [`join_index`](Locks::join_index), [`keep_index`](Locks::keep_index) and [`keep_log`](Locks::keep_log), read locks
//!   on three bytes of the log's index: nobody empties it, makes it anew while it is being written, or moves the log
//!   into the main file;
//! - [`alone`](Locks::alone), a write lock on all that a SQLite could ask for: nobody reads the file.
//!
//! One byte that SQLite does not use marks the process that runs the plan. That lock is on the file, not on its name.
//!
//! Only Linux and Android have such locks behind a safe interface. Elsewhere a file beside the ledger is locked, which
//! does not protect it from a second SQLite in the same process.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use super::place::is_open_elsewhere;

/// How often a lock that somebody holds for a moment is asked for.
const AGAIN: Duration = Duration::from_millis(1);

/// The bytes that every SQLite locks, by what they say (`os_unix.c`, `wal.c`).
const PENDING: Bytes = Bytes(0x4000_0000, 1);
const BEFORE_SHARED: Bytes = Bytes(0x4000_0000, 2);
const SHARED: Bytes = Bytes(0x4000_0002, 510);
/// All of the above, and that of a writer of a rollback journal.
const WHOLE: Bytes = Bytes(0x4000_0000, 512);
/// Of the index: who moves the log into the file, who makes the index anew, and that it is in use.
const CHECKPOINT: Bytes = Bytes(121, 1);
const RECOVER: Bytes = Bytes(122, 1);
const IN_USE: Bytes = Bytes(128, 1);
/// The first two of these.
const KEPT: Bytes = Bytes(121, 2);
/// How much of the index has to be right for the rest to be believed.
const INDEX_HEAD: usize = 136;
/// Ours: who carries the plan out.
const RUNNER: Bytes = Bytes(0x4000_0400, 1);

/// From where, and how many.
#[derive(Clone, Copy, Debug)]
struct Bytes(i32, i32);

#[derive(Clone, Copy, Debug)]
enum Kind {
    Read,
    Write,
    None,
}

/// The locks on one ledger. They end when this is dropped by the process that took them.
pub(super) struct Locks {
    ledger: File,
    index: Option<File>,
    /// Where a lock can't be on the ledger itself.
    beside: Option<File>,
    /// A program that is just being started by another thread, and a forked child, have the files open, too.
    holder: u32,
}

impl Locks {
    /// The lock of the one who carries the plan out; `None` if another has it.
    pub(super) fn of_runner(ledger: File, path: &Path) -> io::Result<Option<Self>> {
        let mut locks = Self {
            ledger,
            index: None,
            beside: None,
            holder: std::process::id(),
        };
        let got = if system::ON_DESCRIPTIONS {
            system::set(&locks.ledger, RUNNER, Kind::Write)?
        } else {
            let (file, got) = system::beside(path)?;
            locks.beside = Some(file);
            got
        };
        Ok(got.then_some(locks))
    }

    /// The file that the locks are on.
    pub(super) fn ledger(&self) -> &File {
        &self.ledger
    }

    /// Has the file for itself: no other SQLite reads or writes it until [`share`](Self::share). No, if somebody has it
    /// open for longer than that.
    pub(super) fn alone(&self, at_most: Duration) -> io::Result<bool> {
        let until = Instant::now() + at_most;
        // Whoever comes now waits, so that those who are there come to their end.
        if wait(until, || self.hold_back())? {
            if wait(until, || system::set(&self.ledger, WHOLE, Kind::Write))? {
                return Ok(true);
            }
            self.let_in()?;
        }
        Ok(false)
    }

    /// Nobody begins to read who is not there already.
    pub(super) fn hold_back(&self) -> io::Result<bool> {
        system::set(&self.ledger, PENDING, Kind::Write)
    }

    pub(super) fn let_in(&self) -> io::Result<bool> {
        system::set(&self.ledger, BEFORE_SHARED, Kind::None)
    }

    /// Nobody else gets the file for himself. No, if somebody has it so for longer than that.
    pub(super) fn share(&self, at_most: Duration) -> io::Result<bool> {
        // In one step, so that nobody comes in between.
        let shared = wait(Instant::now() + at_most, || {
            system::set(&self.ledger, SHARED, Kind::Read)
        })?;
        if shared {
            self.let_in()?;
        }
        Ok(shared)
    }

    /// Takes part in the index of the log, as every SQLite does: made anew by the next who reads it if nobody else does.
    pub(super) fn join_index(&mut self, index: File, at_most: Duration) -> io::Result<bool> {
        if system::set(&index, IN_USE, Kind::Write)? && index.metadata()?.len() > 0 {
            // It is not cut short, as SQLite does: whoever has it mapped all the same would crash.
            (&index).write_all(&[0; INDEX_HEAD])?;
        }
        let joined = wait(Instant::now() + at_most, || system::set(&index, IN_USE, Kind::Read))?;
        self.index = Some(index);
        Ok(joined)
    }

    /// Nobody makes the index anew.
    pub(super) fn keep_index(&self, at_most: Duration) -> io::Result<bool> {
        self.on_index(RECOVER, at_most)
    }

    /// Nobody moves the log into the file.
    pub(super) fn keep_log(&self, at_most: Duration) -> io::Result<bool> {
        self.on_index(CHECKPOINT, at_most)
    }

    fn on_index(&self, bytes: Bytes, at_most: Duration) -> io::Result<bool> {
        let Some(index) = &self.index else { return Ok(true) };
        wait(Instant::now() + at_most, || system::set(index, bytes, Kind::Read))
    }

    /// The log may be moved again, by ourselves.
    pub(super) fn let_log_go(&self) {
        if let Some(index) = &self.index {
            // It ends with the description at the latest.
            let _ = system::set(index, CHECKPOINT, Kind::None);
        }
    }
}

impl Drop for Locks {
    fn drop(&mut self) {
        if std::process::id() == self.holder {
            // Else they end with the last process that has the file open.
            if let Some(index) = self.index.take() {
                let _ = system::set(&index, KEPT, Kind::None);
                if is_open_elsewhere(&index) {
                    // To close it drops the locks of whoever else in this process has it mapped, and the next SQLite
                    // would cut it short under him: this lock stays in their place until the process ends.
                    std::mem::forget(index);
                } else {
                    let _ = system::set(&index, IN_USE, Kind::None);
                }
            }
            let _ = system::set(&self.ledger, WHOLE, Kind::None);
            let _ = system::set(&self.ledger, RUNNER, Kind::None);
            let _ = self.beside.as_ref().map(File::unlock);
        }
    }
}

/// A reader's lock on the ledger: as long as it lives, nobody closes it as the last one and moves the log into the main
/// file. `None` if that goes on for too long.
pub(super) fn reader(ledger: File) -> io::Result<Option<File>> {
    let got = wait(Instant::now() + Duration::from_secs(5), || {
        system::set(&ledger, SHARED, Kind::Read)
    })?;
    Ok(got.then_some(ledger))
}

fn wait(until: Instant, mut attempt: impl FnMut() -> io::Result<bool>) -> io::Result<bool> {
    loop {
        if attempt()? {
            return Ok(true);
        }
        if Instant::now() >= until {
            return Ok(false);
        }
        std::thread::sleep(AGAIN);
    }
}

/// Opens a file to be locked, made if there is none. Programs that are started do not inherit it.
pub(super) fn open(path: &Path, make: bool) -> io::Result<File> {
    OpenOptions::new()
        .create(make)
        .truncate(false)
        .read(true)
        .write(true)
        .open(path)
}

/// Whether other connections than ours are kept away by locks of ours.
pub(super) const ON_DESCRIPTIONS: bool = system::ON_DESCRIPTIONS;

#[cfg(any(target_os = "linux", target_os = "android"))]
mod system {
    use std::fs::File;
    use std::io;
    use std::path::Path;

    use nix::errno::Errno;
    use nix::fcntl::{FcntlArg, fcntl};
    use nix::libc;

    use crate::ledger::locks::{Bytes, Kind};

    pub(super) const ON_DESCRIPTIONS: bool = true;

    /// Sets or ends a lock; no, if somebody else's is in the way.
    pub(super) fn set(file: &File, Bytes(first, count): Bytes, kind: Kind) -> io::Result<bool> {
        let kind = match kind {
            Kind::Read => libc::F_RDLCK,
            Kind::Write => libc::F_WRLCK,
            Kind::None => libc::F_UNLCK,
        };
        let lock = libc::flock {
            // Small constants, of another width on each platform.
            l_type: kind as _,
            l_whence: libc::SEEK_SET as _,
            l_start: first.into(),
            l_len: count.into(),
            l_pid: 0,
        };
        match fcntl(file, FcntlArg::F_OFD_SETLK(&lock)) {
            Ok(_) => Ok(true),
            Err(Errno::EAGAIN | Errno::EACCES) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn beside(_: &Path) -> io::Result<(File, bool)> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod system {
    use std::fs::{File, TryLockError};
    use std::io;
    use std::path::Path;

    use crate::ledger::locks::{Bytes, Kind};

    pub(super) const ON_DESCRIPTIONS: bool = false;

    /// Always true: here only SQLite's own locks protect the file.
    pub(super) fn set(_: &File, _: Bytes, _: Kind) -> io::Result<bool> {
        Ok(true)
    }

    pub(super) fn beside(path: &Path) -> io::Result<(File, bool)> {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".lock");
        let file = crate::ledger::locks::open(&path.with_file_name(name), true)?;
        let got = match file.try_lock() {
            Ok(()) => true,
            Err(TryLockError::WouldBlock) => false,
            Err(TryLockError::Error(error)) => return Err(error),
        };
        Ok((file, got))
    }
}
