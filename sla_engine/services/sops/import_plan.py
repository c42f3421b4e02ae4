"""What an import of procedures would do: which rows are new, which change what, and when overdue reviews fall."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sla_engine.domain.sops.reviews import spread_reviews
from sla_engine.domain.sops.sop import Sop, SopTerms, changed_fields, matching
from sla_engine.domain.time.weeks import Week
from sla_engine.files.errors import FileInvalid, FileProblem, FileWarning
from sla_engine.files.sop_file import CellProblem, SopFileRow


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSop:
    """What becomes of one row: its terms, the procedure it changes (None: it is new), and which terms change.

    `was_overdue`: its review was overdue, and its day was put off.
    """

    terms: SopTerms
    before: Sop | None
    changed: tuple[str, ...]
    was_overdue: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPlan:
    """What an import does, in the order of the rows, and what is odd in the file."""

    sops: tuple[PlannedSop, ...]
    warnings: tuple[FileProblem, ...] = ()


def plan_import(rows: Sequence[SopFileRow], registered: Sequence[Sop], *, file: str, today: date) -> ImportPlan:
    """Compare the rows of a file with the registry.

    Raises: FileInvalid for a row that fits two procedures, two rows that fit one, or a review before publication.
    """
    matched = [(row, _matches(registered, row)) for row in rows]
    problems = [*_ambiguous(matched, file), *_fitting_one(matched, file)]
    if not problems:
        problems = list(_too_early(matched, file))
    if problems:
        raise FileInvalid(problems)
    warnings: list[FileProblem] = []
    planned = [_planned(row, next(iter(fitting), None), file, warnings) for row, fitting in matched]
    return ImportPlan(sops=tuple(_with_reviews(planned, registered, today=today)), warnings=tuple(warnings))


def _matches(registered: Sequence[Sop], row: SopFileRow) -> list[Sop]:
    fitting = matching(registered, title=row.title, link=row.link)
    in_use = [sop for sop in fitting if sop.retired_at is None]
    return in_use or fitting[:1]


def _ambiguous(matched: Sequence[tuple[SopFileRow, list[Sop]]], file: str) -> Iterable[CellProblem]:
    for row, fitting in matched:
        if len(fitting) > 1:
            first, other = fitting[:2]
            sentence = f"the row fits {first.number} ({first.title}) and {other.number} ({other.title})"
            yield CellProblem(file, row.row, sentence, "title")


def _fitting_one(matched: Sequence[tuple[SopFileRow, list[Sop]]], file: str) -> Iterable[CellProblem]:
    first: dict[str, int] = {}
    for row, fitting in matched:
        for sop in fitting[:1]:
            if sop.number in first:
                sentence = f"is {sop.number}, and so is row {first[sop.number]}"
                yield CellProblem(file, row.row, sentence, "title")
            first.setdefault(sop.number, row.row)


def _too_early(matched: Sequence[tuple[SopFileRow, list[Sop]]], file: str) -> Iterable[CellProblem]:
    for row, fitting in matched:
        reviewed = row.terms.get("reviewed_on")
        for sop in fitting:
            published = row.terms.get("published_on", sop.published_on)
            if reviewed is not None and published is not None and reviewed < published:
                sentence = f"{reviewed} lies before {sop.number} was published ({published})"
                yield CellProblem(file, row.row, sentence, "reviewed")


def _planned(row: SopFileRow, before: Sop | None, file: str, warnings: list[FileProblem]) -> PlannedSop:
    """The row's terms over those that are registered; its review day is set later."""
    if before is None:
        terms = SopTerms(**row.terms)
        return PlannedSop(terms=replace(terms, review_on=terms.next_review), before=None, changed=())
    if before.retired_at is not None:
        warnings.append(FileWarning(file, row.row, f"{before.number} {before.title} is retired, and stays so"))
        return PlannedSop(terms=before, before=before, changed=())
    given = dict(row.terms)
    reviewed = given.get("reviewed_on")
    if reviewed is not None and before.reviewed_on is not None and reviewed < before.reviewed_on:
        sentence = f"{before.number} was reviewed on {before.reviewed_on}, after {reviewed}; the later day is kept"
        warnings.append(FileWarning(file, row.row, sentence))
        del given["reviewed_on"]
    terms = replace(before, **given)
    if {"reviewed_on", "review_every_days"} & set(changed_fields(before, terms)):
        terms = replace(terms, review_on=terms.next_review)
    return PlannedSop(terms=terms, before=before, changed=changed_fields(before, terms))


def _with_reviews(planned: Sequence[PlannedSop], registered: Sequence[Sop], *, today: date) -> list[PlannedSop]:
    """The rows with a day for each review that is overdue: the oldest of each owner first, a few a week."""
    overdue = [sop for sop in planned if _is_to_be_spread(sop, today=today)]
    days: dict[int, date] = {}
    for owner in dict.fromkeys(sop.terms.owner for sop in overdue):
        of_owner = [sop for sop in overdue if sop.terms.owner == owner]
        of_owner.sort(key=lambda sop: (sop.terms.review_on or date.min, sop.terms.title))
        taken = _reviews_by_week(planned, overdue, registered, owner=owner)
        spread = spread_reviews(len(of_owner), taken=taken, today=today)
        days |= {id(sop): day for sop, day in zip(of_owner, spread, strict=True)}
    return [_put_off(sop, days.get(id(sop))) for sop in planned]


def _is_to_be_spread(sop: PlannedSop, *, today: date) -> bool:
    """Whether this row's review is overdue by what the file says, or it was never reviewed."""
    terms = sop.terms
    if terms.retired_at is not None or (sop.before is not None and "review_on" not in sop.changed):
        return False
    return terms.review_on is None or terms.review_on < today


def _reviews_by_week(
    planned: Sequence[PlannedSop], overdue: Sequence[PlannedSop], registered: Sequence[Sop], *, owner: str
) -> Mapping[Week, int]:
    """How many other reviews of an owner fall into each week."""
    in_file = {sop.before.number for sop in planned if sop.before is not None}
    terms: list[SopTerms] = [sop.terms for sop in planned if sop not in overdue]
    terms += [sop for sop in registered if sop.number not in in_file]
    days = (one.review_on for one in terms if one.owner == owner and one.retired_at is None)
    return Counter(Week.of_day(day) for day in days if day is not None)


def _put_off(sop: PlannedSop, day: date | None) -> PlannedSop:
    if day is None:
        return sop
    terms = replace(sop.terms, review_on=day)
    changed = () if sop.before is None else changed_fields(sop.before, terms)
    return replace(sop, terms=terms, changed=changed, was_overdue=True)
