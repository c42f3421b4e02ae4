"""Sentences for refusals about the database, the history and the queues."""

from sla_engine.domain.upkeep.errors import AnchorsUnreadable, UnknownFailure, UnknownMessage, UnreadableHead
from sla_engine.storage.errors import AddressUnusable, DatabaseUnusable, SchemaMismatch, StorageBusy
from sla_engine.text.refusals.medium import SENTENCE_MAX_CHARS, Medium
from sla_engine.text.refusals.sentence import sentence


@sentence.register
def _(_: StorageBusy, _medium: Medium) -> str:
    return "The database is busy or away right now; nothing was changed, please try again in a moment."


@sentence.register
def _(_: SchemaMismatch, medium: Medium) -> str:
    return (
        "The database does not fit this version; "
        f"nothing was changed. Whoever runs sla-bot: run {medium.form('sla-bot migrate')}."
    )


@sentence.register
def _(refusal: AddressUnusable, medium: Medium) -> str:
    return (
        f"The database's address cannot be used: {medium.text(refusal.what, SENTENCE_MAX_CHARS)}. "
        "Write DATABASE_URL like sqlite:///sla-bot.db or postgresql://user:password@host/name."
    )


@sentence.register
def _(refusal: DatabaseUnusable, medium: Medium) -> str:
    return f"The database cannot be used: {medium.text(refusal.what, SENTENCE_MAX_CHARS)}. Nothing was changed."


@sentence.register
def _(refusal: AnchorsUnreadable, medium: Medium) -> str:
    file, why = medium.text(refusal.file, SENTENCE_MAX_CHARS), medium.text(refusal.why, SENTENCE_MAX_CHARS)
    return f"The anchors in {file} cannot be read: {why}."


@sentence.register
def _(refusal: UnreadableHead, medium: Medium) -> str:
    return f"{medium.word(refusal.text)} is no head of a history; copy it whole from the digest's thread."


@sentence.register
def _(refusal: UnknownFailure, _medium: Medium) -> str:
    return f"Nothing that failed has the number {refusal.number}: it was done meanwhile, or dropped."


@sentence.register
def _(refusal: UnknownMessage, medium: Medium) -> str:
    if refusal.state is None:
        return f"There is no outgoing message {refusal.number}."
    return f"Message {refusal.number} is {medium.short(refusal.state)}; only one that failed can be sent again."
