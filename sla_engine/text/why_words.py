"""The sentences of an explanation, the same for a terminal, for Slack and for the customer."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sla_engine.domain.agreements.metrics import METRICS, MetricName
from sla_engine.domain.clocks.attribution import AttributedTime
from sla_engine.domain.clocks.ledger_rows import Ledger, Stretch, VersionRow
from sla_engine.domain.clocks.ledger_summary import LedgerLine
from sla_engine.domain.clocks.reading import ClockState, Reading
from sla_engine.domain.clocks.target_history import TargetRow
from sla_engine.domain.incidents.events import (
    CHANGED_RULES,
    Absorbed,
    Corrected,
    Deleted,
    Merged,
    Moved,
    Reprocessed,
    Waived,
)
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.reasons import PAUSE_REASONS, Attribution, PauseReason
from sla_engine.domain.time.durations import in_business_days

TOLD_LATE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
_CAUSES = {
    "absorbed": "a duplicate that was opened earlier was merged into it",
    "reprocessed": "it was counted anew",
    CHANGED_RULES: "the rules of counting changed",
}
"""Causes of a correction other than a fact that was recorded late, by stored name."""
_ZERO = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """A front end's way to write an instant, a length of time, a person, an agreement's own word, and a quotation.

    `redacted` is for a customer: our people, internal texts and rules that lost are left out.
    """

    at: Callable[[datetime], str]
    length: Callable[[timedelta], str]
    name: Callable[[str], str]
    word: Callable[[str], str]
    quoted: Callable[[str], str]
    redacted: bool = False


def without_due(state: ClockState) -> str:
    """The reason why a clock has no due time: it is paused, or its calendar has too little open time left."""
    return "no due time: its calendar ends before" if state is ClockState.RUNNING else "no due time while it rests"


def without_outcome(reading: Reading) -> str:
    """The words for a cancelled clock, which counts in no figure, with the reason where nothing is promised."""
    return "no outcome" if reading.promised else "no outcome, because nothing is promised any more"


def left_of(reading: Reading) -> timedelta:
    """The time left, negative when over, so that it and the time counted add up in whole seconds, as they are shown."""
    return reading.target.duration - reading.elapsed // SECOND * SECOND


def shared_remarks(ledgers: Sequence[Ledger]) -> tuple[Entry, ...]:
    """The remarks that all of several clocks have, to be written once; empty when there is only one clock."""
    first, *others = ledgers or (None,)
    if first is None or not others:
        return ()
    return tuple(entry for entry in first.remarks if all(entry in other.remarks for other in others))


def label(reading: Reading) -> str:
    """The clock's metric, with its period or cycle when that is not the first."""
    name = METRICS[reading.metric].label
    if not reading.cycle:
        return name
    return f"{name}, {'period' if METRICS[reading.metric].periodic else 'cycle'} {reading.cycle + 1}"


def standing(reading: Reading) -> str:
    """The state of a clock, and whether it is breached or waived."""
    has_miss = reading.breached and reading.state is not ClockState.CANCELLED
    miss = f" · {breach_word(reading.state)}" if has_miss else ""
    return f"{reading.state.value}{miss}{' · waived' if reading.waived_at else ''}"


def breach_word(state: ClockState) -> str:
    """The word for a breach: a clock that goes on is breached, a closed outcome is missed."""
    return "breached" if state in (ClockState.NOT_STARTED, ClockState.RUNNING, ClockState.PAUSED) else "missed"


def row_words(line: LedgerLine, before: LedgerLine | None, versions: Sequence[VersionRow], voice: Voice) -> str:
    """The remarks on a row that its columns have no room for; empty when there are none."""
    parts = [*_sources(line, before, versions, voice), *_because(line, voice)]
    if line.closed:
        stretches = "1 closed stretch" if line.closed == 1 else f"{line.closed} closed stretches"
        parts.append(f"{stretches} in it, counting nothing")
    if line.hidden:
        parts.append(f"{line.hidden} rows not shown")
    return "; ".join(parts)


def _because(line: LedgerLine, voice: Voice) -> Iterator[str]:
    if line.what is Stretch.CLOSED and line.closures:
        yield voice.word(", ".join(line.closures))
    if line.what is Stretch.RESOLVED:
        yield "until it was reopened"
    if line.what is Stretch.PAUSED and voice.redacted:
        yield ", ".join(dict.fromkeys(waiting_for(reason) for reason in line.reasons))
    elif line.what is Stretch.PAUSED:
        by = f" ({voice.name(line.by)})" if line.by else ""
        yield ", ".join(PAUSE_REASONS[reason].label for reason in line.reasons) + by


def waiting_for(reason: PauseReason) -> str:
    """The reason of a pause in words for the customer."""
    return {
        Attribution.CUSTOMER: "waiting for you",
        Attribution.THIRD_PARTY: "waiting for a third party",
        Attribution.US: "paused by us",
    }[PAUSE_REASONS[reason].attribution]


def _sources(
    line: LedgerLine, before: LedgerLine | None, versions: Sequence[VersionRow], voice: Voice
) -> Iterator[str]:
    """The version and the rule that count from this line on, where they are other ones than before."""
    if before is not None and line.version != before.version:
        yield f"from here {_version(line.version, versions, voice)}"
    if before is not None and line.rule != before.rule:
        yield f"from here the target of {voice.word(line.rule)}" if line.rule else "from here nothing is promised"


def _version(number: int, versions: Sequence[VersionRow], voice: Voice) -> str:
    effective = next((version.effective for version in versions if version.number == number), None)
    of = "" if effective is None else f" of {voice.at(effective)}"
    return f"the agreement{of}" if voice.redacted else f"version {number} of the agreement"


def target_words(row: TargetRow, voice: Voice) -> str:
    """One target that was in force: its start, duration, rule, version and reason, and the rules that lost to it."""
    length = in_business_days(row.duration, row.business_day, write=voice.length)
    what = f"{length} by {voice.word(row.rule)}" if row.promises else "none any more"
    since = f"{voice.at(row.at)}: {what}"
    if voice.redacted:
        return f"{since} ({row.because})"
    lost = [
        f"{voice.word(loser.rule)} with {in_business_days(loser.duration, loser.business_day, write=voice.length)} "
        f"({loser.why})"
        for loser in row.losers
    ]
    over = f"; over {', '.join(lost)}" if lost else ""
    return f"{since}, version {row.version} ({row.because}){over}"


def version_words(versions: Sequence[VersionRow], voice: Voice) -> Iterator[str]:
    """The versions of the agreement with the start of each; empty when there is only one."""
    for version in versions if len(versions) > 1 else ():
        since = "the beginning" if version.since is None else voice.at(version.since)
        named = _version(version.number, versions, voice)
        effective = "" if voice.redacted else f", in effect from {voice.at(version.effective)},"
        yield f"{named[0].upper()}{named[1:]}{effective} counts from {since} on"


def outcome_words(ledger: Ledger, voice: Voice) -> Iterator[str]:
    """The breach with its true instant and, if late, when it was noticed; and the first of several resolutions."""
    reading = ledger.reading
    if reading.breached_at is not None:
        how = ", by the change and not by the clock" if reading.breached_on_change else ""
        late = ledger.noticed_at is not None and ledger.noticed_at - reading.breached_at >= TOLD_LATE
        noticed = f", noticed {voice.at(ledger.noticed_at)}" if ledger.noticed_at is not None and late else ""
        yield f"Breached {voice.at(reading.breached_at)}{how}{noticed}"
    if reading.first_elapsed is not None and reading.first_stopped_at is not None:
        first = f"after {voice.length(reading.first_elapsed)}, {voice.at(reading.first_stopped_at)}"
        so_far = "in all" if reading.stopped_at else "so far in all"
        what = "First fixed" if reading.metric is MetricName.RESOLUTION else "First stopped"
        yield f"{what} {first}; {so_far} {voice.length(reading.elapsed)}"


def earlier_words(readings: Sequence[Reading], voice: Voice) -> Iterator[str]:
    """The outcomes of the periods or cycles before this one; empty when it is the first."""
    if not readings:
        return
    of = "period" if METRICS[readings[0].metric].periodic else "cycle"
    met = sum(bool(reading.met) for reading in readings)
    endings = []
    if met:
        endings.append(f"{met} {of}{'' if met == 1 else 's'} met")
    endings += [f"{of} {reading.cycle + 1} {_ended(reading, voice)}" for reading in readings if not reading.met]
    yield f"Before: {', '.join(endings)}"


def _ended(reading: Reading, voice: Voice) -> str:
    if reading.breached_at is None:
        return "without an outcome"
    waived = ", waived" if reading.waived_at else ""
    over = f" by {voice.length(-reading.remaining)}" if reading.remaining < _ZERO else ""
    return f"missed{over} (breached {voice.at(reading.breached_at)}{waived})"


def remark_words(entry: Entry, voice: Voice) -> str:
    """A fact that changed a row or an outcome: its instant, what it was, and who recorded it."""
    late = f" (recorded {voice.at(entry.recorded_at)})" if entry.recorded_at - entry.at >= TOLD_LATE else ""
    return f"{voice.at(entry.at)}: {_remark(entry, voice)}{late}"


def _remark(entry: Entry, voice: Voice) -> str:  # noqa: PLR0911 - a row for each kind of remark
    event = entry.event
    by = "" if voice.redacted else f" by {voice.name(entry.by)}"
    match event:
        case Waived():
            return f"the miss of {_clock(event.metric, event.cycle)} was waived{by}{_reason(event.reason, voice)}"
        case Corrected():
            return f"the outcome of {_clock(event.metric, event.cycle)} was corrected: {_correction(event, voice)}"
        case Merged():
            return f"merged into {event.into}{by}; what was undecided ends without an outcome"
        case Moved():
            to = "another customer" if voice.redacted else voice.word(event.customer)
            goes_on = "" if voice.redacted else f", {event.key} goes on with it"
            return f"moved to {to}{by}{goes_on}; its clocks end without an outcome"
        case Deleted():
            return f"its ticket was deleted{by}; what was undecided ends without an outcome"
        case Absorbed():
            opened = f"opened {voice.at(event.opened_at)}"
            return f"{event.key}, {opened}, was merged into it{by}; the earlier opening counts"
        case Reprocessed():
            return f"counted anew from {voice.at(event.since)} on, approved{by}{_reason(event.reason, voice)}"
        case _:
            return ""


def _correction(event: Corrected, voice: Voice) -> str:
    cause = "" if voice.redacted else f", because {_CAUSES.get(event.cause) or _told_late(event.cause)}"
    if event.breached_before is None and event.breached_after is None:
        return f"it was met, and is counted otherwise now{cause}"
    if event.breached_before is None or event.breached_after is None:
        known = event.breached_after or event.breached_before
        stands = "was breached" if event.breached_before is None else "was not breached"
        when = f" {voice.at(known)}" if known else ""
        return f"it {stands}{when}{cause}"
    return f"it was breached {voice.at(event.breached_after)}, not {voice.at(event.breached_before)}{cause}"


def _told_late(kind: str) -> str:
    return f"of a fact told late ({kind.replace('_', ' ')})"


def _clock(metric: str, cycle: int) -> str:
    names = {name.value: METRICS[name].owed for name in MetricName}
    return f"{names.get(metric, metric)}{f' {cycle + 1}' if cycle else ''}"


def _reason(text: str, voice: Voice) -> str:
    return "" if voice.redacted or not text else f": {voice.quoted(text)}"


def attribution_words(attributed: AttributedTime, length: Callable[[timedelta], str], *, redacted: bool = False) -> str:
    """Open time by who held the ball, and the part of ours in which a pause had gone on too long."""
    us, customer, third = ("we", "you", "a third party") if redacted else ("us", "customer", "third party")
    parts = ((us, attributed.us), (customer, attributed.customer), (third, attributed.third_party))
    overstayed = list(_overstayed(attributed, length, "you" if redacted else "the customer"))
    of_ours = f"; of ours {' and '.join(overstayed)}" if overstayed else ""
    return ", ".join(f"{who} {length(spent)}" for who, spent in parts) + of_ours


def _overstayed(attributed: AttributedTime, length: Callable[[timedelta], str], customer: str) -> Iterator[str]:
    if attributed.answered:
        yield f"{length(attributed.answered)} after {customer} had answered"
    if attributed.outlived:
        pauses = "a pause" if attributed.pauses_outlived == 1 else f"{attributed.pauses_outlived} pauses"
        yield f"{length(attributed.outlived)} after {pauses} outlived the expected end"
