//! The kubeconfig: a secret that can be written and is never shown.

use std::fmt;

use validator::{Validate, ValidationErrors};
use zeroize::Zeroizing;

use crate::error::Error;
use crate::limits;
use crate::validation::{check, length_message, violation};

/// A kubeconfig to import a cluster with: at least one code point.
///
/// It is write-only: the API never answers it. `Debug` shows nothing of it, it can't be serialised, and
/// its memory is wiped on drop.
///
/// ```
/// use akua_model::Kubeconfig;
/// let kubeconfig = Kubeconfig::new("apiVersion: v1")?;
/// assert_eq!(format!("{kubeconfig:?}"), "Kubeconfig(secret)");
/// # Ok::<(), akua_model::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Kubeconfig(Zeroizing<String>);

impl Kubeconfig {
    /// Takes the text of a kubeconfig file.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) if it is empty. Nothing was sent.
    pub fn new(text: impl Into<String>) -> Result<Self, Error> {
        let kubeconfig = Self(Zeroizing::new(text.into()));
        check(&kubeconfig)?;
        Ok(kubeconfig)
    }

    /// The secret itself, for the body of a request and nothing else.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl Validate for Kubeconfig {
    fn validate(&self) -> Result<(), ValidationErrors> {
        let mut errors = ValidationErrors::new();
        if !limits::KUBECONFIG.allows(&self.0) {
            errors.add("kubeconfig", violation(length_message(&self.0, limits::KUBECONFIG)));
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }
}

impl fmt::Debug for Kubeconfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Kubeconfig(secret)")
    }
}
