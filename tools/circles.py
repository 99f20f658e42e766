"""Files of one crate or package that import each other in a circle can't be read, tested or moved alone.

What counts is what a file names of another: `use` and paths of Rust, imports of Python. A parent that only passes names of
its children on, and tests inside of a file, don't count.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

Name = tuple[str, ...]


@dataclass
class Module:
    """A file: what it names of others as (path from the root, passed on only), and the names that it has from there."""

    file: str
    uses: list[tuple[Name, bool]] = field(default_factory=list)
    imported: dict[str, Name] = field(default_factory=dict)


def main() -> int:
    sources = sorted({*Path().glob("akua-*/src"), *Path().glob("conformance/src"), *Path().glob("generate/src"), *Path().glob("verify/**/src")})
    found = [(str(root), circle) for root in sources for circle in circles(rust(root))]
    found += [(str(root), circle) for root in sorted(Path().glob("akua-py/python/*/")) for circle in circles(python(root))]
    for root, circle in found:
        print(f"these files import each other in a circle: {root}: {' '.join(sorted(circle))}")
    if not found:
        print("no circle of imports")
    return int(bool(found))


def rust(root: Path) -> dict[Name, Module]:
    """The modules below a `src`."""
    modules = {}
    for path in root.rglob("*.rs"):
        parts = path.relative_to(root).with_suffix("").parts
        modules[() if parts in (("lib",),) else parts[:-1] if parts[-1] == "mod" else parts] = Module(str(path.relative_to(root)))
    for name, module in modules.items():
        text = code(Path(root, module.file).read_text())
        for public, tree in re.findall(r"\b(pub(?:\([^)]*\))?\s+)?use\s+([^;]+);", text):
            for path, alias in leaves(tree):
                at = absolute(path, name, modules)
                if at is not None:
                    module.uses.append((at, bool(public) and at[: len(name)] == name))
                    module.imported[alias] = at
        bare = re.sub(r"\buse\s+[^;]+;", "", text)
        for path in re.findall(r"(?<![\w:])(\w+(?:::\w+)+)", bare):
            at = absolute(tuple(path.split("::")), name, modules)
            if at is not None:
                module.uses.append((at, False))
    return modules


def code(text: str) -> str:
    """Without comments, texts and inline test modules."""
    text = re.sub(r'//[^\n]*|"(?:\\.|[^"\\])*"', "", text)
    while found := re.search(r"#\[cfg\(test\)\]\s*(?:#!?\[[^\]]*\]\s*)*(?:pub(?:\([^)]*\))?\s+)?mod\s+\w+\s*\{", text):
        end, depth = found.end(), 1
        while depth and end < len(text):
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            end += 1
        text = text[: found.start()] + text[end:]
    return text


def leaves(tree: str) -> Iterator[tuple[Name, str]]:
    """Each path of a `use` with the name it gets: `a::{b, c as d}` is `a::b` as `b` and `a::c` as `d`."""
    tree = tree.strip()
    if "{" in tree:
        before, _, inner = tree.partition("{")
        start, depth = 0, 0
        inner = inner.rstrip().removesuffix("}") + ","
        for at, char in enumerate(inner):
            depth += {"{": 1, "}": -1}.get(char, 0)
            if char == "," and depth == 0:
                if inner[start:at].strip():
                    yield from leaves(before + inner[start:at].strip())
                start = at + 1
        return
    path, _, alias = tree.partition(" as ")
    words = tuple(path.strip().split("::"))
    if words[-1] == "self":
        words = words[:-1]
    yield words, alias.strip() or words[-1]


def absolute(path: Name, here: Name, modules: dict[Name, Module]) -> Name | None:
    """A path from the root of the crate, or nothing if it leads to another crate."""
    at, rest = here, path
    if rest[0] == "crate":
        at, rest = (), rest[1:]
    elif rest[0] == "self":
        rest = rest[1:]
    elif rest[0] == "super":
        while rest and rest[0] == "super":
            at, rest = at[:-1], rest[1:]
    elif (*here, rest[0]) not in modules:
        return None
    return (*at, *rest)


def python(root: Path) -> dict[Name, Module]:
    """The modules of a package."""
    modules = {}
    for path in root.rglob("*.py"):
        parts = path.relative_to(root).with_suffix("").parts
        modules[parts[:-1] if parts[-1] == "__init__" else parts] = Module(str(path.relative_to(root)))
    for name, module in modules.items():
        package = name if module.file.endswith("__init__.py") else name[:-1]
        for node in ast.walk(ast.parse(Path(root, module.file).read_text())):
            if isinstance(node, ast.Import):
                paths = [(tuple(alias.name.split(".")), alias.asname or alias.name) for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                words = tuple(node.module.split(".")) if node.module else ()
                if node.level:
                    words = (root.name, *package[: len(package) - node.level + 1], *words)
                paths = [((*words, alias.name), alias.asname or alias.name) for alias in node.names]
            else:
                continue
            for path, alias in paths:
                if path[0] == root.name:
                    module.uses.append((path[1:], package == name and path[1 : len(name) + 1] == name))
                    module.imported[alias] = path[1:]
    return modules


def circles(modules: dict[Name, Module]) -> list[frozenset[str]]:
    """The largest sets of files in which each reaches each."""
    edges: dict[Name, set[Name]] = {name: set() for name in modules}
    for name, module in modules.items():
        for path, passed_on in module.uses:
            target = owner(path, modules)
            if target is not None and target != name and not (passed_on and target[: len(name)] == name):
                edges[name].add(target)
    reached = {name: reach(name, edges) for name in edges}
    sets = {frozenset(other for other in reached[name] if name in reached[other]) for name in edges}
    return sorted((frozenset(modules[name].file for name in each) for each in sets if len(each) > 1), key=sorted)


def owner(path: Name, modules: dict[Name, Module], turns: int = 0) -> Name | None:
    """The module in which that stands which `path` leads to, through those that pass it on."""
    for length in range(len(path), -1, -1):
        name = path[:length]
        if name in modules:
            passed = modules[name].imported.get(path[length]) if length < len(path) else None
            if passed is None or turns > 20:
                return name
            return owner((*passed, *path[length + 1 :]), modules, turns + 1)
    return None


def reach(start: Name, edges: dict[Name, set[Name]]) -> set[Name]:
    reached: set[Name] = set()
    wanted = [start]
    while wanted:
        new = edges[wanted.pop()] - reached
        reached |= new
        wanted += new
    return reached


if __name__ == "__main__":
    sys.exit(main())
