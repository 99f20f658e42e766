//! What a page of a list says.

use serde::{Deserialize, Serialize};

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Page<R> {
    /// The items.
    pub data: Vec<R>,
    /// Whether the list goes on.
    pub has_more: bool,
    /// Where the list goes on: opaque, to be given back as it is.
    #[serde(default)]
    pub next_cursor: Option<String>,
}
