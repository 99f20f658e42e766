"""The server that every client talks to, and the values that they all send."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from clients import RUST


@contextmanager
def server() -> Iterator[dict[str, str]]:
    """Runs the server; gives the environment of the client programs."""
    process = subprocess.Popen(
        [str(RUST / "akua-bench-server")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/clusters/any", timeout=10) as answer:
            cluster = json.load(answer)
        yield {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LC_ALL") if name in os.environ},
            # A name, so that looking it up is a part of what is measured.
            "BENCH_URL": f"http://localhost:{port}",
            "BENCH_TOKEN": "sk_akua_0123456789abcdef0123456789abcdef",
            "BENCH_ID": cluster["id"],
            "BENCH_IF_MATCH": cluster["etag"],
            "BENCH_CONTEXT": cluster["workspace_id"],
            "BENCH_KEY": "0123456789abcdef0123456789abcdef",
            "BENCH_NAME": "prod-eu-east",
            # The same hashes in every run: instruction counts are compared.
            "PYTHONHASHSEED": "0",
            "PYTHONDONTWRITEBYTECODE": "",
        }
    finally:
        process.kill()
        process.wait()
