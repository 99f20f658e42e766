//! Clusters: what an answer says of one, and the change of one.

use serde::{Deserialize, Serialize};
use validator::Validate;

use crate::error::Error;
use crate::etag::Etag;
use crate::id::{ClusterId, WorkspaceId};
use crate::kubeconfig::Kubeconfig;
use crate::limits;
use crate::newtype::open_enum;
use crate::resource::{Assignment, Field, MOST_FIELDS, Patch, Resource, Unknown, sealed::Sealed};
use crate::timestamp::Timestamp;
use crate::validation::{check, unknown_property};

open_enum! {
    /// Where a cluster is in its life.
    ClusterState {
        /// Asked for, nothing runs yet.
        Pending = "pending",
        /// Its machines are being set up.
        Provisioning = "provisioning",
        /// It runs.
        Active = "active",
        /// It is stopped and can be resumed.
        Suspended = "suspended",
        /// It is being removed.
        Deleting = "deleting",
    }
}

open_enum! {
    /// Who runs the Kubernetes control plane of a cluster.
    Provider {
        /// A service that Akua manages.
        ManagedKaas = "managed_kaas",
        /// A cluster of the user's own, imported with its kubeconfig.
        ImportedByoc = "imported_byoc",
    }
}

/// A cluster as one answer showed it.
///
/// `region_id` and `kubeconfig` can be written and are not in the answer. Serialised again, it gives the
/// same properties with the same values, those that this version does not know included.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Cluster {
    /// The id, 1 to 54 code points.
    pub id: ClusterId,
    /// Its page for people. Documented on one page only, so it may be missing. Documented as at most 2048
    /// code points; a longer one is kept.
    #[serde(skip_serializing_if = "Option::is_none", default, deserialize_with = "present")]
    pub html_url: Option<String>,
    /// The name. No limit is documented for answers.
    pub name: String,
    /// The workspace it belongs to.
    pub workspace_id: WorkspaceId,
    /// Where it is in its life.
    pub state: ClusterState,
    /// Who runs its control plane.
    pub provider: Provider,
    /// Whether the server is still bringing it into the state that was asked for.
    pub reconciling: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The etag of this version.
    pub etag: Etag,
    /// Properties that this version does not know.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// An optional property that, where present, must have its documented type: `null` is refused.
pub(crate) fn present<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

const NAME: Field = Field::readable("name");
const REGION_ID: Field = Field::write_only("region_id", false);
const PROVIDER: Field = Field::readable("provider");
const KUBECONFIG: Field = Field::write_only("kubeconfig", true);

impl Sealed for Cluster {}

impl Resource for Cluster {
    type Id = ClusterId;
    type Patch = ClusterPatch;

    const NOUN: &'static str = "cluster";
    const COLLECTION: &'static str = "/v1/clusters";
    const ROUTE: &'static str = "/v1/clusters/{id}";
    const FIELDS: &'static [Field] = &[NAME, REGION_ID, PROVIDER, KUBECONFIG];
    const TAKES_IDEMPOTENCY_KEY: bool = true;

    fn id(&self) -> &ClusterId {
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
            PROVIDER => Some(self.provider.as_str()),
            _ => None,
        }
    }
}

/// A change of at least one field of a cluster, valid by construction: absent means unchanged.
///
/// ```
/// use akua_model::{ClusterPatch, Provider};
/// let patch = ClusterPatch::builder().name("prod-eu").provider(Provider::ImportedByoc).build()?;
/// assert!(ClusterPatch::builder().build().is_err());
/// # Ok::<(), akua_model::Error>(())
/// ```
///
/// There is no way around the builder:
///
/// ```compile_fail,E0599
/// let empty = akua_model::ClusterPatch::default();
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Validate)]
pub struct ClusterPatch {
    #[validate(length(min = limits::NAME.min, max = limits::NAME.max))]
    name: Option<String>,
    #[validate(length(min = limits::REGION_ID.min, max = limits::REGION_ID.max))]
    region_id: Option<String>,
    #[validate(nested)]
    provider: Option<Provider>,
    #[validate(nested)]
    kubeconfig: Option<Kubeconfig>,
}

impl ClusterPatch {
    /// What a builder begins with; never outside of it.
    const EMPTY: Self = Self {
        name: None,
        region_id: None,
        provider: None,
        kubeconfig: None,
    };

    /// Begins with no field set.
    pub fn builder() -> ClusterPatchBuilder {
        ClusterPatchBuilder(Self::EMPTY)
    }
}

impl Sealed for ClusterPatch {}

impl Patch for ClusterPatch {
    fn each_field(&self) -> [Option<Assignment<'_>>; MOST_FIELDS] {
        let name = self.name.as_deref().map(|value| Assignment { field: &NAME, value });
        let region_id = self.region_id.as_deref().map(|value| Assignment {
            field: &REGION_ID,
            value,
        });
        let provider = self.provider.as_ref().map(|value| Assignment {
            field: &PROVIDER,
            value: value.as_str(),
        });
        let kubeconfig = self.kubeconfig.as_ref().map(|value| Assignment {
            field: &KUBECONFIG,
            value: value.expose(),
        });
        [name, region_id, provider, kubeconfig]
    }

    fn from_values(values: &[(&str, &str)]) -> Result<Self, Error> {
        let mut builder = Self::builder();
        for (name, value) in values {
            builder = match *name {
                "name" => builder.name(*value),
                "region_id" => builder.region_id(*value),
                "provider" => builder.provider(*value),
                "kubeconfig" => builder.kubeconfig(Kubeconfig::new(*value)?),
                other => return Err(unknown_property(other, Cluster::FIELDS)),
            };
        }
        builder.build()
    }
}

/// Collects the fields of a [`ClusterPatch`].
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build`"]
pub struct ClusterPatchBuilder(ClusterPatch);

impl Default for ClusterPatchBuilder {
    fn default() -> Self {
        ClusterPatch::builder()
    }
}

impl ClusterPatchBuilder {
    /// The new name, 1 to 100 code points.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.0.name = Some(name.into());
        self
    }

    /// The region to move to, 1 to 54 code points. Write-only: no answer shows it.
    pub fn region_id(mut self, region_id: impl Into<String>) -> Self {
        self.0.region_id = Some(region_id.into());
        self
    }

    /// Who is to run the control plane: one of [`Provider::KNOWN`].
    pub fn provider(mut self, provider: impl Into<Provider>) -> Self {
        self.0.provider = Some(provider.into());
        self
    }

    /// The kubeconfig to import with. Write-only and a secret: no answer shows it.
    pub fn kubeconfig(mut self, kubeconfig: Kubeconfig) -> Self {
        self.0.kubeconfig = Some(kubeconfig);
        self
    }

    /// The patch.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) naming every field that breaks its limit, or if no
    /// field is set. Nothing was sent.
    pub fn build(self) -> Result<ClusterPatch, Error> {
        if self.0 == ClusterPatch::EMPTY {
            return Err(Error::invalid(
                "patch",
                "sets no field (set at least one: name, region_id, provider, kubeconfig)",
            ));
        }
        check(&self.0)?;
        Ok(self.0)
    }
}
