use super::*;
use crate::{Client, Error};

fn set(setting: &Setting, value: Value<'_>) -> Result<(), Error> {
    match setting.of {
        Of::Client | Of::Contract => Client::builder().set(setting, value),
        Of::ClientOrCall => {
            Client::builder().set(setting, value)?;
            CallOptions::default().set(setting, value)
        }
        Of::Call | Of::List | Of::Edit => CallOptions::default().set(setting, value),
    }
}

fn fitting(setting: &Setting) -> Value<'static> {
    match setting.takes {
        Takes::Text => Value::Text(match setting.name {
            "proxy" => "http://proxy:3128",
            "traceparent" => "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "on_conflict" => "fail",
            _ => "ws_1",
        }),
        Takes::Pem => Value::Pem(b"-----BEGIN"),
        Takes::Time => Value::Time(Duration::from_secs(1)),
        Takes::Count => Value::Count(7),
        Takes::Flag => Value::Flag(true),
    }
}

#[test]
fn every_setting_can_be_set_and_takes_nothing_of_another_type() {
    for setting in SETTINGS {
        set(setting, fitting(setting)).unwrap();
        for value in [
            Value::Text("1"),
            Value::Time(Duration::from_secs(1)),
            Value::Count(1),
            Value::Flag(true),
        ] {
            let fits = std::mem::discriminant(&value) == std::mem::discriminant(&fitting(setting))
                || matches!((setting.takes, value), (Takes::Pem, Value::Text(_)));
            if !fits {
                let error = set(setting, value).unwrap_err();
                assert_eq!(error.problems()[0].field, setting.name, "{error}");
            }
        }
    }
}

#[test]
fn nothing_is_set_to_zero_where_that_means_nothing() {
    for setting in SETTINGS {
        let zero = match setting.takes {
            Takes::Time => Value::Time(Duration::ZERO),
            Takes::Count => Value::Count(0),
            _ => continue,
        };
        // A list has its own bounds, and words for them.
        let may_be = setting.may_be_zero && setting.of != Of::List;
        assert_eq!(set(setting, zero).is_ok(), may_be, "{}", setting.name);
    }
}

#[test]
fn a_setting_of_one_is_no_setting_of_the_other() {
    for setting in SETTINGS {
        let (of_client, of_call) = match setting.of {
            Of::Client | Of::Contract => (true, false),
            Of::ClientOrCall => (true, true),
            Of::Call | Of::List | Of::Edit => (false, true),
        };
        assert_eq!(
            Client::builder().set(setting, fitting(setting)).is_ok(),
            of_client,
            "{}",
            setting.name
        );
        assert_eq!(
            CallOptions::default().set(setting, fitting(setting)).is_ok(),
            of_call,
            "{}",
            setting.name
        );
    }
}

#[test]
fn names_and_numbers_are_given_once() {
    for setting in SETTINGS {
        assert_eq!(named(setting.name), Some(setting));
        assert_eq!(numbered(setting.number), Some(setting));
    }
}
