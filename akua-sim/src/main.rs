//! `akua-sim`: the simulator as a program, for clients in any language.

mod args;

use std::io::Write as _;
use std::process::ExitCode;

use akua_sim::Simulator;

use args::{Args, Command};

fn main() -> ExitCode {
    match args::parse(std::env::args().skip(1)) {
        Ok(Command::Help) => print(args::HELP),
        Ok(Command::Version) => print(concat!("akua-sim ", env!("CARGO_PKG_VERSION"), "\n")),
        Ok(Command::Run(args)) => run(*args),
        Err(problem) => {
            eprintln!("akua-sim: {problem}");
            ExitCode::from(2)
        }
    }
}

fn print(text: &str) -> ExitCode {
    match std::io::stdout().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn run(args: Args) -> ExitCode {
    let simulator = match Simulator::start(args.options) {
        Ok(simulator) => simulator,
        Err(error) => {
            eprintln!("akua-sim: can't listen: {error} (try --port 0 for a free port)");
            return ExitCode::FAILURE;
        }
    };
    let announced = format!(
        "url={}\ntoken={}\nbroad_token={}\ncontrol_url={}\ncontrol_token={}\n",
        simulator.url(),
        simulator.token(),
        simulator.broad_token(),
        simulator.control_url(),
        simulator.control_token(),
    );
    let mut stdout = std::io::stdout();
    if stdout
        .write_all(announced.as_bytes())
        .and_then(|()| stdout.flush())
        .is_err()
    {
        return ExitCode::FAILURE;
    }
    if args.exit_on_stdin_close {
        // Whatever comes is ignored. Unlike `read`, this goes on after a signal.
        return match std::io::copy(&mut std::io::stdin(), &mut std::io::sink()) {
            Ok(_) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        };
    }
    // A signal ends the process. There is nothing to clean up: the state is in memory.
    loop {
        std::thread::park();
    }
}
