"""Writes an explanation as a JSON document: instants in UTC, durations in seconds, with decimals where needed."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from sla_engine.domain.clocks.attribution import AttributedTime
from sla_engine.domain.clocks.ledger_rows import Ledger, LedgerRow, VersionRow
from sla_engine.domain.clocks.reading import Reading
from sla_engine.domain.clocks.target_history import TargetRow
from sla_engine.domain.incidents.history import Entry
from sla_engine.json_output import JsonObject
from sla_engine.services.queries.explain import Explanation
from sla_engine.text.why_words import Voice, remark_words, waiting_for

_ZERO = timedelta(0)
_OURS = ("by", "noticed_at")
"""Fields of a row or a clock that the customer's form leaves out."""


def as_document(explanation: Explanation, *, redacted: bool = False) -> JsonObject:
    """The explanation as a document; `redacted` leaves out our people, what they wrote, and rules that lost."""
    voice = Voice(at=instant, length=_length, name=explanation.name, word=str, quoted=str, redacted=redacted)
    clocks = [_clock(ledger, voice) for ledger in explanation.ledgers]
    return {
        "incident": explanation.key,
        "title": explanation.title,
        "customer": explanation.customer,
        "priority": explanation.priority,
        "site": explanation.site,
        "service": explanation.service,
        "opened_at": instant(explanation.opened_at),
        "resolved_at": _instant(explanation.resolved_at),
        "merged_into": explanation.merged_into,
        "zone": explanation.zone,
        "read_at": instant(explanation.read_at),
        "clocks": clocks,
        "held_the_ball": None if explanation.attributed_time is None else _attributed_time(explanation.attributed_time),
    }


def instant(at: datetime) -> str:
    """The instant as text, in ISO 8601 and UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def seconds(length: timedelta) -> int | float:
    """The duration in seconds; an integer when it has no fraction."""
    total = length.total_seconds()
    return int(total) if total.is_integer() else total


def _instant(at: datetime | None) -> str | None:
    return None if at is None else instant(at)


def _length(length: timedelta) -> str:
    return f"{seconds(length)} s"


def _clock(ledger: Ledger, voice: Voice) -> JsonObject:
    reading = ledger.reading
    clock: JsonObject = {
        "metric": reading.metric.value,
        "cycle": reading.cycle,
        "state": reading.state.value,
        "met": reading.met,
        "promised": reading.promised,
        "started_at": instant(reading.started_at),
        "stopped_at": _instant(reading.stopped_at),
        "elapsed_seconds": seconds(reading.elapsed),
        "target_seconds": seconds(reading.target.duration),
        "remaining_seconds": seconds(reading.remaining),
        "due_at": _instant(reading.due_at),
        "grace_until": _instant(reading.grace_until),
        "breached_at": _instant(reading.breached_at),
        "breached_on_change": reading.breached_on_change,
        "noticed_at": _instant(ledger.noticed_at),
        "waived_at": _instant(reading.waived_at),
        "first_stopped_at": _instant(reading.first_stopped_at),
        "first_elapsed_seconds": None if reading.first_elapsed is None else seconds(reading.first_elapsed),
        "rows": [_row(row, ledger, voice) for row in ledger.rows],
        "counted_seconds": _sum(ledger.rows),
        "ahead": [_row(row, ledger, voice) for row in ledger.ahead],
        "ahead_seconds": _sum(ledger.ahead),
        "targets": [_target(row, voice) for row in ledger.targets],
        "versions": [_version(version, voice) for version in ledger.versions],
        "remarks": [_remark(entry, voice) for entry in ledger.remarks],
        "earlier": [_earlier(reading) for reading in ledger.earlier],
    }
    return _for_the_customer(clock) if voice.redacted else clock


def _earlier(reading: Reading) -> JsonObject:
    return {
        "cycle": reading.cycle,
        "state": reading.state.value,
        "met": reading.met,
        "started_at": instant(reading.started_at),
        "stopped_at": _instant(reading.stopped_at),
        "elapsed_seconds": seconds(reading.elapsed),
        "target_seconds": seconds(reading.target.duration),
        "breached_at": _instant(reading.breached_at),
        "waived_at": _instant(reading.waived_at),
    }


def _row(row: LedgerRow, ledger: Ledger, voice: Voice) -> JsonObject:
    effective = next(version.effective for version in ledger.versions if version.number == row.version)
    document: JsonObject = {
        "from": instant(row.start),
        "to": instant(row.end),
        "what": row.what.value,
        "counted_seconds": seconds(row.counted),
        "sum_seconds": seconds(row.running_sum),
        "agreement_of": instant(effective),
        "version": row.version,
        "rule": row.rule,
        "closures": list(row.closures),
        "reasons": [reason.value for reason in row.reasons],
        "attribution": row.attribution.value if row.attribution else None,
        "by": voice.name(row.by) if row.by else None,
    }
    if not voice.redacted:
        return document
    del document["version"]
    document["reasons"] = list(dict.fromkeys(waiting_for(reason) for reason in row.reasons))
    return _for_the_customer(document)


def _target(row: TargetRow, voice: Voice) -> JsonObject:
    document: JsonObject = {
        "from": instant(row.at),
        "rule": row.rule if row.promises else None,
        "seconds": seconds(row.duration) if row.promises else None,
        "because": row.because.value,
    }
    if voice.redacted:
        return document
    lost = [
        {"rule": loser.rule, "seconds": seconds(loser.duration), "because": loser.why.value} for loser in row.losers
    ]
    return document | {"version": row.version, "losers": lost}


def _version(version: VersionRow, voice: Voice) -> JsonObject:
    document: JsonObject = {"effective": instant(version.effective), "counts_from": _instant(version.since)}
    return document if voice.redacted else {"number": version.number} | document


def _remark(entry: Entry, voice: Voice) -> JsonObject:
    document: JsonObject = {"at": instant(entry.at), "words": remark_words(entry, voice)}
    if voice.redacted:
        return document
    return document | {"recorded_at": instant(entry.recorded_at), "by": voice.name(entry.by)}


def _attributed_time(attributed_time: AttributedTime) -> JsonObject:
    return {
        "us_seconds": seconds(attributed_time.us),
        "customer_seconds": seconds(attributed_time.customer),
        "third_party_seconds": seconds(attributed_time.third_party),
        "total_seconds": seconds(attributed_time.total),
        "after_an_answer_seconds": seconds(attributed_time.answered),
        "outlived_seconds": seconds(attributed_time.outlived),
        "pauses_outlived": attributed_time.pauses_outlived,
    }


def _sum(rows: Iterable[LedgerRow]) -> int | float:
    return seconds(sum((row.counted for row in rows), _ZERO))


def _for_the_customer(document: JsonObject, leaving_out: Sequence[str] = _OURS) -> JsonObject:
    return {name: value for name, value in document.items() if name not in leaving_out}
