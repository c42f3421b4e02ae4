"""The agreement in force for a customer as rows to print: its facts, targets, ladders and versions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sla_engine.cli.agreement_facts import calendar_facts, rule_facts
from sla_engine.domain.agreements.agreement import Agreement, Target
from sla_engine.domain.agreements.ladders import Repeat, Rung
from sla_engine.domain.agreements.metrics import METRICS, MetricName
from sla_engine.domain.agreements.versions import AppliedVersion
from sla_engine.domain.time.calendar import Calendar
from sla_engine.domain.time.durations import exact, in_business_days
from sla_engine.domain.time.versioned_calendar import SplicedCalendar
from sla_engine.services.agreements.book import AgreementBook
from sla_engine.storage import agreements
from sla_engine.storage.database import Database
from sla_engine.storage.file_versions import AGREEMENTS

NOT_PROMISED = "–"
_Row = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementSheet:
    """Facts, targets, ladders and versions as text; the first row of all but the facts is the heading."""

    customer: str
    facts: tuple[_Row, ...]
    targets: tuple[_Row, ...]
    ladders: tuple[_Row, ...]
    versions: tuple[_Row, ...]


def show(database: Database, customer: str, *, at: datetime) -> AgreementSheet:
    """The agreement in force for a customer at an instant.

    Raises: UnknownCustomer, NotYetInForce, StorageBusy.
    """
    with database.reading() as session:
        version_id, agreement = AgreementBook().in_force(session, customer, at=at)
        record = AGREEMENTS.load(session, version_id)
        versions = agreements.applied_versions(session, agreement.customer)
    calendar = agreement.calendar
    facts = (
        ("in force since", _local(agreement.effective, calendar)),
        ("version", f"{version_id}, applied {_local(record.applied_at, calendar)} by {record.applied_by}"),
        ("zone", f"{calendar.zone} (zone data {record.tzdata_version})"),
        *calendar_facts(calendar, at=at),
        *rule_facts(agreement),
    )
    return AgreementSheet(
        customer=agreement.customer,
        facts=facts,
        targets=_targets(agreement),
        ladders=_ladders(agreement),
        versions=(("version", "counts from", "applied"), *(_version(version, calendar) for version in versions)),
    )


def _version(version: AppliedVersion, calendar: Calendar) -> _Row:
    return str(version.number), _local(version.effective, calendar), _local(version.applied_at, calendar)


def _local(at: datetime, calendar: Calendar) -> str:
    return at.astimezone(calendar.tz).strftime("%Y-%m-%d %H:%M %Z")


def _targets(agreement: Agreement) -> tuple[_Row, ...]:
    heading = ("priority", *(METRICS[metric].label.lower() for metric in MetricName), "counts")
    rules: dict[tuple[bool, str], dict[MetricName, Target]] = {}
    for target in agreement.targets:
        rules.setdefault((bool(target.specificity), target.named), {})[target.metric] = target
    usual_first = sorted(rules, key=lambda rule: rule[0])
    return (heading, *(_target_row(agreement, name, rules[special, name]) for special, name in usual_first))


def _target_row(agreement: Agreement, name: str, targets: Mapping[MetricName, Target]) -> _Row:
    some = next(iter(targets.values()))
    usual = agreement.sites.get(some.site, agreement.calendar)
    return (name, *(_allowed(targets.get(metric)) for metric in MetricName), _counts(some.calendar, usual))


def _allowed(target: Target | None) -> str:
    if target is None:
        return NOT_PROMISED
    if not METRICS[target.metric].periodic:
        return _length(target)
    waiting = f", {_length(target.lasting(target.waiting))} while waiting" if target.waiting else ""
    return f"every {_length(target)}{waiting}"


def _length(target: Target) -> str:
    return in_business_days(target.duration, target.business_day, write=exact)


def _counts(calendar: Calendar | SplicedCalendar, usual: Calendar) -> str:
    if calendar.always:
        return "always"
    if calendar == usual:
        return "open hours"
    return calendar.name or "hours of its own"


def _ladders(agreement: Agreement) -> tuple[_Row, ...]:
    named = {name: agreement.ladders[name] for name in agreement.ladders if name != "default"}
    rows: list[_Row] = [("ladder", "at", "tells", "again")]
    rest = next((metric for metric in MetricName if metric.value not in named), None)
    if rest is not None:
        label = "the rest" if named else "all"
        rows += [(label, *_rung(rung)) for rung in agreement.ladder(rest).rungs]
    rows += [(name, *_rung(rung)) for name, ladder in named.items() for rung in ladder.rungs]
    return tuple(rows)


def _rung(rung: Rung) -> tuple[str, str, str]:
    tells = ", ".join(recipient.value.replace("_", " ") for recipient in rung.tell)
    quiet = f"not said {rung.quiet}" if rung.quiet else ""
    return rung.label, tells, "; ".join(words for words in (_again(rung.repeat), quiet) if words)


def _again(repeat: Repeat | None) -> str:
    if repeat is None:
        return ""
    every = f"every {exact(repeat.every)}{' by the wall clock' if repeat.wall else ' of open time'}"
    later = f", each wait {repeat.backoff:g} times longer up to {exact(repeat.longest)}" if repeat.backoff > 1 else ""
    up = f", a rung further up after every {repeat.up_after}" if repeat.up_after else ""
    return f"{every}{later}{up}, until acknowledged"
