//! Any request.

use akua_conformance::case::Call;
use akua_conformance::report::Report;
use akua_conformance::{run, runner};
use akua_model::{AnyRequest, Cluster, Error, Json, answer};

use super::{Check, response, was_not_taken};

impl Check<'_, Cluster> {
    pub(super) fn request(&mut self) -> Result<Option<Report>, Error> {
        let Call::Request(call) = &self.case.call else {
            panic!("{}: another call", self.case.name);
        };
        let context = call.context.as_ref().or(self.case.client.context.as_ref());
        let context = context.map(|context| context.parse()).transpose()?;
        let mut request = AnyRequest::new(&call.method, &call.path)?;
        for (name, value) in &call.query {
            request = request.query(name, value)?;
        }
        if let Some(body) = &call.body {
            request = request.json(&body.parse::<Json>()?)?;
        }
        if let Some(etag) = &call.if_match {
            request = request.if_match(&etag.parse()?);
        }
        if let Some(key) = &call.idempotency_key {
            request = request.idempotency_key(&key.parse()?);
        }
        let secrets = request.secrets();
        let request = request.request(context.as_ref());
        let write = request.is_write();
        self.requests = vec![request; self.case.wire.len()];
        let report = self.case.report.clone().unwrap();
        let last = self.case.wire.last().filter(|_| !was_not_taken(&report));
        match last
            .and_then(|last| response(&last.answer))
            .map(|response| answer::of_any(&response))
        {
            None => {}
            Some(Ok(answer)) => assert_eq!(report.answered, Some(runner::answered(&answer)), "{}", self.case.name),
            Some(Err(mut failed)) => {
                failed.redact(run::TOKEN);
                secrets.iter().for_each(|secret| failed.redact(secret));
                self.fails_as(&failed, write, &report);
            }
        }
        Ok(None)
    }
}
