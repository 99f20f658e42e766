//! What an edit, or a launch that an etag guards, is about: a version that the caller has seen, or just an id.

use crate::resource::Versioned;

/// What an edit is about: a version that the caller has seen, or just an id.
///
/// With a version, everything that the caller looked at is protected: prefer it. With an id, the current version is
/// read first, and only changes during the call are noticed.
///
/// ```
/// use akua_model::{Cluster, ClusterId, edit::Target};
/// let id: ClusterId = "clu_1".parse()?;
/// assert_eq!(Target::<Cluster>::from(&id), Target::Id(id));
/// # Ok::<(), akua_model::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Target<R: Versioned> {
    /// The version that the caller has seen.
    Seen(Box<R>),
    /// The id of a resource that is to be read first.
    Id(R::Id),
}

impl<R: Versioned> Target<R> {
    /// The id.
    #[must_use]
    pub fn id(&self) -> &R::Id {
        match self {
            Self::Seen(resource) => resource.id(),
            Self::Id(id) => id,
        }
    }
}
