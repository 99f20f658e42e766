//! Clusters: one version, and the calls that read and update.

use akua_model::edit::Outcome;
use akua_model::{Cluster, ClusterId, Etag, IdempotencyKey, IfMatch};

use crate::call_options::akua_call_options;
use crate::client::akua_client;
use crate::cluster_edit::akua_cluster_edited;
use crate::cluster_patch::akua_cluster_patch;
use crate::ends::settled;
use crate::error::akua_error;
use crate::handle::{FromC, Handle, Owned};
use crate::resource::Exported;
use crate::status::akua_status;
use crate::text::{Lazy, Text, Texts, akua_str};

/// A cluster as one answer showed it. It never changes. What a getter gives is borrowed: it lives as long as the
/// cluster. It may be used from many threads at a time.
pub struct akua_cluster {
    pub(crate) cluster: Cluster,
    shown: Shown,
}

/// Its texts, in this order.
#[derive(Clone, Copy)]
enum Part {
    Id,
    HtmlUrl,
    Name,
    WorkspaceId,
    State,
    Provider,
    Etag,
}

/// What is made when C asks for it.
#[derive(Default)]
struct Shown {
    texts: Texts<7>,
    created_at: Lazy,
    updated_at: Lazy,
    json: Lazy,
}

impl Handle for akua_cluster {
    const TAG: u64 = u64::from_be_bytes(*b"a.clustr");
}

impl akua_cluster {
    pub(crate) fn new(cluster: Cluster) -> Self {
        let shown = Shown::default();
        Self { cluster, shown }
    }

    fn text(&self, part: Part) -> akua_str {
        let cluster = &self.cluster;
        self.shown.texts.of(part as usize, || {
            [
                Some(cluster.id.as_str()),
                cluster.html_url.as_deref(),
                Some(cluster.name.as_str()),
                Some(cluster.workspace_id.as_str()),
                Some(cluster.state.as_str()),
                Some(cluster.provider.as_str()),
                Some(cluster.etag.as_str()),
            ]
        })
    }
}

/// Reads a cluster. Free it with `akua_cluster_free`.
///
/// `options` may be NULL. A read is tried again within its time, and never takes effect.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_get(
    client: *const akua_client,
    options: *const akua_call_options,
    id: akua_str,
    cluster: *mut *mut akua_cluster,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    let out = from_c.handle_out(cluster, "cluster");
    from_c.call(error, || {
        let out = out?;
        let client = from_c.handle(client, "client")?;
        let options = from_c.optional(options, "options")?;
        let id = ClusterId::try_from(from_c.text(id, "id")?)?;
        let (clusters, _) = akua_call_options::collection::<Cluster>(client, options)?;
        out.set(Owned::new(clusters.get(&id)?.shown()).hand_over());
        Ok(())
    })
}

/// Changes the fields in `patch`, if the cluster still has the etag `if_match`, and gives the cluster as it is then.
///
/// Exactly one conditional request is sent, and never sent again. On a failure, `akua_error_may_have_taken_effect`
/// tells whether it may have changed something: it is false for `AKUA_CONFLICT`. `options` may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_update(
    client: *const akua_client,
    options: *const akua_call_options,
    id: akua_str,
    if_match: akua_str,
    patch: *const akua_cluster_patch,
    cluster: *mut *mut akua_cluster,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    let out = from_c.handle_out(cluster, "cluster");
    from_c.call(error, || {
        let out = out?;
        let client = from_c.handle(client, "client")?;
        let options = from_c.optional(options, "options")?;
        let id = ClusterId::try_from(from_c.text(id, "id")?)?;
        let if_match = IfMatch::try_from(from_c.text(if_match, "if_match")?)?;
        let patch = from_c.handle(patch, "patch")?.patch()?;
        let (clusters, _) = akua_call_options::collection::<Cluster>(client, options)?;
        let cluster = clusters.update(&id, &if_match, &patch)?;
        out.set(Owned::new(cluster.shown()).hand_over());
        Ok(())
    })
}

/// As `akua_cluster_update`, with an idempotency key of the caller's, 1 to 64 printable ASCII characters.
///
/// A server that knows the key may answer what it answered before: take a fresh key for every change.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_update_with_key(
    client: *const akua_client,
    options: *const akua_call_options,
    id: akua_str,
    if_match: akua_str,
    patch: *const akua_cluster_patch,
    key: akua_str,
    cluster: *mut *mut akua_cluster,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    let out = from_c.handle_out(cluster, "cluster");
    from_c.call(error, || {
        let out = out?;
        let client = from_c.handle(client, "client")?;
        let options = from_c.optional(options, "options")?;
        let id = ClusterId::try_from(from_c.text(id, "id")?)?;
        let if_match = IfMatch::try_from(from_c.text(if_match, "if_match")?)?;
        let patch = from_c.handle(patch, "patch")?.patch()?;
        let key = IdempotencyKey::try_from(from_c.text(key, "key")?)?;
        let (clusters, _) = akua_call_options::collection::<Cluster>(client, options)?;
        let cluster = clusters.update_with_key(&id, &if_match, &patch, &key)?;
        out.set(Owned::new(cluster.shown()).hand_over());
        Ok(())
    })
}

/// Reads a cluster again and again until the server has stopped reconciling it, and gives it as it is then. Set the
/// time for that with `akua_call_options_set_timeout_ms`.
///
/// `after` is the etag that guarded the write before: a read that shows it never counts; it may be no text. `holding`
/// is the change that was made: the wait ends as soon as it is there no longer; it may be NULL. `options` may be NULL.
///
/// Ends with `AKUA_OK`, `AKUA_NOT_FOUND` (the cluster is gone), `AKUA_SUPERSEDED` (somebody else has changed what
/// `holding` has, as a read shows that can't be stale), `AKUA_TIMEOUT` or `AKUA_CANCELLED`; none of these changes how the
/// write before ended. `akua_error_cluster` has the version read last. After `AKUA_TIMEOUT` that may be another version
/// without the values in `holding`, and the message says that it is not known whether it is newer.
///
/// After an edit `akua_cluster_edited_wait_settled` knows more: its own version is never another's, and one that was updated
/// later is known to be newer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_wait_settled(
    client: *const akua_client,
    options: *const akua_call_options,
    id: akua_str,
    after: akua_str,
    holding: *const akua_cluster_patch,
    cluster: *mut *mut akua_cluster,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    let out = from_c.handle_out(cluster, "cluster");
    from_c.call(error, || {
        let out = out?;
        let client = from_c.handle(client, "client")?;
        let options = from_c.optional(options, "options")?;
        let id = ClusterId::try_from(from_c.text(id, "id")?)?;
        let mut awaited = akua_http::Awaited::of(&id);
        if let Some(after) = from_c.optional_text(after, "after")? {
            awaited = awaited.after(&Etag::from(after));
        }
        if let Some(holding) = from_c.optional(holding, "holding")? {
            awaited = awaited.holding(&holding.patch()?);
        }
        let (clusters, _) = akua_call_options::collection::<Cluster>(client, options)?;
        let cluster = settled(clusters.wait_settled(awaited)?)?;
        out.set(Owned::new(cluster.shown()).hand_over());
        Ok(())
    })
}

/// As `akua_cluster_wait_settled`, after an edit that is in effect.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_edited_wait_settled(
    client: *const akua_client,
    options: *const akua_call_options,
    edited: *const akua_cluster_edited,
    cluster: *mut *mut akua_cluster,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    let out = from_c.handle_out(cluster, "cluster");
    from_c.call(error, || {
        let out = out?;
        let client = from_c.handle(client, "client")?;
        let options = from_c.optional(options, "options")?;
        let edited = &from_c.handle(edited, "edited")?.0.edited;
        let awaited = match &edited.outcome {
            Outcome::Applied(applied) => akua_http::Awaited::from(applied),
            Outcome::Unchanged(cluster) => akua_http::Awaited::of(&cluster.id),
            // Neither becomes an `akua_cluster_edited`.
            Outcome::NotApplied(_) | Outcome::Indeterminate(_) => {
                return Err(crate::failure::Failure::panic(
                    "an edit that is not in effect was handed out",
                ));
            }
        };
        let (clusters, _) = akua_call_options::collection::<Cluster>(client, options)?;
        let cluster = settled(clusters.wait_settled(awaited)?)?;
        out.set(Owned::new(cluster.shown()).hand_over());
        Ok(())
    })
}

/// The id.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_id(cluster: *const akua_cluster) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(cluster, akua_str::NONE, |cluster| cluster.text(Part::Id))
}

/// Its page for people; no text if the answer has none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_html_url(cluster: *const akua_cluster) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(cluster, akua_str::NONE, |cluster| cluster.text(Part::HtmlUrl))
}

/// The name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_name(cluster: *const akua_cluster) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(cluster, akua_str::NONE, |cluster| cluster.text(Part::Name))
}

/// The workspace it belongs to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_workspace_id(cluster: *const akua_cluster) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(cluster, akua_str::NONE, |cluster| cluster.text(Part::WorkspaceId))
}

/// Where it is in its life: `pending`, `provisioning`, `active`, `suspended`, `deleting`, or what a newer server says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_state(cluster: *const akua_cluster) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(cluster, akua_str::NONE, |cluster| cluster.text(Part::State))
}

/// Who runs its control plane: `managed_kaas`, `imported_byoc`, or what a newer server says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_provider(cluster: *const akua_cluster) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(cluster, akua_str::NONE, |cluster| cluster.text(Part::Provider))
}

/// Whether the server is still bringing it into the state that was asked for.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_reconciling(cluster: *const akua_cluster) -> bool {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(cluster, false, |cluster| cluster.cluster.reconciling)
}

/// When it was made, in Unix seconds; `INT64_MIN` if that does not fit.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_created_at(cluster: *const akua_cluster) -> i64 {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(cluster, i64::MIN, |cluster| {
        cluster.cluster.created_at.unix_seconds().unwrap_or(i64::MIN)
    })
}

/// When it was made, as RFC 3339 in UTC, or the raw number where that can't be.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_created_at_text(cluster: *const akua_cluster) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(cluster, akua_str::NONE, |cluster| {
        cluster.shown.created_at.of(&cluster.cluster.created_at.to_string())
    })
}

/// When it last changed, in Unix seconds; `INT64_MIN` if that does not fit.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_updated_at(cluster: *const akua_cluster) -> i64 {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(cluster, i64::MIN, |cluster| {
        cluster.cluster.updated_at.unix_seconds().unwrap_or(i64::MIN)
    })
}

/// When it last changed, as RFC 3339 in UTC, or the raw number where that can't be.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_updated_at_text(cluster: *const akua_cluster) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(cluster, akua_str::NONE, |cluster| {
        cluster.shown.updated_at.of(&cluster.cluster.updated_at.to_string())
    })
}

/// The etag of this version: what an update takes as `if_match`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_etag(cluster: *const akua_cluster) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(cluster, akua_str::NONE, |cluster| cluster.text(Part::Etag))
}

/// The whole cluster as JSON, with the properties that this version does not know.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_json(cluster: *const akua_cluster) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(cluster, akua_str::NONE, |cluster| {
        cluster
            .shown
            .json
            .made(|| Text::new(&serde_json::to_string(&cluster.cluster).unwrap_or_default()))
    })
}

/// Makes a copy of a cluster, such as of one that an error lends. NULL if there is none. Free it with
/// `akua_cluster_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_clone(cluster: *const akua_cluster) -> *mut akua_cluster {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(cluster, std::ptr::null_mut(), |cluster| {
        Owned::new(akua_cluster::new(cluster.cluster.clone())).hand_over()
    })
}

/// Frees a cluster. NULL does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_free(cluster: *mut akua_cluster) {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.free(cluster);
}
