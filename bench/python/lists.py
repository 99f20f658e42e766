"""Decodes one page of 100 clusters again and again: `lists.py TIMES` prints microseconds a page for each decoder.

Two figures each: decoded only, and with each item's id and name looked at. akua has no decoder to be called alone: its
figure is that of its whole call, less what a bare socket takes that fetches the same bytes. What it does to build the
request and to read the head of the answer is in it.
"""

import json
import socket
import sys
import time
from statistics import median

import akua
import msgspec
import orjson

import driver
import models


class Cluster(msgspec.Struct):
    """A cluster as msgspec checks it."""

    id: str
    name: str
    workspace_id: str
    state: str
    provider: str
    reconciling: bool
    created_at: int
    updated_at: int
    etag: str
    html_url: str | None = None


class Page(msgspec.Struct):
    """A page of a list."""

    data: list[Cluster]
    has_more: bool
    next_cursor: str | None = None


def of_items(page):
    for item in page:
        item.id, item.name


class Wire:
    """A bare socket that fetches a page."""

    def __init__(self) -> None:
        host, _, port = driver.URL.removeprefix("http://").partition(":")
        self.socket = socket.create_connection((host, int(port)))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        headers = "".join(f"{name}: {value}\r\n" for name, value in driver.read_headers().items())
        self.request = f"GET /v1/clusters?limit=100 HTTP/1.1\r\nhost: {host}:{port}\r\n{headers}\r\n".encode()
        self.room = bytearray(64 * 1024)
        self.length = self.measured()

    def measured(self) -> int:
        """How long an answer is: fetches one and looks."""
        self.socket.sendall(self.request)
        filled, end = 0, b"\r\n\r\n"
        while end not in self.room[:filled]:
            filled += self.socket.recv_into(memoryview(self.room)[filled:])
        length = self.room.find(end) + len(end) + self.announced()
        while filled < length:
            filled += self.socket.recv_into(memoryview(self.room)[filled:])
        return length

    def announced(self) -> int:
        """The length of the body, as its head says."""
        _, _, rest = self.room.partition(b"content-length: ")
        return int(rest.partition(b"\r\n")[0])

    def fetch(self) -> None:
        """One page, its bytes and nothing more."""
        self.socket.sendall(self.request)
        filled, room = 0, memoryview(self.room)
        while filled < self.length:
            filled += self.socket.recv_into(room[filled:])

    def body(self) -> bytes:
        """The bytes of the page that was fetched last."""
        return bytes(self.room[self.length - self.announced() : self.length])


def of_dictionaries(page):
    for item in page["data"]:
        item["id"], item["name"]


def of_attributes(page):
    for item in page.data:
        item.id, item.name


wire = Wire()
body = wire.body()
client = akua.Client(base_url=driver.URL, token=driver.TOKEN, context=driver.CONTEXT, timeout=30)
typed = msgspec.json.Decoder(Page)
decoders = {
    "json": (lambda: json.loads(body), of_dictionaries),
    "orjson": (lambda: orjson.loads(body), of_dictionaries),
    "msgspec, typed structs": (lambda: typed.decode(body), of_attributes),
    "pydantic": (lambda: models.Page.model_validate_json(body), of_attributes),
    "akua": (lambda: next(client.clusters.list(page_size=100).pages()), of_items),
}
clock = time.perf_counter_ns
found = {}
for _ in range(2):
    # The first round fills caches.
    for name, (decode, look) in decoders.items():
        decoded, looked, fetched = [], [], []
        for _ in range(int(sys.argv[1])):
            begun = clock()
            page = decode()
            decoded.append(clock() - begun)
            look(page)
            looked.append(clock() - begun)
            if name == "akua":
                begun = clock()
                wire.fetch()
                fetched.append(clock() - begun)
        less = median(fetched) if fetched else 0
        found[name] = (median(decoded) - less) / 1e3
        found[f"{name}, each id and name read"] = (median(looked) - less) / 1e3
print(json.dumps(found))
