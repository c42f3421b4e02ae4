"""Reads the registry of procedures for people: the list, and one procedure in full."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from sla_engine.domain.agreements.msp import Role
from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.incidents.reasons import NextStep
from sla_engine.domain.sops.errors import UnknownSop
from sla_engine.domain.sops.reviews import is_review_late, wants_review
from sla_engine.domain.sops.sop import Sop, SopChange
from sla_engine.domain.text.errors import SeveralNamed
from sla_engine.domain.text.names import folded, names_with_part
from sla_engine.domain.time.local_time import local_day
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import sop_registry, sops
from sla_engine.storage.database import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedSop:
    """A procedure in a list: to be written or changed by `due_on` (`step`), else with its next review.

    `late`: that day is over. `incident_key` is that after which it was decided.
    """

    number: str
    title: str
    link: str | None
    owner: str
    review_on: date | None
    late: bool
    wants_review: bool = False
    """Whether its review falls due this week, or is late."""
    step: NextStep | None = None
    due_on: datetime | None = None
    incident_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SopList:
    """The procedures that fit, those to be written or changed first, then by their next review; retired ones counted.

    `words` are those that were asked for.
    """

    sops: tuple[ListedSop, ...]
    retired: int
    may_add: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SopDetail:
    """One procedure in full, with its history.

    `is_theirs`: whoever asks may review and edit it; `may_retire`: they may retire and restore it.
    """

    sop: Sop
    listed: ListedSop
    changes: tuple[SopChange, ...]
    is_theirs: bool = False
    may_retire: bool = False


class SopRegistry:
    """Reads procedures; nothing here changes anything."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work

    def list(self, words: str = "", *, by: str, now: datetime) -> SopList:
        """The procedures whose title, customers or services hold all these words; every one without words.

        Raises: NotAllowed (recorded).
        """
        with self.unit_of_work.permitted(Action.LIST_SOPS, by=by, now=now) as session:
            registered = sop_registry.registered(session)
            fitting = [sop for sop in registered if _holds(sop, words)]
            in_use = [sop for sop in fitting if sop.retired_at is None]
            listed = listed_sops(session, in_use, zone=self.unit_of_work.msp(session).zone, now=now)
            manages = self.unit_of_work.msp(session).role_of(by).may_act_as(Role.SERVICE_MANAGER)
        return SopList(sops=listed, retired=len(fitting) - len(in_use), words=words, may_add=manages)

    def show(self, named: str, *, by: str, now: datetime) -> SopDetail:
        """The procedure that a number, a title or a part of one means.

        Raises: UnknownSop with those that look alike, SeveralNamed, NotAllowed (recorded).
        """
        with self.unit_of_work.permitted(Action.LIST_SOPS, by=by, now=now) as session:
            sop = meant(session, named)
            (listed,) = listed_sops(session, [sop], zone=self.unit_of_work.msp(session).zone, now=now)
            manages = self.unit_of_work.msp(session).role_of(by).may_act_as(Role.SERVICE_MANAGER)
            return SopDetail(
                sop=sop,
                listed=listed,
                changes=sop_registry.changes(session, sop.number),
                is_theirs=manages or by in sop.keepers,
                may_retire=manages,
            )


def listed_sops(session: Session, registered: Sequence[Sop], *, zone: str, now: datetime) -> tuple[ListedSop, ...]:
    """Procedures as a list shows them, those to be written or changed first; `zone` is the MSP's."""
    today = local_day(now, zone=zone)
    to_write = {decision.number: (decision, key) for decision, key in reversed(sops.still_open(session))}
    listed = []
    for sop in registered:
        entry = _by_review(sop, today=today)
        if sop.number in to_write:
            decision, key = to_write[sop.number]
            entry = replace(
                entry,
                owner=decision.owner or sop.owner,
                step=decision.decision,
                due_on=decision.due_on,
                incident_key=key,
                late=decision.due_on is not None and local_day(decision.due_on, zone=zone) < today,
            )
        listed.append(entry)
    return tuple(sorted(listed, key=_order))


def meant(session: Session, named: str) -> Sop:
    """The procedure that a number, a title or a part of one means.

    Raises: UnknownSop with those that look alike, SeveralNamed.
    """
    if sop_registry.id_of(named) is not None:
        return sop_registry.find(session, named)
    in_use = [sop for sop in sop_registry.registered(session) if sop.retired_at is None]
    titles = names_with_part(named, [sop.title for sop in in_use])
    fitting = [sop for sop in in_use if sop.title in titles]
    if len(fitting) > 1:
        raise SeveralNamed("SOP", named, tuple((f"{sop.number} {sop.title}", sop.number) for sop in fitting))
    if not fitting:
        raise UnknownSop(named, sop_registry.near(session, named))
    return fitting[0]


def _by_review(sop: Sop, *, today: date) -> ListedSop:
    return ListedSop(
        number=sop.number,
        title=sop.title,
        link=sop.link,
        owner=sop.owner,
        review_on=sop.review_on,
        late=sop.review_on is not None and is_review_late(sop.review_on, today=today),
        wants_review=sop.review_on is not None and wants_review(sop.review_on, today=today),
    )


def _order(sop: ListedSop) -> tuple[bool, datetime, date, int]:
    """Those to be written or changed by their due day, then the others by their next review."""
    return (
        sop.due_on is None,
        sop.due_on or datetime.max.replace(tzinfo=UTC),
        sop.review_on or date.max,
        sop_registry.id_of(sop.number) or 0,
    )


def _holds(sop: Sop, words: str) -> bool:
    text = folded(" ".join((sop.number, sop.title, *sop.customers, *sop.services)))
    return all(word in text for word in folded(words).split())
