"""Sentences for refusals about problems."""

from sla_engine.domain.problems.errors import (
    LinkedBefore,
    ProblemChangedSince,
    ProblemOver,
    ProblemTaken,
    UnknownProblem,
)
from sla_engine.text.refusals.medium import Medium
from sla_engine.text.refusals.sentence import sentence


@sentence.register
def _(refusal: UnknownProblem, medium: Medium) -> str:
    return f"There is no problem {medium.word(refusal.word)}.{medium.near(refusal.near)}"


@sentence.register
def _(refusal: ProblemOver, medium: Medium) -> str:
    fixed = f"{refusal.key} was fixed {medium.at(refusal.fixed_at)}"
    state = "is closed" if refusal.until is None else f"is watched until {medium.at(refusal.until)}"
    return f"{fixed} and {state}; nothing was changed. Link an incident that came after that, and it is open again."


@sentence.register
def _(refusal: ProblemTaken, medium: Medium) -> str:
    return f"{medium.person(refusal.owner)} looks into {refusal.key} already; nothing was changed."


@sentence.register
def _(refusal: LinkedBefore, medium: Medium) -> str:
    return f"{refusal.key} has {medium.listed(refusal.incident_keys)} already; nothing was changed."


@sentence.register
def _(refusal: ProblemChangedSince, medium: Medium) -> str:
    who = medium.person(refusal.by) if refusal.by else "An incident or the end of the watch"
    return f"{who} changed {refusal.key} {medium.at(refusal.at)}, after that; nothing was undone."
