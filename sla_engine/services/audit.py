"""Whether the history is as it was written."""

from sla_engine.storage import events
from sla_engine.storage.database import Database


def first_bad_row(database: Database) -> int | None:
    """The first event whose hash does not fit; None when the whole chain holds."""
    with database.reading() as session:
        return events.first_bad_row(session)
