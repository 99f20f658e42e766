//! Any request, and what is shown of it.

use akua_http::{AnyAnswer, Client, Error, RequestCall};
use akua_model::Json;

use super::tell::told;
use crate::case::Requested;
use crate::report::{Answered, Report};

pub(super) fn request(client: &Client, requested: &Requested) -> Report {
    let call = call_of(requested);
    let shown = vec![format!("{call:?} {client:?}")];
    match call.and_then(|call| client.request(&call)) {
        Ok(answer) => Report {
            shown: [shown, vec![format!("{answer:?}")]].concat(),
            answered: Some(answered(&answer)),
            ..Report::default()
        },
        Err(error) => Report {
            shown: [
                shown,
                vec![format!(
                    "{error} {error:?} {:?}",
                    akua_model::report::Report::from(&error)
                )],
            ]
            .concat(),
            error: Some(told(&error)),
            ..Report::default()
        },
    }
}

/// What any request was answered.
#[must_use]
pub fn answered(answer: &AnyAnswer) -> Answered {
    Answered {
        status: answer.status,
        json: answer
            .json
            .as_ref()
            .and_then(|json| json.parse().ok())
            .unwrap_or_default(),
        etag: answer.etag.as_ref().map(ToString::to_string),
        request_id: answer.request_id.clone(),
    }
}

fn call_of(requested: &Requested) -> Result<RequestCall, Error> {
    let mut call = RequestCall::new(&requested.method, &requested.path)?;
    for (name, value) in &requested.query {
        call = call.query(name, value)?;
    }
    if let Some(body) = &requested.body {
        call = call.json(&body.parse::<Json>()?)?;
    }
    if let Some(etag) = &requested.if_match {
        call = call.if_match(&etag.parse()?);
    }
    if let Some(key) = &requested.idempotency_key {
        call = call.idempotency_key(&key.parse()?);
    }
    if let Some(context) = &requested.context {
        call = call.context(&context.parse()?);
    }
    Ok(call)
}
