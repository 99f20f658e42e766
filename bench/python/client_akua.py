"""Our own: every value is checked on every call."""

import akua

import driver

clusters = akua.Client(base_url=driver.URL, token=driver.TOKEN, context=driver.CONTEXT, timeout=30).clusters


def update():
    return clusters.update(driver.ID, if_match=driver.IF_MATCH, name=driver.NAME, idempotency_key=driver.KEY)


def get():
    return clusters.get(driver.ID)


def edit():
    edited = clusters.edit(driver.ID, name=driver.NAME)
    if not edited.changed:
        raise RuntimeError(edited.explain())
    return edited


def page():
    """One page, each item's id and name looked at."""
    page = next(clusters.list(page_size=100).pages())
    for cluster in page:
        cluster.id, cluster.name
    return page


driver.run(update=update, get=get, edit=edit, page=page)
