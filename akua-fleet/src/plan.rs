//! What is to be changed: made of patches, of a filter and a patch, or of a function; or what is to be launched. And how it
//! is known again.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use akua_http::{BoxError, Collection, Deletable, Error};
use akua_model::edit::{LaunchKind, Target};
use akua_model::{Cluster, Listed, NewCluster, NewResource, PageQuery, Resource, Secrets};
use sha2::{Digest, Sha256};

use super::create::{NewRow, Table};
use super::item::StoredPatch;
use super::launch::{delete_of, of_kind, words_for};
use super::ledger::{FUNCTION, Identity, Ledger, NewItem, Reading, other_plan, other_table};
use super::work::{Function, Inputs};
use crate::error::ledger_error;

/// How many items are written down in one go.
const PORTION: usize = 500;
/// How many are asked for with one page.
const PAGE: u64 = 100;
/// The longest name and the longest version of a plan, in bytes.
const LONGEST: usize = 200;

/// Which resources are to be changed, and how; which are to be suspended, resumed or deleted; or what is to be made.
///
/// A ledger belongs to one plan. Patches are known again by their content, in whatever order they come; a filter and a
/// function by the name and version that the caller gives them: change the version whenever what it does changes.
pub struct Plan<R: Resource>(Source<R>);

type Filter<R> = dyn Fn(&R) -> Result<bool, BoxError> + Send + Sync;
type Patches<R> = Box<dyn Iterator<Item = (Target<R>, <R as Resource>::Patch)>>;
type Targets<R> = Box<dyn Iterator<Item = Target<R>>>;
type NewRows = Box<dyn Iterator<Item = NewRow>>;

enum Source<R: Resource> {
    Patches(Patches<R>),
    Filter {
        name: String,
        version: String,
        keep: Box<Filter<R>>,
        patch: R::Patch,
    },
    Function {
        name: String,
        version: String,
        function: Arc<Function<R>>,
    },
    Launches {
        launch: LaunchKind,
        targets: Targets<R>,
    },
    LaunchFilter {
        launch: LaunchKind,
        name: String,
        version: String,
        keep: Box<Filter<R>>,
    },
    Creates {
        launch: LaunchKind,
        rows: NewRows,
    },
    Kept,
}

impl<R: Resource> Source<R> {
    fn launch(&self) -> Option<LaunchKind> {
        match self {
            Self::Launches { launch, .. } | Self::LaunchFilter { launch, .. } | Self::Creates { launch, .. } => {
                Some(*launch)
            }
            Self::Patches(_) | Self::Filter { .. } | Self::Function { .. } | Self::Kept => None,
        }
    }
}

impl<R: Resource + 'static> Plan<R> {
    /// A patch for each of these. With a version that the caller has seen, everything in it is protected; with an id,
    /// only what [`preview`](super::Fleet::preview) has shown, or else what is read right before the change.
    ///
    /// They are taken one by one, so a long list need not be in memory at once. The kubeconfigs in them stay in
    /// memory, and only there.
    pub fn patches<T: Into<Target<R>>>(patches: impl IntoIterator<Item = (T, R::Patch), IntoIter: 'static>) -> Self {
        let patches = patches.into_iter().map(|(target, patch)| (target.into(), patch));
        Self(Source::Patches(Box::new(patches)))
    }

    /// One patch for all resources that `keep` accepts. They are listed once, when the ledger is made; what the list
    /// has shown is what the caller has seen. What comes into being later is not part of the plan.
    pub fn filter(
        name: impl Into<String>,
        version: impl Into<String>,
        keep: impl Fn(&R) -> bool + Send + Sync + 'static,
        patch: R::Patch,
    ) -> Self {
        Self::try_filter(name, version, move |resource| Ok(keep(resource)), patch)
    }

    /// As [`filter`](Self::filter), with one that can fail: then no ledger is made.
    pub fn try_filter(
        name: impl Into<String>,
        version: impl Into<String>,
        keep: impl Fn(&R) -> Result<bool, BoxError> + Send + Sync + 'static,
        patch: R::Patch,
    ) -> Self {
        Self(Source::Filter {
            name: name.into(),
            version: version.into(),
            keep: Box::new(keep),
            patch,
        })
    }

    /// The patch that `function` gives for each resource; `None` leaves it alone.
    ///
    /// It is asked for each resource that is listed when the ledger is made, right before the change, and for each
    /// fresh version after somebody else's change: never while an earlier write may have landed. So what it has not
    /// been given is not written over, but nobody has looked at what it gives then.
    ///
    /// After a [preview](super::Fleet::preview) that has shown an item, what was shown is what is carried out, protected as the
    /// patch of a filter is: the function is asked for what the preview has read, and not again. If somebody changes one
    /// of those fields before the run gets there, the item ends in conflict. It runs on the threads of the run, so it should be quick, and depend on nothing but its argument.
    /// An item for which it fails ends as [`NotSent`](super::State::NotSent).
    ///
    /// ```
    /// use akua_fleet::Plan;
    /// use akua_model::{Cluster, ClusterPatch};
    ///
    /// let plan = Plan::function("add-eu", "1", |cluster: &Cluster| {
    ///     if cluster.name.ends_with("-eu") {
    ///         return Ok(None);
    ///     }
    ///     Ok(Some(ClusterPatch::builder().name(format!("{}-eu", cluster.name)).build()?))
    /// });
    /// ```
    pub fn function(
        name: impl Into<String>,
        version: impl Into<String>,
        function: impl Fn(&R) -> Result<Option<R::Patch>, BoxError> + Send + Sync + 'static,
    ) -> Self {
        Self(Source::Function {
            name: name.into(),
            version: version.into(),
            function: Arc::new(function),
        })
    }

    /// Whatever stands in the ledger, to go on without the list it was made of. Secrets are needed again: see
    /// [`Fleet::secrets`](super::Fleet::secrets). A plan made of a function can't be carried on so.
    #[must_use]
    pub fn kept() -> Self {
        Self(Source::Kept)
    }
}

impl Plan<Cluster> {
    /// Suspends all clusters that `keep` accepts: each on the version that the list or a [preview](super::Fleet::preview)
    /// has shown, or not at all. They are listed once, when the ledger is made.
    ///
    /// What was launched is waited for, and the ledger has how it was launched and what became of it: see
    /// [`Limits::wait`](super::Limits::wait).
    ///
    /// ```
    /// # use akua_http::Client;
    /// # use akua_fleet::{CollectionExt as _, Limits, Plan, State};
    /// # use akua_model::{Cluster, report::End};
    /// # let akua = akua_sim::Simulator::start(akua_sim::Options::clusters(3))?;
    /// # let client = Client::builder().base_url(akua.url()).token(akua.token()).build()?;
    /// # let folder = std::env::temp_dir().join(format!("akua-suspend-doc-{}", std::process::id()));
    /// # std::fs::create_dir_all(&folder)?;
    /// let plan = Plan::suspend("demo", "1", |cluster: &Cluster| cluster.name.starts_with("cluster"));
    /// let fleet = client.clusters().fleet(plan, folder.join("night.akua-fleet"))?;
    /// let summary = fleet.run(&Limits::default())?.finish()?;
    /// assert_eq!(summary.counts.of(State::Applied), 3);
    /// for row in fleet.report()?.rows() {
    ///     let row = row?;
    ///     assert_eq!((row.launch, row.fate), (Some(End::Applied), Some(End::Succeeded)));
    /// }
    /// # drop(fleet);
    /// # std::fs::remove_dir_all(&folder)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn suspend(
        name: impl Into<String>,
        version: impl Into<String>,
        keep: impl Fn(&Cluster) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self::try_launch(LaunchKind::SuspendCluster, name, version, move |cluster| {
            Ok(keep(cluster))
        })
    }

    /// Resumes all clusters that `keep` accepts: as [`suspend`](Self::suspend).
    pub fn resume(
        name: impl Into<String>,
        version: impl Into<String>,
        keep: impl Fn(&Cluster) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self::try_launch(LaunchKind::ResumeCluster, name, version, move |cluster| {
            Ok(keep(cluster))
        })
    }
}

impl Plan<Cluster> {
    /// Makes a cluster of each row of a table: a [`NewCluster`](akua_model::NewCluster), or one with a key of the caller's, see
    /// [`NewRow`].
    ///
    /// A row is known again by its key, which is its name unless another is given. The same rows in any order go on with what the
    /// ledger has of them. A row that was edited, added or taken away is another table, and refused: to make more, put only what is new
    /// into another ledger. Two rows of the same name and region are refused, as one of them may be doubled.
    ///
    /// What was accepted is waited for, and the ledger has the id of each new cluster ([`Row::made`](super::Row::made)). A row of which
    /// an answer was lost, or that was under way when the process ended, is settled from its token and never sent under another key;
    /// where that can't be, it stays [`Indeterminate`](super::State::Indeterminate), and what may have come of it is listed
    /// ([`Row::candidates`](super::Row::candidates)).
    ///
    /// ```
    /// # use akua_http::Client;
    /// # use akua_fleet::{CollectionExt as _, Limits, Plan, State};
    /// # use akua_model::NewCluster;
    /// # let akua = akua_sim::Simulator::start(akua_sim::Options::clusters(0))?;
    /// # let client = Client::builder().base_url(akua.url()).token(akua.token()).build()?;
    /// # let folder = std::env::temp_dir().join(format!("akua-create-doc-{}", std::process::id()));
    /// # std::fs::create_dir_all(&folder)?;
    /// let new = |name: &str| NewCluster::builder().name(name).region_id("reg_1").build();
    /// let plan = Plan::create([new("shop-eu")?, new("shop-us")?]);
    /// let fleet = client.clusters().fleet(plan, folder.join("shops.akua-fleet"))?;
    /// let summary = fleet.run(&Limits::default())?.finish()?;
    /// assert_eq!(summary.counts.of(State::Applied), 2);
    /// for row in fleet.report()?.rows() {
    ///     let row = row?;
    ///     println!("{}: {:?}", row.id, row.made);
    /// #   assert!(row.made.is_some());
    /// }
    /// # drop(fleet);
    /// # std::fs::remove_dir_all(&folder)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn create<T: Into<NewRow>>(rows: impl IntoIterator<Item = T, IntoIter: 'static>) -> Self {
        Self::creates(rows)
    }
}

impl<R: Deletable + 'static> Plan<R> {
    /// Deletes all resources that `keep` accepts: each in the version that the list or a [preview](super::Fleet::preview)
    /// has shown, or not at all. They are listed once, when the ledger is made.
    pub fn delete(
        name: impl Into<String>,
        version: impl Into<String>,
        keep: impl Fn(&R) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self::try_launch(delete_of::<R>(), name, version, move |resource| Ok(keep(resource)))
    }
}

impl<R: Resource + 'static> Plan<R> {
    /// As [`create`](Plan::create). A plan of another kind of resource is refused when the ledger is made.
    pub fn creates<T: Into<NewRow>>(rows: impl IntoIterator<Item = T, IntoIter: 'static>) -> Self {
        Self(Source::Creates {
            launch: NewCluster::CREATE,
            rows: Box::new(rows.into_iter().map(|row| row.into())),
        })
    }

    /// Suspends, resumes or deletes all resources that `keep` accepts, which may fail: then no ledger is made. A launch of
    /// another kind, or of none that fleets have, is refused when the ledger is made.
    pub fn try_launch(
        launch: LaunchKind,
        name: impl Into<String>,
        version: impl Into<String>,
        keep: impl Fn(&R) -> Result<bool, BoxError> + Send + Sync + 'static,
    ) -> Self {
        Self(Source::LaunchFilter {
            launch,
            name: name.into(),
            version: version.into(),
            keep: Box::new(keep),
        })
    }

    /// Suspends, resumes or deletes each of these. With a version that the caller has seen, it is done on that version or
    /// not at all; with an id, on what a preview has shown, or else on what is read right before.
    ///
    /// They are taken one by one, and known again by their ids, in whatever order they come.
    pub fn launches<T: Into<Target<R>>>(
        launch: LaunchKind,
        targets: impl IntoIterator<Item = T, IntoIter: 'static>,
    ) -> Self {
        let targets = targets.into_iter().map(|target| target.into());
        Self(Source::Launches {
            launch,
            targets: Box::new(targets),
        })
    }
}

/// Writes a plan into its ledger, or finds it there. What work on its items needs beside the ledger comes with it.
pub(super) fn write_down<R: Resource + Listed + 'static>(
    collection: &Collection<R>,
    plan: Plan<R>,
    path: &Path,
) -> Result<(Ledger, Inputs<R>), Error> {
    let ledger = Ledger::open(path, &identity(collection, &plan.0)?)?;
    let mut inputs = Inputs::default();
    let known = ledger.digest().map(str::to_owned);
    let mut intake = Intake {
        ledger: &ledger,
        writes: known.is_none(),
        portion: Vec::new(),
        again: false,
    };
    let digest = match plan.0 {
        Source::Patches(patches) => {
            let (digest, given) = intake.patches(patches)?;
            inputs.given = Arc::new(given);
            digest
        }
        Source::Filter { keep, patch, .. } => {
            let (kept, secrets) = StoredPatch::keep(&patch, ledger.salt());
            inputs.for_all = secrets;
            let text = text_of(&kept);
            intake.listed(collection, |resource| Ok(keep(resource)?.then(|| Some(text.clone()))))?;
            hex(&Sha256::digest(&text))
        }
        Source::Function { function, .. } => {
            // An item for which it fails is told so when its turn comes.
            let wanted = |resource: &R| !matches!(function(resource), Ok(None));
            intake.listed(collection, |resource| Ok(wanted(resource).then_some(None)))?;
            inputs.function = Some(function);
            "function".to_owned()
        }
        Source::Launches { targets, .. } => intake.targets(targets)?,
        Source::LaunchFilter { keep, .. } => {
            intake.listed(collection, |resource| Ok(keep(resource)?.then_some(None)))?;
            "launches".to_owned()
        }
        Source::Creates { rows, .. } => {
            let reading = known.is_some().then(|| Reading::open(ledger.path())).transpose()?;
            let mut table = Table::new(reading.map(|reading| (reading, ledger.path().to_owned())));
            let digest = intake.rows(rows, &mut table)?;
            if known.as_ref().is_some_and(|known| *known != digest) {
                return Err(other_table(path, &table.difference()));
            }
            digest
        }
        Source::Kept => match &known {
            Some(digest) => digest.clone(),
            None => {
                let story = format!("{}: holds no complete plan", path.display());
                return Err(ledger_error(story, "give the plan again: nothing of it was sent"));
            }
        },
    };
    match known {
        Some(known) if known != digest => return Err(other_plan(path, "its patches are others")),
        Some(_) => {}
        None => ledger.complete(digest)?,
    }
    Ok((ledger, inputs))
}

fn identity<R: Resource>(collection: &Collection<R>, source: &Source<R>) -> Result<Identity, Error> {
    let launch = source.launch();
    let verb = match (source, launch) {
        (_, None) => "",
        (Source::Creates { .. }, Some(launch)) => of_kind::<R>(launch).map(|()| "create")?,
        (_, Some(launch)) => words_for::<R>(launch)?.verb,
    };
    let source = match source {
        Source::Patches(_) => Some("a list of patches".to_owned()),
        Source::Filter { name, version, .. } => Some(format!("the filter {}", named(name, version)?)),
        Source::Function { name, version, .. } => Some(format!("{FUNCTION}{}", named(name, version)?)),
        Source::Launches { .. } => Some(format!("{verb} by a list")),
        Source::LaunchFilter { name, version, .. } => Some(format!("{verb} by the filter {}", named(name, version)?)),
        Source::Creates { .. } => Some(format!("{verb} by a table")),
        Source::Kept => None,
    };
    Ok(Identity {
        kind: R::NOUN,
        origin: collection.client().base_url().to_string(),
        context: collection
            .effective_context()
            .map(|context| context.as_str().to_owned()),
        source,
        launch,
    })
}

fn named(name: &str, version: &str) -> Result<String, Error> {
    for (field, text) in [("name", name), ("version", version)] {
        if text.is_empty() || text.len() > LONGEST {
            let message = format!("has {} bytes (1 to {LONGEST} are allowed)", text.len());
            return Err(Error::invalid_input(field, message));
        }
    }
    Ok(format!("{name:?} in version {version:?}"))
}

/// Writes a plan down item by item, or only looks at what it consists of.
struct Intake<'a> {
    ledger: &'a Ledger,
    writes: bool,
    portion: Vec<NewItem>,
    /// Whether an item may come again.
    again: bool,
}

impl Intake<'_> {
    /// The digest of the patches, and the secrets in them by id.
    fn patches<R: Resource>(&mut self, patches: Patches<R>) -> Result<(String, HashMap<String, Secrets>), Error> {
        let mut digest = Unordered::default();
        let mut given = HashMap::new();
        for (target, patch) in patches {
            let (id, seen) = seen_of(target)?;
            let (kept, secrets) = StoredPatch::keep(&patch, self.ledger.salt());
            if !secrets.is_empty() {
                given.insert(id.as_ref().to_owned(), secrets);
            }
            let patch = text_of(&kept);
            digest.add(&[id.as_ref(), &patch]);
            self.take(NewItem {
                id: id.as_ref().to_owned(),
                patch: Some(patch),
                seen,
            })?;
        }
        self.flush()?;
        Ok((digest.text(), given))
    }

    /// The digest of what is to be launched.
    fn targets<R: Resource>(&mut self, targets: Targets<R>) -> Result<String, Error> {
        let mut digest = Unordered::default();
        for target in targets {
            let (id, seen) = seen_of(target)?;
            digest.add(&[id.as_ref()]);
            self.take(NewItem {
                id: id.as_ref().to_owned(),
                patch: None,
                seen,
            })?;
        }
        self.flush()?;
        Ok(digest.text())
    }

    /// The digest of what is to be made.
    fn rows(&mut self, rows: NewRows, table: &mut Table) -> Result<String, Error> {
        let mut digest = Unordered::default();
        for row in rows {
            let (key, new) = table.next(row)?;
            let new = text_of(&new);
            digest.add(&[&key, &new]);
            self.take(NewItem {
                id: key,
                patch: Some(new),
                seen: None,
            })?;
        }
        self.flush()?;
        Ok(digest.text())
    }

    /// Lists everything and takes what `wanted` gives a patch for. What is in the ledger is not listed again.
    fn listed<R: Resource + Listed>(
        &mut self,
        collection: &Collection<R>,
        wanted: impl Fn(&R) -> Result<Option<Option<String>>, BoxError>,
    ) -> Result<(), Error> {
        if !self.writes {
            return Ok(());
        }
        self.again = true;
        for resource in collection.list_from(PageQuery::default().limit(PAGE)?) {
            let resource = resource?;
            let wanted = wanted(&resource).map_err(|error| {
                Error::invalid_input(
                    "plan",
                    format!("has a filter that failed for `{}`: {error}", resource.id()),
                )
            })?;
            if let Some(patch) = wanted {
                self.take(NewItem {
                    id: resource.id().as_ref().to_owned(),
                    patch,
                    seen: Some(text_of(&resource)),
                })?;
            }
        }
        self.flush()
    }

    fn take(&mut self, item: NewItem) -> Result<(), Error> {
        if !self.writes {
            return Ok(());
        }
        self.portion.push(item);
        if self.portion.len() < PORTION {
            return Ok(());
        }
        self.flush()
    }

    fn flush(&mut self) -> Result<(), Error> {
        if self.portion.is_empty() {
            return Ok(());
        }
        self.ledger.add(std::mem::take(&mut self.portion), self.again)
    }
}

/// The id of a target, and the version that the caller has seen, as JSON.
fn seen_of<R: Resource>(target: Target<R>) -> Result<(R::Id, Option<String>), Error> {
    Ok(match target {
        Target::Id(id) => (id, None),
        Target::Seen(resource) => {
            let id = resource.id().clone();
            resource.etag().if_match().map_err(|error| {
                Error::invalid_input(
                    "plan",
                    format!("has a version of `{id}` that can't be guarded: {error}"),
                )
            })?;
            (id, Some(text_of(&*resource)))
        }
    })
}

/// A digest that does not depend on the order: the sum of the digests of all parts.
#[derive(Default)]
struct Unordered([u64; 4]);

impl Unordered {
    fn add(&mut self, texts: &[&str]) {
        let mut digest = Sha256::new();
        for text in texts {
            // Lengths before texts, so that no two lists read alike.
            digest = digest.chain_update(text.len().to_be_bytes()).chain_update(text);
        }
        let digest = digest.finalize();
        for (sum, part) in self.0.iter_mut().zip(digest.chunks(8)) {
            let part = part.iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
            *sum = sum.wrapping_add(part);
        }
    }

    fn text(&self) -> String {
        self.0.iter().map(|part| format!("{part:016x}")).collect()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// As JSON. What is serialised here consists of texts and numbers, so it can't fail.
pub(super) fn text_of(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
