"""A client that was pickled, in the process that it was brought to."""


def client(recipe):
    """The client again, never an exception: what it lacks here is raised by its calls.

    What was secret was no part of the pickle. A token that came from the environment is taken from this one's; in the
    place of one that was given no other is ever taken, as it could be another service's.
    """
    from akua import Client

    options = {name: value for name, value in recipe.items() if name != "withheld"}
    why = _lacking(recipe.get("withheld", ()))
    if why is None:
        try:
            return Client(**options)
        except Exception as error:
            why = f"this client was pickled, and can't be made again here: {error}"
    return Client._useless(recipe, why, options.get("timeout"), options.get("context"))


def _lacking(withheld):
    if not withheld:
        return None
    told = {"token": "its token", "proxy": "its proxy, which has a password in it,"}
    lost = " and ".join(told[name] for name in withheld)
    way_out = "make the client here, with `akua.Client(token=…)`; or make the one that is pickled with a callable as its token"
    return (
        f"this client was pickled, and {lost} stayed behind as a secret: nothing was sent ({way_out}, or with the token "
        "in the environment, AKUA_API_TOKEN)"
    )


def calls(recipe, name):
    """The calls of a client on one kind of resource, again."""
    return getattr(client(recipe), name)
