//! Times in answers: whatever number or RFC 3339 text a server writes is kept as it is and never overflows.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use akua_model::Timestamp;

fn read(json: &str) -> Timestamp {
    serde_json::from_str(json).expect(json)
}

#[test]
fn whole_seconds_are_read_kept_and_shown() {
    let cases: [(i64, &str); 9] = [
        (0, "1970-01-01T00:00:00Z"),
        (1, "1970-01-01T00:00:01Z"),
        (-1, "1969-12-31T23:59:59Z"),
        (1_699_335_116, "2023-11-07T05:31:56Z"),
        (253_402_300_799, "253402300799"),
        (-377_705_116_800, "-377705116800"),
        (1_699_335_116_000, "1699335116000"),
        (i64::MAX, "9223372036854775807"),
        (i64::MIN, "-9223372036854775808"),
    ];
    for (seconds, shown) in cases {
        let json = seconds.to_string();
        let time = read(&json);
        assert_eq!(time, Timestamp::from_unix_seconds(seconds));
        assert_eq!(time.unix_seconds(), Some(seconds));
        assert_eq!(time.to_string(), shown);
        assert_eq!(serde_json::to_string(&time).unwrap(), json);
    }
}

#[test]
fn other_numbers_keep_their_raw_form() {
    // The number, whole seconds if they fit, and how it is written again.
    let cases: [(&str, Option<i64>, &str); 12] = [
        ("1.5", Some(1), "1.5"),
        ("-0.5", Some(-1), "-0.5"),
        ("-1.0", Some(-1), "-1.0"),
        ("1699335116.123", Some(1_699_335_116), "1699335116.123"),
        ("0.1", Some(0), "0.1"),
        ("5e-324", Some(0), "5e-324"),
        ("1e3", Some(1000), "1e3"),
        ("9223372036854775808", None, "9223372036854775808"),
        ("18446744073709551615", None, "18446744073709551615"),
        ("-9223372036854775809", None, "-9223372036854775809"),
        ("1e300", None, "1e300"),
        ("-1e300", None, "-1e300"),
    ];
    for (json, seconds, written) in cases {
        let time = read(json);
        assert_eq!(time.unix_seconds(), seconds, "{json}");
        assert_eq!(serde_json::to_string(&time).unwrap(), written);
        assert_eq!(time.to_string(), written);
        assert_eq!(read(written), time);
    }
}

#[test]
fn a_text_is_rfc_3339_and_kept_as_it_is_written() {
    let cases = [
        ("2023-11-07T05:31:56Z", 1_699_335_116),
        ("2023-11-07T05:31:56.999999999Z", 1_699_335_116),
        ("2023-11-07T06:31:56+01:00", 1_699_335_116),
        ("2023-11-06T23:31:56.5-06:00", 1_699_335_116),
        ("2023-11-07t05:31:56z", 1_699_335_116),
        ("1969-12-31T23:59:59.5Z", -1),
        ("0001-01-01T00:00:00Z", -62_135_596_800),
        ("9999-12-30T22:00:00Z", 253_402_207_200),
    ];
    for (text, seconds) in cases {
        let time = read(&format!("\"{text}\""));
        assert_eq!(time.unix_seconds(), Some(seconds), "{text}");
        assert_eq!(time.to_string(), text);
        assert_eq!(serde_json::to_string(&time).unwrap(), format!("\"{text}\""));
    }
}

#[test]
fn anything_else_is_no_time() {
    for json in [
        "\"\"",
        "\"now\"",
        "\"1699335116\"",
        "\"2023-11-07\"",
        "\"2023-11-07T05:31:56\"",
        "\"2023-13-07T05:31:56Z\"",
        "\"2023-02-30T05:31:56Z\"",
        "\"99999-11-07T05:31:56Z\"",
        "\"2023-11-07T05:31:56Z \"",
        "null",
        "true",
        "[1]",
        "{\"seconds\":1}",
    ] {
        let error = serde_json::from_str::<Timestamp>(json).expect_err(json);
        assert!(
            error.to_string().contains("expected Unix seconds or an RFC 3339 time"),
            "{error}"
        );
        assert!(!error.to_string().contains("2023"), "{error}");
    }
}
