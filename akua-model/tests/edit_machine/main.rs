//! The edit machine, told as stories: what it hears, why, and what it does then, through its public face.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod begins;
mod bounds;
mod driver;
mod evidence;
mod hints;
mod merges;
mod older;
mod proofs;
mod resumes;
mod settles;
mod story;
mod writes;
