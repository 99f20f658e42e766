//! The plan of a fleet as Python describes it, and what is asked of Python while it is carried out.

use akua_fleet::{Fleet, Inputs, NewRow, Plan};
use akua_http::BoxError;
use akua_model::edit::{LaunchKind, Target};
use akua_model::{NewCluster, ResourceKind, Secrets};
use pyo3::prelude::*;
use pyo3::types::{PyMapping, PyModule, PyString};

use crate::argument::{not_a, text_of};
use crate::binding::{ResourceBinding, Subject};
use crate::callable::Callable;
use crate::change;
use crate::error;
use crate::fields::Fields;

/// What the callable of a plan is to be.
const TAKES_RESOURCE: &str = "a callable that takes a resource";

/// A plan as it was described: it can go to another thread, where it becomes one.
pub(crate) enum Described<R: ResourceBinding> {
    Patches(Vec<(Target<R>, R::Patch)>),
    Where {
        name: String,
        version: String,
        keep: Callable,
        patch: R::Patch,
    },
    Function {
        name: String,
        version: String,
        function: Callable,
    },
    Launches {
        launch: LaunchKind,
        targets: Vec<Target<R>>,
    },
    LaunchWhere {
        launch: LaunchKind,
        name: String,
        version: String,
        keep: Callable,
    },
    Creates(Vec<NewRow>),
    Kept,
}

impl<R: ResourceBinding> Described<R> {
    /// What an `akua.fleet.Plan` describes.
    pub(crate) fn of(described: &Bound<'_, PyAny>) -> PyResult<Self> {
        if !described.is_instance(&described.py().import("akua.fleet")?.getattr("Plan")?)? {
            return Err(not_a("a Plan, such as akua.fleet.Plan.patches(…)", described));
        }
        let parts = described.getattr("_parts")?;
        let (kind, rest): (String, Bound<'_, PyAny>) = parts.extract()?;
        Ok(match kind.as_str() {
            "patches" => Self::Patches(patches(&rest)?),
            "where" => {
                let (keep, fields, name, version): (Bound<'_, PyAny>, Bound<'_, PyMapping>, String, String) =
                    rest.extract()?;
                Self::Where {
                    name,
                    version,
                    keep: Callable::new("keep", TAKES_RESOURCE, &keep)?,
                    patch: wanted::<R>(&fields)?,
                }
            }
            "function" => {
                let (function, name, version): (Bound<'_, PyAny>, String, String) = rest.extract()?;
                Self::Function {
                    name,
                    version,
                    function: Callable::new("function", TAKES_RESOURCE, &function)?,
                }
            }
            "launches" => {
                let (verb, targets): (String, Bound<'_, PyAny>) = rest.extract()?;
                Self::Launches {
                    launch: launch_of::<R>(&verb),
                    targets: in_rows(&targets, "resource", |resource| {
                        Ok((resource.clone(), target(&resource)))
                    })?,
                }
            }
            "launch" => {
                let (verb, keep, name, version): (String, Bound<'_, PyAny>, String, String) = rest.extract()?;
                Self::LaunchWhere {
                    launch: launch_of::<R>(&verb),
                    name,
                    version,
                    keep: Callable::new("keep", TAKES_RESOURCE, &keep)?,
                }
            }
            "create" => Self::Creates(in_rows(&rest, "row", |pair| {
                let (key, fields): (Bound<'_, PyAny>, Bound<'_, PyMapping>) = pair.extract()?;
                let new = Fields::of_new::<NewCluster>(&fields).and_then(|fields| fields.set::<NewCluster>(pair.py()));
                let row = new.and_then(|new| {
                    Ok(match key.is_none() {
                        true => NewRow::from(new),
                        false => NewRow::from((key.extract::<String>()?, new)),
                    })
                });
                // What a row without a key is known by is its name, if it has one.
                let subject = if key.is_none() {
                    fields.get_item("name").unwrap_or(key)
                } else {
                    key
                };
                Ok((subject, row))
            })?),
            _ => Self::Kept,
        })
    }

    /// Its callable.
    pub(crate) fn callable(&self) -> Option<&Callable> {
        match self {
            Self::Where { keep: callable, .. }
            | Self::Function { function: callable, .. }
            | Self::LaunchWhere { keep: callable, .. } => Some(callable),
            Self::Patches(_) | Self::Launches { .. } | Self::Creates(_) | Self::Kept => None,
        }
    }

    /// The plan.
    pub(crate) fn plan(self) -> Plan<R> {
        match self {
            Self::Patches(patches) => Plan::patches(patches),
            Self::Where {
                name,
                version,
                keep,
                patch,
            } => Plan::try_filter(name, version, filter(keep), patch),
            Self::Function {
                name,
                version,
                function,
            } => Plan::function(name, version, asked(function)),
            Self::Launches { launch, targets } => Plan::launches(launch, targets),
            Self::LaunchWhere {
                launch,
                name,
                version,
                keep,
            } => Plan::try_launch(launch, name, version, filter(keep)),
            Self::Creates(rows) => Plan::creates(rows),
            Self::Kept => Plan::kept(),
        }
    }
}

fn patches<R: ResourceBinding>(pairs: &Bound<'_, PyAny>) -> PyResult<Vec<(Target<R>, R::Patch)>> {
    in_rows(pairs, "patch", |pair| {
        let (subject, fields): (Bound<'_, PyAny>, Bound<'_, PyMapping>) = pair.extract()?;
        let patch = target(&subject).and_then(|target| Ok((target, wanted::<R>(&fields)?)));
        Ok((subject, patch))
    })
}

/// What `read` makes of each row, which says what it is about, too. A problem names the row, a `what`.
fn in_rows<'py, T>(
    rows: &Bound<'py, PyAny>,
    what: &str,
    read: impl Fn(Bound<'py, PyAny>) -> PyResult<(Bound<'py, PyAny>, PyResult<T>)>,
) -> PyResult<Vec<T>> {
    let mut made = Vec::new();
    for (row, given) in rows.try_iter()?.enumerate() {
        let (subject, one) = read(given?)?;
        made.push(one.or_else(|problem| {
            let located = plans(rows.py())?.call_method1("in_row", (what, row + 1, &subject, problem))?;
            Err(PyErr::from_value(located))
        })?);
    }
    Ok(made)
}

fn target<R: ResourceBinding>(subject: &Bound<'_, PyAny>) -> PyResult<Target<R>> {
    Ok(match Subject::<R>::of(subject)? {
        Subject::Seen(seen) => Target::Seen(Box::new(seen.clone())),
        Subject::Id(id) => Target::Id(id),
    })
}

/// How this kind is suspended, resumed or deleted. One that has no such launch is refused by the fleet, in its words.
fn launch_of<R: ResourceBinding>(verb: &str) -> LaunchKind {
    match (verb, R::KIND) {
        ("suspend", _) => LaunchKind::SuspendCluster,
        ("resume", _) => LaunchKind::ResumeCluster,
        (_, ResourceKind::Workspace) => LaunchKind::DeleteWorkspace,
        _ => LaunchKind::DeleteCluster,
    }
}

/// A filter of Python's.
fn filter<R: ResourceBinding>(keep: Callable) -> impl Fn(&R) -> Result<bool, BoxError> + Send + Sync {
    move |resource| {
        asking(|py| {
            keep.call(py, Some(resource.clone().wrap(py)?.into_bound(py)))?
                .is_truthy()
        })
    }
}

/// The patch that sets `fields`: at least one.
fn wanted<R: ResourceBinding>(fields: &Bound<'_, PyMapping>) -> PyResult<R::Patch> {
    match change::fields_of::<R>(fields)? {
        Some(patch) => Ok(patch),
        // The model says what is missing.
        None => {
            <R::Patch as akua_model::Patch>::from_texts(&[]).map_err(|problem| error::raise_model(fields.py(), problem))
        }
    }
}

/// A function of Python's that says what is to change in a version.
fn asked<R: ResourceBinding>(function: Callable) -> impl Fn(&R) -> Result<Option<R::Patch>, BoxError> + Send + Sync {
    move |resource| {
        asking(|py| {
            let wanted = function.call(py, Some(resource.clone().wrap(py)?.into_bound(py)))?;
            change::patch_of(py, resource, &wanted)
                .map_err(|problem| no_answer(py, "the plan's function", resource.id(), problem))
        })
    }
}

/// A function of Python's that knows kubeconfigs.
fn kubeconfig_of(provide: Callable) -> impl Fn(&str) -> Result<Secrets, BoxError> + Send + Sync {
    move |id| {
        asking(|py| {
            let given = provide.call(py, Some(PyString::new(py, id).into_any()))?;
            if given.is_none() {
                return Ok(Secrets::none());
            }
            let Ok(text) = given.cast::<PyString>() else {
                return Err(no_answer(
                    py,
                    "kubeconfigs",
                    id,
                    not_a("a kubeconfig as str, or None", &given),
                ));
            };
            Ok(Secrets::none().with("kubeconfig", text_of(text, "kubeconfig")?))
        })
    }
}

/// Asks Python, on a thread of a run. A message of the caller's may hold a secret, and what is told here is kept in a
/// ledger, so of an exception that is only its class; the Python half logs the rest. What is wrong with an answer is told.
fn asking<T>(ask: impl FnOnce(Python<'_>) -> PyResult<T>) -> Result<T, BoxError> {
    let asked = Python::try_attach(|py| {
        ask(py).map_err(|raised| {
            let told = plans(py).and_then(|plans| plans.getattr("NoAnswer"));
            if told.is_ok_and(|told| raised.is_instance(py, &told)) {
                return raised.value(py).to_string();
            }
            let class = raised.get_type(py).name().map(|name| name.to_string());
            format!("it raised {}", class.unwrap_or_default())
        })
    });
    match asked {
        None => Err("the interpreter is shutting down".into()),
        Some(asked) => asked.map_err(Into::into),
    }
}

/// What is raised, and logged, for an answer of the caller's `what` for `id` with which nothing can be done.
fn no_answer(py: Python<'_>, what: &str, id: impl AsRef<str>, problem: PyErr) -> PyErr {
    let made = plans(py).and_then(|plans| plans.call_method1("no_answer", (what, id.as_ref(), problem)));
    made.map_or_else(|error| error, PyErr::from_value)
}

/// The Python half.
fn plans(py: Python<'_>) -> PyResult<Bound<'_, PyModule>> {
    py.import("akua.fleet._plan")
}

/// The callable that was given as `kubeconfigs`.
pub(crate) fn kubeconfigs_of(given: &Bound<'_, PyAny>) -> PyResult<Callable> {
    Callable::new(
        "kubeconfigs",
        "a callable that takes an id and returns a kubeconfig",
        given,
    )
}

/// `fleet` with a function of Python's that knows kubeconfigs.
pub(crate) fn with_kubeconfigs<R: ResourceBinding>(fleet: Fleet<R>, provide: Option<Callable>) -> Fleet<R> {
    match provide {
        Some(provide) => fleet.secrets(kubeconfig_of(provide)),
        None => fleet,
    }
}

/// What a worker elsewhere has at hand.
///
/// # Errors
///
/// `TypeError` for what is no plain callable.
pub(crate) fn inputs<R: ResourceBinding>(
    function: Option<&Bound<'_, PyAny>>,
    kubeconfigs: Option<&Bound<'_, PyAny>>,
) -> PyResult<Inputs<R>> {
    let mut inputs = Inputs::default();
    if let Some(function) = function {
        inputs = inputs.with_function(asked(Callable::new("function", TAKES_RESOURCE, function)?));
    }
    if let Some(provide) = kubeconfigs {
        inputs = inputs.with_secrets(kubeconfig_of(kubeconfigs_of(provide)?));
    }
    Ok(inputs)
}
