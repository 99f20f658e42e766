"""Our own: one client for all threads; every value is checked on every call."""

import akua

import driver

plan = driver.plan()
shared = akua.Client(base_url=driver.URL, token=driver.TOKEN, context=driver.CONTEXT, timeout=30)


def client():
    clusters = shared.clusters

    def update():
        return clusters.update(driver.ID, if_match=driver.IF_MATCH, name=driver.NAME, idempotency_key=driver.KEY)

    def get():
        return clusters.get(driver.ID)

    def edit():
        edited = clusters.edit(driver.ID, name=driver.NAME)
        if not edited.changed:
            raise RuntimeError(edited.explain())
        return edited

    # One page, each item's id and name looked at.
    def page():
        page = next(clusters.list(page_size=100).pages())
        for cluster in page:
            cluster.id, cluster.name
        return page

    # A whole list of so many pages: `list-1000`.
    def whole():
        count = 0
        for cluster in clusters.list(page_size=100, cursor=str(int(plan.operation.removeprefix("list-")) - 1)):
            cluster.id  # noqa: B018 - looked at
            count += 1
        return count

    return {"update": update, "get": get, "edit": edit, "page": page}.get(plan.operation, whole)


driver.run(plan, client)
