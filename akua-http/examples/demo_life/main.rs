//! Suspending, resuming, deleting and making in eight scenes, against an Akua on this machine: what was accepted, what became of it,
//! and what stands there now. `docs/life.md` quotes what they tell. With numbers, only those scenes.
//!
//! ```sh
//! make demo-life
//! ```

mod scenes;
mod stage;

use std::process::ExitCode;

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let is_wanted = |number: usize| wanted.is_empty() || wanted.contains(&number.to_string());
    for (number, (title, scene)) in (1..).zip(scenes::ALL).filter(|(number, _)| is_wanted(*number)) {
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
