//! What a create sends, and by what it is recognised.

use serde_json::Value;
use zeroize::Zeroizing;

use super::launch_kind::LaunchKind;
use crate::api::{Cluster, NewCluster};
use crate::error::Error;
use crate::resource::{Listed, Patch, Resource, body};

/// What a new resource is made of, such as a [`NewCluster`](crate::NewCluster): fields that are set as those of a patch are, and
/// of which none is missing that is required.
pub trait NewResource: Patch {
    /// What it becomes.
    type Resource: Listed + Resource;

    /// The write that makes it.
    const CREATE: LaunchKind;
}

/// Does `$do` with the type of what a create makes something of, such as [`NewCluster`](crate::NewCluster) under the name `$N`, and
/// `$otherwise` for every other kind of launch.
///
/// ```
/// use akua_model::edit::LaunchKind;
/// use akua_model::{Patch, with_new};
///
/// let fields = |kind| with_new!(kind, N => N::FIELDS.len(), else => 0);
/// assert_eq!((fields(LaunchKind::CreateCluster), fields(LaunchKind::SuspendCluster)), (3, 0));
/// ```
#[macro_export]
macro_rules! with_new {
    ($kind:expr, $N:ident => $do:expr, else => $otherwise:expr) => {
        match $kind {
            $crate::edit::LaunchKind::CreateCluster => {
                type $N = $crate::NewCluster;
                $do
            }
            _ => $otherwise,
        }
    };
}

impl NewResource for NewCluster {
    type Resource = Cluster;

    const CREATE: LaunchKind = LaunchKind::CreateCluster;
}

/// A resource that is to be made.
#[derive(Clone)]
pub(super) struct New {
    /// Each property that is sent, with its value as a text: a token keeps them, and the body is made of them again.
    pub(super) values: Vec<(String, String)>,
    body: Zeroizing<Vec<u8>>,
}

impl New {
    pub(super) fn of(new: &impl NewResource) -> Self {
        let assignments = new.assignments();
        let values = assignments.iter().map(|assignment| {
            (
                assignment.field.name.to_owned(),
                assignment.value.to_text().into_owned(),
            )
        });
        Self {
            values: values.collect(),
            body: body(new),
        }
    }

    /// What a token has kept of one; `None` if nothing is made by `kind`.
    pub(super) fn read(kind: LaunchKind, values: &[(String, String)]) -> Result<Option<Self>, Error> {
        let texts: Vec<(&str, &str)> = values.iter().map(|(name, text)| (&**name, &**text)).collect();
        Ok(with_new!(kind, N => Some(Self::of(&N::from_texts(&texts)?)), else => None))
    }

    /// The JSON that is sent.
    pub(super) fn body(&self) -> Zeroizing<Vec<u8>> {
        self.body.clone()
    }

    /// What it is to be called.
    pub(super) fn name(&self) -> Option<&str> {
        let name = self.values.iter().find(|(name, _)| name == "name");
        name.map(|(_, text)| text.as_str())
    }

    /// Whether `object` shows another value of something than the one that is sent. What it leaves out says nothing.
    pub(super) fn differs_from(&self, object: &Value) -> bool {
        let differs = |(name, text): &(String, String)| {
            let shown = object.get(name).and_then(Value::as_str);
            shown.is_some_and(|shown| shown != text)
        };
        self.values.iter().any(differs)
    }
}
