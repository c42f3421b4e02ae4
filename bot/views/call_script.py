"""The sentences of a call, to be read aloud as they stand: no reason of ours, no absence and no money is in them."""

from collections.abc import Iterator

from bot.text import shown
from bot.views.parts import title_line
from bot.views.spoken_time import SpokenTimes
from sla_engine.services.queries.calls import CallCard
from sla_engine.services.queries.spoken_incident import SpokenIncident

NAME_MAX_CHARS = 60


def to_read_aloud(card: CallCard, times: SpokenTimes) -> list[str]:
    """A paragraph for each incident that is spoken about; one that says so where nothing is open."""
    if card.spoken:
        return [_about(incident, times) for incident in card.spoken]
    last = card.last_fixed
    return [" ".join(["Nothing is open for you right now.", *([] if last is None else [_fixed(last, times)])])]


def _about(incident: SpokenIncident, times: SpokenTimes) -> str:
    if not incident.is_open:
        return _fixed(incident, times)
    sentences = (
        f"{_called(incident)} has been with us since {times.time(incident.opened_at)}.",
        _owned(incident, times),
        *_waits(incident, times),
        *_heard(incident, times),
        *_fix(incident, times),
    )
    return " ".join(sentences)


def _called(incident: SpokenIncident) -> str:
    return f"‘{title_line(incident.title)}’"


def _fixed(incident: SpokenIncident, times: SpokenTimes) -> str:
    when = "" if incident.resolved_at is None else f" {times.when(incident.resolved_at)}"
    return f"{_called(incident)} was fixed{when}."


def _owned(incident: SpokenIncident, times: SpokenTimes) -> str:
    if incident.owner is None:
        return "No technician has it yet; I will see to that now."
    who = shown(incident.owner_name, NAME_MAX_CHARS) if incident.owner_name else "A technician"
    if incident.owned_since is None:
        return f"{who} is on it."
    return f"{who} has been on it since {times.time(incident.owned_since)}."


def _waits(incident: SpokenIncident, times: SpokenTimes) -> Iterator[str]:
    if incident.waits_for_customer_since is not None:
        yield f"We have been waiting for your answer since {times.day(incident.waits_for_customer_since)}."
    if incident.planned_for is not None and incident.planned_for > times.now:
        yield f"The next step is planned for {times.time(incident.planned_for)}."


def _heard(incident: SpokenIncident, times: SpokenTimes) -> Iterator[str]:
    """When they last heard from us and when they will; what was due and did not come is said before that."""
    last = [] if incident.told_at is None else [f"we last {_how(incident)} {times.when(incident.told_at)}"]
    following = [] if incident.next_by is None else [f"you will hear from us by {times.time(incident.next_by)}"]
    if incident.missed_by is None:
        yield from _sentences(", and ".join(last + following))
        return
    missed = f"you were to hear from us by {times.time(incident.missed_by)}, and we are late"
    for clause in (*last, missed, *following):
        yield from _sentences(clause)


def _how(incident: SpokenIncident) -> str:
    return "spoke" if incident.told_by_phone else "wrote"


def _sentences(clause: str) -> list[str]:
    return [f"{clause[0].upper()}{clause[1:]}."] if clause else []


def _fix(incident: SpokenIncident, times: SpokenTimes) -> Iterator[str]:
    if incident.fix_by is not None:
        late = ", and we are late" if incident.fix_is_late else ""
        yield f"We promised it fixed by {times.time(incident.fix_by)}{late}."
