//! What becomes of a request: its effect, its answer, and how much of it arrives.

use serde_json::Value;

use crate::contract::Contract;
use crate::delivery::{Delivery, End, Part};
use crate::fault::{AnswerChange, Body};
use crate::log::Effect;
use crate::refusal::Refusal;
use crate::wire::Answer;

/// What a proxy shows when what is behind it fails.
const HTML: &str = "<html><head><title>Bad gateway</title></head><body><h1>Bad gateway</h1></body></html>\n";

/// A decided request.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The request's number in the log.
    pub seq: u64,
    /// What it did to the state: final, whatever becomes of the answer.
    pub effect: Effect,
    /// The answer, whole.
    pub answer: Answer,
    /// How the answer reaches the client, or fails to.
    pub delivery: Delivery,
    /// Bytes that go out in place of the whole answer.
    pub raw: Option<Vec<u8>>,
}

/// What the world says to a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// It was decided.
    Done(Verdict),
    /// It waits before it is looked at. Ask again with [`World::collect`](crate::World::collect).
    Held {
        /// What to ask with.
        ticket: u64,
        /// When it is decided at the latest, in milliseconds since the start; `None`: when it is released.
        until_ms: Option<u64>,
    },
}

impl Verdict {
    /// Whether a usual answer on a connection that stays open says it all: nothing needs care about single bytes.
    pub(crate) fn is_plain(&self) -> bool {
        self.delivery.send == Part::All
            && self.delivery.pace.is_none()
            && self.delivery.end() == End::Keep
            && self.raw.is_none()
            && !self.answer.frames_itself()
            && self.answer.status >= 200
    }

    /// The bytes that are sent, cut where the delivery says. Of an endless answer, the first round.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        if let Some(raw) = &self.raw {
            return raw.clone();
        }
        let mut answer = self.answer.clone();
        let part = self.delivery.send;
        if part == Part::All && !self.is_plain() {
            answer.set_header("connection", "close");
        }
        let lengthless = part == Part::Endless || answer.status < 200 || answer.status == 204 || answer.status == 304;
        let mut bytes = answer.head(!lengthless);
        let head = bytes.len() as u64;
        bytes.extend_from_slice(&answer.body);
        let keep = match part {
            Part::All | Part::Endless => u64::MAX,
            Part::Nothing => 0,
            Part::Head => head,
            Part::Bytes(count) => count,
            Part::Body(count) => head.saturating_add(count),
        };
        bytes.truncate(usize::try_from(keep).unwrap_or(usize::MAX));
        bytes
    }
}

impl AnswerChange {
    /// What this makes of an answer.
    pub(crate) fn applied(&self, mut answer: Answer, contract: &Contract) -> Answer {
        if let Some(status) = self.status {
            answer.status = status;
        }
        let body = match (&self.body, self.status) {
            (Some(body), _) => Some(body.clone()),
            (None, Some(100..=199 | 204 | 300..=399)) => Some(Body::Empty),
            (None, Some(400..)) => Some(Body::Envelope),
            (None, _) => None,
        };
        match body {
            None => {}
            Some(Body::Empty) => {
                answer.body.clear();
                answer.headers.retain(|(name, _)| name != "content-type");
            }
            Some(Body::Html) => {
                answer.body = HTML.into();
                answer.set_header("content-type", "text/html; charset=utf-8");
            }
            Some(Body::Envelope) => answer.body = Refusal::bare(answer.status).answer(contract).body,
            Some(Body::BrokenJson) => answer.body.truncate(answer.body.len() / 2),
            Some(Body::Text(text)) => answer.body = text.into_bytes(),
            Some(Body::Json(json)) => answer.body = json.to_string().into_bytes(),
        }
        if !(self.remove.is_empty() && self.set.is_empty()) {
            self.edit(&mut answer);
        }
        for (name, value) in &self.headers {
            answer.set_header(name, value);
        }
        answer
    }

    /// Takes properties out of a JSON body and puts others in.
    fn edit(&self, answer: &mut Answer) {
        let Ok(mut json) = serde_json::from_slice::<Value>(&answer.body) else {
            return;
        };
        for name in &self.remove {
            let (place, last) = split(name);
            if let Some(Value::Object(map)) = json.pointer_mut(place) {
                map.remove(last);
            }
        }
        for (name, value) in &self.set {
            let (place, last) = split(name);
            if let Some(Value::Object(map)) = json.pointer_mut(place) {
                map.insert(last.to_owned(), value.clone());
            }
        }
        answer.body = json.to_string().into_bytes();
    }
}

/// The pointer to the object that holds a property, and the property's name.
fn split(name: &str) -> (&str, &str) {
    match name.strip_prefix('/') {
        Some(_) => name.rsplit_once('/').unwrap_or(("", name)),
        None => ("", name),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;
    use crate::refusal::json_answer;

    fn verdict(delivery: Delivery) -> Verdict {
        let answer = json_answer(200, &json!({"id": "c"}));
        Verdict {
            seq: 1,
            effect: Effect::default(),
            answer,
            delivery,
            raw: None,
        }
    }

    fn sent(part: Part) -> String {
        String::from_utf8(verdict(Delivery::cut(part, End::Fin)).bytes()).unwrap()
    }

    #[test]
    fn an_answer_is_cut_to_the_byte() {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n";
        assert_eq!(sent(Part::Nothing), "");
        assert_eq!(sent(Part::Bytes(8)), "HTTP/1.1");
        assert_eq!(sent(Part::Head), head);
        assert_eq!(sent(Part::Body(3)), format!("{head}{}", r#"{"i"#));
        assert_eq!(sent(Part::Body(99)), format!("{head}{}", r#"{"id":"c"}"#));
        assert!(!sent(Part::Endless).contains("content-length"));
        assert!(sent(Part::All).contains("connection: close"));
    }

    #[test]
    fn an_answer_is_changed_as_told() {
        let contract = Contract::default();
        let answer = || json_answer(200, &json!({"id": "c", "data": [{"name": "n"}]}));
        let change = AnswerChange {
            remove: vec!["id".into(), "/data/0/name".into()],
            set: json!({"etag": 7, "/data/0/slug": null}).as_object().unwrap().clone(),
            ..AnswerChange::default()
        };
        assert_eq!(
            change.applied(answer(), &contract).json(),
            json!({"etag": 7, "data": [{"slug": null}]})
        );
        for (body, expected) in [(Body::Empty, ""), (Body::Html, HTML), (Body::Text("x".into()), "x")] {
            let change = AnswerChange {
                body: Some(body),
                ..AnswerChange::default()
            };
            assert_eq!(change.applied(answer(), &contract).body, expected.as_bytes());
        }
        let broken = AnswerChange {
            body: Some(Body::BrokenJson),
            ..AnswerChange::default()
        };
        assert_eq!(broken.applied(answer(), &contract).json(), Value::Null);
    }

    #[test]
    fn a_status_brings_its_body_along() {
        let contract = Contract::default();
        let with = |status| {
            let change = AnswerChange {
                status: Some(status),
                ..AnswerChange::default()
            };
            change.applied(json_answer(200, &json!({"id": "c"})), &contract)
        };
        assert_eq!(with(502).json()["success"], json!(false));
        assert_eq!(with(429).json()["errors"][0]["code"], json!(7008));
        assert!(with(204).body.is_empty() && with(302).body.is_empty());
        assert_eq!(with(206).json()["id"], "c");
    }
}
