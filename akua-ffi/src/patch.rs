//! Changes of resources of any kind.

use std::sync::RwLock;

use akua_model::edit::LaunchKind;
use akua_model::{Json, NewResource, Patch, Property, Resource, ResourceKind, Secrets, Value, with_kind};
use zeroize::Zeroizing;

use crate::call::{Failure, call};
use crate::generated::kinds::{akua_kind, akua_property};
use crate::handle::{Handle, Misuse, Owned, from_c};
use crate::kind::{Form, Numbered, kind_of, same_kind, unwritable};
use crate::launch_kind::{akua_launch_kind, launch_of};
use crate::locks::{changing, reading};
use crate::report::akua_report;
use crate::status::akua_status;
use crate::text::akua_str;

/// A change of some properties of a resource, where what is not set stays as it is; or, of `akua_patch_new_for_launch`, what
/// something new is made of. One may serve many calls. Whether it is
/// within the limits is looked at by the call it is given to, before anything is sent. Setting a property while another
/// thread does, or begins a call with it, is refused with `AKUA_MISUSE`.
pub struct akua_patch {
    of: Of,
    set: RwLock<Vec<(&'static Property, Kept)>>,
}

impl Handle for akua_patch {
    const TAG: u64 = u64::from_be_bytes(*b"a.patch.");
}

/// What is set with it.
#[derive(Clone, Copy)]
enum Of {
    Change(ResourceKind),
    New(LaunchKind),
}

impl Of {
    /// The kind that is changed.
    fn changed(self, name: &'static str) -> Result<ResourceKind, Misuse> {
        match self {
            Self::Change(kind) => Ok(kind),
            Self::New(kind) => {
                let problem = format!(
                    "is of a new {}, and changes none (akua_patch_new makes one that does)",
                    kind.of().noun()
                );
                Err(Misuse::new(name, problem))
            }
        }
    }

    fn properties(self) -> Option<&'static Numbered> {
        match self {
            Self::Change(kind) => Some(Numbered::of(kind)),
            Self::New(kind) => Numbered::of_new(kind),
        }
    }
}

/// A value that was set. It may be a secret.
#[derive(Clone)]
enum Kept {
    Text(Zeroizing<String>),
    Flag(bool),
    Number(i64),
    Json(Json),
}

impl Kept {
    /// What a setter for just such a value would have kept.
    fn of(json: Json) -> Self {
        if let Ok(text) = serde_json::from_str(json.as_str()) {
            return Self::Text(Zeroizing::new(text));
        }
        match Value::from(&json) {
            Value::Flag(flag) => Self::Flag(flag),
            Value::Number(number) => Self::Number(number),
            _ => Self::Json(json),
        }
    }

    fn value(&self) -> Value<'_> {
        match self {
            Self::Text(text) => Value::Text(text),
            Self::Flag(flag) => Value::Flag(*flag),
            Self::Number(number) => Value::Number(*number),
            Self::Json(json) => Value::Json(json),
        }
    }
}

impl akua_patch {
    /// The patch of an `R`.
    pub(crate) fn patch<R: Resource>(&self, name: &'static str) -> Result<R::Patch, Failure> {
        same_kind(name, self.kind(name)?, R::KIND)?;
        self.values(name)
    }

    /// What a new one is made of.
    pub(crate) fn new_one<N: NewResource>(&self, name: &'static str) -> Result<N, Failure> {
        match self.of {
            Of::New(kind) if kind == N::CREATE => self.values(name),
            _ => Err(not_new(name).into()),
        }
    }

    fn values<P: Patch>(&self, name: &'static str) -> Result<P, Failure> {
        let set = reading(&self.set, name)?;
        let values: Vec<_> = set
            .iter()
            .map(|(property, kept)| (property.name, kept.value()))
            .collect();
        Ok(P::from_values(&values)?)
    }

    /// The secrets in it, which has nothing else.
    pub(crate) fn secrets(&self, kind: ResourceKind, name: &'static str) -> Result<Secrets, Failure> {
        same_kind(name, self.kind(name)?, kind)?;
        with_kind!(kind, Resource R => drop(self.patch::<R>(name)?), else => return Err(unwritable(name, kind).into()));
        let mut secrets = Secrets::none();
        for (property, kept) in reading(&self.set, name)?.iter() {
            match kept.value() {
                Value::Text(text) if property.is_secret() => secrets.insert(property.name, text),
                _ => return Err(Misuse::new(name, format!("sets {}, which is no secret", property.name)).into()),
            }
        }
        Ok(secrets)
    }

    /// The kind of what it changes.
    pub(crate) fn kind(&self, name: &'static str) -> Result<ResourceKind, Misuse> {
        self.of.changed(name)
    }

    /// The launch that makes something of it.
    pub(crate) fn launch(&self, name: &'static str) -> Result<LaunchKind, Misuse> {
        match self.of {
            Of::New(kind) => Ok(kind),
            Of::Change(_) => Err(not_new(name)),
        }
    }

    /// Sets a property that can be written, and whose values are of this form.
    fn set(&self, number: akua_property, form: Form, value: Kept) -> Result<(), Failure> {
        let Some(properties) = self.of.properties() else {
            return Err(not_new("patch").into());
        };
        let named = properties.find(number, Form::Any)?;
        if let Of::Change(kind) = self.of {
            let fields = kind.fields();
            if fields.is_empty() {
                return Err(unwritable("patch", kind).into());
            }
            if !named.is_field() {
                let (path, known) = (named.path, fields.iter().map(|field| field.name));
                let (one, known) = (&properties.one, known.collect::<Vec<_>>().join(", "));
                let problem = format!("is {path}, which can't be written (of {one} these can: {known})");
                return Err(Misuse::new("property", problem).into());
            }
        }
        let property = properties.find(number, form)?.property;
        let mut set = changing(&self.set, "patch")?;
        set.retain(|(known, _)| known.name != property.name);
        set.push((property, value));
        Ok(())
    }

    fn empty(of: Of) -> *mut Self {
        let set = RwLock::default();
        Owned::new(Self { of, set }).hand_over()
    }
}

/// Why nothing is made of a patch.
fn not_new(name: &'static str) -> Misuse {
    Misuse::new(
        name,
        "changes what there is (akua_patch_new_for_launch makes one of which something new is made)",
    )
}

/// Makes a patch of a resource of this kind in which nothing is set; NULL if there is no such kind. Free it with
/// `akua_patch_free`.
#[unsafe(no_mangle)]
pub extern "C-unwind" fn akua_patch_new(kind: akua_kind) -> *mut akua_patch {
    let from_c = from_c!();
    from_c.guarded(std::ptr::null_mut(), || {
        kind_of(kind).map_or(std::ptr::null_mut(), |kind| akua_patch::empty(Of::Change(kind)))
    })
}

/// Makes a patch of what this launch makes something new of, such as `AKUA_LAUNCH_CREATE_CLUSTER`, in which nothing is set; NULL
/// if that makes nothing. It takes the properties of a new one, not those of a change, and is given to
/// `akua_launch_run_create` and what is beside it. Free it with `akua_patch_free`.
#[unsafe(no_mangle)]
pub extern "C-unwind" fn akua_patch_new_for_launch(kind: akua_launch_kind) -> *mut akua_patch {
    let from_c = from_c!();
    from_c.guarded(std::ptr::null_mut(), || {
        let creates = launch_of(kind).ok().filter(|kind| kind.creates());
        creates.map_or(std::ptr::null_mut(), |kind| akua_patch::empty(Of::New(kind)))
    })
}

/// Sets a text: of a name, an id, an enumeration, a secret, which is copied, never shown, and wiped when the patch is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_patch_set_text(
    patch: *mut akua_patch,
    property: akua_property,
    text: akua_str,
    error: *mut *mut akua_report,
) -> akua_status {
    call!(error, |patch: handle, text: text| {
        patch.set(property, Form::Text, Kept::Text(Zeroizing::new(text.to_owned())))?
    })
}

/// Sets a flag.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_patch_set_flag(
    patch: *mut akua_patch,
    property: akua_property,
    flag: bool,
    error: *mut *mut akua_report,
) -> akua_status {
    call!(error, |patch: handle| {
        patch.set(property, Form::Flag, Kept::Flag(flag))?
    })
}

/// Sets a whole number.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_patch_set_number(
    patch: *mut akua_patch,
    property: akua_property,
    number: i64,
    error: *mut *mut akua_report,
) -> akua_status {
    call!(error, |patch: handle| {
        patch.set(property, Form::Number, Kept::Number(number))?
    })
}

/// Sets any property but a secret by the JSON of its value: a list, a map, `null` where there is to be none.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_patch_set_json(
    patch: *mut akua_patch,
    property: akua_property,
    json: akua_str,
    error: *mut *mut akua_report,
) -> akua_status {
    call!(error, |patch: handle, json: text| {
        // What is wrong with it may show what stands there.
        let json = json.parse().map_err(|_| Misuse::new("json", "is not JSON"))?;
        patch.set(property, Form::Json, Kept::of(json))?
    })
}

/// Makes a copy, which goes its own way from then on. NULL if there is nothing to copy. Free it with `akua_patch_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_patch_clone(patch: *const akua_patch) -> *mut akua_patch {
    from_c!().copied(patch, |patch| {
        let set = RwLock::new(reading(&patch.set, "patch").ok()?.clone());
        Some(akua_patch { of: patch.of, set })
    })
}

/// Frees a patch. NULL does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_patch_free(patch: *mut akua_patch) {
    from_c!().free(patch);
}
