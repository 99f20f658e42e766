//! Made by `make generate` from the declaration of the kinds, akua-model/src/api.rs. Not edited by hand.

/// Calls the macro `$do` with every kind: its class, the class of its calls, the word for one, and that for all.
macro_rules! each_class {
    ($do:ident) => {
        $do!(Cluster Clusters "cluster" "clusters", Workspace Workspaces "workspace" "workspaces");
    };
}

/// Calls the macro `$do` with every object inside of a resource: its class, and the word for one.
macro_rules! each_object {
    ($do:ident) => {
        $do!(WorkspacePlan "workspaceplan");
    };
}

pub(crate) use {each_class, each_object};
