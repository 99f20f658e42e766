//! Names that hold in every language: each variant of an enum has one, and there is a list of all.

/// A noun with its article, for messages and documentation: `a cluster`, `an operation`, and `compute settings`, of which there
/// are several.
#[doc(hidden)]
#[must_use]
pub fn with_article(noun: &str) -> String {
    if noun.ends_with('s') {
        return noun.to_owned();
    }
    let article = if noun.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {noun}")
}

/// Gives an enum without data `name` and `ALL`; to one that is declared inside of it, also `doc`. The names are stable:
/// programs in other languages compare them.
#[doc(hidden)]
#[macro_export]
macro_rules! named {
    ($type:ident { $($variant:ident => $name:literal),+ $(,)? }) => {
        impl $type {
            /// Every one of them, in the order of their declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its name in every language: lower case, with `_` between words, and the same for ever.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),+
                }
            }
        }
    };
    (
        $(#[$meta:meta])*
        $visible:vis enum $type:ident {
            $($(#[doc = $doc:literal])* $variant:ident = $name:literal),+ $(,)?
        }
    ) => {
        $(#[$meta])*
        $visible enum $type {
            $($(#[doc = $doc])* $variant),+
        }

        $crate::named!($type { $($variant => $name),+ });

        impl $type {
            /// What it means, in the words of its documentation.
            #[must_use]
            pub const fn doc(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!($($doc),*)),+
                }
            }
        }
    };
}
