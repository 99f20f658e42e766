//! The limits of ids, headers and lists, once. Those of properties stand in their declaration: `api.rs`.
//!
//! All lengths count Unicode code points, as JSON Schema does. The types that carry a limit, their
//! documentation, the simulator and the language bindings take it from here.

/// An inclusive range: of lengths in Unicode code points, or of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The least that is allowed.
    pub min: u64,
    /// The most that is allowed, `u64::MAX` where no most is documented.
    pub max: u64,
}

impl Limit {
    /// From `min` to `max`, both included.
    #[must_use]
    pub const fn new(min: u64, max: u64) -> Self {
        Self { min, max }
    }

    /// Whether `text` has an allowed number of code points.
    ///
    /// ```
    /// use akua_model::limits;
    /// assert!(limits::WORKSPACE_ID.allows("é".repeat(53).as_str()));
    /// assert!(!limits::WORKSPACE_ID.allows(""));
    /// ```
    #[must_use]
    pub fn allows(&self, text: &str) -> bool {
        // A code point takes one to four bytes: as a rule the length in bytes tells without counting.
        let (most, least) = (text.len() as u64, text.len().div_ceil(4) as u64);
        if self.min <= least && most <= self.max {
            return true;
        }
        let count = text.chars().count() as u64;
        (self.min..=self.max).contains(&count)
    }

    /// Whether `number` is in it; any is where nothing is documented.
    pub(crate) fn allows_number(&self, number: i64) -> bool {
        self.max == u64::MAX || u64::try_from(number).is_ok_and(|number| (self.min..=self.max).contains(&number))
    }
}

/// `id` of a cluster.
pub const CLUSTER_ID: Limit = Limit::new(1, 54);
/// `id` of a workspace, `workspace_id`, and the `akua-context` header.
pub const WORKSPACE_ID: Limit = Limit::new(1, 53);
/// `id` of an operation.
pub const OPERATION_ID: Limit = Limit::new(1, 53);
/// The id of a worker bootstrap, without that of its cluster.
pub const WORKER_BOOTSTRAP_ID: Limit = Limit::new(1, 54);
/// The `if-match` header.
pub const IF_MATCH: Limit = Limit::new(1, 256);
/// The `idempotency-key` header.
pub const IDEMPOTENCY_KEY: Limit = Limit::new(1, 64);
/// `limit` of a list page: a number of items, not a length.
pub const PAGE_ITEMS: Limit = Limit::new(1, 100);
/// The `limit` a server uses when a list is asked for without one.
pub const PAGE_ITEMS_DEFAULT: u64 = 50;
/// Path and query of any request together, in bytes: as much as RFC 9110, 4.1, recommends that everything on the way carries.
pub const REQUEST_TARGET: Limit = Limit::new(1, 8000);
/// The body of any request, in bytes: what C takes as a text. No limit of the API is documented.
pub const REQUEST_BODY: Limit = Limit::new(0, 64 * 1024 * 1024);
