//! All contracts and all kinds of edits.

use std::time::Duration;

use super::domain::{Clocks, Etags, LONG, OURS, Patch, SHORT};
use super::explore::{everything, show};
use super::marks::Mark;
use super::setting::Setting;
use crate::edit::contract::Contract;
use crate::edit::machine::Source;
use crate::edit::policy::OnConflict;
use crate::property::Presence;

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A cluster's name: the request has a key.
    Cluster,
    /// A workspace's name: there are no keys.
    Workspace,
    /// A cluster's name and kubeconfig.
    WriteOnly,
    /// A field of a cluster that need not have a value, and is shown whenever it has one.
    Optional,
    /// One that any answer may leave out.
    Omitted,
}

impl Kind {
    pub(super) const ALL: [Self; 5] = [
        Self::Cluster,
        Self::Workspace,
        Self::WriteOnly,
        Self::Optional,
        Self::Omitted,
    ];
    /// Those of which every answer shows the same fields.
    pub(super) const PLAIN: [Self; 3] = [Self::Cluster, Self::Workspace, Self::WriteOnly];
    /// Those of which it does not.
    pub(super) const VARYING: [Self; 2] = [Self::Optional, Self::Omitted];

    fn patch(self) -> Patch {
        [Some(OURS), None, (self == Self::WriteOnly).then_some(OURS)]
    }

    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::Workspace => "workspace",
            Self::WriteOnly => "kubeconfig",
            Self::Optional => "optional",
            Self::Omitted => "omitted",
        }
    }

    fn presence(self) -> Presence {
        match self {
            Self::Cluster | Self::Workspace | Self::WriteOnly => Presence::Required,
            Self::Optional => Presence::Optional,
            Self::Omitted => Presence::Undocumented,
        }
    }

    /// Whether an edit of this kind can be an example of `mark`: what can't be read is overwritten unseen or not at all.
    fn can_meet(self, mark: Mark) -> bool {
        match mark {
            Mark::Rebase | Mark::MayBeStale => self != Self::WriteOnly,
            Mark::OverwriteUnseen => matches!(self, Self::WriteOnly | Self::Omitted),
            Mark::ConflictAbsent => self == Self::Optional,
            Mark::ConflictOmitted => self == Self::Omitted,
            _ => true,
        }
    }

    /// Every contract that makes a difference here: what is said of keys makes none without keys, what is said of
    /// fields that are not shown none without such a field, and how long keys are remembered none where nobody looks.
    pub(super) fn contracts(self) -> Vec<Contract> {
        let all = (0..1_u8 << 7).flat_map(|bits| [Duration::ZERO, SHORT, LONG].map(|kept| contract(bits, kept)));
        all.filter(|contract| {
            let keyed = contract.key_checked_before_if_match || contract.stores_rejections_per_key;
            let hides = matches!(self, Self::WriteOnly | Self::Omitted);
            let covers = hides || !contract.etag_covers_write_only;
            let keys = self != Self::Workspace || !keyed;
            let retention = keyed || contract.key_retention.is_zero();
            // Where etags repeat, having been named as current proves nothing.
            let names = contract.etag_never_repeats || !contract.conflicts_name_current_etag;
            covers && keys && retention && names
        })
        .collect()
    }

    pub(super) fn setting(self, contract: Contract) -> Setting {
        Setting {
            takes_key: self != Self::Workspace,
            patch: self.patch(),
            presence: self.presence(),
            ..Setting::new(contract)
        }
    }
}

fn contract(bits: u8, key_retention: Duration) -> Contract {
    let has = |bit: u8| bits & (1 << bit) != 0;
    let mut contract = Contract::weakest();
    contract.etag_never_repeats = has(0);
    contract.reads_linearizable = has(1);
    contract.etag_covers_write_only = has(2);
    contract.hidden_retries = has(3);
    contract.key_checked_before_if_match = has(4);
    contract.stores_rejections_per_key = has(5);
    // What is said of answers makes no difference to most settings, so both go together.
    contract.conflicts_name_current_etag = has(6);
    contract.answers_show_written_version = has(6);
    contract.key_retention = key_retention;
    contract
}

/// The contract in few words: what is claimed.
pub(super) fn letters(contract: &Contract) -> String {
    let flags = [
        (contract.etag_never_repeats, "etag"),
        (contract.reads_linearizable, "read"),
        (contract.etag_covers_write_only, "cover"),
        (contract.hidden_retries, "repeat"),
        (contract.key_checked_before_if_match, "key"),
        (contract.stores_rejections_per_key, "refusal"),
        (contract.conflicts_name_current_etag, "name"),
        (contract.answers_show_written_version, "show"),
        (contract.key_retention == SHORT, "short"),
        (contract.key_retention == LONG, "long"),
    ];
    let words: Vec<_> = flags.iter().filter(|(on, _)| *on).map(|(_, word)| *word).collect();
    if words.is_empty() {
        "nothing".to_owned()
    } else {
        words.join("+")
    }
}

/// Counts over many explorations.
#[derive(Debug, Default)]
pub(super) struct Sum {
    pub(super) states: usize,
    pub(super) marks: u64,
}

impl Sum {
    /// Explores one setting; every promise must be kept.
    pub(super) fn add(&mut self, name: &str, setting: &Setting) {
        let found = everything(setting);
        self.states += found.states;
        self.marks |= found.marks;
        show(&format!(
            "{:>10} states  {name}: {}",
            found.states,
            letters(&setting.belief)
        ));
        if let Some(broken) = found.broken {
            panic!("{name}: {setting:?}\n{}", broken.story);
        }
    }

    /// Shows what was met, and demands that everything was that edits of these kinds can meet.
    pub(super) fn conclude(&self, kinds: &[Kind], states: usize) {
        let missing = Mark::ALL.iter().filter(|mark| self.marks & mark.bit() == 0);
        let missing = missing.filter(|mark| kinds.iter().any(|kind| kind.can_meet(**mark)));
        let missing: Vec<_> = missing.map(|mark| mark.words()).collect();
        let met = Mark::ALL.iter().filter(|mark| self.marks & mark.bit() != 0);
        let met: Vec<_> = met.map(|mark| mark.words()).collect();
        show(&format!("{} states in all; met: {}", self.states, met.join("; ")));
        assert!(missing.is_empty(), "never met: {missing:?}");
        assert!(self.states >= states, "only {} states, of {states}", self.states);
    }

    /// All contracts of one kind of edit.
    pub(super) fn contracts(&mut self, kind: Kind, change: impl Fn(&mut Setting)) {
        for contract in kind.contracts() {
            let mut setting = kind.setting(contract);
            change(&mut setting);
            self.add(kind.words(), &setting);
        }
    }

    /// What does not go through all contracts: closures, resumed edits, policies, credentials, restored backups.
    pub(super) fn variants(&mut self, kind: Kind, contract: Contract, change: impl Fn(&mut Setting)) {
        let mut add = |name: &str, vary: &dyn Fn(&mut Setting)| {
            let mut setting = kind.setting(contract);
            change(&mut setting);
            vary(&mut setting);
            self.add(&format!("{}, {name}", kind.words()), &setting);
        };
        add("nothing seen before", &|setting| setting.with_base = false);
        add("a closure", &|setting| {
            setting.source = Source::Asked;
            setting.with_base = false;
        });
        add("a closure on a version passed in", &|setting| {
            setting.source = Source::Asked
        });
        for (name, may_send) in [("finish", true), ("look", false)] {
            for age in [None, Some(10), Some(60)] {
                add(&format!("resumed to {name}, age {age:?}"), &|setting| {
                    setting.source = Source::Resumed { may_send };
                    setting.age = age;
                });
            }
        }
        add("fails on conflict", &|setting| {
            setting.policy.on_conflict = OnConflict::Fail
        });
        add("overwrites the unseen", &|setting| {
            setting.policy.overwrite_unseen = true
        });
        add("new credentials, may be cancelled", &|setting| {
            setting.can_refresh = true;
            setting.cancels = true;
        });
        add("idle writes move the etag", &|setting| {
            setting.truth.idle_write_moves = true
        });
        add("two fields", &|setting| setting.patch[1] = Some(OURS));
        add("odd answers", &|setting| setting.oddities = 1);
        if !contract.answers_show_written_version {
            add("two odd answers", &|setting| setting.oddities = 2);
        }
        add("odd answers, two fields", &|setting| {
            setting.oddities = 1;
            setting.patch[1] = Some(OURS);
            setting.foreign = 0;
        });
        add("odd answers, a closure", &|setting| {
            setting.oddities = 1;
            setting.source = Source::Asked;
        });
        add("resumed to finish, odd answers", &|setting| {
            setting.oddities = 1;
            setting.source = Source::Resumed { may_send: true };
            setting.age = Some(10);
        });
        for (name, may_send) in [("finish", true), ("look", false)] {
            add(
                &format!("resumed to {name}, the etag is known to have moved"),
                &|setting| {
                    setting.source = Source::Resumed { may_send };
                    setting.known_moved = true;
                },
            );
            add(
                &format!("resumed to {name}, from a machine whose clock is ahead"),
                &|setting| {
                    setting.source = Source::Resumed { may_send };
                    (setting.age, setting.ahead) = (Some(60), 25);
                    setting.belief.clock_skew = Duration::from_millis(25);
                },
            );
        }
        for clocks in [Clocks::Asleep, Clocks::AsleepWithoutBoot] {
            add(&format!("{clocks:?}"), &|setting| setting.clocks = clocks);
        }
        add("only the last field", &|setting| {
            setting.patch = [None, Some(OURS), setting.patch[2]]
        });
        if !contract.etag_never_repeats {
            add("backups are restored", &|setting| setting.truth.etags = Etags::Restored);
        }
    }
}

/// The smallest in which somebody else's change can be met and the change rebased on it.
pub(super) fn smallest(setting: &mut Setting) {
    setting.policy.max_attempts = 1;
    setting.foreign = 1;
}

/// Smaller bounds.
pub(super) fn small(setting: &mut Setting) {
    setting.policy.max_attempts = 2;
    setting.foreign = 1;
}
