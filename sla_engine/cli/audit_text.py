"""The findings of an audit, in sentences."""

from collections.abc import Iterator, Mapping

from sla_engine.domain.upkeep.integrity import Fault, Finding
from sla_engine.services.audit.audit import AuditReport

_SENTENCES: Mapping[Fault, str] = {
    Fault.FACT_CHANGED: "{where} was changed: it does not fit its hash",
    Fault.FACT_OUT_OF_PLACE: "{where} does not follow the one before it: that one was removed, or this one put in",
    Fault.FACTS_CUT: "{where}: its newest facts are gone, {what}",
    Fault.FACTS_MISSING: "{where}: missing, although they were recorded",
    Fault.FACTS_OF_NOBODY: "{where}: the incident they belong to ({what}) is gone",
    Fault.INCIDENT_MISSING: "{where} was opened, and is gone",
    Fault.KEY_NOT_GIVEN: "{where} has a key that was never given",
    Fault.UNREADABLE: "{where} cannot be read: {what}",
    Fault.INCIDENT_DIFFERS: "{where}: {what}",
    Fault.CLOCK_DIFFERS: "{where}: {what}",
    Fault.CANNOT_BE_MEASURED: "{where} cannot be measured by the agreement that is stored ({what})",
    Fault.NOTE_DIFFERS: "{where} {what}",
    Fault.SOP_DIFFERS: "{where} {what}",
    Fault.VERSION_CHANGED: "{where} was changed after it was applied",
    Fault.VERSION_OUT_OF_PLACE: "{where} does not follow the one that was applied before it: one was removed or put in",
    Fault.VERSIONS_CUT: "the newest {where} are gone: {what}",
    Fault.HEAD_DIFFERS: "the history up to {where}, {what}, is not the one whose head was kept",
    Fault.FACT_NOT_AS_ANCHORED: "{where} {what}",
    Fault.VERSION_NOT_AS_ANCHORED: "{where} and those before it are not as they were, {what}",
    Fault.KEYS_NOT_AS_ANCHORED: "{where} was given, and is said not to have been; {what}",
    Fault.ANCHOR_OUT_OF_PLACE: "{where} does not follow the one before it in the file",
}


def sentence(finding: Finding) -> str:
    """The sentence for a finding."""
    text = _SENTENCES[finding.fault].format(where=finding.where, what=finding.what)
    return f"{text[0].upper()}{text[1:]}."


def as_text(report: AuditReport) -> Iterator[str]:
    """The findings, then what was checked and what cannot be, a line each."""
    yield from (sentence(finding) for finding in report.findings)
    if report.more:
        yield f"… and {report.more:,} more."
    if report.is_whole:
        yield "The history is as it was written."
    yield f"Looked at: {report.facts:,} facts of {report.incidents:,} incidents."
    for kind, count in report.unchained.items():
        yield f"Not chained, because applied by an earlier version: {count:,} {kind}{'s' if count > 1 else ''}."
    if report.unnamed_facts:
        yield f"Recorded by an earlier version, whose unique key may be changed unseen: {report.unnamed_facts:,} facts."
    if report.unsealed:
        yield f"Written in an earlier version, whose text may be changed unseen: {report.unsealed:,} notes, decisions."
