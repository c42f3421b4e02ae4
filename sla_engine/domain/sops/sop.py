"""A registered procedure, and the kinds of change that its history is made of."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from sla_engine.domain.incidents.reasons import BreachReason
from sla_engine.domain.text.names import folded

NUMBER_PREFIX = "SOP-"
USUAL_REVIEW_DAYS = 180
LONGEST_REVIEW_DAYS = 1825
TITLE_MAX_CHARS = 150


class SopChangeKind(StrEnum):
    """What somebody did with a procedure in the registry."""

    DECIDED = "decided"
    IMPORTED = "imported"
    DONE = "done"
    ADDED = "added"
    EDITED = "edited"
    REVIEWED = "reviewed"
    DECLINED = "declined"
    RETIRED = "retired"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True, kw_only=True)
class SopTerms:
    """What is registered of a procedure. People are Slack ids; days are those of the MSP's zone.

    One that is still to be written has no `published_on` and no `review_on`; of one that was there before the registry
    `published_on` is unknown as well. Empty `services`, `customers` and `reasons` mean that it names none.
    """

    title: str
    link: str | None
    owner: str
    backup: str | None = None
    published_on: date | None = None
    reviewed_on: date | None = None
    review_every_days: int = USUAL_REVIEW_DAYS
    review_on: date | None = None
    services: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()
    reasons: tuple[BreachReason, ...] = ()
    retired_at: datetime | None = None

    @property
    def next_review(self) -> date | None:
        """The day of its next review by its own interval; None for one that was never reviewed."""
        return None if self.reviewed_on is None else self.reviewed_on + timedelta(days=self.review_every_days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sop(SopTerms):
    """A procedure with its number, and the number of changes it has had."""

    number: str
    version: int

    @property
    def keepers(self) -> tuple[str, ...]:
        """Its owner and its backup, who say whether it is still right."""
        return (self.owner,) if self.backup is None else (self.owner, self.backup)

    @property
    def is_ready(self) -> bool:
        """Whether people can follow it: it is written, and not retired."""
        return self.review_on is not None and self.retired_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class SopChange:
    """One change of a procedure: who did what when, and the terms after it."""

    kind: SopChangeKind
    by: str
    at: datetime
    version: int
    terms: SopTerms


def changed_fields(before: SopTerms, after: SopTerms) -> tuple[str, ...]:
    """The names of the terms that differ, in their order."""
    return tuple(term.name for term in fields(SopTerms) if getattr(before, term.name) != getattr(after, term.name))


def reviewed(terms: SopTerms, *, on: date) -> SopTerms:
    """The terms of a procedure that was still right on that day; its next review counts from then."""
    looked_at = replace(terms, reviewed_on=on)
    return replace(looked_at, review_on=looked_at.next_review)


def declined(terms: SopTerms, *, by: str, manager: str | None) -> SopTerms:
    """The terms once the owner or the backup said that it is not theirs.

    The backup takes an owner's place, else the service manager does; without either the owner stays.
    """
    if by != terms.owner:
        return replace(terms, backup=None)
    return replace(terms, owner=terms.backup or manager or terms.owner, backup=None)


def finished(terms: SopTerms, *, on: date) -> SopTerms:
    """The terms of a procedure that was written or changed on that day: published, and reviewed by it."""
    return reviewed(replace(terms, published_on=terms.published_on or on), on=on)


def matching(registered: Iterable[Sop], *, title: str, link: str | None) -> list[Sop]:
    """The procedures with this link or this title, the one with the link first."""
    by_link = [sop for sop in registered if link and sop.link == link]
    wanted = folded(title)
    return [*by_link, *(sop for sop in registered if wanted and folded(sop.title) == wanted and sop not in by_link)]
