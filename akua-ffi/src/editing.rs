//! An edit step by step, as C drives it.

use std::sync::{Mutex, MutexGuard};

use akua_http::{Editing, Progress};
use akua_model::edit::{ResumeMode, Target};

use crate::call_options::akua_call_options;
use crate::client::akua_client;
use crate::failure::Failure;
use crate::handle::Owned;
use crate::locks::alone;
use crate::resource::{Exported, ended};
use crate::status::{AKUA_EDIT_DONE, AKUA_EDIT_NEEDS_PATCH, AKUA_EDIT_READY, AKUA_RESUME_FINISH, AKUA_RESUME_LOOK};
use crate::text::{Text, akua_str, shown};

/// An edit that has not begun. Without a patch it is asked for.
pub(crate) fn begun<R: Exported>(
    client: &akua_client,
    options: Option<&akua_call_options>,
    target: impl Into<Target<R>>,
    patch: Option<R::Patch>,
) -> Result<Editing<R>, Failure> {
    let (collection, _) = akua_call_options::collection::<R>(client, options)?;
    Ok(match patch {
        Some(patch) => collection.start_edit(target, patch)?,
        None => collection.start_edit_with(target)?,
    })
}

/// How a write is to be settled, by its number.
pub(crate) fn mode_of(mode: i32) -> Result<ResumeMode, Failure> {
    match mode {
        AKUA_RESUME_FINISH => Ok(ResumeMode::Finish),
        AKUA_RESUME_LOOK => Ok(ResumeMode::Look),
        // No name is as another number, so that this is refused in the same words as everywhere.
        _ => Ok("".parse()?),
    }
}

/// The inside of `akua_cluster_edit` and `akua_workspace_edit`.
pub(crate) struct Steps<R: Exported>(Mutex<State<R>>);

struct State<R: Exported> {
    editing: Editing<R>,
    /// What the last step ended with.
    stands: Stands<R>,
    token: Option<Text>,
}

enum Stands<R: Exported> {
    /// Between steps, or before the first one.
    Elsewhere,
    /// A patch for this version is needed.
    NeedsPatch(Owned<R::Shown>),
    /// A write is about to go out.
    Ready,
}

/// What a step ended with.
pub(crate) enum Step<R: Exported> {
    NeedsPatch,
    Ready,
    Done(*mut R::Edited),
}

impl<R: Exported> Step<R> {
    /// As C knows it: the number, and the edit that is in effect.
    pub(crate) fn as_c(&self) -> (i32, *mut R::Edited) {
        match self {
            Self::NeedsPatch => (AKUA_EDIT_NEEDS_PATCH, std::ptr::null_mut()),
            Self::Ready => (AKUA_EDIT_READY, std::ptr::null_mut()),
            Self::Done(edited) => (AKUA_EDIT_DONE, *edited),
        }
    }
}

impl<R: Exported> Steps<R> {
    pub(crate) fn new(editing: Editing<R>) -> Self {
        Self(Mutex::new(State {
            editing,
            stands: Stands::Elsewhere,
            token: None,
        }))
    }

    /// Goes on until the program is needed or the edit has ended.
    pub(crate) fn next(&self) -> Result<Step<R>, Failure> {
        let mut state = alone(&self.0, "edit")?;
        if let Stands::NeedsPatch(_) = state.stands {
            let problem = "waits for a patch (give one with `_submit`, or a reason for none with `_fail`)";
            return Err(Failure::misuse("edit", problem));
        }
        state.stands = Stands::Elsewhere;
        Ok(match state.editing.next() {
            Progress::NeedPatch(current) => {
                state.stands = Stands::NeedsPatch(Owned::new(current.shown()));
                Step::NeedsPatch
            }
            Progress::Ready(token) => {
                state.token = Some(Text::new(&token.to_string()));
                state.stands = Stands::Ready;
                Step::Ready
            }
            Progress::Done(end) => Step::Done(ended(*end)?),
        })
    }

    pub(crate) fn submit(&self, patch: Option<R::Patch>) -> Result<(), Failure> {
        let mut state = self.asked_for_a_patch()?;
        state.editing.submit(patch);
        Ok(())
    }

    pub(crate) fn fail(&self, reason: &str) -> Result<(), Failure> {
        let mut state = self.asked_for_a_patch()?;
        state.editing.fail(reason);
        Ok(())
    }

    pub(crate) fn decline(&self, reason: &str) -> Result<(), Failure> {
        let mut state = alone(&self.0, "edit")?;
        if !matches!(state.stands, Stands::Ready) {
            return Err(Failure::misuse("edit", "has no write that is about to be sent"));
        }
        state.stands = Stands::Elsewhere;
        state.editing.decline(reason);
        Ok(())
    }

    /// The version for which a patch is needed.
    pub(crate) fn current(&self) -> *const R::Shown {
        match alone(&self.0, "edit").as_deref() {
            Ok(State {
                stands: Stands::NeedsPatch(current),
                ..
            }) => current.lend(),
            _ => std::ptr::null(),
        }
    }

    /// The resume token handed out last.
    pub(crate) fn resume_token(&self) -> akua_str {
        alone(&self.0, "edit").map_or(akua_str::NONE, |state| shown(state.token.as_ref()))
    }

    /// Runs an edit whose change is given to its end.
    pub(crate) fn run(editing: Editing<R>) -> Result<*mut R::Edited, Failure> {
        let steps = Self::new(editing);
        loop {
            if let Step::Done(edited) = steps.next()? {
                return Ok(edited);
            }
        }
    }

    fn asked_for_a_patch(&self) -> Result<MutexGuard<'_, State<R>>, Failure> {
        let mut state = alone(&self.0, "edit")?;
        if !matches!(state.stands, Stands::NeedsPatch(_)) {
            return Err(Failure::misuse("edit", "has not asked for a patch"));
        }
        state.stands = Stands::Elsewhere;
        Ok(state)
    }
}
