//! The token: where it comes from, and that nobody sees it.
//!
//! A token is opaque: never parsed, never shown, wiped on drop.

use std::error::Error as StdError;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::Duration;

use zeroize::Zeroizing;

use crate::cancel::Cancel;
use crate::deadline::{Deadline, Pause};
use crate::error::Error;
use crate::transport::PerProcess;

/// A bearer token. `Debug` shows nothing of it, and its memory is wiped on drop.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(Zeroizing<String>);

impl Token {
    /// Takes a token as it was issued: visible ASCII characters, at least one.
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration) if it is empty or has a character that a header can't
    /// carry, such as a line break at its end. The error does not show the token. Nothing was sent.
    pub fn new(token: impl Into<String>) -> Result<Self, Error> {
        let token = Zeroizing::new(token.into());
        let problem = if token.is_empty() {
            "is empty"
        } else if token.ends_with(['\n', '\r']) {
            "ends with a line break"
        } else if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            "has a character other than visible ASCII"
        } else {
            return Ok(Self(token));
        };
        Err(Error::configuration(
            format!("the token {problem}"),
            "give it exactly as it was issued, without anything around it",
        ))
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(secret)")
    }
}

/// What a callback that makes tokens may fail with.
pub type BoxError = Box<dyn StdError + Send + Sync>;

type Provider = Arc<dyn Fn() -> Result<String, BoxError> + Send + Sync>;

/// Where a client's tokens come from.
pub(crate) enum Credentials {
    Fixed(Arc<Token>),
    Provided {
        provider: Provider,
        /// A forked child has one of its own, as a thread of its parent's may have held a lock.
        shared: Box<PerProcess<Shared>>,
    },
}

/// What the threads of a process share.
#[derive(Default)]
pub(crate) struct Shared {
    latest: Mutex<Option<Arc<Token>>>,
    /// Held by whoever asks the provider.
    asking: Mutex<()>,
}

/// Why there is no token.
pub(crate) enum NoToken {
    /// The provider failed, or gave what is no token.
    Failed(String),
    /// The deadline passed while another thread was asking.
    Timeout,
    /// The call was cancelled while another thread was asking.
    Cancelled,
}

impl Credentials {
    pub(crate) fn provided(provider: Provider) -> Self {
        Self::Provided {
            provider,
            shared: Box::new(PerProcess::new()),
        }
    }

    /// Whether another token can be had for one that is refused.
    pub(crate) fn can_refresh(&self) -> bool {
        matches!(self, Self::Provided { .. })
    }

    /// The token to send. `refused` is one that the service has just answered 401 to: then another one, or `None` if
    /// there is no other.
    pub(crate) fn token(
        &self,
        refused: Option<&Arc<Token>>,
        deadline: Deadline,
        cancel: Option<&Cancel>,
    ) -> Result<Option<Arc<Token>>, NoToken> {
        match self {
            Self::Fixed(token) if refused.is_none() => Ok(Some(Arc::clone(token))),
            Self::Fixed(_) => Ok(None),
            Self::Provided { provider, shared } => {
                let shared = shared.current(Shared::default);
                let usable = |token: &Arc<Token>| refused != Some(token);
                let known = || lock(&shared.latest).clone().filter(usable);
                if let Some(token) = known() {
                    return Ok(Some(token));
                }
                let _turn = wait_for_turn(&shared.asking, deadline, cancel)?;
                // Somebody else may have asked in the meantime.
                if let Some(token) = known() {
                    return Ok(Some(token));
                }
                let token = provider().map_err(|error| NoToken::Failed(error.to_string()))?;
                let token = Token::new(token).map_err(|error| NoToken::Failed(error.to_string()))?;
                let token = Arc::new(token);
                *lock(&shared.latest) = Some(Arc::clone(&token));
                Ok(Some(token).filter(usable))
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is guarded is replaced in one go, so a panic elsewhere leaves nothing half done.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits for the lock as long as the call may wait, not longer: a provider may take its time.
fn wait_for_turn<'a>(
    asking: &'a Mutex<()>,
    deadline: Deadline,
    cancel: Option<&Cancel>,
) -> Result<MutexGuard<'a, ()>, NoToken> {
    loop {
        match asking.try_lock() {
            Ok(turn) => return Ok(turn),
            Err(TryLockError::Poisoned(turn)) => return Ok(turn.into_inner()),
            Err(TryLockError::WouldBlock) => match deadline.pause(Duration::from_millis(2), cancel) {
                Pause::Elapsed => {}
                Pause::DeadlinePassed => return Err(NoToken::Timeout),
                Pause::Cancelled => return Err(NoToken::Cancelled),
            },
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fixed(_) => "Fixed(secret)",
            Self::Provided { .. } => "Provided(secret)",
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    fn soon() -> Deadline {
        Deadline::after(Duration::from_secs(60))
    }

    #[test]
    fn what_no_header_can_carry_is_refused_and_not_shown() {
        for bad in [
            "",
            "hush\n",
            "hush hush",
            "hush\u{e9}",
            "hush\0",
            " hush",
            "hush\r\nx: y",
        ] {
            let error = Token::new(bad).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("hush"), "{bad:?}");
        }
        assert_eq!(format!("{:?}", Token::new("hush").unwrap()), "Token(secret)");
    }

    #[test]
    fn threads_that_are_refused_together_ask_once() {
        let asked = Arc::new(AtomicU32::new(0));
        let counter = Arc::clone(&asked);
        let credentials = Credentials::provided(Arc::new(move || {
            std::thread::sleep(Duration::from_millis(5));
            Ok(format!("token-{}", counter.fetch_add(1, Ordering::SeqCst)))
        }));
        let first = credentials.token(None, soon(), None).ok().flatten().unwrap();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let next = credentials.token(Some(&first), soon(), None).ok().flatten().unwrap();
                    assert_eq!(next.expose(), "token-1");
                });
            }
        });
        assert_eq!(asked.load(Ordering::SeqCst), 2);
    }

    #[test]
    fn a_provider_that_repeats_a_refused_token_has_no_other() {
        let credentials = Credentials::provided(Arc::new(|| Ok("same".to_owned())));
        let first = credentials.token(None, soon(), None).ok().flatten().unwrap();
        assert!(credentials.token(Some(&first), soon(), None).ok().unwrap().is_none());
    }

    #[test]
    fn waiting_for_another_thread_ends_at_the_deadline() {
        let mutex = Mutex::new(());
        let _held = mutex.lock().unwrap();
        let end = wait_for_turn(&mutex, Deadline::after(Duration::from_millis(10)), None);
        assert!(matches!(end, Err(NoToken::Timeout)));
        let cancel = Cancel::new();
        cancel.cancel();
        assert!(matches!(
            wait_for_turn(&mutex, soon(), Some(&cancel)),
            Err(NoToken::Cancelled)
        ));
    }
}
