//! Launches that C gives by their numbers.

use akua_model::edit::LaunchKind;

use crate::handle::Misuse;

/// A write that starts an operation: one of the numbers below, such as `AKUA_LAUNCH_SUSPEND_CLUSTER`.
pub type akua_launch_kind = i32;

/// Suspends a cluster that runs. An etag guards it.
pub const AKUA_LAUNCH_SUSPEND_CLUSTER: akua_launch_kind = 1;
/// Resumes a cluster that is suspended. An etag guards it.
pub const AKUA_LAUNCH_RESUME_CLUSTER: akua_launch_kind = 2;
/// Deletes a cluster. An etag guards it. Documented: no install, no managed worker and no machine snapshot may be left, and
/// the caller must own the workspace.
pub const AKUA_LAUNCH_DELETE_CLUSTER: akua_launch_kind = 3;
/// Deletes a workspace. An etag guards it. After it the workspace's own token is presumably of no use any more.
pub const AKUA_LAUNCH_DELETE_WORKSPACE: akua_launch_kind = 4;
/// Asks for the capabilities of a cluster to be found out anew, as often as one likes. No etag guards it.
pub const AKUA_LAUNCH_REFRESH_CAPABILITIES: akua_launch_kind = 5;
/// Asks for an operation to be cancelled: that is all that an acceptance says, and it may still succeed or fail. No etag guards
/// it, and one that has ended is refused. Its token waits for the operation itself.
pub const AKUA_LAUNCH_CANCEL_OPERATION: akua_launch_kind = 6;

/// Makes a cluster. It has no id and no version yet: it is made of a patch of `akua_patch_new_for_launch`, by
/// `akua_launch_run_create`.
pub const AKUA_LAUNCH_CREATE_CLUSTER: akua_launch_kind = 7;
/// Imports a cluster with its kubeconfig: as `AKUA_LAUNCH_CREATE_CLUSTER`. It is there with the answer, and no operation goes on
/// after it; nothing stops a second one, so it is sent once.
pub const AKUA_LAUNCH_IMPORT_CLUSTER: akua_launch_kind = 8;
/// Makes a workspace: as `AKUA_LAUNCH_IMPORT_CLUSTER`. It takes no idempotency key.
pub const AKUA_LAUNCH_CREATE_WORKSPACE: akua_launch_kind = 9;

/// Makes what lets machines join a cluster as its workers: as `AKUA_LAUNCH_IMPORT_CLUSTER`. Its secrets are in the answer alone:
/// `akua_resource_secret` of `akua_report_resource` of the report gives them.
pub const AKUA_LAUNCH_CREATE_WORKER_BOOTSTRAP: akua_launch_kind = 10;
/// Revokes a worker bootstrap, so that no machine joins with it any more. An etag guards it, its own. Its id is two with a `/`
/// between them: `clu_1/wbs_1`.
pub const AKUA_LAUNCH_REVOKE_WORKER_BOOTSTRAP: akua_launch_kind = 11;

const KINDS: &[(akua_launch_kind, LaunchKind)] = &[
    (AKUA_LAUNCH_SUSPEND_CLUSTER, LaunchKind::SuspendCluster),
    (AKUA_LAUNCH_RESUME_CLUSTER, LaunchKind::ResumeCluster),
    (AKUA_LAUNCH_DELETE_CLUSTER, LaunchKind::DeleteCluster),
    (AKUA_LAUNCH_DELETE_WORKSPACE, LaunchKind::DeleteWorkspace),
    (AKUA_LAUNCH_REFRESH_CAPABILITIES, LaunchKind::RefreshCapabilities),
    (AKUA_LAUNCH_CANCEL_OPERATION, LaunchKind::CancelOperation),
    (AKUA_LAUNCH_CREATE_CLUSTER, LaunchKind::CreateCluster),
    (AKUA_LAUNCH_IMPORT_CLUSTER, LaunchKind::ImportCluster),
    (AKUA_LAUNCH_CREATE_WORKSPACE, LaunchKind::CreateWorkspace),
    (AKUA_LAUNCH_CREATE_WORKER_BOOTSTRAP, LaunchKind::CreateWorkerBootstrap),
    (AKUA_LAUNCH_REVOKE_WORKER_BOOTSTRAP, LaunchKind::RevokeWorkerBootstrap),
];

/// A launch of something that there is.
pub(crate) fn kind_of(number: akua_launch_kind) -> Result<LaunchKind, Misuse> {
    let kind = launch_of(number)?;
    if kind.creates() {
        let problem = "makes something new, which has no id and no version (akua_launch_run_create, akua_launch_new_create and \
                       akua_launch_once_create take what it is made of)";
        return Err(Misuse::new("kind", problem));
    }
    Ok(kind)
}

/// The launch with this number.
pub(crate) fn launch_of(number: akua_launch_kind) -> Result<LaunchKind, Misuse> {
    let known = KINDS.iter().find(|(known, _)| *known == number);
    let problem = || format!("is {number}, which is no launch of this version");
    known
        .map(|(_, kind)| *kind)
        .ok_or_else(|| Misuse::new("kind", problem()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_launch_has_one_number_and_its_own_name() {
        let source = include_str!("launch_kind.rs");
        assert_eq!(KINDS.len(), LaunchKind::ALL.len());
        for kind in LaunchKind::ALL {
            let (number, _) = KINDS.iter().find(|(_, known)| known == kind).unwrap();
            assert_eq!(launch_of(*number).ok(), Some(*kind));
            let name = kind.name().to_uppercase();
            assert!(source.contains(&format!("pub const AKUA_LAUNCH_{name}: akua_launch_kind = {number};")));
        }
        let mut numbers: Vec<_> = KINDS.iter().map(|(number, _)| *number).collect();
        numbers.dedup();
        assert_eq!(numbers.len(), KINDS.len());
    }
}
