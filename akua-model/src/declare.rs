//! The macro behind `api.rs`: one declaration of a kind gives its type, its patch and builder, its limits, and the table
//! that everything else is made from.
//!
//! A property is declared as `name: type, access[, presence];` with its documentation above it.
//! - type: `text(1..=100)` or `text`, `secret(1..)`, `id(ClusterId)`, `etag`, `open(Provider)` (an enumeration), `flag`,
//!   `number(0..=100)` or `number`, `time`, `json`, `object(WorkspacePlan)`. Lengths are in Unicode code points.
//! - access: `read`, `write` or `both`.
//! - presence in answers: nothing (always), `optional`, `nullable`, `undocumented` or `once`: see
//!   [`Presence`](crate::property::Presence).
//!
//! An enumeration that is written as a flag under another name says so behind its type: `open(Life) written is_alive for "alive"`
//! is written as `"is_alive":true` for `alive` and `"is_alive":false` for any other value.
//!
//! A kind is declared with its patch, and then has every call; or with those calls that it has, `list` and perhaps `get`, and
//! then there is no patch and nothing that writes, in no language. `filters` names the properties by which its list can be
//! narrowed, which are given together or not at all. A kind of which there is one for each of another, and which answers to
//! that one's id, is declared `at` its path, with the property that is then its id: `id cluster_id ClusterId`. There is no list
//! of it, and as no answer shows the id, it is added to what is read. `calls get` in place of the patch makes it one that can
//! only be read.
//!
//! A kind that stands below another, as the bootstraps of workers of a cluster do, is declared `below` the property that its list
//! and a new one take the other by: `below cluster_id in "/v1/clusters/{id}/worker_bootstraps", id full_id WorkerBootstrapId`. Its id
//! is both ids with a `/` between them; answers show the second one, and `full_id` is added to what is read.
//!
//! What a new one is made of is declared apart, as `new NewCluster, NewClusterBuilder`: it is built as a patch is, and
//! every property without `optional` has to be set.

/// The Rust type of a property.
macro_rules! rust_type {
    (text $($limit:tt)?) => {
        String
    };
    (secret $limit:tt) => {
        $crate::secret::Secret
    };
    (id ($type:ty)) => {
        $type
    };
    (open ($type:ty) $($written:tt)*) => {
        $type
    };
    (object ($type:ty)) => {
        $type
    };
    (etag) => {
        $crate::etag::Etag
    };
    (flag) => {
        bool
    };
    (number $($limit:tt)?) => {
        i64
    };
    (time) => {
        $crate::timestamp::Timestamp
    };
    (json) => {
        $crate::raw::Json
    };
}

/// What its values are.
macro_rules! value_type {
    (text $($limit:tt)?) => {
        Type::Text
    };
    (secret $limit:tt) => {
        Type::Secret
    };
    (id $type:tt) => {
        Type::Id
    };
    (open ($type:ty) $($written:tt)*) => {
        Type::Enumeration(<$type>::KNOWN)
    };
    (object ($type:ty)) => {
        Type::Object(<$type>::PROPERTIES)
    };
    (etag) => {
        Type::Etag
    };
    (flag) => {
        Type::Flag
    };
    (number $($limit:tt)?) => {
        Type::Number
    };
    (time) => {
        Type::Time
    };
    (json) => {
        Type::Json
    };
}

/// The name of their type, where it is one of its own.
macro_rules! type_name {
    ($what:ident ($type:ident) $($written:tt)*) => {
        stringify!($type)
    };
    ($($other:tt)*) => {
        ""
    };
}

/// The lengths that may be written.
macro_rules! limit {
    (text ($min:literal ..= $max:literal)) => {
        Limit::new($min, $max)
    };
    (number ($min:literal ..= $max:literal)) => {
        Limit::new($min, $max)
    };
    (secret ($min:literal ..)) => {
        Limit::new($min, u64::MAX)
    };
    ($($other:tt)*) => {
        Limit::new(0, u64::MAX)
    };
}

/// The flag by which it is written, where it is.
macro_rules! written {
    (open $type:tt $name:ident $value:literal) => {
        Some(WrittenFlag::new(stringify!($name), $value))
    };
    ($($other:tt)*) => {
        None
    };
}

/// Declares a kind, or an object inside of one.
macro_rules! declare {
    // A property, its presence told first: the attributes and the type of the field that holds it.
    (@next $head:tt $done:tt $(#[doc = $doc:literal])* $name:ident : $type:ident $(($($of:tt)*))? $(written $flag:ident for $on:literal)?, $access:ident; $($rest:tt)*) => {
        declare! {@$access $head $done [$($doc)*] $name [$type $(($($of)*))? $($flag $on)?] Required
            [] [rust_type!($type $(($($of)*))?)] $($rest)*}
    };
    (@next $head:tt $done:tt $(#[doc = $doc:literal])* $name:ident : $type:ident $(($($of:tt)*))?, $access:ident, optional; $($rest:tt)*) => {
        declare! {@$access $head $done [$($doc)*] $name [$type $(($($of)*))?] Optional
            [#[serde(skip_serializing_if = "Option::is_none")]]
            [Option<rust_type!($type $(($($of)*))?)>] $($rest)*}
    };
    (@next $head:tt $done:tt $(#[doc = $doc:literal])* $name:ident : $type:ident $(($($of:tt)*))?, $access:ident, undocumented; $($rest:tt)*) => {
        declare! {@$access $head $done [$($doc)*] $name [$type $(($($of)*))?] Undocumented
            [#[serde(skip_serializing_if = "Option::is_none")]]
            [Option<rust_type!($type $(($($of)*))?)>] $($rest)*}
    };
    (@next $head:tt $done:tt $(#[doc = $doc:literal])* $name:ident : $type:ident $(($($of:tt)*))?, $access:ident, nullable; $($rest:tt)*) => {
        declare! {@$access $head $done [$($doc)*] $name [$type $(($($of)*))?] Nullable
            []
            [Option<rust_type!($type $(($($of)*))?)>] $($rest)*}
    };
    (@next $head:tt $done:tt $(#[doc = $doc:literal])* $name:ident : $type:ident $(($($of:tt)*))?, $access:ident, once; $($rest:tt)*) => {
        declare! {@$access $head $done [$($doc)*] $name [$type $(($($of)*))?] Once
            [#[serde(skip_serializing)]]
            [Option<rust_type!($type $(($($of)*))?)>] $($rest)*}
    };
    // Then its access: which of the lists it goes into.
    (@read $head:tt {[$($read:tt)*] [$($write:tt)*] [$($all:tt)*]} $doc:tt $name:ident $type:tt $presence:ident $attributes:tt $rust:tt $($rest:tt)*) => {
        declare! {@next $head {
            [$($read)* {$doc $name $presence $attributes $rust}] [$($write)*] [$($all)* {$doc $name $type true false $presence}]
        } $($rest)*}
    };
    (@write $head:tt {[$($read:tt)*] [$($write:tt)*] [$($all:tt)*]} $doc:tt $name:ident $type:tt $presence:ident $attributes:tt $rust:tt $($rest:tt)*) => {
        declare! {@next $head {
            [$($read)*] [$($write)* {$doc $name $type false true $presence}] [$($all)* {$doc $name $type false true $presence}]
        } $($rest)*}
    };
    (@both $head:tt {[$($read:tt)*] [$($write:tt)*] [$($all:tt)*]} $doc:tt $name:ident $type:tt $presence:ident $attributes:tt $rust:tt $($rest:tt)*) => {
        declare! {@next $head {
            [$($read)* {$doc $name $presence $attributes $rust}]
            [$($write)* {$doc $name $type true true $presence}]
            [$($all)* {$doc $name $type true true $presence}]
        } $($rest)*}
    };
    // All told.
    (@next [new $($head:tt)*] {$read:tt $write:tt $all:tt}) => {
        declare! {@new [$($head)*] $write $all}
    };
    (@next [$what:ident $($head:tt)*] {$read:tt $write:tt $all:tt}) => {
        declare! {@properties [$what $($head)*] $read $all}
        declare! {@$what [$($head)*] $write $all}
    };

    // The type itself.
    (@properties [$what:ident {$(#[$meta:meta])*} $Name:ident $($head:tt)*]
        [$({[$($doc:literal)*] $name:ident $presence:ident [$(#[$attribute:meta])*] [$rust:ty]})*]
        [$({$all_doc:tt $all_name:ident $all_type:tt $all_read:tt $all_write:tt $all_presence:ident})*]) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Serialize)]
        #[non_exhaustive]
        pub struct $Name {
            $($(#[doc = $doc])* $(#[$attribute])* pub $name: $rust,)*
            /// Properties that this version does not know.
            #[serde(flatten)]
            pub unknown: Unknown,
        }

        impl Properties for $Name {
            fn shown(&self, name: &str) -> Shown<Value<'_>> {
                match name {
                    $(stringify!($name) => Showing::shown(&self.$name, Presence::$presence),)*
                    _ => Shown::Unreadable,
                }
            }

            fn shown_at(&self, index: usize) -> Shown<Value<'_>> {
                const SHOWN: &[fn(&$Name) -> Shown<Value<'_>>] = &[$(declare!(@shown $all_read $all_name $all_presence)),*];
                SHOWN.get(index).map_or(Shown::Unreadable, |shown| shown(self))
            }

            fn text_at(&self, index: usize) -> Option<&str> {
                const TEXTS: &[fn(&$Name) -> Option<&str>] = &[$(declare!(@text $all_read $all_name $all_presence)),*];
                TEXTS.get(index).and_then(|text| text(self))
            }

            fn secret(&self, name: &str) -> Option<&Secret> {
                match name {
                    $(stringify!($name) => Showing::secret(&self.$name),)*
                    _ => None,
                }
            }

            fn to_json(&self) -> Json {
                Json::of(self)
            }
        }

        impl<'de> Deserialize<'de> for $Name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Members;

                impl<'de> Visitor<'de> for Members {
                    type Value = $Name;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str(concat!("struct ", stringify!($Name)))
                    }

                    #[inline(never)]
                    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<$Name, A::Error> {
                        let mut unknown = Unknown::default();
                        $(let mut $name = None;)*
                        while let Some(Key(key)) = map.next_key()? {
                            match &*key {
                                $(stringify!($name) => read_into(&mut $name, stringify!($name), &mut map)?,)*
                                other => read_unknown(&mut unknown, other, &mut map)?,
                            }
                        }
                        Ok($Name {
                            $($name: declare!(@read_as $presence $name),)*
                            unknown,
                        })
                    }
                }

                deserializer.deserialize_map(Members)
            }
        }
    };
    // What shows a property, if answers have it.
    (@shown true $name:ident $presence:ident) => { |this| Showing::shown(&this.$name, Presence::$presence) };
    (@shown false $name:ident $presence:ident) => { |_| Shown::Unreadable };
    (@text true $name:ident $presence:ident) => { |this| Showing::shown(&this.$name, Presence::$presence).value()?.as_text() };
    (@text false $name:ident $presence:ident) => { |_| None };
    // A property that was read, or not.
    (@read_as Optional $name:ident) => { $name };
    (@read_as Undocumented $name:ident) => { $name };
    (@read_as Once $name:ident) => { $name.flatten() };
    (@read_as $presence:ident $name:ident) => {
        $name.ok_or_else(|| de::Error::missing_field(stringify!($name)))?
    };
    (@table $({[$($doc:literal)*] $name:ident [$($type:tt)*] $read:literal $write:literal $presence:ident})*) => {
        &[$(declare!(@property [$($doc)*] $name [$($type)*] $read $write $presence)),*]
    };
    (@property [$($doc:literal)*] $name:ident [$($type:tt)*] $read:literal $write:literal $presence:ident) => {
        Property {
            name: stringify!($name),
            doc: concat!($($doc),*),
            kind: value_type!($($type)*),
            type_name: type_name!($($type)*),
            limit: limit!($($type)*),
            read: $read,
            write: $write,
            presence: Presence::$presence,
            written: written!($($type)*),
        }
    };

    // An object inside of a kind.
    (@object [{$($meta:tt)*} $Name:ident] $write:tt [$($all:tt)*]) => {
        impl $Name {
            /// Every property, in the order of the declaration.
            pub const PROPERTIES: &'static [Property] = declare!(@table $($all)*);
        }

        impl Showing for $Name {
            fn shown(&self, _: Presence) -> Shown<Value<'_>> {
                Shown::Is(Value::Object(self))
            }
        }
    };

    // A kind and its patch.
    (@kind [{$($meta:tt)*} $Name:ident $Patch:ident $Builder:ident $itself:tt $Id:ident [$($call:tt)*] $takes_key:literal]
        $write:tt [$($all:tt)*]) => {
        declare! {@fields
            [#[doc = concat!("A change of at least one field of [`", stringify!($Name), "`], valid by construction: absent means unchanged.")]]
            $Patch $Builder is_whole false $write}

        const _: () = {
            declare! {@itself $Name $itself $Id [<$Patch as Patch>::FIELDS] [$($all)*]}
            $(declare! {@call $Name $call})*

            impl Resource for $Name {
                type Patch = $Patch;

                const TAKES_IDEMPOTENCY_KEY: bool = $takes_key;

                fn updated_at(&self) -> &Timestamp { &self.updated_at }
            }

            declare! {@versioned $Name $Id}
        };
    };

    // What there is of a kind that has an etag.
    (@versioned $Name:ident $Id:ident) => {
        impl Versioned for $Name {
            fn etag(&self) -> &Etag {
                &self.etag
            }
        }

        impl From<$Name> for Target<$Name> {
            fn from(resource: $Name) -> Self {
                Self::Seen(Box::new(resource))
            }
        }

        impl From<&$Name> for Target<$Name> {
            fn from(resource: &$Name) -> Self {
                resource.clone().into()
            }
        }

        impl From<$Id> for Target<$Name> {
            fn from(id: $Id) -> Self {
                Self::Id(id)
            }
        }

        impl From<&$Id> for Target<$Name> {
            fn from(id: &$Id) -> Self {
                id.clone().into()
            }
        }
    };

    // What a new one of a kind is made of.
    (@new [{$($meta:tt)*} $New:ident $Builder:ident] $write:tt $all:tt) => {
        declare! {@fields [$($meta)*] $New $Builder is_whole true $write}
    };

    // Fields that are written together, and the builder of that. Of what is whole none may be missing that is required.
    (@fields [$(#[$meta:meta])*] $Patch:ident $Builder:ident is_whole $is_whole:literal
        [$({[$($doc:literal)*] $name:ident [$($type:tt)*] $read:literal $write:literal $presence:ident})*]) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $Patch {
            $($name: Option<rust_type!($($type)*)>,)*
        }

        #[doc = concat!("Collects the fields of a [`", stringify!($Patch), "`].")]
        #[derive(Clone, Debug)]
        #[must_use = "a builder does nothing until `build`"]
        pub struct $Builder($Patch);

        impl $Patch {
            /// What a builder begins with; never outside of it.
            const EMPTY: Self = Self { $($name: None),* };

            /// Begins with no field set.
            pub fn builder() -> $Builder {
                $Builder(Self::EMPTY)
            }
        }

        impl Default for $Builder {
            fn default() -> Self {
                $Patch::builder()
            }
        }

        impl $Builder {
            $(
                $(#[doc = $doc])*
                pub fn $name(mut self, value: impl Into<rust_type!($($type)*)>) -> Self {
                    self.0.$name = Some(value.into());
                    self
                }
            )*

            #[doc = concat!("The [`", stringify!($Patch), "`].")]
            ///
            /// # Errors
            ///
            /// [`InvalidInput`](crate::ErrorKind::InvalidInput) naming every field that breaks its limit or is missing, or if no
            /// field is set. Nothing was sent.
            pub fn build(self) -> Result<$Patch, Error> {
                if !$is_whole && self.0 == $Patch::EMPTY {
                    return Err(sets_nothing($Patch::FIELDS));
                }
                check(&self.0)?;
                Ok(self.0)
            }
        }

        const _: () = {
            /// Where a field stands among the fields.
            #[allow(non_camel_case_types)]
            enum Index { $($name),* }

            /// Each field by its name.
            struct Field;

            #[allow(non_upper_case_globals)]
            impl Field {
                $(const $name: &'static Property = &declare!(@property [$($doc)*] $name [$($type)*] $read $write $presence);)*
            }

            impl Sealed for $Patch {}

            impl Validate for $Patch {
                fn validate(&self) -> Result<(), ValidationErrors> {
                    let mut errors = ValidationErrors::new();
                    $(match &self.$name {
                        Some(value) => check_field(value, Field::$name, &mut errors),
                        None if $is_whole => check_missing(Field::$name, &mut errors),
                        None => {}
                    })*
                    if errors.is_empty() { Ok(()) } else { Err(errors) }
                }
            }

            impl Patch for $Patch {
                const FIELDS: &'static [Property] = &[$(*Field::$name),*];

                fn each_field<'a>(&'a self, each: &mut dyn FnMut(Assignment<'a>)) {
                    $(if let Some(value) = &self.$name {
                        let index = Index::$name as usize;
                        each(Assignment { index, field: Field::$name, value: value.value() });
                    })*
                }

                fn from_values(values: &[(&str, Value<'_>)]) -> Result<Self, Error> {
                    let mut builder = Self::builder();
                    for (name, value) in values {
                        match *name {
                            $(stringify!($name) => builder.0.$name = Some(take(*value, Field::$name)?),)*
                            other => return Err(unknown_property(other, Self::FIELDS)),
                        }
                    }
                    builder.build()
                }

                fn from_texts(values: &[(&str, &str)]) -> Result<Self, Error> {
                    let mut builder = Self::builder();
                    for (name, text) in values {
                        match *name {
                            $(stringify!($name) => builder.0.$name = Some(take_text(text, Field::$name)?),)*
                            other => return Err(unknown_property(other, Self::FIELDS)),
                        }
                    }
                    builder.build()
                }
            }
        };
    };

    // A kind that is only read.
    (@read_kind [{$($meta:tt)*} $Name:ident $itself:tt $Id:ident [$($call:tt)*]] [] $all:tt) => {
        declare! {@itself $Name $itself $Id [&[]] $all}
        $(declare! {@call $Name $call})*
    };

    // A kind below another, which has an etag and can't be changed.
    (@below_kind [{$($meta:tt)*} $Name:ident $itself:tt $Id:ident [$($call:tt)*]] [] $all:tt) => {
        declare! {@read_kind [{$($meta)*} $Name $itself $Id [$($call)*]] [] $all}
        declare! {@versioned $Name $Id}
    };

    // What there is of every kind.
    (@itself $Name:ident [$noun:literal $id:ident $is_shown:literal $($below:ident)?] $Id:ident [$fields:expr] [$($all:tt)*]) => {
        impl Sealed for $Name {}

        impl Declared for $Name {
            type Id = $Id;

            const KIND: ResourceKind = ResourceKind::$Name;
            const NOUN: &'static str = $noun;
            const ID: &'static str = stringify!($id);
            const ANSWERS_SHOW_ID: bool = $is_shown;
            $(const BELOW: Option<&'static str> = Some(stringify!($below));)?
            const PROPERTIES: &'static [Property] = declare!(@table $($all)*);
            const FIELDS: &'static [Property] = $fields;

            fn id(&self) -> &$Id {
                &self.$id
            }

            // Made here once, and not again in each crate that reads one: the C library is smaller by that.
            #[inline(never)]
            fn read(body: &[u8]) -> Result<Self, Error> { decode(body) }

            #[inline(never)]
            fn read_usual_page(body: &[u8]) -> Option<Page<Self>> { decode_usual(body) }
        }
    };

    // What there is of a call that reads.
    (@call $Name:ident [list $collection:literal [$($filter:ident)*]]) => {
        impl Listed for $Name {
            const COLLECTION: &'static str = $collection;

            const FILTERS: &'static [&'static str] = &[$(stringify!($filter)),*];
        }
    };
    (@call $Name:ident [get $collection:literal $filters:tt]) => {
        declare! {@call $Name [at concat!($collection, "/{id}")]}
    };
    (@call $Name:ident [at $route:expr]) => {
        impl Readable for $Name {
            const ROUTE: &'static str = $route;
        }
    };

    // The ways in.
    (
        $(#[$meta:meta])*
        kind $Name:ident, $noun:literal in $collection:literal, id $Id:ident, calls $($call:ident)+ $(, filters $($filter:ident)+)?;
        $($properties:tt)*
    ) => {
        declare! {@reads $collection [$($($filter)+)?] [$($call)+] {$(#[$meta])*} $Name [$noun id true] $Id $($properties)*}
    };
    (@reads $collection:literal $filters:tt [$($call:ident)+] $meta:tt $Name:ident $itself:tt $Id:ident $($properties:tt)*) => {
        declare! {@next [read_kind $meta $Name $itself $Id [$([$call $collection $filters])+]] {[] [] []} $($properties)*}
    };
    (
        $(#[$meta:meta])*
        kind $Name:ident, $Patch:ident, $Builder:ident, $noun:literal in $collection:literal, id $Id:ident, takes_idempotency_key $key:literal;
        $($properties:tt)*
    ) => {
        declare! {@next [kind {$(#[$meta])*} $Name $Patch $Builder [$noun id true] $Id
            [[list $collection []] [get $collection []]] $key] {[] [] []} $($properties)*}
    };
    (
        $(#[$meta:meta])*
        kind $Name:ident, $Patch:ident, $Builder:ident, $noun:literal at $route:literal, id $id:ident $Id:ident, takes_idempotency_key $key:literal;
        $($properties:tt)*
    ) => {
        declare! {@next [kind {$(#[$meta])*} $Name $Patch $Builder [$noun $id false] $Id
            [[at $route]] $key] {[] [] []} $($properties)*}
    };
    (
        $(#[$meta:meta])*
        kind $Name:ident, $noun:literal at $route:literal, id $id:ident $Id:ident, calls get;
        $($properties:tt)*
    ) => {
        declare! {@next [read_kind {$(#[$meta])*} $Name [$noun $id false] $Id [[at $route]]] {[] [] []} $($properties)*}
    };
    (
        $(#[$meta:meta])*
        kind $Name:ident, $noun:literal below $below:ident in $collection:literal, id $id:ident $Id:ident;
        $($properties:tt)*
    ) => {
        declare! {@next [below_kind {$(#[$meta])*} $Name [$noun $id true $below] $Id
            [[list $collection [$below]] [get $collection []]]] {[] [] []} $($properties)*}
    };
    ($(#[$meta:meta])* new $New:ident, $Builder:ident; $($properties:tt)*) => {
        declare! {@next [new {$(#[$meta])*} $New $Builder] {[] [] []} $($properties)*}
    };
    ($(#[$meta:meta])* object $Name:ident; $($properties:tt)*) => {
        declare! {@next [object {$(#[$meta])*} $Name] {[] [] []} $($properties)*}
    };
}

pub(crate) use {declare, limit, rust_type, type_name, value_type, written};
