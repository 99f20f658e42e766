//! A version of a resource of any kind, as C holds it.

use std::any::Any;

use akua_model::{Properties, Resource, ResourceKind, Shown, Value, at_path};

use crate::generated::kinds::akua_property;
use crate::handle::{Handle, Misuse};
use crate::kind::{Form, Named, same_kind};
use crate::status::{AKUA_SHOWN, AKUA_SHOWN_ABSENT, AKUA_SHOWN_UNREADABLE};
use crate::text::{Texts, akua_str};

/// A resource as one answer showed it: a cluster, a workspace. It never changes. What a getter gives is borrowed: it
/// lives as long as the resource. It may be used from many threads at a time.
pub struct akua_resource {
    held: Box<dyn Held>,
    /// By the property, and whether it was asked for as JSON.
    texts: Texts<(akua_property, bool)>,
}

impl Handle for akua_resource {
    const TAG: u64 = u64::from_be_bytes(*b"a.resrce");
}

/// A resource whose kind is known as a value only.
trait Held: Send + Sync {
    fn kind(&self) -> ResourceKind;
    fn properties(&self) -> &dyn Properties;
    fn as_any(&self) -> &dyn Any;
    fn copy(&self) -> Box<dyn Held>;
    fn json(&self) -> String;
}

impl<R: Resource> Held for R {
    fn kind(&self) -> ResourceKind {
        R::KIND
    }

    fn properties(&self) -> &dyn Properties {
        self
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn copy(&self) -> Box<dyn Held> {
        Box::new(self.clone())
    }

    fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl akua_resource {
    pub(crate) fn new(resource: impl Resource) -> Self {
        Self::holding(Box::new(resource))
    }

    fn holding(held: Box<dyn Held>) -> Self {
        let texts = Texts::default();
        Self { held, texts }
    }

    pub(crate) fn copy(&self) -> Self {
        Self::holding(self.held.copy())
    }

    pub(crate) fn kind(&self) -> ResourceKind {
        self.held.kind()
    }

    /// What is inside, which has to be an `R`.
    pub(crate) fn of_kind<R: Resource>(&self, name: &'static str) -> Result<&R, Misuse> {
        same_kind(name, self.kind(), R::KIND)?;
        let inside = self.held.as_any().downcast_ref();
        inside.ok_or_else(|| Misuse::new(name, "is of another kind"))
    }

    pub(crate) fn text(&self, number: akua_property) -> Result<akua_str, Misuse> {
        let shown = self.value(number, Form::Text)?;
        Ok(self.texts.of((number, false), || match shown {
            Shown::Is(Value::Text(text)) => Some(text.to_owned()),
            Shown::Is(Value::Time(time)) => Some(time.to_string()),
            _ => None,
        }))
    }

    pub(crate) fn flag(&self, number: akua_property) -> Result<bool, Misuse> {
        Ok(matches!(self.value(number, Form::Flag)?, Shown::Is(Value::Flag(true))))
    }

    pub(crate) fn number(&self, number: akua_property) -> Result<i64, Misuse> {
        Ok(match self.value(number, Form::Number)? {
            Shown::Is(Value::Number(number)) => number,
            _ => i64::MIN,
        })
    }

    pub(crate) fn time(&self, number: akua_property) -> Result<i64, Misuse> {
        Ok(match self.value(number, Form::Time)? {
            Shown::Is(Value::Time(time)) => time.unix_seconds().unwrap_or(i64::MIN),
            _ => i64::MIN,
        })
    }

    pub(crate) fn json(&self, number: akua_property) -> Result<akua_str, Misuse> {
        let of_it = |shown: Shown<Value<'_>>| serde_json::to_string(&shown.value()?).ok();
        let shown = if number == 0 {
            None
        } else {
            Some(self.value(number, Form::Any)?)
        };
        Ok(self
            .texts
            .of((number, true), || shown.map_or_else(|| Some(self.held.json()), of_it)))
    }

    /// Whether there is a value, by its number.
    pub(crate) fn shown(&self, number: akua_property) -> Result<i32, Misuse> {
        Ok(match self.value(number, Form::Any)? {
            Shown::Unreadable => AKUA_SHOWN_UNREADABLE,
            Shown::Absent => AKUA_SHOWN_ABSENT,
            Shown::Is(_) => AKUA_SHOWN,
        })
    }

    fn value(&self, number: akua_property, form: Form) -> Result<Shown<Value<'_>>, Misuse> {
        let named = Named::find(self.kind(), number, form)?;
        Ok(at_path(self.held.properties(), named.path))
    }
}
