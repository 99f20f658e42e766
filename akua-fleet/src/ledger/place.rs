//! Where a ledger lies: one file under one name, and whether it is still that one.

use akua_http::Error;
use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::error::ledger_error;

/// The path of a ledger, absolute and without symbolic links, and what lies there.
#[derive(Debug)]
pub(super) struct Place {
    path: PathBuf,
    ledger: Same,
    /// Once it is being written: the log, its index, and how the main file was left.
    in_use: Option<InUse>,
}

#[derive(Debug)]
struct InUse {
    log: Same,
    log_length: u64,
    index: Same,
    main: (u64, Option<SystemTime>),
    /// So that no other file is given its number.
    _log: File,
}

/// What tells one file from another while it is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Same {
    #[cfg(unix)]
    device: u64,
    #[cfg(unix)]
    number: u64,
}

impl Same {
    #[cfg(unix)]
    fn of(file: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self {
            device: file.dev(),
            number: file.ino(),
        }
    }

    /// Elsewhere a file that is open can be neither deleted nor renamed.
    #[cfg(not(unix))]
    fn of(_: &Metadata) -> Self {
        Self {}
    }
}

#[cfg(unix)]
fn names(file: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::nlink(file)
}

#[cfg(not(unix))]
fn names(_: &Metadata) -> u64 {
    1
}

impl Place {
    /// What may be a ledger at `path`, absolute from now on. It need not be there yet.
    pub(super) fn look(path: &Path) -> Result<(), Error> {
        let refused = |what: &str, hint: &str| Err(ledger_error(format!("{}: {what}", path.display()), hint));
        if path.file_name().is_none() {
            return refused("is no path of a file", "name the file too");
        }
        match fs::metadata(path) {
            Ok(there) if there.is_dir() => refused("is a folder", "name a file in it"),
            Ok(there) if !there.is_file() => refused("is no regular file", "name one on a disk of this machine"),
            Ok(_) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => refused(
                &format!("can't be opened: {error}"),
                "give the path of a file in a folder that is there and can be read",
            ),
        }
    }

    /// The place of a file that is open, and was opened at `path`.
    pub(super) fn of(ledger: &File, path: &Path) -> Result<Self, Error> {
        let found = fs::canonicalize(path).and_then(|path| Ok((path, ledger.metadata()?)));
        let (path, open) = found.map_err(|error| {
            ledger_error(
                format!("{}: can't be found again: {error}", path.display()),
                "leave it where it is while it is in use",
            )
        })?;
        let place = Self {
            path,
            ledger: Same::of(&open),
            in_use: None,
        };
        place.check()?;
        Ok(place)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What lies beside the ledger: `-wal`, `-shm` or `-journal`.
    pub(super) fn beside(&self, ending: &str) -> PathBuf {
        beside(&self.path, ending)
    }

    /// From now on the log is written, and nobody moves it into the main file.
    pub(super) fn in_use(&mut self) -> io::Result<()> {
        let log = File::open(self.beside("-wal"))?;
        let (length, main) = (log.metadata()?, fs::symlink_metadata(&self.path)?);
        self.in_use = Some(InUse {
            log: Same::of(&length),
            log_length: length.len(),
            index: Same::of(&fs::symlink_metadata(self.beside("-shm"))?),
            main: (main.len(), main.modified().ok()),
            _log: log,
        });
        Ok(())
    }

    /// It is about to be put in order by ourselves.
    pub(super) fn not_in_use(&mut self) {
        self.in_use = None;
    }

    /// Whether what lies there is what was opened, and nobody else has written to it.
    ///
    /// # Errors
    ///
    /// [`Ledger`](akua_http::ErrorKind::Ledger) that says what has become of it. Then nothing may be sent.
    pub(super) fn check(&self) -> Result<(), Error> {
        let main = self.same(&self.path, self.ledger)?;
        if names(&main) > 1 {
            return Err(ledger_error(
                format!("{}: has {} names (hard links)", self.path.display(), names(&main)),
                "its log lies beside one of them only: remove the others, then go on with the same plan",
            ));
        }
        let Some(in_use) = &self.in_use else { return Ok(()) };
        let (log, index) = (self.beside("-wal"), self.beside("-shm"));
        let length = self.same(&log, in_use.log)?.len();
        self.same(&index, in_use.index)?;
        if length < in_use.log_length {
            return Err(gone(&log, "was cut short"));
        }
        if in_use.main != (main.len(), main.modified().ok()) {
            return Err(gone(&self.path, "was written to by another program"));
        }
        Ok(())
    }

    /// Whether this process has it open more often than that: another copy of SQLite, whose locks SQLite can't see.
    pub(super) fn is_open_elsewhere(&self, times: usize) -> bool {
        is_open_more_often(self.ledger, times)
    }

    fn same(&self, path: &Path, wanted: Same) -> Result<Metadata, Error> {
        match fs::symlink_metadata(path) {
            Ok(found) if found.is_file() && Same::of(&found) == wanted => Ok(found),
            Ok(_) => Err(gone(path, "was replaced")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(gone(path, "was deleted or renamed")),
            Err(error) => Err(gone(path, &format!("can't be looked at any more ({error})"))),
        }
    }
}

/// Whether this process has a file open elsewhere, too.
pub(super) fn is_open_elsewhere(file: &File) -> bool {
    file.metadata().is_ok_and(|file| is_open_more_often(Same::of(&file), 1))
}

fn is_open_more_often(wanted: Same, times: usize) -> bool {
    if !cfg!(any(target_os = "linux", target_os = "android")) {
        return false;
    }
    let open = fs::read_dir("/proc/self/fd").map(|files| {
        let files = files.filter_map(|file| fs::metadata(file.ok()?.path()).ok());
        files.filter(|file| Same::of(file) == wanted).count()
    });
    // Where nobody can say, somebody may.
    open.map_or(true, |open| open > times)
}

/// The path of the ledger with an ending more.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

fn gone(path: &Path, what: &str) -> Error {
    ledger_error(
        format!("{}: {what} while the ledger was in use", path.display()),
        "nothing is sent after that: put it back as it was, with what lay beside it, then go on with the same plan",
    )
}
