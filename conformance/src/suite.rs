//! All cases: read, run, and counted.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use serde::Deserialize;

use crate::case::Case;
use crate::layout::laid_out;
use crate::run;

/// The case files of this folder.
#[must_use]
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")
}

/// One file of cases.
#[derive(Clone, Debug)]
pub struct CaseFile {
    /// Where it is.
    pub path: PathBuf,
    /// What is in it.
    pub cases: Vec<Case>,
}

impl CaseFile {
    /// The file as it is written.
    ///
    /// # Errors
    ///
    /// If it can't be written as JSON, which no case can bring about.
    pub fn text(&self) -> Result<String, String> {
        let json = serde_json::to_string(&self.cases).map_err(|error| error.to_string())?;
        Ok(laid_out(&json))
    }
}

/// Reads all case files, sorted by name.
///
/// # Errors
///
/// If one can't be read, there is none, two cases have one name or a name that is no path segment, or a case
/// contradicts itself.
pub fn load(folder: &Path) -> Result<Vec<CaseFile>, String> {
    let told = |path: &Path, error: &dyn fmt::Display| format!("{}: {error}", path.display());
    let entries = std::fs::read_dir(folder).map_err(|error| told(folder, &error))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    let mut names = BTreeSet::new();
    let mut files = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).map_err(|error| told(&path, &error))?;
        let cases: Vec<Case> = serde_json::from_str(&text).map_err(|error| told(&path, &error))?;
        for case in &cases {
            let plain = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '_');
            if case.name.is_empty() || !case.name.chars().all(plain) || !names.insert(case.name.clone()) {
                return Err(told(&path, &format!("{:?} is no name, or is there twice", case.name)));
            }
            case.check()
                .map_err(|error| told(&path, &format!("{}: {error}", case.name)))?;
        }
        files.push(CaseFile { path, cases });
    }
    if names.is_empty() {
        return Err(told(folder, &"there are no cases"));
    }
    Ok(files)
}

/// The calls that languages do not have yet, by language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Unsupported(BTreeMap<String, Missing>);

/// What one language does not have yet.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Missing {
    /// Why, and until when.
    why: String,
    /// Names as in `do`.
    calls: BTreeSet<String>,
}

impl Unsupported {
    /// The list of this folder.
    ///
    /// # Errors
    ///
    /// If it is none.
    pub fn list() -> Result<Self, String> {
        let list = include_str!("../data/unsupported.json");
        serde_json::from_str(list).map_err(|error| format!("data/unsupported.json: {error}"))
    }

    /// Every language and call in it.
    pub fn calls(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .flat_map(|(language, missing)| missing.calls.iter().map(move |call| (language.as_str(), call.as_str())))
    }

    fn why(&self, language: &str, case: &Case) -> Option<String> {
        let missing = self.0.get(language)?;
        let name = case.call.name();
        let why = || format!("`{name}` is not there yet: {}", missing.why);
        missing.calls.contains(&name).then(why)
    }
}

/// What became of all cases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Those that were as expected.
    pub good: Vec<String>,
    /// Those that were not, with every difference.
    pub bad: Vec<(String, Vec<String>)>,
    /// Those that the data excuses this language from, with the reason.
    pub excused: Vec<(String, String)>,
}

impl Tally {
    /// Whether every case was run and as expected, or excused.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.bad.is_empty() && !self.good.is_empty()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A runner that has ended has ended for all that follow: said once.
        for alike in self.bad.chunk_by(|(_, one), (_, next)| one == next) {
            let names: Vec<&str> = alike.iter().map(|(name, _)| name.as_str()).collect();
            writeln!(f, "{}:", names.join(", "))?;
            let places = alike.iter().take(1).flat_map(|(_, places)| places);
            places.into_iter().try_for_each(|place| writeln!(f, "  {place}"))?;
        }
        for (name, why) in &self.excused {
            writeln!(f, "{name}: not run, {why}")?;
        }
        let count = self.good.len() + self.bad.len() + self.excused.len();
        write!(
            f,
            "{count} cases: {} as expected, {} not, {} excused",
            self.good.len(),
            self.bad.len(),
            self.excused.len()
        )
    }
}

/// How many runners play at once: most cases wait for a pause or a deadline.
pub const RUNNERS: usize = 6;

/// Runs every case of `files` in `language`, but for what that has not yet. Each of the `runners` plays one case after the other.
pub fn run<R>(files: &[CaseFile], language: &str, unsupported: &Unsupported, runners: &mut [R]) -> Tally
where
    R: FnMut(&str) -> Result<String, String> + Send,
{
    let excuse = |case: &Case| {
        let own = case.not_in.get(language).cloned();
        own.or_else(|| unsupported.why(language, case))
    };
    let cases: Vec<&Case> = files.iter().flat_map(|file| &file.cases).collect();
    let next = AtomicUsize::new(0);
    let played = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for runner in runners {
            let (cases, next, played, excuse) = (&cases, &next, &played, &excuse);
            scope.spawn(move || {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(case) = cases.get(number) else { return };
                    if excuse(case).is_some() {
                        continue;
                    }
                    let places = match run::play(case, runner) {
                        Ok(shown) => run::verdict(case, &shown),
                        Err(why) => vec![why],
                    };
                    played
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .insert(number, places);
                }
            });
        }
    });
    let mut played = played.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut tally = Tally::default();
    for (number, case) in cases.into_iter().enumerate() {
        let name = case.name.clone();
        match (excuse(case), played.remove(&number)) {
            (Some(why), _) => tally.excused.push((name, why)),
            (None, Some(places)) if places.is_empty() => tally.good.push(name),
            (None, places) => tally
                .bad
                .push((name, places.unwrap_or_else(|| vec!["was not played".to_owned()]))),
        }
    }
    tally
}
