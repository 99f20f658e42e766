//! The driver of a launch: asks [`akua_model::edit::Launch`] what is next, has it sent, and hands the answers back.

use std::fmt;

use akua_model::edit::{Clock, Launch, LaunchInput, LaunchOutgoing, LaunchStep, LaunchToken, Launched, SavedToken};

use crate::sender::{Asked, Before, Heard, Sender};

/// One launch, step by step: a suspend, a resume, a delete, or another call that starts an operation.
///
/// Ask for what is [`next`](Self::next) until it is [`LaunchProgress::Done`]. Before the write goes out for the first time its
/// token is handed out: keep it, then go on; or [`decline`](Self::decline), and nothing of it is sent.
pub struct Launching {
    sender: Sender,
    launch: Launch,
    input: Option<LaunchInput>,
    ready: Option<Box<LaunchOutgoing>>,
    done: Option<Box<Launched>>,
}

/// Where a [`Launching`] stands.
#[derive(Clone, Debug, PartialEq)]
pub enum LaunchProgress {
    /// The write is about to be sent for the first time; this settles it should its answer be lost.
    Ready(Box<LaunchToken>),
    /// The end.
    Done(Box<Launched>),
}

impl Launching {
    pub(crate) fn new(sender: Sender, launch: Launch) -> Self {
        Self {
            sender,
            launch,
            input: Some(LaunchInput::Begin),
            ready: None,
            done: None,
        }
    }

    /// Goes on until the caller is needed or the launch has ended. Blocks for as long as that takes, at the latest until the
    /// deadline. After the end it gives the same end again.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> LaunchProgress {
        if let Some(ready) = self.ready.take() {
            self.input = Some(self.send(&ready));
        }
        loop {
            if let Some(done) = &self.done {
                return LaunchProgress::Done(done.clone());
            }
            let input = self.input.take().unwrap_or(LaunchInput::Begin);
            let (input, clock) = match self.sender.clock() {
                Ok(clock) => (input, clock),
                Err(error) => (LaunchInput::Declined(error), self.sender.clock_without_entropy()),
            };
            match self.launch.step(input, clock) {
                LaunchStep::Done(launched) => self.done = Some(launched),
                LaunchStep::Send(outgoing) => match outgoing.token.clone() {
                    Some(token) => {
                        self.ready = Some(outgoing);
                        return LaunchProgress::Ready(Box::new(token));
                    }
                    None => self.input = Some(self.send(&outgoing)),
                },
            }
        }
    }

    /// Stops the write whose token was handed out. Nothing of it is sent.
    pub fn decline(&mut self, reason: impl fmt::Display) {
        if self.ready.take().is_some() {
            self.input = Some(LaunchInput::Declined(reason.to_string()));
        }
    }

    /// What settles it, or waits for its operation once that is known; `None` before the write.
    #[must_use]
    pub fn token(&self) -> Option<SavedToken> {
        let accepted = self.done.as_ref().and_then(|done| done.accepted());
        let accepted = accepted.map(|token| SavedToken::Wait(token.clone()));
        accepted.or_else(|| self.launch.token().map(|token| SavedToken::Launch(token.clone())))
    }

    fn send(&mut self, outgoing: &LaunchOutgoing) -> LaunchInput {
        let asked = Asked {
            request: &outgoing.request,
            wait: outgoing.wait,
            budget: outgoing.budget,
            new_credentials: outgoing.new_credentials,
        };
        match self.sender.send(&asked, &mut self.launch) {
            Heard::Answered(response) => LaunchInput::Answered(response),
            Heard::NotSent(why) => LaunchInput::NotSent(why),
            Heard::Lost(why) => LaunchInput::Lost(why),
            Heard::Declined(why) => LaunchInput::Declined(why),
        }
    }
}

impl Before for Launch {
    fn hide(&mut self, secret: &str) {
        self.with_credentials(secret);
    }

    fn may_send(&self, clock: Clock) -> bool {
        Launch::may_send(self, clock)
    }
}

impl fmt::Debug for Launching {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Launching")
            .field("launch", &self.launch)
            .finish_non_exhaustive()
    }
}
