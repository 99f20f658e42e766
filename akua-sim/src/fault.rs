//! Scripted faults: which requests they meet, how often, and what goes wrong then.
//!
//! A fault is a few independent choices — does the request wait, is it carried out, what is answered, how
//! much of the answer arrives — so that "502 after the write" and "answer lost before the write" need no
//! names of their own. The usual ones have a constructor.

mod matcher;
mod waiting;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::ControlError;
use crate::delivery::{Delivery, End, Part};
use crate::operation::Ends;
use crate::stores::Stores;

pub(crate) use matcher::problem;
pub use matcher::{Forever, Matcher, Times};
pub use waiting::Waiting;
pub(crate) use waiting::{Countdown, Faults};

/// How far a request is not even read before its connection is reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unread {
    /// The connection is reset as soon as it is accepted.
    Connection,
    /// The connection is reset when the first byte of a request arrives, on a new or a kept connection.
    Request,
    /// Status line and headers of the request are read, its body is not.
    Body,
}

/// How long a request waits before it is looked at. It is carried out then even if its client has gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hold {
    /// So many milliseconds.
    Ms(u64),
    /// Until the control endpoint releases it. Never released: never carried out.
    UntilReleased,
}

/// Whether the request is carried out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CarriedOut {
    /// As without a fault.
    #[default]
    Yes,
    /// Nothing is looked at and nothing done: it fails before the write. A 500 unless `answer` says else.
    No,
    /// A PATCH is answered 200 with the resource as it is, and not carried out: an idempotency key
    /// "replayed" without a write. A launch that would be accepted is answered 202 with an operation that is nowhere, a
    /// create that would be done with ids that are nowhere.
    /// Anything else is carried out.
    Pretended,
}

/// A body in place of the one that would have been sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// None.
    Empty,
    /// A page as a proxy shows it, with its content type.
    Html,
    /// The error envelope of the contract.
    Envelope,
    /// The body that would have been sent, cut in the middle, with a length to fit: JSON that ends early.
    BrokenJson,
    /// This text. The content type stays.
    Text(String),
    /// This JSON.
    Json(Value),
}

/// What is different about the answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AnswerChange {
    /// Another status. 400 and above bring the error envelope along, 1xx, 204 and 3xx an empty body, unless `body`
    /// says else.
    pub status: Option<u16>,
    /// Another body.
    pub body: Option<Body>,
    /// Headers to add or replace, names in lower case, such as `retry-after`, `location` or a wrong
    /// `content-length`.
    pub headers: BTreeMap<String, String>,
    /// Properties taken out of a JSON body. A name that begins with `/` is a JSON pointer.
    pub remove: Vec<String>,
    /// Properties put into a JSON body. A name that begins with `/` is a JSON pointer to one that is there.
    pub set: Map<String, Value>,
    /// The bytes that go out in place of a whole answer, status line included. The connection closes after them.
    pub raw: Option<String>,
}

/// One scripted fault.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Fault {
    /// Which requests it meets. Must be left out with `unread` of `connection` or `request`: nothing is known yet.
    #[serde(rename = "match")]
    pub matching: Matcher,
    /// It begins with the nth of them, counted from when it was injected. Left out: with the first.
    pub nth: Option<u64>,
    /// How many it meets. Left out: one.
    pub times: Times,
    /// It meets each with this chance in percent, drawn from the seeded generator. Left out: always.
    pub percent: Option<u8>,
    /// The connection is reset before the request is read. All below is without meaning then.
    pub unread: Option<Unread>,
    /// The request waits before it is looked at.
    pub hold: Option<Hold>,
    /// Whether it is carried out.
    pub carried_out: CarriedOut,
    /// A second copy of it arrives: right after the first was decided, later, or when the control endpoint releases it.
    /// Nobody hears its answer.
    pub again: Option<Hold>,
    /// How the operation ends that it starts. Left out: as the contract says.
    pub ends: Option<Box<Ends>>,
    /// What becomes of what an accepted PATCH or create carries; what is not taken of a create is as usual. Left out: what the contract says.
    pub stores: Option<Stores>,
    /// A GET of one resource is answered with the version so many before the current one. So is a PATCH that is
    /// answered 200, although it was carried out.
    pub stale_by: Option<usize>,
    /// A list says that there is more, and its `next_cursor` is the cursor that was asked for.
    pub repeat_cursor: bool,
    /// What is different about the answer.
    pub answer: AnswerChange,
    /// How the answer arrives.
    pub delivery: Delivery,
}

impl Fault {
    /// The request is not carried out and answered with this status.
    #[must_use]
    pub fn before(status: u16) -> Self {
        Self {
            carried_out: CarriedOut::No,
            ..Self::after(status)
        }
    }

    /// The request is carried out and answered with this status all the same.
    #[must_use]
    pub fn after(status: u16) -> Self {
        Self {
            answer: AnswerChange {
                status: Some(status),
                ..AnswerChange::default()
            },
            ..Self::default()
        }
    }

    /// The request is carried out, and no byte of the answer arrives.
    #[must_use]
    pub fn lost_after(end: End) -> Self {
        Self {
            delivery: Delivery::lost(end),
            ..Self::default()
        }
    }

    /// The request is read but not carried out, and no byte of an answer arrives.
    #[must_use]
    pub fn lost_before(end: End) -> Self {
        Self {
            carried_out: CarriedOut::No,
            ..Self::lost_after(end)
        }
    }

    /// The connection is reset before the request is read so far.
    #[must_use]
    pub fn unread(unread: Unread) -> Self {
        Self {
            unread: Some(unread),
            ..Self::default()
        }
    }

    /// The request waits before it is looked at.
    #[must_use]
    pub fn held(hold: Hold) -> Self {
        Self {
            hold: Some(hold),
            ..Self::default()
        }
    }

    /// A second copy of the request arrives, and nobody hears its answer.
    #[must_use]
    pub fn doubled(again: Hold) -> Self {
        Self {
            again: Some(again),
            ..Self::default()
        }
    }

    /// An accepted launch starts an operation that ends so.
    #[must_use]
    pub fn ends(ends: Ends) -> Self {
        Self {
            ends: Some(Box::new(ends)),
            ..Self::default()
        }
    }

    /// The request is carried out, the answer waits so many milliseconds.
    #[must_use]
    pub fn late(delay_ms: u64) -> Self {
        Self {
            delivery: Delivery {
                delay_ms,
                ..Delivery::default()
            },
            ..Self::default()
        }
    }

    /// The request is carried out, and a part of the answer arrives.
    #[must_use]
    pub fn cut(send: Part, end: End) -> Self {
        Self {
            delivery: Delivery::cut(send, end),
            ..Self::default()
        }
    }

    /// A GET, or a PATCH that was carried out, is answered with an older version.
    #[must_use]
    pub fn stale(by: usize) -> Self {
        Self {
            stale_by: Some(by),
            ..Self::default()
        }
    }

    /// A PATCH is accepted, and this is what becomes of what it carries.
    #[must_use]
    pub fn stores(stores: Stores) -> Self {
        Self {
            stores: Some(stores),
            ..Self::default()
        }
    }

    /// A PATCH is refused with a 409 before it is compared with anything, with this in its `metadata`.
    #[must_use]
    pub fn conflict(metadata: impl Into<Value>) -> Self {
        Self::before(409).with("/errors/0/metadata", metadata)
    }

    /// A PATCH is answered 200 and not carried out.
    #[must_use]
    pub fn pretended() -> Self {
        Self {
            carried_out: CarriedOut::Pretended,
            ..Self::default()
        }
    }

    /// Only for these requests.
    #[must_use]
    pub fn on(mut self, matching: Matcher) -> Self {
        self.matching = matching;
        self
    }

    /// So many times in place of once.
    #[must_use]
    pub fn times(mut self, times: u64) -> Self {
        self.times = Times::Count(times);
        self
    }

    /// Until it is removed.
    #[must_use]
    pub fn forever(mut self) -> Self {
        self.times = Times::Forever(Forever::Forever);
        self
    }

    /// From the nth request on, counted from 1.
    #[must_use]
    pub fn nth(mut self, nth: u64) -> Self {
        self.nth = Some(nth);
        self
    }

    /// With this chance in percent.
    #[must_use]
    pub fn percent(mut self, percent: u8) -> Self {
        self.percent = Some(percent);
        self
    }

    /// With this body.
    #[must_use]
    pub fn body(mut self, body: Body) -> Self {
        self.answer.body = Some(body);
        self
    }

    /// With this header, its name in lower case.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.answer.headers.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Without this property in the body.
    #[must_use]
    pub fn without(mut self, property: &str) -> Self {
        self.answer.remove.push(property.to_owned());
        self
    }

    /// With this property in the body.
    #[must_use]
    pub fn with(mut self, property: &str, value: impl Into<Value>) -> Self {
        self.answer.set.insert(property.to_owned(), value.into());
        self
    }

    /// The fault, if it can be played.
    pub(crate) fn checked(self) -> Result<Self, ControlError> {
        let unmet = problem(&self.matching, self.nth, self.times, self.percent);
        let problem = if unmet.is_some() {
            unmet
        } else if self.answer.status.is_some_and(|status| !(100..=999).contains(&status)) {
            Some("`answer.status` is 100 to 999")
        } else if self.delivery.pace.is_some_and(|pace| pace.bytes == 0) {
            Some("`delivery.pace.bytes` is 1 or more")
        } else if matches!(self.unread, Some(Unread::Connection | Unread::Request))
            && self.matching != Matcher::default()
        {
            Some("`match` must be left out where nothing of the request is read")
        } else if !self.answer.headers.iter().all(|(name, value)| is_header(name, value)) {
            Some("`answer.headers`: names are lower case tokens, values have no line breaks")
        } else {
            None
        };
        match problem {
            Some(problem) => Err(ControlError::new(problem.to_owned())),
            None => Ok(self),
        }
    }
}

fn is_header(name: &str, value: &str) -> bool {
    let token = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
    !name.is_empty() && name.bytes().all(token) && !value.bytes().any(|byte| byte < b' ' && byte != b'\t')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;
    use akua_model::ResourceKind as Kind;

    #[test]
    fn json_says_the_same() {
        let fault: Fault = serde_json::from_value(json!({
            "match": {"method": "PATCH", "kind": "cluster", "id": "clu_1"},
            "times": "forever",
            "carried_out": "no",
            "answer": {"status": 429, "headers": {"retry-after": "1"}, "body": "html"},
            "delivery": {"send": {"body": 3}, "end": "reset"},
        }))
        .unwrap();
        let built = Fault::before(429)
            .on(Matcher::method("PATCH").of(Kind::Cluster, "clu_1"))
            .forever()
            .header("retry-after", "1")
            .body(Body::Html);
        assert_eq!(
            fault,
            Fault {
                delivery: Delivery::cut(Part::Body(3), End::Reset),
                ..built
            }
        );
        let back: Fault = serde_json::from_value(serde_json::to_value(&fault).unwrap()).unwrap();
        assert_eq!(back, fault);
    }

    #[test]
    fn what_cannot_be_played_is_refused() {
        for (fault, named) in [
            (Fault::before(99), "status"),
            (Fault::before(500).nth(0), "nth"),
            (Fault::before(500).times(0), "times"),
            (Fault::before(500).percent(101), "percent"),
            (Fault::before(500).header("x", "a\r\nb"), "headers"),
            (Fault::unread(Unread::Request).on(Matcher::method("GET")), "match"),
            (Fault::before(500).on(Matcher::method("FETCH")), "method"),
            (Fault::before(500).on(Matcher::method("")), "method"),
            (Fault::before(500).on(Matcher::method("GET ")), "method"),
            (on_path("v1/clusters"), "path"),
            (on_path(""), "path"),
            (on_path("/v1/clusters?limit=1"), "path"),
            (on_path("/v1/clusters/a b"), "path"),
            (Fault::before(500).on(Matcher::default().of(Kind::Cluster, "")), "id"),
            (on_path_of("/v1/clusters/clu_1", Kind::Workspace, "clu_1"), "path"),
            (on_path_of("/v1/clusters/clu_1", Kind::Cluster, "clu_2"), "path"),
            (on_path_of("/v1/clusters", Kind::Cluster, "clu_1"), "path"),
            (on_path_of("/v2/clusters", Kind::Cluster, "clu_1"), "path"),
        ] {
            assert!(fault.checked().unwrap_err().to_string().contains(named));
        }
        for fault in [
            Fault::before(500).on(Matcher::method("patch")),
            on_path("/somewhere/else"),
            on_path_of("/v1/clusters/clu%5F1", Kind::Cluster, "clu_1"),
        ] {
            assert!(fault.checked().is_ok());
        }
    }

    fn on_path(path: &str) -> Fault {
        Fault::before(500).on(Matcher {
            path: Some(path.to_owned()),
            ..Matcher::default()
        })
    }

    fn on_path_of(path: &str, kind: Kind, id: &str) -> Fault {
        let fault = on_path(path);
        let matching = fault.matching.clone().of(kind, id);
        fault.on(matching)
    }
}
