"""Sentences for refusals about agreements, calendars and the people file."""

from sla_engine.domain.agreements.errors import NotSetUp, NotYetInForce, UnknownCustomer
from sla_engine.domain.time.errors import (
    CalendarNeverOpens,
    UnknownCountry,
    UnknownHolidayCategory,
    UnknownSubdivision,
    UnknownZone,
)
from sla_engine.files.errors import FileInvalid
from sla_engine.text.refusals.medium import SENTENCE_MAX_CHARS, Medium
from sla_engine.text.refusals.sentence import sentence

PROBLEMS_SHOWN = 10  # of a file: more than that nobody reads at once


@sentence.register
def _(refusal: UnknownCustomer, medium: Medium) -> str:
    return f"No agreement names a customer {medium.word(refusal.name)}.{medium.near(refusal.near)}"


@sentence.register
def _(refusal: NotSetUp, medium: Medium) -> str:
    return f"Nothing is set up yet: an admin has to apply {medium.word(refusal.missing)} first."


@sentence.register
def _(refusal: FileInvalid, medium: Medium) -> str:
    shown_first = [medium.text(str(problem), SENTENCE_MAX_CHARS) for problem in refusal.problems[:PROBLEMS_SHOWN]]
    more = len(refusal.problems) - len(shown_first)
    rest = [f"… and {more} more"] if more > 0 else []
    return "\n".join(["The file was not taken and nothing was changed:", *shown_first, *rest])


@sentence.register
def _(refusal: NotYetInForce, medium: Medium) -> str:
    customer, begins = medium.short(refusal.customer), medium.at(refusal.effective)
    return f"The agreement of {customer} begins {begins}, so nothing was promised at {medium.at(refusal.at)}."


@sentence.register
def _(refusal: UnknownZone, medium: Medium) -> str:
    return f"There is no time zone {medium.word(refusal.zone)}.{medium.near(refusal.near)}"


@sentence.register
def _(refusal: CalendarNeverOpens, medium: Medium) -> str:
    calendar = " ".join(("The calendar", medium.short(refusal.calendar))).strip()
    return f"{calendar} has too little open time after {medium.at(refusal.beyond)}; check hours and closures."


@sentence.register
def _(refusal: UnknownCountry, medium: Medium) -> str:
    return f"No holidays are known for a country {medium.word(refusal.country)}.{medium.near(refusal.near)}"


@sentence.register
def _(refusal: UnknownSubdivision, medium: Medium) -> str:
    where, allowed = medium.short(refusal.country), medium.listed(refusal.allowed)
    return f"{medium.word(refusal.subdivision)} is not a part of {where} with holidays of its own; there are {allowed}."


@sentence.register
def _(refusal: UnknownHolidayCategory, medium: Medium) -> str:
    where, allowed = medium.short(refusal.country), medium.listed(refusal.allowed)
    return f"{where} keeps no holidays of the kind {medium.word(refusal.category)}; there are {allowed}."
