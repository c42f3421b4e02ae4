"""An agreement's escalation policy: at what share of a target whom is told, and how often it is said again."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

AT_BREACH_PERCENT = 100


class Recipient(StrEnum):
    """Whom a rung tells; who that is today comes from people and rota."""

    ASSIGNEE = "assignee"
    DISPATCHER = "dispatcher"
    SERVICE_MANAGER = "service_manager"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One step: reached when elapsed is `percent` of the target; from 100 on it is reached at the breach.

    `repeat` is open time of the clock's calendar unless `wall`; repeats end when somebody acknowledges.
    """

    percent: int
    tell: tuple[Recipient, ...]
    repeat: timedelta | None = None
    wall: bool = False

    @property
    def at_breach(self) -> bool:
        """True for a rung that fires at the breach rather than at its share."""
        return self.percent >= AT_BREACH_PERCENT


@dataclass(frozen=True, slots=True)
class Ladder:
    """Rungs, lowest first."""

    rungs: tuple[Rung, ...]


DEFAULT_LADDER = Ladder(
    (
        Rung(percent=50, tell=(Recipient.ASSIGNEE,)),
        Rung(percent=75, tell=(Recipient.DISPATCHER,)),
        Rung(
            percent=100,
            tell=(Recipient.DISPATCHER, Recipient.SERVICE_MANAGER),
            repeat=timedelta(minutes=30),
        ),
    )
)
