//! The Rust runner: one line in, one line out, as the runner of any other language.

use std::cell::RefCell;
use std::time::Duration;

use akua_http::retry::RetryPolicy;
use akua_http::{Awaited, BoxError, Client, Error, Settled};
use akua_model::answer::Failed;
use akua_model::edit::{Contract, Edited, NotApplied, OnConflict, Outcome, Policy, ResumeMode, ResumeToken, Target};
use akua_model::{Cluster, IfMatch, PageQuery, Patch, Problem, Resource, ServerError, Workspace, WorkspaceContext};
use serde_json::Value;

use crate::case::{Call, ClientOptions, Kind, Order, Turn};
use crate::report::{
    AnswerReport, EditedReport, ErrorReport, FieldReport, ProblemReport, Report, ResourceReport, ServerErrorReport,
    SettledReport,
};

/// Does what `line` orders.
///
/// # Errors
///
/// If the line is no order.
pub fn answer(line: &str) -> Result<String, String> {
    let order: Order = serde_json::from_str(line).map_err(|error| format!("this is no order: {error}"))?;
    let report = run(&order).unwrap_or_else(|error| Report {
        error: Some(error_report(&error)),
        ..Report::default()
    });
    let mut report = serde_json::to_value(report).map_err(|error| error.to_string())?;
    resources_as_text(&mut report);
    Ok(report.to_string())
}

/// Documents are handed over as texts: not every language's JSON keeps every number.
pub fn resources_as_text(value: &mut Value) {
    match value {
        Value::Object(properties) => {
            for (name, value) in properties {
                if name == "json" {
                    *value = value.to_string().into();
                } else {
                    resources_as_text(value);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(resources_as_text),
        _ => {}
    }
}

fn run(order: &Order) -> Result<Report, Error> {
    let client = client(&order.client)?;
    match &order.call {
        Call::Get { kind, .. }
        | Call::List { kind, .. }
        | Call::Update { kind, .. }
        | Call::Edit { kind, .. }
        | Call::EditWith { kind, .. }
        | Call::Resolve { kind, .. } => match kind {
            Kind::Cluster => Runner::<Cluster>::new(&client, order)?.run(&order.call),
            Kind::Workspace => Runner::<Workspace>::new(&client, order)?.run(&order.call),
        },
        Call::WaitSettled { id } => {
            let awaited = Awaited::of(&id.parse()?);
            Ok(Report {
                settled: Some(settled_report(&client.clusters().wait_settled(awaited)?)),
                ..Report::default()
            })
        }
    }
}

fn client(options: &ClientOptions) -> Result<Client, Error> {
    let mut builder = Client::builder().contract(contract(options)).retry(retry(options));
    if let Some(url) = &options.base_url {
        builder = builder.base_url(url);
    }
    if let Some(token) = &options.token {
        builder = builder.token(token);
    }
    if let Some(context) = &options.context {
        builder = builder.context(WorkspaceContext::try_from(context.as_str())?);
    }
    if let Some(timeout) = options.timeout_ms {
        builder = builder.timeout(Duration::from_millis(timeout));
    }
    if let Some(bytes) = options.max_response_bytes {
        builder = builder.max_response_bytes(bytes);
    }
    builder.build()
}

fn retry(options: &ClientOptions) -> RetryPolicy {
    let usual = RetryPolicy::default();
    RetryPolicy {
        attempts: options.retry.attempts.unwrap_or(usual.attempts),
        base: options.retry.base_ms.map_or(usual.base, Duration::from_millis),
        cap: options.retry.cap_ms.map_or(usual.cap, Duration::from_millis),
    }
}

/// What the server guarantees, as these options say.
#[must_use]
pub fn contract(options: &ClientOptions) -> Contract {
    let given = &options.contract;
    let mut contract = Contract::documented();
    for (field, value) in [
        (&mut contract.etag_never_repeats, given.etag_never_repeats),
        (
            &mut contract.key_checked_before_if_match,
            given.key_checked_before_if_match,
        ),
        (&mut contract.stores_rejections_per_key, given.stores_rejections_per_key),
        (&mut contract.reads_linearizable, given.reads_linearizable),
        (&mut contract.etag_covers_write_only, given.etag_covers_write_only),
        (&mut contract.hidden_retries, given.hidden_retries),
        (
            &mut contract.answers_show_written_version,
            given.answers_show_written_version,
        ),
        (
            &mut contract.conflicts_name_current_etag,
            given.conflicts_name_current_etag,
        ),
    ] {
        *field = value.unwrap_or(*field);
    }
    contract.key_retention = given
        .key_retention_ms
        .map_or(contract.key_retention, Duration::from_millis);
    contract.clock_skew = given.clock_skew_ms.map_or(contract.clock_skew, Duration::from_millis);
    contract
}

/// The policy of edits, whose deadline is the client's unless it has its own.
///
/// # Errors
///
/// If what to do on a conflict is none of the known ways.
pub fn policy(options: &ClientOptions) -> Result<Policy, akua_model::Error> {
    let given = &options.policy;
    let mut policy = Policy::default();
    if let Some(name) = &given.on_conflict {
        policy.on_conflict = name.parse::<OnConflict>()?;
    }
    policy.overwrite_unseen = given.overwrite_unseen.unwrap_or(policy.overwrite_unseen);
    policy.attempts = given.attempts.unwrap_or(policy.attempts);
    let deadline = given.deadline_ms.or(options.timeout_ms);
    policy.deadline = deadline.map_or(policy.deadline, Duration::from_millis);
    Ok(policy)
}

/// The calls on one collection.
struct Runner<'a, R> {
    client: &'a Client,
    collection: akua_http::Collection<R>,
}

/// What the collections of a client differ in.
pub trait Reported: Resource {
    /// The collection of a client.
    fn of(client: &Client) -> akua_http::Collection<Self>;
    /// What its accessors give.
    fn report(&self) -> ResourceReport;
}

impl Reported for Cluster {
    fn of(client: &Client) -> akua_http::Collection<Self> {
        client.clusters()
    }

    fn report(&self) -> ResourceReport {
        ResourceReport {
            id: self.id.to_string(),
            etag: self.etag.to_string(),
            name: self.name.clone(),
            html_url: self.html_url.clone(),
            workspace_id: Some(self.workspace_id.to_string()),
            state: Some(self.state.as_str().to_owned()),
            provider: Some(self.provider.as_str().to_owned()),
            reconciling: Some(self.reconciling),
            created_at: self.created_at.unix_seconds().map(|at| at.to_string()),
            updated_at: self.updated_at.unix_seconds().map(|at| at.to_string()),
            json: serde_json::to_value(self).unwrap_or_default(),
            ..ResourceReport::default()
        }
    }
}

impl Reported for Workspace {
    fn of(client: &Client) -> akua_http::Collection<Self> {
        client.workspaces()
    }

    fn report(&self) -> ResourceReport {
        ResourceReport {
            id: self.id.to_string(),
            etag: self.etag.to_string(),
            name: self.name.clone(),
            slug: Some(self.slug.clone()),
            plan_tier: self.plan.tier.clone(),
            plan_billed_by: self.plan.billed_by.as_ref().map(|by| by.as_str().to_owned()),
            workspace_class: self.workspace_class.as_ref().map(|class| class.as_str().to_owned()),
            created_at: self.created_at.unix_seconds().map(|at| at.to_string()),
            updated_at: self.updated_at.unix_seconds().map(|at| at.to_string()),
            json: serde_json::to_value(self).unwrap_or_default(),
            ..ResourceReport::default()
        }
    }
}

impl<'a, R: Reported> Runner<'a, R>
where
    R::Id: std::str::FromStr<Err = akua_model::Error>,
    Target<R>: From<R> + From<R::Id>,
{
    fn new(client: &'a Client, order: &Order) -> Result<Self, Error> {
        let mut collection = R::of(client);
        if order.client.policy != crate::case::PolicyOptions::default() {
            collection = collection.policy(policy(&order.client)?);
        }
        Ok(Self { client, collection })
    }

    fn run(&self, call: &Call) -> Result<Report, Error> {
        let mut report = Report::default();
        match call {
            Call::Get { id, .. } => report.resource = Some(self.collection.get(&id.parse()?)?.report()),
            Call::List { limit, cursor, .. } => self.list(&mut report, *limit, cursor.as_deref())?,
            Call::Update {
                id,
                if_match,
                patch,
                idempotency_key,
                ..
            } => {
                let resource = match idempotency_key {
                    None => {
                        let if_match = IfMatch::try_from(if_match.as_str())?;
                        self.collection
                            .update(&id.parse()?, &if_match, &patch_of::<R>(patch)?)?
                            .report()
                    }
                    Some(key) => self.update_with_key(id, if_match, patch, key)?,
                };
                report.resource = Some(resource);
            }
            Call::Edit { id, seen, patch, .. } => {
                let target = self.target(id, *seen)?;
                report.edited = Some(edited_report(&self.collection.edit(target, patch_of::<R>(patch)?)?));
            }
            Call::EditWith { id, seen, closure, .. } => {
                let asked = RefCell::new(Vec::new());
                let target = self.target(id, *seen)?;
                let edited = self.collection.edit_with(target, |current| {
                    let turn = closure.get(asked.borrow().len());
                    asked.borrow_mut().push(current.etag().to_string());
                    turn.map_or_else(
                        || Err("the closure was called too often".into()),
                        |turn| take_turn(turn, current),
                    )
                })?;
                report.edited = Some(edited_report(&edited));
                report.asked = asked.into_inner();
            }
            Call::Resolve {
                mode,
                resume_token,
                kubeconfig,
                ..
            } => {
                let unsettled = |error: akua_model::Error| Error::from(error).while_resolving();
                let token = resume_token.as_deref().unwrap_or_default();
                let token: ResumeToken = token.parse().map_err(unsettled)?;
                let secrets = kubeconfig.as_deref().map(|text| ("kubeconfig", text));
                let mode = mode.parse::<ResumeMode>().map_err(unsettled)?;
                report.edited = Some(edited_report(&self.collection.resolve(
                    &token,
                    mode,
                    &secrets.into_iter().collect(),
                )?));
            }
            Call::WaitSettled { .. } => {}
        }
        Ok(report)
    }

    fn list(&self, report: &mut Report, limit: Option<u64>, cursor: Option<&str>) -> Result<(), Error> {
        let mut query = PageQuery::default();
        if let Some(limit) = limit {
            query = query.limit(limit)?;
        }
        if let Some(cursor) = cursor {
            query = query.cursor(cursor);
        }
        for item in self.collection.list_from(query) {
            match item {
                Ok(item) => report.items.push(item.report()),
                Err(error) => report.error = Some(error_report(&error)),
            }
        }
        Ok(())
    }

    fn target(&self, id: &str, seen: bool) -> Result<Target<R>, Error> {
        let id: R::Id = id.parse()?;
        Ok(if seen {
            self.collection.get(&id)?.into()
        } else {
            id.into()
        })
    }

    /// Of clusters, which alone take a key.
    fn update_with_key(
        &self,
        id: &str,
        if_match: &str,
        patch: &std::collections::BTreeMap<String, String>,
        key: &str,
    ) -> Result<ResourceReport, Error> {
        let (id, if_match) = (id.parse()?, IfMatch::try_from(if_match)?);
        let patch = patch_of::<Cluster>(patch)?;
        let clusters = self.client.clusters();
        Ok(clusters
            .update_with_key(&id, &if_match, &patch, &key.parse()?)?
            .report())
    }
}

/// The patch of these properties.
///
/// # Errors
///
/// If it breaks a rule of the API.
pub fn patch_of<R: Resource>(
    values: &std::collections::BTreeMap<String, String>,
) -> Result<R::Patch, akua_model::Error> {
    let values: Vec<(&str, &str)> = values
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    R::Patch::from_texts(&values)
}

/// What a closure does when it is shown `current`.
///
/// # Errors
///
/// If that is what it does, or its patch breaks a rule.
pub fn take_turn<R: Resource>(turn: &Turn, current: &R) -> Result<Option<R::Patch>, BoxError> {
    if let Some(why) = &turn.fail {
        return Err(why.clone().into());
    }
    if let Some(more) = &turn.append {
        let name = R::FIELDS.iter().find(|field| field.name == "name");
        let shown = name
            .and_then(|field| current.value(field).value())
            .and_then(|value| value.as_text())
            .unwrap_or_default();
        return Ok(Some(R::Patch::from_texts(&[("name", &format!("{shown}{more}"))])?));
    }
    match &turn.patch {
        Some(patch) => Ok(Some(patch_of::<R>(patch)?)),
        None => Ok(None),
    }
}

/// How an edit ended.
#[must_use]
pub fn edited_report<R: Reported>(edited: &Edited<R>) -> EditedReport {
    let mut report = outcome_report(&edited.outcome);
    report.resource = edited.resource().map(R::report);
    report.requests = edited.requests() as u64;
    report
}

/// Everything about an end but the version in which all is as wanted and the number of requests.
fn outcome_report<R: Resource>(outcome: &Outcome<R>) -> EditedReport {
    let mut report = EditedReport {
        end: outcome.name().to_owned(),
        ..EditedReport::default()
    };
    match outcome {
        Outcome::Applied(applied) => {
            report.proof = Some(applied.proof.name().to_owned());
            report.etag = Some(applied.etag.to_string());
            let problems = applied.unreadable.iter().flat_map(|error| error.problems());
            report.unreadable = problems.map(problem_report).collect();
            report.adjusted = applied.adjusted.iter().map(field_report).collect();
            report.not_taken = applied.not_taken.iter().map(field_report).collect();
        }
        Outcome::Unchanged(resource) => report.etag = Some(resource.etag().to_string()),
        Outcome::NotApplied(why) => {
            report.reason = Some(why.name().to_owned());
            match why {
                NotApplied::Conflict(conflict) => {
                    report.fields = conflict.fields.iter().map(field_report).collect();
                    report.seen_etag = conflict.theirs.as_ref().map(|theirs| theirs.etag().to_string());
                }
                NotApplied::Rejected(failed) => report.answer = Some(answer_report(failed)),
                NotApplied::Ignored(ignored) => {
                    report.etag = Some(ignored.etag.to_string());
                    report.fields = ignored.fields.iter().map(field_report).collect();
                }
                NotApplied::NotSent { cause, .. } => report.cause = Some(cause.name().to_owned()),
            }
        }
        Outcome::Indeterminate(unknown) => {
            report.cause = Some(unknown.cause.name().to_owned());
            report.fields = unknown.fields.iter().map(field_report).collect();
            report.seen_etag = unknown.seen.as_ref().map(|seen| seen.etag().to_string());
            report.may_still_land = Some(unknown.may_still_land);
            report.resume_token = Some(unknown.resume_token.to_string());
            report.answer = unknown.answer.as_deref().map(answer_report);
        }
    }
    report
}

fn field_report(field: &akua_model::edit::FieldReport) -> FieldReport {
    FieldReport {
        field: field.field.name.to_owned(),
        base: field.base.clone().value(),
        ours: field.ours.clone().value(),
        theirs: field.theirs.clone().value(),
        state: field.state.map(|state| state.name().to_owned()),
    }
}

/// What a server said.
#[must_use]
pub fn answer_report(failed: &Failed) -> AnswerReport {
    AnswerReport {
        status: failed.status,
        server_errors: failed.errors.iter().map(server_error_report).collect(),
        current_etag: failed.current_etag.as_ref().map(ToString::to_string),
        request_id: failed.request_id.clone(),
    }
}

fn settled_report(settled: &Settled) -> SettledReport {
    SettledReport {
        end: settled.name().to_owned(),
        etag: settled.cluster().map(|cluster| cluster.etag.to_string()),
    }
}

fn error_report(error: &Error) -> ErrorReport {
    ErrorReport {
        kind: error.kind().name().to_owned(),
        effect: error.effect().name().to_owned(),
        may_have_taken_effect: error.may_have_taken_effect(),
        status: error.status(),
        server_errors: error.server_errors().iter().map(server_error_report).collect(),
        current_etag: error.current_etag().map(ToString::to_string),
        new_etag: error.new_etag().map(ToString::to_string),
        request_id: error.request_id().map(str::to_owned),
        retry_after_ms: error
            .retry_after()
            .map(|after| u64::try_from(after.as_millis()).unwrap_or(u64::MAX)),
        problems: error.problems().iter().map(problem_report).collect(),
    }
}

fn server_error_report(error: &ServerError) -> ServerErrorReport {
    ServerErrorReport {
        code: error.code.as_ref().map(ToString::to_string),
        message: error.message.clone(),
        path: error.path.clone(),
        metadata: error.metadata.clone(),
    }
}

/// One thing that is wrong.
#[must_use]
pub fn problem_report(problem: &Problem) -> ProblemReport {
    ProblemReport {
        field: problem.field.clone(),
        message: problem.message.clone(),
    }
}
