//! All resources of every kind, deleted ones included.

use std::collections::BTreeMap;

use akua_model::ResourceKind as Kind;
use serde_json::Value;

use crate::change::Change;
use crate::resource::{Moment, Resource};

#[derive(Clone, Debug, Default)]
pub(crate) struct Store(BTreeMap<Kind, Collection>);

/// The resources of one kind, by id and in the order in which they were made.
#[derive(Clone, Debug, Default)]
struct Collection {
    resources: BTreeMap<String, Resource>,
    order: BTreeMap<u64, String>,
}

impl Store {
    /// The resource, unless it is deleted.
    pub(crate) fn find(&self, kind: Kind, id: &str) -> Option<&Resource> {
        self.ever(kind, id).filter(|resource| !resource.deleted())
    }

    /// The resource, unless it is deleted.
    pub(crate) fn find_mut(&mut self, kind: Kind, id: &str) -> Option<&mut Resource> {
        let resource = self.0.get_mut(&kind)?.resources.get_mut(id)?;
        (!resource.deleted()).then_some(resource)
    }

    /// The resource, deleted or not.
    pub(crate) fn ever(&self, kind: Kind, id: &str) -> Option<&Resource> {
        self.0.get(&kind)?.resources.get(id)
    }

    /// Resources that are not deleted, in the order in which they were made, from after this ordinal on.
    pub(crate) fn after(&self, kind: Kind, ordinal: u64) -> impl Iterator<Item = &Resource> {
        let collection = self.0.get(&kind);
        collection
            .into_iter()
            .flat_map(move |collection| collection.order.range(ordinal.saturating_add(1)..))
            .filter_map(move |(_, id)| collection?.resources.get(id))
            .filter(|resource| !resource.deleted())
    }

    /// The same backwards, from before this ordinal on.
    pub(crate) fn before(&self, kind: Kind, ordinal: u64) -> impl Iterator<Item = &Resource> {
        let collection = self.0.get(&kind);
        collection
            .into_iter()
            .flat_map(move |collection| collection.order.range(..ordinal).rev())
            .filter_map(move |(_, id)| collection?.resources.get(id))
            .filter(|resource| !resource.deleted())
    }

    /// The number that the next resource of this kind gets.
    pub(crate) fn next_ordinal(&self, kind: Kind) -> u64 {
        let last = self
            .0
            .get(&kind)
            .and_then(|collection| collection.order.last_key_value());
        last.map_or(1, |(last, _)| last + 1)
    }

    /// Adds a resource, or brings a deleted one back with new content. False: the id is taken.
    pub(crate) fn insert(&mut self, kind: Kind, id: &str, workspace: &str, content: Change, at: Moment<'_>) -> bool {
        let ordinal = self.next_ordinal(kind);
        let collection = self.0.entry(kind).or_default();
        match collection.resources.get_mut(id) {
            Some(resource) if resource.deleted() => resource.revive(workspace, content, at),
            Some(_) => return false,
            None => {
                collection
                    .resources
                    .insert(id.to_owned(), Resource::new(kind, id, workspace, ordinal, content, at));
                collection.order.insert(ordinal, id.to_owned());
            }
        }
        true
    }

    /// The resource other than `id` in which this property is this text, within one workspace if one is given.
    pub(crate) fn holder(
        &self,
        kind: Kind,
        within: Option<&str>,
        property: &str,
        text: &str,
        id: &str,
    ) -> Option<&Resource> {
        self.others(kind, within, id)
            .find(|other| !other.deleted() && other.text(property) == Some(text))
    }

    /// The same of those in which it ever was this text, also if they are gone.
    pub(crate) fn ever_holder(
        &self,
        kind: Kind,
        within: Option<&str>,
        property: &str,
        text: &str,
        id: &str,
    ) -> Option<&Resource> {
        self.others(kind, within, id).find(|other| {
            let mut values = other.history().map(|version| version.fields.get(property));
            values.any(|value| value.and_then(Value::as_str) == Some(text))
        })
    }

    fn others(&self, kind: Kind, within: Option<&str>, id: &str) -> impl Iterator<Item = &Resource> {
        let collection = self.0.get(&kind);
        let ids = collection.into_iter().flat_map(|collection| collection.order.values());
        ids.filter_map(move |id| collection?.resources.get(id))
            .filter(move |other| other.id != id && within.is_none_or(|workspace| other.workspace == workspace))
    }
}
