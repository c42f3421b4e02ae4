"""Makes a request that is carried out a second time (a process died before it could say it was done) change nothing.

The front end names the request it carries out; the first fact recorded in it carries that name, and facts with a known
name are not recorded again. The name is kept in a context variable, so that no service has to pass it on.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_request: ContextVar[str | None] = ContextVar("request", default=None)


@contextmanager
def request(name: str) -> Iterator[None]:
    """Record everything in this block under the name of this request."""
    token = _request.set(name)
    try:
        yield
    finally:
        _request.reset(token)


def current_request() -> str | None:
    """The name of the request being carried out, if it has one."""
    return _request.get()
