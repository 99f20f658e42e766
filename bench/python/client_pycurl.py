"""`pycurl`, a handle a thread, with the standard library's `json`: what is quick and known in Python."""

import json

import pycurl

import driver

plan = driver.plan()


def client():
    handle = pycurl.Curl()
    handle.setopt(pycurl.TIMEOUT, 30)
    handle.setopt(pycurl.NOSIGNAL, 1)

    def perform(url, headers, body=None):
        handle.setopt(pycurl.URL, url)
        handle.setopt(pycurl.HTTPHEADER, [f"{name}: {value}" for name, value in headers.items()])
        if body is not None:
            handle.setopt(pycurl.CUSTOMREQUEST, "PATCH")
            handle.setopt(pycurl.POSTFIELDS, body)
        answer = handle.perform_rb()
        if handle.getinfo(pycurl.RESPONSE_CODE) != 200:
            raise RuntimeError(answer)
        return json.loads(answer)

    def update():
        headers = driver.write_headers() | {"content-type": "application/json"}
        return perform(driver.CLUSTER_URL, headers, json.dumps({"name": driver.NAME}))

    def get():
        return perform(driver.CLUSTER_URL, driver.read_headers())

    def page():
        return perform(driver.PAGE_URL, driver.read_headers())

    return {"update": update, "get": get, "page": page}[plan.operation]


driver.run(plan, client)
