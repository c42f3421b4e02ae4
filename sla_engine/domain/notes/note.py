"""Checks an SLA note, deterministically: every problem is one sentence about one field."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sla_engine.domain.incidents.reasons import BREACH_REASONS, Attribution, BreachReason
from sla_engine.domain.notes.prevention import PlannedAction, Prevention, due_day_problem
from sla_engine.domain.text.word_sets import likeness, words

MIN_WORDS = 4
"""A story needs at least this many words."""
MAX_CHARS = 3000
"""No front end can show or ask for a longer text."""
NEAR_COPY = 0.9
"""From this share of common words on (Jaccard), a note is a copy of the one before."""

FIELDS = ("reason", "what_happened", "impact", "prevention")
"""The four questions, in the order they are asked."""
ACTION_FIELDS = ("action", "action_due")
"""The fields that are asked for as well where the author will do something."""

_WORD = re.compile(r"\w+")
_KEY_OR_PRIORITY = re.compile(r"\b(?:[a-z]{2,}-\d+|p[1-5])\b", re.IGNORECASE)
_WHO = """user users people person persons staff employee employees team teams department customer customers office
    offices site sites everyone everybody nobody branch clinic school"""
_WHAT = """service services server servers mail email e-mails mailbox network internet vpn wifi printer printers phone
    phones backup backups application app website site portal database system systems login logins laptop workstation
    firewall storage file files share accounting crm erp"""
_HOW_LONG = "second seconds minute minutes min hour hours h day days week weeks morning afternoon overnight"
_IMPACT_WORDS = frozenset(f"{_WHO} {_WHAT} {_HOW_LONG}".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteDraft:
    """An SLA note as somebody wrote it; what nobody chose yet is None.

    `action` is None where the form did not ask for it.
    """

    reason: BreachReason | None
    what_happened: str
    impact: str
    prevention: Prevention | None
    action: PlannedAction | None = None

    @property
    def attribution(self) -> Attribution | None:
        """The side that held the ball, by the reason; None while none is chosen."""
        return BREACH_REASONS[self.reason].attribution if self.reason else None


def problems(
    draft: NoteDraft, *, title: str, services: Iterable[str] = (), last_note: str | None = None, today: date
) -> Mapping[str, str]:
    """The problems of a note: field → one sentence; empty when it can be kept.

    `services` are those named in the customer's agreement, `last_note` is the author's last story about another
    incident, `today` is the day in the MSP's zone.
    """
    sentences = {
        "reason": _reason_problem(draft),
        "what_happened": _story_problem(draft, title, last_note),
        "impact": _impact_problem(draft.impact, services),
        "prevention": _prevention_problem(draft),
        **_action_problems(draft, today=today),
    }
    too_long = {
        name: f"Keep this within {MAX_CHARS:,} characters; it has {len(text):,}."
        for name, text in (
            ("what_happened", draft.what_happened),
            ("impact", draft.impact),
            ("action", draft.action.what if draft.action else ""),
        )
        if len(text) > MAX_CHARS
    }
    return {name: sentence for name, sentence in sentences.items() if sentence is not None} | too_long


def _reason_problem(draft: NoteDraft) -> str | None:
    return None if draft.reason is not None else "Choose the reason that fits the miss best."


def _story_problem(draft: NoteDraft, title: str, last_note: str | None) -> str | None:
    text = draft.what_happened
    in_order = _WORD.findall(text.casefold())
    if in_order and in_order == _WORD.findall(title.casefold()):
        return "This repeats the incident's title; say what happened after it came in."
    if len(in_order) < MIN_WORDS and draft.reason is BreachReason.OTHER:
        return "With the reason “Other”, name the reason here in at least four words."
    if len(in_order) < MIN_WORDS:
        return "Say what happened in at least four words."
    if last_note is not None and likeness(text, last_note) >= NEAR_COPY:
        return "This is nearly the same as your last note; say what was different this time."
    return None


def _impact_problem(impact: str, services: Iterable[str]) -> str | None:
    named = words(_KEY_OR_PRIORITY.sub(" ", impact))
    if any(any(char.isdigit() for char in word) for word in named) or named & _IMPACT_WORDS:
        return None
    if any(name.strip() and words(name) <= named for name in services):
        return None
    return "Name the users, the service or how long it lasted, such as “12 users without e-mail for 2 hours”."


def _prevention_problem(draft: NoteDraft) -> str | None:
    if draft.prevention is None:
        return "Choose what is to prevent the next miss."
    if draft.prevention is Prevention.ACTION and draft.action is None:
        return "Choose this once more; the form then asks what you will do, and by when."
    return None


def _action_problems(draft: NoteDraft, *, today: date) -> dict[str, str | None]:
    if draft.prevention is not Prevention.ACTION or draft.action is None:
        return {}
    what = None if draft.action.what.strip() else "Say what you will do."
    return {"action": what, "action_due": due_day_problem(draft.action.due, today=today)}
