//! The Python module `akua`: what Python hands over is parsed, the interpreter is let go, one call of `akua-http` is
//! made, and what came of it becomes a Python object or exception.
//!
//! Nothing here sends, retries or decides what happened. Exceptions, enumerations, the asynchronous client and the
//! tables for notebooks are Python (`python/akua/`), found when they are first needed: importing the module imports
//! nothing else.
#![forbid(unsafe_code)]

mod answer;
mod argument;
mod attribute;
mod binding;
mod call;
mod callable;
mod change;
mod client;
mod cluster;
mod collection;
mod credentials;
mod detached;
mod edit;
mod ending;
mod error;
mod fields;
mod fleet;
mod fleet_dispatcher;
mod fleet_plan;
mod fleet_report;
mod fleet_run;
mod generated;
mod interrupt;
mod json;
mod kept;
mod launch;
mod launched;
mod list;
mod logging;
mod options;
mod outcome;
mod replaced;
mod request;
mod resource;
mod secret;
mod settings;
mod shared;
mod simulator;
mod steps;
mod time;
mod update;
mod wait;
mod waited;

use pyo3::prelude::*;

/// The part of `akua` that is written in Rust.
#[pymodule(gil_used = false)]
mod _akua {
    #[pymodule_export]
    use super::answer::Answer;
    #[pymodule_export]
    use super::argument::{pause, rate, whole_of};
    #[pymodule_export]
    use super::fleet::Fleet;
    #[pymodule_export]
    use super::fleet_dispatcher::FleetDispatcher;
    #[pymodule_export]
    use super::fleet_report::{FleetReport, printable};
    #[pymodule_export]
    use super::fleet_run::FleetRun;
    #[pymodule_export]
    use super::interrupt::{Cancel, at_exit, cancellable, fork_in_child};
    #[pymodule_export]
    use super::list::{Pages, ResourceList};
    #[pymodule_export]
    use super::outcome::EditResult;
    #[pymodule_export]
    use super::secret::Secret;
    #[pymodule_export]
    use super::simulator::Simulator;
    #[pymodule_export]
    use super::steps::{CallSteps, steps_of};

    #[pymodule_export]
    #[allow(non_upper_case_globals, missing_docs)]
    const __version__: &str = env!("CARGO_PKG_VERSION");

    /// Whether this build is one without optimisation.
    #[pymodule_export]
    #[allow(missing_docs)]
    const UNOPTIMISED: bool = matches!(env!("AKUA_PY_OPT_LEVEL").as_bytes(), b"0");

    /// The classes that are made from the declaration.
    #[pymodule_init]
    fn init(module: &pyo3::Bound<'_, pyo3::types::PyModule>) -> pyo3::PyResult<()> {
        super::resource::add_to(module)?;
        super::collection::add_to(module)?;
        super::client::Client::add_to(module)
    }
}
