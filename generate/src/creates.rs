//! What makes something new, and what the languages call it.

use akua_model::edit::LaunchKind;

/// Each of them.
pub(crate) fn creates() -> impl Iterator<Item = LaunchKind> {
    LaunchKind::ALL.iter().copied().filter(|kind| kind.creates())
}

/// What it is made of, as one word: `new_cluster`, `cluster_import`.
pub(crate) fn made_of(kind: LaunchKind) -> String {
    let noun = kind.of().name();
    match kind {
        LaunchKind::ImportCluster => format!("{noun}_import"),
        _ => format!("new_{noun}"),
    }
}
