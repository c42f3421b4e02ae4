"""The lines of the weekly digest, the same in Slack and in a terminal: at most seven, one for a quiet week."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sla_engine.domain.agreements.metrics import METRICS, MetricName
from sla_engine.domain.incidents.reasons import Attribution
from sla_engine.domain.reporting.control_limits import WeekVerdict
from sla_engine.domain.reporting.customers_to_call import CallCause, CustomerCall
from sla_engine.domain.reporting.digest import REPLAYED_ONLY, DigestFigures, ReasonMisses
from sla_engine.domain.reporting.digest_parts import ClosedDay
from sla_engine.domain.time.durations import short
from sla_engine.domain.time.local_time import local_day
from sla_engine.text.digest_shares import period_dates, whole_percent

REASONS_NAMED = 3
CUSTOMERS_NAMED = 2
DECISIONS_NAMED = 3
MONDAY = 0

_LATE = {
    MetricName.RESOLUTION: ("was fixed {} late", "was not fixed in time"),
    MetricName.FIRST_RESPONSE: ("was answered {} late", "was not answered in time"),
    MetricName.RESOLUTION_PLAN: ("got its plan {} late", "got no plan in time"),
    MetricName.CUSTOMER_UPDATE: ("went {} too long without an update", "went without an update in time"),
}
"""What happened to the only P1, with and without a length of time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestVoice:
    """A front end's way to write a customer's name and an incident's title."""

    customer: Callable[[str], str]
    title: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class DigestLine:
    """One line: the name of what it counts, the words it begins with, and the rest."""

    figure: str
    lead: str
    text: str = ""


def digest_lines(figures: DigestFigures, voice: DigestVoice) -> list[DigestLine]:
    """The lines of a week or a month; none without content."""
    if figures.quiet:
        return [DigestLine("headline", _kept(figures), f"{_nothing_waits(figures)}{_replayed(figures)}")]
    lines = (
        ("headline", _kept(figures), f"{_against(figures, voice)}{_replayed(figures)}"),
        ("calls", "Call them:", _calls(figures, voice)),
        ("reasons", "Why:", _reasons(figures)),
        ("ahead", "Ahead:", _ahead(figures, voice)),
        ("updates", "Customers not told in time:", _untold(figures, voice)),
        ("saved", "Saved:", _saved(figures.saved)),
        ("decisions", _decisions_lead(figures), _decisions(figures, voice)),
    )
    return [DigestLine(name, lead, text) for name, lead, text in lines if text or name == "headline"]


def _kept(figures: DigestFigures) -> str:
    """The period and its share: `30 Nov – 6 Dec: 112 of 122 promises kept, 92 %`."""
    share, goal = figures.clocks.this_week, figures.overall_goal
    so_far = " so far" if figures.as_of < figures.ends else ""
    if not share.of:
        return f"{period_dates(figures)}{so_far}: no promise came due."
    percent = whole_percent(share.met, share.of, against=None if goal is None else goal.percent)
    return f"{period_dates(figures)}{so_far}: {share.met} of {_many(share.of, 'promise')} kept, {percent} %."


def _nothing_waits(figures: DigestFigures) -> str:
    goal = figures.overall_goal
    outcome = "Goal met" if goal is not None and goal.is_met else "Nothing missed"
    return f"{outcome}, {'nothing has waited for a day' if figures.waiting else 'nothing waits for you'}."


def _replayed(figures: DigestFigures) -> str:
    return f" {REPLAYED_ONLY}" if figures.only_replayed else ""


def _against(figures: DigestFigures, voice: DigestVoice) -> str:
    """The goal, the week before, and whether the week is like others."""
    goal, before = figures.overall_goal, figures.clocks.last_week
    parts = [] if goal is None else [f"goal {goal.percent:g} %"]
    if before.of:
        percent = whole_percent(before.met, before.of, against=None if goal is None else goal.percent)
        parts.append(f"{figures.unit} before {percent} %")
    words = ", ".join(parts)
    sentences = [f"{words[:1].upper()}{words[1:]}."] if parts else []
    return " ".join([*sentences, *_verdict(figures, voice)])


def _verdict(figures: DigestFigures, voice: DigestVoice) -> Iterator[str]:
    usual = figures.usual
    if usual is None:
        return
    if usual.verdict is WeekVerdict.ORDINARY:
        yield "An ordinary week."
        return
    how = "bad" if usual.verdict is WeekVerdict.UNUSUALLY_BAD else "good"
    low, high = _limits(usual.low, usual.high, figures.clocks.this_week.percent or 0.0)
    yield f"Unusually {how}: ordinary weeks are {low} to {high} %."
    worst, missed = figures.most_late, figures.clocks.this_week.missed
    if how == "bad" and worst is not None and 2 * worst.missed > missed:
        yield f"{worst.missed} of the {missed} late ones are {_possessive(voice.customer(worst.customer))}."


def _limits(low: float, high: float, percent: float) -> tuple[str, str]:
    """Whole percentages, or with one decimal where the week would seem to lie between them."""
    if round(low) <= round(percent) <= round(high):
        return f"{low:.1f}", f"{high:.1f}"
    return f"{low:.0f}", f"{high:.0f}"


def _calls(figures: DigestFigures, voice: DigestVoice) -> str:
    return " · ".join(
        f"{voice.customer(call.customer)}, {cause_words(call, voice, is_current=figures.is_current)}"
        for call in figures.calls
    )


def cause_words(call: CustomerCall, voice: DigestVoice, *, is_current: bool) -> str:
    """Why to call a customer: `4 of 9 late this month (goal allows 2)`; long afterwards `in that month`."""
    if call.cause is CallCause.MISSED_P1:
        return _missed_p1(call)
    if call.cause is CallCause.COMPLAINT:
        return f"angry about “{voice.title(call.title)}” ({call.incident_key})"
    period = f"this {call.period}" if is_current else f"in that {call.period}"
    late = "late" if call.metric is None else f"{METRICS[call.metric].short} late"
    counted = f"{call.missed} of {call.of} {late} {period}"
    if call.cause is CallCause.OFTEN_LATE:
        return counted
    allowed = call.allowed or "none"
    last = "" if call.cause is CallCause.GOAL_BROKEN else ", the next one breaks it"
    return f"{counted} (goal allows {allowed}{last})"


def _missed_p1(call: CustomerCall) -> str:
    if call.of != 1 or call.metric is None:
        return f"{call.missed} of {call.of} P1 late"
    late, not_in_time = _LATE[call.metric]
    seconds = call.late_seconds
    return f"its only P1 {not_in_time if seconds is None else late.format(short(timedelta(seconds=seconds)))}"


def _reasons(figures: DigestFigures) -> str:
    """Whose misses: `7 ours (3 nobody had it, 2 too busy), 3 vendors'. 9 of 10 explained`."""
    explained = sum(row.missed for row in figures.reasons)
    missed = explained + figures.unexplained
    if not missed:
        return ""
    if not explained:
        return f"none of {missed} explained yet." if missed > 1 else "not explained yet."
    ours = [row for row in figures.reasons if row.attribution == Attribution.US.label]
    shares = [
        _ours(ours),
        _others(figures.reasons, Attribution.THIRD_PARTY.label, "vendors'"),
        _others(figures.reasons, Attribution.CUSTOMER.label, "customers'"),
    ]
    return f"{', '.join(share for share in shares if share)}. {explained} of {missed} explained."


def _ours(rows: Sequence[ReasonMisses]) -> str:
    if not rows:
        return ""
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.label] = counts.get(row.label, 0) + row.missed
    ordered = sorted(counts.items(), key=lambda reason: (-reason[1], reason[0]))
    named = [f"{count} {label[:1].lower()}{label[1:]}" for label, count in ordered[:REASONS_NAMED]]
    rest = sum(count for _, count in ordered[REASONS_NAMED:])
    named += [f"{rest} for other reasons"] if rest else []
    return f"{sum(counts.values())} ours ({', '.join(named)})"


def _others(rows: Iterable[ReasonMisses], attribution: str, whose: str) -> str:
    count = sum(row.missed for row in rows if row.attribution == attribution)
    return f"{count} {whose}" if count else ""


def _ahead(figures: DigestFigures, voice: DigestVoice) -> str:
    sentences = []
    if figures.at_risk.count:
        urgent = f", {figures.urgent_ahead} of them P1 or P2" if figures.urgent_ahead else ""
        sentences.append(f"{figures.at_risk.count} due {_when_due(figures)}{urgent}.")
    sentences += [_closed(day, voice) for day in figures.closed_ahead]
    return " ".join(sentences)


def _when_due(figures: DigestFigures) -> str:
    if not figures.is_current:
        return "in the week after"
    is_monday = local_day(figures.as_of, zone=figures.zone).weekday() == MONDAY
    return "this week" if is_monday else "within 7 days"


def _closed(closed: ClosedDay, voice: DigestVoice) -> str:
    """The sentence about a closed day: `Thursday is a holiday at Beta`."""
    names = [voice.customer(customer) for customer in closed.customers]
    more = len(names) - CUSTOMERS_NAMED
    where = " and ".join(names) if more <= 0 else f"{', '.join(names[:CUSTOMERS_NAMED])} and {more} more"
    return f"{closed.day:%A} is a holiday at {where}."


def _untold(figures: DigestFigures, voice: DigestVoice) -> str:
    count, worst = figures.updates_missed, figures.most_untold
    if not count:
        return ""
    times = "once" if count == 1 else f"{count} times"
    if worst is None or worst.missed == 1 < count:
        return f"{times}."
    of_them = "" if worst.missed == count else f"{worst.missed} "
    return f"{times}, {of_them}at {voice.customer(worst.customer)}."


def _saved(count: int) -> str:
    if not count:
        return ""
    return f"{_many(count, 'promise')} kept with less than a quarter of the time left, after a nudge."


def _decisions_lead(figures: DigestFigures) -> str:
    on_monday = figures.decided is not None and figures.decided.on_monday and not figures.is_month
    return "Last Monday's decisions:" if on_monday and figures.is_current else f"Decisions of the {figures.unit}:"


def _decisions(figures: DigestFigures, voice: DigestVoice) -> str:
    decided = figures.decided
    if decided is None:
        return ""
    named = [
        f"{row.number} {voice.title(row.title)}".rstrip() + _due(row.due_on, figures)
        for row in decided.open[:DECISIONS_NAMED]
    ]
    more = len(decided.open) - len(named)
    named += [f"{more} more"] if more else []
    still_open = f" Open: {'; '.join(named)}." if named else ""
    return f"{decided.done} of {decided.of} done.{still_open}"


def _due(due_on: datetime | None, figures: DigestFigures) -> str:
    """`, due Thu`; with its date where a weekday could mean another week."""
    if due_on is None:
        return ""
    day, today = local_day(due_on, zone=figures.zone), local_day(figures.as_of, zone=figures.zone)
    near = timedelta(0) <= day - today < timedelta(days=7)
    return f", due {day:%a}" if near else f", due {day:%-d %b}"


def _possessive(name: str) -> str:
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
