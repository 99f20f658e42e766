//! Types of the Akua API.
#![forbid(unsafe_code)]
pub mod http;
pub mod limits;
