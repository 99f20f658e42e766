//! Waiting until the server has brought a cluster into the state that was asked for.
//!
//! It only reads. It writes nothing again, and what it finds changes nothing about how the edit before it ended:
//! an applied change was in effect, whatever became of it since.

use std::cmp::Ordering;
use std::fmt;
use std::ops::ControlFlow;
use std::time::Duration;

use akua_model::edit::Applied;
use akua_model::{
    Cluster, ClusterId, ClusterPatch, Declared, Etag, Patch, Printable, Properties, Property, Shown, answer, request,
};
use serde::{Deserialize, Serialize};

use crate::collection::{Collection, span};
use crate::deadline::{Deadline, Pause};
use crate::error::{Error, ErrorKind};
use crate::retry::{self, fraction};

/// The shortest pause between two reads, and the least time that is worth another one.
const LEAST: Duration = Duration::from_millis(50);

/// Which cluster [`wait_settled`](Collection::wait_settled) waits for, and what is known of the write before it.
///
/// It can be stored (`serde`), and holds no secret. An applied edit converts into one: `wait_settled(applied)`. After an `update`, build it as below. With
/// an id alone, the first read that shows no reconciling ends the wait, whoever asked for the state it is in.
///
/// ```
/// use akua_http::Awaited;
/// use akua_model::{ClusterId, ClusterPatch, Etag};
///
/// let id: ClusterId = "clu_1".parse()?;
/// let patch = ClusterPatch::builder().name("prod-eu").build()?;
/// let awaited = Awaited::of(&id).after(&Etag::from("42")).holding(&patch);
/// # Ok::<(), akua_model::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[must_use = "it says what to wait for; `wait_settled` waits"]
pub struct Awaited {
    id: ClusterId,
    before: Option<Etag>,
    /// The version that the write made, as far as its answer could be read.
    made: Option<Made>,
    /// What the fields of ours that answers show are to hold, by name.
    ours: Vec<(String, String)>,
}

/// The version that a write made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Made {
    etag: Etag,
    /// In Unix seconds.
    updated_at: Option<i64>,
}

/// What a version that was read is to the one that is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shows {
    /// The version from before the write, or an older one.
    Past,
    /// The version that the write made, or one that holds our values.
    Ours,
    /// A later version without our values.
    Newer,
    /// Another version without our values. Whether it is newer than ours is not known.
    Another,
}

impl Awaited {
    /// The cluster `id`.
    pub fn of(id: &ClusterId) -> Self {
        Self {
            id: id.clone(),
            before: None,
            made: None,
            ours: Vec::new(),
        }
    }

    /// Which cluster.
    #[must_use]
    pub fn id(&self) -> &ClusterId {
        &self.id
    }

    /// After a write that was guarded by the etag `before`. A read that shows it is older than the write and never
    /// counts.
    pub fn after(mut self, before: &Etag) -> Self {
        self.before = Some(before.clone());
        self
    }

    /// As long as it holds the values in `ours`, as far as answers show them.
    pub fn holding(mut self, ours: &ClusterPatch) -> Self {
        self.ours = expected(ours, |_| None);
        self
    }

    /// After the write that was answered with the version `made`. That version is ours whatever its values are, one that
    /// was updated before it is past, and only one that was updated after it can have replaced it.
    pub fn acknowledged(mut self, made: &Cluster) -> Self {
        self.made = Some(Made {
            etag: made.etag.clone(),
            updated_at: made.updated_at.unix_seconds(),
        });
        self
    }

    /// What `cluster` is. `never_stale`: no read shows anything older than what was written before it.
    fn shows(&self, cluster: &Cluster, never_stale: bool) -> Shows {
        if self.before.as_ref() == Some(&cluster.etag) {
            return Shows::Past;
        }
        if self.made.as_ref().is_some_and(|made| made.etag == cluster.etag) {
            return Shows::Ours;
        }
        let made_at = self.made.as_ref().and_then(|made| made.updated_at);
        let age = made_at
            .zip(cluster.updated_at.unix_seconds())
            .map(|(made, read)| read.cmp(&made));
        if age == Some(Ordering::Less) && !never_stale {
            return Shows::Past;
        }
        let holds = |(field, ours): &(String, String)| match cluster.shown(field) {
            Shown::Is(value) => value.to_text() == *ours,
            Shown::Absent => false,
            Shown::Unreadable => true,
        };
        if self.ours.iter().all(holds) {
            return Shows::Ours;
        }
        if never_stale || age == Some(Ordering::Greater) {
            return Shows::Newer;
        }
        Shows::Another
    }
}

/// What the fields of a patch are to hold: what is `shown` of the version that it made, as a server may have adjusted them,
/// else what was wanted. Secrets are in no answer, so they are left out.
fn expected(ours: &ClusterPatch, shown: impl Fn(&Property) -> Option<String>) -> Vec<(String, String)> {
    let assignments = ours.assignments().into_iter();
    assignments
        .filter(|ours| !ours.field.is_secret())
        .map(|ours| {
            (
                ours.field.name.to_owned(),
                shown(ours.field).unwrap_or_else(|| ours.value.to_text().into_owned()),
            )
        })
        .collect()
}

impl From<&Applied<Cluster>> for Awaited {
    fn from(applied: &Applied<Cluster>) -> Self {
        let resource = applied.resource.as_ref();
        // An answer that could not be read in full may still have shown what the server made of a field.
        let stored = || applied.adjusted.iter().chain(&applied.not_taken);
        let shown = |field: &Property| match resource {
            Some(made) => made.value(field).value().map(|value| value.to_text().into_owned()),
            None => stored().find(|report| report.field == field)?.theirs.clone().value(),
        };
        Self {
            id: applied.id.clone(),
            before: applied.if_match.clone(),
            made: Some(Made {
                etag: applied.etag.clone(),
                updated_at: resource.and_then(|made| made.updated_at.unix_seconds()),
            }),
            ours: applied
                .patch
                .as_ref()
                .map_or_else(Vec::new, |patch| expected(patch, shown)),
        }
    }
}

impl From<Applied<Cluster>> for Awaited {
    fn from(applied: Applied<Cluster>) -> Self {
        Self::from(&applied)
    }
}

impl From<&ClusterId> for Awaited {
    fn from(id: &ClusterId) -> Self {
        Self::of(id)
    }
}

/// How waiting for a cluster ended. None of these says anything about whether the write before it was applied.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Settled {
    /// The server has stopped reconciling. This is the cluster as it is then.
    Settled(Cluster),
    /// There is no such cluster any more (404, in the service's own form): it was deleted, or the token may no longer see it.
    Gone,
    /// A value of ours is no longer there: somebody else has changed it since, as a later version shows. The server may
    /// still be reconciling.
    Superseded(Cluster),
    /// The call's time was up, and the version read last is another one without our values, of which is not known whether
    /// it is newer than ours: a read may be stale.
    Unclear(Cluster),
    /// The call's time was up. The last version read that counts, still reconciling; `None` if there was none: the
    /// service could not be reached, or no read has shown another etag than the one before the write.
    DeadlinePassed(Option<Cluster>),
    /// The caller's cancel handle ended the call. The last version read that counts.
    Cancelled(Option<Cluster>),
}

impl Settled {
    /// The name of this end in every language: `settled`, `gone`, `superseded`, `deadline_passed` (which is that of
    /// [`Unclear`](Self::Unclear) too) or `cancelled`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Settled(_) => "settled",
            Self::Gone => "gone",
            Self::Superseded(_) => "superseded",
            Self::DeadlinePassed(_) | Self::Unclear(_) => "deadline_passed",
            Self::Cancelled(_) => "cancelled",
        }
    }

    /// The version read last that counts, if there was one and the cluster still exists. Of [`Unclear`](Self::Unclear) the
    /// version that may or may not count.
    #[must_use]
    pub fn cluster(&self) -> Option<&Cluster> {
        match self {
            Self::Settled(cluster) | Self::Superseded(cluster) | Self::Unclear(cluster) => Some(cluster),
            Self::DeadlinePassed(last) | Self::Cancelled(last) => last.as_ref(),
            Self::Gone => None,
        }
    }

    /// The same, to be kept.
    #[must_use]
    pub fn into_cluster(self) -> Option<Cluster> {
        match self {
            Self::Settled(cluster) | Self::Superseded(cluster) | Self::Unclear(cluster) => Some(cluster),
            Self::DeadlinePassed(last) | Self::Cancelled(last) => last,
            Self::Gone => None,
        }
    }
}

impl fmt::Display for Settled {
    /// One line for a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = |f: &mut fmt::Formatter<'_>, last: &Option<Cluster>| match last {
            Some(cluster) => write!(
                f,
                "; it was still reconciling at etag {}",
                Printable(cluster.etag.as_str())
            ),
            None => f.write_str("; no read has shown what became of the write"),
        };
        match self {
            Self::Settled(cluster) => write!(f, "settled at etag {}", Printable(cluster.etag.as_str())),
            Self::Gone => f.write_str("gone: there is no such cluster any more"),
            Self::Superseded(cluster) => {
                write!(
                    f,
                    "superseded: somebody else has changed our values, at etag {}",
                    Printable(cluster.etag.as_str())
                )
            }
            Self::Unclear(cluster) => {
                write!(
                    f,
                    "the deadline passed; another version was read, at etag {}; whether it is newer than ours is not known",
                    Printable(cluster.etag.as_str())
                )
            }
            Self::DeadlinePassed(cluster) => {
                f.write_str("the deadline passed")?;
                last(f, cluster)
            }
            Self::Cancelled(cluster) => {
                f.write_str("the caller ended the call")?;
                last(f, cluster)
            }
        }
    }
}

/// What one read brought: the end of the wait, or that it goes on, after at least so long if the server asks for it.
type Look = ControlFlow<Settled, Option<Duration>>;

impl Collection<Cluster> {
    /// Reads a cluster again and again until the server has stopped `reconciling` it. No other kind that is documented is
    /// reconciled.
    ///
    /// The time for all of it is that of the call: set it with [`timeout`](Self::timeout), since bringing up a
    /// cluster may take longer than a client's usual 30 s. The pauses grow from
    /// [`RetryPolicy::base`](crate::retry::RetryPolicy::base) to [`cap`](crate::retry::RetryPolicy::cap), half of
    /// each left to chance; `Retry-After` is honoured. A read that fails in passing (no connection, 429, 5xx) is
    /// followed by another one, out of the client's retry budget.
    ///
    /// A read that shows the etag from before the write never counts, nor does one that was updated before the version that
    /// the write made. That version is ours, whatever a server has made of the values, and another one without our values
    /// replaces it only if it was updated after it, or if the contract says that no read is stale. Otherwise the cluster is
    /// read again, and if nothing else comes the end is [`Unclear`](Settled::Unclear): times are told in seconds, so that two
    /// writers within one look alike. A version with our values that is older still can't be told from a new one, where the
    /// version that the write made is not known. Write-only fields (`kubeconfig`, `region_id`) can't be compared, so a change of those by somebody else
    /// is not noticed. On a server whose etag does not move with a write-only field, wait for the id alone.
    ///
    /// ```
    /// # use akua_http::transport::scripted::ScriptedTransport;
    /// # let wire = ScriptedTransport::new();
    /// # let cluster = |etag: &str, busy: bool| format!(r#"{{"id":"clu_1","name":"prod","workspace_id":"ws_1",
    /// #     "state":"active","provider":"managed_kaas","reconciling":{busy},"created_at":1,"updated_at":1,"etag":"{etag}"}}"#);
    /// # wire.answer(200, cluster("42", false));
    /// # wire.answer(200, cluster("43", true));
    /// # wire.answer(200, cluster("43", true));
    /// # wire.answer(200, cluster("44", false));
    /// use akua_http::{Client, Settled};
    /// use akua_model::ClusterPatch;
    /// use std::time::Duration;
    ///
    /// # let client = Client::builder().token("t").transport(wire).build()?;
    /// let clusters = client.clusters();
    /// let cluster = clusters.get(&"clu_1".parse()?)?;
    /// let edited = clusters.edit(&cluster, ClusterPatch::builder().region_id("reg_eu").build()?)?;
    /// if let Some(applied) = edited.applied() {
    ///     match clusters.timeout(Duration::from_secs(600)).wait_settled(applied)? {
    ///         Settled::Settled(cluster) => println!("{} runs in its new region", cluster.name),
    ///         other => println!("the change was applied, but: {other}"),
    ///     }
    /// }
    /// # Ok::<(), akua_http::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// What does not pass by waiting: the token is refused, the answer can't be read, the retry budget is used up.
    /// Reads never take effect, and the write before is as it was.
    pub fn wait_settled(&self, awaited: impl Into<Awaited>) -> Result<Settled, Error> {
        let awaited = awaited.into();
        let client = self.client().inner();
        let deadline = Deadline::after(self.timeout.unwrap_or(client.timeout));
        let span = span(&request::read::<Cluster>(&awaited.id, self.effective_context()));
        let _entered = span.enter();
        let mut last = Last::default();
        let mut longest = client.retry.base;
        loop {
            let asked_for = match self.look(&awaited, &mut last, deadline)? {
                ControlFlow::Break(settled) => return Ok(settled),
                ControlFlow::Continue(asked_for) => asked_for.unwrap_or_default(),
            };
            let left = deadline.remaining();
            if left < LEAST || asked_for >= left {
                return Ok(last.at_the_deadline());
            }
            // Half of what is left at most, so that the deadline finds the cluster looked at not long before.
            let bound = longest.min(client.retry.cap).max(LEAST).min(left / 2);
            let pause = (bound / 2 + fraction(bound / 2, client.pace.dice())).max(asked_for);
            longest = longest.saturating_mul(2);
            match deadline.pause(client.pace.stretch(pause), self.cancel_handle()) {
                Pause::Elapsed => {}
                Pause::DeadlinePassed => return Ok(last.at_the_deadline()),
                Pause::Cancelled => return Ok(Settled::Cancelled(last.counted)),
            }
        }
    }

    /// Reads once.
    fn look(&self, awaited: &Awaited, last: &mut Last, deadline: Deadline) -> Result<Look, Error> {
        let never_stale = self.client().inner().contract.reads_linearizable;
        let request = request::read::<Cluster>(&awaited.id, self.effective_context());
        let mut exchange = self.exchange_until(&request, deadline);
        let (outcome, error) = match exchange.attempt() {
            Ok(outcome) => match exchange.judge(&outcome, &|answer| {
                answer::of_resource::<Cluster>(&awaited.id, answer).into()
            }) {
                Ok(cluster) => return Ok(last.judged(awaited.shows(&cluster, never_stale), cluster)),
                Err(error) => (Some(outcome), error),
            },
            Err(error) => (None, error),
        };
        match error.kind() {
            ErrorKind::NotFound if error.is_from_service() => return Ok(ControlFlow::Break(Settled::Gone)),
            ErrorKind::Cancelled => return Ok(ControlFlow::Break(Settled::Cancelled(last.counted.take()))),
            ErrorKind::Timeout if deadline.has_passed() => {
                return Ok(ControlFlow::Break(std::mem::take(last).at_the_deadline()));
            }
            // Something in front of the service has no way to it just now.
            ErrorKind::NotFound => {}
            _ if !outcome.as_ref().is_some_and(retry::is_passing) => return Err(error),
            _ => {}
        }
        if self.client().inner().budgets.take_retry() {
            Ok(ControlFlow::Continue(error.retry_after()))
        } else {
            Err(error.and("and the client's retry budget is used up"))
        }
    }
}

/// What was read so far.
#[derive(Default)]
struct Last {
    /// The version read last that counts.
    counted: Option<Cluster>,
    /// Another version that was read since, and may be newer or older than ours.
    unclear: Option<Cluster>,
}

impl Last {
    /// What a version that was read means for the wait.
    fn judged(&mut self, shows: Shows, cluster: Cluster) -> Look {
        match shows {
            Shows::Past => {}
            Shows::Newer => return ControlFlow::Break(Settled::Superseded(cluster)),
            Shows::Another => self.unclear = Some(cluster),
            Shows::Ours if cluster.reconciling => {
                self.counted = Some(cluster);
                self.unclear = None;
            }
            Shows::Ours => return ControlFlow::Break(Settled::Settled(cluster)),
        }
        ControlFlow::Continue(None)
    }

    fn at_the_deadline(self) -> Settled {
        match self.unclear {
            Some(cluster) => Settled::Unclear(cluster),
            None => Settled::DeadlinePassed(self.counted),
        }
    }
}

#[cfg(test)]
mod tests;
