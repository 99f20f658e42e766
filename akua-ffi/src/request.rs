//! Any request, for the calls that nothing else here describes, and what is answered to it.

use std::sync::RwLock;

use akua_http::{AnyAnswer, Error, RequestCall};
use akua_model::{IdempotencyKey, IfMatch, Json};

use crate::call::{Failure, call};
use crate::client::akua_client;
use crate::handle::{Handle, Misuse, from_c};
use crate::locks::{changing, reading};
use crate::options::akua_call_options;
use crate::report::akua_report;
use crate::status::akua_status;
use crate::text::{Text, akua_str};

/// One request to any path: see `akua_request_send`. One may be sent many times. Setting something while another thread does, or
/// sends it, is refused with `AKUA_MISUSE`. Its body is wiped from memory with it.
pub struct akua_request(RwLock<RequestCall>);

/// What a request was answered with a 2xx. It never changes. What a getter gives is borrowed: it lives as long as the answer. It
/// may be used from many threads at a time, and is not wiped from memory.
pub struct akua_answer {
    status: i32,
    texts: [Option<Text>; 3],
}

impl Handle for akua_request {
    const TAG: u64 = u64::from_be_bytes(*b"a.reqst.");
}

impl Handle for akua_answer {
    const TAG: u64 = u64::from_be_bytes(*b"a.answer");
}

/// What of a request is set: one of the `AKUA_REQUEST_` numbers.
pub type akua_request_key = i32;

/// The body: JSON, sent as it is. It may hold a secret, but not in the name of a property: nothing shows it, also where a server
/// repeats its texts and numbers of four characters and more. A GET has none.
pub const AKUA_REQUEST_BODY: akua_request_key = 1;
/// The etag that guards it, sent as `if-match`. Whether it is looked at is up to the endpoint.
pub const AKUA_REQUEST_IF_MATCH: akua_request_key = 2;
/// The caller's key, 1 to 64 printable ASCII characters. What it promises is up to the endpoint: nothing is repeated because of it.
pub const AKUA_REQUEST_IDEMPOTENCY_KEY: akua_request_key = 3;

/// What of an answer is asked for: one of the `AKUA_ANSWER_` numbers.
pub type akua_answer_key = i32;

/// The body: JSON, exactly as it was written. No text if it was empty, as that of a 204. It may hold a secret.
pub const AKUA_ANSWER_JSON: akua_answer_key = 1;
/// The header `etag`. Most answers have none: there the etag is a property of the body.
pub const AKUA_ANSWER_ETAG: akua_answer_key = 2;
/// The server's id for the request, as its support asks for it.
pub const AKUA_ANSWER_REQUEST_ID: akua_answer_key = 3;

impl akua_request {
    /// One for all that changes it: the library has to stay small.
    #[inline(never)]
    fn change(&self, change: &dyn Fn(RequestCall) -> Result<RequestCall, Error>) -> Result<(), Failure> {
        let mut call = changing(&self.0, "request")?;
        *call = change(call.clone())?;
        Ok(())
    }
}

impl akua_answer {
    fn new(answer: &AnyAnswer) -> Self {
        let texts = [
            answer.json.as_ref().map(Json::as_str),
            answer.etag.as_ref().map(|etag| etag.as_str()),
            answer.request_id.as_deref(),
        ];
        Self {
            status: answer.status.into(),
            texts: texts.map(|text| text.map(Text::new)),
        }
    }
}

/// Makes a request. Nothing is sent yet. Free it with `akua_request_free`.
///
/// `method` is GET, POST, PUT, PATCH or DELETE. `path` is written as the API's documentation writes it, such as
/// `/clusters/clu_1:suspend`: it begins with `/`, `/v1` and the base URL are put before it, and it is sent as it is, so what a URL
/// can't hold has to be percent-encoded in it. A path that something on the way could take for another one is refused: with an
/// empty segment, with `.` or `..` as one, or with a control character, all of them also percent-encoded. Errors show the path and
/// the query: they are no place for a secret.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_request_new(
    method: akua_str,
    path: akua_str,
    request: *mut *mut akua_request,
    error: *mut *mut akua_report,
) -> akua_status {
    call!(error, |method: text, path: text| -> request {
        akua_request(RwLock::new(RequestCall::new(method, path)?))
    })
}

/// Sets what the key names, such as `AKUA_REQUEST_BODY`, in place of what was set before.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_request_set_text(
    request: *mut akua_request,
    key: akua_request_key,
    text: akua_str,
    error: *mut *mut akua_report,
) -> akua_status {
    call!(error, |request: handle, text: text| {
        match key {
            AKUA_REQUEST_BODY => {
                let not_json = |_| Error::invalid_input("body", "is not JSON");
                let body: Json = text.parse().map_err(not_json)?;
                request.change(&|call| call.json(&body))?;
            }
            AKUA_REQUEST_IF_MATCH => {
                let etag = IfMatch::try_from(text)?;
                request.change(&|call| Ok(call.if_match(&etag)))?;
            }
            AKUA_REQUEST_IDEMPOTENCY_KEY => {
                let given = IdempotencyKey::try_from(text)?;
                request.change(&|call| Ok(call.idempotency_key(&given)))?;
            }
            _ => {
                let problem = format!("is {key}, which is none of the AKUA_REQUEST_ numbers");
                return Err(Misuse::new("key", problem).into());
            }
        }
    })
}

/// Adds a parameter to the query. Name and value are percent-encoded here; one name may be given several times. Path and query
/// have 8,000 bytes at most.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_request_add_query(
    request: *mut akua_request,
    name: akua_str,
    value: akua_str,
    error: *mut *mut akua_report,
) -> akua_status {
    call!(error, |request: handle, name: text, value: text| {
        request.change(&|call| call.query(name, value))?
    })
}

/// Sends a request to any path and gives what the service answers: for the calls that nothing else here describes yet. Where there
/// is a call of its own, that one knows more. Free the answer with `akua_answer_free`.
///
/// It is sent once, with the client's token, context, limits and time; no redirect is followed. It does not know what the request
/// means: no field, etag or answer is checked or compared. It does not know whether a repeat would be safe: nothing is tried
/// again, neither a read nor with a key. It does not know what became of a lost answer: nothing is settled, and there is no resume
/// token.
///
/// On a failure, `AKUA_REPORT_MAY_HAVE_TAKEN_EFFECT` tells whether it may have changed something, by the rules of
/// `akua_resource_update`: it is false for a definite refusal, such as `AKUA_CONFLICT`, and for every GET; it is true for a lost
/// answer, and for a 2xx whose body is neither empty nor JSON. Then look before it is sent again. `options` may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_request_send(
    client: *const akua_client,
    options: *const akua_call_options,
    request: *const akua_request,
    answer: *mut *mut akua_answer,
    error: *mut *mut akua_report,
) -> akua_status {
    call!(error, |client: handle, options: optional, request: handle| -> answer {
        let call = reading(&request.0, "request")?.clone();
        akua_answer::new(&client.request(&akua_call_options::on_request(call, options)?)?)
    })
}

/// Makes a copy, which goes its own way from then on. NULL if there is nothing to copy. Free it with `akua_request_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_request_clone(request: *const akua_request) -> *mut akua_request {
    from_c!().copied(request, |request| {
        let call = reading(&request.0, "request").ok()?.clone();
        Some(akua_request(RwLock::new(call)))
    })
}

/// Frees a request and wipes its body from memory. NULL does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_request_free(request: *mut akua_request) {
    from_c!().free(request);
}

/// The HTTP status of an answer, 200 to 299; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_answer_http_status(answer: *const akua_answer) -> i32 {
    from_c!().of(answer, 0, |answer| answer.status)
}

/// A text of an answer, by its key, such as `AKUA_ANSWER_JSON`; no text if there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_answer_text(answer: *const akua_answer, key: akua_answer_key) -> akua_str {
    from_c!().of(answer, akua_str::NONE, |answer| {
        let index = usize::try_from(key).ok().and_then(|key| key.checked_sub(1));
        let text = index.and_then(|index| answer.texts.get(index)?.as_ref());
        text.map_or(akua_str::NONE, Text::as_c)
    })
}

/// Frees an answer. NULL does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_answer_free(answer: *mut akua_answer) {
    from_c!().free(answer);
}
