"""`requests`: a session a thread, as its own documentation asks for; `-pydantic` decodes into models."""

import requests

import driver


def client():
    session = requests.Session()

    def update():
        answer = session.patch(
            driver.CLUSTER_URL, headers=driver.write_headers(), json={"name": driver.NAME}, timeout=30
        )
        answer.raise_for_status()
        return decode(answer)

    def get():
        answer = session.get(driver.CLUSTER_URL, headers=driver.read_headers(), timeout=30)
        answer.raise_for_status()
        return decode(answer)

    def page():
        answer = session.get(driver.PAGE_URL, headers=driver.read_headers(), timeout=30)
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
