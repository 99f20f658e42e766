//! Answers: resources, pages and error envelopes, with the headers that are read.
//!
//! The first byte chooses the status, what follows up to the first line break is the value of every header that is
//! read, the rest is the body.
#![no_main]

use akua_model::answer::{self, Answer, Failed};
use akua_model::http::Response;
use akua_model::property::Presence;
use akua_model::{Declared, Listed, PageQuery, Readable, ResourceKind, with_kind};
use libfuzzer_sys::fuzz_target;

const STATUSES: [u16; 16] = [
    200, 200, 200, 200, 201, 204, 301, 401, 404, 409, 409, 412, 422, 429, 500, 999,
];

/// A token that is to be hidden wherever a server repeats it.
const SECRET: &str = "sk_akua_marker_0123456789";

fuzz_target!(|data: &[u8]| {
    let Some((choice, rest)) = data.split_first() else {
        return;
    };
    let (header, body) = match rest.iter().position(|byte| *byte == b'\n') {
        Some(at) => (&rest[..at], &rest[at + 1..]),
        None => (&b""[..], rest),
    };
    let header = String::from_utf8_lossy(header).into_owned();
    let response = Response {
        status: STATUSES[usize::from(*choice) % STATUSES.len()],
        headers: ["retry-after", "x-request-id", "location"]
            .map(|name| (name.into(), header.clone()))
            .into(),
        body: body.to_vec(),
    };
    let id = answer::request_id(&response, &[SECRET]);
    assert!(!id.unwrap_or_default().contains(SECRET));
    for kind in ResourceKind::ALL {
        with_kind!(*kind, Readable R => resource::<R>(&response), else => {});
        with_kind!(*kind, Listed R => page::<R>(&response), else => {});
    }
});

fn resource<R: Readable>(response: &Response) {
    let id: R::Id = R::BELOW.map_or("clu_1", |_| "clu_1/wbs_1").parse().unwrap();
    match answer::of_resource::<R>(&id, response) {
        Answer::Resource(resource) => {
            assert_eq!(response.status, 200);
            assert!(*resource.id() == id);
            same_again(&resource);
        }
        Answer::Partial(mut partial) => {
            assert_eq!(response.status, 200);
            partial.redact(SECRET);
            assert!(!partial.error.problems().is_empty());
        }
        Answer::Failed(failed) => refused(*failed, response),
    }
}

fn page<R: Listed>(response: &Response) {
    let query = R::BELOW.map_or_else(PageQuery::default, |below| PageQuery::default().only(below, "clu_1"));
    match answer::of_page::<R>(&query, response) {
        Ok(page) => page.data.iter().for_each(same_again),
        Err(failed) => refused(*failed, response),
    }
}

/// What was read and is written can be read again, and is the same but for the secrets that are shown once, which are not
/// written.
fn same_again<R: Declared>(resource: &R) {
    let written = serde_json::to_vec(resource).unwrap();
    let again: R = serde_json::from_slice(&written).unwrap();
    assert!(serde_json::to_vec(&again).unwrap() == written);
    let has_secrets = R::PROPERTIES.iter().any(|property| property.presence == Presence::Once);
    assert!(has_secrets || again == *resource);
}

fn refused(mut failed: Failed, response: &Response) {
    assert_eq!(failed.status, response.status);
    assert!(!(failed.is_definite() && (200..400).contains(&failed.status)));
    assert!(!failed.to_string().contains(char::is_control));
    failed.redact(SECRET);
    assert!(!format!("{failed} {failed:?}").contains(SECRET));
}
