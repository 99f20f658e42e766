"""`requests`, with a session and a timeout, as its own documentation asks for."""

import requests

import driver

session = requests.Session()
CLUSTER_URL = f"{driver.URL}/v1/clusters/{driver.ID}"


def call(method, url, body=None, **headers):
    headers |= {"authorization": f"Bearer {driver.TOKEN}", "akua-context": driver.CONTEXT}
    answer = session.request(method, url, headers=headers, json=body, timeout=30)
    answer.raise_for_status()
    return answer.json()


def update():
    preconditions = {"if-match": driver.IF_MATCH, "idempotency-key": driver.KEY}
    return call("PATCH", CLUSTER_URL, {"name": driver.NAME}, **preconditions)


def get():
    return call("GET", CLUSTER_URL)


def page():
    return call("GET", f"{driver.URL}/v1/clusters?limit=100")


driver.run(update=update, get=get, page=page)
