//! Waiting for an operation: sends what [`akua_model::waiting`] asks for, and hands the answers back. It only reads.

use std::fmt;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use akua_model::answer;
use akua_model::edit::{LaunchTarget, WaitToken, made_by};
use akua_model::http::Request;
use akua_model::waiting::{Asked, Now, OperationSight, WaitEnd, WaitInput, WaitPolicy, WaitStep, Waited, Waiting};
use akua_model::{Cluster, Operation, OperationId, OwnerType, PageQuery, Readable, Workspace, request};

use crate::collection::{Collection, span};
use crate::deadline::{Deadline, Pause};
use crate::error::{Error, ErrorKind};

/// How much longer than a poll asks to be answered its answer may take.
const GRACE: Duration = Duration::from_secs(10);

/// What the look at the resource may take, even if the deadline leaves less.
const LAST_LOOK: Duration = Duration::from_secs(2);

/// Which operation is waited for, and what is known of it.
///
/// ```
/// use akua_http::AwaitedOperation;
/// use akua_model::waiting::Asked;
/// let awaited = AwaitedOperation::from(&"op_1".parse::<akua_model::OperationId>()?).asked(Asked::Yes);
/// # Ok::<(), akua_model::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "it says what to wait for; `wait` waits"]
pub struct AwaitedOperation {
    operation: Result<OperationId, akua_model::Error>,
    asked: Asked,
    token: Option<WaitToken>,
}

impl AwaitedOperation {
    /// Whether whoever waits has asked for it to be cancelled: an end by cancel then says so.
    pub fn asked(mut self, asked: Asked) -> Self {
        self.asked = asked;
        self
    }
}

impl From<&WaitToken> for AwaitedOperation {
    /// A token of a cancel has asked for it.
    fn from(token: &WaitToken) -> Self {
        let asked = match token.kind().target() {
            LaunchTarget::Operation => Asked::Yes,
            LaunchTarget::Cluster | LaunchTarget::Workspace | LaunchTarget::WorkerBootstrap => Asked::No,
        };
        Self {
            operation: token.operation().parse(),
            asked,
            token: Some(token.clone()),
        }
    }
}

impl From<WaitToken> for AwaitedOperation {
    fn from(token: WaitToken) -> Self {
        Self::from(&token)
    }
}

impl From<&OperationId> for AwaitedOperation {
    fn from(id: &OperationId) -> Self {
        Self {
            operation: Ok(id.clone()),
            asked: Asked::No,
            token: None,
        }
    }
}

impl From<OperationId> for AwaitedOperation {
    fn from(id: OperationId) -> Self {
        Self::from(&id)
    }
}

impl Collection<Operation> {
    /// Waits until an operation has ended, and says what became of it and what stands there now.
    ///
    /// It only reads, can be begun anywhere and as often as one likes, and nothing depends on it: the operation goes on when
    /// the wait is given up. The time for all of it is that of the policy, unless [`timeout`](Self::timeout) sets another one.
    /// An operation may wait for a person: that ends the wait as well, unless the policy says otherwise.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](ErrorKind::InvalidInput) if the token is for another service or context, and whatever keeps the client
    /// from having credentials. Everything else is an end of the wait.
    pub fn wait(&self, awaited: impl Into<AwaitedOperation>, policy: WaitPolicy) -> Result<Waited, Error> {
        self.wait_with(awaited, policy, |_| ControlFlow::Continue(()))
    }

    /// As [`wait`](Self::wait), and hands over each answer that shows the operation, for a progress bar. It ends the wait with
    /// [`Break`](ControlFlow::Break).
    ///
    /// # Errors
    ///
    /// As for [`wait`](Self::wait).
    pub fn wait_with(
        &self,
        awaited: impl Into<AwaitedOperation>,
        policy: WaitPolicy,
        mut seen: impl FnMut(&Operation) -> ControlFlow<()>,
    ) -> Result<Waited, Error> {
        let mut awaiting = self.start_wait(awaited, policy)?;
        loop {
            match awaiting.next()? {
                WaitProgress::Shown(operation) => {
                    if seen(&operation).is_break() {
                        awaiting.stop();
                    }
                }
                WaitProgress::Done(waited) => return Ok(*waited),
            }
        }
    }

    /// As [`wait_with`](Self::wait_with), step by step. Its time counts from here; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](ErrorKind::InvalidInput) if the token is for another service or context.
    pub fn start_wait(
        &self,
        awaited: impl Into<AwaitedOperation>,
        policy: WaitPolicy,
    ) -> Result<AwaitingOperation, Error> {
        let awaited = awaited.into();
        let operation = awaited.operation.map_err(Error::from)?;
        if let Some(token) = &awaited.token {
            self.fits(token).map_err(|error| error.of_call(name(&operation)))?;
        }
        let mut policy = policy;
        policy.deadline = self.timeout.unwrap_or(policy.deadline);
        let age = awaited
            .token
            .as_ref()
            .map_or(0, |token| self.clock().unix_ms.saturating_sub(token.launched()));
        let age = Duration::from_millis(u64::try_from(age).unwrap_or_default());
        let mut waited = Waited::new(operation, WaitEnd::StillRunning { blocked_on: None });
        waited.token = awaited.token;
        Ok(AwaitingOperation {
            operations: self.clone(),
            // Credentials are asked for again below, once for each request that is refused.
            waiting: Waiting::new(policy, &self.contract(), age, awaited.asked, false),
            waited,
            started: Instant::now(),
            deadline: policy.deadline,
            input: Some(WaitInput::Begin),
        })
    }

    fn fits(&self, token: &WaitToken) -> Result<(), Error> {
        if token.origin() != self.client().inner().base_url.to_string() {
            return Err(Error::invalid_input("resume-token", "is for another service"));
        }
        if token.context() != self.effective_context().map(|context| context.as_str()) {
            let problem = "was made in another workspace context (wait in the same one)";
            return Err(Error::invalid_input("resume-token", problem));
        }
        Ok(())
    }
}

fn name(operation: &OperationId) -> String {
    format!("wait for operation {operation}")
}

/// A wait for an operation, step by step.
///
/// Ask for what is [`next`](Self::next) until it is [`WaitProgress::Done`]. Between two steps nothing depends on it.
pub struct AwaitingOperation {
    operations: Collection<Operation>,
    waiting: Waiting,
    waited: Waited,
    started: Instant,
    deadline: Duration,
    input: Option<WaitInput>,
}

/// Where an [`AwaitingOperation`] stands.
#[derive(Clone, Debug, PartialEq)]
pub enum WaitProgress {
    /// An answer has shown the operation.
    Shown(Box<Operation>),
    /// The end of the wait.
    Done(Box<Waited>),
}

impl AwaitingOperation {
    /// Goes on until an answer shows the operation or the wait has ended. Blocks for as long as that takes, at the latest
    /// until the deadline. After the end it gives the same end again.
    ///
    /// # Errors
    ///
    /// Whatever keeps the client from having credentials. Everything else is an end of the wait.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Result<WaitProgress, Error> {
        loop {
            let input = self.input.take().unwrap_or(WaitInput::Begin);
            let (pause, poll) = match self.waiting.step(input, self.started.elapsed()) {
                WaitStep::Done(end) => {
                    self.waited.end = end;
                    return Ok(WaitProgress::Done(Box::new(self.waited.clone())));
                }
                WaitStep::ReadTarget => {
                    self.input = Some(self.read_target());
                    continue;
                }
                WaitStep::NewCredentials => (Duration::ZERO, None),
                WaitStep::Get { wait } => (wait, None),
                WaitStep::LongPoll { timeout, wait } => (wait, Some(timeout)),
            };
            let looked = self.look(pause, poll);
            let input = looked.map_err(|error| error.of_call(name(&self.waited.operation)))?;
            let is_shown = matches!(input, WaitInput::Shown(_));
            self.input = Some(input);
            if let (true, Some(shown)) = (is_shown, &self.waited.shown) {
                return Ok(WaitProgress::Shown(shown.clone()));
            }
        }
    }

    /// Ends the wait, which is still running then, unless the last answer has shown the end of the operation.
    pub fn stop(&mut self) {
        let is_done = self.waited.shown.as_ref().is_some_and(|shown| shown.done);
        if !(is_done && matches!(self.input, Some(WaitInput::Shown(_)))) {
            self.input = Some(WaitInput::Declined);
        }
    }

    /// Looks at the operation, after a pause; with `poll`, to be answered once it has ended or that time is over.
    fn look(&mut self, pause: Duration, poll: Option<Duration>) -> Result<WaitInput, Error> {
        let client = self.operations.client().inner();
        let deadline = self.left();
        if !pause.is_zero() {
            match deadline.pause(client.pace.stretch(pause), self.operations.cancel_handle()) {
                Pause::Elapsed => {}
                Pause::DeadlinePassed => return Ok(WaitInput::Declined),
                Pause::Cancelled => return Ok(WaitInput::Declined),
            }
        }
        let context = self.operations.effective_context();
        let id = self.waited.operation.clone();
        let request = match poll {
            Some(timeout) => request::wait_for(&id, timeout.as_secs(), context),
            None => request::read::<Operation>(&id, context),
        };
        let most = poll.map_or(client.timeout, |timeout| timeout + GRACE);
        let read = self.read::<Operation>(&id, &request, deadline.min(Deadline::after(most)));
        Ok(match read {
            Ok(operation) => {
                let sight = OperationSight::of(&operation);
                self.waited.shown = Some(Box::new(operation));
                WaitInput::Shown(sight)
            }
            Err(error) => match (error.kind(), error.status()) {
                (_, Some(404)) if error.is_from_service() => WaitInput::NotFound,
                (_, Some(401)) => WaitInput::Unauthorized,
                (ErrorKind::PermissionDenied | ErrorKind::Rejected | ErrorKind::Conflict, _) => WaitInput::Refused,
                (ErrorKind::Cancelled, _) => WaitInput::Declined,
                (ErrorKind::Authentication | ErrorKind::Configuration, None) => return Err(error),
                _ => WaitInput::Lost(error.retry_after()),
            },
        })
    }

    /// Looks at what the operation works on, and at what was started since. Neither decides anything.
    fn read_target(&mut self) -> WaitInput {
        let Some((owner, id)) = self.owner() else {
            return WaitInput::TargetRead;
        };
        let context = self.operations.effective_context().cloned();
        // The end is known, or the operation is lost: what stands there is worth a moment more than the deadline leaves.
        let left = self.left().remaining().max(LAST_LOOK);
        let most = Deadline::after(self.operations.client().inner().timeout.min(left));
        self.waited.now = match &owner {
            OwnerType::Cluster => self.now::<Cluster>(&id, most, |cluster| Now::Cluster(Box::new(cluster))),
            OwnerType::Workspace => self.now::<Workspace>(&id, most, |workspace| Now::Workspace(Box::new(workspace))),
            _ => Now::NotKnown,
        };
        let query = PageQuery::default().owner(&owner, id);
        let request = request::list::<Operation>(&query, context.as_ref());
        let span = span(&request);
        let _entered = span.enter();
        let mut exchange = self.operations.exchange_until(&request, most);
        let page = exchange.attempt().and_then(|outcome| {
            exchange.judge(&outcome, &|response| {
                answer::of_page::<Operation>(&query, response).into()
            })
        });
        self.waited.requests = self.waited.requests.saturating_add(exchange.attempts());
        if let Ok(page) = page {
            let ids = || page.data.iter().map(|operation| &operation.id);
            if ids().any(|id| *id == self.waited.operation) {
                self.waited.later = ids().take_while(|id| **id != self.waited.operation).cloned().collect();
            }
        }
        WaitInput::TargetRead
    }

    /// What it works on: as the operation shows it, else as its token has it. What a create has made is told by its response;
    /// of its owner nobody says whether it has the id that it will have.
    fn owner(&self) -> Option<(OwnerType, String)> {
        if let Some(shown) = &self.waited.shown {
            let made = made_by(shown).map(|id| (OwnerType::Cluster, id.to_string()));
            return Some(made.unwrap_or_else(|| (shown.owner_type.clone(), shown.owner_id.clone())));
        }
        let token = self.waited.token.as_ref()?;
        let owner = match token.kind().target() {
            LaunchTarget::Cluster => OwnerType::Cluster,
            LaunchTarget::Workspace => OwnerType::Workspace,
            // What owns the operations of a bootstrap, its operations tell.
            LaunchTarget::Operation | LaunchTarget::WorkerBootstrap => return None,
        };
        // A create knows no id.
        Some((owner, token.id().to_owned())).filter(|(_, id)| !id.is_empty())
    }

    fn now<R: Readable>(&mut self, id: &str, deadline: Deadline, found: impl Fn(R) -> Now) -> Now {
        let Ok(id) = id.parse::<R::Id>() else {
            return Now::NotKnown;
        };
        let context = self.operations.effective_context().cloned();
        let request = request::read::<R>(&id, context.as_ref());
        match self.read::<R>(&id, &request, deadline) {
            Ok(resource) => found(resource),
            Err(error) if error.kind() == ErrorKind::NotFound && error.is_from_service() => Now::NotFound,
            Err(_) => Now::NotKnown,
        }
    }

    fn read<R: Readable>(&mut self, id: &R::Id, request: &Request, deadline: Deadline) -> Result<R, Error> {
        let span = span(request);
        let _entered = span.enter();
        let mut exchange = self.operations.exchange_until(request, deadline);
        let outcome = exchange.attempt();
        self.waited.requests = self.waited.requests.saturating_add(exchange.attempts());
        exchange.judge(&outcome?, &|response| answer::of_resource::<R>(id, response).into())
    }

    fn left(&self) -> Deadline {
        Deadline::after(self.deadline.saturating_sub(self.started.elapsed()))
    }
}

impl fmt::Debug for AwaitingOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AwaitingOperation")
            .field("operation", &self.waited.operation)
            .finish_non_exhaustive()
    }
}
