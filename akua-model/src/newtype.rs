//! Macros for text types: validated ones, and open enums that keep a value they don't know.

/// Gives a validated text type its ways in (`parse`, `TryFrom`, serde) and out (`as_str`, `Display`).
///
/// `$check` is a function from `&str` to `Result<(), Error>`: nothing gets in that it refuses.
macro_rules! text_newtype {
    ($(#[$meta:meta])* $name:ident, $field:literal, $problem:expr) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The text, exactly as it was given.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            fn problem(text: &str) -> Option<String> {
                let find: fn(&str) -> Option<String> = $problem;
                find(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::Error;

            fn try_from(text: String) -> Result<Self, $crate::Error> {
                match Self::problem(&text) {
                    None => Ok(Self(text)),
                    Some(message) => Err($crate::Error::invalid($field, message)),
                }
            }
        }

        impl TryFrom<&str> for $name {
            type Error = $crate::Error;

            fn try_from(text: &str) -> Result<Self, $crate::Error> {
                Self::try_from(text.to_owned())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::Error;

            fn from_str(text: &str) -> Result<Self, $crate::Error> {
                Self::try_from(text)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl $crate::value::Showing for $name {
            fn shown(&self, _: $crate::property::Presence) -> $crate::value::Shown<$crate::value::Value<'_>> {
                $crate::value::Shown::Is($crate::value::Value::Text(&self.0))
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl validator::Validate for $name {
            fn validate(&self) -> Result<(), validator::ValidationErrors> {
                let mut errors = validator::ValidationErrors::new();
                if let Some(message) = Self::problem(&self.0) {
                    errors.add($field, $crate::validation::violation(message));
                }
                if errors.is_empty() { Ok(()) } else { Err(errors) }
            }
        }
    };
}

pub(crate) use text_newtype;

/// An enumeration that a server may extend: a value this version does not know is kept as its text.
macro_rules! open_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)+
            /// A value that this version does not know, as the server wrote it.
            Other(String),
        }

        impl $name {
            /// The values this version knows, as they stand on the wire.
            pub const KNOWN: &'static [&'static str] = &[$($text),+];

            /// The value as it stands on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)+
                    Self::Other(text) => text,
                }
            }

            /// Whether this version knows the value.
            #[must_use]
            pub fn is_known(&self) -> bool {
                !matches!(self, Self::Other(_))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            /// Only a value that this version does not know takes memory of its own.
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Text;

                impl serde::de::Visitor<'_> for Text {
                    type Value = $name;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("a string")
                    }

                    fn visit_str<E>(self, text: &str) -> Result<$name, E> {
                        Ok($name::from(text))
                    }
                }

                deserializer.deserialize_str(Text)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)+
                    other => Self::Other(other.to_owned()),
                }
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                match text.as_str() {
                    $($text => Self::$variant,)+
                    _ => Self::Other(text),
                }
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.as_str().to_owned()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl $crate::value::Showing for $name {
            fn shown(&self, _: $crate::property::Presence) -> $crate::value::Shown<$crate::value::Value<'_>> {
                $crate::value::Shown::Is($crate::value::Value::Text(self.as_str()))
            }
        }

        impl $crate::writable::Writable for $name {
            fn value(&self) -> $crate::value::Value<'_> {
                $crate::value::Value::Text(self.as_str())
            }

            fn take(value: $crate::value::Value<'_>) -> Option<Self> {
                value.as_text().map(Self::from)
            }

            /// A value that this version does not know can be read, not written.
            fn problem(&self, _: &$crate::property::Property) -> Option<String> {
                let known = Self::KNOWN.join(" or ");
                (!self.is_known()).then(|| format!("is none that can be written ({known})"))
            }
        }
    };
}

pub(crate) use open_enum;
