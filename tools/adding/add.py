"""Adds a property and a kind with invented names to the copy of the tree in which it runs, as docs/adding.md says, and
counts the files that it edits.

    add.py            adds both; fails where more files were edited than may be
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

MODEL = "akua-model/src/api.rs"
LISTS = "akua-model/src/kind.rs"
SIMULATOR = "akua-sim/src/kind.rs"
USUAL = "conformance/src/documents.rs"

# Of each addition: how many files it may take; in each of them after which text which other one is put; the cases.
PROPERTY = {
    "most": 4,
    "edits": [
        (MODEL, "    workspace_id: id(WorkspaceId), read;\n", """\
    /// What people say of it, up to 500 code points.
    blurb: text(0..=500), both, optional;
"""),
        (SIMULATOR, '        ("state", r#""active""#),\n', '        ("blurb", r#""of {n}""#),\n'),
    ],
    "cases": ("conformance/cases/blurb.json", [
        {
            "name": "blurb_changed",
            "about": "an optional property is read, written and compared as any other",
            "says": "GET; PATCH 42 k1 => applied acknowledged 43",
            "call": {"do": "edit", "kind": "cluster", "id": "clu_1", "seen": True, "patch": {"blurb": "new"}},
            "wire": [
                {"answer": {"status": 200, "cluster": {"blurb": "old"}}},
                {"answer": {"status": 200, "cluster": {"blurb": "new", "etag": "43"}}},
            ],
        },
        {
            "name": "blurb_missing",
            "about": "an answer without an optional property says that there is no value",
            "says": "GET => etag 42",
            "call": {"do": "get", "kind": "cluster", "id": "clu_1"},
            "wire": [{"answer": {"status": 200, "cluster": {}}}],
        },
    ]),
}  # fmt: skip

# Where each list of kinds in `with_kind!` has those that can be changed.
KINDS = "        $crate::with_kind!(@match $kind, $R => $do; Cluster Workspace"

KIND = {
    "most": 6,
    "edits": [
        (LISTS, "    /// [`Workspace`](crate::Workspace).\n    Workspace,\n", "    /// [`Widget`](crate::Widget).\n    Widget,\n"),
        (LISTS, 'Workspace => "workspace"', ', Widget => "widget"'),
        (LISTS, "    ($kind:expr, $R:ident => $do:expr) => {\n" + KINDS, " Widget"),
        (LISTS, "    ($kind:expr, Listed $R:ident => $do:expr, else => $otherwise:expr) => {\n" + KINDS, " Widget"),
        (LISTS, "    ($kind:expr, Readable $R:ident => $do:expr, else => $otherwise:expr) => {\n" + KINDS, " Widget"),
        (LISTS, "    ($kind:expr, Versioned $R:ident => $do:expr, else => $otherwise:expr) => {\n" + KINDS, " Widget"),
        (LISTS, "    ($kind:expr, Resource $R:ident => $do:expr, else => $otherwise:expr) => {\n" + KINDS, " Widget"),
        (LISTS, "Workspace WorkspacePatch WorkspaceId", ", Widget WidgetPatch WidgetId"),
        (LISTS, "workspaces Workspace", ", widgets Widget"),
        (MODEL, None, """
crate::newtype::text_newtype! {
    /// The id of a widget: 1 to 54 code points.
    WidgetId, "id", |text| crate::id::id_problem(text, Limit::new(1, 54))
}

declare! {
    /// A widget as one answer showed it.
    kind Widget, WidgetPatch, WidgetPatchBuilder, "widget" in "/v1/widgets", id WidgetId, takes_idempotency_key true;

    /// The id, 1 to 54 code points.
    id: id(WidgetId), read;
    /// What it is called.
    label: text(1..=60), both;
    /// How many there are of it.
    amount: number, both;
    /// Whether anybody uses it.
    in_use: flag, read;
    /// When it was made.
    created_at: time, read;
    /// When it last changed.
    updated_at: time, read;
    /// The etag of this version.
    etag: etag, read;
}
"""),
        (SIMULATOR, "/// What this server does with the kind.\n", ""),
        (SIMULATOR, "        Kind::Workspace => &WORKSPACE,\n", "        Kind::Widget => &WIDGET,\n"),
        (SIMULATOR, None, """
const WIDGET: Table = Table {
    prefix: "wid",
    first_etag: 70,
    takes_key: true,
    begins: &[
        ("label", r#""widget {n}""#),
        ("amount", "{n}"),
        ("in_use", "true"),
    ],
    ..PLAIN
};
"""),
        (USUAL, "    match kind {\n", """\
        Kind::Widget => json!({
            "id": "wid_1", "label": "wheel", "amount": 4, "in_use": true,
            "created_at": 1_700_000_000, "updated_at": 1_700_000_001, "etag": "70",
        }),
"""),
    ],
    "cases": ("conformance/cases/widgets.json", [
        {
            "name": "widget_read",
            "about": "a kind of its own",
            "says": "GET => etag 70",
            "call": {"do": "get", "kind": "widget", "id": "wid_1"},
            "wire": [{"answer": {"status": 200, "widget": {}}}],
        },
        {
            "name": "widget_list",
            "about": "all of a kind",
            "says": "GET => 2 items",
            "call": {"do": "list", "kind": "widget"},
            "wire": [{"answer": {"status": 200, "page": {
                "kind": "widget", "items": [{"id": "wid_1"}, {"id": "wid_2", "in_use": False}], "next": None}}}],
        },
        {
            "name": "widget_edit",
            "about": "an edit of a text and a number",
            "says": "GET; PATCH 70 k1 => applied acknowledged 71",
            "call": {"do": "edit", "kind": "widget", "id": "wid_1", "seen": True, "patch": {"label": "rim", "amount": 5}},
            "wire": [
                {"answer": {"status": 200, "widget": {}}},
                {"answer": {"status": 200, "widget": {"label": "rim", "amount": 5, "etag": "71"}}},
            ],
        },
    ]),
}  # fmt: skip


def main() -> int:
    status = 0
    for what, addition in (("a property", PROPERTY), ("a kind", KIND)):
        edited = set()
        for file, after, text in addition["edits"]:
            path = Path(file)
            source = path.read_text()
            if after is None:
                before, mark, rest = source, "", ""
                if file == SIMULATOR:
                    before, mark, rest = source.partition("/// What this server does with the kind.\n")
                    path.write_text(before + text.lstrip() + "\n" + mark + rest)
                    edited.add(file)
                    continue
            else:
                before, mark, rest = source.partition(after)
                if not mark:
                    raise SystemExit(f"{file} has no {after!r} any more: mend tools/adding/add.py and docs/adding.md")
            path.write_text(before + mark + text + rest)
            edited.add(file)
        file, cases = addition["cases"]
        Path(file).write_text(json.dumps(cases, indent=2) + "\n")
        edited.add(file)
        print(f"{what}: {len(edited)} files edited by hand, at most {addition['most']}: {', '.join(sorted(edited))}")
        if len(edited) > addition["most"]:
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
