//! Names that hold in every language: each variant of an enum has one, and there is a list of all.

/// Gives an enum without data `name` and `ALL`. The names are stable: programs in other languages compare them.
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
}
