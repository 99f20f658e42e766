//! `client.clusters`, `client.workspaces`: the calls on one kind of resource. One class is as the other; what can be called
//! and written comes from the declaration.

use std::path::PathBuf;

use akua_model::{Listed, ResourceKind, with_kind};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use pyo3::{PyTraverseError, PyVisit};

use crate::generated::each_class;
use crate::list::{self, ResourceList};
use crate::options::{CallOptions, EditOptions};
use crate::replaced::Replaceable;
use crate::shared::Shared;
use crate::{edit, fleet, update, wait};

macro_rules! class {
    // What can be read and changed.
    (writes $Class:ident $Calls:ident $all:literal) => {
        class! { @with $Class $Calls $all {
            #[doc = include_str!("docs/get.txt")]
            #[pyo3(signature = (id, /, **options))]
            fn get(&self, id: &Bound<'_, PyAny>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Py<PyAny>> {
                list::get::<akua_model::$Class>(&self.shared, id, &CallOptions::of("get", options)?)
            }

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
            #[pyo3(signature = (leased, grant, /, *, function, kubeconfigs, policy))]
            fn _carry_out(
                &self,
                py: Python<'_>,
                leased: &str,
                grant: &Bound<'_, PyAny>,
                function: Option<Bound<'_, PyAny>>,
                kubeconfigs: Option<Bound<'_, PyAny>>,
                policy: &Bound<'_, PyDict>,
            ) -> PyResult<String> {
                let (function, kubeconfigs) = (function.as_ref(), kubeconfigs.as_ref());
                let (_, policy, _) = CallOptions::with_policy(py, "_carry_out", Some(policy))?;
                fleet::execute::<akua_model::$Class>(py, &self.shared, leased, function, kubeconfigs, grant, policy)
            }
        }}
    };
    // What can be read, one and all.
    (reads $Class:ident $Calls:ident $all:literal) => {
        class! { @with $Class $Calls $all {
            #[doc = include_str!("docs/get.txt")]
            #[pyo3(signature = (id, /, **options))]
            fn get(&self, id: &Bound<'_, PyAny>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Py<PyAny>> {
                list::get::<akua_model::$Class>(&self.shared, id, &CallOptions::of("get", options)?)
            }
        }}
    };
    (@with $Class:ident $Calls:ident $all:literal {$($calls:tt)*}) => {
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
                    (self.shared.recipe(py)?, attribute::<akua_model::$Class>()),
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
            $(
                module.add_class::<$Calls>()?;
                let calls = module.py().get_type::<$Calls>();
                // Whoever imports the module once more finds the class as it was left.
                if !wait::SETTLES.contains(&<akua_model::$Class as Listed>::KIND) && calls.hasattr("wait_settled")? {
                    calls.delattr("wait_settled")?;
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

/// The names of the attributes of a client, in the order of the kinds.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    ResourceKind::ALL
        .iter()
        .map(|kind| with_kind!(kind, R => attribute::<R>()))
}

/// The name of the attribute of a client: the last part of the path of all of that kind.
fn attribute<R: Listed>() -> &'static str {
    R::COLLECTION.rsplit('/').next().unwrap_or(R::COLLECTION)
}
