"""Decodes one page of 100 clusters again and again: `lists.py TIMES` prints microseconds a page for each decoder.

Two figures each: decoded only, and with each item's id and name looked at. akua has no decoder to be called alone. Its
figure is what reading a page takes beyond reading one cluster, less the same for a bare socket that fetches these bytes;
so it is that of 99 items, and scaled to 100. Its whole call, less a bare socket's, has figures of its own: what builds
the request and reads the head of the answer is in them.
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
    """A bare socket that fetches what is at `path`."""

    def __init__(self, path: str) -> None:
        host, _, port = driver.URL.removeprefix("http://").partition(":")
        self.socket = socket.create_connection((host, int(port)))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        headers = "".join(f"{name}: {value}\r\n" for name, value in driver.read_headers().items())
        self.request = f"GET {path} HTTP/1.1\r\nhost: {host}:{port}\r\n{headers}\r\n".encode()
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
        """The bytes and nothing more."""
        self.socket.sendall(self.request)
        filled, room = 0, memoryview(self.room)
        while filled < self.length:
            filled += self.socket.recv_into(room[filled:])

    def body(self) -> bytes:
        """The body that was fetched last."""
        return bytes(self.room[self.length - self.announced() : self.length])


def of_dictionaries(page):
    for item in page["data"]:
        item["id"], item["name"]


def of_attributes(page):
    for item in page.data:
        item.id, item.name


def took(work) -> int:
    begun = clock()
    work()
    return clock() - begun


WHOLE_CALL = "akua, its whole call"
clock = time.perf_counter_ns
wire, wire_of_one = (Wire(url.removeprefix(driver.URL)) for url in (driver.PAGE_URL, driver.CLUSTER_URL))
body = wire.body()
client = akua.Client(base_url=driver.URL, token=driver.TOKEN, context=driver.CONTEXT, timeout=30)
typed = msgspec.json.Decoder(Page)
decoders = {
    "json": (lambda: json.loads(body), of_dictionaries),
    "orjson": (lambda: orjson.loads(body), of_dictionaries),
    "msgspec, typed structs": (lambda: typed.decode(body), of_attributes),
    "pydantic": (lambda: models.Page.model_validate_json(body), of_attributes),
    WHOLE_CALL: (lambda: next(client.clusters.list(page_size=100).pages()), of_items),
}
found = {}
for _ in range(2):
    # The first round fills caches.
    for name, (decode, look) in decoders.items():
        decoded, looked, fetched, read_one, fetched_one = [], [], [], [], []
        for _ in range(int(sys.argv[1])):
            begun = clock()
            page = decode()
            decoded.append(clock() - begun)
            look(page)
            looked.append(clock() - begun)
            if name == WHOLE_CALL:
                fetched.append(took(wire.fetch))
                read_one.append(took(lambda: client.clusters.get(driver.ID)))
                fetched_one.append(took(wire_of_one.fetch))
        for suffix, each in ("", decoded), (", each id and name read", looked):
            if name == WHOLE_CALL:
                beyond = median(each) - median(fetched)
                found[f"akua{suffix}"] = (beyond - (median(read_one) - median(fetched_one))) * 100 / 99 / 1e3
                found[f"{name}{suffix}"] = beyond / 1e3
            else:
                found[f"{name}{suffix}"] = median(each) / 1e3
print(json.dumps(found))
