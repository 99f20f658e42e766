//! All that the judge looks at: what clients did and claimed, and what the simulator has recorded.

use std::collections::{BTreeMap, BTreeSet};

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
    /// Whether it is judged that nobody could know: that takes all that was heard, and when.
    pub weighs_doubt: bool,
    /// As they were injected: an entry of the log names them by their place, from 1.
    pub faults: Vec<Fault>,
    /// What else helps whoever reads a finding.
    pub notes: String,
}

impl Setting {
    /// A server that shows what is current, and clients of which nobody knows all that they heard.
    pub fn of(server: Server) -> Self {
        Self {
            seed: 0,
            calm: false,
            server,
            linearizable: true,
            claimed: Contract::weakest(),
            hop_replays: false,
            weighs_doubt: false,
            faults: Vec::new(),
            notes: String::new(),
        }
    }
}

/// All that the judge looks at.
pub struct Evidence {
    pub setting: Setting,
    pub calls: Vec<Call>,
    pub log: Vec<Entry>,
    /// Which write a request has carried, where bodies don't tell.
    pub carried: BTreeMap<u64, String>,
    /// Copies that were on their way for longer than their key is remembered, and for longer than their call: what rests on
    /// keys does not hold for them.
    pub outlived: BTreeSet<u64>,
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
            carried: BTreeMap::new(),
            outlived: BTreeSet::new(),
        }
    }

    /// The entry of a request.
    pub fn entry(&self, seq: u64) -> Option<&Entry> {
        let index = self.log.binary_search_by_key(&seq, |entry| entry.seq).ok()?;
        self.log.get(index)
    }

    /// The [`digest`](crate::record::Sent::digest) of the write that a request has carried, if it was one: that of its body,
    /// unless it is said otherwise.
    pub fn write_of<'a>(&'a self, entry: &'a Entry) -> Option<&'a str> {
        let said = self.carried.get(&entry.seq).or(entry.body_sha256.as_ref());
        said.filter(|_| entry.method == "PATCH").map(String::as_str)
    }
}
