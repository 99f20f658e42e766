//! A secret: it can be written and is never shown.

use std::fmt;

use serde::de::{Deserialize, Deserializer};
use zeroize::{Zeroize, Zeroizing};

use crate::raw::Json;

/// A secret text, such as a kubeconfig. `Debug` shows nothing of it, it can't be serialised, and its memory is wiped on
/// drop. How long it may be is checked where it is put into a patch.
///
/// Of an answer whatever JSON stands there is taken: a text as it is, anything else as its JSON. A secret that is shown once is
/// not lost because its form is another one than was thought.
///
/// ```
/// use akua_model::Secret;
/// let kubeconfig = Secret::from("apiVersion: v1");
/// assert_eq!(format!("{kubeconfig:?}"), "Secret(hidden)");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// The secret itself, for the body of a request and for whoever has to keep it; never for people.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl From<Zeroizing<String>> for Secret {
    fn from(text: Zeroizing<String>) -> Self {
        Self(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Json::deserialize(deserializer)?;
        let text = serde_json::from_str::<String>(json.as_str());
        let mut raw = json.into_text();
        Ok(match text {
            Ok(text) => {
                raw.zeroize();
                text.into()
            }
            Err(_) => raw.into(),
        })
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(hidden)")
    }
}

/// The secrets of a patch by the names of their properties, given again to whoever has only their hashes: see
/// [`edit::Edit::resume`](crate::edit::Edit::resume).
///
/// ```
/// use akua_model::Secrets;
/// let secrets = Secrets::none().with("kubeconfig", "apiVersion: v1");
/// assert_eq!(format!("{secrets:?}"), r#"{"kubeconfig": Secret(hidden)}"#);
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secrets(Vec<(String, Secret)>);

impl Secrets {
    /// No secret.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// These and that of the property `name`.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, secret: impl Into<Secret>) -> Self {
        self.insert(name, secret);
        self
    }

    /// Takes the secret of the property `name`, in place of one that was there.
    pub fn insert(&mut self, name: impl Into<String>, secret: impl Into<Secret>) {
        let name = name.into();
        self.0.retain(|(known, _)| *known != name);
        self.0.push((name, secret.into()));
    }

    /// The secret of the property `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Secret> {
        let named = self.0.iter().find(|(known, _)| known == name);
        named.map(|(_, secret)| secret)
    }

    /// Every name with its secret.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Secret)> {
        self.0.iter().map(|(name, secret)| (name.as_str(), secret))
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<N: Into<String>, S: Into<Secret>> FromIterator<(N, S)> for Secrets {
    fn from_iter<I: IntoIterator<Item = (N, S)>>(named: I) -> Self {
        let mut secrets = Self::none();
        named
            .into_iter()
            .for_each(|(name, secret)| secrets.insert(name, secret));
        secrets
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}
