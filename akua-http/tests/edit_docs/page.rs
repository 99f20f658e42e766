//! What scenes are told on: a simulator, clients on it, and the lines so far.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use akua_http::retry::Pace;
use akua_http::{BoxError, Client, ClientBuilder};
use akua_model::edit::Trace;
use akua_sim::{Options, Simulator};

/// What a scene ends with: an error stops the demo.
pub(crate) type Shown = Result<(), BoxError>;

/// Keys that differ and waits that don't: every run tells the same.
#[derive(Default)]
struct SameDice(AtomicU64);

impl Pace for SameDice {
    fn entropy(&self) -> Result<u128, BoxError> {
        let roll = self.0.fetch_add(1, Ordering::Relaxed) + 1;
        Ok((199 << 64) | u128::from(roll))
    }
}

/// An Akua and what was told so far.
pub(crate) struct Page {
    pub(crate) simulator: Simulator,
    pub(crate) text: String,
}

impl Page {
    /// A fresh Akua, and nothing told.
    pub(crate) fn new(options: Options) -> Result<Self, BoxError> {
        Ok(Self {
            simulator: Simulator::start(options)?,
            text: String::new(),
        })
    }

    /// A client of its own, as another program would have.
    pub(crate) fn client(&self) -> Result<Client, BoxError> {
        self.client_with(|builder| builder)
    }

    /// One with other settings.
    pub(crate) fn client_with(&self, set: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Result<Client, BoxError> {
        let builder = Client::builder()
            .base_url(self.simulator.url())
            .token(self.simulator.token())
            .pace(SameDice::default());
        Ok(set(builder).build()?)
    }

    /// A line of the scene.
    pub(crate) fn say(&mut self, line: impl fmt::Display) {
        for line in line.to_string().lines() {
            self.text.push_str("   ");
            self.text.push_str(line.trim_end());
            self.text.push('\n');
        }
    }

    /// How it came to its end, without the times.
    pub(crate) fn steps(&mut self, trace: &Trace) {
        for step in trace.steps() {
            self.say(format_args!("  {}: {} -> {}", step.heard, step.why, step.next));
        }
    }
}

/// Fails unless it is as the scene claims.
pub(crate) fn expect(shown: bool, what: &str) -> Shown {
    if shown {
        Ok(())
    } else {
        Err(format!("expected {what}").into())
    }
}
