//! What a server makes of a write that it accepts: what it was sent, or something else.
//!
//! Only what is stored is decided here. The answer shows it as it is, and the record tells it by its versions.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::change::Change;

/// What becomes of the properties that an accepted `PATCH` carries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stores {
    /// They are stored as they were sent.
    #[default]
    AsSent,
    /// Blanks around readable texts are left out.
    Trimmed,
    /// Readable texts are stored in lower case.
    Lowercased,
    /// Of the readable ones only the first by its name is taken; the others keep the values they have.
    Some,
    /// Nothing is taken and no version is made. The answer is a 200 all the same: the etag compared and the old values.
    None,
    /// Nothing is taken, but a version is made: the answer is a 200 with the old values and, where etags count, another
    /// etag.
    Touch,
}

impl Stores {
    /// What is left of a change.
    pub(crate) fn taken(self, mut change: Change) -> Change {
        match self {
            Self::AsSent => {}
            Self::Trimmed => each_text(&mut change, |text| text.trim().to_owned()),
            Self::Lowercased => each_text(&mut change, str::to_lowercase),
            Self::Some => {
                let first = change.set.keys().next().cloned();
                change.set.retain(|name, _| Some(name) == first.as_ref());
            }
            Self::None | Self::Touch => change = Change::default(),
        }
        change
    }
}

/// Changes every readable text, unless nothing would be left of it.
fn each_text(change: &mut Change, stored: impl Fn(&str) -> String) {
    for value in change.set.values_mut() {
        if let Value::String(text) = value {
            let other = stored(text);
            if !other.is_empty() {
                *text = other;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;

    fn taken(stores: Stores, set: Value) -> Value {
        let set = set.as_object().cloned().unwrap_or_default();
        let hidden = Map::from_iter([("region_id".to_owned(), " R ".into())]);
        let left = stores.taken(Change { set, hidden });
        assert_eq!(
            left.assigns("region_id"),
            !matches!(stores, Stores::None | Stores::Touch),
            "what can't be read is stored as it was sent"
        );
        Value::Object(left.set)
    }

    #[test]
    fn each_way_of_storing_leaves_what_it_says() {
        let sent = json!({ "name": " Prod ", "slug": "Team" });
        for (stores, left) in [
            (Stores::AsSent, sent.clone()),
            (Stores::Trimmed, json!({ "name": "Prod", "slug": "Team" })),
            (Stores::Lowercased, json!({ "name": " prod ", "slug": "team" })),
            (Stores::Some, json!({ "name": " Prod " })),
            (Stores::None, json!({})),
            (Stores::Touch, json!({})),
        ] {
            assert_eq!(taken(stores, sent.clone()), left, "{stores:?}");
        }
        assert_eq!(taken(Stores::Trimmed, json!({ "name": "  " })), json!({ "name": "  " }));
    }
}
