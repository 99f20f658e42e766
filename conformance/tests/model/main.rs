//! Every case in the model alone: no socket, no clock, no client. The requests are made by `akua_model::request`, the
//! answers read by `akua_model::answer`, and edits, launches and waits decided by their machines on a clock of the test's own.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod clusters;
mod launches;
mod requests;
mod waits;

use std::collections::BTreeMap;
use std::time::Duration;

use akua_conformance::case::{Answer, Call, Case, Kind, Order, Then};
use akua_conformance::report::Report;
use akua_conformance::run::{self, Shown};
use akua_conformance::runner;
use akua_conformance::wire::Expected;
use akua_conformance::{server, suite};
use akua_model::answer::{self, Failed};
use akua_model::edit::{Budget, Change, Clock, Edit, Edited, Input, Options, Policy, ResumeMode, Step, Target};
use akua_model::http::{Request, Response};
use akua_model::report::{self, Effect};
use akua_model::{
    Cluster, Error, IfMatch, Listed, Operation, Readable, Resource, WorkspaceContext, request, with_kind,
};

/// What the model has no part in: settings of the client, and answers that only a transport can take apart.
const NOT_THE_MODELS: [&str; 9] = [
    "client_token_line_break",
    "client_token_empty",
    "client_url_plain_http",
    "client_url_user_info",
    "client_url_query",
    "get_204",
    "get_chunked",
    "get_until_close",
    "get_not_http",
];

#[test]
fn the_model_alone_comes_to_the_same() {
    let mut left = Vec::new();
    let (mut edits, mut launches, mut waits) = (0, 0, 0);
    for case in suite::load(&suite::folder())
        .unwrap()
        .iter()
        .flat_map(|file| &file.cases)
    {
        let raw = case.wire.iter().any(|exchange| exchange.answer.raw.is_some());
        let error = case.report.as_ref().and_then(|report| report.error.as_ref());
        if raw || error.is_some_and(|error| error.report.kind == report::Kind::Configuration) {
            left.push(case.name.clone());
            continue;
        }
        let kind = match &case.call {
            Call::Get { kind, .. }
            | Call::List { kind, .. }
            | Call::Update { kind, .. }
            | Call::Edit { kind, .. }
            | Call::EditWith { kind, .. }
            | Call::Resolve { kind, .. } => *kind,
            Call::WaitSettled { .. } => Kind::Cluster,
            Call::Kubeconfig { .. } => {
                Check::<Cluster>::of(case, Check::kubeconfig);
                continue;
            }
            Call::Request(_) => {
                Check::<Cluster>::of(case, Check::request);
                continue;
            }
            Call::Wait { .. } => {
                Check::<Operation>::of(case, Check::wait);
                waits += 1;
                continue;
            }
            _ => {
                Check::<Operation>::of(case, Check::launch);
                launches += 1;
                continue;
            }
        };
        let is_edit = matches!(
            case.call,
            Call::Edit { .. } | Call::EditWith { .. } | Call::Resolve { .. }
        );
        edits += usize::from(is_edit);
        if let Call::List { .. } = case.call {
            with_kind!(kind, Listed R => Check::<R>::of(case, Check::listed), else => unreachable!());
            continue;
        }
        with_kind!(
            kind,
            Resource R => Check::<R>::of(case, Check::play),
            else => with_kind!(kind, Readable R => Check::<R>::of(case, Check::read), else => unreachable!())
        );
    }
    left.sort();
    let mut allowed = NOT_THE_MODELS;
    allowed.sort_unstable();
    assert_eq!(left, allowed);
    assert!(edits > 60, "{edits} edits");
    assert!(launches > 60 && waits > 20, "{launches} launches, {waits} waits");
}

/// One case on its way through the model.
struct Check<'a, R> {
    case: &'a Case,
    order: Order,
    context: Option<WorkspaceContext>,
    requests: Vec<Request>,
    of: std::marker::PhantomData<R>,
}

impl<'a, R> Check<'a, R> {
    fn of(case: &'a Case, play: fn(&mut Self) -> Result<Option<Report>, Error>) {
        let mut check = Self {
            case,
            order: run::order(case, run::PORT).unwrap(),
            context: None,
            requests: Vec::new(),
            of: std::marker::PhantomData,
        };
        match play(&mut check) {
            Ok(Some(report)) => check.is_all(report),
            // What was sent is compared, what came of it is not for the model to say in full.
            Ok(None) => check.is_sent(),
            Err(error) => {
                check.is_sent();
                let expected = case.report.as_ref().and_then(|report| report.error.as_ref());
                let expected = expected.unwrap_or_else(|| panic!("{}: {error}", case.name));
                assert_eq!(
                    (expected.report.kind, expected.report.problems.as_slice()),
                    (report::Kind::InvalidInput, error.problems()),
                    "{}",
                    case.name
                );
            }
        }
    }

    fn fails_as(&self, failed: &Failed, write: bool, report: &Report) {
        let name = &self.case.name;
        let error = report.error.clone().unwrap();
        let mut told = error.report.clone();
        told.hear(failed);
        // What a date means is known to who knows the time.
        told.retry_after_ms = error.report.retry_after_ms;
        assert_eq!(told, error.report, "{name}");
        assert_eq!(error.may_have_taken_effect, write && !failed.is_definite(), "{name}");
    }

    /// Requests as they stand in a case.
    fn sent(&self) -> Vec<Result<Expected, String>> {
        let given = self.case.call.given_key();
        let mut keys: BTreeMap<&str, usize> = BTreeMap::new();
        let mut all = Vec::new();
        for request in &self.requests {
            let mut headers = Vec::new();
            for (name, value) in request.headers() {
                if *name == "idempotency-key" && given != Some(value.as_ref()) {
                    let number = keys.len() + 1;
                    let number = keys.entry(value).or_insert(number);
                    headers.push(format!("{name}: <minted {number}>"));
                } else {
                    headers.push(format!("{name}: {value}"));
                }
            }
            all.push(Ok(Expected {
                method: request.method().as_str().to_owned(),
                target: request.path().to_owned(),
                headers,
                body: match request.body() {
                    Some(body) => Some(String::from_utf8(body.to_vec()).unwrap()),
                    // The transport says that there is none.
                    None => (request.method().as_str() != "GET").then(String::new),
                },
            }));
        }
        all
    }

    fn is_sent(&self) {
        let expected: Vec<_> = self.case.wire.iter().map(|exchange| exchange.request.clone()).collect();
        let sent: Vec<_> = self.sent().into_iter().map(Result::ok).collect();
        assert_eq!(sent, expected, "{}", self.case.name);
    }

    fn is_all(&self, report: Report) {
        let mut report = serde_json::to_value(report).unwrap();
        runner::resources_as_text(&mut report);
        let mut shown = Shown {
            requests: self.sent(),
            report,
            faults: Vec::new(),
        };
        shown.normalise(&self.order, run::PORT);
        let places = run::verdict(self.case, &shown);
        assert!(places.is_empty(), "{}: {places:#?}", self.case.name);
    }
}

impl<R: Listed> Check<'_, R> {
    /// Plays a list.
    fn listed(&mut self) -> Result<Option<Report>, Error> {
        self.context = self.case.client.context.as_deref().map(str::parse).transpose()?;
        let mut query = runner::page_of(&self.case.call)?;
        query.check::<R>()?;
        let mut items = Vec::new();
        for exchange in &self.case.wire {
            self.requests.push(request::list::<R>(&query, self.context.as_ref()));
            let page = response(&exchange.answer).map(|response| answer::of_page::<R>(&query, &response));
            if let Some(Ok(page)) = page {
                items.extend(page.data.iter().map(runner::resource_report));
                if let Some(next) = page.next_cursor {
                    query = query.cursor(next);
                }
            }
        }
        let report = self.case.report.as_ref().unwrap();
        assert_eq!(report.items, items, "{}", self.case.name);
        Ok(None)
    }
}

impl<R: Readable> Check<'_, R> {
    /// Plays what only reads.
    fn read(&mut self) -> Result<Option<Report>, Error> {
        self.context = self.case.client.context.as_deref().map(str::parse).transpose()?;
        match &self.case.call {
            Call::Get { id, .. } => {
                let id: R::Id = id.parse()?;
                let request = request::read::<R>(&id, self.context.as_ref());
                self.one(&id, &request, false, &[])
            }
            _ => panic!("{}: nothing is written of this kind", self.case.name),
        }
    }

    /// About one resource: every attempt is the same request, and the last answer is what counts.
    fn one(&mut self, id: &R::Id, request: &Request, write: bool, secrets: &[&str]) -> Result<Option<Report>, Error> {
        self.requests = vec![request.clone(); self.case.wire.len()];
        let Some(last) = self.case.wire.last() else {
            return Ok(None);
        };
        if let Some(response) = response(&last.answer) {
            self.reads_as(answer::of_resource::<R>(id, &response), write, secrets);
        }
        Ok(None)
    }

    /// Compares what an answer means with what the caller is told.
    fn reads_as(&self, read: answer::Answer<R>, write: bool, secrets: &[&str]) {
        let name = &self.case.name;
        let report = self.case.report.clone().unwrap();
        if was_not_taken(&report) {
            return;
        }
        match read {
            answer::Answer::Resource(resource) => {
                assert_eq!(report.resource, Some(runner::resource_report(&resource)), "{name}")
            }
            answer::Answer::Partial(partial) => {
                let error = report.error.unwrap().report;
                let etag = write.then(|| partial.etag.to_string());
                assert_eq!(
                    (error.etag, error.problems.as_slice()),
                    (etag, partial.error.problems()),
                    "{name}"
                );
                let effect = if write { Effect::Applied } else { Effect::NotApplied };
                assert_eq!(error.effect, effect, "{name}");
            }
            answer::Answer::Failed(mut failed) => {
                secrets.iter().for_each(|secret| failed.redact(secret));
                failed.redact(run::TOKEN);
                self.fails_as(&failed, write, &report);
            }
        }
    }
}

impl<R: Resource> Check<'_, R> {
    fn play(&mut self) -> Result<Option<Report>, Error> {
        self.context = self.case.client.context.as_deref().map(str::parse).transpose()?;
        let context = self.context.clone();
        let context = context.as_ref();
        match &self.case.call {
            Call::Get { .. } => self.read(),
            Call::WaitSettled { id } => {
                let request = request::read::<R>(&id.parse()?, context);
                self.requests = vec![request; self.case.wire.len()];
                Ok(None)
            }
            Call::Update {
                id,
                if_match,
                patch,
                idempotency_key,
                ..
            } => {
                let (id, if_match) = (id.parse::<R::Id>()?, IfMatch::try_from(if_match.as_str())?);
                let request = match idempotency_key {
                    None => request::update::<R>(&id, &if_match, &runner::patch_of::<R>(patch)?, context),
                    Some(key) => {
                        let patch = runner::patch_of::<Cluster>(patch)?;
                        request::update_with_key(&id.as_ref().parse()?, &if_match, &patch, context, &key.parse()?)
                    }
                };
                let secrets: Vec<&str> = patch
                    .get("kubeconfig")
                    .and_then(serde_json::Value::as_str)
                    .into_iter()
                    .collect();
                self.one(&id, &request, true, &secrets)
            }
            Call::Edit { id, seen, patch, .. } => {
                let policy = runner::policy(&self.order.client)?;
                let Some(target) = self.target(id, *seen)? else {
                    return Ok(None);
                };
                let patch = runner::patch_of::<R>(patch)?;
                let edit = Edit::new(target, Change::Patch(patch), self.options(policy))?;
                let (edited, _) = self.drive(edit, policy, &[]);
                Ok(Some(edited))
            }
            Call::EditWith { id, seen, closure, .. } => {
                let policy = runner::policy(&self.order.client)?;
                let Some(target) = self.target(id, *seen)? else {
                    return Ok(None);
                };
                let edit = Edit::new(target, Change::Asked, self.options(policy))?;
                let (mut report, asked) = self.drive(edit, policy, closure);
                report.asked = asked;
                Ok(Some(report))
            }
            Call::Resolve { mode, kubeconfig, .. } => {
                let Call::Resolve { resume_token, .. } = &self.order.call else {
                    panic!("another call");
                };
                let token = resume_token.as_deref().unwrap().parse()?;
                let mode: ResumeMode = mode.parse()?;
                let secrets = kubeconfig.as_deref().map(|text| ("kubeconfig", text));
                let secrets = secrets.into_iter().collect();
                let policy = runner::policy(&self.order.client)?;
                let edit = Edit::resume(&token, mode, &secrets, self.options(policy), clock(now()))?;
                let (edited, _) = self.drive(edit, policy, &[]);
                Ok(Some(edited))
            }
            _ => panic!("{}: this is no edit", self.case.name),
        }
    }

    /// What the edit is about. `None` if that can't be read.
    fn target(&mut self, id: &str, seen: bool) -> Result<Option<Target<R>>, Error> {
        let id: R::Id = id.parse()?;
        if !seen {
            return Ok(Some(Target::Id(id)));
        }
        self.requests.push(request::read::<R>(&id, self.context.as_ref()));
        let response = response(&self.case.wire[0].answer).unwrap();
        Ok(match answer::of_resource::<R>(&id, &response) {
            answer::Answer::Resource(resource) => Some(Target::Seen(Box::new(resource))),
            other => {
                self.reads_as(other, false, &[]);
                None
            }
        })
    }

    fn options(&self, policy: Policy) -> Options {
        let mut options = Options::default();
        options.contract = runner::contract(&self.order.client);
        options.policy = policy;
        options.context = self.context.clone();
        options.origin = self.order.client.base_url.clone().unwrap();
        options
    }

    /// Hands the machine the answers in their order.
    fn drive(
        &mut self,
        mut edit: Edit<R>,
        policy: Policy,
        closure: &[akua_conformance::case::Turn],
    ) -> (Report, Vec<String>) {
        let (mut clock, mut input, mut asked) = (clock(now()), Input::Begin, Vec::new());
        edit.hide(run::TOKEN);
        loop {
            clock.entropy += 1;
            let outgoing = match edit.step(input, clock) {
                Step::Done(edited) => return (self.told(&edited), asked),
                Step::NeedPatch(current) => {
                    let turn = &closure[asked.len()];
                    asked.push(current.etag().to_string());
                    input = match runner::take_turn(turn, &*current) {
                        Ok(patch) => Input::Patch(patch),
                        Err(error) => Input::NoPatch(error.to_string()),
                    };
                    continue;
                }
                Step::Send(outgoing) => outgoing,
            };
            clock.elapsed += outgoing.wait;
            if self.case.refuses_connections {
                input = Input::NotSent("nobody listens".to_owned());
                continue;
            }
            let exchange = self.case.wire.get(self.requests.len());
            let exchange = exchange.unwrap_or_else(|| panic!("{}: a request too many", self.case.name));
            self.requests.push(outgoing.request.clone());
            if exchange.answer.then == Then::Stall {
                let left = policy.deadline.saturating_sub(clock.elapsed);
                clock.elapsed = match outgoing.budget {
                    Budget::Settle => clock.elapsed + left / 2,
                    Budget::Free | Budget::Retry => policy.soft_deadline(),
                };
            }
            input = match response(&exchange.answer) {
                Some(response) => Input::Answered(response),
                None => Input::Lost("no answer".to_owned()),
            };
        }
    }

    fn told(&self, edited: &Edited<R>) -> Report {
        Report {
            edited: Some(runner::edited_report(edited)),
            ..Report::default()
        }
    }
}

/// Whether the transport did not take the answer: it was too large, or compressed.
fn was_not_taken(report: &Report) -> bool {
    let error = report.error.as_ref().map(|error| &error.report);
    error.is_some_and(|error| error.kind == report::Kind::UnexpectedAnswer && error.status == Some(200))
}

/// What arrives of an answer: nothing, where its end is lost and its status does not decide.
fn response(answer: &Answer) -> Option<Response> {
    let status = answer.status?;
    let mut body = server::body_of(answer).unwrap();
    if let Some(cut) = answer.cut {
        if status == 200 {
            return None;
        }
        body.truncate(cut);
    }
    Some(Response {
        status,
        headers: answer
            .headers
            .clone()
            .into_iter()
            .map(|(name, value)| (name.into(), value))
            .collect(),
        body,
    })
}

/// The time of day: tokens are made of the real one, so it must not lie before.
fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    i64::try_from(since.unwrap().as_millis()).unwrap()
}

fn clock(unix_ms: i64) -> Clock {
    Clock {
        elapsed: Duration::ZERO,
        unix_ms,
        since_boot: None,
        entropy: 0,
        cancelled: false,
    }
}
