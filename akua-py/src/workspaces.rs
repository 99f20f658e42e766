//! `client.workspaces`: the calls on workspaces, each with the arguments it takes.

use std::path::PathBuf;

use pyo3::prelude::*;

use crate::argument::{Seconds, Text};
use crate::client::{Client, Shared};
use crate::edit::{self, Wishes};
use crate::list::{self, WorkspaceList};
use crate::options::{Context, Options};
use crate::{error, fleet, update};

/// The workspaces that a client may see.
#[pyclass(frozen, module = "akua")]
pub(crate) struct Workspaces(pub(crate) Shared);

type Workspace = akua_model::Workspace;

#[pymethods]
impl Workspaces {
    /// Reads one.
    #[pyo3(signature = (id, /, *, timeout=None, context=None))]
    fn get(
        &self,
        py: Python<'_>,
        id: &Bound<'_, PyAny>,
        timeout: Option<Seconds>,
        context: Option<Context>,
    ) -> PyResult<Py<PyAny>> {
        list::get::<Workspace>(py, &self.0, id, &Options::new(py, timeout, context)?)
    }

    /// All of them, read page by page as the iterator gets there.
    #[pyo3(signature = (*, page_size=None, cursor=None, timeout=None, context=None))]
    fn list(
        &self,
        py: Python<'_>,
        page_size: Option<u64>,
        cursor: Option<&str>,
        timeout: Option<Seconds>,
        context: Option<Context>,
    ) -> PyResult<WorkspaceList> {
        let listing = list::Listing::new(py, &self.0, page_size, cursor, Options::new(py, timeout, context)?)?;
        Ok(WorkspaceList::new(listing))
    }

    /// Changes fields of a workspace if it still has the etag that was seen: exactly one request, sent once.
    #[pyo3(signature = (workspace, /, *, if_match=Text::Absent, name=Text::Absent, slug=Text::Absent, timeout=None,
        context=None, idempotency_key=None))]
    #[allow(clippy::too_many_arguments)]
    fn update(
        &self,
        py: Python<'_>,
        workspace: &Bound<'_, PyAny>,
        if_match: Text<'_>,
        name: Text<'_>,
        slug: Text<'_>,
        timeout: Option<Seconds>,
        context: Option<Context>,
        idempotency_key: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        if idempotency_key.is_some() {
            let problem = "is not taken for workspaces, only for clusters (leave it out: one update under one etag \
                           lands at most once)";
            return Err(error::invalid(py, "idempotency_key", problem));
        }
        update::update::<Workspace, 2>(
            py,
            &self.0,
            workspace,
            &if_match,
            &[("name", &name), ("slug", &slug)],
            &Options::new(py, timeout, context)?,
            |workspaces, id, if_match, patch| workspaces.update(id, if_match, patch),
        )
    }

    /// Changes fields of a workspace, whatever happens in between, and says what happened.
    #[pyo3(signature = (workspace, /, *, name=Text::Absent, slug=Text::Absent, on_conflict=None,
        overwrite_unseen=false, max_attempts=None, max_versions=None, keep_resume_token=None, timeout=None,
        context=None))]
    #[allow(clippy::too_many_arguments)]
    fn edit(
        &self,
        py: Python<'_>,
        workspace: &Bound<'_, PyAny>,
        name: Text<'_>,
        slug: Text<'_>,
        on_conflict: Option<&str>,
        overwrite_unseen: bool,
        max_attempts: Option<u32>,
        max_versions: Option<u32>,
        keep_resume_token: Option<Bound<'_, PyAny>>,
        timeout: Option<Seconds>,
        context: Option<Context>,
    ) -> PyResult<Py<PyAny>> {
        let patch = update::patch::<Workspace, 2>(py, &[("name", &name), ("slug", &slug)])?;
        let wishes = Wishes {
            on_conflict,
            overwrite_unseen,
            max_attempts,
            max_versions,
            keep_resume_token,
        };
        edit::edit::<Workspace>(
            py,
            &self.0,
            workspace,
            patch,
            wishes,
            &Options::new(py, timeout, context)?,
        )
    }

    /// Changes what `change` says for the version that it is given, asked again for each fresh version.
    #[pyo3(signature = (workspace, change, /, *, on_conflict=None, overwrite_unseen=false, max_attempts=None,
        max_versions=None, keep_resume_token=None, timeout=None, context=None))]
    #[allow(clippy::too_many_arguments)]
    fn edit_with(
        &self,
        py: Python<'_>,
        workspace: &Bound<'_, PyAny>,
        change: &Bound<'_, PyAny>,
        on_conflict: Option<&str>,
        overwrite_unseen: bool,
        max_attempts: Option<u32>,
        max_versions: Option<u32>,
        keep_resume_token: Option<Bound<'_, PyAny>>,
        timeout: Option<Seconds>,
        context: Option<Context>,
    ) -> PyResult<Py<PyAny>> {
        let wishes = Wishes {
            on_conflict,
            overwrite_unseen,
            max_attempts,
            max_versions,
            keep_resume_token,
        };
        edit::edit_with::<Workspace>(
            py,
            &self.0,
            workspace,
            change,
            wishes,
            &Options::new(py, timeout, context)?,
        )
    }

    /// Puts a plan for many of them into a ledger, or goes on with the one that is there.
    #[pyo3(signature = (plan, ledger, /, *, on_conflict=None, overwrite_unseen=false,
        max_attempts=None, max_versions=None, timeout=None, context=None))]
    #[allow(clippy::too_many_arguments)]
    fn fleet<'py>(
        &self,
        py: Python<'py>,
        plan: &Bound<'py, PyAny>,
        ledger: PathBuf,
        on_conflict: Option<&str>,
        overwrite_unseen: bool,
        max_attempts: Option<u32>,
        max_versions: Option<u32>,
        timeout: Option<Seconds>,
        context: Option<Context>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let wishes = Wishes {
            on_conflict,
            overwrite_unseen,
            max_attempts,
            max_versions,
            keep_resume_token: None,
        };
        let shared = self.0.with(Options::new(py, timeout, context)?);
        let calls = Bound::new(py, Self(shared.clone()))?.into_any();
        fleet::open::<Workspace>(calls, &shared, plan, ledger, None, &wishes)
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
        policy: (Option<String>, bool, Option<u32>, Option<u32>),
    ) -> PyResult<String> {
        let wishes = Wishes {
            on_conflict: policy.0.as_deref(),
            overwrite_unseen: policy.1,
            max_attempts: policy.2,
            max_versions: policy.3,
            keep_resume_token: None,
        };
        fleet::execute::<Workspace>(
            py,
            &self.0,
            leased,
            function.as_ref(),
            kubeconfigs.as_ref(),
            grant,
            &wishes,
        )
    }

    /// The seconds that a call with this `timeout` may take.
    #[pyo3(signature = (timeout=None, /))]
    fn _time(&self, py: Python<'_>, timeout: Option<Seconds>) -> PyResult<f64> {
        self.0.time(py, timeout)
    }

    /// In the same process it is the same one.
    fn __copy__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __deepcopy__(slf: Py<Self>, _memo: &Bound<'_, PyAny>) -> Py<Self> {
        slf
    }

    /// The `workspaces` of the client, pickled as that is.
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (Client,))> {
        let getter = py.import("operator")?.getattr("attrgetter")?.call1(("workspaces",))?;
        Ok((getter, (Client::of(py, self.0.clone())?,)))
    }

    fn __repr__(&self) -> String {
        format!("<akua.Workspaces of {}>", self.0.base_url())
    }
}
