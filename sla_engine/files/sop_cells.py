"""Reads the cells of one row of a list of procedures, and says of each what is wrong with it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sla_engine.domain.agreements.msp import Person
from sla_engine.domain.incidents.reasons import BREACH_REASONS, BreachReason
from sla_engine.domain.sops.sop import LONGEST_REVIEW_DAYS, TITLE_MAX_CHARS
from sla_engine.domain.text.addresses import web_address
from sla_engine.domain.text.names import folded, names_with_part, same_name, similar_names
from sla_engine.domain.text.plain_text import one_line

LONGEST_NAME = 150
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_EVERY = re.compile(r"([0-9]{1,5})\s*(?:d|days?)?", re.IGNORECASE)
_SEVERAL = re.compile(r"[;,/&+\n]|\sand\s", re.IGNORECASE)
_LISTED = re.compile(r"[;\n]")
_KEPT = ("published_on", "reviewed_on", "review_every_days")
"""The terms that an empty cell leaves as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the cells are compared with: our people, the customers with an agreement, and the present day."""

    people: Sequence[Person]
    customers: Sequence[str]
    today: date


class CellReader:
    """One row's cells by column; `mistakes` are pairs of a column and a sentence, once `terms` was asked for."""

    def __init__(self, cells: Mapping[str, str], columns: Sequence[str], known: Known) -> None:
        self.cells = cells
        self.columns = columns
        self.known = known
        self.mistakes: list[tuple[str, str]] = []

    def terms(self) -> dict[str, Any]:
        """The registry's terms of the columns that there are; what is wrong stands in `mistakes`."""
        readers = {
            "title": ("title", self._title),
            "link": ("link", self._link),
            "owner": ("owner", self._owner),
            "backup": ("backup", self._backup),
            "published": ("published_on", self._day),
            "reviewed": ("reviewed_on", self._day),
            "review_every": ("review_every_days", self._every),
            "services": ("services", self._services),
            "customers": ("customers", self._customers),
            "reasons": ("reasons", self._reasons),
        }
        terms = {name: read(column) for column, (name, read) in readers.items() if column in self.columns}
        self._compare(terms)
        return {name: value for name, value in terms.items() if value is not None or name not in _KEPT}

    def _wrong(self, column: str, sentence: str) -> None:
        self.mistakes.append((column, sentence))

    def _text(self, column: str) -> str:
        return one_line(self.cells.get(column, ""))

    def _title(self, column: str) -> str:
        title = self._text(column)
        if not title:
            self._wrong(column, "give the procedure a title")
        elif len(title) > TITLE_MAX_CHARS:
            self._wrong(column, f"keep it within {TITLE_MAX_CHARS} characters; it has {len(title)}")
        return title

    def _link(self, column: str) -> str:
        link = self._text(column)
        address = web_address(link)
        if not link:
            self._wrong(column, "say where the procedure is, such as https://wiki.example.com/vpn-reset")
        elif address is None:
            self._wrong(column, f"{link[:80]!r} is no web address; write it like https://wiki.example.com/vpn-reset")
        return address or ""

    def _owner(self, column: str) -> str:
        owner = self._person(column, several="name one owner; the other one may be the backup")
        if owner is None and not self._text(column):
            self._wrong(column, "name the owner by the login that msp.yaml has")
        return owner or ""

    def _backup(self, column: str) -> str | None:
        return self._person(column, several="name one backup")

    def _person(self, column: str, *, several: str) -> str | None:
        """The Slack id of the person with this login; None for an empty cell and for nobody of ours."""
        login = self._text(column).removeprefix("@")
        if not login:
            return None
        people = [person for person in self.known.people if folded(login) in _logins(person)]
        if len(people) == 1:
            return people[0].slack_id
        if len(list(filter(str.strip, _SEVERAL.split(self.cells[column])))) > 1:
            self._wrong(column, f"{login!r} are several people; {several}")
        else:
            self._wrong(column, f"nobody in msp.yaml has the login {login!r}{self._near_person(login)}")
        return None

    def _near_person(self, word: str) -> str:
        by_login = {person.login or person.slack_id: person.name for person in self.known.people}
        logins = similar_names(word, by_login)
        if not logins:
            names = names_with_part(word, by_login.values()) or similar_names(word, by_login.values())
            logins = tuple(login for login, name in by_login.items() if name in names)
        return f"; did you mean {logins[0]!r} ({by_login[logins[0]]})?" if logins else ""

    def _day(self, column: str) -> date | None:
        written = self._text(column)
        if not written:
            return None
        try:
            day = date.fromisoformat(written) if _DAY.fullmatch(written) else None
        except ValueError:
            day = None
        if day is None:
            self._wrong(column, f"{written[:40]!r} is no day; write it like 2026-11-30")
        elif day > self.known.today:
            self._wrong(column, f"{day} lies ahead; write the day on which it was {column}")
        return day

    def _every(self, column: str) -> int | None:
        written = self._text(column)
        match = _EVERY.fullmatch(written)
        if match is not None and 0 < int(match[1]) <= LONGEST_REVIEW_DAYS:
            return int(match[1])
        if written:
            self._wrong(
                column, f"{written[:40]!r} is no number of days from 1 to {LONGEST_REVIEW_DAYS}; usual are 30, 90, 180"
            )
        return None

    def _services(self, column: str) -> tuple[str, ...]:
        names = self._listed(column)
        for name in names:
            if len(name) > LONGEST_NAME:
                self._wrong(column, f"{name[:40]!r}… has {len(name)} characters; a service has at most {LONGEST_NAME}")
        return names

    def _customers(self, column: str) -> tuple[str, ...]:
        return tuple(
            self._known(column, name, self.known.customers, "no agreement names") for name in self._listed(column)
        )

    def _reasons(self, column: str) -> tuple[BreachReason, ...]:
        codes = {reason.value: reason for reason in BreachReason}
        labels = {row.label: reason.value for reason, row in BREACH_REASONS.items()}
        names = (labels.get(same_name(name, labels) or "", name) for name in self._listed(column))
        known = (self._known(column, name, codes, "there is no reason") for name in names)
        return tuple(codes[name] for name in known if name in codes)

    def _known(self, column: str, name: str, known: Sequence[str] | Mapping[str, Any], unknown: str) -> str:
        spelled = same_name(name, known)
        if spelled is None:
            near = similar_names(name, known)
            self._wrong(column, f"{unknown} {name[:80]!r}" + (f"; did you mean {near[0]!r}?" if near else ""))
        return spelled or name

    def _listed(self, column: str) -> tuple[str, ...]:
        names = (one_line(name) for name in _LISTED.split(self.cells.get(column, "")))
        return tuple(dict.fromkeys(name for name in names if name))

    def _compare(self, terms: Mapping[str, Any]) -> None:
        """Compare cells with each other."""
        published, reviewed = terms.get("published_on"), terms.get("reviewed_on")
        if published and reviewed and reviewed < published:
            self._wrong("reviewed", f"{reviewed} lies before it was published ({published})")
        if terms.get("backup") and terms["backup"] == terms.get("owner"):
            self._wrong("backup", "is the owner; name somebody else, or nobody")


def _logins(person: Person) -> tuple[str, ...]:
    return (folded(person.login or ""), folded(person.slack_id))
