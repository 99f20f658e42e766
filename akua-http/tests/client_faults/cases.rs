//! The table of faults: what is played, and what must come of it.

use akua_http::{Effect, ErrorKind};
use akua_sim::{Body, CarriedOut, Delivery, End, Fault, Hold, Pace, Part, Unread};
use serde_json::json;

/// A fault and its consequences.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) fault: Fault,
    /// The error of a read.
    pub(crate) read: ErrorKind,
    /// The error of a write, and what it may say about the effect.
    pub(crate) write: (ErrorKind, &'static [Effect]),
    /// Whether the write lands all the same, sooner or later.
    pub(crate) lands: bool,
    /// Whether the call ends at its deadline.
    pub(crate) runs_out_of_time: bool,
    /// Whether a second attempt of a read is made, and goes well.
    pub(crate) passes: bool,
}

const UNKNOWN: &[Effect] = &[Effect::Unknown];
const REFUSED: &[Effect] = &[Effect::NotApplied];
const APPLIED: &[Effect] = &[Effect::Applied];

impl Case {
    fn new(name: impl Into<String>, fault: Fault, kind: ErrorKind, effect: &'static [Effect]) -> Self {
        let nothing = fault.carried_out != CarriedOut::Yes || fault.unread.is_some();
        Self {
            name: name.into(),
            fault,
            read: kind,
            write: (kind, effect),
            lands: !nothing,
            runs_out_of_time: kind == ErrorKind::Timeout,
            passes: matches!(kind, ErrorKind::Transport | ErrorKind::Server | ErrorKind::RateLimited),
        }
    }

    fn passes(self, passes: bool) -> Self {
        Self { passes, ..self }
    }

    /// Whether the fault comes before there is anything to match it with.
    pub(crate) fn before_the_path_is_known(&self) -> bool {
        matches!(self.fault.unread, Some(Unread::Connection | Unread::Request))
    }
}

/// Everything that ends in an error. A server that carries a write out and then answers a definite refusal (a 409
/// after the write) is not among them: no client can tell it from an honest one.
pub(crate) fn cases() -> Vec<Case> {
    let mut cases = unread();
    cases.extend(refusals());
    cases.extend(troubles());
    cases.extend(wrong_successes());
    cases.extend(lost());
    cases.extend(slow());
    cases
}

fn unread() -> Vec<Case> {
    // A connection that is reset before a byte of the request was handed over proves that nothing was sent.
    const EITHER: &[Effect] = &[Effect::NotSent, Effect::Unknown];
    [
        (Unread::Connection, EITHER),
        (Unread::Request, UNKNOWN),
        (Unread::Body, UNKNOWN),
    ]
    .map(|(unread, effect)| {
        let name = format!("reset before reading the {unread:?}");
        Case::new(name, Fault::unread(unread), ErrorKind::Transport, effect)
    })
    .into()
}

/// Definite refusals, whatever their body looks like and however much of it arrives.
fn refusals() -> Vec<Case> {
    use ErrorKind::{Authentication, Conflict, NotFound, PermissionDenied, RateLimited, Rejected};
    let statuses = [
        (400, Rejected),
        (401, Authentication),
        (403, PermissionDenied),
        (404, NotFound),
        (405, Rejected),
        (409, Conflict),
        (412, Conflict),
        (413, Rejected),
        (415, Rejected),
        (422, Rejected),
        (428, Rejected),
        (429, RateLimited),
        (431, Rejected),
    ];
    let mut cases: Vec<Case> = statuses
        .into_iter()
        .map(|(status, kind)| Case::new(format!("{status}"), Fault::before(status), kind, REFUSED))
        .collect();
    for (name, body) in bodies() {
        cases.push(Case::new(
            format!("409 with {name}"),
            Fault::before(409).body(body),
            Conflict,
            REFUSED,
        ));
    }
    for (name, part, end) in cuts_after_the_head() {
        let cut = Fault {
            delivery: Delivery::cut(part, end),
            ..Fault::before(404)
        };
        cases.push(Case::new(format!("404 with {name}"), cut, NotFound, REFUSED));
    }
    for (name, after) in [
        ("in seconds", "0"),
        ("as a date", "Sun, 06 Nov 1994 08:49:37 GMT"),
        ("that is none", "soon"),
    ] {
        let fault = Fault::before(429).header("retry-after", after);
        cases.push(Case::new(
            format!("429 with Retry-After {name}"),
            fault,
            RateLimited,
            REFUSED,
        ));
    }
    // A stalled body is as good as a lost one: the status has decided. But it takes the whole time of the call.
    let stalled = Fault {
        delivery: Delivery::cut(Part::Head, End::Stall),
        ..Fault::before(409)
    };
    let stalled = Case::new("409 with a stalled body", stalled, Conflict, REFUSED);
    cases.push(Case {
        runs_out_of_time: true,
        ..stalled
    });
    cases
}

/// Answers that prove nothing: something on the way may have made them, before or after the write.
fn troubles() -> Vec<Case> {
    use ErrorKind::{Rejected, Server, UnexpectedAnswer};
    let statuses = [
        (201, UnexpectedAnswer, false),
        (202, UnexpectedAnswer, false),
        (204, UnexpectedAnswer, false),
        (301, UnexpectedAnswer, false),
        (302, UnexpectedAnswer, false),
        (303, UnexpectedAnswer, false),
        (307, UnexpectedAnswer, false),
        (308, UnexpectedAnswer, false),
        (402, Rejected, false),
        (408, Server, true),
        (425, Rejected, false),
        (500, Server, true),
        (501, Server, false),
        (502, Server, true),
        (503, Server, true),
        (504, Server, true),
    ];
    let mut cases = Vec::new();
    for (status, kind, passes) in statuses {
        for (when, fault) in [("before", Fault::before(status)), ("after", Fault::after(status))] {
            // To another cluster of the same service: followed, it would be seen in the record.
            let fault = if status / 100 == 3 {
                fault.header("location", "/v1/clusters/clu_2")
            } else {
                fault
            };
            let mut case = Case::new(format!("{status} {when} the write"), fault, kind, UNKNOWN).passes(passes);
            if kind == Rejected {
                // A read is refused with it; of a write it proves nothing.
                case.write.0 = UnexpectedAnswer;
            }
            cases.push(case);
        }
    }
    for (name, body) in bodies() {
        cases.push(Case::new(
            format!("502 with {name}"),
            Fault::after(502).body(body),
            Server,
            UNKNOWN,
        ));
    }
    for (name, part, end) in cuts_after_the_head() {
        let cut = Fault {
            delivery: Delivery::cut(part, end),
            ..Fault::after(503)
        };
        cases.push(Case::new(format!("503 with {name}"), cut, Server, UNKNOWN));
    }
    cases
}

/// A 200 that is not the resource as documented.
fn wrong_successes() -> Vec<Case> {
    use ErrorKind::{Decode, UnexpectedAnswer};
    let mut cases = Vec::new();
    for (name, body) in bodies() {
        cases.push(Case::new(
            format!("200 with {name}"),
            Fault::default().body(body),
            Decode,
            UNKNOWN,
        ));
    }
    let other = json!({"id": "clu_2", "etag": "43"});
    let changed = [
        ("200 with another id", Fault::default().with("id", "clu_2"), UNKNOWN),
        (
            "200 with little but another id",
            Fault::default().body(Body::Json(other)),
            UNKNOWN,
        ),
        ("200 without an id", Fault::default().without("id"), UNKNOWN),
        ("200 without an etag", Fault::default().without("etag"), UNKNOWN),
        ("200 with a number as etag", Fault::default().with("etag", 43), UNKNOWN),
        ("200 without a name", Fault::default().without("name"), APPLIED),
        (
            "200 with a text as reconciling",
            Fault::default().with("reconciling", "no"),
            APPLIED,
        ),
        (
            "200 with null as state",
            Fault::default().with("state", json!(null)),
            APPLIED,
        ),
    ];
    cases.extend(changed.map(|(name, fault, effect)| Case::new(name, fault, Decode, effect)));
    // An answer without a write, and unreadable on top: it shows the etag that was to be replaced.
    let pretended = Fault::pretended().without("name");
    cases.push(Case::new(
        "200 pretended and without a name",
        pretended,
        Decode,
        UNKNOWN,
    ));
    let compressed = Fault::default().header("content-encoding", "gzip");
    cases.push(Case::new("200 compressed", compressed, UnexpectedAnswer, UNKNOWN));
    let cut = Fault::default().header("content-length", "20");
    cases.push(Case::new("200 with a length too short", cut, Decode, UNKNOWN));
    let mut garbage = Fault::default();
    garbage.answer.raw = Some("SSH-2.0-OpenSSH_9.2p1\r\n".to_owned());
    cases.push(Case::new(
        "something that is not HTTP",
        garbage,
        UnexpectedAnswer,
        UNKNOWN,
    ));
    let endless = Fault::cut(Part::Endless, End::Fin);
    cases.push(Case::new("200 without end", endless, UnexpectedAnswer, UNKNOWN));
    cases
}

/// Answers that do not arrive, or not whole.
fn lost() -> Vec<Case> {
    let mut cases = Vec::new();
    for end in [End::Keep, End::Fin, End::Reset, End::Stall] {
        let kind = if matches!(end, End::Keep | End::Stall) {
            ErrorKind::Timeout
        } else {
            ErrorKind::Transport
        };
        let parts = [
            Part::Nothing,
            Part::Head,
            Part::Bytes(5),
            Part::Bytes(40),
            Part::Body(10),
        ];
        for part in parts {
            let name = format!("{part:?} of the answer, then {end:?}");
            cases.push(Case::new(name, Fault::cut(part, end), kind, UNKNOWN));
        }
        let name = format!("not carried out, no answer, then {end:?}");
        cases.push(Case::new(name, Fault::lost_before(end), kind, UNKNOWN));
    }
    cases
}

/// Answers that come too late.
fn slow() -> Vec<Case> {
    use ErrorKind::Timeout;
    let dripping = |part| Fault {
        delivery: Delivery {
            pace: Some(Pace {
                bytes: 1,
                every_ms: 100,
            }),
            send: part,
            ..Delivery::default()
        },
        ..Fault::default()
    };
    let too_long = Fault::default().header("content-length", "5000");
    vec![
        Case::new("an answer after the deadline", Fault::late(60_000), Timeout, UNKNOWN),
        Case::new("a byte now and then", dripping(Part::All), Timeout, UNKNOWN),
        Case::new(
            "a byte now and then without end",
            dripping(Part::Endless),
            Timeout,
            UNKNOWN,
        ),
        Case::new("200 with a length too long", too_long, ErrorKind::Transport, UNKNOWN),
        Case::new(
            "held beyond the deadline",
            Fault::held(Hold::Ms(2500)),
            Timeout,
            UNKNOWN,
        ),
        Case::new(
            "held until released",
            Fault::held(Hold::UntilReleased),
            Timeout,
            UNKNOWN,
        ),
    ]
}

fn bodies() -> [(&'static str, Body); 6] {
    [
        ("nothing", Body::Empty),
        ("HTML", Body::Html),
        ("an error envelope", Body::Envelope),
        ("half a JSON", Body::BrokenJson),
        ("a text", Body::Text("upstream \u{1b}[31mfailed\0".to_owned())),
        ("another JSON", Body::Json(json!([[[{"errors": {"message": ["x"]}}]]]))),
    ]
}

fn cuts_after_the_head() -> [(&'static str, Part, End); 4] {
    [
        ("its head, then closed", Part::Head, End::Fin),
        ("its head, then reset", Part::Head, End::Reset),
        ("a bit of its body, then closed", Part::Body(5), End::Fin),
        ("a bit of its body, then reset", Part::Body(5), End::Reset),
    ]
}
