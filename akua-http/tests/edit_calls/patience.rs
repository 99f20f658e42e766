//! `Retry-After` is honoured, whatever the status it comes with.

use akua_http::transport::{FailureKind, Sent};
use akua_model::edit::{Cause, ResumeMode};
use akua_model::http::Response;

use crate::{Stage, applied, cluster, id, indeterminate, mismatch, stage, to_ours};

/// An answer with this `Retry-After`.
fn answer_with_retry_after(status: u16, patience: &str) -> Response {
    Response {
        status,
        headers: vec![("retry-after".into(), patience.to_owned())],
        ..Response::default()
    }
}

/// A stage whose first write is answered with this status and `Retry-After`, and whose second one is applied.
fn rename_after_answer(status: u16, patience: &str) -> Stage {
    let stage = stage();
    stage.wire.respond(answer_with_retry_after(status, patience));
    stage.wire.answer(200, cluster("ours", "43"));
    stage
}

#[test]
fn c2_a_write_comes_back_when_it_may_whatever_the_status() {
    for status in [202, 204, 302, 307, 408, 429, 500, 501, 502, 503, 504, 599] {
        let stage = rename_after_answer(status, "2");
        applied(&stage.rename());
        assert_eq!(stage.pace.pauses_ms(), [2000], "{status}");
    }
}

#[test]
fn c2_so_does_every_read_of_an_edit() {
    for status in [202, 302, 408, 429, 500, 503] {
        // The first one.
        let stage = stage();
        stage.wire.respond(answer_with_retry_after(status, "2"));
        stage.wire.answer(200, cluster("base", "42"));
        stage.wire.answer(200, cluster("ours", "43"));
        applied(&stage.client.clusters().edit(id(), to_ours()).unwrap());
        assert_eq!(stage.pace.pauses_ms(), [2000], "{status}");

        // The one after somebody else's change.
        let stage = crate::stage();
        stage.wire.answer(409, mismatch("43"));
        stage.wire.respond(answer_with_retry_after(status, "3"));
        stage.wire.answer(200, cluster("base", "43"));
        stage.wire.answer(200, cluster("ours", "44"));
        applied(&stage.rename());
        assert_eq!(stage.pace.pauses_ms(), [3000], "{status}");

        // The one that finds out.
        let stage = crate::stage();
        stage.wire.fail(Sent::Unknown, FailureKind::Timeout);
        stage.wire.answer(409, mismatch("43"));
        stage.wire.respond(answer_with_retry_after(status, "4"));
        stage.wire.answer(200, cluster("ours", "43"));
        applied(&stage.rename());
        assert_eq!(stage.pace.pauses_ms(), [50, 4000], "{status}");
    }
}

#[test]
fn c2_in_whatever_form_and_never_sooner_than_without() {
    for (patience, pause) in [
        ("2", 2000),
        (" 2 ", 2000),
        ("Tue, 14 Nov 2023 22:13:25 GMT", 5000),
        // The two old forms, which a recipient has to know.
        ("Tuesday, 14-Nov-23 22:13:25 GMT", 5000),
        ("Tue Nov 14 22:13:25 2023", 5000),
        // What is over, or makes no sense, takes nothing from the usual wait.
        ("0", 50),
        ("Tue, 14 Nov 2023 22:13:19 GMT", 50),
        ("Sun Nov  6 08:49:37 1994", 50),
        ("-3", 50),
        ("1.5", 50),
        ("soon", 50),
        ("", 50),
    ] {
        for status in [429, 503] {
            let stage = rename_after_answer(status, patience);
            applied(&stage.rename());
            assert_eq!(stage.pace.pauses_ms(), [pause], "{status} {patience:?}");
        }
    }
}

#[test]
fn c2_more_patience_than_there_is_time_for_is_not_begun() {
    for patience in ["31", "99999999999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"] {
        let stage = rename_after_answer(503, patience);
        let open = stage.rename();
        assert_eq!(indeterminate(&open).cause, Cause::Deadline, "{patience}");
        assert!(indeterminate(&open).may_still_land);
        assert_eq!((stage.wire.requests().len(), stage.pace.pauses_ms()), (1, vec![]));
        // Later it is settled, at once.
        let token = &indeterminate(&open).resume_token;
        applied(
            &stage
                .client
                .clusters()
                .resolve(token, ResumeMode::Finish, &akua_model::Secrets::none())
                .unwrap(),
        );
        assert_eq!(stage.pace.pauses_ms(), [0; 0]);
    }
}
