"""Reads a list of procedures (CSV): one row each; everything wrong in it is said at once, by row and column."""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import StringIO
from typing import Any

from sla_engine.domain.agreements.msp import Person
from sla_engine.domain.text.names import folded, similar_names
from sla_engine.domain.text.plain_text import one_line
from sla_engine.files.errors import FileInvalid, FileProblem
from sla_engine.files.sop_cells import CellReader, Known

COLUMNS = (
    "title", "link", "owner", "backup", "published", "reviewed", "review_every", "services", "customers", "reasons",
)  # fmt: skip
NEEDED = ("title", "link", "owner")
_DELIMITERS = ",;\t"


@dataclass(frozen=True, slots=True)
class CellProblem(FileProblem):
    """A mistake in one cell; `line` is the row as a spreadsheet counts it, the heading being row 1."""

    column: str

    def __str__(self) -> str:
        return f"{self.file}, row {self.line}, column {self.column}: {self.sentence}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SopFileRow:
    """One row; `terms` holds the registry's terms of those columns that the file has."""

    row: int
    title: str
    link: str
    terms: Mapping[str, Any]


def read_sop_file(
    text: str, file: str, *, people: Sequence[Person], customers: Sequence[str], today: date
) -> list[SopFileRow]:
    """The rows of a file, blank ones left out.

    Raises: FileInvalid with every mistake, in the order of the rows.
    """
    heading, *rows = _records(text, file)
    columns = _columns(heading, file)
    known = Known(people=people, customers=customers, today=today)
    problems: list[FileProblem] = []
    read: list[SopFileRow] = []
    for number, cells in enumerate(rows, start=2):
        if any(cell.strip() for cell in cells):
            problems += _superfluous(number, cells, columns, file)
            reader = CellReader(dict(zip(columns, cells, strict=False)), columns, known)
            terms = reader.terms()
            problems += [CellProblem(file, number, sentence, column) for column, sentence in reader.mistakes]
            read.append(SopFileRow(row=number, title=terms["title"], link=terms["link"], terms=terms))
    problems += _repeated(read, file)
    if not read and not problems:
        problems.append(FileProblem(file, 2, "there is no procedure in it, only a heading"))
    if problems:
        raise FileInvalid(sorted(problems, key=lambda problem: problem.line))
    return read


def _records(text: str, file: str) -> list[list[str]]:
    first = next((line for line in text.split("\n") if line.strip()), "")
    if not first:
        raise FileInvalid(
            [FileProblem(file, 1, f"the file is empty; its first row names columns: {', '.join(COLUMNS)}")]
        )
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return list(reader)
    except csv.Error as error:
        raise FileInvalid([FileProblem(file, reader.line_num, f"this is no CSV: {error}")]) from error


def _columns(heading: Sequence[str], file: str) -> list[str]:
    """The columns in the order of the file, by the names we know."""
    names = [re.sub(r"[\s_-]+", "_", folded(cell)) for cell in heading]
    wrong = [
        f"{one_line(cell)!r} is no column{_near(name)}"
        for cell, name in zip(heading, names, strict=True)
        if name not in COLUMNS
    ]
    wrong += [f"the column {name} is there twice" for name in COLUMNS if names.count(name) > 1]
    wrong += [f"the column {name} is missing" for name in NEEDED if name not in names]
    if wrong:
        raise FileInvalid([FileProblem(file, 1, sentence) for sentence in wrong])
    return names


def _near(name: str) -> str:
    near = similar_names(name, COLUMNS)
    return f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(COLUMNS)}"


def _superfluous(number: int, cells: Sequence[str], columns: Sequence[str], file: str) -> list[FileProblem]:
    if not any(cell.strip() for cell in cells[len(columns) :]):
        return []
    sentence = f"the row has {len(cells)} cells, the heading {len(columns)}; put a text with commas into quotes"
    return [FileProblem(file, number, sentence)]


def _repeated(rows: Sequence[SopFileRow], file: str) -> list[FileProblem]:
    """The rows that name the same procedure as a row before."""
    problems: list[FileProblem] = []
    for column, name_of in (("title", lambda row: folded(row.title)), ("link", lambda row: row.link)):
        first: dict[str, int] = {}
        for row in rows:
            name = name_of(row)
            if name and name in first:
                problems.append(CellProblem(file, row.row, f"is that of row {first[name]} as well", column))
            first.setdefault(name, row.row)
    return problems
