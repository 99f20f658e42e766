//! The value of a `retry-after` header.
#![no_main]

use akua_model::RetryAfter;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match RetryAfter::parse(text) {
        Some(RetryAfter::Seconds(seconds)) => {
            assert_eq!(
                RetryAfter::parse(&seconds.to_string()),
                Some(RetryAfter::Seconds(seconds))
            );
        }
        Some(RetryAfter::At(at)) => assert!(at > i64::MIN / 2 && at < i64::MAX / 2),
        None => {}
    }
});
