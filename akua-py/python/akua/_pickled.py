"""A client that was pickled, in the process that it was brought to."""


def client(options):
    """The client again. Its token was no part of the pickle: it is taken from this process's environment."""
    import os

    from akua import Client

    if "token" not in options and not options["use_env"] and os.environ.get("AKUA_API_TOKEN"):
        options = {**options, "token": os.environ["AKUA_API_TOKEN"]}
    return Client(**options)
