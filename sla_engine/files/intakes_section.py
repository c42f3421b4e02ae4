"""The `intakes` part of `msp.yaml`: the ticket systems that have a name of their own, and what their words mean."""

import re
from collections.abc import Mapping, Sequence

from sla_engine.domain.agreements.msp import Person
from sla_engine.domain.incidents.word_meanings import MEANINGS, NOBODY, OwnWords, WordKind, folded_word
from sla_engine.files.people_section import slack_user
from sla_engine.files.scalars import LONGEST_TEXT_CHARS, one_of
from sla_engine.files.yaml_document import Field, hint

TAKEN_NAMES = ("alertmanager", "servicenow", "slack", "hold")
"""Names of other sources of incidents and requests, which no ticket system may have."""

WORD_KEYS: Mapping[str, WordKind] = {
    "status": WordKind.STATUS,
    "priority": WordKind.PRIORITY,
    "people": WordKind.PERSON,
}

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")


def intakes(field: Field, people: Sequence[Person]) -> dict[str, OwnWords]:
    """Each intake's own words, by its name in the address; `people` are those whom a login can mean."""
    return {name: _words(value, people) for name, value in field.entries("intakes") if _is_free(name, value)}


def _is_free(name: str, field: Field) -> bool:
    if name in TAKEN_NAMES:
        field.wrong(f"{name!r} is taken: it is no ticket system that sends words of its own")
        return False
    if _NAME.fullmatch(name) is None:
        field.wrong(f"{name!r} cannot stand in an address; use up to 40 small letters, digits, - and _, such as psa")
        return False
    return True


def _words(field: Field, people: Sequence[Person]) -> OwnWords:
    if field.is_empty:
        return {}
    keys = field.keys(("words",))
    if "words" not in keys:
        return {}
    parts = keys["words"].keys(tuple(WORD_KEYS))
    return {WORD_KEYS[key]: _meanings(value, WORD_KEYS[key], people) for key, value in parts.items()}


def _meanings(field: Field, kind: WordKind, people: Sequence[Person]) -> dict[str, str]:
    meanings: dict[str, str] = {}
    first: dict[str, tuple[str, int]] = {}
    for word, value in field.entries("words with what they mean"):
        meaning, folded = _meaning(value, kind, people), folded_word(kind, word)
        if not folded or len(word) > LONGEST_TEXT_CHARS:
            value.wrong(f"a word has from 1 to {LONGEST_TEXT_CHARS} characters")
        elif folded in first:
            same, line = first[folded]
            value.wrong(f"{word!r} is the same word as {same!r} on line {line}: case and marks do not matter")
        elif meaning is not None:
            meanings[folded] = meaning
        first.setdefault(folded, (word, value.key_line))
    return meanings


def _meaning(field: Field, kind: WordKind, people: Sequence[Person]) -> str | None:
    if kind is not WordKind.PERSON:
        return one_of(field, MEANINGS[kind], what="meaning")
    word = field.scalar(f"a Slack user id, or {NOBODY}")
    if word is None or word == NOBODY:
        return word
    person = slack_user(field)
    if person is not None and all(known.slack_id != person for known in people):
        field.wrong(f"{person!r} is nobody in 'people'{hint(person, [known.slack_id for known in people])}")
        return None
    return person
