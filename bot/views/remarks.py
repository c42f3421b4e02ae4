"""The form for a remark on an incident."""

from collections.abc import Sequence

from bot.action_ids import ViewId
from bot.views.form_parts import ANSWER, Form, modal, text_input
from bot.views.forms import OPTIONS_MAX
from bot.views.parts import Block, option, plain
from sla_engine.services.queries.board import IncidentSummary


def remark_form(incidents: Sequence[IncidentSummary], *, text: str, link: str) -> Form:
    """The form for a remark: to which incident, the words, and the link to where they were written."""
    named = text_input(
        "named",
        "Or another one",
        hint="A key, the ticket's number, or its link",
        optional=True,
        multiline=False,
    )
    blocks = [
        *([_incidents(incidents)] if incidents else []),
        named,
        text_input("text", "Remark", initial=text, hint="Kept in the incident's history"),
        text_input("link", "Link", initial=link, optional=True, multiline=False),
    ]
    return modal("Add to an incident", ViewId.REMARK, submit="Add", metadata="", blocks=blocks)


def _incidents(incidents: Sequence[IncidentSummary]) -> Block:
    element: Block = {
        "type": "static_select",
        "action_id": ANSWER,
        "placeholder": plain("Choose", 150),
        "options": [
            option(f"{incident.key} · {incident.customer}: {incident.title}", incident.key)
            for incident in incidents[:OPTIONS_MAX]
        ],
    }
    return {
        "type": "input",
        "block_id": "incident",
        "label": plain("Which incident?", 2000),
        "element": element,
        "optional": True,
    }
