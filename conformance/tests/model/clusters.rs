//! What is read of a cluster beside itself.

use akua_conformance::case::Call;
use akua_conformance::report::Report;
use akua_conformance::run;
use akua_model::{Cluster, Error, answer, request};

use super::{Check, response, was_not_taken};

impl Check<'_, Cluster> {
    pub(super) fn kubeconfig(&mut self) -> Result<Option<Report>, Error> {
        self.context = self.case.client.context.as_deref().map(str::parse).transpose()?;
        let Call::Kubeconfig { id } = &self.case.call else {
            panic!("{}: another call", self.case.name);
        };
        let request = request::kubeconfig(&id.parse()?, self.context.as_ref());
        self.requests = vec![request; self.case.wire.len()];
        let report = self.case.report.clone().unwrap();
        let last = self.case.wire.last().filter(|_| !was_not_taken(&report));
        let last = last.and_then(|last| response(&last.answer));
        match last.map(|response| answer::of_kubeconfig(&response)) {
            None => {}
            Some(Ok(kubeconfig)) => assert_eq!(
                report.kubeconfig.as_deref(),
                Some(kubeconfig.expose()),
                "{}",
                self.case.name
            ),
            Some(Err(mut failed)) => {
                failed.redact(run::TOKEN);
                self.fails_as(&failed, false, &report);
            }
        }
        Ok(None)
    }
}
