"""Who is measured: each client program with what it can do, and what it does not do that akua does."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

BENCH = Path(__file__).resolve().parent.parent
ROOT = BENCH.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "bench"
RUST = TARGET / "release"
VENV = TARGET / "venv"
PYTHON = VENV / "bin" / "python"
# What a bare Python socket calls.
EXCHANGE = TARGET / "c" / "exchange.so"
# Our C library as it is installed, and our wheel.
PREFIX, WHEELS = TARGET / "prefix", TARGET / "wheels"
# A quick look is kept apart from results.
RESULTS, QUICK_RESULTS = TARGET / "results", TARGET / "quick"
# Of this process alone: parts may run beside each other.
SCRATCH = TARGET / f"scratch-{os.getpid()}"

# The names under which every program takes its operations.
CALLS = ("update", "get", "page")


@dataclass(frozen=True)
class Client:
    """A program that makes calls, started as `command OPERATION CALLS THREADS WARM_UP`."""

    name: str
    language: str
    command: tuple[str, ...]
    # Calls of one timed run, so that it takes some tenths of a second.
    calls: int
    # What becomes of the operation's name, for a program that knows variants.
    suffix: str = ""
    operations: tuple[str, ...] = CALLS
    ours: bool = False
    # What a user would have to write on top.
    lacks: str = ""
    # Whether its threads share one client.
    built: tuple[Path, ...] = field(default=())

    def run(self, operation: str, *arguments: object) -> list[str]:
        """The words that start it."""
        return [*self.command, operation + self.suffix, *map(str, arguments)]

    @property
    def key(self) -> str:
        """What its figures are filed under."""
        return f"{self.language}/{self.name}"


def _rust(name: str, program: str, calls: int, **more: object) -> Client:
    path = RUST / program
    return Client(name, "Rust", (str(path),), calls, built=(path,), **more)  # type: ignore[arg-type]


def _c(name: str, program: str, calls: int, **more: object) -> Client:
    path = TARGET / "c" / program
    return Client(name, "C", (str(path),), calls, built=(path,), **more)  # type: ignore[arg-type]


def _python(name: str, program: str, calls: int, **more: object) -> Client:
    path = BENCH / "python" / f"client_{program}.py"
    return Client(name, "Python", (str(PYTHON), str(path)), calls, built=(PYTHON, path), **more)  # type: ignore[arg-type]


PATCHES_BLINDLY = "no type for an id, an etag or a limit; an empty or wrong if-match goes out as it is"
NO_EFFECT = "an error does not say whether the write may have landed"

RAW = _rust("raw socket", "raw", 8000, lacks="everything: it sends prebuilt bytes and looks at nothing")

CLIENTS = (
    RAW,
    _rust("akua", "akua", 6000, operations=(*CALLS, "edit"), ours=True),
    _rust(
        "ureq",
        "ureq",
        2000,
        lacks=f"{PATCHES_BLINDLY}; {NO_EFFECT}; follows a redirected PATCH as a GET; no cancel; the deadline does not "
        "bound a body that drips",
    ),
    _rust("ureq, no timeout", "ureq", 4000, suffix="-bare", lacks="as ureq, and waits for ever"),
    _rust(
        "reqwest, blocking",
        "reqwest",
        2000,
        lacks=f"{PATCHES_BLINDLY}; {NO_EFFECT}; follows redirects; built without TLS here; not usable after fork",
    ),
    _rust(
        "hyper, one thread",
        "hyper",
        4000,
        lacks=f"{PATCHES_BLINDLY}; {NO_EFFECT}; no pool, no deadline, no reconnecting, no name look-up of its own",
    ),
    _rust("curl", "curl", 3000, lacks=f"{PATCHES_BLINDLY}; {NO_EFFECT}; no threads on one handle; the system's libcurl"),
    _c("akua", "akua", 6000, ours=True),
    _c("libcurl + cJSON", "curl_cjson", 3000, lacks=f"{PATCHES_BLINDLY}; {NO_EFFECT}; no threads on one handle"),
    _python("akua", "akua", 4000, operations=(*CALLS, "edit"), ours=True),
    _python(
        "bare socket by ctypes", "raw", 6000, operations=("update", "get"), lacks="everything, as the raw socket"
    ),
    _python("pycurl + json", "pycurl", 2000, lacks=f"{PATCHES_BLINDLY}; no threads on one handle; plain dictionaries"),
    _python("http.client + json", "http", 1000, lacks=f"{PATCHES_BLINDLY}; no pool, no deadline for a whole call"),
    _python("urllib3", "urllib3", 600, lacks=f"{PATCHES_BLINDLY}; its retries are the caller's to forbid"),
    _python("aiohttp", "aiohttp", 1000, lacks=f"{PATCHES_BLINDLY}; no blocking calls; its threads here are tasks"),
    _python("httpx", "httpx", 300, lacks=f"{PATCHES_BLINDLY}; no deadline for a whole call"),
    _python("httpx + pydantic", "httpx", 300, suffix="-pydantic", operations=("update", "get"), lacks="as httpx"),
    _python("requests", "requests", 250, lacks=f"{PATCHES_BLINDLY}; no deadline for a whole call; a session a thread"),
    _python(
        "requests + pydantic", "requests", 250, suffix="-pydantic", operations=("update", "get"), lacks="as requests"
    ),
)

# Our client as a program builds it that says nothing about its release profile.
USERS_DEFAULT = Client(
    "akua, a user's default profile",
    "Rust",
    (str(TARGET / "users-default" / "akua"),),
    6000,
    operations=(*CALLS, "edit"),
    ours=True,
    built=(TARGET / "users-default" / "akua",),
)


def present() -> list[Client]:
    """The clients that are built; the others' rows are left out, and the report says which."""
    return [client for client in (*CLIENTS, USERS_DEFAULT) if all(path.exists() for path in client.built)]
