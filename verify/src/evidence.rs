//! All that the judge looks at: what clients did and claimed, and what the simulator has recorded.

use std::collections::BTreeMap;

use akua_model::edit::Contract;
use akua_sim::{Contract as Server, Entry, Fault, Kind, Simulator, Version};

use crate::record::Call;

/// What the server really did, and what clients were told of it.
#[derive(Clone, Debug)]
pub struct Setting {
    pub seed: u64,
    /// Everything can be known: see [`crate::stack::scenario::Scenario::calm`].
    pub calm: bool,
    pub server: Server,
    /// Whether no read was ever stale.
    pub linearizable: bool,
    pub claimed: Contract,
    /// Whether something on the way may have sent a write again.
    pub hop_replays: bool,
    /// As they were injected: an entry of the log names them by their place, from 1.
    pub faults: Vec<Fault>,
    /// What else helps whoever reads a finding.
    pub notes: String,
}

/// All that the judge looks at.
pub struct Evidence {
    pub setting: Setting,
    pub calls: Vec<Call>,
    pub log: Vec<Entry>,
    pub histories: BTreeMap<(Kind, String), Vec<Version>>,
}

impl Evidence {
    /// What the record says at the end, of these calls and resources.
    pub fn gathered<'a>(
        simulator: &Simulator,
        setting: Setting,
        calls: Vec<Call>,
        resources: impl IntoIterator<Item = &'a (Kind, String)>,
    ) -> Self {
        let history = |(kind, id): &(Kind, String)| ((*kind, id.clone()), simulator.history(*kind, id).unwrap());
        Self {
            histories: resources.into_iter().map(history).collect(),
            log: simulator.log(),
            calls,
            setting,
        }
    }
}
