"""`http.client` and `json`: what Python has without installing anything. No pool, a connection a thread."""

import http.client
import json

import driver

plan = driver.plan()
HOST = driver.URL.removeprefix("http://")


def client():
    connection = http.client.HTTPConnection(HOST, timeout=30)

    def decoded(method, path, headers, body=None):
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        read = answer.read()
        if answer.status != 200:
            raise RuntimeError(answer.status)
        return json.loads(read)

    def update():
        headers = driver.write_headers() | {"content-type": "application/json"}
        return decoded("PATCH", f"/v1/clusters/{driver.ID}", headers, json.dumps({"name": driver.NAME}))

    def get():
        return decoded("GET", f"/v1/clusters/{driver.ID}", driver.read_headers())

    def page():
        return decoded("GET", "/v1/clusters?limit=100", driver.read_headers())

    return {"update": update, "get": get, "page": page}[plan.operation]


driver.run(plan, client)
