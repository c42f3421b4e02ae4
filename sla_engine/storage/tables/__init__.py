"""The tables, a module a subject; the migrations make exactly these.

All are imported with any of them, for a foreign key or a migration may name a table of another module.
"""

from sla_engine.storage.tables import (
    agreements,
    delivery,
    incidents,
    intake,
    notes,
    problems,
    shifts,
    sops,
    storms,
    upkeep,
)

__all__ = ["agreements", "delivery", "incidents", "intake", "notes", "problems", "shifts", "sops", "storms", "upkeep"]
