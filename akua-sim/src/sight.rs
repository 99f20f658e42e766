//! What clients do not see of what is there: what was just made, and what a failure has left behind.

use std::collections::{BTreeMap, BTreeSet};

use akua_model::ResourceKind as Kind;

type Place = (Kind, String);

#[derive(Clone, Debug, Default)]
pub(crate) struct Sight {
    /// In how many lists each of these is not shown yet; `None`: in no list ever.
    unlisted: BTreeMap<Place, Option<u64>>,
    /// What no call finds.
    unseen: BTreeSet<Place>,
}

impl Sight {
    /// So many lists don't show it yet.
    pub(crate) fn lag(&mut self, kind: Kind, id: &str, lists: u64) {
        if lists > 0 {
            self.unlisted.insert((kind, id.to_owned()), Some(lists));
        }
    }

    /// No list ever shows it.
    pub(crate) fn unlist(&mut self, kind: Kind, id: &str) {
        self.unlisted.insert((kind, id.to_owned()), None);
    }

    /// No call finds it until it is shown.
    pub(crate) fn hide(&mut self, kind: Kind, id: &str) {
        self.unseen.insert((kind, id.to_owned()));
    }

    pub(crate) fn show(&mut self, kind: Kind, id: &str) {
        self.unseen.remove(&(kind, id.to_owned()));
    }

    /// Whether calls find it.
    pub(crate) fn sees(&self, kind: Kind, id: &str) -> bool {
        self.unseen.is_empty() || !self.unseen.contains(&(kind, id.to_owned()))
    }

    /// Whether lists show it.
    pub(crate) fn lists(&self, kind: Kind, id: &str) -> bool {
        let is_listed = self.unlisted.is_empty() || !self.unlisted.contains_key(&(kind, id.to_owned()));
        is_listed && self.sees(kind, id)
    }

    /// Counts a list of this kind for everything that it did not show yet. What can't be seen yet does not wait for lists.
    pub(crate) fn count_list(&mut self, kind: Kind) {
        let unseen = &self.unseen;
        self.unlisted.retain(|place, lists| {
            if let Some(left) = lists
                && place.0 == kind
                && !unseen.contains(place)
            {
                *left = left.saturating_sub(1);
            }
            *lists != Some(0)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_lag_behind_and_what_is_hidden_is_in_none() {
        let mut sight = Sight::default();
        sight.lag(Kind::Cluster, "new", 2);
        sight.lag(Kind::Workspace, "new", 1);
        sight.hide(Kind::Cluster, "hidden");
        sight.lag(Kind::Cluster, "hidden", 1);
        sight.unlist(Kind::Cluster, "left");
        let mut listed = Vec::new();
        for _ in 0..3 {
            listed.push(["new", "hidden", "left", "old"].map(|id| sight.lists(Kind::Cluster, id)));
            sight.count_list(Kind::Cluster);
        }
        assert_eq!(
            listed,
            [
                [false, false, false, true],
                [false, false, false, true],
                [true, false, false, true]
            ]
        );
        assert!(!sight.lists(Kind::Workspace, "new"));
        assert!(sight.sees(Kind::Cluster, "left") && !sight.sees(Kind::Cluster, "hidden"));
        sight.show(Kind::Cluster, "hidden");
        assert!(sight.sees(Kind::Cluster, "hidden") && !sight.lists(Kind::Cluster, "hidden"));
        sight.count_list(Kind::Cluster);
        assert!(sight.lists(Kind::Cluster, "hidden"));
    }
}
