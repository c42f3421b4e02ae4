"""Facts of an incident's history about the problem behind it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedToProblem:
    """Somebody said that it is one of a problem's incidents, named by the problem's key; the last one said counts."""

    problem: str
