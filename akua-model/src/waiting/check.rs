//! Waiting, explored exhaustively: every order of answers that lag, are lost or find nothing, of an operation that ends in
//! any way or vanishes, of credentials that die, and of passing time.
#![allow(clippy::unwrap_used)]

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use stateright::{Checker, HasDiscoveries, Model, Property};

use super::{Asked, Fate, OperationSight, Rule, WaitEnd, WaitInput, WaitPolicy, WaitStep, Waiting};
use crate::api::OperationState;
use crate::edit::Contract;

/// How an operation really stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Truth {
    Running,
    Blocked,
    Succeeded,
    Failed,
    CancelledHere,
    CancelledElsewhere,
    /// It has ended, and says that it runs.
    Strange,
}

/// What the user has done about ending it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Wish {
    None,
    Arrived,
    LostArrived,
    LostNever,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct State {
    waiting: Waiting,
    asks: WaitStep,
    truth: Truth,
    wish: Wish,
    vanished: bool,
    /// Whether the credentials have died.
    dead: bool,
    /// An index into the moments that time can be at.
    clock: u8,
    lies: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Step {
    Tick,
    Becomes(Truth),
    Vanish,
    Die,
    Hear(Answer),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Answer {
    Now,
    /// What was so while it ran: of what is not done, the state may already say more.
    Lagging {
        early: bool,
    },
    NotFound,
    Unauthorized,
    Refused,
    Lost,
    Target,
    Declined,
}

const CLOCK: [u64; 4] = [0, 40, 80, 120];

struct World {
    contract: Contract,
    can_refresh: bool,
    stops: bool,
    asked: Asked,
    wish: Wish,
    /// Whether what has failed may be taken up again.
    reopens: bool,
    without: Option<Rule>,
    met: AtomicU32,
}

impl World {
    fn new(contract: Contract) -> Self {
        Self {
            contract,
            can_refresh: true,
            stops: true,
            asked: Asked::No,
            wish: Wish::None,
            reopens: false,
            without: None,
            met: AtomicU32::new(0),
        }
    }

    fn policy(&self) -> WaitPolicy {
        WaitPolicy {
            deadline: Duration::from_secs(100),
            reserve: Duration::from_secs(25),
            misses: 2,
            stop_when_blocked_on_a_person: self.stops,
            ..WaitPolicy::default()
        }
    }

    fn sight(truth: Truth) -> OperationSight {
        match truth {
            Truth::Running => OperationSight::new(OperationState::Running, false),
            Truth::Blocked => {
                OperationSight::new(OperationState::Running, false).saying(None, Some("approve".to_owned()))
            }
            Truth::Succeeded => OperationSight::new(OperationState::Succeeded, true),
            Truth::Failed => OperationSight::new(OperationState::Failed, true).saying(Some("broke".to_owned()), None),
            Truth::CancelledHere | Truth::CancelledElsewhere => OperationSight::new(OperationState::Cancelled, true),
            Truth::Strange => OperationSight::new(OperationState::Running, true),
        }
    }

    fn is_true(&self, state: &State) -> bool {
        let WaitStep::Done(end) = &state.asks else { return true };
        let is = |truth| state.truth == truth;
        let bit = match end {
            WaitEnd::Done(Fate::Succeeded) => 0,
            WaitEnd::Done(Fate::Failed { .. }) => 1,
            WaitEnd::Done(Fate::Cancelled { .. }) => 2,
            WaitEnd::Done(Fate::Other(_)) => 3,
            WaitEnd::StillRunning { blocked_on: None } => 4,
            WaitEnd::StillRunning { blocked_on: Some(_) } => 5,
            WaitEnd::LostTrack(_) => 6,
        };
        self.met.fetch_or(1 << bit, Ordering::Relaxed);
        match end {
            WaitEnd::Done(Fate::Succeeded) => is(Truth::Succeeded),
            WaitEnd::Done(Fate::Failed { text }) => is(Truth::Failed) && text.as_deref() == Some("broke"),
            WaitEnd::Done(Fate::Cancelled { asked_here, .. }) => match asked_here {
                Asked::Yes => is(Truth::CancelledHere),
                Asked::No => is(Truth::CancelledElsewhere),
                Asked::Unknown => is(Truth::CancelledHere) || is(Truth::CancelledElsewhere),
            },
            WaitEnd::Done(Fate::Other(_)) => is(Truth::Strange),
            WaitEnd::StillRunning { .. } => true,
            // One wrong answer is not enough to lose track.
            WaitEnd::LostTrack(_) => state.vanished || state.dead || state.lies > 1,
        }
    }
}

impl Model for World {
    type State = State;
    type Action = Step;

    fn init_states(&self) -> Vec<State> {
        let mut waiting = Waiting::new(
            self.policy(),
            &self.contract,
            Duration::ZERO,
            self.asked,
            self.can_refresh,
        );
        waiting.without = self.without;
        let asks = waiting.step(WaitInput::Begin, Duration::ZERO);
        vec![State {
            waiting,
            asks,
            truth: Truth::Running,
            wish: self.wish,
            vanished: false,
            dead: false,
            clock: 0,
            lies: 0,
        }]
    }

    fn actions(&self, state: &State, steps: &mut Vec<Step>) {
        use Answer::{Declined, Lagging, Lost, NotFound, Now, Refused, Target, Unauthorized};
        let hear = |answers: &[Answer], steps: &mut Vec<Step>| steps.extend(answers.iter().copied().map(Step::Hear));
        match &state.asks {
            WaitStep::Done(_) => {
                if self.reopens && state.truth == Truth::Failed {
                    steps.push(Step::Becomes(Truth::Succeeded));
                }
                return;
            }
            WaitStep::ReadTarget => hear(&[Target, Lost], steps),
            _ => {
                if !state.vanished && !state.dead {
                    hear(&[Now, Lagging { early: false }, Lagging { early: true }], steps);
                }
                if state.vanished || state.lies < 2 {
                    hear(&[NotFound], steps);
                }
                if state.dead {
                    hear(&[Unauthorized, Refused], steps);
                }
                hear(&[Lost, Declined], steps);
            }
        }
        if matches!(state.truth, Truth::Running | Truth::Blocked) {
            let mut ends = vec![
                Truth::Succeeded,
                Truth::Failed,
                Truth::CancelledElsewhere,
                Truth::Strange,
            ];
            if state.truth == Truth::Running {
                ends.push(Truth::Blocked);
            }
            if matches!(state.wish, Wish::Arrived | Wish::LostArrived) {
                ends.retain(|truth| *truth != Truth::CancelledElsewhere);
                ends.push(Truth::CancelledHere);
            }
            steps.extend(ends.into_iter().map(Step::Becomes));
        } else if !state.vanished {
            steps.push(Step::Vanish);
        }
        if !state.dead {
            steps.push(Step::Die);
        }
        if usize::from(state.clock) + 1 < CLOCK.len() {
            steps.push(Step::Tick);
        }
    }

    fn next_state(&self, last: &State, step: Step) -> Option<State> {
        let mut state = last.clone();
        let answer = match step {
            Step::Tick => {
                state.clock += 1;
                return Some(state);
            }
            Step::Becomes(truth) => {
                state.truth = truth;
                return Some(state);
            }
            Step::Vanish => {
                state.vanished = true;
                return Some(state);
            }
            Step::Die => {
                state.dead = true;
                return Some(state);
            }
            Step::Hear(answer) => answer,
        };
        let input = match answer {
            Answer::Now => WaitInput::Shown(Self::sight(state.truth)),
            Answer::Lagging { early: false } => WaitInput::Shown(Self::sight(Truth::Running)),
            Answer::Lagging { early: true } => WaitInput::Shown(OperationSight::new(OperationState::Succeeded, false)),
            Answer::NotFound => {
                state.lies += u8::from(!state.vanished);
                WaitInput::NotFound
            }
            Answer::Unauthorized => WaitInput::Unauthorized,
            Answer::Refused => WaitInput::Refused,
            Answer::Lost => WaitInput::Lost(None),
            Answer::Target => WaitInput::TargetRead,
            Answer::Declined => WaitInput::Declined,
        };
        state.asks = state
            .waiting
            .step(input, Duration::from_secs(CLOCK[usize::from(state.clock)]));
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::always("every end is true", |world: &Self, state: &State| {
            world.is_true(state)
        })]
    }
}

/// So many states, the length of the shortest way to an untrue end, and what was met.
fn explore(world: World) -> (usize, Option<usize>, u32) {
    let checker = world
        .checker()
        .finish_when(HasDiscoveries::Any)
        .threads(1)
        .spawn_bfs()
        .join();
    let path = checker.discoveries().into_values().next();
    let length = path.map(|path| path.into_vec().len() - 1);
    (
        checker.unique_state_count(),
        length,
        checker.model().met.load(Ordering::Relaxed),
    )
}

fn contracts() -> Vec<Contract> {
    let mut kept = Contract::documented();
    kept.operation_kept = Duration::from_secs(60);
    vec![Contract::documented(), kept, Contract::weakest()]
}

#[test]
fn every_end_is_true() {
    let (mut states, mut met) = (0, 0);
    for contract in contracts() {
        for (asked, wish) in [
            (Asked::No, Wish::None),
            (Asked::Yes, Wish::Arrived),
            (Asked::Unknown, Wish::LostArrived),
            (Asked::Unknown, Wish::LostNever),
        ] {
            for (can_refresh, stops) in [(true, true), (true, false), (false, true)] {
                let (found, broken, ends) = explore(World {
                    can_refresh,
                    stops,
                    asked,
                    wish,
                    ..World::new(contract)
                });
                assert_eq!(broken, None, "{contract:?} {asked:?} {wish:?}");
                states += found;
                met |= ends;
            }
        }
    }
    assert_eq!(met, 0b111_1111, "some end is never met");
    assert!(states > 10_000, "only {states} states");
}

#[test]
fn every_rule_is_missed() {
    let lost = |without| World {
        asked: Asked::Unknown,
        wish: Wish::LostNever,
        without: Some(without),
        ..World::new(Contract::documented())
    };
    for (rule, events) in [
        (Rule::VanishedIsNoSuccess, 3),
        (Rule::OnlyDoneIsFinal, 2),
        (Rule::DoneNeedsAnEnd, 3),
        (Rule::LostCancelIsUnknown, 3),
        (Rule::MissIsTriedAgain, 2),
    ] {
        let (_, length, _) = explore(lost(rule));
        assert_eq!(length, Some(events), "{rule:?}");
    }
}

/// A server takes up again what has failed, which one client believes never to happen.
#[test]
fn what_is_not_final_is_never_called_done() {
    let reopening = |contract| World {
        reopens: true,
        ..World::new(contract)
    };
    let (_, length, _) = explore(reopening(Contract::documented()));
    assert_eq!(length, Some(4), "claimed falsely, it does harm");
    let (_, broken, met) = explore(reopening(Contract::weakest()));
    assert_eq!((broken, met & 0b1111), (None, 0));
}
