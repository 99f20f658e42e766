//! The calls on each kind: their stubs, and those of the asynchronous client.

use akua_model::edit::LaunchKind;
use akua_model::property::Type;
use akua_model::{Resource, ResourceKind, with_kind};

use super::common::{HEAD, Has, classes, create_call, created_with, has, kinds, writable, written_type};
use crate::creates::creates;
use crate::words::docstring;

/// What the calls on all kinds have in common, and those on all that can be changed.
pub(super) fn calls() -> String {
    let lists: [(&str, &str); 1] = [(
        "def list(\n        self, *, page_size: int | None = None, cursor: str | None = None, **options: Unpack[CallOptions]\n    ) -> ResourceList[_R]:",
        include_str!("../../../akua-py/src/docs/list.txt"),
    )];
    let reads: [(&str, &str); 1] = [(
        "def get(self, id: str | _R, /, **options: Unpack[CallOptions]) -> _R:",
        include_str!("../../../akua-py/src/docs/get.txt"),
    )];
    let changes: [(&str, &str); 1] = [(
        "def edit_with(\n        self,\n        resource: str | _R,\n        change: Callable[[_R], Mapping[str, Any] | _R | None],\n        /,\n        **options: Unpack[EditOptions],\n    ) -> EditResult[_R]:",
        include_str!("../../../akua-py/src/docs/edit_with.txt"),
    )];
    let writes: [(&str, &str); 1] = [(
        "def fleet(\n        self,\n        plan: _fleet.Plan,\n        ledger: str | PathLike[str],\n        /,\n        *,\n        kubeconfigs: Callable[[str], str | None] | None = None,\n        **options: Unpack[FleetOptions],\n    ) -> _fleet.Fleet:",
        include_str!("../../../akua-py/src/docs/fleet.txt"),
    )];
    let all = |calls: &[(&str, &str)]| -> String {
        let call = |(signature, doc): &(&str, &str)| format!("    {signature}\n{}\n", docstring(doc, 8));
        calls.iter().map(call).collect()
    };
    "
class _OfKind(Generic[_R]):
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any) -> Self: ...
    def __reduce__(self) -> tuple[Callable[[dict[str, Any], str], Any], tuple[dict[str, Any], str]]: ...

class _Lists(_OfKind[_R]):
"
    .to_owned()
        + &all(&lists)
        + "
class _Gets(_OfKind[_R]):
" + &all(&reads)
        + "
class _Reads(_Lists[_R], _Gets[_R]): ...

class _Changes(_Gets[_R]):
" + &all(&changes)
        + "
class _Calls(_Reads[_R], _Changes[_R]):
" + &all(&writes)
        + "    def _carry_out(
        self,
        leased: str,
        grant: Callable[[str], bool],
        stops: Callable[[], bool],
        /,
        *,
        function: Callable[[Any], object] | None,
        kubeconfigs: Callable[[str], str | None] | None,
        policy: dict[str, Any],
    ) -> str: ...
"
}

/// A call that starts an operation: with the protocol, and as one request.
struct Act {
    name: &'static str,
    kind: LaunchKind,
    /// What it is told, and that of its form as one request.
    docs: [&'static str; 2],
}

macro_rules! act {
    ($name:literal, $kind:ident) => {
        Act {
            name: $name,
            kind: LaunchKind::$kind,
            docs: [
                include_str!(concat!("../../../akua-py/src/docs/", $name, ".txt")),
                include_str!(concat!("../../../akua-py/src/docs/", $name, "_once.txt")),
            ],
        }
    };
}

const ACTS: &[Act] = &[
    act!("suspend", SuspendCluster),
    act!("resume", ResumeCluster),
    act!("delete", DeleteCluster),
    act!("delete", DeleteWorkspace),
    act!("refresh_capabilities", RefreshCapabilities),
    act!("cancel", CancelOperation),
    act!("revoke", RevokeWorkerBootstrap),
];

impl Act {
    fn of(kind: ResourceKind) -> impl Iterator<Item = &'static Self> {
        ACTS.iter().filter(move |act| act.kind.of() == kind)
    }

    /// The argument that says what it is about.
    fn argument(&self) -> &'static str {
        match self.name {
            "delete" => "resource",
            _ => self.kind.of().name(),
        }
    }

    /// The arguments of its form as one request, one a line, without the options.
    fn guards(&self) -> &'static str {
        if self.kind.is_guarded() {
            "        if_match: str | None = None,\n        idempotency_key: str | None = None,\n"
        } else {
            "        idempotency_key: str | None = None,\n"
        }
    }

    fn stubs(&self) -> String {
        let Self { name, docs, .. } = self;
        let (class, subject) = (classes(self.kind.of()).0, self.argument());
        format!(
            "    def {name}(self, {subject}: str | {class}, /, **options: Unpack[LaunchOptions]) -> Launched:\n{}\n    def {name}_once(\n        self,\n        {subject}: str | {class},\n        /,\n        *,\n{}        **options: Unpack[CallOptions],\n    ) -> Operation:\n{}\n",
            docstring(docs[0], 8),
            self.guards(),
            docstring(docs[1], 8)
        )
    }

    fn awaited(&self) -> String {
        let name = self.name;
        let (class, calls) = classes(self.kind.of());
        let subject = self.argument();
        let passed = if self.kind.is_guarded() {
            "{\"if_match\": if_match, \"idempotency_key\": idempotency_key, **options}"
        } else {
            "{\"idempotency_key\": idempotency_key, **options}"
        };
        format!(
            "\n    async def {name}(self, {subject}: str | {class}, /, **options: Unpack[LaunchOptions]) -> AsyncLaunched:\n        \"\"\"Says whether the server has accepted it. See `akua.{calls}.{name}`.\"\"\"\n        return await self._launch(\"{name}\", options, {subject})\n\n    async def {name}_once(\n        self,\n        {subject}: str | {class},\n        /,\n        *,\n{}        **options: Unpack[CallOptions],\n    ) -> Operation:\n        \"\"\"Sends it once. See `akua.{calls}.{name}_once`.\"\"\"\n        return await self._once(\"{name}_once\", {passed}, {subject})\n",
            self.guards(),
        )
    }
}

/// The calls that make one of a kind.
struct Make {
    kind: LaunchKind,
    /// What the two do.
    docs: [&'static str; 2],
    takes_key: bool,
}

macro_rules! make {
    ($kind:ident, $file:literal, $takes_key:literal) => {
        Make {
            kind: LaunchKind::$kind,
            docs: [
                include_str!(concat!("../../../akua-py/src/docs/", $file, ".txt")),
                include_str!(concat!("../../../akua-py/src/docs/", $file, "_once.txt")),
            ],
            takes_key: $takes_key,
        }
    };
}

const MAKES: &[Make] = &[
    make!(CreateCluster, "create_cluster", true),
    make!(ImportCluster, "import_cluster", true),
    make!(CreateWorkspace, "create_workspace", false),
    make!(CreateWorkerBootstrap, "create_worker_bootstrap", true),
];

impl Make {
    fn of(kind: ResourceKind) -> impl Iterator<Item = &'static Self> {
        MAKES.iter().filter(move |make| make.kind.of() == kind)
    }

    /// What one request is answered with.
    fn answer(&self) -> String {
        if self.kind.is_done_at_once() {
            classes(self.kind.of()).0
        } else {
            "Operation".to_owned()
        }
    }

    /// The arguments of its form as one request.
    fn arguments(&self) -> String {
        let [_, given] = created_with(self.kind);
        if self.takes_key {
            format!("\n        self, *, idempotency_key: str | None = None, **new: Unpack[{given}]\n    ")
        } else {
            format!("self, **new: Unpack[{given}]")
        }
    }

    fn stubs(&self) -> String {
        let (name, [given, _]) = (create_call(self.kind), created_with(self.kind));
        format!(
            "    def {name}(self, **new: Unpack[{given}]) -> Launched:\n{}\n    def {name}_once({}) -> {}:\n{}\n",
            docstring(self.docs[0], 8),
            self.arguments(),
            self.answer(),
            docstring(self.docs[1], 8)
        )
    }

    fn awaited(&self) -> String {
        let (name, [given, _]) = (create_call(self.kind), created_with(self.kind));
        let calls = classes(self.kind.of()).1;
        let passed = if self.takes_key {
            "{\"idempotency_key\": idempotency_key, **new}"
        } else {
            "new"
        };
        let says = if self.kind.is_done_at_once() {
            "it was made"
        } else {
            "the server has accepted it"
        };
        format!(
            "\n    async def {name}(self, **new: Unpack[{given}]) -> AsyncLaunched:\n        \"\"\"Says whether {says}. See `akua.{calls}.{name}`.\"\"\"\n        return await self._launch(\"{name}\", new)\n\n    async def {name}_once({}) -> {}:\n        \"\"\"Sends it once. See `akua.{calls}.{name}_once`.\"\"\"\n        return await self._once(\"{name}_once\", {passed})\n",
            self.arguments(),
            self.answer(),
        )
    }
}

/// A call that reads what there is of one beside itself.
struct Look {
    name: &'static str,
    of: ResourceKind,
    gives: &'static str,
    doc: &'static str,
}

const LOOKS: &[Look] = &[Look {
    name: "kubeconfig",
    of: ResourceKind::Cluster,
    gives: "Secret",
    doc: include_str!("../../../akua-py/src/docs/kubeconfig.txt"),
}];

impl Look {
    fn of(kind: ResourceKind) -> impl Iterator<Item = &'static Self> {
        LOOKS.iter().filter(move |look| look.of == kind)
    }

    fn signature(&self) -> String {
        let (name, gives, subject) = (self.name, self.gives, self.of.name());
        let class = classes(self.of).0;
        format!("def {name}(self, {subject}: str | {class}, /, **options: Unpack[CallOptions]) -> {gives}:")
    }

    fn stub(&self) -> String {
        format!("    {}\n{}\n", self.signature(), docstring(self.doc, 8))
    }

    fn awaited(&self) -> String {
        let (name, subject, calls) = (self.name, self.of.name(), classes(self.of).1);
        format!(
            "\n    async {}\n        \"\"\"Reads it. See `akua.{calls}.{name}`.\"\"\"\n        return await self._read(\"{name}\", {subject}, options)\n",
            self.signature()
        )
    }
}

/// The call that waits for an operation, from its result on: `plain` is for the stubs.
fn wait(answer: &str, result: &str) -> String {
    format!(
        "wait(\n        self,\n        operation: str | Operation,\n        /,\n        *,\n        timeout: float | None = 1800.0,\n        on_progress: Callable[[Operation], {answer}] | None = None,\n        stop_when_blocked: bool = True,\n        asked: Literal[\"no\", \"yes\", \"unknown\"] = \"no\",\n        **options: Unpack[WaitOptions],\n    ) -> {result}:\n"
    )
}

pub(super) fn calls_of(kind: ResourceKind) -> String {
    let (class, calls) = classes(kind);
    let name = kind.plural();
    let key = if with_kind!(kind, Resource R => R::TAKES_IDEMPOTENCY_KEY, else => false) {
        "str | None"
    } else {
        "None"
    };
    let base = match has(kind) {
        Has::Writes => "_Calls",
        Has::Changes => "_Changes",
        Has::Reads => "_Reads",
        Has::Gets => "_Gets",
        Has::Lists => "_Lists",
    };
    let words = name.replace('_', " ");
    let mut text = format!(
        "\n@final\nclass {calls}({base}[{class}]):\n    \"\"\"The {words} that a client may see: `client.{name}`.\"\"\"\n\n"
    );
    if !kind.filters().is_empty() {
        text += &format!(
            "    def list({}\n        self,\n        *,\n        page_size: int | None = None,\n        cursor: str | None = None,\n{}        **options: Unpack[CallOptions],\n    ) -> ResourceList[{class}]:\n{}\n",
            overrides(kind),
            filters(kind),
            docstring(include_str!("../../../akua-py/src/docs/list.txt"), 8)
        );
    }
    Look::of(kind).for_each(|look| text += &look.stub());
    Make::of(kind).for_each(|make| text += &make.stubs());
    for act in Act::of(kind) {
        text += &act.stubs();
    }
    if kind == ResourceKind::Operation {
        let doc = docstring(include_str!("../../../akua-py/src/docs/wait.txt"), 8);
        text += &format!("    def {}{doc}\n", wait("object", "Waited"));
    }
    if !kind.is_writable() {
        return text;
    }
    text += &format!(
        "    def update(\n        self,\n        resource: str | {class},\n        /,\n        *,\n        if_match: str | None = None,\n        idempotency_key: {key} = None,\n        **fields: Unpack[{class}Update],\n    ) -> {class}:\n{}\n",
        docstring(include_str!("../../../akua-py/src/docs/update.txt"), 8)
    );
    text += &format!(
        "    def edit(self, resource: str | {class}, /, **fields: Unpack[{class}Edit]) -> EditResult[{class}]:\n{}\n",
        docstring(include_str!("../../../akua-py/src/docs/edit.txt"), 8)
    );
    if settles(kind) {
        text += &format!(
            "    def wait_settled(\n        self, resource: str | {class} | EditResult[{class}], /, *, after: str | None = None, **fields: Unpack[{class}Update]\n    ) -> {class}:\n{}\n",
            docstring(include_str!("../../../akua-py/src/docs/wait_settled.txt"), 8)
        );
    }
    text
}

/// What type checkers are told of a list that has to be told what it is below: other lists can be asked without.
fn overrides(kind: ResourceKind) -> &'static str {
    kind.below().map_or("", |_| "  # type: ignore[override]")
}

/// The arguments by which a list is narrowed, one a line.
fn filters(kind: ResourceKind) -> String {
    let argument = |name: &&str| {
        let property = kind.properties().iter().find(|property| property.name == *name);
        let of_type = property.map_or_else(|| "str".to_owned(), written_type);
        match kind.below() == Some(name) {
            true => format!("        {name}: {of_type},\n"),
            false => format!("        {name}: {of_type} | None = None,\n"),
        }
    };
    kind.filters().iter().map(argument).collect()
}

/// Whether the server brings one into the state that was asked for after it has answered.
fn settles(kind: ResourceKind) -> bool {
    kind.properties().iter().any(|property| property.name == "reconciling")
}

/// `collections.py`.
pub(super) fn collections() -> String {
    let mut imported = Vec::new();
    for kind in writable() {
        let (class, _) = classes(kind);
        imported.extend([format!("{class}Edit"), format!("{class}Update")]);
    }
    imported.extend(creates().flat_map(created_with));
    let mut answered: Vec<String> = kinds().map(|kind| classes(kind).0).collect();
    answered.sort();
    let narrowed: Vec<&str> = kinds()
        .flat_map(|kind| {
            kind.properties()
                .iter()
                .filter(move |property| kind.filters().contains(&property.name))
        })
        .filter(|property| matches!(property.kind, Type::Enumeration(_)))
        .map(|property| property.type_name)
        .collect();
    let mut text = format!(
        "\"\"\"The calls of the asynchronous client on each kind.\n\n{HEAD}\n\"\"\"\n\n\
         from __future__ import annotations\n\n\
         from akua._aio import AsyncChanges, AsyncCollection, AsyncGets, AsyncList, AsyncLists, AsyncReads\n\
         from akua.generated.kinds import {}\n\n\
         TYPE_CHECKING = False\n\
         if TYPE_CHECKING:\n    \
             from collections.abc import Awaitable, Callable\n    \
             from typing import Any, Literal\n\n    \
             from typing_extensions import Unpack\n\n    \
             from akua._akua import EditResult, Secret\n    \
             from akua._launched import AsyncLaunched, Waited\n    \
             from akua.generated.enums import {}\n    \
             from akua.generated.fields import {}\n    \
             from akua.generated.settings import CallOptions, LaunchOptions, WaitOptions\n",
        answered.join(", "),
        narrowed.join(", "),
        imported.join(", ")
    );
    for kind in kinds() {
        let (class, calls) = classes(kind);
        let name = kind.plural();
        let key = if with_kind!(kind, Resource R => R::TAKES_IDEMPOTENCY_KEY, else => false) {
            "str | None"
        } else {
            "None"
        };
        let base = match has(kind) {
            Has::Writes => "AsyncCollection",
            Has::Changes => "AsyncChanges",
            Has::Reads => "AsyncReads",
            Has::Gets => "AsyncGets",
            Has::Lists => "AsyncLists",
        };
        let words = name.replace('_', " ");
        text += &format!(
            "\n\nclass Async{calls}({base}[{class}]):\n    \"\"\"The {words} that a client may see: `client.{name}`. See `akua.{calls}`, which it is like.\"\"\"\n"
        );
        if !kind.filters().is_empty() {
            let passed: Vec<String> = kind.filters().iter().map(|name| format!("{name}={name}")).collect();
            text += &format!(
                "\n    def list({}\n        self,\n        *,\n        page_size: int | None = None,\n        cursor: str | None = None,\n{}        **options: Unpack[CallOptions],\n    ) -> AsyncList[{class}]:\n        \"\"\"All of them, or those about one thing. See `akua.{calls}.list`.\"\"\"\n        return self._list(page_size=page_size, cursor=cursor, {}, **options)\n",
                overrides(kind),
                filters(kind),
                passed.join(", ")
            );
        }
        Look::of(kind).for_each(|look| text += &look.awaited());
        Make::of(kind).for_each(|make| text += &make.awaited());
        for act in Act::of(kind) {
            text += &act.awaited();
        }
        if kind == ResourceKind::Operation {
            text += &format!(
                "\n    async def {}        \"\"\"Waits until it has ended. See `akua.{calls}.wait`.\"\"\"\n        return await self._wait(\n            operation, timeout, on_progress, stop_when_blocked=stop_when_blocked, asked=asked, **options\n        )\n",
                wait("object | Awaitable[object]", "Waited")
            );
        }
        if !kind.is_writable() {
            continue;
        }
        text += &format!(
            "\n    async def update(\n        self,\n        resource: str | {class},\n        /,\n        *,\n        if_match: str | None = None,\n        idempotency_key: {key} = None,\n        **fields: Unpack[{class}Update],\n    ) -> {class}:\n        \"\"\"Changes fields if it still has the etag that was seen. See `akua.{calls}.update`.\"\"\"\n        return await self._update(resource, if_match=if_match, idempotency_key=idempotency_key, **fields)\n\
             \n    async def edit(self, resource: str | {class}, /, **fields: Unpack[{class}Edit]) -> EditResult[{class}]:\n        \"\"\"Changes fields, whatever happens in between, and says what happened. See `akua.{calls}.edit`.\"\"\"\n        return await self._edit(resource, **fields)\n"
        );
        if settles(kind) {
            text += &format!(
                "\n    async def wait_settled(\n        self,\n        resource: str | {class} | EditResult[{class}],\n        /,\n        *,\n        after: str | None = None,\n        **fields: Unpack[{class}Update],\n    ) -> {class}:\n        \"\"\"Waits until the server has stopped reconciling it. See `akua.{calls}.wait_settled`.\"\"\"\n        return await self._wait_settled(resource, after=after, **fields)\n"
            );
        }
    }
    text += "\n\nclass AsyncClientCalls:\n    \"\"\"The calls of an asynchronous client on each kind.\"\"\"\n\n";
    for kind in kinds() {
        let (_, calls) = classes(kind);
        text += &format!(
            "    {}: Async{calls}\n    \"\"\"The calls on {}.\"\"\"\n",
            kind.plural(),
            kind.plural()
        );
    }
    text += "\n\nALL: dict[str, Any] = {\n";
    for kind in kinds() {
        text += &format!("    \"{}\": Async{},\n", kind.plural(), classes(kind).1);
    }
    text + "}\n"
}
