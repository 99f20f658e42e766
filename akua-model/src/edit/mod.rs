//! The edit protocol.

mod contract;
mod event;
mod machine;
mod merging;
mod policy;
mod reading;
mod report;
mod rules;
mod settling;
mod trace;
mod writing;

pub use contract::Contract;
pub use event::{Cause, Proof};
pub use policy::{OnConflict, Policy};
pub use report::FieldState;
pub use trace::Why;
