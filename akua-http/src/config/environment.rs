//! The environment as a value: what a program's variables and home folder say, or nothing at all.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::error::Error;

type Lookup = Box<dyn Fn(&str) -> Option<OsString>>;

/// The variables and the home folder. Tests make their own; nothing else in this crate reads the real one.
pub(super) struct Environment {
    variable: Lookup,
    home: Option<PathBuf>,
}

impl Environment {
    /// That of this process.
    pub(super) fn real() -> Self {
        Self {
            variable: Box::new(|name| std::env::var_os(name)),
            home: std::env::home_dir(),
        }
    }

    /// One in which nothing is set.
    pub(super) fn empty() -> Self {
        Self {
            variable: Box::new(|_| None),
            home: None,
        }
    }

    #[cfg(test)]
    pub(super) fn of(variables: &[(&'static str, &str)], home: Option<PathBuf>) -> Self {
        let variables: Vec<(&str, OsString)> = variables.iter().map(|(name, text)| (*name, text.into())).collect();
        Self {
            variable: Box::new(move |name| {
                let found = variables.iter().find(|(known, _)| *known == name);
                found.map(|(_, text)| text.clone())
            }),
            home,
        }
    }

    /// The text of a variable; `None` if it is not set or empty. An error never shows it.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, Error> {
        match (self.variable)(name).filter(|text| !text.is_empty()) {
            None => Ok(None),
            Some(text) => text.into_string().map(Some).map_err(|_| {
                Error::configuration(format!("{name} is not UTF-8"), format!("set {name} anew, or unset it"))
            }),
        }
    }

    /// Where the vendor's command line keeps the token.
    pub(super) fn token_file(&self) -> Option<PathBuf> {
        let home = self.home.as_ref().filter(|home| !home.as_os_str().is_empty())?;
        Some(home.join(".config").join("akua").join("config.json"))
    }
}
