//! The Python module `akua`: what Python hands over is parsed, the interpreter is let go, one call of `akua-http` is
//! made, and what came of it becomes a Python object or exception.
//!
//! Nothing here sends, retries or decides what happened. Exceptions, enumerations, the asynchronous client and the
//! tables for notebooks are Python (`python/akua/`), found when they are first needed: importing the module imports
//! nothing else.
#![forbid(unsafe_code)]

mod argument;
mod call;
mod callable;
mod client;
mod cluster;
mod clusters;
mod credentials;
mod detached;
mod edit;
mod error;
mod fleet;
mod fleet_dispatcher;
mod fleet_plan;
mod fleet_report;
mod fleet_run;
mod interrupt;
mod json;
mod list;
mod logging;
mod noun;
mod options;
mod outcome;
mod settings;
mod simulator;
mod steps;
mod time;
mod update;
mod wait;
mod workspace;
mod workspaces;

use pyo3::prelude::*;

/// The part of `akua` that is written in Rust.
#[pymodule(gil_used = false)]
mod _akua {
    #[pymodule_export]
    use super::client::Client;
    #[pymodule_export]
    use super::cluster::Cluster;
    #[pymodule_export]
    use super::clusters::Clusters;
    #[pymodule_export]
    use super::fleet::Fleet;
    #[pymodule_export]
    use super::fleet_dispatcher::FleetDispatcher;
    #[pymodule_export]
    use super::fleet_report::FleetReport;
    #[pymodule_export]
    use super::fleet_run::FleetRun;
    #[pymodule_export]
    use super::interrupt::{Cancel, at_exit, cancellable, fork_in_child};
    #[pymodule_export]
    use super::list::{ClusterList, ClusterPage, ClusterPages, WorkspaceList, WorkspacePage, WorkspacePages};
    #[pymodule_export]
    use super::outcome::EditResult;
    #[pymodule_export]
    use super::simulator::Simulator;
    #[pymodule_export]
    use super::steps::{EditSteps, steps_of};
    #[pymodule_export]
    use super::workspace::{Plan, Workspace};
    #[pymodule_export]
    use super::workspaces::Workspaces;

    #[pymodule_export]
    #[allow(non_upper_case_globals, missing_docs)]
    const __version__: &str = env!("CARGO_PKG_VERSION");

    /// Whether this build is one without optimisation.
    #[pymodule_export]
    #[allow(missing_docs)]
    const UNOPTIMISED: bool = matches!(env!("AKUA_PY_PROFILE").as_bytes(), b"debug");
}
