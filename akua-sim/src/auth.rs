//! Bearer tokens: what each may see. Only digests of them are kept.

use std::collections::BTreeMap;
use std::fmt;

use akua_model::{ResourceKind as Kind, limits};

use crate::contract::Contract;
use crate::digest::sha256_hex;
use crate::kind::table;
use crate::patch::length_problem;
use crate::refusal::Refusal;
use crate::resource::Resource;
use crate::store::Store;
use crate::wire::WireRequest;

/// All tokens, by digest; the workspace that owns each, `None` for a broad one.
#[derive(Clone, Default)]
pub(crate) struct Tokens(BTreeMap<String, Option<String>>);

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tokens").field(&self.0.len()).finish()
    }
}

/// What a request may see and change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scope {
    /// The workspace that it acts in.
    pub(crate) workspace: String,
    /// Whether it sees other workspaces too. What belongs to them it never sees.
    broad: bool,
}

impl Scope {
    /// Whether it sees the resource of this kind that belongs to `workspace`.
    pub(crate) fn sees(&self, kind: Kind, workspace: &str) -> bool {
        (self.broad && table(kind).is_workspace) || self.workspace == workspace
    }
}

impl Tokens {
    pub(crate) fn allow(&mut self, token: &str, workspace: Option<String>) {
        self.0.insert(sha256_hex(&[token.as_bytes()]), workspace);
    }

    /// What the request may see, from its token and its context.
    pub(crate) fn scope(&self, request: &WireRequest, store: &Store, contract: &Contract) -> Result<Scope, Refusal> {
        let owner = self.owner(request, store, contract)?;
        let context = request.header("akua-context");
        if let Some(problem) = context
            .as_deref()
            .and_then(|context| length_problem(limits::WORKSPACE_ID, context, contract))
        {
            return Err(Refusal::invalid(400, &["headers", "akua-context"], &problem));
        }
        match (owner, context) {
            (Some(owner), None) => Ok(Scope {
                workspace: owner.clone(),
                broad: false,
            }),
            (Some(owner), Some(context)) if *owner == context => Ok(Scope {
                workspace: context,
                broad: false,
            }),
            (Some(_), Some(_)) => Err(Refusal::forbidden("This token belongs to another workspace")),
            (None, Some(context)) if store.find(Kind::Workspace, &context).is_some() => Ok(Scope {
                workspace: context,
                broad: true,
            }),
            (None, Some(_)) => Err(Refusal::forbidden("No such workspace for this token")),
            (None, None) if contract.missing_context == 403 => {
                Err(Refusal::forbidden("This token needs a workspace: send akua-context"))
            }
            (None, None) => Err(Refusal::invalid(
                contract.missing_context,
                &["headers", "akua-context"],
                "This token needs a workspace: send akua-context",
            )),
        }
    }

    /// What the request may see where no workspace is asked for, so that its context is not looked at.
    pub(crate) fn scope_in_none(
        &self,
        request: &WireRequest,
        store: &Store,
        contract: &Contract,
    ) -> Result<Scope, Refusal> {
        let owner = self.owner(request, store, contract)?;
        Ok(Scope {
            workspace: owner.clone().unwrap_or_default(),
            broad: owner.is_none(),
        })
    }

    /// The workspace that owns the token of a request, `None` for a broad one.
    fn owner(&self, request: &WireRequest, store: &Store, contract: &Contract) -> Result<&Option<String>, Refusal> {
        let header = request.header("authorization").ok_or_else(Refusal::unauthorized)?;
        let token = bearer(&header).ok_or_else(Refusal::unauthorized)?;
        let owner = self
            .0
            .get(&sha256_hex(&[token.as_bytes()]))
            .ok_or_else(Refusal::unauthorized)?;
        let is_gone = |id: &str| store.ever(Kind::Workspace, id).is_some_and(Resource::deleted);
        if contract.tokens_die_with_workspace && owner.as_deref().is_some_and(is_gone) {
            return Err(Refusal::unauthorized());
        }
        Ok(owner)
    }
}

/// The token after `Bearer`, in any case.
pub(crate) fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
