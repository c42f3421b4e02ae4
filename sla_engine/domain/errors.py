"""Refusals are exceptions that carry facts; each room has its own, `text/refusals` has their sentences."""


class SlaError(Exception):
    """Something a person asked for cannot be done; the subclass says what and carries the facts."""
