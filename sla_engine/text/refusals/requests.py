"""Sentences for requests that cannot be read, or are not complete."""

from collections.abc import Mapping

from sla_engine.domain.text.errors import (
    ExtraWords,
    MissingArgument,
    SeveralNamed,
    TooLong,
    UnknownChoice,
    UnreadableAddress,
)
from sla_engine.domain.time.durations import EXAMPLES
from sla_engine.domain.time.errors import (
    DayIsAmbiguous,
    InTheFuture,
    InThePast,
    PeriodNotBegun,
    UnknownPeriod,
    UnknownWeek,
    UnreadableDuration,
    UnreadableMoment,
)
from sla_engine.domain.upkeep.errors import AlreadyCarriedOut
from sla_engine.text.refusals.medium import NAME_MAX_CHARS, USAGE_MAX_CHARS, Medium, article
from sla_engine.text.refusals.sentence import sentence

FITS_NAMED = 5
_NEEDS = {
    "title": "a title",
    "reason": "a reason",
    "metric": "the metric that was missed, such as fix or first reply",
    "priority": "a priority, or impact and urgency",
    "impact": "an impact as well: high, medium or low",
    "urgency": "an urgency as well: high, medium or low",
    "because": "a word on why it is returned",
    "until": "the time it ends",
    "text": "a text",
    "@user": "somebody, named like @dana",
}
_TIMES: Mapping[str, str] = {
    "until": "The time it ends",
    "next": "When the customer hears from us next",
    "promise": "The promised update",
}


@sentence.register
def _(_: AlreadyCarriedOut, _medium: Medium) -> str:
    return "That was done already, the first time you asked; nothing was done twice."


@sentence.register
def _(refusal: UnknownChoice, medium: Medium) -> str:
    refused = f"{medium.word(refusal.word)} is not {article(refusal.what)} {medium.short(refusal.what)}"
    if len(refusal.allowed) == 1:
        return f"{refused}; did you mean {medium.short(refusal.allowed[0])}?"
    choices = f"choose one of {medium.listed(refusal.allowed)}" if refusal.allowed else "there is none"
    return f"{refused}; {choices}."


@sentence.register
def _(refusal: InThePast, medium: Medium) -> str:
    return (
        f"{_TIMES.get(refusal.what) or medium.short(refusal.what)} has to lie ahead, "
        f"and {medium.at(refusal.at)} has passed."
    )


@sentence.register
def _(refusal: InTheFuture, medium: Medium) -> str:
    return f"{medium.at(refusal.at)} is still to come, so nothing can have happened then; check the time."


@sentence.register
def _(refusal: UnreadableDuration, medium: Medium) -> str:
    return f"{medium.word(refusal.text)} is not a length of time I can read; write it like {EXAMPLES}."


@sentence.register
def _(refusal: DayIsAmbiguous, medium: Medium) -> str:
    return (
        f"{medium.word(refusal.text)} could mean 24 hours or a working day; write 24h, or say when, like tomorrow 9am."
    )


@sentence.register
def _(refusal: UnreadableMoment, medium: Medium) -> str:
    return (
        f"{medium.word(refusal.text)} is not a time I can read; "
        "write it like 30m, 15:00, tomorrow 9am, monday or 2026-12-01 14:00."
    )


@sentence.register
def _(refusal: UnreadableAddress, medium: Medium) -> str:
    return (
        f"{medium.word(refusal.text)} is not a web address I can read; "
        "write it like https://desk.example.com/tickets/7."
    )


@sentence.register
def _(refusal: ExtraWords, medium: Medium) -> str:
    return f"I do not know what {medium.word(refusal.words)} means there, so nothing was done."


@sentence.register
def _(refusal: MissingArgument, medium: Medium) -> str:
    needed = _NEEDS.get(refusal.what, refusal.what)  # our words, in our marks
    if not refusal.usage:
        return f"This needs {needed}."
    usage = medium.text(refusal.usage.removeprefix("/sla "), USAGE_MAX_CHARS).replace("`", "")
    return f"This needs {needed}: write {medium.command(usage)}."


@sentence.register
def _(refusal: TooLong, medium: Medium) -> str:
    return (
        f"The {medium.short(refusal.what)} may have {refusal.limit:,} characters at most; "
        f"this one has {refusal.length:,}."
    )


@sentence.register
def _(refusal: UnknownWeek, medium: Medium) -> str:
    return f"{medium.word(refusal.text)} is not a week; write it like 2016-W12."


@sentence.register
def _(refusal: SeveralNamed, medium: Medium) -> str:
    fits = [medium.text(name, NAME_MAX_CHARS) for name, _ in refusal.fits[:FITS_NAMED]]
    more = len(refusal.fits) - FITS_NAMED
    names = f"{', '.join(fits)} or {more} more" if more > 0 else f"{', '.join(fits[:-1])} or {fits[-1]}"
    return f"Which {medium.short(refusal.what)} do you mean by {medium.word(refusal.part)}: {names}?"


@sentence.register
def _(refusal: UnknownPeriod, medium: Medium) -> str:
    return f"{medium.word(refusal.text)} is neither a week nor a month; write it like last week, w49 or november."


@sentence.register
def _(refusal: PeriodNotBegun, medium: Medium) -> str:
    return f"{medium.short(refusal.name)} begins on {refusal.first_day:%-d %B %Y}: there is nothing to count yet."
