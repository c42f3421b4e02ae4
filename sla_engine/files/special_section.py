"""The `special` part of an agreement: promises that hold at one site or for one service only."""

from collections.abc import Iterator, Mapping

from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.text.names import same_name
from sla_engine.domain.time.calendar import Calendar
from sla_engine.files.calendar_section import CalendarContext
from sla_engine.files.scalars import text
from sla_engine.files.target_section import PRIORITY_KEYS, Scope, WrittenTarget, targets_of
from sla_engine.files.yaml_document import Field

CONDITION_KEYS = ("site", "service")
SPECIAL_EXAMPLE = "{site: Brooklyn, P1: {resolution: 2h}}"


def special_targets(
    field: Field, *, calendar_of_agreement: Calendar, sites: Mapping[str, Calendar], context: CalendarContext
) -> tuple[WrittenTarget, ...]:
    """The special targets in file order; each counts on its site's calendar unless it names one."""
    if field.is_mapping:
        field.wrong(f"keys with values where a list of rules such as - {SPECIAL_EXAMPLE} belongs")
        return ()
    items = field.items(f"a list of rules such as - {SPECIAL_EXAMPLE}")
    spelled = _Spelled(site=list(sites))
    return tuple(read for item in items for read in _rule(item, calendar_of_agreement, sites, spelled, context))


class _Spelled:
    """The first spelling of each site and service: a name in another case or with other marks is the same name."""

    def __init__(self, *, site: list[str]) -> None:
        self._known: dict[str, list[str]] = {"site": site, "service": []}

    def first(self, what: str, name: str | None) -> str:
        """The spelling in which the name was written first."""
        if not name:
            return ""
        known = self._known[what]
        if same_name(name, known) is None:
            known.append(name)
        return same_name(name, known) or name


def _rule(
    item: Field,
    calendar_of_agreement: Calendar,
    sites: Mapping[str, Calendar],
    spelled: _Spelled,
    context: CalendarContext,
) -> Iterator[WrittenTarget]:
    keys = item.keys((*CONDITION_KEYS, *PRIORITY_KEYS))
    if not item.is_mapping:
        return
    named = {key: text(keys[key], what=f"the name of a {key}") for key in CONDITION_KEYS if key in keys}
    priorities = [Priority(key) for key in PRIORITY_KEYS if key in keys]
    if not named:
        item.wrong(f"neither a site nor a service is named; write it like {SPECIAL_EXAMPLE}, or put it under targets")
    if not priorities:
        item.wrong(f"nothing is promised; write at least one priority, such as {SPECIAL_EXAMPLE}")
    site = spelled.first("site", named.get("site"))
    service = spelled.first("service", named.get("service"))
    scope = Scope(calendar=sites.get(site, calendar_of_agreement), site=site, service=service)
    for priority in priorities:
        yield from targets_of(priority, keys[priority.value], scope, context, required=None)
