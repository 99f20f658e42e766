//! `client.clusters`, `client.workspaces`: the calls on one kind of resource. One class is as the other; what can be called
//! and written comes from the declaration.

use std::path::PathBuf;

use akua_http::Collection;
use akua_model::edit::LaunchKind;
use akua_model::{
    Cluster, ClusterImport, Declared, NewCluster, NewWorkerBootstrap, NewWorkspace, Operation, ResourceKind,
    WorkerBootstrap, Workspace,
};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use pyo3::{PyTraverseError, PyVisit};

use crate::generated::each_class;
use crate::launch::{CreateOnce, Once};
use crate::list::{self, ResourceList};
use crate::options::{CallOptions, EditOptions};
use crate::replaced::Replaceable;
use crate::secret::Secret;
use crate::shared::Shared;
use crate::waited::{self, Waits};
use crate::{call, cluster, edit, fleet, launch, launched, update, wait};

macro_rules! class {
    // What can be read and changed, and of which there are many. What makes one differs.
    (writes Cluster $Calls:ident $all:literal) => {
        class! { @with [
            get changes launches
            (makes NewCluster "create_cluster" create create_once Collection::<Cluster>::create_once, launched::came_once)
            (makes ClusterImport "import_cluster" import_cluster import_cluster_once
                Collection::<Cluster>::import_once, call::made_all_the_same)
            lists
        ] Cluster $Calls $all {} }
    };
    (writes Workspace $Calls:ident $all:literal) => {
        class! { @with [get changes launches workspaces lists] Workspace $Calls $all {} }
    };
    (writes $Class:ident $Calls:ident $all:literal) => {
        class! { @with [get changes launches lists] $Class $Calls $all {} }
    };
    // What can be read and changed, and of which there is one for each of another kind.
    (changes $Class:ident $Calls:ident $all:literal) => {
        class! { @with [get changes] $Class $Calls $all {} }
    };
    // What can be read, one and all.
    (reads WorkerBootstrap $Calls:ident $all:literal) => {
        class! { @with [get bootstraps
            (makes NewWorkerBootstrap "create_worker_bootstrap" create create_once
                Collection::<WorkerBootstrap>::create_once, call::made_all_the_same)
            lists] WorkerBootstrap $Calls $all {} }
    };
    (reads $Class:ident $Calls:ident $all:literal) => {
        class! { @with [get operations lists] $Class $Calls $all {} }
    };
    // What can be read, and of which there is one for each of another kind.
    (gets $Class:ident $Calls:ident $all:literal) => {
        class! { @with [get] $Class $Calls $all {} }
    };
    // What can only be listed.
    (lists $Class:ident $Calls:ident $all:literal) => {
        class! { @with [lists] $Class $Calls $all {} }
    };
    // The calls by groups, one after the other.
    (@with [get $($more:tt)*] $Class:ident $Calls:ident $all:literal {$($calls:tt)*}) => {
        class! { @with [$($more)*] $Class $Calls $all {
            $($calls)*

            #[doc = include_str!("docs/get.txt")]
            #[pyo3(signature = (id, /, **options))]
            fn get(&self, id: &Bound<'_, PyAny>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Py<PyAny>> {
                list::get::<akua_model::$Class>(&self.shared, id, &CallOptions::of("get", options)?)
            }
        }}
    };
    (@with [changes $($more:tt)*] $Class:ident $Calls:ident $all:literal {$($calls:tt)*}) => {
        class! { @with [$($more)*] $Class $Calls $all {
            $($calls)*

            #[doc = include_str!("docs/update.txt")]
            #[pyo3(signature = (resource, /, *, if_match=None, idempotency_key=None, **fields))]
            fn update(
                &self,
                resource: &Bound<'_, PyAny>,
                if_match: Option<&Bound<'_, PyAny>>,
                idempotency_key: Option<&Bound<'_, PyAny>>,
                fields: Option<&Bound<'_, PyDict>>,
            ) -> PyResult<Py<PyAny>> {
                update::update::<akua_model::$Class>(&self.shared, resource, if_match, idempotency_key, fields)
            }

            #[doc = include_str!("docs/edit.txt")]
            #[pyo3(signature = (resource, /, **fields))]
            fn edit(&self, resource: &Bound<'_, PyAny>, fields: Option<&Bound<'_, PyDict>>) -> PyResult<Py<PyAny>> {
                let (options, fields) = EditOptions::with_fields::<akua_model::$Class>("edit", fields)?;
                edit::edit::<akua_model::$Class>(&self.shared, resource, &fields, options)
            }

            #[doc = include_str!("docs/edit_with.txt")]
            #[pyo3(signature = (resource, change, /, **options))]
            fn edit_with(
                &self,
                resource: &Bound<'_, PyAny>,
                change: &Bound<'_, PyAny>,
                options: Option<&Bound<'_, PyDict>>,
            ) -> PyResult<Py<PyAny>> {
                let options = EditOptions::of("edit_with", options)?;
                edit::edit_with::<akua_model::$Class>(&self.shared, resource, change, options)
            }
        }}
    };
    (@with [launches $($more:tt)*] $Class:ident $Calls:ident $all:literal {$($calls:tt)*}) => {
        class! { @with [$($more)*] $Class $Calls $all {
            $($calls)*

            #[doc = include_str!("docs/kubeconfig.txt")]
            #[pyo3(signature = (cluster, /, **options))]
            fn kubeconfig(&self, cluster: &Bound<'_, PyAny>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Secret> {
                cluster::kubeconfig(&self.shared, cluster, options)
            }

            #[doc = include_str!("docs/suspend.txt")]
            #[pyo3(signature = (cluster, /, **options))]
            fn suspend(&self, cluster: &Bound<'_, PyAny>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Py<PyAny>> {
                launch::launch::<Cluster>(&self.shared, "suspend", LaunchKind::SuspendCluster, cluster, options)
            }

            #[doc = include_str!("docs/suspend_once.txt")]
            #[pyo3(signature = (cluster, /, *, if_match=None, idempotency_key=None, **options))]
            fn suspend_once(
                &self,
                cluster: &Bound<'_, PyAny>,
                if_match: Option<&Bound<'_, PyAny>>,
                idempotency_key: Option<&Bound<'_, PyAny>>,
                options: Option<&Bound<'_, PyDict>>,
            ) -> PyResult<Py<PyAny>> {
                let once = Once { name: "suspend_once", if_match, idempotency_key, options };
                once.guarded(&self.shared, cluster, Collection::<Cluster>::suspend_once)
            }

            #[doc = include_str!("docs/resume.txt")]
            #[pyo3(signature = (cluster, /, **options))]
            fn resume(&self, cluster: &Bound<'_, PyAny>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Py<PyAny>> {
                launch::launch::<Cluster>(&self.shared, "resume", LaunchKind::ResumeCluster, cluster, options)
            }

            #[doc = include_str!("docs/resume_once.txt")]
            #[pyo3(signature = (cluster, /, *, if_match=None, idempotency_key=None, **options))]
            fn resume_once(
                &self,
                cluster: &Bound<'_, PyAny>,
                if_match: Option<&Bound<'_, PyAny>>,
                idempotency_key: Option<&Bound<'_, PyAny>>,
                options: Option<&Bound<'_, PyDict>>,
            ) -> PyResult<Py<PyAny>> {
                let once = Once { name: "resume_once", if_match, idempotency_key, options };
                once.guarded(&self.shared, cluster, Collection::<Cluster>::resume_once)
            }

            #[doc = include_str!("docs/refresh_capabilities.txt")]
            #[pyo3(signature = (cluster, /, **options))]
            fn refresh_capabilities(&self, cluster: &Bound<'_, PyAny>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Py<PyAny>> {
                launch::ask::<Cluster>(&self.shared, "refresh_capabilities", LaunchKind::RefreshCapabilities, cluster, options)
            }

            #[doc = include_str!("docs/refresh_capabilities_once.txt")]
            #[pyo3(signature = (cluster, /, *, idempotency_key=None, **options))]
            fn refresh_capabilities_once(
                &self,
                cluster: &Bound<'_, PyAny>,
                idempotency_key: Option<&Bound<'_, PyAny>>,
                options: Option<&Bound<'_, PyDict>>,
            ) -> PyResult<Py<PyAny>> {
                let once = Once { name: "refresh_capabilities_once", if_match: None, idempotency_key, options };
                once.unguarded(&self.shared, cluster, Collection::<Cluster>::refresh_capabilities_once)
            }

            #[doc = include_str!("docs/delete.txt")]
            #[pyo3(signature = (resource, /, **options))]
            fn delete(&self, resource: &Bound<'_, PyAny>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Py<PyAny>> {
                launch::delete(<akua_model::$Class as Declared>::KIND, &self.shared, resource, options)
            }

            #[doc = include_str!("docs/delete_once.txt")]
            #[pyo3(signature = (resource, /, *, if_match=None, idempotency_key=None, **options))]
            fn delete_once(
                &self,
                resource: &Bound<'_, PyAny>,
                if_match: Option<&Bound<'_, PyAny>>,
                idempotency_key: Option<&Bound<'_, PyAny>>,
                options: Option<&Bound<'_, PyDict>>,
            ) -> PyResult<Py<PyAny>> {
                let once = Once { name: "delete_once", if_match, idempotency_key, options };
                once.delete(<akua_model::$Class as Declared>::KIND, &self.shared, resource)
            }

            #[doc = include_str!("docs/wait_settled.txt")]
            #[pyo3(signature = (resource, /, *, after=None, **fields))]
            fn wait_settled(
                &self,
                resource: &Bound<'_, PyAny>,
                after: Option<&Bound<'_, PyAny>>,
                fields: Option<&Bound<'_, PyDict>>,
            ) -> PyResult<Py<PyAny>> {
                wait::wait_settled(&self.shared, resource, after, fields)
            }

            #[doc = include_str!("docs/fleet.txt")]
            #[pyo3(signature = (plan, ledger, /, *, kubeconfigs=None, **options))]
            fn fleet<'py>(
                slf: &Bound<'py, Self>,
                plan: &Bound<'py, PyAny>,
                ledger: PathBuf,
                kubeconfigs: Option<Bound<'py, PyAny>>,
                options: Option<&Bound<'py, PyDict>>,
            ) -> PyResult<Bound<'py, PyAny>> {
                let (call, policy, said) = CallOptions::with_policy(slf.py(), "fleet", options)?;
                let shared = slf.get().shared.with(slf.py(), call);
                let calls = Bound::new(slf.py(), Self::of(shared.clone_ref(slf.py())))?.into_any();
                fleet::open::<akua_model::$Class>(calls, &shared, plan, ledger, kubeconfigs, policy, &said)
            }

            /// Works on one item of a ledger that is elsewhere: for `akua.fleet.dask`.
            #[pyo3(signature = (leased, grant, stops, /, *, function, kubeconfigs, policy))]
            #[expect(clippy::too_many_arguments, reason = "each is one of Python's")]
            fn _carry_out(
                &self,
                py: Python<'_>,
                leased: &str,
                grant: &Bound<'_, PyAny>,
                stops: &Bound<'_, PyAny>,
                function: Option<Bound<'_, PyAny>>,
                kubeconfigs: Option<Bound<'_, PyAny>>,
                policy: &Bound<'_, PyDict>,
            ) -> PyResult<String> {
                let (function, kubeconfigs) = (function.as_ref(), kubeconfigs.as_ref());
                let (_, policy, _) = CallOptions::with_policy(py, "_carry_out", Some(policy))?;
                let asks = fleet::Asks { grant, stops };
                fleet::execute::<akua_model::$Class>(py, &self.shared, leased, function, kubeconfigs, &asks, policy)
            }
        }}
    };
    // What makes one, with a key.
    (@with [
        (makes $New:ident $docs:literal $name:ident $once:ident $send:expr, $became:expr) $($more:tt)*
    ] $Class:ident $Calls:ident $all:literal {$($calls:tt)*}) => {
        class! { @with [$($more)*] $Class $Calls $all {
            $($calls)*

            #[doc = include_str!(concat!("docs/", $docs, ".txt"))]
            #[pyo3(signature = (**new))]
            fn $name(&self, py: Python<'_>, new: Option<&Bound<'_, PyDict>>) -> PyResult<Py<PyAny>> {
                launch::create::<$New>(py, &self.shared, stringify!($name), new)
            }

            #[doc = include_str!(concat!("docs/", $docs, "_once.txt"))]
            #[pyo3(signature = (*, idempotency_key=None, **new))]
            fn $once(
                &self,
                py: Python<'_>,
                idempotency_key: Option<&Bound<'_, PyAny>>,
                new: Option<&Bound<'_, PyDict>>,
            ) -> PyResult<Py<PyAny>> {
                let once = CreateOnce { name: stringify!($once), idempotency_key, new };
                once.send(py, &self.shared, $send, $became)
            }
        }}
    };
    (@with [workspaces $($more:tt)*] $Class:ident $Calls:ident $all:literal {$($calls:tt)*}) => {
        class! { @with [$($more)*] $Class $Calls $all {
            $($calls)*

            #[doc = include_str!("docs/create_workspace.txt")]
            #[pyo3(signature = (**new))]
            fn create(&self, py: Python<'_>, new: Option<&Bound<'_, PyDict>>) -> PyResult<Py<PyAny>> {
                launch::create::<NewWorkspace>(py, &self.shared, "create", new)
            }

            #[doc = include_str!("docs/create_workspace_once.txt")]
            #[pyo3(signature = (**new))]
            fn create_once(&self, py: Python<'_>, new: Option<&Bound<'_, PyDict>>) -> PyResult<Py<PyAny>> {
                let once = CreateOnce { name: "create_once", idempotency_key: None, new };
                let send = |workspaces: &Collection<Workspace>, new: &NewWorkspace, _: Option<&_>| workspaces.create_once(new);
                once.send(py, &self.shared, send, call::made_all_the_same)
            }
        }}
    };
    (@with [operations $($more:tt)*] $Class:ident $Calls:ident $all:literal {$($calls:tt)*}) => {
        class! { @with [$($more)*] $Class $Calls $all {
            $($calls)*

            #[doc = include_str!("docs/cancel.txt")]
            #[pyo3(signature = (operation, /, **options))]
            fn cancel(&self, operation: &Bound<'_, PyAny>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Py<PyAny>> {
                launch::ask::<Operation>(&self.shared, "cancel", LaunchKind::CancelOperation, operation, options)
            }

            #[doc = include_str!("docs/cancel_once.txt")]
            #[pyo3(signature = (operation, /, *, idempotency_key=None, **options))]
            fn cancel_once(
                &self,
                operation: &Bound<'_, PyAny>,
                idempotency_key: Option<&Bound<'_, PyAny>>,
                options: Option<&Bound<'_, PyDict>>,
            ) -> PyResult<Py<PyAny>> {
                let once = Once { name: "cancel_once", if_match: None, idempotency_key, options };
                once.unguarded(&self.shared, operation, Collection::<Operation>::cancel_operation_once)
            }

            #[doc = include_str!("docs/wait.txt")]
            #[pyo3(
                signature = (operation, /, *, timeout=None, on_progress=None, stop_when_blocked=true, asked="no", **options),
                text_signature = "($self, operation, /, *, timeout=1800.0, on_progress=None, stop_when_blocked=True, \
                    asked='no', **options)"
            )]
            fn wait(
                &self,
                operation: &Bound<'_, PyAny>,
                timeout: Option<&Bound<'_, PyAny>>,
                on_progress: Option<&Bound<'_, PyAny>>,
                stop_when_blocked: bool,
                asked: &str,
                options: Option<&Bound<'_, PyDict>>,
            ) -> PyResult<Py<PyAny>> {
                let waits = Waits { timeout, on_progress, stop_when_blocked, asked, options };
                waited::wait(&self.shared, operation, &waits)
            }
        }}
    };
    (@with [bootstraps $($more:tt)*] $Class:ident $Calls:ident $all:literal {$($calls:tt)*}) => {
        class! { @with [$($more)*] $Class $Calls $all {
            $($calls)*

            #[doc = include_str!("docs/revoke.txt")]
            #[pyo3(signature = (worker_bootstrap, /, **options))]
            fn revoke(&self, worker_bootstrap: &Bound<'_, PyAny>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Py<PyAny>> {
                let kind = LaunchKind::RevokeWorkerBootstrap;
                launch::launch::<WorkerBootstrap>(&self.shared, "revoke", kind, worker_bootstrap, options)
            }

            #[doc = include_str!("docs/revoke_once.txt")]
            #[pyo3(signature = (worker_bootstrap, /, *, if_match=None, idempotency_key=None, **options))]
            fn revoke_once(
                &self,
                worker_bootstrap: &Bound<'_, PyAny>,
                if_match: Option<&Bound<'_, PyAny>>,
                idempotency_key: Option<&Bound<'_, PyAny>>,
                options: Option<&Bound<'_, PyDict>>,
            ) -> PyResult<Py<PyAny>> {
                let once = Once { name: "revoke_once", if_match, idempotency_key, options };
                once.guarded(&self.shared, worker_bootstrap, Collection::<WorkerBootstrap>::revoke_once)
            }
        }}
    };
    (@with [lists] $Class:ident $Calls:ident $all:literal {$($calls:tt)*}) => {
        class! { @with [] $Class $Calls $all {
            $($calls)*

            #[doc = include_str!("docs/list.txt")]
            #[pyo3(signature = (*, page_size=None, cursor=None, **options))]
            fn list(
                &self,
                py: Python<'_>,
                page_size: Option<&Bound<'_, PyAny>>,
                cursor: Option<&str>,
                options: Option<&Bound<'_, PyDict>>,
            ) -> PyResult<ResourceList> {
                ResourceList::new::<akua_model::$Class>(py, &self.shared, page_size, cursor, options)
            }
        }}
    };
    // All told.
    (@with [] $Class:ident $Calls:ident $all:literal {$($calls:tt)*}) => {
        #[doc = concat!("The ", $all, " that a client may see: `client.", $all, "`.")]
        #[pyclass(frozen, extends = Replaceable, module = "akua")]
        pub(crate) struct $Calls {
            shared: Shared,
        }

        impl $Calls {
            fn of(shared: Shared) -> PyClassInitializer<Self> {
                PyClassInitializer::from(Replaceable::default()).add_subclass(Self { shared })
            }
        }

        #[pymethods]
        impl $Calls {
            $($calls)*

            /// The seconds that a call with this `timeout` may take.
            #[pyo3(signature = (timeout=None, /))]
            fn _time(&self, py: Python<'_>, timeout: Option<&Bound<'_, PyAny>>) -> PyResult<f64> {
                self.shared.time(py, timeout)
            }

            /// This attribute of the client, pickled as that is.
            fn __reduce__<'py>(
                &self,
                py: Python<'py>,
            ) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyDict>, &'static str))> {
                let again = py.import("akua._pickled")?.getattr("calls")?;
                Ok((
                    again,
                    (self.shared.recipe(py)?, <akua_model::$Class as Declared>::KIND.plural()),
                ))
            }

            fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
                visit.call(&self.shared.open)
            }

            fn __repr__(&self) -> String {
                format!("<akua.{} of {}>", stringify!($Calls), self.shared.base_url())
            }
        }
    };
}

macro_rules! classes {
    ($($calls:ident $Class:ident $Calls:ident $word:literal $one:literal $all:literal),*) => {
        $(class!($calls $Class $Calls $all);)*

        /// Adds the classes to the module.
        pub(crate) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
            launched::OPERATIONS.get_or_init(|| operations);
            $(
                module.add_class::<$Calls>()?;
                let calls = module.py().get_type::<$Calls>();
                // Whoever imports the module once more finds the class as it was left.
                for (name, kinds) in OF_SOME {
                    if !kinds.contains(&<akua_model::$Class as Declared>::KIND) && calls.hasattr(name)? {
                        calls.delattr(name)?;
                    }
                }
            )*
            Ok(())
        }

        /// The calls on every kind, in the order of the kinds.
        pub(crate) fn all(py: Python<'_>, shared: &Shared) -> PyResult<Vec<Py<PyAny>>> {
            let calls = |kind: &ResourceKind| Ok(match kind {
                $(ResourceKind::$Class => Py::new(py, $Calls::of(shared.clone_ref(py)))?.into_any(),)*
            });
            ResourceKind::ALL.iter().map(calls).collect()
        }
    };
}

each_class!(classes);

/// The calls on operations, for what has begun one.
fn operations(py: Python<'_>, shared: &Shared) -> PyResult<Py<PyAny>> {
    Ok(Py::new(py, Operations::of(shared.clone_ref(py)))?.into_any())
}

/// What the classes have because they are made alike, and the kinds that have it.
const OF_SOME: &[(&str, &[ResourceKind])] = &[
    ("wait_settled", wait::SETTLES),
    ("kubeconfig", &[ResourceKind::Cluster]),
    ("suspend", &[ResourceKind::Cluster]),
    ("suspend_once", &[ResourceKind::Cluster]),
    ("resume", &[ResourceKind::Cluster]),
    ("resume_once", &[ResourceKind::Cluster]),
    ("refresh_capabilities", &[ResourceKind::Cluster]),
    ("refresh_capabilities_once", &[ResourceKind::Cluster]),
    ("delete", launch::DELETED),
    ("delete_once", launch::DELETED),
    ("cancel", &[ResourceKind::Operation]),
    ("cancel_once", &[ResourceKind::Operation]),
    ("wait", &[ResourceKind::Operation]),
];

/// The names of the attributes of a client, in the order of the kinds.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    ResourceKind::ALL.iter().map(|kind| kind.plural())
}
