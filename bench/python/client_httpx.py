"""`httpx`: one client for all threads, as its own documentation allows; `-pydantic` decodes into models."""

import httpx

import driver

shared = httpx.Client(timeout=30)


def client():
    def update():
        answer = shared.patch(driver.CLUSTER_URL, headers=driver.write_headers(), json={"name": driver.NAME})
        answer.raise_for_status()
        return decode(answer)

    def get():
        answer = shared.get(driver.CLUSTER_URL, headers=driver.read_headers())
        answer.raise_for_status()
        return decode(answer)

    def page():
        answer = shared.get(driver.PAGE_URL, headers=driver.read_headers())
        answer.raise_for_status()
        return answer.json()

    return {"update": update, "get": get, "page": page}[operation]


plan = driver.plan()
operation = plan.operation.removesuffix("-pydantic")
if operation == plan.operation:

    def decode(answer):
        return answer.json()

else:
    import models

    def decode(answer):
        return models.Cluster.model_validate_json(answer.content)


driver.run(plan, client)
