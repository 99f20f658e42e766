//! One kill: who edits what, where the process is killed, what happens then, and who settles it.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use akua_sim::{Contract, Effect, End, Fault, Hold, Kind, Matcher, Options, Simulator, Write};

use akua_verify::record::Claim;

use crate::judge;
use crate::process::{self, Role};

/// Before what the process is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Before {
    Token,
    Send,
    Landing,
    Answer,
    Recording,
}

impl Before {
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Token => "before the token was kept",
            Self::Send => "between the token and the sending",
            Self::Landing => "between the sending and the landing",
            Self::Answer => "between the landing and the answer",
            Self::Recording => "before the outcome was written down",
        }
    }
}

/// What the client that settles it counts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Belief {
    /// The default.
    Documented,
    /// Reads are never stale.
    FreshReads,
    /// Keys are looked up first, and kept for a day.
    Keys,
}

#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) number: usize,
    pub(crate) before: Before,
    pub(crate) kind: Kind,
    /// Whether a field is written that nobody can read.
    pub(crate) secret: bool,
    /// Whether somebody else writes the same field before it is settled.
    pub(crate) meddled: bool,
    /// Whether the write is to be finished, or only looked for.
    pub(crate) finish: bool,
    pub(crate) belief: Belief,
    /// Whether a write that is on its way arrives before it is settled, or after.
    pub(crate) arrives_first: bool,
}

impl Case {
    /// Every mixture has its turn.
    pub(crate) fn new(number: usize) -> Self {
        // Nine in ten of the kills at the four points that are between token and record.
        let before = match number % 9 {
            8 => Before::Token,
            n if n % 4 == 0 => Before::Send,
            n if n % 4 == 1 => Before::Landing,
            n if n % 4 == 2 => Before::Answer,
            _ => Before::Recording,
        };
        let mut rest = number / 9 * 2 + number % 9 / 4;
        let mut pick = |of: usize| {
            let chosen = rest % of;
            rest /= of;
            chosen
        };
        let (finish, meddled) = (pick(4) != 0, pick(3) == 0);
        let belief = [Belief::Documented, Belief::Keys, Belief::FreshReads][pick(3)];
        let kind = if number.is_multiple_of(5) {
            Kind::Workspace
        } else {
            Kind::Cluster
        };
        Self {
            number,
            before,
            kind,
            secret: kind == Kind::Cluster && number % 4 == 3,
            meddled,
            finish,
            belief,
            arrives_first: number.is_multiple_of(2),
        }
    }

    pub(crate) fn id(&self) -> &'static str {
        if self.kind == Kind::Workspace { "ws_1" } else { "clu_1" }
    }

    /// The name that is to be written.
    pub(crate) fn name(&self) -> String {
        format!("ours {}", self.number)
    }

    pub(crate) fn token_file(&self) -> PathBuf {
        self.file("token")
    }

    pub(crate) fn outcome_file(&self) -> PathBuf {
        self.file("outcome")
    }

    fn file(&self, what: &str) -> PathBuf {
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("kill-{}-{}.{what}", std::process::id(), self.number))
    }

    /// Plays it through, and judges what was told, or the lie in its place; `None` where nothing was sent and no token kept.
    pub(crate) fn play(&self, lie: Option<Claim>) -> Option<Claim> {
        let simulator = Simulator::start(Options {
            seed: Some(u64::try_from(self.number).unwrap()),
            contract: Contract {
                keys_honoured: self.belief == Belief::Keys,
                ..Contract::default()
            },
            ..Options::clusters(1)
        })
        .unwrap();
        match self.before {
            Before::Landing => self.inject(&simulator, Fault::held(Hold::UntilReleased)),
            Before::Answer => self.inject(&simulator, Fault::lost_after(End::Stall)),
            _ => {}
        }
        let mut editing = process::start(self, &simulator, Role::Edit);
        match self.before {
            Before::Landing => wait_until(|| simulator.with_world(|world, _| world.requests_held()) == 1),
            Before::Answer => wait_until(|| landed(&simulator) == 1),
            Before::Token | Before::Send | Before::Recording => editing.wait_for_mark(self.before.words()),
        }
        editing.kill();
        assert!(!self.outcome_file().exists(), "{self:?}: the outcome was written down");
        self.check_arrivals(&simulator);
        if self.before == Before::Token {
            assert!(!self.token_file().exists(), "{self:?}: the token was kept");
            assert_eq!(writes(&simulator), 0, "{self:?}: sent before the token was kept");
            return None;
        }
        if self.arrives_first {
            simulator.release();
        }
        if self.meddled {
            simulator
                .write(Write::set(self.kind, self.id(), "name", "theirs"))
                .unwrap();
        }
        let resolving = process::start(self, &simulator, Role::Resolve);
        let told = process::told(resolving);
        let told = lie.unwrap_or(told);
        let versions = simulator.history(self.kind, self.id()).unwrap().len();
        simulator.release();
        let _ = std::fs::remove_file(self.token_file());
        judge::judge(self, &simulator, versions, &told);
        Some(told)
    }

    fn inject(&self, simulator: &Simulator, fault: Fault) {
        let only = Matcher::method("PATCH").of(self.kind, self.id());
        simulator.inject(fault.on(only)).unwrap();
    }

    /// Whether the process was killed where it should be.
    fn check_arrivals(&self, simulator: &Simulator) {
        let (writes, landed) = (writes(simulator), landed(simulator));
        let expected = match self.before {
            Before::Token | Before::Send => (0, 0),
            Before::Landing => (1, 0),
            Before::Answer | Before::Recording => (1, 1),
        };
        assert_eq!((writes, landed), expected, "{self:?}");
    }
}

/// How many writes have come to the server.
fn writes(simulator: &Simulator) -> usize {
    simulator.log().iter().filter(|entry| entry.method == "PATCH").count()
}

fn landed(simulator: &Simulator) -> usize {
    let log = simulator.log();
    log.iter()
        .filter(|entry| matches!(entry.effect, Effect::Applied { .. }))
        .count()
}

fn wait_until(condition: impl Fn() -> bool) {
    let limit = Instant::now() + Duration::from_secs(30);
    while !condition() {
        assert!(Instant::now() < limit, "it never came to that");
        std::thread::sleep(Duration::from_millis(1));
    }
}
