//! The scenes, in the order of the guide.

mod contested;
mod lost;
mod waiting;

use akua_http::BoxError;

use crate::stage::{Shown, Stage};

/// One scene: plays, tells, and fails unless the outcome is what it should be.
pub(crate) type Scene = fn(&mut Stage) -> Shown;

/// Every scene with its title.
pub(crate) const ALL: [(&str, Scene); 11] = [
    ("The answer is lost, and the write has landed", lost::and_landed),
    ("The answer is lost, and the write has not landed", lost::and_not_landed),
    ("Landed, and then overwritten by somebody else", lost::and_overwritten),
    ("Somebody else changed the same resource: rebased", contested::rebased),
    ("Somebody else changed the same field: a conflict", contested::conflict),
    ("Another 409: the slug is taken", contested::slug_taken),
    ("A kubeconfig after somebody else's change", contested::kubeconfig),
    ("404 after a timeout", lost::not_found_after_a_timeout),
    (
        "The deadline in the middle of settling",
        waiting::deadline_while_settling,
    ),
    (
        "A resume token, resolved in another process",
        waiting::resumed_elsewhere,
    ),
    ("Waiting until the cluster has settled", waiting::settled),
];

/// Plays one on a stage of its own; what it has told.
pub(crate) fn play(number: usize, title: &str, scene: Scene) -> Result<String, BoxError> {
    let mut stage = Stage::new()?;
    let shown = scene(&mut stage);
    let page = format!("{number}. {title}\n{}", stage.page());
    match shown {
        Ok(()) => Ok(page),
        Err(error) => Err(format!("{error}, in the scene\n\n{page}").into()),
    }
}
