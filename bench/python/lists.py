"""Decodes one page of 100 clusters again and again: `lists.py TIMES` prints microseconds a page for each decoder.

Two figures each: decoded only, and with each item's id and name looked at.
"""

import http.client
import json
import sys
import time

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


def fetch() -> bytes:
    """The bytes of a page."""
    connection = http.client.HTTPConnection(driver.URL.removeprefix("http://"))
    connection.request("GET", "/v1/clusters?limit=100", headers=driver.read_headers())
    return connection.getresponse().read()


def of_dictionaries(page):
    for item in page["data"]:
        item["id"], item["name"]


def of_attributes(page):
    for item in page.data:
        item.id, item.name


body = fetch()
typed = msgspec.json.Decoder(Page)
decoders = {
    "json": (lambda: json.loads(body), of_dictionaries),
    "orjson": (lambda: orjson.loads(body), of_dictionaries),
    "msgspec, typed structs": (lambda: typed.decode(body), of_attributes),
    "pydantic": (lambda: models.Page.model_validate_json(body), of_attributes),
}
found = {}
for _ in range(2):
    # The first round fills caches.
    for name, (decode, look) in decoders.items():
        clock = time.perf_counter_ns
        best = {name: [], f"{name}, each id and name read": []}
        for _ in range(int(sys.argv[1])):
            begun = clock()
            page = decode()
            decoded = clock()
            look(page)
            looked = clock()
            best[name].append(decoded - begun)
            best[f"{name}, each id and name read"].append(looked - begun)
        found |= {name: sorted(each)[len(each) // 2] / 1e3 for name, each in best.items()}
print(json.dumps(found))
