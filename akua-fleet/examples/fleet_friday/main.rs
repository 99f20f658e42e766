//! Forty clusters move to a new region on a Friday: the story of `docs/fleet.md`, against an Akua on this machine.
//!
//! ```sh
//! cargo run -p akua-fleet --example fleet_friday                     # tells it
//! cargo run -p akua-fleet --example fleet_friday -- --write-docs     # and puts it into docs/fleet.md
//! ```

#[path = "../../../akua-http/tests/edit_docs/guide.rs"]
#[allow(dead_code)]
mod guide;
mod story;

use std::io::Write;

use akua_http::BoxError;

fn main() -> Result<(), BoxError> {
    let told = story::tell()?;
    for scene in &told {
        writeln!(std::io::stdout(), "{scene}")?;
    }
    if std::env::args().any(|argument| argument == "--write-docs") {
        let text = std::fs::read_to_string(story::GUIDE)?;
        std::fs::write(story::GUIDE, guide::with_scenes(&text, &told)?)?;
    }
    Ok(())
}
