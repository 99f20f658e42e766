//! `akua-generate` writes the made files; `akua-generate --check` fails where one is not what the declaration says, or
//! where a folder of made files holds one that nothing makes. Both from the root of the repository.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{fs, io};

use akua_generate::{File, files};

fn main() -> ExitCode {
    let files = files();
    if std::env::args().nth(1).as_deref() != Some("--check") {
        return match write(&files) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{error}");
                ExitCode::FAILURE
            }
        };
    }
    let wrong: Vec<String> = files.iter().filter_map(difference).chain(strays(&files)).collect();
    if wrong.is_empty() {
        println!("{} made files are what the declaration says", files.len());
        return ExitCode::SUCCESS;
    }
    wrong.iter().for_each(|text| println!("{text}"));
    println!("Change the declaration or what makes the file (generate/src), then `make generate`.");
    ExitCode::FAILURE
}

/// Writes those that differ, so that nothing else is built anew.
fn write(files: &[File]) -> io::Result<()> {
    for (path, text) in files.iter().filter(|file| difference(file).is_some()) {
        if let Some(folder) = Path::new(path).parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, text)?;
        println!("wrote {path}");
    }
    Ok(())
}

/// The first line in which the file is not what it has to be.
fn difference((path, text): &File) -> Option<String> {
    let Ok(found) = fs::read_to_string(path) else {
        return Some(format!("{path}: is missing"));
    };
    if found == *text {
        return None;
    }
    let (mut is, mut made) = (found.lines(), text.lines());
    for number in 1.. {
        let (is, made) = (is.next(), made.next());
        if is != made || is.is_none() {
            let (is, made) = (is.unwrap_or_default(), made.unwrap_or_default());
            return Some(format!(
                "{path}:{number}: not what the declaration says\n  is    {is}\n  made  {made}"
            ));
        }
    }
    None
}

/// Files in the folders of made files that nothing makes.
fn strays(files: &[File]) -> Vec<String> {
    let made: BTreeSet<&Path> = files.iter().map(|(path, _)| Path::new(path)).collect();
    let folders: BTreeSet<PathBuf> = made
        .iter()
        .flat_map(|path| path.ancestors())
        .filter(|folder| folder.file_name().is_some_and(|name| name == "generated"))
        .map(Path::to_path_buf)
        .collect();
    let mut strays = Vec::new();
    let mut waiting: Vec<PathBuf> = folders.into_iter().collect();
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                waiting.push(path);
            } else if !made.contains(path.as_path()) {
                strays.push(format!("{}: nothing makes this file", path.display()));
            }
        }
    }
    strays
}
