#!/usr/bin/env python3
"""Draws twenty names and ten file headers by lot, for a reading by a stranger. Prints signatures and headers, never a body."""

import ast
import pathlib
import random
import re
import subprocess

SEED = 20261129
ROOMS = ["akua-model", "akua-http", "akua-fleet", "akua-sim", "verify", "conformance", "generate"]
RUST = re.compile(r"^ *(?:pub(?:\([^)]*\))? )?(?:const |async )*(?:fn|struct|enum|trait|type) \w[^{;]*", re.M)
C = re.compile(r"^[A-Za-z_][\w *]*\([^;{}]*\)(?=\s*\{)|^(?:typedef )?(?:struct|enum) \w+(?=\s*\{)", re.M)


def python_names(text: str) -> list[tuple[int, str]]:
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ClassDef):
            found.append((node.lineno, f"class {node.name}"))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.append((node.lineno, f"def {node.name}({ast.unparse(node.args)})"))
    return found


names, headers = [], []
for path in sorted(subprocess.check_output(["git", "ls-files", *ROOMS], text=True).split()):
    if not path.endswith((".rs", ".py", ".c", ".h")):
        continue
    text = pathlib.Path(path).read_text(encoding="utf-8")
    if path.endswith(".py"):
        found, header = python_names(text), ast.get_docstring(ast.parse(text)) or ""
    else:
        found = [(text[: m.start()].count("\n") + 1, m[0]) for m in (RUST if path.endswith(".rs") else C).finditer(text)]
        header = "\n".join(line[3:].strip() for line in text.splitlines() if line.startswith("//!"))
    names += [(path, line, " ".join(name.split())) for line, name in found]
    headers += [(path, 1, header)] if header else []
lot = random.Random(SEED)  # noqa: S311
for path, line, shown in lot.sample(names, 20) + lot.sample(headers, 10):
    print(f"{path}:{line}: {shown}")
