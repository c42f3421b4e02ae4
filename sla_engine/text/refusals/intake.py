"""Sentences for refusals about what another system sent."""

from sla_engine.domain.incidents.errors import UnknownTriage, UnknownWord, WordAnswered
from sla_engine.services.intake.errors import (
    DeliveryUnreadable,
    NotAuthenticated,
    NothingToReplay,
    PayloadInvalid,
    PayloadTooLarge,
    UnknownDelivery,
    UnknownIntake,
)
from sla_engine.text.refusals.medium import LIST_MAX_CHARS, SENTENCE_MAX_CHARS, Medium
from sla_engine.text.refusals.sentence import sentence


@sentence.register
def _(refusal: UnknownWord, medium: Medium) -> str:
    return f"No word is listed under the number {refusal.number}; {medium.form('/sla words')} shows those that wait."


@sentence.register
def _(refusal: WordAnswered, medium: Medium) -> str:
    who = f"{medium.person(refusal.by)} said so {medium.at(refusal.at)}"
    means = medium.person(refusal.meaning)
    return (
        f"{medium.word(refusal.word)} means {means}: {who}. To change it, write it into the people file: it goes first."
    )


@sentence.register
def _(refusal: PayloadInvalid, medium: Medium) -> str:
    return f"{medium.short(refusal.field)}: {medium.text(refusal.sentence, SENTENCE_MAX_CHARS)}"


@sentence.register
def _(refusal: NotAuthenticated, medium: Medium) -> str:
    return (
        f"The request to the {medium.short(refusal.source)} intake did not prove who sent it; "
        "check its secret or token."
    )


@sentence.register
def _(refusal: PayloadTooLarge, _medium: Medium) -> str:
    return f"The request is larger than the {refusal.limit:,} bytes that are taken."


@sentence.register
def _(refusal: UnknownTriage, _medium: Medium) -> str:
    return f"Nothing waits for triage under number {refusal.number}."


@sentence.register
def _(refusal: UnknownIntake, medium: Medium) -> str:
    return f"There is no intake {medium.word(refusal.name)}; there are {medium.listed(refusal.known)}."


@sentence.register
def _(refusal: UnknownDelivery, medium: Medium) -> str:
    if refusal.several:
        several = medium.text(" or ".join(refusal.several), LIST_MAX_CHARS)
        return f"{medium.word(refusal.name)} may mean {several}; write more of it."
    where = medium.form("sla-bot inbox list")
    return f"No delivery that needs somebody is called {medium.word(refusal.name)}; see {where}."


@sentence.register
def _(refusal: DeliveryUnreadable, medium: Medium) -> str:
    return f"What was kept of {medium.word(refusal.name)} cannot be read; it can only be dropped."


@sentence.register
def _(refusal: NothingToReplay, medium: Medium) -> str:
    return f"{medium.word(refusal.name)} is held until its ticket is opened; there is nothing to take in again."
