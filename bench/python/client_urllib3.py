"""`urllib3`: one pool for all threads, with room for each of them."""

import urllib3

import driver

plan = driver.plan()
pool = urllib3.PoolManager(maxsize=plan.threads, timeout=30)


def client():
    def decoded(answer):
        if answer.status != 200:
            raise RuntimeError(answer.status)
        return answer.json()

    def update():
        return decoded(
            pool.request("PATCH", driver.CLUSTER_URL, headers=driver.write_headers(), json={"name": driver.NAME})
        )

    def get():
        return decoded(pool.request("GET", driver.CLUSTER_URL, headers=driver.read_headers()))

    def page():
        return decoded(pool.request("GET", driver.PAGE_URL, headers=driver.read_headers()))

    return {"update": update, "get": get, "page": page}[plan.operation]


driver.run(plan, client)
