"""The column types of tables: an instant, a day and a JSON document."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Dialect, Text
from sqlalchemy.types import TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HALVES = {code: f"\\u{code:04x}" for code in range(0xD800, 0xE000)}  # of a character: no database takes one as it is
_MICROSECOND = timedelta(microseconds=1)


class Instant(TypeDecorator[datetime]):
    """A point in time, stored as BIGINT microseconds since 1970 in UTC.

    SQLite has no zone-aware type (it drops the zone and sorts text), and PostgreSQL's would compare differently;
    an integer means the same everywhere. Naive values are refused: nobody knows which instant they are.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002, D102
        if value is None:
            return None
        if value.tzinfo is None:
            message = f"an instant needs a zone, got the naive {value!r}"
            raise ValueError(message)
        return (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002, D102
        return None if value is None else _EPOCH + timedelta(microseconds=value)


class Day(TypeDecorator[date]):
    """A date of the MSP's calendar, stored as text such as `2026-11-30`, which sorts as the days do."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:  # noqa: ARG002, D102
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: Dialect) -> date | None:  # noqa: ARG002, D102
        return None if value is None else date.fromisoformat(value)


class JsonDocument(TypeDecorator[Any]):
    """A JSON document, stored as text with sorted keys, so that equal documents are equal bytes."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002, D102
        return None if value is None else json.dumps(value, sort_keys=True, ensure_ascii=False).translate(_HALVES)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002, D102
        return None if value is None else json.loads(value)
