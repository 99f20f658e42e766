"""Who is measured: each client program with what it can do, and what it does not do that akua does."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

BENCH = Path(__file__).resolve().parent.parent
ROOT = BENCH.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "bench"
RUST, C, VENV = TARGET / "release", TARGET / "c", TARGET / "venv"
PYTHON = VENV / "bin" / "python"
# Our C library as it is installed, and our wheel.
PREFIX, WHEELS = TARGET / "prefix", TARGET / "wheels"
# Of this process alone: two may run beside each other.
SCRATCH = TARGET / f"scratch-{os.getpid()}"


@dataclass(frozen=True)
class Client:
    """A program that makes calls, started as `command OPERATION CALLS [WARM_UP]`."""

    name: str
    language: str
    command: tuple[str, ...]
    # Calls of one timed run, so that it takes some tenths of a second.
    calls: int
    operations: tuple[str, ...] = ("update", "get", "page")
    ours: bool = False
    # What a user would have to write on top.
    lacks: str = ""

    def run(self, operation: str, *arguments: object) -> list[str]:
        """The words that start it."""
        return [*self.command, operation, *map(str, arguments)]

    @property
    def key(self) -> str:
        """What it is called in tables."""
        return f"{self.language}: {self.name}"


def _python(program: str) -> tuple[str, ...]:
    return (str(PYTHON), str(BENCH / "python" / f"client_{program}.py"))


BLIND = (
    "no type for an id, an etag or a limit: an empty or wrong if-match goes out as it is; an error does not say "
    "whether the write may have landed"
)

RAW = Client("raw socket", "Rust", (str(RUST / "raw"),), 8000, lacks="everything: it sends prebuilt bytes and looks at nothing")
CLIENTS = (
    RAW,
    Client("akua", "Rust", (str(RUST / "akua"),), 6000, ("update", "get", "page", "edit"), ours=True),
    Client(
        "ureq", "Rust", (str(RUST / "ureq"),), 2000,
        lacks=f"{BLIND}; follows a redirected PATCH as a GET; no cancel; the deadline does not bound a body that drips",
    ),
    Client("akua", "C", (str(C / "akua"),), 6000, ours=True),
    Client("libcurl + cJSON", "C", (str(C / "curl_cjson"),), 3000, lacks=f"{BLIND}; no threads on one handle"),
    Client("akua", "Python", _python("akua"), 4000, ("update", "get", "page", "edit"), ours=True),
    Client(
        "requests", "Python", _python("requests"), 500,
        lacks=f"{BLIND}; no deadline for a whole call; a session a thread",
    ),
)  # fmt: skip
OURS = tuple(client for client in CLIENTS if client.ours)
