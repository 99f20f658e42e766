//! Reading one, and lists: pages are read when the iterator gets there.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use std::vec;

use akua_http::Pages;
use akua_model::{Page, PageQuery};
use pyo3::exceptions::{PyMemoryError, PyRuntimeError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyIterator, PyList, PyTuple};

use crate::call::{Call, reading};
use crate::client::Shared;
use crate::interrupt::{self, Interrupt, Slot};
use crate::noun::{Noun, Subject};
use crate::options::Options;
use crate::{credentials, error, logging};

/// Reads one.
pub(crate) fn get<R: Noun>(
    py: Python<'_>,
    shared: &Shared,
    subject: &Bound<'_, PyAny>,
    options: &Options,
) -> PyResult<Py<PyAny>> {
    let subject = Subject::<R>::of(subject)?;
    let id = subject.id();
    Call::<R>::new(py, shared, options)?
        .read(|collection| collection.get(id))?
        .wrap(py)
}

/// A list that is being read.
pub(crate) struct Listing<R: Noun> {
    shared: Shared,
    /// The time that each page may take.
    time: Duration,
    /// What may end the page that is being read.
    slot: Arc<Slot>,
    /// Taken out while a page is being read.
    state: Mutex<Option<State<R>>>,
}

struct State<R: Noun> {
    pages: Pages<R>,
    /// What is left of the page that was read last.
    rest: vec::IntoIter<R>,
}

/// A page, or what was left of one.
struct Turned<R> {
    items: Vec<R>,
    has_more: bool,
    next_cursor: Option<String>,
}

impl<R: Noun> Listing<R> {
    pub(crate) fn new(
        py: Python<'_>,
        shared: &Shared,
        page_size: Option<u64>,
        cursor: Option<&str>,
        options: Options,
    ) -> PyResult<Self> {
        let mut query = PageQuery::default();
        if let Some(size) = page_size {
            query = query.limit(size).map_err(|problem| error::raise_model(py, problem))?;
        }
        if let Some(cursor) = cursor {
            query = query.cursor(cursor);
        }
        let slot = Arc::<Slot>::default();
        let client = shared.client(py)?;
        let time = options.time(&shared.options, &client);
        let collection = options.on(shared.options.on(R::collection(&client)));
        let pages = collection.cancel(&slot.handle()).pages_from(query);
        Ok(Self {
            shared: shared.clone(),
            time,
            slot,
            state: Mutex::new(Some(State {
                pages,
                rest: Vec::new().into_iter(),
            })),
        })
    }

    /// The next item, out of the next page if need be.
    fn item(&self, py: Python<'_>) -> PyResult<Option<R>> {
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

    /// The next page; first what is left of one that was begun.
    fn page(&self, py: Python<'_>) -> PyResult<Option<Turned<R>>> {
        self.with(|state| {
            let rest = std::mem::take(&mut state.rest);
            if rest.len() > 0 {
                return Ok(Some(Turned {
                    items: rest.collect(),
                    has_more: true,
                    next_cursor: None,
                }));
            }
            let page = self.read(py, state)?;
            Ok(page.map(|page| Turned {
                items: page.data,
                has_more: page.has_more,
                next_cursor: page.next_cursor,
            }))
        })
    }

    fn read(&self, py: Python<'_>, state: &mut State<R>) -> PyResult<Option<Page<R>>> {
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

    /// All that is left, as plain dicts.
    fn dicts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let list = PyList::empty(py);
        while let Some(item) = self.item(py)? {
            list.append(item.to_dict(py)?)?;
        }
        Ok(list)
    }
}

/// The items of a page, which become Python objects when they are first looked at.
struct Items<R> {
    read: Mutex<Vec<R>>,
    count: usize,
    made: PyOnceLock<Py<PyTuple>>,
}

impl<R: Noun> Items<R> {
    fn new(read: Vec<R>) -> Self {
        Self {
            count: read.len(),
            read: Mutex::new(read),
            made: PyOnceLock::new(),
        }
    }

    fn of_objects(made: &Bound<'_, PyTuple>) -> Self {
        let items = Self {
            count: made.len(),
            ..Self::new(Vec::new())
        };
        // It is new, so nothing stands there yet.
        let _ = items.made.set(made.py(), made.clone().unbind());
        items
    }

    fn bind<'py>(&self, py: Python<'py>) -> PyResult<&Bound<'py, PyTuple>> {
        let make = || {
            let read = std::mem::take(&mut *self.read.lock().unwrap_or_else(PoisonError::into_inner));
            if read.len() != self.count {
                return Err(PyMemoryError::new_err(
                    "the items of this page were lost when memory ran out",
                ));
            }
            let made: PyResult<Vec<_>> = read.into_iter().map(|item| item.wrap(py)).collect();
            Ok(PyTuple::new(py, made?)?.unbind())
        };
        Ok(self.made.get_or_try_init(py, make)?.bind(py))
    }
}

/// The classes for the lists of one kind of resource.
macro_rules! list_classes {
    ($noun:ty, $list:ident, $pages:ident, $page:ident) => {
        /// A list, read page by page as the iteration gets there.
        #[pyclass(frozen, module = "akua")]
        pub(crate) struct $list(Arc<Listing<$noun>>);

        impl $list {
            pub(crate) fn new(listing: Listing<$noun>) -> Self {
                Self(Arc::new(listing))
            }
        }

        #[pymethods]
        impl $list {
            /// Its pages, from where it stands.
            fn pages(&self) -> $pages {
                $pages(Arc::clone(&self.0))
            }

            /// The seconds that each page may take.
            #[getter]
            fn _time(&self) -> f64 {
                self.0.time.as_secs_f64()
            }

            /// All that is left of it, as plain dicts.
            fn to_dicts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
                self.0.dicts(py)
            }

            fn __iter__(slf: Py<Self>) -> Py<Self> {
                slf
            }

            fn __next__(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
                self.0.item(py)?.map(|item| item.wrap(py)).transpose()
            }

            fn __repr__(&self) -> String {
                format!("<akua.{} of {}>", stringify!($list), self.0.shared.base_url())
            }
        }

        /// The pages of a list, each read when the iteration gets there.
        #[pyclass(frozen, module = "akua")]
        pub(crate) struct $pages(Arc<Listing<$noun>>);

        #[pymethods]
        impl $pages {
            fn __iter__(slf: Py<Self>) -> Py<Self> {
                slf
            }

            fn __next__(&self, py: Python<'_>) -> PyResult<Option<$page>> {
                let Some(turned) = self.0.page(py)? else {
                    return Ok(None);
                };
                Ok(Some($page {
                    items: Items::new(turned.items),
                    has_more: turned.has_more,
                    next_cursor: turned.next_cursor,
                }))
            }
        }

        /// One page of a list: an immutable sequence.
        #[pyclass(frozen, module = "akua", sequence)]
        pub(crate) struct $page {
            items: Items<$noun>,
            has_more: bool,
            next_cursor: Option<String>,
        }

        #[pymethods]
        impl $page {
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

            /// Its items as plain dicts.
            fn to_dicts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
                let list = PyList::empty(py);
                for item in self.items.bind(py)? {
                    if let Some(resource) = <$noun as Noun>::of(&item) {
                        list.append(resource.to_dict(py)?)?;
                    }
                }
                Ok(list)
            }

            /// What is left of it after so many items: for an iteration that others take up.
            #[pyo3(signature = (begun, /))]
            fn _after(&self, py: Python<'_>, begun: usize) -> PyResult<Self> {
                Ok(Self {
                    items: Items::of_objects(&self.items.bind(py)?.get_slice(begun, self.items.count)),
                    has_more: self.has_more,
                    next_cursor: self.next_cursor.clone(),
                })
            }

            fn __len__(&self) -> usize {
                self.items.count
            }

            fn __getitem__<'py>(&self, py: Python<'py>, index: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
                self.items.bind(py)?.as_any().get_item(index)
            }

            fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyIterator>> {
                self.items.bind(py)?.try_iter()
            }

            fn __repr__(&self) -> String {
                let (items, more) = (self.items.count, self.has_more);
                format!(
                    "<{}: {items} of a list{}>",
                    stringify!($page),
                    if more { ", more to come" } else { "" }
                )
            }

            fn _repr_html_<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
                error::html(slf.py(), "page", slf)
            }
        }
    };
}

list_classes!(akua_model::Cluster, ClusterList, ClusterPages, ClusterPage);
list_classes!(akua_model::Workspace, WorkspaceList, WorkspacePages, WorkspacePage);
