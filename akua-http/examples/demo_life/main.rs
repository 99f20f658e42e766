//! Suspending, resuming and deleting in six scenes, against an Akua on this machine: what was accepted, what became of it, and
//! what stands there now. `docs/life.md` quotes what they tell.
//!
//! ```sh
//! make demo-life
//! ```

mod scenes;
mod stage;

use std::process::ExitCode;

fn main() -> ExitCode {
    for (number, (title, scene)) in (1..).zip(scenes::ALL) {
        match stage::play(number, title, scene) {
            Ok(page) => println!("{page}"),
            Err(error) => {
                eprintln!("the demo did not show what it should: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}
