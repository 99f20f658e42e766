//! Workspaces: what an answer says of one, and the change of one.

use serde::{Deserialize, Serialize};
use validator::Validate;

use crate::cluster::present;
use crate::error::Error;
use crate::etag::Etag;
use crate::id::WorkspaceId;
use crate::limits;
use crate::newtype::open_enum;
use crate::resource::{Assignment, Field, MOST_FIELDS, Patch, Resource, Unknown, sealed::Sealed};
use crate::timestamp::Timestamp;
use crate::validation::{check, unknown_property};

open_enum! {
    /// What a workspace is for. Documented on one page only.
    WorkspaceClass {
        /// An ordinary workspace.
        Standard = "standard",
        /// A workspace that serves others.
        Platform = "platform",
        /// A workspace to try things in.
        Sandbox = "sandbox",
    }
}

open_enum! {
    /// Who bills for a plan. Documented on one page only.
    BilledBy {
        /// Akua itself.
        Platform = "platform",
        /// A seller.
        Seller = "seller",
    }
}

/// The plan of a workspace.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Plan {
    /// The tier; it may be missing.
    #[serde(skip_serializing_if = "Option::is_none", default, deserialize_with = "present")]
    pub tier: Option<String>,
    /// Who bills for it; it may be missing.
    #[serde(skip_serializing_if = "Option::is_none", default, deserialize_with = "present")]
    pub billed_by: Option<BilledBy>,
    /// Properties that this version does not know.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// A workspace as one answer showed it.
///
/// Serialised again, it gives the same properties with the same values, those that this version does not
/// know included.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Workspace {
    /// The id, 1 to 53 code points.
    pub id: WorkspaceId,
    /// The name. No limit is documented for answers.
    pub name: String,
    /// The part of its address that people choose. No limit is documented for answers.
    pub slug: String,
    /// The plan.
    pub plan: Plan,
    /// What it is for; documented on one page only, so it may be missing.
    #[serde(skip_serializing_if = "Option::is_none", default, deserialize_with = "present")]
    pub workspace_class: Option<WorkspaceClass>,
    /// When it was made: an RFC 3339 text on one page of the documentation, Unix seconds on another.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The etag of this version.
    pub etag: Etag,
    /// Properties that this version does not know.
    #[serde(flatten)]
    pub unknown: Unknown,
}

const NAME: Field = Field::readable("name");
const SLUG: Field = Field::readable("slug");

impl Sealed for Workspace {}

impl Resource for Workspace {
    type Id = WorkspaceId;
    type Patch = WorkspacePatch;

    const NOUN: &'static str = "workspace";
    const COLLECTION: &'static str = "/v1/workspaces";
    const ROUTE: &'static str = "/v1/workspaces/{id}";
    const FIELDS: &'static [Field] = &[NAME, SLUG];
    const TAKES_IDEMPOTENCY_KEY: bool = false;

    fn id(&self) -> &WorkspaceId {
        &self.id
    }

    fn etag(&self) -> &Etag {
        &self.etag
    }

    fn updated_at(&self) -> &Timestamp {
        &self.updated_at
    }

    fn value(&self, field: &Field) -> Option<&str> {
        match *field {
            NAME => Some(&self.name),
            SLUG => Some(&self.slug),
            _ => None,
        }
    }
}

/// A change of at least one field of a workspace, valid by construction: absent means unchanged.
///
/// ```
/// use akua_model::WorkspacePatch;
/// let patch = WorkspacePatch::builder().slug("team-blue").build()?;
/// assert!(WorkspacePatch::builder().slug("ab").build().is_err());
/// # Ok::<(), akua_model::Error>(())
/// ```
///
/// There is no way around the builder:
///
/// ```compile_fail,E0599
/// let empty = akua_model::WorkspacePatch::default();
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Validate)]
pub struct WorkspacePatch {
    #[validate(length(min = limits::NAME.min, max = limits::NAME.max))]
    name: Option<String>,
    #[validate(length(min = limits::SLUG.min, max = limits::SLUG.max))]
    slug: Option<String>,
}

impl WorkspacePatch {
    /// What a builder begins with; never outside of it.
    const EMPTY: Self = Self { name: None, slug: None };

    /// Begins with no field set.
    pub fn builder() -> WorkspacePatchBuilder {
        WorkspacePatchBuilder(Self::EMPTY)
    }
}

impl Sealed for WorkspacePatch {}

impl Patch for WorkspacePatch {
    fn each_field(&self) -> [Option<Assignment<'_>>; MOST_FIELDS] {
        let name = self.name.as_deref().map(|value| Assignment { field: &NAME, value });
        let slug = self.slug.as_deref().map(|value| Assignment { field: &SLUG, value });
        [name, slug, None, None]
    }

    fn from_values(values: &[(&str, &str)]) -> Result<Self, Error> {
        let mut builder = Self::builder();
        for (name, value) in values {
            builder = match *name {
                "name" => builder.name(*value),
                "slug" => builder.slug(*value),
                other => return Err(unknown_property(other, Workspace::FIELDS)),
            };
        }
        builder.build()
    }
}

/// Collects the fields of a [`WorkspacePatch`].
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build`"]
pub struct WorkspacePatchBuilder(WorkspacePatch);

impl Default for WorkspacePatchBuilder {
    fn default() -> Self {
        WorkspacePatch::builder()
    }
}

impl WorkspacePatchBuilder {
    /// The new name, 1 to 100 code points.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.0.name = Some(name.into());
        self
    }

    /// The new slug, 3 to 39 code points. No pattern is documented, so only the length is checked here.
    pub fn slug(mut self, slug: impl Into<String>) -> Self {
        self.0.slug = Some(slug.into());
        self
    }

    /// The patch.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) naming every field that breaks its limit, or if no
    /// field is set. Nothing was sent.
    pub fn build(self) -> Result<WorkspacePatch, Error> {
        if self.0 == WorkspacePatch::EMPTY {
            return Err(Error::invalid("patch", "sets no field (set at least one: name, slug)"));
        }
        check(&self.0)?;
        Ok(self.0)
    }
}
