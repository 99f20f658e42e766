//! What a test may do to the world from outside the API: inject, script, seed, settle, and read the record.

use akua_model::ResourceKind as Kind;
use serde_json::{Map, Value};

use super::{Due, Setup, World, unix};
use crate::ControlError;
use crate::change::Change;
use crate::contract::Contract;
use crate::fault::{Fault, Faults, Waiting};
use crate::keys::Keys;
use crate::kind::table;
use crate::log::{Entry, Progress};
use crate::resource::{Author, Moment, Version};
use crate::script::{Action, Script, Scripts, Target, Write};
use crate::sight::Sight;
use crate::store::Store;

impl World {
    /// A new token, owned by a workspace, or broad: a broad one needs `akua-context`.
    pub fn issue_token(&mut self, workspace: Option<&str>) -> String {
        let token = format!("sk_akua_{}", self.rng.hex());
        self.tokens.allow(&token, workspace.map(str::to_owned));
        token
    }

    /// Injects a fault. Its number, as the log and its removal name it.
    ///
    /// # Errors
    ///
    /// A fault that can't be played; the text names the property.
    pub fn inject(&mut self, fault: Fault) -> Result<u64, ControlError> {
        Ok(self.faults.inject(fault.checked()?))
    }

    /// The faults that still wait, in their order.
    #[must_use]
    pub fn faults(&self) -> Vec<Waiting> {
        self.faults.waiting()
    }

    /// Takes a fault back. False: it does not wait any more.
    pub fn remove_fault(&mut self, fault: u64) -> bool {
        self.faults.remove(fault)
    }

    /// Takes all faults and scripts back. Requests that are held stay held.
    pub fn clear(&mut self) {
        self.faults.clear();
        self.scripts.clear();
    }

    /// Adds a script.
    ///
    /// # Errors
    ///
    /// A script that can't be played; the text names the property.
    pub fn script(&mut self, script: Script) -> Result<(), ControlError> {
        self.scripts.add(script.checked()?);
        Ok(())
    }

    /// How many scripts still wait.
    #[must_use]
    pub fn scripts_waiting(&self) -> usize {
        self.scripts.len()
    }

    /// Lets somebody else change a resource now. The version made.
    ///
    /// # Errors
    ///
    /// The resource is not there, or a property is one that only the server makes.
    pub fn write(&mut self, now: u64, write: Write) -> Result<Version, ControlError> {
        let (kind, id) = (write.kind, write.id.clone());
        self.do_now(now, Action::Write(write.checked()?), kind, &id)
    }

    /// Lets somebody else delete a resource now. The version that is its end.
    ///
    /// # Errors
    ///
    /// The resource is not there.
    pub fn delete(&mut self, now: u64, kind: Kind, id: &str) -> Result<Version, ControlError> {
        self.do_now(
            now,
            Action::Delete(Target {
                kind,
                id: id.to_owned(),
            }),
            kind,
            id,
        )
    }

    /// Ends a cluster's reconciling now. The version that is current then.
    ///
    /// # Errors
    ///
    /// The cluster is not there.
    pub fn settle_now(&mut self, now: u64, id: &str) -> Result<Version, ControlError> {
        let kind = self.reconciling_kind(id);
        self.do_now(now, Action::Settle { id: id.to_owned() }, kind, id)
    }

    fn do_now(&mut self, now: u64, action: Action, kind: Kind, id: &str) -> Result<Version, ControlError> {
        self.advance(now);
        let done = self.act(action);
        self.end_polls();
        let version = done
            .and_then(|()| self.store.ever(kind, id))
            .map(|resource| resource.current().clone());
        version.ok_or_else(|| missing(kind, id))
    }

    /// Lets every held request be decided now, in the order of their arrival. How many there were.
    pub fn release(&mut self, now: u64) -> usize {
        self.advance(now);
        let tickets: Vec<u64> = self.held.keys().copied().collect();
        for &ticket in &tickets {
            self.decide(ticket);
        }
        self.agenda
            .retain(|_, due| !matches!(due, Due::Decide(ticket) if tickets.contains(ticket)));
        self.end_polls();
        tickets.len()
    }

    /// How many requests are held.
    #[must_use]
    pub fn requests_held(&self) -> usize {
        self.held.len()
    }

    /// The contract in force.
    #[must_use]
    pub fn contract(&self) -> &Contract {
        &self.contract
    }

    /// Puts another contract in force, for requests from now on.
    pub fn set_contract(&mut self, contract: Contract) {
        self.contract = contract;
    }

    /// Changes the named switches. The contract in force then.
    ///
    /// # Errors
    ///
    /// See [`Contract::with`].
    pub fn switch(&mut self, switches: &Map<String, Value>) -> Result<&Contract, ControlError> {
        self.contract = self.contract.with(switches)?;
        Ok(&self.contract)
    }

    /// Every request so far, in the order of arrival, from this number on.
    pub fn log(&mut self, now: u64, from_seq: u64) -> &[Entry] {
        self.advance(now);
        let start = self.log.partition_point(|entry| entry.seq < from_seq);
        self.log.get(start..).unwrap_or_default()
    }

    /// Forgets the requests so far, except those that are held. The numbers go on.
    pub fn clear_log(&mut self) {
        self.log.retain(|entry| entry.progress == Progress::Held);
    }

    /// Every version of a resource, the first one first, deleted or not.
    ///
    /// # Errors
    ///
    /// There never was such a resource.
    pub fn history(&mut self, now: u64, kind: Kind, id: &str) -> Result<Vec<Version>, ControlError> {
        self.advance(now);
        let resource = self.store.ever(kind, id).ok_or_else(|| missing(kind, id))?;
        Ok(resource.history().cloned().collect())
    }

    /// The ids that are there, in the order in which they were made.
    pub fn ids(&mut self, now: u64, kind: Kind) -> Vec<String> {
        self.advance(now);
        self.store.after(kind, 0).map(|resource| resource.id.clone()).collect()
    }

    /// Adds one resource with the next free id. Its id.
    pub fn seed_next(&mut self, kind: Kind) -> String {
        loop {
            let id = self.free_id(kind);
            if self.seed(kind, &id, None, Map::new()).is_ok() {
                return id;
            }
        }
    }

    /// The next id that nothing ever had.
    pub(super) fn free_id(&self, kind: Kind) -> String {
        let mut number = self.store.next_ordinal(kind);
        loop {
            let id = format!("{}_{number}", table(kind).prefix);
            if self.store.ever(kind, &id).is_none() {
                return id;
            }
            number += 1;
        }
    }

    /// Adds a resource with this id, or brings a deleted one back. `workspace`: where a cluster belongs, `ws_1` if
    /// left out. `set`: properties in place of the usual ones.
    ///
    /// # Errors
    ///
    /// The id is taken.
    pub fn seed(
        &mut self,
        kind: Kind,
        id: &str,
        workspace: Option<&str>,
        set: Map<String, Value>,
    ) -> Result<(), ControlError> {
        let number = self.store.next_ordinal(kind);
        let workspace = if table(kind).is_workspace {
            id
        } else {
            workspace.unwrap_or("ws_1")
        };
        let content = Change::of(kind, table(kind).beginning(number)).overlaid(Change::of(kind, set));
        let at = Moment {
            at_ms: self.now,
            unix: unix(&self.setup, self.now),
            author: Author::Seed {},
            contract: &self.contract,
        };
        match self.store.insert(kind, id, workspace, content, at) {
            true => Ok(()),
            false => Err(ControlError::new(format!("{} `{id}` is already there", kind.name()))),
        }
    }

    /// Back to the state at the start: resources, contract, faults, scripts, keys, record. Tokens stay valid, time
    /// and chance go on. Requests that are held are never carried out.
    pub fn reset(&mut self, now: u64) {
        self.advance(now);
        let Setup { contract, .. } = self.setup.clone();
        self.contract = contract;
        self.defects.clear();
        self.store = Store::default();
        self.keys = Keys::default();
        self.promised_keys = Keys::default();
        self.sight = Sight::default();
        self.operations.clear();
        self.capabilities.clear();
        self.settings.clear();
        self.faults = Faults::default();
        self.scripts = Scripts::default();
        self.log.clear();
        self.last_seq = 0;
        self.agenda.clear();
        self.held.clear();
        self.polls.clear();
        self.decided.clear();
        self.plant();
    }
}

fn missing(kind: Kind, id: &str) -> ControlError {
    ControlError::new(format!("there is no {} `{id}`", kind.name()))
}
