//! What the Rust peers have in common: the types they decode into and send.

use serde::{Deserialize, Serialize};

/// What is sent.
#[derive(Serialize)]
pub struct Patch<'a> {
    /// The new name.
    pub name: &'a str,
}

/// What is answered. Plain types: nothing is checked, and what is not known is dropped.
#[derive(Deserialize)]
pub struct Cluster {
    /// The id.
    pub id: String,
    /// Its page for people.
    pub html_url: Option<String>,
    /// The name.
    pub name: String,
    /// The workspace.
    pub workspace_id: String,
    /// Where it is in its life.
    pub state: String,
    /// Who runs it.
    pub provider: String,
    /// Whether it is being changed.
    pub reconciling: bool,
    /// When it was made.
    pub created_at: i64,
    /// When it changed.
    pub updated_at: i64,
    /// The etag.
    pub etag: String,
}

/// A page of a list.
#[derive(Deserialize)]
pub struct Page {
    /// The items.
    pub data: Vec<Cluster>,
    /// Whether there are more.
    pub has_more: bool,
    /// Where.
    pub next_cursor: Option<String>,
}
