//! What a create sends, and by what it is recognised.

use serde_json::Value;
use zeroize::Zeroizing;

use super::intent::KeyUse;
use super::launch_kind::LaunchKind;
use crate::api::{Cluster, WorkerBootstrap, Workspace};
use crate::creates::{ClusterImport, NewCluster, NewWorkerBootstrap, NewWorkspace};
use crate::decode::text_at;
use crate::error::Error;
use crate::resource::{Declared, Listed, Patch, Versioned, body};

/// What a new resource is made of, such as a [`NewCluster`](crate::NewCluster): fields that are set as those of a patch are, and
/// of which none is missing that is required.
pub trait NewResource: Patch {
    /// What it becomes.
    type Resource: Listed + Versioned;

    /// The write that makes it.
    const CREATE: LaunchKind;

    /// The field that says what it is made below, if it is: it stands in the path, and not in the body.
    const BELOW: Option<&'static str> = <Self::Resource as Declared>::BELOW;

    /// The id of what it is made below; empty of what stands below nothing.
    #[doc(hidden)]
    fn below(&self) -> String {
        let mut id = String::new();
        self.each_field(&mut |assignment| {
            if Some(assignment.field.name) == Self::BELOW {
                id.push_str(assignment.value.as_text().unwrap_or_default());
            }
        });
        id
    }
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
            $crate::edit::LaunchKind::ImportCluster => {
                type $N = $crate::ClusterImport;
                $do
            }
            $crate::edit::LaunchKind::CreateWorkspace => {
                type $N = $crate::NewWorkspace;
                $do
            }
            $crate::edit::LaunchKind::CreateWorkerBootstrap => {
                type $N = $crate::NewWorkerBootstrap;
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

impl NewResource for ClusterImport {
    type Resource = Cluster;

    const CREATE: LaunchKind = LaunchKind::ImportCluster;
}

impl NewResource for NewWorkspace {
    type Resource = Workspace;

    const CREATE: LaunchKind = LaunchKind::CreateWorkspace;
}

impl NewResource for NewWorkerBootstrap {
    type Resource = WorkerBootstrap;

    const CREATE: LaunchKind = LaunchKind::CreateWorkerBootstrap;
}

/// A resource that is to be made.
#[derive(Clone)]
pub(super) struct New {
    /// Each property that is sent, with its value as a text: a token keeps them, and the body is made of them again.
    ///
    /// No secret is among them.
    pub(super) values: Vec<(String, String)>,
    /// `None` of what is never sent a second time.
    body: Option<Zeroizing<Vec<u8>>>,
    /// The id of what it is made below; empty of what stands below nothing.
    pub(super) below: String,
}

impl New {
    pub(super) fn of<N: NewResource>(new: &N) -> Self {
        let assignments = new.assignments();
        let open = assignments.iter().filter(|assignment| !assignment.field.is_secret());
        let values = open.map(|assignment| {
            (
                assignment.field.name.to_owned(),
                assignment.value.to_text().into_owned(),
            )
        });
        Self {
            values: values.collect(),
            body: Some(body(new, N::BELOW)),
            below: new.below(),
        }
    }

    /// What a token has kept of one; `None` if nothing is made by `kind`.
    pub(super) fn read(kind: LaunchKind, values: &[(String, String)]) -> Result<Option<Self>, Error> {
        let texts: Vec<(&str, &str)> = values.iter().map(|(name, text)| (&**name, &**text)).collect();
        let is_sent_again = kind.intent().key == KeyUse::Create;
        Ok(with_new!(
            kind,
            N => Some(match is_sent_again {
                true => Self::of(&N::from_texts(&texts)?),
                false => Self {
                    values: values.to_vec(),
                    body: None,
                    below: <N as NewResource>::BELOW.and_then(|name| value_of(values, name)).unwrap_or_default().to_owned(),
                },
            }),
            else => None
        ))
    }

    /// The JSON that is sent.
    pub(super) fn body(&self) -> Option<Zeroizing<Vec<u8>>> {
        self.body.clone()
    }

    /// What it is to be called.
    pub(super) fn name(&self) -> Option<&str> {
        value_of(&self.values, "name")
    }

    /// Whether `object` shows another value of something than the one that is sent. What it leaves out says nothing.
    pub(super) fn differs_from(&self, object: &Value) -> bool {
        let differs = |(name, text): &(String, String)| {
            let shown = object.get(name).and_then(Value::as_str);
            shown.is_some_and(|shown| shown != text)
        };
        self.values.iter().any(differs)
    }

    /// The same of an object that is not read yet: of what else is in it nothing is kept, as it may be a secret.
    pub(super) fn differs_from_text(&self, body: &[u8]) -> bool {
        let differs = |(name, text): &(String, String)| text_at(body, name).is_some_and(|shown| shown != *text);
        self.values.iter().any(differs)
    }
}

fn value_of<'a>(values: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let value = values.iter().find(|(known, _)| known == name);
    value.map(|(_, text)| text.as_str())
}
