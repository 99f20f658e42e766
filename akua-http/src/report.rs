//! What a call of this crate ended with, as the [`Report`] that every other language, a ledger and the shared cases are
//! told: the one place in which errors and waits are. An edit is told where its outcome is made, in `akua_model::report`.

use akua_model::report::{End, Report, hint};
use akua_model::{ClusterId, Printable};

use crate::{Effect, Error, ErrorKind, Settled};

impl From<&Error> for Report {
    fn from(error: &Error) -> Self {
        let mut report = Self::new(error.kind(), error.effect(), error.to_string());
        report.hint = error.hint().map(str::to_owned);
        report.status = error.status();
        report.server_errors = error.server_errors().to_vec();
        report.retry_after_ms = error
            .retry_after()
            .map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX));
        report.request_id = error.request_id().map(str::to_owned);
        report.problems = error.problems().to_vec();
        report.etag = error.new_etag().map(ToString::to_string);
        report.current_etag = error.current_etag().map(ToString::to_string);
        report.attempts = error.attempts();
        report.requests = error.attempts();
        report
    }
}

impl Settled {
    /// The report of such a wait for the cluster `id`. A wait only reads, and says nothing of how the write before it ended.
    #[must_use]
    pub fn report(&self, id: &ClusterId) -> Report {
        let (kind, end) = match self {
            Settled::Settled(_) => (ErrorKind::Ok, End::Settled),
            Settled::Gone => (ErrorKind::NotFound, End::Gone),
            Settled::Superseded(_) => (ErrorKind::Superseded, End::Superseded),
            Settled::DeadlinePassed(_) | Settled::Unclear(_) => (ErrorKind::Timeout, End::DeadlinePassed),
            Settled::Cancelled(_) => (ErrorKind::Cancelled, End::Cancelled),
        };
        let hint = match self {
            Settled::Settled(_) => "",
            Settled::DeadlinePassed(_) | Settled::Unclear(_) => "wait again, with more time",
            Settled::Gone | Settled::Superseded(_) | Settled::Cancelled(_) => hint::usual(kind),
        };
        let mut report = Report::new(kind, Effect::NotApplied, self.to_string());
        if !hint.is_empty() {
            report.message = format!("waiting for cluster {}: {self} ({hint})", Printable(id.as_str()));
            report.hint = Some(hint.to_owned());
        }
        report.end = Some(end);
        report.seen_etag = self.cluster().map(|cluster| cluster.etag.to_string());
        match self {
            Settled::Settled(_) => report.etag = report.seen_etag.clone(),
            Settled::Gone => report.status = Some(404),
            Settled::Superseded(_) => report.current_etag = report.seen_etag.clone(),
            Settled::DeadlinePassed(_) | Settled::Unclear(_) | Settled::Cancelled(_) => {}
        }
        report
    }
}
