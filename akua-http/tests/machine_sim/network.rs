//! The network between clients and the world: what becomes of a request on its way, and of its answer.

use akua_model::edit::Outgoing;
use akua_model::http::{Method, Response};
use akua_sim::{Answer, Fault, Kind, Step, Verdict, WireRequest};
use serde_json::{Value, json};

use crate::book::Arrival;
use crate::plan::{Fate, WORKERS};
use crate::planted::Plant;
use crate::running::Fed;
use crate::stage::{Place, Stage};

/// A copy of a write that is on its way.
pub(crate) struct Copy {
    pub(crate) wire: WireRequest,
    pub(crate) write: Write,
}

/// A write, and who sent it.
#[derive(Clone, Copy)]
pub(crate) struct Write {
    epoch: usize,
    run: usize,
}

/// The statuses that are a definite refusal of one attempt, as the design lists them.
const DEFINITE: [u16; 13] = [400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428, 429, 431];

impl Stage {
    /// Sends a request to meet its fate; what the client hears of it.
    pub(crate) fn send(&mut self, run: usize, outgoing: &Outgoing, fate: Fate) -> Fed {
        match fate {
            Fate::NotSent => return Fed::NotSent,
            Fate::Declined => return Fed::Declined,
            _ => {}
        }
        let is_write = outgoing.request.method() == Method::Patch;
        let place = self.places[self.book.runs[run].place].clone();
        let (wire, write) = if is_write {
            let epoch = *self.book.runs[run].epochs.last().unwrap();
            (self.book.epochs[epoch].last_wire.clone(), Some(Write { epoch, run }))
        } else {
            (wire_of(outgoing), None)
        };
        let wire = self.signed(wire, &place);
        let copy = || {
            write.map(|write| Copy {
                wire: wire.clone(),
                write,
            })
        };
        let heard = match fate {
            Fate::Lost => Fed::Lost,
            Fate::Late => {
                self.in_flight.extend(copy());
                Fed::Lost
            }
            Fate::Twice if self.setting.truth.hidden_copies => {
                let answer = self.arrive(&wire, write, None);
                self.in_flight.extend(copy());
                Fed::Answered(response(answer))
            }
            _ => {
                let fault = self.fault(fate, is_write, &wire);
                let answer = self.arrive(&wire, write, fault);
                self.heard(answer, fate)
            }
        };
        if is_write && Plant::CallsLostWriteNotSent.is(self.plant) && matches!(heard, Fed::Lost) {
            return Fed::NotSent;
        }
        if is_write {
            let doubtful = match &heard {
                Fed::Answered(response) => !DEFINITE.contains(&response.status),
                _ => true,
            };
            self.book.runs[run].in_doubt |= doubtful;
        }
        heard
    }

    /// The fault of the simulator that makes this fate come true, if it takes one.
    fn fault(&mut self, fate: Fate, is_write: bool, wire: &WireRequest) -> Option<Fault> {
        if is_write && Plant::PretendedWrites.is(self.plant) && self.dice[WORKERS].roll().is_multiple_of(3) {
            return Some(Fault::pretended());
        }
        match fate {
            Fate::Before(status) => Some(Fault::before(status)),
            Fate::After(status) => Some(Fault::after(status)),
            Fate::Throttled(seconds) => Some(Fault::before(429).header("retry-after", &seconds.to_string())),
            Fate::Stale(by) if !is_write && self.setting.truth.stale_reads => Some(Fault::stale(by)),
            Fate::OtherConflict { names_ours } if is_write && !self.setting.truth.keeps_refusals => {
                let named = names_ours.then(|| json!({ "current_etag": wire.header("if-match") }));
                Some(match named {
                    Some(metadata) => Fault::before(409).with("/errors/0/metadata", metadata),
                    None => Fault::before(409),
                })
            }
            _ => None,
        }
    }

    /// What the client hears of this answer.
    fn heard(&mut self, answer: Answer, fate: Fate) -> Fed {
        let mut response = response(answer);
        match fate {
            Fate::AnswerLost => return Fed::Lost,
            Fate::As412 if response.status == 409 => response.status = 412,
            Fate::Broken if response.status == 200 => response.body.truncate(response.body.len() / 2),
            Fate::Partial => set(&mut response, "name", Value::Null),
            Fate::AnotherId => set(&mut response, "id", json!("another")),
            Fate::BadEtag => set(&mut response, "etag", json!("*")),
            Fate::After(_) if Plant::CallsUnknownRefused.is(self.plant) => response.status = 403,
            _ => {}
        }
        Fed::Answered(response)
    }

    fn arrive(&mut self, wire: &WireRequest, write: Option<Write>, fault: Option<Fault>) -> Answer {
        match write {
            Some(write) => self.deliver(wire, write, fault),
            None => self.ask(wire, fault).answer,
        }
    }

    /// A write arrives at the server.
    pub(crate) fn deliver(&mut self, wire: &WireRequest, write: Write, fault: Option<Fault>) -> Answer {
        let verdict = self.ask(wire, fault);
        self.book.epochs[write.epoch].arrived(Arrival {
            seq: verdict.seq,
            at: self.now,
            in_time: self.now <= self.book.runs[write.run].deadline(),
            effect: verdict.effect,
        });
        verdict.answer
    }

    pub(crate) fn ask(&mut self, wire: &WireRequest, fault: Option<Fault>) -> Verdict {
        if let Some(fault) = fault {
            self.world.inject(fault).unwrap();
        }
        match self.world.handle(self.now, wire) {
            Step::Done(verdict) => verdict,
            Step::Held { .. } => unreachable!("nothing is held by the world itself"),
        }
    }

    pub(crate) fn signed(&self, wire: WireRequest, place: &Place) -> WireRequest {
        let token = match place.kind {
            Kind::Cluster => &self.tokens[0],
            Kind::Workspace => &self.tokens[1],
        };
        wire.with_header("authorization", &format!("Bearer {token}"))
    }
}

pub(crate) fn wire_of(outgoing: &Outgoing) -> WireRequest {
    let request = &outgoing.request;
    let headers = request.headers().iter();
    WireRequest {
        method: request.method().as_str().to_owned(),
        target: request.path().to_owned(),
        headers: headers
            .map(|(name, value)| ((*name).to_owned(), value.clone().into_owned()))
            .collect(),
        body: request.body().map(<[u8]>::to_vec).unwrap_or_default(),
        connection: 0,
    }
}

fn response(answer: Answer) -> Response {
    Response {
        status: answer.status,
        headers: answer
            .headers
            .into_iter()
            .map(|(name, value)| (name.into(), value))
            .collect(),
        body: answer.body,
    }
}

/// Changes a property of a 200.
fn set(response: &mut Response, name: &str, value: Value) {
    if response.status == 200 {
        let mut json: Value = serde_json::from_slice(&response.body).unwrap();
        json[name] = value;
        response.body = json.to_string().into_bytes();
    }
}
