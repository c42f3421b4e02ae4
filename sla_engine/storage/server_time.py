"""The time of the PostgreSQL server, which machines share."""

from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session


def server_now(session: Session) -> datetime:
    """The PostgreSQL server's clock, in UTC (not the transaction's start)."""
    seconds = session.execute(text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one()
    return datetime.fromtimestamp(float(seconds), UTC)
