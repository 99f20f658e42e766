//! Every setting of a client and of its calls, declared once: the name that it has in every language, its number in C, what
//! it takes and what it means. From this table C, C++ and Python have their names and their documentation, and through
//! `set` their values. Programs in Rust have [`ClientBuilder`](crate::ClientBuilder) and [`Collection`] for the same.

mod apply;
mod table;

use std::time::Duration;

use akua_model::edit::Policy;
use akua_model::{Declared, PageQuery, Traceparent, WorkspaceContext};

pub use self::table::SETTINGS;
use crate::cancel::Cancel;
use crate::collection::Collection;
use crate::request::RequestCall;

/// A setting of a client or of a call.
///
/// ```
/// use akua_http::settings::{CallOptions, Of, Value, named};
///
/// let setting = named("max_attempts").unwrap();
/// assert_eq!(setting.of, Of::Edit);
/// let mut options = CallOptions::default();
/// options.set(setting, Value::Count(6))?;
/// assert_eq!(options.policy.max_attempts, 6);
/// assert!(options.set(setting, Value::Count(0)).is_err());
/// # Ok::<(), akua_http::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its number in C, `AKUA_OPTION_…`. It stays for ever.
    pub number: i32,
    /// Its name in every language.
    pub name: &'static str,
    /// Whose it is.
    pub of: Of,
    /// What it takes.
    pub takes: Takes,
    /// Whether a time or a number may be 0.
    pub may_be_zero: bool,
    /// What it means, and what is so unless it is set. Where times are told, with their unit.
    pub doc: &'static str,
}

/// Whose a setting is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// A client's.
    Client,
    /// A client's: what the server guarantees ([`Contract`](akua_model::edit::Contract)).
    Contract,
    /// A client's, or in place of it a call's.
    ClientOrCall,
    /// A call's.
    Call,
    /// A call's that lists.
    List,
    /// A call's that edits ([`Policy`]).
    Edit,
}

/// What a setting takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// A text.
    Text,
    /// Certificates or a key, in PEM.
    Pem,
    /// A time.
    Time,
    /// A number.
    Count,
    /// Yes or no.
    Flag,
}

/// What a setting is given.
#[derive(Clone, Copy)]
pub enum Value<'a> {
    /// A text; for [`Takes::Pem`] too.
    Text(&'a str),
    /// The bytes of a text in PEM.
    Pem(&'a [u8]),
    /// A time.
    Time(Duration),
    /// A number.
    Count(u64),
    /// Yes or no.
    Flag(bool),
}

/// The setting of this name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.name == name)
}

/// The setting of this number.
#[must_use]
pub fn numbered(number: i32) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.number == number)
}

/// The options of calls, as they are collected one by one.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct CallOptions {
    /// See [`Collection::timeout`].
    pub timeout: Option<Duration>,
    /// See [`Collection::context`].
    pub context: Option<WorkspaceContext>,
    /// See [`Collection::cancel`].
    pub cancel: Option<Cancel>,
    /// See [`Collection::traceparent`].
    pub traceparent: Option<Traceparent>,
    /// See [`Collection::policy`].
    pub policy: Policy,
    /// Where a list begins, and how much it reads at a time.
    pub page: PageQuery,
}

impl CallOptions {
    /// `collection` with these options, as far as they are set.
    pub fn on<R: Declared>(&self, mut collection: Collection<R>) -> Collection<R> {
        let mut policy = self.policy;
        policy.deadline = self.timeout.unwrap_or_else(|| collection.client().timeout());
        collection.policy = Some(policy);
        if let Some(timeout) = self.timeout {
            collection = collection.timeout(timeout);
        }
        if let Some(context) = &self.context {
            collection = collection.context(context);
        }
        if let Some(cancel) = &self.cancel {
            collection = collection.cancel(cancel);
        }
        if let Some(position) = &self.traceparent {
            collection = collection.traceparent(position);
        }
        collection
    }

    /// `call` with these options, as far as they are set and it has such.
    pub fn on_request(&self, mut call: RequestCall) -> RequestCall {
        if let Some(timeout) = self.timeout {
            call = call.timeout(timeout);
        }
        if let Some(context) = &self.context {
            call = call.context(context);
        }
        if let Some(cancel) = &self.cancel {
            call = call.cancel(cancel);
        }
        if let Some(position) = &self.traceparent {
            call = call.traceparent(position);
        }
        call
    }
}

#[cfg(test)]
mod tests;
