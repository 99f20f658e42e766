//! The command line, read by hand: few options, and errors that say what to write instead.

use std::net::IpAddr;

use akua_model::ResourceKind;
use akua_sim::{Contract, Options};

pub(crate) const HELP: &str = "\
akua-sim: an Akua API on this machine, in memory, for tests and demos.

Usage: akua-sim [options]

  --port N               listen on this port; 0 (the default) takes a free one
  --host ADDRESS         a loopback address: 127.0.0.1 (the default), ::1 or localhost
  --seed clusters=N      begin with N clusters, clu_1 to clu_N, in the workspace ws_1
  --seed workspaces=N    begin with N workspaces, ws_1 to ws_N (at least one is made); so with other kinds
  --contract JSON        switches of the contract, such as '{\"missing_if_match\":428}'
  --random-seed N        make tokens and chance the same in every run
  --exit-on-stdin-close  end when standard input is closed: for a program that starts this one
  --help, --version

Prints one name=value per line, then serves until it is stopped by a signal:

  url=            the base URL for a client
  token=          a token of the workspace ws_1
  broad_token=    a token that needs the header akua-context
  control_url=    where operations are sent with POST: faults, other writers, the log
  control_token=  the token for them
";

pub(crate) enum Command {
    Help,
    Version,
    Run(Box<Args>),
}

#[derive(Debug, Default)]
pub(crate) struct Args {
    pub(crate) options: Options,
    pub(crate) exit_on_stdin_close: bool,
}

pub(crate) fn parse(words: impl Iterator<Item = String>) -> Result<Command, String> {
    let mut args = Args::default();
    let mut words = words;
    while let Some(word) = words.next() {
        let (name, mut inline) = match word.split_once('=') {
            Some((name, value)) if name.starts_with("--") => (name.to_owned(), Some(value.to_owned())),
            _ => (word, None),
        };
        let mut value = |example: &str| {
            inline
                .take()
                .or_else(|| words.next())
                .ok_or_else(|| format!("{name} needs a value, such as {name} {example}"))
        };
        match name.as_str() {
            "--help" | "-h" => return Ok(Command::Help),
            "--version" | "-V" => return Ok(Command::Version),
            "--port" => args.options.port = number(&name, &value("0")?, u64::from(u16::MAX))?,
            "--host" => args.options.host = host(&value("127.0.0.1")?)?,
            "--seed" => seed(&mut args.options, &value("clusters=5")?)?,
            "--contract" => args.options.contract = contract(&value(r#"'{"missing_if_match":428}'"#)?)?,
            "--random-seed" => args.options.seed = Some(number(&name, &value("7")?, u64::MAX)?),
            "--exit-on-stdin-close" => args.exit_on_stdin_close = true,
            _ => return Err(format!("unknown argument `{name}` (akua-sim --help lists them)")),
        }
        if let Some(unused) = inline {
            return Err(format!("{name} takes no value, but `{unused}` was given"));
        }
    }
    Ok(Command::Run(Box::new(args)))
}

fn number<T: TryFrom<u64>>(name: &str, text: &str, most: u64) -> Result<T, String> {
    let number = text.parse().ok().and_then(|number: u64| T::try_from(number).ok());
    number.ok_or_else(|| format!("{name}: `{text}` is not a number of 0 to {most}"))
}

fn host(text: &str) -> Result<IpAddr, String> {
    let text = if text == "localhost" { "127.0.0.1" } else { text };
    match text.parse::<IpAddr>() {
        Ok(host) if host.is_loopback() => Ok(host),
        _ => Err(format!(
            "--host: `{text}` is not a loopback address (use 127.0.0.1, ::1 or localhost)"
        )),
    }
}

fn seed(options: &mut Options, text: &str) -> Result<(), String> {
    const MOST: u64 = 100_000;
    let (what, count) = text.split_once('=').unwrap_or((text, ""));
    let Some(kind) = ResourceKind::ALL
        .iter()
        .find(|kind| kind.is_listed() && kind.plural() == what)
    else {
        return Err(format!(
            "--seed: `{text}` names no kind (say clusters=N or workspaces=N)"
        ));
    };
    let slot = options.kinds.entry(*kind).or_default();
    *slot = number(&format!("--seed {what}"), count, MOST)?;
    if *slot > MOST {
        return Err(format!("--seed {what}: `{count}` is not a number of 0 to {MOST}"));
    }
    Ok(())
}

fn contract(text: &str) -> Result<Contract, String> {
    let switches = serde_json::from_str(text).map_err(|error| format!("--contract: not a JSON object: {error}"))?;
    Contract::default()
        .with(&switches)
        .map_err(|error| format!("--contract: {error}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use std::collections::BTreeMap;

    use super::*;

    fn run(words: &[&str]) -> Result<Args, String> {
        match parse(words.iter().map(|&word| word.to_owned()))? {
            Command::Run(args) => Ok(*args),
            Command::Help | Command::Version => panic!("not run"),
        }
    }

    #[test]
    fn options_are_read_in_both_forms() {
        let args = run(&[
            "--port",
            "0",
            "--seed",
            "clusters=5",
            "--seed=workspaces=3",
            "--host=::1",
        ])
        .unwrap();
        let seeded = [(ResourceKind::Cluster, 5), (ResourceKind::Workspace, 3)];
        assert_eq!(args.options.kinds, BTreeMap::from(seeded));
        assert!(args.options.host.is_ipv6() && !args.exit_on_stdin_close);
        let args = run(&["--contract", r#"{"missing_if_match":428}"#, "--exit-on-stdin-close"]).unwrap();
        assert_eq!(args.options.contract.missing_if_match, 428);
        assert!(args.exit_on_stdin_close);
    }

    #[test]
    fn mistakes_are_explained() {
        for (words, named) in [
            (&["--port"][..], "--port 0"),
            (&["--port", "70000"], "65535"),
            (&["--host", "0.0.0.0"], "127.0.0.1"),
            (&["--seed", "nodes=3"], "clusters=N"),
            (&["--seed", "clusters=x"], "`x`"),
            (&["--seed", "clusters=100001"], "100000"),
            (&["--contract", "{"], "JSON"),
            (&["--contract", r#"{"nope":1}"#], "`nope`"),
            (&["--exit-on-stdin-close=1"], "takes no value"),
            (&["--verbose"], "--help"),
        ] {
            let error = run(words).unwrap_err();
            assert!(error.contains(named), "{words:?}: {error}");
        }
    }
}
