//! Reading one, and lists: pages are read when the iterator gets there.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use std::vec;

use akua_http::Pages as Reading;
use akua_model::{Listed, Page as Read, PageQuery, Readable};
use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyGenericAlias, PyList, PyTuple, PyType};
use pyo3::{PyTraverseError, PyVisit};

use crate::argument::{text, whole};
use crate::binding::{self, KindBinding, Subject};
use crate::call::{Call, reading};
use crate::interrupt::{self, Interrupt, Slot};
use crate::options::{self, CallOptions};
use crate::shared::Shared;
use crate::{credentials, error, logging};

/// Reads one.
pub(crate) fn get<R: KindBinding + Readable>(
    shared: &Shared,
    subject: &Bound<'_, PyAny>,
    options: &CallOptions,
) -> PyResult<Py<PyAny>> {
    let py = subject.py();
    let subject = Subject::<R>::of(subject)?;
    let id = subject.id();
    Call::<R>::new(py, shared, options)?
        .read(|collection| collection.get(id))?
        .wrap(py)
}

/// A list of any kind that is being read.
trait Source: Send + Sync {
    /// The next item, out of the next page if need be.
    fn item(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>>;
    /// The next page; first what is left of one that was begun.
    fn page(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>>;
    /// All that is left, as plain dicts.
    fn dicts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>>;
    /// The time that each page may take.
    fn time(&self) -> Duration;
    fn shared(&self) -> &Shared;
}

struct Listing<R: KindBinding + Listed> {
    shared: Shared,
    time: Duration,
    /// What may end the page that is being read.
    slot: Arc<Slot>,
    /// Taken out while a page is being read.
    state: Mutex<Option<State<R>>>,
}

struct State<R: KindBinding + Listed> {
    pages: Reading<R>,
    /// What is left of the page that was read last.
    rest: vec::IntoIter<R>,
}

impl<R: KindBinding + Listed> Listing<R> {
    fn next(&self, py: Python<'_>) -> PyResult<Option<R>> {
        self.with(|state| {
            loop {
                if let Some(item) = state.rest.next() {
                    return Ok(Some(item));
                }
                match self.read(py, state)? {
                    Some(page) => state.rest = page.data.into_iter(),
                    None => return Ok(None),
                }
            }
        })
    }

    fn read(&self, py: Python<'_>, state: &mut State<R>) -> PyResult<Option<Read<R>>> {
        logging::look(py)?;
        credentials::forget();
        let _open = self.shared.client(py)?;
        let interrupt = Interrupt::new()?;
        self.slot.hold(&interrupt);
        let pages = &mut state.pages;
        pages.set_timeout(self.time.saturating_sub(interrupt::waited()));
        let page = reading(py, || pages.next())?;
        if let Some(raised) = interrupt.raised() {
            return Err(raised);
        }
        let page = page.transpose();
        page.map_err(|error| credentials::caused(py, error::raise(py, &error)))
    }

    /// Does something with the state, which one thread at a time may have.
    fn with<T>(&self, work: impl FnOnce(&mut State<R>) -> PyResult<T>) -> PyResult<T> {
        let place = || self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(mut state) = place().take() else {
            return Err(PyRuntimeError::new_err(
                "this list is being read by another thread: give each its own",
            ));
        };
        let done = work(&mut state);
        *place() = Some(state);
        done
    }
}

impl<R: KindBinding + Listed> Source for Listing<R> {
    fn item(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        self.next(py)?.map(|item| item.wrap(py)).transpose()
    }

    fn page(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        self.with(|state| {
            let rest = std::mem::take(&mut state.rest);
            if rest.len() > 0 {
                return paged(py, rest, true, None).map(Some);
            }
            let page = self.read(py, state)?;
            let made = |page: Read<R>| paged(py, page.data.into_iter(), page.has_more, page.next_cursor.as_deref());
            page.map(made).transpose()
        })
    }

    fn dicts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let list = PyList::empty(py);
        while let Some(item) = self.next(py)? {
            list.append(binding::row(py, &item)?)?;
        }
        Ok(list)
    }

    fn time(&self) -> Duration {
        self.time
    }

    fn shared(&self) -> &Shared {
        &self.shared
    }
}

/// A list, read page by page as the iteration gets there. It can be gone through once.
#[pyclass(frozen, weakref, module = "akua")]
pub(crate) struct ResourceList(Box<dyn Source>);

impl ResourceList {
    pub(crate) fn new<R: KindBinding + Listed>(
        py: Python<'_>,
        shared: &Shared,
        page_size: Option<&Bound<'_, PyAny>>,
        cursor: Option<&str>,
        keywords: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let (mut options, mut query) = (CallOptions::default(), PageQuery::default());
        options::each(keywords, "list", String::new, |name, value| {
            let Some(filter) = R::FILTERS.iter().find(|filter| **filter == name) else {
                return options.take(name, value);
            };
            if !value.is_none() {
                query = std::mem::take(&mut query).only(filter, text(name, value)?);
            }
            Ok(true)
        })?;
        query.check::<R>().map_err(|problem| error::raise_model(py, problem))?;
        if let Some(size) = page_size {
            let size = whole("page_size", size, 0..=u64::MAX)?;
            query = query.limit(size).map_err(|problem| error::raise_model(py, problem))?;
        }
        if let Some(cursor) = cursor {
            query = query.cursor(cursor);
        }
        let slot = Arc::<Slot>::default();
        let client = shared.client(py)?;
        let collection = options.on(shared.options.on(client.collection::<R>()));
        let pages = collection.cancel(&slot.handle()).pages_from(query);
        Ok(Self(Box::new(Listing {
            shared: shared.clone_ref(py),
            time: options.time(&shared.options, &client),
            slot,
            state: Mutex::new(Some(State {
                pages,
                rest: Vec::new().into_iter(),
            })),
        })))
    }
}

#[pymethods]
impl ResourceList {
    /// Its pages, from where it stands.
    fn pages(slf: Py<Self>) -> Pages {
        Pages(slf)
    }

    /// The seconds that each page may take.
    #[getter]
    fn _time(&self) -> f64 {
        self.0.time().as_secs_f64()
    }

    /// All that is left of it, as rows of a table: plain dicts, but for times, which are aware `datetime`s in UTC. One that
    /// no `datetime` can hold stays as it was answered. `to_dict` of a resource has all of them so.
    ///
    ///     >>> table = pandas.DataFrame(client.clusters.list().to_dicts())
    fn to_dicts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        self.0.dicts(py)
    }

    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        self.0.item(py)
    }

    #[classmethod]
    fn __class_getitem__<'py>(class: &Bound<'py, PyType>, item: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        generic(class, item)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.0.shared().open)
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(stays())
    }

    fn __repr__(&self) -> String {
        format!("<akua.ResourceList of {}>", self.0.shared().base_url())
    }
}

/// The pages of a list, each read when the iteration gets there.
#[pyclass(frozen, weakref, module = "akua")]
pub(crate) struct Pages(Py<ResourceList>);

#[pymethods]
impl Pages {
    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        self.0.get().0.page(py)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.0)
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(stays())
    }

    #[classmethod]
    fn __class_getitem__<'py>(class: &Bound<'py, PyType>, item: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        generic(class, item)
    }
}

/// A page of these items: `akua.Page`, which is written in Python.
fn paged<R: KindBinding + Listed>(
    py: Python<'_>,
    items: impl ExactSizeIterator<Item = R>,
    has_more: bool,
    next_cursor: Option<&str>,
) -> PyResult<Py<PyAny>> {
    static CLASS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let class = CLASS.get_or_try_init(py, || {
        Ok::<_, PyErr>(py.import("akua._page")?.getattr("Page")?.unbind())
    })?;
    let items = items.map(|item| item.wrap(py)).collect::<PyResult<Vec<_>>>()?;
    class.call1(py, (PyTuple::new(py, items)?, has_more, next_cursor))
}

/// Why a list is neither copied nor pickled.
fn stays() -> PyErr {
    PyTypeError::new_err(
        "a list that is being read can't be pickled or copied: it has the client (its pages can, and what `to_dicts` gives)",
    )
}

/// `class[item]`, for annotations.
fn generic<'py>(class: &Bound<'py, PyType>, item: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    Ok(PyGenericAlias::new(class.py(), class.as_any(), item)?.into_any())
}
