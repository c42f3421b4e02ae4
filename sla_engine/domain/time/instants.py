"""Instants are aware, and UTC inside."""

from datetime import UTC, datetime


def utc(at: datetime, argument: str) -> datetime:
    """The same instant in UTC.

    Raises: ValueError naming the argument when the instant is naive.
    """
    if at.tzinfo is UTC:
        return at
    if at.utcoffset() is None:
        message = f"{argument} must be an aware instant, got the naive {at.isoformat()}"
        raise ValueError(message)
    return at.astimezone(UTC)
