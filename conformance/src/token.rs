//! Resume tokens: made of what a case says was sent, and looked at where a report has one.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use akua_model::edit::{
    Change, Clock, Edit, Input, Launch, LaunchCall, LaunchInput, LaunchKind, LaunchOptions, LaunchStep, LaunchToken,
    Options, SavedToken, Sight, Step, Target,
};
use akua_model::{Resource, Secret, Shown, WorkspaceContext, with_new};
use serde_json::Value;

use crate::case::{LaunchOf, Order, TokenOf};
use crate::documents::document;
use crate::runner;

/// The resume token of an edit whose write was sent once.
///
/// # Errors
///
/// It can't be sent.
pub(crate) fn of_edit<R: Resource>(of: &TokenOf, origin: String) -> Result<String, String> {
    let seen: R = serde_json::from_value(document(of.kind, &of.seen)).map_err(|error| error.to_string())?;
    let patch = runner::patch_of::<R>(&of.patch).map_err(|error| error.to_string())?;
    let mut options = Options::default();
    options.origin = origin;
    options.context = context(of.context.as_deref())?;
    let edit = Edit::<R>::new(Target::Seen(Box::new(seen)), Change::Patch(patch), options);
    match edit
        .map_err(|error| error.to_string())?
        .step(Input::Begin, clock(of.sent_ms_ago))
    {
        Step::Send(first) => first
            .resume_token
            .map(|token| token.to_string())
            .ok_or_else(|| "no token".to_owned()),
        _ => Err("the write of `token_of` is not sent: it changes nothing".to_owned()),
    }
}

/// The resume token of a launch that was sent once; of one that was accepted, the token to wait with.
///
/// # Errors
///
/// It can't be sent.
pub(crate) fn of_launch(of: &LaunchOf, origin: String, shown_to: &str) -> Result<String, String> {
    let mut options = LaunchOptions::default();
    options.origin = origin;
    options.context = context(of.context.as_deref())?;
    options.credentials = Some(Secret::from(of.shown_to.as_deref().unwrap_or(shown_to)));
    options.shown_to_credentials = true;
    let etag = of.if_match.as_deref().unwrap_or("42");
    let seen = Sight::new(etag.into(), Shown::Unreadable, Shown::Unreadable);
    let launch = with_new!(
        of.launch,
        N => runner::set::<N>(&of.new).map(|new| Launch::create(&new, options)),
        else => Launch::new(of.launch, &of.id, Some(&seen), options)
    );
    let mut launch = launch.map_err(|error| error.to_string())?;
    let mut step = launch.step(LaunchInput::Begin, clock(of.sent_ms_ago));
    if matches!(&step, LaunchStep::Send(first) if first.call == LaunchCall::List) {
        // Nothing was there before.
        step = launch.step(LaunchInput::Lost("not asked".to_owned()), clock(of.sent_ms_ago));
    }
    let token: Option<LaunchToken> = match step {
        LaunchStep::Send(first) => first.token,
        LaunchStep::Done(_) => None,
    };
    let token = token.ok_or("the launch of `token_of` is not sent")?;
    Ok(match &of.operation {
        Some(operation) => token.accepted(operation).to_string(),
        None => token.to_string(),
    })
}

fn context(text: Option<&str>) -> Result<Option<WorkspaceContext>, String> {
    let context = text.map(str::parse).transpose();
    context.map_err(|error: akua_model::Error| error.to_string())
}

/// The time of a call that began so long ago.
fn clock(ms_ago: u32) -> Clock {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Clock {
        elapsed: Duration::ZERO,
        unix_ms: i64::try_from(now.as_millis())
            .unwrap_or(i64::MAX)
            .saturating_sub(i64::from(ms_ago)),
        since_boot: None,
        entropy: 0x00c0_ffee,
        cancelled: false,
    }
}

/// A resume token is another one each time. It has to be one that belongs to this call, and is replaced by what it is of.
pub(crate) fn look_at(report: &mut Value, faults: &mut Vec<String>, order: &Order) {
    let base = order.client.base_url.as_deref().unwrap_or_default();
    for end in ["edited", "launched", "waited"] {
        let ended = report.get_mut(end).and_then(Value::as_object_mut);
        let Some(Value::String(text)) = ended.and_then(|ended| ended.get_mut("resume_token")) else {
            continue;
        };
        let (origin, mark) = match text.parse::<SavedToken>() {
            Ok(SavedToken::Edit(token)) => (token.origin().to_owned(), format!("<{} {}>", token.kind(), token.id())),
            Ok(SavedToken::Launch(token)) => (
                token.origin().to_owned(),
                format!("<{}>", named(token.kind(), token.id())),
            ),
            Ok(SavedToken::Wait(token)) => {
                let mark = format!("<{} as {}>", named(token.kind(), token.id()), token.operation());
                (token.origin().to_owned(), mark)
            }
            Ok(_) => (String::new(), "<unknown>".to_owned()),
            Err(error) => {
                faults.push(format!("the resume token is none: {error}"));
                continue;
            }
        };
        if origin != base {
            let fault = format!("the resume token is for {origin}, not for {base}");
            faults.push(fault);
        }
        *text = mark;
    }
}

/// A launch and what it is about, which a create does not know.
fn named(kind: LaunchKind, id: &str) -> String {
    [kind.name(), id].join(" ").trim_end().to_owned()
}
