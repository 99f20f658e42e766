//! A resource with every version that it ever had, and how a version looks in an answer.
//!
//! Nothing here decides whether a write is allowed.

use akua_model::ResourceKind as Kind;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::change::Change;
use crate::contract::{Contract, Etags};
use crate::digest::sha256_hex;
use crate::kind::table;

/// Who made a version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case", deny_unknown_fields)]
pub enum Author {
    /// It was there from the start, or seeded later.
    Seed {},
    /// The request with this number in the log.
    Request {
        /// The request's number in the log.
        seq: u64,
    },
    /// Another writer, told to by the control endpoint or a script.
    Foreign {},
    /// The server itself, when reconciling ended.
    Server {},
}

/// One version of a resource, exactly: the judge's view, secrets as fingerprints.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Version {
    /// Its number: 1 for the first.
    pub version: u64,
    /// Its etag.
    pub etag: String,
    /// When it came to be, in milliseconds since the start.
    pub at_ms: u64,
    /// Who made it.
    pub author: Author,
    /// Whether this version is the resource's end.
    pub deleted: bool,
    /// The readable properties without `id` and `etag`; times in Unix seconds.
    pub fields: Map<String, Value>,
    /// The values written last that no answer shows; of a secret its [`Fingerprint`](crate::Fingerprint).
    pub hidden: Map<String, Value>,
}

impl Version {
    /// What it holds of a property, whether answers show it or not.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.fields.get(name).or_else(|| self.hidden.get(name))
    }
}

/// When, by whom, under which contract.
pub(crate) struct Moment<'a> {
    pub(crate) at_ms: u64,
    /// Unix seconds at `at_ms`.
    pub(crate) unix: i64,
    pub(crate) author: Author,
    pub(crate) contract: &'a Contract,
}

#[derive(Clone, Debug)]
pub(crate) struct Resource {
    pub(crate) kind: Kind,
    pub(crate) id: String,
    /// The workspace it belongs to; for a workspace, itself.
    pub(crate) workspace: String,
    pub(crate) ordinal: u64,
    pub(crate) settle_at: Option<u64>,
    past: Vec<Version>,
    current: Version,
    /// The last number that was an etag.
    counter: u64,
}

impl Resource {
    pub(crate) fn new(kind: Kind, id: &str, workspace: &str, ordinal: u64, content: Change, at: Moment<'_>) -> Self {
        // Etags of different resources are kept apart, and those of a workspace gain a digit early.
        let counter = ordinal.saturating_sub(1).saturating_mul(1000) + table(kind).first_etag;
        let mut first = Version {
            version: 1,
            etag: counter.to_string(),
            at_ms: at.at_ms,
            author: at.author,
            deleted: false,
            fields: content.set,
            hidden: content.hidden,
        };
        first.fields.insert("created_at".to_owned(), at.unix.into());
        first.fields.insert("updated_at".to_owned(), at.unix.into());
        if at.contract.etags == Etags::Content {
            first.etag = content_etag(&first, at.contract);
        }
        Self {
            kind,
            id: id.to_owned(),
            workspace: workspace.to_owned(),
            ordinal,
            settle_at: None,
            past: Vec::new(),
            current: first,
            counter,
        }
    }

    pub(crate) fn current(&self) -> &Version {
        &self.current
    }

    pub(crate) fn deleted(&self) -> bool {
        self.current.deleted
    }

    /// A readable property that is text.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.current.fields.get(name).and_then(Value::as_str)
    }

    /// Every version, the first one first.
    pub(crate) fn history(&self) -> impl Iterator<Item = &Version> {
        self.past.iter().chain(std::iter::once(&self.current))
    }

    /// The version `back` before the current one; the first, if there are not as many.
    pub(crate) fn version_back(&self, back: usize) -> &Version {
        match back.checked_sub(1) {
            None => &self.current,
            Some(index) => self
                .past
                .iter()
                .rev()
                .nth(index)
                .or(self.past.first())
                .unwrap_or(&self.current),
        }
    }

    /// Whether the change would make anything different, `updated_at` aside.
    pub(crate) fn would_change(&self, change: &Change) -> bool {
        let differs = |new: &Map<String, Value>, old: &Map<String, Value>| {
            new.iter().any(|(name, value)| old.get(name) != Some(value))
        };
        differs(&change.set, &self.current.fields) || differs(&change.hidden, &self.current.hidden)
    }

    /// Makes the next version.
    pub(crate) fn commit(&mut self, change: Change, at: Moment<'_>) -> &Version {
        self.append(self.current.fields.clone(), change, false, at)
    }

    /// Makes the last version. It can be followed by one only if the id is seeded anew.
    pub(crate) fn delete(&mut self, at: Moment<'_>) -> &Version {
        self.append(self.current.fields.clone(), Change::default(), true, at)
    }

    fn append(&mut self, base: Map<String, Value>, change: Change, deleted: bool, at: Moment<'_>) -> &Version {
        let empty = !self.would_change(&change) && deleted == self.current.deleted;
        let mut next = self.current.clone();
        next.version += 1;
        next.at_ms = at.at_ms;
        next.author = at.author;
        next.deleted = deleted;
        next.fields = base;
        next.fields.extend(change.set);
        next.fields.insert("updated_at".to_owned(), at.unix.into());
        next.hidden.extend(change.hidden);
        match at.contract.etags {
            Etags::Content => next.etag = content_etag(&next, at.contract),
            Etags::Counting
                if empty || deleted || covered(&next, at.contract) != covered(&self.current, at.contract) =>
            {
                self.counter += 1;
                next.etag = self.counter.to_string();
            }
            Etags::Counting => {}
        }
        let previous = std::mem::replace(&mut self.current, next);
        self.past.push(previous);
        &self.current
    }

    /// Gives the current version another etag.
    pub(crate) fn restamp(&mut self, etag: String) {
        self.current.etag = etag;
    }

    /// Forgets every version after this one.
    pub(crate) fn roll_back(&mut self, version: u64) {
        while self.current.version > version
            && let Some(previous) = self.past.pop()
        {
            self.current = previous;
        }
    }

    /// Starts the id anew after its deletion. The count of etags goes on.
    pub(crate) fn revive(&mut self, workspace: &str, mut content: Change, at: Moment<'_>) {
        self.workspace = workspace.to_owned();
        content.set.insert("created_at".to_owned(), at.unix.into());
        self.append(Map::new(), content, false, at);
    }

    /// The resource as an answer shows it, in the version given.
    pub(crate) fn rendered(&self, version: &Version, contract: &Contract) -> Map<String, Value> {
        let mut shown = version.fields.clone();
        shown.insert("id".to_owned(), self.id.clone().into());
        shown.insert("etag".to_owned(), version.etag.clone().into());
        table(self.kind).show(&mut shown, self.ordinal, &self.workspace, contract);
        shown.extend(contract.extra_properties.clone());
        shown
    }
}

/// What the etag depends on.
fn covered(version: &Version, contract: &Contract) -> Value {
    let mut fields = version.fields.clone();
    fields.remove("updated_at");
    if contract.etag_covers_write_only {
        json!([fields, version.hidden, version.deleted])
    } else {
        fields.remove("reconciling");
        json!([fields, version.deleted])
    }
}

fn content_etag(version: &Version, contract: &Contract) -> String {
    sha256_hex(&[covered(version, contract).to_string().as_bytes()])
        .chars()
        .take(16)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::CreatedAt;

    fn new(kind: Kind, at: Moment<'_>) -> Resource {
        Resource::new(kind, "r", "w", 1, Change::of(kind, table(kind).beginning(1)), at)
    }

    fn at(contract: &Contract, at_ms: u64) -> Moment<'_> {
        Moment {
            at_ms,
            unix: 1_699_335_116,
            author: Author::Foreign {},
            contract,
        }
    }

    fn only(name: &str, value: &str) -> Change {
        Change::of(Kind::Cluster, Map::from_iter([(name.to_owned(), value.into())]))
    }

    fn named(name: &str) -> Change {
        only("name", name)
    }

    #[test]
    fn counted_etags_never_repeat_and_content_etags_do() {
        for (etags, repeats) in [(Etags::Counting, false), (Etags::Content, true)] {
            let contract = Contract {
                etags,
                ..Contract::default()
            };
            let mut cluster = new(Kind::Cluster, at(&contract, 0));
            let first = cluster.current().etag.clone();
            let second = cluster.commit(named("other"), at(&contract, 1)).etag.clone();
            let third = cluster.commit(named("cluster 1"), at(&contract, 2)).etag.clone();
            assert_ne!(first, second);
            assert_eq!(first == third, repeats);
        }
    }

    #[test]
    fn an_etag_may_leave_out_what_cannot_be_read() {
        let contract = Contract {
            etag_covers_write_only: false,
            ..Contract::default()
        };
        let mut cluster = new(Kind::Cluster, at(&contract, 0));
        let moved = only("region_id", "reg_2");
        assert_eq!(cluster.commit(moved.clone(), at(&contract, 1)).etag, "42");
        assert_eq!(cluster.commit(named("n"), at(&contract, 1)).etag, "43");
        // Nothing changes at all: that is a touch, and it moves.
        assert_eq!(cluster.commit(moved, at(&contract, 2)).etag, "44");
        assert_eq!(cluster.history().count(), 4);
    }

    #[test]
    fn older_versions_stay_readable() {
        let contract = Contract::default();
        let mut cluster = new(Kind::Cluster, at(&contract, 0));
        cluster.commit(named("two"), at(&contract, 1));
        cluster.commit(named("three"), at(&contract, 2));
        let name = |back| cluster.version_back(back).fields["name"].as_str().map(str::to_owned);
        assert_eq!(name(0).as_deref(), Some("three"));
        assert_eq!(name(1).as_deref(), Some("two"));
        assert_eq!(name(2).as_deref(), Some("cluster 1"));
        assert_eq!(name(9).as_deref(), Some("cluster 1"));
    }

    #[test]
    fn both_readings_of_created_at_are_shown() {
        let mut contract = Contract::default();
        let workspace = new(Kind::Workspace, at(&contract, 0));
        assert_eq!(
            workspace.rendered(workspace.current(), &contract)["created_at"],
            1_699_335_116
        );
        contract.workspace_created_at = CreatedAt::Rfc3339;
        contract.workspace_class = false;
        contract.billed_by = false;
        let shown = workspace.rendered(workspace.current(), &contract);
        assert_eq!(shown["created_at"], "2023-11-07T05:31:56Z");
        assert_eq!(shown["plan"], json!({"tier": "free"}));
        assert!(!shown.contains_key("workspace_class"));
    }
}
