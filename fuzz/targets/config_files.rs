//! The configuration file of the vendor's command line, from which the token is taken: read as the client reads it,
//! from the home folder, which is to be one that may be written to.
#![no_main]

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::LazyLock;

use akua_http::transport::scripted::ScriptedTransport;
use akua_http::{Client, ErrorKind};
use libfuzzer_sys::fuzz_target;

static FILE: LazyLock<PathBuf> = LazyLock::new(|| {
    let home = std::env::var_os("FUZZ_HOME").expect("FUZZ_HOME names a folder that may be written to");
    assert_eq!(
        std::env::home_dir().as_deref(),
        Some(home.as_ref()),
        "HOME is FUZZ_HOME"
    );
    assert!(
        std::env::var_os("AKUA_API_TOKEN").is_none(),
        "no token in the environment"
    );
    let folder = PathBuf::from(home).join(".config/akua");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("config.json");
    std::fs::write(&file, "").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    file
});

fuzz_target!(|data: &[u8]| {
    std::fs::write(&*FILE, data).unwrap();
    let built = Client::builder().from_env().transport(ScriptedTransport::new()).build();
    if let Err(error) = built {
        assert_eq!(error.kind(), ErrorKind::Configuration);
        // Its words are ours: what stands in the file is never repeated.
        assert!(!format!("{error} {error:?}").contains("marker"));
    }
});
