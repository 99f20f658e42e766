"""A bare socket whose bytes a C function exchanges, called by ctypes, which lets go of the global lock meanwhile: the
floor for what Python can reach, with threads above all. Nothing is looked at but how many bytes came."""

import ctypes
import json
import os
import socket

import driver

plan = driver.plan()
exchange = ctypes.CDLL(os.environ["BENCH_EXCHANGE"]).exchange
exchange.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_long, ctypes.c_long)
exchange.restype = ctypes.c_long


def request(host: str, method: str, headers: dict[str, str], body: str) -> bytes:
    lines = [f"{method} /v1/clusters/{driver.ID} HTTP/1.1", f"host: {host}", *map(": ".join, headers.items())]
    return "\r\n".join([*lines, "", body]).encode()


def client():
    host = driver.URL.removeprefix("http://")
    name, _, port = host.partition(":")
    connection = socket.create_connection((name, int(port)))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    body = json.dumps({"name": driver.NAME}, separators=(",", ":"))
    about = {"content-type": "application/json", "content-length": str(len(body))}
    patch = request(host, "PATCH", driver.write_headers() | about, body)
    get = request(host, "GET", driver.read_headers(), "")
    sent = patch if plan.operation == "update" else get
    descriptor, length = connection.fileno(), len(sent)
    wanted = exchange(descriptor, sent, length, 1)

    def call(connection=connection):
        if exchange(descriptor, sent, length, wanted) != wanted:
            raise RuntimeError("an answer of another length")

    return {"update": call, "get": call}[plan.operation]


driver.run(plan, client)
