"""Incidents as views get them, made from histories; times are minutes of one Monday from 09:00 in Berlin."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.sandbox.blocks.blocks import problems
from bot.views.rendered import Rendered
from sla_engine.domain.agreements.agreement import Agreement, Target
from sla_engine.domain.agreements.metrics import METRICS, MetricName
from sla_engine.domain.agreements.versions import Terms
from sla_engine.domain.clocks.attribution import attributed_time
from sla_engine.domain.clocks.ledger import ledger
from sla_engine.domain.clocks.ledger_rows import Ledger
from sla_engine.domain.clocks.reading import current, readings
from sla_engine.domain.incidents.events import Event, Opened
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.time.calendar import Calendar, Closure
from sla_engine.services.queries.board import ClockSummary, IncidentDetail, IncidentSummary
from sla_engine.services.queries.explain import Explanation
from tests.driver.seen import words

MONDAY = datetime(2026, 1, 5, 8, tzinfo=UTC)  # 09:00 in Berlin
HOSTILE_TITLES = {
    "a mention of everybody": "<!channel> <@U0DANA> & <https://evil.example|click>",
    "4,000 characters": "Printer & scanner <offline> " * 143,
    "emoji": "🔥" * 400,
    "right-to-left": "השרת במרפאה נפל " * 40,
    "an override of the reading direction": "invoice \u202egnp.exe",
    "several lines": "first\nsecond\r\n\tthird",
    "code marks": "```rm -rf``` `*_~",
    "nothing but spaces": "   ",
}

_MINUTES = {
    MetricName.FIRST_RESPONSE: 30,
    MetricName.CUSTOMER_UPDATE: 60,
    MetricName.RESOLUTION_PLAN: 120,
    MetricName.RESOLUTION: 480,
}


def minute(number: int) -> datetime:
    """The instant so many minutes after Monday 09:00."""
    return MONDAY + timedelta(minutes=number)


def agreement(*, closures: Sequence[Closure] = ()) -> Agreement:
    """Weekdays 09:00 to 17:00 in Berlin; P2: 30 m to answer, 1 h to update, 2 h for a plan, 8 h to resolve."""
    days = ("mon", "tue", "wed", "thu", "fri")
    calendar = Calendar.weekly("Europe/Berlin", {day: ["09:00-17:00"] for day in days}, closures=closures)
    targets = tuple(
        Target(metric=metric, priority=Priority.P2, duration=timedelta(minutes=length), calendar=calendar)
        for metric, length in _MINUTES.items()
    )
    return Agreement(customer="Acme Dental", effective=MONDAY - timedelta(days=30), calendar=calendar, targets=targets)


def history(*happened: tuple[int, Event, str], title: str = "Printers offline at reception") -> list[Entry]:
    """An incident opened at minute 0, and then what happened, when and by whom."""
    opened = (0, Opened(priority=Priority.P2, title=title), "U0DANA")
    return [
        Entry(event=event, at=minute(at), seq=number, recorded_at=minute(at), by=by)
        for number, (at, event, by) in enumerate([opened, *happened], start=1)
    ]


def clocks(entries: Sequence[Entry], *, now: datetime) -> tuple[ClockSummary, ...]:
    """The clocks of a history as a card shows them."""
    return tuple(
        ClockSummary(
            metric=reading.metric,
            label=METRICS[reading.metric].label,
            state=reading.state,
            target=reading.target.duration,
            left=reading.remaining,
            due_at=reading.due_at,
            breached=reading.breached,
            stopped_at=reading.stopped_at,
            waived=reading.waived_at is not None,
            first_elapsed=reading.first_elapsed,
        )
        for reading in current(readings(entries, Terms.of(agreement()), now=now))
    )


def summary(entries: Sequence[Entry], *, now: datetime, **more: Any) -> IncidentSummary:
    """An incident as lists show it."""
    facts: dict[str, Any] = {
        "key": "INC-1042",
        "title": "Printers offline at reception",
        "customer": "Acme Dental",
        "priority": "P2",
        "is_open": True,
        "link": None,
        "opened_at": MONDAY,
        "resolved_at": None,
        "assignee": None,
        "paused_for": (),
        "pause_until": None,
        "customer_waits_since": None,
        "acknowledged_by": None,
        "promise": None,
        "clocks": clocks(entries, now=now),
    }
    return IncidentSummary(**(facts | more))


def detail(entries: Sequence[Entry], *, now: datetime, nudge_waits: bool = False, **more: Any) -> IncidentDetail:
    """An incident in full."""
    return IncidentDetail(
        summary=summary(entries, now=now, **more),
        history=tuple(entries),
        nudge_waits=nudge_waits,
        attributed_time=attributed_time(entries, Terms.of(agreement()), now=now),
    )


def ledgers(entries: Sequence[Entry], *, now: datetime, promised: Agreement | None = None) -> list[Ledger]:
    """The ledgers of an incident's clocks."""
    clocks = [ledger(entries, metric, Terms.of(promised or agreement()), now=now) for metric in METRICS]
    return [rows for rows in clocks if rows is not None]


def explanation(
    entries: Sequence[Entry], *, now: datetime, promised: Agreement | None = None, **more: Any
) -> Explanation:
    """An explanation of an incident's clocks."""
    facts: dict[str, Any] = {
        "key": "INC-1042",
        "title": "Printers offline at reception",
        "customer": "Acme Dental",
        "priority": "P2",
        "site": "",
        "service": "",
        "opened_at": MONDAY,
        "resolved_at": None,
        "merged_into": None,
        "zone": "Europe/Berlin",
        "read_at": now,
        "ledgers": tuple(ledgers(entries, now=now, promised=promised)),
        "attributed_time": attributed_time(entries, Terms.of(promised or agreement()), now=now),
        "names": {"U0TOM": "Tom Becker", "U0DANA": "Dana Ortiz", "U0MIRA": "Mira Khan"},
    }
    return Explanation(**(facts | more))


def refused(rendered: Rendered) -> list[str]:
    """Slack's complaints about a message."""
    return [str(problem) for problem in problems(rendered.blocks, surface="message")]


def seen(rendered: Rendered) -> str:
    """Every word of a message's blocks."""
    return "\n".join(words(rendered.blocks))


def buttons(rendered: Rendered) -> list[str]:
    """The labels of its buttons, and of the lines of the menu behind them."""
    elements = [element for block in rendered.blocks if block["type"] == "actions" for element in block["elements"]]
    shown = [element["text"]["text"] for element in elements if element["type"] == "button"]
    menus = [
        element for element in elements if element["type"] == "static_select" and element["action_id"] == "act_menu"
    ]
    return [*shown, *(line["text"]["text"] for menu in menus for line in menu["options"])]
