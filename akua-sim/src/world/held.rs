//! What is kept of a request that waits.

use crate::fault::Fault;
use crate::wire::WireRequest;

/// A request that waits.
pub(super) struct Held {
    pub(super) seq: u64,
    pub(super) request: WireRequest,
    /// `None`: it is a second copy.
    pub(super) fault: Option<Fault>,
    /// Whether somebody will collect the verdict.
    pub(super) awaited: bool,
}

/// A `wait` that lasts until its operation has ended.
pub(super) struct Poll {
    pub(super) held: Held,
    pub(super) operation: String,
}
