//! Tells the module which kind of build it is: one without optimisation warns when it is imported.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let level = std::env::var("OPT_LEVEL").unwrap_or_default();
    println!("cargo::rustc-env=AKUA_PY_OPT_LEVEL={level}");
}
