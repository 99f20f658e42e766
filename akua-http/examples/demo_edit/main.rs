//! What an edit does in every corner: a scene for each, against an Akua on this machine that fails on purpose.
//!
//! ```sh
//! make demo-edit                                                       # prints the scenes
//! cargo run -p akua-http --example demo_edit -- --write-docs           # and puts them into docs/edit.md
//! ```
//!
//! A scene fails, and with it the program, unless the outcome is the one that it is about.

mod guide;
mod scenes;
mod stage;

use std::io::Write;
use std::process::ExitCode;

use akua_http::BoxError;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the demo did not show what it should: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), BoxError> {
    let write_docs = match std::env::args().skip(1).collect::<Vec<_>>().as_slice() {
        [] => false,
        [write] if write == "--write-docs" => true,
        _ => return Err("the only option is --write-docs: puts the scenes into docs/edit.md".into()),
    };
    let mut shown = Vec::new();
    for (number, (title, scene)) in (1..).zip(scenes::ALL) {
        let page = scenes::play(number, title, scene)?;
        writeln!(std::io::stdout(), "{page}")?;
        shown.push(page);
    }
    if write_docs {
        let text = std::fs::read_to_string(guide::PATH)?;
        std::fs::write(guide::PATH, guide::with_scenes(&text, &shown)?)?;
    }
    Ok(())
}
