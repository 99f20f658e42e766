//! Tells the module which kind of build it is: one without optimisation warns when it is imported.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let profile = std::env::var("PROFILE").unwrap_or_default();
    println!("cargo::rustc-env=AKUA_PY_PROFILE={profile}");
}
