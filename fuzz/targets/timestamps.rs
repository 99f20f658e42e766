//! A timestamp as JSON: Unix seconds, RFC 3339, or any other number.
#![no_main]

use akua_model::Timestamp;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(read) = serde_json::from_slice::<Timestamp>(data) else {
        return;
    };
    let _ = (read.unix_seconds(), read.to_string());
    let written = serde_json::to_string(&read).unwrap();
    let again: Timestamp = serde_json::from_str(&written).unwrap();
    assert_eq!(again, read, "{written}");
});
