//! All resources of both kinds, deleted ones included.

use std::collections::BTreeMap;

use crate::resource::{Change, Kind, Moment, Resource};

#[derive(Clone, Debug, Default)]
pub(crate) struct Store {
    clusters: Shelf,
    workspaces: Shelf,
}

/// The resources of one kind, by id and in the order in which they were made.
#[derive(Clone, Debug, Default)]
struct Shelf {
    resources: BTreeMap<String, Resource>,
    order: BTreeMap<u64, String>,
}

impl Store {
    fn shelf(&self, kind: Kind) -> &Shelf {
        match kind {
            Kind::Cluster => &self.clusters,
            Kind::Workspace => &self.workspaces,
        }
    }

    fn shelf_mut(&mut self, kind: Kind) -> &mut Shelf {
        match kind {
            Kind::Cluster => &mut self.clusters,
            Kind::Workspace => &mut self.workspaces,
        }
    }

    /// The resource, unless it is deleted.
    pub(crate) fn find(&self, kind: Kind, id: &str) -> Option<&Resource> {
        self.ever(kind, id).filter(|resource| !resource.deleted())
    }

    /// The resource, unless it is deleted.
    pub(crate) fn find_mut(&mut self, kind: Kind, id: &str) -> Option<&mut Resource> {
        self.shelf_mut(kind)
            .resources
            .get_mut(id)
            .filter(|resource| !resource.deleted())
    }

    /// The resource, deleted or not.
    pub(crate) fn ever(&self, kind: Kind, id: &str) -> Option<&Resource> {
        self.shelf(kind).resources.get(id)
    }

    /// Resources that are not deleted, in the order in which they were made, from after this ordinal on.
    pub(crate) fn after(&self, kind: Kind, ordinal: u64) -> impl Iterator<Item = &Resource> {
        let shelf = self.shelf(kind);
        shelf
            .order
            .range(ordinal.saturating_add(1)..)
            .filter_map(|(_, id)| shelf.resources.get(id))
            .filter(|resource| !resource.deleted())
    }

    /// The number that the next resource of this kind gets.
    pub(crate) fn next_ordinal(&self, kind: Kind) -> u64 {
        self.shelf(kind).order.last_key_value().map_or(1, |(last, _)| last + 1)
    }

    /// Adds a resource, or brings a deleted one back with new content. False: the id is taken.
    pub(crate) fn insert(&mut self, kind: Kind, id: &str, workspace: &str, content: Change, at: Moment<'_>) -> bool {
        let ordinal = self.next_ordinal(kind);
        let shelf = self.shelf_mut(kind);
        match shelf.resources.get_mut(id) {
            Some(resource) if resource.deleted() => resource.revive(workspace, content, at),
            Some(_) => return false,
            None => {
                shelf
                    .resources
                    .insert(id.to_owned(), Resource::new(kind, id, workspace, ordinal, content, at));
                shelf.order.insert(ordinal, id.to_owned());
            }
        }
        true
    }

    /// The workspace other than `id` that has this slug.
    pub(crate) fn slug_holder(&self, slug: &str, id: &str) -> Option<&Resource> {
        self.after(Kind::Workspace, 0)
            .find(|other| other.id != id && other.text("slug") == Some(slug))
    }
}
