"""One interpreter of a process has this library: the main one. Importing this refuses any other.

What is written in Rust has its classes once for a process, so what is raised in another interpreter would be caught by nothing
there; and its threads come back to the main one.
"""

import sys

try:
    if sys.version_info >= (3, 13):
        import _interpreters as _all  # type: ignore
    else:
        import _xxsubinterpreters as _all  # type: ignore
except ImportError:
    # A Python that is built without them has only one.
    pass
else:
    if _all.get_current() != _all.get_main():
        raise ImportError(
            "akua works in the main interpreter of a process only, and this is another one (use processes or threads; under "
            "mod_wsgi, WSGIApplicationGroup %{GLOBAL})"
        )
