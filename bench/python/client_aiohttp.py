"""`aiohttp`: one session; its threads are tasks of one event loop."""

import aiohttp

import driver

plan = driver.plan()


async def client():
    session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30), raise_for_status=True)

    async def update():
        body = {"name": driver.NAME}
        async with session.patch(driver.CLUSTER_URL, headers=driver.write_headers(), json=body) as answer:
            return await answer.json()

    async def get():
        async with session.get(driver.CLUSTER_URL, headers=driver.read_headers()) as answer:
            return await answer.json()

    async def page():
        async with session.get(driver.PAGE_URL, headers=driver.read_headers()) as answer:
            return await answer.json()

    return {"update": update, "get": get, "page": page}[plan.operation]


driver.run_async(plan, client)
