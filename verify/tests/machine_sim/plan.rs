//! What may happen in one case, generated: a setting, and turns that others and the clients take one after another.
//!
//! The plan knows which turns make sense: nothing late arrives before something was late, and no token is taken up
//! before one was left behind. It knows nothing of how an edit goes on; a turn that finds nothing to do does nothing.

use std::borrow::Cow;
use std::sync::LazyLock;
use std::time::Duration;

use akua_model::edit::{Contract, OnConflict, Policy, ResumeMode};
use proptest::prelude::*;
use proptest::sample::select;
use proptest_state_machine::ReferenceStateMachine;

/// How many clients there are at most, and how many resources.
pub(crate) const WORKERS: usize = 4;
pub(crate) const PLACES: usize = 4;

/// What the server really does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Truth {
    /// Etags count up; otherwise they are made of the content, and come back with it.
    pub(crate) counts: bool,
    pub(crate) covers_write_only: bool,
    /// A write that changes nothing moves the etag.
    pub(crate) idle_write_moves: bool,
    pub(crate) names_etag: bool,
    pub(crate) keys: Keys,
    pub(crate) retention_ms: Option<u64>,
    pub(crate) keeps_refusals: bool,
    /// A replay shows the resource as it is now.
    pub(crate) replays_current: bool,
    /// Reads may be answered with an older version.
    pub(crate) stale_reads: bool,
    /// Something on the way may send a copy of a write later on.
    pub(crate) hidden_copies: bool,
    /// Names are stored in lower case.
    pub(crate) lowercases: bool,
    /// Some writes are answered 200, and nothing of them is taken, or not all.
    pub(crate) ignores: bool,
    /// Some writes that landed are answered with an older version.
    pub(crate) answers_late: bool,
    /// Some refusals name the etag of something else, or one that is not current.
    pub(crate) misnames: bool,
    /// The clients' machines have a clock that counts sleep.
    pub(crate) counts_sleep: bool,
}

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keys {
    First,
    AfterEtag,
    Ignored,
}

/// What one case is about.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    pub(crate) seed: u64,
    pub(crate) truth: Truth,
    pub(crate) workers: usize,
    pub(crate) places: usize,
}

/// One turn.
#[derive(Clone, Debug)]
pub(crate) enum Turn {
    /// A client goes on: begins an edit, sends what it is to send, hears the answer, or gives the patch.
    Work {
        worker: usize,
        fate: Fate,
        /// The answer is not heard before the client's next turn.
        slow: bool,
        given: Given,
        start: Start,
    },
    Foreign {
        place: usize,
        change: Foreign,
    },
    /// Something that was late arrives.
    Arrive {
        copy: usize,
    },
    Pass {
        ms: u64,
    },
    /// The clients' machines sleep: a clock of theirs stands still.
    Sleep {
        ms: u64,
    },
    /// Somebody sets the clients' time of day.
    SetClock {
        by_ms: i64,
    },
    Cancel {
        worker: usize,
    },
    /// The client's process dies.
    Crash {
        worker: usize,
    },
    /// A client takes up what another left behind.
    Resume {
        worker: usize,
        token: usize,
        mode: ResumeMode,
        clock: Skew,
        humble: u16,
    },
}

/// How the clock of a resuming client differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Skew {
    /// The same machine.
    None,
    Ahead,
    Behind,
    /// No further behind than clients are told that it may be.
    LittleBehind,
}

/// How an edit begins.
#[derive(Clone, Debug)]
pub(crate) struct Start {
    pub(crate) place: usize,
    pub(crate) from: From,
    /// `None`: the patch is asked for.
    pub(crate) patch: Option<Fields>,
    pub(crate) policy: usize,
    pub(crate) can_refresh: bool,
    /// Guarantees of the server that this client does not count on, one bit each.
    pub(crate) humble: u16,
}

/// What an edit begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum From {
    /// The version that is there.
    Current,
    /// The version that this client saw last.
    Remembered,
    Id,
}

/// A value for each writable field of a resource, in their order; an index into the alphabet of that field.
pub(crate) type Fields = [Option<u8>; 4];

/// What a closure says.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Given {
    Patch(Fields),
    Nothing,
    Fails,
}

/// What somebody else does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Foreign {
    Set(Fields),
    Touch,
    Delete,
    /// The same id with new content.
    Revive,
    /// From now on writes are refused, whatever their etag.
    Closing,
}

/// What becomes of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Passes,
    NotSent,
    Declined,
    /// It never arrives.
    Lost,
    /// It arrives, the answer does not.
    AnswerLost,
    /// It may arrive later; the client does not wait for that.
    Late,
    /// It is answered so and not carried out.
    Before(u16),
    /// It is carried out and answered so.
    After(u16),
    /// 429 with a wait in seconds.
    Throttled(u16),
    /// A 409 for another reason.
    OtherConflict {
        names: Names,
    },
    /// It is accepted and answered 200, and nothing of it is taken: the etag stays, moves, or is said to be another one.
    Ignored,
    Touched,
    IgnoredAtAnotherEtag,
    /// Of several fields that can be read only the first is taken.
    SomeTaken,
    /// It lands and is answered with a version so many before the one that it has made.
    LateAnswer(usize),
    /// A read of an older version.
    Stale(usize),
    /// It arrives and is answered, and a copy of it arrives later.
    Twice,
    /// A 200 with a field left out.
    Partial,
    /// A 200 about another resource.
    AnotherId,
    /// A 200 with an etag that can't guard a write.
    BadEtag,
    /// A 200 that breaks off.
    Broken,
    /// A mismatch is answered 412 in place of 409.
    As412,
    /// The caller answers with something that was not asked for.
    Misfit,
}

/// What the metadata of a refusal name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Names {
    Nothing,
    /// The etag that was sent, bare, in quotes, as a weak one.
    Ours,
    OursQuoted,
    OursWeak,
    /// The etag of something else, under a name that says so, and under one that says that it is the current one.
    Else,
    ElseAsCurrent,
    /// Two that differ.
    Two,
}

impl Setting {
    /// What a client is told of the server, except for what it does not count on.
    pub(crate) fn belief(&self, humble: u16) -> Contract {
        let truth = &self.truth;
        let counts_on = |bit: u8| humble & (1 << bit) == 0;
        let mut contract = Contract::weakest();
        contract.etag_never_repeats = truth.counts && counts_on(0);
        contract.key_checked_before_if_match = truth.keys == Keys::First && counts_on(1);
        let kept = truth.retention_ms.map_or(Duration::MAX, Duration::from_millis);
        contract.key_retention = if counts_on(2) { kept } else { kept / 4 };
        contract.stores_rejections_per_key = truth.keeps_refusals && counts_on(3);
        contract.reads_linearizable = !truth.stale_reads && counts_on(4);
        contract.etag_covers_write_only = truth.covers_write_only && counts_on(5);
        contract.hidden_retries = truth.hidden_copies || !counts_on(6);
        let replays_another = truth.replays_current && truth.keys != Keys::Ignored;
        contract.answers_show_written_version = !truth.answers_late && !replays_another && counts_on(7);
        contract.conflicts_name_current_etag = !truth.misnames && counts_on(8);
        contract
    }
}

impl Start {
    pub(crate) fn policy(&self) -> Policy {
        let mut policy = Policy::default();
        match self.policy {
            0 => {}
            1 => policy.on_conflict = OnConflict::Fail,
            2 => policy.overwrite_unseen = true,
            3 => {
                policy.max_attempts = 2;
                policy.max_versions = 2;
                policy.deadline = Duration::from_secs(3);
            }
            4 => {
                policy.max_attempts = 1;
                policy.max_versions = 1;
            }
            _ => {
                policy.overwrite_unseen = true;
                policy.max_attempts = 3;
                policy.deadline = Duration::from_millis(300);
                policy.settle_reserve = Duration::from_secs(1);
            }
        }
        policy
    }
}

/// What the plan knows of a case so far.
#[derive(Clone, Debug)]
pub(crate) struct Outlook {
    pub(crate) setting: Setting,
    late: usize,
    left_behind: usize,
}

/// The generator of turns.
pub(crate) struct Plan;

impl ReferenceStateMachine for Plan {
    type State = Outlook;
    type Transition = Turn;

    fn init_state() -> BoxedStrategy<Outlook> {
        (any::<u64>(), truth(), 1..=WORKERS, 1..=PLACES)
            .prop_map(|(seed, truth, workers, places)| Outlook {
                setting: Setting {
                    seed,
                    truth,
                    workers,
                    places,
                },
                late: 0,
                left_behind: 0,
            })
            .boxed()
    }

    fn transitions(outlook: &Outlook) -> BoxedStrategy<Turn> {
        let (workers, places) = (outlook.setting.workers, outlook.setting.places);
        let work = (
            0..workers,
            fate(&outlook.setting.truth),
            prop::bool::weighted(0.15),
            given(),
            start(places),
        );
        let work = work.prop_map(|(worker, fate, slow, given, start)| Turn::Work {
            worker,
            fate,
            slow,
            given,
            start,
        });
        let foreign = (0..places, foreign()).prop_map(|(place, change)| Turn::Foreign { place, change });
        let pass = select(&PAUSES[..]).prop_map(|ms| Turn::Pass { ms });
        let sleep = select(&PAUSES[..]).prop_map(|ms| Turn::Sleep { ms });
        let mut turns = vec![
            (24, work.boxed()),
            (4, foreign.boxed()),
            (1, pass.boxed()),
            (1, sleep.boxed()),
        ];
        // What no clock can tell: a time of day that was set back, on a machine without one that counts sleep.
        let jumps: &[i64] = match outlook.setting.truth.counts_sleep {
            true => &[-200_000_000, -12_000, -60, 60, 12_000, 200_000_000],
            false => &[60, 12_000, 200_000_000],
        };
        turns.push((1, select(jumps).prop_map(|by_ms| Turn::SetClock { by_ms }).boxed()));
        let crash = (0..workers, any::<bool>()).prop_map(|(worker, cancel)| {
            if cancel {
                Turn::Cancel { worker }
            } else {
                Turn::Crash { worker }
            }
        });
        turns.push((1, crash.boxed()));
        if outlook.late > 0 {
            turns.push((2, (0..outlook.late).prop_map(|copy| Turn::Arrive { copy }).boxed()));
        }
        if outlook.left_behind > 0 {
            let (worker, token) = (0..workers, 0..outlook.left_behind);
            let mode = select(&[ResumeMode::Finish, ResumeMode::Look][..]);
            let clock = select(
                &[
                    Skew::None,
                    Skew::None,
                    Skew::None,
                    Skew::Ahead,
                    Skew::Behind,
                    Skew::LittleBehind,
                ][..],
            );
            let resume = (worker, token, mode, clock, humble());
            let resume = resume.prop_map(|(worker, token, mode, clock, humble)| Turn::Resume {
                worker,
                token,
                mode,
                clock,
                humble,
            });
            turns.push((3, resume.boxed()));
        }
        prop::strategy::Union::new_weighted(turns).boxed()
    }

    fn apply(mut outlook: Outlook, turn: &Turn) -> Outlook {
        match turn {
            Turn::Work {
                fate: Fate::Late | Fate::Twice,
                ..
            } => {
                outlook.late += 1;
                outlook.left_behind += 1;
            }
            Turn::Work {
                fate: Fate::Lost | Fate::AnswerLost | Fate::After(_),
                ..
            }
            | Turn::Crash { .. } => outlook.left_behind += 1,
            _ => {}
        }
        outlook
    }

    fn preconditions(outlook: &Outlook, turn: &Turn) -> bool {
        match turn {
            Turn::Arrive { copy } => *copy < outlook.late,
            Turn::Resume { token, .. } => *token < outlook.left_behind,
            _ => true,
        }
    }
}

const PAUSES: [u64; 7] = [4, 60, 300, 2_500, 12_000, 31_000, 100_000_000];

fn truth() -> impl Strategy<Value = Truth> + use<> {
    let switches = (
        any::<[bool; 5]>(),
        prop::bool::weighted(0.8),
        prop::bool::weighted(0.25),
    );
    let liberties = (
        any::<bool>(),
        prop::bool::weighted(0.3),
        prop::bool::weighted(0.25),
        prop::bool::weighted(0.35),
        prop::bool::weighted(0.6),
    );
    let keys = select(&[Keys::First, Keys::AfterEtag, Keys::Ignored][..]);
    let kept = select(&[None, Some(24 * 3_600_000), Some(20_000), Some(700)][..]);
    (switches, prop::bool::weighted(0.7), keys, kept, liberties).prop_map(
        |((some, names_etag, copies), counts, keys, retention_ms, liberties)| {
            let (lowercases, ignores, answers_late, misnames, counts_sleep) = liberties;
            let [
                covers_write_only,
                idle_write_moves,
                keeps_refusals,
                replays_current,
                stale_reads,
            ] = some;
            Truth {
                counts,
                covers_write_only,
                idle_write_moves,
                names_etag,
                keys,
                retention_ms,
                keeps_refusals: keeps_refusals && keys == Keys::First,
                // A 200 that shows something else than the old values is believed, by every contract: so a server that
                // writes nothing must not show what somebody else has written meanwhile, nor an older version.
                replays_current: replays_current && !ignores,
                stale_reads,
                hidden_copies: copies,
                lowercases,
                ignores,
                answers_late: answers_late && !ignores,
                misnames,
                counts_sleep,
            }
        },
    )
}

/// Most clients count on everything that holds.
fn humble() -> impl Strategy<Value = u16> {
    prop_oneof![3 => Just(0), 1 => any::<u16>()]
}

fn fields() -> impl Strategy<Value = Fields> {
    let value = |chance: f64, values: u8| prop::option::weighted(chance, 0..values);
    (value(0.7, 3), value(0.3, 2), value(0.15, 3), value(0.2, 3)).prop_map(|(name, second, region, kubeconfig)| {
        let none = name.is_none() && second.is_none() && region.is_none() && kubeconfig.is_none();
        [if none { Some(0) } else { name }, second, region, kubeconfig]
    })
}

fn given() -> impl Strategy<Value = Given> {
    prop_oneof![8 => fields().prop_map(Given::Patch), 1 => Just(Given::Nothing), 1 => Just(Given::Fails)]
}

fn start(places: usize) -> impl Strategy<Value = Start> {
    let from = select(&[From::Current, From::Current, From::Id, From::Remembered][..]);
    let patch = prop::option::weighted(0.75, fields());
    let policy = select(&[0, 0, 0, 1, 2, 3, 4, 5][..]);
    (0..places, from, patch, policy, any::<bool>(), humble()).prop_map(
        |(place, from, patch, policy, can_refresh, humble)| Start {
            place,
            from,
            patch,
            policy,
            can_refresh,
            humble,
        },
    )
}

fn foreign() -> impl Strategy<Value = Foreign> {
    prop_oneof![
        12 => fields().prop_map(Foreign::Set),
        2 => Just(Foreign::Touch),
        1 => Just(Foreign::Delete),
        2 => Just(Foreign::Revive),
        1 => Just(Foreign::Closing),
    ]
}

/// A request's fate: nothing happens in half of the cases, everything else that this server allows in the others.
fn fate(truth: &Truth) -> impl Strategy<Value = Fate> + use<> {
    static BY_TRUTH: LazyLock<[Vec<Fate>; 64]> = LazyLock::new(|| std::array::from_fn(|bits| fates(bits as u8)));
    let switches = [
        truth.stale_reads,
        truth.hidden_copies,
        truth.keeps_refusals,
        truth.ignores,
        truth.answers_late,
        truth.misnames,
    ];
    let bit = |(place, on): (usize, bool)| usize::from(on) << place;
    let bits: usize = switches.into_iter().enumerate().map(bit).sum();
    select(Cow::Borrowed(&BY_TRUTH[bits][..]))
}

fn fates(bits: u8) -> Vec<Fate> {
    let [stale, copies, keeps_refusals, ignores, answers_late, misnames] =
        [0, 1, 2, 3, 4, 5].map(|bit| bits >> bit & 1 != 0);
    let mut fates = vec![Fate::Passes; 45];
    let mut add = |times: usize, fate: Fate| fates.extend(std::iter::repeat_n(fate, times));
    add(2, Fate::NotSent);
    add(1, Fate::Declined);
    add(4, Fate::Lost);
    add(6, Fate::AnswerLost);
    add(6, Fate::Late);
    for status in [400, 403, 404, 422] {
        add(1, Fate::Before(status));
    }
    for status in [502, 503, 302] {
        add(1, Fate::Before(status));
        add(1, Fate::After(status));
    }
    for status in [408, 204] {
        add(1, Fate::After(status));
    }
    add(3, Fate::Before(401));
    add(2, Fate::Before(429));
    for seconds in [0, 1, 60] {
        add(1, Fate::Throttled(seconds));
    }
    // Where refusals are kept under their key, one that is not kept can't come from the server.
    if !keeps_refusals {
        let mut others = vec![Names::Nothing, Names::Ours, Names::OursQuoted, Names::OursWeak];
        if misnames {
            others.extend([Names::Else, Names::ElseAsCurrent, Names::Two]);
        }
        for names in others {
            add(1, Fate::OtherConflict { names });
        }
    }
    if ignores {
        add(4, Fate::Ignored);
        add(2, Fate::Touched);
        add(1, Fate::IgnoredAtAnotherEtag);
        add(3, Fate::SomeTaken);
    }
    if answers_late {
        add(4, Fate::LateAnswer(1));
        add(2, Fate::LateAnswer(2));
    }
    if stale {
        add(3, Fate::Stale(1));
        add(2, Fate::Stale(2));
        add(1, Fate::Stale(5));
    }
    if copies {
        add(8, Fate::Twice);
    }
    for fate in [Fate::AnotherId, Fate::BadEtag, Fate::Broken, Fate::As412] {
        add(1, fate);
    }
    // A 200 of which nothing can be read back is believed.
    if !ignores {
        add(1, Fate::Partial);
    }
    add(1, Fate::Misfit);
    fates
}
