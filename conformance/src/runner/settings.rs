//! The client of an order, and how its calls behave.

use std::time::Duration;

use akua_http::retry::RetryPolicy;
use akua_http::{Client, Error};
use akua_model::WorkspaceContext;
use akua_model::edit::{Contract, OnConflict, Policy};

use crate::case::ClientOptions;

pub(super) fn client(options: &ClientOptions) -> Result<Client, Error> {
    let mut builder = Client::builder().contract(contract(options)).retry(retry(options));
    if let Some(url) = &options.base_url {
        builder = builder.base_url(url);
    }
    if let Some(token) = &options.token {
        builder = builder.token(token);
    }
    if let Some(context) = &options.context {
        builder = builder.context(WorkspaceContext::try_from(context.as_str())?);
    }
    if let Some(timeout) = options.timeout_ms {
        builder = builder.timeout(Duration::from_millis(timeout));
    }
    if let Some(bytes) = options.max_response_bytes {
        builder = builder.max_response_bytes(bytes);
    }
    builder.build()
}

fn retry(options: &ClientOptions) -> RetryPolicy {
    let usual = RetryPolicy::default();
    RetryPolicy {
        attempts: options.retry.attempts.unwrap_or(usual.attempts),
        base: options.retry.base_ms.map_or(usual.base, Duration::from_millis),
        cap: options.retry.cap_ms.map_or(usual.cap, Duration::from_millis),
    }
}

/// What the server guarantees, as these options say.
#[must_use]
pub fn contract(options: &ClientOptions) -> Contract {
    let given = &options.contract;
    let mut contract = Contract::documented();
    for (field, value) in [
        (&mut contract.etag_never_repeats, given.etag_never_repeats),
        (
            &mut contract.key_checked_before_if_match,
            given.key_checked_before_if_match,
        ),
        (&mut contract.stores_rejections_per_key, given.stores_rejections_per_key),
        (&mut contract.reads_linearizable, given.reads_linearizable),
        (&mut contract.etag_covers_write_only, given.etag_covers_write_only),
        (&mut contract.hidden_retries, given.hidden_retries),
        (
            &mut contract.answers_show_written_version,
            given.answers_show_written_version,
        ),
        (
            &mut contract.conflicts_name_current_etag,
            given.conflicts_name_current_etag,
        ),
        (&mut contract.accept_moves_etag, given.accept_moves_etag),
        (&mut contract.not_found_means_gone, given.not_found_means_gone),
        (&mut contract.ids_never_reused, given.ids_never_reused),
        (&mut contract.completed_is_final, given.completed_is_final),
    ] {
        *field = value.unwrap_or(*field);
    }
    for (field, value) in [
        (&mut contract.key_retention, given.key_retention_ms),
        (&mut contract.clock_skew, given.clock_skew_ms),
        (&mut contract.action_keys_replay, given.action_keys_replay_ms),
        (&mut contract.create_keys_replay, given.create_keys_replay_ms),
        (&mut contract.operation_kept, given.operation_kept_ms),
    ] {
        *field = value.map_or(*field, Duration::from_millis);
    }
    contract
}

/// The policy of edits, whose deadline is the client's unless it has its own.
///
/// # Errors
///
/// If what to do on a conflict is none of the known ways.
pub fn policy(options: &ClientOptions) -> Result<Policy, akua_model::Error> {
    let given = &options.policy;
    let mut policy = Policy::default();
    if let Some(name) = &given.on_conflict {
        policy.on_conflict = name.parse::<OnConflict>()?;
    }
    policy.overwrite_unseen = given.overwrite_unseen.unwrap_or(policy.overwrite_unseen);
    policy.max_attempts = given.attempts.unwrap_or(policy.max_attempts);
    let deadline = given.deadline_ms.or(options.timeout_ms);
    policy.deadline = deadline.map_or(policy.deadline, Duration::from_millis);
    Ok(policy)
}
