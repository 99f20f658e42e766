//! Resume tokens: what they are for.

use akua_model::edit::{ResumeMode, SavedToken};

use crate::call::Failure;
use crate::generated::kinds::{KINDS, akua_kind};
use crate::handle::{Misuse, from_c};
use crate::kind::number_of;
use crate::report::akua_report;
use crate::status::{
    AKUA_RESUME_FINISH, AKUA_RESUME_LOOK, AKUA_TOKEN_EDIT, AKUA_TOKEN_LAUNCH, AKUA_TOKEN_WAIT, akua_status,
};
use crate::text::akua_str;

/// How a write is to be settled.
pub(crate) fn mode_of(number: i32) -> Result<ResumeMode, akua_model::Error> {
    match number {
        AKUA_RESUME_FINISH => Ok(ResumeMode::Finish),
        AKUA_RESUME_LOOK => Ok(ResumeMode::Look),
        // No name is as another number, so that this is refused in the same words as everywhere.
        _ => "".parse(),
    }
}

/// The kind of resource that a resume token is about, so that `akua_edit_resolve` can be called.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_resume_token_kind(
    resume_token: akua_str,
    kind: *mut akua_kind,
    error: *mut *mut akua_report,
) -> akua_status {
    let from_c = from_c!();
    let out = from_c.out(kind, 0, "kind");
    from_c.call(error, || {
        let look = || {
            let out = out?;
            out.set(match from_c.text(resume_token, "resume_token")?.parse()? {
                SavedToken::Launch(token) => number_of(token.kind().of()),
                SavedToken::Wait(token) => number_of(token.kind().of()),
                SavedToken::Edit(token) => {
                    let known = KINDS.iter().find(|(_, kind, _)| kind.name() == token.kind());
                    known.ok_or_else(newer)?.0
                }
                _ => return Err(newer().into()),
            });
            Ok(())
        };
        look().map_err(Failure::while_resolving)
    })
}

/// Which call a resume token is for: `AKUA_TOKEN_EDIT`, `AKUA_TOKEN_LAUNCH` or `AKUA_TOKEN_WAIT`.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_resume_token_stage(
    resume_token: akua_str,
    stage: *mut i32,
    error: *mut *mut akua_report,
) -> akua_status {
    let from_c = from_c!();
    let out = from_c.out(stage, 0, "stage");
    from_c.call(error, || {
        let look = || {
            let out = out?;
            out.set(match from_c.text(resume_token, "resume_token")?.parse()? {
                SavedToken::Edit(_) => AKUA_TOKEN_EDIT,
                SavedToken::Launch(_) => AKUA_TOKEN_LAUNCH,
                SavedToken::Wait(_) => AKUA_TOKEN_WAIT,
                _ => return Err(newer().into()),
            });
            Ok(())
        };
        look().map_err(Failure::while_resolving)
    })
}

fn newer() -> Misuse {
    Misuse::new(
        "resume_token",
        "is for a kind of resource that this version does not know",
    )
}
