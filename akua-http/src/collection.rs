//! The calls on the resources of a kind: read one, list all, update one under its etag.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use akua_model::edit::{Clock, Policy, SavedToken};
use akua_model::http::Request;
use akua_model::{
    Declared, IdempotencyKey, IfMatch, Listed, Page, PageQuery, Patch, Readable, Resource, Traceparent,
    WorkspaceContext, answer, request, with_article,
};

use crate::cancel::Cancel;
use crate::client::Client;
use crate::credentials::BoxError;
use crate::deadline::Deadline;
use crate::error::Error;
use crate::exchange::Exchange;

/// The resources of a kind that a client may see, with the options of the calls made through it.
///
/// A cheap value: set the options of one call on a fresh one, or keep one for many calls.
///
/// ```
/// # use std::sync::Arc;
/// # use akua_http::transport::scripted::ScriptedTransport;
/// # let wire = ScriptedTransport::new();
/// # wire.answer(200, r#"{"data":[],"has_more":false,"next_cursor":null}"#);
/// use akua_http::{Client, cancel::Cancel};
/// use std::time::Duration;
///
/// # let client = Client::builder().token("t").transport(wire).build()?;
/// let stop = Cancel::new();
/// let clusters = client.clusters().context(&"ws_eu".parse()?).timeout(Duration::from_secs(5)).cancel(&stop);
/// for cluster in clusters.list() {
///     println!("{}", cluster?.name);
/// }
/// # Ok::<(), akua_http::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "it does nothing until one of its calls is made"]
pub struct Collection<R> {
    caller: Caller,
    pub(crate) timeout: Option<Duration>,
    context: Option<WorkspaceContext>,
    pub(crate) policy: Option<Policy>,
    pub(crate) keep: Option<KeepResumeToken>,
    of: PhantomData<fn() -> R>,
}

/// Who makes the calls, whatever kind they are about.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) client: Client,
    pub(crate) cancel: Option<Cancel>,
    traceparent: Option<Traceparent>,
    /// The word for one of the kind.
    noun: &'static str,
}

impl Caller {
    pub(crate) fn exchange_until<'a>(&'a self, request: &'a Request, deadline: Deadline) -> Exchange<'a> {
        Exchange::new(&self.client, request, self.noun, deadline, self.cancel.as_ref())
            .with_traceparent(self.traceparent.as_ref())
    }

    /// The clock as a call begins.
    pub(crate) fn clock(&self) -> Clock {
        let pace = self.client.pace();
        Clock {
            elapsed: Duration::ZERO,
            unix_ms: pace.unix_ms(),
            since_boot: pace.since_boot(),
            entropy: 0,
            cancelled: self.cancel.as_ref().is_some_and(Cancel::is_cancelled),
        }
    }
}

impl Client {
    /// The resources of a kind that the token may see, for code that is generic over kinds.
    pub fn collection<R: Declared>(&self) -> Collection<R> {
        Collection::new(self.clone())
    }
}

macro_rules! collections {
    ($($name:ident $Kind:ident),+) => {
        impl Client {
            $(
                #[doc = concat!("The ", stringify!($name), " that the token may see.")]
                pub fn $name(&self) -> Collection<akua_model::$Kind> {
                    self.collection()
                }
            )+
        }
    };
}

akua_model::each_collection!(collections);

impl<R: Declared> Collection<R> {
    pub(crate) fn new(client: Client) -> Self {
        let noun = R::NOUN;
        let (cancel, traceparent) = (None, None);
        Self {
            caller: Caller {
                client,
                cancel,
                traceparent,
                noun,
            },
            timeout: None,
            context: None,
            policy: None,
            keep: None,
            of: PhantomData,
        }
    }

    /// The time that each call may take as a whole: name look-up, connecting, sending, waiting, reading, pauses and
    /// repeated attempts together. Without it the client's.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// The workspace that the calls are about, in place of the client's. A workspace's own token needs none.
    pub fn context(mut self, context: &WorkspaceContext) -> Self {
        self.context = Some(context.clone());
        self
    }

    /// A handle that ends the calls from another thread.
    pub fn cancel(mut self, cancel: &Cancel) -> Self {
        self.caller.cancel = Some(cancel.clone());
        self
    }

    /// Where the calls stand in the caller's own trace: sent as `traceparent` with every request of theirs, repeated
    /// ones included. Without it none is sent.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use akua_http::transport::scripted::ScriptedTransport;
    /// # let wire = Arc::new(ScriptedTransport::new());
    /// # wire.answer(404, "");
    /// # let client = akua_http::Client::builder().token("t").transport(Arc::clone(&wire)).build()?;
    /// let position = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".parse()?;
    /// let cluster = client.clusters().traceparent(&position).get(&"clu_1".parse()?);
    /// # assert_eq!(wire.requests()[0].traceparent.as_deref(), Some(position.as_str()));
    /// # Ok::<(), akua_http::Error>(())
    /// ```
    pub fn traceparent(mut self, position: &Traceparent) -> Self {
        self.caller.traceparent = Some(position.clone());
        self
    }

    pub(crate) fn exchange<'a>(&'a self, request: &'a Request) -> Exchange<'a> {
        let client = self.client().inner();
        let deadline = Deadline::after(self.timeout.unwrap_or(client.timeout));
        self.exchange_until(request, deadline)
    }

    pub(crate) fn exchange_until<'a>(&'a self, request: &'a Request, deadline: Deadline) -> Exchange<'a> {
        self.caller.exchange_until(request, deadline)
    }

    /// The clock as a call begins.
    pub(crate) fn clock(&self) -> Clock {
        self.caller.clock()
    }

    /// Who makes the calls.
    pub(crate) fn caller(&self) -> Caller {
        self.caller.clone()
    }

    /// The client that the calls are made by.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.caller.client
    }

    /// The same calls, made by another client.
    pub fn with_client(mut self, client: &Client) -> Self {
        self.caller.client = client.clone();
        self
    }

    /// The handle that ends the calls, if there is one.
    #[must_use]
    pub fn cancel_handle(&self) -> Option<&Cancel> {
        self.caller.cancel.as_ref()
    }

    /// The workspace that the calls are about: the client's, unless [`context`](Self::context) has set another.
    #[must_use]
    pub fn effective_context(&self) -> Option<&WorkspaceContext> {
        self.context.as_ref().or(self.client().inner().context.as_ref())
    }
}

impl<R: Listed> Collection<R> {
    /// One page of the list.
    ///
    /// # Errors
    ///
    /// Any kind but [`Conflict`](crate::ErrorKind::Conflict) is usual. A read never takes effect. One item that can't be
    /// read fails the page.
    pub fn page(&self, query: &PageQuery) -> Result<Page<R>, Error> {
        if let Err(problem) = query.check::<R>() {
            return Err(Error::from(problem).of_call(format!("list of {}s", R::NOUN)));
        }
        let request = request::list::<R>(query, self.effective_context());
        let span = span(&request);
        let _entered = span.enter();
        self.exchange(&request)
            .read(|answer| answer::of_page::<R>(query, answer).into())
    }
}

impl<R: Readable> Collection<R> {
    /// Reads one.
    ///
    /// # Errors
    ///
    /// Any kind but [`Conflict`](crate::ErrorKind::Conflict) is usual. A read never takes effect.
    pub fn get(&self, id: &R::Id) -> Result<R, Error> {
        let request = request::read::<R>(id, self.effective_context());
        let span = span(&request);
        let _entered = span.enter();
        self.exchange(&request)
            .read(|answer| answer::of_resource::<R>(id, answer).into())
    }
}

impl<R: Resource> Collection<R> {
    /// Changes the fields in `patch`, if the resource still has the etag `if_match`, and returns it as it is then.
    ///
    /// Exactly one conditional `PATCH` is sent. It is sent a second time, byte for byte, only if the server has
    /// refused it with 401 and the client's callback has another token. Nothing else is tried again: the error says
    /// whether this request may have taken effect, and what to do.
    ///
    /// What is returned is the answer as it is: 200, with this id. Whether the server has taken the values as they were
    /// sent, or trimmed them, or changed nothing at all, shows in it. [`edit`](Self::edit) compares them.
    ///
    /// # Errors
    ///
    /// [`Conflict`](crate::ErrorKind::Conflict) if the resource has another etag by now, or for any other reason that
    /// the server calls a conflict; it changed nothing. For every kind,
    /// [`Error::may_have_taken_effect`] is false only if it is proven that the request changed nothing and never
    /// will.
    pub fn update(&self, id: &R::Id, if_match: &IfMatch, patch: &R::Patch) -> Result<R, Error> {
        let request = request::update::<R>(id, if_match, patch, self.effective_context());
        self.write(id, &request, patch)
    }

    /// As [`update`](Self::update), with an idempotency key of the caller's, of a kind that takes one. Documented is that for
    /// clusters; a workspace takes none.
    ///
    /// A server that knows the key may answer what it answered to an earlier call with that key, so a 200 need not
    /// mean that this request changed anything: use a fresh key for every change, and the same one only to repeat
    /// the very same change with the very same etag.
    ///
    /// # Errors
    ///
    /// As for [`update`](Self::update). A key that was used with another body is a
    /// [`Conflict`](crate::ErrorKind::Conflict) too. [`InvalidInput`](crate::ErrorKind::InvalidInput) if the kind takes no
    /// key ([`Resource::TAKES_IDEMPOTENCY_KEY`]); nothing was sent.
    pub fn update_with_key(
        &self,
        id: &R::Id,
        if_match: &IfMatch,
        patch: &R::Patch,
        key: &IdempotencyKey,
    ) -> Result<R, Error> {
        if !R::TAKES_IDEMPOTENCY_KEY {
            let problem = format!("is not taken for {}: update it without one", with_article(R::NOUN));
            let error = Error::invalid_input("idempotency-key", problem);
            return Err(error.of_call(format!("update of {} {id}", R::NOUN)));
        }
        let request = request::patch_request::<R>(id, if_match, patch, self.effective_context(), Some(key));
        self.write(id, &request, patch)
    }

    fn write(&self, id: &R::Id, request: &Request, patch: &R::Patch) -> Result<R, Error> {
        let span = span(request);
        let _entered = span.enter();
        let mut secrets = Vec::new();
        patch.each_field(&mut |assignment| {
            if assignment.field.is_secret() {
                secrets.extend(assignment.value.as_text());
            }
        });
        self.exchange(request)
            .with_secrets(secrets)
            .write(|answer| answer::of_resource::<R>(id, answer).into())
    }
}

/// What is called with each resume token.
#[derive(Clone)]
pub(crate) struct KeepResumeToken(pub(crate) Arc<Keep>);

type Keep = dyn Fn(&SavedToken) -> Result<(), BoxError> + Send + Sync;

impl fmt::Debug for KeepResumeToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeepResumeToken")
    }
}

/// The span of one call: what was called, never with what.
pub(crate) fn span(request: &Request) -> tracing::Span {
    tracing::debug_span!(
        target: "akua_http",
        "call",
        method = request.method().as_str(),
        route = request.route(),
    )
}
