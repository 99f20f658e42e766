//! The numbers of the ABI: how a call ended, and the choices that are given as numbers. They stay for ever.

use akua_model::report::{End, Kind, Report};

/// How a call ended: 0 if it did what its name says, else one of the `AKUA_` numbers below. Later versions may know
/// more of them; compare with those you handle, and treat every other one as a failure.
pub type akua_status = i32;

/// The call did what its name says. From a launch: it was accepted, or what was wanted was so anyway; from a wait for an
/// operation: it has succeeded. From an update and an edit: the server answered 200 and shows the change, or a later read
/// shows it, or everything was as wanted before. What an answer can't show is taken for written: `kubeconfig`, `region_id`,
/// and whatever this one leaves out. Fields that the server has stored otherwise than they were wanted are listed by
/// `AKUA_REPORT_ADJUSTED` and `AKUA_REPORT_NOT_TAKEN` after an edit; after an update compare the answer.
pub const AKUA_OK: akua_status = 0;
/// The input breaks a rule of the API: `AKUA_REPORT_PROBLEMS` names the field. Nothing was sent.
pub const AKUA_INVALID_INPUT: akua_status = 1;
/// A setting of the client is missing or can't be used. Nothing was sent.
pub const AKUA_CONFIGURATION: akua_status = 2;
/// The token was refused (401).
pub const AKUA_AUTHENTICATION: akua_status = 3;
/// The token may not do this (403).
pub const AKUA_PERMISSION_DENIED: akua_status = 4;
/// There is no such resource, or the token may not see it (404). From `akua_resource_wait_settled`: the cluster is gone.
pub const AKUA_NOT_FOUND: akua_status = 5;
/// From an update: the resource is not in the state that the write needs (409, 412). From an edit: somebody else
/// changed the resource first, and `AKUA_REPORT_FIELDS` tells who wants what; from a launch likewise, without fields. Nothing
/// took effect.
pub const AKUA_CONFLICT: akua_status = 6;
/// The server refused the request as it is (any other 4xx; to an update 400, 405, 413, 415, 422, 428, 431). From an edit or
/// a launch: it refused in its own words, whatever its status was. Nothing took effect.
pub const AKUA_REJECTED: akua_status = 7;
/// Too many requests (429): `AKUA_REPORT_RETRY_AFTER` tells how long to wait.
pub const AKUA_RATE_LIMITED: akua_status = 8;
/// The server, or something in front of it, failed (5xx, 408).
pub const AKUA_SERVER: akua_status = 9;
/// An answer that this call can't have, or that proves nothing of it: a redirect, another success than 200, something that
/// is not HTTP. To an update also a 4xx that the service does not refuse with (402, 407, 410, 451 and so on), and any 4xx
/// where a proxy may have sent the request twice. An update may have taken effect.
pub const AKUA_UNEXPECTED_ANSWER: akua_status = 10;
/// A 200 that can't be read as what was asked for.
pub const AKUA_DECODE: akua_status = 11;
/// No answer: no connection, or it was lost.
pub const AKUA_TRANSPORT: akua_status = 12;
/// No answer in time. From a wait: the time was up before the cluster had settled.
pub const AKUA_TIMEOUT: akua_status = 13;
/// A cancel handle ended the call.
pub const AKUA_CANCELLED: akua_status = 14;
/// From an edit or a launch: it was not sent, and `AKUA_REPORT_CAUSE` tells why. Nothing took effect.
pub const AKUA_NOT_SENT: akua_status = 15;
/// From an edit or a launch: nobody could know whether it took effect. It is no conflict. Keep its
/// `AKUA_REPORT_RESUME_TOKEN`.
pub const AKUA_INDETERMINATE: akua_status = 16;
/// From a wait: somebody else has replaced what was waited for.
pub const AKUA_SUPERSEDED: akua_status = 17;
/// From an edit: the server answered 200 and changed nothing: it shows the version from before the write, and
/// `AKUA_REPORT_FIELDS` tells which fields it left as they were. Nothing took effect.
pub const AKUA_IGNORED: akua_status = 18;
/// From a wait for an operation: it has failed. It was accepted all the same, and some of it may have been done.
pub const AKUA_OPERATION_FAILED: akua_status = 19;
/// From a wait for an operation: it was cancelled. Some of it may have been done. `AKUA_REPORT_ASKED_HERE` tells whether
/// whoever waited had asked for that.
pub const AKUA_OPERATION_CANCELLED: akua_status = 20;
/// From a wait for an operation: the wait is over, and the operation goes on. Wait again, with its token.
pub const AKUA_STILL_RUNNING: akua_status = 21;
/// From a wait for an operation: it can't be read any more, or has ended in a way that this version does not know. What became
/// of it is not known.
pub const AKUA_LOST_TRACK: akua_status = 22;
/// The call breaks a rule of this interface: NULL where something has to be, a text that is not UTF-8, a handle of
/// another type or kind, or in use by another thread, a property that the kind has not. Nothing was sent.
pub const AKUA_MISUSE: akua_status = 50;
/// A mistake in this library. What the call did is not known. Please report it.
pub const AKUA_PANIC: akua_status = 51;

/// How a write is settled: the same bytes are sent again where they can't land twice, so it may land now.
pub const AKUA_RESUME_FINISH: i32 = 1;
/// How a write is settled: by reading alone. No write is ever sent.
pub const AKUA_RESUME_LOOK: i32 = 2;

/// Where a stepwise edit stands: it wants a patch for `akua_edit_current`; give one with `akua_edit_submit`.
pub const AKUA_EDIT_NEEDS_PATCH: i32 = 1;
/// Where a stepwise edit stands: its next step sends a write for the first time, which `akua_edit_resume_token` would settle.
pub const AKUA_EDIT_READY: i32 = 2;
/// Where a stepwise edit stands: it has ended, and the change is in effect.
pub const AKUA_EDIT_DONE: i32 = 3;

/// Where a stepwise launch stands: its next step sends the write for the first time, which `akua_launch_resume_token` would
/// settle.
pub const AKUA_LAUNCH_READY: i32 = 2;
/// Where a stepwise launch stands: it has ended, and was accepted, or what was wanted was so anyway.
pub const AKUA_LAUNCH_DONE: i32 = 3;

/// What a resume token is for: `akua_edit_resolve`.
pub const AKUA_TOKEN_EDIT: i32 = 1;
/// What a resume token is for: `akua_launch_resolve`.
pub const AKUA_TOKEN_LAUNCH: i32 = 2;
/// What a resume token is for: `akua_operation_wait`.
pub const AKUA_TOKEN_WAIT: i32 = 3;

/// Whether whoever waits has asked for the operation to be cancelled: if the token is of a cancel. With an id they have not.
pub const AKUA_ASKED_BY_TOKEN: i32 = 0;
/// Whether whoever waits has asked for the operation to be cancelled: they have, and the server has taken note.
pub const AKUA_ASKED_YES: i32 = 1;
/// Whether whoever waits has asked for the operation to be cancelled: they have not.
pub const AKUA_ASKED_NO: i32 = 2;
/// Whether whoever waits has asked for the operation to be cancelled: they have tried, and it is not known whether that
/// arrived.
pub const AKUA_ASKED_UNKNOWN: i32 = 3;

/// What a version shows of a property: nothing is known, as no answer shows it or this one left it out.
pub const AKUA_SHOWN_UNREADABLE: i32 = 0;
/// What a version shows of a property: that there is no such value.
pub const AKUA_SHOWN_ABSENT: i32 = 1;
/// What a version shows of a property: a value.
pub const AKUA_SHOWN: i32 = 2;

/// The version of this interface. It is raised only when programs that were built for an older one would break, and
/// is the number in the name of the shared library, `libakua.so.0`.
pub const AKUA_ABI_VERSION: u32 = 0;

/// Every status with its name, which ends with a NUL.
pub(crate) const NAMES: &[(akua_status, &str)] = &[
    (AKUA_OK, "ok\0"),
    (AKUA_INVALID_INPUT, "invalid_input\0"),
    (AKUA_CONFIGURATION, "configuration\0"),
    (AKUA_AUTHENTICATION, "authentication\0"),
    (AKUA_PERMISSION_DENIED, "permission_denied\0"),
    (AKUA_NOT_FOUND, "not_found\0"),
    (AKUA_CONFLICT, "conflict\0"),
    (AKUA_REJECTED, "rejected\0"),
    (AKUA_RATE_LIMITED, "rate_limited\0"),
    (AKUA_SERVER, "server\0"),
    (AKUA_UNEXPECTED_ANSWER, "unexpected_answer\0"),
    (AKUA_DECODE, "decode\0"),
    (AKUA_TRANSPORT, "transport\0"),
    (AKUA_TIMEOUT, "timeout\0"),
    (AKUA_CANCELLED, "cancelled\0"),
    (AKUA_NOT_SENT, "not_sent\0"),
    (AKUA_INDETERMINATE, "indeterminate\0"),
    (AKUA_SUPERSEDED, "superseded\0"),
    (AKUA_IGNORED, "ignored\0"),
    (AKUA_OPERATION_FAILED, "operation_failed\0"),
    (AKUA_OPERATION_CANCELLED, "operation_cancelled\0"),
    (AKUA_STILL_RUNNING, "still_running\0"),
    (AKUA_LOST_TRACK, "lost_track\0"),
    (AKUA_MISUSE, "misuse\0"),
    (AKUA_PANIC, "panic\0"),
];

/// The status of what is reported: of the end of an edit or a launch that is not in effect its own, else that of its kind.
pub(crate) fn of_report(report: &Report) -> akua_status {
    match report.end {
        Some(End::Conflict) => AKUA_CONFLICT,
        Some(End::Rejected) => AKUA_REJECTED,
        Some(End::Ignored) => AKUA_IGNORED,
        Some(End::NotSent) => AKUA_NOT_SENT,
        Some(End::Indeterminate) => AKUA_INDETERMINATE,
        Some(
            End::Applied
            | End::Unchanged
            | End::Settled
            | End::Gone
            | End::Superseded
            | End::DeadlinePassed
            | End::Cancelled
            | End::Succeeded
            | End::OperationFailed
            | End::OperationCancelled
            | End::StillRunning
            | End::LostTrack,
        )
        | None => of_kind(report.kind),
    }
}

/// The status of a kind.
fn of_kind(kind: Kind) -> akua_status {
    match kind {
        Kind::Ok => AKUA_OK,
        Kind::InvalidInput => AKUA_INVALID_INPUT,
        // A ledger that can't be used is a setting that can't be; C has no fleets, so it never hears of one.
        Kind::Configuration | Kind::Ledger => AKUA_CONFIGURATION,
        Kind::Authentication => AKUA_AUTHENTICATION,
        Kind::PermissionDenied => AKUA_PERMISSION_DENIED,
        Kind::NotFound => AKUA_NOT_FOUND,
        Kind::Conflict => AKUA_CONFLICT,
        Kind::Rejected => AKUA_REJECTED,
        Kind::Ignored => AKUA_IGNORED,
        Kind::RateLimited => AKUA_RATE_LIMITED,
        Kind::Server => AKUA_SERVER,
        Kind::UnexpectedAnswer => AKUA_UNEXPECTED_ANSWER,
        Kind::Decode => AKUA_DECODE,
        Kind::Transport => AKUA_TRANSPORT,
        Kind::Timeout => AKUA_TIMEOUT,
        Kind::Cancelled => AKUA_CANCELLED,
        Kind::Indeterminate => AKUA_INDETERMINATE,
        Kind::Superseded => AKUA_SUPERSEDED,
        Kind::OperationFailed => AKUA_OPERATION_FAILED,
        Kind::OperationCancelled => AKUA_OPERATION_CANCELLED,
        Kind::StillRunning => AKUA_STILL_RUNNING,
        Kind::LostTrack => AKUA_LOST_TRACK,
        Kind::Internal => AKUA_PANIC,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c20_every_kind_has_a_status_of_its_name() {
        // C has no fleets, so it never hears of their ledgers, and calls a mistake of this library by what it comes from.
        let other = [Kind::Ledger, Kind::Internal];
        for kind in Kind::ALL.iter().filter(|kind| !other.contains(kind)) {
            let status = of_kind(*kind);
            let name = NAMES.iter().find(|(number, _)| *number == status).unwrap().1;
            assert_eq!(name, format!("{}\0", kind.name()));
        }
    }

    /// The statuses whose declaration says that nothing took effect, or was sent.
    fn promising_nothing() -> Vec<akua_status> {
        let source = include_str!("status.rs");
        let declared = source
            .split("pub const AKUA_")
            .skip(1)
            .zip(source.split("pub const AKUA_"));
        let promising = declared.filter_map(|(declaration, before)| {
            let lines = before.lines().rev();
            let words: Vec<_> = lines.take_while(|line| line.starts_with("///")).collect();
            let promises = words.iter().rev().any(|line| line.contains("Nothing"));
            let number = declaration.split_once("akua_status = ")?.1.split_once(';')?.0;
            promises.then(|| number.parse().unwrap())
        });
        promising.collect()
    }

    #[test]
    fn a16_no_status_that_promises_nothing_is_that_of_a_write_that_may_have_taken_effect() {
        use akua_http::Client;
        use akua_http::transport::scripted::ScriptedTransport;

        let promising = promising_nothing();
        for sure in [
            AKUA_INVALID_INPUT,
            AKUA_CONFIGURATION,
            AKUA_CONFLICT,
            AKUA_REJECTED,
            AKUA_NOT_SENT,
            AKUA_MISUSE,
        ] {
            assert!(promising.contains(&sure), "{sure} in {promising:?}");
        }
        assert!(promising.contains(&AKUA_IGNORED));
        assert!(!promising.contains(&AKUA_UNEXPECTED_ANSWER) && !promising.contains(&AKUA_INDETERMINATE));
        let patch = akua_model::ClusterPatch::builder().name("n").build().unwrap();
        for status in 100..=599 {
            for hops in [false, true] {
                let wire = std::sync::Arc::new(ScriptedTransport::new());
                wire.set_hops_may_replay(hops);
                wire.answer(status, "{}");
                let client = Client::builder().token("t").transport(wire).build().unwrap();
                let error = client
                    .clusters()
                    .update(&"clu_1".parse().unwrap(), &"42".parse().unwrap(), &patch);
                let report = Report::from(&error.unwrap_err());
                let status = of_report(&report);
                assert!(
                    !report.effect.may_have_taken_effect() || !promising.contains(&status),
                    "{status}: {report:?}"
                );
            }
        }
    }
    #[test]
    fn no_status_is_there_twice() {
        let mut numbers: Vec<_> = NAMES.iter().map(|(number, _)| number).collect();
        numbers.sort();
        numbers.dedup();
        assert_eq!(numbers.len(), NAMES.len());
    }

    #[test]
    fn the_soname_is_that_of_the_abi_version() {
        let wanted = format!("-soname,libakua.so.{AKUA_ABI_VERSION}\"");
        assert!(include_str!("../build.rs").contains(&wanted));
    }
}
