"""Errors of a database: busy, of another version, or unusable."""

from dataclasses import dataclass

from sla_engine.domain.errors import SlaError


@dataclass(eq=False)
class StorageBusy(SlaError):
    """The database is locked, full of connections, or gone; nothing was written, trying again is safe."""


@dataclass(eq=False)
class SchemaMismatch(SlaError):
    """The database lacks a table or column this version needs; waiting does not help, `sla-bot migrate` does."""


@dataclass(eq=False)
class AddressUnusable(SlaError):
    """The database's address is none that works here; `what` says why, without a password that may be in it."""

    what: str


@dataclass(eq=False)
class DatabaseUnusable(SlaError):
    """The database at the address cannot be used, and waiting does not help; `what` says why."""

    what: str
