//! What a server may have made of a write: said anew here, so that the judge does not take the simulator's word.

use akua_sim::Stores;

use super::case::{Case, Landing, as_kept, is_write_only, value};

impl Case<'_> {
    /// What a field of a version must hold that a write has made.
    pub(super) fn due(&self, landing: &Landing<'_>, field: &str, wanted: &str) -> Option<String> {
        let stores = self.fault_of(landing.entry).and_then(|fault| fault.stores);
        let sent = as_kept(field, wanted);
        if is_write_only(field) {
            return Some(sent);
        }
        match stores.unwrap_or(self.evidence.setting.server.stores) {
            Stores::AsSent => Some(sent),
            Stores::Trimmed => Some(sent.trim().to_owned()),
            Stores::Lowercased => Some(sent.to_lowercase()),
            Stores::Some => {
                let mut readable = landing.sent.values.keys().filter(|field| !is_write_only(field));
                let is_taken = readable.next().is_some_and(|first| first == field);
                if is_taken {
                    Some(sent)
                } else {
                    value(landing.before, field)
                }
            }
            Stores::None | Stores::Touch => value(landing.before, field),
        }
    }
}
