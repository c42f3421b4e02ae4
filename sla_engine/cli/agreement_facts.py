"""The rows of a printed agreement besides its targets: hours, sites, priorities, what counts, reopening."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby

from sla_engine.domain.agreements.agreement import Agreement, ReopenMode, ReopenRule
from sla_engine.domain.agreements.metrics import METRICS
from sla_engine.domain.incidents.priorities import USUAL_MATRIX
from sla_engine.domain.time.calendar import Calendar
from sla_engine.domain.time.durations import exact
from sla_engine.domain.time.shifts import WEEKDAYS

CLOSURES_SHOWN = 5
ONE_DAY = timedelta(days=1)
REOPENING = {
    ReopenMode.RESUME: "clocks go on where they stood",
    ReopenMode.NEW_CYCLE: "clocks start anew",
    ReopenMode.FIRST_ONLY: "only the first resolution counts",
}

SheetFact = tuple[str, str]


def calendar_facts(calendar: Calendar, *, at: datetime) -> Iterator[SheetFact]:
    """The usual hours and the next closures."""
    for line in hours(calendar):
        yield "hours", line
    today = calendar.local_date(at)
    ahead = sorted(
        (closure for closure in calendar.closures if closure.date >= today), key=lambda closure: closure.date
    )
    shown = [f"{closure.date} {closure.name}".strip() for closure in ahead[:CLOSURES_SHOWN]]
    yield "closed next", "; ".join(shown) or "nothing declared"


def hours(calendar: Calendar) -> Iterator[str]:
    """One line for each run of days with the same hours."""
    if calendar.always:
        yield "always"
        return
    for shifts, days in groupby(range(len(WEEKDAYS)), key=lambda day: calendar.hours[day]):
        if shifts:
            run = list(days)
            name = WEEKDAYS[run[0]] if len(run) == 1 else f"{WEEKDAYS[run[0]]}-{WEEKDAYS[run[-1]]}"
            yield f"{name} {', '.join(map(str, shifts))}"


def rule_facts(agreement: Agreement) -> Iterator[SheetFact]:
    """The sites, and every rule that is not the usual one."""
    for site, calendar in agreement.sites.items():
        yield f"site {site}", _of_site(calendar, agreement.calendar)
    for (impact, urgency), priority in agreement.matrix.items():
        if priority is not USUAL_MATRIX[impact, urgency]:
            yield "priorities", f"{impact} impact and {urgency} urgency make {priority}"
    for metric, acts in agreement.acts.items():
        yield "counts", f"as {METRICS[metric].label.lower()}: {', '.join(act.replace('_', ' ') for act in acts)}"
    if agreement.reopen != ReopenRule():
        yield "reopening", _reopening(agreement.reopen)
    if not agreement.reply_ends_pause:
        yield "pauses", "a customer's reply does not end them"


def _of_site(calendar: Calendar, usual: Calendar) -> str:
    if calendar == usual:
        return "the agreement's hours"
    zone = "" if calendar.zone == usual.zone else f" ({calendar.zone})"
    return "; ".join(hours(calendar)) + zone


def _reopening(rule: ReopenRule) -> str:
    within = "" if rule.window is None else f" within {_window(rule.window)}; later a new incident is opened"
    return REOPENING[rule.mode] + within


def _window(window: timedelta) -> str:
    return f"{window.days} days" if window % ONE_DAY == timedelta() and window > ONE_DAY else exact(window)
