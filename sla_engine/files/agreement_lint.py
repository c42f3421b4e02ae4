"""Lint for an agreement that can be read: each finding at its line, with what to write instead."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import islice

from sla_engine.domain.agreements import lint
from sla_engine.domain.agreements.agreement import Agreement, Target
from sla_engine.domain.agreements.lint import Crossing, LookAhead, Pair, Scarcity, Tie
from sla_engine.domain.text.names import similar_names
from sla_engine.domain.time.durations import WrittenDuration, exact
from sla_engine.files.ladder_lint import lint_ladders
from sla_engine.files.name_lint import check_agreement_names
from sla_engine.files.target_section import WrittenTarget
from sla_engine.files.yaml_document import Field

NAMES_COMPARED = 100  # with all known ones: more would take long, and no more warnings are shown anyway
LIKELY_TYPO = 0.8  # how alike two names must be, of 1, before one is taken for the other misspelled


def lint_agreement(
    agreement: Agreement, written: Sequence[WrittenTarget], keys: Mapping[str, Field], *, now: datetime
) -> None:
    """Record everything that is odd, and what is wrong although it can be read: ties, and targets never reached."""
    places = _Places(written)
    _rules(agreement, places)
    for scarcity in lint.scarcities(agreement, now=now):
        _scarce(scarcity, places)
    lint_ladders(agreement, keys)
    check_agreement_names(keys)
    _names(agreement, places, keys)
    if "sites" in keys:
        _sites(agreement, keys["sites"])
    if "priorities" in keys:
        _matrix(agreement, keys["priorities"])


class _Places:
    """The place of each target in the file."""

    def __init__(self, targets: Sequence[WrittenTarget]) -> None:
        self._fields = {self._key(written.target): written.place for written in targets}

    def of(self, target: Target) -> Field:
        """The place of a target, also of one whose calendar a site has replaced."""
        return self._fields[self._key(target)]

    @staticmethod
    def _key(target: Target) -> tuple[int, str, str]:
        return target.line, target.rule, target.metric


# ---------------------------------------------------------------------- rules


def _rules(agreement: Agreement, places: _Places) -> None:
    for tie in lint.ties(agreement.targets):
        places.of(tie.target).wrong(_tie(tie))
    for crossing in lint.crossings(agreement):
        _crossing(crossing, places)
    for special, usual in lint.changing_nothing(agreement):
        places.of(special).odd(
            f"promises what {usual.named} promises without it (line {usual.line}); leave it out, or change it"
        )
    for special, usual in lint.leaving_the_calendar(agreement):
        places.of(special).odd(
            f"counts on the hours of {_whose_hours(agreement, special)}, while {usual.named} names its own "
            f"(line {usual.line}); write 'calendar: …' here too"
        )
    for target in agreement.targets:
        if target.waiting == target.duration:
            places.of(target).odd("the period while waiting is the usual one; leave 'waiting' out, or make it longer")


def _tie(tie: Tie) -> str:
    target, earlier = tie.target, tie.earlier
    if tie.is_repeated:
        return f"'{target.named}' promises this already on line {earlier.line}; leave one of the two out"
    site, service = target.site or earlier.site, target.service or earlier.service
    return (
        f"'{earlier.named}' on line {earlier.line} is as specific, and both hold for {service} at {site}; "
        f"say what holds there: - {{site: {site}, service: {service}, {target.priority}: {{{target.metric}: …}}}}"
    )


def _crossing(crossing: Crossing, places: _Places) -> None:
    longer, shorter = crossing.longer, crossing.shorter
    here, there = (shorter, longer) if shorter.specificity > longer.specificity else (longer, shorter)
    amounts = [
        f"{_contrasted(longer, shorter)} has {exact(longer.duration)}",
        f"{_contrasted(shorter, longer)} has {exact(shorter.duration)}",
    ]
    where = f" at site {crossing.site}" if crossing.site else ""
    if longer.metric is shorter.metric:
        advice = "the more urgent one should not have more time"
    else:
        advice = f"{shorter.metric} would come due first; give it the longer time"
    places.of(here).odd(f"{' and '.join(amounts)} (line {there.line}){where}; {advice}")


def _contrasted(target: Target, other: Target) -> str:
    """The target by that which differs from the other: its rule, its metric, or both."""
    differing = []
    if target.named != other.named:
        differing.append(target.named)
    if target.metric is not other.metric:
        differing.append(target.metric.value)
    return " ".join(differing)


def _whose_hours(agreement: Agreement, special: Target) -> str:
    return f"site {special.site}" if special.site in agreement.sites else "the agreement"


# ---------------------------------------------------------------------- calendars


def _scarce(scarcity: Scarcity, places: _Places) -> None:
    target = scarcity.target
    place = places.of(target)
    where = f" at site {scarcity.site}" if scarcity.site and not target.own_calendar else ""
    needs = f"{exact(target.duration)} of open time"
    if scarcity.horizon is LookAhead.EVER:
        place.wrong(
            f"{needs} never come{where}: the calendar closes for good before; write more hours, or a shorter time"
        )
        return
    has = f"the calendar{where} has {exact(scarcity.open_time)}"
    if scarcity.horizon is LookAhead.YEAR:
        place.odd(f"{needs} take more than a year: {has} in the next; write more hours, or a shorter time")
        return
    place.odd(
        f"{needs} take more than a week: {has} in the fullest; "
        "write it in business days if days are meant, or 'calendar: always' if every hour is to count"
    )


def _sites(agreement: Agreement, field: Field) -> None:
    places = dict(field.entries())
    for site, target in lint.sites_without_business_day(agreement):
        days = WrittenDuration(business_days=target.business_days or target.waiting_business_days)
        places[site].odd(
            f"the calendar declares no business day, so '{days}' (line {target.line}) lasts as long as at the others; "
            "write 'business_day: …' in it"
        )


# ---------------------------------------------------------------------- names and priorities


def _names(agreement: Agreement, places: _Places, keys: Mapping[str, Field]) -> None:
    for target in islice(lint.undeclared_sites(agreement), NAMES_COMPARED):
        near = _alike(target.site, agreement.sites)
        fix = f"did you mean {near!r}?" if near else f"list it: {target.site}: {{}}, or with a calendar of its own"
        places.of(target).odd(f"no site under 'sites' is called {target.site!r}; {fix}")
    services = _services(agreement)
    named = {target.service: target for target in reversed(agreement.targets)}
    for target in islice(named.values(), NAMES_COMPARED):
        near = None if target.service in services else _alike(target.service, services)
        if near is not None:
            places.of(target).odd(f"no service of this agreement is called {target.service!r}; did you mean {near!r}?")
    if "calendars" in keys:
        _unused_calendars(agreement, keys["calendars"])


def _alike(name: str, known: Mapping[str, object]) -> str | None:
    return next(iter(similar_names(name, known, cutoff=LIKELY_TYPO)), None)


def _services(agreement: Agreement) -> dict[str, None]:
    """Every service that the agreement names, under `services` and `assets`."""
    listed = agreement.extras.get("services", {})
    named = [*listed.get("general", []), *listed.get("specific", [])]
    named += [asset.get("service") for asset in agreement.extras.get("assets", [])]
    return dict.fromkeys(name for name in named if name)


def _unused_calendars(agreement: Agreement, field: Field) -> None:
    used = {target.calendar.name for target in agreement.targets}
    used |= {site_calendar.name for site_calendar in agreement.sites.values()}
    for name, place in field.entries():
        if name not in used:
            place.odd(
                f"no target and no site counts on it; write 'calendar: {name}' where it is meant, or leave it out"
            )


def _matrix(agreement: Agreement, field: Field) -> None:
    for higher, lower in lint.upside_down(agreement.matrix):
        _cell(field, higher, lower).odd(
            f"{_pair(higher)} make {agreement.matrix[higher]}, {_pair(lower)} {agreement.matrix[lower]}; "
            "more impact or urgency should not make it less urgent"
        )
    for pair, priority in lint.promising_nothing(agreement):
        _cell(field, pair).odd(f"{_pair(pair)} make {priority}, for which nothing is promised; write a target for it")


def _cell(field: Field, *pairs: Pair) -> Field:
    """The place of the first of the pairs that the file names, else that of the whole matrix."""
    rows = dict(field.entries())
    for impact, urgency in pairs:
        cells = dict(rows[impact].entries()) if impact in rows else {}
        if urgency in cells:
            return cells[urgency]
    return field


def _pair(pair: Pair) -> str:
    impact, urgency = pair
    return f"{impact} impact and {urgency} urgency"
