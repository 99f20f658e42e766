//! Gives the shared library the name under which programs look for it, which cargo alone does not, and keeps it where it is
//! once it was loaded: threads of its own may outlive a `dlclose`.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // The number of the ABI: raised with every change that breaks programs, and only then. It is AKUA_ABI_VERSION.
    println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libakua.so.0");
    println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
}
