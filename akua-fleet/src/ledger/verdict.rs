//! What may be granted to an item and how it can have ended, by what the ledger has of it.

use std::collections::BTreeMap;

use akua_model::edit::{LaunchKind, SavedToken, WaitToken};

use crate::end::End;
use crate::item::{State, StoredPatch};

/// An item as an operation on it finds it.
pub(super) struct Found {
    pub(super) id: String,
    pub(super) state: State,
    /// Under which work on it ended last.
    pub(super) ended: Option<i64>,
    pub(super) token: Option<String>,
    /// What the plan launches.
    pub(super) launch: Option<LaunchKind>,
    /// What is wanted, as JSON: of what is to be made as well.
    pub(super) patch: Option<String>,
}

impl Found {
    /// Whether its launch was accepted. Nothing is ever sent for it again.
    pub(super) fn is_accepted(&self) -> bool {
        self.state.is_of_operation()
    }

    /// Why a write with this token is none of this item's.
    pub(super) fn is_not_of(&self, token: &SavedToken) -> Option<String> {
        let (id, launch) = match token {
            SavedToken::Edit(token) => (token.id(), None),
            SavedToken::Launch(token) => (token.id(), Some(token.kind())),
            SavedToken::Wait(token) => (token.id(), Some(token.kind())),
            _ => return Some("is of a kind that this version does not know".to_owned()),
        };
        if let SavedToken::Launch(token) = token
            && self.creates()
            && token.kind().creates()
        {
            // What is to be made has no id. It is known by all that is sent of it.
            let planned = self
                .patch
                .as_deref()
                .and_then(|patch| serde_json::from_str::<StoredPatch>(patch).ok());
            let planned: BTreeMap<_, _> = planned.iter().flat_map(StoredPatch::values).collect();
            let made: BTreeMap<_, _> = token.new_values().map(|(name, text)| (name, Some(text))).collect();
            if made != planned {
                return Some(format!("makes something else than the item `{}`", self.id));
            }
        } else if self.id != id {
            return Some(format!("is about `{id}`, but the item is `{}`", self.id));
        }
        let name = |launch: Option<LaunchKind>| launch.map_or("edit", LaunchKind::name);
        (launch != self.launch)
            .then(|| format!("is that of `{}`, but the plan is `{}`", name(launch), name(self.launch)))
    }

    /// Whether the plan makes something new.
    fn creates(&self) -> bool {
        self.launch.is_some_and(LaunchKind::creates)
    }

    /// Whether another create of this item may have been sent: under another key it could be made a second time.
    pub(super) fn is_open_create_of_another(&self, token: &str) -> bool {
        self.creates() && self.state == State::Indeterminate && self.token.as_deref() != Some(token)
    }

    /// Whether this is the token of an operation that the latest launch has started, as far as the ledger can know.
    pub(super) fn has_started(&self, token: &WaitToken) -> bool {
        match self.saved() {
            Some(SavedToken::Launch(launch)) => launch.accepted(token.operation()) == *token,
            Some(SavedToken::Wait(known)) => known == *token,
            _ => false,
        }
    }

    /// Why it can't have ended so.
    pub(super) fn cannot_end(&self, end: &End, settles: bool) -> Option<&'static str> {
        const UNGRANTED: &str = "can't end so: no write was granted";
        const OTHER: &str = "can't end so: its token is not that of the latest write";
        const UNACCEPTED: &str = "can't end so: nobody has said that its launch was accepted";
        match end.state {
            State::Pending => Some("can't end as pending"),
            // What is made is never observed: somebody may have said so, or nobody can.
            State::Unchanged if self.creates() => Some("can't end so: nothing was there to be seen"),
            State::Applied if self.creates() => (!self.is_accepted()).then_some(UNACCEPTED),
            State::NotSent | State::Conflict | State::Rejected if self.creates() && settles => {
                Some("can't end so: no later answer proves that nothing was made")
            }
            State::NotSent | State::Unchanged | State::Conflict | State::Rejected | State::Indeterminate
                if self.is_accepted() =>
            {
                Some("can't end so: its launch was accepted")
            }
            State::NotSent | State::Unchanged | State::Conflict | State::Rejected => None,
            State::Applied => (!self.state.is_unsettled()).then_some(UNGRANTED),
            State::Indeterminate if self.state != State::Indeterminate => Some(UNGRANTED),
            State::Indeterminate => (!self.is_of_latest_write(end.token.as_deref())).then_some(OTHER),
            State::Failed | State::Cancelled => (!self.is_accepted()).then_some(UNACCEPTED),
            State::Started | State::LostTrack => {
                let token = end.token.as_deref().and_then(|token| token.parse().ok());
                (!token.is_some_and(|token| self.has_started(&token))).then_some(OTHER)
            }
        }
    }

    /// Whether an end speaks of the write that was granted last. Its token may say more of it than the one on file.
    fn is_of_latest_write(&self, ended: Option<&str>) -> bool {
        if ended == self.token.as_deref() {
            return true;
        }
        let ended = ended.and_then(|token| token.parse().ok());
        match (ended, self.saved()) {
            (Some(SavedToken::Edit(ended)), Some(SavedToken::Edit(granted))) => ended.is_of_same_write(&granted),
            _ => false,
        }
    }

    fn saved(&self) -> Option<SavedToken> {
        self.token.as_deref()?.parse().ok()
    }
}
