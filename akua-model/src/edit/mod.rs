//! The edit protocol: read, change, write, and be told the truth whatever happens in between.
//!
//! An [`Edit`] is a machine without I/O, clock or randomness: [`Edit::step`] takes what was heard and says what to
//! do next, until it ends. It never overwrites a change that its user has not seen, never lets its own change land
//! twice where the [`Contract`] allows to tell, and never calls a write failed that may have landed.
//!
//! It does *not* send, sleep, or read a clock; it does not follow redirects, mint a second key to get around a
//! refusal, or re-read and re-apply after a lost answer.
//!
//! ```text
//!                 Idle
//!        no version | a version was passed in
//!           v       +---------------------------+
//!        Reading ---- closure? --> Asking ------+
//!           |                        ^          v
//!           |  (all as wanted)       |       Sending <------------------+
//!           v                        |       |  |  |                    |
//!        Unchanged      closure, new version |  |  | answer lost:       | same bytes, where
//!                                    |       |  |  | tainted            | they can't land twice
//!           +------------------------+       |  |  v                    |
//!           |                 409, and       |  |  Looking -------------+
//!      Refreshing <---------- untainted or --+  |    |
//!           |                 proven            |    +--> Applied (observed)
//!           +--> rebase: a new epoch, Sending   |    +--> Indeterminate
//!           +--> Not applied (conflict)         |
//!           +--> Unchanged (another's doing)    |
//!                                               +--> Applied (acknowledged)
//!                                               +--> Not applied (refused, ignored, not sent)
//! ```
//!
//! An *epoch* is one `PATCH` under one etag with one key; a repeat of it is the same to the byte. An epoch is
//! *tainted* once an attempt of it has an unknown effect, and no later refusal clears that. A 200 that shows none of the changes
//! taints as well: it acknowledges nothing.
//!
//! A [`Launch`] is the same machine with other data: a suspend, a resume, a delete, or what can be asked for as often as one
//! likes. It ends with the operation that was started; what becomes of that is a [`waiting`](crate::waiting) of its own.
//!
//! # A conversation
//!
//! The answer to a write is lost. The same bytes are sent again; the server says that the etag has moved, and names
//! the current one. That is no conflict: it may be the echo of our own write. A read with that very etag shows it.
//!
//! ```
//! use std::time::Duration;
//! use akua_model::edit::{Change, Clock, Edit, Input, Options, Outcome, Proof, Step, Target};
//! use akua_model::{Cluster, ClusterPatch, http::Response};
//!
//! # let cluster = |etag: &str, name: &str| format!(
//! #     r#"{{"id":"clu_1","name":"{name}","workspace_id":"ws_1","state":"active","provider":"managed_kaas",
//! #     "reconciling":false,"created_at":1,"updated_at":2,"etag":"{etag}"}}"#);
//! # let answer = |status, body: String| Input::Answered(Response { status, body: body.into(), ..Response::default() });
//! # let clock = Clock { unix_ms: 1_700_000_000_000, entropy: 7, ..Clock::default() };
//! let seen: Cluster = serde_json::from_str(&cluster("42", "old"))?;
//! let patch = ClusterPatch::builder().name("new").build()?;
//! let target = Target::Seen(Box::new(seen));
//! let mut edit = Edit::new(target, Change::Patch(patch), Options::default())?;
//!
//! let Step::Send(first) = edit.step(Input::Begin, clock) else { panic!() };
//! assert_eq!(first.request.path(), "/v1/clusters/clu_1");
//! assert_eq!(first.request.header("if-match"), Some("42"));
//! assert_eq!(first.request.header("idempotency-key"), Some("00000000000000000000000000000007"));
//! assert_eq!(first.request.body(), Some(br#"{"name":"new"}"#.as_slice()));
//! assert!(first.resume_token.is_some(), "to be kept before the first byte goes out");
//!
//! let Step::Send(again) = edit.step(Input::Lost("timed out".into()), clock) else { panic!() };
//! assert_eq!(again.request, first.request, "the same to the byte");
//!
//! let refusal = r#"{"errors":[{"code":7006,"message":"ABORTED","metadata":{"current_etag":"43"}}]}"#;
//! let Step::Send(look) = edit.step(answer(409, refusal.into()), clock) else { panic!() };
//! assert_eq!(look.request.method().as_str(), "GET");
//!
//! let Step::Done(edited) = edit.step(answer(200, cluster("43", "new")), clock) else { panic!() };
//! let Outcome::Applied(applied) = edited.outcome else { panic!() };
//! assert_eq!(applied.proof, Proof::Observed);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#[cfg(test)]
mod check;
mod clock;
mod contract;
mod event;
mod finish;
mod intent;
mod launch;
mod launch_finish;
mod launch_kind;
mod launch_listing;
mod launch_step;
mod launch_token;
mod launched;
mod launching;
mod machine;
mod merging;
mod names;
mod new;
#[cfg(test)]
mod omitted;
mod outcome;
mod policy;
mod reading;
mod receipt;
mod report;
mod resume;
pub(crate) mod rules;
mod session;
mod settling;
mod step;
mod target;
mod token;
mod trace;
mod value;
mod writing;

pub use clock::{Clock, SinceBoot};
pub use contract::{Contract, Guarantee};
pub use event::{Budget, Cause, FieldState, Proof};
pub use launch::Launch;
pub use launch_kind::{LaunchKind, LaunchTarget};
pub use launch_step::{LaunchCall, LaunchInput, LaunchOptions, LaunchOutgoing, LaunchStep};
pub use launch_token::{LaunchToken, SavedToken, WaitToken};
pub use launched::{LaunchOutcome, Launched, Made, NotLaunched, OpenLaunch, Sight};
pub use new::NewResource;
pub use outcome::{Applied, Conflict, Edited, FieldReport, Ignored, Indeterminate, NotApplied, Outcome};
pub use policy::{OnConflict, Policy};
pub use receipt::{created_operation, created_resource, launched_operation, made_by, operation_of};
pub use resume::ResumeMode;
pub use session::Edit;
pub use step::{Change, Input, Options, Outgoing, Step};
pub use target::Target;
pub use token::ResumeToken;
pub use trace::{Heard, Next, Trace, TraceStep, Why};
