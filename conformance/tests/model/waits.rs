//! Waits for an operation: the machine alone. What becomes of a request is told to it as the client does.

use std::time::Duration;

use akua_conformance::case::Call;
use akua_conformance::report::{Report, Told};
use akua_conformance::runner;
use akua_model::edit::{LaunchKind, WaitToken, made_by};
use akua_model::http::{Request, Response};
use akua_model::waiting::{Asked, Now, OperationSight, WaitEnd, WaitInput, WaitPolicy, WaitStep, Waited, Waiting};
use akua_model::{Cluster, Error, Operation, OperationId, OwnerType, PageQuery, Readable, Workspace, answer, request};

use super::launches::read;
use super::{Check, now, response};

impl Check<'_, Operation> {
    pub(super) fn wait(&mut self) -> Result<Option<Report>, Error> {
        self.context = self.case.client.context.as_deref().map(str::parse).transpose()?;
        let Call::Wait {
            operation,
            resume_token,
            asked,
            ..
        } = self.order.call.clone()
        else {
            panic!("another call");
        };
        let token: Option<WaitToken> = resume_token.as_deref().map(str::parse).transpose()?;
        let id: OperationId = match &token {
            Some(token) => token.operation().parse()?,
            None => operation.unwrap().parse()?,
        };
        if let Some(token) = &token
            && (token.context() != self.case.client.context.as_deref()
                || Some(token.origin()) != self.order.client.base_url.as_deref())
        {
            // That is for the client to say: it knows where it would send it.
            return Ok(None);
        }
        // The token of a cancel has asked for it.
        let of_token = match &token {
            Some(token) if token.kind() == LaunchKind::CancelOperation => Asked::Yes,
            _ => Asked::No,
        };
        let mut policy = WaitPolicy::default();
        if let Some(timeout) = self.order.client.timeout_ms {
            policy.deadline = Duration::from_millis(timeout);
        }
        let age = token.as_ref().map_or(0, |token| now() - token.launched());
        let age = Duration::from_millis(u64::try_from(age).unwrap_or_default());
        let contract = runner::contract(&self.order.client);
        let mut waiting = Waiting::new(policy, &contract, age, asked.unwrap_or(of_token), false);
        let mut waited = Waited::new(id.clone(), WaitEnd::StillRunning { blocked_on: None });
        waited.token = token;
        let (mut input, mut elapsed) = (WaitInput::Begin, Duration::ZERO);
        loop {
            input = match waiting.step(input, elapsed) {
                WaitStep::Done(end) => {
                    waited.end = end;
                    return Ok(Some(self.waited(waited)));
                }
                WaitStep::ReadTarget => self.look_at_target(&mut waited),
                WaitStep::NewCredentials => panic!("{}: there are none", self.case.name),
                WaitStep::Get { wait } => {
                    elapsed += wait;
                    let request = request::read::<Operation>(&id, self.context.as_ref());
                    self.look(&id, request, &mut waited)
                }
                WaitStep::LongPoll { timeout, wait } => {
                    elapsed += wait;
                    let request = request::wait_for(&id, timeout.as_secs(), self.context.as_ref());
                    self.look(&id, request, &mut waited)
                }
            };
        }
    }

    fn ask(&mut self, request: Request, waited: &mut Waited) -> Option<Response> {
        let exchange = self.case.wire.get(self.requests.len());
        let exchange = exchange.unwrap_or_else(|| panic!("{}: a request too many", self.case.name));
        self.requests.push(request);
        waited.requests += 1;
        response(&exchange.answer)
    }

    fn look(&mut self, id: &OperationId, request: Request, waited: &mut Waited) -> WaitInput {
        let Some(response) = self.ask(request, waited) else {
            return WaitInput::Lost(None);
        };
        match (response.status, read::<Operation>(id, &response)) {
            (_, Some(operation)) => {
                let sight = OperationSight::of(&operation);
                waited.shown = Some(Box::new(operation));
                WaitInput::Shown(sight)
            }
            (404, _) => WaitInput::NotFound,
            (401, _) => WaitInput::Unauthorized,
            (403, _) => WaitInput::Refused,
            _ => WaitInput::Lost(None),
        }
    }

    fn look_at_target(&mut self, waited: &mut Waited) -> WaitInput {
        let shown = waited.shown.as_ref();
        let of_token = waited.token.as_ref();
        let of_token = of_token.map(|token| match token.kind().of().name() {
            "workspace" => (OwnerType::Workspace, token.id().to_owned()),
            _ => (OwnerType::Cluster, token.id().to_owned()),
        });
        let of_token = of_token.filter(|(_, id)| !id.is_empty());
        let of_shown = shown.map(|shown| match made_by(shown) {
            Some(id) => (OwnerType::Cluster, id.to_string()),
            None => (shown.owner_type.clone(), shown.owner_id.clone()),
        });
        let Some((owner, id)) = of_shown.or(of_token) else {
            return WaitInput::TargetRead;
        };
        waited.now = match owner {
            OwnerType::Cluster => self.now::<Cluster>(&id, waited, |cluster| Now::Cluster(Box::new(cluster))),
            OwnerType::Workspace => self.now::<Workspace>(&id, waited, |found| Now::Workspace(Box::new(found))),
            _ => Now::NotKnown,
        };
        let query = PageQuery::default().owner(&owner, id);
        let request = request::list::<Operation>(&query, self.context.as_ref());
        let page = self.ask(request, waited);
        let page = page.and_then(|response| answer::of_page::<Operation>(&query, &response).ok());
        let ids: Vec<OperationId> = page
            .into_iter()
            .flat_map(|page| page.data)
            .map(|found| found.id)
            .collect();
        if let Some(at) = ids.iter().position(|id| *id == waited.operation) {
            waited.later = ids[..at].to_vec();
        }
        WaitInput::TargetRead
    }

    fn now<R: Readable>(&mut self, id: &str, waited: &mut Waited, found: fn(R) -> Now) -> Now {
        let id: R::Id = id
            .parse()
            .unwrap_or_else(|_| panic!("{}: an id that is none", self.case.name));
        let request = request::read::<R>(&id, self.context.as_ref());
        match self.ask(request, waited) {
            Some(response) if response.status == 404 => Now::NotFound,
            Some(response) => read::<R>(&id, &response).map_or(Now::NotKnown, found),
            None => Now::NotKnown,
        }
    }

    fn waited(&self, waited: Waited) -> Report {
        let resource = match &waited.now {
            Now::Cluster(cluster) => Some(runner::resource_report(&**cluster)),
            Now::Workspace(workspace) => Some(runner::resource_report(&**workspace)),
            _ => None,
        };
        Report {
            waited: Some(Told {
                resource,
                ..akua_model::report::Report::from(&waited).into()
            }),
            ..Report::default()
        }
    }
}
