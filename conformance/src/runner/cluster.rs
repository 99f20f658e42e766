//! What is read of a cluster beside itself.

use akua_http::{Client, Error};

use super::tell::told;
use crate::report::Report;

/// The kubeconfig, and what is shown of it.
pub(super) fn kubeconfig(client: &Client, id: &str) -> Report {
    let read = id.parse().map_err(Error::from);
    match read.and_then(|id| client.clusters().kubeconfig(&id)) {
        Ok(kubeconfig) => Report {
            kubeconfig: Some(kubeconfig.expose().to_owned()),
            shown: vec![format!("{kubeconfig:?}")],
            ..Report::default()
        },
        Err(error) => Report {
            shown: vec![format!(
                "{error} {error:?} {:?}",
                akua_model::report::Report::from(&error)
            )],
            error: Some(told(&error)),
            ..Report::default()
        },
    }
}
