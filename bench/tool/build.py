"""Builds the programs that are measured, each alone, so that none gets another's features."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from clients import BENCH, C, PREFIX, PYTHON, ROOT, TARGET, VENV, WHEELS

PIP = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--only-binary", ":all:"]

# The optimisation that Debian builds with.
FLAGS = ["-std=gnu17", "-O2", "-Wall", "-Wextra", "-Werror"]

# Crates that must be the product's own versions in both lock files, or something else would be measured.
SHARED = ("ureq", "ureq-proto", "http", "serde", "serde_json", "rustls", "rustix", "httparse", "tracing")


def peers() -> None:
    """What is compared with."""
    cargo("-p", "akua-bench-ureq")
    _cc("curl_cjson", "-lcurl", "-lcjson")


def ours() -> None:
    """The server and our clients in three languages."""
    check_locks()
    cargo("-p", "akua-bench-server", "-p", "akua-bench-driver", "-p", "akua-bench-akua")
    library()
    _cc("akua", f"-I{PREFIX}/include", f"-L{PREFIX}/lib", f"-Wl,-rpath,{PREFIX}/lib", "-lakua")
    python_packages()
    python_module()


def cargo(*arguments: str) -> None:
    """Builds in the profile that ships."""
    command = ["cargo", "build", "--quiet", "--locked", "--release", "--manifest-path", str(BENCH / "Cargo.toml")]
    environment = {**os.environ, "CARGO_TARGET_DIR": str(TARGET)}
    subprocess.run([*command, *arguments], check=True, env=environment)


def check_locks() -> None:
    """Fails if the measured client would stand on other versions than the product."""
    ours, theirs = (_versions(path / "Cargo.lock") for path in (ROOT, BENCH))
    for crate in SHARED:
        if ours.get(crate) != theirs.get(crate):
            sys.exit(f"{crate} is {ours.get(crate)} in Cargo.lock and {theirs.get(crate)} in bench/Cargo.lock: update one")


def _versions(lock: Path) -> dict[str, str]:
    lines = lock.read_text().splitlines()
    pairs = zip(lines, lines[1:], strict=False)
    return {
        name.split('"')[1]: version.split('"')[1]
        for name, version in pairs
        if name.startswith("name = ") and version.startswith("version = ")
    }


def _cc(program: str, *libraries: str) -> None:
    """A C program."""
    C.mkdir(parents=True, exist_ok=True)
    command = ["cc", *FLAGS, "-o", str(C / program), str(BENCH / "c" / f"{program}.c"), *libraries]
    subprocess.run(command, check=True)


def library() -> None:
    """The C library, built and installed as the product's own Makefile does it."""
    _product("cargo", "build", "--quiet", "--release", "--locked", "-p", "akua-ffi")
    _product("tools/install_c.sh", str(PREFIX), str(TARGET.parent / "release"))


def _product(*command: str) -> None:
    environment = {**os.environ, "CARGO_TARGET_DIR": str(TARGET.parent)}
    subprocess.run(command, check=True, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)


def python_module() -> None:
    """The wheel as it is released, installed beside the others."""
    shutil.rmtree(WHEELS, ignore_errors=True)
    _product(str(VENV / "bin" / "maturin"), "build", "--quiet", "--locked", "--release",
             "--interpreter", str(PYTHON), "--out", str(WHEELS))  # fmt: skip
    subprocess.run([*PIP, "--no-deps", "--force-reinstall", *map(str, WHEELS.glob("akua-*.whl"))], check=True)


def python_packages() -> None:
    """A virtual environment with what Python programs would take instead."""
    wanted = BENCH / "python" / "requirements.txt"
    stamp = VENV / "requirements.txt"
    if not stamp.exists() or stamp.read_text() != wanted.read_text():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)
        subprocess.run([*PIP, "-r", str(wanted)], check=True)
        stamp.write_text(wanted.read_text())
