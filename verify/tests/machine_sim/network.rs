//! The network between clients and the world: what becomes of a request on its way, and of its answer.

use akua_model::edit::Outgoing;
use akua_model::http::{Method, Response};
use akua_sim::{Answer, Fault, Kind, Step, Stores, Verdict, Version, WireRequest};
use serde_json::{Value, json};

use crate::fixture::{Fixture, Place};
use crate::plan::{Fate, Names, WORKERS};
use crate::planted::Plant;
use crate::running::Fed;
use crate::transcript::{Arrival, landed};

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

impl Fixture {
    /// Sends a request to meet its fate; what the client hears of it.
    pub(crate) fn send(&mut self, run: usize, outgoing: &Outgoing, fate: Fate) -> Fed {
        match fate {
            Fate::NotSent => return Fed::NotSent,
            Fate::Declined => return Fed::Declined,
            _ => {}
        }
        let is_write = outgoing.request.method() == Method::Patch;
        let place = self.places[self.transcript.runs[run].place].clone();
        let (wire, write) = if is_write {
            let epoch = *self.transcript.runs[run].epochs.last().unwrap();
            (
                self.transcript.epochs[epoch].last_wire.clone(),
                Some(Write { epoch, run }),
            )
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
                let fault = self.fault(fate, write, &wire);
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
            self.transcript.runs[run].in_doubt |= doubtful;
        }
        heard
    }

    /// The fault of the simulator that makes this fate come true, if it takes one.
    fn fault(&mut self, fate: Fate, write: Option<Write>, wire: &WireRequest) -> Option<Fault> {
        let is_write = write.is_some();
        if is_write && Plant::PretendedWrites.is(self.plant) && self.chance[WORKERS].bits().is_multiple_of(3) {
            return Some(Fault::pretended());
        }
        let liberty = write.and_then(|write| self.liberty(fate, write, wire));
        if liberty.is_some() {
            return liberty;
        }
        match fate {
            Fate::Before(status) => Some(Fault::before(status)),
            Fate::After(status) => Some(Fault::after(status)),
            Fate::Throttled(seconds) => Some(Fault::before(429).header("retry-after", &seconds.to_string())),
            Fate::Stale(by) if !is_write && self.setting.truth.stale_reads => Some(Fault::stale(by)),
            Fate::OtherConflict { names } if is_write && !self.setting.truth.keeps_refusals => {
                let ours = wire.header("if-match").unwrap_or_default();
                let is_current = self.guard(wire).is_some_and(|(_, is_current)| is_current);
                if !(is_current || self.setting.truth.misnames) {
                    return Some(Fault::before(409));
                }
                Some(match names {
                    Names::Nothing => Fault::before(409),
                    Names::Ours => Fault::conflict(json!({ "current_etag": ours })),
                    Names::OursQuoted => Fault::conflict(json!({ "current_etag": format!("\"{ours}\"") })),
                    Names::OursWeak => Fault::conflict(json!({ "etag": format!("W/\"{ours}\"") })),
                    Names::Else => Fault::conflict(json!({ "conflicting_workspace_etag": "7" })),
                    Names::ElseAsCurrent => Fault::conflict(json!({ "current_etag": "7" })),
                    Names::Two => Fault::conflict(json!({ "current_etag": "7", "latest_etag": ours })),
                })
            }
            _ => None,
        }
    }

    /// What the server makes of an accepted write other than one would think.
    fn liberty(&mut self, fate: Fate, write: Write, wire: &WireRequest) -> Option<Fault> {
        let truth = self.setting.truth;
        let fault = match fate {
            Fate::Ignored if truth.ignores => Fault::stores(Stores::None),
            Fate::Touched if truth.ignores => Fault::stores(Stores::Touch),
            Fate::IgnoredAtAnotherEtag if truth.ignores => Fault::stores(Stores::None).with("etag", "w-1"),
            Fate::SomeTaken if truth.ignores => Fault::stores(Stores::Some),
            Fate::LateAnswer(by) if truth.answers_late => return Some(Fault::stale(by)),
            _ => return None,
        };
        // The answer to one that has landed is repeated under its key, and shows what it has made.
        let has_landed = self.transcript.epochs[write.epoch]
            .arrivals
            .iter()
            .any(|arrival| landed(&arrival.effect));
        (!has_landed && self.can_be_read_back(wire, fate == Fate::SomeTaken)).then_some(fault)
    }

    /// Whether an answer can show that nothing was taken of a write, or only the first field: it changes something that can
    /// be read, or the first such field. Where it can't, a 200 is believed.
    fn can_be_read_back(&mut self, wire: &WireRequest, first: bool) -> bool {
        let body: Value = serde_json::from_slice(&wire.body).unwrap_or_default();
        let Some((guard, _)) = self.guard(wire) else {
            return false;
        };
        let readable = ["name", "provider", "slug"]
            .into_iter()
            .filter(|name| body.get(name).is_some());
        let mut judged = readable.take(if first { 1 } else { usize::MAX });
        judged.any(|name| guard.fields.get(name) != body.get(name))
    }

    /// The version that guards a write, and whether it is current.
    fn guard(&mut self, wire: &WireRequest) -> Option<(Version, bool)> {
        let if_match = wire.header("if-match")?;
        let id = wire.path().rsplit('/').next()?;
        let place = self.places.iter().find(|place| place.id == id)?.clone();
        let history = self.world.history(self.now, place.kind, &place.id).ok()?;
        let is_current = history.last().is_some_and(|version| version.etag == if_match);
        let guard = history.into_iter().rfind(|version| version.etag == if_match)?;
        Some((guard, is_current))
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
        self.transcript.epochs[write.epoch].arrivals.push(Arrival {
            seq: verdict.seq,
            at: self.now,
            in_time: self.now <= self.transcript.runs[write.run].deadline(self.slept),
            effect: verdict.effect,
        });
        verdict.answer
    }

    pub(crate) fn ask(&mut self, wire: &WireRequest, fault: Option<Fault>) -> Verdict {
        if let Some(fault) = fault {
            self.faults.push(fault.clone());
            self.world.inject(fault).unwrap();
        }
        match self.world.handle(self.now, wire) {
            Step::Done(verdict) => verdict,
            Step::Held { .. } => unreachable!("nothing is held by the world itself"),
        }
    }

    pub(crate) fn signed(&self, wire: WireRequest, place: &Place) -> WireRequest {
        let token = &self.tokens[usize::from(place.kind == Kind::Workspace)];
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
