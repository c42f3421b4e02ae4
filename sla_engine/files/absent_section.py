"""The `absent` part of `msp.yaml`: who is away from when until when."""

from collections.abc import Sequence

from sla_engine.domain.agreements.msp import Person
from sla_engine.domain.agreements.roster import Absence
from sla_engine.files.people_section import slack_user
from sla_engine.files.scalars import instant
from sla_engine.files.yaml_document import Field, hint

ABSENCE_KEYS = ("person", "from", "until")


def absences(field: Field, people: Sequence[Person]) -> tuple[Absence, ...]:
    """Every absence, in file order; times without an offset are those of the person's own zone."""
    known = {person.slack_id: person for person in people}
    read = (_absence(item, known) for item in field.items("a list of absences"))
    return tuple(absence for absence in read if absence is not None)


def _absence(item: Field, known: dict[str, Person]) -> Absence | None:
    keys = item.keys(ABSENCE_KEYS, required=ABSENCE_KEYS)
    slack_id = slack_user(keys["person"]) if "person" in keys else None
    if slack_id is None or not all(key in keys for key in ABSENCE_KEYS):
        return None
    person = known.get(slack_id)
    if person is None:
        keys["person"].wrong(f"{slack_id!r} is nobody in 'people'{hint(slack_id, known)}")
        return None
    starts, until = instant(keys["from"], person.zone), instant(keys["until"], person.zone)
    if starts is None or until is None:
        return None
    if until <= starts:
        keys["until"].wrong("an absence ends after it begins; 'until' is when the person is back")
        return None
    return Absence(person=slack_id, starts=starts, until=until)
