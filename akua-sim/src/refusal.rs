//! What the server refuses, and the two shapes in which it says so.

use serde_json::{Map, Value, json};

use crate::contract::{Contract, Envelope};
use crate::wire::Answer;

/// A refusal: a status and one entry for each thing that is wrong.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    status: u16,
    /// The word that stands for it in the short envelope.
    word: &'static str,
    entries: Vec<Entry>,
    /// The methods that are allowed instead.
    allow: Option<&'static str>,
}

#[derive(Clone, Debug)]
struct Entry {
    code: u32,
    message: String,
    path: Vec<String>,
    metadata: Map<String, Value>,
}

impl Refusal {
    fn one(status: u16, word: &'static str, code: u32, message: &str) -> Self {
        let entry = Entry {
            code,
            message: message.to_owned(),
            path: Vec::new(),
            metadata: Map::new(),
        };
        Self {
            status,
            word,
            entries: vec![entry],
            allow: None,
        }
    }

    /// No such path, no such resource, or one that this token can't see.
    pub(crate) fn not_found() -> Self {
        Self::one(404, "not_found", 7002, "Resource not found")
    }

    pub(crate) fn unauthorized() -> Self {
        Self::one(401, "unauthenticated", 7003, "Missing or unknown bearer token")
    }

    pub(crate) fn forbidden(message: &str) -> Self {
        Self::one(403, "permission_denied", 7004, message)
    }

    /// Only the methods in `allow` are.
    pub(crate) fn method_not_allowed(allow: &'static str) -> Self {
        Self {
            allow: Some(allow),
            ..Self::one(405, "method_not_allowed", 7000, "Method not allowed")
        }
    }

    pub(crate) fn too_large() -> Self {
        Self::one(413, "too_large", 7001, "Request body too large")
    }

    /// A resource in the wrong state, a value already taken, a key reused.
    pub(crate) fn conflict(message: &str) -> Self {
        Self::one(409, "conflict", 7006, message)
    }

    /// An idempotency key that was used for another request.
    pub(crate) fn key_reused(contract: &Contract) -> Self {
        Self::said(contract.reused_key, "This idempotency key was used for another request")
    }

    /// An idempotency key under which something was made that is gone.
    pub(crate) fn made_is_gone(status: u16) -> Self {
        Self::said(status, "What was made under this idempotency key is gone")
    }

    /// Something that can't be done any more.
    pub(crate) fn unprocessable(message: &str) -> Self {
        Self::one(422, "failed_precondition", 7007, message)
    }

    /// An `if-match` that is not the current etag.
    pub(crate) fn aborted(current: &str, contract: &Contract) -> Self {
        let mut refusal = Self::one(
            409,
            "aborted",
            7006,
            "ABORTED: the resource has changed since this etag was read",
        );
        if contract.conflict_names_etag {
            for entry in &mut refusal.entries {
                entry.metadata.insert(
                    contract.etag_metadata_key.clone(),
                    contract.etag_form.of(current).into(),
                );
            }
        }
        refusal
    }

    /// A text that another resource has, which is at this etag.
    pub(crate) fn taken(property: &str, etag: &str, contract: &Contract) -> Self {
        let mut refusal = Self::conflict(&format!("This {property} is already taken"));
        if let Some(key) = &contract.taken_names_etag {
            for entry in &mut refusal.entries {
                entry.metadata.insert(key.clone(), contract.etag_form.of(etag).into());
            }
        }
        refusal
    }

    /// A status without a meaning of its own, for faults.
    pub(crate) fn bare(status: u16) -> Self {
        Self::said(status, &format!("Simulated failure {status}"))
    }

    /// A refusal with what is usual for its status.
    fn said(status: u16, message: &str) -> Self {
        let (word, code) = match status {
            401 => ("unauthenticated", 7003),
            403 => ("permission_denied", 7004),
            404 => ("not_found", 7002),
            408 | 504 => ("deadline_exceeded", 7000),
            409 => ("conflict", 7006),
            422 => ("invalid_argument", 7007),
            429 => ("resource_exhausted", 7008),
            400..=499 => ("invalid_argument", 7001),
            503 => ("unavailable", 7000),
            _ => ("internal", 7000),
        };
        Self::one(status, word, code, message)
    }

    /// Something in the request itself is wrong, at `path`.
    pub(crate) fn invalid(status: u16, path: &[&str], message: &str) -> Self {
        Self {
            entries: Vec::new(),
            ..Self::one(status, "invalid_argument", 7001, "")
        }
        .and_invalid(path, message)
    }

    /// One more thing wrong.
    pub(crate) fn and_invalid(mut self, path: &[&str], message: &str) -> Self {
        self.entries.push(Entry {
            code: if self.status == 422 { 7007 } else { 7001 },
            message: message.to_owned(),
            path: path.iter().map(|&part| part.to_owned()).collect(),
            metadata: Map::new(),
        });
        self
    }

    pub(crate) fn status(&self) -> u16 {
        self.status
    }

    /// The refusal on the wire.
    pub(crate) fn answer(&self, contract: &Contract) -> Answer {
        let body = match contract.envelope {
            Envelope::Documented => {
                let more = (self.status == 409).then_some(&contract.conflict_metadata);
                let errors: Vec<Value> = self.entries.iter().map(|entry| entry.documented(more)).collect();
                json!({ "success": false, "errors": errors, "result": {} })
            }
            Envelope::ErrorObject => {
                let messages: Vec<&str> = self.entries.iter().map(|entry| entry.message.as_str()).collect();
                json!({ "error": { "code": self.word, "message": messages.join("; ") } })
            }
        };
        let mut answer = json_answer(self.status, &body);
        if let Some(allow) = self.allow {
            answer.set_header("allow", allow);
        }
        answer
    }
}

impl Entry {
    /// With what else belongs into the metadata, as far as it does not stand there already.
    fn documented(&self, more: Option<&Map<String, Value>>) -> Value {
        let mut entry = json!({ "code": self.code, "message": self.message });
        if let Value::Object(map) = &mut entry {
            if !self.path.is_empty() {
                map.insert("path".to_owned(), self.path.clone().into());
            }
            let mut metadata = more.cloned().unwrap_or_default();
            metadata.extend(self.metadata.clone());
            if !metadata.is_empty() {
                map.insert("metadata".to_owned(), metadata.into());
            }
        }
        entry
    }
}

/// An answer with a JSON body.
pub(crate) fn json_answer(status: u16, body: &Value) -> Answer {
    Answer {
        status,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: body.to_string().into_bytes(),
    }
}
