//! Launches: the machine alone, and the requests and answers of the plain calls.

use akua_conformance::case::{Call, Kind};
use akua_conformance::report::{Report, Told};
use akua_conformance::{run, runner};
use akua_model::answer::Failed;
use akua_model::edit::{
    Launch, LaunchInput, LaunchKind, LaunchOptions, LaunchOutcome, LaunchStep, LaunchToken, Made, ResumeMode, Sight,
    created_operation, created_resource, launched_operation,
};
use akua_model::http::{Request, Response};
use akua_model::{
    Cluster, ClusterImport, Declared, Error, IdempotencyKey, IfMatch, NewCluster, NewWorkerBootstrap, NewWorkspace,
    Operation, Readable, Secret, Versioned, WorkerBootstrap, Workspace, answer, request,
};

use super::{Check, clock, now, response};

impl Check<'_, Operation> {
    pub(super) fn launch(&mut self) -> Result<Option<Report>, Error> {
        self.context = self.case.client.context.as_deref().map(str::parse).transpose()?;
        let call = self.order.call.clone();
        let (kind, id, seen) = match &call {
            Call::Suspend { id, seen } => (LaunchKind::SuspendCluster, id, *seen),
            Call::Resume { id, seen } => (LaunchKind::ResumeCluster, id, *seen),
            Call::Delete { kind, id, seen } => (delete_of(*kind), id, *seen),
            Call::RefreshCapabilities { id } => (LaunchKind::RefreshCapabilities, id, false),
            Call::CancelOperation { id } => (LaunchKind::CancelOperation, id, false),
            Call::Revoke { id, seen } => (LaunchKind::RevokeWorkerBootstrap, id, *seen),
            Call::Create {
                kind: Kind::WorkerBootstrap,
                new,
            } => {
                let launch = Launch::create(&runner::set::<NewWorkerBootstrap>(new)?, self.launch_options()?);
                return Ok(Some(self.drive_launch(launch)));
            }
            Call::Create {
                kind: Kind::Workspace,
                new,
            } => {
                let launch = Launch::create(&runner::set::<NewWorkspace>(new)?, self.launch_options()?);
                return Ok(Some(self.drive_launch(launch)));
            }
            Call::Create { new, .. } => {
                let launch = Launch::create(&runner::set::<NewCluster>(new)?, self.launch_options()?);
                return Ok(Some(self.drive_launch(launch)));
            }
            Call::Import { new } => {
                let launch = Launch::create(&runner::set::<ClusterImport>(new)?, self.launch_options()?);
                return Ok(Some(self.drive_launch(launch)));
            }
            Call::ResolveLaunch { mode, resume_token, .. } => {
                let token: LaunchToken = resume_token.as_deref().unwrap().parse()?;
                let mode: ResumeMode = mode.parse()?;
                let mut options = self.launch_options()?;
                options.credentials = Some(Secret::from(run::TOKEN));
                let launch = Launch::resume(&token, mode, options, clock(now()))?;
                return Ok(Some(self.drive_launch(launch)));
            }
            _ => return self.once(&call),
        };
        let seen = match seen {
            true if kind == LaunchKind::DeleteWorkspace => Some(self.seen::<Workspace>(id)?),
            true if kind == LaunchKind::RevokeWorkerBootstrap => Some(self.seen::<WorkerBootstrap>(id)?),
            true => Some(self.seen::<Cluster>(id)?),
            false => None,
        };
        let launch = Launch::new(kind, id, seen.as_ref(), self.launch_options()?)?;
        Ok(Some(self.drive_launch(launch)))
    }

    fn launch_options(&self) -> Result<LaunchOptions, Error> {
        let mut options = LaunchOptions::default();
        options.contract = runner::contract(&self.order.client);
        options.policy = runner::policy(&self.order.client)?;
        options.context = self.context.clone();
        options.origin = self.order.client.base_url.clone().unwrap();
        Ok(options)
    }

    /// The version that the caller has looked at.
    fn seen<R: Versioned>(&mut self, id: &str) -> Result<Sight, Error> {
        let id: R::Id = id.parse()?;
        self.requests.push(request::read::<R>(&id, self.context.as_ref()));
        match answer::of_resource::<R>(&id, &response(&self.case.wire[0].answer).unwrap()) {
            answer::Answer::Resource(seen) => Ok(Sight::of(&seen)),
            _ => panic!("{}: the version that is seen can't be read", self.case.name),
        }
    }

    fn drive_launch(&mut self, mut launch: Launch) -> Report {
        let (mut clock, mut input) = (clock(now()), LaunchInput::Begin);
        loop {
            clock.entropy += 1;
            let outgoing = match launch.step(input, clock) {
                LaunchStep::Send(outgoing) => outgoing,
                LaunchStep::Done(launched) => {
                    let made = match &launched.outcome {
                        LaunchOutcome::Made(Made::WorkerBootstrap(made)) => Some(&**made),
                        _ => None,
                    };
                    return Report {
                        launched: Some(Told {
                            resource: made.map(runner::resource_report),
                            ..akua_model::report::Report::from(&*launched).into()
                        }),
                        secrets: made.map(runner::secrets_of).unwrap_or_default(),
                        shown: match launched.kind.answers_secret() && matches!(self.order.call, Call::Create { .. }) {
                            true => vec![format!("{launched:?}")],
                            false => Vec::new(),
                        },
                        ..Report::default()
                    };
                }
            };
            clock.elapsed += outgoing.wait;
            if self.case.refuses_connections {
                input = LaunchInput::NotSent("nobody listens".to_owned());
                continue;
            }
            launch.with_credentials(run::TOKEN);
            let exchange = self.case.wire.get(self.requests.len());
            let exchange = exchange.unwrap_or_else(|| panic!("{}: a request too many", self.case.name));
            self.requests.push(outgoing.request.clone());
            input = match response(&exchange.answer) {
                Some(response) => LaunchInput::Answered(response),
                None => LaunchInput::Lost("no answer".to_owned()),
            };
        }
    }

    /// One request, and what its answer means.
    fn once(&mut self, call: &Call) -> Result<Option<Report>, Error> {
        let key: Option<IdempotencyKey> = call.given_key().map(str::parse).transpose()?;
        let (kind, id, if_match) = match call {
            Call::CreateOnce(once) if once.kind == Kind::Workspace => {
                let new = runner::set::<NewWorkspace>(&once.new)?;
                let request = request::create(&new, None, self.context.as_ref());
                return Ok(self.answered_once(&request, |response| created_resource(&new, response)));
            }
            Call::ImportOnce { new, .. } => {
                let new = runner::set::<ClusterImport>(new)?;
                let request = request::create(&new, key.as_ref(), self.context.as_ref());
                return Ok(self.answered_once(&request, |response| created_resource(&new, response)));
            }
            Call::CreateOnce(once) if once.kind == Kind::WorkerBootstrap => {
                let new = runner::set::<NewWorkerBootstrap>(&once.new)?;
                let request = request::create(&new, key.as_ref(), self.context.as_ref());
                return Ok(self.answered_once(&request, |response| created_resource(&new, response)));
            }
            Call::CreateOnce(once) => {
                let new = runner::set::<NewCluster>(&once.new)?;
                let request = request::create(&new, key.as_ref(), self.context.as_ref());
                return Ok(self.answered_once(&request, |response| created_operation(&new, response)));
            }
            Call::SuspendOnce(once) => (LaunchKind::SuspendCluster, &once.id, Some(&once.if_match)),
            Call::ResumeOnce(once) => (LaunchKind::ResumeCluster, &once.id, Some(&once.if_match)),
            Call::RevokeOnce(once) => (LaunchKind::RevokeWorkerBootstrap, &once.id, Some(&once.if_match)),
            Call::DeleteOnce(once) => (delete_of(once.kind), &once.id, Some(&once.if_match)),
            Call::RefreshCapabilitiesOnce(once) => (LaunchKind::RefreshCapabilities, &once.id, None),
            Call::CancelOperationOnce(once) => (LaunchKind::CancelOperation, &once.id, None),
            _ => panic!("{}: this starts nothing", self.case.name),
        };
        kind.check_id(id)?;
        let if_match: Option<IfMatch> = if_match.map(|etag| etag.parse()).transpose()?;
        let request = request::launch(kind, id, if_match.as_ref(), key.as_ref(), self.context.as_ref());
        Ok(self.answered_once(&request, |response| launched_operation(kind, id, response)))
    }

    /// Compares what the last answer to `request` means with what the caller is told.
    fn answered_once<R: Declared>(
        &mut self,
        request: &Request,
        read: impl Fn(&Response) -> Result<R, Box<Failed>>,
    ) -> Option<Report> {
        self.requests = vec![request.clone(); self.case.wire.len()];
        let last = self.case.wire.last().and_then(|last| response(&last.answer));
        let report = self.case.report.clone().unwrap();
        match last.map(|response| read(&response)) {
            None => {}
            Some(Ok(operation)) => {
                let shown = runner::resource_report(&operation);
                assert_eq!(report.resource, Some(shown), "{}", self.case.name);
                assert_eq!(report.secrets, runner::secrets_of(&operation), "{}", self.case.name);
            }
            Some(Err(mut failed)) => {
                failed.redact(run::TOKEN);
                self.fails_as(&failed, true, &report);
            }
        }
        None
    }
}

fn delete_of(kind: Kind) -> LaunchKind {
    match kind {
        Kind::Cluster => LaunchKind::DeleteCluster,
        Kind::Workspace => LaunchKind::DeleteWorkspace,
        other => panic!("{} can't be deleted", other.name()),
    }
}

/// Reads one, as the answer shows it.
pub(super) fn read<R: Readable>(id: &R::Id, response: &Response) -> Option<R> {
    match answer::of_resource::<R>(id, response) {
        answer::Answer::Resource(resource) => Some(resource),
        _ => None,
    }
}
