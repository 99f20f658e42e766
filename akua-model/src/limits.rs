//! Every length limit of the wire, once.
//!
//! All lengths count Unicode code points, as JSON Schema does. The types that carry a limit, their
//! documentation, the simulator and the language bindings take it from here.

/// An inclusive range of lengths in Unicode code points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The shortest length allowed.
    pub min: u64,
    /// The longest length allowed, `u64::MAX` where no longest is documented.
    pub max: u64,
}

impl Limit {
    const fn new(min: u64, max: u64) -> Self {
        Self { min, max }
    }

    /// Whether `text` has an allowed number of code points.
    ///
    /// ```
    /// use akua_model::limits;
    /// assert!(limits::NAME.allows("é".repeat(100).as_str()));
    /// assert!(!limits::NAME.allows(""));
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
}

/// `id` of a cluster.
pub const CLUSTER_ID: Limit = Limit::new(1, 54);
/// `id` of a workspace, `workspace_id`, and the `akua-context` header.
pub const WORKSPACE_ID: Limit = Limit::new(1, 53);
/// `region_id`.
pub const REGION_ID: Limit = Limit::new(1, 54);
/// `name` of a cluster or workspace, when it is written.
pub const NAME: Limit = Limit::new(1, 100);
/// `slug` of a workspace, when it is written. Only the length is documented, no pattern.
pub const SLUG: Limit = Limit::new(3, 39);
/// `kubeconfig`, when it is written.
pub const KUBECONFIG: Limit = Limit::new(1, u64::MAX);
/// The `if-match` header.
pub const IF_MATCH: Limit = Limit::new(1, 256);
/// The `idempotency-key` header.
pub const IDEMPOTENCY_KEY: Limit = Limit::new(1, 64);
/// `html_url` of a cluster, in answers.
pub const HTML_URL: Limit = Limit::new(0, 2048);
/// `limit` of a list page: a number of items, not a length.
pub const PAGE_ITEMS: Limit = Limit::new(1, 100);
/// The `limit` a server uses when a list is asked for without one.
pub const PAGE_ITEMS_DEFAULT: u64 = 50;
