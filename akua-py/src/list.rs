//! Reading one, and lists: pages are read when the iterator gets there.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use std::vec;

use akua_http::Pages as Reading;
use akua_model::{Page as Read, PageQuery};
use pyo3::exceptions::{PyMemoryError, PyRuntimeError, PyTypeError};
use pyo3::prelude::*;
use pyo3::pyclass::CompareOp;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyGenericAlias, PyIterator, PyList, PyTuple, PyType};
use pyo3::{PyTraverseError, PyVisit};

use crate::argument::whole;
use crate::binding::{self, ResourceBinding, Subject};
use crate::call::{Call, reading};
use crate::interrupt::{self, Interrupt, Slot};
use crate::options::CallOptions;
use crate::shared::Shared;
use crate::{credentials, error, logging};

/// Reads one.
pub(crate) fn get<R: ResourceBinding>(
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
    fn page(&self, py: Python<'_>) -> PyResult<Option<Page>>;
    /// All that is left, as plain dicts.
    fn dicts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>>;
    /// The time that each page may take.
    fn time(&self) -> Duration;
    fn shared(&self) -> &Shared;
}

struct Listing<R: ResourceBinding> {
    shared: Shared,
    time: Duration,
    /// What may end the page that is being read.
    slot: Arc<Slot>,
    /// Taken out while a page is being read.
    state: Mutex<Option<State<R>>>,
}

struct State<R: ResourceBinding> {
    pages: Reading<R>,
    /// What is left of the page that was read last.
    rest: vec::IntoIter<R>,
}

impl<R: ResourceBinding> Listing<R> {
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

impl<R: ResourceBinding> Source for Listing<R> {
    fn item(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        self.next(py)?.map(|item| item.wrap(py)).transpose()
    }

    fn page(&self, py: Python<'_>) -> PyResult<Option<Page>> {
        self.with(|state| {
            let rest = std::mem::take(&mut state.rest);
            if rest.len() > 0 {
                return Ok(Some(Page::new(rest.collect::<Vec<_>>(), true, None)));
            }
            let page = self.read(py, state)?;
            Ok(page.map(|page| Page::new(page.data, page.has_more, page.next_cursor)))
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
    pub(crate) fn new<R: ResourceBinding>(
        py: Python<'_>,
        shared: &Shared,
        page_size: Option<&Bound<'_, PyAny>>,
        cursor: Option<&str>,
        options: &CallOptions,
    ) -> PyResult<Self> {
        let mut query = PageQuery::default();
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

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Page>> {
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

/// What makes the items of a page into Python objects.
type Make = Box<dyn FnOnce(Python<'_>) -> PyResult<Vec<Py<PyAny>>> + Send>;

/// One page of a list: an immutable sequence, shown as a table in notebooks.
#[pyclass(frozen, weakref, module = "akua", sequence)]
pub(crate) struct Page {
    /// Its items become Python objects when they are first looked at.
    unmade: Mutex<Option<Make>>,
    made: PyOnceLock<Py<PyTuple>>,
    count: usize,
    has_more: bool,
    next_cursor: Option<String>,
}

impl Page {
    fn new<R: ResourceBinding>(items: Vec<R>, has_more: bool, next_cursor: Option<String>) -> Self {
        let count = items.len();
        let make: Make = Box::new(|py| items.into_iter().map(|item| item.wrap(py)).collect());
        Self {
            unmade: Mutex::new(Some(make)),
            made: PyOnceLock::new(),
            count,
            has_more,
            next_cursor,
        }
    }

    fn of(items: Bound<'_, PyTuple>, has_more: bool, next_cursor: Option<String>) -> Self {
        let (py, count, made) = (items.py(), items.len(), PyOnceLock::new());
        // It is new, so nothing stands there yet.
        let _ = made.set(py, items.unbind());
        Self {
            unmade: Mutex::new(None),
            made,
            count,
            has_more,
            next_cursor,
        }
    }

    /// All that it consists of.
    fn parts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        (self.items(py)?, self.has_more, self.next_cursor.as_deref()).into_pyobject(py)
    }

    fn items<'py>(&self, py: Python<'py>) -> PyResult<&Bound<'py, PyTuple>> {
        let make = || {
            let make = self.unmade.lock().unwrap_or_else(PoisonError::into_inner).take();
            let make =
                make.ok_or_else(|| PyMemoryError::new_err("the items of this page were lost when memory ran out"))?;
            Ok::<_, PyErr>(PyTuple::new(py, make(py)?)?.unbind())
        };
        Ok(self.made.get_or_try_init(py, make)?.bind(py))
    }
}

#[pymethods]
impl Page {
    /// Whether the list goes on.
    #[getter]
    fn has_more(&self) -> bool {
        self.has_more
    }

    /// Where the list goes on, for `list(cursor=…)`.
    #[getter]
    fn next_cursor(&self) -> Option<&str> {
        self.next_cursor.as_deref()
    }

    /// Its items as rows of a table, as `ResourceList.to_dicts` gives them.
    fn to_dicts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let list = PyList::empty(py);
        for item in self.items(py)? {
            list.append(item.call_method0("_row")?)?;
        }
        Ok(list)
    }

    /// What is left of it after so many items: for an iteration that others take up.
    #[pyo3(signature = (begun, /))]
    fn _after(&self, py: Python<'_>, begun: usize) -> PyResult<Self> {
        let items = self.items(py)?.get_slice(begun, self.count);
        Ok(Self::of(items, self.has_more, self.next_cursor.clone()))
    }

    fn __len__(&self) -> usize {
        self.count
    }

    fn __richcmp__(&self, py: Python<'_>, other: &Bound<'_, PyAny>, how: CompareOp) -> PyResult<Py<PyAny>> {
        let Ok(other) = other.cast::<Self>().map(Bound::get) else {
            return error::compared(py, None, how);
        };
        error::compared(py, Some(self.parts(py)?.eq(other.parts(py)?)?), how)
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        self.parts(py)?.hash()
    }

    /// It holds no client, so it can go to where there is none.
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        Ok((slf.get_type().getattr("_again")?, slf.get().parts(slf.py())?))
    }

    /// The one that was pickled.
    #[staticmethod]
    fn _again(items: &Bound<'_, PyTuple>, has_more: bool, next_cursor: Option<String>) -> Self {
        Self::of(items.clone(), has_more, next_cursor)
    }

    fn __getitem__<'py>(&self, py: Python<'py>, index: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.items(py)?.as_any().get_item(index)
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyIterator>> {
        self.items(py)?.try_iter()
    }

    #[classmethod]
    fn __class_getitem__<'py>(class: &Bound<'py, PyType>, item: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        generic(class, item)
    }

    fn __repr__(&self) -> String {
        let more = if self.has_more { ", more to come" } else { "" };
        format!("<Page: {} of a list{more}>", self.count)
    }

    fn _repr_html_<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        error::html(slf.py(), "page", slf)
    }
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
