//! Lists: which page is asked for, and what a page says.

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::limits;

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

/// Which page of a list to ask for: the first one, of the server's default size, unless said otherwise.
///
/// ```
/// use akua_model::PageQuery;
/// let query = PageQuery::default().limit(100)?;
/// assert!(PageQuery::default().limit(101).is_err());
/// # Ok::<(), akua_model::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageQuery {
    pub(crate) limit: Option<u64>,
    pub(crate) cursor: Option<String>,
}

impl PageQuery {
    /// How many items a page is to have at most: 1 to 100; without it a server takes 50.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) if it is out of range. Nothing was sent.
    pub fn limit(mut self, items: u64) -> Result<Self, Error> {
        let allowed = limits::PAGE_ITEMS;
        if !(allowed.min..=allowed.max).contains(&items) {
            return Err(Error::invalid(
                "limit",
                format!("is out of range ({} to {} are allowed)", allowed.min, allowed.max),
            ));
        }
        self.limit = Some(items);
        Ok(self)
    }

    /// Goes on where a page ended: its `next_cursor`.
    #[must_use]
    pub fn cursor(mut self, cursor: impl Into<String>) -> Self {
        self.cursor = Some(cursor.into());
        self
    }
}
