//! Everything that is made from the declaration of the kinds (`akua-model/src/api.rs`) and the table of settings
//! (`akua-http/src/settings/table.rs`): each file as a path and a text.
//!
//! A set of files has a function `files` in a module of its own, listed in [`files`]. What it writes lies in a folder
//! called `generated` and says in its head that nobody edits it by hand.
#![forbid(unsafe_code)]

mod c;
mod creates;
mod made;
mod python;
mod reference;
mod settings;
mod words;

pub use made::File;

/// Every made file.
#[must_use]
pub fn files() -> Vec<File> {
    let makers: [fn() -> Vec<File>; _] = [c::files, python::files, reference::files, settings::files];
    makers.iter().flat_map(|make| make()).collect()
}
