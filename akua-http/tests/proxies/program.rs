//! A server program of the system's, in a folder of its own and on a free port of loopback.

use std::fs::File;
use std::io::ErrorKind;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// How long a program may take to be there.
const PATIENCE: Duration = Duration::from_secs(30);

/// A folder that is removed on drop.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("akua-{name}-{}-{number}", std::process::id()));
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.join(name), text).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A running program. It is ended on drop.
pub(crate) struct Program {
    child: Child,
    port: u16,
    said: PathBuf,
}

impl Program {
    /// Runs `name` with the arguments that `prepare` gives for a port. Another program may take the port in between:
    /// then it is tried with another one.
    pub(crate) fn start(
        name: &str,
        package: &str,
        folder: &Folder,
        mut prepare: impl FnMut(u16) -> Vec<String>,
    ) -> Self {
        let said = folder.0.join("said");
        for _ in 0..5 {
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let output = File::create(&said).unwrap();
            let child = Command::new(find(name))
                .args(prepare(port))
                .stdin(Stdio::null())
                .stdout(output.try_clone().unwrap())
                .stderr(output)
                .spawn();
            let child = match child {
                Ok(child) => child,
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    panic!("{name} is missing. As root: apt-get install -y --no-install-recommends {package}")
                }
                Err(error) => panic!("{name} can't be run: {error}"),
            };
            let said = said.clone();
            let mut program = Self { child, port, said };
            if program.is_there() {
                return program;
            }
            let said = program.said();
            let in_use = said.contains("in use") || said.contains("Could not create listening socket");
            assert!(in_use, "{name} does not run: {said}");
        }
        panic!("{name} found no free port")
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// What it has written so far.
    pub(crate) fn said(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(&self.said).unwrap()).into_owned()
    }

    /// Waits until it accepts connections. False if it has ended, or does not come.
    fn is_there(&mut self) -> bool {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if self.child.try_wait().unwrap().is_some() {
                return false;
            }
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        false
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Debian keeps servers where only root's path leads.
fn find(name: &str) -> PathBuf {
    let server = Path::new("/usr/sbin").join(name);
    if server.exists() { server } else { name.into() }
}
