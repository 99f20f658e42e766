//! A version of a resource of any kind, as C holds it.

use std::any::Any;

use akua_model::{Declared, Properties, ResourceKind, Secret, Shown, Value};

use crate::generated::kinds::akua_property;
use crate::handle::{Handle, Misuse};
use crate::kind::{Form, Numbered, same_kind};
use crate::status::{AKUA_SHOWN, AKUA_SHOWN_ABSENT, AKUA_SHOWN_UNREADABLE};
use crate::text::{Laid, Texts, akua_str};

/// A resource as one answer showed it: a cluster, a workspace, an operation. It never changes. What a getter gives is
/// borrowed: it lives as long as the resource. It may be used from many threads at a time.
pub struct akua_resource {
    held: Box<dyn Held>,
    properties: &'static Numbered,
    /// What are texts anyway.
    texts: Laid,
    /// What is made into a text when it is asked for: by the property, and whether as JSON.
    made: Texts<(akua_property, bool)>,
}

impl Handle for akua_resource {
    const TAG: u64 = u64::from_be_bytes(*b"a.resrce");
}

/// A resource whose kind is known as a value only.
trait Held: Properties + Any {
    fn copy(&self) -> Box<dyn Held>;
}

impl<R: Declared> Held for R {
    fn copy(&self) -> Box<dyn Held> {
        Box::new(self.clone())
    }
}

impl akua_resource {
    pub(crate) fn new<R: Declared>(resource: R) -> Self {
        Self::holding(Box::new(resource), Numbered::of(R::KIND))
    }

    fn holding(held: Box<dyn Held>, properties: &'static Numbered) -> Self {
        let texts = properties.texts.iter();
        let texts = Laid::new(texts.map(|named| named.shown_text(&*held)));
        Self {
            held,
            properties,
            texts,
            made: Texts::default(),
        }
    }

    pub(crate) fn copy(&self) -> Self {
        Self::holding(self.held.copy(), self.properties)
    }

    pub(crate) fn kind(&self) -> ResourceKind {
        self.properties.kind
    }

    /// What is inside, which has to be an `R`.
    pub(crate) fn of_kind<R: Declared>(&self, name: &'static str) -> Result<&R, Misuse> {
        same_kind(name, self.kind(), R::KIND)?;
        let inside: &dyn Any = &*self.held;
        inside
            .downcast_ref()
            .ok_or_else(|| Misuse::new(name, "is of another kind"))
    }

    /// A text that is one anyway.
    #[inline]
    pub(crate) fn laid(&self, number: akua_property) -> Option<akua_str> {
        let index = self.properties.named(number)?.text?;
        Some(self.texts.get(index))
    }

    pub(crate) fn text(&self, number: akua_property) -> Result<akua_str, Misuse> {
        if let Some(text) = self.laid(number) {
            return Ok(text);
        }
        let named = self.properties.find(number, Form::Text)?;
        Ok(self.made.of((number, false), || match named.shown(&*self.held) {
            Shown::Is(Value::Time(time)) => Some(time.to_string()),
            _ => None,
        }))
    }

    pub(crate) fn shown_flag(&self, number: akua_property) -> Option<bool> {
        match self.properties.named(number)?.shown(&*self.held) {
            Shown::Is(Value::Flag(flag)) => Some(flag),
            _ => None,
        }
    }

    pub(crate) fn flag(&self, number: akua_property) -> Result<bool, Misuse> {
        self.properties.find(number, Form::Flag)?;
        Ok(self.shown_flag(number).unwrap_or(false))
    }

    pub(crate) fn shown_number(&self, number: akua_property) -> Option<i64> {
        match self.properties.named(number)?.shown(&*self.held) {
            Shown::Is(Value::Number(number)) => Some(number),
            _ => None,
        }
    }

    pub(crate) fn number(&self, number: akua_property) -> Result<i64, Misuse> {
        self.properties.find(number, Form::Number)?;
        Ok(self.shown_number(number).unwrap_or(i64::MIN))
    }

    pub(crate) fn time(&self, number: akua_property) -> Result<i64, Misuse> {
        Ok(match self.value(number, Form::Time)? {
            Shown::Is(Value::Time(time)) => time.unix_seconds().unwrap_or(i64::MIN),
            _ => i64::MIN,
        })
    }

    pub(crate) fn json(&self, number: akua_property) -> Result<akua_str, Misuse> {
        let value = match number {
            0 => Shown::Is(Value::Object(&*self.held)),
            _ => self.value(number, Form::Any)?,
        };
        let made = || serde_json::to_string(&value.value()?).ok();
        Ok(self.made.of((number, true), made))
    }

    /// Whether there is a value, by its number.
    pub(crate) fn shown(&self, number: akua_property) -> Result<i32, Misuse> {
        Ok(match self.value(number, Form::Any)? {
            Shown::Unreadable => AKUA_SHOWN_UNREADABLE,
            Shown::Absent => AKUA_SHOWN_ABSENT,
            Shown::Is(_) => AKUA_SHOWN,
        })
    }

    /// A secret, by its number, if it has one.
    pub(crate) fn secret(&self, number: akua_property) -> Result<Option<&Secret>, Misuse> {
        let named = self.properties.find(number, Form::Any)?;
        if !named.property.is_secret() {
            return Err(Misuse::new(
                "property",
                "is no secret (akua_resource_text and the like give it)",
            ));
        }
        Ok(self.held.secret(named.property.name))
    }

    fn value(&self, number: akua_property, form: Form) -> Result<Shown<Value<'_>>, Misuse> {
        Ok(self.properties.find(number, form)?.shown(&*self.held))
    }
}
