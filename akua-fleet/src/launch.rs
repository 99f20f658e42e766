//! The work on an item that is launched: what starts its operation, and the wait for that.
//!
//! It decides neither what is sent again nor what became of an operation. It only sees to it that the token of a launch is
//! granted before its first byte, and that of the operation as soon as it is known.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use akua_http::cancel::Cancel;
use akua_http::{BoxError, Collection, Deletable, Error, LaunchProgress, Launching};
use akua_model::edit::{LaunchKind, LaunchToken, Launched, ResumeMode, SavedToken, Sight, Target, WaitToken};
use akua_model::waiting::WaitPolicy;
use akua_model::{Readable, Resource, Secrets, with_new};

use super::end::End;
use super::item::{State, StoredPatch};

/// What an answer after the limit of a wait may take.
const LAST_LOOK: Duration = Duration::from_secs(10);

/// What a fleet calls a launch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Words {
    /// The verb.
    pub(super) verb: &'static str,
    /// The state that is wanted.
    pub(super) wanted: &'static str,
    /// Whether what is still reconciling is not yet so.
    pub(super) settles: bool,
}

/// The launches that are for fleets: those that are made on the version that was seen, or not at all.
pub(super) fn words(kind: LaunchKind) -> Option<Words> {
    let (verb, wanted, settles) = match kind {
        LaunchKind::SuspendCluster => ("suspend", "suspended", true),
        LaunchKind::ResumeCluster => ("resume", "active", true),
        LaunchKind::DeleteCluster | LaunchKind::DeleteWorkspace => ("delete", "deleting", false),
        _ => return None,
    };
    Some(Words { verb, wanted, settles })
}

/// As [`words`], of a launch that resources of this kind have.
pub(super) fn words_for<R: Readable>(kind: LaunchKind) -> Result<Words, Error> {
    let allowed = "which is not for fleets (suspend, resume and delete are, and a create by a table)";
    let words = words(kind).ok_or_else(|| is_other(kind, allowed))?;
    of_kind::<R>(kind).map(|()| words)
}

/// Whether it is a launch that resources of this kind have.
pub(super) fn of_kind<R: Readable>(kind: LaunchKind) -> Result<(), Error> {
    let of = kind.of().name();
    if of == R::NOUN {
        return Ok(());
    }
    Err(is_other(
        kind,
        &format!("which no {} has (it is about a {of})", R::NOUN),
    ))
}

fn is_other(kind: LaunchKind, what: &str) -> Error {
    Error::invalid_input("launch", format!("is `{}`, {what}", kind.name()))
}

/// How a kind of resource is deleted.
pub(super) const fn delete_of<R: Deletable>() -> LaunchKind {
    R::DELETE
}

/// Launches, settles and waits.
pub(super) struct Launcher<'a, R> {
    pub(super) collection: &'a Collection<R>,
    /// What ends a wait, beside what ends every call.
    pub(super) until: Option<&'a Cancel>,
    /// How long an operation is waited for.
    pub(super) wait: Option<Duration>,
}

impl<R: Resource> Launcher<'_, R> {
    /// Starts an operation, and waits for it.
    pub(super) fn launch(
        &self,
        kind: LaunchKind,
        id: &str,
        target: &Target<R>,
        grant: impl FnMut(&SavedToken) -> Result<bool, BoxError>,
    ) -> Result<End, Error> {
        let seen = match target {
            Target::Seen(seen) => Some(Sight::of(&**seen)),
            Target::Id(_) => None,
        };
        Ok(self.drive(self.collection.start_launch(kind, id, seen.as_ref())?, grant))
    }

    /// Makes something new of `new`, and waits for the operation.
    pub(super) fn create(
        &self,
        kind: LaunchKind,
        new: &StoredPatch,
        grant: impl FnMut(&SavedToken) -> Result<bool, BoxError>,
    ) -> Result<End, Error> {
        let launching = with_new!(
            kind,
            N => self.collection.start_create(&new.restore::<N>(&Secrets::none())?),
            else => return Err(Error::invalid_input("launch", format!("is `{}`, which makes nothing", kind.name())))
        );
        Ok(self.drive(launching, grant))
    }

    fn drive(&self, mut launching: Launching, mut grant: impl FnMut(&SavedToken) -> Result<bool, BoxError>) -> End {
        loop {
            match launching.next() {
                LaunchProgress::Ready(token) => {
                    if let Some(reason) = refusal(grant(&SavedToken::Launch(*token))) {
                        launching.decline(reason);
                    }
                }
                LaunchProgress::Done(launched) => return self.follow(&launched, grant),
            }
        }
    }

    /// Settles a launch that was left behind, and waits for its operation if it was accepted. It is never issued anew.
    pub(super) fn settle(
        &self,
        token: &LaunchToken,
        grant: impl FnMut(&SavedToken) -> Result<bool, BoxError>,
    ) -> Result<End, Error> {
        // The ledger keeps the tokens.
        let collection = self.collection.clone().keep_resume_token(|_| Ok(()));
        let launched = collection.resolve_launch(token, ResumeMode::Finish)?;
        Ok(self.follow(&launched, grant))
    }

    /// Has the token of the operation kept in the place of that of its launch, and waits.
    fn follow(&self, launched: &Launched, mut grant: impl FnMut(&SavedToken) -> Result<bool, BoxError>) -> End {
        let end = End::from(launched);
        let Some(token) = launched.accepted() else {
            return end;
        };
        match grant(&SavedToken::Wait(token.clone())) {
            Ok(true) => {
                let mut waited = self.wait(token);
                waited.requests += end.requests;
                waited
            }
            // Somebody else has the item by now, or the run stops.
            Ok(false) => end,
            Err(error) => {
                let mut unkept = End::started(
                    token,
                    format!("{}; the ledger could not keep that: {error}", end.detail),
                );
                unkept.requests = end.requests;
                unkept
            }
        }
    }

    /// Waits for the operation of a launch that was accepted earlier.
    pub(super) fn wait_on(&self, token: &str) -> End {
        match token.parse::<WaitToken>() {
            Ok(token) => self.wait(&token),
            Err(error) => {
                let mut end = End::of(State::Started, format!("accepted, and can't be waited for: {error}"));
                end.token = Some(token.to_owned());
                end
            }
        }
    }

    fn wait(&self, token: &WaitToken) -> End {
        let mut operations = self.collection.client().operations();
        if let Some(context) = self.collection.effective_context() {
            operations = operations.context(context);
        }
        if let Some(cancel) = ends(self.collection.cancel_handle(), self.until) {
            operations = operations.cancel(&cancel);
        }
        let mut policy = WaitPolicy::default();
        let limit = self.wait.unwrap_or(policy.deadline);
        policy.deadline = limit.saturating_add(LAST_LOOK);
        policy.poll = policy.poll.min(limit.max(Duration::from_secs(1)));
        let begun = Instant::now();
        // The first answer after the limit is the last one, so that there is one in any case.
        let waited = operations.wait_with(token, policy, |_| match begun.elapsed() < limit {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        });
        match waited {
            Ok(waited) => End::waited(token, &waited),
            Err(error) => {
                let words = format!("accepted as operation {}, which can't be waited for", token.operation());
                End::started(token, format!("{words}: {error}"))
            }
        }
    }
}

/// Whatever ends one of two.
fn ends(call: Option<&Cancel>, wait: Option<&Cancel>) -> Option<Cancel> {
    match (call.cloned(), wait.cloned()) {
        (Some(call), Some(wait)) => Some(Cancel::with_check(move || call.is_cancelled() || wait.is_cancelled())),
        (call, wait) => call.or(wait),
    }
}

/// Why nothing may be sent, if the ledger does not grant it.
pub(super) fn refusal(granted: Result<bool, BoxError>) -> Option<String> {
    match granted {
        Ok(true) => None,
        Ok(false) => Some("the lease has been taken back".to_owned()),
        Err(error) => Some(format!("the ledger could not keep the resume token: {error}")),
    }
}
