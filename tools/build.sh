#!/usr/bin/env bash
# Builds the libraries, the programs and the demo of the workspace as `cargo test --workspace` does. Cargo gives a crate
# the features that the chosen packages and targets ask for together: with another choice, such as `-p akua-ffi`, or
# without an example, which brings the dependencies of tests, it builds many crates once more.
set -euo pipefail
exec cargo build --quiet --locked --workspace --lib --bins --example demo
