//! All contracts and all kinds of launches.

use super::setting::{Kind, Setting};
use super::world::{MET, World};
use crate::edit::check::domain::{LONG, SHORT};
use crate::edit::check::explore::{everything_in, show};
use crate::edit::check::setting::policy;
use crate::edit::contract::Contract;

/// The contract in few words: what is claimed.
pub(super) fn letters(contract: &Contract) -> String {
    let flags = [
        (contract.etag_never_repeats, "etag"),
        (contract.accept_moves_etag, "accept"),
        (contract.reads_linearizable, "read"),
        (contract.not_found_means_gone, "gone"),
        (contract.ids_never_reused, "once"),
        (contract.conflicts_name_current_etag, "name"),
        (contract.hidden_retries, "repeat"),
        (
            contract.action_keys_replay.max(contract.create_keys_replay) == SHORT,
            "short",
        ),
        (
            contract.action_keys_replay.max(contract.create_keys_replay) == LONG,
            "long",
        ),
    ];
    let words: Vec<_> = flags.iter().filter(|(on, _)| *on).map(|(_, word)| *word).collect();
    if words.is_empty() {
        "nothing".to_owned()
    } else {
        words.join("+")
    }
}

/// Every contract that makes a difference to such a write.
pub(super) fn contracts(kind: Kind) -> impl Iterator<Item = Contract> {
    let all = (0..1_u8 << 7).flat_map(move |bits| {
        [std::time::Duration::ZERO, SHORT, LONG].map(move |kept| {
            let has = |bit: u8| bits & (1 << bit) != 0;
            let mut contract = Contract::weakest();
            contract.etag_never_repeats = has(0);
            contract.accept_moves_etag = has(1);
            contract.reads_linearizable = has(2);
            contract.not_found_means_gone = has(3);
            contract.ids_never_reused = has(4);
            contract.conflicts_name_current_etag = has(5);
            contract.hidden_retries = has(6);
            if kind == Kind::Create {
                contract.create_keys_replay = kept;
            } else {
                contract.action_keys_replay = kept;
            }
            contract
        })
    });
    all.filter(move |contract| {
        let guarded = kind.is_guarded()
            || !(contract.etag_never_repeats
                || contract.accept_moves_etag
                || contract.reads_linearizable
                || contract.conflicts_name_current_etag);
        // Where etags repeat, having been named as current proves nothing.
        let names = contract.etag_never_repeats || !contract.conflicts_name_current_etag;
        let gone = kind == Kind::Delete || (contract.not_found_means_gone && contract.ids_never_reused);
        let key = !matches!(kind, Kind::CreateBare | Kind::Import) || contract.action_keys_replay.is_zero();
        guarded && names && gone && key
    })
}

struct Sum {
    states: usize,
    met: u64,
}

impl Sum {
    fn add(&mut self, name: &str, setting: &Setting) {
        let found = everything_in(World::new(setting.clone()));
        self.states += found.states;
        self.met |= found.marks;
        let (kind, claims) = (setting.kind.words(), letters(&setting.belief));
        show(&format!("{:>10} states  {kind}{name}: {claims}", found.states));
        if let Some(broken) = found.broken {
            panic!("{kind}{name}: {setting:?}\n{}", broken.story);
        }
    }
}

/// How an exploration differs from the plain one.
type Vary = fn(&mut Setting);

/// The first two are of what has an id before it is written.
const VARIANTS: [(&str, Vary); 6] = [
    (", by id", |setting| setting.with_base = false),
    (", not seen with these credentials", |setting| setting.known = false),
    ("", |_| {}),
    (", new credentials", |setting| setting.can_refresh = true),
    (", killed", |setting| setting.crashes = 1),
    (", killed, looks only", |setting| {
        setting.crashes = 1;
        setting.may_send = false;
    }),
];

/// What no create meets: nothing of it is seen before it is made, and no etag guards it.
const NOT_BY_CREATES: [&str; 5] = [
    "accepted, observed",
    "gone, observed",
    "unchanged",
    "not applied, conflict",
    "indeterminate, can't land any more",
];

/// Every one of these kinds with every contract and in every variant, within bounds that `bound` sets. What is met must be
/// everything that can be.
fn explore<C: IntoIterator<Item = Contract>>(
    kinds: &[Kind],
    states: usize,
    contracts: impl Fn(Kind) -> C,
    bound: impl Fn(&mut Setting),
) {
    let mut sum = Sum { states: 0, met: 0 };
    let creates = kinds.iter().all(|kind| kind.is_create());
    for kind in kinds.iter().copied() {
        for contract in contracts(kind) {
            for (name, vary) in VARIANTS.into_iter().skip(if creates { 2 } else { 0 }) {
                let mut setting = Setting::new(kind, contract);
                vary(&mut setting);
                bound(&mut setting);
                sum.add(name, &setting);
            }
        }
    }
    let missing: Vec<_> = (0..MET.len())
        .filter(|met| sum.met & (1 << met) == 0)
        .map(|met| MET[met])
        .filter(|met| !creates || !NOT_BY_CREATES.contains(met))
        .collect();
    show(&format!("{} states in all", sum.states));
    assert!(missing.is_empty(), "never met: {missing:?}");
    assert!(sum.states >= states, "only {} states, of {states}", sum.states);
}

/// Two attempts, one thing that others do, and the contracts that are in use.
pub(crate) fn small() {
    let claimed = |_| [Contract::documented(), Contract::weakest()];
    for kinds in [&Kind::ALL[..4], &Kind::ALL[4..]] {
        explore(kinds, 900, claimed, |setting| {
            let killed = setting.crashes > 0;
            setting.policy = policy(if killed { 1 } else { 2 }, 2);
            setting.foreign = u8::from(!killed && !setting.can_refresh);
        });
    }
}

/// Every contract, with so many attempts and so many things that others do; another number of these where the process may be
/// killed or the credentials are renewed, which has the most states.
pub(crate) fn every_promise_is_kept(states: usize, attempts: u32, foreign: u8, foreign_beside: u8) {
    explore(&Kind::ALL[..4], states, contracts, |setting| {
        setting.policy = policy(attempts, 2);
        setting.foreign = match setting.crashes > 0 || setting.can_refresh {
            true => foreign_beside,
            false => foreign,
        };
    });
}

/// Every contract of creates, with so many attempts, repeats on the way and kills.
pub(crate) fn every_promise_of_creates_is_kept(states: usize, attempts: u32, duplicates: u8, crashes: u8) {
    explore(&Kind::ALL[4..], states, contracts, |setting| {
        setting.policy = policy(attempts, 2);
        setting.foreign = 1;
        setting.duplicates *= duplicates;
        setting.crashes *= crashes;
    });
}
