//! What can be read from a resume token.

use akua_model::ResourceKind;
use akua_model::edit::ResumeToken;

use crate::error::akua_error;
use crate::failure::Failure;
use crate::handle::FromC;
use crate::status::{akua_status, fixed};
use crate::text::akua_str;

/// What a resume token is for: `cluster` or `workspace`, so that the right `_resolve` can be called. The text lives as
/// long as the program.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_resume_token_kind(
    resume_token: akua_str,
    kind: *mut akua_str,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    let out = from_c.out(kind, akua_str::NONE, "kind");
    from_c.call(error, || {
        let out = out?;
        let token = from_c.text(resume_token, "resume_token");
        let token: Result<ResumeToken, Failure> = token.and_then(|text| Ok(text.parse()?));
        let token = token.map_err(Failure::while_resolving)?;
        let Some(kind) = ResourceKind::ALL.iter().find(|kind| kind.name() == token.kind()) else {
            let newer = Failure::misuse(
                "resume_token",
                "is for a kind of resource that this version does not know",
            );
            return Err(newer.while_resolving());
        };
        out.set(fixed(match kind {
            ResourceKind::Cluster => "cluster\0",
            ResourceKind::Workspace => "workspace\0",
        }));
        Ok(())
    })
}
