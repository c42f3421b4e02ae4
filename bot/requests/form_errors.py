"""Errors of refused forms, each beside its field; a refused form never closes as if saved."""

from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack

from bot.errors import FromAnotherVersion
from bot.refusal_sentences import explain
from bot.requests import payloads
from bot.views.form_parts import notice
from bot.views.rich_text import plainly
from sla_engine.domain.errors import SlaError
from sla_engine.domain.notes.errors import NoteIncomplete, SopIncomplete
from sla_engine.domain.sops.errors import SopIncorrect
from sla_engine.domain.time.errors import DayIsAmbiguous, UnreadableDuration, UnreadableMoment

TIME_FIELDS = ("until", "next", "promise")
"""The form fields in which a point in time is written in words."""


def refuse(ack: Ack, body: Mapping[str, Any], refusal: SlaError) -> None:
    """Answer a refused form with an error beside each field concerned."""
    _answer(ack, _beside(refusal, payloads.fields_of(body)), otherwise=explain(refusal))


def show(ack: Ack, body: Mapping[str, Any], sentence: str) -> None:
    """Answer with one sentence and keep the form open with its words; without fields the sentence takes the form's
    place.
    """
    fields = payloads.fields_of(body)
    _answer(ack, {fields[0]: plainly(sentence)} if fields else {}, otherwise=sentence)


def unreadable(body: Mapping[str, Any]) -> dict[str, Any] | str:
    """The answer to an unreadable request: a sentence in place of a form, nothing for anything else."""
    if not payloads.is_form(body):
        return ""
    return {"response_action": "update", "view": notice(explain(FromAnotherVersion("form")))}


def _answer(ack: Ack, errors: Mapping[str, str], *, otherwise: str) -> None:
    if errors:
        ack(response_action="errors", errors=dict(errors))
    else:
        ack(response_action="update", view=notice(otherwise))


def _beside(refusal: SlaError, fields: list[str]) -> dict[str, str]:
    if isinstance(refusal, NoteIncomplete | SopIncomplete | SopIncorrect):
        named = {field: sentence for field, sentence in refusal.problems.items() if field in fields}
        if named:
            return named
    if not fields:
        return {}
    about = getattr(refusal, "what", "")
    if isinstance(refusal, UnreadableMoment | UnreadableDuration | DayIsAmbiguous):
        about = next((field for field in TIME_FIELDS if field in fields), "")
    field = about if about in fields else fields[0]
    return {field: plainly(explain(refusal))}
