//! A wait that has ended: what became of the operation, what stands there now, and what others have started since.

use std::fmt;

use super::end::WaitEnd;
use crate::api::{Cluster, Operation, Workspace};
use crate::edit::WaitToken;
use crate::id::OperationId;
use crate::printable::Printable;

/// What became of an operation, and beside it what stands there now. Neither is concluded from the other: an operation that
/// has failed may have done some of its work, and one that has succeeded may have been undone since.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Waited {
    /// Which operation.
    pub operation: OperationId,
    /// What became of it.
    pub end: WaitEnd,
    /// The answer that showed it last; `None` if none did.
    pub shown: Option<Box<Operation>>,
    /// What it worked on, read once its end was known or it could not be read any more.
    pub now: Now,
    /// The operations on the same resource that were listed as newer, the newest first. The list may lag behind.
    pub later: Vec<OperationId>,
    /// The token that it was waited for with, if it was one.
    pub token: Option<WaitToken>,
    /// How many requests were sent.
    pub requests: u32,
}

impl Waited {
    /// A wait that ended so, of which nothing else is known.
    #[must_use]
    pub fn new(operation: OperationId, end: WaitEnd) -> Self {
        Self {
            operation,
            end,
            shown: None,
            now: Now::NotKnown,
            later: Vec::new(),
            token: None,
            requests: 0,
        }
    }
}

/// What stands there now.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Now {
    /// This cluster.
    Cluster(Box<Cluster>),
    /// This workspace.
    Workspace(Box<Workspace>),
    /// There is no such resource, or the token may not see it.
    NotFound,
    /// It was not read, could not be, or is of a kind that this version can't read.
    NotKnown,
}

impl fmt::Display for Waited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "operation {}: {}", Printable(self.operation.as_str()), self.end)?;
        match &self.now {
            Now::Cluster(cluster) => {
                let state = Printable(cluster.state.as_str());
                write!(f, "; cluster {} is {state} now", Printable(cluster.id.as_str()))?;
                if cluster.reconciling {
                    f.write_str(" and reconciling")?;
                }
            }
            Now::Workspace(workspace) => write!(f, "; workspace {} is there now", Printable(workspace.id.as_str()))?,
            Now::NotFound => f.write_str("; what it worked on is not found now")?,
            Now::NotKnown => {}
        }
        if let Some(newest) = self.later.first() {
            let newest = Printable(newest.as_str());
            write!(
                f,
                "; {} newer on the same resource, the last one {newest}",
                self.later.len()
            )?;
        }
        Ok(())
    }
}
