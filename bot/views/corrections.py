"""Sentences for outcomes changed afterwards: waivers, merges, moves, corrections. None ends with a full stop."""

from collections.abc import Mapping
from datetime import datetime

from bot.text import moment, shown
from bot.views.parts import quoted
from sla_engine.domain.agreements.metrics import METRICS
from sla_engine.domain.incidents import events

NAME_MAX_CHARS = 40

ChangedFields = Mapping[str, str | None]

_CAUSES: Mapping[str, str] = {
    "opened": "the opening",
    "priority_set": "the change of priority",
    "responded": "the first reply",
    "customer_updated": "the customer update",
    "customer_replied": "the customer’s reply",
    "plan_given": "the plan",
    "paused": "the pause",
    "resumed": "the end of the pause",
    "resolved": "the resolution",
    "reopened": "the reopening",
    "merged": "the merging",
    "moved": "the move to another customer",
    "deleted": "the deletion",
}
"""The fact that was reported late, in words, by its stored name."""


def metric_label(name: str) -> str:
    """A metric's label; a name that is no longer measured stays as it was written."""
    return next((row.label for row in METRICS.values() if row.name == name), shown(name, NAME_MAX_CHARS))


def owed(name: str) -> str:
    """What a metric owes, within a sentence; a name that is no longer measured stays as it was written."""
    return next((row.owed for row in METRICS.values() if row.name == name), shown(name, NAME_MAX_CHARS))


def waived(who: str, fields: ChangedFields) -> str:
    """Say who waived which miss, and why."""
    metric = metric_label(fields.get("metric") or "").lower()
    what = f"the missed {metric}" if metric else "a missed target"
    return _joined(f"{who} waived {what}", quoted(fields.get("reason") or ""))


def merged(who: str, fields: ChangedFields) -> str:
    """Name the incident it was merged into."""
    return f"{who} merged it into {_name(fields.get('into'))}"


def moved(who: str, fields: ChangedFields) -> str:
    """Name the customer it was moved to, and the incident that goes on with it."""
    return f"{who} moved it to {_name(fields.get('customer'))}; {_name(fields.get('key'))} goes on with it"


def absorbed(who: str, fields: ChangedFields) -> str:
    """Name the duplicate that was merged into it."""
    begun = _instant(fields.get("opened_at"))
    since = f", which was opened {moment(begun)}" if begun else ""
    return f"{who} merged {_name(fields.get('key'))} into it{since}"


def followed(_who: str, fields: ChangedFields) -> str:
    """Name the incident that was opened when it came back too late to be reopened."""
    return f"It came back when it could not be reopened any more; {_name(fields.get('key'))} was opened instead"


def reprocessed(who: str, fields: ChangedFields) -> str:
    """Say who approved a reprocessing, from which instant on, and why."""
    since = _instant(fields.get("since"))
    named = f"{who} approved that the agreement counts as it reads now{f' from {moment(since)}' if since else ''}"
    return _joined(named, quoted(fields.get("reason") or ""))


def corrected(_who: str, fields: ChangedFields) -> str:
    """Say how the outcome changed, and because of which late fact."""
    metric = owed(fields.get("metric") or "") or "a target"
    before, after = _instant(fields.get("breached_before")), _instant(fields.get("breached_after"))
    return f"Corrected: {_change(metric, before, after)}: {_because(fields)}"


def _change(metric: str, before: datetime | None, after: datetime | None) -> str:
    if before is not None and after is not None:
        return f"{metric} was breached {moment(after)}, not {moment(before)}"
    if after is not None:
        return f"{metric} was breached {moment(after)} after all"
    if before is None:
        return f"{metric} was met, and is counted otherwise now"
    return f"the breach of {metric} of {moment(before)} no longer stands"


def _because(fields: ChangedFields) -> str:
    cause, at = fields.get("cause") or "", _instant(fields.get("cause_at"))
    match cause:
        case "absorbed":
            return "a duplicate that began earlier was merged into it"
        case "reprocessed":
            return "the agreement was applied as it reads now"
        case "undone":
            return "an act was undone"
        case events.CHANGED_RULES:
            return "the rules of counting changed"
        case _:
            named = _CAUSES.get(cause, "what happened")
            return f"{named}{f' of {moment(at)}' if at else ''} was told late"


def _joined(act: str, words: str) -> str:
    return f"{act}: {words}" if words else act


def _name(key: str | None) -> str:
    return shown(key, NAME_MAX_CHARS) if key else "another incident"


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
