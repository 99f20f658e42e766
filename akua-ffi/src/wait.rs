//! Waiting for operations.

use std::ffi::c_void;
use std::ops::ControlFlow;

use akua_http::AwaitedOperation;
use akua_model::edit::WaitToken;
use akua_model::report::Report;
use akua_model::waiting::{Asked, Now, WaitPolicy, Waited};
use akua_model::{Operation, OperationId};

use crate::call::Failure;
use crate::client::akua_client;
use crate::handle::{Misuse, Owned, from_c};
use crate::held::akua_resource;
use crate::options::akua_call_options;
use crate::report::akua_report;
use crate::status::{AKUA_ASKED_BY_TOKEN, AKUA_ASKED_NO, AKUA_ASKED_UNKNOWN, AKUA_ASKED_YES, AKUA_OK, akua_status};
use crate::text::akua_str;

/// What is shown each answer with the operation, for a progress bar: the `context` that was given with it, and the operation,
/// which lives until the function returns; `akua_resource_clone` keeps it longer. If it gives false, the wait ends.
///
/// It is called on the thread that waits. It must return: no exception, no `longjmp`. It may call this library.
pub type akua_operation_sink =
    Option<unsafe extern "C" fn(context: *mut c_void, operation: *const akua_resource) -> bool>;

/// Waits until an operation has ended, and tells what became of it: `AKUA_OK` if it has succeeded. It only reads, can be
/// called anywhere and as often as one likes, and nothing depends on it: the operation goes on if the wait is given up.
///
/// `awaited` is the token of a launch that was accepted, or the id of any operation. `asked` says whether whoever waits has
/// asked for it to be cancelled: one of the `AKUA_ASKED_` numbers, 0 to go by the token. `progress` may be NULL; `context` is
/// passed to it as it is. `options` may be NULL; their time is that of the whole wait, 30 minutes if none is set.
///
/// Ends with `AKUA_OK`, `AKUA_OPERATION_FAILED`, `AKUA_OPERATION_CANCELLED`, `AKUA_STILL_RUNNING` (the time is up, the program
/// has ended the wait, or `AKUA_REPORT_BLOCKED_ON` waits for a person) or `AKUA_LOST_TRACK`. None of these says how the launch
/// before it ended, or what stands there now: `akua_report_resource` is that, read after the end, `AKUA_REPORT_LATER` what was
/// started since, and `akua_report_operation` the operation as it was shown last. Free `waited` with `akua_report_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_operation_wait(
    client: *const akua_client,
    options: *const akua_call_options,
    awaited: akua_str,
    asked: i32,
    progress: akua_operation_sink,
    context: *mut c_void,
    waited: *mut *mut akua_report,
    error: *mut *mut akua_report,
) -> akua_status {
    let from_c = from_c!();
    let out = from_c.handle_out(waited, "waited");
    from_c.call(error, || {
        let out = out?;
        let client = from_c.handle(client, "client")?;
        let options = from_c.optional(options, "options")?;
        let awaited = asked_of(awaited_of(from_c.text(awaited, "awaited")?)?, asked)?;
        let progress = progress.map(|show| from_c.callback(show, context));
        let (operations, _) = akua_call_options::collection::<Operation>(client, options)?;
        let waited = operations.wait_with(awaited, WaitPolicy::default(), |operation| {
            let Some(progress) = progress else {
                return ControlFlow::Continue(());
            };
            let shown = Owned::new(akua_resource::new(operation.clone()));
            match progress.call(shown.lend()) {
                true => ControlFlow::Continue(()),
                false => ControlFlow::Break(()),
            }
        })?;
        out.set(Owned::new(ended(waited)?).hand_over());
        Ok(())
    })
}

/// What a text stands for: tokens begin as no id does.
fn awaited_of(text: &str) -> Result<AwaitedOperation, akua_model::Error> {
    if text.trim_start().starts_with("akua-resume-") {
        Ok(text.parse::<WaitToken>()?.into())
    } else {
        Ok(text.parse::<OperationId>()?.into())
    }
}

fn asked_of(awaited: AwaitedOperation, number: i32) -> Result<AwaitedOperation, Misuse> {
    Ok(match number {
        AKUA_ASKED_BY_TOKEN => awaited,
        AKUA_ASKED_YES => awaited.asked(Asked::Yes),
        AKUA_ASKED_NO => awaited.asked(Asked::No),
        AKUA_ASKED_UNKNOWN => awaited.asked(Asked::Unknown),
        _ => {
            let problem = format!("is {number}, which is none of the AKUA_ASKED_ numbers");
            return Err(Misuse::new("asked", problem));
        }
    })
}

/// What a wait that has ended becomes: a report if the operation has succeeded, else an error.
fn ended(waited: Waited) -> Result<akua_report, Failure> {
    let report = akua_report::new(Report::from(&waited)).with_operation(waited.shown.map(|shown| *shown));
    let report = match waited.now {
        Now::Cluster(cluster) => report.with_resource(Some(*cluster)),
        Now::Workspace(workspace) => report.with_resource(Some(*workspace)),
        _ => report,
    };
    match report.status() {
        AKUA_OK => Ok(report),
        _ => Err(report.into()),
    }
}
