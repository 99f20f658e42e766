//! What is read of a cluster beside itself.

use akua_http::transport::{FailureKind, Sent};
use akua_http::{Effect, ErrorKind};
use akua_model::ClusterId;
use akua_model::report::Report;

use super::*;

fn id() -> ClusterId {
    "clu_1".parse().unwrap()
}

/// No eight bytes of it in a row are ever to be shown.
const MARKER: &str = "apiVersion: v1 Zq7Kd93mXw52Lb81";

#[test]
fn a_kubeconfig_is_asked_for_once_and_never_shown() {
    let stage = stage();
    stage.wire.answer(200, format!(r#"{{"kubeconfig":"{MARKER}"}}"#));
    let kubeconfig = stage.client.clusters().kubeconfig(&id()).unwrap();
    assert_eq!(
        (kubeconfig.expose(), format!("{kubeconfig:?}")),
        (MARKER, "Secret(hidden)".to_owned())
    );
    assert_eq!(stage.sent(), ["GET /v1/clusters/clu_1/kubeconfig"]);
    stage.wire.answer(503, "{}");
    let error = stage.client.clusters().kubeconfig(&id()).unwrap_err();
    assert_eq!((error.kind(), stage.sent().len()), (ErrorKind::Server, 2));
    stage.wire.fail(Sent::Unknown, FailureKind::ConnectionLost);
    let error = stage.client.clusters().kubeconfig(&id()).unwrap_err();
    assert_eq!((error.effect(), stage.sent().len()), (Effect::NotApplied, 3));
}

#[test]
fn an_answer_that_can_not_be_read_shows_nothing_of_it() {
    for (status, body) in [
        (200, format!(r#"{{"kubeconfig":["{MARKER}"]}}"#)),
        (200, format!(r#"{{"kubeconfig":"{MARKER}"#)),
        (200, format!(r#"{{"{MARKER}":1}}"#)),
        (200, format!(r#""{MARKER}""#)),
        (200, r#"{"kubeconfig":""}"#.to_owned()),
        (500, format!("<html>{MARKER}")),
        (202, format!(r#"{{"kubeconfig":"{MARKER}"}}"#)),
    ] {
        let stage = stage();
        stage.wire.answer(status, body.clone());
        let error = stage.client.clusters().kubeconfig(&id()).unwrap_err();
        let shown = format!("{error}{error:?}{:?}", Report::from(&error));
        for piece in MARKER.as_bytes().windows(8) {
            assert!(!shown.contains(std::str::from_utf8(piece).unwrap()), "{body}: {shown}");
        }
    }
}
