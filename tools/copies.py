"""No two kinds have code of their own that is alike: finds copies in a copy of the sources in which every kind has the same
name.

    copies.py JSCPD
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOMS = ("akua-*", "conformance", "generate", "verify")
# Where every kind is listed, with its name.
KINDS = Path("akua-model/src/kind.rs")
# A copy has at least this many tokens and lines; two files are alike from so many copied lines on.
TOKENS, LINES, ALIKE = 60, 8, 20


def main() -> int:
    scratch = Path(os.environ["CARGO_TARGET_DIR"], "copies").absolute()
    shutil.rmtree(scratch, ignore_errors=True)
    files = [
        path
        for room in ROOMS
        for top in Path().glob(room)
        for path in top.rglob("*")
        if path.suffix in (".rs", ".py", ".pyi", ".hpp", ".c", ".cpp") and not {"generated", "target"} & set(path.parts)
    ]
    kinds = kind_names()
    for path in files:
        copy = scratch / "tree" / path
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(kinds.sub(_kind, path.read_text()))
    subprocess.run(
        [Path(sys.argv[1]).absolute(), "--min-tokens", str(TOKENS), "--min-lines", str(LINES), "--mode", "weak", "--no-gitignore",
         "--reporters", "json", "--output", scratch, "."],
        cwd=scratch / "tree", check=True, stdout=subprocess.DEVNULL, timeout=60,
    )  # fmt: skip
    copied: Counter[str] = Counter()
    for each in json.loads((scratch / "jscpd-report.json").read_text())["duplicates"]:
        pair = sorted({each["firstFile"]["name"], each["secondFile"]["name"]})
        copied[" ".join(pair)] += each["lines"]
    alike = {pair: lines for pair, lines in copied.items() if lines >= ALIKE}
    for pair in sorted(alike):
        print(f"{alike[pair]} lines are alike but for the kind: {pair}")
    print(f"{len(files)} files; {len(alike)} pairs of {ALIKE} lines alike or more")
    return int(bool(alike))


def kind_names() -> re.Pattern[str]:
    """Each kind's name in every form: `node_pool` is `NodePools` too."""
    declared = re.search(r"named!\(ResourceKind \{([^}]*)\}", KINDS.read_text())
    names = re.findall(r'"(\w+)"', declared[1]) if declared else []
    if not names:
        sys.exit(f"{KINDS}: no names of kinds found")
    longest_first = sorted(names, key=len, reverse=True)
    return re.compile(f"(?:{'|'.join(name.replace('_', '_?') for name in longest_first)})s?", re.IGNORECASE)


def _kind(found: re.Match[str]) -> str:
    return "KIND" if found[0].isupper() else "Kind" if found[0][0].isupper() else "kind"


if __name__ == "__main__":
    sys.exit(main())
