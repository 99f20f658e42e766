//! Rows of which something new is to be made: by what a row is known again, and what no plan may have twice.
//!
//! What is to be made has no id yet, so an item is known by the key of its row. It is nobody's but the plan's: neither it nor
//! anything made of it is sent.

use std::collections::HashMap;
use std::path::PathBuf;

use akua_http::Error;
use akua_model::{NewCluster, Patch as _};

use super::item::StoredPatch;
use super::ledger::{Reading, planned, refused};

/// How many code points a key may have.
const LONGEST: usize = 200;
/// What no two rows of a plan may have in common, both of them.
const SAME: [&str; 2] = ["name", "region_id"];

/// A row of a table: what is to be made, and the key by which its plan knows it again.
///
/// ```
/// use akua_fleet::NewRow;
/// use akua_model::NewCluster;
///
/// let new = NewCluster::builder().name("prod").region_id("reg_1").build()?;
/// assert_eq!(NewRow::from(new.clone()).key(), "prod");
/// assert_eq!(NewRow::from(("line 7", new)).key(), "line 7");
/// # Ok::<(), akua_model::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct NewRow {
    key: String,
    new: StoredPatch,
}

impl NewRow {
    /// The key: 1 to 200 code points, in a plan once.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl From<NewCluster> for NewRow {
    /// A row whose key is the name of the cluster.
    fn from(new: NewCluster) -> Self {
        let name = new.assignments().into_iter().find(|field| field.field.name == "name");
        let key = name.map(|name| name.value.to_text().into_owned());
        Self::from((key.unwrap_or_default(), new))
    }
}

impl<K: Into<String>> From<(K, NewCluster)> for NewRow {
    fn from((key, new): (K, NewCluster)) -> Self {
        Self {
            key: key.into(),
            // There is no secret in it to be salted.
            new: StoredPatch::keep(&new, "").0,
        }
    }
}

/// The rows of a plan, one by one: each is looked at before any of them is sent.
pub(super) struct Table {
    /// The ledger that has them already, if it is not made just now.
    known: Option<(Reading, PathBuf)>,
    /// Which row has a key.
    keys: HashMap<String, usize>,
    /// Which row makes what.
    made: HashMap<[String; 2], usize>,
    /// The first row that is not as the ledger has it.
    difference: Option<String>,
}

impl Table {
    pub(super) fn new(known: Option<(Reading, PathBuf)>) -> Self {
        Self {
            known,
            keys: HashMap::new(),
            made: HashMap::new(),
            difference: None,
        }
    }

    /// The next row: its key, and what is to be made, for a ledger.
    ///
    /// A name need not be unique, and nothing but the plan knows whether two rows are one that was doubled. Were both made, each
    /// would be a candidate for the other as soon as an answer is lost. So there is one of them, or none is sent.
    pub(super) fn next(&mut self, row: NewRow) -> Result<(String, StoredPatch), Error> {
        let NewRow { key, new } = row;
        let number = self.keys.len() + 1;
        let refuse = |problem: String| Err(Error::invalid_input("plan", problem));
        let length = key.chars().count();
        if length == 0 || length > LONGEST {
            return refuse(format!(
                "has a row {number} whose key has {length} code points (1 to {LONGEST} are allowed)"
            ));
        }
        if let Some(first) = self.keys.insert(key.clone(), number) {
            return refuse(format!(
                "has the key `{key}` twice, in rows {first} and {number} (give each row one of its own)"
            ));
        }
        let of = |field: &str| {
            let value = new.values().find(|(name, _)| *name == field);
            value.and_then(|(_, text)| text).unwrap_or_default().to_owned()
        };
        let makes = SAME.map(of);
        let [name, region] = &makes;
        let story = format!(
            "name `{name}` and region_id `{region}` (give what is to be made once: names need not be unique, so a row that was \
             doubled would be made twice)"
        );
        if let Some(first) = self.made.insert(makes, number) {
            return refuse(format!("has two rows, {first} and {number}, of {story}"));
        }
        if let Some((ledger, path)) = &self.known
            && self.difference.is_none()
        {
            let planned = planned(ledger, &key).map_err(|error| refused(path, &error))?;
            self.difference = difference(&key, &new, planned);
        }
        Ok((key, new))
    }

    /// How the rows differ from those in the ledger, which are not these.
    pub(super) fn difference(self) -> String {
        self.difference.unwrap_or_else(|| "rows of it are missing".to_owned())
    }
}

/// How a row differs from the one that the ledger has under its key.
fn difference(key: &str, new: &StoredPatch, planned: Option<StoredPatch>) -> Option<String> {
    let Some(planned) = planned else {
        return Some(format!("its row `{key}` is new"));
    };
    let shown = |patch: &StoredPatch| -> HashMap<String, Option<String>> {
        let values = patch.values();
        values
            .map(|(name, text)| (name.to_owned(), text.map(str::to_owned)))
            .collect()
    };
    let (ours, theirs) = (shown(new), shown(&planned));
    let differs = |field: &&str| ours.get(*field) != theirs.get(*field);
    let fields: Vec<&str> = NewCluster::FIELDS
        .iter()
        .map(|field| field.name)
        .filter(|field| differs(field))
        .collect();
    (!fields.is_empty()).then(|| format!("its row `{key}` has another {}", fields.join(", ")))
}
