//! The scenes, in the order of the guide.

mod launches;
mod makes;
mod waits;

use crate::stage::Scene;

/// Every scene with its title.
pub(crate) const ALL: [(&str, Scene); 8] = [
    ("Suspending while somebody else edits", launches::while_somebody_edits),
    ("An operation that fails half-way", waits::fails_half_way),
    ("A process that restarts in the middle", waits::restarted),
    (
        "A delete that is answered 404 after a lost answer",
        launches::gone_after_a_lost_answer,
    ),
    ("A step that waits for a person", waits::for_a_person),
    ("Every night: suspend what runs", launches::every_night),
    ("A create whose answer is lost", makes::sent_again),
    ("A create of which nobody can know", makes::nobody_knows),
];
