//! What one exploration is about.

use std::time::Duration;

use crate::edit::check::breach::Breach;
use crate::edit::check::domain::LONG;
use crate::edit::check::setting::{claiming, policy};
use crate::edit::contract::Contract;
use crate::edit::event::Wanted;
use crate::edit::intent::{Again, Intent, KeyUse};
use crate::edit::policy::Policy;
use crate::edit::rules::Rule;

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// An action under an etag. To resume is the same with other values.
    Suspend,
    /// A delete under an etag.
    Delete,
    /// An action that nothing guards and that does no harm: `capabilities:refresh`.
    Refresh,
    /// `operations:cancel`.
    Cancel,
    /// A create under a key for which repeats are documented.
    Create,
    /// A create that takes no key.
    CreateBare,
    /// A create that takes a key of which nothing is said.
    Import,
}

impl Kind {
    pub(super) const ALL: [Self; 7] = [
        Self::Suspend,
        Self::Delete,
        Self::Refresh,
        Self::Cancel,
        Self::Create,
        Self::CreateBare,
        Self::Import,
    ];

    pub(super) fn intent(self) -> Intent {
        match self {
            Self::Suspend => Intent::action(),
            Self::Delete => Intent::delete(),
            Self::Refresh | Self::Cancel => Intent::harmless(),
            Self::Create => Intent::create(KeyUse::Create),
            Self::CreateBare => Intent::create(KeyUse::Never),
            Self::Import => Intent::create(KeyUse::Unpromised),
        }
    }

    pub(super) fn is_create(self) -> bool {
        matches!(self, Self::Create | Self::CreateBare | Self::Import)
    }

    /// Whether a second landing does what the caller has not asked for.
    pub(super) fn can_harm(self) -> bool {
        self.intent().again == Again::Harm
    }

    pub(super) fn is_guarded(self) -> bool {
        self.intent().is_guarded
    }

    /// What a version shows once that is so: its state, and whether it is reconciling.
    pub(super) fn wanted(self) -> Vec<Wanted<u8>> {
        let field = |field, value| Wanted { field, value };
        match self {
            Self::Suspend => vec![field(0, SUSPENDED), field(1, 0)],
            Self::Delete => vec![field(0, DELETING)],
            Self::Refresh | Self::Cancel | Self::Create | Self::CreateBare | Self::Import => Vec::new(),
        }
    }

    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Suspend => "suspend",
            Self::Delete => "delete",
            Self::Refresh => "refresh",
            Self::Cancel => "cancel",
            Self::Create => "create",
            Self::CreateBare => "create without a key",
            Self::Import => "import",
        }
    }
}

pub(super) const SUSPENDED: u8 = 1;
pub(super) const DELETING: u8 = 2;

/// What the server really does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Truth {
    pub(super) contract: Contract,
}

impl Truth {
    /// Whether a second copy of one request is stopped by what the first one did, were it ever sent.
    pub(super) fn stops_second_landing(&self, kind: Kind) -> bool {
        let by_etag = kind.is_guarded() && self.contract.etag_never_repeats && self.contract.accept_moves_etag;
        by_etag || self.replays(kind) >= LONG
    }

    /// How long the key of such a write is remembered.
    pub(super) fn replays(&self, kind: Kind) -> Duration {
        match kind {
            Kind::Create => self.contract.create_keys_replay,
            Kind::CreateBare | Kind::Import => Duration::ZERO,
            Kind::Suspend | Kind::Delete | Kind::Refresh | Kind::Cancel => self.contract.action_keys_replay,
        }
    }
}

/// One exploration.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    pub(super) kind: Kind,
    /// What the client believes.
    pub(super) belief: Contract,
    pub(super) truth: Truth,
    pub(super) policy: Policy,
    /// Whether a version is passed in.
    pub(super) with_base: bool,
    /// Whether these credentials have shown it.
    pub(super) known: bool,
    pub(super) can_refresh: bool,
    /// How many things others may do.
    pub(super) foreign: u8,
    /// How many repeats something on the way may make.
    pub(super) duplicates: u8,
    /// How often the process may be killed and begin again from its token.
    pub(super) crashes: u8,
    /// Whether it may send anything after that.
    pub(super) may_send: bool,
    /// Whether it issues the write anew after that instead, which it must not.
    pub(super) reissues: bool,
    pub(super) without: Option<Rule>,
    /// The only promise that is looked at, if not all are.
    pub(super) only: Option<Breach>,
}

impl Setting {
    pub(super) fn new(kind: Kind, contract: Contract) -> Self {
        let contract = claiming(contract, |contract| contract.clock_skew = Duration::ZERO);
        Self {
            kind,
            belief: contract,
            truth: Truth { contract },
            policy: policy(3, 2),
            with_base: true,
            known: true,
            can_refresh: false,
            foreign: 2,
            duplicates: u8::from(contract.hidden_retries),
            crashes: 0,
            may_send: true,
            reissues: false,
            without: None,
            only: None,
        }
    }
}
