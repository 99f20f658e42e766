//! An edit told as a story: each line is what it hears and what it does then.
//!
//! ```text
//! begin -> VersionPassedIn: PATCH 42, key 1, token, free
//! lost -> AnswerLost: PATCH 42, key 1, settle
//! 409 43 -> ConflictAfterLostAnswer: GET, settle
//! 200 43 name=ours -> Observed: applied, observed at 43
//! ```
//!
//! What an edit hears: `begin`, an answer as its status with an etag and properties (`200 43 name=ours`, `409 43`,
//! `409`, `429 after 2`, `503`), `lost`, `not sent`, `declined`, `patch name=ours`, `no patch`, `closure fails`. Before
//! it may stand `@250`, the milliseconds since the start from then on, and `cancelled`.
//!
//! What it does: `GET`, `PATCH` with its `if-match` and its key, numbered as they appear, `ask` with the etag of the
//! version that a patch is wanted for, or an end. `after` is a wait in milliseconds.

use std::time::Duration;

use akua_model::edit::{
    Budget, Change, Clock, Contract, Edit, FieldReport, Input, NotApplied, Options, Outcome, Outgoing, Policy, Proof,
    ResumeMode, ResumeToken, Step, Target, Trace,
};
use akua_model::http::{Method, Response};
use akua_model::{Cluster, Patch, Resource, Secrets, Workspace};
use serde_json::{Value, json};

/// The salted secret of the stories; it must not stand in anything that is shown.
pub(crate) const KUBECONFIG: &str = "marker-kubeconfig";

/// What an edit begins with.
#[derive(Clone)]
pub(crate) struct Setup {
    pub(crate) contract: Contract,
    pub(crate) policy: Policy,
    pub(crate) can_refresh: bool,
    pub(crate) entropy: u128,
    workspace: bool,
    /// The version passed in.
    seen: Option<String>,
    /// `None`: it is asked for.
    patch: Option<String>,
    resumed: Option<(ResumeMode, i64)>,
}

/// An edit that sets a cluster's name to `ours`; the version passed in has the etag 42 and the name `old`. It has three
/// attempts, three epochs, a second, a quarter of it for settling, and no backoff. A 409 names the current etag, and
/// all clocks agree.
pub(crate) fn rename() -> Setup {
    documented().contract(|contract| {
        contract.conflicts_name_current_etag = true;
        contract.clock_skew = Duration::ZERO;
    })
}

/// The same with the default contract, for which an etag in a 409 is only a hint.
pub(crate) fn documented() -> Setup {
    let mut policy = Policy::default();
    policy.max_attempts = 3;
    policy.max_versions = 3;
    policy.deadline = Duration::from_secs(1);
    policy.backoff = Duration::ZERO;
    Setup {
        contract: Contract::documented(),
        policy,
        can_refresh: false,
        entropy: 0,
        workspace: false,
        seen: Some("42".to_owned()),
        patch: Some("name=ours".to_owned()),
        resumed: None,
    }
}

impl Setup {
    pub(crate) fn patch(mut self, patch: &str) -> Self {
        self.patch = Some(patch.to_owned());
        self
    }

    /// The patch is asked for.
    pub(crate) fn closure(mut self) -> Self {
        self.patch = None;
        self
    }

    /// The version passed in: an etag and properties.
    pub(crate) fn seen(mut self, version: &str) -> Self {
        self.seen = Some(version.to_owned());
        self
    }

    /// No version is passed in.
    pub(crate) fn by_id(mut self) -> Self {
        self.seen = None;
        self
    }

    /// A workspace, whose writes take no key.
    pub(crate) fn workspace(mut self) -> Self {
        self.workspace = true;
        self
    }

    /// The write is one that an earlier call sent so many milliseconds ago.
    pub(crate) fn resumed(mut self, mode: ResumeMode, age_ms: i64) -> Self {
        self.resumed = Some((mode, age_ms));
        self
    }

    pub(crate) fn contract(mut self, set: impl FnOnce(&mut Contract)) -> Self {
        set(&mut self.contract);
        self
    }

    pub(crate) fn policy(mut self, set: impl FnOnce(&mut Policy)) -> Self {
        set(&mut self.policy);
        self
    }

    /// New credentials can be had.
    pub(crate) fn refreshes(mut self) -> Self {
        self.can_refresh = true;
        self
    }

    /// Keys are looked up first, and remembered for so many milliseconds.
    pub(crate) fn keyed(self, retention_ms: u64) -> Self {
        self.contract(|contract| {
            contract.key_checked_before_if_match = true;
            contract.key_retention = Duration::from_millis(retention_ms);
        })
    }

    /// Compares the story with what happens.
    #[track_caller]
    pub(crate) fn tells(&self, story: &str) {
        let lines: Vec<&str> = story.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let heard: Vec<&str> = lines
            .iter()
            .map(|line| line.split(" ->").next().unwrap_or(line).trim())
            .collect();
        let told = self.play(&heard);
        assert_eq!(
            told.join("\n"),
            lines.join("\n"),
            "\nas it happened:\n{}\n",
            told.join("\n")
        );
    }

    /// What an edit does that hears this.
    pub(crate) fn play(&self, heard: &[&str]) -> Vec<String> {
        if self.workspace {
            Play::<Workspace>::new(self).all(heard)
        } else {
            Play::<Cluster>::new(self).all(heard)
        }
    }

    /// The end of an edit that hears this.
    pub(crate) fn ends(&self, heard: &[&str]) -> Outcome<Cluster> {
        let mut play = Play::<Cluster>::new(self);
        heard.iter().for_each(|heard| drop(play.one(heard)));
        play.outcome.expect("it has not ended")
    }
}

/// An edit on its way.
struct Play<R: Resource> {
    edit: Edit<R>,
    clock: Clock,
    seed: u128,
    keys: Vec<String>,
    outcome: Option<Outcome<R>>,
    trace: Trace,
    steps: usize,
}

impl<R: Resource> Play<R> {
    fn new(setup: &Setup) -> Self {
        let mut options = Options::default();
        options.contract = setup.contract;
        options.policy = setup.policy;
        options.can_refresh_credentials = setup.can_refresh;
        options.origin = "https://akua.test/".to_owned();
        let clock = Clock {
            elapsed: Duration::ZERO,
            unix_ms: 1_700_000_000_000,
            since_boot: None,
            entropy: setup.entropy,
            cancelled: false,
        };
        let target = match &setup.seen {
            Some(version) => Target::Seen(Box::new(serde_json::from_value::<R>(document::<R>(version)).unwrap())),
            None => Target::Id(serde_json::from_value(id::<R>().into()).unwrap()),
        };
        let change = match &setup.patch {
            Some(patch) => Change::Patch(patch_of::<R>(patch)),
            None => Change::Asked,
        };
        let edit = match setup.resumed {
            None => Edit::new(target, change, options).unwrap(),
            Some((mode, age_ms)) => {
                let token = token_of(target, change, &options, clock);
                let secret = setup.patch.as_deref().is_some_and(|patch| patch.contains(KUBECONFIG));
                let with = || Secrets::none().with("kubeconfig", KUBECONFIG);
                let secrets = if secret { with() } else { Secrets::none() };
                let clock = Clock {
                    unix_ms: clock.unix_ms + age_ms,
                    ..clock
                };
                Edit::resume(&token, mode, &secrets, options, clock).unwrap()
            }
        };
        let age_ms = setup.resumed.map_or(0, |(_, age_ms)| age_ms);
        let clock = Clock {
            unix_ms: clock.unix_ms + age_ms,
            ..clock
        };
        Self {
            edit,
            clock,
            seed: setup.entropy,
            keys: Vec::new(),
            outcome: None,
            trace: Trace::default(),
            steps: 0,
        }
    }

    fn all(mut self, heard: &[&str]) -> Vec<String> {
        let next: Vec<String> = heard.iter().map(|heard| self.one(heard)).collect();
        if self.outcome.is_none() {
            self.one("declined");
        }
        let reasons = self.trace.steps().iter().map(|step| step.why);
        let lines = heard.iter().zip(reasons).zip(next);
        let lines: Vec<String> = lines
            .map(|((heard, why), next)| format!("{heard} -> {why:?}: {next}"))
            .collect();
        assert_eq!(lines.len(), heard.len(), "the edit had ended before");
        lines
    }

    fn one(&mut self, heard: &str) -> String {
        let mut words = heard;
        if let Some((at, rest)) = words.strip_prefix('@').and_then(|rest| rest.split_once(' ')) {
            let at: i64 = at.parse().unwrap();
            self.clock.unix_ms += at - i64::try_from(self.clock.elapsed.as_millis()).unwrap();
            self.clock.elapsed = Duration::from_millis(at.unsigned_abs());
            words = rest;
        }
        if let Some(rest) = words.strip_prefix("cancelled ") {
            self.clock.cancelled = true;
            words = rest;
        }
        self.steps += 1;
        self.clock.entropy = self.seed + self.steps as u128;
        match self.edit.step(input::<R>(words), self.clock) {
            Step::NeedPatch(current) => format!("ask {}", current.etag()),
            Step::Send(outgoing) => self.sends(&outgoing),
            Step::Done(edited) => {
                assert!(!edited.explain().contains(KUBECONFIG));
                let end = end(&edited.outcome);
                self.trace = edited.trace;
                self.outcome = Some(edited.outcome);
                end
            }
        }
    }

    fn sends(&mut self, outgoing: &Outgoing) -> String {
        let request = &outgoing.request;
        let mut told = request.method().as_str().to_owned();
        if request.method() == Method::Patch {
            told += &format!(" {}", request.header("if-match").unwrap());
            if let Some(key) = request.header("idempotency-key") {
                if !self.keys.iter().any(|known| known == key) {
                    self.keys.push(key.to_owned());
                }
                let number = self.keys.iter().position(|known| known == key).unwrap() + 1;
                told += &format!(", key {number}");
            }
        }
        if outgoing.resume_token.is_some() {
            told += ", token";
        }
        if !outgoing.wait.is_zero() {
            told += &format!(", after {}", outgoing.wait.as_millis());
        }
        if outgoing.new_credentials {
            told += ", new credentials";
        }
        told + match outgoing.budget {
            Budget::Free => ", free",
            Budget::Retry => ", retry",
            Budget::Settle => ", settle",
        }
    }
}

/// The token of the first write of an edit.
fn token_of<R: Resource>(target: Target<R>, change: Change<R>, options: &Options, clock: Clock) -> ResumeToken {
    match Edit::new(target, change, options.clone())
        .unwrap()
        .step(Input::Begin, clock)
    {
        Step::Send(outgoing) => outgoing.resume_token.unwrap().to_string().parse().unwrap(),
        other => panic!("{other:?}"),
    }
}

fn id<R: Resource>() -> &'static str {
    match R::NOUN {
        "cluster" => "clu_1",
        _ => "ws_1",
    }
}

/// A version as an answer shows it: its etag, then what is different from the usual.
fn document<R: Resource>(version: &str) -> Value {
    let mut words = version.split(' ');
    let mut document = match R::NOUN {
        "cluster" => json!({
            "name": "old", "workspace_id": "ws_1", "state": "active", "provider": "managed_kaas",
            "reconciling": false, "created_at": 1, "updated_at": 2,
        }),
        _ => json!({
            "name": "old", "slug": "old-slug", "plan": {}, "created_at": 1, "updated_at": 2,
        }),
    };
    document["id"] = id::<R>().into();
    document["etag"] = words.next().unwrap().into();
    for (name, value) in words.map(|word| word.split_once('=').unwrap()) {
        document[name] = if value == "null" { Value::Null } else { value.into() };
    }
    document
}

fn patch_of<R: Resource>(patch: &str) -> R::Patch {
    let values: Vec<(&str, &str)> = patch.split(' ').map(|word| word.split_once('=').unwrap()).collect();
    R::Patch::from_texts(&values).unwrap()
}

fn input<R: Resource>(words: &str) -> Input<R> {
    match words {
        "begin" => Input::Begin,
        "lost" => Input::Lost("no answer".to_owned()),
        "not sent" => Input::NotSent("no connection".to_owned()),
        "declined" => Input::Declined("not begun".to_owned()),
        "no patch" => Input::Patch(None),
        "closure fails" => Input::NoPatch("no idea".to_owned()),
        _ => match words.strip_prefix("patch ") {
            Some(patch) => Input::Patch(Some(patch_of::<R>(patch))),
            None => Input::Answered(answer::<R>(words)),
        },
    }
}

fn answer<R: Resource>(words: &str) -> Response {
    let (status, rest) = words.split_once(' ').unwrap_or((words, ""));
    let status: u16 = status.parse().unwrap_or_else(|_| panic!("what is {words:?}?"));
    let mut headers = Vec::new();
    let body = match (status, rest) {
        (200, "nothing") => String::new(),
        (200, version) => document::<R>(version).to_string(),
        (409 | 412, named) if !named.is_empty() => {
            let error = json!({ "code": 7006, "message": "ABORTED", "metadata": { "current_etag": named } });
            json!({ "errors": [error] }).to_string()
        }
        (_, rest) => {
            if let Some(wait) = rest.strip_prefix("after ") {
                headers.push(("retry-after".into(), wait.to_owned()));
            }
            String::new()
        }
    };
    Response {
        status,
        headers,
        body: body.into_bytes(),
    }
}

fn end<R: Resource>(outcome: &Outcome<R>) -> String {
    match outcome {
        Outcome::Applied(applied) => {
            let how = match applied.proof {
                Proof::Acknowledged => "acknowledged",
                Proof::Observed => "observed",
            };
            let unread = if applied.resource.is_none() { ", unread" } else { "" };
            let listed = |word: &str, fields: &[FieldReport]| {
                let names = fields.iter().map(|field| format!(", {word} {}", field.field.name));
                names.collect::<String>()
            };
            let adjusted = listed("adjusted", &applied.adjusted);
            let not_taken = listed("not taken", &applied.not_taken);
            format!("applied, {how} at {}{unread}{adjusted}{not_taken}", applied.etag)
        }
        Outcome::Unchanged(resource) => format!("unchanged at {}", resource.etag()),
        Outcome::NotApplied(NotApplied::Conflict(conflict)) => {
            let theirs = conflict
                .theirs
                .as_ref()
                .map_or("unread".to_owned(), |theirs| theirs.etag().to_string());
            let fields = conflict
                .fields
                .iter()
                .filter_map(|field| Some((field.field.name, field.state?)));
            let fields: Vec<String> = fields.map(|(name, state)| format!(", {name} {state:?}")).collect();
            format!("conflict with {theirs}{}", fields.concat())
        }
        Outcome::NotApplied(NotApplied::Ignored(ignored)) => format!("ignored at {}", ignored.etag),
        Outcome::NotApplied(NotApplied::Rejected(failed)) => format!("rejected with {}", failed.status),
        Outcome::NotApplied(NotApplied::NotSent { cause, .. }) => format!("not sent: {cause:?}"),
        Outcome::Indeterminate(unknown) => {
            let may = if unknown.may_still_land {
                "may still land"
            } else {
                "can't land"
            };
            let seen = unknown
                .seen
                .as_ref()
                .map_or("nothing".to_owned(), |seen| seen.etag().to_string());
            format!("indeterminate, {may}, seen {seen}")
        }
    }
}
