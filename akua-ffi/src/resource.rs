//! Resources of any kind: the calls that read and update, and what they give.

use akua_http::Awaited;
use akua_model::edit::{Edited, Outcome};
use akua_model::report::Kind;
use akua_model::{Cluster, ClusterId, Declared, Etag, IdempotencyKey, IfMatch, Resource, ResourceKind, with_kind};

use crate::call::{Failure, call, get};
use crate::client::akua_client;
use crate::generated::kinds::{akua_kind, akua_property};
use crate::handle::{Misuse, from_c};
use crate::held::akua_resource;
use crate::kind::{kind_of, number_of, one, unwritable};
use crate::options::akua_call_options;
use crate::patch::akua_patch;
use crate::report::akua_report;
use crate::status::{AKUA_SHOWN_UNREADABLE, akua_status};
use crate::text::akua_str;

/// Reads a resource. Free it with `akua_resource_free`.
///
/// `options` may be NULL. A read is tried again within its time, and never takes effect.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_resource_get(
    client: *const akua_client,
    options: *const akua_call_options,
    kind: akua_kind,
    id: akua_str,
    resource: *mut *mut akua_resource,
    error: *mut *mut akua_report,
) -> akua_status {
    call!(error, |client: handle, options: optional, id: text| -> resource {
        let kind = kind_of(kind)?;
        with_kind!(
            kind,
            Readable R => {
                let (collection, _) = akua_call_options::collection::<R>(client, options)?;
                akua_resource::new(collection.get(&id.parse()?)?)
            },
            else => {
                let problem = format!("is of {}, which can't be read by its id (list them)", one(kind));
                return Err(Misuse::new("kind", problem).into());
            }
        )
    })
}

/// Changes what `patch` sets, if the resource still has the etag `if_match`, and gives it as it is then.
///
/// Exactly one conditional request is sent, and never sent again. On a failure, `AKUA_REPORT_MAY_HAVE_TAKEN_EFFECT` tells
/// whether it may have changed something: it is false for `AKUA_CONFLICT`. `options` may be NULL.
///
/// `idempotency_key` may be no text, and is of a cluster only: 1 to 64 printable ASCII characters of the caller's, in place
/// of none. A server that knows the key may answer what it answered before: take a fresh key for every change.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_resource_update(
    client: *const akua_client,
    options: *const akua_call_options,
    id: akua_str,
    if_match: akua_str,
    patch: *const akua_patch,
    idempotency_key: akua_str,
    resource: *mut *mut akua_resource,
    error: *mut *mut akua_report,
) -> akua_status {
    call!(error, |client: handle,
                  options: optional,
                  id: text,
                  if_match: text,
                  patch: handle,
                  idempotency_key: optional_text|
     -> resource {
        let kind = patch.kind("patch")?;
        with_kind!(
            kind,
            Resource R => {
                if idempotency_key.is_some() && !R::TAKES_IDEMPOTENCY_KEY {
                    only_clusters("idempotency_key", R::KIND, "takes none")?;
                }
                let (id, if_match, patch) = (id.parse()?, IfMatch::try_from(if_match)?, patch.patch::<R>("patch")?);
                let (collection, _) = akua_call_options::collection::<R>(client, options)?;
                akua_resource::new(match idempotency_key {
                    Some(key) => collection.update_with_key(&id, &if_match, &patch, &IdempotencyKey::try_from(key)?)?,
                    None => collection.update(&id, &if_match, &patch)?,
                })
            },
            else => return Err(unwritable("patch", kind).into())
        )
    })
}

fn only_clusters(name: &'static str, kind: ResourceKind, problem: &str) -> Result<(), Misuse> {
    if kind == Cluster::KIND {
        return Ok(());
    }
    let problem = format!("is for {}, which {problem} (a cluster does)", one(kind));
    Err(Misuse::new(name, problem))
}

/// Reads a cluster again and again until the server has stopped reconciling it, and gives it as it is then. Set the time
/// for that with `AKUA_OPTION_TIMEOUT`. No other kind is reconciled.
///
/// `after` is the etag that guarded the write before: a read that shows it never counts; it may be no text. `holding`
/// is the change that was made: the wait ends as soon as it is there no longer; it may be NULL. `options` may be NULL.
///
/// Ends with `AKUA_OK`, `AKUA_NOT_FOUND` (the cluster is gone), `AKUA_SUPERSEDED` (somebody else has changed what
/// `holding` has, as a read shows that can't be stale), `AKUA_TIMEOUT` or `AKUA_CANCELLED`; none of these changes how the
/// write before ended. `akua_report_resource` has the version read last. After `AKUA_TIMEOUT` that may be another version
/// without the values in `holding`, and the message says that it is not known whether it is newer.
///
/// After an edit `akua_edit_wait_settled` knows more: its own version is never another's, and one that was updated later is
/// known to be newer.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_resource_wait_settled(
    client: *const akua_client,
    options: *const akua_call_options,
    kind: akua_kind,
    id: akua_str,
    after: akua_str,
    holding: *const akua_patch,
    resource: *mut *mut akua_resource,
    error: *mut *mut akua_report,
) -> akua_status {
    call!(error, |client: handle,
                  options: optional,
                  id: text,
                  after: optional_text,
                  holding: optional|
     -> resource {
        only_clusters("kind", kind_of(kind)?, "is never reconciled")?;
        let mut awaited = Awaited::of(&ClusterId::try_from(id)?);
        if let Some(after) = after {
            awaited = awaited.after(&Etag::from(after));
        }
        if let Some(holding) = holding {
            awaited = awaited.holding(&holding.patch::<Cluster>("holding")?);
        }
        settled(client, options, awaited)?
    })
}

/// As `akua_resource_wait_settled`, after an edit that is in effect.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_edit_wait_settled(
    client: *const akua_client,
    options: *const akua_call_options,
    edited: *const akua_report,
    resource: *mut *mut akua_resource,
    error: *mut *mut akua_report,
) -> akua_status {
    call!(error, |client: handle, options: optional, edited: handle| -> resource {
        let edited = edited.edited::<Edited<Cluster>>();
        let awaited = match edited.map(|edited| &edited.outcome) {
            Some(Outcome::Applied(applied)) => Awaited::from(applied),
            Some(Outcome::Unchanged(cluster)) => Awaited::of(&cluster.id),
            _ => return Err(Misuse::new("edited", "is not of an edit of a cluster that is in effect").into()),
        };
        settled(client, options, awaited)?
    })
}

/// How a wait ended: the cluster if it has settled, else an error. None of these says how the write before it ended.
fn settled(
    client: &akua_client,
    options: Option<&akua_call_options>,
    awaited: Awaited,
) -> Result<akua_resource, Failure> {
    let (clusters, _) = akua_call_options::collection::<Cluster>(client, options)?;
    let id = awaited.id().clone();
    let settled = clusters.wait_settled(awaited)?;
    let report = settled.report(&id);
    match (report.kind, settled.into_cluster()) {
        (Kind::Ok, Some(cluster)) => Ok(akua_resource::new(cluster)),
        (_, last) => Err(akua_report::new(report).with_resource(last).into()),
    }
}

/// Which kind it is, such as `AKUA_CLUSTER`; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_resource_kind(resource: *const akua_resource) -> akua_kind {
    from_c!().of(resource, 0, |resource| number_of(resource.kind()))
}

/// A text, by its property: an id, a name, an etag, a value of an enumeration, which may be one that only a newer server
/// says; a time as RFC 3339 in UTC, or the raw number where that can't be. No text if there is none; see
/// `akua_resource_shown`. `error` may be NULL; a property that the kind has not, or that is no text, is `AKUA_MISUSE`.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_resource_text(
    resource: *const akua_resource,
    property: akua_property,
    error: *mut *mut akua_report,
) -> akua_str {
    get!(error, akua_str::NONE, resource.text(property), ready laid)
}

/// A flag, by its property; false if there is none. `error` is as in `akua_resource_text`.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_resource_flag(
    resource: *const akua_resource,
    property: akua_property,
    error: *mut *mut akua_report,
) -> bool {
    get!(error, false, resource.flag(property), ready shown_flag)
}

/// A whole number, by its property; `INT64_MIN` if there is none. `error` is as in `akua_resource_text`.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_resource_number(
    resource: *const akua_resource,
    property: akua_property,
    error: *mut *mut akua_report,
) -> i64 {
    get!(error, i64::MIN, resource.number(property), ready shown_number)
}

/// A time, by its property, in Unix seconds; `INT64_MIN` if there is none, or it does not fit. `error` is as in
/// `akua_resource_text`.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_resource_time(
    resource: *const akua_resource,
    property: akua_property,
    error: *mut *mut akua_report,
) -> i64 {
    get!(error, i64::MIN, resource.time(property))
}

/// Any property as JSON; no text if there is no value. With 0 for the property the whole resource, with the properties that
/// this version does not know. `error` is as in `akua_resource_text`.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_resource_json(
    resource: *const akua_resource,
    property: akua_property,
    error: *mut *mut akua_report,
) -> akua_str {
    get!(error, akua_str::NONE, resource.json(property))
}

/// Whether it has a value of a property: `AKUA_SHOWN`, `AKUA_SHOWN_ABSENT` or `AKUA_SHOWN_UNREADABLE`. `error` is as in
/// `akua_resource_text`.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_resource_shown(
    resource: *const akua_resource,
    property: akua_property,
    error: *mut *mut akua_report,
) -> i32 {
    get!(error, AKUA_SHOWN_UNREADABLE, resource.shown(property))
}

/// Makes a copy of a resource, such as of one that a report lends. NULL if there is none. Free it with
/// `akua_resource_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_resource_clone(resource: *const akua_resource) -> *mut akua_resource {
    from_c!().copied(resource, |resource| Some(resource.copy()))
}

/// Frees a resource. NULL does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_resource_free(resource: *mut akua_resource) {
    from_c!().free(resource);
}
