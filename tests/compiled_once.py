"""Statements are compiled once a process: every test opens its own database, and each would compile them all anew.

A compiled statement is its text and the order of its parameters; rows and values are not in it. What decides about it
is the statement and the kind of database, so two connections of one kind count as equal in SQLAlchemy's own cache.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

ADDRESSES = ("sqlite+pysqlite://", "postgresql+psycopg://")
STATEMENTS = 5_000
"""More than the product has; SQLAlchemy keeps 500 for each database that is opened."""


@pytest.fixture(scope="session")
def compiled_once() -> Iterator[None]:
    """Keep what was compiled; asked for by whatever gives a test its database."""
    from sqlalchemy import create_engine, make_url
    from sqlalchemy.util import LRUCache

    from sla_engine.storage import database

    statements: LRUCache[Any, Any] = LRUCache(STATEMENTS)

    def with_kept_statements(address: Any, **options: Any) -> Any:
        return create_engine(address, execution_options={"compiled_cache": statements}, **options)

    with pytest.MonkeyPatch.context() as patch:
        for address in ADDRESSES:
            kind = make_url(address).get_dialect()
            patch.setattr(kind, "__eq__", lambda one, other: type(one) is type(other))
            patch.setattr(kind, "__hash__", lambda one: hash(type(one)))
        patch.setattr(database, "create_engine", with_kept_statements)
        yield
