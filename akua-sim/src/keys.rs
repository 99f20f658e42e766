//! Idempotency keys: what was answered under each.

use std::collections::BTreeMap;

use crate::wire::Answer;

/// What is kept under a key.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    /// The number of the request that was answered.
    pub(crate) seq: u64,
    /// Digest of the address and the body: a key that comes back with another one is refused.
    pub(crate) request: String,
    pub(crate) answer: Answer,
    pub(crate) at_ms: u64,
}

/// What is known of a key.
#[derive(Clone, Debug)]
pub(crate) enum Lookup {
    /// Nothing, or no longer.
    Fresh,
    /// It was used for another request.
    Reused,
    /// It was used for the same request, which was answered so.
    Known(Kept),
}

/// All keys, by the workspace in which they were used.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keys(BTreeMap<(String, String), Kept>);

impl Keys {
    /// What is known of a key. One that is older than the retention is forgotten.
    pub(crate) fn look_up(
        &mut self,
        place: &(String, String),
        request: &str,
        now: u64,
        retention_ms: Option<u64>,
    ) -> Lookup {
        let Some(kept) = self.0.get(place) else {
            return Lookup::Fresh;
        };
        if retention_ms.is_some_and(|retention| now.saturating_sub(kept.at_ms) >= retention) {
            self.0.remove(place);
            Lookup::Fresh
        } else if kept.request == request {
            Lookup::Known(kept.clone())
        } else {
            Lookup::Reused
        }
    }

    pub(crate) fn keep(&mut self, place: (String, String), kept: Kept) {
        self.0.insert(place, kept);
    }
}
