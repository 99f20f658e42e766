//! The token in the file of the vendor's command line: the key `token` of a JSON object, all else in it ignored.
//!
//! A file that others can read is refused before it is read, and nothing is ever written.

use std::fs::{File, Metadata};
use std::io::{ErrorKind, Read};
use std::path::Path;

use zeroize::Zeroizing;

use crate::credentials::Token;
use crate::error::Error;

/// The largest file that is read: far more than any token needs.
const MAX_BYTES: u64 = 1024 * 1024;

/// The token in the file at `path`; `None` if there is no file, or no token in it.
pub(super) fn read(path: &Path) -> Result<Option<Token>, Error> {
    let shown = path.display();
    let unreadable = |error: std::io::Error| {
        Error::configuration(
            format!("{shown} can't be read: {error}"),
            "set AKUA_API_TOKEN, or mend the file",
        )
    };
    // Looked at before it is opened: opening a pipe could wait for ever.
    match path.metadata() {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
        Err(error) => return Err(unreadable(error)),
        Ok(metadata) if !metadata.is_file() => {
            return Err(Error::configuration(
                format!("{shown} is not a file"),
                "set AKUA_API_TOKEN, or move it away",
            ));
        }
        Ok(_) => {}
    }
    let mut file = File::open(path).map_err(unreadable)?;
    // Once more on what was opened, which may be another file by now.
    let metadata = file.metadata().map_err(unreadable)?;
    if is_open_to_others(&metadata) {
        return Err(Error::configuration(
            format!("{shown} can be read or changed by others than its owner, so the token in it is not used"),
            format!("run: chmod 600 {shown}"),
        ));
    }
    if metadata.len() > MAX_BYTES {
        return Err(Error::configuration(
            format!("{shown} is larger than {MAX_BYTES} bytes"),
            "set AKUA_API_TOKEN, or mend the file",
        ));
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0) + 1));
    file.by_ref()
        .take(MAX_BYTES)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    match token_in(&bytes) {
        Ok(None) => Ok(None),
        Ok(Some(token)) => Token::new(token).map(Some).map_err(|error| error.in_file(path)),
        Err(problem) => Err(Error::configuration(
            format!("{shown} {problem}"),
            "set AKUA_API_TOKEN, or mend the file",
        )),
    }
}

/// The token in the text of the file. What is wrong is said without showing any of it.
fn token_in(bytes: &[u8]) -> Result<Option<String>, &'static str> {
    #[derive(serde::Deserialize)]
    struct Contents {
        #[serde(default)]
        token: Option<String>,
    }
    let value: Contents = serde_json::from_slice(bytes).map_err(|error| {
        if error.is_data() {
            "does not have a text as its `token`"
        } else {
            "is not JSON"
        }
    })?;
    Ok(value.token.filter(|token| !token.is_empty()))
}

#[cfg(unix)]
fn is_open_to_others(metadata: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn is_open_to_others(_: &Metadata) -> bool {
    // Elsewhere a home folder is its owner's own unless it was opened on purpose.
    false
}
