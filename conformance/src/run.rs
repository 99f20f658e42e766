//! One case from beginning to end: the server, the order, the report, and every difference.

use akua_model::with_kind;
use serde_json::Value;

use crate::case::{Call, Case, Exchange, Order, Then};
use crate::compare::differences;
use crate::report::Report;
use crate::runner;
use crate::says;
use crate::secrets;
use crate::server::Server;
use crate::token;
use crate::wire::{Expected, Reader};

/// The token of every client whose case names no other.
pub const TOKEN: &str = "sk_akua_conformance";

/// Host and port of the server in what is recorded: the port is another one each time.
pub const PORT: &str = "127.0.0.1:PORT";

/// What a case has shown: its requests and its report as they were.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// Every request that arrived, or why it is none.
    pub requests: Vec<Result<Expected, String>>,
    /// The report; its resume token replaced by a mark once it was looked at.
    pub report: Value,
    /// What is wrong whatever was expected.
    pub faults: Vec<String>,
}

/// Plays `case` to a runner: it gets a line and gives a line.
///
/// # Errors
///
/// If the case can't be played, or the runner gives no line.
pub fn play(case: &Case, runner: &mut dyn FnMut(&str) -> Result<String, String>) -> Result<Shown, String> {
    let answers = case.wire.iter().map(|exchange| exchange.answer.clone()).collect();
    let server = if case.refuses_connections {
        Server::refusing()
    } else {
        Server::start(answers)
    }
    .map_err(|error| format!("the server does not start: {error}"))?;
    let authority = server.authority();
    let order = order(case, &authority)?;
    let line = serde_json::to_string(&order).map_err(|error| error.to_string())?;
    let given = runner(&line);
    let stalls = case.wire.iter().any(|exchange| exchange.answer.then == Then::Stall);
    let expected = case.wire.iter().filter(|exchange| exchange.request.is_some()).count();
    let arrived = server.close(if stalls { expected } else { 0 });

    let mut shown = Shown::default();
    let token = order.client.token.as_deref().unwrap_or_default();
    let given_key = case.call.given_key();
    let mut reader = Reader::new(&authority, &format!("/{}", case.name), token);
    shown.requests = arrived.iter().map(|bytes| reader.read(bytes, given_key)).collect();
    shown.report = serde_json::from_str(&given?).map_err(|error| format!("the report is no JSON: {error}"))?;
    shown.normalise(&order, &authority);
    Ok(shown)
}

impl Shown {
    /// Replaces what is another one each time, and looks at it before.
    pub fn normalise(&mut self, order: &Order, authority: &str) {
        documents_as_json(&mut self.report, &mut self.faults);
        token::look_at(&mut self.report, &mut self.faults, order);
        secrets::look_at(&mut self.report, &mut self.faults, order);
        name_the_port(&mut self.report, authority);
    }
}

/// What the runner of `case` is ordered to do, by a server at `authority`.
///
/// # Errors
///
/// If the write that a resume token is to be made of can't be sent.
pub fn order(case: &Case, authority: &str) -> Result<Order, String> {
    let mut client = case.client.clone();
    let base = format!("http://{authority}/{}", case.name);
    client.base_url.get_or_insert(base.clone());
    client.token.get_or_insert(TOKEN.to_owned());
    let mut call = case.call.clone();
    match &mut call {
        Call::Resolve {
            resume_token, token_of, ..
        } => {
            if let Some(of) = token_of.take() {
                let origin = of.origin.clone().unwrap_or(base);
                let none = || Err("nothing is written of this kind".to_owned());
                *resume_token =
                    Some(with_kind!(of.kind, Resource R => token::of_edit::<R>(&of, origin), else => none())?);
            }
        }
        Call::ResolveLaunch {
            resume_token, token_of, ..
        }
        | Call::Wait {
            resume_token, token_of, ..
        } => {
            if let Some(of) = token_of.take() {
                let origin = of.origin.clone().unwrap_or(base);
                let shown_to = client.token.as_deref().unwrap_or_default();
                *resume_token = Some(token::of_launch(&of, origin, shown_to)?);
            }
        }
        _ => {}
    }
    Ok(Order {
        name: case.name.clone(),
        client,
        call,
    })
}

/// Documents come as texts of JSON.
fn documents_as_json(value: &mut Value, faults: &mut Vec<String>) {
    match value {
        Value::Object(properties) => {
            let of_resource = properties.contains_key("json");
            for (name, value) in properties {
                match value {
                    Value::String(text) if of_resource && runner::is_json(name) => match serde_json::from_str(text) {
                        Ok(document) => *value = document,
                        Err(error) => faults.push(format!("`{name}` holds no JSON: {error}")),
                    },
                    Value::Object(_) if name == "json" => faults.push("`json` has to be a text of JSON".to_owned()),
                    _ => documents_as_json(value, faults),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| documents_as_json(item, faults)),
        _ => {}
    }
}

/// The port is another one each time.
fn name_the_port(value: &mut Value, authority: &str) {
    match value {
        Value::String(text) => *text = text.replace(authority, PORT),
        Value::Object(properties) => properties
            .values_mut()
            .for_each(|value| name_the_port(value, authority)),
        Value::Array(items) => items.iter_mut().for_each(|item| name_the_port(item, authority)),
        _ => {}
    }
}

/// Everything in which `shown` is not what `case` expects.
#[must_use]
pub fn verdict(case: &Case, shown: &Shown) -> Vec<String> {
    let mut list = shown.faults.clone();
    let expected: Vec<&Exchange> = case.wire.iter().filter(|exchange| exchange.request.is_some()).collect();
    if shown.requests.len() != expected.len() {
        list.push(format!(
            "{} requests arrived, expected {}",
            shown.requests.len(),
            expected.len()
        ));
    }
    for (index, (request, exchange)) in shown.requests.iter().zip(&expected).enumerate() {
        match request {
            Err(why) => list.push(format!("request {}: {why}", index + 1)),
            Ok(request) => {
                let (wanted, found) = (serde_json::to_value(&exchange.request), serde_json::to_value(request));
                let places = differences(&wanted.unwrap_or_default(), &found.unwrap_or_default());
                list.extend(
                    places
                        .into_iter()
                        .map(|place| format!("request {}: {place}", index + 1)),
                );
            }
        }
    }
    let wanted = serde_json::to_value(&case.report).unwrap_or_default();
    let places = differences(&wanted, &shown.report);
    list.extend(places.into_iter().map(|place| format!("report: {place}")));
    list
}

/// `case` with what it has shown as what it expects.
///
/// # Errors
///
/// If it has shown something that no case may expect, or another thing than its `says`.
pub fn recorded(case: &Case, shown: &Shown) -> Result<Case, String> {
    if let Some(fault) = shown.faults.first() {
        return Err(fault.clone());
    }
    let mut recorded = case.clone();
    if shown.requests.len() != recorded.wire.len() {
        let requests: Vec<String> = shown
            .requests
            .iter()
            .map(|request| request.as_ref().map_or_else(Clone::clone, Expected::in_short))
            .collect();
        return Err(format!(
            "{} requests for {} answers: {}",
            requests.len(),
            recorded.wire.len(),
            requests.join("; ")
        ));
    }
    for (exchange, request) in recorded.wire.iter_mut().zip(&shown.requests) {
        exchange.request = Some(request.clone()?);
    }
    let report: Report = serde_json::from_value(shown.report.clone()).map_err(|error| error.to_string())?;
    recorded.report = Some(report);
    agrees_with_says(&recorded)?;
    Ok(recorded)
}

/// That what is expected at length is what `says` says.
///
/// # Errors
///
/// What it would have to say.
pub fn agrees_with_says(case: &Case) -> Result<(), String> {
    let report = case.report.clone().unwrap_or_default();
    let short = says::in_short(&case.wire, &report);
    if short == case.says {
        Ok(())
    } else {
        Err(format!("`says` says\n    {:?}\n  but it is\n    {short:?}", case.says))
    }
}

/// What the Rust client shows.
///
/// # Errors
///
/// As for [`play`].
pub fn in_rust(case: &Case) -> Result<Shown, String> {
    play(case, &mut |line| runner::answer(line))
}
