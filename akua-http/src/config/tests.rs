#![allow(clippy::unwrap_used)]
use std::path::Path;

use super::*;
use crate::ErrorKind;
use crate::transport::scripted::ScriptedTransport;

/// A home folder of its own, removed on drop.
struct Home(std::path::PathBuf);

impl Home {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("akua-config-{}-{name}", std::process::id()));
        std::fs::create_dir_all(path.join(".config/akua")).unwrap();
        Self(path)
    }

    fn file(&self) -> std::path::PathBuf {
        self.0.join(".config/akua/config.json")
    }

    fn write(&self, text: &str, mode: u32) {
        std::fs::write(self.file(), text).unwrap();
        allow(&self.file(), mode);
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[cfg(unix)]
fn allow(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
fn allow(_: &Path, _: u32) {}

fn builder() -> ClientBuilder {
    Client::builder().transport(ScriptedTransport::new()).from_env()
}

fn token_of(client: &Client) -> String {
    let soon = crate::deadline::Deadline::after(Duration::from_secs(60));
    let token = client.inner().credentials.token(None, soon, None).ok().flatten();
    token.unwrap().expose().to_owned()
}

fn message(builder: ClientBuilder, environment: &Environment) -> String {
    let error = builder.build_in(environment).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
    assert!(!format!("{error} {error:?}").contains("hush"), "{error}");
    error.to_string()
}

#[test]
fn what_the_program_says_comes_first_then_the_environment_then_the_file() {
    let home = Home::new("precedence");
    home.write(r#"{"token":"file","else":1}"#, 0o600);
    let variables = [
        ("AKUA_API_URL", "http://127.0.0.1:1"),
        ("AKUA_API_TOKEN", "environment"),
        ("AKUA_CONTEXT", "ws_environment"),
    ];
    let all = Environment::of(&variables, Some(home.0.clone()));
    let file = Environment::of(&[], Some(home.0.clone()));

    let said = builder()
        .base_url("http://127.0.0.1:2")
        .token("said")
        .context("ws_said".parse().unwrap());
    let said = said.build_in(&all).unwrap();
    assert_eq!(said.base_url().to_string(), "http://127.0.0.1:2");
    assert_eq!(token_of(&said), "said");
    assert_eq!(said.inner().context.as_ref().unwrap().as_str(), "ws_said");

    let set = builder().build_in(&all).unwrap();
    assert_eq!(set.base_url().to_string(), "http://127.0.0.1:1");
    assert_eq!(token_of(&set), "environment");
    assert_eq!(set.inner().context.as_ref().unwrap().as_str(), "ws_environment");

    let filed = builder().build_in(&file).unwrap();
    assert_eq!(filed.base_url().to_string(), "https://api.akua.dev");
    assert_eq!(token_of(&filed), "file");
    assert_eq!(filed.inner().context, None);
}

#[test]
fn a_variable_that_is_set_to_nothing_is_not_set() {
    let empty = Environment::of(
        &[("AKUA_API_URL", ""), ("AKUA_API_TOKEN", ""), ("AKUA_CONTEXT", "")],
        None,
    );
    let client = builder().token("said").build_in(&empty).unwrap();
    assert_eq!(client.base_url().to_string(), "https://api.akua.dev");
    assert!(message(builder(), &empty).contains("AKUA_API_TOKEN is not set"));
}

#[test]
fn a_bad_variable_is_named_and_not_shown() {
    let set = |name, text| Environment::of(&[(name, text)], None);
    let shown = message(builder(), &set("AKUA_API_TOKEN", "hush hush"));
    assert!(
        shown.starts_with("AKUA_API_TOKEN: the token has a character"),
        "{shown}"
    );
    let shown = message(builder().token("t"), &set("AKUA_API_URL", "https://user:hush@host"));
    assert!(shown.starts_with("AKUA_API_URL: base URL: "), "{shown}");
    let shown = message(builder().token("t"), &set("AKUA_API_URL", "http://host.example"));
    assert!(shown.contains("plain http to host.example"), "{shown}");
    let error = builder().token("t").build_in(&set("AKUA_CONTEXT", "ws é")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.to_string().starts_with("AKUA_CONTEXT: "), "{error}");
    assert_eq!(error.problems().len(), 1);
}

#[cfg(unix)]
#[test]
fn a_file_that_others_can_read_is_refused_with_the_way_out() {
    let home = Home::new("modes");
    let environment = Environment::of(&[], Some(home.0.clone()));
    for mode in [0o640, 0o604, 0o660, 0o620, 0o644] {
        home.write(r#"{"token":"hush"}"#, mode);
        let shown = message(builder(), &environment);
        assert!(
            shown.contains(&format!("run: chmod 600 {}", home.file().display())),
            "{mode:o}: {shown}"
        );
    }
    for mode in [0o600, 0o400] {
        home.write(r#"{"token":"file"}"#, 0o600);
        allow(&home.file(), mode);
        assert_eq!(token_of(&builder().build_in(&environment).unwrap()), "file");
        allow(&home.file(), 0o600);
    }
}

#[test]
fn a_file_without_a_token_is_no_token_and_a_broken_one_is_named() {
    let home = Home::new("contents");
    let environment = Environment::of(&[], Some(home.0.clone()));
    assert!(message(builder(), &environment).contains("there is no token"));
    for none in [r#"{}"#, r#"{"token":""}"#, r#"{"token":null}"#, r#"{"other":"hush"}"#] {
        home.write(none, 0o600);
        assert!(message(builder(), &environment).contains("there is no token"), "{none}");
    }
    for (broken, says) in [
        ("", "is not JSON"),
        ("hush", "is not JSON"),
        (r#"{"token":"hush""#, "is not JSON"),
        (r#"{"token":["hush"]}"#, "does not have a text as its `token`"),
        (r#""hush""#, "does not have a text as its `token`"),
        (r#"{"token":"hush\n"}"#, "ends with a line break"),
    ] {
        home.write(broken, 0o600);
        let shown = message(builder(), &environment);
        assert!(
            shown.contains(says) && shown.contains("config.json"),
            "{broken}: {shown}"
        );
    }
    home.write(&format!(r#"{{"token":"{}"}}"#, "hush".repeat(300_000)), 0o600);
    assert!(message(builder(), &environment).contains("larger than"));
    std::fs::remove_file(home.file()).unwrap();
    std::fs::create_dir(home.file()).unwrap();
    assert!(message(builder(), &environment).contains("is not a file"));
}

#[test]
fn the_file_is_not_looked_at_when_there_is_a_token() {
    let home = Home::new("unneeded");
    home.write("hush", 0o644);
    let environment = Environment::of(&[("AKUA_API_TOKEN", "environment")], Some(home.0.clone()));
    assert_eq!(token_of(&builder().build_in(&environment).unwrap()), "environment");
    let environment = Environment::of(&[], Some(home.0.clone()));
    assert_eq!(
        token_of(&builder().token("said").build_in(&environment).unwrap()),
        "said"
    );
}

#[test]
fn without_being_told_to_nothing_is_looked_at() {
    let error = Client::builder()
        .transport(ScriptedTransport::new())
        .build()
        .unwrap_err();
    assert!(error.to_string().contains("give one with `token`"), "{error}");
}

#[test]
fn the_proxy_that_the_program_names_wins_and_so_does_none() {
    let environment = Environment::of(&[("HTTPS_PROXY", "environment")], None);
    let choice = |builder: ClientBuilder, environment: &Environment| {
        let proxy = builder.proxy.on_the_way_to(&BaseUrl::default(), environment).unwrap();
        proxy.map(|proxy| proxy.to_string())
    };
    let said = || builder().proxy(ProxyUrl::parse("said").unwrap());
    assert_eq!(choice(said(), &environment).as_deref(), Some("http://said:80"));
    assert_eq!(
        choice(builder(), &environment).as_deref(),
        Some("http://environment:80")
    );
    assert_eq!(choice(builder().no_proxy(), &environment), None);
    assert_eq!(choice(said().no_proxy(), &environment), None);
    assert_eq!(choice(builder(), &Environment::empty()), None);

    let bad = Environment::of(&[("HTTPS_PROXY", "socks5://hush@proxy.example")], None);
    let real = || Client::builder().from_env().token("t");
    assert!(message(real(), &bad).starts_with("HTTPS_PROXY: proxy: "));
    assert!(real().no_proxy().build_in(&bad).is_ok());
}
